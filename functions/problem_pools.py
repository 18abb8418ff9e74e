"""Campaigns whose ready codes are about to run out. Pure; a part of `problems`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions import codes, problem_codes, wall
from functions.promo import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.problem_cells import Cells
    from functions.promo import Campaign
    from sheet_schema.faults import Fault

#: What was given out in so many days says how much is needed, and for so many days it should last.
_SEEN_DAYS, _LASTING_DAYS = 28, 21


def find(cells: Cells) -> Iterator[Fault]:
    """Campaigns that give ready codes, and have fewer left than they need; an empty pool never is enough."""
    for campaign in cells.tables.campaigns:
        if campaign.source is not Source.POOL or not _gives(cells, campaign):
            continue
        out = _given(cells, campaign)
        left = len(_ready(cells, campaign))
        recent = sum(1 for issued in out.values() if _is_recent(cells, issued))
        if campaign.total_limit is not None and left >= campaign.total_limit - len(out):
            continue  # enough for all that it will ever give
        if left * _SEEN_DAYS < _LASTING_DAYS * max(recent, 1):
            number, title = problem_codes.place_of(campaign), cells.reading.layout.tabs["pool"].title
            params = {"other": campaign.name, "count": str(left), "others": title}
            yield cells.fault("pool_low", "campaigns", "campaign", number, found=str(recent), **params)


def _gives(cells: Cells, campaign: Campaign) -> bool:
    """True if it gives codes, now or later."""
    alone = len(cells.campaigns[codes.fold_name(campaign.name)]) == 1
    return (
        alone and campaign.active and not campaign.bad and not wall.is_over(cells.tables.zone, campaign.ends, cells.now)
    )


def _given(cells: Cells, campaign: Campaign) -> dict[str, int | None]:
    """Folded codes of a campaign that are out -> when they were issued, wall ms."""
    places = cells.tables.codes.index("campaign").get(codes.fold_name(campaign.name), ())
    issued = cells.times("codes", "issue_date")
    found = {cells.folded[number]: issued[number] for number in places if number not in cells.withdrawn}
    found.pop("", None)
    return found


def _ready(cells: Cells, campaign: Campaign) -> set[str]:
    """Folded codes that wait in the pool and that nobody holds."""
    ready = cells.tables.pools.get(codes.fold_name(campaign.name), ())
    return {folded for folded in map(codes.fold, ready) if folded and not cells.held(folded)}


def _is_recent(cells: Cells, issued: int | None) -> bool:
    if issued is None:
        return False
    days = wall.from_instant(cells.tables.zone, cells.now) // wall.DAY_MS - issued // wall.DAY_MS
    return 0 <= days < _SEEN_DAYS
