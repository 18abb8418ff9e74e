"""Pacing: no more requests in any minute than the quota allows, spread so that nobody waits long. No I/O.

Google counts reads and writes apart, 60 a minute and user each (https://developers.google.com/workspace/sheets/api/limits).
The first quarter of a minute's budget goes out at once: a lone call never waits. After that requests keep the smallest
even distance at which the budget of no minute is ever exceeded, so that a flood is served steadily, with no long hole.
Two that belong together, such as a claim and what shows it, go out as a pair, at twice that distance from the last.
"""

from __future__ import annotations

import threading
from collections import deque

#: DESIGN.md section 6: a tenth below Google's own 60 a minute.
PER_MINUTE = 54
_MINUTE_S = 60.0
_AT_ONCE = 4
#: For so many of the budget there is one more, for what has to be repeated: that tenth below Google's own limit.
_SPARE = 9


class Pace:
    """One kind of request. Times are seconds of a monotonic clock. Threads may share it."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self.budget = per_minute
        self._sent: deque[float] = deque()
        self._vain: deque[float] = deque()  # those that were repeated
        self._repeats = False
        self._last = 0.0  # the last one, or the first of a pair
        self._kept = 0
        self._held_until = 0.0
        self._lock = threading.Lock()
        #: Failures in a row.
        self.failures = 0

    def note(self, now: float) -> None:
        """Count a request that goes out now."""
        with self._lock:
            self._sent.append(now)
            self._repeats = False
            if self._kept:
                self._kept -= 1
            else:
                self._last = now

    def keep(self) -> None:
        """Another one is to follow the last one soon: it is counted now, and need not wait."""
        with self._lock:
            self._kept += 1

    def repeat(self, now: float) -> bool:
        """The last one was in vain: True if the next one may go at once, in its place.

        It is one of the minute's while plenty of them are left, then one of the few that are kept for this.
        """
        with self._lock:
            _leave(self._sent, now)
            _leave(self._vain, now)
            free = self.budget - len(self._sent) - self._kept
            if free * _AT_ONCE < self.budget:
                if not self._sent or (len(self._vain) + 1) * _SPARE > self.budget:
                    return False
                self._vain.append(self._sent.pop())
            self._repeats = True
            return True

    def put_off(self, until: float) -> None:
        """Send none before that."""
        self._held_until = max(self._held_until, until)

    def hold(self, until: float) -> None:
        """Send none before that: Google said that it is too much, or did not answer."""
        self.put_off(until)
        self.failures += 1

    def wait_s(self, now: float, together: int = 1) -> float:
        """Seconds until the next one may go out, or so many *together*; 0 for at once."""
        with self._lock:
            return self._wait_s(now, together)

    def _wait_s(self, now: float, together: int) -> float:
        _leave(self._sent, now)
        held = max(0.0, self._held_until - now)
        sent = len(self._sent) + self._kept
        if self._repeats or self._kept >= together or (sent + together - 1) * _AT_ONCE < self.budget:
            return held
        # Before the place-th oldest leaves the minute, fewer than `free + place` more may be sent after the last one.
        free = self.budget - sent
        leaves = ((place, each + _MINUTE_S - self._last) for place, each in enumerate(self._sent, 1))
        turns = ((seconds, -(-(free + place) // together)) for place, seconds in leaves)
        distance = max((seconds / turn for seconds, turn in turns if turn > 0), default=0.0)
        return max(held, self._last + distance - now)


def _leave(sent: deque[float], now: float) -> None:
    """Forget those that were sent more than a minute ago."""
    while sent and sent[0] <= now - _MINUTE_S:
        sent.popleft()


class Pacing:
    """The two budgets of one process."""

    def __init__(self, reads_per_minute: int = PER_MINUTE, writes_per_minute: int = PER_MINUTE) -> None:
        self.reads = Pace(reads_per_minute)
        self.writes = Pace(writes_per_minute)
