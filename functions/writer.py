"""Send a group's rows in one guarded batch, once, and say what became of it.

The sequence is the sheet's (`guard`); what this process knows of it beyond the cell, that a stamp with some number
exists, may be lost without harm.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from functions import guard
from functions.failures import Rejected, StampTaken, Throttled, Unanswered

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from functions.batches import NewRow, Patch
    from functions.sheet import Reading

#: Reads in a row whose number is behind a known stamp, before the cell counts as set back and is healed.
_LAGGING_READS = 2


class SheetPort(Protocol):
    """What the committer needs of a spreadsheet; `sheet.GoogleSheet` is the real one. Time-outs in seconds."""

    def read(self, timeout: float) -> Reading:
        """Everything a decision needs, in one request."""

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        """One batch: the stamp, the number, the rows."""

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        """Cells of existing rows, by position in that read."""

    def newest_stamp(self, timeout: float) -> int:
        """The highest number that a stamp exists for."""

    def forget_layout(self) -> None:
        """Look again where everything is before the next read."""


class Sent(Enum):
    """What became of a batch. Only LANDED and UNKNOWN may have changed the sheet."""

    LANDED = "landed"
    UNKNOWN = "unknown"
    STALE = "stale"  # decided on a read that is not the newest, or whose number had to be healed: read again
    THROTTLED = "throttled"
    REJECTED = "rejected"


class Writer:
    """Guards the batches of one process. `tally` counts requests, `report` takes what a person should know."""

    def __init__(
        self,
        sheet: SheetPort,
        fingerprint: str,
        tally: Counter[str],
        report: Callable[[str, dict[str, object]], None],
    ) -> None:
        self._sheet = sheet
        self._fingerprint = fingerprint
        self._tally = tally
        self._report = report
        self._floor = 0  # a stamp with this number is known to exist
        self._lagging = 0
        self._prunes = True

    def send(self, reading: Reading, rows: Sequence[NewRow], timeout: float) -> Sent:
        """Send rows that were decided on *reading*. Raises SheetBroken.

        Nothing is sent on a read whose number is lost, or behind a stamp that exists: it may be the read that is old.
        """
        self._floor = max(self._floor, reading.newest_stamp)
        number = reading.number
        if number is None or number < self._floor:
            return self._heal(reading, timeout, lost=number is None)
        self._lagging = 0
        sent = self._append(reading, self._stamp(number), rows, timeout)
        if sent in {Sent.LANDED, Sent.STALE}:
            self._floor = max(self._floor, number + 1)
        return sent

    def _append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], timeout: float) -> Sent:
        self._tally["writes"] += 1
        try:
            self._sheet.append(reading, stamp, rows, self._fingerprint, timeout)
        except StampTaken:
            self._tally["refusedStamps"] += 1
            return Sent.STALE
        except Throttled:
            self._tally["throttled"] += 1
            return Sent.THROTTLED
        except Unanswered as failure:
            self._tally["unanswered"] += 1
            self._report("a write was not answered", {"severity": "WARNING", "reason": str(failure)})
            return Sent.UNKNOWN
        except Rejected as refusal:
            self._report("a batch was refused", {"severity": "WARNING", "reason": str(refusal)})
            if stamp.prune and "deleteDeveloperMetadata" in refusal.reason:
                self._prunes = False  # whether deleting nothing is an error is not known: do without
                return self._append(reading, self._stamp(stamp.number - 1), rows, timeout)
            self._sheet.forget_layout()
            return Sent.REJECTED
        return Sent.LANDED

    def _stamp(self, number: int) -> guard.Stamp:
        stamp = guard.next_stamp(number)
        return stamp if self._prunes else guard.Stamp(stamp.number, stamp.metadata_id, stamp.key)

    def _heal(self, reading: Reading, timeout: float, *, lost: bool) -> Sent:
        """Put the number right after staff lost it or set it back: a batch with a stamp of its own and no rows."""
        self._lagging += 1
        if not lost and self._lagging < _LAGGING_READS:
            return Sent.STALE
        self._lagging = 0
        self._tally["reads"] += 1
        try:
            self._floor = max(self._floor, self._sheet.newest_stamp(timeout))
        except (Throttled, Unanswered):
            return Sent.THROTTLED
        sent = self._append(reading, guard.next_stamp(self._floor), (), timeout)
        if sent in {Sent.LANDED, Sent.STALE}:
            self._floor += 1
        if sent is Sent.LANDED:
            self._report("the number was lost and is healed", {"severity": "WARNING", "number": self._floor})
        return Sent.THROTTLED if sent in {Sent.THROTTLED, Sent.UNKNOWN, Sent.REJECTED} else Sent.STALE
