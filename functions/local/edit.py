"""Changing the grid of a drafted sheet: cells, whole rows and columns; every change is noted for the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.errors import refuse
from functions.local.model import POSITION_STEP, Cell, Cells, Column, Metadata, Row, Sheet, Spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_CELLS = 10_000_000
MAX_COLUMNS = 18_278  # ZZZ is the last one
ROWS, COLUMNS = "ROWS", "COLUMNS"


def put_row(sheet: Sheet, index: int, row: Row) -> None:
    """Replace the row at *index* and note it for saving."""
    sheet.rows[index] = row
    sheet.touched[row.id] = row
    sheet.note_formulas((row,))


def put_cells(sheet: Sheet, index: int, cells: Iterable[Cell | None]) -> None:
    """Give the row at *index* these cells; trailing blanks are not kept."""
    kept = tuple(cells)
    while kept and kept[-1] is None:
        kept = kept[:-1]
    put_row(sheet, index, sheet.rows[index]._replace(cells=kept))


def put_part(sheet: Sheet, index: int, columns: range, part: Cells) -> None:
    """Give the row at *index* these cells in *columns*; where they were blank and stay so nothing is noted."""
    cells = sheet.rows[index].cells
    if part or len(cells) > columns.start:
        head = (*cells[: columns.start], *(None,) * (columns.start - len(cells)))
        padding = (None,) * (len(columns) - len(part))
        put_cells(sheet, index, (*head, *part, *padding, *cells[columns.stop :]))


def map_cells(sheet: Sheet, rows: range, columns: range, change: Callable[[Cell | None], Cell | None]) -> None:
    """Pass every cell of a rectangle through *change*, which must be pure: blank cells ask it once."""
    blank = change(None)
    blanks = (blank,) * len(columns)
    for index in rows:
        cells = sheet.rows[index].cells
        old = cells[columns.start : columns.stop]
        if old or (blank is not None and blanks):
            new = [blank if cell is None else change(cell) for cell in old]
            head = (*cells[: columns.start], *(None,) * (columns.start - len(cells)))
            put_cells(sheet, index, (*head, *new, *blanks[len(old) :], *cells[columns.stop :]))


def insert_rows(sheet: Sheet, at: int, rows: list[tuple[Cells, dict[str, object] | None]]) -> None:
    """Insert rows (cells, dimension properties) before index *at*; positions of neighbours move only when squeezed."""
    before = sheet.rows[at - 1].position if at else 0
    after = sheet.rows[at].position if at < len(sheet.rows) else before + (len(rows) + 1) * POSITION_STEP
    step = POSITION_STEP
    if at < len(sheet.rows):
        # A small step keeps room for the next insert at the same place, which is how a log grows.
        step = min((after - before) // (len(rows) + 1), max((after - before) // 1024, 1))
    new = [
        Row(sheet.new_id(), before + step * number, cells, properties)
        for number, (cells, properties) in enumerate(rows, 1)
    ]
    sheet.rows[at:at] = new
    sheet.touched.update({row.id: row for row in new})
    sheet.note_formulas(new)
    if step < 1:
        _spread(sheet, at, len(rows))


def _spread(sheet: Sheet, at: int, count: int) -> None:
    """Give new positions to the smallest run of rows around *at* that then has room between all of them."""
    width = count
    while True:
        width *= 2
        start, stop = max(at - width, 0), min(at + count + width, len(sheet.rows))
        low = sheet.rows[start - 1].position if start else 0
        last = stop == len(sheet.rows)
        high = low + POSITION_STEP * (stop - start + 1) if last else sheet.rows[stop].position
        step = (high - low) // (stop - start + 1)
        if step > 64 * width or (start == 0 and last):
            break
    for number, index in enumerate(range(start, stop), 1):
        put_row(sheet, index, sheet.rows[index]._replace(position=low + step * number))


def insert_columns(sheet: Sheet, at: int, columns: list[dict[str, object] | None]) -> None:
    """Insert blank columns with these dimension properties before index *at*."""
    sheet.columns[at:at] = [Column(sheet.new_id(), properties) for properties in columns]
    for index, row in enumerate(sheet.rows):
        if len(row.cells) > at:
            put_cells(sheet, index, (*row.cells[:at], *(None,) * len(columns), *row.cells[at:]))


def delete_rows(book: Spreadsheet, sheet: Sheet, start: int, stop: int) -> None:
    """Remove rows, and the metadata on them."""
    gone = {row.id for row in sheet.rows[start:stop]}
    del sheet.rows[start:stop]
    for row_id in gone:
        sheet.touched.pop(row_id, None)
    sheet.removed |= gone
    sheet.formula_rows -= gone
    _drop_lines(book, sheet, ROWS, gone)


def delete_columns(book: Spreadsheet, sheet: Sheet, start: int, stop: int) -> None:
    """Remove columns, and the metadata on them."""
    gone = {column.id for column in sheet.columns[start:stop]}
    del sheet.columns[start:stop]
    for index, row in enumerate(sheet.rows):
        if len(row.cells) > start:
            put_cells(sheet, index, (*row.cells[:start], *row.cells[stop:]))
    _drop_lines(book, sheet, COLUMNS, gone)


def move_rows(sheet: Sheet, start: int, stop: int, destination: int) -> None:
    """Move rows so that they stand before what is now at *destination*; they keep their ids."""
    moved = sheet.rows[start:stop]
    lower, upper = min(start, destination), max(stop, destination)
    rows = sheet.rows[lower:upper]
    positions = [row.position for row in rows]
    rest = [*rows[: start - lower], *rows[stop - lower :]]
    ordered = [*moved, *rest] if destination < start else [*rest, *moved]
    for index, (row, position) in enumerate(zip(ordered, positions, strict=True), lower):
        put_row(sheet, index, row._replace(position=position))


def move_columns(sheet: Sheet, start: int, stop: int, destination: int) -> None:
    """Move columns so that they stand before what is now at *destination*; they keep their ids."""
    order = list(range(len(sheet.columns)))
    moved = order[start:stop]
    del order[start:stop]
    place = destination - len(moved) if destination > start else destination
    order[place:place] = moved
    sheet.columns = [sheet.columns[index] for index in order]
    for index, row in enumerate(sheet.rows):
        if row.cells:
            put_cells(sheet, index, [row.cell(column) for column in order])


def grow(book: Spreadsheet, sheet: Sheet, rows: int, columns: int) -> None:
    """Make the grid at least this large by adding blank rows and columns at its ends."""
    if rows > len(sheet.rows):
        limit_growth(book, (rows - len(sheet.rows)) * len(sheet.columns))
        insert_rows(sheet, len(sheet.rows), [((), None)] * (rows - len(sheet.rows)))
    if columns > len(sheet.columns):
        limit_growth(book, (columns - len(sheet.columns)) * len(sheet.rows), columns)
        insert_columns(sheet, len(sheet.columns), [None] * (columns - len(sheet.columns)))


def limit_growth(book: Spreadsheet, cells: int, columns: int = 0) -> None:
    """Refuse to add *cells*, or to make a sheet with *columns*, before the memory for them is taken."""
    if columns > MAX_COLUMNS:
        refuse(f"This action would increase the number of columns in a sheet above the limit of {MAX_COLUMNS} columns.")
    if book.cell_count + cells > MAX_CELLS:
        text = f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
        refuse(text)


def _drop_lines(book: Spreadsheet, sheet: Sheet, dimension: str, gone: set[int]) -> None:
    book.drop_metadata([m.id for m in book.metadata.values() if _is_on(m, sheet, dimension) and m.line in gone])


def _is_on(entry: Metadata, sheet: Sheet, dimension: str) -> bool:
    return entry.sheet == sheet.id and entry.dimension == dimension
