"""What a value becomes when it is written: RAW as it is, USER_ENTERED as if a person typed it in the sheet's locale."""

from __future__ import annotations

import math
import re
import sys
from datetime import UTC, datetime
from typing import Any

from functions.local import typed_dates
from functions.local.errors import refuse
from functions.local.locales import comma_decimals, thousands_mark, truth_words
from functions.local.model import Formula, Json, Value

MAX_CHARACTERS = 50_000
LARGEST = sys.float_info.max
Typed = tuple[Value, Json | None]  # the value, and the number format that typing it gives to the cell

_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+|(?=\.\d))(\.\d*)?(E[+-]?\d{1,3})?(%?)")

_COMMA_NUMBER = re.compile(r"[+-]?(\d[\d \u00a0]*(,\d*)?|,\d+)(E[+-]?\d{1,3})?%?", re.IGNORECASE)
_POINT_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?%?")
_MONEY_BEFORE = re.compile(r"(?P<minus>-?)(?P<sign>[$]) ?(?P<number>[\d.,]+)")
_MONEY_BEHIND = re.compile(r"(?P<number>-?[\d., \u00a0]+?)[ \u00a0]?(?P<sign>[€₽])")
_MONEY = {"en": "$", "ru": "₽", "de": "€", "fr": "€", "es": "€", "it": "€", "nl": "€"}
_LONGEST = 60  # what is longer is text


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
    if not any(character.isdigit() for character in text[:_LONGEST]):
        return value or None, None
    moment = typed_dates.read(text, locale, datetime.now(UTC)) if len(text) <= _LONGEST else None
    return _number(text, locale) or moment or _currency(text, locale) or (value, None)


def _number(text: str, locale: str) -> Typed | None:
    plain = _with_point(text, locale) if comma_decimals(locale) else text
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


def _with_point(text: str, locale: str) -> str:
    """Rewrite `1 234,5` as `1234.5`, and where thousands have a point `1.234,5` as `1,234.5`; else it is no number."""
    if thousands_mark(locale) == "." and _POINT_GROUPED.fullmatch(text):
        return text.translate({ord("."): ",", ord(","): "."})
    if "." in text or not _COMMA_NUMBER.fullmatch(text):
        return ""
    return text.replace(" ", "").replace("\u00a0", "").replace(",", ".")


def _currency(text: str, locale: str) -> Typed | None:
    """Read `$1,234.5`, or `100 ₽` and `5 €` where they are written behind; other money stays text."""
    found = _MONEY_BEFORE.fullmatch(text) if locale == "en_US" else _MONEY_BEHIND.fullmatch(text)
    number = _number(found["number"], locale) if found else None
    if found is None or number is None or found["sign"] != _MONEY.get(locale.split("_", 1)[0]):
        return None
    plain = "#,##0.00"
    pattern = f'"{found["sign"]}"{plain}' if locale == "en_US" else f'{plain}\u00a0"{found["sign"]}"'
    minus = -1 if found.groupdict().get("minus") else 1
    return whole(minus * float(number[0] or 0)), _format("CURRENCY", pattern)


def _format(kind: str, pattern: str) -> Json:
    return {"type": kind, "pattern": pattern}
