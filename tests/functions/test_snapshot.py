"""A row that is about to be written is seen like one that stands; what was added elsewhere is seen nowhere else."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from rows import ZONE, ago

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
    codes = [row for row in rows if isinstance(row, PromoCode)]
    redemptions = [row for row in rows if isinstance(row, Redemption)]
    tables = Tables(ZONE, "en", 1, (Campaign("spring"),), code_table(codes), redemption_table(redemptions))
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
