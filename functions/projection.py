"""Projection: what staff see of a redemption on its code's row. Pure, but for what it remembers until the next read.

It is written by position, so staff who sort the rows in that moment make it hit another row. Used on then names a
redemption of another code; the next read shows it, and what stood there before is put back (H5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions import codes, redeeming
from functions.promo import Claim, Event, PromoCode, Redemption, Status
from functions.snapshot import Snapshot, pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.snapshot import Tables

#: A projection is repaired so often; then it is left to housekeeping.
_LOOKS = 2


@dataclass(frozen=True, slots=True)
class Change:
    """New values for the cells of one row by number: Status (None leaves it), Used on (wall ms, None clears it) and
    Usage channel.
    """

    row: int
    status: Status | None
    used_on: int | None
    channel: str


@dataclass(frozen=True)
class _Sent:
    """A redemption or a rollback that was projected, the sheet as it was before, and how often it was looked at."""

    event: Redemption
    last_use: bool
    before: Tables
    looks: int = 0


class Projector:
    """Makes the changes, and remembers them for a look at the next read; forgetting does no harm but a stray row."""

    def __init__(self) -> None:
        self._sent: list[_Sent] = []

    def changes(self, tables: Tables, standing: Iterable[Claim]) -> list[Change]:
        """Cells that the standing claims of a group change, by position in the read *tables*."""
        sent = [
            _Sent(row, claim.outcome.uses_left == 0, tables)
            for claim in standing
            for row in claim.rows
            if isinstance(row, Redemption)
        ]
        self._sent += sent
        snapshot = Snapshot(tables)
        return list({change.row: change for each in sent for change in _wanted(snapshot, each)}.values())

    def mend(self, tables: Tables) -> list[Change]:
        """What the next read shows to have gone wrong, and its repair, which is looked at once more."""
        snapshot = Snapshot(tables)
        lost = [each for each in self._sent if _wanted(snapshot, each)]
        self._sent = [replace(each, looks=each.looks + 1) for each in lost if each.looks < _LOOKS]
        changes: dict[int, Change] = {}
        for each in lost:
            changes.update({change.row: change for change in _put_back(snapshot, each)})
            for change in _wanted(snapshot, each):
                changes.setdefault(change.row, change)
        return list(changes.values())


def _wanted(snapshot: Snapshot, sent: _Sent) -> list[Change]:
    """What the code's own row should still get; nothing once it is there."""
    if sent.event.event is Event.ROLLED_BACK or snapshot.is_dead(sent.event):
        return _undone(snapshot, sent.event)
    if _arrived(snapshot, sent.event):
        return []
    return _used(snapshot, sent.event, last_use=sent.last_use)


def _put_back(snapshot: Snapshot, sent: _Sent) -> list[Change]:
    """Rows of other codes that got what was meant for this one, and what stood there before."""
    own = codes.fold(sent.event.code)
    undo = sent.event.event is Event.ROLLED_BACK
    found: list[Change] = []
    for row in snapshot.tables.codes:
        hit = (row.used_on is None and row.status is Status.UNUSED) if undo else row.used_on == sent.event.time
        before = _before(sent.before, row) if hit and codes.fold(row.code) != own else None
        if before is not None and (before.status, before.used_on) != (row.status, row.used_on):
            found.append(Change(row.row, before.status, before.used_on, before.channel))
    return found


def _used(snapshot: Snapshot, claim: Redemption, *, last_use: bool) -> list[Change]:
    status = Status.USED if last_use else None  # staff may have typed a word since the read
    rows = [row for row in redeeming.rows_of_claim(snapshot, claim) if _is_blank(snapshot, row) and not row.bad]
    return [Change(row.row, status, claim.time, claim.channel) for row in rows if row.row]


def _is_blank(snapshot: Snapshot, row: PromoCode) -> bool:
    """True if Status says unused, or used by a redemption of this code that is dead since."""
    return row.status is Status.UNUSED or (row.status is Status.USED and _names_dead(snapshot, row))


def _names_dead(snapshot: Snapshot, row: PromoCode) -> bool:
    """True if Used on is the time of a redemption of this code that was rolled back or withdrawn, and of no other."""
    claims = snapshot.redemptions_of_code(codes.fold(row.code), dead=True)
    of_time = [claim for claim in claims if claim.time == row.used_on] if row.used_on is not None else []
    return bool(of_time) and all(snapshot.is_dead(claim) for claim in of_time)


def _undone(snapshot: Snapshot, dead: Redemption) -> list[Change]:
    """Blank only cells whose Used on is that redemption's."""
    stored = snapshot.tables.redemptions.find("claim", dead.claim)
    times = {row.time for row in stored if row.event is Event.REDEEMED and row.time is not None}
    rows = snapshot.rows_of_code(codes.fold(dead.code))
    mine = [row for row in rows if row.row and row.used_on in times and row.status is not Status.VOID]
    return [Change(row.row, Status.UNUSED, None, "") for row in mine]


def _arrived(snapshot: Snapshot, claim: Redemption) -> bool:
    rows = redeeming.rows_of_claim(snapshot, claim)
    shown = [row for row in rows if row.used_on is not None or row.status is not Status.UNUSED]
    return not rows or any(not _names_dead(snapshot, row) for row in shown)


def _before(tables: Tables, row: PromoCode) -> PromoCode | None:
    """The same code's row as it was when the projection was made; None if it cannot be told apart."""
    found = [each for each in tables.codes.find("code", codes.fold(row.code)) if pair(each) == pair(row)]
    return found[0] if len(found) == 1 else None
