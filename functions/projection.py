"""Projection: what staff see of a redemption on its code's row. Pure, but for what it remembers of what it wrote.

It is written by position, so staff who sort the rows in that moment make it hit another row. Every write is therefore
looked at in the next reads: a row that shows what was meant for another gets back what stood there before (H5), and
the row that was meant gets its own. So does a repair, which can go astray in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions import astray, codes, finding, standing
from functions.astray import Change
from functions.promo import Claim, Event, PromoCode, Redemption, Status
from functions.snapshot import Snapshot
from functions.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.tables import Name, Tables

#: Of so many reads what stood there before is kept: a large sheet takes memory.
_KEPT = 8


@dataclass(frozen=True)
class _Due:
    """A redemption or a rollback to show, until a read shows it."""

    event: Redemption
    last_use: bool
    looks: int = 0


class Projector:
    """Makes the changes, and remembers them; forgetting does no harm but a stray row, which nobody believes."""

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._written: list[astray.Written] = []

    def add(self, standing: Iterable[Claim]) -> None:
        """Take the standing claims of a group: they are to be shown."""
        self._due += [
            _Due(row, claim.outcome.uses_left == 0)
            for claim in standing
            for row in claim.rows
            if isinstance(row, Redemption)
        ]

    def changes(self, tables: Tables) -> list[Change]:
        """Cells to change by position in the read *tables*: what went astray, and what is to be shown."""
        snapshot = Snapshot(tables)
        changes: dict[int, Change] = {}
        tries = self._tries()
        for written in self._written:  # the oldest first: a later one may have seen what an earlier one spoilt
            tried = tries[written.change.name, written.change.used_on]
            missing = astray.missing(tables, written) if tried < astray.TRIES else ()
            for change in (*astray.strays(tables, written), *missing):
                changes.setdefault(change.row, change)
        self._written = [
            astray.looked_at(tables, each) for each in self._written if not astray.is_settled(tables, each)
        ]
        due = [(each, _wanted(snapshot, each)) for each in self._due]
        open_ = [each for each, wanted in due if wanted is not None and each.looks < astray.TRIES]
        self._due = [replace(each, looks=each.looks + 1) for each in open_]
        for _, wanted in due:
            for change in wanted or ():
                changes.setdefault(change.row, change)
        return list(changes.values())

    def ids(self, tables: Tables) -> tuple[set[str], set[str]]:
        """Ids of the subscribers, and of the requests, of whose rows it still has to know that they are theirs."""
        subscribers = {each.event.subscriber_id for each in self._due}
        subscribers.update(each for written in self._written for each in astray.subscribers(tables, written))
        return subscribers - {""}, {each.event.request_id for each in self._due} - {""}

    def recall(self, subscribers: Mapping[str, str], requests: Mapping[str, str]) -> None:
        """Pseudonyms in what it remembers (id -> pseudonym) are read as the ids from now on, as in the next read."""
        ids = {pseudonym: known for known, pseudonym in subscribers.items()}
        self._due = [replace(each, event=_known(each.event, ids)) for each in self._due]
        before = {id(each.before): each.before.recalled(subscribers, requests) for each in self._written}
        self._written = [astray.recalled(each, before[id(each.before)], ids) for each in self._written]

    def note(self, tables: Tables, changes: Iterable[Change], *, answered: bool) -> None:
        """Remember what was sent on the read *tables*."""
        tries = self._tries()
        self._written += [
            astray.Written(change, tables, answered, 1 + tries.get((change.name, change.used_on), 0))
            for change in changes
        ]
        reads = list(dict.fromkeys(id(each.before) for each in self._written))[-_KEPT:]
        self._written = [each for each in self._written if id(each.before) in reads or astray.is_astray(tables, each)]

    def _tries(self) -> Mapping[tuple[Name, int | None], int]:
        """How often the same was sent for the same row."""
        tries: dict[tuple[Name, int | None], int] = {}
        for written in self._written:
            same = written.change.name, written.change.used_on
            tries[same] = max(written.tries, tries.get(same, 0))
        return tries


def _known(event: Redemption, ids: Mapping[str, str]) -> Redemption:
    return replace(event, subscriber_id=ids.get(event.subscriber_id, event.subscriber_id))


def _wanted(snapshot: Snapshot, due: _Due) -> list[Change] | None:
    """What the code's own row should still get, as far as it may be written now; None once it is there."""
    if due.event.event is Event.ROLLED_BACK or snapshot.is_dead(due.event):
        return _undone(snapshot, due.event) or None
    if _arrived(snapshot, due.event, last_use=due.last_use):
        return None
    return _used(snapshot, due.event, last_use=due.last_use)


def _used(snapshot: Snapshot, claim: Redemption, *, last_use: bool) -> list[Change]:
    status = Status.USED if last_use else None  # staff may have typed a word since the read
    rows = [row for row in finding.rows_of_claim(snapshot, claim) if _is_blank(snapshot, row) and not row.bad]
    return [Change(row.row, status, claim.time, claim.channel, name_of(row)) for row in rows if row.row]


def _is_blank(snapshot: Snapshot, row: PromoCode) -> bool:
    """True if Status says unused, or used by a redemption of this code that is dead since."""
    return row.status is Status.UNUSED or (row.status is Status.USED and standing.names_dead(snapshot, row))


def _undone(snapshot: Snapshot, dead: Redemption) -> list[Change]:
    """Blank only cells whose Used on is that redemption's."""
    stored = snapshot.tables.redemptions.find("claim", dead.claim)
    times = {row.time for row in stored if row.event is Event.REDEEMED and row.time is not None}
    rows = snapshot.tables.codes.find("code", codes.fold(dead.code))
    mine = [row for row in rows if row.row and row.used_on in times and row.status is not Status.VOID]
    return [Change(row.row, Status.UNUSED, None, "", name_of(row)) for row in mine]


def _arrived(snapshot: Snapshot, claim: Redemption, *, last_use: bool) -> bool:
    """True if a row shows this use or a later one, or a word of staff; what is dead since shows nothing.

    The last use has to be in the word: one before it may have a later time, from a process whose clock is ahead.
    """
    rows = finding.rows_of_claim(snapshot, claim)
    true = [row for row in rows if not standing.names_dead(snapshot, row) and not standing.shows_another(snapshot, row)]
    return not rows or any(_shows_use(row, claim, last_use=last_use) for row in true)


def _shows_use(row: PromoCode, claim: Redemption, *, last_use: bool) -> bool:
    if row.used_on is None or claim.time is None or row.status is not Status.UNUSED:
        return row.status is not Status.UNUSED
    return row.used_on == claim.time or (row.used_on > claim.time and not last_use)
