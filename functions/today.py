"""What was redeemed today, from a Snapshot: the list of the till page. Pure.

Today begins at midnight in the spreadsheet's own zone. A till sees what its own key redeemed, an admin everything. A
claim that was withdrawn was never answered from, so it is not there; one that was rolled back is, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes, finding, wall
from functions.listing import Listed, Listing
from functions.promo import Answer, CheckCall, Outcome, Redemption, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.promo import TodayCall
    from functions.snapshot import Snapshot

#: So many are told one by one, the newest; the others are only counted.
LONGEST = 500


def today(snapshot: Snapshot, call: TodayCall, now: int) -> Answer:
    """List what the caller redeemed on the day of *now*, an instant; the newest first, to the second (wall.named)."""
    begins = wall.from_instant(snapshot.zone, now) // wall.DAY_MS * wall.DAY_MS
    uses: defaultdict[tuple[str, ...], list[Redemption]] = defaultdict(list)
    for row in snapshot.redeemed_between(begins, begins + wall.DAY_MS):
        if call.caller.role is Role.ADMIN or row.by == call.caller.name:
            uses[_use(row)].append(row)
    chosen = [found for found in (_chosen(snapshot, rows) for rows in uses.values()) if found is not None]
    chosen.sort(key=lambda found: (found[0].time or 0, found[0].claim), reverse=True)
    listing = Listing(
        day=wall.day(begins),
        till=call.caller.name,
        count=sum(not undone for _, undone in chosen),
        rows=tuple(_listed(snapshot, call, row, now, undone=undone) for row, undone in chosen[:LONGEST]),
        left_out=max(len(chosen) - LONGEST, 0),
    )
    return Answer(Outcome("listed", language=snapshot.language, listing=listing))


def _use(row: Redemption) -> tuple[str, ...]:
    """What is one use: all claims on one code by one request, any other claim alone, a row that names none too."""
    if row.request_id:
        return ("request", codes.fold(row.code), row.request_id)
    return ("claim", row.claim or str(id(row)))


def _chosen(snapshot: Snapshot, rows: Sequence[Redemption]) -> tuple[Redemption, bool] | None:
    """The row that stands for a use, and whether the use was undone; None if nobody was ever told of it."""
    live = [row for row in rows if not snapshot.is_dead(row)]
    if live:
        return _first(live), False
    undone = [row for row in rows if _was_undone(snapshot, row)]
    return (_first(undone), True) if undone else None


def _was_undone(snapshot: Snapshot, row: Redemption) -> bool:
    return snapshot.rolled_back(row.claim) or snapshot.was_undone(codes.fold(row.code), row.request_id)


def _first(rows: Sequence[Redemption]) -> Redemption:
    return min(rows, key=lambda row: row.time or 0)


def _listed(snapshot: Snapshot, call: TodayCall, row: Redemption, now: int, *, undone: bool) -> Listed:
    """A redemption with what is known of its code now; of a code whose row is gone, what the redemption says."""
    found = finding.find(snapshot, CheckCall(call.caller, row.code, row.subscriber_id))
    outcome = finding.outcome(snapshot, found, "valid", now) if found else Outcome("not_found", code=row.code)
    return Listed(
        time=wall.aware(snapshot.zone, row.time),
        code=outcome.code,
        discount=outcome.discount,
        name=outcome.name,
        channel=row.channel,
        by=row.by,
        reference=row.reference,
        request_id=row.request_id,
        rolled_back=undone,
        uses=outcome.uses,
        uses_left=outcome.uses_left,
        expires=outcome.expires,
    )
