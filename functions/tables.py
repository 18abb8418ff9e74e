"""One read of the sheet, ready to be asked: by code, by subscriber, by campaign, by request. It never changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from functions import codes
from functions.columns import Column
from functions.promo import Campaign, Event, PromoCode, Redemption, Row, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from functions.columns import Index, Maker
    from functions.ring import Ready

#: One code of one subscriber: all rows that say so are one code.
Pair = tuple[str, str]
#: What names one row of Promo codes: the folded code, the subscriber and Issue date (wall ms). Two instances that issue
#: the same code to the same subscriber write two rows; each may withdraw its own alone.
Name = tuple[str, str, int | None]
R = TypeVar("R")
T = TypeVar("T")


def pair(row: Row) -> Pair:
    """The code and its subscriber."""
    return codes.fold(row.code), row.subscriber_id


def name_of(row: PromoCode) -> Name:
    """The name of a claim in Promo codes. A `withdrawn` row without a Claim repeats it, Issue date in its Time."""
    return codes.fold(row.code), row.subscriber_id, row.issued


class Keyed(Generic[T]):
    """A column, and how a key is made of each of its cells; falsy keys are none."""

    def __init__(self, cells: Sequence[T], maker: Maker[T, Hashable]) -> None:
        """Take a column; a plain list is made one."""
        self._column = Column.of(cells)
        self._maker = maker

    def keys(self) -> list[Any]:
        """A key for each cell: it may be fewer than the table has rows."""
        return self._column.keys(self._maker)

    def index(self) -> Index[Any]:
        """Where each key stands."""
        return self._column.indexed(self._maker)


class Table(Generic[R]):
    """Rows that are parsed only when somebody asks for them, and indexes by name.

    `marks` tells of each row whether it has a time, or a word beside it. Promo codes has an index `time` by Used on,
    Redemptions by Time.
    """

    def __init__(
        self, size: int, parse: Callable[[int], R], marks: Callable[[], Sequence[bool]] = tuple, **keyed: Keyed[Any]
    ) -> None:
        self._size = size
        self._parse = parse
        self._marks = marks
        self._keyed = keyed
        self._aliases: dict[str, Mapping[str, str]] = {}
        self._keys: dict[str, list[Any]] = {}
        self._indexes: dict[str, Index[Any]] = {}
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
        found = Table(self._size, lambda number: seen(self.row(number)), self._marks, **self._keyed)
        found._keys, found._indexes = self._keys, self._indexes
        found._aliases = {name: {**self._aliases.get(name, {}), **more} for name, more in aliases.items()}
        return found

    def at_time(self, wall: int) -> list[R]:
        """Rows whose time is exactly this."""
        return [self.row(number) for number in self.index("time").get(wall, ())]

    def between(self, first: int, end: int) -> list[R]:
        """Rows whose time is not before *first*, and before *end*."""
        times = enumerate(self.keys("time"))
        return [self.row(number) for number, time in times if time is not None and first <= time < end]

    def marked(self) -> frozenset[str]:
        """Codes of the rows with a mark."""
        return frozenset(code for code, mark in zip(self.keys("code"), self._marks(), strict=True) if mark)

    def timeless(self, codes: frozenset[str]) -> list[R]:
        """Rows of these codes without a time."""
        rows = enumerate(zip(self.keys("code"), self.keys("time"), strict=True))
        return [self.row(number) for number, (code, time) in rows if not time and code in codes]

    def keys(self, name: str) -> Sequence[Any]:
        """Keys of an index, row by row; "" for none."""
        if name not in self._keys:
            keys = self._keyed[name].keys()[: self._size]  # a column may go on with blanks
            self._keys[name] = keys + [""] * (self._size - len(keys))
        return self._keys[name]

    def index(self, name: str) -> Index[Any]:
        """Key -> row numbers; made when first asked for."""
        if name not in self._indexes:
            self._indexes[name] = self._keyed[name].index()
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
        marks=lambda: [row.used_on is not None or row.status is not Status.UNUSED for row in rows],
        code=_each(rows, lambda row: codes.fold(row.code)),
        subscriber=_each(rows, lambda row: row.subscriber_id),
        campaign=_each(rows, lambda row: codes.fold_name(row.campaign)),
        time=_each(rows, lambda row: row.used_on),
    )


def redemption_table(rows: Sequence[Redemption]) -> Table[Redemption]:
    """Table of Redemptions from rows that are parsed already."""
    return Table(
        len(rows),
        rows.__getitem__,
        code=_each(rows, lambda row: codes.fold(row.code)),
        request=_each(rows, lambda row: row.request_id),
        claim=_each(rows, lambda row: row.claim),
        subscriber=_each(rows, lambda row: row.subscriber_id),
        dead=_each(rows, lambda row: "" if row.event is Event.REDEEMED else row.event.value),
        time=_each(rows, lambda row: row.time),
    )


def _each(rows: Sequence[R], key: Callable[[R], Hashable]) -> Keyed[R]:
    return Keyed(rows, lambda given: [key(row) for row in given])


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
            redemptions=self.redemptions.seen_as(redemption, subscriber=subscribers, request=requests),
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

    def codes_at(self, wall: int) -> frozenset[str]:
        """Folded codes redeemed at exactly this wall time, dead or alive."""
        rows = self.redemptions.at_time(wall)
        return frozenset(codes.fold(row.code) for row in rows if row.event is Event.REDEEMED)

    def times_near(self, wall: int, milliseconds: int) -> list[int]:
        """Other times of redemptions that are less than so far from this one."""
        near = [time for time in self.redemptions.index("time") if 0 < abs(time - wall) < milliseconds]
        return [time for time in near if self.codes_at(time)]

    @cached_property
    def pools(self) -> dict[str, tuple[str, ...]]:
        """Folded campaign -> its ready codes, in the order of the sheet."""
        pools: defaultdict[str, list[str]] = defaultdict(list)
        for code, campaign in self.pool:
            pools[campaign].append(code)
        return {campaign: tuple(found) for campaign, found in pools.items()}

    @cached_property
    def ready(self) -> dict[str, Ready]:
        """What was made of the ready codes of campaigns in this read (`Snapshot.free_code`)."""
        return {}

    @cached_property
    def withdrawn_codes(self) -> frozenset[str]:
        """Folded codes with a row that was withdrawn; no other row has to be parsed to know that it lives."""
        return frozenset(code for code, _ in self.withdrawn_pairs)

    @cached_property
    def _campaigns_of_codes(self) -> dict[str, tuple[str, ...]]:
        return {}

    def campaigns_of_code(self, folded: str) -> tuple[str, ...]:
        """Campaigns that live rows of a code name, each once; looked up once per read: a shared code has many rows."""
        if folded not in self._campaigns_of_codes:
            names, live = self.codes.keys("campaign"), self.withdrawn_codes.isdisjoint({folded})
            places = self.codes.index("code").get(folded, ())
            first: dict[str, int] = {}
            for place in places:
                if names[place] not in first and (live or not self.is_dead(self.codes.row(place))):
                    first[names[place]] = place
            self._campaigns_of_codes[folded] = tuple(self.codes.row(place).campaign for place in first.values())
        return self._campaigns_of_codes[folded]

    @cached_property
    def _codes_of_campaigns(self) -> dict[str, frozenset[str]]:
        return {}

    def codes_of_campaign(self, folded: str) -> frozenset[str]:
        """Distinct folded codes, not withdrawn, of a campaign; counted once per read."""
        if folded not in self._codes_of_campaigns:
            places, keys = self.codes.index("campaign").get(folded, ()), self.codes.keys("code")
            withdrawn = self.withdrawn_codes
            self._codes_of_campaigns[folded] = frozenset(
                keys[place]
                for place in places
                if keys[place] not in withdrawn or not self.is_dead(self.codes.row(place))
            )
        return self._codes_of_campaigns[folded]
