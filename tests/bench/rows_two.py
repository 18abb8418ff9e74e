"""Two processes that share the quota, 27 + 27 a minute, beside one with 54; the sheet is all that they have in common.

Both meet the same open loop, every twentieth subscriber asked for at both processes at one moment.
"""

from __future__ import annotations

from tests.bench import bench_book as book
from tests.bench import bench_run
from tests.bench.bench_load import Load, Told, percentiles
from tests.bench.bench_run import ISSUED, Run
from tests.bench.bench_table import Section
from tests.bench.rows_sustained import FIRST, issue_calls

PER_MINUTE, SECONDS, SHORT_S = 3_100, 90.0, 20.0
_GOAL = 0.8


def measure(short: bool) -> Section:  # noqa: FBT001
    seconds = SHORT_S if short else SECONDS

    def flood(load: Load) -> list[Told]:
        return load.open_loop(issue_calls, PER_MINUTE, seconds)

    one, two = (bench_run.ours(book.make, flood, FIRST, processes=count) for count in (1, 2))
    rates = [each.right(ISSUED) / seconds * 60 for each in (one, two)]
    errors, doubled = sum(two.errors(ISSUED).values()), two.duplicates(ISSUED)
    section = Section("two")
    section.add(
        "issues a minute", f"two: {rates[1]:,.0f}, {100 * rates[1] / rates[0]:.0f} % of one", f"one: {rates[0]:,.0f}",
        f"{100 * _GOAL:.0f} %", reached=rates[1] >= _GOAL * rates[0],
    )  # fmt: skip
    section.add("errors", _words(two), _words(one), "0", reached=not errors)
    section.add("duplicates", str(doubled), str(one.duplicates(ISSUED)), "0", reached=not doubled)
    section.add("waited: p50, p95, p99", _waited(two), _waited(one))
    section.add("sheet: reads + writes (refused)", _asked(two), _asked(one))
    section.notes.append(
        f"Open loop of {PER_MINUTE:,} new ones a minute for {seconds:.0f} s; the rival is one process."
    )
    return section


def _words(run: Run) -> str:
    return ", ".join(f"{count} {word}" for word, count in run.errors(ISSUED).items()) or "0"


def _waited(run: Run) -> str:
    return " ".join(f"{each:.2f}" for each in percentiles(run.told)) + " s"


def _asked(run: Run) -> str:
    return f"{run.asked.reads} + {run.asked.writes} ({run.asked.refused})"
