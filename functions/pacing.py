"""Pacing: no more requests in any minute than the quota allows, spread so that nobody waits long. No I/O.

Google counts reads and writes apart, 60 a minute and user each (https://developers.google.com/workspace/sheets/api/limits).
The first third of a minute's budget goes out at once: a lone call never waits. After that requests keep the smallest
even distance at which the budget of no minute is ever exceeded, so that a flood is served steadily, with no long hole.
"""

from __future__ import annotations

import threading
from collections import deque

#: DESIGN.md section 6: a tenth below Google's own 60 a minute.
PER_MINUTE = 54
_MINUTE_S = 60.0
_AT_ONCE = 3


class Pace:
    """One kind of request. Times are seconds of a monotonic clock. Threads may share it."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self.budget = per_minute
        self._sent: deque[float] = deque()
        self._held_until = 0.0
        self._lock = threading.Lock()
        #: Failures in a row.
        self.failures = 0

    def note(self, now: float) -> None:
        """Count a request that goes out now."""
        with self._lock:
            self._sent.append(now)

    def hold(self, until: float) -> None:
        """Send none before that: Google said that it is too much, or did not answer."""
        self._held_until = max(self._held_until, until)
        self.failures += 1

    def wait_s(self, now: float) -> float:
        """Seconds until the next one may go out; 0 for at once."""
        with self._lock:
            return self._wait_s(now)

    def _wait_s(self, now: float) -> float:
        while self._sent and self._sent[0] <= now - _MINUTE_S:
            self._sent.popleft()
        held = max(0.0, self._held_until - now)
        sent = len(self._sent)
        if sent * _AT_ONCE < self.budget:
            return held
        # Before the place-th oldest leaves the minute, fewer than `free + place` more may be sent after the last one.
        free, last = self.budget - sent, self._sent[-1]
        leaves = ((place, each + _MINUTE_S - last) for place, each in enumerate(self._sent, 1))
        distance = max(seconds / (free + place) for place, seconds in leaves if free + place > 0)
        return max(held, last + distance - now)


class Pacing:
    """The two budgets of one process."""

    def __init__(self, reads_per_minute: int = PER_MINUTE, writes_per_minute: int = PER_MINUTE) -> None:
        self.reads = Pace(reads_per_minute)
        self.writes = Pace(writes_per_minute)
