"""Housekeeping's turns: most of a minute's budget is left to calls, and nothing is begun that would end too late."""

from __future__ import annotations

import pytest
from fake_sheet import FakeWorld

from functions.pacing import Pacing
from functions.turns import OutOfTime, Turns


def test_a_run_takes_a_quarter_of_the_budget_at_most() -> None:
    world, pacing = FakeWorld(), Pacing(54, 54)
    turns, started, made = Turns(world, pacing, world.monotonic() + 120), world.monotonic(), 0
    while world.monotonic() < started + 60:
        turns.read()
        pacing.reads.note(world.monotonic())
        made += 1
    assert 10 <= made <= 14


def test_it_waits_behind_calls() -> None:
    world, pacing = FakeWorld(), Pacing(54, 54)
    for _ in range(54):
        pacing.writes.note(world.monotonic())
    started = world.monotonic()
    Turns(world, pacing, started + 120).write()
    assert world.monotonic() - started >= 59


@pytest.mark.parametrize("kind", ["read", "write"])
def test_what_would_come_after_the_deadline_is_not_waited_for(kind: str) -> None:
    world, pacing = FakeWorld(), Pacing(54, 54)
    pacing.reads.hold(world.monotonic() + 30)
    pacing.writes.hold(world.monotonic() + 30)
    started = world.monotonic()
    with pytest.raises(OutOfTime):
        getattr(Turns(world, pacing, started + 20), kind)()
    assert world.monotonic() == started


def test_several_reads_that_go_together_count_as_several() -> None:
    world, pacing = FakeWorld(), Pacing(54, 54)
    turns, started = Turns(world, pacing, world.monotonic() + 120), world.monotonic()
    turns.read(5)
    turns.read()
    assert world.monotonic() - started > 1


def test_a_request_may_take_what_is_left_and_half_a_minute_at_most() -> None:
    world = FakeWorld()
    turns = Turns(world, Pacing(), world.monotonic() + 40)
    assert turns.timeout_s == 30
    world.sleep(30)
    assert 9 < turns.timeout_s < 10
    world.sleep(30)
    assert turns.timeout_s == 0.5
