"""Decide what somebody gets who typed a text to a bot: a campaign's code, or what there is to say of a code. Pure.

Both on one read of the sheet, which alone knows the campaigns' names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from functions import codes, issuing, redeeming
from functions.promo import Answer, CheckCall, Decision, IssueCall, Outcome, TypedCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.promo import Campaign
    from functions.snapshot import Snapshot

_SHORTEST_CODE = 5
#: What who types small talk would be told of it as a code.
_UNKNOWN = frozenset({"not_found", "too_many"})
_INNER_DASH = re.compile(r"\w-\w")


def answer(snapshot: Snapshot, call: TypedCall, now: int, code_key: bytes, claim: str) -> Decision:
    """Issue if a campaign is meant, else check; a text that is neither, nor looks like a code: campaign_not_found."""
    campaign = _campaign_of_link(snapshot, call.text) if call.linked else _campaign_of_word(snapshot, call.text)
    if campaign is not None:
        asked = IssueCall(call.caller, call.subscriber_id, campaign, call.name, call.platform)
        return issuing.issue(snapshot, asked, now, code_key, claim)
    if not call.linked:
        decision = redeeming.check(snapshot, _check(call), now)
        unknown = isinstance(decision, Answer) and decision.outcome.word in _UNKNOWN
        if not unknown or looks_like_code(call.text):
            return decision
    return Answer(_no_campaign(snapshot, call))


def guessed(snapshot: Snapshot, call: TypedCall, now: int) -> Outcome | None:
    """Refuse a limited call (`guessing`), unless it asks for a campaign's code or is by the holder of the code."""
    if call.linked or _campaign_of_word(snapshot, call.text) is not None:
        return None
    refusal = redeeming.guessed(snapshot, _check(call), now)
    return refusal if refusal is None or looks_like_code(call.text) else _no_campaign(snapshot, call)


def looks_like_code(text: str) -> bool:
    """Tell a code that was mistyped from small talk: a digit, a dash between letters, or one word all in capitals."""
    capitals = len(text.split()) == 1 and text.isupper() and len(text) >= _SHORTEST_CODE
    return capitals or any(letter.isdigit() for letter in text) or _INNER_DASH.search(text) is not None


def _check(call: TypedCall) -> CheckCall:
    return CheckCall(call.caller, call.text, call.subscriber_id, limited=call.limited)


def _no_campaign(snapshot: Snapshot, call: TypedCall) -> Outcome:
    return Outcome("campaign_not_found", campaign=call.text, language=snapshot.language)


def _campaign_of_word(snapshot: Snapshot, text: str) -> str | None:
    return text if codes.fold_name(text) and snapshot.campaigns(text) else None


def _campaign_of_link(snapshot: Snapshot, payload: str) -> str | None:
    """The campaign that is meant: by its name, by the Latin letters and digits of its name, by its prefix.

    Where several fit, the only active one of them; nothing is guessed.
    """
    if not codes.fold_name(payload):
        return ""
    if snapshot.campaigns(payload):
        return payload
    wanted = _letters(payload)
    ways: tuple[Callable[[Campaign], str], ...] = (lambda each: each.name, lambda each: each.prefix)
    for way in ways:
        fitting = [each for each in snapshot.campaigns() if wanted and _letters(way(each)) == wanted]
        active = [each for each in fitting if each.active]
        for choice in (fitting, active):
            if len(choice) == 1:
                return choice[0].name
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", codes.transliterate(text).upper())
