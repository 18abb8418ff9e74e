"""Bots of every platform through the real functions-framework: repeats at once, hostile input, keys, who learns why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from local_sheet import spreadsheet
from test_contacts import CHATFUEL, MANYCHAT
from test_http import ADMIN_KEY, BOT_KEY, FLOW, KEYS, TILL_KEY, Shop, settings

NEWER_KEY = "newer-bot-key-01234"
HOSTILE = [
    '=IMPORTXML("http://x","//a")',
    "+1",
    "-1+1",
    "@SUM(1)",
    "\u202eевА",
    "\U0001f381",
    "{code}",
    "'quoted",
    '"quoted"',
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with spreadsheet() as (server, _, staff), pytest.MonkeyPatch.context() as patch:
        staff.type_row("campaigns", 2, campaign="spring", discount="15 %", valid_days="30")
        staff.type_row("campaigns", 3, campaign="holders", holder_only="yes")
        for name, value in (settings(server) | {"API_KEYS": f"{KEYS},bothelp:bot:{NEWER_KEY}"}).items():
            patch.setenv(name, value)
        yield Shop(server, staff)


def told(answer: Any) -> dict[str, Any]:
    """What was told, by the names of flat JSON, whatever the platform's form."""
    found: dict[str, Any] = answer.json
    if "content" in found:
        kept = {each.get("field_name", "")[6:]: each.get("value", "") for each in found["content"]["actions"]}
        return kept | {"message": found["content"]["messages"][0]["text"]}
    if "set_attributes" in found:
        kept = {name.removeprefix("promo_"): value for name, value in found["set_attributes"].items()}
        return kept | {"message": found["messages"][0]["text"]}
    return found


PLATFORMS = [
    pytest.param("/bot/issue?campaign=spring", {"platform": "bothelp", "subscriber_id": "bh-1"}, "bh-1", id="BotHelp"),
    pytest.param("/bot?campaign=spring", FLOW, "1849", id="BotHelp's flow, as flat JSON"),
    pytest.param("/bot/manychat?campaign=spring&channel=telegram", MANYCHAT, "mc1234567890", id="ManyChat"),
    pytest.param("/bot/chatfuel?campaign=spring", CHATFUEL, "cf5a6f001ee4b0", id="Chatfuel"),
    pytest.param("/bot/issue?campaign=spring", {"platform": "typebot", "subscriber_id": "tb9"}, "tb9", id="Typebot"),
]


@pytest.mark.parametrize(("path", "body", "subscriber"), PLATFORMS)
def test_a_delivery_three_times_at_once_is_one_code(
    shop: Shop, path: str, body: dict[str, Any], subscriber: str
) -> None:
    def deliver(_number: int) -> Any:
        client = shop.client.application.test_client()
        return client.post(path, json=body, headers={"X-Api-Key": BOT_KEY})

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(deliver, range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {told(answer)["status"] for answer in answers} <= {"issued", "already_issued"}
    rows = [row for row in shop.staff.rows("codes") if row["subscriber_id"] == subscriber]
    assert {row["code"] for row in rows} == {told(answer)["code"] for answer in answers}
    assert len({row["code"] for row in rows}) == 1


def test_one_person_of_manychats_two_ways_has_one_code(shop: Shop) -> None:
    block = told(shop.post("/bot/manychat?campaign=spring", {"id": 55}))
    request = told(shop.post("/bot/issue?campaign=spring", {"platform": "manychat", "subscriber_id": "mc55"}))
    assert (request["status"], request["code"]) == ("already_issued", block["code"])


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/bot/manychat?campaign=spring", {"id": "=1+{}", "name": "{}"}, id="ManyChat"),
        pytest.param("/bot/chatfuel?campaign=spring", {"chatfuel user id": "=1+{}", "first name": "{}"}, id="Chatfuel"),
        pytest.param("/bot/issue?campaign=spring", {"subscriber_id": "={}", "name": "{}", "platform": "{}"}, id="flat"),
    ],
)
def test_what_looks_like_a_formula_is_written_as_text(
    shop: Shop, path: str, body: dict[str, str], hostile: str
) -> None:
    sent = {name: value.replace("{}", hostile) for name, value in body.items()}
    assert told(shop.post(path, sent))["status"] == "issued"


def test_no_cell_was_written_as_a_formula(shop: Shop) -> None:
    shop.post("/bot/manychat?campaign=spring", {"id": "=NOW()", "name": "=NOW()"})
    url = f"{shop.server.base_url}/v4/spreadsheets/local?includeGridData=true&fields=sheets(properties.title,data.rowData.values.userEnteredValue)"
    tabs = {each["properties"]["title"]: each for each in requests.get(url, timeout=20).json()["sheets"]}
    written = [tabs[shop.staff.title(tab)] for tab in ("codes", "redemptions")]
    cells = [
        cell.get("userEnteredValue", {})
        for tab in written
        for row in tab["data"][0]["rowData"]
        for cell in row.get("values", [])
    ]
    assert {"stringValue": "mc=NOW()"} in cells
    assert [cell for cell in cells if "formulaValue" in cell] == []


@pytest.mark.parametrize("path", ["/bot/manychat", "/bot/chatfuel/redeem"])
@pytest.mark.parametrize(
    ("key", "status"),
    [
        pytest.param("", 401, id="none"),
        pytest.param("wrong-key-wrong-key", 401, id="wrong"),
        pytest.param(TILL_KEY, 403, id="a till's"),
    ],
)
def test_without_a_good_key_the_sheet_is_not_read(shop: Shop, path: str, key: str, status: int) -> None:
    shop.server.requests.clear()
    answer = shop.post(path, b"not even JSON", key)
    assert answer.status_code == status
    assert shop.server.requests == {}


def test_a_bots_key_at_the_till_is_forbidden_on_every_path(shop: Shop) -> None:
    assert {shop.post(f"/till/{each}", {"code": "A"}).status_code for each in ("check", "redeem", "rollback")} == {403}


@pytest.mark.parametrize("path", ["/till/manychat", "/manychat", "/bot/manychat/rollback", "/bot/manychat/issue/x"])
def test_a_platform_is_served_below_the_bot_alone(shop: Shop, path: str) -> None:
    assert shop.post(path, MANYCHAT, ADMIN_KEY).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"{oops", b"[]", b"\xff", b"[" * 16_000, b'{"id": 1.5}', b'{"id": {"$": 1}}', b"x" * 17_000]
)
@pytest.mark.parametrize("path", ["/bot/manychat", "/bot/chatfuel/check", "/bot/issue"])
def test_no_body_makes_a_500(shop: Shop, path: str, body: bytes) -> None:
    answer = shop.post(path, body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in {200, 413}
    assert told(answer)["message"]


# a Question block: the subscriber types the code, the bot redeems it

QUESTIONS = [
    pytest.param("/bot/issue", {"subscriber_id": "q-1"}, "/bot/redeem", lambda code: {"subscriber_id": "q-1", "code": code}, id="flat"),
    pytest.param("/bot/issue", {"subscriber_id": "q-2"}, "/bot/redeem", lambda code: {"subscriber_id": "q-2", "promo_code": code}, id="flat, by BotHelp's name"),
    pytest.param("/bot/manychat", {"id": 2}, "/bot/manychat/redeem", lambda code: {"id": 2, "custom_fields": {"promo_code": code}}, id="ManyChat"),
    pytest.param("/bot/chatfuel", {"chatfuel user id": "q3"}, "/bot/chatfuel/redeem", lambda code: {"chatfuel user id": "q3", "code": code}, id="Chatfuel"),
]  # fmt: skip


@pytest.mark.parametrize(("issue", "who", "redeem", "typed"), QUESTIONS)
def test_a_code_typed_into_the_bot_is_redeemed_once_and_the_channel_is_the_bots(
    shop: Shop, issue: str, who: dict[str, Any], redeem: str, typed: Any
) -> None:
    code = told(shop.post(f"{issue}?campaign=spring", who))["code"]
    hurried = code.lower().replace("-", " ").replace("s", "ѕ")
    first = told(shop.post(f"{redeem}?channel=telegram", typed(hurried)))
    assert (first["status"], first["code"]) == ("redeemed", code)
    again = told(shop.post(f"{redeem}?channel=telegram", typed(hurried)))
    assert again["status"] == "redeemed"  # a second click is the same redemption
    row = next(row for row in shop.staff.rows("codes") if row["code"] == code)
    assert (row["status"], row["usage_channel"]) == ("used", "telegram")
    assert len([row for row in shop.staff.rows("redemptions") if row["code"] == code]) == 1
    later = told(shop.post(f"{redeem}?channel=instagram", typed(code)))
    assert later["status"] == "already_used"
    assert "(telegram)" in later["message"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "{%promo_code%}", "no such code", "=1+1", "\U0001f381" * 20, '"', "я" * 100]
)
def test_whatever_a_subscriber_types_is_answered(shop: Shop, typed: str) -> None:
    answer = shop.post("/bot/redeem?channel=telegram", {"subscriber_id": f"typist-{typed[:1]}", "code": typed})
    assert answer.status_code == 200
    assert answer.json["status"] in {"not_found", "invalid_request"}


# keys, and who learns why


def test_a_key_that_is_being_changed_is_one_key(shop: Shop) -> None:
    code = shop.post("/bot/issue", {"subscriber_id": "rotated", "campaign": "spring"}).json["code"]
    call = {"subscriber_id": "rotated", "code": code, "request_id": "rotated-1"}
    first, again = (shop.post("/bot/redeem", call, key).json for key in (BOT_KEY, NEWER_KEY))
    assert (first["status"], again["status"], first["used_on"]) == ("redeemed", "redeemed", again["used_on"])
    assert {row["by"] for row in shop.staff.rows("redemptions") if row["code"] == code} == {"bothelp"}


@pytest.mark.parametrize("call", ["check", "redeem"])
@pytest.mark.parametrize(
    ("key", "surface", "subscriber", "word"),
    [
        pytest.param(BOT_KEY, "bot", "why-holder", "void", id="the holder in the bot"),
        pytest.param(BOT_KEY, "bot", "why-other", "not_found", id="somebody else in the bot"),
        pytest.param(BOT_KEY, "bot", "", "not_found", id="nobody in particular in the bot"),
        pytest.param(ADMIN_KEY, "bot", "why-other", "void", id="an admin through the bot"),
        pytest.param(TILL_KEY, "till", "", "void", id="a till"),
        pytest.param(TILL_KEY, "till", "why-other", "void", id="a till that names somebody else"),
    ],
)
def test_the_holder_the_tills_and_an_admin_learn_why(
    shop: Shop, call: str, key: str, surface: str, subscriber: str, word: str
) -> None:
    if not [row for row in shop.staff.rows("codes") if row["code"] == "VOID-1"]:
        place = len(shop.staff.rows("codes")) + 2
        shop.staff.type_row("codes", place, code="VOID-1", campaign="spring", subscriber_id="why-holder", status="void")
    body = {"code": "VOID-1"} | ({"subscriber_id": subscriber} if subscriber else {})
    answer = shop.post(f"/{surface}/{call}", body, key).json
    assert answer.get("reason", answer.get("status")) == word


def test_a_holders_code_is_not_yours_at_the_till_and_unknown_in_the_bot(shop: Shop) -> None:
    code = shop.issue("holds", "holders")["code"]
    call = {"code": code, "subscriber_id": "does-not"}
    assert shop.post("/till/redeem", call, TILL_KEY).json["reason"] == "not_yours"
    assert shop.post("/bot/redeem", call).json["status"] == "not_found"
    assert shop.post("/bot/redeem", call | {"subscriber_id": "holds"}).json["status"] == "redeemed"


def test_no_answer_to_a_bot_holds_anothers_name_or_code(shop: Shop) -> None:
    code = shop.issue("private", name="Aleksandra Private")["code"]
    stranger = json.dumps(shop.post("/bot/check", {"code": code.lower(), "subscriber_id": "x"}).json)
    assert "Aleksandra" not in stranger
