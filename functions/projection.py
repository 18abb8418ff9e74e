"""Projection: what staff see of a redemption on its code's row. Pure, but for what it remembers of what it wrote.

It is written by position, so staff who sort the rows in that moment make it hit another row. Every write is therefore
looked at in the next reads: a row that shows what was meant for another gets back what stood there before (H5), and
the row that was meant gets its own. So does a repair, which can go astray in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions import codes, finding, standing
from functions.promo import Claim, Event, PromoCode, Redemption, Status
from functions.snapshot import Snapshot
from functions.tables import Name, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.tables import Tables

#: A mark is tried, and a write that was answered is looked at, until it is right, but not for ever.
_TRIES = 40
#: Another process's mark may cover one that went astray, so the first look is not the last.
_SURE_LOOKS = 3
#: So many reads may go by before one that was not answered is forgotten; it may land within minutes.
_LATE_LOOKS = 200
#: Of so many reads what stood there before is kept: a large sheet takes memory.
_KEPT = 8
#: A row issued later than so long before a redemption may be newer than the read that its mark was written on.
_FRESH_MS = 60_000


@dataclass(frozen=True, slots=True)
class Change:
    """New values for the cells of one row by number: Status (None leaves it), Used on (wall ms, None clears it) and
    Usage channel. `name` is the row that is meant.
    """

    row: int
    status: Status | None
    used_on: int | None
    channel: str
    name: Name = ("", "", None)

    def is_shown(self, row: PromoCode) -> bool:
        """True if a row holds these values."""
        return (row.used_on, row.channel) == (self.used_on, self.channel) and self.status in {None, row.status}


@dataclass(frozen=True)
class _Due:
    """A redemption or a rollback to show, until a read shows it."""

    event: Redemption
    last_use: bool
    looks: int = 0


@dataclass(frozen=True)
class _Written:
    """A change that was sent, the sheet as it was then, how often the same was sent, and looked at since."""

    change: Change
    before: Tables
    answered: bool
    tries: int = 1
    looks: int = 0


class Projector:
    """Makes the changes, and remembers them; forgetting does no harm but a stray row, which nobody believes."""

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._written: list[_Written] = []

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
        for written in self._written:  # the oldest first: a later one may have seen what an earlier one spoilt
            for change in (*_astray(tables, written), *_missing(tables, written)):
                changes.setdefault(change.row, change)
        self._written = [_looked_at(tables, each) for each in self._written if not _is_settled(tables, each)]
        due = [(each, _wanted(snapshot, each)) for each in self._due]
        open_ = [each for each, wanted in due if wanted is not None and each.looks < _TRIES]
        self._due = [replace(each, looks=each.looks + 1) for each in open_]
        for _, wanted in due:
            for change in wanted or ():
                changes.setdefault(change.row, change)
        return list(changes.values())

    def note(self, tables: Tables, changes: Iterable[Change], *, answered: bool) -> None:
        """Remember what was sent on the read *tables*."""
        self._written += [_Written(change, tables, answered, 1 + self._tries(change)) for change in changes]
        reads = list(dict.fromkeys(id(each.before) for each in self._written))[-_KEPT:]
        self._written = [each for each in self._written if id(each.before) in reads]

    def _tries(self, change: Change) -> int:
        """How often the same was sent for the same row."""
        same = (
            each for each in self._written if (each.change.name, each.change.used_on) == (change.name, change.used_on)
        )
        return max((each.tries for each in same), default=0)


def _astray(tables: Tables, written: _Written) -> Iterator[Change]:
    """Rows that got what was meant for another one, and what stood there before.

    A time is one redemption's alone. Blanks are not: they are believed to be ours only while their own row lacks them
    or where they were sent to, and what they hid must be true still.
    """
    change = written.change
    arrived = change.used_on is None and any(change.is_shown(row) for row in _named(tables, change.name))
    now, then = tables.codes, written.before.codes
    hit = now.timeless(then.marked()) if change.used_on is None else now.at_time(change.used_on)
    for row in hit:
        if arrived and row.row != change.row:
            continue
        on_top = row.status is Status.VOID and change.used_on is not None  # staff's word came on top of it
        if not (change if not on_top else replace(change, status=None)).is_shown(row):
            continue
        if name_of(row)[:2] == change.name[:2]:  # all rows of a code show its use, until it is rolled back
            voided = [each for each in _named(written.before, name_of(row)) if each.status is Status.VOID]
            if voided and row.status is not Status.VOID and name_of(row) != change.name:
                yield Change(row.row, Status.VOID, voided[0].used_on, voided[0].channel, name_of(row))
            elif change.used_on is not None and row.status is not Status.VOID and _names_dead(Snapshot(tables), row):
                yield Change(row.row, Status.UNUSED, None, "", name_of(row))
            continue
        was = _before(tables, written, row)
        if was is not None and not change.is_shown(was):
            status = None if row.status is Status.VOID else was.status
            yield Change(row.row, status, was.used_on, was.channel, name_of(row))


def _missing(tables: Tables, written: _Written) -> Iterator[Change]:
    """The row that was meant, if it is blank: what it was to show went astray, or was hidden and cleared since."""
    change, snapshot = written.change, Snapshot(tables)
    claims = snapshot.redemptions_of_code(change.name[0]) if change.used_on is not None else []
    if written.tries >= _TRIES or not any(claim.time == change.used_on for claim in claims):
        return
    for row in _named(tables, change.name):
        if row.status is Status.UNUSED and row.used_on is None and not row.bad:
            yield replace(change, row=row.row)


def _before(  # noqa: PLR0911 - a return for each case
    tables: Tables, written: _Written, row: PromoCode
) -> PromoCode | None:
    """What a row gets back: what stood there when it was hit, as far as it is true still; None if it cannot be told."""
    change, snapshot = written.change, Snapshot(tables)
    blank = replace(row, status=Status.UNUSED, used_on=None, channel="")
    found = _named(written.before, name_of(row))
    if not found and change.used_on is not None and row.issued is not None:
        return blank if row.issued > change.used_on - _FRESH_MS else None  # it was issued since
    if not found:
        return None
    if len({(each.status, each.used_on, each.channel) for each in found}) > 1:  # twins: a batch that was sent again
        return _confirmed(snapshot, found) or blank
    was = found[0]
    if was.status is not Status.VOID and _names_dead(snapshot, was):
        return blank  # it was rolled back since
    if standing.shows_another(snapshot, was):  # it was astray itself, and if we see blanks somebody put it back
        return None if change.used_on is None else blank
    if change.status is not None:
        return was
    came_between = row.status is Status.USED and was.used_on is None  # Status is not ours: staff's, or a mark's
    if came_between and snapshot.redemptions_of_code(codes.fold(row.code), dead=True):
        return blank  # whoever marked it shows it again, or housekeeping does
    return replace(was, status=row.status)


def _confirmed(snapshot: Snapshot, rows: list[PromoCode]) -> PromoCode | None:
    """The row that shows a live redemption of its code. No other one may be shown: a mark is its writer's word (H4)."""
    claims = snapshot.redemptions_of_code(codes.fold(rows[0].code))
    times = {claim.time for claim in claims if claim.time is not None}
    return next((row for row in rows if row.used_on in times), None)


def _is_settled(tables: Tables, written: _Written) -> bool:
    """True if nothing more can be seen of a write."""
    if not written.answered:
        return written.looks >= _LATE_LOOKS
    return written.looks >= _TRIES or (written.looks >= _SURE_LOOKS and not any(True for _ in _astray(tables, written)))


def _looked_at(tables: Tables, written: _Written) -> _Written:
    """While it may still land, what it would hide is what this read says."""
    waits = not written.answered and not any(True for _ in _astray(tables, written))
    return replace(written, looks=written.looks + 1, before=tables if waits else written.before)


def _named(tables: Tables, name: Name) -> list[PromoCode]:
    return [row for row in tables.codes.find("code", name[0]) if name_of(row) == name]


def _wanted(snapshot: Snapshot, due: _Due) -> list[Change] | None:
    """What the code's own row should still get, as far as it may be written now; None once it is there."""
    if due.event.event is Event.ROLLED_BACK or snapshot.is_dead(due.event):
        return _undone(snapshot, due.event) or None
    if _arrived(snapshot, due.event):
        return None
    return _used(snapshot, due.event, last_use=due.last_use)


def _used(snapshot: Snapshot, claim: Redemption, *, last_use: bool) -> list[Change]:
    status = Status.USED if last_use else None  # staff may have typed a word since the read
    rows = [row for row in finding.rows_of_claim(snapshot, claim) if _is_blank(snapshot, row) and not row.bad]
    return [Change(row.row, status, claim.time, claim.channel, name_of(row)) for row in rows if row.row]


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
    rows = snapshot.tables.codes.find("code", codes.fold(dead.code))
    mine = [row for row in rows if row.row and row.used_on in times and row.status is not Status.VOID]
    return [Change(row.row, Status.UNUSED, None, "", name_of(row)) for row in mine]


def _arrived(snapshot: Snapshot, claim: Redemption) -> bool:
    """True if a row shows this use or a later one, or a word of staff; what is dead since shows nothing."""
    rows = finding.rows_of_claim(snapshot, claim)
    true = [row for row in rows if not _names_dead(snapshot, row) and not standing.shows_another(snapshot, row)]
    return not rows or any(_shows_use(row, claim) for row in true)


def _shows_use(row: PromoCode, claim: Redemption) -> bool:
    later = row.used_on is not None and claim.time is not None and row.used_on >= claim.time
    return later or row.status is not Status.UNUSED
