"""The batchUpdate requests that set-up is made of, one function each.

Reference: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_schema.records import empty_cell
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_schema.language import Language
    from sheet_schema.schema import Column

Request = dict[str, Any]

_DOCUMENT = "DOCUMENT"


def add_sheet(  # noqa: PLR0913 - as many as a new sheet has properties
    sheet_id: int, title: str, place: int, *, rows: int, columns: int, frozen_rows: int, hidden: bool
) -> Request:
    """Add a sheet at a place (0 is the first) among the sheets."""
    grid = {"rowCount": rows, "columnCount": columns, "frozenRowCount": frozen_rows}
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


def header(sheet_id: int, start: int, titles: Sequence[str]) -> Request:
    """Write titles into row 1, bold, from the column with index *start* on."""
    cells = [
        {"userEnteredValue": {"stringValue": title}, "userEnteredFormat": {"textFormat": {"bold": True}}}
        for title in titles
    ]
    return _update_cells(sheet_id, start, cells, "userEnteredValue,userEnteredFormat.textFormat.bold")


def number(sheet_id: int, value: int) -> Request:
    """Write a number into cell A1."""
    return _update_cells(sheet_id, 0, [{"userEnteredValue": {"numberValue": value}}], "userEnteredValue")


def mark_sheet(sheet_id: int, key: str, value: str) -> Request:
    """Put developer metadata on a sheet."""
    return _mark(key, value, {"sheetId": sheet_id})


def mark_column(sheet_id: int, index: int, key: str, value: str) -> Request:
    """Put developer metadata on a column, which keeps it when it is moved."""
    return _mark(key, value, {"dimensionRange": _columns(sheet_id, index)})


def delete_marks(key: str) -> Request:
    """Delete all developer metadata with a key."""
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": key}}}}


def shape_column(column: Column, language: Language, sheet_id: int, index: int) -> list[Request]:
    """Give a column its number format, its drop-down, and its place out of sight, for all rows below the header."""
    batch: list[Request] = []
    cell = empty_cell(language, column)
    if cell:
        repeat = {"range": _below_header(sheet_id, index), "cell": cell, "fields": "userEnteredFormat.numberFormat"}
        batch.append({"repeatCell": repeat})
    words = [language.words[key] for key in (("yes", "no") if column.kind is Kind.YES_NO else column.choices)]
    if words:
        rule = {
            "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": word} for word in words]},
            "strict": False,  # warns: a status in another language is understood too
            "showCustomUi": True,
        }
        batch.append({"setDataValidation": {"range": _below_header(sheet_id, index), "rule": rule}})
    if column.hidden:
        batch.append(_hide_columns(sheet_id, index, hidden=True))
    return batch


def bare_columns(sheet_id: int, start: int, number: int) -> list[Request]:
    """Take off inserted, still empty columns what they inherited: number format, drop-down, being hidden."""
    below = _below_header(sheet_id, start, number)
    return [
        {"repeatCell": {"range": below, "cell": {}, "fields": "userEnteredFormat.numberFormat"}},
        {"setDataValidation": {"range": below}},
        _hide_columns(sheet_id, start, number, hidden=False),
    ]


def _hide_columns(sheet_id: int, start: int, number: int = 1, *, hidden: bool) -> Request:
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


def _below_header(sheet_id: int, start: int, number: int = 1) -> Request:
    return {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": start, "endColumnIndex": start + number}
