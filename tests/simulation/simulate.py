"""Many episodes on all cores: `python tests/simulation/simulate.py --operations 1000000`.

Seeds are numbers from --seed on; each gives its model and its plan. One of four follows the weather; the others are
directed: one fault is sent to one operation's moment as often as it can be. A run in which a cell of fault x operation
x moment was hit too rarely is invalid, not green. A seed that fails is printed with its shortest history and added to
regressions.txt, which the tests play again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from random import Random

import click

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from cloud import MODELS, Google  # noqa: E402
from episode import Plan, Result, play  # noqa: E402
from instances import READ_FAULTS, WRITE_FAULTS, Cell  # noqa: E402

_LOOKS = (("issue", "first look"), ("check", "first look"), ("redeem", "first look"), ("rollback", "first look"),
          ("issue", "second look"), ("redeem", "second look"), ("rollback", "second look"))  # fmt: skip
_WRITES = (("issue", "claim"), ("redeem", "claim"), ("rollback", "claim"), ("issue", "withdrawal"),
           ("redeem", "withdrawal"), ("redeem", "projection"), ("rollback", "projection"))  # fmt: skip
#: Every fault at every moment of every operation.
CELLS: tuple[Cell, ...] = tuple(
    [(fault, *moment) for moment in _LOOKS for fault in READ_FAULTS]
    + [(fault, *moment) for moment in _WRITES for fault in WRITE_FAULTS]
)
#: A million operations hit each cell so often; fewer operations in proportion.
HITS_OF_A_MILLION = 300
#: Rare moments are sought more often.
_WEIGHTS = [
    14 if cell[1] == "rollback" and cell[2] != "first look" else 1 + (cell[2] != "first look") for cell in CELLS
]
_WITHDRAWALS = [cell for cell in CELLS if cell[2] == "withdrawal"]
#: A process that is killed at its first one makes no second.
_WITHDRAWAL_WEIGHTS = [1.6 if cell[0].startswith("kill") else 1.0 for cell in _WITHDRAWALS]
#: Seeds that failed once: a line each, the seed, the kind of plan, the models it was drawn from, and what was wrong.
REGRESSIONS = Path(__file__).with_name("regressions.txt")
_EPISODE = 60
_CHUNK = 40


@dataclass
class Summary:
    """What came of many episodes."""

    operations: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    hits: Counter[Cell] = field(default_factory=Counter)
    failures: list[tuple[int, str, list[str]]] = field(default_factory=list)
    requests: int = 0
    duplicate_stamps: int = 0
    stuck: int = 0

    def add(self, result: Result) -> None:
        """Count an episode."""
        self.operations[result.plan.model] += len(result.history.ops)
        self.words += result.words
        self.hits += result.hits
        self.requests += result.requests
        self.duplicate_stamps += result.duplicate_stamps
        self.stuck += result.ties
        if result.violations:
            self.failures.append((result.seed, result.plan.model, [str(each) for each in result.violations]))

    def merge(self, other: Summary) -> None:
        """Count another summary's episodes."""
        for name in ("operations", "words", "hits"):
            getattr(self, name).update(getattr(other, name))
        self.failures += other.failures
        self.requests += other.requests
        self.duplicate_stamps += other.duplicate_stamps
        self.stuck += other.stuck

    def rare(self, operations: int) -> list[tuple[Cell, int]]:
        """Cells that were hit too rarely for so many operations; of fewer than a million, as chance has it, a quarter."""
        slack = 1 if operations >= 1_000_000 else 4
        least = max(1, HITS_OF_A_MILLION * operations // 1_000_000 // slack)
        return [(cell, self.hits[cell]) for cell in CELLS if self.hits[cell] < least]


def plan_of(seed: int, models: tuple[str, ...] = MODELS[:4]) -> Plan:
    """The episode that a seed stands for."""
    chance = Random(f"plan {seed}")
    model = models[seed % len(models)]
    plan = Plan(
        model,
        operations=_EPISODE,
        callers=chance.choice((3, 5, 8)),
        processes=chance.choice((2, 2, 3)),
        faults=chance.choice((0.0, 0.05, 0.05, 0.15)),
        staff_pace_s=chance.choice((1.0, 2.5, 8.0)),
        staff_telling=chance.choice((0.0, 0.0, 0.15)),
    )
    if seed // len(models) % 4 == 0:
        return plan
    cell = chance.choices(CELLS, _WEIGHTS)[0]
    if cell[2] == "withdrawal" or chance.random() < 0.5:
        cell = chance.choices(_WITHDRAWALS, _WITHDRAWAL_WEIGHTS)[0]
        # Only rivals that Google let through withdraw, so let there be many.
        model = chance.choice([each for each in models if each.startswith("snapshot")] or models)
        plan = replace(
            plan, model=model, callers=9, processes=3, pause_s=0.2, campaigns=("gen", "pool"), staff_telling=0.0
        )
        if cell[1] == "issue":
            plan = replace(plan, share_issue=0.8, campaigns=("pool", "lim"), subscribers=16, ready_codes=14)
    if cell[0] == "late":
        model = (
            plan.model if "late" in plan.model else chance.choice([each for each in models if "late" in each] or models)
        )
        model = "snapshot+late" if cell[2] == "withdrawal" and "snapshot+late" in models else model
        plan = replace(plan, model=model)
    if cell[1] == "rollback":
        plan = replace(plan, share_rollback=0.35, share_issue=0.35, subscribers=16)
    return replace(plan, directed=cell, faults=0.03)


def storm_of(seed: int, models: tuple[str, ...] = MODELS[:4]) -> Plan:
    """An episode in which staff sort and type several times a second: most marks have to look for their row."""
    chance = Random(seed)
    return Plan(
        models[seed % len(models)],
        operations=150,
        callers=chance.choice((8, 14)),
        processes=chance.choice((1, 2, 3)),
        pause_s=0.2,
        faults=chance.choice((0.0, 0.05, 0.1)),
        kills=False,
        staff_pace_s=chance.choice((0.25, 0.6)),
        staff_telling=chance.choice((0.0, 0.1, 0.25)),
        subscribers=30,
        share_issue=0.4,
        ready_codes=20,
        share_rollback=chance.choice((0.0, 0.2)),
    )


def people_of(seed: int, models: tuple[str, ...] = MODELS[:4]) -> Plan:
    """A storm in which people are forgotten all the time, and come back."""
    kinds = ("forget person",) * 6 + ("sort", "move row", "insert row", "respell code", "void", "used")
    return replace(storm_of(seed, models), staff_kinds=kinds, subscribers=8, kills=seed % 3 == 0)


def relay_of(seed: int, models: tuple[str, ...] = MODELS[:4]) -> Plan:
    """An episode in which one process tells and redeems what another has just written and not looked at again."""
    chance = Random(seed)
    return Plan(
        models[seed % len(models)],
        operations=80,
        callers=chance.choice((6, 9)),
        processes=chance.choice((2, 3)),
        pause_s=chance.choice((0.05, 0.2)),
        faults=0.02,
        kills=seed % 3 == 0,
        staff_pace_s=chance.choice((0.3, 2.0)),
        staff_telling=chance.choice((0.0, 0.5)),
        staff_kinds=chance.choice(((), ("campaign",), ("campaign", "sort"))),
        directed=("slow", "issue", "second look"),
        subscribers=12,
        share_issue=0.6,
        ready_codes=14,
        share_rollback=chance.choice((0.0, 0.2)),
        passed_on=True,
    )


#: Ways to make a plan from a seed.
KINDS: dict[str, Callable[[int, tuple[str, ...]], Plan]] = {
    "weather": plan_of,
    "storm": storm_of,
    "people": people_of,
    "relay": relay_of,
}


def run(seeds: range, models: tuple[str, ...] = MODELS[:4], kind: str = "weather") -> Summary:
    """Play the episodes of these seeds."""
    summary = Summary()
    for seed in seeds:
        summary.add(play(seed, KINDS[kind](seed, models)))
    return summary


def run_on_all_cores(
    operations: int, first: int, jobs: int, models: tuple[str, ...] = MODELS[:4], kind: str = "weather"
) -> Summary:
    """Episodes until there were so many operations."""
    summary = Summary()
    with ProcessPoolExecutor(jobs) as pool:
        seeds = iter(range(first, first + 100 * operations, _CHUNK))
        while summary.operations.total() < operations:
            left = (operations - summary.operations.total()) // (_EPISODE * _CHUNK) + 1
            chunks = [range(seed, seed + _CHUNK) for seed, _ in zip(seeds, range(left), strict=False)]
            for each in pool.map(run, chunks, repeat(models), repeat(kind)):
                summary.merge(each)
    return summary


def regressions() -> list[tuple[int, str, tuple[str, ...], str]]:
    """Seed, kind of plan, models and fault of each seed that failed once."""
    lines = [line for line in REGRESSIONS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = [line.split(maxsplit=3) for line in lines]
    return [(int(seed), kind, tuple(models.split(",")), why) for seed, kind, models, why in found]


def keep(failures: list[tuple[int, str, list[str]]], models: tuple[str, ...], kind: str) -> None:
    """Add what failed to the regressions."""
    known = {(seed, made, drawn) for seed, made, drawn, _ in regressions()}
    with REGRESSIONS.open("a", encoding="utf-8") as file:
        for seed, _, found in failures:
            if (seed, kind, models) not in known:
                file.write(f"{seed} {kind} {','.join(models)} {found[0][:100]}\n")


def shortest(seed: int, plan: Plan) -> Iterator[str]:
    """The failing episode with as few operations as still fail, as a diary."""
    for operations in range(2, plan.operations + 1):
        diary: list[str] = []

        def keep(google: Google, diary: list[str] = diary) -> None:
            google.diary = diary

        result = play(seed, replace(plan, operations=operations), prepare=keep)
        if result.violations:
            yield f"seed {seed}, model {plan.model}, {operations} operations: {result.violations[0]}"
            yield from diary
            return


def main() -> int:
    """Run, print, and give the exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--operations", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=0, help="the first; default 0")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--model", choices=MODELS, help="one model of Google alone; default: all but stale")
    options.add_argument(
        "--kind",
        choices=KINDS,
        default="weather",
        help="storm: staff sort several times a second; people: they are forgotten; relay: codes are used at once",
    )
    chosen = options.parse_args()
    models = (chosen.model,) if chosen.model else MODELS[:4]
    started = time.monotonic()
    summary = run_on_all_cores(chosen.operations, chosen.seed, chosen.jobs, models, chosen.kind)
    seconds = time.monotonic() - started
    operations = summary.operations.total()
    click.echo(f"{operations} operations in {seconds:.0f} s, {dict(summary.operations)}")
    click.echo(
        f"requests to the sheet {summary.requests}, batches that landed on a stamp in use {summary.duplicate_stamps}"
    )
    click.echo(f"words: {dict(summary.words.most_common())}")
    click.echo(f"busy after everything had settled, as the README's table allows: {summary.stuck}")
    rare = summary.rare(operations) if not chosen.model and chosen.kind == "weather" else []
    hits = [summary.hits[cell] for cell in CELLS]
    staff = [count for cell, count in summary.hits.items() if cell[0].startswith("staff")]
    click.echo(f"cells of fault x operation x moment: {len(CELLS)}, the rarest hit {min(hits)} times")
    click.echo(
        f"cells of staff's edit x operation x moment: {len(staff)}, the rarest hit {min(staff, default=0)} times"
    )
    for cell, count in rare:
        click.echo(f"INVALID: {' / '.join(cell)} was hit {count} times only")
    promises = Counter(text.partition(":")[0] for _, _, found in summary.failures for text in found[:1])
    click.echo(f"violations: {len(summary.failures)} {dict(promises)}")
    for seed, model, found in summary.failures[:5]:
        click.echo(f"  seed {seed} {model}: {found[0][:600]}")
    keep(summary.failures[:5], models, chosen.kind)
    for seed, _, _ in summary.failures[:1]:
        click.echo("\n".join(line[:400] for line in shortest(seed, KINDS[chosen.kind](seed, models))))
    return 1 if summary.failures or rare else 0


if __name__ == "__main__":
    sys.exit(main())
