"""Pools that run low: for how many days they last, at the pace of the last four weeks."""

from __future__ import annotations

from typing import Any

import pytest
from fake_sheet import START, FakeSheet, FakeWorld

from functions import problems, wall
from functions.cells import tables_of
from sheet_schema.faults import Fault
from sheet_schema.records import serial

DAY = 86_400_000


def low(given: list[int], ready: int, /, **campaign: Any) -> list[Fault]:
    """Faults of a campaign with ready codes left, and codes given so many days ago."""
    sheet = FakeSheet(FakeWorld())
    sheet.type_row("campaigns", **{"campaign": "gifts", "code_source": "pool"} | campaign)
    zone = tables_of(sheet.reading()).zone
    for number, days in enumerate(given):
        issued = serial(wall.from_instant(zone, START - days * DAY) + 1)  # clocks differ a little
        cells = {"campaign": "gifts", "code": f"OUT-{number}", "subscriber_id": f"s{number}", "issue_date": issued}
        sheet.type_row("codes", **cells)
        sheet.type_row("pool", code=f"OUT-{number}", campaign="gifts")
    for number in range(ready):
        sheet.type_row("pool", code=f"FREE-{number}", campaign="Gifts ")
    reading = sheet.reading()
    found = problems.find(reading, tables_of(reading), START)
    return [fault for fault in found if fault.word == "pool_low"]


@pytest.mark.parametrize(
    ("given", "ready", "campaign"),
    [
        pytest.param([], 0, {}, id="nothing was ever put in"),
        pytest.param([400], 0, {}, id="an empty one of which nothing was taken for a year"),
        pytest.param([1, 2, 27], 2, {}, id="two left, three in four weeks"),
        pytest.param([1] * 28, 20, {}, id="twenty days"),
        pytest.param([0, 0], 1, {}, id="one left, two given just now"),
        pytest.param([1, 2], 0, {"total_limit": 3}, id="one more may be given, and there is none"),
        pytest.param([], 0, {"starts_on": "2026-04-01"}, id="one that starts later"),
    ],
)
def test_a_pool_that_does_not_last_21_days_is_low(given: list[int], ready: int, campaign: dict[str, Any]) -> None:
    assert [(fault.tab, fault.cell) for fault in low(given, ready, **campaign)] == [("campaigns", "A2")]


@pytest.mark.parametrize(
    ("given", "ready", "campaign"),
    [
        pytest.param([], 1, {}, id="one code, and nobody asks"),
        pytest.param([1] * 28, 21, {}, id="21 days to the day"),
        pytest.param([29] * 100, 1, {}, id="what was taken before does not count"),
        pytest.param([1] * 28, 0, {"active": "no"}, id="a stopped campaign"),
        pytest.param([1] * 28, 0, {"ends_on": "2026-03-09"}, id="a campaign that is over"),
        pytest.param([1, 2, 3], 0, {"total_limit": 3}, id="a limit that is reached"),
        pytest.param([1] * 28, 0, {"code_source": "generated"}, id="a campaign that makes its codes"),
        pytest.param([1] * 28, 0, {"total_limit": "many"}, id="a campaign that gives nothing before it is mended"),
    ],
)
def test_any_other_is_not(given: list[int], ready: int, campaign: dict[str, Any]) -> None:
    assert low(given, ready, **campaign) == []


def test_it_is_said_how_many_are_left_and_how_many_were_given() -> None:
    (fault,) = low([1, 2, 3, 40], 1)
    assert (fault.params["count"], fault.params["found"], fault.params["other"]) == ("1", "3", "gifts")
    assert not fault.harmless
