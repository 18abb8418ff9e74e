"""Reading values: `values.get` and `values.batchGet`, rendering as asked, trailing blanks cut as Google does."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.formats import is_date, shown
from functions.local.ranges import Box, clamp, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Extras, Json, Row, Sheet, Spreadsheet, Value

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
    columns = [_column(rows, index, render) for index in box.columns]
    values = _cut(columns if major == "COLUMNS" else [list(row) for row in zip_longest(*columns)])
    if values:
        answer["values"] = values
    return answer


def renderer(option: str, dates: str, locale: str) -> Callable[[Value, Extras | None], Any] | None:
    """Choose how a value that is not text becomes JSON; None: as it is."""
    if option == FORMATTED:
        return lambda value, extras: shown(value, extras, locale)
    if dates != "FORMATTED_STRING":
        return None
    return lambda value, extras: shown(value, extras, locale) if is_date(extras) else value


def _column(rows: list[Row], index: int, render: Callable[[Value, Extras | None], Any] | None) -> list[Any]:
    """Values of one column, cut after the last; a blank is None, a formula is its text."""
    cells = [row.cells[index] if len(row.cells) > index else None for row in rows]
    while cells and (cells[-1] is None or cells[-1].value is None):
        cells.pop()
    if render is None:
        return [cell and cell.value for cell in cells]
    return [
        cell and (value if (value := cell.value) is None or value.__class__ is str else render(value, cell.extras))
        for cell in cells
    ]


def _cut(lines: list[list[Any]]) -> list[list[Any]]:
    """Cut each line after its last value, and the lines after the last that has one; other blanks become ""."""
    for number, line in enumerate(lines):
        while line and line[-1] is None:
            line.pop()
        if None in line:
            lines[number] = ["" if value is None else value for value in line]
    while lines and not lines[-1]:
        lines.pop()
    return lines
