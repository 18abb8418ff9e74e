"""Google's quota: so many reads and so many writes a minute for a user, and for the project.

https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from functions.local.errors import quota_exceeded

if TYPE_CHECKING:
    from collections.abc import Callable

PER_USER, PER_PROJECT = 60, 300
MINUTE_S = 60.0


class Quota:
    """Counts the calls of the last minute. A refused call does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing used; *clock* gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[tuple[str | None, bool], deque[float]] = {}

    def take(self, user: str, *, write: bool) -> None:
        """Count a call of *user*. Raises ApiError 429 when the minute's calls of the user or of all are used up."""
        with self._lock:
            now = self._clock()
            own, everybody = self._since(now, user, write=write), self._since(now, None, write=write)
            if len(own) >= PER_USER:
                raise quota_exceeded(write=write, limit=PER_USER, per_user=True)
            if len(everybody) >= PER_PROJECT:
                raise quota_exceeded(write=write, limit=PER_PROJECT, per_user=False)
            own.append(now)
            everybody.append(now)

    def _since(self, now: float, user: str | None, *, write: bool) -> deque[float]:
        found = self._used.setdefault((user, write), deque())
        while found and found[0] <= now - MINUTE_S:
            found.popleft()
        return found
