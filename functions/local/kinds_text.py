"""Request kinds that make cells of text: pasteData, textToColumns and trimWhitespace."""

from __future__ import annotations

import csv
import io

from functions.local.edit import grow, put_cells, put_part
from functions.local.errors import refuse
from functions.local.html_table import rows_of
from functions.local.merges import drop_covered
from functions.local.model import Cell, Formula, Json, Sheet, Spreadsheet
from functions.local.ranges import Box, corner, grid_box
from functions.local.writing import USER_ENTERED, cell_of, written_cell

PASTED_TEXT = frozenset({"PASTE_NORMAL", "PASTE_VALUES", "PASTE_NO_BORDERS", "PASTE_FORMULA"})
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}


def paste_data(book: Spreadsheet, request: Json) -> Json:
    """Write delimited text or a plain HTML table as if typed, growing the grid where needed; blanks clear."""
    place = request.get("coordinate", {})
    sheet = book.edit(place.get("sheetId", 0))
    top, left = corner(sheet, place)
    rows = rows_of(request.get("data", "")) if request.get("html") else _delimited(request)
    if request.get("type", "PASTE_NORMAL") not in PASTED_TEXT:
        return {}  # text brings no format, validation or rule
    grow(book, sheet, top + len(rows), left + max(map(len, rows), default=0))
    for index, texts in enumerate(rows, top):
        _type(book, sheet, index, left, texts)
    drop_covered(sheet, Box(top, top + len(rows), left, left + max(map(len, rows), default=0)))
    return {}


def _delimited(request: Json) -> list[list[str]]:
    """Fields of the lines; a field in quotes may hold delimiters and line ends."""
    data, delimiter = request.get("data", ""), request.get("delimiter", "")
    if not delimiter:
        refuse("A delimiter, or html, must be set.")
    if len(delimiter) > 1 or delimiter in '"\r\n':
        return [line.split(delimiter) for line in data.splitlines()]
    try:
        return list(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))
    except csv.Error:  # a field is longer than any cell holds
        refuse("Your input contains more than the maximum of 50000 characters in a single cell.")


def _type(book: Spreadsheet, sheet: Sheet, index: int, left: int, texts: list[str]) -> None:
    locale = str(book.properties.get("locale", ""))
    cells = sheet.rows[index].cells
    new = [*cells, *(None,) * (left + len(texts) - len(cells))]
    for column, text in enumerate(texts, left):
        new[column] = written_cell(new[column], text, USER_ENTERED, locale)
    put_cells(sheet, index, new)


def text_to_columns(book: Spreadsheet, request: Json) -> Json:
    """Split each text of one column at a delimiter into this and the next columns, each part as if typed."""
    sheet, box = grid_box(book, request.get("source", {}))
    if len(box.columns) != 1:
        refuse("The source range must span exactly one column.")
    texts = {row: text for row in box.rows if (text := _text(sheet.rows[row].cell(box.left)))}
    delimiter = _delimiter(request, list(texts.values()))
    parts = {row: text.split(delimiter) for row, text in texts.items() if delimiter and delimiter in text}
    if parts:
        width = max(map(len, parts.values()))
        grow(book, sheet, 0, box.left + width)
        for row, found in parts.items():
            _type(book, sheet, row, box.left, found)
        drop_covered(sheet, box._replace(right=box.left + width))
    return {}


def _text(cell: Cell | None) -> str:
    is_text = cell is not None and isinstance(cell.value, str) and not isinstance(cell.value, Formula)
    return str(cell.value) if cell and is_text else ""


def _delimiter(request: Json, texts: list[str]) -> str:
    kind = request.get("delimiterType", "")
    if kind == "CUSTOM":
        if not request.get("delimiter"):
            refuse("A delimiter must be set if delimiterType is CUSTOM.")
        return str(request["delimiter"])
    if kind == "AUTODETECT":
        counts = {one: sum(one in text for text in texts) for one in DELIMITERS.values()}
        best = max(counts, key=lambda one: counts[one])  # of equal ones the first
        return best if counts[best] else ""
    if not kind:
        refuse("No delimiterType specified.")
    return DELIMITERS[kind]


def trim_whitespace(book: Spreadsheet, request: Json) -> Json:
    """Cut white space at both ends of each text and leave single spaces inside. Answers how many cells changed.

    What comes out stays text, whatever it looks like.
    """
    sheet, box = grid_box(book, request.get("range", {}))
    count = 0
    for row in box.rows:
        old = sheet.rows[row].cells[box.left : box.right]
        new = tuple(map(_trimmed, old))
        changed = sum(one is not other for one, other in zip(old, new, strict=True))
        if changed:
            put_part(sheet, row, box.columns, new)
            count += changed
    return {"cellsChangedCount": count} if count else {}


def _trimmed(cell: Cell | None) -> Cell | None:
    text = _text(cell)
    short = " ".join(text.split())
    return cell if cell is None or short == text else cell_of(short or None, cell.extras)


KINDS = {
    "pasteData": paste_data,
    "textToColumns": text_to_columns,
    "trimWhitespace": trim_whitespace,
}
