from __future__ import annotations

from dataclasses import replace

import pytest
from rows import KEY, MINUTE, NOW, ZONE, ago, at, code, issue_call, redeemed, sheet

from functions import codes, issuing, wall
from functions.promo import (
    Answer,
    Campaign,
    Claim,
    Decision,
    Event,
    IssueCall,
    PromoCode,
    Redemption,
    Source,
    Status,
    Unsettled,
)
from functions.snapshot import Snapshot

SPRING = Campaign("spring", prefix="SPRING")


def issue(snapshot: Snapshot, call: IssueCall | None = None, now: int = NOW) -> Decision:
    return issuing.issue(snapshot, call or issue_call(), now, KEY)


def word(decision: Decision) -> str:
    return decision.why if isinstance(decision, Unsettled) else decision.outcome.word


def new_row(decision: Decision) -> PromoCode:
    assert isinstance(decision, Claim)
    (row,) = decision.rows
    assert isinstance(row, PromoCode)
    return row


def test_a_campaign_with_a_name_alone_issues_a_derived_code() -> None:
    row = new_row(issue(sheet(campaigns=(SPRING,)), issue_call(name="Ivan", platform="bothelp")))
    assert row.code == codes.derive(KEY, "spring", "s1", 0, prefix="SPRING")
    assert (row.campaign, row.subscriber_id, row.name, row.platform) == ("spring", "s1", "Ivan", "bothelp")
    assert (row.issued, row.expires, row.status) == (ago(0), None, Status.UNUSED)


def test_two_instances_choose_the_same_code() -> None:
    assert new_row(issue(sheet())) == new_row(issue(sheet()))


def test_asking_again_gives_the_same_live_code() -> None:
    decision = issue(sheet(code()))
    assert word(decision) == "already_issued"
    assert decision == Answer(decision.outcome)  # type: ignore[union-attr]
    assert decision.outcome.code == "SPRING-11111-22222"  # type: ignore[union-attr]


def test_a_dry_run_answers_as_it_would_and_writes_nothing() -> None:
    decision = issue(sheet(), issue_call(dry_run=True))
    assert isinstance(decision, Answer)
    assert decision.outcome.word == "issued"


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        pytest.param(replace(SPRING, active=False), "campaign_inactive", id="switched off"),
        pytest.param(replace(SPRING, starts=at("2026-03-11T00:00")), "campaign_not_started", id="starts tomorrow"),
        pytest.param(replace(SPRING, starts=at("2026-03-10T12:00")), "issued", id="starts this second"),
        pytest.param(replace(SPRING, ends=at("2026-03-09")), "campaign_ended", id="ended yesterday"),
        pytest.param(replace(SPRING, ends=at("2026-03-10")), "issued", id="ends today"),
        pytest.param(replace(SPRING, total_limit=1), "campaign_limit_reached", id="one code is out, one was allowed"),
        pytest.param(replace(SPRING, total_limit=2), "issued", id="one code is out, two are allowed"),
        pytest.param(replace(SPRING, source=Source.POOL), "out_of_codes", id="no ready code"),
        pytest.param(replace(SPRING, bad=("length",)), "sheet_broken", id="a cell that cannot be read"),
    ],
)
def test_the_columns_of_a_campaign_decide_whether_it_issues(campaign: Campaign, expected: str) -> None:
    assert word(issue(sheet(code(subscriber="other"), campaigns=(campaign,)))) == expected


def test_a_stopped_campaign_still_gives_a_subscriber_the_code_already_held() -> None:
    assert word(issue(sheet(code(), campaigns=(replace(SPRING, active=False),)))) == "already_issued"


@pytest.mark.parametrize(
    ("campaigns", "asked", "expected"),
    [
        pytest.param((SPRING,), "", "issued", id="the only one"),
        pytest.param((SPRING, Campaign("old", active=False)), "", "issued", id="the only active one"),
        pytest.param((SPRING, Campaign("old", ends=at("2026-01-01"))), "", "issued", id="the only one not over"),
        pytest.param((SPRING, Campaign("summer")), "", "invalid_request", id="two active ones"),
        pytest.param((), "", "invalid_request", id="none at all"),
        pytest.param((SPRING,), "  SPRING ", "issued", id="spaces and capitals"),
        pytest.param((SPRING,), "winter", "campaign_not_found", id="unknown"),
        pytest.param((SPRING, SPRING), "spring", "sheet_broken", id="typed twice"),
    ],
)
def test_the_campaign_meant(campaigns: tuple[Campaign, ...], asked: str, expected: str) -> None:
    assert word(issue(sheet(campaigns=campaigns), issue_call(campaign=asked))) == expected


@pytest.mark.parametrize(
    ("row", "event", "expected"),
    [
        pytest.param(code(status=Status.VOID), None, "void", id="voided"),
        pytest.param(code(expires=at("2026-03-09")), None, "expired", id="expired"),
        pytest.param(code(status=Status.USED), None, "already_used", id="used by staff's word"),
        pytest.param(code(), redeemed("c1", 30 * MINUTE), "already_used", id="redeemed"),
        pytest.param(code(bad=("expiration_date",)), None, "sheet_broken", id="a date that cannot be read"),
    ],
)
def test_at_the_limit_the_word_is_what_became_of_the_last_code(
    row: PromoCode, event: Redemption | None, expected: str
) -> None:
    rows = (row,) if event is None else (row, event)
    assert word(issue(sheet(*rows))) == expected


def test_below_the_limit_a_spent_code_is_followed_by_another() -> None:
    two = replace(SPRING, codes_per_subscriber=2)
    first = new_row(issue(sheet(campaigns=(two,))))
    spent = replace(first, status=Status.VOID)
    second = new_row(issue(sheet(spent, campaigns=(two,))))
    assert second.code != first.code
    assert word(issue(sheet(spent, replace(second, status=Status.VOID), campaigns=(two,)))) == "void"


def test_two_rows_with_one_code_and_one_subscriber_are_one_code() -> None:
    two = replace(SPRING, codes_per_subscriber=2, total_limit=2)
    assert word(issue(sheet(code(), code(row=3), campaigns=(two,)))) == "already_issued"
    assert word(issue(sheet(code(), code(row=3, status=Status.VOID), campaigns=(two,)))) == "issued"


def test_a_code_that_stands_in_redemptions_alone_is_not_derived_again() -> None:
    first = new_row(issue(sheet())).code
    assert new_row(issue(sheet(redeemed("c1", 30 * MINUTE, first)))).code != first


def test_a_withdrawn_row_is_dead_and_its_code_is_not_taken_again() -> None:
    first = new_row(issue(sheet()))
    gone = Redemption(ago(0), first.code, Event.WITHDRAWN, subscriber_id="s1")
    again = new_row(issue(sheet(first, gone)))
    assert again.code != first.code


def test_an_expiry_is_the_issue_day_plus_n_and_never_after_the_campaigns_end() -> None:
    week = replace(SPRING, valid_days=7)
    assert new_row(issue(sheet(campaigns=(week,)))).expires == at("2026-03-17")
    capped = replace(week, ends=at("2026-03-12"))
    assert new_row(issue(sheet(campaigns=(capped,)))).expires == at("2026-03-12")


POOL = Campaign("pool", source=Source.POOL)
READY = tuple((f"READY-{number}", "pool") for number in range(5))


def test_a_pool_gives_each_subscriber_a_code_of_their_own_until_it_is_empty() -> None:
    snapshot = sheet(campaigns=(POOL,), pool=READY)
    given = set()
    for number in range(5):
        row = new_row(issue(snapshot, issue_call(f"s{number}", "pool")))
        given.add(row.code)
        snapshot = snapshot.plus(row)
    assert given == {text for text, _ in READY}
    assert word(issue(snapshot, issue_call("s9", "pool"))) == "out_of_codes"


def test_a_pool_code_withdrawn_from_one_subscriber_is_free_for_another() -> None:
    one = (("READY-0", "pool"),)
    row = code("READY-0", "s1", campaign="pool")
    gone = Redemption(row.issued, "READY-0", Event.WITHDRAWN, subscriber_id="s1")
    snapshot = sheet(row, gone, campaigns=(POOL,), pool=one)
    assert word(issue(snapshot, issue_call("s1", "pool"))) == "out_of_codes"
    assert new_row(issue(snapshot, issue_call("s2", "pool"))).code == "READY-0"


SHARED = Campaign("sale", source=Source.SHARED, shared_code="SALE-20", total_limit=2)


def test_a_shared_code_is_the_same_for_everybody_and_its_total_limit_counts_redemptions() -> None:
    rows = [code("SALE-20", f"s{number}", campaign="sale") for number in range(3)]
    snapshot = sheet(*rows, campaigns=(SHARED,))
    assert new_row(issue(snapshot, issue_call("s9", "sale"))).code == "SALE-20"
    full = sheet(
        *rows,
        redeemed("c1", 30 * MINUTE, "SALE-20", subscriber_id="s0"),
        redeemed("c2", 30 * MINUTE, "SALE-20", subscriber_id="s1"),
        campaigns=(SHARED,),
    )
    assert word(issue(full, issue_call("s9", "sale"))) == "campaign_limit_reached"
    assert word(issue(full, issue_call("s0", "sale"))) == "already_used"
    assert word(issue(full, issue_call("s2", "sale"))) == "already_issued"


def test_who_used_a_shared_code_is_told_of_their_own_use_and_not_of_the_last_one() -> None:
    own = redeemed("c1", 30 * MINUTE, "SALE-20", subscriber_id="s0", channel="till-1")
    later = redeemed("c2", 20 * MINUTE, "SALE-20", subscriber_id="s1", channel="till-2")
    snapshot = sheet(code("SALE-20", "s0", campaign="sale"), own, later, campaigns=(SHARED,))
    found = issue(snapshot, issue_call("s0", "sale"))
    assert isinstance(found, Answer)
    assert (found.outcome.word, found.outcome.channel) == ("already_used", "till-1")
    assert found.outcome.used_on == wall.aware(ZONE, own.time)


def test_a_fresh_row_of_another_instance_is_adopted_only_if_it_would_stand() -> None:
    fresh = replace(new_row(issue(sheet())), issued=ago(500), row=2)
    assert word(issue(sheet(fresh))) == "already_issued"
    limited = replace(SPRING, total_limit=1)
    rival = code("SPRING-33333-44444", "s2", issued=ago(600), row=3)
    assert issue(sheet(fresh, rival, campaigns=(limited,))) == Unsettled("contested row", contested=True)
    old = replace(fresh, issued=ago(11 * MINUTE))
    assert word(issue(sheet(old, rival, campaigns=(limited,)))) == "already_issued"


@pytest.mark.parametrize(
    ("age", "rows", "expected"),
    [
        pytest.param(5 * MINUTE, ("used", "other"), "contested row", id="beside a code that the subscriber used"),
        pytest.param(
            11 * MINUTE, ("used", "other"), "already_issued", id="for ten minutes, until nothing is in flight"
        ),
        pytest.param(5 * MINUTE, ("other",), "already_issued", id="alone: a row of the call's own makes sure"),
    ],
)
def test_a_row_too_many_may_be_withdrawn_by_its_writer_yet(age: int, rows: tuple[str, ...], expected: str) -> None:
    used = (code("READY-1", issued=ago(6 * MINUTE)), redeemed("c1", 4 * MINUTE, "READY-1"))
    other = (code("READY-2", issued=ago(age)),)
    there = [row for name in rows for row in {"used": used, "other": other}[name]]
    campaign = replace(SPRING, source=Source.POOL)
    pool = (("READY-1", "spring"), ("READY-2", "spring"))
    assert word(issue(sheet(*there, campaigns=(campaign,), pool=pool))) == expected


def test_more_codes_than_the_limit_may_be_withdrawn_yet_also_when_the_campaign_was_stopped() -> None:
    rows = (code(issued=ago(5 * MINUTE)), code("SPRING-33333-44444", "s2", issued=ago(5 * MINUTE)))
    stopped = replace(SPRING, total_limit=1, active=False)
    assert word(issue(sheet(*rows, campaigns=(stopped,)))) == "contested row"
    assert word(issue(sheet(rows[0], campaigns=(stopped,)))) == "already_issued"


def test_a_pool_code_whose_other_row_was_withdrawn_is_still_the_subscribers() -> None:
    kept, gone = code("READY-1", issued=ago(2 * MINUTE)), code("READY-1", issued=ago(3 * MINUTE))
    withdrawn = Redemption(time=gone.issued, code="READY-1", event=Event.WITHDRAWN, subscriber_id="s1")
    campaign = replace(SPRING, source=Source.POOL)
    found = issue(sheet(kept, gone, withdrawn, campaigns=(campaign,), pool=(("READY-1", "spring"),)))
    assert word(found) == "already_issued"
    assert new_row(found).code == "READY-1"


def test_a_row_typed_by_hand_is_an_issued_code() -> None:
    typed = PromoCode(code="gift for Ivan", campaign="Spring ", subscriber_id="s1", row=2)
    decision = issue(sheet(typed))
    assert isinstance(decision, Answer)
    assert (decision.outcome.word, decision.outcome.code) == ("already_issued", "gift for Ivan")


def test_a_projection_that_hit_the_wrong_row_is_not_believed() -> None:
    stray = code(status=Status.USED, used_on=ago(MINUTE))
    other = redeemed("c1", MINUTE, "SPRING-99999-99999")
    assert issue(sheet(stray, other)) == Unsettled("stray")
