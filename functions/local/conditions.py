"""Conditions on cells, as conditional formats and filters have them: BooleanCondition as a test of a cell.

Text is compared as it is shown and without regard to capitals; what a cell must not be is the opposite of what it
must be, so text and blanks are "not equal" to any number. Dates are compared by their day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from functions.local.formats import from_serial, is_date, shown, to_serial
from functions.local.formula import Binary, Call, Ref, Rows, Unary
from functions.local.formula_values import Problem, UnsureError, is_number, is_text
from functions.local.model import Formula
from functions.local.ranges import Box, bounds_of
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.local.calculate import Calculator
    from functions.local.formula import Corner, Node
    from functions.local.formula_values import Scalar
    from functions.local.model import Cell, Json, Sheet

    Test = Callable[["Place"], bool]


class Place(NamedTuple):
    """A cell that is looked at, its formula calculated; None when it is blank."""

    row: int
    column: int
    cell: Cell | None

    @property
    def value(self) -> Scalar:
        """Value of the cell."""
        return self.cell.value if self.cell is not None else None


class Sources(NamedTuple):
    """Where a rule's formulas stand and get their values from."""

    calculator: Calculator
    sheet: Sheet
    boxes: list[Box]

    def formula(self, text: str) -> tuple[Callable[[Place], Scalar], bool]:
        """Value of a formula for a cell, and whether it changes along a row.

        References without `$` count from the top left of the rule's first range.
        """
        node = self.calculator.parsed(text)
        if node is None:
            return (lambda _: None), False
        by_row, by_column = _varies(node)
        known: dict[tuple[int, int], Scalar] = {}
        top, left = self.boxes[0].top, self.boxes[0].left

        def value(place: Place) -> Scalar:
            key = (place.row if by_row else 0, place.column if by_column else 0)
            if key not in known:
                moved = (place.row - top, place.column - left)
                known[key] = self.calculator.look_up(self.sheet, node, place.row, place.column, moved)
            return known[key]

        return value, by_column

    def value(self, text: str) -> Callable[[Place], Scalar]:
        """Value of a condition: a formula, or what a person's typing would become."""
        if text.startswith("="):
            return self.formula(text)[0]
        found = as_typed(text, self.calculator.locale)[0]
        return lambda _: None if isinstance(found, Formula) else found

    def numbers(self) -> list[float]:
        """All numbers in the rule's ranges."""
        columns = (
            self.calculator.column(self.sheet, column, box.top, box.bottom)
            for box in self.boxes
            for column in box.columns
        )
        return [number for column in columns for number in column.only_numbers]


def box_of(sheet: Sheet, grid: Json) -> Box:
    """Rectangle of a GridRange, cut at the end of the grid."""
    bounds, rows, columns = bounds_of(grid), len(sheet.rows), len(sheet.columns)
    return Box(
        bounds.top or 0,
        rows if bounds.bottom is None else min(bounds.bottom, rows),
        bounds.left or 0,
        columns if bounds.right is None else min(bounds.right, columns),
    )


def _varies(node: Node) -> tuple[bool, bool]:
    """Whether what a formula gives changes from row to row, and from column to column."""
    if isinstance(node, Ref):
        corners: list[Corner] = [node.first, node.last or node.first]
        return (
            any(corner.row is not None and not corner.row_fixed for corner in corners),
            any(corner.column is not None and not corner.column_fixed for corner in corners),
        )
    parts: Sequence[Node] = ()
    if isinstance(node, Call):
        if node.name in {"ROW", "COLUMN"} and not node.arguments:
            return True, True
        parts = node.arguments
    elif isinstance(node, Binary):
        parts = (node.left, node.right)
    elif isinstance(node, Unary):
        parts = (node.operand,)
    elif isinstance(node, Rows):
        parts = [one for row in node.rows for one in row]
    found = [_varies(part) for part in parts]
    return any(row for row, _ in found), any(column for _, column in found)


def test_of(condition: Json, sources: Sources) -> Callable[[Place], bool]:
    """Test of a BooleanCondition. One that is not known here never holds."""
    kind, values = condition.get("type", ""), condition.get("values", [])
    operands = [sources.value(value.get("userEnteredValue", "")) for value in values]
    if kind in _PLAIN_TESTS:
        return _PLAIN_TESTS[kind]
    family, _, test = kind.partition("_")
    if kind == "CUSTOM_FORMULA":
        custom = operands[0] if operands else lambda _: None
        return lambda place: is_true(custom(place))
    if kind in _OPPOSITES:
        is_so = test_of({**condition, "type": _OPPOSITES[kind]}, sources)
        return lambda place: not is_so(place)
    if family == "DATE":
        return _date_test(test, values, operands, sources.calculator)
    if family == "NUMBER":
        return _number_test(test, operands)
    return _text_test(test if family == "TEXT" else kind, operands, sources.calculator.locale)


_PLAIN_TESTS: dict[str, Callable[[Place], bool]] = {
    "BLANK": lambda place: place.value is None or place.value == "",
    "NOT_BLANK": lambda place: place.value is not None and place.value != "",
    "BOOLEAN": lambda place: isinstance(place.value, bool),
}


def is_true(value: Scalar) -> bool:
    """Whether a formula says yes."""
    return value is True or (is_number(value) and value != 0)


_OPPOSITES = {"NUMBER_NOT_EQ": "NUMBER_EQ", "NUMBER_NOT_BETWEEN": "NUMBER_BETWEEN", "DATE_NOT_BETWEEN": "DATE_BETWEEN"}
_ORDERS: dict[str, Callable[[float, list[float]], bool]] = {
    "GREATER": lambda value, given: value > given[0],
    "GREATER_THAN_EQ": lambda value, given: value >= given[0],
    "LESS": lambda value, given: value < given[0],
    "LESS_THAN_EQ": lambda value, given: value <= given[0],
    "EQ": lambda value, given: value == given[0],
    "BETWEEN": lambda value, given: min(given) <= value <= max(given),
    "BEFORE": lambda value, given: value < given[0],
    "AFTER": lambda value, given: value > given[-1],
    "ON_OR_BEFORE": lambda value, given: value <= given[-1],
    "ON_OR_AFTER": lambda value, given: value >= given[0],
}


def _number_test(test: str, operands: list[Callable[[Place], Scalar]]) -> Callable[[Place], bool]:
    holds = _ORDERS.get(test)

    def check(place: Place) -> bool:
        given = [operand(place) for operand in operands]
        numbers = [value for value in given if is_number(value)]
        value = place.value
        if holds is None or not numbers or len(numbers) != len(given):
            return False
        return is_number(value) and holds(value, numbers)

    return check


def _date_test(
    test: str, values: list[Json], operands: list[Callable[[Place], Scalar]], calculator: Calculator
) -> Callable[[Place], bool]:
    """Compare days. The past week, month and year reach from the same day then to today."""
    holds = _ORDERS.get(test)
    relative = values[0].get("relativeDate") if values else None

    def check(place: Place) -> bool:
        value = place.value
        if not is_number(value) or not is_date(place.cell.extras if place.cell else None):
            return False
        if test == "IS_VALID":
            return True
        days = _relative_days(relative, calculator) if relative else [operand(place) for operand in operands]
        numbers = [int(day) for day in days if is_number(day)]
        if holds is None or not numbers or len(numbers) != len(days):
            return False
        if test == "EQ" and len(numbers) > 1:
            return numbers[0] <= int(value) <= numbers[1]
        return holds(int(value), list(map(float, numbers[:1] if relative else numbers)))

    return check


def _relative_days(relative: str, calculator: Calculator) -> list[Scalar]:
    """First and last day (serial numbers) of a relative date, or its one day; None when nobody can tell."""
    try:
        today = int(calculator.now())
    except UnsureError:  # there is no such time zone
        return [None]
    if relative in {"YESTERDAY", "TODAY", "TOMORROW"}:
        return [today + {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}[relative]]
    if relative == "PAST_WEEK":
        return [today - 7, today]
    moment = from_serial(today)
    months = {"PAST_MONTH": 1, "PAST_YEAR": 12}.get(relative)
    if moment is None or months is None:
        return [None]
    count = moment.year * 12 + moment.month - 1 - months
    first = moment.replace(year=count // 12, month=count % 12 + 1, day=1)
    last_day = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return [to_serial(first.replace(day=min(moment.day, last_day))), today]


_TEXT_TESTS: dict[str, Callable[[str, list[str]], bool]] = {
    "CONTAINS": lambda text, given: given[0] in text,
    "NOT_CONTAINS": lambda text, given: given[0] not in text,
    "STARTS_WITH": lambda text, given: text.startswith(given[0]),
    "ENDS_WITH": lambda text, given: text.endswith(given[0]),
    "EQ": lambda text, given: text == given[0],
    "NOT_EQ": lambda text, given: text != given[0],
    "ONE_OF_LIST": lambda text, given: text in given,
}


def _text_test(test: str, operands: list[Callable[[Place], Scalar]], locale: str) -> Callable[[Place], bool]:
    """Compare what the cell shows, without regard to capitals."""
    holds = _TEXT_TESTS.get(test)

    def check(place: Place) -> bool:
        given = [operand(place) for operand in operands]
        if (
            holds is None
            or not given
            or isinstance(place.value, Problem)
            or any(isinstance(value, Problem) for value in given)
        ):
            return False
        texts = [value if is_text(value) else shown(value, None, locale) for value in given]
        text = shown(place.value, place.cell.extras if place.cell else None, locale)
        return holds(text.casefold(), [one.casefold() for one in texts])

    return check
