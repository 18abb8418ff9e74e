"""A whole run of housekeeping, on a sheet of the local server: every part, and each failing alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from local_sheet import Staff, spreadsheet

from functions import housekeeping, sheet_setup
from functions.bots.telling import Told
from functions.failures import SheetBroken, Throttled
from functions.housekeeping import DEADLINE_S, Housekeeping, Kept
from functions.pacing import Pacing
from functions.reminders import Reminders
from functions.sheet import GoogleSheet
from functions.turns import OutOfTime, Turns
from functions.world import RealWorld

KEY = b"k" * 32
TODAY = datetime.now(UTC).date()


@dataclass
class FakeTeller:
    sent: list[str] = field(default_factory=list)

    def knows(self, subscriber_id: str) -> bool:
        return subscriber_id.isdecimal()

    def tell(self, subscriber_id: str, text: str, deadline: float) -> Told:
        self.sent.append(f"{subscriber_id}: {text}")
        assert deadline > 0
        return Told.SENT


class Shop:
    """A spreadsheet in a zone where it is noon, staff, and what housekeeping says."""

    def __init__(self, sheet: GoogleSheet, staff: Staff) -> None:
        self.sheet, self.staff, self.bot = sheet, staff, FakeTeller()
        self.said: list[str] = []
        self.house = Housekeeping(sheet, RealWorld(), KEY, Pacing(60_000, 60_000), {"bothelp": self.bot}, self._report)

    def noon(self) -> None:
        """Put the spreadsheet into a time zone where people may be written to now."""
        zone = _zone_of_noon()
        change = {"properties": {"timeZone": zone}, "fields": "timeZone"}
        self.staff.edit({"updateSpreadsheetProperties": change})
        help_tab, label = f"'{self.staff.title('help')}'", self.staff.language.help_time_zone[0]
        column = [row[0] if row else "" for row in self.staff.values(f"{help_tab}!A:A")]
        self.staff.type(f"{help_tab}!B{column.index(label) + 1}", [[zone]])
        self.sheet.forget_layout()

    def problems(self) -> list[list[Any]]:
        return self.staff.values(f"'{self.staff.title('problems')}'!A2:Z")

    def _report(self, message: str, fields: dict[str, object]) -> None:
        self.said.append(f"{message} {fields}")


def _zone_of_noon() -> str:
    hour = datetime.now(UTC).hour
    away = 13 - hour
    return f"Etc/GMT{-away:+d}" if away else "Etc/UTC"


@pytest.fixture(params=["en", "ru"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with spreadsheet(request.param) as (_, sheet, staff):
        made = Shop(sheet, staff)
        made.noon()
        yield made


def test_a_run_does_all_of_it_and_the_next_one_nothing(shop: Shop) -> None:
    staff = shop.staff
    staff.type_row("campaigns", 2, campaign="spring", remind_days="3", discount="15 %")
    staff.type_row("campaigns", 3, campaign="gifts", code_source=staff.language.words["pool"])
    soon = (datetime.now(ZoneInfo(_zone_of_noon())) + timedelta(days=1)).date()
    cells = {"campaign": "spring", "status": staff.language.words["unused"], "expiration_date": str(soon)}
    staff.type_row("codes", 2, code="A-1", subscriber_id="1849", platform="bothelp", **cells)
    staff.type_row("codes", 3, code="B-2", subscriber_id="m1", platform="manychat", **cells)
    staff.type_row("codes", 4, code="C-3", subscriber_id="7", platform="bothelp", **cells)
    then = str(datetime.now(ZoneInfo(_zone_of_noon())).replace(tzinfo=None) - timedelta(hours=1))[:16]
    staff.type_row("redemptions", 2, time=then, code="C-3", event=staff.language.words["redeemed"], claim="c1")
    assert shop.house.run() == Kept(mended=1, problems=1, low_pools=1, reminded=1, left=1)
    assert [row["status"] for row in staff.rows("codes")][2] == staff.language.words["used"]
    (told,) = shop.bot.sent
    assert told.startswith("1849: ")
    assert "A-1 (15 %)" in told
    assert staff.language.format_date(soon) in told
    assert [row["event"] for row in staff.rows("redemptions")][1] == staff.language.words["reminded"]
    assert [row["reference"] for row in staff.rows("redemptions")][1] == staff.language.type_date(soon)
    assert "gifts" in shop.problems()[0][3]
    assert [line.partition(" {")[0] for line in shop.said] == ["a code pool runs low"]
    assert "gifts" not in shop.said[0]
    assert shop.house.run() == Kept(problems=1, low_pools=1, left=1)
    assert len(shop.bot.sent) == 1


def test_the_tab_of_problems_is_written_when_they_change_and_once_a_day(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = sheet_setup.write_problems

    def counted(*args: Any) -> None:
        written.append(1)
        write(*args)

    monkeypatch.setattr(sheet_setup, "write_problems", counted)
    for _ in range(2):
        shop.house.run()
    assert len(written) == 1
    shop.staff.type_row("codes", 2, code="A-1", campaign="gone", status="?")
    for _ in range(2):
        shop.house.run()
    assert len(written) == 2
    checked = sheet_setup.check(shop.sheet, datetime.now(UTC))
    assert sheet_setup.is_written(shop.sheet, checked, datetime.now(UTC))
    assert not sheet_setup.is_written(shop.sheet, checked, datetime.now(UTC) + timedelta(days=1))


def test_what_staff_change_in_the_tab_of_problems_is_put_right(shop: Shop) -> None:
    shop.staff.type_row("codes", 2, code="A-1", campaign="gone", status="?")
    shop.house.run()
    before = shop.problems()
    shop.staff.type(f"'{shop.staff.title('problems')}'!D2", [["nothing"]])
    shop.house.run()
    assert shop.problems()[:-1] == before[:-1]


def test_a_sheet_that_is_broken_is_said_in_problems_and_mends_nothing(shop: Shop) -> None:
    shop.staff.edit({"deleteDimension": {"range": shop.staff.dimension("codes", 0, 1)}})
    shop.sheet.forget_layout()
    kept = shop.house.run()
    assert (kept.word, kept.mended, kept.reminded) == ("sheet_broken", 0, 0)
    assert kept.problems >= 1
    assert len(shop.problems()) >= 2


def test_without_the_tab_of_problems_the_rest_is_done(shop: Shop) -> None:
    shop.staff.edit({"deleteSheet": {"sheetId": shop.staff.sheet_id("problems")}})
    shop.sheet.forget_layout()
    assert shop.house.run().word == "kept"
    assert [line.partition(" {")[0] for line in shop.said] == [
        "there is no tab for problems: run promosheet sheet apply"
    ]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Housekeeping, list[str], pytest.MonkeyPatch]]:
    """Housekeeping whose three parts only say that they were done."""
    done: list[str] = []
    sheet = GoogleSheet("local", "http://127.0.0.1:9", RealWorld())
    house = Housekeeping(sheet, RealWorld(), KEY, Pacing(), {}, lambda *_: None)
    for name in ("_mend", "_problems", "_remind"):
        monkeypatch.setattr(Housekeeping, name, lambda *_, name=name: done.append(name))
    yield house, done, monkeypatch
    sheet.close()


@pytest.mark.parametrize("part", ["_mend", "_problems", "_remind"])
@pytest.mark.parametrize(
    ("failure", "word"),
    [
        (Throttled("quota"), "busy"),
        (OutOfTime("no turn"), "busy"),
        (SheetBroken(["no tab"]), "sheet_broken"),
        (ZeroDivisionError(), "busy"),
    ],
    ids=["throttled", "out of time", "broken", "a bug"],
)
def test_each_part_fails_alone(
    bare: tuple[Housekeeping, list[str], pytest.MonkeyPatch], part: str, failure: Exception, word: str
) -> None:
    house, done, patch = bare

    def fail(*_: object) -> None:
        raise failure

    patch.setattr(Housekeeping, part, fail)
    assert house.run().word == word
    assert sorted([*done, part]) == ["_mend", "_problems", "_remind"]


def test_a_run_during_another_is_told_to_come_again(bare: tuple[Housekeeping, list[str], pytest.MonkeyPatch]) -> None:
    house, done, patch = bare
    inner: list[str] = []

    def again(*_: object) -> None:
        inner.append(house.run().word)

    patch.setattr(Housekeeping, "_mend", again)
    assert house.run().word == "kept"
    assert inner == ["busy"]
    assert done == ["_problems", "_remind"]
    assert house.run().word == "kept"


def test_what_was_reminded_before_it_failed_is_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Reminders, turns: Turns, done: Any) -> None:
        assert 0 < turns.left_s < DEADLINE_S
        done.reminded, done.unknown, done.refused = 3, 2, 1
        raise Throttled("quota")

    monkeypatch.setattr(Reminders, "run", fail)
    kept = shop.house.run()
    assert (kept.word, kept.reminded, kept.left) == ("busy", 3, 3)


def test_the_worst_word_is_kept() -> None:
    kept = Kept()
    for word in ("busy", "sheet_broken", "busy"):
        kept.fail(word)
    assert kept.word == "sheet_broken"
    assert housekeeping.DEADLINE_S == 120
