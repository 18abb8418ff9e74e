"""Bad keys: how fast they are refused, beside a bare 401 of the same framework."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.bench import bench_book as book
from tests.bench.bench_load import Call, Load
from tests.bench.bench_processes import HELLO, MAIN, Process, served
from tests.bench.bench_sheet import sheet_server
from tests.bench.bench_table import Section

CALLERS, TURNS = 16, 5
_GOAL = 0.8
BAD = Call("/bot/issue", "no-such-key-0000", {"campaign": "spring", "subscriber_id": "1"}, "")


def measure(short: bool) -> Section:  # noqa: FBT001
    seconds = 1.0 if short else 6.0
    with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
        book.make(file := Path(folder) / "book.sqlite")
        with (
            sheet_server(file) as sheet,
            served(MAIN, "promosheet", book.settings(sheet.url)) as ours,
            served(HELLO, "unauthorized", {}) as bare,
        ):
            before = sheet.asked()
            turns = [(_rate(ours, seconds), _rate(bare, seconds)) for _ in range(TURNS)]
            asked = (sheet.asked() - before).requests
    mine, other = ([turn[place] for turn in turns] for place in (0, 1))
    ratio = statistics.median(own[0] / bare[0] for own, bare in turns)
    section = Section("keys")
    section.add(
        "refused a second", f"{statistics.median(each[0] for each in mine):,.0f}, {100 * ratio:.0f} % of bare",
        f"a bare 401: {statistics.median(each[0] for each in other):,.0f}", f"{100 * _GOAL:.0f} %", reached=ratio >= _GOAL,
    )  # fmt: skip
    section.add(
        "CPU for each", f"{1000 * statistics.median(each[1] for each in mine):.2f} ms",
        f"{1000 * statistics.median(each[1] for each in other):.2f} ms",
    )  # fmt: skip
    section.add("requests to the sheet", str(asked), "", "0", reached=not asked)
    section.notes.append(
        f"{CALLERS} callers on kept connections, {TURNS} turns of {seconds:.0f} s each, taking turns; medians."
    )
    return section


def _rate(process: Process, seconds: float) -> tuple[float, float]:
    """Answers a second, and the server's CPU seconds for one; every one is a 401."""
    cpu, began = process.cpu_s(), time.monotonic()
    told = Load([process.port]).closed_loop(lambda _: [BAD], CALLERS, seconds)
    took = time.monotonic() - began
    assert {each.status for each in told} == {401}, {each.status for each in told}
    return len(told) / took, (process.cpu_s() - cpu) / len(told)
