"""Dates and times as people type them: by number or by the month's name, with or without a year."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from functions.local.formats import to_serial
from functions.local.locales import MONTHS, date_pattern, day_first

if TYPE_CHECKING:
    from functions.local.model import Json

_ISO = re.compile(r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[ T]+(?P<time>.+))?")
_LOCAL = re.compile(r"(\d{1,2})(?P<mark>[./-])(\d{1,2})(?:(?P=mark)(?P<year>\d{4}|\d{2}))?(?:,? +(?P<time>.+))?")
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})[ -]+(?P<month>[a-zа-я]{3,9})\.?|(?P<month2>[a-z]{3,9})\.? +(?P<day2>\d{1,2})(?:st|nd|rd|th)?)"
    r"(?:,?[ -]+(?P<year>\d{4})(?: ?г\.?)?)?(?:,? +(?P<time>.+))?",
    re.IGNORECASE,
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?(?: ?([AaPp])\.?[Mm]\.?)?")
_SHORT, _LONGER = 3, "sept"  # letters of a month's short name, and the one that is written longer too
_NUMBERS = {  # of months, by language and by either name
    language: {
        spelling: number
        for number, name in enumerate(names.casefold().split(), 1)
        for spelling in (name, name[:_SHORT])
    }
    for language, names in MONTHS.items()
}
_TWO_DIGIT_TURN = 30  # 29 is 2029, 30 is 1930: the default of spreadsheets


class Moment(NamedTuple):
    """What was typed: a serial number, and the number format that typing it gives to the cell."""

    serial: float | int
    format: Json


def read(text: str, locale: str, today: datetime) -> Moment | None:
    """Read a date, a time or both; None for text that is neither, or no day of the calendar.

    A date without a year is of the year of *today*.
    """
    try:
        return _iso(text) or _local(text, locale, today) or _named(text, locale, today) or _clock(text, locale)
    except ValueError:
        return None  # the 31st of February


def _iso(text: str) -> Moment | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    return _dated(int(found["year"]), int(found["month"]), int(found["day"]), found["time"], "yyyy-mm-dd")


def _local(text: str, locale: str, today: datetime) -> Moment | None:
    found = _LOCAL.fullmatch(text)
    by_day = day_first(locale)
    if found is None or found["mark"] not in ("./-" if by_day else "/-"):
        return None
    if found["year"] is None and found["mark"] == "." and len(found[1]) + len(found[3]) < 4:  # noqa: PLR2004
        return None  # 1.5 is more often a number, or a version
    day, month = (int(found[1]), int(found[3])) if by_day else (int(found[3]), int(found[1]))
    pattern = date_pattern(locale)
    if found["year"] is None:
        pattern = found["mark"].join(("dd", "MM") if by_day else ("M", "d"))
    elif len(found["year"]) == 2:  # noqa: PLR2004
        pattern = re.sub("y+", "yy", pattern)
    return _dated(_year(found["year"], today), month, day, found["time"], pattern)


def _year(text: str | None, today: datetime) -> int:
    if text is None:
        return today.year
    year = int(text)
    if len(text) == 2:  # noqa: PLR2004
        return year + (2000 if year < _TWO_DIGIT_TURN else 1900)
    return year


def _named(text: str, locale: str, today: datetime) -> Moment | None:
    found = _NAMED.fullmatch(text)
    name = ((found["month"] or found["month2"]) if found else "").casefold()
    month = _month(name, locale)
    if found is None or not month:
        return None
    style = "mmm" if len(name) == _SHORT or name == _LONGER else "mmmm"
    pattern = f"d {style}" if found["day"] else f"{style} d"
    if found["year"]:
        pattern += " yyyy" if found["day"] else ", yyyy"
    return _dated(_year(found["year"], today), month, int(found["day"] or found["day2"]), found["time"], pattern)


def _month(name: str, locale: str) -> int:
    """Number of a month by its English name, or by its Russian one in a Russian spreadsheet; 0 for another word."""
    known = _NUMBERS["ru" if locale.startswith("ru") and not name.isascii() else "en"]
    return known.get(name[:_SHORT] if name == _LONGER else name, 0)


def _clock(text: str, locale: str) -> Moment | None:
    clock = _time(text)
    if clock is None:
        return None
    seconds = ":ss" if text.count(":") > 1 else ""
    half_day = " am/pm" if text[-1] in "mM." or locale == "en_US" else ""
    return Moment(clock, {"type": "TIME", "pattern": f"h:mm{seconds}{half_day}"})


def _dated(year: int, month: int, day: int, time: str | None, pattern: str) -> Moment | None:
    date = to_serial(datetime(year, month, day, tzinfo=UTC))
    if time is None:
        return Moment(date, {"type": "DATE", "pattern": pattern})
    clock = _time(time)
    if clock is None:
        return None
    return Moment(date + clock, {"type": "DATE_TIME", "pattern": f"{pattern} h:mm:ss"})


def _time(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), float((found[3] or "0") + (found[4] or ""))
    if found[5]:
        if not 1 <= hour <= 12:  # noqa: PLR2004
            return None
        hour = hour % 12 + (12 if found[5] in "pP" else 0)
    if hour > 23 or minute > 59 or second >= 60:  # noqa: PLR2004
        return None
    return (hour * 3600 + minute * 60 + second) / 86_400
