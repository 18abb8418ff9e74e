"""Requests and cells that give looks: colours, bands, links, charts, filter views, warnings. One function each.

Reference: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_schema.edits import Request

_LINK = "#1155cc"


def text_look(text: str, *, bold: bool = False, size: int = 0, background: str = "") -> Request:
    """CellData of text on a page: wrapped, at the top of its cell, never a formula."""
    letters: Request = {"bold": bold} | ({"fontSize": size} if size else {})
    look: Request = {"wrapStrategy": "WRAP", "verticalAlignment": "TOP", "textFormat": letters}
    if background:
        look["backgroundColorStyle"] = color(background)
    return {"userEnteredValue": {"stringValue": text}, "userEnteredFormat": look}


def link_look(target: str, text: str) -> Request:
    """CellData of a link, as `text_look` in the looks of a link. Neither part may have a quotation mark in it."""
    cell = text_look("")
    letters = {"foregroundColorStyle": color(_LINK), "underline": True}
    cell["userEnteredValue"] = {"formulaValue": f'=HYPERLINK("{target}";"{text}")'}
    cell["userEnteredFormat"]["textFormat"] = letters
    return cell


def formula_look(  # noqa: PLR0913 - as many as a cell has looks
    formula: str, pattern: str, *, kind: str = "", size: int = 0, background: str = "", ink: str = ""
) -> Request:
    """CellData of a formula, with a number format: `0`, `0%`, a date's with *kind* DATE, or "" for one that gives text.

    That one is not Plain text: a formula that somebody types into such a cell again stays the text of a formula.
    """
    letters: Request = {"fontSize": size, "bold": True} if size else {}
    if ink:
        letters["foregroundColorStyle"] = color(ink)
    kinds = {"0": "NUMBER", "0%": "PERCENT"}
    look: Request = {"textFormat": letters, "horizontalAlignment": "LEFT" if size or not pattern or kind else "RIGHT"}
    if pattern:
        look["numberFormat"] = {"type": kind or kinds[pattern], "pattern": pattern}
    if background:
        look["backgroundColorStyle"] = color(background)
    return {"userEnteredValue": {"formulaValue": formula}, "userEnteredFormat": look}


def chart(  # noqa: PLR0913, PLR0917 - what a chart consists of
    sheet_id: int,
    title: str,
    kind: str,
    table: tuple[int, int, int],
    series: int,
    place: tuple[int, int],
    size: tuple[int, int],
    colors: Sequence[str],
) -> Request:
    """Draw a table: (first column, row of its header, row behind its last one), with *series* columns of numbers.

    *kind* is LINE or COLUMN, *place* the row and column of the chart's corner, *size* its width and height in pixels.
    """
    first, start, end = table

    def source(column: int) -> Request:
        area = {
            "sheetId": sheet_id,
            "startRowIndex": start,
            "endRowIndex": end,
            "startColumnIndex": column,
            "endColumnIndex": column + 1,
        }
        return {"sourceRange": {"sources": [area]}}

    drawn = [
        {"series": source(first + 1 + number), "targetAxis": "LEFT_AXIS", "colorStyle": color(colors[number])}
        for number in range(series)
    ]
    basic = {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": source(first)}],
        "series": drawn,
    }
    anchor = {"sheetId": sheet_id, "rowIndex": place[0], "columnIndex": place[1]}
    position = {"overlayPosition": {"anchorCell": anchor, "widthPixels": size[0], "heightPixels": size[1]}}
    return {"addChart": {"chart": {"spec": {"title": title, "basicChart": basic}, "position": position}}}


def bands(sheet_id: int, header_color: str, first: str, second: str) -> Request:
    """Give a sheet bands of two colours, and its header one of its own."""
    properties = {
        "headerColorStyle": color(header_color),
        "firstBandColorStyle": color(first),
        "secondBandColorStyle": color(second),
    }
    return {"addBanding": {"bandedRange": {"range": {"sheetId": sheet_id}, "rowProperties": properties}}}


def tab_color(sheet_id: int, rgb: str) -> Request:
    """Colour a sheet's tab."""
    properties = {"sheetId": sheet_id, "tabColorStyle": color(rgb)}
    return {"updateSheetProperties": {"properties": properties, "fields": "tabColorStyle"}}


def warn(area: Request, text: str) -> Request:
    """Ask whoever edits an area whether he means it; nobody is stopped."""
    return {"addProtectedRange": {"protectedRange": {"range": area, "description": text, "warningOnly": True}}}


def filter_view(sheet_id: int, title: str, end: int, column: int, formula: str) -> Request:
    """Keep a filter over all rows of the first *end* columns: by a formula on a column, or sorted by it without one."""
    view: Request = {
        "title": title,
        "range": {"sheetId": sheet_id, "startRowIndex": 0, "startColumnIndex": 0, "endColumnIndex": end},
    }
    if formula:
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
        view["filterSpecs"] = [{"columnIndex": column, "filterCriteria": {"condition": condition}}]
    else:
        view["sortSpecs"] = [{"dimensionIndex": column, "sortOrder": "ASCENDING"}]
    return {"addFilterView": {"filter": view}}


def look(background: str = "", text: str = "", *, struck: bool = False) -> Request:
    """CellFormat of colours (#rrggbb), and whether the text is struck through."""
    found: Request = {"backgroundColorStyle": color(background)} if background else {}
    letters: Request = {"foregroundColorStyle": color(text)} if text else {}
    if struck:
        letters["strikethrough"] = True
    return {**found, "textFormat": letters} if letters else found


def colour_rule(area: Request, formula: str, look: Request, place: int) -> Request:
    """Give the cells of an area a look where a formula holds; *place* 0 goes before all other rules."""
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
    rule = {"ranges": [area], "booleanRule": {"condition": condition, "format": look}}
    return {"addConditionalFormatRule": {"rule": rule, "index": place}}


def color(rgb: str) -> Request:
    """ColorStyle of a colour written #rrggbb."""
    parts = zip(("red", "green", "blue"), (int(rgb[start : start + 2], 16) for start in (1, 3, 5)), strict=True)
    return {"rgbColor": {name: round(value / 255, 4) for name, value in parts if value}}
