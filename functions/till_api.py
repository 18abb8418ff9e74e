"""What tills may call, as an OpenAPI document: `GET /openapi.json`. Pure data; tests hold it to the door and replies.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from typing import Any

_REFUSALS = ("not_found", "already_used", "not_yours", "subscriber_limit_reached", "expired", "void")
_ANY = ("invalid_request", "busy", "sheet_broken")
#: HTTP status -> what it says, for redeem and rollback; a check is 200 whatever it finds.
_REFUSED = {
    400: "A field is missing or cannot be used: invalid_request.",
    404: "There is no such promo code: not_found.",
    409: "It cannot be done: already_used, not_yours, subscriber_limit_reached, not_redeemed.",
    410: "The promo code is over: expired, void.",
    422: "The request id was used for something else: idempotency_mismatch.",
    429: "There were too many attempts: too_many.",
    503: "Try again after Retry-After seconds: busy, sheet_broken.",
}
_AT_THE_DOOR = {
    401: "The key is missing or wrong: unauthorized.",
    403: "The key is for another kind of call: forbidden.",
    413: "The body has more than 16,384 bytes: too_large.",
}
_OF_TODAY = frozenset({401, 403, 503})
_BODIES = {
    "code": ("What the person shows or types; spelling does not matter.", 100),
    "subscriber_id": ("Whose code it has to be, if the till knows.", 200),
    "campaign": ("The campaign that the code has to be of.", 200),
    "channel": ("Where it is redeemed. Default: the name of the key.", 100),
    "reference": ("The order number.", 200),
    "request_id": ("The till's own name for this redemption: the same one again gets the same answer.", 200),
}
#: Call -> (what it does, its fields, its good words, the words that refuse it).
_CALLS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "check": (
        "Tell whether a promo code would be redeemed now. Always 200; `valid` says it.",
        ("code", "subscriber_id", "campaign"),
        ("valid",),
        (*_REFUSALS, *_ANY),
    ),
    "redeem": ("Use a promo code once.", tuple(_BODIES), ("redeemed",), ()),
    "rollback": (
        "Undo the till's own redemption: the one with the request id, else the only one.",
        ("code", "channel", "reference", "request_id"),
        ("rolled_back",),
        (),
    ),
}


def document(server: str) -> dict[str, Any]:
    """Describe the calls that are served below *server*, a path without a slash at its end."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Promosheet for tills",
            "version": "1",
            "description": "Check, redeem and roll back promo codes that are kept in a Google Sheet.",
        },
        "servers": [{"url": server or "/"}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": {f"/{name}": {"post": _operation(name)} for name in _CALLS} | {"/today": {"get": _today()}},
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {"Problem": _problem(), "today_answer": _list(), "Listed": _listed()}
            | {f"{name}_answer": _answer(name) for name in _CALLS},
        },
    }


def _operation(name: str) -> dict[str, Any]:
    summary, fields, _, _ = _CALLS[name]
    properties = {field: _field(*_BODIES[field]) for field in fields}
    body = {"type": "object", "properties": properties, "required": ["code"]}
    refused = _AT_THE_DOOR if name == "check" else _REFUSED | _AT_THE_DOOR
    answers = {"200": _content("It was done.", "application/json", f"{name}_answer")}
    answers |= {str(status): _content(text, "application/problem+json", "Problem") for status, text in refused.items()}
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": answers,
    }
    if "request_id" in fields:
        text = "The same as request_id; both and different: invalid_request."
        header = {"name": "Idempotency-Key", "in": "header", "description": text, "schema": {"type": "string"}}
        operation["parameters"] = [header]
    return operation


def _today() -> dict[str, Any]:
    """The list of today, which asks for nothing."""
    refused = {status: text for status, text in (_REFUSED | _AT_THE_DOOR).items() if status in _OF_TODAY}
    answers = {"200": _content("The list, the newest first.", "application/json", "today_answer")}
    answers |= {str(status): _content(text, "application/problem+json", "Problem") for status, text in refused.items()}
    summary = "List what was redeemed since midnight in the spreadsheet's time zone: with this key, or by an admin all."
    return {"operationId": "today", "summary": summary, "responses": answers}


def _field(text: str, longest: int) -> dict[str, Any]:
    return {"type": ["string", "integer"], "maxLength": longest, "description": text}


def _content(text: str, kind: str, schema: str) -> dict[str, Any]:
    return {"description": text, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _answer(name: str) -> dict[str, Any]:
    _, _, good, other = _CALLS[name]
    first: dict[str, Any] = {"ok": {"type": "boolean"}, "status": {"enum": [*good, *other]}}
    if other:
        first["valid"] = {"type": "boolean"}
    return _object(first | {"message": {"type": "string"}} | _told())


def _list() -> dict[str, Any]:
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Listed"}}
    count = {"type": "integer", "minimum": 0}
    return _object(
        {
            "ok": {"const": True},
            "status": {"enum": ["listed"]},
            "message": {"type": "string"},
            "language": {"type": "string", "description": "The spreadsheet's."},
            "date": {"type": "string", "format": "date"},
            "till": {"type": "string"},
            "count": count | {"description": "How many stand."},
            "left_out": count | {"description": "How many are too many to be listed."},
            "redemptions": listed,
        }
    )


def _listed() -> dict[str, Any]:
    text, count = {"type": "string"}, {"type": ["integer", "null"]}
    texts = ("code", "discount", "first_name", "usage_channel", "by", "reference", "request_id")
    time, expires = ({"type": each, "format": "date-time"} for each in ("string", ["string", "null"]))
    times = {"time": time, "expiration_date": expires}
    more = {"rolled_back": {"type": "boolean"}, "uses": count, "uses_left": count}
    return _object(times | dict.fromkeys(texts, text) | more)


def _problem() -> dict[str, Any]:
    first = {
        "type": {"type": "string", "pattern": "^urn:promosheet:[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reason": {"type": "string"},
        "ok": {"const": False},
    }
    return _object(first | _told())


def _told() -> dict[str, Any]:
    """What every answer tells of the code."""
    text, date, count = {"type": "string"}, {"type": ["string", "null"], "format": "date-time"}, ["integer", "null"]
    texts = dict.fromkeys(("code", "campaign", "discount", "usage_channel", "by", "first_name"), text)
    dates = dict.fromkeys(("issue_date", "expiration_date", "used_on"), date)
    return texts | dates | {name: {"type": count} for name in ("days_left", "uses", "uses_left")}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
