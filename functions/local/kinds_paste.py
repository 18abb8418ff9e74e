"""Request kinds that copy or move cells from one place to another: copyPaste and cutPaste."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions.local import rule_areas
from functions.local.calculate import calculator_of
from functions.local.edit import grow, put_part
from functions.local.errors import refuse
from functions.local.formula_rewrite import shifted
from functions.local.merges import box_of, contains, drop_covered, merged_boxes, refuse_cut, unmerge
from functions.local.model import Cell, Formula, Json, Sheet, Spreadsheet, extras_of
from functions.local.over import follow_references
from functions.local.ranges import Box, corner, grid_box, grid_json
from functions.local.rule_areas import Copy

if TYPE_CHECKING:
    from collections.abc import Callable

NORMAL, NO_BORDERS, FORMAT, VALUES = "PASTE_NORMAL", "PASTE_NO_BORDERS", "PASTE_FORMAT", "PASTE_VALUES"
WITH_MERGES = frozenset({NORMAL, NO_BORDERS})
WITH_RULES = frozenset({NORMAL, NO_BORDERS, FORMAT, "PASTE_CONDITIONAL_FORMATTING"})
WITH_FORMULAS = WITH_MERGES | {"PASTE_FORMULA"}

Block = list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was read of the source before anything changed."""

    sheet: Sheet
    source: Box
    block: Block
    merges: list[Box]  # counted from the corner of the block


def copy_paste(book: Spreadsheet, request: Json) -> Json:
    """Copy a range; the destination says where to, and how often where it is a multiple of the source."""
    transposed = request.get("pasteOrientation") == "TRANSPOSE"
    taken = _take(book, request, "copy", transposed=transposed)
    sheet, place = grid_box(book, request.get("destination", {}))
    height, width = len(taken.block), len(taken.block[0])
    bottom, right = place.top + _fill(height, len(place.rows)), place.left + _fill(width, len(place.columns))
    areas = Copy(taken.source, Box(place.top, bottom, place.left, right), transposed)
    rules = rule_areas.taken(taken.sheet, areas)
    kind = request.get("pasteType", NORMAL)
    _put(book, sheet, areas, kind, replace(taken, block=_tiled(taken.block, areas, moving=kind in WITH_FORMULAS)))
    _put_merges(sheet, areas.target, taken.merges if kind in WITH_MERGES else [], (height, width))
    if kind in WITH_RULES:
        rule_areas.lay(taken.sheet, sheet, areas, rules, cut=False)
    return {}


def cut_paste(book: Spreadsheet, request: Json) -> Json:
    """Move a range: nothing of it stays, whatever is pasted; names and charts that refer to it follow."""
    taken = _take(book, request, "cut")
    place = request.get("destination", {})
    sheet = book.edit(place.get("sheetId", 0))
    top, left = corner(sheet, place)
    height, width = len(taken.block), len(taken.block[0])
    areas = Copy(taken.source, Box(top, top + height, left, left + width))
    rules = rule_areas.taken(taken.sheet, areas)
    unmerge(taken.sheet, taken.source)
    for index in taken.source.rows:
        put_part(taken.sheet, index, taken.source.columns, ())
    kind = request.get("pasteType", NORMAL)
    _put(book, sheet, areas, kind, taken)
    if kind in WITH_MERGES:
        _put_merges(sheet, areas.target, taken.merges, (height, width))
        follow_references(book, _Carried(taken.sheet.id, taken.source, sheet, areas.target))
    if kind in WITH_RULES:
        rule_areas.lay(taken.sheet, sheet, areas, rules, cut=True)
    else:
        rule_areas.clear(taken.sheet, taken.source)
    return {}


def _take(book: Spreadsheet, request: Json, verb: str, *, transposed: bool = False) -> _Taken:
    """Read the source. Raises ApiError 400 when it is empty or tears a merge."""
    sheet, source = grid_box(book, request.get("source", {}))
    if not (source.rows and source.columns):
        refuse("The source range must not be empty.")
    refuse_cut(sheet, source, f"You can't {verb} only part of a merged cell.")
    rows = sheet.rows[source.top : source.bottom]
    if request.get("pasteType") == VALUES:
        rows = calculator_of(book).rows(sheet, source.top, source.bottom)
    block = [[row.cell(column) for column in source.columns] for row in rows]
    merges = [_from_corner(merge, source) for merge in merged_boxes(sheet, source)]
    if transposed:
        block = [list(column) for column in zip(*block, strict=True)]
        merges = [Box(one.left, one.right, one.top, one.bottom) for one in merges]
    return _Taken(sheet, source, block, merges)


def _put(book: Spreadsheet, sheet: Sheet, areas: Copy, kind: str, taken: _Taken) -> None:
    """Join the block with what is there. Raises ApiError 400 when the target tears a merge that would be replaced."""
    target = areas.target
    grow(book, sheet, target.bottom, target.right)
    if kind in WITH_MERGES:
        refuse_cut(sheet, target, "You can't paste over only part of a merged cell.")
        unmerge(sheet, target)
    join = JOINS[kind]
    for index, new in zip(target.rows, taken.block, strict=True):
        old = [sheet.rows[index].cell(column) for column in target.columns]
        put_part(sheet, index, target.columns, tuple(map(join, old, new)))
    drop_covered(sheet, target)


class _Carried:
    """The change of places that a cut makes: what lies wholly in the source goes to the target."""

    def __init__(self, sheet_id: int, source: Box, sheet: Sheet, target: Box) -> None:
        self.sheet_id = sheet_id
        self._source = source
        self._sheet = sheet
        self._by = target.top - source.top, target.left - source.left

    def grid(self, grid: Json) -> Json | None:
        """Change a GridRange."""
        if len(grid.keys() - {"sheetId"}) < len(Box._fields):
            return grid  # an open side reaches beyond any source
        own = box_of(grid)
        if not (own.rows and own.columns) or not contains(self._source, own):
            return grid
        down, right = self._by
        return grid_json(self._sheet, Box(own.top + down, own.bottom + down, own.left + right, own.right + right))

    def cell(self, cell: Json) -> Json:
        """Leave a GridCoordinate."""
        return cell

    def lines(self, lines: Json) -> Json | None:
        """Leave a DimensionRange."""
        return lines

    def column(self, _area: Json, index: int) -> int | None:
        """Leave a column."""
        return index


def _fill(size: int, room: int) -> int:
    """Lines to fill: the room when it is a multiple of the size, else the source once."""
    return room if room and room % size == 0 else size


def _from_corner(merge: Box, source: Box) -> Box:
    top, left = source.top, source.left
    return Box(merge.top - top, merge.bottom - top, merge.left - left, merge.right - left)


def _tiled(block: Block, areas: Copy, *, moving: bool) -> Block:
    """Repeat the block over the target; formulas move their references when the paste brings formulas."""
    (source, target, transposed), height, width = areas, len(block), len(block[0])
    found: Block = []
    for row in target.rows:
        cells = block[(row - target.top) % height]
        copies = [cells[n % width] for n in range(len(target.columns))]
        if moving and any(isinstance(cell.value, Formula) for cell in cells if cell):
            down = row - source.top - (row - target.top) % height
            right = target.left - source.left
            copies = [
                _copied(cell, (1, 1) if transposed else (down, right + n - n % width)) for n, cell in enumerate(copies)
            ]
        found.append(copies)
    return found


def _copied(cell: Cell | None, away: tuple[int, int]) -> Cell | None:
    if cell is None or not isinstance(cell.value, Formula):
        return cell
    return cell._replace(value=Formula(shifted(str(cell.value), *away)))


def _put_merges(sheet: Sheet, target: Box, merges: list[Box], size: tuple[int, int]) -> None:
    corners = [(top, left) for top in target.rows[:: size[0]] for left in target.columns[:: size[1]]] if merges else []
    placed = [
        Box(top + one.top, top + one.bottom, left + one.left, left + one.right)
        for top, left in corners
        for one in merges
    ]
    if placed:
        sheet.things["merges"] = [*sheet.things.get("merges", []), *(grid_json(sheet, one) for one in placed)]


def _fields(cell: Cell | None) -> Json:
    return cell.extras.fields if cell and cell.extras else {}


def _cell(value: Any, fields: Json) -> Cell | None:
    extras = extras_of(fields)
    return None if value is None and extras is None else Cell(value, extras)


def _all_but_borders(old: Cell | None, new: Cell | None) -> Cell | None:
    kept = _fields(old).get("userEnteredFormat", {}).get("borders")
    look = {name: value for name, value in _fields(new).get("userEnteredFormat", {}).items() if name != "borders"}
    bordered = {**look, **({"borders": kept} if kept else {})}
    return _cell(new.value if new else None, {**_fields(new), "userEnteredFormat": bordered})


def _content(old: Cell | None, new: Cell | None) -> Cell | None:
    """What was taken is a formula, or its result where values alone are pasted."""
    return _cell(new.value if new else None, _fields(old))


def _one_field(name: str) -> Callable[[Cell | None, Cell | None], Cell | None]:
    def join(old: Cell | None, new: Cell | None) -> Cell | None:
        return _cell(old.value if old else None, {**_fields(old), name: _fields(new).get(name)})

    return join


# From what is there and what comes: what is there then.
JOINS: dict[str, Callable[[Cell | None, Cell | None], Cell | None]] = {
    NORMAL: lambda _, new: new,
    NO_BORDERS: _all_but_borders,
    VALUES: _content,
    "PASTE_FORMULA": _content,
    FORMAT: _one_field("userEnteredFormat"),
    "PASTE_DATA_VALIDATION": _one_field("dataValidation"),
    "PASTE_CONDITIONAL_FORMATTING": lambda old, _: old,
}
KINDS = {"copyPaste": copy_paste, "cutPaste": cut_paste}
