"""`spreadsheets.create`: an empty spreadsheet, and then what was asked for as batchUpdate requests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local import batch
from functions.local.errors import refuse_unbuilt
from functions.local.kinds_sheets import (
    DEFAULT_COLUMNS,
    DEFAULT_ROWS,
    check_properties,
    default_title,
    make_sheet,
    put_sheet,
)
from functions.local.model import Json, Spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

DEFAULTS = {"title": "Untitled spreadsheet", "locale": "en_US", "autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT"}
_GIVEN = frozenset({"defaultFormat", "spreadsheetTheme"})  # what Google prints of each spreadsheet, kept by nobody
_PLACES = frozenset(  # what a GridRange, a GridCoordinate or a DimensionRange has
    {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex", "rowIndex", "columnIndex", "dimension"}
)
_READ_ONLY = frozenset({"spreadsheetId", "spreadsheetUrl", "commentsViewMode"})


def make(spreadsheet_id: str, asked: Json, clock: Callable[[], datetime]) -> Spreadsheet:
    """Make a draft from a Spreadsheet message. Raises ApiError."""
    told = {name: value for name, value in asked.get("properties", {}).items() if name not in _GIVEN}
    book = Spreadsheet(spreadsheet_id, {**DEFAULTS, **told}, clock=clock)
    check_properties(book.properties)
    sheets = asked.get("sheets") or [{"properties": {"sheetId": 0, "title": f"{default_title(_locale(book))}1"}}]
    for number, sheet in enumerate(sheets):
        own = dict(sheet.get("properties", {}))
        own.pop("index", None)
        sheet_id = own.pop("sheetId", 0 if number == 0 else None)
        put_sheet(book, make_sheet(book, sheet_id, {**own, "gridProperties": _grid(sheet)}), number)
    requests = [*_of_spreadsheet(asked)]
    for made, sheet in zip(book.sheets, sheets, strict=True):
        requests += _of_sheet(made.id, sheet)
    for number, request in enumerate(requests):
        batch.apply(book, number, request)
    return book


def _locale(book: Spreadsheet) -> str:
    return str(book.properties["locale"])


def _grid(sheet: Json) -> Json:
    """GridProperties of a sheet that has room for its data."""
    asked = dict(sheet.get("properties", {}).get("gridProperties", {}))
    rows, columns = asked.get("rowCount", DEFAULT_ROWS), asked.get("columnCount", DEFAULT_COLUMNS)
    for data in sheet.get("data", []):
        given = data.get("rowData", [])
        width = max((len(row.get("values", [])) for row in given), default=0)
        rows = max(rows, data.get("startRow", 0) + max(len(given), len(data.get("rowMetadata", []))))
        columns = max(columns, data.get("startColumn", 0) + max(width, len(data.get("columnMetadata", []))))
    return {**asked, "rowCount": rows, "columnCount": columns}


def _of_spreadsheet(asked: Json) -> Iterator[Json]:
    for name in asked.keys() - {"properties", "sheets", "namedRanges", "developerMetadata"} - _READ_ONLY:
        refuse_unbuilt(f"{name} in spreadsheets.create")
    for named in asked.get("namedRanges", []):
        yield {"addNamedRange": {"namedRange": named}}
    for entry in asked.get("developerMetadata", []):
        yield {"createDeveloperMetadata": {"developerMetadata": {"location": {"spreadsheet": True}, **entry}}}


def _of_sheet(sheet_id: int, asked: Json) -> Iterator[Json]:
    """Requests that put what a Sheet message has beside its properties onto a new sheet."""
    for name in asked.keys() - {"properties", "data"} - _THINGS.keys():
        refuse_unbuilt(f"sheets.{name} in spreadsheets.create")
    for data in asked.get("data", []):
        yield from _of_data(sheet_id, data)
    for name, request in _THINGS.items():
        things = asked.get(name, [])
        for number, thing in enumerate(things if isinstance(things, list) else [things]):
            yield request(_on(sheet_id, thing), number)


def _of_data(sheet_id: int, data: Json) -> Iterator[Json]:
    top, left = data.get("startRow", 0), data.get("startColumn", 0)
    if data.get("rowData"):
        start = {"sheetId": sheet_id, "rowIndex": top, "columnIndex": left}
        yield {"updateCells": {"start": start, "rows": data["rowData"], "fields": "*"}}
    for dimension, name, first in (("ROWS", "rowMetadata", top), ("COLUMNS", "columnMetadata", left)):
        for index, line in enumerate(data.get(name, []), first):
            place = {"sheetId": sheet_id, "dimension": dimension, "startIndex": index, "endIndex": index + 1}
            own = {field: line[field] for field in ("pixelSize", "hiddenByUser") if field in line}
            if own:
                yield {"updateDimensionProperties": {"range": place, "properties": own, "fields": ",".join(own)}}
            for entry in line.get("developerMetadata", []):
                location = {"dimensionRange": place}
                yield {"createDeveloperMetadata": {"developerMetadata": {**entry, "location": location}}}


def _on(sheet_id: int, thing: Any) -> Any:
    """*thing* with its ranges on this sheet, where they name none."""
    if isinstance(thing, list):
        return [_on(sheet_id, item) for item in thing]
    if not isinstance(thing, dict):
        return thing
    own = {name: _on(sheet_id, value) for name, value in thing.items()}
    return {"sheetId": sheet_id, **own} if _PLACES & own.keys() else own


_THINGS: dict[str, Callable[[Json, int], Json]] = {
    "merges": lambda thing, _: {"mergeCells": {"range": thing, "mergeType": "MERGE_ALL"}},
    "conditionalFormats": lambda thing, number: {"addConditionalFormatRule": {"rule": thing, "index": number}},
    "basicFilter": lambda thing, _: {"setBasicFilter": {"filter": thing}},
    "filterViews": lambda thing, _: {"addFilterView": {"filter": thing}},
    "protectedRanges": lambda thing, _: {"addProtectedRange": {"protectedRange": thing}},
    "bandedRanges": lambda thing, _: {"addBanding": {"bandedRange": thing}},
    "charts": lambda thing, _: {"addChart": {"chart": thing}},
    "rowGroups": lambda thing, _: {"addDimensionGroup": {"range": thing["range"]}},
    "columnGroups": lambda thing, _: {"addDimensionGroup": {"range": thing["range"]}},
    "developerMetadata": lambda thing, _: {"createDeveloperMetadata": {"developerMetadata": thing}},
}
