"""How a value looks in its cell: number formats, and dates as serial numbers."""

from __future__ import annotations

import operator
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from functions.local.locales import DAYS, MONTHS, comma_decimals, date_pattern, thousands_mark, truth_words

if TYPE_CHECKING:
    from functions.local.model import Extras, Json, Value

EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
MILLISECONDS_PER_DAY = 86_400_000
DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})
_DATE_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|(y+|d+|h+|s+|m+|a/p|am/pm|\.0+|\[h+\]|\[m+\]|\[s+\])|\[\$([^\-\]]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|(.)',
    re.IGNORECASE | re.DOTALL,
)
_NUMBER_PART = re.compile(r"[0#?,]*(?:\.[0#?]*)?,*(?:E\+0+)?")
_SECTION_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|;', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_TESTS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
EXACTLY = Context(prec=700)  # digits of any float, and as many again
_DEFAULT_PATTERNS = {"PERCENT": "0.00%", "SCIENTIFIC": "0.00E+00", "NUMBER": "#,##0.00", "CURRENCY": "#,##0.00"}
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\-\]]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')


def to_serial(moment: datetime) -> float | int:
    """Days since 1899-12-30 of a local time (its zone is not looked at)."""
    days = (moment.replace(tzinfo=UTC) - EPOCH) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def from_serial(serial: float) -> datetime | None:
    """Local time of a serial number, to the millisecond; None beyond the years 1 to 9999."""
    try:
        return EPOCH + timedelta(milliseconds=round(serial * MILLISECONDS_PER_DAY))
    except OverflowError:
        return None


def number_format(extras: Extras | None) -> Json:
    """Find the cell's numberFormat; empty when it has none."""
    if extras is None:
        return {}
    found: Json = extras.fields.get("userEnteredFormat", {}).get("numberFormat", {})
    return found


def is_date(extras: Extras | None) -> bool:
    """Whether the cell shows its number as a date or time."""
    return number_format(extras).get("type") in DATE_TYPES


def shown(value: Value, extras: Extras | None, locale: str) -> str:
    """Text of a cell as a person sees it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return truth_words(locale)[0 if value else 1]
    template = _template_of(extras, locale) if extras else ""
    if template and (text := _filled(template, value)):
        return text
    return number_shown(value, number_format(extras), locale)


@lru_cache(maxsize=1024)
def _template_of(extras: Extras, locale: str) -> str:
    """Template of the dates that a cell shows; "" when it shows none, or none so simple."""
    how = number_format(extras)
    return _template(_date_pattern(how, locale)) if how.get("type") in DATE_TYPES else ""


def _date_pattern(how: Json, locale: str) -> str:
    defaults = {"DATE": date_pattern(locale), "TIME": "h:mm:ss am/pm" if locale == "en_US" else "H:mm:ss"}
    return str(how.get("pattern") or defaults.get(how["type"], date_pattern(locale) + " H:mm:ss"))


def number_shown(value: float, how: Json, locale: str) -> str:
    """Text of a number in the NumberFormat *how*."""
    kind, pattern = how.get("type", ""), how.get("pattern", "")
    if kind in DATE_TYPES:
        return date_shown(value, _date_pattern(how, locale), locale)
    if kind == "TEXT" or pattern in {"@", "General", "general"}:
        pattern = ""
    elif not pattern:
        pattern = _DEFAULT_PATTERNS.get(kind, "")
    if pattern:
        return _with_pattern(value, pattern, locale)
    return _localised(plain_number(value), locale)


def plain_number(value: float) -> str:
    """Write a number without a format: up to ten significant decimals, E notation from 1E+15 on."""
    if value == int(value) and abs(value) < 1e15:  # noqa: PLR2004
        return str(int(value))
    if abs(value) >= 1e15 or abs(value) < 1e-9:  # noqa: PLR2004
        mantissa, exponent = f"{value:.5E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    whole_digits = len(str(int(abs(value))))
    return f"{value:.{max(10 - whole_digits + (int(value) == 0), 0)}f}".rstrip("0").rstrip(".")


def _localised(text: str, locale: str) -> str:
    return text.translate({ord(","): thousands_mark(locale), ord("."): ","}) if comma_decimals(locale) else text


def _with_pattern(value: float, pattern: str, locale: str) -> str:
    """Apply `0.00`, `#,##0`, `0%`, `0.00E+00` and what stands around them; sections for negative and zero too."""
    section, value = _section(value, sections(pattern))
    core = _LITERAL.sub(lambda m: "\0" * len(m[0]), section)
    span = max(_NUMBER_PART.finditer(core), key=lambda m: len(m[0]))
    before, after = section[: span.start()], section[span.end() :]
    form = span[0].rstrip(",") if span[0].strip(",") else span[0]
    thousands = 1000 ** (len(span[0]) - len(form))
    number = _digits(abs(value) * (100 if "%" in core else 1) / thousands, form)
    return ("-" if value < 0 else "") + _words(before) + _localised(number, locale) + _words(after)


@lru_cache(maxsize=256)
def sections(pattern: str) -> tuple[str, ...]:
    """Cut a pattern at each `;` that is no literal."""
    found, start = [], 0
    for match in _SECTION_PART.finditer(pattern):
        if match[0] == ";":
            found.append(pattern[start : match.start()])
            start = match.end()
    return (*found, pattern[start:])


def _section(value: float, found: tuple[str, ...]) -> tuple[str, float]:
    """Section for *value*, and the value to show: without its sign in a section for negative numbers."""
    conditions = [_CONDITION.search(section) for section in found]
    if any(conditions):
        for section, condition in zip(found, conditions, strict=True):
            if condition is None or _TESTS[condition[1]](value, float(condition[2])):
                return section, value
        return found[-1], value
    if value < 0 and len(found) > 1:
        return found[1], -value
    return found[2 if value == 0 and len(found) > 2 else 0], value  # noqa: PLR2004


def _words(text: str) -> str:
    return _LITERAL.sub(lambda m: m[1] or m[2] or m[3] or "", text)


def _digits(value: float, form: str) -> str:
    if not form:
        return ""
    form, _, exponent = form.partition("E+")
    whole, _, fraction = form.partition(".")
    if exponent:
        digits = Context(prec=len(fraction) + 1, rounding=ROUND_HALF_UP).create_decimal(repr(value)) if value else value
        mantissa, power = f"{digits:.{len(fraction)}E}".split("E")
        return f"{mantissa}E{power[0]}{power[1:].lstrip('0').zfill(len(exponent))}"
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, EXACTLY)
    integer, _, decimals = f"{exact:f}".partition(".")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and decimals.endswith("0"):
        decimals, optional = decimals[:-1], optional - 1
    integer = integer.zfill(whole.count("0")) if integer != "0" or "0" in whole else ""
    if "," in whole.strip(","):
        integer = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", integer)
    return f"{integer}.{decimals}" if decimals else integer


def is_date_pattern(pattern: str) -> bool:
    """Whether a pattern shows a date or time: it has a letter for a part of one, and no digit of a number."""
    tokens = [token for token, literal in _date_tokens(pattern) if not literal]
    return bool(tokens) and not re.search(r"[0#?]", _LITERAL.sub("", re.sub(r"s\.0+", "s", pattern)))


def date_shown(serial: float, pattern: str, locale: str) -> str:
    """Apply a date pattern such as `yyyy-mm-dd hh:mm:ss` to a serial number."""
    moment = from_serial(serial)
    if moment is None:
        return plain_number(serial)
    tokens = _date_tokens(pattern)
    if any(token[0] == "[" for token, literal in tokens if not literal):
        return _duration_shown(serial, tokens)
    half_day = any(token.lower() in {"a/p", "am/pm"} for token, literal in tokens if not literal)
    return "".join(
        token if literal else _date_part(token, moment, locale, half_day=half_day) for token, literal in tokens
    )


@lru_cache(maxsize=256)
def _date_tokens(pattern: str) -> tuple[tuple[str, bool], ...]:
    """(token, is it literal text), minutes told from months: `m` after hours or before seconds becomes `n`."""
    found = [
        (m[3], False) if m[3] else (m[1] or m[2] or m[4] or m[5] or "", True)
        for m in _DATE_TOKEN.finditer(sections(pattern)[0])
    ]
    parts = [n for n, (token, literal) in enumerate(found) if not literal]
    for place, n in enumerate(parts):
        before = found[parts[place - 1]][0].lower() if place else ""
        after = found[parts[place + 1]][0].lower() if place + 1 < len(parts) else ""
        token = found[n][0].lower()
        if token in {"m", "mm"} and (before.startswith(("h", "[h")) or after.startswith("s")):
            found[n] = ("n" * len(token), False)
    return tuple(found)


def _filled(template: str, serial: float) -> str:
    """Date of a serial number; "" beyond the years that there are."""
    days, milliseconds = divmod(round(serial * MILLISECONDS_PER_DAY), MILLISECONDS_PER_DAY)
    day = _day(days)
    if day is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return template.format(day.year % 100, day.month, day.day, minutes // 60, minutes % 60, seconds, day.year)


@lru_cache(maxsize=8192)
def _day(number: int) -> datetime | None:
    return from_serial(number)


@lru_cache(maxsize=256)
def _template(pattern: str) -> str:
    """Text from which `str.format` makes a date, of a pattern of numbers alone; "" for one with names, say.

    Several times as fast as going through the tokens, and a column of dates has a hundred thousand of them.
    """
    found = []
    for token, literal in _date_tokens(pattern):
        kind, width = token[:1].lower(), len(token)
        if literal:
            found.append(token.replace("{", "{{").replace("}", "}}"))
        elif kind not in "ymdhns" or (kind in "md" and width > 2) or token.lower() == "am/pm":  # noqa: PLR2004
            return ""
        elif kind == "y":
            found.append("{0:02}" if width <= 2 else "{6:04}")  # noqa: PLR2004
        else:
            found.append(f"{{{'ymdhns'.index(kind)}:0{min(width, 2)}}}")
    return "".join(found)


def _duration_shown(serial: float, tokens: tuple[tuple[str, bool], ...]) -> str:
    """Apply a pattern with `[h]`, `[m]` or `[s]`: all hours, minutes or seconds that went by, not those of a day."""
    milliseconds = round(abs(serial) * MILLISECONDS_PER_DAY)
    units = {"h": 3_600_000, "n": 60_000, "m": 60_000, "s": 1000}
    parts = []
    for token, literal in tokens:
        kind = token.strip("[]")[:1].lower()
        if literal or kind not in {*units, "."}:
            parts.append(token)
        elif kind == ".":
            parts.append(f".{milliseconds % 1000:03}"[: len(token)])
        else:
            count = milliseconds // units[kind]
            number = count if token[0] == "[" else count % (24 if kind == "h" else 60)
            parts.append(f"{number:0{len(token.strip('[]'))}}")
    return "-" * (serial < 0) + "".join(parts)


def _date_part(token: str, moment: datetime, locale: str, *, half_day: bool) -> str:
    kind, width = token[0].lower(), len(token)
    if token.lower() in {"a/p", "am/pm"}:
        word = "PM" if moment.hour >= 12 else "AM"  # noqa: PLR2004
        return word if width > 3 else word[0]  # noqa: PLR2004
    if kind == ".":
        return f".{moment.microsecond // 1000:03}"[:width].ljust(width, "0")
    if kind == "y":
        return f"{moment.year % 100:02}" if width <= 2 else f"{moment.year:04}"  # noqa: PLR2004
    if kind in "md" and width > 2:  # noqa: PLR2004
        return _name(kind, width, moment, locale)
    hour = (moment.hour - 1) % 12 + 1 if half_day else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}[kind]
    return f"{number:0{min(width, 2)}}"


def _name(kind: str, width: int, moment: datetime, locale: str) -> str:
    language = "ru" if locale.startswith("ru") else "en"
    table, number = (MONTHS, moment.month - 1) if kind == "m" else (DAYS, moment.weekday())
    name = table[language].split()[number]
    if kind == "m" and width == 5:  # noqa: PLR2004
        return name[0].upper()
    return name[:3] if width == 3 else name  # noqa: PLR2004
