"""Cold start: from the start of a process to its first answer, and the memory that it then has.

functions-framework and gunicorn, with usable bytecode, on a sheet server without latency; the median of nine, the
contestants taking turns. The rival is a bare hello of the same framework. The first call comes the moment that the
port is open, as Cloud Run sends it.
"""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench import bench_book as book
from tests.bench.bench_processes import HELLO, MAIN, RIVALS, framework
from tests.bench.bench_sheet import sheet_server
from tests.bench.bench_table import Section

TIMES, SHORT_TIMES = 9, 3
_POLL_S = 0.002
_GOAL, _REFUSED, _MIB = 2.2, 1.3, 45


@dataclass(frozen=True)
class Started:
    """Seconds by the clock and of CPU until the answer; MiB: of the process that answers, and of all, shared once."""

    wall_s: float
    cpu_s: float
    rss_mib: float
    pss_mib: float


@dataclass(frozen=True)
class Contestant:
    """What is started and what it is asked."""

    source: Path
    target: str
    path: str = "/"
    key: str = ""
    body: Mapping[str, str] | None = None
    status: int = 200


def started(who: Contestant, settings: Mapping[str, str]) -> Started:
    """One start."""
    began = time.monotonic()
    with framework(who.source, who.target, settings) as process:
        process.wait_for_port(_POLL_S)
        connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)
        connection.request(
            "POST", who.path, json.dumps(who.body or {}), {"X-Api-Key": who.key, "Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        text = answer.read()
        wall = time.monotonic() - began
        assert answer.status == who.status, text
        assert who.body is None or who.status != 200 or b'"valid"' in text, text
        found = Started(wall, process.cpu_s(), process.rss_mib(), process.memory_mib())
        connection.close()
    return found


def measure(short: bool) -> Section:  # noqa: FBT001
    check = {"code": book.code_of(50), "subscriber_id": book.subscriber(50)}
    contestants = {
        "hello": Contestant(HELLO, "hello"),
        "ours": Contestant(MAIN, "promosheet", "/bot/check", book.BOT_KEY, check),
        "refused": Contestant(MAIN, "promosheet", "/bot/issue", "no-such-key-0000", {}, 401),
        "client": Contestant(HELLO, "hello_client"),
        "gspread": Contestant(RIVALS, "rival", "/check", book.BOT_KEY, check),
    }
    with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
        files = Path(folder) / "ours.sqlite", Path(folder) / "rival.sqlite"
        book.make(files[0], 100, 20)
        book.make_rival(files[1], 100)
        with sheet_server(files[0]) as sheet, sheet_server(files[1]) as other:
            settings = dict.fromkeys(contestants, book.settings(sheet.url))
            settings["gspread"] = book.rival_settings(other.url, lock=False)
            runs: dict[str, list[Started]] = {name: [] for name in contestants}
            for turn in range((SHORT_TIMES if short else TIMES) + 1):
                for name, who in contestants.items():
                    found = started(who, settings[name])
                    runs[name] += [found] if turn else []  # the first start makes the bytecode
    return _told({name: _median(found) for name, found in runs.items()}, len(runs["hello"]))


def _median(runs: list[Started]) -> Started:
    columns = zip(*((each.wall_s, each.cpu_s, each.rss_mib, each.pss_mib) for each in runs), strict=True)
    return Started(*(statistics.median(column) for column in columns))


def _told(found: Mapping[str, Started], times: int) -> Section:
    section = Section("start")
    hello, ours, refused, client, gspread = (found[name] for name in ("hello", "ours", "refused", "client", "gspread"))
    beside = f"hello {hello.wall_s:.2f} s · importing the client {client.wall_s / hello.wall_s:.2f} times · gspread {gspread.wall_s / hello.wall_s:.2f} times"

    def times_of(each: Started) -> str:
        return f"{each.wall_s:.2f} s, {each.wall_s / hello.wall_s:.2f} times hello"

    section.add(
        "first answer that read the sheet",
        times_of(ours),
        beside,
        f"{_GOAL} times",
        reached=ours.wall_s <= _GOAL * hello.wall_s,
    )
    section.add(
        "the same in CPU",
        f"{ours.cpu_s:.2f} s, {ours.cpu_s / hello.cpu_s:.2f} times",
        f"hello {hello.cpu_s:.2f} s · client {client.cpu_s / hello.cpu_s:.2f} times · gspread {gspread.cpu_s / hello.cpu_s:.2f} times",
    )
    section.add(
        "a refused key",
        times_of(refused),
        f"hello {hello.wall_s:.2f} s",
        f"{_REFUSED} times",
        reached=refused.wall_s <= _REFUSED * hello.wall_s,
    )
    more = ours.rss_mib - hello.rss_mib
    section.add(
        "memory (RSS of the worker)",
        f"{ours.rss_mib:.0f} MiB, {more:.0f} more than hello; a refused key {refused.rss_mib - hello.rss_mib:.0f} more",
        f"hello {hello.rss_mib:.0f} · client {client.rss_mib:.0f} · gspread {gspread.rss_mib:.0f} MiB",
        f"at most {_MIB} MiB more",
        reached=more <= _MIB,
    )
    section.add(
        "memory of all processes (PSS)",
        f"{ours.pss_mib:.0f} MiB",
        f"hello {hello.pss_mib:.0f} · client {client.pss_mib:.0f} · gspread {gspread.pss_mib:.0f} MiB",
    )
    section.notes.append(f"Median of {times}, taking turns; bytecode there, no latency and no quota at the sheet.")
    return section
