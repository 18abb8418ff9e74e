"""Housekeeping mends what a process that died did not show on the rows of codes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from fake_sheet import START, FakeSheet, FakeWorld

from functions import housekeeping, mending, problem_cells, wall
from functions.cells import tables_of
from functions.housekeeping import mend
from functions.pacing import Pacing
from functions.turns import Turns
from sheet_schema.records import Cell, serial

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
Cells = dict[str, Any]


def ago(milliseconds: int) -> float:
    """A cell of the moment that long before START."""
    zone = tables_of(FakeSheet(FakeWorld()).reading()).zone
    return serial(wall.from_instant(zone, START - milliseconds))


def redeemed(age: int = HOUR, claim: str = "c1", text: str = "A-1", **cells: Any) -> Cells:
    row = {"time": ago(age), "code": text, "event": "redeemed", "claim": claim, "usage_channel": "till-1"}
    return row | {"request_id": claim} | cells


def code(text: str = "A-1", **cells: Any) -> Cells:
    return {"code": text, "campaign": "spring", "subscriber_id": "s1", "status": "unused"} | cells


def used(age: int = HOUR, text: str = "A-1", **cells: Any) -> Cells:
    return code(text, status="used", used_on=ago(age), usage_channel="till-1") | cells


def sheet_of(codes: list[Cells], redemptions: list[Cells], **campaign: Any) -> FakeSheet:
    sheet = FakeSheet(FakeWorld())
    sheet.type_row("campaigns", campaign="spring", **campaign)
    for tab, rows in (("codes", codes), ("redemptions", redemptions)):
        for row in rows:
            sheet.type_row(tab, **row)
    return sheet


def mended(sheet: FakeSheet) -> int:
    turns = Turns(sheet.world, Pacing(60_000, 60_000), sheet.world.monotonic() + 120)
    return mend(sheet, sheet.world, turns)


def shown(sheet: FakeSheet) -> list[tuple[Cell, Cell]]:
    return [(row["status"], row.get("used_on", "")) for row in sheet.rows["codes"]]


UNDONE = [redeemed(HOUR), redeemed(2 * MINUTE, event="rolled back")]
WITHDRAWN = [redeemed(HOUR), redeemed(2 * MINUTE, event="withdrawn")]
TWICE = {"uses_per_code": 2}


@pytest.mark.parametrize(
    ("codes", "redemptions", "campaign", "wanted"),
    [
        pytest.param([code()], [redeemed()], {}, ("used", ago(HOUR)), id="a use that no row shows"),
        pytest.param([code()], [redeemed()], TWICE, ("unused", ago(HOUR)), id="the first of two"),
        pytest.param(
            [code(used_on=ago(HOUR))],
            [redeemed(), redeemed(MINUTE * 2, "c2")],
            TWICE,
            ("used", ago(2 * MINUTE)),
            id="the last of two",
        ),
        pytest.param(
            [code(used_on=ago(2 * MINUTE))],
            [redeemed(), redeemed(MINUTE * 2, "c2")],
            TWICE,
            ("used", ago(HOUR)),
            id="the last of two, of which the row has the time but not the word",
        ),
        pytest.param([used()], UNDONE, {}, ("unused", ""), id="a use that was rolled back"),
        pytest.param([used()], WITHDRAWN, {}, ("unused", ""), id="a use that was withdrawn"),
        pytest.param(
            [used()],
            [*UNDONE, redeemed(90 * SECOND, "c2")],
            {},
            ("used", ago(90 * SECOND)),
            id="rolled back, and used again",
        ),
    ],
)
def test_what_is_not_shown_is(
    codes: list[Cells], redemptions: list[Cells], campaign: Cells, wanted: tuple[Cell, Cell]
) -> None:
    sheet = sheet_of(codes, redemptions, **campaign)
    assert mended(sheet) == 1
    assert shown(sheet) == [wanted]
    assert mended(sheet) == 0


@pytest.mark.parametrize(
    ("codes", "redemptions"),
    [
        pytest.param([code()], [], id="an unused code"),
        pytest.param([used()], [redeemed()], id="what is shown"),
        pytest.param([used(used_on="")], [redeemed()], id="what staff said themselves"),
        pytest.param([code(used_on=ago(HOUR))], [redeemed()], id="a use that staff took for none: Problems says so"),
        pytest.param([code(status="void")], [redeemed()], id="a void code"),
        pytest.param([used(status="void")], UNDONE, id="a void code that was used before"),
        pytest.param([code()], [redeemed(30 * SECOND)], id="what is on its way"),
        pytest.param([used()], [redeemed(), redeemed(30 * SECOND, event="rolled back")], id="what is being undone"),
        pytest.param([code(campaign="gone")], [redeemed()], id="a campaign that is not there"),
        pytest.param([], [redeemed()], id="a code without a row"),
        pytest.param([code()], [redeemed(event="reminded")], id="a reminder"),
        pytest.param([code(status="?")], [redeemed()], id="a status that cannot be read"),
    ],
)
def test_anything_else_stays_as_it_is(codes: list[Cells], redemptions: list[Cells]) -> None:
    sheet = sheet_of(codes, redemptions)
    before = shown(sheet)
    assert (mended(sheet), sheet.writes, shown(sheet)) == (0, 0, before)


def test_of_a_shared_code_only_the_row_of_who_used_it() -> None:
    rows = [code("HELLO", subscriber_id=each) for each in ("1", "2")]
    sheet = sheet_of(rows, [redeemed(text="HELLO", subscriber_id="2")], shared_code="HELLO")
    assert mended(sheet) == 1
    assert shown(sheet) == [("unused", ""), ("used", ago(HOUR))]


def test_what_stays_as_it_is_takes_no_place_of_what_is_to_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_ROWS", 1)
    left = [redeemed(text="A-1"), redeemed(2 * MINUTE, text="A-1", event="rolled back")]
    silent = [redeemed(age, text=each, claim=each) for age, each in ((HOUR // 2, "B-2"), (HOUR // 3, "C-3"))]
    rows = [used(status="void"), code("B-2", subscriber_id="s2"), code("C-3", subscriber_id="s3")]
    sheet = sheet_of(rows, [*left, *silent])
    assert (mended(sheet), shown(sheet)[0]) == (2, ("void", ago(HOUR)))
    assert [status for status, _ in shown(sheet)[1:]] == ["used", "used"]
    reading = sheet.reading()
    assert mending.due(problem_cells.Cells(reading, tables_of(reading), START)) == []


def test_rows_that_staff_sort_meanwhile_are_put_right() -> None:
    sheet = sheet_of([code(), code("B-2", subscriber_id="s2")], [redeemed()])
    once = [sheet.rows["codes"].reverse]
    sheet.before_patch = lambda: once.pop()() if once else None
    mended(sheet)
    found = {row["code"]: (row["status"], row.get("used_on", "")) for row in sheet.rows["codes"]}
    assert found == {"A-1": ("used", ago(HOUR)), "B-2": ("unused", "")}


def test_a_write_that_was_not_answered_is_looked_at_and_done_again() -> None:
    sheet = sheet_of([code()], [redeemed()])
    sheet.faults = {1: "503"}
    assert mended(sheet) == 1
    assert shown(sheet) == [("used", ago(HOUR))]
