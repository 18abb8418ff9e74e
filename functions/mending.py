"""What the rows of Promo codes should show of Redemptions and do not, because who wrote it died before. Pure.

What a call writes is shown by the process that wrote it (`projection`), within a moment. So only what is older than a
minute is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions import codes, problem_uses, standing
from functions.promo import Claim, Event, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from functions.problem_cells import Cells
    from functions.promo import PromoCode, Redemption


def due(cells: Cells) -> list[Claim]:
    """Claims that are to be shown, for a Projector: uses first, then what was undone."""
    return [*_unshown(cells), *_still_shown(cells)]


def _unshown(cells: Cells) -> Iterator[Claim]:
    """The newest use of each code whose rows show none, or not that it was the last one."""
    for folded, claims in cells.claims.items():
        held = cells.held(folded)
        for limit, own, rows in problem_uses.groups(cells, folded, claims, held) if held else ():
            if rows and not _is_under_way(cells, own):
                last = cells.uses(own.values(), window=limit == 1) >= limit
                claim = _newest_unshown(cells, own, rows)
                if claim is not None and _is_silent(cells, rows, last=last):
                    yield Claim(Outcome("redeemed", uses_left=0 if last else 1), (claim,))


def _still_shown(cells: Cells) -> Iterator[Claim]:
    """Redemptions that were undone and that a row still shows."""
    for end in cells.tables.dead_rows:
        if end.claim and not cells.is_younger(end.time, problem_uses.FRESH_MS):
            found = cells.tables.redemptions.find("claim", end.claim)
            times = {row.time for row in found if row.event is Event.REDEEMED and row.time is not None}
            shown = cells.times("codes", "used_on")
            rows = [cells.tables.codes.row(each) for each in cells.held(codes.fold(end.code)) if shown[each] in times]
            if any(_names_dead(cells, row) for row in rows):
                yield Claim(Outcome("rolled_back"), (end,))


def _is_under_way(cells: Cells, claims: Mapping[int, Redemption]) -> bool:
    """True if somebody may be at it; and for what has no time to be shown."""
    return any(each.time is None or cells.is_younger(each.time, problem_uses.FRESH_MS) for each in claims.values())


def _is_silent(cells: Cells, rows: Sequence[int], *, last: bool) -> bool:
    """True if no row shows a use that stands; for the *last* use the word alone counts."""
    if problem_uses.is_silent(cells, rows):
        shown = cells.times("codes", "used_on")
        return last or all(shown[number] is None for number in rows)
    found = [cells.tables.codes.row(number) for number in rows]
    return all(row.status is Status.USED and _names_dead(cells, row) for row in found)


def _names_dead(cells: Cells, row: PromoCode) -> bool:
    return row.status is not Status.VOID and standing.names_dead(cells.snapshot, row)


def _newest_unshown(cells: Cells, claims: Mapping[int, Redemption], rows: Sequence[int]) -> Redemption | None:
    """The newest use of which no row has the time; None if all are there: who says `unused` beside it are staff."""
    shown = {cells.times("codes", "used_on")[number] for number in rows}
    left = [each for each in claims.values() if each.time not in shown]
    return max(left, key=lambda each: each.time or 0, default=None)
