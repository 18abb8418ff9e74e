"""One code, seen as a latch with so many uses: is there an order of the calls on it that explains every answer?

Each call took effect at some instant between its beginning and its end; a call without a definite answer may take
effect at any later time, or never. The search is exact (Wing and Gong, 1993): it tries the orders that real time
allows and remembers where it has been. `brute_force` in the tests asks the same of every permutation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

Requests = frozenset[str]


class State(NamedTuple):
    """Who holds a use, whose redemption was rolled back, and what staff typed last."""

    holders: Requests = frozenset()
    undone: Requests = frozenset()
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A call or an edit: `does` is redeem, rollback, check or staff; `told` the word, "" for an unknown outcome.

    `ghosts` are requests of unknown outcome that may have held the code for a moment while this call looked.
    """

    does: str
    told: str
    began: float
    ended: float
    request: str = ""
    ghosts: Requests = frozenset()
    number: int = 0

    @property
    def must(self) -> bool:
        """True if it certainly took effect."""
        return self.told != ""


def after(item: Item, state: State, uses: int) -> State | None:
    """The state after an item that took effect here; None if it cannot have been told that here."""
    holders, undone, typed = state
    request, told = item.request, item.told
    if item.does == "staff":
        return state._replace(typed=told)
    if item.does == "rollback":
        if told == "not_redeemed":
            return state if request not in holders and request not in undone else None
        if request in undone:
            return state
        seen = request in holders or request in item.ghosts
        return State(holders - {request}, undone | {request}, typed) if seen else None
    if told == "void":
        return state if typed == "void" else None
    others = len(holders - {request})
    if told == "already_used":
        return state if typed == "used" or others + len(item.ghosts - holders - {request}) >= uses else None
    if told == "idempotency_mismatch":
        return state if request in undone else None
    # `used` typed beside a mark of ours is not told apart from it: Redemptions decides (DESIGN.md, Projection).
    free = others < uses and (not item.must or not typed or (typed == "used" and bool(undone | holders)))
    if item.does == "check":
        return state if free else None
    if request in holders:
        return state
    return State(holders | {request}, undone, typed) if free and request not in undone else None


def explains(
    items: Sequence[Item], uses: int, fits: Callable[[State], bool], step: Callable[..., State | None] = after
) -> bool:
    """True if some order in accord with real time gives every answer, and ends in a state that fits the sheet."""
    ordered = sorted(items, key=lambda item: item.began)
    musts = sum(1 << place for place, item in enumerate(ordered) if item.must)
    seen: set[tuple[int, State]] = set()
    stack: list[tuple[int, State]] = [(0, State())]
    while stack:
        done, state = stack.pop()
        if done & musts == musts and fits(state):
            return True
        horizon = min(
            (item.ended for place, item in enumerate(ordered) if item.must and not done >> place & 1), default=inf
        )
        for place in range(len(ordered) - 1, -1, -1):
            item = ordered[place]
            if done >> place & 1 or item.began > horizon:
                continue
            found = step(item, state, uses)
            if found is None:
                continue
            reached = (done | 1 << place, found)
            if reached not in seen:
                seen.add(reached)
                stack.append(reached)
    return False


def requests_of(items: Iterable[Item]) -> set[str]:
    """Every request that is named."""
    return {item.request for item in items if item.request}
