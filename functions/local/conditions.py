"""BooleanCondition as a test of a cell, for the filter of a sheet.

Text is compared as it is shown and without regard to capitals; what a cell must not be is the opposite of what it
must be, so a text is "not equal" to any number. Dates are compared by their day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from functions.local.errors import refuse, refuse_unbuilt
from functions.local.formats import is_date, shown, to_serial
from functions.local.model import Formula
from functions.local.typed import as_typed
from functions.local.uncalculated import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Cell, Json, Spreadsheet

    Test = Callable[["Seen"], bool]

DAYS_BACK = {"TODAY": 0, "YESTERDAY": 1, "TOMORROW": -1, "PAST_WEEK": 7}
MONTHS_BACK = {"PAST_MONTH": 1, "PAST_YEAR": 12}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition looks at: the text shown, the number, the day of a date; None where there is none."""

    text: str
    number: float | None
    day: int | None


def seen(cell: Cell | None, locale: str) -> Seen:
    """Read a cell for conditions. Raises ApiError 501 for a formula."""
    value = value_of(cell, "a filter")
    extras = cell.extras if cell else None
    number = None if isinstance(value, (bool, str)) or value is None else value
    day = math.floor(number) if number is not None and is_date(extras) else None
    return Seen(shown(value, extras, locale), number, day)


def test_of(book: Spreadsheet, condition: Json) -> Test:
    """Make the test of a BooleanCondition. Raises ApiError 400 for wrong values, 501 for a kind that is not built."""
    kind, values = condition.get("type", ""), condition.get("values", [])
    family, _, comparison = kind.partition("_")
    if kind in {"BLANK", "NOT_BLANK"}:
        _check_count(kind, values, 0)
        return lambda cell: (cell.text == "") == (kind == "BLANK")
    if kind == "ONE_OF_LIST":
        listed = {_text(value).casefold() for value in values}
        return lambda cell: cell.text.casefold() in listed
    known = {"NUMBER": _NUMBERS.keys(), "TEXT": _TEXTS.keys(), "DATE": _NUMBERS.keys()}
    if family not in known or comparison not in known[family]:
        refuse_unbuilt(f"the condition {kind or 'without a type'} in a filter")
    _check_count(kind, values, 2 if comparison.endswith("BETWEEN") else 1)
    if family == "TEXT":
        wanted = _text(values[0]).casefold()
        return lambda cell: _TEXTS[comparison](cell.text.casefold(), wanted)
    bounds = [_number(book, kind, value) for value in values]
    if family == "DATE":
        days: list[float] = [math.floor(bound) for bound in bounds]
        return lambda cell: _compare(comparison, cell.day, days)
    return lambda cell: _compare(comparison, cell.number, bounds)


def _check_count(kind: str, values: list[Json], count: int) -> None:
    if len(values) != count:
        refuse(f"ConditionType '{kind}' requires exactly {count} condition values, not {len(values)}.")


def _text(value: Json) -> str:
    text = str(value.get("userEnteredValue", ""))
    if text.startswith("="):
        refuse_unbuilt("a formula in the condition of a filter")
    return text


def _number(book: Spreadsheet, kind: str, value: Json) -> float:
    if "relativeDate" in value:
        return _relative(book, value["relativeDate"])
    text = _text(value)
    number = as_typed(text, str(book.properties.get("locale", "")))[0]
    if number is None or isinstance(number, (bool, str, Formula)):
        refuse(f"Invalid ConditionValue.userEnteredValue: {text} for the ConditionType '{kind}'.")
    return number


def _relative(book: Spreadsheet, word: str) -> float:
    today = datetime.now(ZoneInfo(str(book.properties["timeZone"]))).replace(hour=0, minute=0, second=0, microsecond=0)
    if word in DAYS_BACK:
        return math.floor(to_serial(today - timedelta(days=DAYS_BACK[word])))
    months = today.year * 12 + today.month - 1 - MONTHS_BACK[word]
    first = today.replace(year=months // 12, month=months % 12 + 1, day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return math.floor(to_serial(first.replace(day=min(today.day, last.day))))


def _compare(comparison: str, number: float | None, bounds: list[float]) -> bool:
    positive = _OPPOSITES.get(comparison)
    if positive is not None:
        return not _compare(positive, number, bounds)
    return number is not None and _NUMBERS[comparison](number, bounds)


_OPPOSITES = {"NOT_EQ": "EQ", "NOT_BETWEEN": "BETWEEN"}
_NUMBERS: dict[str, Callable[[float, list[float]], bool]] = {
    "GREATER": lambda number, bounds: number > bounds[0],
    "GREATER_THAN_EQ": lambda number, bounds: number >= bounds[0],
    "LESS": lambda number, bounds: number < bounds[0],
    "LESS_THAN_EQ": lambda number, bounds: number <= bounds[0],
    "EQ": lambda number, bounds: number == bounds[0],
    "NOT_EQ": lambda number, bounds: number != bounds[0],
    "BETWEEN": lambda number, bounds: min(bounds) <= number <= max(bounds),
    "NOT_BETWEEN": lambda number, bounds: not min(bounds) <= number <= max(bounds),
    "BEFORE": lambda number, bounds: number < bounds[0],
    "AFTER": lambda number, bounds: number > bounds[0],
    "ON_OR_BEFORE": lambda number, bounds: number <= bounds[0],
    "ON_OR_AFTER": lambda number, bounds: number >= bounds[0],
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "CONTAINS": lambda text, wanted: wanted in text,
    "NOT_CONTAINS": lambda text, wanted: wanted not in text,
    "STARTS_WITH": lambda text, wanted: text.startswith(wanted),
    "ENDS_WITH": lambda text, wanted: text.endswith(wanted),
    "EQ": lambda text, wanted: text == wanted,
    "NOT_EQ": lambda text, wanted: text != wanted,
}
