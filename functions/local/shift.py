"""How places on a sheet change when rows, columns or cells are inserted, deleted or moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.local.over import follow

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Sheet, Spreadsheet

END = 2**31  # of an open side
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lines:
    """A change of whole rows or columns: `span` says what becomes of indexes start to end (None: gone)."""

    sheet_id: int
    dimension: str
    span: Callable[[int, int], Span | None]

    @property
    def _side(self) -> str:
        return "Row" if self.dimension == "ROWS" else "Column"

    def grid(self, grid: Json) -> Json | None:
        """Change a GridRange; a side that is open stays open."""
        start, end = f"start{self._side}Index", f"end{self._side}Index"
        if start not in grid and end not in grid:
            return grid
        found = self.span(grid.get(start, 0), grid.get(end, END))
        if found is None:
            return None
        return {**grid, start: found[0], **({end: found[1]} if end in grid else {})}

    def cell(self, cell: Json) -> Json:
        """Change a GridCoordinate; from a line that is gone it goes to the next one, or to the last."""
        name = f"{self._side.lower()}Index"
        index = cell.get(name, 0)
        found = self.span(index, index + 1) or self.span(index, END)
        above = None if found else self.span(0, index)
        changed = {**cell, name: found[0] if found else above[1] - 1 if above else 0}
        return changed if changed[name] else {key: value for key, value in changed.items() if key != name}

    def lines(self, lines: Json) -> Json | None:
        """Change a DimensionRange."""
        if lines["dimension"] != self.dimension:
            return lines
        found = self.span(lines.get("startIndex", 0), lines["endIndex"])
        return None if found is None else {**lines, "startIndex": found[0], "endIndex": found[1]}

    def column(self, area: Json, index: int) -> int | None:  # noqa: ARG002  all areas change alike
        """Change the index of a column."""
        if self.dimension == "ROWS":
            return index
        found = self.span(index, index + 1)
        return None if found is None else found[0]


@dataclass(frozen=True, slots=True)
class Band:
    """A change of the cells between two lines of the other dimension (`band`): what sticks out of it stays."""

    sheet_id: int
    dimension: str
    span: Callable[[int, int], Span | None]
    band: Span

    @property
    def _along(self) -> Lines:
        return Lines(self.sheet_id, self.dimension, self.span)

    def _holds(self, grid: Json) -> bool:
        side = "Column" if self.dimension == "ROWS" else "Row"
        start, end = grid.get(f"start{side}Index", 0), grid.get(f"end{side}Index", END)
        return bool(self.band[0] <= start and end <= self.band[1])

    def grid(self, grid: Json) -> Json | None:
        """Change a GridRange that lies within the band."""
        return self._along.grid(grid) if self._holds(grid) else grid

    def cell(self, cell: Json) -> Json:
        """Change a GridCoordinate that lies within the band."""
        across = cell.get("columnIndex" if self.dimension == "ROWS" else "rowIndex", 0)
        return self._along.cell(cell) if self.band[0] <= across < self.band[1] else cell

    def lines(self, lines: Json) -> Json | None:
        """Leave a DimensionRange: rows and columns stay."""
        return lines

    def column(self, area: Json, index: int) -> int | None:
        """Change the index of a column when its *area* changes."""
        return self._along.column(area, index) if self._holds(area) else index


class Gone:
    """The change of a sheet that is deleted: no place on it is left."""

    def __init__(self, sheet_id: int) -> None:
        """Keep the sheet's id."""
        self.sheet_id = sheet_id

    def grid(self, _grid: Json) -> Json | None:
        """Drop a GridRange."""
        return None

    def cell(self, cell: Json) -> Json:
        """Leave a GridCoordinate: it goes with its sheet."""
        return cell

    def lines(self, _lines: Json) -> Json | None:
        """Drop a DimensionRange."""
        return None

    def column(self, _area: Json, _index: int) -> int | None:
        """Drop a column."""
        return None


@dataclass(frozen=True, slots=True)
class Copied:
    """The change of places on a sheet that is copied: the same places on another sheet."""

    sheet_id: int
    copy_id: int

    def _put(self, place: Json) -> Json:
        rest = {name: value for name, value in place.items() if name != "sheetId"}
        return {"sheetId": self.copy_id, **rest} if self.copy_id else rest

    def grid(self, grid: Json) -> Json | None:
        """Put a GridRange on the copy."""
        return self._put(grid)

    def cell(self, cell: Json) -> Json:
        """Put a GridCoordinate on the copy."""
        return self._put(cell)

    def lines(self, lines: Json) -> Json | None:
        """Put a DimensionRange on the copy."""
        return self._put(lines)

    def column(self, _area: Json, index: int) -> int | None:
        """Keep the index of a column."""
        return index


def inserted(at: int, count: int) -> Callable[[int, int], Span | None]:
    """Push down what begins at or after *at*; grow what *at* lies inside of."""

    def span(start: int, end: int) -> Span | None:
        if start >= at:
            return start + count, end + count
        return start, end + count if end > at else end

    return span


def deleted(at: int, count: int, size: int = END) -> Callable[[int, int], Span | None]:
    """Pull up what lies after, shrink what overlaps, drop what is gone whole. *size*: of the grid afterwards."""

    def span(start: int, end: int) -> Span | None:
        new_start = start if start <= at else max(start - count, at)
        new_end = size if end == END else end if end <= at else max(end - count, at)
        return None if new_start >= new_end else (new_start, new_end)

    return span


def moved(start: int, stop: int, destination: int) -> Callable[[int, int], Span | None]:
    """Move *start* to *stop* before *destination*: a range goes along, or loses or gains what leaves or enters it."""
    lower, upper = min(start, destination), max(stop, destination)
    block = start, stop, (destination - stop if destination > start else destination - start)
    passed = (stop, upper, start - stop) if destination > start else (lower, start, stop - start)
    pieces = [(0, lower, 0), block, passed, (upper, END + 1, 0)]

    def span(low: int, high: int) -> Span | None:
        images = sorted(
            (max(low, a) + by, min(high, b) + by, (a, b) == (start, stop))
            for a, b, by in pieces
            if max(low, a) < min(high, b)
        )
        whole = sum(b - a for a, b, _ in images) == images[-1][1] - images[0][0] if images else False
        rest = images if whole else [image for image in images if not image[2]]
        return (rest[0][0], rest[-1][1]) if rest else (low, high)

    return span


def clipped(span: Callable[[int, int], Span | None], size: int) -> Callable[[int, int], Span | None]:
    """Cut what *span* gives at the end of a grid of that *size*."""

    def cut(start: int, end: int) -> Span | None:
        found = span(start, end)
        if found is None or found[0] >= size:
            return None
        return found[0], found[1] if end == END else min(found[1], size)

    return cut


def after_insert(book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int) -> None:
    """Carry an insertion of rows or columns to what lies over the sheet."""
    follow(book, sheet, Lines(sheet.id, dimension, inserted(at, count)))


def after_delete(book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int) -> None:
    """Carry a deletion of rows or columns to what lies over the sheet."""
    size = len(sheet.rows) if dimension == "ROWS" else len(sheet.columns)
    follow(book, sheet, Lines(sheet.id, dimension, deleted(at, count, size)))


def after_move(book: Spreadsheet, sheet: Sheet, dimension: str, lines: Span, destination: int) -> None:
    """Carry a move of rows or columns to what lies over the sheet."""
    follow(book, sheet, Lines(sheet.id, dimension, moved(*lines, destination)))
