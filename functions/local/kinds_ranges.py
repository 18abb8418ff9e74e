"""Request kinds that insert or delete cells and shift those below or to the right: insertRange and deleteRange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.edit import ROWS, grow, put_cells, put_part
from functions.local.errors import refuse
from functions.local.kinds_filters import after_change
from functions.local.merges import merged_boxes
from functions.local.model import Cell, Cells, extras_of
from functions.local.over import follow
from functions.local.ranges import Box, asked_bounds, clamp
from functions.local.shift import Band, clipped, deleted, inserted

if TYPE_CHECKING:
    from functions.local.model import Json, Row, Sheet, Spreadsheet


def insert_range(book: Spreadsheet, request: Json) -> Json:
    """Insert blank cells that look like those they push away; the grid grows only where a value would fall off."""
    sheet, box, dimension = _asked(book, request)
    if dimension == ROWS:
        _push_down(book, sheet, box)
        span = clipped(inserted(box.top, len(box.rows)), len(sheet.rows))
    else:
        _push_right(book, sheet, box)
        span = clipped(inserted(box.left, len(box.columns)), len(sheet.columns))
    _follow(book, sheet, Band(sheet.id, dimension, span, _band(box, dimension)))
    return {}


def delete_range(book: Spreadsheet, request: Json) -> Json:
    """Delete cells; those below or to the right take their place, and blank ones stay at the end of the grid."""
    sheet, box, dimension = _asked(book, request)
    if dimension == ROWS:
        _pull_up(sheet, box)
        span = deleted(box.top, len(box.rows), len(sheet.rows))
    else:
        _pull_left(sheet, box)
        span = deleted(box.left, len(box.columns), len(sheet.columns))
    _follow(book, sheet, Band(sheet.id, dimension, span, _band(box, dimension)))
    return {}


def _asked(book: Spreadsheet, request: Json) -> tuple[Sheet, Box, str]:
    """Sheet (to change), rectangle inside the grid, and dimension to shift. Raises ApiError 400."""
    dimension = request.get("shiftDimension", "")
    if not dimension:
        refuse("No shiftDimension specified.")
    found = request.get("range", {})
    sheet = book.edit(found.get("sheetId", 0))
    box = clamp(sheet, asked_bounds(found))
    if not (box.rows and box.columns):
        refuse("The range must not be empty.")
    _check_merges(sheet, box, dimension)
    return sheet, box, dimension


def _band(box: Box, dimension: str) -> tuple[int, int]:
    return (box.left, box.right) if dimension == ROWS else (box.top, box.bottom)


def _check_merges(sheet: Sheet, box: Box, dimension: str) -> None:
    """Refuse when a merge would be torn: it lies in the way and sticks out at a side."""
    by_rows = dimension == ROWS
    way = box._replace(bottom=len(sheet.rows)) if by_rows else box._replace(right=len(sheet.columns))
    for merge in merged_boxes(sheet, way):
        inside = merge.columns if by_rows else merge.rows
        outside = box.columns if by_rows else box.rows
        if inside.start < outside.start or inside.stop > outside.stop:
            refuse("You can't shift cells that hold only part of a merged cell.")


def _push_down(book: Spreadsheet, sheet: Sheet, box: Box) -> None:
    count = len(box.rows)
    parts = [_part(row, box) for row in sheet.rows[box.top :]]
    last = max((index for index, part in enumerate(parts, box.top + 1) if _last_value(part)), default=0)
    grow(book, sheet, last + count if last else 0, 0)
    new = [*map(_look, parts[:count]), *parts]
    for index in range(box.top, len(sheet.rows)):
        put_part(sheet, index, box.columns, new[index - box.top])


def _push_right(book: Spreadsheet, sheet: Sheet, box: Box) -> None:
    width = len(box.columns)
    rows = {index: sheet.rows[index].cells for index in box.rows if len(sheet.rows[index].cells) > box.left}
    last = max((_last_value(cells[box.left :]) for cells in rows.values()), default=0)
    grow(book, sheet, 0, box.right + last if last else 0)
    for index, cells in rows.items():
        look = _look(cells[box.left : box.right])
        padding = (None,) * (width - len(look))
        moved = (*cells[: box.left], *look, *padding, *cells[box.left :])
        put_cells(sheet, index, moved[: len(sheet.columns)])


def _pull_up(sheet: Sheet, box: Box) -> None:
    parts = [_part(row, box) for row in sheet.rows[box.bottom :]]
    new: list[Cells] = [*parts, *((),) * len(box.rows)]
    for index in range(box.top, len(sheet.rows)):
        put_part(sheet, index, box.columns, new[index - box.top])


def _pull_left(sheet: Sheet, box: Box) -> None:
    for index in box.rows:
        cells = sheet.rows[index].cells
        if len(cells) > box.left:
            put_cells(sheet, index, (*cells[: box.left], *cells[box.right :]))


def _part(row: Row, box: Box) -> Cells:
    return row.cells[box.left : box.right]


def _last_value(cells: Cells) -> int:
    """Count of cells up to the last value; 0 when there is none."""
    return max((place for place, cell in enumerate(cells, 1) if cell and cell.value is not None), default=0)


def _look(cells: Cells) -> Cells:
    """Blank cells with the formats of *cells*."""
    looks = [cell.extras.fields.get("userEnteredFormat") if cell and cell.extras else None for cell in cells]
    return tuple(Cell(None, extras_of({"userEnteredFormat": look})) if look else None for look in looks)


def _follow(book: Spreadsheet, sheet: Sheet, change: Band) -> None:
    before = sheet.things.get("basicFilter")
    follow(book, sheet, change)
    after_change(book, sheet, before)


KINDS = {"insertRange": insert_range, "deleteRange": delete_range}
