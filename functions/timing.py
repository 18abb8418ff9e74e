"""When a committer reads and writes: as soon as the budget allows, and together with others if it is short.

A read that may lead to a write ends when that write may go out, so that all who came before are in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.pacing import Pacing
from functions.promo import CheckCall, RedeemCall, RollbackCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from functions.deciding import Turn
    from functions.pacing import Pace
    from functions.promo import Call
    from functions.world import World

#: With less time than this left no write is begun: it could not be verified.
LAST_WRITE_S = 1.0
#: A projection is made from a read that is no older.
FRESH_S = 0.3
#: A write waits so long for its turn in the budget; with more to wait the reads go on without it.
_PATIENCE_S = 3.0
_BACKOFF_S = 0.5
#: Who lost twice in a row waits for up to so many reads.
_SCATTER = 2


class Timing:
    """The turns of one process in its budgets. Times in seconds."""

    def __init__(self, world: World, pacing: Pacing | None, deadline_s: float) -> None:
        self._world = world
        self._deadline_s = deadline_s
        pacing = pacing or Pacing()
        self.reads, self.writes = pacing.reads, pacing.writes
        #: The last read took so long.
        self.reading_s = 0.0
        self._lost = 0  # races in a row

    def until_read(self, turns: Sequence[Turn]) -> float:
        """How long the next read is to wait, for these calls."""
        now = self._world.monotonic()
        writers = [turn for turn in turns if not isinstance(turn.call, CheckCall)]
        count = 1 if any(turn.claim for turn in writers) else together(turn.call for turn in writers)
        turn = self.writes.wait_s(now, count) - self.reading_s if writers else 0.0
        return max(self.reads.wait_s(now, count), turn if turn <= self._patience(writers) else 0.0)

    def until_write(self) -> float:
        """How long the next write has to wait."""
        return self.writes.wait_s(self._world.monotonic())

    def is_worth_a_read(self, count: int) -> bool:
        """True if the next writes, so many, have to wait so long that a newer read can be had first."""
        now = self._world.monotonic()
        wait = self.writes.wait_s(now, count) - self.reading_s
        return 0 < wait <= _PATIENCE_S and self.reads.wait_s(now, count) <= wait + FRESH_S

    def has_read(self) -> bool:
        """True if the budget has room for a read that was not planned."""
        return self.reads.wait_s(self._world.monotonic()) <= 0

    def wait_to_write(self, turns: Sequence[Turn], count: int = 1) -> bool:
        """Wait until so many writes may go out; False, at once, if these calls cannot wait so long."""
        wait = self.writes.wait_s(self._world.monotonic(), count)
        if wait > self._patience(turns):
            return False
        if wait:
            self._world.sleep(wait)
        return True

    def keep_pair(self) -> None:
        """A claim went out: what shows it is to follow soon, and so is the read between them."""
        self.reads.keep()
        self.writes.keep()

    def answered(self, *, lost: bool) -> None:
        """A write was answered; one that *lost* its race is repeated at once; or soon after its turn, if it may not.

        From then on the turns of the two processes lie apart; else, equally fast, they would meet again each time.
        Where turns are not rationed, chance keeps them apart.
        """
        self.writes.failures = 0
        self._lost = self._lost + 1 if lost else 0
        if lost:
            now = self._world.monotonic()
            for pace in (self.reads, self.writes):
                wait = pace.wait_s(now)
                if wait and not pace.repeat(now):
                    pace.put_off(now + wait + _SCATTER * self.reading_s)
        if self._lost > 1:
            self._world.sleep(self._world.uniform(0, _SCATTER * self.reading_s))

    def back_off(self, pace: Pace) -> None:
        """Send no more of that kind for a while: full jitter, longer after each failure in a row."""
        longest = min(_BACKOFF_S * 2 ** (pace.failures + 1), self._deadline_s / 2)
        pace.hold(self._world.monotonic() + self._world.uniform(0, longest))

    def _patience(self, turns: Sequence[Turn]) -> float:
        """How long these calls can wait for a write."""
        now = self._world.monotonic()
        return max(min([_PATIENCE_S, *(turn.deadline - now - LAST_WRITE_S for turn in turns)]), 0.0)


def together(calls: Iterable[Call]) -> int:
    """How many reads, and how many writes, these calls make soon after each other: a claim is seen, and then shown."""
    return 2 if any(isinstance(call, RedeemCall | RollbackCall) for call in calls) else 1
