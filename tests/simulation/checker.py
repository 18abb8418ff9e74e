"""Judge a history: what the promises S1 to S9 say of it, and of the sheet in the end. Exact; knows no protocol.

A subscriber's code is a register that is written once; a code is a latch with its winners (`latch`). A call without a
definite answer (busy, a dead process) may have happened, or not, or happen later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from functions import codes
from functions.promo import (
    Campaign,
    CheckCall,
    IssueCall,
    PromoCode,
    RedeemCall,
    Redemption,
    RollbackCall,
    Source,
    Status,
)
from functions.snapshot import Snapshot
from functions.tables import pair
from history import History, Op
from latch import Item, State, explains

UNKNOWN = frozenset({"", "busy", "sheet_broken"})
_SPENT = frozenset({"already_used", "void", "expired"})
_NO_CODE = frozenset({"campaign_limit_reached", "out_of_codes"})
_REFUSED = frozenset({"already_used", "subscriber_limit_reached"})
_REFUSED_BY = {"void": frozenset({"void"}), "used": _REFUSED}
_YES = frozenset({"redeemed", "rolled_back"})
#: Words that a latch explains.
_WORDS = frozenset({"redeemed", "rolled_back", "not_redeemed", "already_used", "void", "valid", "idempotency_mismatch"})


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, by which calls."""

    promise: str
    text: str
    ops: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.promise}: {self.text} (operations {', '.join(map(str, self.ops)) or 'none'})"


@dataclass
class Allowances:
    """What the README's table takes out of a promise for a model of Google, and nothing else.

    `ties`: rows over a limit whose callers were never told yes may remain (H20). `times`: redemptions whose projection
    was in flight when its process died (H5): a stray row of theirs may remain, and calls on it are told busy; `strays`
    are the rows themselves, by folded code and time. `words`: a process died before it could see where a word of
    staff's landed that it gave back.
    `old_news`: a read may miss the newest writes, so what rests on a read alone (a no, a check) is not judged.
    """

    ties: bool = False
    times: frozenset[int] = frozenset()
    strays: frozenset[tuple[str, int]] = frozenset()
    words: bool = False
    old_news: bool = False


def violations(history: History, allow: Allowances | None = None) -> list[Violation]:
    """Everything that is wrong with a history."""
    return list(_Judge(history, allow or Allowances()).all())


def request_of(call: RedeemCall | RollbackCall | Redemption) -> str:
    """What makes two redemptions one: the Request ID; without one the workload gives each a channel of its own."""
    subscriber = "" if isinstance(call, RollbackCall) else call.subscriber_id
    return call.request_id or f"@{call.channel}|{subscriber}|{call.reference}"


@dataclass
class _Judge:
    history: History
    allow: Allowances
    sheet: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        assert self.history.final is not None
        self.sheet = self.history.final

    def all(self) -> Iterator[Violation]:
        yield from self._registers()
        yield from self._owners()
        yield from self._limits()
        yield from self._latches()
        yield from self._cells()

    @cached_property
    def campaigns(self) -> dict[str, Campaign]:
        return {codes.fold_name(campaign.name): campaign for campaign in self.sheet.tables.campaigns}

    @cached_property
    def forgotten(self) -> frozenset[str]:
        """Codes that nothing is known of.

        A word on one of two rows of a code says nothing if that row was withdrawn, and which one it was is not known.
        """
        withdrawn = {code for code, _ in self.sheet.tables.withdrawn_pairs}
        edits = self.history.edits
        unsure = {edit.code for edit in edits if edit.kind in {"void", "used"} and edit.code in withdrawn}
        return frozenset(unsure | {edit.code for edit in edits if edit.kind == "forget"})

    @cached_property
    def typed(self) -> frozenset[tuple[str, str]]:
        """Words of staff's by code; of a code that is forgotten any word may be theirs."""
        kinds = {"void": ("void",), "used": ("used",), "forget": ("void", "used")}
        rows = Counter(codes.fold(row.code) for row in self.sheet.tables.codes)
        return frozenset(
            (edit.code, word)
            for edit in self.history.edits
            # Of two rows of one code each may have a word of its own, of which one counts.
            for word in kinds.get("forget" if rows[edit.code] > 1 and edit.kind in kinds else edit.kind, ())
        )

    @cached_property
    def edited(self) -> frozenset[str]:
        return frozenset(codes.fold_name(edit.campaign) for edit in self.history.edits if edit.kind == "campaign")

    @cached_property
    def issues(self) -> dict[tuple[str, str], list[Op]]:
        found: defaultdict[tuple[str, str], list[Op]] = defaultdict(list)
        for op in self.history.ops:
            if isinstance(op.call, IssueCall) and not op.call.dry_run:
                found[codes.fold_name(op.call.campaign), op.call.subscriber_id].append(op)
        return dict(found)

    @cached_property
    def told(self) -> dict[tuple[str, str], list[Op]]:
        """Issue calls that were told a code, by campaign and subscriber."""
        yes = ("issued", "already_issued")
        found = {key: [op for op in ops if op.word in yes] for key, ops in self.issues.items()}
        return {key: ops for key, ops in found.items() if ops}

    @cached_property
    def live(self) -> dict[tuple[str, str], list[PromoCode]]:
        rows: defaultdict[tuple[str, str], list[PromoCode]] = defaultdict(list)
        for row in self.sheet.tables.codes:
            if row.code and not self.sheet.is_dead(row):
                rows[pair(row)].append(row)
        return dict(rows)

    def _registers(self) -> Iterator[Violation]:
        """S1 and S4: one code per subscriber, campaign and serial, and it stays theirs."""
        for (name, subscriber), ops in self.issues.items():
            campaign = self.campaigns.get(name)
            told = self.told.get((name, subscriber), [])
            given = {codes.fold(op.code): op for op in told}
            if given.keys() & self.forgotten:
                continue
            if campaign and len(given) > campaign.codes_per_subscriber:
                yield Violation("S1", f"{subscriber} was told {len(given)} codes of {name}", _numbers(given.values()))
            for folded, op in given.items():
                if (folded, subscriber) not in self.live:
                    yield Violation("S4", f"{op.code} of {subscriber} is in no live row", (op.number,))
            yield from self._refused_after_yes(name, ops, told)
            yield from self._used_before(told)
            yield from self._live_though_refused(name, subscriber, ops)

    def _refused_after_yes(self, name: str, ops: list[Op], told: list[Op]) -> Iterator[Violation]:
        if not told or name in self.edited or self.allow.old_news:
            return
        first = min(told, key=lambda op: op.ended)
        for op in ops:
            lost = op.word in _NO_CODE and self.campaigns[name].codes_per_subscriber == 1
            if op.began > first.ended and lost:
                yield Violation("S4", f"{op.word} after a code was told", (first.number, op.number))

    def _used_before(self, told: list[Op]) -> Iterator[Violation]:
        """A code that is given out as new was never redeemed."""
        for op in told:
            if op.word == "issued":
                folded = codes.fold(op.code)
                uses = [each for each in self.redeemed.get(folded, ()) if each.ended < op.began]
                if uses and folded not in self.forgotten:
                    yield Violation("S1", f"{op.code} was issued, though it was redeemed before", _numbers([*uses, op]))

    @cached_property
    def redeemed(self) -> dict[str, list[Op]]:
        found: defaultdict[str, list[Op]] = defaultdict(list)
        for op in self.history.ops:
            if isinstance(op.call, RedeemCall) and op.word == "redeemed":
                found[codes.fold(op.call.code)].append(op)
        return {folded: ops for folded, ops in found.items() if not self._is_shared(folded)}

    def _is_shared(self, folded: str) -> bool:
        return any(
            each.source is Source.SHARED and codes.fold(each.shared_code) == folded for each in self.campaigns.values()
        )

    def _live_though_refused(self, name: str, subscriber: str, ops: list[Op]) -> Iterator[Violation]:
        if all(op.word in _NO_CODE for op in ops):
            mine = [row for (_, owner), rows in self.live.items() for row in rows if owner == subscriber]
            if any(
                codes.fold_name(row.campaign) == name and codes.fold(row.code) not in self.forgotten for row in mine
            ):
                yield Violation("S4", f"{subscriber} was refused, yet has a row of {name}", _numbers(ops))

    def _owners(self) -> Iterator[Violation]:
        """S2: no code belongs to two subscribers."""
        shared = {codes.fold(each.shared_code) for each in self.campaigns.values() if each.source is Source.SHARED}
        owners: defaultdict[str, dict[str, Op]] = defaultdict(dict)
        for (_, subscriber), ops in self.told.items():
            for op in ops:
                owners[codes.fold(op.code)].setdefault(subscriber, op)
        for folded, who in owners.items():
            if len(who) > 1 and folded not in shared | self.forgotten:
                yield Violation("S2", f"{folded} was told to {', '.join(sorted(who))}", _numbers(who.values()))
        if self.allow.ties:
            return
        holders: defaultdict[str, set[str]] = defaultdict(set)
        for folded, subscriber in self.live:
            holders[folded].add(subscriber)
        for folded, subscribers in holders.items():
            if len(subscribers) > 1 and folded not in shared | self.forgotten:
                yield Violation("S2", f"{folded} is in live rows of {', '.join(sorted(subscribers))}")

    def _limits(self) -> Iterator[Violation]:
        """S8: no more codes of a campaign than its total limit, of a shared code no more redemptions."""
        for name, campaign in self.campaigns.items():
            if campaign.total_limit is None:
                continue
            if campaign.source is Source.SHARED:
                claims = self.sheet.redemptions_of_code(codes.fold(campaign.shared_code))
                told = {request_of(op.call) for op in self._told_redeemed() if isinstance(op.call, RedeemCall)}
                count = len({request_of(row) for row in claims if not self.allow.ties or request_of(row) in told})
            else:
                rows = [row for rows in self.live.values() for row in rows if codes.fold_name(row.campaign) == name]
                told_codes = {codes.fold(op.code) for ops in self.told.values() for op in ops}
                rows = [row for row in rows if not self.allow.ties or codes.fold(row.code) in told_codes]
                count = len({codes.fold(row.code) for row in rows} - self.forgotten)
            if count > campaign.total_limit and codes.fold(campaign.shared_code) not in self.forgotten:
                yield Violation("S8", f"{count} of {name}, whose total limit is {campaign.total_limit}")

    def _told_redeemed(self) -> list[Op]:
        return [op for op in self.history.ops if op.word == "redeemed"]

    def _latches(self) -> Iterator[Violation]:
        """S3, S4, S5, S7, S9: each code is a latch."""
        on_code: defaultdict[str, list[Op]] = defaultdict(list)
        for op in self.history.ops:
            if not isinstance(op.call, IssueCall):
                on_code[codes.fold(op.call.code)].append(op)
        sources = {codes.fold(row.code): row for rows in self.live.values() for row in rows}
        for folded, ops in on_code.items():
            row = sources.get(folded)
            campaign = self.campaigns.get(codes.fold_name(row.campaign)) if row else None
            if campaign is None or folded in self.forgotten or codes.fold_name(campaign.name) in self.edited:
                continue
            claims = self.sheet.redemptions_of_code(folded, dead=True)
            if campaign.source is not Source.SHARED:
                yield from self._latch(folded, ops, claims, campaign.uses_per_code)
                continue
            for subscriber in {op.call.subscriber_id for op in ops if isinstance(op.call, RedeemCall)}:
                redeemed = [op for op in ops if isinstance(op.call, RedeemCall) and op.call.subscriber_id == subscriber]
                names = {request_of(op.call) for op in redeemed if isinstance(op.call, RedeemCall)}
                undone = [op for op in ops if isinstance(op.call, RollbackCall) and request_of(op.call) in names]
                mine = redeemed + undone
                mine = [op for op in mine if op.word != "already_used"]  # everybody's limit, not this one's
                of_mine = [claim for claim in claims if claim.subscriber_id == subscriber]
                yield from self._latch(folded, mine, of_mine, campaign.uses_per_code)

    def _latch(self, folded: str, ops: list[Op], claims: list[Redemption], uses: int) -> Iterator[Violation]:
        live = frozenset(request_of(claim) for claim in claims if not self.sheet.is_dead(claim))
        undone = frozenset(request_of(claim) for claim in claims if self.sheet.rolled_back(claim.claim))
        items = list(self._items(folded, ops, live, undone))
        yield from self._used_twice(folded, ops, claims)
        told = {item.request for item in items if item.does == "redeem" and item.told == "redeemed"}
        tied = self.allow.ties and len(live) > uses and len(live & told) <= uses

        def fits(state: State) -> bool:
            return state.holders <= live if tied else state.holders == live and undone <= state.undone

        if not explains(items, uses, fits):
            typed = [edit for edit in self.history.edits if edit.code == folded]
            events = [(op.began, op.ended, f"{op.number} {_name(op)} {op.word or 'unknown'}") for op in ops]
            events += [(edit.began, edit.ended, f"staff typed {edit.kind}") for edit in typed]
            words = ", ".join(f"{text} ({began:.2f} to {ended:.2f})" for began, ended, text in sorted(events))
            text = f"no order explains {folded} with {uses} use(s): {words}; live in the sheet: {sorted(live)}"
            yield Violation(_promise(items, live, uses), text, _numbers(ops))
        asked = {request_of(op.call) for op in ops if isinstance(op.call, RedeemCall)}
        unsure = {request_of(op.call) for op in ops if isinstance(op.call, RedeemCall) and op.word in UNKNOWN}
        for request in live & asked - told - unsure:
            yield Violation("S7", f"{request} was refused, yet its redemption of {folded} lives", _numbers(ops))

    def _used_twice(self, folded: str, ops: list[Op], claims: list[Redemption]) -> Iterator[Violation]:
        """One call uses a code once: what names no request is asked once for a code with several uses."""
        names = Counter(request_of(claim) for claim in claims if not claim.request_id and not self.sheet.is_dead(claim))
        for request, count in names.items():
            asked = [op for op in ops if isinstance(op.call, RedeemCall) and request_of(op.call) == request]
            if count > len(asked) > 0:
                yield Violation("S3", f"one call used {folded} {count} times", _numbers(asked))

    def _items(self, folded: str, ops: list[Op], live: frozenset[str], undone: frozenset[str]) -> Iterator[Item]:
        unsure = [op for op in ops if isinstance(op.call, RedeemCall) and op.word in UNKNOWN]
        told = {request_of(op.call) for op in ops if isinstance(op.call, RedeemCall) and op.word == "redeemed"}
        wanted: set[tuple[str, str]] = set()
        # A redemption that nobody heard of may have come before a word of staff, and be told after it.
        before_staff = told if any(edit.code == folded for edit in self.history.edits) else set()
        for op in ops:
            if self._is_misled(folded, op):
                continue
            does = _does(op)
            request = "" if isinstance(op.call, CheckCall) else request_of(op.call)  # type: ignore[arg-type]
            # Told that its request was rolled back, it may be this very redemption that was.
            if op.word in UNKNOWN or (does == "redeem" and op.word == "idempotency_mismatch" and request not in told):
                effective = (
                    request in undone if does == "rollback" else request in (live | undone) - told | before_staff
                )
                if does != "check" and effective and (does, request) not in wanted:
                    wanted.add((does, request))
                    ghosts = frozenset({request}) - told if does == "rollback" else frozenset()  # as below
                    yield Item(does, "", op.began, inf, request, ghosts, op.number)
            if op.word in UNKNOWN:
                continue
            word = "already_used" if op.word in _REFUSED else op.word
            if word == "rolled_back" and request in undone - told:
                # It undid a claim that its writer was about to withdraw: nobody was told of it, and never will be.
                yield Item(does, word, op.began, op.ended, request, frozenset({request}), op.number)
            elif word in (_YES if self.allow.old_news else _WORDS):
                ghosts = frozenset(
                    request_of(each.call) for each in unsure if each.began < op.ended and does != "rollback"
                )  # type: ignore[arg-type]
                yield Item(does, word, op.began, op.ended, request, ghosts, op.number)
        for edit in self.history.edits:
            if edit.code == folded and edit.kind in {"void", "used"}:
                yield Item("staff", edit.kind, edit.began, edit.ended)

    def _is_misled(self, folded: str, op: Op) -> bool:
        """True if a call was refused by a word of staff's that stood on this row instead of its own meanwhile (README)."""
        return any(
            edit.kind == "astray"
            and edit.code == folded
            and op.word in _REFUSED_BY[edit.word]
            and op.began <= edit.ended
            and edit.began <= op.ended
            for edit in self.history.edits
        )

    def _cells(self) -> Iterator[Violation]:
        """S6: what a row shows of a redemption is of its own code, and a word that it shows was typed there."""
        for row in self.sheet.tables.codes:
            folded = codes.fold(row.code)
            word = row.status.value if row.status is Status.VOID or row.used_on is None else ""
            if row.code and word in {"void", "used"} and (folded, word) not in self.typed and not self.allow.words:
                yield Violation("S6", f"{row.code} is shown as {word}, and nobody typed that")
            if not row.code or row.used_on is None or folded in self.forgotten or row.used_on in self.allow.times:
                continue
            if (folded, row.used_on) in self.allow.strays:
                continue
            claims = self.sheet.redemptions_of_code(folded, dead=True)
            of_code = [claim for claim in claims if claim.time == row.used_on]
            if not of_code:
                yield Violation("S6", f"Used on of {row.code} is no redemption of it: {row.status}, {row.used_on}")
            elif row.status is Status.USED and all(self.sheet.rolled_back(claim.claim) for claim in of_code):
                if self._rollback_unsure(folded) or any(edit.code == folded for edit in self.history.edits):
                    continue
                yield Violation("S6", f"{row.code} is shown as used, though that was rolled back")

    def _rollback_unsure(self, folded: str) -> bool:
        """True if a rollback's caller never heard: its mark may be missing until housekeeping."""
        ops = [
            op for op in self.history.ops if isinstance(op.call, RollbackCall) and codes.fold(op.call.code) == folded
        ]
        return any(op.word in UNKNOWN for op in ops) or bool(self.allow.times or self.allow.strays)


def _does(op: Op) -> str:
    if isinstance(op.call, CheckCall):
        return "check"
    return "redeem" if isinstance(op.call, RedeemCall) else "rollback"


def _name(op: Op) -> str:
    return f"{_does(op)} {getattr(op.call, 'request_id', '')}".strip()


def _numbers(ops: object) -> tuple[int, ...]:
    return tuple(sorted(op.number for op in ops))  # type: ignore[attr-defined]


def _promise(items: list[Item], live: frozenset[str], uses: int) -> str:
    """The likeliest promise, for the headline."""
    winners = {item.request for item in items if item.told == "redeemed"}
    undone = {item.request for item in items if item.told == "rolled_back"}
    if len(winners - undone) > uses or len(live) > uses:
        return "S3"
    if winners - undone - live:
        return "S4"
    return "S9" if undone else "S5"
