"""Which code a call is about: its rows, its claims, its campaign's rules, and what is told of it. Pure.

DESIGN.md section 3 has the rules of what a person types and of a shared code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import codes, standing, wall
from functions.promo import Campaign, CheckCall, Outcome, PromoCode, RedeemCall, Redemption, RollbackCall, Source

if TYPE_CHECKING:
    from functions.snapshot import Snapshot

#: Columns of Campaigns that redeeming depends on; no other bad cell there stops it.
_RULES = frozenset({"uses_per_code", "holder_only", "code_source"})


@dataclass(frozen=True)
class Found:
    """A code, its live rows that matter to the caller, its campaign's rules, and what cannot be read of them."""

    folded: str
    code: str
    rows: tuple[PromoCode, ...]
    campaign: Campaign
    claims: tuple[Redemption, ...]
    shared: bool
    by_subscriber: bool
    holder: bool
    problem: str = ""

    @property
    def limit(self) -> int | None:
        """How many uses there are for this caller; None if nothing limits them."""
        if self.shared and not self.by_subscriber:
            return self.campaign.total_limit
        return self.campaign.uses_per_code


AnyCall = CheckCall | RedeemCall | RollbackCall


def find(snapshot: Snapshot, call: AnyCall) -> Found | None:
    """The code that is in some row, of all that the caller may have meant; None if there is none."""
    for folded in codes.spellings(call.code):
        found = _find_folded(snapshot, call, folded) if folded else None
        if found is not None:
            return found
    return None


def _find_folded(snapshot: Snapshot, call: AnyCall, folded: str) -> Found | None:
    wanted = "" if isinstance(call, RollbackCall) else codes.fold_name(call.campaign)
    subscriber = "" if isinstance(call, RollbackCall) else call.subscriber_id
    sharing = [
        campaign
        for campaign in snapshot.campaigns(wanted)
        if campaign.source is Source.SHARED and campaign.shared_code and codes.fold(campaign.shared_code) == folded
    ]
    shared = bool(sharing)
    of_whom = subscriber if shared else ""
    rows = [] if shared and not subscriber else snapshot.rows_of_code(folded, of_whom)
    rows = [row for row in rows if not wanted or codes.fold_name(row.campaign) == wanted]
    if not rows and not sharing:
        return None
    mine = [row for row in rows if subscriber and row.subscriber_id == subscriber]
    named = snapshot.campaigns_of_code(folded) if shared else [row.campaign for row in rows]
    named = [name for name in named if not wanted or codes.fold_name(name) == wanted]
    campaign, problem = _rules(snapshot, [*named, *(each.name for each in sharing)])
    counted = tuple(mine) if shared else tuple(rows)
    if standing.is_unreadable(counted):
        problem = problem or "row"
    return Found(
        folded=folded,
        code=rows[0].code if rows else sharing[0].shared_code,
        rows=counted,
        campaign=campaign,
        claims=tuple(snapshot.redemptions_of_code(folded, of_whom)),
        shared=shared,
        by_subscriber=bool(subscriber),
        holder=bool(mine),
        problem=problem,
    )


def _rules(snapshot: Snapshot, campaign_names: list[str]) -> tuple[Campaign, str]:
    """The campaign that a code's rows name, and what is wrong with it ("" for nothing)."""
    named = {codes.fold_name(name): name for name in campaign_names}
    if len(named) != 1:
        return Campaign(name=""), "several campaigns"
    name = next(iter(named.values()))
    if not codes.fold_name(name):
        return Campaign(name=""), ""
    known = snapshot.campaigns(name)
    if len(known) != 1:
        return Campaign(name=name), "campaign twice" if known else "unknown campaign"
    return known[0], "campaign" if _RULES & set(known[0].bad) else ""


def expiry(found: Found) -> int | None:
    """Last valid second of the code; a shared code without a row of the caller's ends with its campaign."""
    return standing.last_expiry(found.rows) if found.rows else found.campaign.ends


def outcome(snapshot: Snapshot, found: Found, word: str, now: int, *, more: int = 0) -> Outcome:
    """An outcome with all that is known of the code; *more* uses than the snapshot counts are about to be written."""
    row = next((row for row in found.rows if row.name), found.rows[0] if found.rows else None)
    expires = expiry(found)
    used = next((row for row in found.rows if row.used_on is not None), None)
    uses = standing.Uses.of(snapshot, found.claims, found.rows, now).total + more
    return Outcome(
        word,
        code=found.code,
        campaign=found.campaign.name,
        discount=found.campaign.discount,
        issued=wall.aware(snapshot.zone, row.issued) if row else None,
        expires=wall.aware(snapshot.zone, expires, later=True),
        used_on=wall.aware(snapshot.zone, used.used_on) if used else None,
        channel=used.channel if used else "",
        days_left=wall.days_left(snapshot.zone, expires, now),
        name=row.name if row else "",
        uses=uses,
        uses_left=None if found.limit is None else max(0, found.limit - uses),
        language=snapshot.language,
    )


def rows_of_claim(snapshot: Snapshot, claim: Redemption) -> list[PromoCode]:
    """Rows of Promo codes that a redemption uses up: all of its code, of a shared code only the subscriber's."""
    folded = codes.fold(claim.code)
    sharing = {codes.fold(each.shared_code) for each in snapshot.campaigns() if each.source is Source.SHARED}
    if folded not in sharing:
        return snapshot.rows_of_code(folded)
    rows = snapshot.rows_of_code(folded, claim.subscriber_id)
    return [row for row in rows if row.subscriber_id == claim.subscriber_id]
