"""What became of a mark: the rows that it hit by mistake, what they get back, and the row that still lacks it. Pure.

A mark is written by position, so staff who sort the rows in that moment make it hit another row (H5). The time in Used
on says whose it is; blanks, and words of staff's that were given back, are told by what stood there before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions import codes, finding, standing
from functions.promo import PromoCode, Status
from functions.snapshot import Snapshot
from functions.tables import Name, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from functions.tables import Tables

#: A mark is tried, and a write that was answered is looked at, until it is right, but not for ever.
TRIES = 40
#: Another process's mark may cover one that went astray, so the first look is not the last.
_SURE_LOOKS = 3
#: So many reads may go by before one that was not answered is forgotten; it may land within minutes.
_LATE_LOOKS = 200
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

    @property
    def is_word(self) -> bool:
        """True for a word of staff's that is given back: no time tells whose it is."""
        return self.used_on is None and self.status in {Status.USED, Status.VOID}

    def is_shown(self, row: PromoCode) -> bool:
        """True if a row holds these values."""
        return (row.used_on, row.channel) == (self.used_on, self.channel) and self.status in {None, row.status}


@dataclass(frozen=True)
class Written:
    """A change that was sent, the sheet as it was then, how often the same was sent, and looked at since.

    `under`: rows that it hit by mistake, and that may show its word after another process's mark hid its time there.
    `hit`: rows that got its blanks, or a word of staff's, instead of the row that was meant; None while not known.
    """

    change: Change
    before: Tables
    answered: bool
    tries: int = 1
    looks: int = 0
    under: frozenset[Name] = frozenset()
    hit: frozenset[Name] | None = None


def strays(tables: Tables, written: Written) -> Iterator[Change]:
    """Rows that got what was meant for another one, and what stood there before.

    A time is one redemption's alone. Blanks and words of staff's that were given back are not: they are believed to be
    ours only while their own row lacks them or where they were sent to, and what they hid must be true still.
    """
    change = written.change
    if written.under and change.used_on is not None:  # the repair of the mark on top of it may have left its word
        yield from strays(tables, replace(written, change=replace(change, used_on=None, channel="")))
    for row in _hit(tables, written):
        on_top = row.status is Status.VOID and change.status is not Status.VOID  # staff's word, and no given back one
        if not (replace(change, status=None) if on_top and change.used_on is not None else change).is_shown(row):
            continue
        if name_of(row)[:2] == change.name[:2]:  # all rows of a code show its use, until it is rolled back
            voided = [each for each in _named(written.before, name_of(row)) if each.status is Status.VOID]
            if voided and row.status is not Status.VOID and name_of(row) != change.name:
                yield Change(row.row, Status.VOID, voided[0].used_on, voided[0].channel, name_of(row))
            elif (
                change.used_on is not None
                and row.status is not Status.VOID
                and standing.names_dead(Snapshot(tables), row)
            ):
                yield Change(row.row, Status.UNUSED, None, "", name_of(row))
            continue
        was = _before(tables, written, row)
        if was is not None and not change.is_shown(was):
            status = None if on_top else was.status
            yield Change(row.row, status, was.used_on, was.channel, name_of(row))


def _hit(tables: Tables, written: Written) -> list[PromoCode]:
    """Rows that may show what was written, as far as it can be told from what others write."""
    change, now = written.change, tables.codes
    if change.used_on is not None:
        return now.at_time(change.used_on)
    unsure = _has_arrived(tables, written)
    if change.is_word:
        rows = [row for row in now.timeless(now.marked()) if change.is_shown(row) and not _had_word(written, row)]
        if written.under:
            return [row for row in rows if name_of(row) in written.under]
        unsure = unsure or len(rows) > 1  # staff type words, too
    else:
        rows = now.timeless(written.before.codes.marked())
    if written.hit is not None:
        return [row for row in rows if name_of(row) in written.hit]
    return [row for row in rows if row.row == change.row] if unsure else rows


def _had_word(written: Written, row: PromoCode) -> bool:
    """True if a row showed the word that was given back before it was."""
    return any(written.change.is_shown(each) for each in _named(written.before, name_of(row)))


def subscribers(tables: Tables, written: Written) -> Iterator[str]:
    """Ids in the names that a write goes by: of the row that was meant, and of those that it hit."""
    change = written.change
    yield from (subscriber for _, subscriber, _ in (change.name, *written.under, *(written.hit or ())))
    for row in tables.codes.at_time(change.used_on) if change.used_on is not None else ():
        if row.subscriber_id.startswith(codes.FORGOTTEN):  # under which id it stood then is not known: one of these
            yield from (each.subscriber_id for each in written.before.codes.find("code", codes.fold(row.code)))


def recalled(written: Written, before: Tables, ids: Mapping[str, str]) -> Written:
    """The same by names with these ids in the place of pseudonyms (pseudonym -> id), as *before* has them."""

    def known(name: Name) -> Name:
        return name[0], ids.get(name[1], name[1]), name[2]

    return replace(
        written,
        change=replace(written.change, name=known(written.change.name)),
        before=before,
        under=frozenset(map(known, written.under)),
        hit=None if written.hit is None else frozenset(map(known, written.hit)),
    )


def is_astray(tables: Tables, written: Written) -> bool:
    """True if a row shows what was meant for another one, and can be put right."""
    return any(True for _ in strays(tables, written))


def missing(tables: Tables, written: Written) -> Iterator[Change]:
    """The row that was meant, if it is blank: what it was to show went astray, or was hidden and cleared since."""
    change = written.change
    if change.used_on is None or not _is_live(tables, change):
        return
    for row in _named(tables, change.name):
        if row.status is Status.UNUSED and row.used_on is None and not row.bad:
            yield replace(change, row=row.row)


def _before(  # noqa: PLR0911 - a return for each case
    tables: Tables, written: Written, row: PromoCode
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
    if was.status is not Status.VOID and standing.names_dead(snapshot, was):
        return blank  # it was rolled back since
    if standing.shows_another(snapshot, was):  # it was astray itself, and if we see blanks somebody put it back
        return None if change.used_on is None and not change.is_word else blank
    if change.status is not None:
        return was
    if row.status is Status.USED and was.used_on is None and _is_of_a_mark(snapshot, row, change):
        return blank  # whoever marked it shows it again, or housekeeping does
    return replace(was, status=row.status)


def _is_of_a_mark(snapshot: Snapshot, row: PromoCode, change: Change) -> bool:
    """True if the word on a row that a mark without one hit may be another mark's, and not staff's.

    It may be of the row's own code; of the mark's, whose last use was aimed at the same place; or of a code that was
    used up within a minute and does not say so.
    """
    if snapshot.redemptions_of_code(codes.fold(row.code), dead=True) or _is_used_up(snapshot, change.name[0]):
        return True
    near = snapshot.tables.times_near(change.used_on, _FRESH_MS) if change.used_on is not None else ()
    codes_near = (code for time in near for code in snapshot.tables.codes_at(time))
    return any(_is_used_up(snapshot, code, unsaid=True) for code in codes_near)


def _is_used_up(snapshot: Snapshot, folded: str, *, unsaid: bool = False) -> bool:
    """True if the uses of a code are gone, and (*unsaid*) a row of it says unused."""
    requests = {claim.request_id or claim.claim for claim in snapshot.redemptions_of_code(folded)}
    rows = [row for row in snapshot.rows_of_code(folded) if not unsaid or row.status is Status.UNUSED]
    limits = [campaign.uses_per_code for row in rows for campaign in snapshot.campaigns(row.campaign)]
    return bool(limits) and len(requests) >= min(limits)


def _confirmed(snapshot: Snapshot, rows: list[PromoCode]) -> PromoCode | None:
    """The row that shows a live redemption of its code. No other one may be shown: a mark is its writer's word (H4)."""
    claims = snapshot.redemptions_of_code(codes.fold(rows[0].code))
    times = {claim.time for claim in claims if claim.time is not None}
    return next((row for row in rows if row.used_on in times), None)


def is_settled(tables: Tables, written: Written) -> bool:
    """True if nothing more can be seen of a write."""
    if not written.answered:
        return written.looks >= _LATE_LOOKS
    sure = written.looks >= _SURE_LOOKS and not written.under and not is_astray(tables, written)
    return sure or written.looks >= TRIES


def looked_at(tables: Tables, written: Written) -> Written:
    """While it may still land, what it would hide is what this read says."""
    waits = not written.answered and not is_astray(tables, written)
    return replace(
        written,
        looks=written.looks + 1,
        before=tables if waits else written.before,
        under=_under(tables, written),
        hit=_known_hit(tables, written),
    )


def _known_hit(tables: Tables, written: Written) -> frozenset[Name] | None:
    """What was hit is what the first look says: staff may type and clear the same words later.

    If it shows nothing of it, another process's mark may lie on top.
    """
    if written.hit is not None or not written.answered or written.change.used_on is not None:
        return written.hit
    found = frozenset(change.name for change in strays(tables, written))
    return found if found or _has_arrived(tables, written) else None


def _has_arrived(tables: Tables, written: Written) -> bool:
    """True if the row that was meant shows what was written."""
    return any(written.change.is_shown(row) for row in _named(tables, written.change.name))


def _under(tables: Tables, written: Written) -> frozenset[Name]:
    """Rows that show a mark with a word which is not their own, as far as the word may be this one's."""
    change = written.change
    if not written.answered or change.status is not Status.USED or change.used_on is None:
        return frozenset()
    at = tables.codes.at_time(change.used_on)
    if at or written.looks:  # a row that it left since, our own repair has put right
        rows = [*at, *(row for name in written.under for row in _named(tables, name))]
    else:
        rows = list(_newly_used(tables, written, change.used_on))
    rows = [row for row in rows if name_of(row)[:2] != change.name[:2] and not _is_as_before(written, row)]
    return frozenset(name_of(row) for row in rows if row.status is Status.USED and not _shows_own(tables, row))


def _shows_own(tables: Tables, row: PromoCode) -> bool:
    """True if Used on is the time of a redemption of this row's code, of a shared one by its subscriber."""
    snapshot = Snapshot(tables)
    claims = [] if row.used_on is None else snapshot.redemptions_at(row.used_on, codes.fold(row.code), dead=True)
    return any(row in finding.rows_of_claim(snapshot, claim) for claim in claims)


def _is_as_before(written: Written, row: PromoCode) -> bool:
    """True if a row showed the same when the change was sent."""
    was = _named(written.before, name_of(row))
    return any((each.status, each.used_on) == (row.status, row.used_on) for each in was)


def _newly_used(tables: Tables, written: Written, time: int) -> Iterator[PromoCode]:
    """Rows on which a mark may lie that landed, lives and is nowhere to be seen.

    What hides it is the mark of a redemption close to it. Only a mark without a word leaves this one's when it is put
    right; without any, a word that has no time is staff's.
    """
    meant = _named(tables, written.change.name)
    if not _is_live(tables, written.change) or not any(row.status is Status.UNUSED and not row.bad for row in meant):
        return
    near = tables.times_near(time, _FRESH_MS)
    for each in near:
        yield from tables.codes.at_time(each)
    if any(_has_several_uses(Snapshot(tables), code) for each in near for code in tables.codes_at(each)):
        yield from tables.codes.timeless(tables.codes.marked())


def _has_several_uses(snapshot: Snapshot, folded: str) -> bool:
    """True if a redemption of this code need not be its last, so that its mark has no word."""
    rows = snapshot.rows_of_code(folded)
    return any(campaign.uses_per_code != 1 for row in rows for campaign in snapshot.campaigns(row.campaign))


def _is_live(tables: Tables, change: Change) -> bool:
    """True if the redemption that a mark shows stands, and nobody undid it."""
    return change.used_on is not None and bool(Snapshot(tables).redemptions_at(change.used_on, change.name[0]))


def _named(tables: Tables, name: Name) -> list[PromoCode]:
    index, key = ("subscriber", name[1]) if name[1] else ("code", name[0])  # a shared code has many rows
    return [row for row in tables.codes.find(index, key) if name_of(row) == name]
