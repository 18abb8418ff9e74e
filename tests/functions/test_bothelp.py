"""BotHelp's webhook: how contacts and the URL are read, the hostile ones too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from asked import headers_of, length_of
from hypothesis import given
from hypothesis import strategies as st

from functions import door
from functions.bots import platform_at
from functions.bots.bothelp import PLATFORM, Wishes, is_address
from functions.bots.bothelp_api import address
from functions.bots.platform import Pushing
from functions.door import MAX_BODY, Refusal, Request
from functions.fields import BadField
from functions.promo import IssueCall, Role
from functions.settings import BotHelp, Key, Settings

BOT, TILL = Key("bothelp", Role.BOT, b"bot-key-0123456789"), Key("till", Role.TILL, b"till-key-0123456789")
SETTINGS = Settings("local", (BOT, TILL), b"c" * 32, bothelp=BotHelp("id", "secret"))
KEY = ("key", "bot-key-0123456789")
URL = [KEY, ("campaign", "spring"), ("channel", "telegram")]
#: As consumers of the webhook see it.
CONTACT = {
    "bothelp_user_id": 1849, "user_id": "123456789", "cuid": "1et0.2k", "name": "Ivan Petrov", "first_name": "Ivan",
    "last_name": "Petrov", "phone": None, "email": None, "messenger_username": "ivanp", "ref": "c1723106923821",
    "created_at": 1762126165, "utm_source": "", "promo_code": None,
}  # fmt: skip


def request(body: Any, query: Sequence[tuple[str, str]] = URL, path: str = "/bothelp", **more: Any) -> Request:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    made = Request("POST", path, query, headers_of({}), length_of(len(data)), lambda limit: data[:limit])
    return replace(made, **more)


def opened(body: Any, query: Sequence[tuple[str, str]] = URL, **more: Any) -> Any:
    return door.open_delivery(request(body, query, **more), PLATFORM, SETTINGS)


def contact(**changes: Any) -> dict[str, Any]:
    found = CONTACT | changes
    return {name: value for name, value in found.items() if value is not ...}


def test_a_contact_asks_for_a_code_that_is_to_be_pushed() -> None:
    call = opened(CONTACT)
    assert isinstance(call, IssueCall)
    assert (call.subscriber_id, call.campaign, call.name, call.platform) == ("1849", "spring", "Ivan Petrov", "bothelp")
    assert (call.pushed, call.dry_run, call.caller.name) == (True, False, "bothelp")


IDS = [
    pytest.param({"bothelp_user_id": "1849"}, "1849", id="a text"),
    pytest.param({"bothelp_user_id": 10**18}, "1" + "0" * 18, id="10^18"),
    pytest.param({"bothelp_user_id": " 1849 "}, "1849", id="with spaces"),
    pytest.param({"bothelp_user_id": ..., "bh_user_id": 7}, "7", id="under its other name"),
    pytest.param({"bothelp_user_id": ...}, "1et0.2k", id="cuid alone"),
    pytest.param({"bothelp_user_id": ..., "cuid": "a_b-c.9"}, "a_b-c.9", id="cuid with marks"),
]


@pytest.mark.parametrize(("changes", "subscriber_id"), IDS)
def test_who_it_is(changes: dict[str, Any], subscriber_id: str) -> None:
    assert opened(contact(**changes)).subscriber_id == subscriber_id


NOBODY = [
    pytest.param({"bothelp_user_id": None}, "bothelp_user_id", "empty", id="null"),
    pytest.param({"bothelp_user_id": ""}, "bothelp_user_id", "empty", id="empty"),
    pytest.param({"bothelp_user_id": 1849.0}, "bothelp_user_id", "not_a_scalar", id="a float"),
    pytest.param({"bothelp_user_id": 1e18}, "bothelp_user_id", "not_a_scalar", id="a large float"),
    pytest.param({"bothelp_user_id": True}, "bothelp_user_id", "not_a_scalar", id="true"),
    pytest.param({"bothelp_user_id": [1849]}, "bothelp_user_id", "not_a_scalar", id="a list"),
    pytest.param({"bothelp_user_id": {"id": 1849}}, "bothelp_user_id", "not_a_scalar", id="an object"),
    pytest.param({"bothelp_user_id": -1}, "bothelp_user_id", "characters", id="negative"),
    pytest.param({"bothelp_user_id": 10**40}, "bothelp_user_id", "characters", id="40 digits"),
    pytest.param({"bothelp_user_id": "1849/../1"}, "bothelp_user_id", "characters", id="a path"),
    pytest.param({"bothelp_user_id": "١٨٤٩"}, "bothelp_user_id", "characters", id="Arabic digits"),
    pytest.param({"bothelp_user_id": "{%bh_user_id%}"}, "bothelp_user_id", "placeholder", id="a macro"),
    pytest.param({"bothelp_user_id": "18\x0049"}, "bothelp_user_id", "characters", id="a control character"),
    pytest.param({"bothelp_user_id": "9" * 201}, "bothelp_user_id", "too_long", id="201 digits"),
    pytest.param({"bothelp_user_id": ..., "cuid": "1849"}, "cuid", "characters", id="a cuid like an id"),
    pytest.param({"bothelp_user_id": ..., "cuid": ".."}, "cuid", "characters", id="a cuid of dots"),
    pytest.param({"bothelp_user_id": ..., "cuid": "a/b"}, "cuid", "characters", id="a cuid with a slash"),
    pytest.param({"bothelp_user_id": ..., "cuid": "мой"}, "cuid", "characters", id="a Cyrillic cuid"),
    pytest.param({"bothelp_user_id": ..., "cuid": "{{cuid}}"}, "cuid", "placeholder", id="a cuid not filled in"),
    pytest.param({"bothelp_user_id": ..., "cuid": ...}, "subscriber_id", "missing", id="user_id alone"),
]


@pytest.mark.parametrize(("changes", "field", "why"), NOBODY)
def test_who_cannot_be_pushed_to_gets_no_code(changes: dict[str, Any], field: str, why: str) -> None:
    found = opened(contact(**changes))
    assert isinstance(found, Refusal)
    assert (found.word, found.field, found.why) == ("invalid_request", field, why)


NAMES = [
    pytest.param({"name": None, "first_name": "Анна", "last_name": None}, "Анна", id="null and Cyrillic"),
    pytest.param({"name": "אנה \u202eסמירנוב"}, "אנה \u202eסמירנוב", id="right to left"),
    pytest.param({"name": "👩‍👩‍👧 Anna 🎁"}, "👩‍👩‍👧 Anna 🎁", id="emoji"),
    pytest.param({"name": '=IMPORTXML("http://x","//a")'}, '=IMPORTXML("http://x","//a")', id="a formula"),
    pytest.param({"name": 'Boris "Bo" {code}'}, 'Boris "Bo" {code}', id="quotes and braces"),
    pytest.param({"name": "{%name%}", "first_name": ..., "last_name": ...}, "", id="a macro"),
    pytest.param({"name": ["x"], "first_name": 7, "last_name": {}}, "", id="no texts"),
    pytest.param({"name": "я" * 500}, "я" * 100, id="long"),
    pytest.param({"name": "a\ud800b"}, "ab", id="half a character"),
]


@pytest.mark.parametrize(("changes", "name"), NAMES)
def test_a_name_is_never_a_reason_to_give_no_code(changes: dict[str, Any], name: str) -> None:
    data = json.dumps(contact(**changes)).encode()
    assert opened(data).name == name


ODD_BODIES = [
    pytest.param(b"", "subscriber_id", "missing", id="empty"),
    pytest.param(b'{"bothelp_user_id": 1849, "name": "Bo "x""}', "body", "not_json", id="broken JSON"),
    pytest.param(b"[" * 9000, "body", "too_deep", id="deep"),
    pytest.param(b"[1849]", "body", "not_an_object", id="a list"),
    pytest.param(b'{"bothelp_user_id": 1849, "bothelp_user_id": 7}', "bothelp_user_id", "twice", id="two ids"),
    pytest.param("имя".encode("cp1251"), "body", "not_utf8", id="another encoding"),
]


@pytest.mark.parametrize(("body", "field", "why"), ODD_BODIES)
def test_an_odd_body_is_refused(body: bytes, field: str, why: str) -> None:
    found = opened(body)
    assert (found.word, found.field) == ("invalid_request", field)
    assert found.why in {why, "not_json"}


def test_broken_json_is_done_without_if_the_url_names_the_subscriber() -> None:
    assert opened(b'{"name": "Bo "x""}', [*URL, ("bothelp_user_id", "1849")]).subscriber_id == "1849"


DOORS = [
    pytest.param([("campaign", "spring")], "/bothelp", 401, id="no key"),
    pytest.param([("key", "wrong-key-wrong-key")], "/bothelp", 401, id="wrong key"),
    pytest.param([("key", "ключ")], "/bothelp", 401, id="Cyrillic key"),
    pytest.param([("key", "till-key-0123456789")], "/bothelp", 403, id="a till's key"),
    pytest.param([KEY], "/bothelp/check", 404, id="below it"),
    pytest.param([KEY], "/bothelp2", 404, id="almost its path"),
]


@pytest.mark.parametrize(("query", "path", "status"), DOORS)
def test_the_door_is_that_of_every_call(query: list[tuple[str, str]], path: str, status: int) -> None:
    found = opened(CONTACT, query, path=path)
    assert isinstance(found, Refusal)
    assert found.status == status


def test_other_methods_and_large_bodies_are_refused() -> None:
    assert opened(CONTACT, method="GET").status == 405
    assert opened(b"x" * (MAX_BODY + 1)).status == 413


def test_a_shop_that_cannot_push_serves_nothing_here_and_says_so_to_its_own_bot_alone() -> None:
    bare = replace(SETTINGS, bothelp=None)
    assert door.open_delivery(request(CONTACT), PLATFORM, bare).status == 404  # type: ignore[union-attr]
    assert door.open_delivery(request(CONTACT, []), PLATFORM, bare).status == 401  # type: ignore[union-attr]


def test_it_is_found_by_its_path_and_pushes() -> None:
    assert platform_at("/bothelp/") is PLATFORM
    assert isinstance(PLATFORM, Pushing)
    assert not isinstance(platform_at("/manychat"), Pushing)


class TestWishes:
    def test_all_of_them(self) -> None:
        query = [
            *URL,
            ("code_field", "a"),
            ("message_field", "мой текст"),
            ("expires_field", "до"),
            ("bot", "b"),
            ("step", "s"),
        ]
        assert Wishes.of(query) == Wishes("a", "мой текст", "до", "b", "s")
        assert Wishes.of(URL) == Wishes("promo_code", "", "", "", "")

    @pytest.mark.parametrize(
        ("query", "field", "why"),
        [
            ([("bot", "b")], "step", "missing"), ([("step", "s"), ("bot", " ")], "bot", "missing"),
            ([("message_field", "a"), ("message_field", "b")], "message_field", "twice"),
            ([("message_field", "{%x%}")], "message_field", "placeholder"),
            ([("code_field", "a\nb")], "code_field", "characters"), ([("bot", "b" * 201), ("step", "s")], "bot", "too_long"),
        ],
    )  # fmt: skip
    def test_a_url_that_cannot_be_meant_gives_no_code(self, query: list[tuple[str, str]], field: str, why: str) -> None:
        found = opened(CONTACT, [*URL, *query])
        assert (found.word, found.field, found.why) == ("invalid_request", field, why)

    def test_the_subscribers_own_fields_are_no_wishes(self) -> None:
        own = contact(bot="b", step="s", message_field="m", code_field="c", subscriber_id="someone-else")
        assert opened(own).subscriber_id == "1849"
        assert Wishes.of(URL) == Wishes()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda deeper: st.lists(deeper, max_size=3)
)
names = st.sampled_from(["bothelp_user_id", "bh_user_id", "cuid", "user_id", "name", "campaign", "dry_run"])


@given(st.dictionaries(names, json_values))
def test_no_contact_breaks_it(found: dict[str, Any]) -> None:
    data = json.dumps(found).encode()
    call = opened(data)
    assert isinstance(call, IssueCall | Refusal)
    if isinstance(call, IssueCall):
        assert is_address(call.subscriber_id)
        assert ".." not in address(call.subscriber_id).split("/")


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    assert isinstance(opened(body), IssueCall | Refusal)


@given(st.lists(st.tuples(st.sampled_from(["bot", "step", "code_field", "message_field", "x"]), st.text(max_size=9))))
def test_no_query_breaks_it(query: list[tuple[str, str]]) -> None:
    try:
        found = Wishes.of(query)
    except BadField:
        return
    assert found.code_field
    assert bool(found.bot) == bool(found.step)
