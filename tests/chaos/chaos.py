"""Chaos with real processes: they are killed, the network fails, staff sort the rows, and no promise may break.

    python tests/chaos/chaos.py --ops 20000 --seed 1

Four functions-framework processes, sixteen callers over HTTP, one local sheet server; what everybody asked and was
told is judged by tests/simulation/checker.py in the end. Its exit status is 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event

sys.path.append(str(Path(__file__).parents[1] / "simulation"))  # pytest has it from pyproject.toml

from chaos_callers import UNSETTLED, Caller
from chaos_fleet import Fleet
from chaos_marks import Marks
from chaos_shop import SPREADSHEET_ID, Shop, api_keys
from chaos_staff import Staff
from chaos_weather import Weather
from functions import codes, sheet_setup, standing
from functions.cells import tables_of
from functions.local.server import LocalSheets
from functions.promo import IssueCall
from functions.sheet import GoogleSheet
from functions.snapshot import Snapshot
from functions.world import RealWorld
from history import History, Op

MAIN = Path(__file__).parents[2] / "functions" / "main.py"
_FIRST_WAVES = 2
_ENVIRONMENT = {
    "SPREADSHEET_ID": SPREADSHEET_ID,
    "API_KEYS": api_keys(),
    "CODE_KEY": "chaos " * 8,
    "WRITES_PER_MINUTE": "60000",  # the most that is allowed
    "READS_PER_MINUTE": "60000",
}
#: How many calls that got no answer are made once more when all is calm.
_REPEATED = 300
#: So many ask in the calm, one for each process: more would be rivals for the next batch, and that is weather too.
_CALM_CALLERS = 4
#: No refusal rests on an unconfirmed claim younger than 20 s (DESIGN.md section 4), so calm begins after that.
_SETTLE_S = 21.0


@dataclass
class Result:
    """What a run was and what it showed. `violations` say what they are with str()."""

    history: History = field(default_factory=History)
    violations: list[object] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    log_errors: list[str] = field(default_factory=list)
    marks: int = 0
    astray: int = 0
    hidden: int = 0
    stray: int = 0
    waiting: int = 0
    repeated: int = 0
    seconds: float = 0.0
    path: str = ""

    def summary(self) -> str:
        """What a person wants to see at the end."""
        count = len(self.history.ops)
        lines = [
            f"{count} ops in {self.seconds:.0f} s, {count / max(self.seconds, 1e-9):.0f} a second",
            f"words       {_told(self.words)}",
            f"faults      {_told(self.faults)}",
            f"kills       {self.kills}",
            f"staff       {_told(self.edits)}",
            f"marks       {self.marks}, on another code's row {self.astray}, words of staff's not judged: {self.hidden}",
            f"repeated    {self.repeated} when all was calm",
            f"busy then   {self.stray} on stray rows, {self.waiting} on codes with several uses, as the README allows",
            *(f"log         {line[:600]}" for line in self.log_errors[:10]),
            *(f"VIOLATION   {str(each)[:700]}" for each in self.violations[:50]),
            f"violations  {len(self.violations)}{f', history in {self.path}' if self.path else ''}",
        ]
        return "\n".join(lines)


def run(
    ops: int,
    seed: int,
    processes: int = 4,
    clients: int = 16,
    *,
    source: Path = MAIN,
    calm: bool = True,
) -> Result:
    """Make *ops* calls in bad weather and judge them.

    *source* is what the processes run. Without *calm* nothing is asked again in the end, which is faster.
    """
    result = Result()
    with ExitStack() as stack:
        server = stack.enter_context(LocalSheets())
        server.create(SPREADSHEET_ID, title="Chaos", time_zone="Europe/Moscow", locale="en_US")
        sheet = GoogleSheet(SPREADSHEET_ID, server.base_url, RealWorld())
        stack.callback(sheet.close)
        sheet_setup.apply(sheet)
        marks = stack.enter_context(Marks(server))
        shop = Shop(ops)
        weather = Weather(server, random.Random(f"weather {seed}"))
        staff = stack.enter_context(Staff(server.base_url, shop, random.Random(f"staff {seed}"), weather))
        staff.shrink()
        for _ in range(_FIRST_WAVES):
            staff.open_wave()
        fleet = stack.enter_context(Fleet(processes, source, _ENVIRONMENT, marks.address))
        callers = [stack.enter_context(Caller(number, seed, shop, fleet)) for number in range(clients)]
        began = time.monotonic()
        _storm(shop, callers, staff, fleet, weather, seed)
        result.seconds = time.monotonic() - began
        time.sleep(max(weather.quiet_at - time.monotonic(), _SETTLE_S if calm else 1.0))
        again = _repeat(_unsettled(callers), callers[:_CALM_CALLERS]) if calm else []
        time.sleep(0.5)
        told = list(marks.told(staff.edits, fleet.kills))
        result.history = History(_in_order(callers), staff.edits + told, Snapshot(tables_of(sheet.read(10))))
        result.marks, result.hidden = len(marks.landings), len(told)
        result.astray = sum(bool(each.after.used_on) and not each.own for each in marks.landings)
        strays = marks.strays(fleet.kills)
        result.kills, result.faults, result.edits = len(fleet.kills), weather.counts, staff.counts
        result.log_errors = fleet.errors()
    _judge(result, again, strays, fleet.kills)
    return result


def _storm(shop: Shop, callers: list[Caller], staff: Staff, fleet: Fleet, weather: Weather, seed: int) -> None:
    """Everything at once until the callers are done; then the others end, and all processes are up."""
    stop = Event()
    with ThreadPoolExecutor(len(callers) + 3) as threads:
        others = [
            threads.submit(weather.blow, stop),
            threads.submit(staff.work, stop),
            threads.submit(fleet.kill_now_and_then, stop, random.Random(f"kills {seed}")),
        ]
        try:
            works = [threads.submit(caller.work) for caller in callers]
            wait(works, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
            shop.close()  # after an exception the other callers end too
        for each in works + others:
            each.result()


def _unsettled(callers: list[Caller]) -> list[Op]:
    """The latest calls that got no answer, each once."""
    latest = {op.call: op for op in _in_order(callers) if op.word in UNSETTLED}
    return list(latest.values())[-_REPEATED:]


def _repeat(unsettled: list[Op], callers: list[Caller]) -> list[tuple[Op, Op]]:
    """Make these calls once more; each with its repeat."""

    def again(caller: Caller, mine: list[Op]) -> list[tuple[Op, Op]]:
        caller.calm_down()
        pairs = [(op, caller.call(caller.again(op.call, late=True), extra=True)) for op in mine]
        return [(op, repeat) for op, repeat in pairs if repeat is not None]

    with ThreadPoolExecutor(len(callers)) as threads:
        shares = [unsettled[number :: len(callers)] for number in range(len(callers))]
        return [pair for found in threads.map(again, callers, shares) for pair in found]


def _in_order(callers: list[Caller]) -> list[Op]:
    return sorted((op for caller in callers for op in caller.done), key=lambda op: op.number)


def _judge(
    result: Result, again: list[tuple[Op, Op]], strays: frozenset[tuple[str, int]], kills: list[tuple[str, float]]
) -> None:
    import checker  # noqa: PLC0415 - its path is known by now, whoever runs this

    history = result.history
    result.words = Counter(op.word or "(no answer)" for op in history.ops)
    result.violations = list(checker.violations(history, checker.Allowances(strays=strays)))
    result.repeated = len(again)
    for op, repeat in again:
        if repeat.word not in UNSETTLED:
            continue
        if _is_stray(history.final, op):
            result.stray += 1  # a crash between a projection that hit a moved row and its repair: people mend it
        elif _has_several_uses(history.final, op):
            result.waiting += 1  # for a use of the last 20 s at another process (README, note 5)
        else:
            told = f"{repeat.word or 'no answer'} ({repeat.detail})"
            result.violations.append(f"liveness: op {repeat.number}, a repeat of op {op.number} in calm: {told}")
    if result.violations:
        result.path = _kept(history, kills)


def _is_stray(final: Snapshot | None, op: Op) -> bool:
    """True if the code, or one that the subscriber holds, shows the redemption of another one."""
    if final is None:
        return False
    if isinstance(op.call, IssueCall):
        return standing.is_stray(final, final.rows_of_subscriber(op.call.subscriber_id, op.call.campaign))
    return standing.is_stray(final, final.rows_of_code(codes.fold(op.call.code)))


def _has_several_uses(final: Snapshot | None, op: Op) -> bool:
    """True if the call is about a code with more than one use, such as one that everybody shares."""
    if final is None or isinstance(op.call, IssueCall):
        return False
    code = codes.fold(op.call.code)
    shared = any(codes.fold(each.shared_code) == code for each in final.campaigns())
    names = {row.campaign for row in final.rows_of_code(code)}
    return shared or any(campaign.uses_per_code > 1 for name in names for campaign in final.campaigns(name))


def _kept(history: History, kills: list[tuple[str, float]]) -> str:
    """Write a history down, a JSON object a line; there is no secret in it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="promosheet-chaos-", suffix=".jsonl", encoding="utf-8", delete=False
    ) as file:
        for op in history.ops:
            record = {"op": type(op.call).__name__} | asdict(op)
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        for name, when in kills:
            file.write(json.dumps({"killed": name, "when": when}) + "\n")
        for edit in history.edits:
            file.write(json.dumps({"edit": edit.kind} | asdict(edit), ensure_ascii=False) + "\n")
        if history.final is not None:
            for row in (*history.final.tables.codes, *history.final.tables.redemptions):
                file.write(json.dumps({"row": type(row).__name__} | asdict(row), ensure_ascii=False) + "\n")
    return file.name


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def main() -> int:
    """One run from the command line."""
    parser = argparse.ArgumentParser(description="Promosheet's functions in bad weather.")
    parser.add_argument("--ops", type=int, default=2_000)
    parser.add_argument("--sheet-ops", type=int, default=5_000, help="a new sheet after so many; default 5,000")
    parser.add_argument("--seed", type=int, default=1, help="of the first sheet; the next one has the next")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--clients", type=int, default=16)
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the processes must not outlive this one
    done = violations = 0
    for seed, first in enumerate(range(0, told.ops, told.sheet_ops), told.seed):
        result = run(min(told.sheet_ops, told.ops - first), seed, told.processes, told.clients)
        done, violations = done + len(result.history.ops), violations + len(result.violations)
        sys.stdout.write(f"seed {seed}: {result.summary()}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{done} ops in all, {violations} violations\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
