"""The OpenAPI document of the till: true to the door and to the replies, and called by a program that believes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import functions_framework
import pytest
import schemathesis
from asked import headers_of, length_of
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from local_sheet import spreadsheet
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from test_http import MAIN, TILL_KEY
from test_http import settings as environment

from functions import door, fields, guessing, replies
from functions.door import Kind, Request, Surface, open_call
from functions.fields import CODE, SUBSCRIBER, Body
from functions.listing import Listed, Listing
from functions.promo import Caller, Outcome, Role, TodayCall
from functions.settings import Key
from functions.till_api import document
from sheet_schema import languages

DOCUMENT = document("/till")
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)


def operation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][f"/{name}"]["get" if name == "today" else "post"]
    return found


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name]
    return found


# true to the door


def test_the_paths_are_those_of_the_door() -> None:
    assert DOCUMENT["paths"].keys() == Surface.TILL.value.keys()
    offered = {path: [method.upper() for method in each] for path, each in DOCUMENT["paths"].items()}
    assert offered == {path: [kind.methods[0]] for path, kind in Surface.TILL.value.items()}


class Asked(Body):
    """A body that notes which fields are looked for."""

    names: set[str]

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


@pytest.mark.parametrize("kind", [kind for kind in Surface.TILL.value.values() if kind is not Kind.TODAY])
def test_the_fields_are_those_that_the_door_reads(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Asked([("promo_code", "A")])
    body.names = set()
    monkeypatch.setattr(door, "parse", lambda _raw: body)
    key = Key("till-1", Role.TILL, b"till-secret-000000")
    header = headers_of({"X-Api-Key": "till-secret-000000"})
    asked = Request("POST", f"/{kind}", (), header, length_of(0), lambda _size: b"")
    open_call(asked, Surface.TILL, (key,))
    other_names = {*CODE[1:], *SUBSCRIBER[1:], ""}  # of bot platforms
    assert (
        body.names - other_names
        == operation(kind)["requestBody"]["content"]["application/json"]["schema"]["properties"].keys()
    )


@pytest.mark.parametrize("name", ["check", "redeem", "rollback"])
def test_the_lengths_are_those_that_the_door_allows(name: str) -> None:
    properties = operation(name)["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {field: each["maxLength"] for field, each in properties.items()} == {
        field: fields._LIMITS.get(field, fields._LIMIT) for field in properties
    }


# true to the replies


@pytest.mark.parametrize(
    ("kind", "word"),
    [(Kind.CHECK, "valid"), (Kind.CHECK, "expired"), (Kind.REDEEM, "redeemed"), (Kind.ROLLBACK, "rolled_back")],
)
def test_an_answer_has_the_fields_that_are_said(kind: Kind, word: str) -> None:
    answer = json.loads(replies.till_reply(kind, Outcome(word), "en").body)
    described = schema(f"{kind}_answer")
    assert answer.keys() == described["properties"].keys()
    assert word in described["properties"]["status"]["enum"]


def test_the_list_of_today_has_the_fields_that_are_said() -> None:
    row = Listed(datetime(2026, 3, 10, tzinfo=UTC), "A", "", "", "", "", "", "", rolled_back=False, uses=1, uses_left=0)
    outcome = Outcome("listed", language="ru", listing=Listing(date(2026, 3, 10), "till-1", 1, (row,)))
    answer = json.loads(replies.told(Surface.TILL, TodayCall(Caller("till-1", Role.TILL)), outcome, "en").body)
    assert answer.keys() == schema("today_answer")["properties"].keys()
    assert answer["redemptions"][0].keys() == schema("Listed")["properties"].keys()
    assert (answer["language"], answer["message"]) == ("ru", "Погашено сегодня: 1.")


def test_a_problem_has_the_fields_that_are_said() -> None:
    problem = json.loads(replies.till_reply(Kind.REDEEM, Outcome("void"), "en").body)
    assert problem.keys() == schema("Problem")["properties"].keys()


#: Words of bots' calls, and of no path that is described.
ELSEWHERE = {"issued", "already_issued", "out_of_codes", "valid", "not_found_path", "method_not_allowed"}
OF_TILLS = [
    word for word in languages.language("en").titles if word not in ELSEWHERE and not word.startswith("campaign_")
]


@pytest.mark.parametrize("word", OF_TILLS)
def test_every_word_of_a_till_has_its_status_in_the_document(word: str) -> None:
    reply = replies.till_reply(Kind.REDEEM, Outcome(word), "en")
    answers = operation({"rolled_back": "rollback", "listed": "today"}.get(word, "redeem"))["responses"]
    assert str(reply.status) in answers
    assert reply.status == 200 or word in answers[str(reply.status)]["description"]


# served


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with spreadsheet() as (server, _, staff), pytest.MonkeyPatch.context() as patch:
        staff.type_row("campaigns", 2, campaign="spring")
        staff.type_row("codes", 2, code="A1", campaign="spring")
        patch.setattr(guessing, "_STEP_S", 0.0)  # it guesses all the time
        for name, value in environment(server).items():
            patch.setenv(name, value)
        yield functions_framework.create_app("promosheet", MAIN).test_client()


@pytest.mark.parametrize("path", ["/till/openapi.json", "/till/openapi.json/"])
def test_the_document_is_served_without_a_key(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/json; charset=utf-8")
    assert answer.json["servers"] == [{"url": "/till"}]
    assert answer.json["paths"].keys() == DOCUMENT["paths"].keys()
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_document_is_only_read(client: FlaskClient, method: str) -> None:
    answer = client.open("/till/openapi.json", method=method, headers={"X-Api-Key": TILL_KEY})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_there_is_no_document_for_bots(client: FlaskClient) -> None:
    assert client.get("/bot/openapi.json").status_code == 404


def test_alone_the_document_names_the_root() -> None:
    assert document("")["servers"] == [{"url": "/"}]


@pytest.mark.parametrize("name", ["check", "redeem", "rollback", "today"])
def test_a_program_that_believes_the_document_never_gets_a_500(client: FlaskClient, name: str) -> None:
    believed = schemathesis.openapi.from_wsgi("/till/openapi.json", client.application)
    described = believed[f"/{name}"]["GET" if name == "today" else "POST"]
    cases = described.as_strategy() | described.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @given(case=cases, code=st.none() | st.just("A1"))
    @settings(
        max_examples=60,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: schemathesis.Case, code: str | None) -> None:
        if code and isinstance(case.body, dict):
            case.body["code"] = code
        response = case.call(headers={"X-Api-Key": TILL_KEY})
        case.validate_response(response, checks=CHECKS)

    call()
