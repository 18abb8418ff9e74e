"""`spreadsheets.get`: the spreadsheet as JSON, with as much of the grid as the caller's mask asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.conditional import Conditional
from functions.local.formats import shown
from functions.local.formula_values import Problem
from functions.local.kinds_metadata import entry_json
from functions.local.looks import DEFAULT_FORMAT, THEME, Effective
from functions.local.masks import wants
from functions.local.model import Cell, Formula, Json, Sheet, Spreadsheet, Value
from functions.local.ranges import Box, clamp, resolve

if TYPE_CHECKING:
    from functions.local.masks import Mask
    from functions.local.model import Metadata

ROW_PIXELS, COLUMN_PIXELS = 21, 100
KEPT_THINGS = (
    "merges",
    "conditionalFormats",
    "filterViews",
    "protectedRanges",
    "bandedRanges",
    "charts",
    "rowGroups",
    "columnGroups",
)


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
    effective = Effective() if wants(mask, "sheets", "data", "rowData", "values", "effectiveFormat") else None
    rules = Conditional(book, sheet) if effective and sheet.things.get("conditionalFormats") else None
    locale = str(book.properties.get("locale", ""))
    calculated = calculator_of(book).rows(sheet, box.top, box.bottom)
    found: list[Json] = []
    for index, row in enumerate(calculated, box.top):
        results = row.cells[box.left : box.right]
        if rules is not None:
            results += (None,) * (min(box.right, rules.right) - box.left - len(results))
        entered = sheet.rows[index]
        values = []
        for column, result in enumerate(results, box.left):
            cell = entered.cell(column)
            value = cell_json(cell, locale, result)
            look = rules.look(index, column, result) if rules is not None else None
            if effective is not None and (cell is not None or look is not None):
                value["effectiveFormat"] = effective.of(result.extras if result else None, look)
            values.append(value)
        while values and not values[-1]:
            values.pop()
        found.append({"values": values} if values else {})
    while found and not found[-1]:
        found.pop()
    return found


def cell_json(cell: Cell | None, locale: str, result: Cell | None) -> Json:
    """CellData of a cell without its effectiveFormat; empty for a blank one. *result*: its formula calculated."""
    if cell is None:
        return {}
    answer: Json = {}
    if cell.value is not None:
        answer["userEnteredValue"] = extended_value(cell.value)
        if result is not None and result.value is not None:
            answer["effectiveValue"] = extended_value(result.value)
        answer["formattedValue"] = shown(result.value, result.extras, locale) if result else ""
    if cell.extras:
        answer.update(cell.extras.fields)
    return answer


def extended_value(value: Value) -> Json:
    """ExtendedValue of a value as it was entered, or as a formula gave it."""
    if isinstance(value, Formula):
        return {"formulaValue": str(value)}
    if isinstance(value, Problem):
        return {"errorValue": {"type": _ERROR_TYPES.get(value, "ERROR"), "message": _ERROR_WORDS.get(value, "")}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


_ERROR_TYPES = {
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    "#NULL!": "NULL_VALUE",
}
_ERROR_WORDS = {
    "#DIV/0!": "Division by zero.",
    "#VALUE!": "A value is of the wrong kind.",
    "#REF!": "A reference is gone, or the formula needs its own result.",
    "#NAME?": "The local sheet server does not calculate this formula, or does not know a name in it.",
    "#NUM!": "A number is out of range.",
    "#N/A": "Nothing was found, or an argument is missing.",
    "#ERROR!": "The formula does not parse.",
}


def _lines(book: Spreadsheet, sheet: Sheet, dimension: str, indexes: range, pixels: int) -> list[Json]:
    """DimensionProperties of rows or columns, with the developer metadata on them."""
    entries: dict[int, list[Metadata]] = {}
    for entry in book.metadata.values():
        if entry.sheet == sheet.id and entry.dimension == dimension:
            entries.setdefault(entry.line, []).append(entry)
    lines: list[Any] = sheet.rows if dimension == "ROWS" else sheet.columns
    found = []
    for index in indexes:
        own = lines[index].properties or {}
        line: Json = {**own, "pixelSize": own.get("pixelSize", pixels)}
        if lines[index].id in entries:
            line["developerMetadata"] = [entry_json(book, entry) for entry in entries[lines[index].id]]
        found.append(line)
    return found
