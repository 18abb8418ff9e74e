"""The stand-in of BotHelp: what its API takes, what it refuses, what its page shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.local.bothelp import CLIENT_ID, CLIENT_SECRET, BotHelp
from functions.local.http_server import Request, Response

FORM = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
FIELDS = [{"op": "replace", "path": "/мой ~1~0код", "value": "X"}]


def token(bothelp: BotHelp, form: str = FORM, method: str = "POST") -> Response:
    return bothelp.token(Request(method, "/oauth2/token", {}, form.encode()))


def call(bothelp: BotHelp, method: str, path: str, body: Any, key: str = "") -> Response:
    shown = key or json.loads(token(bothelp).body)["access_token"]
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return bothelp.api(Request(method, path, {"authorization": f"Bearer {shown}"}, data))


def test_it_keeps_what_the_api_is_told() -> None:
    bothelp = BotHelp()
    who = "/v1/subscribers/cuid/1et0.2k"
    add, remove = ([{"op": op, "path": "/tags", "value": ["a", "b"][:n]}] for op, n in (("add", 2), ("remove", 1)))
    calls = [
        ("PATCH", f"{who}/customFields", FIELDS), ("PATCH", who, add), ("PATCH", who, remove),
        ("POST", f"{who}/bot", {"botReferral": "c", "stepReferral": "s"}), ("POST", f"{who}/messages", [{"content": "hi"}]),
    ]  # fmt: skip
    answers = [call(bothelp, *each) for each in calls]
    assert {(each.status, each.body) for each in answers} == {(200, b'{"success": true}')}
    assert bothelp.seen() == {
        "cuid/1et0.2k": {"fields": {"мой /~код": "X"}, "tags": ["b"], "steps": [("c", "s")], "messages": ["hi"]}
    }


@pytest.mark.parametrize("form", ["", FORM.replace("secret=", "secret=x"), FORM.replace("client_c", "c"), "%ff=%ff"])
def test_a_token_is_for_its_client(form: str) -> None:
    assert token(BotHelp(), form).status == 401
    assert token(BotHelp(), method="GET").status == 401


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("PATCH", "/v1/subscribers/1/customFields", "wrong", 401),
        ("GET", "/v1/subscribers/1", "", 404),
        ("PATCH", "/v1/subscribers/1/2/3/4", "", 404),
        ("POST", "/v1/bots/", "", 404),
    ],
)
def test_what_it_does_not_play_is_refused(method: str, path: str, key: str, status: int) -> None:
    assert call(BotHelp(), method, path, FIELDS, key).status == status


@given(
    st.sampled_from([("PATCH", "/customFields"), ("PATCH", ""), ("POST", "/bot"), ("POST", "/messages")]),
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.text(),
        lambda deeper: st.lists(deeper) | st.dictionaries(st.sampled_from(["path", "op"]), deeper),
    ).map(lambda found: json.dumps(found).encode()),
)
def test_no_body_breaks_it(what: tuple[str, str], body: bytes) -> None:
    bothelp = BotHelp()
    assert call(bothelp, what[0], f"/v1/subscribers/1{what[1]}", body).status in {200, 422}
    assert bothelp.page(Request("GET", "/bothelp", {})).status == 200


def test_the_page_is_empty_at_first_and_only_read() -> None:
    bothelp = BotHelp()
    assert b"Nobody yet" in bothelp.page(Request("GET", "/bothelp", {})).body
    assert bothelp.page(Request("POST", "/bothelp", {})).status == 405
