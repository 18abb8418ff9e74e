"""`spreadsheets.get`: the spreadsheet as JSON, with as much of the grid as the caller's mask asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.formats import FORMULA_SHOWN, shown
from functions.local.kinds_metadata import entry_json, line_index
from functions.local.looks import DEFAULT_FORMAT, THEME, over_default
from functions.local.masks import wants
from functions.local.model import Cell, Formula, Json, Sheet, Spreadsheet, Value
from functions.local.ranges import Box, clamp, resolve

if TYPE_CHECKING:
    from functions.local.masks import Mask
    from functions.local.model import Metadata

ROW_PIXELS, COLUMN_PIXELS = 21, 100
KEPT_THINGS = ("merges", "conditionalFormats", "filterViews", "protectedRanges", "bandedRanges")


def get(book: Spreadsheet, call: Json) -> Json:
    """Answer `spreadsheets.get`."""
    return spreadsheet(book, call, call.get("mask"))


def spreadsheet(book: Spreadsheet, options: Json, mask: Mask | None) -> Json:
    """Spreadsheet message. *options*: ranges, includeGridData (which a mask overrules)."""
    with_data = wants(mask, "sheets", "data") if mask is not None else bool(options.get("includeGridData"))
    boxes = _asked_boxes(book, options.get("ranges", []))
    own = [entry for entry in book.metadata.values() if entry.sheet is None]
    named = book.named_ranges
    return {
        "spreadsheetId": book.id,
        "properties": {"defaultFormat": DEFAULT_FORMAT, "spreadsheetTheme": THEME, **book.properties},
        "sheets": [
            _sheet(book, index, boxes.get(sheet.id) or [whole_box(sheet)], mask, with_data=with_data)
            for index, sheet in enumerate(book.sheets)
            if not boxes or sheet.id in boxes
        ],
        **({"namedRanges": named} if named else {}),
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
        **({"developerMetadata": [entry_json(book, entry) for entry in own]} if own else {}),
    }


def whole_box(sheet: Sheet) -> Box:
    """Rectangle of the whole grid."""
    return Box(0, len(sheet.rows), 0, len(sheet.columns))


def _asked_boxes(book: Spreadsheet, ranges: list[str]) -> dict[int, list[Box]]:
    boxes: dict[int, list[Box]] = {}
    for text in ranges:
        sheet, bounds = resolve(book, text)
        boxes.setdefault(sheet.id, []).append(clamp(sheet, bounds))
    return boxes


def _sheet(book: Spreadsheet, index: int, boxes: list[Box], mask: Mask | None, *, with_data: bool) -> Json:
    sheet = book.sheets[index]
    answer: Json = {"properties": sheet.property_json(index)}
    if with_data:
        answer["data"] = [_grid_data(book, sheet, box, mask) for box in boxes]
    answer.update({name: sheet.things[name] for name in KEPT_THINGS if sheet.things.get(name)})
    if sheet.things.get("basicFilter"):
        answer["basicFilter"] = sheet.things["basicFilter"][0]
    own = [entry for entry in book.metadata.values() if entry.sheet == sheet.id and not entry.dimension]
    if own:
        answer["developerMetadata"] = [entry_json(book, entry) for entry in own]
    return answer


def _grid_data(book: Spreadsheet, sheet: Sheet, box: Box, mask: Mask | None) -> Json:
    answer: Json = {}
    if box.top:
        answer["startRow"] = box.top
    if box.left:
        answer["startColumn"] = box.left
    if wants(mask, "sheets", "data", "rowData"):
        rows = _row_data(book, sheet, box, mask)
        if rows:
            answer["rowData"] = rows
    if wants(mask, "sheets", "data", "rowMetadata"):
        answer["rowMetadata"] = _lines(book, sheet, "ROWS", box.rows, ROW_PIXELS)
    if wants(mask, "sheets", "data", "columnMetadata"):
        answer["columnMetadata"] = _lines(book, sheet, "COLUMNS", box.columns, COLUMN_PIXELS)
    return answer


def _row_data(book: Spreadsheet, sheet: Sheet, box: Box, mask: Mask | None) -> list[Json]:
    effective = wants(mask, "sheets", "data", "rowData", "values", "effectiveFormat")
    locale = str(book.properties.get("locale", ""))
    found: list[Json] = []
    for row in sheet.rows[box.top : box.bottom]:
        cells = row.cells[box.left : box.right]
        values = [cell_json(cell, locale, with_effective_format=effective) for cell in cells]
        while values and not values[-1]:
            values.pop()
        found.append({"values": values} if values else {})
    while found and not found[-1]:
        found.pop()
    return found


def cell_json(cell: Cell | None, locale: str, *, with_effective_format: bool) -> Json:
    """CellData of a cell; empty for a blank one."""
    if cell is None:
        return {}
    answer: Json = {}
    if cell.value is not None:
        entered = extended_value(cell.value)
        answer["userEnteredValue"] = entered
        answer["effectiveValue"] = _calculated(cell.value) or entered
        answer["formattedValue"] = shown(cell.value, cell.extras, locale)
    fields = cell.extras.fields if cell.extras else {}
    answer.update(fields)
    if with_effective_format:
        answer["effectiveFormat"] = over_default(fields.get("userEnteredFormat", {}))
    return answer


def extended_value(value: Value) -> Json:
    """ExtendedValue of a value as it was entered."""
    if isinstance(value, Formula):
        return {"formulaValue": str(value)}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def _calculated(value: Value) -> Json | None:
    if not isinstance(value, Formula):
        return None
    return {
        "errorValue": {"type": "NAME", "message": f"{FORMULA_SHOWN}: the local sheet server calculates no formulas."}
    }


def _lines(book: Spreadsheet, sheet: Sheet, dimension: str, indexes: range, pixels: int) -> list[Json]:
    """DimensionProperties of rows or columns, with the developer metadata on them."""
    entries: dict[int, list[Metadata]] = {}
    for entry in book.metadata.values():
        if entry.sheet == sheet.id and entry.dimension == dimension:
            entries.setdefault(line_index(sheet, entry), []).append(entry)
    lines: list[Any] = sheet.rows if dimension == "ROWS" else sheet.columns
    found = []
    for index in indexes:
        own = lines[index].properties or {}
        line: Json = {**own, "pixelSize": own.get("pixelSize", pixels)}
        if index in entries:
            line["developerMetadata"] = [entry_json(book, entry) for entry in entries[index]]
        found.append(line)
    return found
