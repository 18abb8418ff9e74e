"""References of a formula after something else changed: rows moved, the formula was copied, a tab was renamed.

What is no reference stays as it was typed, and text that is no formula comes back unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from functions.local.a1 import column_name, quote
from functions.local.formula import Corner, NotAFormulaError, parse, parse_ref, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.formula import Ref
    from functions.local.model import Json
    from functions.local.ranges import Box

GONE = "#REF!"
LAST_COLUMN = 18_277  # ZZZ


class Moved(NamedTuple):
    """Where a place is now; *title* names its tab when that is another one."""

    grid: Json
    title: str | None = None


class Rewritten(NamedTuple):
    """What a reference becomes; *title* is that of another tab, None to leave it."""

    first: Corner
    last: Corner | None
    title: str | None = None


def followed(text: str, own_title: str, changed_title: str, change: Callable[[Json], Moved | None]) -> str:
    """Rewrite a formula on the tab *own_title* after places of the tab *changed_title* moved.

    *change* gives the new place of a GridRange, and the title of its tab where that is another one; None for `#REF!`.
    """
    changed = changed_title.casefold()

    def rewrite(ref: Ref) -> Rewritten | None:
        if (own_title if ref.sheet is None else ref.sheet).casefold() != changed:
            return Rewritten(ref.first, ref.last)
        found = change(_grid(ref))
        return None if found is None else _placed(ref, found)

    return _rewritten(text, rewrite)


def shifted(text: str, rows: int, columns: int) -> str:
    """Rewrite a formula that is copied *rows* down and *columns* to the right; `$` holds a reference still."""
    if not (rows or columns):
        return text

    def rewrite(ref: Ref) -> Rewritten | None:
        first = _shifted_corner(ref.first, rows, columns)
        last = None if ref.last is None else _shifted_corner(ref.last, rows, columns)
        return None if first is None or (last is None and ref.last is not None) else Rewritten(first, last)

    return _rewritten(text, rewrite)


def anchored(text: str, area: Box, by: tuple[int, int], change: Callable[[Json], Json | None]) -> str:
    """Rewrite a formula that counts from the corner of *area*, after the corner went *by* rows and columns.

    A reference without `$` to a row or column of the area keeps its distance to the corner, whatever was deleted; all
    else follows *change*, as `followed` does.
    """

    def keeps(corner: Corner) -> tuple[bool, bool]:
        by_row = corner.row in area.rows and not corner.row_fixed
        return by_row, corner.column in area.columns and not corner.column_fixed

    def rewrite(ref: Ref) -> Rewritten | None:
        if ref.sheet is not None:
            return Rewritten(ref.first, ref.last)
        corners = [ref.first, ref.last or ref.first]
        rows_kept, columns_kept = (all(kept) for kept in zip(*map(keeps, corners), strict=True))
        kept_sides = [name for name, kept in (("Row", rows_kept), ("Column", columns_kept)) if kept]
        asked = {name: index for name, index in _grid(ref).items() if not any(side in name for side in kept_sides)}
        grid = change(asked)
        if grid is None:
            return None
        moved = _placed(ref, Moved({**_grid(ref), **grid}))
        new = [
            replace(
                after,
                row=before.row + by[0] if before.row is not None and keeps(before)[0] else after.row,
                column=before.column + by[1] if before.column is not None and keeps(before)[1] else after.column,
            )
            for before, after in zip(corners, (moved.first, moved.last or moved.first), strict=True)
        ]
        return Rewritten(new[0], None if ref.last is None else new[1])

    return _rewritten(text, rewrite)


def carried(text: str, row: int, rows: int) -> str:
    """Rewrite a formula that a sort carries from *row*, *rows* down: what it refers to in its own row goes along."""

    def own(corner: Corner) -> Corner | None:
        is_own = corner.row == row and not corner.row_fixed
        return _shifted_corner(corner, rows, 0) if is_own else corner

    def rewrite(ref: Ref) -> Rewritten | None:
        if ref.sheet is not None:
            return Rewritten(ref.first, ref.last)
        first, last = own(ref.first), None if ref.last is None else own(ref.last)
        return None if first is None or (last is None and ref.last is not None) else Rewritten(first, last)

    return _rewritten(text, rewrite)


def retitled(text: str, old: str, new: str) -> str:
    """Rewrite a formula after the tab *old* was renamed to *new*."""
    folded = old.casefold()

    def rewrite(ref: Ref) -> Rewritten:
        return Rewritten(ref.first, ref.last, new if (ref.sheet or "").casefold() == folded else None)

    return _rewritten(text, rewrite)


def _rewritten(text: str, rewrite: Callable[[Ref], Rewritten | None]) -> str:
    parts = _pieces(text)
    return text if parts is None else "=" + "".join(_rewritten_piece(part, rewrite) for part in parts)


@lru_cache(maxsize=20_000)
def _pieces(text: str) -> tuple[str | tuple[str, Ref], ...] | None:
    """Pieces of a formula, a reference with its text; None for text that is no formula in any locale."""
    if not _is_formula(text):
        return None
    return tuple((token.text, parse_ref(token.text)) if token.kind == "ref" else token.text for token in tokens(text))


def _rewritten_piece(part: str | tuple[str, Ref], rewrite: Callable[[Ref], Rewritten | None]) -> str:
    if isinstance(part, str):
        return part
    text, ref = part
    found = rewrite(ref)
    if found is None:
        return GONE
    title, exclamation, cells = text.rpartition("!")
    if found.title is not None:
        title, exclamation = quote(found.title), "!"
    if (found.first, found.last) != (ref.first, ref.last):
        cells = _corner_text(found.first) + ("" if found.last is None else f":{_corner_text(found.last)}")
    return f"{title}{exclamation}{cells}"


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


def _grid(ref: Ref) -> Json:
    """GridRange of a reference; a side that is left out is open."""
    return {**_span("Row", ref, lambda corner: corner.row), **_span("Column", ref, lambda corner: corner.column)}


def _span(side: str, ref: Ref, index: Callable[[Corner], int | None]) -> Json:
    ends = [index(corner) for corner in (ref.first, ref.last or ref.first)]
    given = [end for end in ends if end is not None]
    if not given:
        return {}
    start = {f"start{side}Index": min(given)}
    return start if None in ends else {**start, f"end{side}Index": max(given) + 1}


def _placed(ref: Ref, moved: Moved) -> Rewritten:
    """Corners of *ref* at a new place; an open side stays open, and ends typed the wrong way round stay so."""
    last = ref.last or ref.first
    rows = _ends("Row", moved.grid, ref.first.row, last.row)
    columns = _ends("Column", moved.grid, ref.first.column, last.column)
    corners = [
        replace(corner, row=row, column=column)
        for corner, row, column in zip((ref.first, last), rows, columns, strict=True)
    ]
    return Rewritten(corners[0], None if ref.last is None else corners[1], moved.title)


def _ends(side: str, grid: Json, first: int | None, last: int | None) -> tuple[int | None, int | None]:
    start, end = grid.get(f"start{side}Index", 0), grid.get(f"end{side}Index", 0) - 1
    if first is None or last is None:
        return None if first is None else start, None if last is None else start
    return (end, start) if first > last else (start, end)


def _shifted_corner(corner: Corner, rows: int, columns: int) -> Corner | None:
    row = corner.row if corner.row is None or corner.row_fixed else corner.row + rows
    column = corner.column if corner.column is None or corner.column_fixed else corner.column + columns
    if (row or 0) < 0 or not 0 <= (column or 0) <= LAST_COLUMN:
        return None
    return Corner(row, column, corner.row_fixed, corner.column_fixed)
