"""A spreadsheet, read through the API and written as .xlsx: what Google's own File > Download does, for LibreOffice.

Taken over: values, formulas, number formats, colours, bold, wrapping, widths, frozen and hidden parts, notes, drop-downs,
bands, conditional formats, charts. A formula is rewritten as Google's export does it: commas between arguments.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import requests
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Json = dict[str, Any]
_LITERAL = re.compile(r'"[^"]*"|\'[^\']*\'')
FIELDS = (
    "sheets(properties,charts,bandedRanges,conditionalFormats,data(columnMetadata,"
    "rowData.values(userEnteredValue,userEnteredFormat,note,dataValidation)))"
)
_NEWER = re.compile(r"\b(?:MAXIFS|MINIFS|IFS|XOR)(?=\()")
_PIXELS_A_LETTER = 7
_PRINTED = 60
_LOW = 15


def export(url: str, path: Path) -> None:
    """Write the spreadsheet at an API *url* as *path*."""
    answer = requests.get(url, params={"fields": FIELDS}, timeout=120)
    answer.raise_for_status()
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    sheets = answer.json()["sheets"]
    for sheet in sheets:
        _sheet(book.create_sheet(sheet["properties"]["title"]), sheet)
    for sheet in sheets:
        for chart in sheet.get("charts", []):
            _chart(book[sheet["properties"]["title"]], chart)
    book.save(path)


def formula(text: str) -> str:
    """A formula with commas between its arguments, its newer functions named as the file format wants it.

    Texts and titles stay as they are.
    """
    parts, end = [], 0
    for literal in _LITERAL.finditer(text):
        parts += [_plain(text[end : literal.start()]), literal[0]]
        end = literal.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(part: str) -> str:
    return _NEWER.sub(r"_xlfn.\g<0>", part.replace(";", ","))


def _sheet(sheet: Worksheet, raw: Json) -> None:
    grid = raw["properties"]["gridProperties"]
    sheet.sheet_state = "hidden" if raw["properties"].get("hidden") else "visible"
    sheet.sheet_view.showGridLines = not grid.get("hideGridlines")
    if grid.get("frozenRowCount"):
        sheet.freeze_panes = sheet.cell(grid["frozenRowCount"] + 1, 1)
    (data,) = raw["data"]
    for index, column in enumerate(data.get("columnMetadata", []), 1):
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = column["pixelSize"] / _PIXELS_A_LETTER
        dimension.hidden = column.get("hiddenByUser", False)
    for number, row in enumerate(data.get("rowData", []), 1):
        for index, cell in enumerate(row.get("values", []), 1):
            _cell(sheet, number, index, cell)
            _grow(sheet, number, index, cell, data["columnMetadata"])
    _bands(sheet, raw, grid)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.sheet_state == "visible":  # LibreOffice prints a hidden tab that has an area
        sheet.print_area = f"A1:{get_column_letter(grid['columnCount'])}{_PRINTED}"
    for rule in raw.get("conditionalFormats", []):
        _colour_rule(sheet, rule)


def _cell(sheet: Worksheet, row: int, column: int, raw: Json) -> None:
    entered, look = raw.get("userEnteredValue", {}), raw.get("userEnteredFormat", {})
    if not entered and row > _PRINTED:
        return  # the look of a row to come is its column's
    cell = sheet.cell(row, column)
    if "formulaValue" in entered:
        cell.value = formula(entered["formulaValue"])
    elif entered:
        (cell.value,) = entered.values()
        if "stringValue" in entered:
            cell.data_type = "s"
    if "numberFormat" in look:
        cell.number_format = look["numberFormat"].get("pattern", "General")
    letters = look.get("textFormat", {})
    cell.font = _font(letters)
    fill = _color(look.get("backgroundColorStyle"))
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    cell.alignment = Alignment(
        wrap_text=look.get("wrapStrategy") == "WRAP",
        vertical={"TOP": "top", "MIDDLE": "center"}.get(look.get("verticalAlignment", "")),
        horizontal={"LEFT": "left", "RIGHT": "right"}.get(look.get("horizontalAlignment", "")),
    )
    if "note" in raw:
        cell.comment = Comment(raw["note"], "Promosheet")
    if row == 2 and "dataValidation" in raw:
        _drop_down(sheet, column, raw["dataValidation"])


def _grow(sheet: Worksheet, row: int, column: int, raw: Json, columns: list[Json]) -> None:
    """Make a row as high as its wrapped text asks for: a spreadsheet does it by itself, an .xlsx has to say it."""
    look, text = raw.get("userEnteredFormat", {}), raw.get("userEnteredValue", {}).get("stringValue", "")
    points = look.get("textFormat", {}).get("fontSize") or 10
    wide = max(1, int(columns[column - 1]["pixelSize"] / (points * 0.66)))
    lines = len(textwrap.wrap(text, wide)) if look.get("wrapStrategy") == "WRAP" else 1
    height = max(sheet.row_dimensions[row].height or 0, lines * points * 1.35)
    if row <= _PRINTED and height > _LOW:
        sheet.row_dimensions[row].height = height


def _font(letters: Json) -> Font:
    return Font(
        name="Arial",
        size=letters.get("fontSize", 10),
        bold=letters.get("bold"),
        strike=letters.get("strikethrough"),
        color=_color(letters.get("foregroundColorStyle")) or None,
    )


def _drop_down(sheet: Worksheet, column: int, rule: Json) -> None:
    condition = rule["condition"]
    if condition["type"] == "ONE_OF_LIST":
        offered = '"' + ",".join(each["userEnteredValue"] for each in condition["values"]) + '"'
        validation = DataValidation(type="list", formula1=offered, allow_blank=True, errorStyle="warning")
        validation.prompt = rule.get("inputMessage")
        sheet.add_data_validation(validation)
        letter = get_column_letter(column)
        validation.add(f"{letter}2:{letter}1048576")


def _bands(sheet: Worksheet, raw: Json, grid: Json) -> None:
    for band in raw.get("bandedRanges", []):
        colors = band["rowProperties"]
        for index in range(1, grid["columnCount"] + 1):
            sheet.cell(1, index).fill = PatternFill("solid", fgColor=_color(colors["headerColorStyle"]))
            for row in range(3, min(sheet.max_row, 60) + 1, 2):
                sheet.cell(row, index).fill = PatternFill("solid", fgColor=_color(colors["secondBandColorStyle"]))


def _colour_rule(sheet: Worksheet, rule: Json) -> None:
    (area,) = rule["ranges"]
    start = f"{get_column_letter(area.get('startColumnIndex', 0) + 1)}{area.get('startRowIndex', 0) + 1}"
    end = f"{get_column_letter(area['endColumnIndex'])}{area['endRowIndex']}"
    text = rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
    look = rule["booleanRule"]["format"]
    fill = _color(look.get("backgroundColorStyle"))
    letters = look.get("textFormat", {})
    sheet.conditional_formatting.add(
        f"{start}:{end}",
        FormulaRule(
            formula=[formula(text).removeprefix("=")],
            fill=PatternFill("solid", bgColor=fill) if fill else None,
            font=Font(strike=letters.get("strikethrough"), color=_color(letters.get("foregroundColorStyle")) or None),
        ),
    )


def _chart(sheet: Worksheet, raw: Json) -> None:
    spec, place = raw["spec"]["basicChart"], raw["position"]["overlayPosition"]
    chart = LineChart() if spec["chartType"] == "LINE" else BarChart()
    chart.title = raw["spec"]["title"]
    for series in spec["series"]:
        chart.add_data(_reference(sheet, series["series"]), titles_from_data=True)
        drawn = chart.series[-1]
        drawn.smooth = False
        (
            drawn.graphicalProperties.line if spec["chartType"] == "LINE" else drawn.graphicalProperties
        ).solidFill = _color(series["colorStyle"])
    chart.legend.position = "b"
    domain = _reference(sheet, spec["domains"][0]["domain"])
    domain.min_row += 1
    chart.set_categories(domain)
    chart.width, chart.height = (place[f"{side}Pixels"] / 37.8 for side in ("width", "height"))
    anchor = place["anchorCell"]
    sheet.add_chart(chart, f"{get_column_letter(anchor.get('columnIndex', 0) + 1)}{anchor.get('rowIndex', 0) + 1}")


def _reference(sheet: Worksheet, raw: Json) -> Reference:
    (area,) = raw["sourceRange"]["sources"]
    column = area.get("startColumnIndex", 0) + 1
    return Reference(sheet, min_col=column, min_row=area["startRowIndex"] + 1, max_row=area["endRowIndex"])


def _color(style: Json | None) -> str:
    if not style:
        return ""
    parts = (round(style["rgbColor"].get(name, 0) * 255) for name in ("red", "green", "blue"))
    return "".join(f"{part:02X}" for part in parts)
