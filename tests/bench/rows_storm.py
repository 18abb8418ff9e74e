"""A storm: 500 calls at one moment, half of them repeats; and the same storm on the rivals."""

from __future__ import annotations

from tests.bench import bench_book as book
from tests.bench import bench_run
from tests.bench.bench_load import Told
from tests.bench.bench_run import ISSUED, LATENCY_MS, Run
from tests.bench.bench_table import Section
from tests.bench.rows_sustained import FIRST, for_a_rival, issue_calls

CALLS, WRITES, DEADLINE_S = 500, 8, 8.0


def measure(short: bool) -> Section:  # noqa: ARG001, FBT001 - it is short as it is
    calls = [issue_calls(number // 2)[0] for number in range(CALLS)]
    others = [for_a_rival(lambda _, call=call: [call])(0)[0] for call in calls]
    run = bench_run.ours(book.make, lambda load: load.at_once(calls), FIRST)
    rivals = [
        bench_run.rival(book.make_rival, lambda load: load.at_once(others), FIRST, lock=lock) for lock in (False, True)
    ]
    section = Section("storm")
    right = _right(run)
    section.add(
        "answered right within 8 s", f"{right} of {CALLS}", _both([str(_right(each)) for each in rivals]),
        "all", reached=right == CALLS,
    )  # fmt: skip
    doubled = run.duplicates(ISSUED)
    section.add(
        "duplicates", str(doubled), _both([str(each.duplicates(ISSUED)) for each in rivals]), "0", reached=not doubled
    )
    writes = [_all_writes(each) for each in (run, *rivals)]
    section.add(
        "writes to the sheet", writes[0], _both(writes[1:]), f"at most {WRITES}", reached=run.asked.writes <= WRITES
    )
    last = [f"{max(each.came for each in one.told):.1f} s" for one in (run, *rivals)]
    section.add("the last answer after", last[0], _both(last[1:]))
    section.notes.append(
        f"{CALLS // 2} new subscribers, each twice; {LATENCY_MS} ms a sheet request, quota enforced, 200 threads: the other"
        " calls wait before the door. Rivals: (a) gspread, (b) the same under one lock."
    )
    return section


def _right(run: Run) -> int:
    """Answers in time with a code that the sheet has for that subscriber, and the only one."""
    return sum(_is_right(run, told) for told in run.told)


def _is_right(run: Run, told: Told) -> bool:
    mine = run.found.codes.get(told.call.ask, set())
    return told.word in ISSUED and mine == {told.body.get("code")} and told.waited_s <= DEADLINE_S


def _all_writes(run: Run) -> str:
    return f"{run.asked.writes}" + (f" ({run.asked.refused} calls refused)" if run.asked.refused else "")


def _both(texts: list[str]) -> str:
    return " · ".join(f"({name}) {text}" for name, text in zip("ab", texts, strict=True))
