"""The methods that say where by DataFilter: a range, or developer metadata that a range carries.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/DataFilter
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local import kinds_metadata, reading, values, writing
from functions.local.a1 import Bounds
from functions.local.errors import ApiError, prefixed
from functions.local.ranges import place_of

if TYPE_CHECKING:
    from functions.local.model import Json, Metadata, Sheet, Spreadsheet


def get_spreadsheet(book: Spreadsheet, call: Json) -> Json:
    """Answer `spreadsheets.getByDataFilter`: the sheets that a filter touches, with the data of what it selects."""
    filters = call["body"].get("dataFilters", [])
    ranges = list(_selected(book, filters))
    options = {"ranges": ranges, "includeGridData": call["body"].get("includeGridData", False)}
    answer = reading.spreadsheet(book, options, call.get("mask"))
    return answer if ranges or not filters else {**answer, "sheets": []}


def batch_get(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchGetByDataFilter`: each range once, with the filters that found it."""
    body = call["body"]
    found = [
        {"valueRange": values.value_range(book, text, body), "dataFilters": filters}
        for text, filters in _selected(book, body.get("dataFilters", [])).items()
    ]
    return {"spreadsheetId": book.id, **({"valueRanges": found} if found else {})}


def batch_update(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchUpdateByDataFilter`: a filter that selects several ranges writes to each."""
    body, work = call["body"], writing.Totals()
    for number, data in enumerate(body.get("data", [])):
        data_filter = data.get("dataFilter", {})
        try:
            for text in _selected(book, [data_filter]):
                own = {**data, "range": text}
                answer = {**work.write(book, own, body), "dataFilter": data_filter}
                answer.pop("spreadsheetId")
                work.responses.append(answer)
        except ApiError as error:
            raise prefixed(error, f"Invalid data[{number}]") from error
    return work.answer(book)


def batch_clear(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchClearByDataFilter`."""
    cleared = [writing.clear_range(book, text) for text in _selected(book, call["body"].get("dataFilters", []))]
    return {"spreadsheetId": book.id, **({"clearedRanges": cleared} if cleared else {})}


def _selected(book: Spreadsheet, filters: list[Json]) -> dict[str, list[Json]]:
    """Ranges in A1 notation that the filters select, each with its filters. Raises ApiError 400."""
    found: dict[str, list[Json]] = {}
    for data_filter in filters:
        for sheet, bounds in _places(book, data_filter):
            found.setdefault(sheet.range_text(bounds), []).append(data_filter)
    return found


def _places(book: Spreadsheet, data_filter: Json) -> list[tuple[Sheet, Bounds]]:
    """What one DataFilter selects; of metadata the row, column or sheet that it is on, of the spreadsheet's own all."""
    if "developerMetadataLookup" not in data_filter:
        return [place_of(book, data_filter)]
    entries = kinds_metadata.find(book, [data_filter])
    return [place for entry in entries for place in _carriers(book, entry)]


def _carriers(book: Spreadsheet, entry: Metadata) -> list[tuple[Sheet, Bounds]]:
    if entry.sheet is None:
        return [(sheet, Bounds()) for sheet in book.sheets]
    sheet = book.sheet(entry.sheet)
    if not entry.dimension:
        return [(sheet, Bounds())]
    index = kinds_metadata.line_index(sheet, entry)
    return [(sheet, Bounds(index, index + 1) if entry.dimension == "ROWS" else Bounds(left=index, right=index + 1))]
