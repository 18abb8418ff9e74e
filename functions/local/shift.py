"""Ranges kept on a sheet (merges, protected ranges, …) follow inserted and deleted rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Sheet, Spreadsheet


def after_insert(book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int) -> None:
    """Push down what begins at or after *at*; grow what *at* lies inside of."""

    def change(start: int, end: int) -> tuple[int, int] | None:
        if start >= at:
            return start + count, end + count
        return start, end + count if end > at else end

    _change_all(book, sheet, dimension, change)


def after_delete(book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int) -> None:
    """Pull up what lies after, shrink what overlaps, drop what is gone whole."""

    def change(start: int, end: int) -> tuple[int, int] | None:
        new_start = start if start <= at else max(start - count, at)
        new_end = end if end <= at else max(end - count, at)
        return None if new_start == new_end else (new_start, new_end)

    _change_all(book, sheet, dimension, change)


def _change_all(
    book: Spreadsheet, sheet: Sheet, dimension: str, change: Callable[[int, int], tuple[int, int] | None]
) -> None:
    side = "Row" if dimension == "ROWS" else "Column"
    for name, things in list(sheet.things.items()):
        kept = [_change_thing(thing, side, change) for thing in things]
        sheet.things[name] = [thing for thing in kept if thing is not None]
    book.named_ranges = [
        changed
        for named in book.named_ranges
        if (changed := _change_thing(named, side, change) if named["range"].get("sheetId", 0) == sheet.id else named)
    ]


def _change_thing(thing: Json, side: str, change: Callable[[int, int], tuple[int, int] | None]) -> Json | None:
    if "ranges" in thing:
        ranges = [new for old in thing["ranges"] if (new := _change_range(old, side, change)) is not None]
        return {**thing, "ranges": ranges} if ranges else None
    if "range" in thing:
        new = _change_range(thing["range"], side, change)
        return None if new is None else {**thing, "range": new}
    return _change_range(thing, side, change)


def _change_range(grid: Json, side: str, change: Callable[[int, int], tuple[int, int] | None]) -> Json | None:
    start, end = f"start{side}Index", f"end{side}Index"
    if start not in grid and end not in grid:
        return grid
    found = change(grid.get(start, 0), grid.get(end, 2**31))
    if found is None:
        return None
    return {**grid, start: found[0], **({end: found[1]} if end in grid else {})}
