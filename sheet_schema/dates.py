"""A date that somebody typed as text -> wall time, where it can mean one day alone; else why not.

With dots the day comes first, as everywhere where dates have dots. With strokes or dashes before the year it depends on
the country, so such a date is read only if one of its numbers cannot be a month.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sheet_schema.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where serial numbers begin; wall time is ms since then.
ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - wall time has no zone of its own

_TIME = r"(?:(?:\s+|T|,\s*)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, re.ASCII)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:\s*г\.?)?" + _TIME, re.ASCII)
_STROKES = re.compile(r"(?P<day>\d{1,2})([-/])(?P<month>\d{1,2})\2(?P<year>\d{4})" + _TIME, re.ASCII)
_WORD = r"(?P<word>[^\W\d_]{3,})\.?"
_WORDED = (
    re.compile(r"(?P<day>[0-9]{1,2})\s+" + _WORD + r"\s+(?P<year>[0-9]{4})(?:\s*(?:года|г\.?))?" + _TIME),
    re.compile(_WORD + r"\s+(?P<day>[0-9]{1,2}),?\s+(?P<year>[0-9]{4})" + _TIME),
)
#: Russian calendars name a month as май, июнь; in a date, and in `Language.months`, it is мая, июня.
_NOMINATIVE = re.compile("[йь]$")
_MONTHS = 12


def read(typed: str) -> int | str:
    """Wall ms of a typed date without outer spaces; else the word of its fault.

    `not_a_date`, `date_two_ways` (4/3/2026), `date_wrong_way` (2026-31-03).
    """
    for pattern, order in ((_YEAR_FIRST, _year_first), (_DOTTED, _day_first), (_STROKES, _either)):
        found = pattern.fullmatch(typed)
        if found:
            return order(_numbers(found))
    for pattern in _WORDED:
        found = pattern.fullmatch(typed)
        months = _months(found["word"]) if found else frozenset()
        if found and len(months) == 1:
            return _wall(_numbers(found) | {"month": next(iter(months))}) or "not_a_date"
    return "not_a_date"


def _year_first(parts: dict[str, int]) -> int | str:
    """Nobody writes the day in the middle: it got there by mistake, and is not guessed at."""
    return _wall(parts) or ("date_wrong_way" if _wall(_swapped(parts)) else "not_a_date")


def _day_first(parts: dict[str, int]) -> int | str:
    return _wall(parts) or _wall(_swapped(parts)) or "not_a_date"


def _either(parts: dict[str, int]) -> int | str:
    if parts["day"] != parts["month"] and max(parts["day"], parts["month"]) <= _MONTHS:
        return "date_two_ways" if _wall(parts) else "not_a_date"
    return _day_first(parts)


def _numbers(found: re.Match[str]) -> dict[str, int]:
    return {name: int(digits or 0) for name, digits in found.groupdict().items() if name != "word"}


def _swapped(parts: dict[str, int]) -> dict[str, int]:
    return parts | {"day": parts["month"], "month": parts["day"]}


def _wall(parts: dict[str, int]) -> int | None:
    try:
        return (datetime(**parts) - ZERO) // timedelta(milliseconds=1)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:  # the 31st of February, 25:00
        return None


def _months(word: str) -> frozenset[int]:
    """Months that a word may be, or be short for, in any language."""
    folded = word.casefold()
    return frozenset(_matching(folded)) or frozenset(_matching(_NOMINATIVE.sub("я", folded)))


def _matching(folded: str) -> Iterator[int]:
    for language in LANGUAGES.values():
        for number, name in enumerate(language.months, 1):
            if name.casefold().startswith(folded):
                yield number
