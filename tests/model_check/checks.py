"""What must be true: of every state, of an answer in the moment that it is given, and once all is quiet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from functions import codes
from functions.promo import Call, IssueCall, RedeemCall, RollbackCall
from model import Content
from process import Told

_ISSUED = {"issued", "already_issued"}


@dataclass
class Checks:
    """The promises of DESIGN.md section 4 for the calls of one scenario, by label."""

    calls: dict[str, Call]
    uses: int = 1
    limit: int | None = None
    shared: bool = False
    _known: dict[object, list[str]] = field(default_factory=dict)

    def of_state(self, content: Content, told: frozenset[Told]) -> list[str]:
        key = (id(content), told)
        if key not in self._known:
            self._known[key] = [*self._redeemed(content, told), *self._issued(content, told)]
        return self._known[key]

    def of_answer(self, content: Content, told: Told) -> list[str]:
        """A refusal that the caller's own claim caused, by the read that it rests on."""
        call = self.calls[told.label]
        if not isinstance(call, RedeemCall) or told.word != "already_used":
            return []
        own, others = self._claims(content, call)
        return [f"{told.label} is told already_used because of itself"] if own and len(others) < self.uses else []

    def of_quiet(self, content: Content, told: frozenset[Told], crashed: Iterable[str]) -> list[str]:
        """Nothing is in flight and every call is answered, but those of processes that died."""
        return [*self._undone(content, told), *self._told_no(content, told, set(crashed))]

    def _redeemed(self, content: Content, told: frozenset[Told]) -> list[str]:
        found = []
        holders: dict[str, set[str]] = {}
        for each in told:
            call = self.calls[each.label]
            if not isinstance(call, RedeemCall) or each.word != "redeemed":
                continue
            if content.is_rolled_back(call.request_id):
                continue
            holders.setdefault(codes.fold(call.code), set()).add(call.request_id)
            if not self._claims(content, call)[0]:
                found.append(f"{each.label} was told redeemed and its claim is dead or gone")
        found += [
            f"{len(requests)} requests were told redeemed: {', '.join(sorted(requests))}"
            for requests in holders.values()
            if len(requests) > self.uses
        ]
        return found

    def _issued(self, content: Content, told: frozenset[Told]) -> list[str]:
        found = []
        holders: dict[str, set[str]] = {}
        for each in told:
            call = self.calls[each.label]
            if not isinstance(call, IssueCall) or each.word not in _ISSUED:
                continue
            holders.setdefault(codes.fold(each.code), set()).add(call.subscriber_id)
            live = {(codes.fold(row.code), row.subscriber_id) for row in content.live_codes()}
            if (codes.fold(each.code), call.subscriber_id) not in live:
                found.append(f"{each.label} was told {each.word} and has no live row of that code")
        if self.shared:
            return found
        found += [f"one code was told to {' and '.join(sorted(who))}" for who in holders.values() if len(who) > 1]
        if self.limit is not None and len(holders) > self.limit:
            found.append(f"{len(holders)} codes were told, the limit is {self.limit}")
        return found

    def _undone(self, content: Content, told: frozenset[Told]) -> list[str]:
        found = []
        for each in told:
            call = self.calls[each.label]
            if isinstance(call, RollbackCall) and each.word == "rolled_back":
                live = [row for row in content.live_claims() if row.request_id == call.request_id]
                if live:
                    found.append(f"{each.label} was told rolled_back and a claim of that request lives")
        return found

    def _told_no(self, content: Content, told: frozenset[Told], crashed: set[str]) -> list[str]:
        """A definite no to a caller whose claim lives, and nobody was told yes for it."""
        found = []
        yes = {self._request(each) for each in told if each.word in {"redeemed", *_ISSUED}}
        open_still = {"busy"} & {each.word for each in told}
        for each in told:
            call = self.calls[each.label]
            if self._request(each) in yes or each.word == "busy" or crashed or open_still:
                continue
            if isinstance(call, RedeemCall) and self._claims(content, call)[0]:
                found.append(f"{each.label} was told {each.word} and its claim lives")
            if isinstance(call, IssueCall) and any(
                row.subscriber_id == call.subscriber_id for row in content.live_codes()
            ):
                found.append(f"{each.label} was told {each.word} and has a live row")
        return found

    def _request(self, told: Told) -> str:
        call = self.calls[told.label]
        return call.subscriber_id if isinstance(call, IssueCall) else call.request_id

    def _claims(self, content: Content, call: RedeemCall) -> tuple[set[str], set[str]]:
        """Live claims of this code: of this request, and the other requests that have some."""
        folded = codes.fold(call.code)
        live = [row for row in content.live_claims() if codes.fold(row.code) == folded]
        own = {row.claim for row in live if row.request_id == call.request_id}
        return own, {row.request_id for row in live if row.request_id != call.request_id}
