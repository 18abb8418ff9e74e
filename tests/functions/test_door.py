from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from asked import headers_of, length_of
from hypothesis import example, given
from hypothesis import strategies as st

from functions import door
from functions.door import MAX_BODY, Kind, Refusal, Request, Surface, open_call
from functions.promo import Call, Caller, CheckCall, IssueCall, RedeemCall, Role, RollbackCall
from functions.settings import Key
from sheet_schema.languages import language

KEYS = (
    Key("bothelp", Role.BOT, b"bot-secret-old-000"),
    Key("till-1", Role.TILL, b"till-secret-000000"),
    Key("owner", Role.ADMIN, b"admin-secret-00000"),
    Key("bothelp", Role.BOT, b"bot-secret-new-000"),
)
SECRETS = {Surface.BOT: "bot-secret-new-000", Surface.TILL: "till-secret-000000"}
BOT = Caller("bothelp", Role.BOT)
TILL = Caller("till-1", Role.TILL)
Query = Sequence[tuple[str, str]]


def request(
    path: str, body: bytes = b"", query: Query = (), headers: Mapping[str, str] | None = None, method: str = "POST"
) -> Request:
    return Request(method, path, query, headers_of(headers or {}), length_of(len(body)), lambda size: body[:size])


def ask(
    path: str,
    body: object = b"",
    query: Query = (),
    surface: Surface = Surface.BOT,
    **headers: str,
) -> Call | Refusal:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return open_call(request(path, raw, query, {"X-Api-Key": SECRETS[surface]} | named), surface, KEYS)


def refused(result: Call | Refusal) -> tuple[str, str]:
    assert isinstance(result, Refusal)
    return result.word, result.field


def issued(result: Call | Refusal) -> IssueCall:
    assert isinstance(result, IssueCall)
    return result


def redeemed(result: Call | Refusal) -> RedeemCall:
    assert isinstance(result, RedeemCall)
    return result


# paths and methods


@pytest.mark.parametrize(
    ("surface", "path", "kind"),
    [
        (Surface.BOT, "/", Kind.ISSUE),
        (Surface.BOT, "", Kind.ISSUE),
        (Surface.BOT, "/issue", Kind.ISSUE),
        (Surface.BOT, "/issue/", Kind.ISSUE),
        (Surface.BOT, "/check", Kind.CHECK),
        (Surface.BOT, "/redeem/", Kind.REDEEM),
        (Surface.BOT, "/rollback", None),
        (Surface.BOT, "/Issue", None),
        (Surface.BOT, "/issue/1", None),
        (Surface.TILL, "/", None),
        (Surface.TILL, "/issue", None),
        (Surface.TILL, "/check", Kind.CHECK),
        (Surface.TILL, "/redeem", Kind.REDEEM),
        (Surface.TILL, "/rollback/", Kind.ROLLBACK),
    ],
)
def test_each_surface_has_its_paths(surface: Surface, path: str, kind: Kind | None) -> None:
    assert surface.kind(path) is kind


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "post", ""])
def test_only_post_is_allowed_and_the_answer_says_so(method: str) -> None:
    found = open_call(request("/issue", method=method), Surface.BOT, KEYS)
    assert found == Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),))


# the order of refusal


@pytest.mark.parametrize(
    ("path", "method", "secret", "size", "expected"),
    [
        pytest.param("/x", "GET", "wrong", MAX_BODY + 1, ("not_found_path", 404), id="path"),
        pytest.param("/issue", "GET", "wrong", MAX_BODY + 1, ("method_not_allowed", 405), id="method"),
        pytest.param("/issue", "POST", "wrong", MAX_BODY + 1, ("unauthorized", 401), id="key"),
        pytest.param("/issue", "POST", SECRETS[Surface.TILL], MAX_BODY + 1, ("forbidden", 403), id="role"),
        pytest.param("/issue", "POST", SECRETS[Surface.BOT], MAX_BODY + 1, ("too_large", 413), id="size"),
    ],
)
def test_refusals_have_an_order_and_the_body_is_not_touched(
    path: str, method: str, secret: str, size: int, expected: tuple[str, int]
) -> None:
    def untouchable(_size: int) -> bytes:
        raise AssertionError

    asked = Request(method, path, (), headers_of({"X-Api-Key": secret}), length_of(size), untouchable)
    found = open_call(asked, Surface.BOT, KEYS)
    assert isinstance(found, Refusal)
    assert (found.word, found.status) == expected


def test_a_body_of_exactly_16384_bytes_is_read() -> None:
    body = b'{"subscriber_id": 1}'.ljust(MAX_BODY)
    assert issued(ask("/issue", body)).subscriber_id == "1"


@pytest.mark.parametrize("length", [None, 10, -1], ids=["not announced", "announced too small", "nonsense"])
def test_a_larger_body_is_refused_whatever_was_announced(length: int | None) -> None:
    asked: list[int] = []

    def read(size: int) -> bytes:
        asked.append(size)
        return b" " * size

    header = headers_of({"X-Api-Key": SECRETS[Surface.BOT]})
    request = Request("POST", "/issue", [("subscriber_id", "1")], header, length_of(length), read)
    assert refused(open_call(request, Surface.BOT, KEYS)) == ("too_large", "")
    assert asked == [MAX_BODY + 1]


# keys


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Api-Key": "bot-secret-new-000"}, id="header"),
        pytest.param({"x-api-key": " bot-secret-old-000 "}, id="small letters, spaces, the older secret"),
        pytest.param({"Authorization": "Bearer bot-secret-new-000"}, id="bearer"),
        pytest.param({"AUTHORIZATION": "bearer  bot-secret-new-000"}, id="bearer in small letters"),
        pytest.param({"X-Api-Key": "", "Authorization": "Bearer bot-secret-new-000"}, id="an empty header is none"),
        pytest.param({"X-Api-Key": "admin-secret-00000"}, id="admin"),
    ],
)
def test_a_good_key_opens(headers: dict[str, str]) -> None:
    call = open_call(request("/issue", b'{"user_id": 7}', headers=headers), Surface.BOT, KEYS)
    assert issued(call).subscriber_id == "7"


def test_the_url_carries_a_key_for_bots_alone() -> None:
    query = [("key", SECRETS[Surface.BOT]), ("subscriber_id", "1")]
    assert issued(open_call(request("/", query=query), Surface.BOT, KEYS)).caller == BOT
    query = [("key", SECRETS[Surface.TILL]), ("code", "1")]
    assert refused(open_call(request("/check", query=query), Surface.TILL, KEYS)) == ("unauthorized", "")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"X-Api-Key": ""}, id="empty"),
        pytest.param({"X-Api-Key": "bot-secret-new-00"}, id="one short"),
        pytest.param({"X-Api-Key": "BOT-SECRET-NEW-000"}, id="capitals"),
        pytest.param({"X-Api-Key": "Ð¿Ð°Ñ\x80Ð¾Ð»Ñ\x8c\xff"}, id="not ASCII"),
        pytest.param({"X-Api-Key": "\ud800пароль"}, id="not even Latin-1"),
        pytest.param({"Authorization": "Basic bot-secret-new-000"}, id="another scheme"),
        pytest.param({"Authorization": "bot-secret-new-000"}, id="no scheme"),
        pytest.param({"Authorization": "Bearer"}, id="no secret"),
        pytest.param({"X-Api-Key": "wrong", "Authorization": "Bearer bot-secret-new-000"}, id="the first one counts"),
    ],
)
def test_a_wrong_key_is_unauthorized(headers: dict[str, str]) -> None:
    found = open_call(request("/issue", headers=headers), Surface.BOT, KEYS)
    assert found == Refusal("unauthorized", 401, headers=(("WWW-Authenticate", "Bearer"),))


@pytest.mark.parametrize(
    ("surface", "secret", "allowed"),
    [
        (Surface.BOT, "bot-secret-new-000", True),
        (Surface.BOT, "till-secret-000000", False),
        (Surface.BOT, "admin-secret-00000", True),
        (Surface.TILL, "bot-secret-new-000", False),
        (Surface.TILL, "till-secret-000000", True),
        (Surface.TILL, "admin-secret-00000", True),
    ],
)
def test_a_role_fits_its_surface(surface: Surface, secret: str, *, allowed: bool) -> None:
    found = open_call(request("/check", b'{"code": "A"}', headers={"X-Api-Key": secret}), surface, KEYS)
    assert isinstance(found, CheckCall) if allowed else refused(found) == ("forbidden", "")


def test_every_key_is_compared_as_bytes_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(door, "hmac", type("Spy", (), {"compare_digest": staticmethod(compare)}))
    assert issued(ask("/issue", {"user_id": 1}, X_Api_Key="bot-secret-old-000"))
    assert compared == [key.secret for key in KEYS]


# bodies


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"subscriber_id=1", "body", id="not JSON"),
        pytest.param(b'{"name": "Ivan "Vanya" Petrov"}', "body", id="a quote within a name"),
        pytest.param(b'{"subscriber_id": 1', "body", id="cut off"),
        pytest.param(b'[{"subscriber_id": 1}]', "body", id="an array"),
        pytest.param(b'"subscriber_id"', "body", id="a text"),
        pytest.param(b"null", "body", id="null"),
        pytest.param(b'{"subscriber_id": 1, "x": NaN}', "body", id="NaN"),
        pytest.param(b'{"subscriber_id": 1, "x": -Infinity}', "body", id="Infinity"),
        pytest.param(b'{"subscriber_id": "\xff"}', "body", id="not UTF-8"),
        pytest.param('{"subscriber_id": 1}'.encode("utf-16"), "body", id="UTF-16"),
        pytest.param(b'{"x":' * 2000 + b"1" + b"}" * 2000, "body", id="objects nested 2000 deep"),
        pytest.param(b'{"x":' + b"[" * 8000 + b"]" * 8000 + b"}", "body", id="arrays nested 8000 deep"),
        pytest.param(b'{"subscriber_id": ' + b"9" * 5000 + b"}", "body", id="a number of 5000 digits"),
        pytest.param(b'{"subscriber_id": 1, "subscriber_id": 2}', "subscriber_id", id="twice, different"),
        pytest.param(b'{"subscriber_id": 1, "subscriber_id": true}', "subscriber_id", id="twice, equal to Python"),
        pytest.param(b'{"subscriber_id": 1, "campaign": "a", "campaign": "b"}', "campaign", id="campaign twice"),
        pytest.param(b'{"subscriber_id": "\\ud800"}', "subscriber_id", id="lone surrogate in the id"),
        pytest.param(b'{"subscriber_id": 1, "campaign": "\\udfff"}', "campaign", id="lone surrogate in the campaign"),
        pytest.param(b'{"subscriber_id": 1, "campaign": ["a"]}', "campaign", id="a list for a text"),
        pytest.param(b'{"subscriber_id": 1, "campaign": 1.5}', "campaign", id="a fraction for a text"),
        pytest.param(b'{"subscriber_id": 1, "campaign": true}', "campaign", id="yes for a text"),
        pytest.param(b'{"subscriber_id": 1, "campaign": "a\\u0000b"}', "campaign", id="a control character"),
        pytest.param(b'{"subscriber_id": 1, "campaign": "{%c%}"}', "campaign", id="campaign not filled in"),
        pytest.param(b'{"subscriber_id": 1, "dry_run": "maybe"}', "dry_run", id="an unclear trial"),
        pytest.param(b"{}", "subscriber_id", id="nobody"),
        pytest.param(b"", "subscriber_id", id="nothing at all"),
    ],
)
def test_a_body_that_will_not_do_is_refused_by_name(body: bytes, field: str) -> None:
    found = ask("/issue", body)
    assert isinstance(found, Refusal)
    assert (found.word, found.status, found.field) == ("invalid_request", 400, field)
    assert f"why_{found.why}" in language("ru").sentences


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'\xef\xbb\xbf{"subscriber_id": 1}', id="byte order mark"),
        pytest.param(b' \r\n {"subscriber_id": 1} \n', id="spaces around it"),
        pytest.param(b'{"subscriber_id": 1, "subscriber_id": 1}', id="twice the same"),
        pytest.param(b'{"subscriber_id": 1, "x": 1, "x": 2}', id="unknown field twice"),
        pytest.param(b'{"subscriber_id": 1, "x": "\\ud800"}', id="lone surrogate in an unknown field"),
        pytest.param(b'{"subscriber_id": 1, "x": ' + b"[" * 50 + b"]" * 50 + b"}", id="nested 50 deep"),
        pytest.param(b'{"subscriber_id": 1, "campaign": null, "platform": null, "name": null}', id="nulls"),
        pytest.param(b'{"subscriber_id": 1, "code": "A", "request_id": "{%r%}"}', id="fields of other calls"),
    ],
)
def test_what_does_not_matter_is_ignored(body: bytes) -> None:
    assert ask("/issue", body) == IssueCall(BOT, "1")


@pytest.mark.parametrize("body", [b"{oops", b"[]", b'{"name": "Ivan "V" P"}', b"\xff"])
def test_with_a_broken_body_the_query_alone_will_do(body: bytes) -> None:
    assert ask("/issue", body, [("cuid", "1et0.2k"), ("campaign", "spring")]) == IssueCall(BOT, "1et0.2k", "spring")
    assert ask("/check", body, [("promo_code", "A1")]) == CheckCall(BOT, "A1")
    assert refused(ask("/issue", body, [("campaign", "spring"), ("cuid", " ")])) == ("invalid_request", "body")
    assert refused(ask("/check", body, [("subscriber_id", "1")])) == ("invalid_request", "body")
    assert refused(ask("/issue", body, [("cuid", "{%cuid%}")])) == ("invalid_request", "cuid")


# subscribers


@pytest.mark.parametrize(
    ("body", "query", "found"),
    [
        pytest.param({"subscriber_id": "1849"}, (), "1849", id="text"),
        pytest.param({"subscriber_id": 1849}, (), "1849", id="number"),
        pytest.param({"subscriber_id": -5}, (), "-5", id="Telegram's negative ids"),
        pytest.param({"subscriber_id": 12345678901234567890}, (), "12345678901234567890", id="long number"),
        pytest.param({"subscriber_id": "  18 49 "}, (), "18 49", id="trimmed"),
        pytest.param({"subscriber_id": "я" * 200}, (), "я" * 200, id="longest"),
        pytest.param({"user_id": 3, "cuid": "c", "bh_user_id": 2, "bothelp_user_id": 1}, (), "1", id="order of names"),
        pytest.param({"subscriber_id": 1}, [("subscriber_id", "2")], "2", id="query first"),
        pytest.param({"subscriber_id": 1}, [("user_id", "2")], "1", id="the name comes before the place"),
        pytest.param({"subscriber_id": 1}, [("subscriber_id", "2"), ("subscriber_id", "2")], "2", id="twice the same"),
    ],
)  # fmt: skip
def test_the_subscriber_is_the_first_that_is_present(body: object, query: Query, found: str) -> None:
    assert issued(ask("/issue", body, query)).subscriber_id == found


@pytest.mark.parametrize("path", ["/issue", "/check", "/redeem"])
@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        pytest.param({"subscriber_id": "", "user_id": 5}, (), "subscriber_id", id="empty"),
        pytest.param({"subscriber_id": None, "user_id": 5}, (), "subscriber_id", id="null"),
        pytest.param({"bh_user_id": "{%bh_user_id%}", "user_id": 5}, (), "bh_user_id", id="BotHelp's placeholder"),
        pytest.param({"cuid": "{@cuid@}"}, (), "cuid", id="BotHelp's global placeholder"),
        pytest.param({"cuid": "{{$['id']}}"}, (), "cuid", id="SendPulse's placeholder"),
        pytest.param({"cuid": "#{user_id}"}, (), "cuid", id="Salebot's placeholder"),
        pytest.param({"cuid": "tg{{id}}"}, (), "cuid", id="a placeholder after a prefix"),
        pytest.param({"subscriber_id": "tg"}, (), "subscriber_id", id="a prefix of nothing"),
        pytest.param({"user_id": True}, (), "user_id", id="yes"),
        pytest.param({"user_id": 1.0}, (), "user_id", id="a fraction"),
        pytest.param({"user_id": [1]}, (), "user_id", id="a list"),
        pytest.param({"user_id": {"id": 1}}, (), "user_id", id="an object"),
        pytest.param({"user_id": "1\n2"}, (), "user_id", id="a line break within"),
        pytest.param({"user_id": "1" * 201}, (), "user_id", id="too long"),
        pytest.param({"user_id": 10**200}, (), "user_id", id="a number too long"),
        pytest.param({"user_id": 5}, [("user_id", "")], "user_id", id="empty in the query"),
        pytest.param({}, [("user_id", "5"), ("user_id", "6")], "user_id", id="two in the query"),
    ],
)
def test_a_subscriber_that_is_present_must_be_good_in_every_call(
    path: str, body: dict[str, Any], query: Query, field: str
) -> None:
    assert refused(ask(path, {"code": "A"} | body, query)) == ("invalid_request", field)


@pytest.mark.parametrize("path", ["/check", "/redeem"])
def test_only_issuing_needs_a_subscriber(path: str) -> None:
    call = ask(path, {"code": "A"})
    assert isinstance(call, CheckCall | RedeemCall)
    assert call.subscriber_id == ""
    assert refused(ask("/issue", {"code": "A"})) == ("invalid_request", "subscriber_id")


# codes and texts


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize(
    ("body", "query", "code"),
    [
        pytest.param({"code": " a b-1 "}, (), "a b-1", id="as typed, trimmed"),
        pytest.param({"promo_code": "A"}, (), "A", id="the other name"),
        pytest.param({"code": None, "promo_code": "A"}, (), "A", id="null, then the other name"),
        pytest.param({"code": 12345}, (), "12345", id="number"),
        pytest.param({"code": 0}, (), "0", id="zero"),
        pytest.param({"code": "B"}, [("code", "A")], "A", id="query first"),
        pytest.param({"code": "B"}, [("code", " ")], "B", id="a blank query does not count"),
        pytest.param({"code": "A\x1dB"}, (), "A\x1dB", id="a scanner's control character"),
        pytest.param({"code": "ж" * 100}, (), "ж" * 100, id="longest"),
    ],
)
def test_a_code_is_taken_as_it_was_typed(surface: Surface, body: object, query: Query, code: str) -> None:
    assert redeemed(ask("/redeem", body, query, surface)).code == code


@pytest.mark.parametrize("path", ["/check", "/redeem", "/rollback"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": "", "promo_code": " "}, "code"),
        ({"code": "A" * 101}, "code"),
        ({"promo_code": "A" * 101}, "promo_code"),
        ({"code": "{%promo_code%}"}, "code"),
        ({"code": "A\ud800"}, "code"),
        ({"code": False}, "code"),
        ({"code": ["A"]}, "code"),
    ],
    ids=["none", "empty", "too long", "the other one too long", "not filled in", "lone surrogate", "no", "a list"],
)
def test_a_code_that_will_not_do_is_refused(path: str, body: object, field: str) -> None:
    assert refused(ask(path, body, surface=Surface.TILL)) == ("invalid_request", field)


@pytest.mark.parametrize(
    ("name", "limit"), [("campaign", 200), ("channel", 100), ("reference", 200), ("request_id", 200)]
)
def test_texts_have_limits_and_the_query_comes_first(name: str, limit: int) -> None:
    def value(body: object, query: Query = ()) -> str:
        return str(getattr(redeemed(ask("/redeem", {"code": "A"} | {name: body}, query)), name))

    assert value("x" * limit) == "x" * limit
    assert value(2026) == "2026"
    assert value(" b ", [(name, " q ")]) == "q"
    assert value(" b ", [(name, "")]) == "b"
    for bad in ("x" * (limit + 1), {"a": 1}, 2.5, True, "a\x07b"):
        assert refused(ask("/redeem", {"code": "A", name: bad})) == ("invalid_request", name)
    assert refused(ask("/redeem", {"code": "A"}, [(name, "1"), (name, "2")])) == ("invalid_request", name)


@pytest.mark.parametrize("name", ["channel", "reference"])
def test_a_note_that_was_not_filled_in_is_nothing(name: str) -> None:
    expected = "bothelp" if name == "channel" else ""
    assert getattr(ask("/redeem", {"code": "A", name: "{%x%}" * 100}), name) == expected
    assert issued(ask("/issue", {"user_id": 1, "platform": "#{p}"})).platform == ""


@pytest.mark.parametrize("name", ["campaign", "request_id"])
def test_what_decides_must_be_filled_in(name: str) -> None:
    assert refused(ask("/redeem", {"code": "A", name: "{%x%}"})) == ("invalid_request", name)


def test_the_channel_is_the_keys_name_if_none_is_given() -> None:
    assert redeemed(ask("/redeem", {"code": "A"})).channel == "bothelp"
    assert redeemed(ask("/redeem", {"code": "A", "channel": None}, surface=Surface.TILL)).channel == "till-1"


def test_a_platform_has_at_most_50_characters() -> None:
    assert issued(ask("/issue", {"user_id": 1, "platform": "p" * 50})).platform == "p" * 50
    assert refused(ask("/issue", {"user_id": 1, "platform": "p" * 51})) == ("invalid_request", "platform")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param({"name": "Ivan Petrov", "first_name": "X"}, "Ivan Petrov", id="name"),
        pytest.param({"first_name": "Ivan", "last_name": "Petrov"}, "Ivan Petrov", id="two parts"),
        pytest.param({"name": None, "first_name": "Ivan", "last_name": None}, "Ivan", id="null"),
        pytest.param({"name": "{%name%}", "last_name": "Petrov"}, "Petrov", id="not filled in"),
        pytest.param({"name": 5, "first_name": ["a"]}, "", id="no text"),
        pytest.param({"name": "Iv\x00an\u2028 \n Petrov\ud800\x7f"}, "Ivan Petrov", id="control characters"),
        pytest.param({"name": "я" * 16_00}, "я" * 100, id="long"),
        pytest.param({"first_name": "a" * 99, "last_name": "b"}, "a" * 99, id="cut at a space"),
        pytest.param({"name": "'; DROP TABLE=1+1"}, "'; DROP TABLE=1+1", id="as it is"),
    ],
)
def test_a_name_is_never_a_reason_to_refuse(body: dict[str, Any], name: str) -> None:
    assert issued(ask("/issue", {"user_id": 1} | body)).name == name


@pytest.mark.parametrize(
    ("value", "dry"),
    [(value, True) for value in ("1", "true", "True", 1, True)]
    + [(value, False) for value in ("0", "false", "", 0, False, None)],
)
def test_a_trial_is_asked_for_by_1_or_true(value: object, *, dry: bool) -> None:
    assert issued(ask("/issue", {"user_id": 1, "dry_run": value})).dry_run is dry
    if isinstance(value, str):
        assert issued(ask("/issue", {"user_id": 1}, [("dry_run", value)])).dry_run is dry


# Request IDs


@pytest.mark.parametrize("path", ["/redeem", "/rollback"])
@pytest.mark.parametrize(
    ("header", "request_id"),
    [
        pytest.param("abc-1", "abc-1", id="as it is"),
        pytest.param('"abc-1"', "abc-1", id="in quotes, as the draft standard says"),
        pytest.param("Ð·Ð°ÐºÐ°Ð· 5", "заказ 5", id="UTF-8 in the guise of Latin-1"),
        pytest.param("caf\xe9", "café", id="Latin-1"),
        pytest.param("заказ", "заказ", id="decoded already"),
        pytest.param("", "", id="empty"),
        pytest.param('"', '"', id="half a pair of quotes"),
    ],
)
def test_a_tills_idempotency_key_is_its_request_id(path: str, header: str, request_id: str) -> None:
    call = ask(path, {"code": "A"}, surface=Surface.TILL, Idempotency_Key=header)
    assert isinstance(call, RedeemCall | RollbackCall)
    assert call.request_id == request_id


def test_both_may_be_there_if_they_say_the_same() -> None:
    same = ask("/redeem", {"code": "A", "request_id": 5}, surface=Surface.TILL, Idempotency_Key="5")
    assert redeemed(same).request_id == "5"
    other = ask("/redeem", {"code": "A", "request_id": 5}, surface=Surface.TILL, Idempotency_Key="6")
    assert refused(other) == ("invalid_request", "request_id")


@pytest.mark.parametrize("header", ["x" * 201, "{{id}}", "a\x07b"], ids=["too long", "not filled in", "control"])
def test_an_idempotency_key_that_will_not_do_is_refused_by_name(header: str) -> None:
    found = ask("/redeem", {"code": "A"}, surface=Surface.TILL, Idempotency_Key=header)
    assert refused(found) == ("invalid_request", "Idempotency-Key")


def test_a_bots_idempotency_key_means_nothing() -> None:
    assert redeemed(ask("/redeem", {"code": "A"}, Idempotency_Key="5")).request_id == ""


# whole calls


def test_bothelps_flow_webhook_is_understood_as_it_comes() -> None:
    body = {
        "bothelp_user_id": 1849, "user_id": "123456789", "cuid": "1et0.2k", "name": "Ivan Petrov", "first_name": "Ivan",
        "last_name": "Petrov", "phone": None, "email": None, "messenger_username": "ivanp", "ref": "c1723106923821",
        "created_at": 1762126165, "utm_source": "", "promo_code": None,
    }  # fmt: skip
    query = [("key", SECRETS[Surface.BOT]), ("campaign", "spring"), ("platform", "bothelp")]
    call = open_call(request("/", json.dumps(body).encode(), query), Surface.BOT, KEYS)
    assert call == IssueCall(BOT, "1849", "spring", "Ivan Petrov", "bothelp")


def test_each_call_has_all_its_fields() -> None:
    body = {"code": "A", "subscriber_id": 1, "campaign": "c", "channel": "ch", "reference": 77, "request_id": "r"}
    assert ask("/check", body, surface=Surface.TILL) == CheckCall(TILL, "A", "1", "c")
    assert ask("/redeem", body, surface=Surface.TILL) == RedeemCall(TILL, "A", "1", "c", "ch", "77", "r")
    assert ask("/rollback", body, surface=Surface.TILL) == RollbackCall(TILL, "A", "ch", "77", "r")


def test_rolling_back_does_not_look_at_a_subscriber() -> None:
    assert isinstance(ask("/rollback", {"code": "A", "subscriber_id": []}, surface=Surface.TILL), RollbackCall)


# anything at all

names = st.sampled_from(
    [
        "subscriber_id",
        "user_id",
        "code",
        "promo_code",
        "campaign",
        "channel",
        "name",
        "first_name",
        "platform",
        "reference",
        "request_id",
        "dry_run",
    ]
)
any_text = st.text(st.characters(codec=None), max_size=30)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
bodies = st.binary(max_size=200) | st.dictionaries(names, any_json).map(json.dumps).map(str.encode)


@given(
    surface=st.sampled_from(Surface),
    path=st.sampled_from(["/", "/issue", "/check", "/redeem", "/rollback"]),
    body=bodies,
    query=st.lists(st.tuples(names, any_text), max_size=4),
    header=any_text,
)
@example(surface=Surface.TILL, path="/redeem", body=b'{"code":"A"}', query=[], header="\ud800")
def test_no_input_makes_the_door_raise_or_lets_a_broken_text_in(
    surface: Surface, path: str, body: bytes, query: Query, header: str
) -> None:
    found = ask(path, body, query, surface, Idempotency_Key=header)
    if isinstance(found, Refusal):
        assert found.word in {"invalid_request", "not_found_path"}
        return
    for name in found.__slots__:
        value = getattr(found, name)
        if isinstance(value, str):
            assert value == value.strip()
            assert len(value) <= 200
            value.encode()


@given(path=any_text, method=any_text, header=any_text, key=any_text)
def test_nothing_that_a_stranger_sends_makes_the_door_raise(path: str, method: str, header: str, key: str) -> None:
    headers = headers_of({"X-API-KEY": header, "Authorization": header})
    asked = Request(method, path, [("key", key)], headers, length_of(None), bytes)
    assert isinstance(open_call(asked, Surface.BOT, KEYS), Refusal)
