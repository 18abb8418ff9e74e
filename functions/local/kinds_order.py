"""Request kinds that look at values: sortRange and findReplace."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.edit import put_cells
from functions.local.errors import invalid, refuse
from functions.local.formats import shown
from functions.local.formula_values import Problem
from functions.local.model import Cell, Formula, Json, Row, Sheet, Spreadsheet
from functions.local.ranges import Box, grid_box
from functions.local.typed import as_typed
from functions.local.writing import cell_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def sort_range(book: Spreadsheet, request: Json) -> Json:
    """Sort the rows of a range: numbers, text, booleans, blanks last either way; metadata on a row goes with it."""
    sheet, box = grid_box(book, request.get("range", {}))
    order = list(box.rows)
    rows = calculator_of(book).rows(sheet, 0, box.bottom)
    for spec in reversed(request.get("sortSpecs", [])):
        column = spec.get("dimensionIndex", box.left)
        if column not in box.columns:
            refuse(f"sortSpec.dimensionIndex[{column}] must be within the range.")
        order = _sorted(rows, order, column, down=spec.get("sortOrder") == "DESCENDING")
    old = sheet.rows[box.top : box.bottom]
    for place, source in zip(box.rows, order, strict=True):
        if place != source:
            _put_part(sheet, place, old[source - box.top], box)
    _move_metadata(book, sheet, old, order, box)
    return {}


def _sorted(rows: Sequence[Row], order: list[int], column: int, *, down: bool) -> list[int]:
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


def _put_part(sheet: Sheet, place: int, source: Row, box: Box) -> None:
    cells = sheet.rows[place].cells
    head = (*cells[: box.left], *(None,) * (box.left - len(cells)))
    part = source.cells[box.left : box.right]
    padding = (None,) * (box.right - box.left - len(part))
    put_cells(sheet, place, (*head, *part, *padding, *cells[box.right :]))


def _move_metadata(book: Spreadsheet, sheet: Sheet, old: list[Row], order: list[int], box: Box) -> None:
    moved = {old[source - box.top].id: sheet.rows[place].id for place, source in zip(box.rows, order, strict=True)}
    for entry in list(book.metadata.values()):
        if entry.sheet == sheet.id and entry.dimension == "ROWS" and moved.get(entry.line, entry.line) != entry.line:
            book.put_metadata(replace(entry, line=moved[entry.line]))


@dataclass(slots=True)
class _Replacing:
    """One findReplace under way: how text changes, what may change, what has."""

    change: Callable[[str], tuple[str, int]]
    with_formulas: bool
    locale: str
    counts: Counter[str] = field(default_factory=Counter)

    def row(self, sheet: Sheet, index: int, box: Box) -> None:
        """Change the cells of one row."""
        cells = list(sheet.rows[index].cells)
        changed = [self._cell(cells, column) for column in range(box.left, min(box.right, len(cells)))]
        if any(changed):
            put_cells(sheet, index, cells)
            self.counts["rowsChanged"] += 1

    def _cell(self, cells: list[Cell | None], column: int) -> bool:
        cell = cells[column]
        if cell is None or cell.value is None:
            return False
        is_formula = isinstance(cell.value, Formula)
        if is_formula and not self.with_formulas:
            return False
        text, times = self.change(str(cell.value) if is_formula else shown(cell.value, cell.extras, self.locale))
        if times:
            cells[column] = cell_of(as_typed(text, self.locale)[0], cell.extras)
            self.counts["formulasChanged" if is_formula else "valuesChanged"] += 1
            self.counts["occurrencesChanged"] += times
        return times > 0


def find_replace(book: Spreadsheet, request: Json) -> Json:
    """Replace text in a range, a sheet or everywhere; what comes out is read as if typed. Answers the counts."""
    work = _Replacing(_replacer(request), bool(request.get("includeFormulas")), str(book.properties.get("locale", "")))
    for sheet, box in _places(book, request):
        before = work.counts["rowsChanged"]
        for index in box.rows:
            work.row(sheet, index, box)
        work.counts["sheetsChanged"] += work.counts["rowsChanged"] > before
    return {name: count for name, count in work.counts.items() if count}


def _places(book: Spreadsheet, request: Json) -> list[tuple[Sheet, Box]]:
    if "range" in request:
        return [grid_box(book, request["range"])]
    ids = [sheet.id for sheet in book.sheets] if request.get("allSheets") else [request.get("sheetId", 0)]
    return [grid_box(book, {"sheetId": sheet_id}) for sheet_id in ids]


def _replacer(request: Json) -> Callable[[str], tuple[str, int]]:
    find, by_regex = request.get("find", ""), request.get("searchByRegex")
    if not find:
        refuse("The find string must not be empty.")
    pattern = find if by_regex else re.escape(find)
    if request.get("matchEntireCell"):
        pattern = rf"\A(?:{pattern})\Z"
    replacement = request.get("replacement", "")
    template = re.sub(r"\$(\d)", r"\\g<\1>", replacement.replace("\\", r"\\")) if by_regex else None
    try:
        compiled = re.compile(pattern, 0 if request.get("matchCase") else re.IGNORECASE)
        if template is not None:
            compiled.sub(template, "")  # a group that the pattern does not have shows here
    except (re.error, IndexError) as error:
        text = f"The regular expression {find!r} is invalid: {error}"
        raise invalid(text) from error
    return lambda text: compiled.subn(template if template is not None else lambda _: replacement, text)


KINDS = {"sortRange": sort_range, "findReplace": find_replace}
