"""The request kind deleteDuplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.calculate import calculator_of
from functions.local.edit import map_cells
from functions.local.errors import refuse
from functions.local.ranges import Box, grid_box, lines
from functions.local.reorder import reorder

if TYPE_CHECKING:
    from functions.local.model import Cell, Json, Sheet, Spreadsheet, Value

Key = tuple[str, "Value"]


def delete_duplicates(book: Spreadsheet, request: Json) -> Json:
    """Remove from a range the rows that repeat an earlier one; the rest moves up inside the range.

    Capitals and formats make no difference. Blank rows below the last value are no rows. Answers how many went.
    """
    sheet, box = grid_box(book, request.get("range", {}))
    columns = _columns(sheet, box, request.get("comparisonColumns", []))
    known: set[tuple[Key, ...]] = set()
    kept: list[int] = []
    gone: list[int] = []
    for row, shown in enumerate(calculator_of(book).rows(sheet, box.top, _end(sheet, box)), box.top):
        key = tuple(_key(shown.cell(column)) for column in columns)
        (gone if key in known else kept).append(row)
        known.add(key)
    if not gone:
        return {}
    filled = box._replace(bottom=box.top + len(kept) + len(gone))
    reorder(book, sheet, filled, [*kept, *gone], "You can't remove duplicates from a range with vertical merges.")
    map_cells(sheet, range(box.top + len(kept), filled.bottom), box.columns, lambda _: None)
    return {"duplicatesRemovedCount": len(gone)}


def _columns(sheet: Sheet, box: Box, asked: list[Json]) -> list[int]:
    found: set[int] = set()
    for span in asked:
        start, end = lines(sheet, span)
        if span["dimension"] != "COLUMNS" or span.get("sheetId", 0) != sheet.id:
            refuse("comparisonColumns must be columns of the range's sheet.")
        if start < box.left or end > box.right:
            refuse("comparisonColumns must be within the range.")
        found.update(range(start, end))
    return sorted(found) or list(box.columns)


def _end(sheet: Sheet, box: Box) -> int:
    """Index after the last row of *box* that has a value in it."""
    for row in reversed(box.rows):
        if any(cell is not None and cell.value is not None for cell in sheet.rows[row].cells[box.left : box.right]):
            return row + 1
    return box.top


def _key(cell: Cell | None) -> Key:
    value = cell.value if cell else None
    if isinstance(value, str):
        return "text", value.casefold()
    return ("boolean" if isinstance(value, bool) else "number"), value


KINDS = {"deleteDuplicates": delete_duplicates}
