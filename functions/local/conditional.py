"""What conditional format rules make a cell look like: of each property, the first rule that sets it counts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from functions.local.calculate import calculator_of
from functions.local.conditions import Place, Sources, box_of, is_true, test_of
from functions.local.formula_values import is_number, typed_number
from functions.local.looks import THEME, over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from functions.local.model import Cell, Json, Sheet, Spreadsheet
    from functions.local.ranges import Box


class _Rule(NamedTuple):
    """Where a rule holds, and the format that it gives to a cell: None when it does not apply."""

    boxes: list[Box]
    look: Callable[[Place], Json | None]
    by_column: bool = True  # False: what it gives is the same all along a row


class Conditional:
    """The conditional format rules of one sheet, read once and asked for many cells, row by row."""

    def __init__(self, book: Spreadsheet, sheet: Sheet) -> None:
        self._rules: list[_Rule] = []
        for rule in sheet.things.get("conditionalFormats", []):
            sources = Sources(calculator_of(book), sheet, [box_of(sheet, grid) for grid in rule["ranges"]])
            self._rules.append((_gradient if "gradientRule" in rule else _boolean)(rule, sources))
        self._merged: dict[tuple[int, ...], Json] = {}
        self._row = -1
        self._parts: list[tuple[int, int, Callable[[Place], Json | None]]] = []

    @property
    def right(self) -> int:
        """Index after the last column that a rule covers."""
        return max((box.right for rule in self._rules for box in rule.boxes), default=0)

    def look(self, row: int, column: int, cell: Cell | None) -> Json | None:
        """Format that the rules give to a cell, its formula calculated; equal ones are mostly one object."""
        if row != self._row:
            self._row, self._parts = row, list(self._parts_of(row))
        if not self._parts:
            return None
        place = Place(row, column, cell)
        looks = [
            found for left, right, look in self._parts if left <= column < right and (found := look(place)) is not None
        ]
        return looks[0] if len(looks) == 1 else self._merge(looks) if looks else None

    def _parts_of(self, row: int) -> Iterator[tuple[int, int, Callable[[Place], Json | None]]]:
        """Start and end column, and format, of the rules that may apply in a row."""
        for rule in self._rules:
            for box in rule.boxes:
                if box.top <= row < box.bottom:
                    if rule.by_column:
                        yield box.left, box.right, rule.look
                    elif (found := rule.look(Place(row, box.left, None))) is not None:
                        yield box.left, box.right, _always(found)

    def _merge(self, looks: list[Json]) -> Json:
        key = tuple(map(id, looks))
        found = self._merged.get(key)
        if found is None:
            found = looks[0]
            for look in looks[1:]:
                found = over(look, found)
            self._merged[key] = found
        return found


def _always(look: Json) -> Callable[[Place], Json | None]:
    return lambda _: look


def _boolean(rule: Json, sources: Sources) -> _Rule:
    found = rule.get("booleanRule", {})
    look, condition = _with_twins(found.get("format", {})), found.get("condition", {})
    if condition.get("type") == "CUSTOM_FORMULA":
        values = condition.get("values", [])
        custom, by_column = sources.formula(values[0].get("userEnteredValue", "") if values else "")
        return _Rule(sources.boxes, lambda place: look if is_true(custom(place)) else None, by_column)
    holds = test_of(condition, sources)
    return _Rule(sources.boxes, lambda place: look if holds(place) else None)


def _gradient(rule: Json, sources: Sources) -> _Rule:
    """Colour scale over the numbers of the ranges; the numbers are read when the first cell asks."""
    found = rule["gradientRule"]
    points = [found[name] for name in ("minpoint", "midpoint", "maxpoint") if name in found]
    stops: list[tuple[float, Json]] = []
    known: dict[float, Json] = {}

    def look(place: Place) -> Json | None:
        value = place.value
        if not is_number(value) or not points:
            return None
        if not stops:
            numbers = sorted(sources.numbers())
            stops.extend((_stop(point, numbers, sources, place), _color(point, "color")) for point in points)
        if value not in known:
            color = _between(value, stops)
            known[value] = {"backgroundColor": color, "backgroundColorStyle": {"rgbColor": color}}
        return known[value]

    return _Rule(sources.boxes, look)


def _stop(point: Json, numbers: list[float], sources: Sources, place: Place) -> float:
    kind = point.get("type", "")
    low, high = (numbers[0], numbers[-1]) if numbers else (0, 0)
    if kind in {"MIN", "MAX"}:
        return low if kind == "MIN" else high
    text = str(point.get("value", ""))
    found = sources.value(text)(place) if text.startswith("=") else typed_number(text, sources.calculator.locale)
    number = found if is_number(found) else 0
    if kind == "PERCENT":
        return low + (high - low) * number / 100
    if kind == "PERCENTILE" and numbers:
        at = min(max(number / 100, 0), 1) * (len(numbers) - 1)
        below = int(at)
        above = min(below + 1, len(numbers) - 1)
        return numbers[below] + (numbers[above] - numbers[below]) * (at - below)
    return number


def _between(value: float, stops: list[tuple[float, Json]]) -> Json:
    if value <= stops[0][0]:
        return stops[0][1]
    for (low, first), (high, second) in pairwise(stops):
        if low < value <= high:
            part = (value - low) / (high - low)
            mixed = {
                name: first.get(name, 0) + (second.get(name, 0) - first.get(name, 0)) * part
                for name in ("red", "green", "blue")
            }
            return {name: amount for name, amount in mixed.items() if amount}
    return stops[-1][1]


def _color(fields: Json, name: str) -> Json:
    """Red, green and blue of a colour that is given in either spelling."""
    style = fields.get(f"{name}Style", {})
    if "themeColor" in style:
        theme = {pair["colorType"]: pair["color"]["rgbColor"] for pair in THEME["themeColors"]}
        return dict(theme.get(style["themeColor"], {}))
    return dict(style.get("rgbColor", fields.get(name, {})))


def _with_twins(look: Json) -> Json:
    """Format with each colour in both spellings."""
    found = dict(look)
    for name in ("backgroundColor", "foregroundColor"):
        if name in look or f"{name}Style" in look:
            found[name] = _color(look, name)
            found.setdefault(f"{name}Style", {"rgbColor": found[name]})
    if "textFormat" in look:
        found["textFormat"] = _with_twins(look["textFormat"])
    return found
