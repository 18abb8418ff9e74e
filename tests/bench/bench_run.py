"""One load on Promosheet or on a rival, over real HTTP, and what came of it: in the answers and in the sheet."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import bench_book as book
from tests.bench.bench_load import Call, Load, Told
from tests.bench.bench_processes import MAIN, RIVALS, Process, served
from tests.bench.bench_sheet import Asked, SheetServer, sheet_server

LATENCY_MS = 300
#: A call answered later than this is an error, whatever the answer: bots wait no longer.
TOO_LATE_S = 10.0
ISSUED, REDEEMED = frozenset({"issued", "already_issued"}), frozenset({"redeemed"})
Prepare = Callable[[Path], None]
Driven = Callable[[Load], list[Told]]


@dataclass(frozen=True)
class Run:
    """Answers, what the sheet says afterwards, what the sheet server was asked, and CPU in cores.

    The CPU is that of the functions, of the sheet server and of the load generator, in this order.
    """

    told: list[Told]
    found: book.Found
    asked: Asked
    cores: tuple[float, float, float]

    def right(self, words: frozenset[str]) -> int:
        """Subscribers, or codes, with a right answer in time."""
        return len({each.call.ask for each in self.told if each.word in words and each.waited_s <= TOO_LATE_S})

    def errors(self, words: frozenset[str]) -> Counter[str]:
        """Answers that are none, by word; a code that two tills wanted may be `already_used`."""
        asked = Counter(each.call.ask for each in self.told)
        wrong = [each for each in self.told if each.word not in words]
        found = Counter(each.word for each in wrong if each.word != "already_used" or asked[each.call.ask] < 2)
        return found + Counter({"late": sum(each.waited_s > TOO_LATE_S for each in self.told)})

    def duplicates(self, words: frozenset[str]) -> int:
        """Subscribers with two codes and codes with two holders, or codes redeemed twice: in the sheet or as told."""
        yes: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.told:
            if each.word in words:
                yes[each.call.ask].append(str(each.body.get("code", "")))
        if words is REDEEMED:
            return max(self.found.doubly_redeemed(), sum(len(found) > 1 for found in yes.values()))
        return max(self.found.doubly_issued(), sum(len(set(found)) > 1 for found in yes.values()))

    def lost(self, words: frozenset[str]) -> int:
        """Answers that say yes, and the sheet does not."""
        yes = [each for each in self.told if each.word in words]
        if words is REDEEMED:
            return sum(not self.found.redemptions[each.call.ask] for each in yes)
        return sum(each.body.get("code") not in self.found.codes.get(each.call.ask, set()) for each in yes)


def ours(prepare: Prepare, driven: Driven, first: Call, *, processes: int = 1) -> Run:
    """A load on so many processes of ours that share the quota, each started and asked once before."""
    with _sheet(prepare) as (file, sheet):
        settings = book.settings(sheet.url, 54 // processes)
        with ExitStack() as stack:
            running = [stack.enter_context(served(MAIN, "promosheet", settings)) for _ in range(processes)]
            told, asked, cores = _measured(running, sheet, driven, first)
        sheet.process.stop()
        return Run(told, book.look(file), asked, cores)


def rival(prepare: Prepare, driven: Driven, first: Call, *, lock: bool) -> Run:
    """The same load or another on a rival."""
    with _sheet(prepare) as (file, sheet):
        with served(RIVALS, "rival", book.rival_settings(sheet.url, lock=lock)) as process:
            told, asked, cores = _measured([process], sheet, driven, first)
        sheet.process.stop()
        return Run(told, book.look_rival(file), asked, cores)


@contextmanager
def _sheet(prepare: Prepare) -> Iterator[tuple[Path, SheetServer]]:
    with tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder:
        file = Path(folder) / "book.sqlite"
        prepare(file)
        with sheet_server(file, latency_ms=LATENCY_MS, quota=True) as sheet:
            yield file, sheet


def _measured(
    running: list[Process], sheet: SheetServer, driven: Driven, first: Call
) -> tuple[list[Told], Asked, tuple[float, float, float]]:
    for process in running:
        Load([process.port]).one(first)
    before, began = sheet.asked(), time.monotonic()
    cpu = sum(process.cpu_s() for process in running), sheet.cpu_s, time.process_time()
    told = driven(Load([process.port for process in running]))
    after = sum(process.cpu_s() for process in running), sheet.cpu_s, time.process_time()
    seconds = time.monotonic() - began
    own, server, load = ((late - early) / seconds for late, early in zip(after, cpu, strict=True))
    return told, sheet.asked() - before, (own, server, load)
