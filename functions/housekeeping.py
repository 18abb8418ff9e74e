"""What is done every hour, whether or not somebody calls: mend, look for problems, remind.

Each part fails alone, and all of them end before one deadline; what is not done by then is for the next run.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions import mending, sheet_setup
from functions.cells import change_values, tables_of
from functions.failures import SheetBroken, SheetError, Unanswered
from functions.problem_cells import Cells
from functions.projection import Projector
from functions.reminders import Done, Reminders
from functions.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.bots.telling import Teller
    from functions.pacing import Pacing
    from functions.sheet import GoogleSheet
    from functions.world import World
    from functions.writer import SheetPort

#: A run has so much time; Cloud Scheduler waits 180 seconds for an answer if nothing else is said.
DEADLINE_S = 120.0
#: So often a projection is written and looked at in one run, and so many rows at once.
_LOOKS, _ROWS = 4, 200
#: What `sheet_setup.check` reads: where everything is (2), the columns, and Start here; and then what Problems says.
_CHECK_READS = 5
#: The worst first.
_WORDS = ("sheet_broken", "busy")


@dataclass
class Kept:
    """What a run did. `word`: `kept`, or why a part of it could not be done."""

    word: str = "kept"
    mended: int = 0
    problems: int = 0
    low_pools: int = 0
    reminded: int = 0
    left: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """For the answer and for the log."""
        return {
            "mended": self.mended,
            "problems": self.problems,
            "low_pools": self.low_pools,
            "reminded": self.reminded,
            "left": self.left,
        }

    def fail(self, word: str) -> None:
        """Keep the worst word."""
        self.word = min(word, self.word, key=lambda each: _WORDS.index(each) if each in _WORDS else len(_WORDS))


class Housekeeping:
    """Keeps one spreadsheet in order; a run that comes while another is at it is told `busy`."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it works with
        self,
        sheet: GoogleSheet,
        world: World,
        code_key: bytes,
        pacing: Pacing,
        tellers: Mapping[str, Teller],
        report: Callable[[str, dict[str, object]], None],
    ) -> None:
        """Take the sheet, which nobody else may use."""
        self._sheet = sheet
        self._world = world
        self._pacing = pacing
        self._report = report
        self._reminders = Reminders(sheet, world, code_key, tellers, report)
        self._lock = threading.Lock()

    def run(self) -> Kept:
        """Do what there is to do. Raises nothing."""
        if not self._lock.acquire(blocking=False):
            return Kept("busy")
        try:
            kept, turns = Kept(), Turns(self._world, self._pacing, self._world.monotonic() + DEADLINE_S)
            for name, part in (("mending", self._mend), ("problems", self._problems), ("reminders", self._remind)):
                self._try(name, part, kept, turns)
            return kept
        finally:
            self._lock.release()

    def _try(self, name: str, part: Callable[[Kept, Turns], None], kept: Kept, turns: Turns) -> None:
        try:
            part(kept, turns)
        except SheetBroken as broken:
            self._report("the sheet is broken", {"severity": "ERROR", "part": name, "faults": broken.faults})
            kept.fail("sheet_broken")
        except SheetError as failure:
            self._report("housekeeping stopped", {"severity": "WARNING", "part": name, "reason": str(failure)})
            kept.fail("busy")
        except Exception as error:  # noqa: BLE001 - one part must not hide the others; the log has what a person needs
            self._report(f"housekeeping failed: {type(error).__name__}", {"severity": "ERROR", "part": name})
            kept.fail("busy")

    def _mend(self, kept: Kept, turns: Turns) -> None:
        kept.mended = mend(self._sheet, self._world, turns)

    def _problems(self, kept: Kept, turns: Turns) -> None:
        turns.read(_CHECK_READS)
        now = datetime.fromtimestamp(self._world.wall_ms() / 1000, UTC)
        checked = sheet_setup.check(self._sheet, now)
        kept.problems = len(checked.faults) - checked.harmless
        low = [fault for fault in checked.faults if fault.word == "pool_low"]
        kept.low_pools = len(low)
        for fault in low:
            told: dict[str, object] = {"severity": "WARNING", "cell": fault.cell, "left": fault.params["count"]}
            self._report("a code pool runs low", told)
        if any(fault.fatal for fault in checked.faults):
            kept.fail("sheet_broken")
        if "problems" not in checked.layout.tabs:
            self._report("there is no tab for problems: run promosheet sheet apply", {"severity": "WARNING"})
        elif not sheet_setup.is_written(self._sheet, checked, now):
            turns.write()
            sheet_setup.write_problems(self._sheet, checked, now)

    def _remind(self, kept: Kept, turns: Turns) -> None:
        done = Done()
        try:
            self._reminders.run(turns, done)
        finally:
            kept.reminded, kept.left = done.reminded, done.unknown + done.refused


def mend(sheet: SheetPort, world: World, turns: Turns) -> int:
    """Show on the rows of Promo codes what Redemptions says and who wrote it died; how many rows were written.

    Written by position, so each write is looked at, as the committer does: what hit another row is put back.
    Raises SheetError.
    """
    projector, mended = Projector(), 0
    for look in range(_LOOKS):
        turns.read()
        reading = sheet.read(turns.timeout_s)
        tables = tables_of(reading)
        if not look:
            now = world.wall_ms() if reading.server_ms is None else reading.server_ms
            projector.add(mending.due(Cells(reading, tables, now)))
        changes = projector.changes(tables)[:_ROWS]
        if not changes or look == _LOOKS - 1:
            break
        turns.write()
        try:
            sheet.patch(reading, [change_values(change) for change in changes], turns.timeout_s)
        except Unanswered:
            projector.note(tables, changes, answered=False)
        else:
            projector.note(tables, changes, answered=True)
            mended += len(changes)
    return mended
