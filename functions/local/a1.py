"""A1 notation: `'Title'!A1:B2` to zero-based half-open bounds and back, quoted as Google quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?(?:\$?([0-9]{1,8}))?")
_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:!(.*))?", re.DOTALL)
_R1C1 = re.compile(r"[Rr]([1-9][0-9]{0,7})[Cc]([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rectangle of a grid: zero-based, end not included; None where the text leaves a side open."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    @property
    def is_one_cell(self) -> bool:
        """Whether this is a single cell: in a write, only the corner where the values start."""
        return (
            self.top is not None
            and self.left is not None
            and self.bottom == self.top + 1
            and self.right == self.left + 1
        )


def column_name(index: int) -> str:
    """Letters of a zero-based column: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def column_index(name: str) -> int:
    """Zero-based index of a column's letters."""
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def quote(title: str) -> str:
    """Write a title as the first part of a range: in quotes unless it is plain ASCII and no cell."""
    if _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def split(text: str) -> tuple[str | None, str | None]:
    """Cut a range into title (None: not given) and cells (None: not given), without judging either."""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted[1].replace("''", "'"), quoted[2]
    if "!" in text:
        title, _, cells = text.rpartition("!")
        return title, cells
    return None, text


def parse_cells(text: str) -> Bounds | None:
    """Bounds of `A1`, `A1:B2`, `A:B`, `2:5`, `A2:B`, `R1C1`, `R1C1:R2C2`; None when the text is none of these."""
    first, colon, last = text.partition(":")
    by_number = _R1C1.fullmatch(first), _R1C1.fullmatch(last if colon else first)
    if by_number[0] and by_number[1]:
        first, last = (f"{column_name(int(found[2]) - 1)}{found[1]}" for found in by_number if found)
    start = _corner(first)
    if start is None or (not colon and None in start):
        return None
    end = _corner(last) if colon else start
    if end is None:
        return None
    top, bottom = _span(start[0], end[0])
    left, right = _span(start[1], end[1])
    return Bounds(top, bottom, left, right)


def _corner(text: str) -> tuple[int | None, int | None] | None:
    found = _CORNER.fullmatch(text)
    if not text or found is None or found[0] in {"", "$"}:
        return None
    row = int(found[2]) - 1 if found[2] else None
    if row is not None and row < 0:
        return None
    return row, column_index(found[1]) if found[1] else None


def _span(start: int | None, end: int | None) -> tuple[int | None, int | None]:
    """Order two ends; `A2:C` starts at row 2 and is open below, and so is `A:C5` turned round."""
    if start is None or end is None:
        return (start if start is not None else end), None
    return min(start, end), max(start, end) + 1


def format_cells(bounds: Bounds) -> str:
    """`A1:B2`, one cell as `A1`; open sides as Google writes them (`A2:C`, `A:C`, `1:3`)."""
    if bounds.is_one_cell:
        return _corner_name(bounds.top, bounds.left)
    last = _corner_name(
        None if bounds.bottom is None else bounds.bottom - 1, None if bounds.right is None else bounds.right - 1
    )
    return f"{_corner_name(bounds.top, bounds.left)}:{last}"


def _corner_name(row: int | None, column: int | None) -> str:
    return ("" if column is None else column_name(column)) + ("" if row is None else str(row + 1))


def format_range(title: str, bounds: Bounds) -> str:
    """Write title and cells, the title quoted only when it must be; all sides open is the title alone."""
    if bounds == Bounds():
        return quote(title)
    return f"{quote(title)}!{format_cells(bounds)}"
