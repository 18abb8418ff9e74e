"""Bugs, each a switch: what the guard would be without one of its rules. A rule counts as tested once its bug is red.

A bug is a function that patches the product, or the Google of the simulation, for one run; `BUGS` says in which model
of Google it has to show. Some rules stand behind another one: then that one is switched off too, and the name says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import instances
from cloud import Batch, Google, positions
from functions import cells, codes, committer, deciding, guard, issuing, keys, redeeming, standing
from functions.deciding import Fate, Round, Turn
from functions.failures import StampTaken
from functions.projection import Projector
from functions.promo import Claim, Event, Redemption, Unsettled
from functions.snapshot import Snapshot
from functions.tables import Keyed

Patch = Callable[[Any, str, Any], None]


@dataclass(frozen=True)
class Bug:
    """What to patch, where it must show, and what the episodes need to show it soon."""

    name: str
    models: tuple[str, ...]
    plant: Callable[[Patch], None]
    plan: dict[str, Any] = field(default_factory=dict)


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The product with the bug, until the block ends."""
    kept: list[tuple[Any, str, Any]] = []

    def patch(where: Any, name: str, value: Any) -> None:
        kept.append((where, name, where.__dict__[name]))
        setattr(where, name, value)

    try:
        bug.plant(patch)
        yield
    finally:
        for where, name, value in reversed(kept):
            setattr(where, name, value)


def no_stamp(patch: Patch) -> None:
    patch(Google, "is_taken", lambda _self, _stamp: False)


def no_second_look(patch: Patch) -> None:
    """A claim stands once it is seen."""

    def verify(played: Round, view: Snapshot, turn: Turn, _rules: object) -> Snapshot:
        assert turn.claim is not None
        played.standing.append((turn, turn.claim))
        return deciding._plus(view, turn.claim.rows)

    patch(deciding, "_verify", verify)


def neither(patch: Patch) -> None:
    no_stamp(patch)
    no_second_look(patch)


def own_rows_in_sight(patch: Patch) -> None:
    patch(Snapshot, "before", lambda self, _rows: self)
    patch(Snapshot, "without", lambda self, _rows: self)


def remembered_row_numbers(patch: Patch) -> None:
    changes = Projector.changes
    seen: dict[tuple[int, object], int] = {}

    def remembering(self: Projector, tables: Any) -> list[Any]:
        for row in tables.codes:
            seen.setdefault((id(self), (codes.fold(row.code), row.subscriber_id)), row.row)
        found = changes(self, tables)
        return [replace(each, row=seen.get((id(self), each.name[:2]), each.row)) for each in found]

    patch(Projector, "changes", remembering)


def projection_in_the_claims_batch(patch: Patch) -> None:
    append = instances.Port.append

    def marking(self: Any, reading: Any, stamp: guard.Stamp, rows: Sequence[Any], key: str, timeout: float) -> None:
        marks = []
        for row in rows:
            if row.values.get("event") == "redeemed":
                places = enumerate(reading.columns["codes"]["code"])
                values = {"status": "used", "used_on": row.values["time"], "usage_channel": row.values["usage_channel"]}
                wanted = codes.fold(row.values["code"])
                cells_ = positions(reading.layout, "codes", values)
                marks += [(place, cells_) for place, code in places if codes.fold(str(code)) == wanted]
        self.google.marks[stamp.number] = marks
        append(self, reading, stamp, rows, key, timeout)

    land = Google.land

    def landing(self: Google, batch: Batch, *, checked: bool) -> None:
        land(self, batch, checked=checked)
        self.patch(self.marks.pop(batch.stamp.number, ()))

    patch(instances.Port, "append", marking)
    patch(Google, "land", landing)


def row_and_stamp_in_two_calls(patch: Patch) -> None:
    append = instances.Port.append

    def twice(self: Any, reading: Any, stamp: guard.Stamp, rows: Sequence[Any], key: str, timeout: float) -> None:
        append(self, reading, stamp, (), key, timeout)
        batch = Batch.of(reading, stamp, rows, key)
        self._write(lambda: self.google.land(batch, checked=True), self._fault([], instances.WRITE_FAULTS), timeout)

    patch(instances.Port, "append", twice)
    no_second_look(patch)


def blind_resend(patch: Patch) -> None:
    """After an unknown outcome the call begins anew, as if nothing had been sent."""
    advance = deciding._advance

    def anew(played: Round, snapshot: Snapshot, view: Snapshot, turn: Turn, rules: Any) -> Snapshot:
        if turn.claim is not None and turn.fate is Fate.UNKNOWN:
            turn.claim, turn.fate, turn.token = None, Fate.UNSENT, rules.token()
        return advance(played, snapshot, view, turn, rules)

    written = Snapshot.shows
    patch(deciding, "_advance", anew)
    patch(deciding, "_shows", lambda snapshot, claim: all(written(snapshot, row) for row in claim.rows))
    unsend = committer.Committer._write

    def forgetful(self: Any, leader: Turn, reading: Any, snapshot: Snapshot, played: Round) -> None:
        unsend(self, leader, reading, snapshot, played)
        for turn in played.sending:
            if turn.fate is Fate.UNKNOWN:
                turn.claim, turn.fate, turn.token = None, Fate.UNSENT, self._world.token()

    patch(committer.Committer, "_write", forgetful)


def no_while_unknown(patch: Patch) -> None:
    """A claim whose outcome is unknown is given up without a withdrawal."""
    give_up = Turn.give_up

    def forgetting(self: Turn, *, tied: bool) -> None:
        give_up(self, tied=tied)
        if not tied:
            self.giving_up = ()

    patch(Turn, "give_up", forgetting)


def repeat_withdraws_the_winner(patch: Patch) -> None:
    """A repeat that finds its request's claim contested withdraws it, whoever wrote it."""
    advance = deciding._advance

    def withdrawing(played: Round, snapshot: Snapshot, view: Snapshot, turn: Turn, rules: Any) -> Snapshot:
        if turn.claim is None and not turn.tied and rules.decide(view, turn) == Unsettled("contested"):
            claims = snapshot.redemptions_of_request(getattr(turn.call, "request_id", ""))
            turn.giving_up = tuple(row for row in claims if not snapshot.is_dead(row))
            turn.tied = bool(turn.giving_up)
        return advance(played, snapshot, view, turn, rules)

    patch(deciding, "_advance", withdrawing)


def answer_after_withdrawal(patch: Patch) -> None:
    """A claim whose withdrawal was sent is looked at again, and believed if its rival is gone."""

    def verify(played: Round, view: Snapshot, turn: Turn, rules: Any) -> Snapshot:
        claim = turn.claim
        assert claim is not None
        if any(view.is_dead(row) for row in claim.rows):
            turn.claim, turn.fate, turn.token = None, Fate.UNSENT, rules.token()
            return view
        decision = claim if deciding._is_rollback(claim) else rules.decide(view.without(claim.rows), turn)
        if deciding.is_same(claim, decision):
            turn.giving_up = ()
            played.standing.append((turn, Claim(decision.outcome, claim.rows)))
        else:
            turn.giving_up = claim.rows
            deciding._send(played, turn, played.withdrawing)
        return view

    patch(deciding, "_verify", verify)
    patch(deciding, "_note_withdrawals", lambda _snapshot, _turn, _rules: None)


def adopt_unconfirmed(patch: Patch) -> None:
    patch(standing, "is_confirmed", lambda _snapshot, _claim, _rows: True)


def redeemed_minus_rolled_back(patch: Patch) -> None:
    def by_count(self: Snapshot, folded: str, subscriber: str = "", *, dead: bool = False) -> list[Redemption]:
        stored = [row for row in self.tables.redemptions.find("code", folded) if subscriber in {"", row.subscriber_id}]
        added = [row for row in self.added if codes.fold(row.code) == folded]
        added = [row for row in added if subscriber in {"", row.subscriber_id}]
        claims = self._claims(stored, added, dead=True)
        if dead:
            return claims
        undone = sum(row.event is Event.ROLLED_BACK for row in stored)
        left = [
            row for row in claims if row.claim not in {each.claim for each in stored if each.event is Event.WITHDRAWN}
        ]
        return sorted(left, key=lambda row: row.time or 0)[undone:]

    patch(Snapshot, "redemptions_of_code", by_count)


def rollback_of_anybody(patch: Patch) -> None:
    def newest(snapshot: Snapshot, found: Any, _call: object) -> list[Redemption]:
        live = snapshot.redemptions_of_code(found.folded)
        return sorted(live, key=lambda row: row.time or 0)[-1:]

    patch(redeeming, "_all_claims", newest)


def serial_counts_rows(patch: Patch) -> None:
    next_code = issuing._next_code

    def counting(snapshot: Snapshot, campaign: Any, subscriber_id: str, code_key: bytes) -> str | None:
        if campaign.source.value != "generated":
            return next_code(snapshot, campaign, subscriber_id, code_key)
        serial = len(snapshot.rows_of_subscriber(subscriber_id, campaign.name))
        return codes.derive(
            code_key, campaign.name, subscriber_id, serial, prefix=campaign.prefix, length=campaign.length
        )

    patch(issuing, "_next_code", counting)


def cached_snapshot(patch: Patch) -> None:
    """A read serves later calls too, for two seconds, unless something was sent."""
    read = committer.Committer._read

    def cached(self: Any, leader: Turn) -> Any:
        now = self._world.monotonic()
        kept = getattr(self, "kept", None)
        if kept and now - kept[0] < 2.0 and all(turn.claim is None and not turn.looked for turn in self._open):
            for turn in self._open:
                turn.looked = True
            return kept[1]
        for turn in self._open:
            turn.looked = True
        seen = read(self, leader)
        self.kept = (now, seen) if seen else None
        return seen

    patch(committer.Committer, "_read", cached)
    Turn.looked = False  # type: ignore[attr-defined]


def append_cells(patch: Patch) -> None:
    """Rows are put where a snapshot says that the tab ends, over what may stand there by now."""

    def overwriting(self: Google, batch: Batch, *, checked: bool) -> None:
        if not checked and self.is_taken(batch.stamp):
            raise StampTaken("already exists")
        self.stamps[batch.stamp.metadata_id] = batch.stamp.key
        self.number, self.key = batch.stamp.number, batch.key
        for tab, place, cells_ in batch.rows:
            for index, cell in cells_:
                self.tabs[tab].put(place, index, cell)
        self.change()

    patch(Google, "land", overwriting)


def stamps_pruned_to_four(patch: Patch) -> None:
    land = Google.land

    def pruning(self: Google, batch: Batch, *, checked: bool) -> None:
        land(self, batch, checked=checked)
        self.stamps = dict(sorted(self.stamps.items())[-4:])

    patch(Google, "land", pruning)


def window_for_tills(patch: Patch) -> None:
    def own(snapshot: Snapshot, found: Any, call: Any, now: int) -> tuple[Redemption, ...]:
        if call.request_id:
            return tuple(row for row in found.all_claims if row.request_id == call.request_id)
        near = (row for row in found.claims if row.channel == call.channel and row.time is not None)
        return tuple(row for row in near if abs(standing.age_of(snapshot, row.time, now)) <= standing.WINDOW_MS)

    patch(redeeming, "_own_claims", own)


def unlimited_retries(patch: Patch) -> None:
    patch(committer, "ATTEMPTS", 10**9)


def exact_write_folded_lookup(patch: Patch) -> None:
    """A claim is written as it was typed, and looked up as it is spelt."""
    table = cells._redemptions_of

    def exact(reading: Any) -> Any:
        found = table(reading)
        found._keyed["code"] = Keyed(reading.columns["redemptions"]["code"], keys.texts)
        return found

    redeem = redeeming.redeem

    def as_typed(snapshot: Snapshot, call: Any, now: int, claim: str) -> Any:
        decision = redeem(snapshot, call, now, claim)
        if isinstance(decision, Claim):
            rows = tuple(replace(row, code=call.code) for row in decision.rows if isinstance(row, Redemption))
            return Claim(decision.outcome, rows)
        return decision

    patch(cells, "_redemptions_of", exact)
    patch(redeeming, "redeem", as_typed)


def use_undoes_the_row(patch: Patch) -> None:
    """What was redeemed, or whose campaign was stopped, before its writer looked again is decided as if it were new."""
    patch(Snapshot, "left_out", lambda _self, _subscriber_id: [])


_STORM = {"faults": 0.2, "kills": False}
_CALM = {"faults": 0.0, "staff_pace_s": 1e9}
#: Nobody else's batch takes the stamp of one that is late.
_ALONE = {
    "directed": ("late", "redeem", "claim"),
    "operations": 30,
    "callers": 1,
    "processes": 1,
    "pause_s": 6.0,
    "faults": 0.02,
    "kills": False,
    "staff_kinds": ("void",),
    "staff_pace_s": 8.0,
    "campaigns": ("gen", "two", "multi"),
}
_RIVALS = {
    "directed": ("429", "redeem", "projection"),
    "processes": 3,
    "callers": 9,
    "operations": 90,
    "share_issue": 0.05,
    "campaigns": ("gen",),
    "kills": False,
    "pause_s": 0.2,
    "staff_pace_s": 1e9,
}
#: One process tells and redeems what another has just written.
_RELAY = {
    "directed": ("slow", "issue", "second look"),
    "operations": 80,
    "callers": 9,
    "pause_s": 0.05,
    "subscribers": 12,
    "share_issue": 0.6,
    "passed_on": True,
    "campaigns": ("gen", "two"),
    "kills": False,
    "staff_pace_s": 1e9,
}
_DELETING = {"faults": 0.0, "staff_kinds": ("delete code",), "staff_pace_s": 4.0, "campaigns": ("multi",)}
BUGS = (
    Bug("no stamp and no second look", ("serial", "late"), neither, _CALM),
    Bug("no second look", ("snapshot",), no_second_look, _CALM),
    Bug("no stamp, the second look off too", ("late",), neither, _STORM),
    Bug("the second decision taken with one's own rows", ("serial",), own_rows_in_sight, _CALM),
    Bug(
        "status by remembered row number",
        ("serial",),
        remembered_row_numbers,
        {"staff_pace_s": 1.0, "staff_telling": 0.0},
    ),
    Bug("projection in the claim's batch", ("snapshot", "late"), projection_in_the_claims_batch, {"staff_pace_s": 1.0}),
    Bug("row and stamp in two calls, the second look off too", ("serial",), row_and_stamp_in_two_calls, {}),
    Bug("a blind re-send with a new claim", ("snapshot", "serial"), blind_resend, _STORM),
    Bug("a definite no while the own write is unknown", ("late",), no_while_unknown, _ALONE),
    Bug("a repeat withdraws the winner", ("snapshot",), repeat_withdraws_the_winner, _RIVALS),
    Bug("an answer from a claim whose withdrawal was sent", ("snapshot+late",), answer_after_withdrawal, _STORM),
    Bug("a repeat adopts an unconfirmed claim", ("snapshot",), adopt_unconfirmed, {}),
    Bug("redeemed minus rolled back", ("snapshot",), redeemed_minus_rolled_back, {}),
    Bug("a rollback that undoes the newest redemption of anybody", ("serial",), rollback_of_anybody, _CALM),
    Bug("serial = number of rows", ("serial",), serial_counts_rows, _DELETING),
    Bug("a cached snapshot reused", ("serial",), cached_snapshot, _CALM),
    Bug("appendCells: positions chosen on a snapshot", ("snapshot",), append_cells, _CALM),
    Bug("stamps pruned to 4", ("late",), stamps_pruned_to_four, _STORM),
    Bug("the 60 s window for tills", ("serial",), window_for_tills, _CALM),
    Bug("unlimited retries", ("serial",), unlimited_retries, {"faults": 0.7, "kills": False, "processes": 1}),
    Bug("case-folded lookup with exact write", ("serial",), exact_write_folded_lookup, _CALM),
    Bug("a use undoes the row it rests on", ("serial", "late"), use_undoes_the_row, _RELAY),
    Bug(
        "a stopped campaign undoes a row",
        ("serial",),
        use_undoes_the_row,
        _RELAY | {"staff_kinds": ("campaign",), "staff_pace_s": 0.3, "staff_telling": 1.0, "share_issue": 1.0},
    ),
)
