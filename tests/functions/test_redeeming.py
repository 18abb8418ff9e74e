from __future__ import annotations

from dataclasses import replace

import pytest
from rows import ADMIN, BOT, MINUTE, NOW, TILL, ago, at, check_call, code, redeem_call, redeemed, sheet

from functions import redeeming, wall
from functions.promo import (
    Answer,
    Caller,
    Campaign,
    CheckCall,
    Claim,
    Decision,
    Event,
    Outcome,
    PromoCode,
    RedeemCall,
    Redemption,
    Role,
    RollbackCall,
    Source,
    Status,
    Unsettled,
)
from functions.snapshot import Snapshot

SPRING = Campaign("spring", prefix="SPRING", discount="10 %")
CODE = "SPRING-11111-22222"
SECOND = 1_000


def redeem(snapshot: Snapshot, call: RedeemCall | None = None, now: int = NOW) -> Decision:
    return redeeming.redeem(snapshot, call or redeem_call(), now, "new")


def check(snapshot: Snapshot, call: CheckCall | None = None) -> Outcome:
    decision = redeeming.check(snapshot, call or check_call(), NOW)
    assert isinstance(decision, Answer)
    return decision.outcome


def word(decision: Decision) -> str:
    return decision.why if isinstance(decision, Unsettled) else decision.outcome.word


def claim_of(decision: Decision) -> Redemption:
    assert isinstance(decision, Claim)
    (row,) = decision.rows
    assert isinstance(row, Redemption)
    return row


def test_a_good_code_is_claimed_with_who_when_and_where() -> None:
    call = redeem_call("spring 11111 22222", reference="order 7", request_id="r1")
    row = claim_of(redeem(sheet(code()), call))
    assert row == Redemption(
        wall.named(ago(0), "new"), CODE, Event.REDEEMED, "till-1", "", "order 7", "till-1", "r1", "new"
    )


def test_a_check_changes_nothing_and_tells_what_the_code_is_worth() -> None:
    outcome = check(sheet(code(name="Anna Petrova", expires=at("2026-03-31")), campaigns=(SPRING,)))
    assert (outcome.word, outcome.code, outcome.discount, outcome.name) == ("valid", CODE, "10 %", "Anna Petrova")
    assert (outcome.days_left, outcome.uses, outcome.uses_left) == (21, 0, 1)


REFUSALS = [
    pytest.param((), {}, "not_found", id="no such code"),
    pytest.param((code(status=Status.VOID),), {}, "void", id="voided"),
    pytest.param((code(), code(row=3, status=Status.VOID)), {}, "void", id="one of two rows voided"),
    pytest.param((code(status=Status.USED),), {}, "already_used", id="used by staff's word"),
    pytest.param((code(), redeemed("c", MINUTE)), {}, "already_used", id="redeemed"),
    pytest.param((code(expires=at("2026-03-09")),), {}, "expired", id="expired yesterday"),
    pytest.param((code(expires=at("2026-03-09")), redeemed("c", MINUTE)), {}, "already_used", id="used, then expired"),
    pytest.param((code(bad=("status",)),), {}, "sheet_broken", id="a status that cannot be read"),
    pytest.param((code(campaign="gone"),), {}, "sheet_broken", id="a campaign that is not in Campaigns"),
    pytest.param((code(),), {"campaign": "summer"}, "not_found", id="another campaign's code"),
]


@pytest.mark.parametrize(("rows", "more", "expected"), REFUSALS)
def test_redeem_and_check_refuse_alike(
    rows: tuple[PromoCode | Redemption, ...], more: dict[str, str], expected: str
) -> None:
    assert word(redeem(sheet(*rows), redeem_call(**more))) == expected
    assert check(sheet(*rows), check_call(**more)).word == expected


@pytest.mark.parametrize(("rows", "more", "expected"), REFUSALS)
def test_a_stranger_at_the_bot_learns_nothing(
    rows: tuple[PromoCode | Redemption, ...], more: dict[str, str], expected: str
) -> None:
    del expected
    call = check_call(caller=BOT, subscriber_id="stranger", **more)
    assert check(sheet(*rows), call) == Outcome("not_found", code=CODE, language="en")


def test_the_holder_learns_when_and_where_the_code_was_used() -> None:
    outcome = check(
        sheet(code(), redeemed("c", MINUTE, channel="main street")), check_call(caller=BOT, subscriber_id="s1")
    )
    assert (outcome.word, outcome.channel) == ("already_used", "main street")
    assert outcome.used_on is not None
    assert outcome.used_on.isoformat() == "2026-03-10T11:59:00+03:00"


def test_a_stopped_or_ended_campaign_still_honours_its_codes() -> None:
    stopped = replace(SPRING, active=False, ends=at("2026-01-01"))
    assert word(redeem(sheet(code(), campaigns=(stopped,)))) == "redeemed"


@pytest.mark.parametrize(
    ("caller", "subscriber", "expected"),
    [
        pytest.param(BOT, "s1", "redeemed", id="the holder at the bot"),
        pytest.param(BOT, "s2", "not_found", id="another at the bot"),
        pytest.param(BOT, "", "not_found", id="nobody in particular at the bot"),
        pytest.param(TILL, "", "redeemed", id="a till is trusted"),
        pytest.param(TILL, "s2", "not_yours", id="another's id at a till"),
        pytest.param(TILL, "s1", "redeemed", id="the holder's id at a till"),
    ],
)
def test_holder_only(caller: Caller, subscriber: str, expected: str) -> None:
    only = replace(SPRING, holder_only=True)
    call = redeem_call(caller=caller, subscriber_id=subscriber)
    assert word(redeem(sheet(code(), campaigns=(only,)), call)) == expected


def test_without_holder_only_a_code_may_be_given_away() -> None:
    assert word(redeem(sheet(code()), redeem_call(caller=BOT, subscriber_id="friend"))) == "redeemed"


def test_uses_per_code_counts_distinct_requests() -> None:
    three = replace(SPRING, uses_per_code=3)
    claims = [redeemed("a", MINUTE, request_id="r1"), redeemed("b", MINUTE, request_id="r1"), redeemed("c", MINUTE)]
    decision = redeem(sheet(code(), *claims, campaigns=(three,)))
    assert isinstance(decision, Claim)
    assert (decision.outcome.uses, decision.outcome.uses_left) == (3, 0)
    full = sheet(code(), *claims, redeemed("d", MINUTE), campaigns=(three,))
    assert word(redeem(full)) == "already_used"


class TestRepeats:
    mine = redeemed("a", 5 * SECOND, request_id="r1")
    call = redeem_call(request_id="r1")

    def test_a_confirmed_claim_answers_the_repeat(self) -> None:
        row = code(status=Status.USED, used_on=self.mine.time)
        decision = redeem(sheet(row, self.mine), self.call)
        assert isinstance(decision, Answer)
        assert decision.outcome.word == "redeemed"
        assert (decision.outcome.uses, decision.outcome.uses_left) == (1, 0)

    def test_an_unconfirmed_claim_is_not_adopted_but_claimed_again(self) -> None:
        assert claim_of(redeem(sheet(code(), self.mine), self.call)).claim == "new"

    def test_a_lone_claim_older_than_ten_minutes_answers(self) -> None:
        old = replace(self.mine, time=ago(11 * MINUTE))
        assert isinstance(redeem(sheet(code(), old), self.call), Answer)

    def test_a_claim_contested_by_a_confirmed_one_is_told_already_used(self) -> None:
        rival = redeemed("b", 6 * SECOND, request_id="r2")
        row = code(status=Status.USED, used_on=rival.time)
        assert word(redeem(sheet(row, self.mine, rival), self.call)) == "already_used"

    def test_a_contested_claim_that_nobody_confirmed_waits(self) -> None:
        rival = redeemed("b", 6 * SECOND, request_id="r2")
        assert redeem(sheet(code(), self.mine, rival), self.call) == Unsettled("contested")

    def test_a_withdrawn_claim_of_the_request_is_as_if_it_had_never_been(self) -> None:
        gone = Redemption(ago(0), CODE, Event.WITHDRAWN, claim="a")
        assert claim_of(redeem(sheet(code(), self.mine, gone), self.call)).claim == "new"

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(redeem_call("SPRING-99999-99999", request_id="r1"), id="another code"),
            pytest.param(redeem_call(request_id="r1", subscriber_id="s1"), id="another subscriber"),
            pytest.param(redeem_call(request_id="r1", channel="till-2"), id="another channel"),
            pytest.param(redeem_call(request_id="r1", reference="order 8"), id="another reference"),
        ],
    )
    def test_the_same_request_with_other_content_is_refused(self, other: RedeemCall) -> None:
        assert word(redeem(sheet(code(), self.mine), other)) == "idempotency_mismatch"

    def test_a_request_that_was_rolled_back_stays_so(self) -> None:
        undone = Redemption(ago(0), CODE, Event.ROLLED_BACK, claim="a", request_id="r1")
        assert word(redeem(sheet(code(), self.mine, undone), self.call)) == "idempotency_mismatch"
        assert word(redeem(sheet(code(), self.mine, undone), redeem_call(request_id="r2"))) == "redeemed"

    def test_a_repeat_after_midnight_is_judged_at_the_time_of_its_claim(self) -> None:
        expired_since = code(expires=at("2026-03-10"))
        just_before = int(NOW + 12 * 60 * MINUTE - SECOND)
        late = just_before + 3 * SECOND
        snapshot = sheet(expired_since, replace(self.mine, time=at("2026-03-10")))
        assert word(redeem(snapshot, self.call, late)) == "redeemed"
        assert word(redeem(sheet(expired_since), self.call, late)) == "expired"

    def test_a_bots_call_without_a_request_id_repeats_within_a_minute_and_a_tills_never(self) -> None:
        by_bot = redeemed("a", 30 * SECOND, by="bothelp", channel="bothelp", subscriber_id="s1")
        row = code(status=Status.USED, used_on=by_bot.time)
        bot_call = redeem_call(caller=BOT, subscriber_id="s1")
        assert word(redeem(sheet(row, by_bot), bot_call)) == "redeemed"
        later = replace(by_bot, time=ago(61 * SECOND))
        assert word(redeem(sheet(replace(row, used_on=later.time), later), bot_call)) == "already_used"
        elsewhere = redeem_call(caller=BOT, subscriber_id="s1", channel="instagram")
        assert word(redeem(sheet(row, by_bot), elsewhere)) == "already_used"
        by_till = redeemed("a", 30 * SECOND)
        assert word(redeem(sheet(code(status=Status.USED, used_on=by_till.time), by_till))) == "already_used"


class TestRefusalsThatRestOnAClaim:
    def test_a_young_unconfirmed_claim_is_waited_for(self) -> None:
        assert redeem(sheet(code(), redeemed("b", 5 * SECOND))) == Unsettled("young claim")
        assert word(redeem(sheet(code(), redeemed("b", 20 * SECOND)))) == "already_used"

    def test_a_young_confirmed_claim_is_enough(self) -> None:
        rival = redeemed("b", 5 * SECOND)
        assert word(redeem(sheet(code(status=Status.USED, used_on=rival.time), rival))) == "already_used"

    def test_a_projection_on_the_wrong_row_is_neither_believed_nor_guessed_away(self) -> None:
        other = redeemed("b", MINUTE, "SPRING-99999-99999")
        assert redeem(sheet(code(status=Status.USED, used_on=other.time), other)) == Unsettled("stray")

    def test_a_rolled_back_use_whose_projection_is_still_there_is_no_use(self) -> None:
        gone = redeemed("b", MINUTE)
        undone = Redemption(ago(0), CODE, Event.ROLLED_BACK, claim="b")
        assert word(redeem(sheet(code(status=Status.USED, used_on=gone.time), gone, undone))) == "redeemed"

    def test_a_withdrawn_row_of_promo_codes_is_no_code(self) -> None:
        gone = Redemption(code().issued, CODE, Event.WITHDRAWN, subscriber_id="s1")
        assert word(redeem(sheet(code(), gone))) == "not_found"


def test_two_redemptions_never_share_a_time() -> None:
    moment = wall.named(ago(0), "new")
    taken = redeemed("b", ago(0) - moment, "SPRING-99999-99999")
    assert taken.time == moment
    assert claim_of(redeem(sheet(code(), taken))).time == moment + 1


def test_a_mark_that_two_claims_share_confirms_neither() -> None:
    first, second = redeemed("a", 5_000, request_id="r1"), redeemed("b", 5_000, request_id="r2")
    rows = (code(status=Status.USED, used_on=first.time), first, second)
    assert redeem(sheet(*rows), redeem_call(request_id="r1")) == Unsettled("contested")
    assert word(redeem(sheet(rows[0], first), redeem_call(request_id="r1"))) == "redeemed"


class TestSharedCode:
    sale = Campaign("sale", source=Source.SHARED, shared_code="SALE-20", total_limit=2)
    rows = (code("SALE-20", "s1", campaign="sale"), code("SALE-20", "s2", campaign="sale", row=3))

    def shared(self, *more: Redemption) -> Snapshot:
        return sheet(*self.rows, *more, campaigns=(self.sale,))

    def used(self, claim: str, subscriber: str = "") -> Redemption:
        return redeemed(claim, MINUTE, "SALE-20", subscriber_id=subscriber)

    def test_each_subscriber_uses_it_once(self) -> None:
        snapshot = self.shared(self.used("a", "s1"))
        assert word(redeem(snapshot, redeem_call("sale20", subscriber_id="s1"))) == "subscriber_limit_reached"
        assert word(redeem(snapshot, redeem_call("sale20", subscriber_id="s2"))) == "redeemed"

    def test_a_till_without_a_subscriber_is_limited_by_the_total_alone(self) -> None:
        assert word(redeem(self.shared(self.used("a")), redeem_call("sale20"))) == "redeemed"
        full = self.shared(self.used("a"), self.used("b", "s1"))
        assert word(redeem(full, redeem_call("sale20"))) == "already_used"
        assert word(redeem(full, redeem_call("sale20", subscriber_id="s2"))) == "already_used"

    def test_its_total_limit_is_reached_at_once_when_the_last_use_is_confirmed_on_any_row(self) -> None:
        last = replace(self.used("a", "s2"), time=ago(2_000))
        mine, other = self.rows
        shown = replace(other, status=Status.USED, used_on=last.time, channel="till-1")
        call = redeem_call("SALE-20", subscriber_id="s1")
        sale = replace(self.sale, total_limit=1)
        assert word(redeem(sheet(mine, other, last, campaigns=(sale,)), call)) == "young claim"
        assert word(redeem(sheet(mine, shown, last, campaigns=(sale,)), call)) == "already_used"

    def test_it_is_good_at_the_till_before_any_subscriber_asked_for_it(self) -> None:
        snapshot = sheet(campaigns=(self.sale,))
        assert word(redeem(snapshot, redeem_call("sale20"))) == "redeemed"
        over = sheet(campaigns=(replace(self.sale, ends=at("2026-03-09")),))
        assert word(redeem(over, redeem_call("sale20"))) == "expired"


class TestRollback:
    mine = redeemed("a", MINUTE, request_id="r1")

    def rollback(self, snapshot: Snapshot, caller: Caller = TILL, request_id: str = "") -> Decision:
        return redeeming.rollback(snapshot, RollbackCall(caller, CODE, caller.name, "", request_id), NOW)

    def test_it_names_the_claim_that_it_undoes(self) -> None:
        decision = self.rollback(sheet(code(), self.mine), request_id="r1")
        assert isinstance(decision, Claim)
        assert [(row.event, row.claim) for row in decision.rows if isinstance(row, Redemption)] == [
            (Event.ROLLED_BACK, "a")
        ]
        assert decision.outcome.uses == 0

    def test_it_undoes_every_claim_of_the_request(self) -> None:
        again = replace(self.mine, claim="b")
        decision = self.rollback(sheet(code(), self.mine, again), request_id="r1")
        assert isinstance(decision, Claim)
        assert [row.claim for row in decision.rows if isinstance(row, Redemption)] == ["a", "b"]

    @pytest.mark.parametrize(
        ("caller", "request_id", "expected"),
        [
            pytest.param(TILL, "r1", "rolled_back", id="the till that redeemed"),
            pytest.param(TILL, "", "rolled_back", id="without naming the request"),
            pytest.param(TILL, "r2", "not_redeemed", id="another request"),
            pytest.param(Caller("till-2", Role.TILL), "r1", "not_redeemed", id="another till"),
            pytest.param(ADMIN, "r1", "rolled_back", id="an admin may undo any"),
        ],
    )
    def test_it_undoes_only_its_callers_own_redemption(self, caller: Caller, request_id: str, expected: str) -> None:
        assert word(self.rollback(sheet(code(), self.mine), caller, request_id)) == expected

    def test_a_repeat_does_not_undo_the_next_redemption(self) -> None:
        undone = Redemption(ago(0), CODE, Event.ROLLED_BACK, by="till-1", claim="a", request_id="r1")
        later = redeemed("b", SECOND, by="till-2", request_id="r2")
        decision = self.rollback(sheet(code(), self.mine, undone, later), request_id="r1")
        assert decision == Answer(decision.outcome)  # type: ignore[union-attr]
        assert word(decision) == "rolled_back"

    def test_of_several_it_must_be_told_which(self) -> None:
        two = replace(SPRING, uses_per_code=2)
        decision = self.rollback(sheet(code(), self.mine, redeemed("b", MINUTE), campaigns=(two,)))
        assert isinstance(decision, Answer)
        assert (decision.outcome.word, decision.outcome.field) == ("invalid_request", "request_id")

    def test_nothing_to_undo(self) -> None:
        assert word(self.rollback(sheet(code()))) == "not_redeemed"
        assert word(self.rollback(sheet())) == "not_found"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(" spring-11111-22222 ", id="small letters and spaces"),
        pytest.param("SPRING1111122222", id="no dashes"),
        pytest.param("SРRING-11111-22222", id="a Cyrillic look-alike"),
        pytest.param("SPRlNG-lllll-22222", id="l for 1"),
        pytest.param("ыЗКШТП-11111-22222", id="Russian keyboard layout"),
    ],
)
def test_a_mistyped_code_is_still_found(typed: str) -> None:
    assert check(sheet(code()), check_call(typed)).word == "valid"
