"""Remind holders of codes that end soon: write a batch of rows, see them stand, send. `reminding` has the rules.

A Claim that this process wrote and did not send from is `unsent`: it leaves that list in the moment before its message
goes out, comes back if the message was certainly not sent, and is withdrawn when a read shows it.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from functions import codes, reminding
from functions.bots.telling import Told
from functions.cells import row_values, tables_of
from functions.failures import Unanswered
from functions.problem_cells import Cells
from functions.sheet import DECISIVE
from functions.turns import OutOfTime
from functions.writer import Sent, SheetPort, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from functions.bots.telling import Teller
    from functions.promo import Redemption
    from functions.reminding import Reminder
    from functions.sheet import Reading
    from functions.turns import Turns
    from functions.world import World

#: Rows of one batch; of the first one few, so that a bot that takes nothing leaves few rows behind.
BATCH, _FIRST = 50, 5
#: A batch whose outcome is unknown is sent this often; rounds in a row that may come to nothing.
ATTEMPTS, _FRUITLESS = 3, 5
#: A message may take so long; no batch is begun, and no message sent, with less than so much left.
_MESSAGE_S, _USUAL_S, _BEGIN_S, _SEND_S = 8.0, 0.5, 40.0, 20.0
_COLUMNS = DECISIVE | {("codes", "platform")}


class Port(SheetPort, Protocol):
    """What is needed of a spreadsheet; `sheet.GoogleSheet` is the real one."""

    def read(self, timeout: float, columns: Collection[tuple[str, str]] = DECISIVE) -> Reading:
        """The number and some columns, in one request."""


@dataclass
class Done:
    """How many were reminded, how many no bot can write to, and to how many it refused to."""

    reminded: int = 0
    unknown: int = 0
    refused: int = 0


@dataclass(frozen=True)
class _Written:
    """A batch that a read shows: the Claims and whom they are for."""

    cells: Cells
    claims: Mapping[str, Reminder]


@dataclass
class _Round:
    """One run. `tellers` are those that have not failed yet."""

    turns: Turns
    tellers: dict[str, Teller]
    done: Done
    size: int = _FIRST
    fruitless: int = 0


class Reminders:
    """Reminds from one spreadsheet; one run at a time."""

    def __init__(
        self,
        sheet: Port,
        world: World,
        code_key: bytes,
        tellers: Mapping[str, Teller],
        report: Callable[[str, dict[str, object]], None],
    ) -> None:
        """Take the sheet, which nobody else uses meanwhile."""
        self._sheet = sheet
        self._world = world
        self._tellers = tellers
        self._writer = Writer(sheet, codes.fingerprint(code_key), Counter(), report)
        self._unsent: set[str] = set()

    def run(self, turns: Turns, done: Done) -> None:
        """Remind as many as there is time for, and count them in *done*. Raises SheetError."""
        this = _Round(turns, dict(self._tellers), done)
        with contextlib.suppress(OutOfTime):  # the rest next time
            while this.fruitless < _FRUITLESS and self._go_on(this):
                pass

    def _go_on(self, this: _Round) -> bool:
        """One batch; False if nothing is left to do. Raises SheetError."""
        cells = self._look(this.turns)
        stranded = [row for row in reminding.live(cells) if row.claim in self._unsent]
        if stranded:
            this.fruitless += 1
            self._withdraw(this.turns, cells, stranded)
            return True
        found = reminding.find(cells, this.tellers, this.size)
        if this.size == _FIRST:
            this.done.unknown = found.left
        time = this.turns.left_s - _BEGIN_S
        batch = found.due[: min(this.size, int(time / _USUAL_S))] if time > 0 else ()
        if not batch or not reminding.is_daytime(cells):
            return False
        written = self._write(this.turns, cells, batch)
        this.fruitless += 1
        if written is not None:
            this.size = BATCH
            self._send(this, written)
        return True

    def _look(self, turns: Turns) -> Cells:
        turns.read()
        reading = self._sheet.read(turns.timeout_s, _COLUMNS)
        now = self._world.wall_ms() if reading.server_ms is None else reading.server_ms
        return Cells(reading, tables_of(reading), now)

    def _write(self, turns: Turns, cells: Cells, batch: Sequence[Reminder]) -> _Written | None:
        """Write rows, the same ones until it is known what became of them; None if they are not there."""
        claims = {self._world.token(): reminder for reminder in batch}
        rows = [reminding.row_of(cells, reminder, claim) for claim, reminder in claims.items()]
        self._unsent.update(claims)
        number = cells.reading.number
        for attempt in range(ATTEMPTS):
            sent = self._append(turns, cells, rows)
            if sent is Sent.STALE and not attempt:
                self._unsent.difference_update(claims)
                return None
            if sent in {Sent.THROTTLED, Sent.REJECTED}:
                msg = f"a batch of reminders was {sent.value}"
                raise Unanswered(msg)
            cells = self._look(turns)
            if any(row.claim in claims for row in reminding.live(cells)):
                return _Written(cells, claims)
            if cells.reading.number != number:
                return None  # its stamp is another's: it never comes. Or staff deleted the rows
        msg = "a batch of reminders was not answered"
        raise Unanswered(msg)

    def _append(self, turns: Turns, cells: Cells, rows: Iterable[Redemption]) -> Sent:
        turns.write()
        return self._writer.send(cells.reading, [row_values(row) for row in rows], turns.timeout_s)

    def _withdraw(self, turns: Turns, cells: Cells, rows: Sequence[Redemption]) -> None:
        """Take back rows that nothing was sent from; whatever becomes of it, it may be done again."""
        self._append(turns, cells, [reminding.withdrawal_of(cells, row) for row in rows])

    def _send(self, this: _Round, written: _Written) -> None:
        """Send what stands: the row is there, and what led to it is true without it."""
        for claim, reminder in reminding.standing(written.cells, written.claims).items():
            teller = this.tellers.get(reminder.platform)
            if teller is None or this.turns.left_s < _SEND_S:
                continue
            this.fruitless = 0
            self._unsent.discard(claim)
            told = teller.tell(reminder.subscriber_id, reminder.text, self._world.monotonic() + _MESSAGE_S)
            if told is Told.LATER:
                self._unsent.add(claim)
                del this.tellers[reminder.platform]  # it would not take the others either
            elif told is Told.REFUSED:
                this.done.refused += 1
            else:
                this.done.reminded += 1
