"""A round on one read: each rule of the cycle, and what turns red without it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rows import KEY, NOW, TILL, ago, code, issue_call, redeem_call, redeemed, sheet

from functions import deciding, issuing, redeeming
from functions.deciding import Fate, Round, Rules, Turn
from functions.promo import (
    Call,
    Campaign,
    Decision,
    Event,
    IssueCall,
    PromoCode,
    RedeemCall,
    Redemption,
    RollbackCall,
    Row,
    Source,
)
from functions.snapshot import Snapshot

SPRING = Campaign("spring", prefix="SPRING")
ONE_LEFT = replace(SPRING, total_limit=1)


def decide(snapshot: Snapshot, turn: Turn) -> Decision:
    call = turn.call
    if isinstance(call, IssueCall):
        return issuing.issue(snapshot, call, turn.now, KEY)
    if isinstance(call, RedeemCall):
        return redeeming.redeem(snapshot, call, turn.now, turn.token)
    assert isinstance(call, RollbackCall)
    return redeeming.rollback(snapshot, call, turn.now)


def turn_of(call: Call, token: str = "t1", **more: object) -> Turn:
    return Turn(call, NOW, 8.0, token, now=NOW, **more)  # type: ignore[arg-type]


def play(snapshot: Snapshot, *turns: Turn) -> Round:
    rules = Rules(decide, lambda: "fresh", lambda: 0.1, clock=1.0, attempts=3)
    return deciding.play(snapshot, turns, rules)


def claimed(snapshot: Snapshot, call: Call, token: str = "t1", fate: Fate = Fate.LANDED) -> tuple[Turn, Row]:
    """A turn whose claim was sent on that snapshot."""
    turn = turn_of(call, token)
    played = play(snapshot, turn)
    assert played.sending == [turn]
    assert turn.claim is not None
    turn.fate, turn.based_on = fate, snapshot.tables.number
    return turn, turn.claim.rows[0]


def words(played: Round) -> list[str]:
    return [outcome.word for _, outcome in played.answers] + [claim.outcome.word for _, claim in played.standing]


def test_a_call_that_writes_nothing_is_answered_from_the_first_read() -> None:
    assert words(play(sheet(code()), turn_of(issue_call()))) == ["already_issued"]


def test_a_claim_is_sent_before_anything_is_answered() -> None:
    played = play(sheet(), turn_of(issue_call()))
    assert words(played) == []
    (row,) = played.rows(sheet())
    assert isinstance(row, PromoCode)


def test_each_call_is_decided_on_the_effects_of_those_before_it() -> None:
    first, second = turn_of(issue_call("s1"), "t1"), turn_of(issue_call("s2"), "t2")
    played = play(sheet(campaigns=(ONE_LEFT,)), first, second)
    assert played.sending == [first]
    assert words(played) == []  # the second rests on a row that has not landed: it is answered at the verify read


def test_a_repeat_in_the_same_group_waits_for_the_row_it_rests_on() -> None:
    first, second = turn_of(issue_call("s1"), "t1"), turn_of(issue_call("s1"), "t2")
    played = play(sheet(), first, second)
    assert played.sending == [first]
    assert words(played) == []
    assert first.claim is not None
    landed = sheet(*(row for row in first.claim.rows if isinstance(row, PromoCode)), number=8)
    first.fate = Fate.LANDED
    assert sorted(words(play(landed, first, second))) == ["already_issued", "issued"]


def test_a_claim_stands_when_the_decision_without_it_is_the_same() -> None:
    turn, row = claimed(sheet(), issue_call())
    assert isinstance(row, PromoCode)
    assert words(play(sheet(row, number=8), turn)) == ["issued"]
    turn, claim = claimed(sheet(code()), redeem_call())
    assert words(play(sheet(code(), claim, number=8), turn)) == ["redeemed"]  # type: ignore[arg-type]


def test_a_row_that_a_rival_wrote_for_the_same_code_and_subscriber_is_the_same_code() -> None:
    turn, row = claimed(sheet(), issue_call())
    assert isinstance(row, PromoCode)
    rival = replace(row, issued=ago(100), row=3)
    assert words(play(sheet(row, rival, number=8), turn)) == ["issued"]


def test_a_claim_over_the_limit_is_withdrawn_and_nothing_is_answered_from_it() -> None:
    empty = sheet(campaigns=(ONE_LEFT,))
    turn, row = claimed(empty, issue_call("s1"))
    _, rival = claimed(empty, issue_call("s2"))
    both = sheet(row, rival, campaigns=(ONE_LEFT,), number=9)  # type: ignore[arg-type]
    played = play(both, turn)
    assert words(played) == []
    (withdrawal,) = played.rows(both)
    assert isinstance(withdrawal, Redemption)
    assert (withdrawal.event, withdrawal.code, withdrawal.subscriber_id) == (Event.WITHDRAWN, row.code, "s1")
    seen = sheet(row, rival, withdrawal, campaigns=(ONE_LEFT,), number=10)  # type: ignore[arg-type]
    turn.not_before = 0.0
    played = play(seen, turn)
    assert words(played) == []  # first a random pause
    turn.not_before = 0.0
    assert words(play(seen, turn)) == ["campaign_limit_reached"]


def test_nobody_is_told_of_a_code_that_is_about_to_be_taken_back() -> None:
    turn, row = claimed(sheet(), issue_call("s1"))
    typed = replace(row, subscriber_id="s2", row=3)  # type: ignore[type-var]  # staff gave that very code to another
    assert play(sheet(row, typed, number=8), turn).withdrawing == [turn]  # type: ignore[arg-type]
    again = sheet(row, number=8)  # type: ignore[arg-type]  # they take it back before the withdrawal is sent
    second = turn_of(issue_call("s1"), "t2")
    played = play(again, turn, second)
    assert played.withdrawing == [turn]
    assert words(played) == []
    gone = sheet(row, *(each for each in played.rows(again) if isinstance(each, Redemption)), number=9)  # type: ignore[arg-type]
    assert play(gone, second).sending == [second]


def _used(code_: str, event: Event = Event.REDEEMED) -> Redemption:
    return Redemption(ago(0), code_, event, by="till-1", request_id="r1", claim="c1")


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([Event.REDEEMED], id="redeemed"),
        pytest.param([Event.REDEEMED, Event.ROLLED_BACK], id="redeemed and given back"),
        pytest.param([Event.REDEEMED, Event.WITHDRAWN], id="a redemption that was taken back"),
    ],
)
@pytest.mark.parametrize("limit", [None, 1], ids=["no limit", "one code"])
def test_a_code_that_somebody_used_before_its_writer_looked_again_is_not_taken_back(
    events: list[Event], limit: int | None
) -> None:
    """Another process may have told it to the subscriber meanwhile."""
    campaigns = (replace(SPRING, total_limit=limit),)
    turn, row = claimed(sheet(campaigns=campaigns), issue_call())
    assert isinstance(row, PromoCode)
    used = sheet(row, *(_used(row.code, event) for event in events), campaigns=campaigns, number=9)
    played = play(used, turn)
    assert [(claim.outcome.word, claim.outcome.code) for _, claim in played.standing] == [("issued", row.code)]
    assert not played.writers


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(replace(SPRING, active=False), id="stopped"),
        pytest.param(replace(SPRING, ends=ago(3 * 24 * 3_600_000)), id="ended"),
        pytest.param(replace(SPRING, starts=ago(-3 * 24 * 3_600_000)), id="put off"),
        pytest.param(replace(SPRING, prefix="OTHER"), id="another prefix"),
        pytest.param(replace(SPRING, length=12), id="another length"),
    ],
)
def test_a_code_that_is_written_stands_though_staff_change_the_campaign(now: Campaign) -> None:
    turn, row = claimed(sheet(), issue_call())
    changed = sheet(row, campaigns=(now,), number=8)  # type: ignore[arg-type]
    played = play(changed, turn)
    assert [(claim.outcome.word, claim.outcome.code) for _, claim in played.standing] == [("issued", row.code)]
    repeat = turn_of(issue_call(), "t2")  # and whoever is asked meanwhile says the same
    assert words(play(changed, repeat)) == ["already_issued"]


def test_over_the_limit_a_code_is_taken_back_though_the_campaign_was_stopped() -> None:
    turn, row = claimed(sheet(campaigns=(ONE_LEFT,)), issue_call("s1"))
    _, rival = claimed(sheet(campaigns=(ONE_LEFT,)), issue_call("s2"))
    stopped = replace(ONE_LEFT, active=False)
    assert play(sheet(row, rival, campaigns=(stopped,), number=9), turn).withdrawing == [turn]  # type: ignore[arg-type]


def test_a_code_with_uses_left_is_told_again_at_once_after_a_use() -> None:
    twice = replace(SPRING, uses_per_code=2)
    _, row = claimed(sheet(campaigns=(twice,)), issue_call())
    assert isinstance(row, PromoCode)
    once = sheet(row, _used(row.code), campaigns=(twice,), number=9)
    assert words(play(once, turn_of(issue_call(), "t2"))) == ["already_issued"]


def test_a_ready_code_with_uses_left_is_told_again_after_a_use() -> None:
    ready = {"campaigns": (replace(SPRING, source=Source.POOL, uses_per_code=2),), "pool": (("READY-1", "spring"),)}
    writer, row = claimed(sheet(**ready), issue_call())  # type: ignore[arg-type]
    assert isinstance(row, PromoCode)
    used = _used(row.code)
    repeat, copy = claimed(sheet(row, used, number=9, **ready), issue_call(), "t2")  # type: ignore[arg-type]
    played = play(sheet(row, used, copy, number=10, **ready), writer, repeat)  # type: ignore[arg-type]
    assert sorted(words(played)) == ["already_issued", "issued"]
    assert not played.writers


def test_two_redemptions_of_one_code_that_both_landed_are_both_withdrawn() -> None:
    turn, mine = claimed(sheet(code()), redeem_call(request_id="r1"), "t1")
    _, rival = claimed(sheet(code()), redeem_call(request_id="r2"), "t2")
    assert isinstance(rival, Redemption)
    assert rival.time is not None
    rival = replace(rival, time=rival.time + 1)
    both = sheet(code(), mine, rival, number=9)  # type: ignore[arg-type]
    played = play(both, turn)
    assert words(played) == []
    (withdrawal,) = played.rows(both)
    assert isinstance(withdrawal, Redemption)
    assert (withdrawal.event, withdrawal.claim) == (Event.WITHDRAWN, "t1")


def test_a_read_without_the_own_row_is_no_verify() -> None:
    turn, _ = claimed(sheet(code()), redeem_call())
    played = play(sheet(code(), number=7), turn)
    assert words(played) == []
    assert not played.writers


def test_a_claim_found_dead_at_its_own_verify_is_busy() -> None:
    turn, claim = claimed(sheet(code()), redeem_call())
    undone = Redemption(ago(0), code().code, Event.ROLLED_BACK, claim="t1")
    assert words(play(sheet(code(), claim, undone, number=9), turn)) == ["busy"]  # type: ignore[arg-type]


def test_no_row_of_the_code_at_the_verify_withdraws_first() -> None:
    turn, claim = claimed(sheet(code()), redeem_call())
    gone = sheet(claim, number=8)  # type: ignore[arg-type]
    played = play(gone, turn)
    assert words(played) == []
    assert [row.event for row in played.rows(gone) if isinstance(row, Redemption)] == [Event.WITHDRAWN]


class TestUnknownOutcome:
    def test_an_unmoved_number_and_the_same_decision_send_the_same_claim_again(self) -> None:
        turn, claim = claimed(sheet(code()), redeem_call(), fate=Fate.UNKNOWN)
        assert play(sheet(code()), turn).rows(sheet(code())) == [claim]

    def test_a_number_that_moved_on_gives_the_claim_up_in_the_batch_of_a_new_one(self) -> None:
        turn, _ = claimed(sheet(code()), redeem_call(), fate=Fate.UNKNOWN)
        moved = sheet(code(), number=8)
        rows = play(moved, turn).rows(moved)
        assert [(row.event, row.claim) for row in rows if isinstance(row, Redemption)] == [
            (Event.WITHDRAWN, "t1"),
            (Event.REDEEMED, "fresh"),
        ]

    def test_a_definite_no_waits_until_the_withdrawal_is_seen(self) -> None:
        turn, claim = claimed(sheet(code()), redeem_call(), fate=Fate.UNKNOWN)
        emptied = sheet(number=7)
        played = play(emptied, turn)
        assert words(played) == []
        (withdrawal,) = played.rows(emptied)
        assert isinstance(withdrawal, Redemption)
        assert withdrawal.claim == "t1"
        landed_late = sheet(claim, withdrawal, number=9)  # type: ignore[arg-type]
        assert words(play(landed_late, turn)) == ["not_found"]

    def test_a_claim_that_landed_after_all_is_verified(self) -> None:
        turn, claim = claimed(sheet(code()), redeem_call(), fate=Fate.UNKNOWN)
        assert words(play(sheet(code(), claim, number=8), turn)) == ["redeemed"]  # type: ignore[arg-type]

    def test_an_issue_call_keeps_its_code_when_the_number_moved_on(self) -> None:
        turn, row = claimed(sheet(), issue_call(), fate=Fate.UNKNOWN)
        other = code("SPRING-99999-99999", "s2")
        moved = sheet(other, number=8)
        (again,) = play(moved, turn).rows(moved)
        assert again == row

    def test_after_three_attempts_it_is_busy(self) -> None:
        turn, _ = claimed(sheet(code()), redeem_call(), fate=Fate.UNKNOWN)
        turn.attempts = 3
        assert words(play(sheet(code()), turn)) == ["busy"]


def test_a_rollback_is_answered_once_its_row_is_seen() -> None:
    mine = redeemed("a", 60_000, request_id="r1")
    turn, row = claimed(sheet(code(), mine), RollbackCall(TILL, code().code, "till-1", "", "r1"))
    assert words(play(sheet(code(), mine, row, number=8), turn)) == ["rolled_back"]  # type: ignore[arg-type]


def test_a_rollback_that_may_land_yet_is_sent_again_whatever_became_of_the_claim() -> None:
    call = RollbackCall(TILL, "SPRING-11111-22222", "till-1", request_id="r1")
    claim = redeemed("c1", 5_000, request_id="r1")
    turn, row = claimed(sheet(code(), claim), call, fate=Fate.UNKNOWN)
    gone = replace(claim, event=Event.WITHDRAWN)
    played = play(sheet(code(), claim, gone, number=8), turn)
    assert words(played) == []
    assert played.rows(sheet()) == [row]


def test_a_redemption_undone_before_its_verify_is_seen_by_a_rollback_of_the_same_round() -> None:
    before = sheet(code())
    turn, row = claimed(before, redeem_call(request_id="r1"))
    undone = replace(row, event=Event.ROLLED_BACK)
    repeat = turn_of(RollbackCall(TILL, "SPRING-11111-22222", "till-1", request_id="r1"), "t2")
    assert words(play(sheet(code(), row, undone), turn, repeat)) == ["busy", "rolled_back"]


def test_an_earlier_claim_of_the_request_confirmed_meanwhile_is_the_same_use() -> None:
    first = redeemed("a", 5_000, request_id="r1")
    turn, claim = claimed(sheet(code(), first), redeem_call(request_id="r1"))
    confirmed = code(used_on=first.time)
    assert words(play(sheet(confirmed, first, claim, number=8), turn)) == ["redeemed"]  # type: ignore[arg-type]


def test_after_a_refused_batch_the_calls_go_one_by_one() -> None:
    first, second = turn_of(issue_call("s1"), "t1", alone=True), turn_of(issue_call("s2"), "t2", alone=True)
    played = play(sheet(), first, second)
    assert played.sending == [first]
    assert second.claim is None


def test_a_later_call_sees_the_rollback_of_an_earlier_one() -> None:
    mine = redeemed("a", 60_000, request_id="r1")
    first = turn_of(RollbackCall(TILL, code().code, "till-1", "", "r1"), "t1")
    second = turn_of(redeem_call(request_id="r2"), "t2")
    played = play(sheet(code(), mine), first, second)
    assert played.sending == [first, second]
