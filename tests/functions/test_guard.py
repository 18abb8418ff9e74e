from __future__ import annotations

import pytest

from functions import guard


def test_a_stamp_is_one_more_than_the_number_it_was_decided_on() -> None:
    stamp = guard.next_stamp(41)
    assert (stamp.number, stamp.metadata_id, stamp.key, stamp.prune) == (42, guard.BASE + 42, "a", "")


def test_pruning_leaves_at_least_the_newest_thousand_and_never_the_newest() -> None:
    alive: dict[int, str] = {}
    for number in range(20_000):
        stamp = guard.next_stamp(number)
        assert stamp.metadata_id not in alive
        alive[stamp.metadata_id] = stamp.key
        if stamp.prune:
            alive = {metadata_id: key for metadata_id, key in alive.items() if key != stamp.prune}
        newest = range(max(1, stamp.number - 999), stamp.number + 1)
        assert all(guard.BASE + each in alive for each in newest)
        assert len(alive) <= 1_500
        assert guard.newest(alive.items()) == stamp.number


def test_stamps_that_a_jump_left_behind_go_when_their_letter_comes_round() -> None:
    alive = {guard.BASE + 10: "a"}
    for number in range(12_000, 14_600):
        stamp = guard.next_stamp(number)
        if stamp.prune:
            alive = {metadata_id: key for metadata_id, key in alive.items() if key != stamp.prune}
    assert alive == {}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        pytest.param(0, 0, id="new"),
        pytest.param(17.0, 17, id="as the API gives it"),
        pytest.param("", None, id="emptied"),
        pytest.param("17", None, id="typed as text"),
        pytest.param(-1, None, id="negative"),
        pytest.param(1.5, None, id="fraction"),
        pytest.param(True, None, id="a checkbox"),
        pytest.param(float("inf"), None, id="infinite"),
        pytest.param(1e300, None, id="beyond the last id"),
        pytest.param(None, None, id="no cell"),
    ],
)
def test_anything_but_a_number_of_the_sequence_counts_as_lost(cell: object, number: int | None) -> None:
    assert guard.read_number(cell) == number


def test_foreign_metadata_is_not_taken_for_a_stamp() -> None:
    assert guard.newest([(guard.BASE + 9, "promosheet_column"), (77, "a"), (guard.BASE + 3, "a")]) == 3
    assert guard.newest([]) == 0


def test_the_sequence_ends_where_metadata_ids_end() -> None:
    assert guard.next_stamp(guard.LAST - 1).metadata_id == 2**31 - 1
    with pytest.raises(ValueError, match="must stay within"):
        guard.next_stamp(guard.LAST)
