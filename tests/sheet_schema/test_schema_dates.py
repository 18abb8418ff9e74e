"""Dates that were typed as text: read if they can mean one day alone, else the reason why not."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_schema import dates
from sheet_schema.languages import LANGUAGES

DAYS = st.dates(date(1970, 1, 1), date(9998, 12, 31))
FAULTS = {"not_a_date", "date_two_ways", "date_wrong_way"}


def wall(day: date | datetime) -> int:
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return int((moment - dates.ZERO).total_seconds() * 1000)


#: How people write a day where the order cannot be mistaken, whatever the day is.
CLEAR = [
    pytest.param("{day:%Y-%m-%d}", id="ISO"),
    pytest.param("{day.year}-{day.month}-{day.day}", id="ISO without zeros"),
    pytest.param("{day.year}/{day.month:02}/{day.day:02}", id="year first, strokes"),
    pytest.param("{day:%d.%m}.{day.year}", id="dots"),
    pytest.param("{day.day}.{day.month}.{day.year}", id="dots without zeros"),
    pytest.param("{day.day}.{day.month:02}.{day.year} г.", id="dots, as Russians end them"),
    pytest.param("{day.day} {english} {day.year}", id="English"),
    pytest.param("{english} {day.day}, {day.year}", id="American"),
    pytest.param("{short} {day.day} {day.year}", id="American, short"),
    pytest.param("{day.day} {russian} {day.year}", id="Russian"),
    pytest.param("{day.day} {russian} {day.year} года", id="Russian, in full"),
    pytest.param("{day.day} {ABBREVIATED}. {day.year} г.", id="Russian, short, capitals"),
]


@pytest.mark.parametrize("form", CLEAR)
@given(day=DAYS)
def test_a_day_whose_order_is_clear_is_that_day(form: str, day: date) -> None:
    assert dates.read(written(form, day)) == wall(day)


@pytest.mark.parametrize("form", CLEAR)
@given(day=DAYS, hour=st.integers(0, 23), minute=st.integers(0, 59), second=st.integers(0, 59))
def test_a_time_behind_it_is_read_too(form: str, day: date, hour: int, minute: int, second: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
    text = written(form, day)
    assert dates.read(f"{text} {hour}:{minute:02}:{second:02}") == wall(moment)
    assert dates.read(f"{text}, {hour:02}:{minute:02}") == wall(moment.replace(second=0))
    assert dates.read(f"{text} {hour + 24}:{minute:02}") == "not_a_date"


def written(form: str, day: date) -> str:
    english, russian = (LANGUAGES[code].months[day.month - 1] for code in ("en", "ru"))
    # "мая" cannot be shortened.
    short = english[:3].lower(), russian[:3].upper()
    return form.format(day=day, english=english, russian=russian, short=short[0], ABBREVIATED=short[1]).replace(
        day.strftime("%Y"), f"{day.year}"
    )


@pytest.mark.parametrize("mark", ["/", "-"])
@given(day=DAYS)
def test_with_strokes_a_day_is_read_only_if_no_country_reads_it_otherwise(mark: str, day: date) -> None:
    european = f"{day.day:02}{mark}{day.month:02}{mark}{day.year}"
    american = f"{day.month}{mark}{day.day}{mark}{day.year}"
    sure = day.day > 12 or day.day == day.month
    assert {dates.read(european), dates.read(american)} == ({wall(day)} if sure else {"date_two_ways"})


@given(day=DAYS)
def test_a_year_with_its_day_in_the_middle_is_the_wrong_way_round_and_never_guessed(day: date) -> None:
    found = dates.read(f"{day.year}-{day.day:02}-{day.month:02}")
    if day.day > 12:
        assert found == "date_wrong_way"
    else:
        assert found == wall(date(day.year, day.day, day.month))  # ISO says so


@given(st.text())
def test_any_text_is_a_time_or_a_reason(typed: str) -> None:
    found = dates.read(typed)
    assert found in FAULTS if isinstance(found, str) else typed.strip() != ""


@given(first=st.integers(0, 99), second=st.integers(0, 99), year=st.integers(0, 9999), mark=st.sampled_from("./-"))
def test_numbers_that_are_read_are_on_the_calendar_in_one_of_their_orders(
    first: int, second: int, year: int, mark: str
) -> None:
    found = dates.read(f"{first}{mark}{second}{mark}{year:04}")
    meant = {wall(day) for day in (_day(year, second, first), _day(year, first, second)) if day is not None}
    assert found in FAULTS or found in meant
    if len(meant) == 2:
        assert found == (wall(date(year, second, first)) if mark == "." else "date_two_ways")
    if not meant:
        assert found == "not_a_date"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("31.03.26", "not_a_date", id="two digits for a year"),
        pytest.param("3/31/2026 5:00 PM", "not_a_date", id="half a day"),
        pytest.param("31-03/2026", "not_a_date", id="two marks"),
        pytest.param("2026-02-30", "not_a_date", id="no such day"),
        pytest.param("30.02.2026", "not_a_date", id="no such day either way"),
        pytest.param("31 ma 2026", "not_a_date", id="two months begin so"),
        pytest.param("31 jumbo 2026", "not_a_date", id="no month"),
        pytest.param("31 декабря", "not_a_date", id="no year"),
        pytest.param("٣١.٠٣.٢٠٢٦", "not_a_date", id="other digits"),
        pytest.param("03.31.2026", wall(date(2026, 3, 31)), id="dots with the month first, which can be nothing else"),
        pytest.param("2026-03-31T18:20", wall(datetime(2026, 3, 31, 18, 20)), id="ISO with a T"),  # noqa: DTZ001
        pytest.param("31 Mar. 2026", wall(date(2026, 3, 31)), id="a dot behind a short month"),
        pytest.param("5 мая 2026", wall(date(2026, 5, 5)), id="the month of three letters"),
        pytest.param("5 МАЙ 2026", wall(date(2026, 5, 5)), id="a month as calendars name it"),
        pytest.param("5 март 2026", wall(date(2026, 3, 5)), id="another one"),
        pytest.param("5 Июнь 2026 г.", wall(date(2026, 6, 5)), id="with a soft sign"),
    ],
)
def test_what_is_read_and_what_is_not(typed: str, found: int | str) -> None:
    assert dates.read(typed) == found
