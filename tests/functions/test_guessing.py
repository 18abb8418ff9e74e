"""Who guesses: what is counted, who is limited, who is not, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import flask
import pytest
from fake_sheet import FakeSheet, FakeWorld
from flask import Flask
from rows import ADMIN, BOT, KEY, MINUTE, NOW, TILL, check_call, code, issue_call, redeem_call, redeemed, sheet

from functions import chatting, guessing, redeeming
from functions.committer import Committer, Told
from functions.door import Surface
from functions.failures import Unanswered
from functions.glance import KEPT_S
from functions.guessing import GUESSES, OF_BOT, OF_SUBSCRIBER, OF_TILL, REMEMBERED, SUBSCRIBER_S, Guess, Guessing
from functions.pacing import Pacing
from functions.promo import (
    Answer,
    Call,
    Caller,
    Campaign,
    CheckCall,
    Claim,
    Outcome,
    PromoCode,
    RedeemCall,
    Role,
    RollbackCall,
    Status,
    TypedCall,
)
from functions.service import Service
from functions.settings import Key, Settings
from functions.snapshot import Snapshot

CODE = "SPRING-11111-22222"


def guess(counter: Guessing, now: float, call: Call | None = None, word: str = "not_found") -> Guess:
    """One call from its beginning to its end."""
    found = counter.begin(call or CheckCall(BOT, "X", "s1"), now)
    counter.end(found, Outcome(word))
    return found


def limited(found: Guess) -> bool:
    assert isinstance(found.call, GUESSES)
    return found.call.limited


@pytest.fixture
def counter() -> Guessing:
    return Guessing()


# what is counted


def test_five_wrong_codes_in_ten_minutes_are_allowed_and_no_sixth(counter: Guessing) -> None:
    answers = [limited(guess(counter, now)) for now in range(6)]
    assert answers == [False] * 5 + [True]


def test_a_limit_ends_ten_minutes_after_the_first_of_the_five(counter: Guessing) -> None:
    for now in range(OF_SUBSCRIBER):
        guess(counter, now)
    assert limited(guess(counter, SUBSCRIBER_S - 0.001))
    assert not limited(guess(counter, SUBSCRIBER_S))
    assert limited(guess(counter, SUBSCRIBER_S + 0.5))


def test_who_goes_on_trying_is_not_limited_for_longer(counter: Guessing) -> None:
    for now in range(500):
        guess(counter, now)
    assert not limited(guess(counter, SUBSCRIBER_S))


@pytest.mark.parametrize(
    "word",
    [
        "valid",
        "redeemed",
        "issued",
        "campaign_not_found",
        "already_used",
        "expired",
        "void",
        "busy",
        "sheet_broken",
        "invalid_request",
        "too_many",
    ],
)
def test_any_other_answer_is_no_guess(counter: Guessing, word: str) -> None:
    for now in range(50):
        assert not limited(guess(counter, now, word=word))
    assert len(counter) == 0


@pytest.mark.parametrize("call", [issue_call(), RollbackCall(BOT, "X")], ids=["issue", "rollback"])
def test_other_calls_are_no_guesses(counter: Guessing, call: Call) -> None:
    assert [guess(counter, now, call) for now in range(10)] == [Guess(call, now) for now in range(10)]


def test_checks_and_redemptions_count_together_and_each_subscriber_alone(counter: Guessing) -> None:
    for now in range(OF_SUBSCRIBER):
        guess(counter, now, [CheckCall(BOT, "X", "s1"), RedeemCall(BOT, "X", "s1"), TypedCall(BOT, "s1", "X")][now % 3])
    assert limited(guess(counter, 9, RedeemCall(BOT, "X", "s1")))
    assert limited(guess(counter, 9, TypedCall(BOT, "s1", "X")))
    assert not limited(guess(counter, 9, RedeemCall(BOT, "X", "s2")))
    assert not limited(guess(counter, 9, RedeemCall(BOT, "X")))


def test_the_same_subscriber_is_counted_through_every_bots_key(counter: Guessing) -> None:
    callers = [Caller("one", Role.BOT), Caller("two", Role.BOT)]
    for now in range(OF_SUBSCRIBER):
        guess(counter, now, CheckCall(callers[now % 2], "X", "s1"))
    assert limited(guess(counter, 9, CheckCall(Caller("three", Role.BOT), "X", "s1")))


def test_a_hundred_guesses_at_once_are_not_a_hundred_answers(counter: Guessing) -> None:
    begun = [counter.begin(CheckCall(BOT, "X", "s1"), 0.0) for _ in range(100)]
    assert sum(not limited(each) for each in begun) == OF_SUBSCRIBER
    for each in begun:
        counter.end(each, Outcome("valid"))
    assert not limited(guess(counter, 1))


def test_a_bots_key_has_600_a_minute(counter: Guessing) -> None:
    for number in range(OF_BOT):
        assert not limited(guess(counter, number / 100, CheckCall(BOT, "X", f"s{number}")))
    assert limited(guess(counter, 7, CheckCall(BOT, "X", "new")))
    assert limited(guess(counter, 7, CheckCall(BOT, "X")))
    assert not limited(guess(counter, 7, CheckCall(Caller("other", Role.BOT), "X", "new")))
    assert not limited(guess(counter, 60, CheckCall(BOT, "X", "new")))


def test_two_secrets_of_one_name_are_one_key(counter: Guessing) -> None:
    for number in range(OF_BOT):
        guess(counter, 0, CheckCall(Caller("bothelp", Role.BOT), "X", f"s{number}"))
    assert limited(guess(counter, 1, CheckCall(Caller("bothelp", Role.BOT), "X", "new")))


@pytest.mark.parametrize("caller", [TILL, ADMIN], ids=["till", "admin"])
def test_a_tills_key_is_never_limited_it_waits_longer_and_longer(counter: Guessing, caller: Caller) -> None:
    found = [guess(counter, 1, CheckCall(caller, "X", "s1")) for _ in range(OF_TILL + 60)]
    assert not any(limited(each) for each in found)
    pauses = [each.pause_s for each in found]
    assert pauses[:OF_TILL] == [0.0] * OF_TILL
    assert pauses[OF_TILL] == pytest.approx(0.2)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 4.0
    assert guess(counter, 61, CheckCall(caller, "X")).pause_s == 0.0


def test_a_till_with_good_codes_never_waits(counter: Guessing) -> None:
    assert {guess(counter, 1, RedeemCall(TILL, "X"), "redeemed").pause_s for _ in range(200)} == {0.0}


def test_what_is_remembered_is_bounded_and_the_oldest_guesser_is_forgotten(
    counter: Guessing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "OF_BOT", 10**9)
    for number in range(REMEMBERED + 1):
        for _ in range(OF_SUBSCRIBER):
            guess(counter, number / 1000, CheckCall(BOT, "X", f"s{number}"))
    assert len(counter) == REMEMBERED
    assert not limited(guess(counter, 11, CheckCall(BOT, "X", "s0")))
    assert limited(guess(counter, 11, CheckCall(BOT, "X", f"s{REMEMBERED}")))


# what a limited call is told


def decide(snapshot: Snapshot, call: CheckCall | RedeemCall) -> Answer | Claim:
    if isinstance(call, CheckCall):
        found = redeeming.check(snapshot, call, NOW)
    else:
        found = redeeming.redeem(snapshot, call, NOW, "t1")
    assert isinstance(found, Answer | Claim)
    return found


CALLS = [pytest.param(check_call, "valid", id="check"), pytest.param(redeem_call, "redeemed", id="redeem")]


@pytest.mark.parametrize(("make", "good"), CALLS)
@pytest.mark.parametrize(
    ("typed", "subscriber", "through"),
    [
        pytest.param(CODE, "s1", True, id="the holder"),
        pytest.param("spring 11111 22222", "s1", True, id="the holder, as people type"),
        pytest.param(CODE, "s2", False, id="another's code, good for all"),
        pytest.param(CODE, "", False, id="nobody in particular"),
        pytest.param("SPRING-99999-99999", "s1", False, id="a wrong code of a holder"),
    ],
)
def test_only_the_holder_gets_through_a_limit(
    make: Callable[..., Any], good: str, typed: str, subscriber: str, *, through: bool
) -> None:
    free, held = (decide(sheet(code()), make(typed, BOT, subscriber_id=subscriber, limited=at)) for at in (False, True))
    assert held.outcome.word == (good if through else "too_many")
    if through:
        assert held == free
    else:
        assert held == Answer(Outcome("too_many", code=typed, language="en"))


@pytest.mark.parametrize("make", [check_call, redeem_call], ids=["check", "redeem"])
@pytest.mark.parametrize(
    ("row", "word"),
    [
        pytest.param(code(status=Status.VOID), "void", id="void"),
        pytest.param(code(expires=0), "expired", id="expired"),
        pytest.param(code(status=Status.USED), "already_used", id="used"),
    ],
)
def test_the_holder_learns_why_also_beyond_the_limit(make: Callable[..., Any], row: PromoCode, word: str) -> None:
    assert decide(sheet(row), make(CODE, BOT, subscriber_id="s1", limited=True)).outcome.word == word
    assert decide(sheet(row), make(CODE, BOT, subscriber_id="s2", limited=True)).outcome.word == "too_many"


TYPED = [
    pytest.param(CODE, "s1", "valid", id="the holder"),
    pytest.param(CODE, "s2", "too_many", id="another's code"),
    pytest.param("SPRING-99999-99999", "s1", "too_many", id="a wrong code of a holder"),
    pytest.param("thank you", "s2", "campaign_not_found", id="small talk"),
    pytest.param("spring", "s2", "issued", id="a campaign"),
]


@pytest.mark.parametrize(("text", "subscriber", "word"), TYPED)
def test_a_text_typed_to_a_bot_beyond_the_limit(text: str, subscriber: str, word: str) -> None:
    seen = sheet(code(), campaigns=(Campaign("spring"),))
    call = TypedCall(BOT, subscriber, text, limited=True)
    decision = chatting.answer(seen, call, NOW, KEY, "t1")
    assert isinstance(decision, Answer | Claim)
    assert decision.outcome.word == word
    refused = chatting.guessed(seen, call, NOW)
    assert refused == (decision.outcome if word in {"too_many", "campaign_not_found"} else None)


def test_a_link_gives_its_code_beyond_the_limit() -> None:
    seen = sheet(campaigns=(Campaign("spring"),))
    call = TypedCall(BOT, "s2", "spring", linked=True, limited=True)
    decision = chatting.answer(seen, call, NOW, KEY, "t1")
    assert isinstance(decision, Claim)
    assert chatting.guessed(seen, call, NOW) is None


def test_a_repeat_of_a_yes_stays_a_yes_beyond_the_limit() -> None:
    row = redeemed("c1", 20 * MINUTE, subscriber_id="s2", request_id="r1", channel="bothelp", by="bothelp")
    call = redeem_call(CODE, BOT, subscriber_id="s2", request_id="r1", limited=True)
    assert decide(sheet(code(), row), call).outcome.word == "redeemed"


# what it costs


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def shop(world: FakeWorld) -> FakeSheet:
    made = FakeSheet(world)
    made.type_row("campaigns", campaign="spring")
    made.type_row("codes", code=CODE, campaign="spring", subscriber_id="s1", status="unused")
    return made


@pytest.fixture
def committer(shop: FakeSheet) -> Committer:
    return Committer(shop, shop.world, KEY, 8.0, lambda _message, _fields: None, Pacing(60_000, 60_000))


def beyond(typed: str, subscriber: str = "s1") -> CheckCall:
    return CheckCall(BOT, typed, subscriber, limited=True)


def test_a_guesser_is_refused_without_a_read_for_some_seconds(
    shop: FakeSheet, world: FakeWorld, committer: Committer
) -> None:
    told = [committer.submit(beyond(f"X-{number}")) for number in range(20)]
    assert {each.outcome.word for each in told} == {"too_many"}
    assert shop.reads == 1
    assert told[-1] == Told(Outcome("too_many", code="X-19", language="en"), 0, {})
    world.sleep(KEPT_S)
    committer.submit(beyond("X"))
    assert shop.reads == 2


def test_who_types_guesses_is_refused_without_a_read_and_given_what_they_ask_for(
    shop: FakeSheet, committer: Committer
) -> None:
    for number in range(20):
        assert committer.submit(TypedCall(BOT, "s2", f"X-{number}", limited=True)).outcome.word == "too_many"
    assert shop.reads == 1
    assert committer.submit(TypedCall(BOT, "s2", "spring", limited=True)).outcome.word == "issued"
    assert committer.submit(TypedCall(BOT, "s1", CODE, limited=True)).outcome.word == "valid"


def test_the_holder_gets_through_at_once_on_a_read_of_its_own(shop: FakeSheet, committer: Committer) -> None:
    committer.submit(beyond("X"))
    assert committer.submit(beyond(CODE)).outcome.word == "valid"
    assert committer.submit(RedeemCall(BOT, CODE, "s1", limited=True)).outcome.word == "redeemed"
    assert shop.reads == 4  # the last one verifies


def test_what_one_guesser_has_seen_refuses_no_other(shop: FakeSheet, committer: Committer) -> None:
    committer.submit(beyond("X"))
    shop.type_row("codes", code="HAND-1", campaign="spring", subscriber_id="s2", status="unused")
    assert committer.submit(beyond("HAND-1", "s2")).outcome.word == "valid"


def test_who_is_given_a_code_meanwhile_gets_through_at_once(committer: Committer) -> None:
    committer.submit(beyond("X", "s3"))
    given = committer.submit(issue_call("s3")).outcome.code
    assert committer.submit(beyond(given, "s3")).outcome.word == "valid"


def test_a_code_typed_by_staff_meanwhile_is_seen_after_those_seconds(
    shop: FakeSheet, world: FakeWorld, committer: Committer
) -> None:
    committer.submit(beyond("X", "s3"))
    shop.type_row("codes", code="HAND-1", campaign="spring", subscriber_id="s3", status="unused")
    assert committer.submit(beyond("HAND-1", "s3")).outcome.word == "too_many"
    world.sleep(KEPT_S)
    assert committer.submit(beyond("HAND-1", "s3")).outcome.word == "valid"


def test_a_call_that_is_not_limited_is_never_answered_by_a_glance(shop: FakeSheet, committer: Committer) -> None:
    committer.submit(beyond("X", "s3"))
    assert committer.submit(CheckCall(BOT, "X", "s3")).outcome.word == "not_found"
    assert shop.reads == 2


def test_what_a_till_waited_is_taken_from_its_deadline(shop: FakeSheet, world: FakeWorld, committer: Committer) -> None:
    shop.before_read = lambda: world.sleep(2.0)
    told = committer.submit(CheckCall(TILL, CODE), spent_s=3.0)
    assert told.waited_ms == pytest.approx(5_300, abs=200)
    late = committer.submit(CheckCall(TILL, CODE), spent_s=8.0)
    assert late.outcome.word == "busy"


# the whole way


class Counter:
    """The service in front of a fake sheet, as bots and tills meet it."""

    def __init__(self, committer: Committer, world: FakeWorld) -> None:
        keys = (Key("bothelp", Role.BOT, b"bot-secret-0000000"), Key("till-1", Role.TILL, b"till-secret-000000"))
        self.lines: list[str] = []
        self._service = Service(Settings("sheet", keys, KEY), world, self.lines.append)
        self._service._committer = committer
        self._app = Flask(__name__)

    def post(self, path: str, body: dict[str, str], secret: str = "bot-secret-0000000") -> dict[str, Any]:
        with self._app.test_request_context(path, method="POST", json=body, headers={"X-Api-Key": secret}):
            answer, _, _ = self._service.answer_under(flask.request, {"/bot": Surface.BOT, "/till": Surface.TILL})
        found: dict[str, Any] = json.loads(answer)
        return found


@pytest.fixture
def counter_of_shop(committer: Committer, world: FakeWorld) -> Counter:
    return Counter(committer, world)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/bot/check", {"subscriber_id": "s2"}, id="check"),
        pytest.param("/bot/redeem", {"subscriber_id": "s2"}, id="redeem"),
        pytest.param("/bot/manychat/redeem", {"id": "2"}, id="ManyChat"),
    ],
)
def test_a_guesser_is_told_too_many_and_uses_up_nobodys_code(
    counter_of_shop: Counter, shop: FakeSheet, path: str, body: dict[str, str]
) -> None:
    for number in range(OF_SUBSCRIBER):
        assert "There is no such promo code" in json.dumps(counter_of_shop.post(path, body | {"code": f"X-{number}"}))
    before = shop.writes
    told = counter_of_shop.post(path, body | {"code": CODE})
    assert "too many attempts" in json.dumps(told)
    assert shop.writes == before
    assert shop.rows["redemptions"] == []
    assert counter_of_shop.post("/bot/redeem", {"subscriber_id": "s1", "code": CODE})["status"] == "redeemed"


def test_the_holder_redeems_after_any_number_of_wrong_codes(counter_of_shop: Counter) -> None:
    words = [counter_of_shop.post("/bot/redeem", {"subscriber_id": "s1", "code": f"X-{n}"})["status"] for n in range(8)]
    assert words == ["not_found"] * 5 + ["too_many"] * 3
    assert counter_of_shop.post("/bot/redeem", {"subscriber_id": "s1", "code": CODE})["status"] == "redeemed"


def test_a_guessing_till_is_slowed_and_never_refused(counter_of_shop: Counter, world: FakeWorld) -> None:
    took: list[float] = []
    for number in range(OF_TILL + 3):
        started = world.monotonic()
        told = counter_of_shop.post("/till/check", {"code": f"X-{number}"}, "till-secret-000000")
        took.append(world.monotonic() - started)
        assert told["status"] == "not_found"
    assert took[OF_TILL - 1 :] == pytest.approx([0.3, 0.5, 0.7, 0.9], abs=0.05)
    assert counter_of_shop.post("/till/redeem", {"code": CODE}, "till-secret-000000")["status"] == "redeemed"


def test_a_till_that_waited_is_busy_no_later_than_another(
    counter_of_shop: Counter, shop: FakeSheet, world: FakeWorld
) -> None:
    for number in range(OF_TILL + 40):
        counter_of_shop.post("/till/check", {"code": f"X-{number}"}, "till-secret-000000")
    shop.read_fault = Unanswered("503")
    started = world.monotonic()
    assert counter_of_shop.post("/till/check", {"code": CODE}, "till-secret-000000")["status"] == "busy"
    assert world.monotonic() - started == pytest.approx(8.0, abs=0.5)


def test_a_log_line_says_too_many_and_who_called(counter_of_shop: Counter) -> None:
    for number in range(OF_SUBSCRIBER + 1):
        counter_of_shop.post("/bot/check", {"subscriber_id": "secret-person", "code": f"X-{number}"})
    line = json.loads(counter_of_shop.lines[-1])
    assert (line["severity"], line["outcome"], line["caller"]) == ("WARNING", "too_many", "bothelp")
    assert "secret-person" not in "".join(counter_of_shop.lines)
