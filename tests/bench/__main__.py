"""How fast Promosheet is, every figure beside its rival in the same run.

    python -m tests.bench [NAME…] [--short]

Everything runs on this machine: the local sheet server of `promosheet emulator`, with 300 ms for each request and
Google's quota of 60 reads and 60 writes a minute (where a row does not say otherwise), and the functions under
functions-framework and gunicorn with 200 threads, as deploy.sh starts them. The load generator is one process more, on
the same cores. Results are printed, and kept in tests/bench/RESULTS.md; --short tries a row out, keeps nothing, and its
figures are no measurement.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

from tests.bench import (
    bench_table,
    rows_campaigns,
    rows_growth,
    rows_imports,
    rows_keys,
    rows_lone,
    rows_start,
    rows_storm,
    rows_sustained,
    rows_two,
)
from tests.bench.bench_processes import others_cpu_s
from tests.bench.bench_table import Section

#: Name -> what measures it; the argument is whether it is only tried out.
ROWS: dict[str, Callable[[bool], Section]] = {
    "issues": rows_sustained.issues,
    "redemptions": rows_sustained.redemptions,
    "lone": rows_lone.measure,
    "storm": rows_storm.measure,
    "start": rows_start.measure,
    "imports": rows_imports.measure,
    "growth": rows_growth.measure,
    "campaigns": rows_campaigns.measure,
    "two": rows_two.measure,
    "keys": rows_keys.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast Promosheet is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"rows to measure: {', '.join(ROWS)}; default: all")
    parser.add_argument("--short", action="store_true", help="try out: minutes are seconds, nothing is kept")
    asked = parser.parse_args()
    unknown = set(asked.names) - ROWS.keys()
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(bench_table.machine())
    for name in asked.names or ROWS:
        began, others = time.monotonic(), others_cpu_s()
        section = ROWS[name](asked.short)
        seconds, others = time.monotonic() - began, others_cpu_s() - others
        if asked.short:
            section.notes.append("SHORT: tried out, not measured.")
        print(bench_table.terminal(section))
        print(f"  ({seconds:.0f} s, in which other programs took {others / seconds:.2f} cores)", flush=True)
        if not asked.short:
            bench_table.save(section, list(ROWS))


if __name__ == "__main__":
    main()
