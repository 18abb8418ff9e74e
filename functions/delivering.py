"""Write into Delivery what became of a push, wherever the row is by then, and take a failed one up again.

    issued      the row came with `unknown … #A`: this process, and no other, may start a bot step
    failed      `unknown … #A` -> `failed … #A`, once it is certain that no step was started
    taken up    `failed … #A` -> `unknown … #B` in a batch with a stamp, then a read that shows #B: this process may
    sent        `unknown … #B` -> `sent …`

Each change is a findReplace of one whole cell that is like no other: it may be sent any number of times, may land late,
and never hits another row. Whatever fails on the way leaves `unknown`, and what is unknown is started by nobody.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from functions import batches, codes, delivery, guard, wall
from functions.cells import zone_of
from functions.delivery import Word
from functions.failures import SheetBroken, SheetError, StampTaken, Throttled, Unanswered
from sheet_schema import records

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from functions.delivery import Delivery
    from functions.pacing import Pace, Pacing
    from functions.sheet import Reading
    from functions.world import World
    from sheet_schema.layout import Layout

#: What is read to find the rows of a code.
COLUMNS = (("codes", "code"), ("codes", "subscriber_id"), ("codes", "delivery"))
#: A batch whose outcome is unknown, or that changed nothing, is sent this often; a refused stamp as often.
ATTEMPTS = 3
_PAUSE_S = (0.1, 0.6)
_SHORTEST_TIMEOUT_S, _LONGEST_TIMEOUT_S = 0.5, 5.0


class Port(Protocol):
    """What is needed of a spreadsheet; `sheet.GoogleSheet` is the real one. Time-outs in seconds."""

    def layout(self, timeout: float) -> Layout:
        """Where everything is."""

    def read(self, timeout: float, columns: Collection[tuple[str, str]]) -> Reading:
        """The number and some columns, in one request."""

    def replace(self, changes: Sequence[batches.Request], timeout: float) -> list[int]:
        """How many cells each findReplace changed."""

    def guarded(
        self, reading: Reading, stamp: guard.Stamp, changes: Sequence[batches.Request], key: str, timeout: float
    ) -> None:
        """One batch: the stamp, the number, the changes."""

    def forget_layout(self) -> None:
        """Look again where everything is before the next request."""


@dataclass(frozen=True)
class Stand:
    """What Delivery says on the rows of one code of one subscriber; two rows that say so are one code."""

    found: tuple[Delivery, ...] = ()

    @property
    def word(self) -> Word | None:
        """The word that counts most; None if nothing was ever pushed."""
        words = {each.word for each in self.found}
        return next((word for word in (Word.UNKNOWN, Word.SENT, Word.FAILED) if word in words), None)

    @property
    def text(self) -> str:
        """The one cell with that word, "" if it cannot be told from others."""
        texts = {each.text for each in self.found if each.word is self.word and each.is_unique}
        return texts.pop() if len(texts) == 1 else ""


class Ledger:
    """The column Delivery of one spreadsheet; safe to use from many threads."""

    def __init__(
        self,
        sheet: Port,
        world: World,
        pacing: Pacing,
        code_key: bytes,
        report: Callable[[str, dict[str, object]], None],
    ) -> None:
        """Take the sheet, which nobody else may use."""
        self._sheet = sheet
        self._world = world
        self._pacing = pacing
        self._code_key = code_key
        self._report = report
        self._lock = threading.Lock()  # of the sheet
        self._waiting: dict[str, Word] = {}
        self._waiting_lock = threading.Lock()

    def look(self, code: str, subscriber_id: str, deadline: float) -> Stand:
        """What Delivery says of a code; nothing if it cannot be read. One read."""
        with self._lock:
            try:
                return self._stand(self._read(deadline), code, subscriber_id)
            except SheetError as failure:
                self._report("Delivery could not be read", {"severity": "WARNING", "reason": _told(failure)})
                return Stand()

    def take_up(self, code: str, subscriber_id: str, deadline: float) -> str:
        """Take a failed push up again: what Delivery says from now on, "" if it may not be."""
        with self._lock:
            try:
                return self._take_up(code, subscriber_id, deadline)
            except SheetError as failure:
                self._report("a push was not taken up again", {"severity": "WARNING", "reason": _told(failure)})
                return ""

    def settle(self, text: str, word: Word, deadline: float) -> None:
        """Replace the cell *text* by *word* and the time; all that wait for this go in one batch."""
        with self._waiting_lock:
            self._waiting[text] = word
        with self._lock:
            with self._waiting_lock:
                if text not in self._waiting:
                    return  # it went with another's
                together, self._waiting = self._waiting, {}
            try:
                self._settle(together, deadline)
            except SheetError as failure:
                reason = _told(failure)
                self._report("Delivery was not written", {"severity": "WARNING", "reason": reason})

    def _settle(self, together: dict[str, Word], deadline: float) -> None:
        """Raises SheetError if it is not done in the end."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                layout = self._sheet.layout(self._timeout(deadline))
                if "delivery" not in layout.tabs["codes"].columns:
                    return  # staff deleted it
                self._wait(self._pacing.writes, deadline)
                changes = [self._change(layout, text, word) for text, word in together.items()]
                changed = self._sheet.replace(changes, self._timeout(deadline))
            except (Throttled, Unanswered):
                if attempt == ATTEMPTS or not self._pause(deadline):
                    raise
                continue
            together = {text: word for (text, word), count in zip(together.items(), changed, strict=True) if not count}
            if not together:
                return
            self._sheet.forget_layout()  # the column was moved; or staff changed the cell, which is their right

    def _take_up(self, code: str, subscriber_id: str, deadline: float) -> str:
        for _ in range(ATTEMPTS):
            reading = self._read(deadline)
            stand = self._stand(reading, code, subscriber_id)
            number = reading.number
            if stand.word is not Word.FAILED or not stand.text or number is None or number < reading.newest_stamp:
                return ""
            mine = self._written(reading.layout, Word.UNKNOWN, self._world.token())
            change = batches.replaced(reading.layout, "codes", "delivery", stand.text, mine)
            stamp = guard.next_stamp(number)
            stamp = guard.Stamp(stamp.number, stamp.metadata_id, stamp.key)  # without pruning
            self._wait(self._pacing.writes, deadline)
            try:
                key = codes.fingerprint(self._code_key)
                self._sheet.guarded(reading, stamp, [change], key, self._timeout(deadline))
            except StampTaken:
                continue
            except Unanswered:
                self._pause(deadline)  # the read tells
            seen = self._stand(self._read(deadline), code, subscriber_id)
            # Only what is seen counts: somebody else may have taken it up in the same moment.
            others = [each for each in seen.found if each.text != mine and each.word is not Word.FAILED]
            return mine if not others and any(each.text == mine for each in seen.found) else ""
        return ""

    def _read(self, deadline: float) -> Reading:
        self._wait(self._pacing.reads, deadline)
        return self._sheet.read(self._timeout(deadline), COLUMNS)

    def _stand(self, reading: Reading, code: str, subscriber_id: str) -> Stand:
        cells = reading.columns["codes"].get("delivery", ())
        folded = codes.fold(code)
        own = {subscriber_id, codes.pseudonym(self._code_key, "subscriber", subscriber_id)}
        columns = zip(reading.columns["codes"]["code"], reading.columns["codes"]["subscriber_id"], strict=False)
        places = [
            number
            for number, (each, subscriber) in enumerate(columns)
            if number < len(cells) and records.text(subscriber) in own and codes.fold(records.text(each)) == folded
        ]
        found = [each for place in places if (each := delivery.read(records.text(cells[place]))) is not None]
        # Staff may have copied the cell to another row: that one is not ours to change.
        copied = {each.text for each in found if list(cells).count(each.text) > len(places)}
        return Stand(tuple(replace(each, is_unique=each.is_unique and each.text not in copied) for each in found))

    def _change(self, layout: Layout, text: str, word: Word) -> batches.Request:
        return batches.replaced(layout, "codes", "delivery", text, self._written(layout, word, text))

    def _written(self, layout: Layout, word: Word, name: str) -> str:
        moment = wall.from_instant(zone_of(layout.time_zone), self._world.wall_ms())
        return delivery.written(layout.language.code, word, moment, name)

    def _wait(self, pace: Pace, deadline: float) -> None:
        """Wait for this process's turn. Raises Throttled if it comes too late."""
        now = self._world.monotonic()
        seconds = pace.wait_s(now)
        if now + seconds > deadline:
            msg = "no request is left in this minute's budget"
            raise Throttled(msg)
        if seconds:
            self._world.sleep(seconds)

    def _pause(self, deadline: float) -> bool:
        seconds = self._world.uniform(*_PAUSE_S)
        if self._world.monotonic() + seconds >= deadline:
            return False
        self._world.sleep(seconds)
        return True

    def _timeout(self, deadline: float) -> float:
        return min(max(deadline - self._world.monotonic(), _SHORTEST_TIMEOUT_S), _LONGEST_TIMEOUT_S)


def _told(failure: SheetError) -> str:
    return str(failure) if not isinstance(failure, SheetBroken) else "the sheet is broken"
