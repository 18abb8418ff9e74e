"""Projection: what staff see of a redemption on its code's row. Pure, but for what it remembers until the next read.

It is written by position, so staff who sort the rows in that moment make it hit another row. Used on then names a
redemption of another code; the next read shows it, and what stood there before is put back (H5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import codes, redeeming
from functions.promo import Claim, Event, PromoCode, Redemption, Status
from functions.snapshot import Snapshot, pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.snapshot import Tables


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
    """A redemption that was projected, and the sheet as it was before."""

    claim: Redemption
    last_use: bool
    before: Tables


class Projector:
    """Makes the changes, and remembers them for one look at the next read; forgetting does no harm but a stray row."""

    def __init__(self) -> None:
        self._sent: list[_Sent] = []

    def changes(self, tables: Tables, standing: Iterable[Claim]) -> list[Change]:
        """Cells that the standing claims of a group change, by position in the read *tables*."""
        snapshot = Snapshot(tables)
        changes: dict[int, Change] = {}
        for claim in standing:
            for row in claim.rows:
                if isinstance(row, PromoCode):
                    continue
                if row.event is Event.ROLLED_BACK:
                    found = _undone(snapshot, row)
                else:
                    last_use = claim.outcome.uses_left == 0
                    found = _used(snapshot, row, last_use=last_use)
                    self._sent.append(_Sent(row, last_use, tables))
                changes.update({change.row: change for change in found})
        return list(changes.values())

    def mend(self, tables: Tables) -> list[Change]:
        """What the next read shows to have gone wrong, and its repair; each projection is looked at once."""
        sent, self._sent = self._sent, []
        snapshot = Snapshot(tables)
        lost = [each for each in sent if not snapshot.is_dead(each.claim) and not _arrived(snapshot, each.claim)]
        if not lost:
            return []
        changes: dict[int, Change] = {}
        times = {each.claim.time: each for each in lost}
        for row in tables.codes:
            each = times.get(row.used_on) if row.used_on is not None else None
            if each is not None and codes.fold(row.code) not in snapshot.redeemed_at(row.used_on or 0):
                before = _before(each.before, row)
                if before is not None:
                    changes[row.row] = Change(row.row, before.status, before.used_on, before.channel)
        for each in lost:
            for change in _used(snapshot, each.claim, last_use=each.last_use):
                changes.setdefault(change.row, change)
        return list(changes.values())


def _used(snapshot: Snapshot, claim: Redemption, *, last_use: bool) -> list[Change]:
    status = Status.USED if last_use else None  # staff may have typed a word since the read
    rows = [row for row in redeeming.rows_of_claim(snapshot, claim) if row.status is Status.UNUSED and not row.bad]
    return [Change(row.row, status, claim.time, claim.channel) for row in rows if row.row]


def _undone(snapshot: Snapshot, rollback: Redemption) -> list[Change]:
    """Blank only cells whose Used on is that redemption's."""
    stored = snapshot.tables.redemptions.find("claim", rollback.claim)
    times = {row.time for row in stored if row.event is Event.REDEEMED and row.time is not None}
    rows = snapshot.rows_of_code(codes.fold(rollback.code))
    mine = [row for row in rows if row.row and row.used_on in times and row.status is not Status.VOID]
    return [Change(row.row, Status.UNUSED, None, "") for row in mine]


def _arrived(snapshot: Snapshot, claim: Redemption) -> bool:
    rows = redeeming.rows_of_claim(snapshot, claim)
    return not rows or any(row.used_on is not None or row.status is not Status.UNUSED for row in rows)


def _before(tables: Tables, row: PromoCode) -> PromoCode | None:
    """The same code's row as it was when the projection was made; None if it cannot be told apart."""
    found = [each for each in tables.codes.find("code", codes.fold(row.code)) if pair(each) == pair(row)]
    return found[0] if len(found) == 1 else None
