"""What stood in the sheet at one read, ready to be asked: by code, by subscriber, by campaign, by request.

A Snapshot never changes. `plus` and `without` give another one that shares the tables and differs by a few rows: what
a group of calls is about to write, or what it wrote itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from functions import codes
from functions.promo import Campaign, Event, PromoCode, Redemption, Row, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import tzinfo

#: One code of one subscriber: all rows that say so are one code.
Pair = tuple[str, str]
#: What names one row of Promo codes: the folded code, the subscriber and Issue date (wall ms). Two instances that issue
#: the same code to the same subscriber write two rows; each may withdraw its own alone.
Name = tuple[str, str, int | None]
R = TypeVar("R")


def pair(row: Row) -> Pair:
    """The code and its subscriber."""
    return codes.fold(row.code), row.subscriber_id


def name_of(row: PromoCode) -> Name:
    """The name of a claim in Promo codes. A `withdrawn` row without a Claim repeats it, Issue date in its Time."""
    return codes.fold(row.code), row.subscriber_id, row.issued


class Table(Generic[R]):
    """Rows that are parsed only when somebody asks for them; each index is a sequence of keys, "" for none.

    `times` gives the wall times of one column, row by row; `marks` whether a row has one, or a word beside it.
    """

    def __init__(
        self,
        size: int,
        parse: Callable[[int], R],
        times: Callable[[], Sequence[int | None]] = tuple,
        marks: Callable[[], Sequence[bool]] = tuple,
        **keys: Sequence[str],
    ) -> None:
        self._size = size
        self._parse = parse
        self._times = times
        self._marks = marks
        self._keys = keys
        self._indexes: dict[str, dict[str, list[int]]] = {}
        self._parsed: dict[int, R] = {}

    def __iter__(self) -> Iterator[R]:
        return (self._row(number) for number in range(self._size))

    def find(self, index: str, key: str) -> list[R]:
        """Rows under *key*, in the order of the sheet; none for an empty key."""
        return [self._row(number) for number in self.index(index).get(key, ())]

    def at_time(self, wall: int) -> list[R]:
        """Rows whose time is exactly this."""
        return [self._row(number) for number, time in enumerate(self._times()) if time == wall]

    def marked(self) -> frozenset[str]:
        """Codes of the rows with a mark."""
        return frozenset(code for code, mark in zip(self._keys["code"], self._marks(), strict=True) if mark)

    def timeless(self, codes: frozenset[str]) -> list[R]:
        """Rows of these codes without a time."""
        times = [*self._times(), *[None] * self._size]
        rows = enumerate(zip(self._keys["code"], times, strict=False))
        return [self._row(number) for number, (code, time) in rows if time is None and code in codes]

    def index(self, name: str) -> dict[str, list[int]]:
        """Key -> row numbers; built when first asked for."""
        if name not in self._indexes:
            index: defaultdict[str, list[int]] = defaultdict(list)
            for number, key in enumerate(self._keys[name]):
                if key:
                    index[key].append(number)
            self._indexes[name] = dict(index)
        return self._indexes[name]

    def _row(self, number: int) -> R:
        if number not in self._parsed:
            self._parsed[number] = self._parse(number)
        return self._parsed[number]


def code_table(rows: Sequence[PromoCode]) -> Table[PromoCode]:
    """Table of Promo codes from rows that are parsed already; its times are those of Used on."""
    return Table(
        len(rows),
        rows.__getitem__,
        times=lambda: [row.used_on for row in rows],
        marks=lambda: [row.used_on is not None or row.status is not Status.UNUSED for row in rows],
        code=[codes.fold(row.code) for row in rows],
        subscriber=[row.subscriber_id for row in rows],
        campaign=[codes.fold_name(row.campaign) for row in rows],
    )


def redemption_table(rows: Sequence[Redemption]) -> Table[Redemption]:
    """Table of Redemptions from rows that are parsed already."""
    return Table(
        len(rows),
        rows.__getitem__,
        code=[codes.fold(row.code) for row in rows],
        request=[row.request_id for row in rows],
        claim=[row.claim for row in rows],
        dead=["" if row.event is Event.REDEEMED else row.event.value for row in rows],
    )


@dataclass(frozen=True)
class Tables:
    """One read of the sheet. `number` is the sequence's, None if lost; `pool` is (code, folded campaign)."""

    zone: tzinfo
    language: str
    number: int | None
    campaigns: tuple[Campaign, ...]
    codes: Table[PromoCode]
    redemptions: Table[Redemption]
    pool: tuple[tuple[str, str], ...] = ()

    @cached_property
    def dead_rows(self) -> tuple[Redemption, ...]:
        """Rows of Redemptions that declare something dead."""
        events = (Event.ROLLED_BACK, Event.WITHDRAWN)
        return tuple(row for event in events for row in self.redemptions.find("dead", event.value))

    @cached_property
    def dead_claims(self) -> frozenset[str]:
        """Claims of Redemptions that a row declares dead, wherever that row stands."""
        return frozenset(row.claim for row in self.dead_rows if row.claim)

    @cached_property
    def undone_requests(self) -> frozenset[tuple[str, str]]:
        """(folded code, Request ID) of redemptions that were rolled back: all that such a request wrote is dead."""
        rows = self.redemptions.find("dead", Event.ROLLED_BACK.value)
        return frozenset((codes.fold(row.code), row.request_id) for row in rows if row.request_id)

    @cached_property
    def dead_names(self) -> frozenset[Name]:
        """Rows of Promo codes, by name, that were withdrawn; one whose Time was lost withdraws every copy."""
        rows = (row for row in self.dead_rows if not row.claim and row.event is Event.WITHDRAWN)
        return frozenset((*pair(row), row.time) for row in rows)

    @cached_property
    def withdrawn_pairs(self) -> frozenset[Pair]:
        """Codes that were withdrawn from a subscriber, whichever copy."""
        return frozenset((code, subscriber) for code, subscriber, _ in self.dead_names)

    def is_dead(self, row: PromoCode) -> bool:
        """True if this row was withdrawn."""
        same = pair(row)
        return same in self.withdrawn_pairs and not self.dead_names.isdisjoint({(*same, row.issued), (*same, None)})

    @cached_property
    def codes_of_times(self) -> dict[int, frozenset[str]]:
        """Wall time of a redemption -> folded codes redeemed then."""
        times: defaultdict[int, set[str]] = defaultdict(set)
        for row in self.redemptions:
            if row.event is Event.REDEEMED and row.time is not None:
                times[row.time].add(codes.fold(row.code))
        return {time: frozenset(found) for time, found in times.items()}

    @cached_property
    def pools(self) -> dict[str, tuple[str, ...]]:
        """Folded campaign -> its ready codes, in the order of the sheet."""
        pools: defaultdict[str, list[str]] = defaultdict(list)
        for code, campaign in self.pool:
            pools[campaign].append(code)
        return {campaign: tuple(found) for campaign, found in pools.items()}

    @cached_property
    def _codes_of_campaigns(self) -> dict[str, frozenset[str]]:
        return {}

    def codes_of_campaign(self, folded: str) -> frozenset[str]:
        """Distinct folded codes, not withdrawn, of a campaign; counted once per read."""
        if folded not in self._codes_of_campaigns:
            rows = self.codes.find("campaign", folded)
            self._codes_of_campaigns[folded] = frozenset(codes.fold(row.code) for row in rows if not self.is_dead(row))
        return self._codes_of_campaigns[folded]


@dataclass(frozen=True)
class Snapshot:
    """What the sheet says, plus rows that are about to be written, without rows that the group wrote itself.

    `stood` names claims that this process has seen to stand and answered yes from: as good as confirmed.
    """

    tables: Tables
    added: tuple[Row, ...] = ()
    hidden_pairs: frozenset[Pair] = frozenset()
    hidden_names: frozenset[Name] = frozenset()
    hidden_claims: frozenset[str] = frozenset()
    stood: frozenset[str | Name] = frozenset()
    _dead_claims: frozenset[str] = field(default=frozenset())

    @property
    def zone(self) -> tzinfo:
        """The spreadsheet's own time zone."""
        return self.tables.zone

    @property
    def language(self) -> str:
        """Code of the sheet's language."""
        return self.tables.language

    def plus(self, row: Row) -> Snapshot:
        """The same with one more row: an earlier call's, in the same group."""
        dead = self._dead_claims
        if isinstance(row, Redemption) and row.event is not Event.REDEEMED:
            dead = dead | {row.claim}
        return replace(self, added=(*self.added, row), _dead_claims=dead)

    def before(self, rows: Iterable[Row]) -> Snapshot:
        """The same with these very rows left out: what the sheet said before a group wrote them."""
        rows = tuple(rows)
        names = {name_of(row) for row in rows if isinstance(row, PromoCode)}
        claims = {row.claim for row in rows if isinstance(row, Redemption) and row.event is Event.REDEEMED}
        return replace(self, hidden_names=self.hidden_names | names, hidden_claims=self.hidden_claims | claims)

    def without(self, rows: Iterable[Row]) -> Snapshot:
        """The same with every copy of these claims left out, also what others wrote for the same subscriber."""
        pairs, claims = set(self.hidden_pairs), set(self.hidden_claims)
        for row in rows:
            if isinstance(row, PromoCode):
                pairs.add(pair(row))
            elif row.event is Event.REDEEMED:
                claims.add(row.claim)
        added = tuple(row for row in self.added if pair(row) not in pairs or not isinstance(row, PromoCode))
        return replace(self, added=added, hidden_pairs=frozenset(pairs), hidden_claims=frozenset(claims))

    def campaigns(self, name: str = "") -> list[Campaign]:
        """Campaigns of that name, or all."""
        folded = codes.fold_name(name)
        return [found for found in self.tables.campaigns if not folded or codes.fold_name(found.name) == folded]

    def rows_of_code(self, folded: str) -> list[PromoCode]:
        """Live rows of Promo codes with this code."""
        return self._live(self.tables.codes.find("code", folded), lambda row: codes.fold(row.code) == folded)

    def rows_of_subscriber(self, subscriber_id: str, campaign: str) -> list[PromoCode]:
        """Live rows of Promo codes that this subscriber holds in a campaign."""
        folded = codes.fold_name(campaign)
        rows = self.tables.codes.find("subscriber", subscriber_id)
        found = self._live(rows, lambda row: row.subscriber_id == subscriber_id)
        return [row for row in found if codes.fold_name(row.campaign) == folded]

    def redemptions_of_code(self, folded: str, *, dead: bool = False) -> list[Redemption]:
        """Live claims on this code, each once; dead ones too if asked for."""
        stored = self.tables.redemptions.find("code", folded)
        return self._claims(stored, lambda row: codes.fold(row.code) == folded, dead=dead)

    def redemptions_of_request(self, request_id: str) -> list[Redemption]:
        """Claims with this Request ID, dead ones too, each once; none for ""."""
        if not request_id:
            return []
        rows = self.tables.redemptions.find("request", request_id)
        return self._claims(rows, lambda row: row.request_id == request_id, dead=True)

    def rolled_back(self, claim: str) -> bool:
        """True if a row says that this redemption was rolled back; a withdrawn claim was not."""
        rows = [*self.tables.redemptions.find("claim", claim), *self._added_redemptions()]
        return any(row.event is Event.ROLLED_BACK and row.claim == claim for row in rows)

    def is_dead(self, row: Row) -> bool:
        """True if a row of Redemptions withdraws this claim or rolls it back."""
        if isinstance(row, PromoCode):
            return self.tables.is_dead(row)
        if row.claim and (row.claim in self.tables.dead_claims or row.claim in self._dead_claims):
            return True
        # A copy that lands late must not bring back what was rolled back.
        return bool(row.request_id) and self.was_undone(codes.fold(row.code), row.request_id)

    def was_withdrawn(self, folded: str, subscriber_id: str) -> bool:
        """True if a row of this code was withdrawn from this subscriber."""
        return (folded, subscriber_id) in self.tables.withdrawn_pairs

    def was_undone(self, folded: str, request_id: str) -> bool:
        """True if a redemption of this code by this request was rolled back, whatever else was deleted since."""
        return bool(request_id) and (folded, request_id) in self.tables.undone_requests

    def shows(self, row: Row) -> bool:
        """True if this claim was in the sheet, dead or alive, whatever this snapshot leaves out."""
        if isinstance(row, PromoCode):
            return any(name_of(found) == name_of(row) for found in self._stored_codes(row))
        found_events = {found.event for found in self.tables.redemptions.find("claim", row.claim)}
        return row.event in found_events

    def _stored_codes(self, row: PromoCode) -> list[PromoCode]:
        return self.tables.codes.find("code", codes.fold(row.code))

    def stands(self, folded: str) -> bool:
        """True if the code is in any row of Promo codes or Redemptions, dead or alive."""
        in_codes = any(not self._is_hidden(row) for row in self.tables.codes.find("code", folded))
        in_claims = any(not self._is_own(row) for row in self.tables.redemptions.find("code", folded))
        return in_codes or in_claims or any(codes.fold(row.code) == folded for row in self.added)

    def _is_own(self, row: Redemption) -> bool:
        """True for a claim that is left out here, and for the withdrawal of another copy of such a row."""
        if row.event is Event.REDEEMED:
            return row.claim in self.hidden_claims
        return row.event is Event.WITHDRAWN and not row.claim and pair(row) in self.hidden_pairs

    def count_issued(self, campaign: str) -> int:
        """Distinct codes of a campaign that are in a live row."""
        folded = codes.fold_name(campaign)
        stored = self.tables.codes_of_campaign(folded)
        added = {codes.fold(row.code) for row in self._added_codes() if codes.fold_name(row.campaign) == folded}
        hidden = ({code for code, _ in self.hidden_pairs} | {code for code, _, _ in self.hidden_names}) & stored
        gone = {
            code
            for code in hidden
            if not any(codes.fold_name(row.campaign) == folded for row in self.rows_of_code(code))
        }
        return len(stored) - len(gone - added) + len(added - stored)

    def ready_codes(self, campaign: str) -> tuple[str, ...]:
        """Codes that staff put into the pool for a campaign."""
        return self.tables.pools.get(codes.fold_name(campaign), ())

    def redeemed_at(self, wall: int) -> frozenset[str]:
        """Folded codes with a redemption, dead or alive, at exactly this wall time."""
        added = {codes.fold(row.code) for row in self._added_redemptions() if row.time == wall}
        hidden = {
            codes.fold(row.code)
            for claim in self.hidden_claims
            for row in self.tables.redemptions.find("claim", claim)
            if row.time == wall
        }
        found = self.tables.codes_of_times.get(wall, frozenset())
        return (found - hidden) | added

    def _added_codes(self) -> list[PromoCode]:
        return [row for row in self.added if isinstance(row, PromoCode)]

    def _added_redemptions(self) -> list[Redemption]:
        return [row for row in self.added if isinstance(row, Redemption)]

    def _live(self, stored: Iterable[PromoCode], wanted: Callable[[PromoCode], bool]) -> list[PromoCode]:
        found = [row for row in stored if not self._is_hidden(row)]
        found += [row for row in self._added_codes() if wanted(row)]
        return [row for row in found if not self.is_dead(row)]

    def _is_hidden(self, row: PromoCode) -> bool:
        return (bool(self.hidden_pairs) and pair(row) in self.hidden_pairs) or (
            bool(self.hidden_names) and name_of(row) in self.hidden_names
        )

    def _claims(
        self, stored: Iterable[Redemption], wanted: Callable[[Redemption], bool], *, dead: bool = False
    ) -> list[Redemption]:
        rows = [row for row in stored if row.claim not in self.hidden_claims]
        rows += [row for row in self._added_redemptions() if wanted(row)]
        claims = {row.claim or str(id(row)): row for row in rows if row.event is Event.REDEEMED}
        return [row for row in claims.values() if dead or not self.is_dead(row)]
