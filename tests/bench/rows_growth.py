"""What a read and a decision cost as the sheet grows, in bytes, CPU and memory; beside gspread on as many rows.

One process of ours without HTTP in front of it: the real committer on the real sheet server, whose CPU is not counted.
A third of the codes is redeemed. Each size has a process of its own; figures are the median of three.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import bench_book as book
from tests.bench.bench_processes import ROOT
from tests.bench.bench_sheet import sheet_server
from tests.bench.bench_table import Section

SIZES, SHORT_SIZES = (1_000, 10_000, 100_000, 300_000), (1_000, 10_000)
GOAL_SIZE, _CPU_S, _MIB = 100_000, 0.4, 400
#: What changed since the read before: the last is the worst that staff can do.
READS = {"first": "first", "same": "nothing new", "added": "a row added", "sorted": "all rows sorted anew"}


def measure(short: bool) -> Section:  # noqa: FBT001
    section = Section("growth")
    for size in SHORT_SIZES if short else SIZES:
        with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
            files = Path(folder) / "ours.sqlite", Path(folder) / "rival.sqlite"
            book.make(files[0], size, size // 3)
            book.make_rival(files[1], size)
            ours, rival = _child("ours", files[0], size), _child("rival", files[1], size)
        goal = size == GOAL_SIZE
        section.add(f"{size:,}: bytes a read", f"{ours['bytes'] / 1e6:.2f} MB", f"{rival['bytes'] / 1e6:.2f} MB")
        section.add(
            f"{size:,}: CPU a read",
            ", ".join(f"{name} {1000 * ours[key]:.0f} ms" for key, name in READS.items()),
            f"{1000 * rival['same']:.0f} ms",
            f"at most {1000 * _CPU_S:.0f} ms" if goal else "",
            reached=max(ours[key] for key in READS if key != "first") <= _CPU_S if goal else None,
        )
        section.add(
            f"{size:,}: CPU of a lone issue", f"{1000 * ours['issue']:.0f} ms", f"{1000 * rival['issue']:.0f} ms"
        )
        section.add(f"{size:,}: CPU of a decision of it", f"{1000 * ours['decision']:.2f} ms")
        section.add(
            f"{size:,}: memory at most",
            f"{ours['mib']:.0f} MiB",
            f"{rival['mib']:.0f} MiB",
            f"under {_MIB} MiB" if goal else "",
            reached=ours["mib"] < _MIB if goal else None,
        )
    section.notes += [
        "CPU a read: from the request to a check that was decided; the sheet server's is not counted.",
        "The first read of a process makes all keys and indexes; what is to be reached is meant for the others.",
        "A lone issue has two reads and a write.",
        "The rival is gspread's `find` in all rows, then `append_row`; bytes are those of the answers, uncompressed.",
    ]
    return section


def _child(who: str, file: Path, size: int) -> dict[str, Any]:
    with sheet_server(file) as sheet:
        command = [sys.executable, "-m", "tests.bench.bench_growth", who, sheet.url, str(size)]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    found: dict[str, Any] = json.loads(run.stdout)
    return found
