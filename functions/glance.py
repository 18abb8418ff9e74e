"""What was last seen of the sheet by those who guess too much: they are refused by it for a few seconds. No I/O.

A limited call (`guessing`) has to be decided on the sheet, and a bot that is made to guess all day would take reads
away from everybody. So a read that served a limited call is kept, and further calls of the same subscribers that it
refuses cost no read of their own. A call that it does not refuse, the holder's, is decided on a read of its own as any
other. Who is given a code meanwhile is looked at afresh, at once if this process gives it, else after those seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions import chatting, redeeming
from functions.guessing import GUESSES
from functions.promo import RollbackCall, TodayCall, TypedCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.promo import Call, Outcome
    from functions.snapshot import Snapshot

KEPT_S = 5.0


class Glance:
    """One snapshot, and the subscribers whose guesses it may refuse. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._kept: tuple[float, frozenset[str], Snapshot] | None = None

    def keep(self, snapshot: Snapshot, calls: Sequence[Call], now: float) -> None:
        """Keep what these calls are decided on, if one of them is limited; let go of what is too old."""
        limited = frozenset(each.subscriber_id for each in calls if isinstance(each, GUESSES) and each.limited)
        if limited:
            self._kept = (now, limited, snapshot)
        elif self._kept is not None:
            at, subscribers, kept = self._kept
            left = subscribers - {
                each.subscriber_id for each in calls if not isinstance(each, RollbackCall | TodayCall)
            }
            self._kept = (at, left, kept) if left and now - at < KEPT_S else None

    def refusal(self, call: Call, now: float, instant: int) -> Outcome | None:
        """The answer to a limited call by what was seen; None if there is nothing new enough, or it does not refuse."""
        kept = self._kept  # one look at it: another thread may put another one there
        if kept is None or not isinstance(call, GUESSES):
            return None
        at, subscribers, snapshot = kept
        if call.subscriber_id not in subscribers or now - at >= KEPT_S:
            return None
        if isinstance(call, TypedCall):
            return chatting.guessed(snapshot, call, instant)
        return redeeming.guessed(snapshot, call, instant)
