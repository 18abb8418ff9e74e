"""Request kinds that put rows into another order (sortRange, randomizeRange), and findReplace."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.local.edit import put_cells
from functions.local.errors import invalid, refuse
from functions.local.formats import shown
from functions.local.model import Cell, Formula, Json, Sheet, Spreadsheet
from functions.local.ranges import Box, grid_box
from functions.local.reorder import reorder, sort
from functions.local.typed import as_typed
from functions.local.writing import cell_of

if TYPE_CHECKING:
    from collections.abc import Callable


def sort_range(book: Spreadsheet, request: Json) -> Json:
    """Sort the rows of a range: numbers, text, booleans, blanks last either way; metadata on a row goes with it."""
    sheet, box = grid_box(book, request.get("range", {}))
    sort(book, sheet, box, request.get("sortSpecs", []))
    return {}


def randomize_range(book: Spreadsheet, request: Json) -> Json:
    """Put the rows of a range into an order by chance; metadata on a row goes with it, as in a sort."""
    sheet, box = grid_box(book, request.get("range", {}))
    order = list(box.rows)
    secrets.SystemRandom().shuffle(order)
    reorder(book, sheet, box, order, "You can't randomize a range with vertical merges.")
    return {}


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


KINDS = {"sortRange": sort_range, "randomizeRange": randomize_range, "findReplace": find_replace}
