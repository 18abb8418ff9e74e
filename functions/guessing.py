"""Guessing: who typed too many codes that are nobody's. In memory, bounded, for this process alone. No I/O.

A guess is a check, a redemption or a text typed to a bot that is told `not_found`. After 5 of a subscriber within 10
minutes, or 600 of a bot's key within a minute, a call is *limited*: decided as always, on the sheet, but only who holds
the code gets an answer, everybody else `too_many` and nothing is written (`redeeming`). It has to be decided on the
sheet, because staff may type any text as somebody's code at any moment: without a look nobody can say that it is not
the holder who calls. What it costs is bounded instead: `committer` looks once in a few seconds for a subscriber who is
limited.

A call counts as a guess from its beginning until it turns out to be none, so that a hundred guesses at once are not a
hundred answers. A till's key is never limited: people queue before it. It waits, longer with each guess too many.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions.promo import CheckCall, RedeemCall, Role, TypedCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.promo import Call, Outcome

#: Calls with which one can guess: a text that is typed to a bot may be a code.
GUESSES = CheckCall | RedeemCall | TypedCall
#: So many guesses in so many seconds: a subscriber's, those through a bot's key, those through any other key.
OF_SUBSCRIBER, SUBSCRIBER_S = 5, 600.0
OF_BOT, OF_TILL, KEY_S = 600, 30, 60.0
#: Subscribers that are remembered; the one who guessed longest ago is forgotten first.
REMEMBERED = 10_000
#: Seconds that a till waits for each guess too many, and at most.
_STEP_S, _LONGEST_S = 0.2, 4.0


@dataclass(frozen=True)
class Guess:
    """A call that may turn out to be a guess, as it is to be decided; `counted` until then, after a pause.

    *at* are seconds of a monotonic clock.
    """

    call: Call
    at: float
    counted: bool = False
    pause_s: float = 0.0


class Guessing:
    """Counts guesses; safe to use from many threads. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: OrderedDict[str, deque[float]] = OrderedDict()
        self._keys: dict[str, deque[float]] = {}

    def __len__(self) -> int:
        """How many subscribers are remembered."""
        return len(self._subscribers)

    def begin(self, call: Call, now: float) -> Guess:
        """Count a call as a guess, unless its subscriber or key has had too many."""
        if not isinstance(call, GUESSES):
            return Guess(call, now)
        with self._lock:
            by_key = self._keys.setdefault(call.caller.name, deque(maxlen=OF_BOT))
            _forget(by_key, now - KEY_S)
            if call.caller.role is not Role.BOT:
                by_key.append(now)
                pause_s = max(len(by_key) - OF_TILL, 0) * _STEP_S
                return Guess(call, now, counted=True, pause_s=min(pause_s, _LONGEST_S))
            by_subscriber = self._subscribers.get(call.subscriber_id, deque())
            _forget(by_subscriber, now - SUBSCRIBER_S)
            if len(by_key) >= OF_BOT or len(by_subscriber) >= OF_SUBSCRIBER:
                return Guess(replace(call, limited=True), now)
            by_key.append(now)
            if call.subscriber_id:
                by_subscriber.append(now)
                self._subscribers[call.subscriber_id] = by_subscriber
                self._subscribers.move_to_end(call.subscriber_id)
                if len(self._subscribers) > REMEMBERED:
                    self._subscribers.popitem(last=False)
            return Guess(call, now, counted=True)

    def end(self, guess: Guess, outcome: Outcome) -> None:
        """Say what became of the call: what was no guess is counted no longer."""
        call = guess.call
        if outcome.word == "not_found" or not guess.counted or not isinstance(call, GUESSES):
            return
        with self._lock:
            _take_back(self._keys, call.caller.name, guess.at)
            if call.caller.role is Role.BOT:
                _take_back(self._subscribers, call.subscriber_id, guess.at)
                if not self._subscribers.get(call.subscriber_id, True):
                    del self._subscribers[call.subscriber_id]


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()


def _take_back(counts: Mapping[str, deque[float]], name: str, at: float) -> None:
    times = counts.get(name, ())
    if at in times:
        counts[name].remove(at)
