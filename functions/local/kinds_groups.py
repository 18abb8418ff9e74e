"""Request kinds for groups of rows or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local import masks
from functions.local.edit import ROWS
from functions.local.errors import refuse
from functions.local.groups import Span, regrouped, span_of
from functions.local.kinds_dimension import set_line
from functions.local.over import with_lines
from functions.local.ranges import lines

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet, Spreadsheet

MAX_DEPTH = 8


def add_dimension_group(book: Spreadsheet, request: Json) -> Json:
    """Make the lines of a range one group deeper. Answers all groups of the dimension."""
    sheet, dimension, span = _asked(book, request.get("range", {}))
    groups = _put(sheet, dimension, regrouped(_groups(sheet, dimension), added=[span]))
    if groups and max(group["depth"] for group in groups) > MAX_DEPTH:
        refuse(f"Dimension groups cannot be deeper than {MAX_DEPTH}.")
    return {"dimensionGroups": groups}


def delete_dimension_group(book: Spreadsheet, request: Json) -> Json:
    """Make the lines of a range one group less deep. Answers the groups that the dimension still has."""
    sheet, dimension, span = _asked(book, request.get("range", {}))
    old = _groups(sheet, dimension)
    if not any(start < span[1] and span[0] < end for start, end in map(span_of, old)):
        refuse(f"No dimension group on {dimension} from index {span[0]} to {span[1]}.")
    groups = _put(sheet, dimension, regrouped(old, removed=[span]))
    return {"dimensionGroups": groups} if groups else {}


def update_dimension_group(book: Spreadsheet, request: Json) -> Json:
    """Collapse or expand the group with a range and depth: its lines are hidden or shown."""
    asked = request.get("dimensionGroup", {})
    sheet, dimension, span = _asked(book, asked.get("range", {}))
    mask = masks.check_update(request.get("fields", ""), "DimensionGroup")
    groups, depth = _groups(sheet, dimension), asked.get("depth", 0)
    found = [index for index, group in enumerate(groups) if (span_of(group), group["depth"]) == (span, depth)]
    if not found:
        refuse(f"No dimension group of depth {depth} on {dimension} from index {span[0]} to {span[1]}.")
    if {"collapsed", "*"} & mask.keys():
        collapsed = {"collapsed": True} if asked.get("collapsed") else {}
        groups[found[0]] = {"depth": depth, **collapsed, "range": groups[found[0]]["range"]}
        _put(sheet, dimension, groups)
        properties = {"hiddenByUser": True} if collapsed else {}
        for index in range(*span):
            set_line(sheet, dimension, index, properties, {"hiddenByUser": {}})
    return {}


def _asked(book: Spreadsheet, found: Json) -> tuple[Sheet, str, Span]:
    """Sheet (to change), dimension, start and end of a range inside the grid. Raises ApiError 400."""
    sheet = book.edit(found.get("sheetId", 0))
    span = lines(sheet, found)
    size = len(sheet.rows) if found["dimension"] == ROWS else len(sheet.columns)
    if span[1] > size:
        refuse(f"range.endIndex is larger than current grid size ({size})")
    return sheet, found["dimension"], span


def _name(dimension: str) -> str:
    return "rowGroups" if dimension == ROWS else "columnGroups"


def _groups(sheet: Sheet, dimension: str) -> list[Json]:
    return list(sheet.things.get(_name(dimension), []))


def _put(sheet: Sheet, dimension: str, groups: list[Json]) -> list[Json]:
    sheet.things[_name(dimension)] = with_lines(groups, sheet.id, dimension)
    return sheet.things[_name(dimension)]


KINDS = {
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
}
