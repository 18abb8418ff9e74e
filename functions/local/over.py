"""What lies over a sheet (merges, protected ranges, filters, charts, …): where it names places, and how they change.

A `Change` says what becomes of a place; here it is carried to every place that is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from functions.local import formula_follow
from functions.local.groups import regrouped

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet, Spreadsheet

FILTERS = frozenset({"basicFilter", "filterViews"})
GROUPS = {"rowGroups": "ROWS", "columnGroups": "COLUMNS"}


class Change(Protocol):
    """What becomes of the places on one sheet; None is a place that is gone."""

    @property
    def sheet_id(self) -> int:
        """Id of the sheet whose places change."""

    def grid(self, grid: Json) -> Json | None:
        """Change a GridRange."""

    def cell(self, cell: Json) -> Json:
        """Change a GridCoordinate; what stood on a cell that is gone takes the next one."""

    def lines(self, lines: Json) -> Json | None:
        """Change a DimensionRange."""

    def column(self, area: Json, index: int) -> int | None:
        """Change the index of a column that belongs to the GridRange *area*."""


def follow(book: Spreadsheet, sheet: Sheet, change: Change) -> None:
    """Carry a *change* of the (drafted) sheet to all that lies over it or refers to it."""
    for name, things in sheet.things.items():
        sheet.things[name] = changed_things(name, things, change)
    follow_references(book, change)


def follow_references(book: Spreadsheet, change: Change) -> None:
    """Carry a *change* to what refers to the sheet from anywhere: formulas, named ranges, the sources of charts."""
    formula_follow.follow(book, change)
    named = [(one, _referred(one["range"], change)) for one in book.named_ranges]
    book.named_ranges = [{**one, "range": grid} for one, grid in named if grid is not None]
    for sheet in list(book.sheets):
        old = sheet.things.get("charts", [])
        new = [with_sources(chart, change) for chart in old]
        if new != old:
            book.edit(sheet.id).things["charts"] = new


def changed_things(name: str, things: list[Json], change: Change) -> list[Json]:
    """Things of one list of a Sheet after *change*, without those whose place is gone."""
    if name in GROUPS:
        kept = [{**group, "range": lines} for group in things if (lines := change.lines(group["range"])) is not None]
        return with_lines(regrouped(kept), kept[0]["range"].get("sheetId", 0), GROUPS[name]) if kept else []
    changed = (_changed(name, thing, change) for thing in things)
    return [thing for thing in changed if thing is not None]


def with_lines(groups: list[Json], sheet_id: int, dimension: str) -> list[Json]:
    """Complete the ranges of regrouped groups."""
    owner = {"sheetId": sheet_id} if sheet_id else {}
    return [{**group, "range": {**owner, "dimension": dimension, **group["range"]}} for group in groups]


def _changed(name: str, thing: Json, change: Change) -> Json | None:
    if name == "merges":
        merge = change.grid(thing)
        return None if merge is None or _is_one_cell(merge) else merge
    if name == "conditionalFormats":
        ranges = _grids(thing["ranges"], change)
        return formula_follow.rule_after({**thing, "ranges": ranges}, thing["ranges"], change) if ranges else None
    if name == "charts":
        overlay = thing["position"]["overlayPosition"]
        moved = {**overlay, "anchorCell": change.cell(overlay["anchorCell"])}
        return {**thing, "position": {**thing["position"], "overlayPosition": moved}}
    grid = change.grid(thing["range"])
    if grid is None:
        return None
    changed = {**thing, "range": grid}
    if "unprotectedRanges" in thing:
        changed["unprotectedRanges"] = _grids(thing["unprotectedRanges"], change)
    return _filter_columns(changed, thing["range"], change) if name in FILTERS else changed


def _grids(grids: list[Json], change: Change) -> list[Json]:
    return [new for old in grids if (new := change.grid(old)) is not None]


def _is_one_cell(grid: Json) -> bool:
    sides = (grid["endRowIndex"] - grid["startRowIndex"], grid["endColumnIndex"] - grid["startColumnIndex"])
    return sides == (1, 1)


def _filter_columns(thing: Json, area: Json, change: Change) -> Json:
    """Criteria and sort orders of a filter follow their column; those of a column that is gone are dropped."""
    found = dict(thing)
    for name, index_name in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
        moved = [(spec, change.column(area, spec.get(index_name, 0))) for spec in thing.get(name, [])]
        if name in thing:
            found[name] = [{**spec, index_name: index} for spec, index in moved if index is not None]
    if "criteria" in thing:
        columns = {key: change.column(area, int(key)) for key in thing["criteria"]}
        kept = {str(columns[key]): value for key, value in thing["criteria"].items() if columns[key] is not None}
        found["criteria"] = kept
    return {
        name: value for name, value in found.items() if value or name not in {"filterSpecs", "sortSpecs", "criteria"}
    }


def with_sources(node: Any, change: Change) -> Any:
    """Copy of a chart (or a part of one) whose source ranges have followed *change*."""
    if isinstance(node, list):
        return [with_sources(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    found = {}
    for name, value in node.items():
        if name == "sources":
            grids = [_referred(grid, change) for grid in value]
            found[name] = [grid for grid in grids if grid is not None]
        else:
            found[name] = with_sources(value, change)
    return found


def _referred(grid: Json, change: Change) -> Json | None:
    return change.grid(grid) if grid.get("sheetId", 0) == change.sheet_id else grid
