"""Where Promo codes and Redemptions do not say the same. Pure; a part of `problems`.

What the functions write is on its way for a while: a redemption is shown on its code's row within a moment, and of
claims that race all but one are taken back. Such young ones are left out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes, standing
from functions.promo import Event, Source, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from functions.problem_cells import Cells
    from functions.promo import Campaign, Redemption
    from sheet_schema.faults import Fault

#: What was redeemed or undone within so many ms may be on its way to the code's row.
FRESH_MS = 60_000


def find(cells: Cells) -> Iterator[Fault]:
    """Faults of what is used, and of how often."""
    yield from _said_used(cells)
    yield from _stray(cells)
    for folded, claims in cells.claims.items():
        held = cells.held(folded)
        if held:
            yield from _redeemed(cells, folded, claims, held)
        elif folded not in cells.sharing and not _is_fresh(cells, claims):
            yield cells.fault("redeemed_unknown", "redemptions", "code", min(claims))


def over_limit(cells: Cells, campaign: Campaign, folded: str) -> int:
    """How often a shared code was redeemed, if that is more often than Total limit allows; else 0."""
    limit, once = campaign.total_limit, campaign.uses_per_code == 1
    claims = [
        each for each in cells.claims.get(folded, {}).values() if not cells.is_younger(each.time, standing.OLD_MS)
    ]
    if limit is None or len(claims) <= limit:
        return 0
    count = cells.uses(claims, window=once)
    return count if count > limit else 0


def _said_used(cells: Cells) -> Iterator[Fault]:
    """Rows that say used while Redemptions knows nothing, or only of a redemption that was undone.

    With a day in Used on, or a channel, staff have said what they know: it is their word. In a sheet that people had
    made by hand there were no Redemptions.
    """
    words, shown = cells.parsed("codes", "status"), cells.parsed("codes", "used_on")
    channels, ids = cells.texts("codes", "usage_channel"), cells.texts("codes", "subscriber_id")
    undone, adopted, issued = (
        _undone(cells),
        cells.reading.layout.tabs["codes"].adopted,
        cells.times("codes", "issue_date"),
    )
    for number, word in enumerate(words):
        if word != Status.USED.value or number in cells.withdrawn:
            continue
        folded, time = cells.folded[number], shown[number]
        claims = cells.claims.get(folded, {}).values()
        if time is None and not channels[number]:
            own = [each for each in claims if folded not in cells.sharing or each.subscriber_id == ids[number]]
            if not own and not (adopted and _is_of_hands(issued[number])):
                yield cells.fault("used_without_redemption", "codes", "status", number)
        elif isinstance(time, int) and (folded, time) in undone and not any(each.time == time for each in claims):
            yield cells.fault("undone_but_used", "codes", "status", number)


def _is_of_hands(issued: int | None) -> bool:
    """True for an Issue date that the functions did not write: theirs has milliseconds."""
    return issued is None or issued % 1000 == 0


def _undone(cells: Cells) -> set[tuple[str, int]]:
    """Code and time of redemptions that were taken back, and not only just now."""
    found: set[tuple[str, int]] = set()
    for end in cells.tables.dead_rows:
        if end.claim and not cells.is_younger(end.time, FRESH_MS):
            for row in cells.tables.redemptions.find("claim", end.claim):
                if row.event is Event.REDEEMED and row.time is not None:
                    found.add((codes.fold(row.code), row.time))
    return found


def _stray(cells: Cells) -> Iterator[Fault]:
    """Marks on rows that staff moved in the moment when they were written: another code's redemption."""
    words = cells.parsed("codes", "status")
    for number, time in enumerate(cells.times("codes", "used_on")):
        redeemed = cells.tables.codes_at(time) if time is not None else None
        if not redeemed or cells.folded[number] in redeemed or words[number] == Status.VOID.value:
            continue
        if number not in cells.withdrawn and not cells.is_younger(time, FRESH_MS):
            yield cells.fault("stray_mark", "codes", "used_on", number)


def _redeemed(cells: Cells, folded: str, claims: Mapping[int, Redemption], held: Sequence[int]) -> Iterator[Fault]:
    """A code whose uses are gone and whose row does not say so, and one that was used more often than it may be."""
    for limit, own, rows in groups(cells, folded, claims, held):
        shown = [claim for claim in own.values() if not cells.is_younger(claim.time, FRESH_MS)]
        if rows and len(shown) >= limit and cells.uses(shown, window=limit == 1) >= limit and is_silent(cells, rows):
            yield cells.fault("redeemed_but_unused", "codes", "status", rows[0])
        settled = {number: each for number, each in own.items() if not cells.is_younger(each.time, standing.OLD_MS)}
        if len(settled) > limit and cells.uses(settled.values(), window=limit == 1) > limit:
            named = cells.named("redemptions", "code", settled)
            yield cells.fault("used_too_often", "redemptions", "code", min(settled), cells=named, found=str(limit))


def groups(
    cells: Cells, folded: str, claims: Mapping[int, Redemption], held: Sequence[int]
) -> Iterator[tuple[int, Mapping[int, Redemption], Sequence[int]]]:
    """Uses per code, the claims that count together, and the rows that show them: of a shared code each subscriber's.

    Nothing if the campaign's rules cannot be told.
    """
    campaign = _campaign(cells, held)
    if campaign is None:
        return
    shared = campaign.source is Source.SHARED and folded in cells.sharing
    ids = cells.texts("codes", "subscriber_id")
    of: defaultdict[str, dict[int, Redemption]] = defaultdict(dict)
    for number, claim in claims.items():
        of[claim.subscriber_id if shared else ""][number] = claim
    for subscriber, own in of.items():
        if shared and not subscriber:
            continue  # a till that names nobody: Total limit alone counts
        yield campaign.uses_per_code, own, [number for number in held if not shared or ids[number] == subscriber]


def _campaign(cells: Cells, held: Sequence[int]) -> Campaign | None:
    """The campaign whose rules hold for a code, if there is one and they can be read."""
    names = {cells.names[number] for number in held} - {""}
    campaigns = cells.campaigns.get(names.pop(), ()) if len(names) == 1 else ()
    return campaigns[0] if len(campaigns) == 1 and "uses_per_code" not in campaigns[0].bad else None


def is_silent(cells: Cells, rows: Sequence[int]) -> bool:
    """True if every row of a code says unused. One that was written later need not be shown the use: one is enough."""
    words = cells.parsed("codes", "status")
    return all(words[number] in {None, Status.UNUSED.value} for number in rows)


def _is_fresh(cells: Cells, claims: Mapping[int, Redemption]) -> bool:
    return any(cells.is_younger(each.time, FRESH_MS) for each in claims.values())
