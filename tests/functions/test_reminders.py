"""Reminders: who is told, what the sheet says of it, and that whatever crashes nobody is told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from fake_sheet import START, FakeSheet, FakeWorld
from rows import BOT, KEY, TILL

from functions.bots.telling import Told
from functions.committer import Committer
from functions.failures import SheetError
from functions.pacing import Pacing
from functions.promo import CheckCall, IssueCall, RedeemCall
from functions.reminders import BATCH, Done, Reminders
from functions.turns import Turns

HOUR, DAY = 3_600_000, 86_400_000
TODAY, TOMORROW, LATER = "2026-03-10", "2026-03-11", "2026-03-20"


class Crash(BaseException):
    """The process is gone."""


class SteppedSheet(FakeSheet):
    """Before and behind every request something may happen."""

    step: Callable[[], None] = staticmethod(lambda: None)

    def read(self, timeout: float, columns: object = None) -> Any:
        self.step()
        found = super().read(timeout, columns)
        self.step()
        return found

    def append(self, *args: Any) -> None:
        self.step()
        super().append(*args)
        self.step()


@dataclass
class FakeTeller:
    """A bot that knows subscribers whose id is a number; `answers` are what becomes of its next messages."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    step: Callable[[], None] = lambda: None

    def knows(self, subscriber_id: str) -> bool:
        return subscriber_id.isdecimal()

    def tell(self, subscriber_id: str, text: str, deadline: float) -> Told:
        assert deadline > 0
        self.step()
        answer = self.answers.pop(0) if self.answers else Told.SENT
        if answer in {Told.SENT, Told.UNKNOWN}:
            self.sent.append((subscriber_id, text))
        self.step()
        return answer


@dataclass
class Shop:
    """A sheet, a bot, and processes that come and go."""

    sheet: SteppedSheet
    bot: FakeTeller = field(default_factory=FakeTeller)
    said: list[str] = field(default_factory=list)

    def process(self) -> Reminders:
        return Reminders(self.sheet, self.sheet.world, KEY, {"bothelp": self.bot}, self._report)

    def run(self, process: Reminders | None = None, seconds: float = 120) -> Done:
        world, done = self.sheet.world, Done()
        turns = Turns(world, Pacing(60_000, 60_000), world.monotonic() + seconds)
        (process or self.process()).run(turns, done)
        return done

    def call(self, call: Any) -> str:
        return Committer(self.sheet, self.sheet.world, KEY, 8.0, self._report).submit(call).outcome.word

    def give(self, subscriber: str = "1849", expires: Any = TOMORROW, **more: Any) -> dict[str, Any]:
        cells = {"code": f"SPRING-{subscriber}", "campaign": "spring", "platform": "BotHelp", "status": "unused"}
        return self.sheet.type_row("codes", **cells | {"subscriber_id": subscriber, "expiration_date": expires} | more)

    def events(self) -> list[Any]:
        return [row["event"] for row in self.sheet.rows["redemptions"]]

    def told(self) -> list[str]:
        return [subscriber for subscriber, _ in self.bot.sent]

    def at_step(self, number: int, do: Callable[[], None]) -> None:
        """Do something before that step of whoever runs, once."""
        steps = iter(range(10_000))

        def step() -> None:
            if next(steps) == number:
                do()

        self.sheet.step = self.bot.step = step

    def _report(self, message: str, fields: dict[str, object]) -> None:
        self.said.append(f"{message} {fields}")


@pytest.fixture
def shop() -> Shop:
    sheet = SteppedSheet(FakeWorld())
    sheet.type_row("campaigns", campaign="spring", discount="15 %", remind_days=3)
    return Shop(sheet)


def crash() -> None:
    raise Crash


def played(shop: Shop, process: Reminders | None = None) -> bool:
    """Run a process; true if it lived."""
    try:
        shop.run(process)
    except Crash:
        return False
    return True


class TestWhoIsReminded:
    def test_a_holder_is_told_once_and_the_sheet_says_so(self, shop: Shop) -> None:
        shop.give()
        assert shop.run() == Done(reminded=1)
        text = "Your promo code SPRING-1849 (15 %) has not been used yet, and it is valid until 11 March 2026. "
        assert shop.bot.sent == [("1849", text + "Show it when you order or pay.")]
        (row,) = shop.sheet.rows["redemptions"]
        shown = {key: row[key] for key in ("code", "event", "subscriber_id", "reference", "by")}
        assert shown == {
            "code": "SPRING-1849",
            "event": "reminded",
            "subscriber_id": "1849",
            "reference": TOMORROW,
            "by": "promosheet",
        }
        assert row["claim"]
        assert shop.run() == Done()
        assert shop.told() == ["1849"]

    @pytest.mark.parametrize("day", [TODAY, TOMORROW, "2026-03-13", "11.03.2026"])
    def test_on_its_last_day_and_up_to_three_days_before(self, shop: Shop, day: str) -> None:
        shop.give(expires=day)
        assert shop.run().reminded == 1

    @pytest.mark.parametrize(
        "cells",
        [
            pytest.param({"expires": "2026-03-14"}, id="four days before"),
            pytest.param({"expires": "2026-03-09"}, id="a code that has expired"),
            pytest.param({"expires": ""}, id="a code that never does"),
            pytest.param({"expires": "soon"}, id="a date that cannot be read"),
            pytest.param({"status": "used"}, id="a used code"),
            pytest.param({"status": "void"}, id="a void code"),
            pytest.param({"status": "gone"}, id="a status that cannot be read"),
            pytest.param({"subscriber_id": ""}, id="nobody's code"),
            pytest.param({"subscriber_id": "forgotten-1849"}, id="somebody who was forgotten"),
            pytest.param({"campaign": "other"}, id="a campaign that reminds nobody"),
            pytest.param({"code": ""}, id="a row without a code"),
        ],
    )
    def test_nobody_else(self, shop: Shop, cells: dict[str, Any]) -> None:
        shop.sheet.type_row("campaigns", campaign="other")
        shop.give(**cells)
        assert shop.run() == Done()
        assert (shop.bot.sent, shop.events()) == ([], [])

    @pytest.mark.parametrize(
        "cells",
        [
            pytest.param({"platform": "manychat"}, id="a platform that we cannot write to"),
            pytest.param({"platform": "telegram"}, id="a platform that is not set up"),
            pytest.param({"platform": ""}, id="no platform"),
            pytest.param({"subscriber_id": "tg12"}, id="an id that the platform does not have"),
        ],
    )
    def test_whom_no_bot_can_write_to_is_counted(self, shop: Shop, cells: dict[str, Any]) -> None:
        shop.give(**cells)
        assert shop.run() == Done(unknown=1)
        assert shop.events() == []

    def test_a_code_that_was_redeemed_though_its_row_does_not_say_so(self, shop: Shop) -> None:
        row = shop.give()
        assert shop.call(RedeemCall(TILL, "SPRING-1849")) == "redeemed"
        row.update(status="unused", used_on="", usage_channel="")
        shop.sheet.world.sleep(700)
        assert shop.run() == Done()

    def test_a_code_of_several_uses_of_which_one_is_gone(self, shop: Shop) -> None:
        shop.sheet.rows["campaigns"][0]["uses_per_code"] = 2
        shop.give()
        shop.call(RedeemCall(TILL, "SPRING-1849"))
        assert shop.run() == Done()

    def test_two_rows_of_one_code_and_subscriber_are_one(self, shop: Shop) -> None:
        shop.give()
        shop.give()
        assert shop.run().reminded == 1

    def test_each_holder_of_a_shared_code(self, shop: Shop) -> None:
        shop.sheet.rows["campaigns"][0]["shared_code"] = "HELLO"
        for subscriber in ("1", "2"):
            shop.give(subscriber, code="HELLO")
        assert shop.run().reminded == 2

    def test_a_date_that_staff_moved_is_another_one(self, shop: Shop) -> None:
        row = shop.give()
        shop.run()
        row["expiration_date"] = "2026-03-12"
        assert shop.run().reminded == 1
        row["expiration_date"] = TOMORROW
        assert shop.run().reminded == 0

    def test_it_stays_told_when_the_day_is_written_in_another_language(self, shop: Shop) -> None:
        shop.give()
        shop.run()
        shop.sheet.rows["redemptions"][0].update(event="напомнено", reference="11.03.2026")
        assert shop.run() == Done()

    @pytest.mark.parametrize(("hours", "reminded"), [(-2.01, 0), (-2, 1), (7.9, 1), (8, 0)])
    def test_only_from_10_to_20_in_the_spreadsheets_own_zone(self, shop: Shop, hours: float, reminded: int) -> None:
        shop.give()
        shop.sheet.world.now_ms = START + int(hours * HOUR)
        assert shop.run().reminded == reminded

    def test_a_campaign_whose_number_of_days_cannot_be_read_reminds_nobody(self, shop: Shop) -> None:
        shop.sheet.rows["campaigns"][0]["remind_days"] = "soon"
        shop.give()
        assert shop.run() == Done()

    def test_many_go_in_batches_and_who_ends_first_is_told_first(self, shop: Shop) -> None:
        for number in range(BATCH + 20):
            shop.give(str(number), expires=TOMORROW if number % 2 else TODAY)
        writes = shop.sheet.writes
        assert shop.run().reminded == BATCH + 20
        assert shop.sheet.writes - writes == 3
        assert all(int(each) % 2 == 0 for each in shop.told()[:35])

    def test_with_little_time_some_are_left_for_the_next_run(self, shop: Shop) -> None:
        for number in range(30):
            shop.give(str(number))
        first = shop.run(seconds=43).reminded
        assert 0 < first < 30
        assert shop.run().reminded == 30 - first
        assert Counter(shop.told()).most_common(1)[0][1] == 1


class TestARowOfAReminder:
    """It is no use, no limit, and no code's row."""

    def test_the_code_can_be_checked_and_redeemed_as_before(self, shop: Shop) -> None:
        shop.give()
        shop.run()
        assert shop.call(CheckCall(TILL, "SPRING-1849")) == "valid"
        assert shop.call(RedeemCall(TILL, "SPRING-1849")) == "redeemed"

    def test_a_code_whose_row_staff_deleted_is_issued_again(self, shop: Shop) -> None:
        shop.sheet.rows["campaigns"][0]["valid_days"] = 2
        shop.call(IssueCall(BOT, "1849", "spring", platform="bothelp"))
        code = shop.sheet.rows["codes"][0]["code"]
        shop.bot.answers = [Told.LATER]
        process = shop.process()
        shop.run(process)
        assert shop.events() == ["reminded", "withdrawn"]
        shop.run(process)
        assert shop.told() == ["1849"]
        shop.sheet.rows["codes"].clear()
        assert shop.call(IssueCall(BOT, "1849", "spring")) == "issued"
        assert shop.sheet.rows["codes"][0]["code"] == code


class TestAMessageThatDidNotGoOut:
    def test_certainly_not_sent_is_taken_back_and_tried_in_a_later_run(self, shop: Shop) -> None:
        shop.give()
        shop.bot.answers = [Told.LATER]
        assert shop.run() == Done()
        assert shop.events() == ["reminded", "withdrawn"]
        first, second = shop.sheet.rows["redemptions"]
        assert first["claim"] == second["claim"]
        assert shop.run() == Done(reminded=1)
        assert shop.told() == ["1849"]

    def test_the_others_of_that_bot_wait_with_it(self, shop: Shop) -> None:
        for number in range(9):
            shop.give(str(number))
        shop.bot.answers = [Told.SENT, Told.LATER]
        assert shop.run() == Done(reminded=1)
        assert Counter(shop.events()) == {"reminded": 5, "withdrawn": 4}
        assert shop.run() == Done(reminded=8)
        assert sorted(shop.told()) == [str(number) for number in range(9)]

    @pytest.mark.parametrize(("told", "done"), [(Told.REFUSED, Done(refused=1)), (Told.UNKNOWN, Done(reminded=1))])
    def test_refused_for_good_or_unknown_is_not_tried_again(self, shop: Shop, told: Told, done: Done) -> None:
        shop.give()
        shop.bot.answers = [told]
        assert shop.run() == done
        assert shop.run() == Done()
        assert shop.events() == ["reminded"]

    def test_who_was_forgotten_meanwhile_is_not_told_nor_named_again(self, shop: Shop) -> None:
        row = shop.give()

        def forget() -> None:
            for each in (row, *shop.sheet.rows["redemptions"]):
                each["subscriber_id"] = "forgotten-1"

        shop.at_step(4, forget)
        shop.run()
        assert (shop.told(), shop.events()) == ([], ["reminded", "withdrawn"])
        assert {each["subscriber_id"] for each in shop.sheet.rows["redemptions"]} == {"forgotten-1"}

    def test_whose_row_staff_deleted_meanwhile_is_told_by_the_next_run(self, shop: Shop) -> None:
        shop.give("1")
        shop.give("2")
        shop.at_step(4, lambda: shop.sheet.rows["redemptions"].pop(0))
        assert shop.run(seconds=55) == Done(reminded=2)
        assert sorted(shop.told()) == ["1", "2"]
        assert len(shop.events()) == 2

    def test_who_used_the_code_meanwhile_is_not_told(self, shop: Shop) -> None:
        row = shop.give()
        shop.at_step(4, lambda: row.update(status="used"))
        assert shop.run() == Done()
        assert shop.told() == []

    def test_where_nothing_ever_stands_a_run_ends_after_a_few_batches(self, shop: Shop) -> None:
        row = shop.give()

        def sort_of_race() -> None:
            row["status"] = "used" if shop.events().count("reminded") > shop.events().count("withdrawn") else "unused"

        shop.sheet.before_read = sort_of_race
        assert shop.run() == Done()
        assert 0 < shop.events().count("reminded") <= 3


class TestWhateverHappens:
    """Steps: before and behind each read, each write and each message."""

    @pytest.mark.parametrize("number", range(14))
    def test_a_crash_at_any_step_tells_nobody_twice(self, shop: Shop, number: int) -> None:
        shop.give()
        shop.at_step(number, crash)
        lived = played(shop)
        shop.at_step(-1, crash)
        shop.run()
        shop.run()
        assert len(shop.told()) <= 1
        if lived or number <= 2:
            assert shop.told() == ["1849"]

    def test_the_steps_are_all_there_are(self, shop: Shop) -> None:
        shop.give()
        shop.at_step(11, crash)
        assert played(shop)
        shop.sheet.rows["redemptions"].clear()
        shop.at_step(7, crash)
        assert not played(shop)

    @pytest.mark.parametrize("twice", [False, True], ids=["serial", "one stamp lands twice"])
    @pytest.mark.parametrize("other", range(-1, 10))
    @pytest.mark.parametrize("number", range(10))
    def test_two_at_once_one_of_which_may_die_tell_nobody_twice(
        self, shop: Shop, number: int, other: int, *, twice: bool
    ) -> None:
        shop.sheet.check_stamps = not twice
        shop.give()

        def second() -> None:
            shop.at_step(other, crash)
            played(shop)
            shop.at_step(-1, crash)

        first = shop.process()
        shop.at_step(number, second)
        shop.run(first)
        shop.run()
        shop.run(first)
        assert len(shop.told()) <= 1

    @pytest.mark.parametrize("twice", [False, True], ids=["serial", "one stamp lands twice"])
    @pytest.mark.parametrize("number", range(10))
    @pytest.mark.parametrize("fault", ["429", "400", "503 before", "503 after", "late"])
    def test_a_lost_answer_and_a_second_process_tell_nobody_twice(
        self, shop: Shop, fault: str, number: int, *, twice: bool
    ) -> None:
        shop.sheet.check_stamps = not twice
        shop.give()
        shop.sheet.faults = {1: fault}
        first = shop.process()

        def late() -> None:
            for land in shop.sheet.late:
                land()
            shop.at_step(-1, crash)
            played(shop)

        shop.at_step(number, late)
        failed = _tried(shop, first)
        shop.at_step(-1, crash)
        for land in shop.sheet.late:
            land()
        for process in (None, first, None):
            _tried(shop, process)
        assert len(shop.told()) <= 1
        if not twice and not failed:
            assert shop.told() == ["1849"]

    def test_one_that_lands_late_after_it_was_given_up_is_taken_back_and_told_later(self, shop: Shop) -> None:
        shop.give()
        shop.sheet.faults = {1: "late", 2: "503 before", 3: "503 before"}
        process = shop.process()
        assert _tried(shop, process)
        shop.sheet.late[0]()
        assert shop.run(process) == Done(reminded=1)
        assert shop.events() == ["reminded", "withdrawn", "reminded"]

    def test_a_read_that_lags_is_no_sign(self, shop: Shop) -> None:
        shop.give()
        old = shop.sheet.reading()
        shop.sheet.before_write = lambda: shop.sheet.stale.append(old)
        assert shop.run().reminded == 1
        assert shop.told() == ["1849"]

    def test_another_ones_row_for_the_same_stops_it(self, shop: Shop) -> None:
        shop.give()
        row = {"code": "spring 1849", "event": "reminded", "subscriber_id": "1849", "reference": TOMORROW, "claim": "x"}
        shop.at_step(4, lambda: shop.sheet.rows["redemptions"].append(row))
        assert shop.run() == Done()
        assert shop.events() == ["reminded", "reminded", "withdrawn"]


def _tried(shop: Shop, process: Reminders | None) -> bool:
    """Run a process; true if it gave up."""
    try:
        shop.run(process)
    except SheetError:
        return True
    return False
