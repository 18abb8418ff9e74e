from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from functions import wall


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def wall_of(text: str) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int((local - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() * 1000)


@pytest.mark.parametrize(
    ("zone", "date", "last_valid", "first_late"),
    [
        pytest.param("Europe/Moscow", "2026-03-31", "2026-03-31T23:59:59+03:00", "2026-04-01T00:00:00+03:00", id="plain"),
        pytest.param(
            "Europe/Berlin", "2026-03-29", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00", id="clocks go forward"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-25", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00", id="clocks go back"
        ),
        pytest.param(
            "America/Havana", "2026-10-31", "2026-10-31T23:59:59-04:00", "2026-11-01T00:00:00-04:00", id="back after midnight"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-02-17", "2018-02-17T23:59:59-03:00", "2018-02-18T00:00:00-03:00",
            id="back at midnight: the day has two last hours",
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-11-03", "2018-11-03T23:59:59-03:00", "2018-11-04T01:00:00-02:00",
            id="forward at midnight",
        ),
        pytest.param("Pacific/Apia", "2011-12-29", "2011-12-29T23:59:59-10:00", "2011-12-31T00:00:00+14:00", id="a day skipped"),
        pytest.param("Asia/Kathmandu", "2026-03-31", "2026-03-31T23:59:59+05:45", "2026-04-01T00:00:00+05:45", id="quarter hours"),
        pytest.param("UTC", "2028-02-29", "2028-02-29T23:59:59+00:00", "2028-03-01T00:00:00+00:00", id="leap day"),
    ],
)  # fmt: skip
def test_a_date_lasts_until_the_end_of_that_day_in_the_spreadsheets_zone(
    zone: str, date: str, last_valid: str, first_late: str
) -> None:
    last = wall.end_of_day(wall_of(date))
    assert not wall.is_over(ZoneInfo(zone), last, instant(last_valid) + 999)
    assert wall.is_over(ZoneInfo(zone), last, instant(first_late))


@pytest.mark.parametrize(
    ("zone", "date", "begins"),
    [
        pytest.param("Europe/Moscow", "2026-03-31", "2026-03-31T00:00:00+03:00", id="plain"),
        pytest.param("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", id="midnight does not exist"),
    ],
)
def test_a_start_date_begins_with_that_day(zone: str, date: str, begins: str) -> None:
    assert wall.has_begun(ZoneInfo(zone), wall_of(date), instant(begins))
    assert not wall.has_begun(ZoneInfo(zone), wall_of(date), instant(begins) - 1)


def test_no_date_is_never_over_and_has_always_begun() -> None:
    assert not wall.is_over(ZoneInfo("UTC"), None, instant("2999-01-01T00:00:00+00:00"))
    assert wall.has_begun(ZoneInfo("UTC"), None, 0)


def test_in_the_doubled_hour_a_row_is_read_as_the_younger_one() -> None:
    zone = ZoneInfo("Europe/Berlin")
    written = wall_of("2026-10-25T02:30:00")
    second_hour = instant("2026-10-25T02:31:00+01:00")
    assert wall.latest_instant(zone, written, second_hour) == instant("2026-10-25T02:30:00+01:00")
    first_hour = instant("2026-10-25T02:31:00+02:00")
    assert wall.latest_instant(zone, written, first_hour) == instant("2026-10-25T02:30:00+02:00")


@pytest.mark.parametrize(
    ("now", "left"),
    [
        pytest.param("2026-03-30T23:59:59+03:00", 1, id="the evening before"),
        pytest.param("2026-03-31T00:00:00+03:00", 0, id="its last day"),
        pytest.param("2026-04-02T00:00:00+03:00", 0, id="gone by"),
        pytest.param("2026-03-01T12:00:00+03:00", 30, id="a month"),
    ],
)
def test_days_left_counts_calendar_days(now: str, left: int) -> None:
    last = wall.end_of_day(wall_of("2026-03-31"))
    assert wall.days_left(ZoneInfo("Europe/Moscow"), last, instant(now)) == left


def test_an_answer_shows_the_last_second_with_its_offset() -> None:
    shown = wall.aware(ZoneInfo("Europe/Moscow"), wall.end_of_day(wall_of("2026-03-31")), later=True)
    assert shown is not None
    assert shown.isoformat() == "2026-03-31T23:59:59+03:00"
