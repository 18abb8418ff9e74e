"""A row that is about to be written is seen like one that stands; what was added elsewhere is seen nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from rows import ZONE, ago

from functions import codes
from functions.promo import Campaign, Event, PromoCode, Redemption
from functions.snapshot import Snapshot
from functions.tables import Tables, code_table, redemption_table

CODES = ("A-1", "a1", "B-2", "C-3")
PEOPLE = ("s1", "s2", "")
CAMPAIGNS = ("spring", "Spring ", "autumn")
TIMES = (ago(60_000), ago(1_000), ago(1))
CLAIMS = ("c1", "c2", "c3")
GIVEN = st.builds(
    PromoCode, code=st.sampled_from(CODES), campaign=st.sampled_from(CAMPAIGNS), subscriber_id=st.sampled_from(PEOPLE), issued=st.sampled_from(TIMES)
)  # fmt: skip
REDEEMED = st.builds(
    Redemption, time=st.sampled_from(TIMES), code=st.sampled_from(CODES), event=st.just(Event.REDEEMED), subscriber_id=st.sampled_from(PEOPLE),
    request_id=st.sampled_from(("r1", "r2", "")), claim=st.sampled_from(CLAIMS),
)  # fmt: skip
UNDONE = st.builds(
    Redemption, time=st.just(ago(7)), code=st.sampled_from(CODES), event=st.just(Event.ROLLED_BACK), claim=st.sampled_from(CLAIMS)
)  # fmt: skip
ROWS = st.lists(st.one_of(GIVEN, REDEEMED, UNDONE), max_size=7)


def standing(rows: list[PromoCode | Redemption]) -> Snapshot:
    given_ = [row for row in rows if isinstance(row, PromoCode)]
    redemptions = [row for row in rows if isinstance(row, Redemption)]
    tables = Tables(ZONE, "en", 1, (Campaign("spring"),), code_table(given_), redemption_table(redemptions))
    return Snapshot(tables)


def told(snapshot: Snapshot) -> list[object]:
    """All that a decision asks; of rows with one claim the last is told."""
    folded = ("A1", "B2", "C3", "")
    return [
        [snapshot.rows_of_code(code) for code in folded],
        [snapshot.rows_of_subscriber(person, name) for person in PEOPLE[:2] for name in CAMPAIGNS],
        [snapshot.redemptions_of_code(code, dead=dead) for code in folded for dead in (False, True)],
        [snapshot.redemptions_of_request(request) for request in ("r1", "r2", "")],
        [snapshot.stands(code) for code in folded[:3]],
        [snapshot.count_issued(name) for name in CAMPAIGNS],
        [snapshot.redeemed_at(time) for time in TIMES],
        [snapshot.rolled_back(claim) for claim in CLAIMS],
    ]


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS)
def test_a_row_that_is_added_is_seen_like_one_that_stands(
    before: list[PromoCode | Redemption], added: list[PromoCode | Redemption]
) -> None:
    view = standing(before)
    for number, row in enumerate(added, 1):
        view = view.plus(row)
        assert told(view) == told(standing(before + added[:number]))
        assert view.adds(row)


@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS, ROWS)
def test_two_views_that_go_different_ways_do_not_see_each_others_rows(
    common: list[PromoCode | Redemption], one: list[PromoCode | Redemption], other: list[PromoCode | Redemption]
) -> None:
    trunk = standing([])
    for row in common:
        trunk = trunk.plus(row)
    before = told(trunk)
    left = right = trunk
    for row in one:
        left = left.plus(row)
    for row in other:
        right = right.plus(row)
    assert told(left) == told(standing(common + one))
    assert told(right) == told(standing(common + other))
    assert told(trunk) == before


@settings(max_examples=100, deadline=None)
@given(ROWS, GIVEN)
def test_a_claim_that_is_left_out_is_left_out_of_what_was_added_too(
    added: list[PromoCode | Redemption], row: PromoCode
) -> None:
    view = standing([])
    for each in [*added, row]:
        view = view.plus(each)
    same = [each for each in added if isinstance(each, PromoCode) and each.subscriber_id == row.subscriber_id]
    kept = [
        each
        for each in added
        if each not in same or each.code.replace("-", "").upper() != row.code.replace("-", "").upper()
    ]
    assert told(view.without([row])) == told(standing(kept))
    assert not view.without([row]).adds(replace(row, issued=None))


def only(
    rows: list[PromoCode | Redemption], wanted: Callable[[PromoCode | Redemption], bool]
) -> list[PromoCode | Redemption]:
    """Rows that are wanted, and all that declare others dead."""
    return [row for row in rows if wanted(row) or (isinstance(row, Redemption) and row.event is Event.ROLLED_BACK)]


def both(rows: list[PromoCode | Redemption], added: list[PromoCode | Redemption]) -> Snapshot:
    view = standing(rows)
    for row in added:
        view = view.plus(row)
    return view


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.sampled_from(PEOPLE[:2]), st.sampled_from(("A1", "B2")))
def test_of_a_code_with_many_rows_a_subscribers_own_are_those_of_a_sheet_that_has_no_others(
    rows: list[PromoCode | Redemption], added: list[PromoCode | Redemption], person: str, folded: str
) -> None:
    def is_mine(row: PromoCode | Redemption) -> bool:
        return row.subscriber_id == person

    view, alone = both(rows, added), both(only(rows, is_mine), only(added, is_mine))
    assert view.rows_of_code(folded, person) == alone.rows_of_code(folded)
    for dead in (False, True):
        assert view.redemptions_of_code(folded, person, dead=dead) == alone.redemptions_of_code(folded, dead=dead)


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.sampled_from(TIMES), st.sampled_from(("A1", "B2")))
def test_the_claims_of_a_moment_are_those_of_a_sheet_that_has_no_others(
    rows: list[PromoCode | Redemption], added: list[PromoCode | Redemption], time: int, folded: str
) -> None:
    def is_then(row: PromoCode | Redemption) -> bool:
        return isinstance(row, Redemption) and row.time == time

    view, alone = both(rows, added), both(only(rows, is_then), only(added, is_then))
    for dead in (False, True):
        assert view.redemptions_at(time, folded, dead=dead) == alone.redemptions_of_code(folded, dead=dead)


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.sampled_from(("A1", "B2")))
def test_what_is_known_of_a_code_without_a_look_at_all_its_rows_is_what_they_say(
    rows: list[PromoCode | Redemption], added: list[PromoCode | Redemption], folded: str
) -> None:
    view = both(rows, added)
    named = {codes.fold_name(row.campaign) for row in view.rows_of_code(folded)}
    assert sorted(map(codes.fold_name, view.campaigns_of_code(folded))) == sorted(named)
    assert view.uses_at_most(folded) >= len(view.redemptions_of_code(folded, dead=True))


def test_a_campaign_that_only_a_withdrawn_row_of_a_code_names_is_none_of_its() -> None:
    row = PromoCode("A-1", "autumn", "s1", issued=ago(9))
    gone = Redemption(ago(9), "A-1", Event.WITHDRAWN, subscriber_id="s1")
    assert standing([row]).campaigns_of_code("A1") == ["autumn"]
    assert standing([row, gone]).campaigns_of_code("A1") == []


def test_rows_without_a_time_are_told_from_those_with_one() -> None:
    rows = [
        PromoCode("A-1", "spring", "s1"),
        PromoCode("A-1", "spring", "s2", used_on=ago(1)),
        PromoCode("B-2", "spring", "s3"),
    ]
    table = code_table(rows)
    assert table.timeless(frozenset({"A1"})) == rows[:1]
    assert table.at_time(ago(1)) == rows[1:2]
    assert table.marked() == {"A1"}
