"""Ready codes: whom each goes to follows from the codes alone, and what a read keeps of them changes no choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

from hypothesis import given, settings
from hypothesis import strategies as st
from rows import KEY, ZONE, ago, redeemed, sheet

from functions import codes
from functions.promo import Campaign, Event, PromoCode, Redemption, Source
from functions.ring import Ring
from functions.snapshot import Snapshot
from functions.tables import Tables, code_table, redemption_table

POOL = Campaign("spring", source=Source.POOL)
READY = ("A-1", "a1", "B-2", "C-3", "D-4", "-")
PEOPLE = ("s1", "s2", "s3")
TIMES = (ago(60_000), ago(1_000))
GIVEN = st.builds(
    PromoCode, code=st.sampled_from(READY), campaign=st.just("spring"), subscriber_id=st.sampled_from(PEOPLE), issued=st.sampled_from(TIMES)
)  # fmt: skip
WITHDRAWN = st.builds(
    Redemption, time=st.sampled_from((*TIMES, None)), code=st.sampled_from(READY), event=st.just(Event.WITHDRAWN), subscriber_id=st.sampled_from(PEOPLE)
)  # fmt: skip
USED = st.builds(
    Redemption, time=st.just(TIMES[0]), code=st.sampled_from(READY), event=st.sampled_from((Event.REDEEMED, Event.ROLLED_BACK)),
    claim=st.sampled_from(("c1", "c2")),
)  # fmt: skip
ROWS = st.lists(st.one_of(GIVEN, WITHDRAWN, USED), max_size=6)


def place_of(folded: str) -> bytes:
    return blake2b(folded.encode(), digest_size=8).digest()


def first_free(snapshot: Snapshot, pool: Sequence[str], subscriber: str, place: bytes) -> str | None:
    """The choice by its definition, each code looked at."""
    spelt = {codes.fold(each): each for each in reversed(pool) if codes.fold(each)}
    own = {each for each in spelt if (each, subscriber) in snapshot.hidden_pairs}
    if own:
        alone = {each for each in own if not snapshot.rows_of_code(each)}
        return spelt[min(alone)] if alone else None
    free = {each for each in spelt if snapshot.is_free(each)}
    fresh = {each for each in free if not snapshot.was_withdrawn(each, subscriber)}
    return spelt[min(fresh, key=lambda each: (place_of(each) < place, place_of(each)))] if fresh else None


def standing(rows: Sequence[PromoCode | Redemption], pool: Sequence[str]) -> Snapshot:
    given_ = [row for row in rows if isinstance(row, PromoCode)]
    used = [row for row in rows if isinstance(row, Redemption)]
    pairs = tuple((each, "spring") for each in pool)
    return Snapshot(Tables(ZONE, "en", 1, (POOL,), code_table(given_), redemption_table(used), pairs))


@settings(max_examples=300, deadline=None)
@given(ROWS, ROWS, st.data())
def test_the_choice_is_the_first_free_code_clockwise_whatever_is_left_out_or_about_to_be_written(
    rows: list[PromoCode | Redemption], added: list[PromoCode | Redemption], data: st.DataObject
) -> None:
    pool = data.draw(st.lists(st.sampled_from(READY), max_size=6))
    view = standing(rows, pool)
    hidden = [row for row in rows if data.draw(st.booleans())]
    views = [view, view.before(hidden), view.without(hidden)]
    for row in added:
        views += [each.plus(row) for each in views[-3:]]
    for each in views:
        for subscriber in PEOPLE:
            place = codes.ring_place(KEY, subscriber)
            assert each.free_code("Spring", subscriber, place) == first_free(each, pool, subscriber, place)


@given(st.permutations([f"READY-{number}" for number in range(9)]), st.sampled_from(PEOPLE))
def test_the_choice_does_not_depend_on_the_order_that_staff_gave_the_rows(pool: list[str], subscriber: str) -> None:
    place = codes.ring_place(KEY, subscriber)
    assert standing([], pool).free_code("spring", subscriber, place) == standing([], sorted(pool)).free_code(
        "spring", subscriber, place
    )


def test_a_walk_goes_once_round_from_any_place_and_meets_others_on_its_way() -> None:
    folded = [f"C{number}" for number in range(20)]
    ring = Ring(folded[:15])
    for place in (b"", b"\x80", b"\xff" * 8, place_of("C3")):
        found = list(ring.after(place, folded[15:]))
        assert sorted(found) == sorted(folded)
        assert found == sorted(folded, key=lambda each: (place_of(each) < place, place_of(each)))


def test_codes_in_a_row_go_to_subscribers_anywhere_so_that_two_instances_seldom_want_the_same_one() -> None:
    view = standing([], [f"SALE-{number:04d}" for number in range(1_000)])
    wanted = Counter(view.free_code("spring", f"{number}", codes.ring_place(KEY, f"{number}")) for number in range(200))
    assert len(wanted) > 120


def test_a_code_that_was_redeemed_and_whose_row_staff_deleted_is_given_to_nobody() -> None:
    used = redeemed("c1", 1_000, "READY-1")
    pool = (("READY-1", "spring"),)
    snapshot = sheet(used, campaigns=(POOL,), pool=pool)
    assert snapshot.free_code("spring", "s1", b"") is None
    undone = replace(used, event=Event.ROLLED_BACK)
    assert sheet(used, undone, campaigns=(POOL,), pool=pool).free_code("spring", "s1", b"") == "READY-1"
