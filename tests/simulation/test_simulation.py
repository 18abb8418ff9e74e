"""The guard under fire: many operations without a violation, and every planted bug red."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bugs import BUGS, Bug, planted
from cloud import MODELS
from episode import Plan, play
from simulate import CELLS, KINDS, plan_of, regressions, shortest

SIMULATE = Path(__file__).with_name("simulate.py")
#: A bug must show within so many episodes.
_EPISODES = 400


pytestmark = pytest.mark.usefixtures("untraced")


@pytest.mark.parametrize(
    ("kind", "operations", "seed"),
    [
        pytest.param("weather", 60_000, 0, id="weather"),
        pytest.param("storm", 20_000, 0, id="a storm of sorts"),
        pytest.param("relay", 20_000, 0, id="codes that are used at once"),
    ],
)
def test_no_promise_breaks_in_any_model_and_every_cell_is_hit(
    kind: str, operations: int, seed: int, show: Callable[[str], None]
) -> None:
    """The same seeds each time, so that a red test is a change's; other seeds are played by hand (`simulate.py --seed`).

    A violation prints its seed and the shortest history that still fails.
    """
    options = ["--kind", kind, "--operations", str(operations), "--seed", str(seed)]
    command = [sys.executable, str(SIMULATE), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    show(f"simulation, {kind}, from seed {seed}: {done.stdout}")


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug, show: Callable[[str], None]) -> None:
    for model in bug.models:
        seen = 0
        for seed in range(_EPISODES):
            with planted(bug):
                result = play(seed, Plan(model, **bug.plan))
            seen += len(result.history.ops)
            if result.violations and not play(seed, Plan(model, **bug.plan)).violations:
                first = result.violations[0]
                where = f"operation {max(first.ops)}" if first.ops else "the sheet in the end"
                at = f"seed {seed}, {where}, {seen} operations played"
                show(f"planted bug found: {bug.name} ({model}): {at}: {first.promise}")
                break
        else:
            pytest.fail(f"{bug.name} was not found in {seen} operations of {model}")


@pytest.mark.parametrize(("seed", "kind", "models", "why"), regressions(), ids=str)
def test_a_seed_that_failed_once_stays_green(seed: int, kind: str, models: tuple[str, ...], why: str) -> None:
    found = play(seed, KINDS[kind](seed, models)).violations
    assert not found, f"{found[0]}; it failed before: {why}"


def test_the_same_seed_is_the_same_history() -> None:
    for seed in range(4):
        first, second = (play(seed, plan_of(seed)) for _ in range(2))
        assert [(op.call, op.word, op.began) for op in first.history.ops] == [
            (op.call, op.word, op.began) for op in second.history.ops
        ]


def test_what_the_stale_model_still_promises() -> None:
    """Reads that miss the newest writes make old news, never a code for two or a use too many."""
    for seed in range(60):
        result = play(seed, Plan("stale"))
        broken = {each.promise for each in result.violations}
        assert not broken & {"S1", "S2", "S3", "S8"}, (seed, result.violations)


def test_a_failing_history_is_cut_short() -> None:
    bug = next(bug for bug in BUGS if bug.name == "no stamp and no second look")
    with planted(bug):
        seed = next(seed for seed in range(50) if play(seed, Plan("serial", **bug.plan)).violations)
        diary = list(shortest(seed, Plan("serial", **bug.plan)))
    assert diary[0].startswith(f"seed {seed}, model serial, ")
    assert int(diary[0].split()[4]) < 60


def test_the_models_and_cells_are_all_there() -> None:
    assert MODELS == ("serial", "snapshot", "late", "snapshot+late", "stale")
    assert len(CELLS) == len(set(CELLS)) == 7 * 8 + 7 * 10
