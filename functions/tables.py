"""One read of the sheet, ready to be asked: by code, by subscriber, by campaign, by request. It never changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from functions import codes
from functions.promo import Campaign, Event, PromoCode, Redemption, Row, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
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
        self._aliases: dict[str, Mapping[str, str]] = {}
        self._indexes: dict[str, dict[str, list[int]]] = {}
        self._parsed: dict[int, R] = {}

    def __iter__(self) -> Iterator[R]:
        return (self.row(number) for number in range(self._size))

    def find(self, index: str, key: str) -> list[R]:
        """Rows under *key*, in the order of the sheet; none for an empty key."""
        found: Sequence[int] = self.index(index).get(key, ())
        other = self._aliases.get(index, {}).get(key, "")
        if other:
            found = sorted({*found, *self.index(index).get(other, ())})
        return [self.row(number) for number in found]

    def seen_as(self, seen: Callable[[R], R], **aliases: Mapping[str, str]) -> Table[R]:
        """The same rows, each as *seen* gives it; in an index, key -> the key under which it stands as well."""
        found = Table(self._size, lambda number: seen(self.row(number)), self._times, self._marks, **self._keys)
        found._indexes = self._indexes
        found._aliases = {name: {**self._aliases.get(name, {}), **more} for name, more in aliases.items()}
        return found

    def at_time(self, wall: int) -> list[R]:
        """Rows whose time is exactly this."""
        return [self.row(number) for number, time in enumerate(self._times()) if time == wall]

    def marked(self) -> frozenset[str]:
        """Codes of the rows with a mark."""
        return frozenset(code for code, mark in zip(self._keys["code"], self._marks(), strict=True) if mark)

    def timeless(self, codes: frozenset[str]) -> list[R]:
        """Rows of these codes without a time."""
        times = [*self._times(), *[None] * self._size]
        rows = enumerate(zip(self._keys["code"], times, strict=False))
        return [self.row(number) for number, (code, time) in rows if time is None and code in codes]

    def keys(self, name: str) -> Sequence[str]:
        """Keys of an index, row by row; "" for none."""
        return self._keys[name]

    def index(self, name: str) -> dict[str, list[int]]:
        """Key -> row numbers; built when first asked for."""
        if name not in self._indexes:
            index: defaultdict[str, list[int]] = defaultdict(list)
            for number, key in enumerate(self._keys[name]):
                if key:
                    index[key].append(number)
            self._indexes[name] = dict(index)
        return self._indexes[name]

    def row(self, number: int) -> R:
        """The row at a place, counted from 0 below the header."""
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
    """One read of the sheet. `number` is the sequence's, None if lost; `pool` is (code, folded campaign).

    `forgotten` and `forgotten_requests` are ids of subscribers and requests -> the pseudonym that is read as the id.
    """

    zone: tzinfo
    language: str
    number: int | None
    campaigns: tuple[Campaign, ...]
    codes: Table[PromoCode]
    redemptions: Table[Redemption]
    pool: tuple[tuple[str, str], ...] = ()
    forgotten: Mapping[str, str] = field(default_factory=dict, compare=False)
    forgotten_requests: Mapping[str, str] = field(default_factory=dict, compare=False)

    def recalled(self, subscribers: Mapping[str, str], requests: Mapping[str, str]) -> Tables:
        """The same with pseudonyms (id -> pseudonym) read as the ids that they stand for."""
        if subscribers.items() <= self.forgotten.items() and requests.items() <= self.forgotten_requests.items():
            return self
        ids = {pseudonym: known for known, pseudonym in subscribers.items()}
        names = {pseudonym: known for known, pseudonym in requests.items()}

        def code(row: PromoCode) -> PromoCode:
            known = ids.get(row.subscriber_id)
            return row if known is None else replace(row, subscriber_id=known)

        def redemption(row: Redemption) -> Redemption:
            subscriber, request = ids.get(row.subscriber_id), names.get(row.request_id)
            if subscriber is None and request is None:
                return row
            return replace(row, subscriber_id=subscriber or row.subscriber_id, request_id=request or row.request_id)

        return replace(
            self,
            codes=self.codes.seen_as(code, subscriber=subscribers),
            redemptions=self.redemptions.seen_as(redemption, request=requests),
            forgotten={**self.forgotten, **subscribers},
            forgotten_requests={**self.forgotten_requests, **requests},
        )

    @cached_property
    def dead_rows(self) -> tuple[Redemption, ...]:
        """Rows of Redemptions that declare something dead."""
        events = (Event.ROLLED_BACK, Event.WITHDRAWN)
        return tuple(row for event in events for row in self.redemptions.find("dead", event.value))

    @cached_property
    def reminders(self) -> Mapping[str, Redemption]:
        """Claim -> the row that says that a holder is reminded, dead ones too."""
        rows = self.redemptions.find("dead", Event.REMINDED.value)
        return {row.claim: row for row in rows if row.claim}

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
