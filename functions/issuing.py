"""Decide what a bot's call for a code gets, from a Snapshot. Pure.

The same subscriber, campaign and sheet give the same code on every instance: calls that race choose alike, and what
they write is one code (DESIGN.md section 4, Codes converge).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from functions import codes, delivery, standing, wall
from functions.delivery import Word
from functions.promo import (
    Answer,
    Campaign,
    Claim,
    Decision,
    IssueCall,
    Outcome,
    PromoCode,
    Redemption,
    Source,
    Status,
    Unsettled,
)

if TYPE_CHECKING:
    from functions.snapshot import Snapshot


#: What would be told without a fresh row, if that row is one too many: its writer withdraws it, unless it died.
_ONE_TOO_MANY = frozenset({"campaign_limit_reached", "out_of_codes"})
#: The same, where the subscriber has more codes than the campaign gives.
_SURPLUS = frozenset({"already_issued", "already_used", "void", "expired"})


def issue(snapshot: Snapshot, call: IssueCall, now: int, code_key: bytes, claim: str = "") -> Decision:
    """The subscriber's one live code in the campaign, a new one, or why there is none.

    *claim* is a random name, of which Issue date carries the milliseconds: they tell two rows of one code apart.
    """
    campaign = _campaign(snapshot, call, now)
    if isinstance(campaign, Outcome):
        return Answer(campaign.but(language=snapshot.language))
    held = _held(snapshot, call.subscriber_id, campaign)
    # Somebody else's row, or what becomes of an earlier code, can make the writer of a fresh row withdraw it.
    limited = campaign.source is Source.GENERATED and campaign.total_limit is not None
    contestable = campaign.source is Source.POOL or limited or len(held) > 1
    too_many = _ONE_TOO_MANY | (_SURPLUS if len(held) > campaign.codes_per_subscriber else frozenset())
    for rows in held.values():
        decision = _live(
            snapshot, call, now, code_key, claim, campaign, rows, contestable=contestable, too_many=too_many
        )
        if decision is not None:
            return decision
    if len(held) >= campaign.codes_per_subscriber:
        return Answer(_what_became_of(snapshot, campaign, held, now))
    refusal = _closed(snapshot, campaign, call.subscriber_id, now)
    if refusal:
        starts = wall.aware(snapshot.zone, campaign.starts)
        return Answer(_outcome(snapshot, campaign, refusal, None, now).but(starts=starts))
    code = _next_code(snapshot, campaign, call.subscriber_id, code_key)
    if code is None:
        return Answer(_outcome(snapshot, campaign, "out_of_codes", None, now))
    row = _new_row(snapshot, campaign, call, code, now, claim)
    outcome = _outcome(snapshot, campaign, "issued", row, now).but(delivery=row.delivery)
    return Answer(outcome) if call.dry_run else Claim(outcome, (row,))


def _campaign(snapshot: Snapshot, call: IssueCall, now: int) -> Campaign | Outcome:
    """The campaign that is meant, or the refusal. None named: the only one that issues now."""
    if not codes.fold_name(call.campaign):
        active = [each for each in snapshot.campaigns() if each.active or each.bad]
        issuing = [each for each in active if each.bad or not _closed_by_date(snapshot, each, now)]
        choice = issuing or active
        if len(choice) != 1:
            why = "several_campaigns" if choice else "no_active_campaign"
            return Outcome("invalid_request", field="campaign", why=why)
        named = choice
    else:
        named = snapshot.campaigns(call.campaign)
    if not named:
        return Outcome("campaign_not_found", campaign=call.campaign)
    if len(named) > 1 or named[0].bad:
        return Outcome("sheet_broken", campaign=named[0].name)
    return named[0]


def _held(snapshot: Snapshot, subscriber_id: str, campaign: Campaign) -> dict[str, list[PromoCode]]:
    """Distinct codes that the subscriber has had, folded, oldest first; two rows with one code are one."""
    held: dict[str, list[PromoCode]] = {}
    rows = snapshot.rows_of_subscriber(subscriber_id, campaign.name)
    for row in sorted(rows, key=lambda each: each.issued or 0):
        held.setdefault(codes.fold(row.code), []).append(row)
    return held


def _live(  # noqa: PLR0911, PLR0913, PLR0917 - all that a decision rests on
    snapshot: Snapshot,
    call: IssueCall,
    now: int,
    code_key: bytes,
    claim: str,
    campaign: Campaign,
    rows: list[PromoCode],
    *,
    contestable: bool,
    too_many: frozenset[str],
) -> Decision | None:
    """The answer if this code is the subscriber's live one; None if it is spent."""
    if standing.is_unreadable(rows):
        return Answer(_outcome(snapshot, campaign, "sheet_broken", rows[0], now))
    word = _state(snapshot, campaign, rows, now)
    if isinstance(word, Unsettled):
        return word
    if word != "live":
        return None
    yes = _outcome(snapshot, campaign, "already_issued", rows[0], now)
    age = max(standing.age_of(snapshot, row.issued, now) for row in rows)
    if standing.has_stood(snapshot, rows) or (age >= standing.OLD_MS and not _has_rival(snapshot, campaign, rows)):
        return Answer(yes)
    refusal = _without(snapshot, call, now, code_key, rows)
    rivalled = refusal in too_many or _has_rival(snapshot, campaign, rows) or _is_over_limit(snapshot, campaign)
    if rivalled or (refusal and age < standing.YOUNG_MS):
        return Unsettled("contested row", contested=True)
    if refusal or not contestable:
        return Answer(yes)
    # Its writer may be about to withdraw it: only a row of this call's own is sure (H3).
    issued = wall.named(wall.from_instant(snapshot.zone, now), claim)
    copy = replace(rows[0], issued=issued, status=Status.UNUSED, used_on=None, channel="", row=0)
    return Answer(yes) if call.dry_run else Claim(yes, (copy,))


def _without(snapshot: Snapshot, call: IssueCall, now: int, code_key: bytes, rows: list[PromoCode]) -> str:
    """Why a fresh row, which its writer may still withdraw, is not what would be issued without it; "" if it is."""
    again = issue(snapshot.without(rows), replace(call, dry_run=True), now, code_key)
    if isinstance(again, Unsettled):
        return "already_issued"
    same = codes.fold(again.outcome.code) == codes.fold(rows[0].code)
    return "" if again.outcome.ok and same else again.outcome.word


def _has_rival(snapshot: Snapshot, campaign: Campaign, rows: list[PromoCode]) -> bool:
    """True if another subscriber holds the same code: a tie that a crash left, for staff to settle."""
    if campaign.source is Source.SHARED:
        return False
    holders = {row.subscriber_id for row in snapshot.rows_of_code(codes.fold(rows[0].code))}
    return len(holders) > 1


def _is_over_limit(snapshot: Snapshot, campaign: Campaign) -> bool:
    """True if more codes stand than Total limit allows: one of them may be withdrawn yet."""
    limit = campaign.total_limit
    return limit is not None and campaign.source is not Source.SHARED and snapshot.count_issued(campaign.name) > limit


def _state(snapshot: Snapshot, campaign: Campaign, rows: list[PromoCode], now: int) -> str | Unsettled:
    """`live`, or the word for what became of the code: `void`, `already_used`, `expired`."""
    if standing.is_void(rows):
        return "void"
    if standing.is_stray(snapshot, rows):
        return Unsettled("stray")
    if standing.is_used_by_staff(snapshot, rows):
        return "already_used"
    claims = _claims(snapshot, campaign, rows[0])
    uses = standing.Uses.of(snapshot, claims, rows, now)
    if uses.total >= campaign.uses_per_code:
        return "already_used" if uses.firm >= campaign.uses_per_code else Unsettled("young claim")
    return "expired" if standing.is_expired(snapshot, rows, now) else "live"


def _claims(snapshot: Snapshot, campaign: Campaign, row: PromoCode) -> list[Redemption]:
    """Live redemptions of a code, of a shared one the subscriber's."""
    of_whom = row.subscriber_id if campaign.source is Source.SHARED else ""
    return snapshot.redemptions_of_code(codes.fold(row.code), of_whom)


def _what_became_of(snapshot: Snapshot, campaign: Campaign, held: dict[str, list[PromoCode]], now: int) -> Outcome:
    """The refusal when the limit is reached: the word for the last code."""
    rows = next(reversed(held.values()))
    word = _state(snapshot, campaign, rows, now)
    outcome = _outcome(snapshot, campaign, word if isinstance(word, str) else "busy", rows[0], now)
    claims = _claims(snapshot, campaign, rows[0]) if word == "already_used" else []
    last = max(claims, key=lambda row: row.time or 0, default=None)
    if last is None:
        return outcome
    return outcome.but(used_on=wall.aware(snapshot.zone, last.time), channel=last.channel)


def _closed_by_date(snapshot: Snapshot, campaign: Campaign, now: int) -> str:
    if not wall.has_begun(snapshot.zone, campaign.starts, now):
        return "campaign_not_started"
    return "campaign_ended" if wall.is_over(snapshot.zone, campaign.ends, now) else ""


def _closed(snapshot: Snapshot, campaign: Campaign, subscriber_id: str, now: int) -> str:
    """Why the campaign issues nothing now, "" if it does."""
    closed = _closed_by_date(snapshot, campaign, now) if campaign.active else "campaign_inactive"
    # A row that is written stands though staff stop the campaign now: others may have told it to its holder already.
    if closed and not snapshot.left_out(subscriber_id):
        return closed
    if campaign.total_limit is None:
        return ""
    if campaign.source is Source.SHARED:
        folded = codes.fold(campaign.shared_code)
        if (folded, subscriber_id) in snapshot.hidden_pairs:
            return ""  # the limit is of redemptions: it undoes no row that was written before it was reached
        if snapshot.uses_at_most(folded) < campaign.total_limit:
            return ""
        claims = snapshot.redemptions_of_code(folded)
        taken = standing.Uses.of(snapshot, claims, (), now, window=campaign.uses_per_code == 1).total
    else:
        taken = snapshot.count_issued(campaign.name)
    return "campaign_limit_reached" if taken >= campaign.total_limit else ""


def _next_code(snapshot: Snapshot, campaign: Campaign, subscriber_id: str, code_key: bytes) -> str | None:
    """The code that every instance would choose for this subscriber on this snapshot."""
    if campaign.source is Source.SHARED:
        return campaign.shared_code
    if campaign.source is Source.POOL:
        return snapshot.free_code(campaign.name, subscriber_id, codes.ring_place(code_key, subscriber_id))
    for row in snapshot.left_out(subscriber_id):
        # What is written stays, though it was redeemed already (by who saw the row), or staff type another prefix now.
        if not snapshot.rows_of_code(codes.fold(row.code)):
            return row.code
    for serial in count():
        code = codes.derive(
            code_key, campaign.name, subscriber_id, serial, prefix=campaign.prefix, length=campaign.length
        )
        if not snapshot.stands(codes.fold(code)):
            return code
    return None


def _new_row(  # noqa: PLR0913, PLR0917 - what a row consists of
    snapshot: Snapshot, campaign: Campaign, call: IssueCall, code: str, now: int, claim: str
) -> PromoCode:
    issued = wall.named(wall.from_instant(snapshot.zone, now), claim)
    expires = None
    if campaign.valid_days is not None:
        expires = wall.end_of_day(issued + campaign.valid_days * wall.DAY_MS)
        expires = expires if campaign.ends is None else min(expires, campaign.ends)
    return PromoCode(
        code=code,
        campaign=campaign.name,
        subscriber_id=call.subscriber_id,
        name=call.name,
        platform=call.platform,
        issued=issued,
        expires=expires,
        delivery=delivery.written(snapshot.language, Word.UNKNOWN, issued, claim) if call.pushed else "",
    )


def _outcome(snapshot: Snapshot, campaign: Campaign, word: str, row: PromoCode | None, now: int) -> Outcome:
    spent = row if row and word == "already_used" else None
    return Outcome(
        word,
        code=row.code if row else "",
        campaign=campaign.name,
        discount=campaign.discount,
        issued=wall.aware(snapshot.zone, row.issued) if row else None,
        expires=wall.aware(snapshot.zone, row.expires, later=True) if row else None,
        used_on=wall.aware(snapshot.zone, spent.used_on) if spent else None,
        channel=spent.channel if spent else "",
        days_left=wall.days_left(snapshot.zone, row.expires, now) if row else None,
        name=row.name if row else "",
        message=campaign.message if word in {"issued", "already_issued"} else "",
        language=snapshot.language,
    )
