"""Reading values: `values.get` and `values.batchGet`, rendering as asked, trailing blanks cut as Google does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.formats import is_date, shown
from functions.local.model import Cell, Extras, Formula, Json, Row, Sheet, Spreadsheet, Value
from functions.local.ranges import Box, clamp, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATTED, UNFORMATTED, FORMULA = "FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"


def get(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.get`: `{"range": …, "majorDimension": …, "values": [[…]]}`."""
    return value_range(book, call["range"], call)


def batch_get(book: Spreadsheet, call: Json) -> Json:
    """Answer `values.batchGet`."""
    answer: Json = {"spreadsheetId": book.id}
    found = [value_range(book, text, call) for text in call.get("ranges", [])]
    return {**answer, "valueRanges": found} if found else answer


def value_range(book: Spreadsheet, text: str, options: Json) -> Json:
    """ValueRange of one A1 text."""
    sheet, bounds = resolve(book, text)
    return read_box(book, sheet, clamp(sheet, bounds), options)


def read_box(book: Spreadsheet, sheet: Sheet, box: Box, options: Json) -> Json:
    """ValueRange of one rectangle. *options*: majorDimension, valueRenderOption, dateTimeRenderOption."""
    locale = str(book.properties.get("locale", ""))
    option = options.get("valueRenderOption", FORMATTED)
    render = renderer(option, options.get("dateTimeRenderOption", ""), locale)
    major = options.get("majorDimension", "ROWS")
    answer: Json = {"range": sheet.range_text(box.bounds), "majorDimension": major}
    rows = sheet.rows[box.top : box.bottom]
    if sheet.formula_rows and option != FORMULA:
        rows = calculator_of(book).rows(sheet, box.top, box.bottom)
    values = _rows(rows, box.left, box.right, render)
    if major == "COLUMNS":
        values = _columns(values)
    if values:
        answer["values"] = values
    return answer


def renderer(option: str, dates: str, locale: str) -> Callable[[Value, Extras | None], Any]:
    """Choose how a value that is not text becomes JSON."""
    if option == FORMATTED:
        return lambda value, extras: shown(value, extras, locale)
    dates_as_text = dates == "FORMATTED_STRING"

    def plain(value: Value, extras: Extras | None) -> Any:
        if isinstance(value, Formula):
            return str(value)
        if dates_as_text and is_date(extras):
            return shown(value, extras, locale)
        return value

    return plain


def _rows(rows: list[Row], left: int, right: int, render: Callable[[Value, Extras | None], Any]) -> list[list[Any]]:
    """Values of *rows*, each cut after its last value, and cut after the last row that has one."""
    found: list[list[Any]] = []
    filled = 0
    for row in rows:
        values = [_value(cell, render) for cell in row.cells[left:right]]
        while values and values[-1] is None:
            values.pop()
        if values:
            values = ["" if value is None else value for value in values]
            found.append(values)
            filled = len(found)
        else:
            found.append(values)
    del found[filled:]
    return found


def _value(cell: Cell | None, render: Callable[[Value, Extras | None], Any]) -> Any:
    if cell is None:
        return None
    value = cell.value
    if value is None or value.__class__ is str:
        return value
    return render(value, cell.extras)


def _columns(rows: list[list[Any]]) -> list[list[Any]]:
    width = max(map(len, rows), default=0)
    columns = [[row[index] if index < len(row) else "" for row in rows] for index in range(width)]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns
