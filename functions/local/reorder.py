"""Putting the rows of a range into another order: by what their cells hold, or as a caller says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.edit import put_part, put_row
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.formula_rewrite import carried
from functions.local.formula_values import Problem
from functions.local.merges import merged_boxes, refuse_vertical, unmerge
from functions.local.model import Cell, Cells, Formula, Json, Row, Sheet, Spreadsheet
from functions.local.ranges import grid_json

if TYPE_CHECKING:
    from functions.local.ranges import Box

BY_COLOR = frozenset({"backgroundColor", "backgroundColorStyle", "foregroundColor", "foregroundColorStyle"})
VERTICAL = "You can't sort a range with vertical merges."


def sort(book: Spreadsheet, sheet: Sheet, box: Box, specs: list[Json]) -> None:
    """Sort the rows of *box*; later specs decide where earlier ones find rows equal. Raises ApiError."""
    order, rows = list(box.rows), calculator_of(book).rows(sheet, 0, box.bottom)
    for spec in reversed(specs):
        if BY_COLOR & spec.keys():
            refuse_unbuilt("a sort by colour")
        column = spec.get("dimensionIndex", box.left)
        if column not in box.columns:
            refuse(f"sortSpec.dimensionIndex[{column}] must be within the range.")
        order = _sorted(rows, order, column, down=spec.get("sortOrder") == "DESCENDING")
    reorder(book, sheet, box, order)


def _sorted(rows: list[Row], order: list[int], column: int, *, down: bool) -> list[int]:
    keyed = [(_sort_key(rows[index].cell(column)), index) for index in order]
    filled = [(key, index) for key, index in keyed if key is not None]
    filled.sort(key=lambda pair: pair[0], reverse=down)  # equal rows keep their order either way
    return [index for _, index in filled] + [index for key, index in keyed if key is None]


def _sort_key(cell: Cell | None) -> tuple[int, Any] | None:
    if cell is None or cell.value is None:
        return None
    if isinstance(cell.value, bool):
        return 2, cell.value
    if isinstance(cell.value, Problem):
        return 3, str(cell.value)
    return (1, cell.value.casefold()) if isinstance(cell.value, str) else (0, cell.value)


def reorder(book: Spreadsheet, sheet: Sheet, box: Box, order: list[int], why: str = VERTICAL) -> None:
    """Give the rows of *box* the cells of the rows in *order*; metadata, merges and filtering go with them.

    Raises ApiError 400 (*why*) when a merge ties rows together.
    """
    refuse_vertical(sheet, box, why)
    places = {source: place for place, source in zip(box.rows, order, strict=True) if place != source}
    old = sheet.rows[box.top : box.bottom]
    for source, place in places.items():
        row = old[source - box.top]
        part = row.cells[box.left : box.right]
        put_part(sheet, place, box.columns, _carried(part, source, place) if row.has_formula else part)
        set_filtered(sheet, place, hidden=is_filtered(row))
    _move_merges(sheet, box, places)
    ids = {old[source - box.top].id: old[place - box.top].id for source, place in places.items()}
    for entry in list(book.metadata.values()) if ids else ():
        if entry.sheet == sheet.id and entry.dimension == "ROWS" and entry.line in ids:
            book.put_metadata(replace(entry, line=ids[entry.line]))


def _carried(cells: Cells, source: int, place: int) -> Cells:
    return tuple(
        cell._replace(value=Formula(carried(str(cell.value), source, place - source)))
        if cell is not None and isinstance(cell.value, Formula)
        else cell
        for cell in cells
    )


def is_filtered(row: Row) -> bool:
    """Whether the sheet's filter hides the row."""
    return bool(row.properties and row.properties.get("hiddenByFilter"))


def set_filtered(sheet: Sheet, index: int, *, hidden: bool) -> None:
    """Say whether the sheet's filter hides the row at *index*."""
    row = sheet.rows[index]
    if is_filtered(row) != hidden:
        kept = {name: value for name, value in (row.properties or {}).items() if name != "hiddenByFilter"}
        put_row(sheet, index, row._replace(properties={**kept, "hiddenByFilter": True} if hidden else kept or None))


def _move_merges(sheet: Sheet, box: Box, places: dict[int, int]) -> None:
    moving = merged_boxes(sheet, box)
    if moving and places:
        unmerge(sheet, box)
        went = [one._replace(top=places.get(one.top, one.top)) for one in moving]
        sheet.things["merges"] += [grid_json(sheet, one._replace(bottom=one.top + 1)) for one in went]
