"""Merged cells: which there are, what they refuse, and that only the first cell of each holds a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.edit import put_cells
from functions.local.errors import refuse
from functions.local.model import Cell
from functions.local.ranges import Box

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet

SELECT_ALL = "You must select all cells in a merged range to merge or unmerge them."


def box_of(merge: Json) -> Box:
    """Rectangle of a kept merge."""
    return Box(merge["startRowIndex"], merge["endRowIndex"], merge["startColumnIndex"], merge["endColumnIndex"])


def merged_boxes(sheet: Sheet, within: Box) -> list[Box]:
    """Merges that share a cell with a rectangle."""
    boxes = [box_of(merge) for merge in sheet.things.get("merges", [])]
    return [box for box in boxes if box.meets(within)]


def refuse_cut(sheet: Sheet, box: Box, why: str = SELECT_ALL) -> None:
    """Refuse when a merge lies only partly in *box*. Raises ApiError 400."""
    if any(not contains(box, merge) for merge in merged_boxes(sheet, box)):
        refuse(why)


def refuse_vertical(sheet: Sheet, box: Box, why: str) -> None:
    """Refuse when rows of *box* are tied together by a merge, or a merge sticks out of it. Raises ApiError 400."""
    if any(len(merge.rows) > 1 or not contains(box, merge) for merge in merged_boxes(sheet, box)):
        refuse(why)


def contains(outer: Box, inner: Box) -> bool:
    """Whether *inner* lies wholly in *outer*."""
    return (
        outer.top <= inner.top
        and inner.bottom <= outer.bottom
        and outer.left <= inner.left
        and inner.right <= outer.right
    )


def unmerge(sheet: Sheet, box: Box) -> None:
    """Drop the merges that share a cell with *box*."""
    if sheet.things.get("merges"):
        sheet.things["merges"] = [merge for merge in sheet.things["merges"] if not box.meets(box_of(merge))]


def drop_covered(sheet: Sheet, box: Box) -> None:
    """Take the values out of *box* that were just written under a merge: only its first cell holds one."""
    for merge in merged_boxes(sheet, box):
        for row in merge.rows:
            first = merge.left + 1 if row == merge.top else merge.left
            _drop_values(sheet, row, first, merge.right)


def _drop_values(sheet: Sheet, row: int, left: int, right: int) -> None:
    cells = sheet.rows[row].cells
    if any(cell is not None and cell.value is not None for cell in cells[left:right]):
        kept = [Cell(None, cell.extras) if cell and cell.extras else None for cell in cells[left:right]]
        put_cells(sheet, row, (*cells[:left], *kept, *cells[right:]))
