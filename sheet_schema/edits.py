"""The batchUpdate requests that set-up is made of, one function each.

Reference: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_schema.language import fill
from sheet_schema.records import empty_cell
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_schema.language import Language
    from sheet_schema.schema import Column

Request = dict[str, Any]

_DOCUMENT = "DOCUMENT"


def add_sheet(  # noqa: PLR0913 - as many as a new sheet has properties
    sheet_id: int,
    title: str,
    place: int,
    *,
    rows: int,
    columns: int,
    frozen_rows: int = 0,
    hidden: bool = False,
    plain: bool = False,
) -> Request:
    """Add a sheet at a place (0 is the first) among the sheets; a *plain* one shows no lines between its cells."""
    grid: Request = {"rowCount": rows, "columnCount": columns, "frozenRowCount": frozen_rows}
    if plain:
        grid["hideGridlines"] = True
    properties: Request = {"sheetId": sheet_id, "title": title, "index": place, "gridProperties": grid}
    if hidden:
        properties["hidden"] = True
    return {"addSheet": {"properties": properties}}


def hide_sheet(sheet_id: int) -> Request:
    """Hide a sheet from the row of tabs."""
    return {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "hidden": True}, "fields": "hidden"}}


def freeze_header(sheet_id: int) -> Request:
    """Keep row 1 in sight."""
    properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": 1}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}


def append_rows(sheet_id: int, number: int) -> Request:
    """Add blank rows at the end of the grid."""
    return {"appendDimension": {"sheetId": sheet_id, "dimension": "ROWS", "length": number}}


def insert_columns(sheet_id: int, start: int, number: int) -> Request:
    """Insert columns before the one with index *start*; also right behind the last one."""
    # Before the first there is nothing to inherit from, behind the last nothing else: Google refuses both.
    return {"insertDimension": {"range": _columns(sheet_id, start, number), "inheritFromBefore": start > 0}}


def header(sheet_id: int, start: int, titles: Sequence[str], notes: Sequence[str]) -> Request:
    """Write titles into row 1, bold, each with its note, from the column with index *start* on."""
    look = {"textFormat": {"bold": True}, "verticalAlignment": "MIDDLE", "wrapStrategy": "WRAP"}
    cells = [
        {"userEnteredValue": {"stringValue": title}, "userEnteredFormat": look, "note": text}
        for title, text in zip(titles, notes, strict=True)
    ]
    fields = "userEnteredValue,userEnteredFormat(textFormat.bold,verticalAlignment,wrapStrategy),note"
    return _update_cells(sheet_id, start, cells, fields)


def note(sheet_id: int, index: int, text: str) -> Request:
    """Put a note on the header of a column; the title stays as it is."""
    return _update_cells(sheet_id, index, [{"note": text}], "note")


def width(sheet_id: int, index: int, pixels: int) -> Request:
    """Make a column that many pixels wide."""
    place = _columns(sheet_id, index)
    return {"updateDimensionProperties": {"range": place, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}}


def write(sheet_id: int, row: int, rows: Sequence[Sequence[Request]], column: int = 0) -> Request:
    """Write CellData, with formats, from a cell on: row and column are counted from 0."""
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    cells = [{"values": list(each)} for each in rows]
    return {"updateCells": {"start": start, "rows": cells, "fields": "userEnteredValue,userEnteredFormat"}}


def values(sheet_id: int, row: int, cells: Sequence[str | int]) -> Request:
    """Write values from the first cell of a row (counted from 0) on, "" for none; formats stay."""
    written = [
        {"userEnteredValue": {"stringValue" if isinstance(cell, str) else "numberValue": cell}} if cell != "" else {}
        for cell in cells
    ]
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": written}], "fields": "userEnteredValue"}}


def wrapped(sheet_id: int) -> Request:
    """Let the text below the header go on in a second line, from the top of its cell."""
    look = {"wrapStrategy": "WRAP", "verticalAlignment": "TOP"}
    area = {"sheetId": sheet_id, "startRowIndex": 1}
    fields = "userEnteredFormat(wrapStrategy,verticalAlignment)"
    return {"repeatCell": {"range": area, "cell": {"userEnteredFormat": look}, "fields": fields}}


def blank(sheet_id: int, row: int, column: int) -> Request:
    """Empty a column from a row on, counted from 0, in the looks that `wrapped` gives."""
    area = {"sheetId": sheet_id, "startRowIndex": row, "startColumnIndex": column, "endColumnIndex": column + 1}
    cell = {"userEnteredFormat": {"wrapStrategy": "WRAP", "verticalAlignment": "TOP"}}
    return {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredValue,userEnteredFormat"}}


def number(sheet_id: int, value: int) -> Request:
    """Write a number into cell A1."""
    return _update_cells(sheet_id, 0, [{"userEnteredValue": {"numberValue": value}}], "userEnteredValue")


def mark_sheet(sheet_id: int, key: str, value: str) -> Request:
    """Put developer metadata on a sheet."""
    return _mark(key, value, {"sheetId": sheet_id})


def mark_column(sheet_id: int, index: int, key: str, value: str) -> Request:
    """Put developer metadata on a column, which keeps it when it is moved."""
    return _mark(key, value, {"dimensionRange": _columns(sheet_id, index)})


def change_mark(sheet_id: int, key: str, value: str) -> Request:
    """Put another value into developer metadata that is on a sheet."""
    lookup = {
        "metadataKey": key,
        "metadataLocation": {"sheetId": sheet_id},
        "locationMatchingStrategy": "EXACT_LOCATION",
    }
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [{"developerMetadataLookup": lookup}],
            "developerMetadata": {"metadataValue": value},
            "fields": "metadataValue",
        }
    }


def delete_marks(key: str) -> Request:
    """Delete all developer metadata with a key."""
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": key}}}}


def shape_column(column: Column, language: Language, sheet_id: int, index: int) -> list[Request]:
    """Give a column its number format, its drop-down, and its place out of sight, for all rows below the header."""
    return [
        *format_column(column, language, sheet_id, index),
        *rule_column(column, language, sheet_id, index),
        *hide_column(column, sheet_id, index),
    ]


def format_column(column: Column, language: Language, sheet_id: int, index: int, row: int = 1) -> list[Request]:
    """Give a column its number format from a row on, counted from 0; nothing if it has none."""
    cell = empty_cell(language, column)
    area = {**below_header(sheet_id, index), "startRowIndex": row}
    return [{"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}] if cell else []


def rule_column(column: Column, language: Language, sheet_id: int, index: int, row: int = 1) -> list[Request]:
    """Give a column its drop-down, or what else says what belongs there, from a row on; nothing if it has none."""
    rule = _rule_of(column, language)
    area = {**below_header(sheet_id, index), "startRowIndex": row}
    return [{"setDataValidation": {"range": area, "rule": rule}}] if rule else []


def hide_column(column: Column, sheet_id: int, index: int) -> list[Request]:
    """Put a column out of sight that is for the functions alone."""
    return [hide_columns(sheet_id, index, hidden=True)] if column.hidden else []


def words_of(column: Column, language: Language) -> list[str]:
    """What the drop-down of a column offers; nothing for one without."""
    keys = ("yes", "no") if column.kind is Kind.YES_NO else column.choices
    return [language.words[key] for key in keys]


def align_left(sheet_id: int, index: int) -> Request:
    """Start the cells of a column where its title starts, dates and numbers too."""
    cell = {"userEnteredFormat": {"horizontalAlignment": "LEFT"}}
    fields = "userEnteredFormat.horizontalAlignment"
    return {"repeatCell": {"range": below_header(sheet_id, index), "cell": cell, "fields": fields}}


def offer(sheet_id: int, index: int, values: str, hint: str) -> Request:
    """Offer the values of a range, in A1 notation, in a column, and warn of others."""
    rule = _rule("ONE_OF_RANGE", [f"={values}"], hint)
    return {"setDataValidation": {"range": below_header(sheet_id, index), "rule": rule}}


def _rule_of(column: Column, language: Language) -> Request | None:
    """What may be typed into a column, and what is said of anything else. It warns: other languages are read too."""
    match column.kind:
        case Kind.CHOICE | Kind.YES_NO:
            words = words_of(column, language)
            return _rule("ONE_OF_LIST", words, fill(language.hints["choice"], {"choices": ", ".join(words)}))
        case Kind.COUNT:
            return _rule("NUMBER_GREATER_THAN_EQ", ["1"], language.hints["count"])
        case Kind.DATE:
            return _rule("DATE_IS_VALID", [], language.hints["date"])
        case _:
            return None


def _rule(kind: str, values: Sequence[str], hint: str) -> Request:
    condition: Request = {"type": kind}
    if values:
        condition["values"] = [{"userEnteredValue": value} for value in values]
    return {"condition": condition, "inputMessage": hint, "strict": False, "showCustomUi": True}


def bare_columns(sheet_id: int, start: int, number: int) -> list[Request]:
    """Take off inserted, still empty columns what they inherited: number format, drop-down, being hidden."""
    below = below_header(sheet_id, start, number)
    return [
        {"repeatCell": {"range": below, "cell": {}, "fields": "userEnteredFormat.numberFormat"}},
        {"setDataValidation": {"range": below}},
        hide_columns(sheet_id, start, number, hidden=False),
    ]


def hide_columns(sheet_id: int, start: int, number: int = 1, *, hidden: bool) -> Request:
    """Put columns out of sight, or back."""
    properties = {"hiddenByUser": hidden}
    place = _columns(sheet_id, start, number)
    return {"updateDimensionProperties": {"range": place, "properties": properties, "fields": "hiddenByUser"}}


def _mark(key: str, value: str, location: Request) -> Request:
    entry = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": _DOCUMENT}
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _update_cells(sheet_id: int, column: int, cells: Sequence[Request], fields: str) -> Request:
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": list(cells)}], "fields": fields}}


def _columns(sheet_id: int, start: int, number: int = 1) -> Request:
    return {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": start, "endIndex": start + number}


def below_header(sheet_id: int, start: int, number: int = 1) -> Request:
    """Columns from the one with index *start* on, without the header, down to rows that are still to come."""
    return {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": start, "endColumnIndex": start + number}
