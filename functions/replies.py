"""Replies: an Outcome or a Refusal as an HTTP answer, flat strings for bots, typed JSON for tills. Pure.

DESIGN.md section 5 has both shapes. A bot must get 200 for a refusal, or it throws the answer away; a till gets the
status of HTTP, and problem+json (RFC 9457) for what is no yes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from functions.door import Kind, Refusal, Surface
from functions.promo import Call, CheckCall, Outcome
from sheet_schema import languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from functions.listing import Listed, Listing

#: HTTP statuses of a till's answers; every other word that is no yes is a 409.
_STATUSES = {
    "not_found": 404,
    "expired": 410,
    "void": 410,
    "idempotency_mismatch": 422,
    "invalid_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found_path": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "too_many": 429,
    "busy": 503,
    "sheet_broken": 503,
}
_CONFLICT = 409
#: Seconds after which it may be tried again.
_RETRY_AFTER = {"busy": "2", "sheet_broken": "60"}
#: Refusals that are no answer of the call itself: everybody gets their HTTP status.
_AT_THE_DOOR = frozenset({"unauthorized", "forbidden", "not_found_path", "method_not_allowed", "too_large"})
#: Words with which a subscriber has a code to use.
GIVEN = frozenset({"issued", "already_issued"})
_JSON = "application/json; charset=utf-8"
_PROBLEM = "application/problem+json; charset=utf-8"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, ready to be sent."""

    status: int
    headers: dict[str, str]
    body: bytes


@lru_cache(maxsize=256)
def refused(surface: Surface, refusal: Refusal, language: str) -> Reply:
    """Answer a request that got no further than the door: nothing in it is the caller's, so few answers serve them all.

    Whoever tries keys by the thousand must not cost more than it has to.
    """
    if surface is Surface.BOT:
        return bot_reply(refusal, language)
    return till_reply(refusal.kind, refusal, language)


def told(surface: Surface, call: Call, outcome: Outcome, language: str) -> Reply:
    """Answer a call."""
    if surface is Surface.BOT:
        return bot_reply(outcome, language)
    if outcome.listing is not None:
        return _list_reply(outcome, outcome.listing, language)
    return till_reply(Kind.CHECK if isinstance(call, CheckCall) else None, outcome, language)


def bot_reply(result: Outcome | Refusal, language: str) -> Reply:
    """Write one flat JSON object, every value a text, every key there; *language* is used if the outcome has none.

    A bot keeps its old value for a key that is missing (facts/bots.md).
    """
    return bot_json(result, flat(result, language))


def flat(result: Outcome | Refusal, language: str) -> dict[str, str]:
    """What a bot is told, key by key."""
    outcome = _outcome(result)
    values = _values(outcome, message(outcome, language))
    return {"ok": str(outcome.ok).lower(), "status": outcome.word} | {
        name: "" if value is None else str(value) for name, value in values.items()
    }


def bot_json(result: Outcome | Refusal, body: Mapping[str, Any]) -> Reply:
    """Answer a bot with a JSON object of its platform's own form: 200, unless it got no further than the door."""
    word = result.word
    return _reply(_STATUSES[word] if word in _AT_THE_DOOR else 200, _JSON, body, _door_headers(result))


def empty() -> Reply:
    """Acknowledge what asks for nothing."""
    return said({})


def said(body: Mapping[str, Any], status: int = 200) -> Reply:
    """Send a JSON object that is no outcome: of a platform's own form, what describes the calls, or what a run did."""
    return _reply(status, _JSON, body, {})


def try_again() -> Reply:
    """Refuse a delivery for now, so that it comes again."""
    return _reply(503, _JSON, {}, {"Retry-After": _RETRY_AFTER["busy"]})


def till_reply(kind: Kind | None, result: Outcome | Refusal, language: str) -> Reply:
    """Write JSON types for a program; *kind* matters for a check alone, whose answer is 200 whatever it finds."""
    outcome = _outcome(result)
    text = message(outcome, language)
    values = _values(outcome, text) | {
        "by": outcome.by,
        "first_name": _first_name(outcome.name),
        "uses": outcome.uses,
        "uses_left": outcome.uses_left,
    }
    headers = _door_headers(result)
    if outcome.word in _RETRY_AFTER:
        headers["Retry-After"] = _RETRY_AFTER[outcome.word]
    is_check = kind is Kind.CHECK and outcome.word not in _AT_THE_DOOR
    if is_check or outcome.ok:
        valid = {"valid": outcome.word == "valid"} if is_check else {}
        return _reply(200, _JSON, {"ok": outcome.ok, "status": outcome.word} | valid | values, headers)
    status = _STATUSES.get(outcome.word, _CONFLICT)
    del values["message"]
    problem = {
        "type": f"urn:promosheet:{outcome.word}",
        "title": _language(outcome, language).titles[outcome.word],
        "status": status,
        "detail": text,
        "reason": outcome.word,
        "ok": False,
    }
    return _reply(status, _PROBLEM, problem | values, headers)


def _list_reply(outcome: Outcome, listing: Listing, language: str) -> Reply:
    """Tell a till what was redeemed today."""
    body = {
        "ok": outcome.ok,
        "status": outcome.word,
        "message": message(outcome, language),
        "language": _language(outcome, language).code,
        "date": listing.day.isoformat(),
        "till": listing.till,
        "count": listing.count,
        "left_out": listing.left_out,
        "redemptions": [_entry(row) for row in listing.rows],
    }
    return _reply(200, _JSON, body, {})


def _entry(row: Listed) -> dict[str, Any]:
    return {
        "time": _rfc3339(row.time),
        "code": row.code,
        "discount": row.discount,
        "first_name": _first_name(row.name),
        "usage_channel": row.channel,
        "by": row.by,
        "reference": row.reference,
        "request_id": row.request_id,
        "rolled_back": row.rolled_back,
        "uses": row.uses,
        "uses_left": row.uses_left,
        "expiration_date": _rfc3339(row.expires),
    }


def _first_name(name: str) -> str:
    return next(iter(name.split()), "")


def as_first(outcome: Outcome) -> Outcome:
    """Say a code as when it was new, so that the repeat of a delivery is answered in the same words."""
    return outcome.but(word="issued") if outcome.word == "already_issued" else outcome


def message(outcome: Outcome, language: str) -> str:
    """Say it to a person: the campaign's own Message with its placeholders filled in, else the language's sentence.

    Values are put in once, in one pass: a name with braces in it stays a name with braces in it.
    """
    spoken = _language(outcome, language)

    def day(moment: datetime | None) -> str:
        return "" if moment is None else spoken.format_date(moment.date())

    def minute(moment: datetime | None) -> str:
        return "" if moment is None else f"{day(moment)}, {moment:%H:%M}"

    values = {
        "code": outcome.code,
        "discount": outcome.discount,
        "expires": day(outcome.expires),
        "name": outcome.name,
    }
    if outcome.message:
        filled = languages.fill(outcome.message, values) if outcome.word in GIVEN else outcome.message
        if filled.strip():  # a platform refuses a message of nothing
            return filled
    count = "" if outcome.listing is None else str(outcome.listing.count)
    more = {
        "count": count,
        "used_on": minute(outcome.used_on),
        "channel": outcome.channel,
        "starts": day(outcome.starts),
    }
    why = spoken.sentences[f"why_{outcome.why}"] if outcome.why else ""
    return spoken.sentence(outcome.word, **values, **more, field=outcome.field, why=why)


def _outcome(result: Outcome | Refusal) -> Outcome:
    return result if isinstance(result, Outcome) else Outcome(result.word, field=result.field, why=result.why)


def _language(outcome: Outcome, language: str) -> languages.Language:
    return languages.LANGUAGES.get(outcome.language or language, languages.LANGUAGES[languages.DEFAULT])


def _values(outcome: Outcome, text: str) -> dict[str, Any]:
    """List what both surfaces tell, in the order of DESIGN.md; None for what is absent."""
    return {
        "code": outcome.code,
        "message": text,
        "campaign": outcome.campaign,
        "discount": outcome.discount,
        "issue_date": _rfc3339(outcome.issued),
        "expiration_date": _rfc3339(outcome.expires),
        "used_on": _rfc3339(outcome.used_on),
        "usage_channel": outcome.channel,
        "days_left": outcome.days_left,
    }


def _rfc3339(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    offset = moment.utcoffset()
    if offset is None or offset % _MINUTE:  # local mean time of the 19th century has seconds, RFC 3339 has none
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="seconds")


def _door_headers(result: Outcome | Refusal) -> dict[str, str]:
    return {} if isinstance(result, Outcome) else dict(result.headers)


def _reply(status: int, content_type: str, values: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
    body = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
    always = {"Content-Type": content_type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Reply(status, always | dict(headers), body)
