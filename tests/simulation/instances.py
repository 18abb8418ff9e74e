"""Processes of ours in the simulation: the real Committer, over a port whose requests are lost, late, refused or fatal.

Each request passes three moments: sent, reached Google, answered. A fault decides what becomes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cloud import LATE_S, START_MS, Batch, Google, patches_of
from functions import codes, guard
from functions.batches import NewRow, Patch
from functions.committer import Committer
from functions.deciding import Fate, Turn
from functions.failures import Rejected, StampTaken, Throttled, Unanswered
from functions.promo import Call, CheckCall, IssueCall, RedeemCall, Status
from functions.sheet import Reading
from scheduler import Killed, SimWorld, Task, current

CODE_KEY = b"k" * 32
DEADLINE_S = 8.0
READ_FAULTS = ("slow", "429", "503 before", "503 after", "reset before", "reset after", "kill before", "kill after")
WRITE_FAULTS = (*READ_FAULTS, "400", "late")

#: What a request is for: the operations it serves, and the moment of their life.
Cell = tuple[str, str, str]  # fault, operation, moment


@dataclass
class Weather:
    """How often what goes wrong. `script` names a fault for the n-th request of some moment, for directed runs.

    With `tardy` a slow request is also late in reaching Google, so that much has happened when it does.
    """

    share: float = 0.05
    kills: bool = True
    tardy: bool = False
    calm: bool = False
    directed: tuple[str, str, str] | None = None
    hits: Counter[Cell] = field(default_factory=Counter)


class Instance:
    """One process: a committer, its clock, and the tasks that run in it."""

    def __init__(
        self, name: str, google: Google, weather: Weather, skew_ms: int, make: Callable[..., Committer]
    ) -> None:
        scheduler = google.scheduler
        self.name = name
        self.alive = True
        self.tasks: list[Task] = []
        self.reports: list[str] = []
        world = SimWorld(scheduler, name, START_MS, skew_ms)
        self.port = Port(self, google, weather)
        self.committer = make(self.port, world, CODE_KEY, DEADLINE_S, self._report)
        self.on_death: Callable[[Instance], None] = lambda _: None

    def submit(self, call: Call) -> object:
        """Ask; None if the process dies meanwhile."""
        task = current()
        self.tasks.append(task)
        try:
            return self.committer.submit(call)
        except Killed:
            return None
        finally:
            self.tasks.remove(task)
            if not self.tasks:
                self.port.google.based.discard(self.port)

    def die(self) -> None:
        """kill -9: nothing of this process goes on."""
        if not self.alive:
            return
        self.alive = False
        self.port.google.based.discard(self.port)
        self.on_death(self)
        here = current()
        for task in self.tasks:
            if task is not here:
                self.port.google.scheduler.kill(task)
        if here in self.tasks:
            raise Killed

    def _report(self, message: str, fields: dict[str, object]) -> None:
        if fields.get("severity") == "ERROR":
            self.reports.append(
                f"{message} {fields.get('error', '')} {fields.get('where', '')} {fields.get('faults', '')}"
            )


class Port:
    """The SheetPort of one process."""

    def __init__(self, instance: Instance, google: Google, weather: Weather) -> None:
        self.instance = instance
        self.google = google
        self.weather = weather
        self.staff_seen = 0
        self.read_at = 0.0
        self.patching: set[int] = set()
        self.giving_back = False

    def read(self, timeout: float) -> Reading:
        operations = self._readers()
        self.google.based.discard(self)
        fault = self._fault(operations, READ_FAULTS)
        self._out(fault, timeout)
        reading = self.google.reading()
        self.google.based.add(self)
        self.read_at = self.google.scheduler.now
        self._note(f"reads {reading.number} for {operations} {fault}")
        self._back(fault, timeout)
        return reading

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        operations = list(dict.fromkeys(_written(row) for row in rows)) or [("heal", "claim")]
        fault = self._fault(operations, WRITE_FAULTS)
        batch = Batch.of(reading, stamp, rows, key)
        refused = self.google.overlaps and self.google.is_taken(stamp)
        outcome: list[Exception] = [StampTaken("already exists")] if refused else []

        def land() -> None:
            try:
                self.google.land(batch, checked=self.google.overlaps)
            except StampTaken as taken:
                outcome.append(taken)

        self._note(f"sends {batch} {fault}")
        if fault not in {"", "400"}:  # after a 400 it is known that nothing landed
            self.google.tries.update(
                {str(row.values.get("claim")) for row in rows if row.values.get("event") == "redeemed"}
            )
        self._write(land if not refused else lambda: None, fault, timeout)
        self._note("refused" if outcome else "has its answer")
        if outcome:
            raise outcome[0]

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        times = {patch.values.get("used_on") for patch in patches}
        operations = sorted(
            {("redeem" if patch.values.get("used_on") else "rollback", "projection") for patch in patches}
        )
        fault = self._fault(operations, WRITE_FAULTS)
        placed = patches_of(reading, patches)
        self.patching = {time for time in times if isinstance(time, int)}
        self.giving_back = any(_is_word(patch) for patch in patches)
        since, cells = self.read_at, reading.columns["codes"]["code"]
        codes_then = [codes.fold(str(cells[row])) if row < len(cells) else "" for row, _ in placed]
        meant = set(codes_then)
        words = [
            (row, code, str(patch.values["status"]))
            for patch, (row, _), code in zip(patches, placed, codes_then, strict=True)
            if _is_word(patch)
        ]

        def land() -> None:
            hit = {codes.fold(code) for code in self.google.codes_at(row for row, _ in placed)}
            self._forget_words(meant | hit, since)
            self._forget_words(hit - meant, 0.0)  # until it is put back
            for row, code, word in words:
                self.google.note_astray(row, code, word)
            self.google.forget_deleted_times(placed)
            self.google.patch(placed)

        self._note(f"shows {placed} {fault}")
        self._write(land, fault, timeout)
        self.patching, self.giving_back = set(), False

    def _forget_words(self, folded: set[str], since: float) -> None:
        """What staff typed into a row between our look at it and our mark on it is lost: the one race of the sheet.

        The README says so; the checker is told not to judge that code by that word.
        """
        edits = self.google.history.edits
        for place, edit in enumerate(edits):
            if edit.began >= since and edit.code in folded and edit.kind in {"void", "used"}:
                edits[place] = replace(edit, kind="forget")

    def newest_stamp(self, timeout: float) -> int:
        fault = self._fault([("heal", "look")], READ_FAULTS)
        self._out(fault, timeout)
        found = guard.newest(self.google.stamps.items())
        self._back(fault, timeout)
        return found

    def forget_layout(self) -> None:
        """Every read looks."""

    def unseen_patches(self) -> set[int]:
        """Times of projections that this process would have looked at again."""
        projector = self.instance.committer._projector
        times = {each.event.time for each in projector._due} | {each.change.used_on for each in projector._written}
        return {time for time in times if time is not None}

    def unseen_words(self) -> bool:
        """True if this process would have looked where a word landed that it gave back."""
        changes = [each.change for each in self.instance.committer._projector._written]
        return self.giving_back or any(change.is_word or change.status is Status.VOID for change in changes)

    def _write(self, land: Callable[[], None], fault: str, timeout: float) -> None:
        """Send once. The batch lands, or not, whatever becomes of its sender."""
        google, chance = self.google, self.google.scheduler.chance
        if fault == "kill before":
            self.instance.die()
        delay = chance.uniform(0.02, 0.4)
        lost = fault not in {"", "slow"}
        if (
            google.is_late
            and lost
            and fault in {"late", "503 after", "reset after", "kill after"}
            and chance.random() < 0.6
        ):
            delay = chance.choice((chance.uniform(0.5, 12.0), chance.uniform(0.5, LATE_S)))
        if fault not in {"429", "400", "503 before", "reset before"}:
            google.under_way += 1
            google.scheduler.at(google.scheduler.now + delay, lambda: self._landed(land))
        answered = delay + chance.uniform(0.01, 0.2)
        if fault == "kill after":
            answered = chance.uniform(0.0, 0.3)
        elif lost and chance.random() < 0.7:  # an error comes when it likes; else it is the time-out that ends the wait
            answered = chance.uniform(0.05, 1.5)
        self._sleep(min(answered, timeout))
        if fault == "kill after":
            self.instance.die()
        if fault == "400":
            raise Rejected("Invalid requests[1].insertDimension: no")
        self._back(fault, timeout)

    def _landed(self, land: Callable[[], None]) -> None:
        self.google.under_way -= 1
        land()

    def _out(self, fault: str, timeout: float) -> None:
        if fault == "kill before":
            self.instance.die()
        chance = self.google.scheduler.chance
        tardy = fault == "slow" and self.weather.tardy
        self._sleep(min(chance.uniform(0.3, 2.0) if tardy else chance.uniform(0.01, 0.2), timeout))

    def _back(self, fault: str, timeout: float) -> None:
        chance = self.google.scheduler.chance
        if fault == "slow":
            if chance.random() < 0.5:
                self._sleep(chance.uniform(0.5, 3.0))
            else:
                self._sleep(timeout)
                raise Unanswered("ReadTimeout")
        elif fault == "kill after":
            self.instance.die()
        elif fault == "429":
            raise Throttled("quota")
        elif fault:
            raise Unanswered(fault)
        else:
            self._sleep(chance.uniform(0.01, 0.15))

    def _note(self, text: str) -> None:
        self.google.note(f"{self.instance.name} {text}")

    def _sleep(self, seconds: float) -> None:
        self.google.scheduler.suspend(seconds)

    def _fault(self, operations: Sequence[tuple[str, str]], faults: Sequence[str]) -> str:
        """What becomes of this request; counted for every operation that it serves."""
        weather, chance = self.weather, self.google.scheduler.chance
        if weather.calm:
            return ""
        self._count_staff(operations)
        share = weather.share * (5 if any(moment == "withdrawal" for _, moment in operations) else 1)
        directed = weather.directed is not None and weather.directed[1:] in operations
        if directed and chance.random() < 0.75 and weather.directed is not None:
            fault = weather.directed[0]
            if fault not in faults:
                return ""
        elif chance.random() < share:
            fault = chance.choice(faults)
        else:
            return ""
        if fault.startswith("kill") and not weather.kills:
            return ""
        if fault == "late" and not self.google.is_late:
            fault = "503 after"
        for operation, moment in operations:
            weather.hits[fault, operation, moment] += 1
        return fault

    def _count_staff(self, operations: Sequence[tuple[str, str]]) -> None:
        """Which edits of staff came between this process's last request and this one."""
        done = self.google.edits[self.staff_seen :]
        self.staff_seen = len(self.google.edits)
        for kind in set(done):
            for operation, moment in operations:
                self.weather.hits[f"staff: {kind}", operation, moment] += 1

    def _readers(self) -> list[tuple[str, str]]:
        committer = self.instance.committer
        turns: list[Turn] = [*committer._open, *committer._arrivals]
        return sorted(set(_reading(turns)))


def _reading(turns: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    for turn in turns:
        second = turn.claim is not None and turn.fate is not Fate.UNSENT
        yield operation_of(turn.call), "second look" if second or turn.giving_up else "first look"


def operation_of(call: Call) -> str:
    if isinstance(call, IssueCall):
        return "issue"
    if isinstance(call, CheckCall):
        return "check"
    return "redeem" if isinstance(call, RedeemCall) else "rollback"


def _is_word(patch: Patch) -> bool:
    """True for a word of staff's that is given back: a process writes void, and a used without its time, only then."""
    status = patch.values.get("status")
    return status == "void" or (status == "used" and patch.values.get("used_on") is None)


def _written(row: NewRow) -> tuple[str, str]:
    if row.tab == "codes":
        return "issue", "claim"
    event = row.values["event"]
    if event == "withdrawn":
        return ("redeem" if row.values["claim"] else "issue"), "withdrawal"
    return ("redeem" if event == "redeemed" else "rollback"), "claim"
