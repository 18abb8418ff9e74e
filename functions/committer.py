"""Group commit: gather waiting calls, read, decide each, one guarded write, read again, decide again.

    calls ──► read ──► decide in order of arrival ──► nothing to write ──► answer
                ▲                    │
                │                    └─► one batch: stamp, number, new rows (sent once)
                └── verify: the next read; each claim is decided again without the group's own rows
                      same decision: projected, answered · another: withdrawn · own row missing: read again

One cycle at a time per process: the first thread that waits leads, the others wait for their answers; there is no
thread of our own, and nothing is kept between calls but what may be lost. DESIGN.md section 4 has the rules.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import chatting, codes, deciding, issuing, redeeming, today
from functions.cells import change_values, row_values, tables_of
from functions.deciding import Fate, Round, Rules, Turn
from functions.failures import Rejected, SheetBroken, Throttled, Unanswered
from functions.forgotten import Recall
from functions.glance import Glance
from functions.projection import Projector
from functions.promo import (
    Answer,
    Call,
    CheckCall,
    Decision,
    IssueCall,
    Outcome,
    PromoCode,
    RedeemCall,
    TodayCall,
    TypedCall,
)
from functions.snapshot import Snapshot
from functions.tables import Name, name_of
from functions.timing import FRESH_S, LAST_WRITE_S, Timing, together
from functions.writer import Sent, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.astray import Change
    from functions.pacing import Pacing
    from functions.sheet import Reading
    from functions.tables import Tables
    from functions.world import World
    from functions.writer import SheetPort

#: A write whose outcome is unknown, or that was throttled, is tried this often; a refused stamp is no attempt.
ATTEMPTS = 3
_SHORTEST_TIMEOUT_S = 0.5
#: Clocks that differ by less are the same: the Date header has whole seconds.
_SAME_CLOCK_MS = 2_000
#: A call that must see more before it is answered reads again after a pause that doubles, up to the longest.
_PAUSE_S, _LONGEST_PAUSE_S = (0.05, 0.25), 2.0
#: A claim that stood is remembered this long, and so many of them.
_REMEMBERED_S, _REMEMBERED = 600.0, 10_000


@dataclass(frozen=True)
class Told:
    """An answer and what it took: `waited_ms` from arrival to answer, and the sheet requests made meanwhile."""

    outcome: Outcome
    waited_ms: int
    requests: dict[str, int]


class Committer:
    """Answers calls from one spreadsheet; safe to use from many threads, alone or beside other processes."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it works with
        self,
        sheet: SheetPort,
        world: World,
        code_key: bytes,
        deadline_s: float,
        report: Callable[[str, dict[str, object]], None],
        pacing: Pacing | None = None,
    ) -> None:
        self._sheet = sheet
        self._world = world
        self._code_key = code_key
        self._deadline_s = deadline_s
        self._report = report
        self._projector = Projector()
        self._recall = Recall(code_key)
        self._glance = Glance()
        self._condition = world.condition()
        self._arrivals: list[Turn] = []
        self._open: list[Turn] = []
        self._leading = False
        self._pausing = False
        self._owed = False  # a write was put off for another one, and is next
        self._clock_offset = 0
        self._timing = Timing(world, pacing, deadline_s)
        self._fruitless = 0
        self._stood: dict[str | Name, float] = {}
        self._requests: Counter[str] = Counter()
        self._writer = Writer(sheet, codes.fingerprint(code_key), self._requests, report)
        self.language = ""
        self.time_zone = ""

    def submit(self, call: Call, spent_s: float = 0.0) -> Told:
        """Wait for the answer to a call; `busy` at its deadline, of which *spent_s* have gone already."""
        arrived, started = self._world.wall_ms(), self._world.monotonic() - spent_s
        guess = self._glance.refusal(call, self._world.monotonic(), arrived + self._clock_offset)
        if guess is not None:
            return Told(guess, int(spent_s * 1000), {})
        turn = Turn(call, arrived, started + self._deadline_s, self._world.token())
        before = Counter(self._requests)
        with self._condition:
            self._arrivals.append(turn)
            if self._pausing:  # nobody else waits for a call: waking hundreds for each would take longer than all else
                self._condition.notify_all()
        while turn.outcome is None:
            if self._take_lead(turn):
                try:
                    self._lead(turn)
                finally:
                    self._hand_over()
        waited = int((self._world.monotonic() - started) * 1000)
        after = Counter(self._requests)  # a copy in one step: another thread goes on counting
        return Told(turn.outcome, waited, dict(after - before))

    def _take_lead(self, turn: Turn) -> bool:
        """Wait until this call is answered, late, or nobody leads."""
        with self._condition:
            while turn.outcome is None and self._leading:
                left = turn.deadline - self._world.monotonic()
                if left <= 0:
                    turn.outcome = self._busy()
                    break
                self._condition.wait(left)
            if turn.outcome is not None:
                return False
            self._leading = True
            return True

    def _hand_over(self) -> None:
        with self._condition:
            self._leading = False
            self._condition.notify_all()

    def _lead(self, turn: Turn) -> None:
        while turn.outcome is None:
            self._cycle(turn)

    def _cycle(self, leader: Turn) -> None:
        """Read once, decide for everybody who arrived before, and write what that takes."""
        with self._condition:
            waiting = self._open + self._arrivals
        self._world.sleep(min(self._timing.until_read(waiting), self._left(leader)))
        with self._condition:
            self._open += self._arrivals
            self._arrivals = []
        self._close_late()
        if not self._open or leader.outcome is not None:
            return
        seen = self._read(leader)
        if seen is None:
            return
        reading, snapshot = seen
        self.language, self.time_zone = snapshot.language, reading.layout.time_zone
        self._glance.keep(snapshot, [turn.call for turn in self._open], self._world.monotonic())
        self._set_clock(reading)
        for turn in self._open:
            turn.now = turn.now or turn.arrived + self._clock_offset
        rules = Rules(self._decide, self._world.token, self._pause_s, self._world.monotonic(), ATTEMPTS)
        played = deciding.play(snapshot, self._open, rules)
        self._answer(played.answers)
        newest = self._project(leader, reading, snapshot, played)
        self._remember(played)
        self._answer([(turn, claim.outcome) for turn, claim in played.standing])
        count = together(turn.call for turn in played.sending)
        self._owed = bool(played.writers) and self._timing.is_worth_a_read(count)
        if played.writers:
            # By the newest columns, which staff may have moved; on the same number, so that the decisions still hold.
            if self._owed:  # those who come meanwhile are in the batch, too
                self._unsend(played)
            elif newest and newest.number == reading.number and self._timing.wait_to_write([leader], count):
                self._write(leader, newest, snapshot, played)
                if count > 1 and any(turn.fate is not Fate.UNSENT for turn in played.sending):
                    self._timing.keep_pair()
            else:
                self._unsend(played)
                self._pause(leader, self._timing.until_write())
        elif not played.answers and not played.standing:
            self._look_again_later(leader)
        else:
            self._fruitless = 0

    def _look_again_later(self, leader: Turn) -> None:
        """Pause before the next read, longer each time; a new call ends the pause."""
        pause = min(self._pause_s() * 2**self._fruitless, _LONGEST_PAUSE_S)
        self._fruitless += 1
        paused = [turn.not_before for turn in self._open if turn.not_before > self._world.monotonic()]
        if paused and len(paused) == len(self._open):
            pause = min(paused) - self._world.monotonic()
        self._pause(leader, pause)

    def _pause(self, leader: Turn, seconds: float) -> None:
        """Do nothing for a while, or until a new call comes."""
        with self._condition:
            if not self._arrivals:
                self._pausing = True
                self._world.wait(self._condition, min(seconds, self._timeout(leader)))
                self._pausing = False

    def _remember(self, played: Round) -> None:
        """Claims that this process says yes from now are certain for it; others learn it from the projection."""
        now = self._world.monotonic()
        rows = [row for _, claim in played.standing for row in claim.rows]
        claims = [name_of(row) if isinstance(row, PromoCode) else row.claim for row in rows]
        self._stood.update(dict.fromkeys(claims, now))
        while self._stood and (
            len(self._stood) > _REMEMBERED or next(iter(self._stood.values())) < now - _REMEMBERED_S
        ):
            del self._stood[next(iter(self._stood))]

    def _decide(  # noqa: PLR0911 - a return for each call
        self, snapshot: Snapshot, turn: Turn
    ) -> Decision:
        call = turn.call
        try:
            if isinstance(call, IssueCall):
                return issuing.issue(snapshot, call, turn.now, self._code_key, turn.token)
            if isinstance(call, CheckCall):
                return redeeming.check(snapshot, call, turn.now)
            if isinstance(call, RedeemCall):
                return redeeming.redeem(snapshot, call, turn.now, turn.token)
            if isinstance(call, TypedCall):
                return chatting.answer(snapshot, call, turn.now, self._code_key, turn.token)
            if isinstance(call, TodayCall):
                return today.today(snapshot, call, turn.now)
            return redeeming.rollback(snapshot, call, turn.now)
        except Exception as error:  # noqa: BLE001 - one call's data must not fail the others of its group
            self._report("a decision failed", {"severity": "ERROR", "error": repr(type(error)), "where": _where(error)})
            return Answer(Outcome("busy"))

    def _read(self, leader: Turn) -> tuple[Reading, Snapshot] | None:
        """One read, or None after a failure that may pass; a broken sheet answers everybody."""
        self._requests["reads"] += 1
        began = self._world.monotonic()
        try:
            reading = self._sheet.read(self._timeout(leader))
            self._timing.reading_s = self._world.monotonic() - began
            tables = self._recall.read(reading, tables_of(reading), [turn.call for turn in self._open], self._projector)
            snapshot = Snapshot(tables, stood=frozenset(self._stood))
        except SheetBroken as broken:
            self._report("the sheet is broken", {"severity": "ERROR", "faults": broken.faults})
            self._answer([(turn, Outcome("sheet_broken")) for turn in self._open])
            return None
        except (Throttled, Unanswered) as failure:
            self._report("a read failed", {"severity": "WARNING", "reason": str(failure)})
            self._timing.back_off(self._timing.reads)
            return None
        self._timing.reads.failures = 0
        return reading, snapshot

    def _project(self, leader: Turn, reading: Reading, snapshot: Snapshot, played: Round) -> Reading | None:
        """Show the standing claims on their codes' rows, and give the newest read; None if one failed.

        Sent once, and the answers do not depend on it. Without a write left in the budget the next cycle that has one
        does it.
        """
        tables, projector = snapshot.tables, self._projector
        projector.add([claim for _, claim in played.standing])
        looked = self._world.monotonic()
        standing = [turn for turn, _ in played.standing]
        # If nobody waits to be told, it takes no turn that was promised, or is not there yet.
        idle = not self._owed and self._timing.until_write() <= 0
        if not (self._timing.wait_to_write([leader, *standing]) if standing else idle):
            return reading
        if self._world.monotonic() - looked > FRESH_S:  # positions and words of staff may be others by now
            if not self._timing.has_read():
                return reading
            seen = self._read(leader)
            if seen is None:
                return None
            reading, tables = seen[0], seen[1].tables
        changes = projector.changes(tables)
        if not changes or not self._patch(leader, reading, tables, changes):
            return reading
        if any(change.used_on is None for change in changes) and self._timing.has_read():
            # Blanks tell nobody whose they are, so it looks at once, not in the next cycle.
            seen = self._read(leader)
            if seen is None:
                return None
            reading, tables = seen[0], seen[1].tables
            again = projector.changes(tables)
            if again:
                self._patch(leader, reading, tables, again)
        return reading

    def _patch(self, leader: Turn, reading: Reading, tables: Tables, changes: Sequence[Change]) -> bool:
        """Write a projection once; true if it was answered."""
        self._requests["writes"] += 1
        try:
            self._sheet.patch(reading, [change_values(change) for change in changes], self._timeout(leader))
        except (Throttled, Rejected, SheetBroken) as failure:
            if isinstance(failure, Throttled):
                self._timing.back_off(self._timing.writes)
            self._report("a projection did not land", {"severity": "WARNING", "reason": str(failure)})
            return False
        except Unanswered as failure:
            self._report("a projection was not answered", {"severity": "WARNING", "reason": str(failure)})
            self._projector.note(tables, changes, answered=False)
            return False
        self._projector.note(tables, changes, answered=True)
        return True

    def _write(self, leader: Turn, reading: Reading, snapshot: Snapshot, played: Round) -> None:
        """Send the group's rows; the next read tells what stands."""
        if leader.deadline - self._world.monotonic() < LAST_WRITE_S:
            self._unsend(played)
            leader.outcome = self._busy()
            return
        rows = [row_values(row) for row in played.rows(snapshot)]
        try:
            sent = self._writer.send(reading, rows, self._timeout(leader))
        except SheetBroken as broken:
            self._unsend(played)
            self._report("the sheet is broken", {"severity": "ERROR", "faults": broken.faults})
            self._answer([(turn, Outcome("sheet_broken")) for turn in played.writers])
            return
        if sent in {Sent.LANDED, Sent.UNKNOWN}:
            fate = Fate.LANDED if sent is Sent.LANDED else Fate.UNKNOWN
            for turn in played.sending:
                turn.fate, turn.based_on = fate, snapshot.tables.number
        else:
            self._unsend(played)
        if sent is Sent.REJECTED:
            self._split(played)
        elif sent in {Sent.UNKNOWN, Sent.THROTTLED}:
            for turn in played.writers:
                turn.attempts += 1
            self._timing.back_off(self._timing.writes)
        else:
            self._timing.answered(lost=sent is Sent.STALE)

    def _split(self, played: Round) -> None:
        """After a 400 the calls go one by one, so that one caller's data never fails another's."""
        for turn in played.writers:
            turn.attempts += 1 if turn.alone or len(played.writers) == 1 else 0
            turn.alone = True
        broken = [turn for turn in played.writers if turn.attempts >= ATTEMPTS]
        self._answer([(turn, Outcome("sheet_broken")) for turn in broken])

    def _unsend(self, played: Round) -> None:
        """Forget claims that are known not to have landed; one whose earlier copy is unknown stays so."""
        for turn in played.sending:
            if turn.fate is Fate.UNSENT:
                turn.claim = None

    def _close_late(self) -> None:
        now = self._world.monotonic()
        late = [(turn, Outcome("busy")) for turn in self._open if turn.outcome is None and turn.deadline <= now]
        self._answer(late)

    def _answer(self, answers: Sequence[tuple[Turn, Outcome]]) -> None:
        with self._condition:
            for turn, outcome in answers:
                if turn.outcome is None:
                    turn.outcome = outcome if outcome.language else outcome.but(language=self.language)
            self._open = [turn for turn in self._open if turn.outcome is None]
            self._condition.notify_all()

    def _busy(self) -> Outcome:
        return Outcome("busy", language=self.language)

    def _left(self, leader: Turn) -> float:
        return max(leader.deadline - self._world.monotonic(), 0.0)

    def _timeout(self, leader: Turn) -> float:
        return max(self._left(leader), _SHORTEST_TIMEOUT_S)

    def _pause_s(self) -> float:
        return self._world.uniform(*_PAUSE_S)

    def _set_clock(self, reading: Reading) -> None:
        """Correct the local clock by the Date header of Google's answer."""
        if reading.server_ms is not None:
            offset = reading.server_ms - self._world.wall_ms()
            self._clock_offset = offset if abs(offset) > _SAME_CLOCK_MS else 0


def _where(error: BaseException) -> str:
    """File and line of the innermost frame: where a bug is, without any data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
