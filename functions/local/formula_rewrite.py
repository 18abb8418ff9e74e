"""References of a formula after something else changed: rows moved, the formula was copied, a tab was renamed.

What is no reference stays as it was typed, and text that is no formula comes back unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.a1 import column_name, quote
from functions.local.formula import Corner, NotAFormulaError, parse, parse_ref, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.formula import Ref

    Change = Callable[[int, int], tuple[int, int] | None]
    Corners = tuple[Corner, Corner | None]

GONE = "#REF!"
OPEN_END = 2**31  # what `change` gets as the end of a range that has none
LAST_COLUMN = 18_277  # ZZZ


def moved(text: str, own_title: str, changed_title: str, *, by_rows: bool, change: Change) -> str:
    """Rewrite a formula on the tab *own_title* after rows (or columns) of the tab *changed_title* moved.

    *change* gives the new zero-based start and end (not included) of a span, None for `#REF!`.
    """

    def rewrite(ref: Ref) -> Corners | None:
        if (own_title if ref.sheet is None else ref.sheet).casefold() != changed_title.casefold():
            return ref.first, ref.last
        return _moved_corners(ref, by_rows=by_rows, change=change)

    return _rewritten(text, rewrite)


def shifted(text: str, rows: int, columns: int) -> str:
    """Rewrite a formula that is copied *rows* down and *columns* to the right; `$` holds a reference still."""

    def rewrite(ref: Ref) -> Corners | None:
        first = _shifted_corner(ref.first, rows, columns)
        last = None if ref.last is None else _shifted_corner(ref.last, rows, columns)
        return None if first is None or (last is None and ref.last is not None) else (first, last)

    return _rewritten(text, rewrite)


def retitled(text: str, old: str, new: str) -> str:
    """Rewrite a formula after the tab *old* was renamed to *new*."""
    if not _is_formula(text):
        return text
    parts = [
        f"{quote(new)}!{token.text.rpartition('!')[2]}"
        if token.kind == "ref" and (parse_ref(token.text).sheet or "").casefold() == old.casefold()
        else token.text
        for token in tokens(text)
    ]
    return "=" + "".join(parts)


def _rewritten(text: str, rewrite: Callable[[Ref], Corners | None]) -> str:
    if not _is_formula(text):
        return text
    return "=" + "".join(
        _rewritten_ref(token.text, rewrite) if token.kind == "ref" else token.text for token in tokens(text)
    )


def _rewritten_ref(text: str, rewrite: Callable[[Ref], Corners | None]) -> str:
    ref = parse_ref(text)
    found = rewrite(ref)
    if found is None:
        return GONE
    if found == (ref.first, ref.last):
        return text
    title, exclamation, _ = text.rpartition("!")
    first, last = found
    return f"{title}{exclamation}{_corner_text(first)}" + ("" if last is None else f":{_corner_text(last)}")


def _is_formula(text: str) -> bool:
    for decimal_comma in (False, True):
        try:
            parse(text, decimal_comma=decimal_comma)
        except NotAFormulaError:
            continue
        return True
    return False


def _corner_text(corner: Corner) -> str:
    column = "" if corner.column is None else "$" * corner.column_fixed + column_name(corner.column)
    return column + ("" if corner.row is None else "$" * corner.row_fixed + str(corner.row + 1))


def _moved_corners(ref: Ref, *, by_rows: bool, change: Change) -> Corners | None:
    """Corners after the change; an open side stays open, and ends typed the wrong way round stay so."""
    first, last = (_at(corner, by_rows=by_rows) for corner in (ref.first, ref.last or ref.first))
    if first is None and last is None:
        return ref.first, ref.last
    ends = [end for end in (first, last) if end is not None]
    is_open = first is None or last is None
    found = change(min(ends), OPEN_END if is_open else max(ends) + 1)
    if found is None:
        return None
    start, end = found
    backwards = not is_open and first == max(ends) != min(ends)
    new_first, new_last = (end - 1, start) if backwards else (start, end - 1)
    if is_open:
        new_first = new_last = start
    moved_first = _put(ref.first, new_first, by_rows=by_rows)
    return moved_first, None if ref.last is None else _put(ref.last, new_last, by_rows=by_rows)


def _at(corner: Corner, *, by_rows: bool) -> int | None:
    return corner.row if by_rows else corner.column


def _put(corner: Corner, place: int, *, by_rows: bool) -> Corner:
    if _at(corner, by_rows=by_rows) is None:
        return corner
    row, column = (place, corner.column) if by_rows else (corner.row, place)
    return Corner(row, column, corner.row_fixed, corner.column_fixed)


def _shifted_corner(corner: Corner, rows: int, columns: int) -> Corner | None:
    row = corner.row if corner.row is None or corner.row_fixed else corner.row + rows
    column = corner.column if corner.column is None or corner.column_fixed else corner.column + columns
    if (row or 0) < 0 or not 0 <= (column or 0) <= LAST_COLUMN:
        return None
    return Corner(row, column, corner.row_fixed, corner.column_fixed)
