"""The turns of a housekeeping run to ask the sheet: within the process's budget, and most of that is left to calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.failures import Throttled
from functions.pacing import Pace, Pacing

if TYPE_CHECKING:
    from functions.world import World

#: A run never asks for more than this part of a minute's budget.
_PART = 4
_SHORTEST_TIMEOUT_S, _LONGEST_TIMEOUT_S = 0.5, 30.0


class OutOfTime(Throttled):
    """There is no turn before the deadline: the rest is for the next run."""


class Turns:
    """What is left of one run. *deadline* is by the monotonic clock."""

    def __init__(self, world: World, pacing: Pacing, deadline: float) -> None:
        """Share the budget of a process."""
        self._world = world
        self._pacing = pacing
        self._own = Pacing(max(1, pacing.reads.budget // _PART), max(1, pacing.writes.budget // _PART))
        self._deadline = deadline

    def read(self, count: int = 1) -> None:
        """Wait until so many requests that read may be sent. Raises OutOfTime."""
        self._wait(self._pacing.reads, self._own.reads, count)

    def write(self) -> None:
        """Wait until a request that writes may be sent. Raises OutOfTime."""
        self._wait(self._pacing.writes, self._own.writes, 1)

    @property
    def left_s(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - self._world.monotonic()

    @property
    def timeout_s(self) -> float:
        """How long a request may take."""
        return min(max(self.left_s, _SHORTEST_TIMEOUT_S), _LONGEST_TIMEOUT_S)

    def _wait(self, shared: Pace, own: Pace, count: int) -> None:
        now = self._world.monotonic()
        seconds = max(shared.wait_s(now), own.wait_s(now))
        if now + seconds >= self._deadline:
            msg = "no turn is left before the deadline"
            raise OutOfTime(msg)
        if seconds:
            self._world.sleep(seconds)
        for _ in range(count):
            own.note(self._world.monotonic())
