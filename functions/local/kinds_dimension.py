"""Request kinds that insert, delete, move and resize rows and columns."""

from __future__ import annotations

from functions.local import masks
from functions.local.edit import (
    ROWS,
    delete_columns,
    delete_rows,
    grow,
    insert_columns,
    insert_rows,
    limit_growth,
    move_columns,
    move_rows,
    put_cells,
    put_row,
)
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.kinds_filters import after_change
from functions.local.merges import box_of
from functions.local.model import Cell, Cells, Json, Sheet, Spreadsheet, extras_of
from functions.local.ranges import lines
from functions.local.reorder import is_filtered
from functions.local.shift import after_delete, after_insert, after_move

INHERITED = ("userEnteredFormat", "dataValidation")


def insert_dimension(book: Spreadsheet, request: Json) -> Json:
    """Insert blank rows or columns that take format, validation and size from their neighbour."""
    found = request.get("range", {})
    sheet = book.edit(found.get("sheetId", 0))
    start, end = lines(sheet, found)
    by_rows = found["dimension"] == ROWS
    size, across = (len(sheet.rows), len(sheet.columns)) if by_rows else (len(sheet.columns), len(sheet.rows))
    before = bool(request.get("inheritFromBefore"))
    if start > size:
        refuse(f"range.startIndex is larger than current grid size ({size})")
    if start == size and not before:
        refuse(f"range.startIndex must be less than the grid size ({size}) if inheritFromBefore is false.")
    if start == 0 and before:
        refuse("range.startIndex must be greater than 0 if inheritFromBefore is true.")
    limit_growth(book, (end - start) * across, 0 if by_rows else size + end - start)
    neighbour = start - 1 if before else start
    (_insert_rows if by_rows else _insert_columns)(sheet, start, end - start, neighbour)
    after_insert(book, sheet, found["dimension"], start, end - start)
    return {}


def _insert_rows(sheet: Sheet, at: int, count: int, neighbour: int) -> None:
    source = sheet.rows[neighbour]
    insert_rows(sheet, at, [(look_of(source.cells), _size_of(source.properties))] * count)


def _insert_columns(sheet: Sheet, at: int, count: int, neighbour: int) -> None:
    source = sheet.columns[neighbour]
    looks = [look_of((row.cell(neighbour),)) for row in sheet.rows]
    insert_columns(sheet, at, [_size_of(source.properties)] * count)
    for index, look in enumerate(looks):
        if look:
            cells = sheet.rows[index].cells
            padded = (*cells, *(None,) * (at + count - len(cells)))
            put_cells(sheet, index, (*padded[:at], *(look * count), *padded[at + count :]))


def look_of(cells: Cells) -> Cells:
    """Blank cells that look like *cells*: format and validation, no value, no note."""
    looks = []
    for cell in cells:
        fields = cell.extras.fields if cell and cell.extras else {}
        extras = extras_of({name: fields[name] for name in INHERITED if name in fields})
        looks.append(Cell(None, extras) if extras else None)
    while looks and looks[-1] is None:
        looks.pop()
    return tuple(looks)


def _size_of(properties: Json | None) -> Json | None:
    return {"pixelSize": properties["pixelSize"]} if properties and "pixelSize" in properties else None


def delete_dimension(book: Spreadsheet, request: Json) -> Json:
    """Delete rows or columns with what is on them."""
    found = request.get("range", {})
    sheet = book.edit(found.get("sheetId", 0))
    start, end = lines(sheet, found)
    word = "row" if found["dimension"] == ROWS else "column"
    size = len(sheet.rows) if found["dimension"] == ROWS else len(sheet.columns)
    if end > size:
        tried = f"Tried to delete {word} index {max(start, size)} but there are only {size} {word}s."
        refuse(f"Cannot delete a {word} that doesn't exist. {tried}")
    frozen = sheet.properties.get("gridProperties", {}).get(f"frozen{word.capitalize()}Count", 0)
    if end - start == size:
        refuse(f"You can't delete all the {word}s on the sheet.")
    if start <= frozen and end == size:
        refuse(f"Sorry, it is not possible to delete all non-frozen {word}s.")
    (delete_rows if found["dimension"] == ROWS else delete_columns)(book, sheet, start, end)
    gone = min(end, frozen) - start
    if gone > 0:
        _set_frozen(sheet, f"frozen{word.capitalize()}Count", frozen - gone)
    before = sheet.things.get("basicFilter")
    after_delete(book, sheet, found["dimension"], start, end - start)
    after_change(book, sheet, before)
    return {}


def _set_frozen(sheet: Sheet, name: str, count: int) -> None:
    sheet.properties = {**sheet.properties, "gridProperties": {**sheet.properties["gridProperties"], name: count}}
    if not count:
        del sheet.properties["gridProperties"][name]


def move_dimension(book: Spreadsheet, request: Json) -> Json:
    """Move rows or columns; the destination counts as before the move."""
    found = request.get("source", {})
    sheet = book.edit(found.get("sheetId", 0))
    start, end = lines(sheet, found)
    size = len(sheet.rows) if found["dimension"] == ROWS else len(sheet.columns)
    destination = request.get("destinationIndex", 0)
    if end > size or not 0 <= destination <= size:
        refuse(f"Cannot move to {destination}: the grid has {size}.")
    if start <= destination <= end:
        return {}
    _check_whole_merges(sheet, found["dimension"], (start, end, destination))
    (move_rows if found["dimension"] == ROWS else move_columns)(sheet, start, end, destination)
    after_move(book, sheet, found["dimension"], (start, end), destination)
    return {}


def _check_whole_merges(sheet: Sheet, dimension: str, cuts: tuple[int, int, int]) -> None:
    """Refuse a move that begins, ends or arrives inside of a merge."""
    for merge in map(box_of, sheet.things.get("merges", [])):
        lines_of_it = merge.rows if dimension == ROWS else merge.columns
        if any(lines_of_it.start < cut < lines_of_it.stop for cut in cuts):
            refuse(f"You can't move {dimension.lower()} that hold only part of a merged cell.")


def append_dimension(book: Spreadsheet, request: Json) -> Json:
    """Add blank rows or columns at the end."""
    sheet = book.edit(request.get("sheetId", 0))
    length, dimension = request.get("length", 0), request.get("dimension", "")
    if dimension not in {"ROWS", "COLUMNS"} or length < 1:
        refuse("dimension and a length greater than zero are required.")
    rows, columns = len(sheet.rows), len(sheet.columns)
    grow(book, sheet, *((rows + length, columns) if dimension == ROWS else (rows, columns + length)))
    return {}


def update_dimension_properties(book: Spreadsheet, request: Json) -> Json:
    """Change size or visibility of rows or columns."""
    if "dataSourceSheetRange" in request:
        refuse_unbuilt("updateDimensionProperties of a data source sheet")
    found = request.get("range", {})
    sheet = book.edit(found.get("sheetId", 0))
    start, end = lines(sheet, found)
    mask = masks.check_update(request.get("fields", ""), "DimensionProperties")
    if "developerMetadata" in mask or ("*" in mask and "developerMetadata" in request.get("properties", {})):
        refuse_unbuilt("developerMetadata in updateDimensionProperties")
    size = len(sheet.rows) if found["dimension"] == ROWS else len(sheet.columns)
    if end > size:
        refuse(f"range.endIndex is larger than current grid size ({size})")
    if request.get("properties", {}).get("pixelSize", 0) < 0:
        refuse("properties.pixelSize must not be negative.")
    for index in range(start, end):
        set_line(sheet, found["dimension"], index, request.get("properties", {}), mask)
    return {}


def set_line(sheet: Sheet, dimension: str, index: int, properties: Json, mask: masks.Mask) -> None:
    """Write the masked properties of one row or column; what a filter hides is not for callers to say."""
    if dimension == ROWS:
        row = sheet.rows[index]
        changed = masks.merge(row.properties or {}, properties, mask)
        changed.pop("hiddenByFilter", None)
        kept = {**changed, "hiddenByFilter": True} if is_filtered(row) else changed
        put_row(sheet, index, row._replace(properties=kept or None))
    else:
        column = sheet.columns[index]
        changed = masks.merge(column.properties or {}, properties, mask)
        sheet.columns[index] = column._replace(properties=changed or None)


def auto_resize_dimensions(book: Spreadsheet, request: Json) -> Json:
    """Check the range; sizes stay, because nothing here knows how wide text is."""
    if "dimensions" not in request:
        refuse_unbuilt("autoResizeDimensions of a data source sheet")
    found = request["dimensions"]
    lines(book.edit(found.get("sheetId", 0)), found)
    return {}


KINDS = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "appendDimension": append_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
}
