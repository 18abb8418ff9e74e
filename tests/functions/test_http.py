"""The HTTP surface through the real functions-framework, on a sheet of the local server."""

from __future__ import annotations

import gc
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest
import requests
from flask.testing import FlaskClient
from local_sheet import Staff, spreadsheet

import functions
from functions.local.functions_process import console_script, environment, free_port, running
from functions.local.server import LocalSheets

MAIN = str(Path(functions.__file__).with_name("main.py"))
BOT_KEY, TILL_KEY, ADMIN_KEY = "bot-key-0123456789", "till-key-0123456789", "admin-key-012345678"
KEYS = f"bothelp:bot:{BOT_KEY},main-street:till:{TILL_KEY},owner:admin:{ADMIN_KEY}"
BOT_FIELDS = [
    "ok", "status", "code", "message", "campaign", "discount", "issue_date", "expiration_date", "used_on",
    "usage_channel", "days_left",
]  # fmt: skip
FLOW = {
    "bothelp_user_id": 1849, "user_id": "123456789", "cuid": "1et0.2k", "name": "Ivan Petrov", "first_name": "Ivan",
    "last_name": "Petrov", "phone": None, "email": None, "messenger_username": "ivanp", "ref": "c1723106923821",
    "created_at": 1762126165, "utm_source": "", "promo_code": None,
}  # fmt: skip


def settings(server: LocalSheets) -> dict[str, str]:
    return {
        "SPREADSHEET_ID": "local",
        "API_KEYS": KEYS,
        "CODE_KEY": "c" * 32,
        "READS_PER_MINUTE": "60000",
        "WRITES_PER_MINUTE": "60000",
        "SHEETS_API_ENDPOINT": server.base_url,
    }


class Shop:
    """A spreadsheet with campaigns, and the functions in front of it; `log` is what they print."""

    def __init__(self, server: LocalSheets, staff: Staff) -> None:
        self.server = server
        self.staff = staff
        self.log = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", self.log)  # they take it when they are loaded, so capsys would see nothing
            self.client: FlaskClient = functions_framework.create_app("promosheet", MAIN).test_client()

    def post(self, path: str, body: Any = None, key: str = BOT_KEY, **more: Any) -> Any:
        headers = {"X-Api-Key": key} | more.pop("headers", {})
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.client.post(path, data=data, headers=headers, **more)

    def issue(self, subscriber: str = "1001", campaign: str = "spring", **more: Any) -> dict[str, str]:
        found: dict[str, str] = self.post(
            "/bot/issue", {"subscriber_id": subscriber, "campaign": campaign, **more}
        ).json
        return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with spreadsheet() as (server, _, staff), pytest.MonkeyPatch.context() as patch:
        staff.type_row("campaigns", 2, campaign="spring", discount="15 %", valid_days="30")
        staff.type_row("campaigns", 3, campaign="summer", message="{name}, {code} {nonsense} is worth {discount}")
        staff.type_row("campaigns", 4, campaign="two", uses_per_code="2")
        for name, value in settings(server).items():
            patch.setenv(name, value)
        yield Shop(server, staff)


def test_a_bots_answer_is_flat_strings_with_every_key(shop: Shop) -> None:
    answer = shop.post("/bot/issue?campaign=spring", {"subscriber_id": "flat", "name": "Анна"})
    assert answer.status_code == 200
    assert list(answer.json) == BOT_FIELDS
    assert all(isinstance(value, str) for value in answer.json.values())
    assert (answer.json["ok"], answer.json["status"], answer.json["discount"]) == ("true", "issued", "15 %")
    assert answer.json["expiration_date"].endswith("T23:59:59+03:00")
    assert answer.json["days_left"] == "30"
    assert answer.json["code"] in answer.json["message"]


def test_the_story_of_one_code(shop: Shop) -> None:
    code = shop.issue("story")["code"]
    assert shop.issue("story")["status"] == "already_issued"
    checked = shop.post("/till/check", {"code": code}, TILL_KEY).json
    assert (checked["ok"], checked["valid"], checked["uses_left"], checked["used_on"]) == (True, True, 1, None)
    done = shop.post("/till/redeem", {"code": code, "request_id": "story-1"}, TILL_KEY)
    assert (done.status_code, done.json["status"], done.json["usage_channel"]) == (200, "redeemed", "main-street")
    again = shop.post("/till/redeem", {"code": code, "request_id": "story-2"}, TILL_KEY)
    assert again.status_code == 409
    assert again.content_type.startswith("application/problem+json")
    assert (again.json["type"], again.json["status"]) == ("urn:promosheet:already_used", 409)
    assert (again.json["reason"], again.json["by"]) == ("already_used", "main-street")
    assert again.json["used_on"] == done.json["used_on"]
    assert shop.post("/bot/check", {"code": code, "subscriber_id": "stranger"}).json["status"] == "not_found"
    assert shop.post("/bot/check", {"code": code, "subscriber_id": "story"}).json["status"] == "already_used"
    undone = shop.post("/till/rollback", {"code": code, "request_id": "story-1"}, TILL_KEY)
    assert (undone.status_code, undone.json["status"]) == (200, "rolled_back")
    once_more = shop.post("/till/redeem", {"code": code}, TILL_KEY, headers={"Idempotency-Key": "story-3"})
    assert once_more.json["status"] == "redeemed"
    mismatch = shop.post("/till/redeem", {"code": code, "request_id": "story-1"}, TILL_KEY)
    assert (mismatch.status_code, mismatch.json["reason"]) == (422, "idempotency_mismatch")


def test_the_flow_webhook_of_bothelp_gets_a_code(shop: Shop) -> None:
    answer = shop.client.post(f"/bot/?campaign=spring&channel=telegram&key={BOT_KEY}", json=FLOW)
    assert answer.json["status"] == "issued"
    row = next(row for row in shop.staff.rows("codes") if row["subscriber_id"] == "1849")
    assert (row["name"], row["code"]) == ("Ivan Petrov", answer.json["code"])


def test_a_campaigns_own_message_is_filled_in_and_hostile_names_stay_names(shop: Shop) -> None:
    told = shop.issue("hostile", "summer", name="{code} =IMPORTXML(1)")
    assert told["message"] == "{code} =IMPORTXML(1), " + told["code"] + " {nonsense} is worth "


def test_a_code_for_two_uses_tells_how_many_are_left(shop: Shop) -> None:
    code = shop.issue("twice", "two")["code"]
    left = [shop.post("/till/redeem", {"code": code, "request_id": f"two-{n}"}, TILL_KEY).json for n in range(3)]
    assert [(each.get("uses"), each.get("uses_left")) for each in left] == [(1, 1), (2, 0), (2, 0)]
    assert left[2]["reason"] == "already_used"


def test_garbage_is_collected_again_once_the_first_call_has_imported_what_it_needs(shop: Shop) -> None:
    shop.issue("collected")
    assert gc.isenabled()


NO_READ = [
    pytest.param("/bot/issue", "", 401, "unauthorized", id="no key"),
    pytest.param("/bot/issue", "wrong-key-wrong-key", 401, "unauthorized", id="wrong key"),
    pytest.param("/bot/issue", "ключ-ключ-ключ-ключ", 401, "unauthorized", id="non-ASCII key"),
    pytest.param("/bot/issue", TILL_KEY, 403, "forbidden", id="a till's key at the bot"),
    pytest.param("/till/redeem", BOT_KEY, 403, "forbidden", id="a bot's key at the till"),
    pytest.param("/till/redeem?key=" + TILL_KEY, "", 401, "unauthorized", id="a till's key in the address"),
    pytest.param("/bot/nothing", BOT_KEY, 404, "not_found_path", id="unknown path"),
    pytest.param("/nothing", BOT_KEY, 404, "not_found_path", id="unknown function"),
    pytest.param("/bottle", BOT_KEY, 404, "not_found_path", id="almost a function"),
]


@pytest.mark.parametrize(("path", "key", "status", "word"), NO_READ)
def test_without_a_good_key_the_sheet_is_not_read(shop: Shop, path: str, key: str, status: int, word: str) -> None:
    shop.server.requests.clear()
    headers = {"X-Api-Key": key.encode().decode("latin-1")} if key else {}
    answer = shop.client.post(path, data=b"not even JSON", headers=headers)
    assert answer.status_code == status
    assert word in {answer.json.get("status"), answer.json.get("reason")}
    assert shop.server.requests == {}


@pytest.mark.parametrize("name", ["X-Api-Key", "x-api-key", "X-API-KEY"])
@pytest.mark.parametrize("blanks", ["", " ", "\t"])
def test_a_key_is_found_in_any_case_of_its_header_and_between_blanks(shop: Shop, name: str, blanks: str) -> None:
    answer = shop.client.post("/bot/issue", json={"campaign": "nothing"}, headers={name: f"{blanks}{BOT_KEY}{blanks}"})
    assert answer.json["status"] == "invalid_request"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/bot/issue", "/till/redeem"])
def test_other_methods_are_refused(shop: Shop, method: str, path: str) -> None:
    answer = shop.client.open(path, method=method, headers={"X-Api-Key": ADMIN_KEY})
    assert answer.status_code in {405, 200 if method == "OPTIONS" else 405}


DEEP = b'{"a":' * 50 + b"1" + b"}" * 50
BODIES = [
    pytest.param(b"not JSON", "body", id="not JSON"),
    pytest.param(b"[1, 2]", "body", id="an array"),
    pytest.param(b'"text"', "body", id="a text"),
    pytest.param(b'{"subscriber_id": NaN}', "body", id="NaN"),
    pytest.param(b'{"subscriber_id": "\\ud800"}', "subscriber_id", id="a lone surrogate"),
    pytest.param(b'{"subscriber_id": "1", "subscriber_id": "2"}', "subscriber_id", id="a key twice"),
    pytest.param(b'{"subscriber_id": 1.5}', "subscriber_id", id="a fraction for an id"),
    pytest.param(b'{"subscriber_id": true}', "subscriber_id", id="a boolean for an id"),
    pytest.param(b'{"subscriber_id": null, "user_id": "5"}', "subscriber_id", id="a null id"),
    pytest.param(b'{"subscriber_id": "{%bh_user_id%}"}', "subscriber_id", id="an unfilled macro"),
    pytest.param(b'{"subscriber_id": "a\\u0000b"}', "subscriber_id", id="a control character"),
    pytest.param(json.dumps({"subscriber_id": "x" * 201}).encode(), "subscriber_id", id="an endless id"),
    pytest.param(b"{}", "subscriber_id", id="nobody"),
    pytest.param(b"", "subscriber_id", id="no body"),
    pytest.param(b"\xff\xfe", "body", id="no UTF-8"),
    pytest.param(DEEP, "subscriber_id", id="50 deep"),
    pytest.param(b"[" * 16_000, "body", id="16,000 deep"),
    pytest.param(b'{"subscriber_id": "1", "campaign": "{{campaign}}"}', "campaign", id="a campaign's macro"),
    pytest.param(b'{"subscriber_id": "1", "campaign": ""}', "campaign", id="an empty campaign, of several"),
]


@pytest.mark.parametrize(("body", "field"), BODIES)
def test_a_bad_body_is_an_answer_that_names_the_field(shop: Shop, body: bytes, field: str) -> None:
    answer = shop.post("/bot/issue", body)
    assert answer.status_code == 200
    assert (answer.json["ok"], answer.json["status"]) == ("false", "invalid_request")
    assert field in answer.json["message"]
    assert list(answer.json) == BOT_FIELDS


@pytest.mark.parametrize(("body", "field"), [each for each in BODIES if each.values[1] == "body"])
def test_a_bad_body_at_the_till_is_a_problem_with_a_400(shop: Shop, body: bytes, field: str) -> None:
    answer = shop.post("/till/redeem", body, TILL_KEY)
    assert (answer.status_code, answer.json["reason"]) == (400, "invalid_request")
    assert field in answer.json["detail"]


GOOD = [
    pytest.param(b'{"subscriber_id": 77, "name": null, "campaign": "spring"}', "77", id="a number for an id, a null name"),
    pytest.param(b'{"subscriber_id": 1000000000000000000, "campaign": "spring"}', "1000000000000000000", id="10^18"),
    pytest.param(b'{"subscriber_id": " 78 ", "name": 5, "campaign": " SPRING "}', "78", id="spaces, capitals, a number for a name"),
    pytest.param('{"subscriber_id": "79", "name": "\u202eевА \U0001f381", "campaign": "spring"}'.encode(), "79", id="RTL, emoji"),
    pytest.param(b'\xef\xbb\xbf{"subscriber_id": "80", "campaign": "spring"}', "80", id="a BOM"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "subscriber"), GOOD)
def test_odd_but_clear_bodies_get_their_code(shop: Shop, body: bytes, subscriber: str) -> None:
    assert shop.post("/bot/issue", body).json["status"] == "issued"
    assert subscriber in {str(row["subscriber_id"]) for row in shop.staff.rows("codes")}


def test_a_name_with_a_quote_that_breaks_the_json_is_answered_from_the_query(shop: Shop) -> None:
    broken = b'{"subscriber_id": "81", "name": "Ivan "the" Terrible"}'
    assert shop.post("/bot/issue?campaign=spring&subscriber_id=81", broken).json["status"] == "issued"


def test_a_body_over_16_kib_is_too_large_however_it_comes(shop: Shop) -> None:
    answer = shop.post("/bot/issue", b"x" * 17_408)
    assert (answer.status_code, answer.json["status"]) == (413, "too_large")
    exact = json.dumps({"subscriber_id": "82", "campaign": "spring", "pad": ""}).encode()
    padded = exact[:-2] + b"x" * (16_384 - len(exact)) + b'"}'
    assert shop.post("/bot/issue", padded).json["status"] == "issued"


def test_a_dry_run_shows_the_answer_and_writes_nothing(shop: Shop) -> None:
    before = len(shop.staff.rows("codes"))
    assert shop.post("/bot/issue?dry_run=1", {"subscriber_id": "dry", "campaign": "spring"}).json["status"] == "issued"
    assert len(shop.staff.rows("codes")) == before


def test_log_lines_have_cloud_loggings_names_and_nothing_personal(shop: Shop) -> None:
    shop.log.seek(0)
    shop.log.truncate()
    code = shop.issue("secret-person", name="Aleksandra")["code"]
    shop.post(f"/till/redeem?reference=order-99&key={ADMIN_KEY}", {"code": code}, TILL_KEY)
    shop.post("/bot/issue", {"subscriber_id": "secret-person"}, key="wrong-key-wrong-key")
    lines = shop.log.getvalue()
    assert lines.count("\n") == 3
    for line in lines.splitlines():
        entry = json.loads(line)
        assert {"severity", "message", "time", "outcome", "httpRequest"} <= set(entry)
    for secret in (
        "secret-person",
        "Aleksandra",
        code,
        code[-5:],
        "order-99",
        BOT_KEY,
        TILL_KEY,
        ADMIN_KEY,
        "wrong-key",
    ):
        assert secret not in lines


@pytest.mark.parametrize(
    ("target", "path", "key", "word"),
    [
        pytest.param("bot_webhook", "/issue?campaign=spring&subscriber_id=alone", BOT_KEY, "issued", id="bot_webhook"),
        pytest.param("redemption", "/check?code=nothing", TILL_KEY, "not_found", id="redemption"),
        pytest.param("promosheet", "/till/check?code=nothing", ADMIN_KEY, "not_found", id="promosheet"),
    ],
)
def test_the_console_script_starts_each_function_from_any_folder_without_pythonpath(
    shop: Shop, target: str, path: str, key: str, word: str
) -> None:
    with running(target, settings(shop.server)) as base:
        answer = requests.post(base + path, headers={"X-Api-Key": key}, timeout=20)
        assert answer.json()["status"] == word
        assert requests.post(base + path, timeout=20).status_code == 401


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"CODE_KEY": ""}, "CODE_KEY is missing", id="missing"),
        pytest.param({"CODE_KEY": "short"}, "CODE_KEY is too short", id="short"),
        pytest.param({"API_KEYS": "till:till:short"}, "API_KEYS has an entry", id="a weak key"),
        pytest.param({"SHEETS_API_ENDPOINT": "http://example.com"}, "SHEETS_API_ENDPOINT is not", id="a far endpoint"),
    ],
)
def test_a_missing_or_weak_setting_stops_the_start_with_one_sentence(
    shop: Shop, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    command = [console_script(), "--target=promosheet", f"--source={MAIN}", f"--port={free_port()}"]
    env = environment(settings(shop.server) | change)
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip().count("\n") == 0
