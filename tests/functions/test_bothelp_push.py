"""A code on its way to a BotHelp subscriber: crashes between any two steps, lost answers, repeats, several at once.

Whatever happens, the code stays the same, and a bot step is started at most once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from asked import headers_of, length_of
from fake_sheet import FakeSheet, FakeWorld
from rows import BOT, KEY

from functions import delivery
from functions.bots.bothelp import Wishes
from functions.bots.bothelp_api import PushFailed
from functions.bots.bothelp_push import TAG, BotHelpPusher
from functions.committer import Committer
from functions.delivering import Ledger
from functions.delivery import Word
from functions.door import Request
from functions.pacing import Pacing
from functions.promo import IssueCall, Outcome

ANNA = "/v1/subscribers/1849"
STEP = [("bot", "c17"), ("step", "s18"), ("message_field", "promo_text"), ("expires_field", "promo_until")]
PLAIN = [("message_field", "promo_text")]


class Crash(BaseException):
    """The process is gone."""


@dataclass
class FakeBotHelp:
    """What subscribers have. `failures` are what the n-th call of a kind meets: refused, lost, or lost but done."""

    fields: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    failures: dict[str, list[str]] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None

    def set_fields(self, subscriber: str, values: dict[str, str], deadline: float) -> None:
        self._call("fields", lambda: self.fields.update(values), subscriber, deadline)

    def add_tag(self, subscriber: str, tag: str, deadline: float) -> None:
        self._call("tag", lambda: self.tags.append(tag), subscriber, deadline)

    def start_step(self, subscriber: str, bot: str, step: str, deadline: float) -> None:
        self._call("step", lambda: self.steps.append(f"{bot} {step}"), subscriber, deadline)

    def _call(self, kind: str, do: Callable[[], object], subscriber: str, deadline: float) -> None:
        assert subscriber == ANNA
        assert deadline > 0
        self.before(kind)
        planned = self.failures.get(kind, [])
        failure = planned.pop(0) if planned else ""
        if failure in {"", "lost but done"}:
            do()
        if failure:
            raise PushFailed(kind, failure, certain=failure == "refused")


@dataclass
class Shop:
    """A sheet, BotHelp, and processes that come and go."""

    sheet: FakeSheet
    bothelp: FakeBotHelp = field(default_factory=FakeBotHelp)
    said: list[str] = field(default_factory=list)

    def deliver(self, query: list[tuple[str, str]] = STEP, **more: Any) -> Outcome:
        """One delivery of the webhook to a process that was just started."""
        world = self.sheet.world

        def report(message: str, fields: dict[str, object]) -> None:
            self.said.append(f"{message} {fields}")

        call = IssueCall(BOT, "1849", "spring", pushed=True, **more)
        deadline = world.monotonic() + 8
        outcome = Committer(self.sheet, world, KEY, 8.0, report).submit(call).outcome
        ledger = Ledger(self.sheet, world, Pacing(60_000, 60_000), KEY, report)
        pusher = BotHelpPusher(self.bothelp, ledger, world, report)  # type: ignore[arg-type]
        asked = Request("POST", "/bothelp", query, headers_of({}), length_of(None), lambda _: b"")
        pusher.push(asked, call, outcome, deadline)
        return outcome

    @property
    def word(self) -> Word | None:
        found = delivery.read(str(self.sheet.rows["codes"][0].get("delivery", "")))
        return found.word if found else None


@pytest.fixture
def shop() -> Shop:
    sheet = FakeSheet(FakeWorld())
    sheet.type_row("campaigns", campaign="spring", valid_days=30)
    return Shop(sheet)


class TestAPush:
    def test_fields_then_tag_then_step_then_sent(self, shop: Shop) -> None:
        order: list[str] = []
        shop.bothelp.before = order.append
        told = shop.deliver()
        assert order == ["fields", "tag", "step"]
        assert shop.bothelp.fields["promo_code"] == told.code
        assert told.code in shop.bothelp.fields["promo_text"]
        assert shop.bothelp.fields["promo_until"] == "9 April 2026"
        assert (shop.bothelp.tags, shop.bothelp.steps, shop.word) == ([TAG], ["c17 s18"], Word.SENT)
        assert (shop.sheet.reads, shop.sheet.writes) == (2, 2)

    def test_without_bot_and_step_none_is_started(self, shop: Shop) -> None:
        shop.deliver([("code_field", "мой код")])
        assert list(shop.bothelp.fields) == ["мой код"]
        assert (shop.bothelp.steps, shop.word) == ([], Word.SENT)

    def test_a_repeat_sets_the_same_values_and_starts_no_step(self, shop: Shop) -> None:
        first, written = shop.deliver(), dict(shop.sheet.rows["codes"][0])
        told = dict(shop.bothelp.fields)
        shop.bothelp.fields.clear()
        second = shop.deliver()
        assert (first.word, second.word, first.code) == ("issued", "already_issued", second.code)
        assert shop.bothelp.fields == told
        assert (shop.bothelp.tags, shop.bothelp.steps) == ([TAG, TAG], ["c17 s18"])
        assert shop.sheet.rows["codes"] == [written]

    def test_who_has_a_code_from_elsewhere_gets_it_and_no_step(self, shop: Shop) -> None:
        shop.sheet.type_row("codes", code="OLD-1", campaign="spring", subscriber_id="1849")
        assert shop.deliver().code == "OLD-1"
        assert (shop.bothelp.fields["promo_code"], shop.bothelp.steps, shop.word) == ("OLD-1", [], None)

    @pytest.mark.parametrize("query", [STEP, PLAIN])
    def test_without_a_code_the_message_alone_is_told(self, shop: Shop, query: list[tuple[str, str]]) -> None:
        shop.sheet.rows["campaigns"][0]["active"] = "no"
        told = shop.deliver(query)
        assert told.word == "campaign_inactive"
        assert list(shop.bothelp.fields) == ["promo_text"]
        assert (shop.bothelp.tags, shop.bothelp.steps) == ([], [])

    def test_without_a_code_and_a_field_for_the_message_nothing_is(self, shop: Shop) -> None:
        shop.sheet.rows["campaigns"][0]["active"] = "no"
        shop.deliver([])
        assert shop.bothelp == FakeBotHelp()

    def test_a_trial_pushes_nothing(self, shop: Shop) -> None:
        assert shop.deliver(dry_run=True).word == "issued"
        assert (shop.bothelp, shop.sheet.rows["codes"]) == (FakeBotHelp(), [])

    def test_without_the_column_it_is_pushed_all_the_same(self, shop: Shop) -> None:
        shop.sheet.deleted = {("codes", "delivery")}
        shop.deliver()
        shop.deliver()
        assert shop.bothelp.steps == ["c17 s18"]
        assert len(shop.bothelp.tags) == 2


FAILURES = [
    pytest.param("fields", "refused", Word.FAILED, id="the field is refused"),
    pytest.param("fields", "lost", Word.FAILED, id="the field's answer is lost"),
    pytest.param("tag", "refused", Word.FAILED, id="the tag is refused"),
    pytest.param("tag", "lost but done", Word.FAILED, id="the tag's answer is lost"),
    pytest.param("step", "refused", Word.FAILED, id="the step is refused"),
    pytest.param("step", "lost", Word.UNKNOWN, id="the step's answer is lost, not started"),
    pytest.param("step", "lost but done", Word.UNKNOWN, id="the step's answer is lost, started"),
]


class TestFailures:
    @pytest.mark.parametrize(("kind", "failure", "word"), FAILURES)
    def test_the_row_says_what_is_known(self, shop: Shop, kind: str, failure: str, word: Word) -> None:
        shop.bothelp.failures = {kind: [failure]}
        assert shop.deliver().word == "issued"
        assert shop.word is word

    @pytest.mark.parametrize(("kind", "failure", "word"), FAILURES)
    def test_the_next_delivery_makes_up_for_it_but_for_a_step_that_may_have_been_started(
        self, shop: Shop, kind: str, failure: str, word: Word
    ) -> None:
        shop.bothelp.failures = {kind: [failure]}
        code = shop.deliver().code
        assert shop.deliver().code == code
        shop.deliver()
        assert shop.bothelp.fields["promo_code"] == code
        assert TAG in shop.bothelp.tags
        started = ["c17 s18"] if word is Word.FAILED or failure == "lost but done" else []
        assert shop.bothelp.steps == started
        assert shop.word is (Word.SENT if word is Word.FAILED else Word.UNKNOWN)

    @pytest.mark.parametrize("query", [STEP, PLAIN])
    def test_it_may_fail_several_times(self, shop: Shop, query: list[tuple[str, str]]) -> None:
        shop.bothelp.failures = {"fields": ["refused"] * 3}
        for _ in range(3):
            shop.deliver(query)
            assert shop.word is Word.FAILED
        shop.deliver(query)
        assert shop.word is Word.SENT
        assert len(shop.bothelp.steps) == (query is STEP)

    def test_without_a_step_a_repeat_may_say_sent_of_what_a_crash_left(self, shop: Shop) -> None:
        crash_at(shop, 4)
        with pytest.raises(Crash):
            shop.deliver(PLAIN)
        survive(shop)
        shop.bothelp.failures = {"fields": ["refused"]}
        shop.deliver(PLAIN)
        assert shop.word is Word.UNKNOWN  # whether the one that crashed had started a step is not known here
        shop.deliver(PLAIN)
        assert shop.word is Word.SENT

    def test_the_log_says_no_code_and_no_id(self, shop: Shop) -> None:
        shop.bothelp.failures = {"step": ["lost"]}
        code = shop.deliver().code
        assert len(shop.said) == 1
        assert not any(secret in shop.said[0] for secret in ("1849", code, "c17", "#"))


def crash_at(shop: Shop, number: int) -> Callable[[], int]:
    """Let the process end before the n-th thing that it does; gives how many it has done."""
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == number:
            raise Crash

    shop.bothelp.before = count
    shop.sheet.before_read = shop.sheet.before_write = shop.sheet.before_patch = count
    return lambda: done


def survive(shop: Shop) -> None:
    shop.bothelp.before = lambda _: None
    shop.sheet.before_read = shop.sheet.before_write = shop.sheet.before_patch = lambda: None


#: issue: read, write, read; push: fields, tag, step; settle.
@pytest.mark.parametrize("number", range(1, 8))
def test_a_crash_before_any_step_loses_no_code_and_starts_no_second_step(shop: Shop, number: int) -> None:
    crash_at(shop, number)
    with pytest.raises(Crash):
        shop.deliver()
    survive(shop)
    code = shop.deliver().code
    shop.deliver()
    assert [row["code"] for row in shop.sheet.rows["codes"]] == [code]
    assert (shop.bothelp.fields["promo_code"], TAG in shop.bothelp.tags) == (code, True)
    assert len(shop.bothelp.steps) == (number in {1, 2, 7})  # once the row stands, nobody else starts it


#: read; look, look again, take up, look whether; fields, tag, step; settle.
@pytest.mark.parametrize("number", range(1, 10))
def test_nor_does_a_crash_while_a_failed_push_is_taken_up(shop: Shop, number: int) -> None:
    shop.bothelp.failures = {"fields": ["refused"]}
    code = shop.deliver().code
    done = crash_at(shop, number)
    with pytest.raises(Crash):
        shop.deliver()
    assert done() == number
    survive(shop)
    shop.deliver()
    shop.deliver()
    assert shop.bothelp.fields["promo_code"] == code
    assert len(shop.bothelp.steps) == (number in {1, 2, 3, 4, 9})


def test_the_counts_above_are_all_steps_there_are(shop: Shop) -> None:
    done = crash_at(shop, -1)
    shop.bothelp.failures = {"fields": ["refused"]}
    shop.deliver()
    assert done() == 3 + 1 + 1
    shop.deliver()
    assert done() == 5 + 9
    again = crash_at(shop, -1)
    shop.deliver()
    assert again() == 1 + 1 + 2


@pytest.mark.parametrize("first", ["", "fields", "step"])
@pytest.mark.parametrize("place", range(1, 10))
def test_a_delivery_in_the_middle_of_another_starts_no_second_step(shop: Shop, first: str, place: int) -> None:
    """At every point of one delivery another one runs from beginning to end; *first* is what had failed before."""
    if first:
        shop.bothelp.failures = {first: ["refused"]}
        shop.deliver()
    done = 0

    def meanwhile(*_: object) -> None:
        nonlocal done
        done += 1
        if done == place:
            survive(shop)
            shop.deliver()

    shop.bothelp.before = meanwhile
    shop.sheet.before_read = shop.sheet.before_write = shop.sheet.before_patch = meanwhile
    shop.deliver()
    assert shop.bothelp.steps == ["c17 s18"]
    assert len({row["code"] for row in shop.sheet.rows["codes"]}) == 1


@pytest.mark.parametrize("fault", ["503 before", "503 after", "429", "late"])
@pytest.mark.parametrize("write", range(1, 5))
def test_a_lost_answer_of_google_starts_no_second_step(shop: Shop, fault: str, write: int) -> None:
    shop.bothelp.failures = {"tag": ["refused"]}
    shop.sheet.faults[write] = fault
    for _ in range(3):
        shop.deliver()
        for land in shop.sheet.late:
            land()
        shop.sheet.late.clear()
    assert len(shop.bothelp.steps) <= 1
    assert len({row["code"] for row in shop.sheet.rows["codes"]}) == 1


@pytest.mark.parametrize("stamps", [True, False], ids=["Google checks stamps", "two batches are let through"])
def test_of_two_processes_that_issue_at_once_one_starts_the_step(shop: Shop, stamps: object) -> None:
    shop.sheet.check_stamps = bool(stamps)

    def meanwhile() -> None:
        survive(shop)
        shop.deliver()

    shop.sheet.before_write = meanwhile
    shop.deliver()
    assert shop.bothelp.steps == ["c17 s18"]


def test_a_step_is_started_though_a_repeat_made_sure_of_the_row(shop: Shop) -> None:
    """A repeat on a code from the pool writes a row of its own, with an empty Delivery, and starts no step."""
    campaign = shop.sheet.rows["campaigns"][0]
    campaign["code_source"] = "pool"
    for number in range(3):
        shop.sheet.type_row("pool", code=f"READY-{number}", campaign="spring")

    def meanwhile() -> None:
        survive(shop)
        shop.deliver()

    shop.sheet.before_write = lambda: setattr(shop.sheet, "before_read", meanwhile)
    shop.deliver()
    assert len(shop.sheet.rows["codes"]) == 2
    assert shop.bothelp.steps == ["c17 s18"]
    assert {str(row["delivery"])[:4] for row in shop.sheet.rows["codes"]} == {"sent", ""}


@pytest.mark.parametrize("query", [STEP, PLAIN, []])
def test_wishes_are_read_from_the_url(query: list[tuple[str, str]]) -> None:
    found = Wishes.of(query)
    assert (found.code_field, found.step) == ("promo_code", dict(query).get("step", ""))
