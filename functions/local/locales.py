"""What a spreadsheet's locale and time zone mean: decimals, the order of a date, names of months, words for TRUE."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
}


def comma_decimals(locale: str) -> bool:
    """Whether the locale writes 1,5 for one and a half."""
    return locale.split("_", 1)[0] in {
        "ru",
        "de",
        "fr",
        "es",
        "it",
        "pl",
        "pt",
        "uk",
        "be",
        "kk",
        "nl",
        "tr",
        "cs",
        "sv",
    }


def thousands_mark(locale: str) -> str:
    """What stands between thousands: a comma, a point, or a space that does not break."""
    if not comma_decimals(locale):
        return ","
    return "." if locale.split("_", 1)[0] in {"de", "es", "it", "nl", "pt", "tr"} else "\u00a0"


def day_first(locale: str) -> bool:
    """Whether the locale writes the day before the month."""
    return locale not in {"en_US", "en_CA", ""} and not locale.startswith(("ja", "zh", "ko", "hu", "lt"))


def date_pattern(locale: str) -> str:
    """Pattern of a date that was given none."""
    language = locale.split("_", 1)[0]
    if language in {"ru", "de", "pl", "uk", "be", "kk", "tr", "cs"}:
        return "dd.MM.yyyy"
    return "dd/MM/yyyy" if day_first(locale) else "M/d/yyyy"


def truth_words(locale: str) -> tuple[str, str]:
    """Words for TRUE and FALSE."""
    return {"ru": ("ИСТИНА", "ЛОЖЬ"), "de": ("WAHR", "FALSCH")}.get(locale.split("_", 1)[0], ("TRUE", "FALSE"))


def zone_of(name: str) -> ZoneInfo | None:
    """Time zone of that IANA name; None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None
