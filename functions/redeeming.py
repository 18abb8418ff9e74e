"""Decide check, redeem and rollback, from a Snapshot. Pure.

Each function takes the snapshot, the call and *now* (an instant, ms since 1970 UTC, fixed when the call arrived) and
gives a Decision. DESIGN.md section 4 has the rules, section 5 the words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from functions import codes, finding, standing, wall
from functions.promo import (
    Answer,
    CheckCall,
    Claim,
    Decision,
    Event,
    Outcome,
    RedeemCall,
    Redemption,
    Role,
    RollbackCall,
    Unsettled,
)

if TYPE_CHECKING:
    from functions.finding import AnyCall, Found
    from functions.snapshot import Snapshot


def check(snapshot: Snapshot, call: CheckCall, now: int) -> Decision:
    """Say whether the code would be redeemed now."""
    guess = guessed(snapshot, call, now)
    if guess is not None:
        return Answer(guess)
    found = finding.find(snapshot, call)
    if found is None:
        return Answer(_not_found(snapshot, call))
    refused = _refusal(snapshot, found, call, now, own=())
    if refused is not None:
        return refused
    return Answer(finding.outcome(snapshot, found, "valid", now))


def redeem(snapshot: Snapshot, call: RedeemCall, now: int, claim: str) -> Decision:
    """Use the code once; *claim* is the random name of the row that this call would add."""
    guess = guessed(snapshot, call, now)
    if guess is not None:
        return Answer(guess)
    if _contradicts(snapshot, call):
        return Answer(Outcome("idempotency_mismatch", code=call.code, language=snapshot.language))
    found = finding.find(snapshot, call)
    if found is None:
        return Answer(_not_found(snapshot, call))
    own = _own_claims(snapshot, found, call, now)
    if found.problem == "":
        earlier = _earlier_yes(snapshot, found, own, now)
        if earlier is not None:
            return earlier
    first = min((wall.to_instant(snapshot.zone, row.time) for row in own if row.time is not None), default=now)
    refused = _refusal(snapshot, found, call, min(now, first), own=own)
    if refused is not None:
        return refused
    row = Redemption(
        time=_free_time(snapshot, now, claim),
        code=found.code,
        event=Event.REDEEMED,
        channel=call.channel,
        subscriber_id=call.subscriber_id,
        reference=call.reference,
        by=call.caller.name,
        request_id=call.request_id,
        claim=claim,
    )
    return Claim(_redeemed(snapshot, found, row, now, new=not own), (row,))


def guessed(snapshot: Snapshot, call: CheckCall | RedeemCall, now: int) -> Outcome | None:
    """Refuse a limited call (`guessing`), unless its subscriber holds the code, or it repeats what was a yes."""
    if not call.limited:
        return None
    found = finding.find(snapshot, call)
    if found and (found.holder or (isinstance(call, RedeemCall) and _own_claims(snapshot, found, call, now))):
        return None
    return Outcome("too_many", code=call.code, language=snapshot.language)


def rollback(snapshot: Snapshot, call: RollbackCall, now: int) -> Decision:
    """Undo the caller's own redemption, once (H6, H7): the same Request ID, else the only one by the same key."""
    found = finding.find(snapshot, call)
    if found is None:
        return Answer(_not_found(snapshot, call))
    of_caller = [row for row in _all_claims(snapshot, found, call) if _may_undo(call, row)]
    live = [row for row in of_caller if not snapshot.is_dead(row)]
    if not live:
        undone = any(snapshot.rolled_back(row.claim) for row in of_caller)
        return Answer(finding.outcome(snapshot, found, "rolled_back" if undone else "not_redeemed", now))
    if any(snapshot.adds(row) for row in live):
        return Unsettled("its redemption is being written")
    if not call.request_id and len({row.request_id or row.claim for row in live}) > 1:
        why = "several_redemptions"
        return Answer(
            Outcome("invalid_request", code=call.code, field="request_id", why=why, language=snapshot.language)
        )
    time = wall.from_instant(snapshot.zone, now)
    rows = tuple(
        replace(row, time=time, event=Event.ROLLED_BACK, channel=call.channel, by=call.caller.name)
        for row in live
        if row.claim
    )
    if not rows:
        return Answer(finding.outcome(snapshot, found, "not_redeemed", now))
    after = snapshot
    for row in rows:
        after = after.plus(row)
    outcome = finding.outcome(after, finding.find(after, call) or found, "rolled_back", now)
    return Claim(outcome.but(used_on=None, channel=""), rows)


def _own_claims(snapshot: Snapshot, found: Found, call: RedeemCall, now: int) -> tuple[Redemption, ...]:
    if call.request_id:
        rows = snapshot.redemptions_of_request(call.request_id)
        return tuple(row for row in rows if codes.fold(row.code) == found.folded and not snapshot.is_dead(row))
    if call.caller.role is not Role.BOT or not call.subscriber_id or found.campaign.uses_per_code != 1:
        return ()
    return tuple(
        row
        for row in found.claims
        if row.subscriber_id == call.subscriber_id
        and row.channel == call.channel
        and row.time is not None
        and abs(standing.age_of(snapshot, row.time, now)) <= standing.WINDOW_MS
    )


def _contradicts(snapshot: Snapshot, call: RedeemCall) -> bool:
    """True if the Request ID is bound to other content, or to a redemption that was undone since (H18)."""
    if any(snapshot.was_undone(folded, call.request_id) for folded in codes.spellings(call.code)):
        return True
    content = (call.subscriber_id, call.channel, call.reference)
    for row in snapshot.redemptions_of_request(call.request_id):
        if snapshot.rolled_back(row.claim):
            return True
        other = (row.subscriber_id, row.channel, row.reference) != content
        if not snapshot.is_dead(row) and (other or codes.fold(row.code) not in codes.spellings(call.code)):
            return True
    return False


def _earlier_yes(snapshot: Snapshot, found: Found, own: tuple[Redemption, ...], now: int) -> Decision | None:
    """What an earlier claim of the same request allows: its yes, a rival's, to wait, or (None) a claim of its own."""
    if not own:
        return None
    for row in own:
        if standing.is_confirmed(snapshot, row, standing.marks_of(found.rows)):
            return Answer(_redeemed(snapshot, found, row, now, new=False))
    rivals = [row for row in found.claims if row not in own]
    uses = standing.Uses.of(snapshot, rivals, found.rows, now)
    if found.limit is not None and uses.total >= found.limit:
        if uses.confirmed >= found.limit:
            return Answer(_used(snapshot, found, rivals, now))
        return Unsettled("contested")
    old = [row for row in own if standing.age_of(snapshot, row.time, now) >= standing.OLD_MS]
    return Answer(_redeemed(snapshot, found, old[0], now, new=False)) if old else None


def _refusal(
    snapshot: Snapshot, found: Found, call: CheckCall | RedeemCall, now: int, *, own: tuple[Redemption, ...]
) -> Decision | None:
    decision = _reason(snapshot, found, call, now, own)
    if isinstance(decision, Answer) and call.caller.role is Role.BOT and not found.holder:
        # Who does not hold the code learns nothing of it, not even that it exists.
        return Answer(_not_found(snapshot, call))
    return decision


def _reason(  # noqa: PLR0911 - a return for each reason
    snapshot: Snapshot, found: Found, call: CheckCall | RedeemCall, now: int, own: tuple[Redemption, ...]
) -> Decision | None:
    """The first reason against a use of this code, None if there is none; *own* claims do not speak against it."""
    if found.problem:
        return Answer(finding.outcome(snapshot, found, "sheet_broken", now))
    if standing.is_void(found.rows):
        return Answer(finding.outcome(snapshot, found, "void", now))
    if standing.is_stray(snapshot, found.rows):
        return Unsettled("stray")
    used = _used_up(snapshot, found, now, own)
    if used is not None:
        return used
    if wall.is_over(snapshot.zone, finding.expiry(found), now):
        return Answer(finding.outcome(snapshot, found, "expired", now))
    if found.campaign.holder_only and not found.holder and not _is_trusted(call):
        return Answer(finding.outcome(snapshot, found, "not_yours", now))
    return None


def _used_up(snapshot: Snapshot, found: Found, now: int, own: tuple[Redemption, ...]) -> Decision | None:
    """The refusal if no use is left: by staff's word, for this caller, or of a shared code for everybody."""
    rivals = [row for row in found.claims if row not in own]
    if standing.is_used_by_staff(snapshot, found.rows):
        return Answer(_used(snapshot, found, rivals, now))
    if found.limit is not None:
        uses = standing.Uses.of(snapshot, rivals, found.rows, now)
        if uses.total >= found.limit:
            # A claim that may still be withdrawn is waited for (H16).
            return Answer(_used(snapshot, found, rivals, now)) if uses.firm >= found.limit else Unsettled("young claim")
    total = found.campaign.total_limit
    if not found.shared or not found.by_subscriber or total is None or snapshot.uses_at_most(found.folded) < total:
        return None
    everybody = [row for row in snapshot.redemptions_of_code(found.folded) if row not in own]
    window = found.campaign.uses_per_code == 1
    uses = standing.Uses.of(snapshot, everybody, snapshot.rows_of_code(found.folded), now, window=window)
    if uses.total < total:
        return None
    if uses.firm < total:
        return Unsettled("young claim")
    return Answer(finding.outcome(snapshot, found, "already_used", now))


def _is_trusted(call: CheckCall | RedeemCall) -> bool:
    """True for a till that names nobody: the person at the counter has looked."""
    return call.caller.role is not Role.BOT and not call.subscriber_id


def _free_time(snapshot: Snapshot, now: int, claim: str) -> int:
    """Wall time of a claim, the milliseconds by its name; no other redemption's, since Used on names a claim (H5)."""
    time = wall.named(wall.from_instant(snapshot.zone, now), claim)
    while snapshot.redeemed_at(time):
        time += 1
    return time


def _all_claims(snapshot: Snapshot, found: Found, call: RollbackCall) -> list[Redemption]:
    """Every redemption of the code, dead ones too; with a Request ID only its own."""
    if call.request_id:
        rows = snapshot.redemptions_of_request(call.request_id)
        return [row for row in rows if codes.fold(row.code) == found.folded]
    return snapshot.redemptions_of_code(found.folded, dead=True)


def _may_undo(call: RollbackCall, row: Redemption) -> bool:
    return call.caller.role is Role.ADMIN or row.by == call.caller.name


def _not_found(snapshot: Snapshot, call: AnyCall) -> Outcome:
    return Outcome("not_found", code=call.code, language=snapshot.language)


def _used(snapshot: Snapshot, found: Found, claims: list[Redemption], now: int) -> Outcome:
    """The refusal of a used code, with when and where if that is known."""
    word = "subscriber_limit_reached" if found.shared and found.by_subscriber else "already_used"
    outcome = finding.outcome(snapshot, found, word, now)
    last = max(claims, key=lambda row: row.time or 0, default=None)
    if last is None:
        return outcome
    return outcome.but(used_on=wall.aware(snapshot.zone, last.time), channel=last.channel, by=last.by)


def _redeemed(snapshot: Snapshot, found: Found, row: Redemption, now: int, *, new: bool) -> Outcome:
    """The yes for a claim; *new* if it is not among the uses that the snapshot counts."""
    outcome = finding.outcome(snapshot, found, "redeemed", now, more=int(new))
    return outcome.but(used_on=wall.aware(snapshot.zone, row.time), channel=row.channel, by=row.by)
