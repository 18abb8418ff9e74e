"""What a value becomes when it is written: RAW as it is, USER_ENTERED as if a person typed it in the sheet's locale."""

from __future__ import annotations

import math
import re
import sys
from datetime import UTC, datetime
from typing import Any

from functions.local.errors import refuse
from functions.local.formats import comma_decimals, date_pattern, day_first, to_serial, truth_words
from functions.local.model import Formula, Json, Value

MAX_CHARACTERS = 50_000
LARGEST = sys.float_info.max
Typed = tuple[Value, Json | None]  # the value, and the number format that typing it gives to the cell

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]+(.+))?")
_LOCAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?: +(.+))?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?(?: ?([AaPp][Mm]))?")
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+|(?=\.\d))(\.\d*)?(E[+-]?\d{1,3})?(%?)")

_COMMA_NUMBER = re.compile(r"[+-]?(\d[\d \u00a0]*(,\d*)?|,\d+)(E[+-]?\d{1,3})?%?", re.IGNORECASE)


def literal(value: Any) -> Value:
    """Store a JSON string, number or boolean as it is; `""` is a blank. Raises ApiError 400 for what is too large."""
    if isinstance(value, str):
        return limited(value) or None
    return value if isinstance(value, bool) else whole(value)


def limited(text: str) -> str:
    """Refuse text longer than a cell holds."""
    if len(text) > MAX_CHARACTERS:
        refuse("Your input contains more than the maximum of 50000 characters in a single cell")
    return text


def whole(value: float) -> float | int:
    """Write 5.0 as 5, as Google does; more than 53 bits do not fit a cell's number."""
    if abs(value) > LARGEST:
        refuse("The number is larger than a cell can hold.")
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def as_typed(value: Any, locale: str) -> Typed:
    """Read a value as a person's typing: formula, boolean, number, date or text."""
    if not isinstance(value, str):
        return literal(value), None
    limited(value)
    text = value.strip()
    if value.startswith("'"):
        return value[1:] or None, None
    if len(text) > 1 and text[0] == "=":
        return Formula(text), None
    if text.upper() in {"TRUE", "FALSE"} or text.upper() in truth_words(locale):
        return text.upper() in {"TRUE", truth_words(locale)[0]}, None
    if not text or not text[0].isascii() or text[0].isalpha():
        return value or None, None
    return _number(text, locale) or _moment(text, locale) or (value, None)


def _number(text: str, locale: str) -> Typed | None:
    plain = _with_point(text) if comma_decimals(locale) else text
    found = _NUMBER.fullmatch(plain.upper())
    number = float(plain.rstrip("%").replace(",", "")) if found else math.inf
    if found is None or not math.isfinite(number):
        return None
    if found[5]:
        decimals = len(found[3] or ".") - 1
        return whole(float(f"{number / 100:.15g}")), _format("PERCENT", "0.00%" if decimals else "0%")
    if found[4]:
        return whole(number), _format("SCIENTIFIC", "0.00E+00")
    if "," in found[2]:
        return whole(number), _format("NUMBER", "#,##0.00" if found[3] else "#,##0")
    return whole(float(f"{number:.15g}")), None


def _with_point(text: str) -> str:
    """Rewrite `1 234,5` as `1234.5`; text that a comma locale does not read as a number stays no number."""
    if "." in text or not _COMMA_NUMBER.fullmatch(text):
        return ""
    return text.replace(" ", "").replace("\u00a0", "").replace(",", ".")


def _moment(text: str, locale: str) -> Typed | None:
    """Read a date, a time or both; None for text that is neither, or no day of the calendar."""
    iso, local = _ISO.fullmatch(text), _LOCAL.fullmatch(text)
    try:
        if iso:
            return _dated(int(iso[1]), int(iso[2]), int(iso[3]), iso[4], "yyyy-mm-dd")
        if local and local[2] in ("./-" if day_first(locale) else "/-"):
            first, second = int(local[1]), int(local[3])
            day, month = (first, second) if day_first(locale) else (second, first)
            return _dated(int(local[4]), month, day, local[5], date_pattern(locale))
        clock = _time(text)
    except ValueError:
        return None
    return None if clock is None else (clock, _format("TIME", "h:mm:ss am/pm" if locale == "en_US" else "h:mm:ss"))


def _dated(year: int, month: int, day: int, time: str | None, pattern: str) -> Typed | None:
    date = to_serial(datetime(year, month, day, tzinfo=UTC))
    if time is None:
        return date, _format("DATE", pattern)
    clock = _time(time)
    return None if clock is None else (whole(date + clock), _format("DATE_TIME", f"{pattern} h:mm:ss"))


def _time(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), float((found[3] or "0") + (found[4] or ""))
    if found[5]:
        hour = hour % 12 + (12 if found[5].upper() == "PM" else 0)
    if hour > 23 or minute > 59 or second >= 60:  # noqa: PLR2004
        return None
    return (hour * 3600 + minute * 60 + second) / 86_400


def _format(kind: str, pattern: str) -> Json:
    return {"type": kind, "pattern": pattern}
