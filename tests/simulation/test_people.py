"""People are forgotten all the time, and come back: no promise breaks, and each rule that sees to it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bugs import Bug, Patch, planted
from episode import play
from functions.forgotten import Recall
from functions.projection import Projector
from simulate import people_of, run

_EPISODES = 24
#: A bug must show within so many episodes.
_SEEDS = 200

pytestmark = pytest.mark.usefixtures("untraced")


def test_no_promise_breaks_while_people_are_forgotten(show: Callable[[str], None]) -> None:
    summary = run(range(_EPISODES), kind="people")
    assert summary.failures == []
    forgotten = sum(play(seed, people_of(seed)).forgotten for seed in range(8))
    assert forgotten > 80
    show(f"simulation, people, from seed 0: {summary.operations.total()} operations")


def strangers(patch: Patch) -> None:
    """Who was forgotten is somebody else."""
    patch(Recall, "read", lambda _self, _reading, tables, _calls, _projector: tables)


def marks_of_strangers(patch: Patch) -> None:
    """What a process remembers of its marks goes by the names of then."""
    patch(Projector, "ids", lambda _self, _tables: (set(), set()))
    patch(Projector, "recall", lambda _self, _subscribers, _requests: None)


#: A bug, and the seed from which it is looked for: the second one takes a mark, a sort and a person in one second.
BUGS = (
    pytest.param(Bug("strangers", ("serial",), strangers), 0, id="strangers"),
    pytest.param(Bug("marks of strangers", ("serial",), marks_of_strangers), 375, id="marks of strangers"),
)


@pytest.mark.parametrize(("bug", "first"), BUGS)
def test_a_rule_that_is_switched_off_is_missed(bug: Bug, first: int, show: Callable[[str], None]) -> None:
    for seed in range(first, first + _SEEDS):
        plan = replace(people_of(seed), model=bug.models[0])
        with planted(bug):
            result = play(seed, plan)
        if result.violations and not play(seed, plan).violations:
            show(f"planted bug found: {bug.name}: seed {seed}: {result.violations[0]}"[:200])
            return
    pytest.fail(f"{bug.name} was not found in {_SEEDS} episodes")
