"""Functions of single values: numbers, text, dates. Each gets its arguments already read as what its signature says.

A signature has one letter an argument: n number, t text, b truth value, v any value, e any value or error; `?` after a
letter: it may be left out; `+` at the end: the last may be repeated. `L` stands first and gives the locale.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import TYPE_CHECKING

from functions.local.formats import (
    DATE_TYPES,
    EPOCH,
    EXACTLY,
    from_serial,
    is_date_pattern,
    number_shown,
    sections,
    to_serial,
)
from functions.local.formula_values import (
    CLOSE,
    DIV0,
    NUM,
    VALUE,
    Problem,
    Scalar,
    UnsureError,
    fail,
    is_number,
    is_text,
    read_number,
    text,
)
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 50_000
MAX_SECTIONS = 3
_UNSURE_PATTERN = re.compile(r"[?\[@*_]|a/p")
_LITERALS = r'(?:"[^"]*"|\\.|[-+ ()$€£₽:])*'
_NUMBER_PATTERN = re.compile(
    rf"{_LITERALS}[#,0]*0(?:\.[0#]*)?(?:E\+0+)?%?{_LITERALS}(?:;{_LITERALS}(?:[#,0]*0(?:\.[0#]*)?%?)?{_LITERALS})*"
)


def _rounder(mode: str) -> Callable[..., float]:
    def rounded(value: float, places: float = 0) -> float:
        if abs(places) > 300:  # noqa: PLR2004  beyond the digits of any number
            return value if places > 0 else 0
        step = Decimal(1).scaleb(-int(places))
        found, short = (Decimal(digits).quantize(step, mode, EXACTLY) for digits in (repr(value), f"{value:.15g}"))
        if found != short:
            raise UnsureError  # its last digits decide
        return float(found)

    return rounded


def _floor(value: float) -> int:
    found = math.floor(value)
    if math.floor(value + abs(value) * CLOSE) != found:
        raise UnsureError  # some programs take it for the next number
    return found


def _mod(value: float, divisor: float) -> float:
    if divisor == 0:
        fail(DIV0)
    if isinstance(value, int) and isinstance(divisor, int):
        return value % divisor
    count = value / divisor
    found = value - divisor * math.floor(count)
    if abs(count - round(count)) <= abs(count) * CLOSE and (found or abs(count) * CLOSE > 1):
        raise UnsureError  # nothing or nearly all of the divisor, as the last digits decide
    return found


def _moment(serial: float) -> datetime:
    if serial < 0:
        raise UnsureError  # a date before 1900 to some programs
    return from_serial(serial) or fail(NUM)


def _date(year: float, month: float, day: float) -> float:
    years, months = int(year), int(month) - 1
    if not 0 <= years < 10_000:  # noqa: PLR2004
        fail(NUM)
    years += 1900 if years < 1900 else 0  # noqa: PLR2004
    years, months = years + months // 12, months % 12
    try:
        serial = to_serial(datetime(years, months + 1, 1, tzinfo=UTC)) + int(day) - 1
    except ValueError:
        fail(NUM)
    if serial < 0:
        raise UnsureError
    return serial


def _months_on(serial: float, months: float, *, at_end: bool) -> float:
    start = _moment(math.floor(serial))
    count = start.year * 12 + start.month - 1 + int(months)
    year, month = divmod(count, 12)
    try:
        last = monthrange(year, month + 1)[1]
        return to_serial(datetime(year, month + 1, last if at_end else min(start.day, last), tzinfo=UTC))
    except ValueError:
        fail(NUM)


def _weekday(serial: float, kind: float = 1) -> float:
    monday_first = _moment(serial).weekday()
    if int(kind) == 1:
        return (monday_first + 1) % 7 + 1
    if int(kind) in {2, 3}:
        return monday_first + (1 if int(kind) == 2 else 0)  # noqa: PLR2004
    return fail(NUM)


def _clock(part: str) -> Callable[[float], float]:
    def read(serial: float) -> float:
        if serial < 0:
            raise UnsureError
        moment = EPOCH + timedelta(milliseconds=round(serial % 1 * 86_400_000))
        found = int(getattr(moment, part))
        if getattr(moment + timedelta(milliseconds=500), part) != found:
            raise UnsureError  # some programs round to the next second
        return found

    return read


def _value(locale: str, value: Scalar) -> Scalar:
    if is_number(value):
        return value
    if not is_text(value) or not value:
        raise UnsureError
    return read_number(value.strip(), locale)


def _date_value(locale: str, value: Scalar) -> Scalar:
    if not is_text(value):
        raise UnsureError
    typed, how = as_typed(value.strip(), locale)
    if not is_number(typed) or not how or how["type"] not in DATE_TYPES:
        return VALUE
    if how["type"] == "TIME":
        raise UnsureError
    return math.floor(typed)


def _as_text(locale: str, value: Scalar, pattern: str) -> Scalar:
    if is_text(value):
        if not isinstance(as_typed(value.strip(), locale)[0], str):
            raise UnsureError
        return value
    if not is_number(value) or _UNSURE_PATTERN.search(pattern) or len(sections(pattern)) > MAX_SECTIONS:
        raise UnsureError
    if is_date_pattern(pattern):
        return number_shown(value, {"type": "DATE_TIME", "pattern": pattern}, locale)
    if not _NUMBER_PATTERN.fullmatch(pattern):
        raise UnsureError
    found = number_shown(value, {"type": "NUMBER", "pattern": pattern}, locale)
    if value < 0 and not re.search("[1-9]", found):
        raise UnsureError  # -0
    return found


def _upper(value: str) -> str:
    found = value.upper()
    if len(found) != len(value):
        raise UnsureError  # ß
    return found


def _hyperlink(target: str, shown: str | None = None) -> str:
    return target if shown is None else shown


def _left(value: str, count: float = 1) -> str:
    return value[: int(count)] if count >= 0 else fail(VALUE)


def _right(value: str, count: float = 1) -> str:
    return value[max(len(value) - int(count), 0) :] if count >= 0 else fail(VALUE)


def _mid(value: str, start: float, count: float) -> str:
    if int(start) < 1 or count < 0:
        fail(VALUE)
    return value[int(start) - 1 : int(start) - 1 + int(count)]


def _find(wanted: str, within: str, start: float = 1) -> float:
    if not wanted:
        raise UnsureError  # found at once by some programs, never by others
    if int(start) < 1:
        fail(VALUE)
    return within.find(wanted, int(start) - 1) + 1 or fail(VALUE)


def _search(wanted: str, within: str, start: float = 1) -> float:
    if set(wanted) & set("*?~"):
        raise UnsureError  # wildcards in some programs
    folded = within.lower()
    if len(folded) != len(within):
        raise UnsureError
    return _find(wanted.lower(), folded, start)


def _substitute(value: str, old: str, new: str, which: float | None = None) -> str:
    if which is not None and int(which) < 1:
        fail(VALUE)
    if not old:
        return value
    if which is None:
        return value.replace(old, new)
    parts = value.split(old)
    place = int(which)
    return value if place >= len(parts) else old.join(parts[:place]) + new + old.join(parts[place:])


def _repeated(value: str, count: float) -> str:
    if count < 0 or len(value) * int(count) > MAX_TEXT:
        fail(VALUE)
    return value * int(count)


def _n(value: Scalar) -> Scalar:
    return int(value) if isinstance(value, bool) else value if is_number(value) else 0


def _concat(locale: str, *values: Scalar) -> str:
    return "".join(text(value, locale) for value in values)


SCALARS: dict[str, tuple[str, Callable[..., Scalar]]] = {
    "ROUND": ("nn?", _rounder(ROUND_HALF_UP)),
    "ROUNDUP": ("nn?", _rounder(ROUND_UP)),
    "ROUNDDOWN": ("nn?", _rounder(ROUND_DOWN)),
    "INT": ("n", _floor),
    "ABS": ("n", abs),
    "MOD": ("nn", _mod),
    "NOT": ("b", lambda value: not value),
    "ISBLANK": ("e", lambda value: value is None),
    "ISNUMBER": ("e", is_number),
    "ISTEXT": ("e", is_text),
    "ISERROR": ("e", lambda value: isinstance(value, Problem)),
    "ISNA": ("e", lambda value: isinstance(value, Problem) and value == "#N/A"),
    "N": ("v", _n),
    "VALUE": ("Lv", _value),
    "TEXT": ("Lvt", _as_text),
    "DATE": ("nnn", _date),
    "DATEVALUE": ("Lv", _date_value),
    "YEAR": ("n", lambda serial: _moment(serial).year),
    "MONTH": ("n", lambda serial: _moment(serial).month),
    "DAY": ("n", lambda serial: _moment(serial).day),
    "WEEKDAY": ("nn?", _weekday),
    "HOUR": ("n", _clock("hour")),
    "MINUTE": ("n", _clock("minute")),
    "SECOND": ("n", _clock("second")),
    "EDATE": ("nn", lambda serial, months: _months_on(serial, months, at_end=False)),
    "EOMONTH": ("nn", lambda serial, months: _months_on(serial, months, at_end=True)),
    "LEN": ("t", len),
    "TRIM": ("t", lambda value: re.sub(" +", " ", value).strip(" ")),
    "UPPER": ("t", _upper),
    "LOWER": ("t", str.lower),
    "HYPERLINK": ("tt?", _hyperlink),
    "LEFT": ("tn?", _left),
    "RIGHT": ("tn?", _right),
    "MID": ("tnn", _mid),
    "FIND": ("ttn?", _find),
    "SEARCH": ("ttn?", _search),
    "SUBSTITUTE": ("tttn?", _substitute),
    "CONCAT": ("Lvv", _concat),
    "EXACT": ("tt", lambda one, other: one == other),
    "REPT": ("tn", _repeated),
}
