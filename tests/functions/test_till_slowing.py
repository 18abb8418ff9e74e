"""Wrong keys at the sign-in: who is slowed, for how long, and that memory and threads are not what pays for it."""

from __future__ import annotations

import pytest

from functions.till import slowing
from functions.till.slowing import EACH_S, REMEMBERED, TRIES, Slowing

HOME = "203.0.113.7"


@pytest.fixture
def door() -> Slowing:
    return Slowing()


def use_up(door: Slowing, address: str = HOME, now: float = 0.0) -> None:
    assert [door.begin(address, now) for _ in range(TRIES)] == [0.0] * TRIES


def test_so_many_tries_are_free_and_the_next_one_waits(door: Slowing) -> None:
    use_up(door)
    assert door.begin(HOME, 0.0) == EACH_S


def test_a_try_comes_back_every_few_seconds(door: Slowing) -> None:
    use_up(door)
    assert door.begin(HOME, EACH_S - 1.0) == pytest.approx(1.0)
    assert [door.begin(HOME, EACH_S), door.begin(HOME, EACH_S)] == [0.0, EACH_S]


def test_asking_while_one_waits_makes_nobody_wait_longer(door: Slowing) -> None:
    use_up(door)
    assert {door.begin(HOME, 0.0) for _ in range(1000)} == {EACH_S}
    assert door.begin(HOME, EACH_S) == 0.0


def test_after_a_while_all_tries_are_back_and_no_more(door: Slowing) -> None:
    use_up(door)
    use_up(door, now=TRIES * EACH_S)
    use_up(door, now=1e6)
    assert door.begin(HOME, 1e6) == EACH_S


def test_who_has_the_right_key_may_sign_in_as_often_as_they_like(door: Slowing) -> None:
    for _ in range(10 * TRIES):
        assert door.begin(HOME, 0.0) == 0.0
        door.give_back(HOME)


def test_a_right_key_gives_its_own_try_back_and_not_those_of_wrong_ones(door: Slowing) -> None:
    for _ in range(TRIES - 1):
        door.begin(HOME, 0.0)
    door.begin(HOME, 0.0)
    door.give_back(HOME)
    assert [door.begin(HOME, 0.0), door.begin(HOME, 0.0)] == [0.0, EACH_S]


def test_a_try_given_back_by_somebody_forgotten_is_nothing(door: Slowing) -> None:
    door.give_back(HOME)
    use_up(door)
    assert door.begin(HOME, 0.0) == EACH_S


#: Two addresses, and whether they are one place.
PLACES = [
    pytest.param(HOME, "203.0.113.8", False, id="neighbours"),
    pytest.param("2001:db8:1:2::1", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", True, id="one customer's IPv6 network"),
    pytest.param("2001:db8:1:2::1", "2001:db8:1:3::1", False, id="two customers' IPv6 networks"),
    pytest.param(HOME, f"::ffff:{HOME}", True, id="IPv4 written as IPv6"),
    pytest.param("unknown", "_hidden", True, id="what is no address at all"),
]


@pytest.mark.parametrize(("one", "other", "same"), PLACES)
def test_one_place_slows_itself_and_no_other(door: Slowing, one: str, other: str, *, same: bool) -> None:
    use_up(door, one)
    assert (door.begin(other, 0.0) > 0) == same


def test_what_is_remembered_is_bounded_and_who_tried_longest_ago_is_forgotten(
    door: Slowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert REMEMBERED == 10_000
    monkeypatch.setattr(slowing, "REMEMBERED", 3)
    use_up(door)
    for number in range(3):
        door.begin(f"198.51.100.{number}", 0.0)
    assert len(door) == 3
    assert door.begin(HOME, 0.0) == 0.0
