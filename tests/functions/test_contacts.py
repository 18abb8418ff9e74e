"""ManyChat's Dynamic Block and Chatfuel's JSON API: how a contact is read, and what the answer looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from asked import headers_of, length_of
from hypothesis import given
from hypothesis import strategies as st

from functions import logs
from functions.bots import MODULES, platform_at
from functions.bots.platform import Ignored, Platform
from functions.door import MAX_BODY, Refusal, Request, open_delivery
from functions.promo import Call, Caller, CheckCall, IssueCall, Outcome, RedeemCall, Role
from functions.replies import Reply
from functions.settings import Key, Settings

SECRET = "bot-secret-0000000"
SETTINGS = Settings(
    "sheet",
    (
        Key("chat", Role.BOT, SECRET.encode()),
        Key("chat", Role.BOT, b"bot-secret-1111111"),
        Key("till-1", Role.TILL, b"till-secret-000000"),
        Key("owner", Role.ADMIN, b"admin-secret-00000"),
    ),
    b"c" * 32,
)
BOT = Caller("chat", Role.BOT)
EXPIRES = datetime(2026, 3, 31, 23, 59, 59, tzinfo=ZoneInfo("Europe/Moscow"))
ISSUED = Outcome("issued", code="SPRING-7K2QM-4XWDA", campaign="spring", discount="15 %", expires=EXPIRES, days_left=21)
SPOKEN = "Your promo code is SPRING-7K2QM-4XWDA (15 %), valid until 31 March 2026. Use it when you order or pay."

#: ManyChat's "full contact data", as facts/bots.md lists its keys.
MANYCHAT = {
    "id": "1234567890", "page_id": "987654", "first_name": "Анна", "last_name": "Смирнова", "name": "Анна Смирнова",
    "custom_fields": {"promo_code": "spring 7k2qm 4xwda", "promo_status": None},
}  # fmt: skip
CHATFUEL = {"chatfuel user id": "5a6f001ee4b0", "messenger user id": "77", "first name": "Anna", "last name": "Petrova"}
Query = Sequence[tuple[str, str]]


def platform(path: str) -> Platform:
    found = platform_at(path)
    assert found is not None
    return found


def request(
    path: str, body: bytes = b"", query: Query = (), headers: Mapping[str, str] | None = None, method: str = "POST"
) -> Request:
    shown = {"X-Api-Key": SECRET} if headers is None else headers
    return Request(method, path, query, headers_of(shown), length_of(len(body)), lambda size: body[:size])


def ask(path: str, body: object, query: Query = (), **headers: str) -> Call | Ignored | Refusal:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"X-Api-Key": SECRET} | {name.replace("_", "-"): value for name, value in headers.items()}
    return open_delivery(request(path, raw, query, named), platform(path), SETTINGS)


def told(path: str, outcome: Outcome, query: Query = ()) -> Any:
    call = CheckCall(BOT, "A")
    reply = platform(path).told(request(path, query=query), call, outcome, "en", SETTINGS)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    return json.loads(reply.body)


def actions(found: Any) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = found["content"]["actions"]
    return listed


# paths


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/manychat", True),
        ("/manychat/", True),
        ("/manychat/issue", True),
        ("/manychat/check", True),
        ("/manychat/redeem/", True),
        ("/manychat/rollback", False),
        ("/manychat/redeem/1", False),
        ("/chatfuel", True),
        ("/chatfuel/redeem", True),
        ("/chatfuel/manychat", False),
    ],
)
def test_a_platform_has_its_paths(path: str, *, known: bool) -> None:
    assert platform(path).knows(path) is known
    found = ask(path, {"id": 1, "chatfuel user id": 1, "code": "A"})
    assert isinstance(found, Refusal) is not known
    if isinstance(found, Refusal):
        assert (found.word, found.status) == ("not_found_path", 404)


@pytest.mark.parametrize("path", ["/", "/issue", "/manychats", "/ManyChat", "/x/manychat", "/functions"])
def test_any_other_path_is_no_platforms(path: str) -> None:
    assert platform_at(path) is None


def test_each_platforms_path_may_stand_in_the_log() -> None:
    assert MODULES.keys() <= logs._SEGMENTS


# who calls

KEYS = [
    pytest.param({}, "unauthorized", 401, id="no key"),
    pytest.param({"X-Api-Key": "wrong-key-wrong-key"}, "unauthorized", 401, id="a wrong key"),
    pytest.param({"X-Api-Key": "ключ"}, "unauthorized", 401, id="not ASCII"),
    pytest.param({"X-Api-Key": "till-secret-000000"}, "forbidden", 403, id="a till's key"),
]


@pytest.mark.parametrize("path", ["/manychat", "/chatfuel/redeem"])
@pytest.mark.parametrize(("headers", "word", "status"), KEYS)
def test_without_a_good_key_the_body_is_not_touched(path: str, headers: dict[str, str], word: str, status: int) -> None:
    def untouchable(_size: int) -> bytes:
        raise AssertionError

    asked = Request("POST", path, (), headers_of(headers), length_of(MAX_BODY + 1), untouchable)
    found = open_delivery(asked, platform(path), SETTINGS)
    assert isinstance(found, Refusal)
    assert (found.word, found.status) == (word, status)
    reply = platform(path).refused(asked, found, "en")
    assert reply.status == status
    assert json.loads(reply.body).keys() <= {"version", "content", "messages", "set_attributes"}


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Bearer {SECRET}"}, {"X-Api-Key": "bot-secret-1111111"}, {"X-Api-Key": "admin-secret-00000"}],
    ids=["bearer", "the newer secret", "admin"],
)
def test_a_good_key_opens(headers: dict[str, str]) -> None:
    found = open_delivery(request("/manychat", b'{"id": 1}', headers=headers), platform("/manychat"), SETTINGS)
    assert isinstance(found, IssueCall)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", ""])
def test_only_post_is_allowed(method: str) -> None:
    found = open_delivery(request("/chatfuel", method=method), platform("/chatfuel"), SETTINGS)
    assert found == Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),))


# what is read

READ = [
    pytest.param("/manychat", MANYCHAT, IssueCall(BOT, "mc1234567890", "spring", "Анна Смирнова", "manychat"), id="ManyChat"),
    pytest.param("/manychat/check", MANYCHAT, CheckCall(BOT, "spring 7k2qm 4xwda", "mc1234567890", "spring"), id="ManyChat, the code in a custom field"),
    pytest.param("/manychat/redeem", MANYCHAT, RedeemCall(BOT, "spring 7k2qm 4xwda", "mc1234567890", "spring", "chat"), id="ManyChat redeems"),
    pytest.param("/manychat/redeem", MANYCHAT | {"code": "B"}, RedeemCall(BOT, "B", "mc1234567890", "spring", "chat"), id="a code of its own comes first"),
    pytest.param("/manychat", {"id": 5, "subscriber_id": "mc6"}, IssueCall(BOT, "mc6", "spring", "", "manychat"), id="subscriber_id is taken as it is, as in flat JSON"),
    pytest.param("/chatfuel", CHATFUEL, IssueCall(BOT, "cf5a6f001ee4b0", "spring", "Anna Petrova", "chatfuel"), id="Chatfuel"),
    pytest.param("/chatfuel", {"messenger user id": 77}, IssueCall(BOT, "cf77", "spring", "", "chatfuel"), id="Chatfuel, another id"),
    pytest.param("/chatfuel/redeem", CHATFUEL | {"code": "A"}, RedeemCall(BOT, "A", "cf5a6f001ee4b0", "spring", "chat"), id="Chatfuel redeems"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "call"), READ)
def test_a_contact_is_read(path: str, body: dict[str, Any], call: Call) -> None:
    assert ask(path, body, [("campaign", "spring")]) == call


def test_a_subscriber_of_manychats_two_ways_is_one() -> None:
    from_block = ask("/manychat", {"id": 1234567890})
    from_request = ask("/manychat", {"subscriber_id": "mc1234567890"})
    assert isinstance(from_block, IssueCall)
    assert from_block == from_request


def test_the_channel_of_the_url_is_where_a_code_is_used() -> None:
    found = ask("/manychat/redeem", MANYCHAT, [("channel", "telegram")])
    assert isinstance(found, RedeemCall)
    assert found.channel == "telegram"


IDS = [
    pytest.param(5, "5", id="int"),
    pytest.param(10**18, "1000000000000000000", id="10^18"),
    pytest.param("5", "5", id="text"),
    pytest.param(" 5 ", "5", id="spaces"),
    pytest.param("=IMPORTXML(1)", "=IMPORTXML(1)", id="a formula"),
    pytest.param("x" * 198, "x" * 198, id="the longest that fits with its prefix"),
    pytest.param(5.0, None, id="float"),
    pytest.param(None, None, id="null"),
    pytest.param("", None, id="empty"),
    pytest.param(True, None, id="yes"),
    pytest.param([5], None, id="a list"),
    pytest.param({"id": 5}, None, id="an object"),
    pytest.param("{{user_id}}", None, id="unfilled"),
    pytest.param("x" * 199, None, id="too long with its prefix"),
    pytest.param("a\x00b", None, id="a control character"),
    pytest.param("\ud800", None, id="half a surrogate pair"),
]


@pytest.mark.parametrize(
    ("path", "name", "prefix"), [("/manychat", "id", "mc"), ("/chatfuel", "chatfuel user id", "cf")]
)
@pytest.mark.parametrize(("sent", "found"), IDS)
def test_an_id_is_a_text_or_a_whole_number(path: str, name: str, prefix: str, sent: Any, found: str | None) -> None:
    call = ask(path, {name: sent})
    if found is None:
        assert isinstance(call, Refusal)
        assert (call.word, call.field) == ("invalid_request", name)
    else:
        assert isinstance(call, IssueCall)
        assert call.subscriber_id == prefix + found


@pytest.mark.parametrize(("path", "name"), [("/manychat", "subscriber_id"), ("/chatfuel", "subscriber_id")])
def test_without_an_id_nobody_gets_anything(path: str, name: str) -> None:
    found = ask(path, {"first_name": "Anna"})
    assert isinstance(found, Refusal)
    assert (found.word, found.field, found.why) == ("invalid_request", name, "missing")


NAMES = [
    pytest.param(None, "", id="null"),
    pytest.param("Анна", "Анна", id="Cyrillic"),
    pytest.param("\u202eевА", "\u202eевА", id="right to left"),
    pytest.param("\U0001f381 Аня", "\U0001f381 Аня", id="emoji"),
    pytest.param('=IMPORTXML("http://x", "//a")', '=IMPORTXML("http://x", "//a")', id="a formula"),
    pytest.param('Ivan "the" Terrible', 'Ivan "the" Terrible', id="quotes"),
    pytest.param("{{first name}}", "", id="unfilled"),
    pytest.param(5, "", id="a number"),
    pytest.param("я" * 500, "я" * 100, id="endless"),
]


@pytest.mark.parametrize(
    ("path", "contact", "name"),
    [
        pytest.param("/manychat", {"id": 1}, "name", id="ManyChat"),
        pytest.param("/manychat", {"id": 1}, "first_name", id="ManyChat, in parts"),
        pytest.param("/chatfuel", {"chatfuel user id": 1}, "first name", id="Chatfuel"),
    ],
)
@pytest.mark.parametrize(("sent", "found"), NAMES)
def test_a_name_is_never_a_reason_to_refuse(
    path: str, contact: dict[str, Any], name: str, sent: Any, found: str
) -> None:
    call = ask(path, contact | {name: sent})
    assert isinstance(call, IssueCall)
    assert call.name == found


BROKEN = [
    pytest.param(b"", "subscriber_id", id="nothing"),
    pytest.param(b"{oops", "body", id="cut off"),
    pytest.param(b'{"id": "1", "name": "Ivan "the" T"}', "body", id="a quote in a name"),
    pytest.param(b"[1]", "body", id="an array"),
    pytest.param(b"null", "body", id="null"),
    pytest.param(b"\xff\xfe", "body", id="not UTF-8"),
    pytest.param(b'{"id": ' + b"[" * 8000, "body", id="8,000 deep"),
    pytest.param(b'{"id": 1, "id": 2}', "id", id="an id twice"),
    pytest.param(b'{"id": NaN}', "body", id="NaN"),
]


@pytest.mark.parametrize(("body", "field"), BROKEN)
def test_a_body_that_will_not_do_is_an_answer_in_the_platforms_form(body: bytes, field: str) -> None:
    found = ask("/manychat", body)
    assert isinstance(found, Refusal)
    assert (found.word, found.field) == ("invalid_request", field)
    reply = platform("/manychat").refused(request("/manychat"), found, "en")
    assert reply.status == 200
    assert f"in {field}:" in json.loads(reply.body)["content"]["messages"][0]["text"]


def test_with_a_broken_body_the_query_alone_will_do() -> None:
    assert ask("/manychat", b"{oops", [("id", "5")]) == IssueCall(BOT, "mc5", platform="manychat")


@pytest.mark.parametrize("custom", [None, [], [{"promo_code": "A"}], "promo_code", {}, {"promo_code": None}, 5])
def test_custom_fields_without_a_code_are_no_code(custom: Any) -> None:
    found = ask("/manychat/redeem", {"id": 1, "custom_fields": custom})
    assert isinstance(found, Refusal)
    assert (found.word, found.field) == ("invalid_request", "code")


@pytest.mark.parametrize("code", ["{{promo_code}}", True, ["A"], "x" * 101])
def test_a_code_in_custom_fields_that_will_not_do_is_refused(code: Any) -> None:
    found = ask("/manychat/redeem", {"id": 1, "custom_fields": {"promo_code": code}})
    assert isinstance(found, Refusal)
    assert (found.word, found.field) == ("invalid_request", "promo_code")


# a form


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"]
)
def test_a_form_is_read_as_json_is(kind: str) -> None:
    body = urlencode(CHATFUEL | {"first name": "Анна"}).encode()
    assert ask("/chatfuel", body, Content_Type=kind) == IssueCall(BOT, "cf5a6f001ee4b0", "", "Анна Petrova", "chatfuel")


def test_json_that_calls_itself_a_form_is_json() -> None:
    found = ask("/chatfuel", CHATFUEL, Content_Type="application/x-www-form-urlencoded")
    assert isinstance(found, IssueCall)


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff"], ids=["in percents", "as it is"])
def test_a_form_that_is_not_utf_8_is_refused(body: bytes) -> None:
    found = ask("/chatfuel", body, Content_Type="application/x-www-form-urlencoded")
    assert isinstance(found, Refusal)
    assert (found.field, found.why) == ("body", "not_utf8")


def test_a_key_in_a_form_opens_nothing() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = request("/chatfuel", urlencode(CHATFUEL | {"key": SECRET}).encode(), headers=form)
    found = open_delivery(asked, platform("/chatfuel"), SETTINGS)
    assert isinstance(found, Refusal)
    assert found.word == "unauthorized"


# the answer


def test_manychat_is_told_what_to_say_to_keep_and_to_tag() -> None:
    assert told("/manychat", ISSUED, [("channel", "telegram")]) == {
        "version": "v2",
        "content": {
            "type": "telegram",
            "messages": [{"type": "text", "text": SPOKEN}],
            "actions": [
                {"action": "set_field_value", "field_name": "promo_code", "value": "SPRING-7K2QM-4XWDA"},
                {"action": "set_field_value", "field_name": "promo_status", "value": "issued"},
                {
                    "action": "set_field_value",
                    "field_name": "promo_expiration_date",
                    "value": "2026-03-31T23:59:59+03:00",
                },
                {"action": "add_tag", "tag_name": "promo_issued"},
            ],
        },
    }


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("telegram", "telegram"),
        (" Instagram ", "instagram"),
        ("whatsapp", "whatsapp"),
        ("messenger", None),
        ("", None),
        ("shop", None),
        (None, None),
    ],
)
def test_a_channel_is_named_where_manychat_wants_it(channel: str | None, kind: str | None) -> None:
    query = [] if channel is None else [("channel", channel)]
    assert told("/manychat", ISSUED, query)["content"].get("type") == kind


def test_what_is_not_known_is_emptied_so_that_nothing_old_stays_there() -> None:
    found = actions(told("/manychat", Outcome("campaign_ended")))
    assert found == [
        {"action": "unset_field_value", "field_name": "promo_code"},
        {"action": "set_field_value", "field_name": "promo_status", "value": "campaign_ended"},
        {"action": "unset_field_value", "field_name": "promo_expiration_date"},
    ]


@pytest.mark.parametrize(
    ("word", "tagged"),
    [
        ("issued", True),
        ("already_issued", True),
        ("redeemed", False),
        ("valid", False),
        ("busy", False),
        ("out_of_codes", False),
    ],
)
def test_only_who_has_a_code_gets_the_tag(word: str, *, tagged: bool) -> None:
    found = told("/manychat", ISSUED.but(word=word))
    assert ({"action": "add_tag", "tag_name": "promo_issued"} in actions(found)) is tagged
    assert len(actions(found)) <= 5
    assert len(found["content"]["messages"]) <= 10


def test_chatfuel_is_told_what_to_say_and_every_attribute() -> None:
    assert told("/chatfuel", ISSUED) == {
        "messages": [{"text": SPOKEN}],
        "set_attributes": {
            "promo_ok": "true",
            "promo_status": "issued",
            "promo_code": "SPRING-7K2QM-4XWDA",
            "promo_campaign": "spring",
            "promo_discount": "15 %",
            "promo_issue_date": "",
            "promo_expiration_date": "2026-03-31T23:59:59+03:00",
            "promo_used_on": "",
            "promo_usage_channel": "",
            "promo_days_left": "21",
        },
    }


@pytest.mark.parametrize("path", ["/manychat", "/chatfuel"])
@pytest.mark.parametrize("word", ["busy", "sheet_broken", "too_many", "not_found", "campaign_not_found"])
def test_a_refusal_is_said_to_the_subscriber_with_200(path: str, word: str) -> None:
    found = told(path, Outcome(word))
    assert (found.get("content") or found)["messages"][0]["text"]


# anything at all

any_text = st.text(st.characters(codec=None), max_size=20)
names = st.sampled_from(
    ["id", "chatfuel user id", "custom_fields", "promo_code", "code", "name", "first name", "subscriber_id"]
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | any_text, inner, max_size=3),
    max_leaves=6,
)
bodies = st.binary(max_size=100) | st.dictionaries(names, any_json).map(json.dumps).map(str.encode)


@given(
    path=st.sampled_from(["/manychat", "/manychat/check", "/manychat/redeem", "/chatfuel", "/chatfuel/redeem"]),
    body=bodies,
    query=st.lists(st.tuples(names | st.just("channel"), any_text), max_size=3),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]) | any_text,
)
def test_nothing_that_is_sent_raises_and_every_answer_has_a_message(
    path: str, body: bytes, query: Query, kind: str
) -> None:
    found = ask(path, body, query, Content_Type=kind)
    asked = request(path, body, query)
    if isinstance(found, Refusal):
        assert found.word == "invalid_request"
        reply = platform(path).refused(asked, found, "ru")
    else:
        assert isinstance(found, IssueCall | CheckCall | RedeemCall)
        found.subscriber_id.encode()
        assert len(found.subscriber_id) <= 200
        told = platform(path).told(asked, found, ISSUED, "ru", SETTINGS)
        assert isinstance(told, Reply)
        reply = told
    answer = json.loads(reply.body)
    assert reply.status == 200
    assert (answer.get("content") or answer)["messages"][0]["text"]
