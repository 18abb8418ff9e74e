"""A lone call on an idle instance: how many requests to the sheet it takes, counted by the sheet server, and how long.

The process was asked once before; what that first call takes more is a line of its own. The same calls go to the rival
without a lock, which writes without looking again.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import bench_book as book
from tests.bench.bench_load import Call, Load, Told
from tests.bench.bench_processes import MAIN, RIVALS, Process, served
from tests.bench.bench_run import LATENCY_MS
from tests.bench.bench_sheet import SheetServer, sheet_server
from tests.bench.bench_table import Section

ISSUED, USED = 40, 10
#: Between two calls, so that the instance is idle again and nothing of the quota has to be waited for.
PAUSE_S, SHORT_PAUSE_S = 6.0, 0.0
BOT, TILL = book.BOT_KEY, book.TILL_KEYS[0]


@dataclass(frozen=True)
class Lone:
    """A call, the word that it must be answered with, and how many requests it may take."""

    what: str
    call: Call
    word: str
    requests: int
    of_rival: bool = True


def _bot(path: str, **body: str) -> Call:
    return Call(f"/bot/{path}", BOT, body, "")


def _till(path: str, **body: str) -> Call:
    return Call(f"/till/{path}", TILL, body, "")


NEW, HOLDER = book.subscriber(9_000), book.subscriber(30)
CALLS = (
    Lone("issue: issued", _bot("issue", campaign=book.CAMPAIGN, subscriber_id=NEW), "issued", 3),
    Lone("issue: already_issued", _bot("issue", campaign=book.CAMPAIGN, subscriber_id=NEW), "already_issued", 1),
    Lone(
        "issue: campaign_inactive",
        _bot("issue", campaign=book.STOPPED, subscriber_id=NEW),
        "campaign_inactive",
        1,
        of_rival=False,
    ),
    Lone(
        "issue: campaign_not_found",
        _bot("issue", campaign="none", subscriber_id=NEW),
        "campaign_not_found",
        1,
        of_rival=False,
    ),
    Lone("check: valid", _bot("check", code=book.code_of(30), subscriber_id=HOLDER), "valid", 1),
    Lone("check: not_found", _till("check", code="SPRING-00000-00000"), "not_found", 1),
    Lone("redeem: redeemed", _till("redeem", code=book.code_of(30)), "redeemed", 4),
    Lone("redeem: already_used", _till("redeem", code=book.code_of(30)), "already_used", 1),
    Lone("redeem: already_used, long ago", _till("redeem", code=book.code_of(1)), "already_used", 1, of_rival=False),
    Lone("redeem: not_found", _till("redeem", code="SPRING-00000-00000"), "not_found", 1),
    Lone("rollback: not_redeemed", _till("rollback", code=book.code_of(31)), "not_redeemed", 1, of_rival=False),
)
#: A write of the sheet server's first, which reads all the formulas of the dashboard, is nobody's business here.
FIRST_WRITE = _bot("issue", campaign=book.CAMPAIGN, subscriber_id="first")
FIRST = _bot("check", code=book.code_of(29), subscriber_id=book.subscriber(29))


def measure(short: bool) -> Section:  # noqa: FBT001
    section, pause_s = Section("lone"), SHORT_PAUSE_S if short else PAUSE_S
    with _ours() as (sheet, process):
        first = _asked(sheet, process, FIRST)
        _asked(sheet, process, FIRST_WRITE)
        found = [_asked(sheet, process, each.call, pause_s) for each in CALLS]
    with _rival() as (sheet, process):
        first_of_rival = _asked(sheet, process, _known_to_a_rival(FIRST))
        _asked(sheet, process, _known_to_a_rival(FIRST_WRITE))
        others = [_asked(sheet, process, _known_to_a_rival(each.call)) if each.of_rival else None for each in CALLS]
    more = first[1] - 1
    section.add(
        "first call of a process", f"{more} more", f"{first_of_rival[1] - 1} more", "1 or 2 more", reached=more <= 2
    )
    for each, (told, requests), other in zip(CALLS, found, others, strict=True):
        goal = f"{each.requests}, {each.word}"
        reached = requests == each.requests and told.word == each.word
        beside = _words(*other) if other else ""
        section.add(each.what, _words(told, requests), beside, goal, reached=reached)
    section.notes.append(f"Requests to the sheet, {LATENCY_MS} ms each; the rival is gspread without a lock.")
    return section


def _words(told: Told, requests: int) -> str:
    return f"{requests}, {told.word}, {told.waited_s:.2f} s"


def _known_to_a_rival(call: Call) -> Call:
    return Call(call.path, BOT, call.body, call.ask)


def _asked(sheet: SheetServer, process: Process, call: Call, pause_s: float = 0.0) -> tuple[Told, int]:
    time.sleep(pause_s)
    before = sheet.asked()
    told = Load([process.port]).one(call)
    return told, (sheet.asked() - before).requests


@contextmanager
def _ours() -> Iterator[tuple[SheetServer, Process]]:
    with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
        book.make(file := Path(folder) / "book.sqlite", ISSUED, USED)
        with (
            sheet_server(file, latency_ms=LATENCY_MS, quota=True) as sheet,
            served(MAIN, "promosheet", book.settings(sheet.url)) as process,
        ):
            yield sheet, process


@contextmanager
def _rival() -> Iterator[tuple[SheetServer, Process]]:
    with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
        book.make_rival(file := Path(folder) / "book.sqlite", ISSUED)
        with (
            sheet_server(file, latency_ms=LATENCY_MS, quota=True) as sheet,
            served(RIVALS, "rival", book.rival_settings(sheet.url, lock=False)) as process,
        ):
            yield sheet, process
