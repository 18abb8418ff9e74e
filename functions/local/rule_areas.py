"""Which cells a sheet's conditional formats cover after cells were cleared, copied or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from functions.local.formula_follow import rule_over
from functions.local.merges import contains
from functions.local.ranges import Box, bounds_of, grid_json, inside

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet


class Copy(NamedTuple):
    """A rectangle copied over a target as often as it fits, turned over its diagonal or not."""

    source: Box
    target: Box
    transposed: bool = False


class Area(NamedTuple):
    """A rule of the source sheet, and what it will cover of the target."""

    rule: Json
    boxes: list[Box]


def clear(sheet: Sheet, box: Box) -> None:
    """Take *box* out of what the rules cover; a rule that covers nothing is gone."""
    rules = sheet.things.get("conditionalFormats")
    if rules:
        rest = [_without(sheet, rule, box) for rule in rules]
        sheet.things["conditionalFormats"] = [rule for rule in rest if rule["ranges"]]


def _without(sheet: Sheet, rule: Json, box: Box) -> Json:
    ranges: list[Json] = []
    for grid in rule["ranges"]:
        own = inside(sheet, bounds_of(grid))
        ranges += [grid_json(sheet, part) for part in _rest(own, box)] if own.meets(box) else [grid]
    return rule_over(rule, ranges)


def _rest(own: Box, hole: Box) -> list[Box]:
    """Up to four rectangles of *own* around *hole*."""
    top, bottom = max(own.top, hole.top), min(own.bottom, hole.bottom)
    parts = [
        own._replace(bottom=top),
        own._replace(top=bottom),
        Box(top, bottom, own.left, max(own.left, hole.left)),
        Box(top, bottom, min(own.right, hole.right), own.right),
    ]
    return [part for part in parts if part.rows and part.columns]


def taken(source_sheet: Sheet, copy: Copy) -> list[Area]:
    """What each rule of the source sheet will cover of the target, in the order of the rules."""
    found = []
    for rule in source_sheet.things.get("conditionalFormats", []):
        own = [inside(source_sheet, bounds_of(grid)) for grid in rule["ranges"]]
        found.append(Area(rule, [box for area in own if area.meets(copy.source) for box in _images(area, copy)]))
    return found


def lay(source_sheet: Sheet, sheet: Sheet, copy: Copy, areas: list[Area], *, cut: bool) -> None:
    """Let what was `taken` cover the target, and no other rule there; of a source that is cut nothing stays covered.

    On another sheet they become new rules.
    """
    if source_sheet is sheet:
        laid = [_laid(sheet, copy, area, cut=cut) for area in areas]
        sheet.things["conditionalFormats"] = [rule for rule in laid if rule["ranges"]]
        return
    if cut:
        clear(source_sheet, copy.source)
    clear(sheet, copy.target)
    rules = [_on_sheet(sheet, area) for area in areas if area.boxes]
    if rules:
        sheet.things["conditionalFormats"] = [*sheet.things.get("conditionalFormats", []), *rules]


def _laid(sheet: Sheet, copy: Copy, area: Area, *, cut: bool) -> Json:
    own = [inside(sheet, bounds_of(grid)) for grid in area.rule["ranges"]]
    if not cut and area.boxes == [copy.target] and any(contains(box, copy.target) for box in own):
        return area.rule  # a copy inside of what the rule covers anyway
    rest = area.rule
    for hole in (copy.source, copy.target) if cut else (copy.target,):
        rest = _without(sheet, rest, hole)
    new = [grid_json(sheet, box) for box in area.boxes]
    return {**rest, "ranges": rest["ranges"] + new} if rest["ranges"] else rule_over(area.rule, new)


def _on_sheet(sheet: Sheet, area: Area) -> Json:
    return rule_over(area.rule, [grid_json(sheet, box) for box in area.boxes])


def _images(area: Box, copy: Copy) -> list[Box]:
    """Where the part of the source that *area* covers comes to lie in the target."""
    source, target = copy.source, copy.target
    rows = max(area.top, source.top) - source.top, min(area.bottom, source.bottom) - source.top
    columns = max(area.left, source.left) - source.left, min(area.right, source.right) - source.left
    height, width = len(source.rows), len(source.columns)
    if copy.transposed:
        rows, columns, height, width = columns, rows, width, height
    return [
        Box(top, bottom, left, right)
        for top, bottom in _repeated(rows, height, target.rows)
        for left, right in _repeated(columns, width, target.columns)
    ]


def _repeated(part: tuple[int, int], size: int, target: range) -> list[tuple[int, int]]:
    """Spans of a part of *size* lines, repeated over the target; a part that is the whole gives one span."""
    if part == (0, size):
        return [(target.start, target.stop)]
    return [(start + part[0], start + part[1]) for start in range(target.start, target.stop, size)]
