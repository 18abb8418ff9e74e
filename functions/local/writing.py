"""Writing values: `values.update`, `append`, `clear` and their batch forms, on a draft."""

from __future__ import annotations

import json
from typing import Any

from functions.local.a1 import Bounds, column_name
from functions.local.edit import ROWS, grow, insert_rows, put_cells
from functions.local.errors import ApiError, prefixed, refuse
from functions.local.formats import number_format
from functions.local.model import Cell, Cells, Extras, Json, Row, Sheet, Spreadsheet, extras_of
from functions.local.ranges import Box, clamp, inside, resolve
from functions.local.shift import after_insert
from functions.local.typed import as_typed, literal
from functions.local.values import FORMATTED, read_box

USER_ENTERED = "USER_ENTERED"


def update(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.update`."""
    body = {"range": call["range"], **call["body"]}
    if body["range"] != call["range"] and resolve(book, body["range"]) != resolve(book, call["range"]):
        text = f"The request range[{call['range']}] does not match value's range[{body['range']}]."
        refuse(text)
    answer, _ = _write(book, body, _option(call), call)
    return answer


class Totals:
    """Several ValueRanges written in one call: their answers, and each touched row, column and sheet once."""

    def __init__(self) -> None:
        """Begin with none."""
        self.responses: list[Json] = []
        self._rows: set[tuple[int, int]] = set()
        self._columns: set[tuple[int, int]] = set()
        self._sheets: set[int] = set()

    def write(self, book: Spreadsheet, data: Json, body: Json) -> Json:
        """Write one ValueRange as the call's *body* says; UpdateValuesResponse. Raises ApiError 400."""
        answer, (sheet, box) = _write(book, data, _option(body), body)
        if "updatedCells" in answer:
            self._sheets.add(sheet.id)
            self._rows |= {(sheet.id, index) for index in box.rows}
            self._columns |= {(sheet.id, index) for index in box.columns}
        return answer

    def answer(self, book: Spreadsheet) -> Json:
        """Answer of the whole call."""
        totals = {
            "totalUpdatedRows": len(self._rows),
            "totalUpdatedColumns": len(self._columns),
            "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in self.responses),
            "totalUpdatedSheets": len(self._sheets),
            "responses": self.responses,
        }
        return {"spreadsheetId": book.id, **{name: total for name, total in totals.items() if total}}


def batch_update(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchUpdate`."""
    body, work = call["body"], Totals()
    _option(body)
    for number, data in enumerate(body.get("data", [])):
        try:
            work.responses.append(work.write(book, data, body))
        except ApiError as error:
            raise prefixed(error, f"Invalid data[{number}]") from error
    return work.answer(book)


def clear(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.clear`: values go, formats and validation stay."""
    return {"spreadsheetId": book.id, "clearedRange": clear_range(book, call["range"])}


def batch_clear(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchClear`."""
    cleared = []
    for number, text in enumerate(call["body"].get("ranges", [])):
        try:
            cleared.append(clear_range(book, text))
        except ApiError as error:
            raise error if "Unable" in error.message else prefixed(error, f"Invalid range[{number}]") from error
    return {"spreadsheetId": book.id, **({"clearedRanges": cleared} if cleared else {})}


def append(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.append`: after the last table in the range, or at the range's start when it holds none."""
    option = _option(call)
    found, bounds = resolve(book, call["range"])
    sheet = book.edit(found.id)
    box = clamp(sheet, bounds)
    table = last_table(sheet, box)
    top, left = (table.bottom, table.left) if table else (box.top, box.left)
    values = _by_rows(call["body"])
    width = max(map(len, values), default=0)
    if call.get("insertDataOption") == "INSERT_ROWS" and table and values and top < len(sheet.rows):
        insert_rows(sheet, top, [((), None)] * len(values))
        after_insert(book, sheet, ROWS, top, len(values))
    grow(book, sheet, top + len(values), left + width)
    top = top if values else min(top, len(sheet.rows) - 1)
    target = Bounds(top, top + max(len(values), 1), left, left + max(width, 1))
    answer: Json = {"spreadsheetId": book.id}
    if table:
        answer["tableRange"] = sheet.range_text(table.bounds)
    data = {"range": sheet.range_text(target), "values": values}
    answer["updates"], _ = _write(book, data, option, call)
    return answer


def last_table(sheet: Sheet, box: Box) -> Box | None:
    """Find the block of touching values that holds the lowest, then rightmost value of *box*; None when it has none."""
    for row in reversed(box.rows):
        for column in reversed(range(box.left, min(box.right, len(sheet.rows[row].cells)))):
            if _has_value(sheet.rows[row].cell(column)):
                return _grown_block(sheet, Box(row, row + 1, column, column + 1))
    return None


def _grown_block(sheet: Sheet, block: Box) -> Box:
    """Grow over all values that touch, at corners too: first up and down, so that each row is met once a width."""
    top, bottom, left, right = block
    while True:
        while top and _any_value(sheet.rows[top - 1], max(left - 1, 0), right + 1):
            top -= 1
        while bottom < len(sheet.rows) and _any_value(sheet.rows[bottom], max(left - 1, 0), right + 1):
            bottom += 1
        around = sheet.rows[max(top - 1, 0) : bottom + 1]
        to_left = left > 0 and any(_has_value(row.cell(left - 1)) for row in around)
        to_right = any(_has_value(row.cell(right)) for row in around)
        if not (to_left or to_right):
            return Box(top, bottom, left, right)
        left, right = left - to_left, right + to_right


def _any_value(row: Row, left: int, right: int) -> bool:
    return any(_has_value(cell) for cell in row.cells[left:right])


def _has_value(cell: Cell | None) -> bool:
    return cell is not None and cell.value is not None


def _option(call: Json) -> str:
    option = str(call.get("valueInputOption", ""))
    if not option:
        refuse("'valueInputOption' is required but not specified")
    return option


def _write(book: Spreadsheet, data: Json, option: str, options: Json) -> tuple[Json, tuple[Sheet, Box]]:
    """Write one ValueRange; UpdateValuesResponse, and where it wrote."""
    found, bounds = resolve(book, data.get("range", ""))
    sheet = book.edit(found.id)
    values = _by_rows(data)
    if bounds.is_one_cell:  # only the corner: the values say how far it goes
        box = inside(sheet, bounds)._replace(bottom=len(sheet.rows), right=len(sheet.columns))
    else:
        box = inside(sheet, bounds)
    _check_fits(data, box, values)
    locale = str(book.properties.get("locale", ""))
    for number, row in enumerate(values):
        _write_row(sheet, (box.top + number, box.left), row, option, locale)
    width = max(map(len, values), default=0)
    written = Box(box.top, box.top + max(len(values), 1), box.left, box.left + max(width, 1))
    answer: Json = {"spreadsheetId": book.id, "updatedRange": sheet.range_text(written.bounds)}
    counts = {"updatedRows": len(values), "updatedColumns": width, "updatedCells": sum(map(len, values))}
    if width:
        answer.update(counts)
    if options.get("includeValuesInResponse"):
        render = options.get("responseValueRenderOption", FORMATTED)
        dates = options.get("responseDateTimeRenderOption", "")
        asked = {"valueRenderOption": render, "dateTimeRenderOption": dates, "majorDimension": _major(data)}
        answer["updatedData"] = read_box(book, sheet, written, asked)
    return answer, (sheet, written)


def _major(data: Json) -> str:
    return str(data.get("majorDimension", ROWS))


def _by_rows(data: Json) -> list[list[Any]]:
    """Values of a ValueRange by rows; null (None) leaves a cell as it is."""
    values: list[list[Any]] = data.get("values", [])
    for number, row in enumerate(values):
        for place, value in enumerate(row):
            if isinstance(value, (dict, list)):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                refuse(f"Invalid values[{number}][{place}]: {kind} {json.dumps(value, ensure_ascii=False)[:200]}")
    if _major(data) == ROWS:
        return values
    height = max(map(len, values), default=0)
    return [[column[index] if index < len(column) else None for column in values] for index in range(height)]


def _check_fits(data: Json, box: Box, values: list[list[Any]]) -> None:
    width = max(map(len, values), default=0)
    room = box.bottom - box.top, box.right - box.left
    where = f"Requested writing within range [{data.get('range', '')}], but tried writing to"
    if len(values) > room[0]:
        refuse(f"{where} row [{box.bottom + 1}]")
    if width > room[1]:
        refuse(f"{where} column [{column_name(box.right)}]")


def _write_row(sheet: Sheet, corner: tuple[int, int], values: list[Any], option: str, locale: str) -> None:
    index, left = corner
    old = sheet.rows[index].cells
    new = [*old, *(None,) * (left + len(values) - len(old))]
    for column, value in enumerate(values, left):
        if value is not None:
            new[column] = written_cell(new[column], value, option, locale)
    put_cells(sheet, index, new)


def written_cell(old: Cell | None, value: Any, option: str, locale: str) -> Cell | None:
    """Put a JSON value into a cell; typing a date or per cent formats the cell unless it has a format."""
    extras = old.extras if old else None
    if option != USER_ENTERED:
        return cell_of(literal(value), extras)
    own = number_format(extras)
    if own.get("type") == "TEXT" and isinstance(value, str) and not value.startswith("="):
        return cell_of(literal(value), extras)
    typed, format_of_it = as_typed(value, locale)
    if format_of_it and not own:
        fields = dict(extras.fields) if extras else {}
        look = {**fields.get("userEnteredFormat", {}), "numberFormat": format_of_it}
        extras = extras_of({**fields, "userEnteredFormat": look})
    return cell_of(typed, extras)


def cell_of(value: Any, extras: Extras | None) -> Cell | None:
    """Make the cell with this content; None when that is blank."""
    return None if value is None and extras is None else Cell(value, extras)


def clear_range(book: Spreadsheet, text: str) -> str:
    """Clear the values of one range; the range that was cleared. Raises ApiError 400."""
    found, bounds = resolve(book, text)
    sheet = book.edit(found.id)
    box = clamp(sheet, bounds)
    for index in box.rows:
        cells = sheet.rows[index].cells
        if _any_value(sheet.rows[index], box.left, box.right):
            kept: Cells = tuple(cell_of(None, cell.extras) if cell else None for cell in cells[box.left : box.right])
            put_cells(sheet, index, (*cells[: box.left], *kept, *cells[box.right :]))
    return sheet.range_text(box.bounds)
