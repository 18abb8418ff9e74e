"""The number of the newest change, and waiting for the next: how a page learns that it must read again."""

from __future__ import annotations

import threading


class Changes:
    """Counts writes that were published; any number of threads may wait."""

    def __init__(self) -> None:
        """Begin at 0."""
        self._arrived = threading.Condition()
        self._number = 0
        self._closed = False

    @property
    def number(self) -> int:
        """The newest change."""
        return self._number

    def note(self) -> None:
        """Count a change and wake those who wait."""
        with self._arrived:
            self._number += 1
            self._arrived.notify_all()

    def close(self) -> None:
        """Wake those who wait, for good."""
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def after(self, number: int, timeout: float) -> int:
        """Number of the newest change: at once if it is not *number*, else when one comes or *timeout* s are over."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed or self._number != number, timeout)
            return self._number
