"""Request kinds that write cells: values, formats, validation, borders, merges."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from functions.local import masks
from functions.local.edit import grow, map_cells, put_cells
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.formula_rewrite import shifted
from functions.local.merges import drop_covered, refuse_cut, unmerge
from functions.local.model import Cell, Cells, Extras, Formula, Json, Sheet, Spreadsheet, Value, extras_of
from functions.local.ranges import Box, grid_box, grid_json
from functions.local.reorder import is_filtered
from functions.local.typed import limited, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DERIVED = frozenset({"effectiveValue", "formattedValue", "effectiveFormat", "hyperlink"})
NOT_BUILT = frozenset({"pivotTable", "dataSourceTable", "dataSourceFormula", "chipRuns"})


def value_of(entered: Json) -> Value:
    """Value of an ExtendedValue, literal. Raises ApiError 400."""
    if len(entered) > 1:
        refuse("Only one kind of value may be set in an ExtendedValue.")
    for name, value in entered.items():
        if name == "stringValue":
            return limited(value) or None
        if name == "formulaValue":
            if not value.startswith("="):
                refuse("A formulaValue must begin with '='.")
            return Formula(limited(value))
        if name == "errorValue":
            refuse("The errorValue field is read-only.")
        return value if isinstance(value, bool) else whole(float(value))
    return None


def writer(fields: str) -> Callable[[Cell | None, Json], Cell | None]:
    """Make what writes the masked *fields* of a CellData over a cell. Raises ApiError 400."""
    mask = masks.check_update(fields, "CellData")
    everything = "*" in mask
    with_value = everything or "userEnteredValue" in mask
    kept = {name: below for name, below in mask.items() if name not in DERIVED | {"userEnteredValue", "*"}}
    known: dict[tuple[int, Extras | None], Extras | None] = {}  # one CellData over many cells that look alike

    def write(cell: Cell | None, data: Json) -> Cell | None:
        if NOT_BUILT & data.keys() and (everything or NOT_BUILT & mask.keys()):
            refuse_unbuilt(f"{next(iter(NOT_BUILT & data.keys()))} in a cell")
        value = value_of(data.get("userEnteredValue", {})) if with_value else cell.value if cell else None
        extras = cell.extras if cell else None
        if everything:
            extras = extras_of({n: v for n, v in data.items() if n not in DERIVED and n != "userEnteredValue"})
        elif kept:
            key = (id(data), extras)
            if key not in known:
                known[key] = extras_of(masks.merge(extras.fields if extras else {}, data, kept))
            extras = known[key]
        return None if value is None and extras is None else Cell(value, extras)

    return write


def update_cells(book: Spreadsheet, request: Json) -> Json:
    """Write rows of cells at a start or over a range; of a range, what the rows leave out is cleared."""
    write = writer(request.get("fields", ""))
    rows = [row.get("values", []) for row in request.get("rows", [])]
    if "range" in request:
        sheet, box = grid_box(book, request["range"])
        _check_room(rows, box)
        for number, index in enumerate(box.rows):
            cells = rows[number] if number < len(rows) else []
            _write_row(sheet, index, box.left, [*cells, *({},) * (box.right - box.left - len(cells))], write)
        drop_covered(sheet, box)
        return {}
    start = request.get("start")
    if start is None:
        refuse("Either a start or a range must be set.")
    sheet = book.edit(start.get("sheetId", 0))
    box = Box(start.get("rowIndex", 0), len(sheet.rows), start.get("columnIndex", 0), len(sheet.columns))
    _check_room(rows, box)
    for index, cells in enumerate(rows, box.top):
        _write_row(sheet, index, box.left, cells, write)
    drop_covered(sheet, box._replace(bottom=box.top + len(rows)))
    return {}


def _check_room(rows: list[list[Json]], box: Box) -> None:
    if len(rows) > box.bottom - box.top:
        refuse(f"Attempting to write row: {box.bottom}, beyond the last requested row of: {box.bottom - 1}")
    if max(map(len, rows), default=0) > box.right - box.left:
        text = f"Attempting to write column: {box.right}, beyond the last requested column of: {box.right - 1}"
        refuse(text)


def _write_row(
    sheet: Sheet, index: int, left: int, datas: list[Json], write: Callable[[Cell | None, Json], Cell | None]
) -> None:
    old = sheet.rows[index].cells
    new = [*old, *(None,) * (left + len(datas) - len(old))]
    for column, data in enumerate(datas, left):
        new[column] = write(new[column], data)
    put_cells(sheet, index, new)


def repeat_cell(book: Spreadsheet, request: Json) -> Json:
    """Write the same fields to every cell of a range."""
    fields, data = request.get("fields", ""), request.get("cell", {})
    write = writer(fields)
    sheet, box = grid_box(book, request.get("range", {}))
    map_cells(sheet, box.rows, box.columns, lambda cell: write(cell, data))
    if "formulaValue" in data.get("userEnteredValue", {}) and {"*", "userEnteredValue"} & masks.parse(fields).keys():
        _count_up(sheet, box)
    drop_covered(sheet, box)
    return {}


def _count_up(sheet: Sheet, box: Box) -> None:
    """Let the references of a formula that was repeated count from its first cell."""
    for index in box.rows:
        row = sheet.rows[index]
        part = [
            cell._replace(value=Formula(shifted(str(cell.value), index - box.top, column - box.left)))
            if (cell := row.cell(column)) is not None and isinstance(cell.value, Formula)
            else cell
            for column in box.columns
        ]
        put_cells(sheet, index, (*row.cells[: box.left], *part, *row.cells[box.right :]))


def append_cells(book: Spreadsheet, request: Json) -> Json:
    """Write rows of cells after the last row that has a value; the grid gets rows where needed, never columns."""
    if "tableId" in request:
        refuse_unbuilt("appendCells to a table")
    write = writer(request.get("fields", ""))
    sheet = book.edit(request.get("sheetId", 0))
    rows = [row.get("values", []) for row in request.get("rows", [])]
    top = sheet.last_row_with_value()
    _check_room(rows, Box(top, top + len(rows), 0, len(sheet.columns)))
    grow(book, sheet, top + len(rows), 0)
    for index, cells in enumerate(rows, top):
        _write_row(sheet, index, 0, cells, write)
    return {}


def set_data_validation(book: Spreadsheet, request: Json) -> Json:
    """Give every cell of a range a validation rule, or none; rows that a filter hides only when asked to."""
    sheet, box = grid_box(book, request.get("range", {}))
    rule = request.get("rule")
    if rule is not None and "condition" not in rule:
        refuse("A data validation rule must have a condition.")
    write, data = writer("dataValidation"), {"dataValidation": rule} if rule else {}
    for row in box.rows:
        if request.get("filteredRowsIncluded") or not is_filtered(sheet.rows[row]):
            map_cells(sheet, range(row, row + 1), box.columns, lambda cell: write(cell, data))
    return {}


def with_extra(cell: Cell | None, name: str, value: Any) -> Cell | None:
    """Set or clear one field beside the value of a cell."""
    fields = cell.extras.fields if cell and cell.extras else {}
    extras: Extras | None = extras_of({**fields, name: value})
    content = cell.value if cell else None
    return None if content is None and extras is None else Cell(content, extras)


def update_borders(book: Spreadsheet, request: Json) -> Json:
    """Set borders at the edges of a range and between its cells."""
    sheet, box = grid_box(book, request.get("range", {}))
    for rows, top, bottom in _bands(box.rows, "top", "innerHorizontal", "bottom"):
        for columns, left, right in _bands(box.columns, "left", "innerVertical", "right"):
            names = {"top": top, "bottom": bottom, "left": left, "right": right}
            borders = {side: request[name] for side, name in names.items() if name in request}
            if borders:
                map_cells(sheet, rows, columns, partial(_with_borders, borders))
    return {}


def _bands(lines: range, before: str, between: str, after: str) -> Iterator[tuple[range, str, str]]:
    """First, middle and last of *lines*, each with the names of the borders at its two sides."""
    if len(lines) == 1:
        yield lines, before, after
    else:
        yield lines[:1], before, between
        yield lines[1:-1], between, between
        yield lines[-1:], between, after


def _with_borders(borders: Json, cell: Cell | None) -> Cell | None:
    look = dict(cell.extras.fields.get("userEnteredFormat", {})) if cell and cell.extras else {}
    merged = {**look.pop("borders", {}), **borders}
    shown = {side: border for side, border in merged.items() if border.get("style", "NONE") != "NONE"}
    return with_extra(cell, "userEnteredFormat", {**look, **({"borders": shown} if shown else {})})


def merge_cells(book: Spreadsheet, request: Json) -> Json:
    """Merge a range whole, or each of its rows or columns; only the first value of each is kept.

    Merges that lie wholly in the range are replaced.
    """
    sheet, box = grid_box(book, request.get("range", {}))
    refuse_cut(sheet, box)
    _check_frozen(sheet, box)
    unmerge(sheet, box)
    kind = request.get("mergeType", "MERGE_ALL")
    parts = [box]
    if kind == "MERGE_ROWS":
        parts = [box._replace(top=row, bottom=row + 1) for row in box.rows]
    elif kind == "MERGE_COLUMNS":
        parts = [box._replace(left=column, right=column + 1) for column in box.columns]
    merges = sheet.things.setdefault("merges", [])
    for part in parts:
        if len(part.rows) * len(part.columns) > 1:
            _keep_first(sheet, part)
            merges.append(grid_json(sheet, part))
    return {}


def _check_frozen(sheet: Sheet, box: Box) -> None:
    grid = sheet.properties.get("gridProperties", {})
    for word, span in (("Row", box.rows), ("Column", box.columns)):
        if span.start < grid.get(f"frozen{word}Count", 0) < span.stop:
            refuse(f"You can't merge frozen and non-frozen {word.lower()}s.")


def _keep_first(sheet: Sheet, part: Box) -> None:
    first = next(
        (cell.value for row in part.rows for cell in _row(sheet, part, row) if cell and cell.value is not None), None
    )
    map_cells(sheet, part.rows, part.columns, lambda cell: Cell(None, cell.extras) if cell and cell.extras else None)
    if first is not None:
        cells = sheet.rows[part.top].cells
        padded = [*cells, *(None,) * (part.left + 1 - len(cells))]
        old = padded[part.left]
        padded[part.left] = Cell(first, old.extras if old else None)
        put_cells(sheet, part.top, padded)


def _row(sheet: Sheet, part: Box, row: int) -> Cells:
    return sheet.rows[row].cells[part.left : part.right]


def unmerge_cells(book: Spreadsheet, request: Json) -> Json:
    """Drop the merges in a range, none of which may stick out of it."""
    sheet, box = grid_box(book, request.get("range", {}))
    refuse_cut(sheet, box)
    unmerge(sheet, box)
    return {}


KINDS = {
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "appendCells": append_cells,
    "setDataValidation": set_data_validation,
    "updateBorders": update_borders,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
}
