"""From what a client calls a range (A1 text, GridRange, DimensionRange) to a rectangle of one sheet, and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from functions.local import a1
from functions.local.a1 import Bounds
from functions.local.errors import ApiError, invalid, refuse

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet, Spreadsheet


class Box(NamedTuple):
    """A rectangle inside a grid: zero-based, end not included, nothing open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> range:
        """Row indexes."""
        return range(self.top, self.bottom)

    @property
    def columns(self) -> range:
        """Column indexes."""
        return range(self.left, self.right)

    @property
    def bounds(self) -> Bounds:
        """The same as Bounds."""
        return Bounds(*self)

    def meets(self, other: Box) -> bool:
        """Whether the two share a cell."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )


def resolve(book: Spreadsheet, text: str) -> tuple[Sheet, Bounds]:
    """Sheet and bounds of A1 text, of a sheet's title or of a named range. Raises ApiError 400."""
    title, cells = a1.split(text)
    if not book.sheets:
        raise unparsable(text)
    if cells is None:
        sheet = book.titled(title or "")
        if sheet is None:
            raise unparsable(text)
        return sheet, Bounds()
    sheet = book.sheets[0] if title is None else book.titled(title)
    bounds = a1.parse_cells(cells)
    if sheet is not None and bounds is not None:
        return sheet, bounds
    found = _named(book, cells) if title is None or sheet is not None else None
    if found is not None and title in {None, found[0].title}:  # Google takes 'Tab'!name too
        return found
    whole = book.titled(text) if title is None else None
    if whole is None:
        raise unparsable(text)
    return whole, Bounds()


def place_of(book: Spreadsheet, data_filter: Json) -> tuple[Sheet, Bounds]:
    """Sheet and bounds of a DataFilter that names a range. Raises ApiError 400."""
    if "a1Range" in data_filter:
        return resolve(book, data_filter["a1Range"])
    if "gridRange" not in data_filter:
        refuse("No data filter set.")
    grid = data_filter["gridRange"]
    return book.sheet(grid.get("sheetId", 0)), asked_bounds(grid)


def _named(book: Spreadsheet, name: str) -> tuple[Sheet, Bounds] | None:
    folded = name.casefold()
    for named in book.named_ranges:
        if named["name"].casefold() == folded:
            return book.sheet(named["range"].get("sheetId", 0)), bounds_of(named["range"])
    return None


def unparsable(text: str) -> ApiError:
    """Refuse text that names no range of the spreadsheet."""
    return invalid(f"Unable to parse range: {text}")


def bounds_of(grid: Json) -> Bounds:
    """Bounds of a GridRange."""
    return Bounds(
        grid.get("startRowIndex", None if "endRowIndex" not in grid else 0),
        grid.get("endRowIndex"),
        grid.get("startColumnIndex", None if "endColumnIndex" not in grid else 0),
        grid.get("endColumnIndex"),
    )


def asked_bounds(grid: Json) -> Bounds:
    """Bounds of a GridRange that a caller sent. Raises ApiError 400 when it begins before the grid or ends first."""
    bounds = bounds_of(grid)
    for name, start, end in (("Row", bounds.top, bounds.bottom), ("Column", bounds.left, bounds.right)):
        if (start or 0) < 0 or (end is not None and end < (start or 0)):
            refuse(f"range.end{name}Index[{end}] must not be before range.start{name}Index[{start or 0}]")
    return bounds


def grid_json(sheet: Sheet, box: Box) -> Json:
    """GridRange of a rectangle, as answers have it."""
    ends = {
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }
    return {"sheetId": sheet.id, **ends} if sheet.id else ends


def clamp(sheet: Sheet, bounds: Bounds) -> Box:
    """Cut *bounds* at the grid's end, for a read. Raises ApiError 400 when they begin beyond it."""
    top, left = bounds.top or 0, bounds.left or 0
    rows, columns = len(sheet.rows), len(sheet.columns)
    if top >= rows or left >= columns:
        raise exceeds(sheet, bounds)
    bottom = rows if bounds.bottom is None else min(bounds.bottom, rows)
    right = columns if bounds.right is None else min(bounds.right, columns)
    return Box(top, bottom, left, right)


def inside(sheet: Sheet, bounds: Bounds) -> Box:
    """Close open sides at the grid's end, for a write. Raises ApiError 400 when *bounds* leave the grid."""
    rows, columns = len(sheet.rows), len(sheet.columns)
    box = Box(
        bounds.top or 0,
        rows if bounds.bottom is None else bounds.bottom,
        bounds.left or 0,
        columns if bounds.right is None else bounds.right,
    )
    starts_outside = (box.top >= rows and box.top > 0) or (box.left >= columns and box.left > 0)
    if box.bottom > rows or box.right > columns or (starts_outside and (box.rows or box.columns)):
        raise exceeds(sheet, bounds)
    return box


def exceeds(sheet: Sheet, bounds: Bounds) -> ApiError:
    """Refuse a range that is not on the grid."""
    limits = f"Max rows: {len(sheet.rows)}, max columns: {len(sheet.columns)}"
    return invalid(f"Range ({sheet.range_text(bounds)}) exceeds grid limits. {limits}")


def grid_box(book: Spreadsheet, grid: Json) -> tuple[Sheet, Box]:
    """Sheet (to change, the book being a draft) and rectangle of a GridRange. Raises ApiError 400."""
    sheet = book.edit(grid.get("sheetId", 0))
    return sheet, inside(sheet, asked_bounds(grid))


def corner(sheet: Sheet, place: Json) -> tuple[int, int]:
    """Row and column of a GridCoordinate on the sheet. Raises ApiError 400 when it is not on the grid."""
    row, column = place.get("rowIndex", 0), place.get("columnIndex", 0)
    if not (0 <= row < len(sheet.rows) and 0 <= column < len(sheet.columns)):
        raise exceeds(sheet, Bounds(row, row + 1, column, column + 1))
    return row, column


def lines(sheet: Sheet, found: Json) -> tuple[int, int]:
    """Start and end of a DimensionRange; what is left out is the whole. Raises ApiError 400."""
    dimension = found.get("dimension")
    if dimension not in {"ROWS", "COLUMNS"}:
        refuse("No dimension specified.")
    size = len(sheet.rows) if dimension == "ROWS" else len(sheet.columns)
    start, end = found.get("startIndex", 0), found.get("endIndex", size)
    if start < 0 or end <= start:
        refuse(f"range.endIndex[{end}] must be greater than range.startIndex[{start}]")
    return start, end
