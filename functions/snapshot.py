"""What stood in the sheet at one read, and what differs: rows that are about to be written, rows that are left out.

A Snapshot never changes. `plus` and `without` give another one that shares the tables and differs by a few rows: what
a group of calls is about to write, or what it wrote itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from functions import codes
from functions.columns import Column
from functions.promo import Campaign, Event, PromoCode, Redemption, Row
from functions.ring import Ready, Ring
from functions.tables import Name, Pair, Tables, name_of, pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from functions.columns import Maker

K = TypeVar("K", str, int | None)


@dataclass(frozen=True)
class Snapshot:
    """What the sheet says, plus rows that are about to be written, without rows that the group wrote itself.

    `stood` names claims that this process has seen to stand and answered yes from: as good as confirmed.
    """

    tables: Tables
    added: Column[Row] = field(default_factory=lambda: Column.of(()))
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
        if isinstance(row, Redemption) and row.event in {Event.ROLLED_BACK, Event.WITHDRAWN}:
            dead = dead | {row.claim}
        return replace(self, added=self.added.plus(row), _dead_claims=dead)

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
        hidden = {row for code, holder in pairs for row in self._added(_codes, code) if row.subscriber_id == holder}
        added = Column.of([row for row in self.added if row not in hidden]) if hidden else self.added
        return replace(self, added=added, hidden_pairs=frozenset(pairs), hidden_claims=frozenset(claims))

    def campaigns(self, name: str = "") -> list[Campaign]:
        """Campaigns of that name, or all."""
        folded = codes.fold_name(name)
        return [found for found in self.tables.campaigns if not folded or codes.fold_name(found.name) == folded]

    def rows_of_code(self, folded: str, subscriber_id: str = "") -> list[PromoCode]:
        """Live rows of Promo codes with this code, all or a subscriber's: those of a shared code are many."""
        if not subscriber_id:
            return self._live(self.tables.codes.find("code", folded), self._added(_codes, folded))
        rows = self._live(self.tables.codes.find("subscriber", subscriber_id), self._added(_holders, subscriber_id))
        return [row for row in rows if codes.fold(row.code) == folded]

    def campaigns_of_code(self, folded: str) -> list[str]:
        """Campaigns that rows of a code name, each once."""
        added = (row.campaign for row in self._added(_codes, folded) if isinstance(row, PromoCode))
        names = {codes.fold_name(name): name for name in (*added, *self.tables.campaigns_of_code(folded))}
        return list(names.values())

    def rows_of_subscriber(self, subscriber_id: str, campaign: str) -> list[PromoCode]:
        """Live rows of Promo codes that this subscriber holds in a campaign."""
        folded = codes.fold_name(campaign)
        rows = self.tables.codes.find("subscriber", subscriber_id)
        found = self._live(rows, self._added(_holders, subscriber_id))
        return [row for row in found if codes.fold_name(row.campaign) == folded]

    def redemptions_of_code(self, folded: str, subscriber_id: str = "", *, dead: bool = False) -> list[Redemption]:
        """Live claims on this code, all or a subscriber's, each once; dead ones too if asked for."""
        if not subscriber_id:
            stored = self.tables.redemptions.find("code", folded)
            return self._claims(stored, self._added(_codes_of_claims, folded), dead=dead)
        stored = self.tables.redemptions.find("subscriber", subscriber_id)
        return self._claims_on(folded, stored, self._added(_users, subscriber_id), dead=dead)

    def redemptions_at(self, wall: int, folded: str, *, dead: bool = False) -> list[Redemption]:
        """Live claims on this code with exactly this wall time, each once; dead ones too if asked for."""
        return self._claims_on(folded, self.tables.redemptions.at_time(wall), self._added(_times, wall), dead=dead)

    def uses_at_most(self, folded: str) -> int:
        """No code has more uses than rows of Redemptions, counted without a look at them."""
        return len(self.tables.redemptions.index("code").get(folded, ())) + len(self._added(_codes_of_claims, folded))

    def redemptions_of_request(self, request_id: str) -> list[Redemption]:
        """Claims with this Request ID, dead ones too, each once; none for ""."""
        if not request_id:
            return []
        rows = self.tables.redemptions.find("request", request_id)
        return self._claims(rows, self._added(_requests, request_id), dead=True)

    def redeemed_between(self, first: int, end: int) -> list[Redemption]:
        """Claims of these wall times, dead ones too, each once."""
        claims = [row for row in self.added if isinstance(row, Redemption)]
        added = [row for row in claims if row.time is not None and first <= row.time < end]
        return self._claims(self.tables.redemptions.between(first, end), added, dead=True)

    def rolled_back(self, claim: str) -> bool:
        """True if a row says that this redemption was rolled back; a withdrawn claim was not."""
        rows = [*self.tables.redemptions.find("claim", claim), *self._added(_claims, claim)]
        return any(isinstance(row, Redemption) and row.event is Event.ROLLED_BACK for row in rows)

    def adds(self, row: Row) -> bool:
        """True if this very row is about to be written."""
        return row in self._added(_codes if isinstance(row, PromoCode) else _codes_of_claims, codes.fold(row.code))

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
            return any(name_of(found) == name_of(row) for found in self.tables.codes.find("code", codes.fold(row.code)))
        found_events = {found.event for found in self.tables.redemptions.find("claim", row.claim)}
        return row.event in found_events

    def stands(self, folded: str) -> bool:
        """True if the code is in any row of Promo codes or Redemptions, dead or alive; a reminder is no such row."""
        in_codes = any(not self._is_hidden(row) for row in self.tables.codes.find("code", folded))
        in_claims = any(not self._is_own(row) for row in self.tables.redemptions.find("code", folded))
        return in_codes or in_claims or bool(self._added(_codes, folded) or self._added(_codes_of_claims, folded))

    def _is_own(self, row: Redemption) -> bool:
        """True for a claim that is left out here, the withdrawal of another copy of such a row, and a reminder."""
        if row.event is Event.REMINDED or (row.event is Event.WITHDRAWN and row.claim in self.tables.reminders):
            return True
        if row.event is Event.REDEEMED:
            return row.claim in self.hidden_claims
        return row.event is Event.WITHDRAWN and not row.claim and pair(row) in self.hidden_pairs

    def count_issued(self, campaign: str) -> int:
        """Distinct codes of a campaign that are in a live row."""
        folded = codes.fold_name(campaign)
        stored = self.tables.codes_of_campaign(folded)
        added = {codes.fold(row.code) for row in self._added(_campaigns, folded)}
        hidden = ({code for code, _ in self.hidden_pairs} | {code for code, _, _ in self.hidden_names}) & stored
        gone = {
            code
            for code in hidden
            if not any(codes.fold_name(row.campaign) == folded for row in self.rows_of_code(code))
        }
        return len(stored) - len(gone - added) + len(added - stored)

    def left_out(self, subscriber_id: str) -> list[PromoCode]:
        """Rows of this subscriber that are left out, with every copy, as if they were not written yet (`without`)."""
        rows = self.tables.codes.find("subscriber", subscriber_id) if self.hidden_pairs else ()
        return [row for row in rows if pair(row) in self.hidden_pairs]

    def free_code(self, campaign: str, subscriber_id: str, place: bytes) -> str | None:
        """The ready code that a subscriber with this place on the ring gets (`ring`); None if none is free for them.

        A code that was withdrawn from them is not (H9); one whose row is left out, as if it were theirs, comes first,
        redeemed or not: whoever redeemed it had seen that row.
        """
        ready = self._ready(codes.fold_name(campaign))
        own = sorted({codes.fold(row.code) for row in self.left_out(subscriber_id)} & ready.codes.keys())
        if own:
            return next((ready.codes[code] for code in own if not self.rows_of_code(code)), None)
        found = ready.ring.after(place, self._changed_codes() & ready.codes.keys())
        fresh = (code for code in found if not self.was_withdrawn(code, subscriber_id))
        return next((ready.codes[code] for code in fresh if self.is_free(code)), None)

    def _ready(self, campaign: str) -> Ready:
        """The ready codes of a folded campaign; made once per read, and nearly all without a look at a row."""
        made, pool = self.tables.ready, self.tables.pools.get(campaign, ())
        if campaign not in made:
            rows, uses = self.tables.codes.index("code"), self.tables.redemptions.index("code")
            pairs = reversed(list(zip(codes.fold_all(pool), pool, strict=True)))  # of two spellings the first counts
            spelt = {folded: code for folded, code in pairs if folded}
            maybe = (code for code in spelt if code not in rows or code in self.tables.withdrawn_codes)
            read = Snapshot(self.tables)
            ring = Ring(code for code in maybe if (code not in rows and code not in uses) or read.is_free(code))
            made[campaign] = Ready(spelt, ring)
        return made[campaign]

    def is_free(self, folded: str) -> bool:
        """True if a ready code is in no live row, and was never redeemed."""
        return not (self.rows_of_code(folded) or self.redemptions_of_code(folded))

    def _changed_codes(self) -> set[str]:
        """Codes of rows of the read that are left out, or that a row about to be written declares dead."""
        claims, keys = self.tables.redemptions.index("claim"), self.tables.redemptions.keys("code")
        places = (place for claim in self.hidden_claims | self._dead_claims for place in claims.get(claim, ()))
        names = {code for code, _ in self.hidden_pairs} | {code for code, _, _ in self.hidden_names}
        return names | {keys[place] for place in places}

    def redeemed_at(self, wall: int) -> frozenset[str]:
        """Folded codes with a redemption, dead or alive, at exactly this wall time."""
        added = {codes.fold(row.code) for row in self._added(_times, wall)}
        rows = self.tables.redemptions.at_time(wall)
        hidden = {codes.fold(row.code) for row in rows if row.claim in self.hidden_claims}
        return (self.tables.codes_at(wall) - hidden) | added

    def _added(self, maker: Maker[Row, K], key: K) -> list[Row]:
        """Rows about to be written that have this key."""
        if not self.added:
            return []
        return [self.added[place] for place in self.added.indexed(maker).get(key, ())]

    def _live(self, stored: Iterable[PromoCode], added: Iterable[Row]) -> list[PromoCode]:
        found = [row for row in stored if not self._is_hidden(row)]
        found += [row for row in added if isinstance(row, PromoCode)]
        return [row for row in found if not self.is_dead(row)]

    def _is_hidden(self, row: PromoCode) -> bool:
        return (bool(self.hidden_pairs) and pair(row) in self.hidden_pairs) or (
            bool(self.hidden_names) and name_of(row) in self.hidden_names
        )

    def _claims_on(
        self, folded: str, stored: Iterable[Redemption], added: Iterable[Row], *, dead: bool
    ) -> list[Redemption]:
        of_code = (row for row in stored if codes.fold(row.code) == folded)
        return self._claims(of_code, (row for row in added if codes.fold(row.code) == folded), dead=dead)

    def _claims(self, stored: Iterable[Redemption], added: Iterable[Row], *, dead: bool = False) -> list[Redemption]:
        rows = [row for row in stored if row.claim not in self.hidden_claims]
        rows += [row for row in added if isinstance(row, Redemption)]
        claims = {row.claim or str(id(row)): row for row in rows if row.event is Event.REDEEMED}
        return [row for row in claims.values() if dead or not self.is_dead(row)]


# What rows that are about to be written are found by: Promo codes' by three keys, Redemptions' by five.


def _codes(rows: Sequence[Row]) -> list[str]:
    return [codes.fold(row.code) if isinstance(row, PromoCode) else "" for row in rows]


def _holders(rows: Sequence[Row]) -> list[str]:
    return [row.subscriber_id if isinstance(row, PromoCode) else "" for row in rows]


def _campaigns(rows: Sequence[Row]) -> list[str]:
    return [codes.fold_name(row.campaign) if isinstance(row, PromoCode) else "" for row in rows]


def _codes_of_claims(rows: Sequence[Row]) -> list[str]:
    return [codes.fold(row.code) if isinstance(row, Redemption) else "" for row in rows]


def _users(rows: Sequence[Row]) -> list[str]:
    return [row.subscriber_id if isinstance(row, Redemption) else "" for row in rows]


def _requests(rows: Sequence[Row]) -> list[str]:
    return [row.request_id if isinstance(row, Redemption) else "" for row in rows]


def _claims(rows: Sequence[Row]) -> list[str]:
    return [row.claim if isinstance(row, Redemption) else "" for row in rows]


def _times(rows: Sequence[Row]) -> list[int | None]:
    return [row.time if isinstance(row, Redemption) else None for row in rows]
