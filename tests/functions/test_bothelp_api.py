"""BotHelp's Open API as `responses` plays it: what is sent, what is tried again, what may have been done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from fake_sheet import FakeWorld
from urllib3.exceptions import MaxRetryError, NewConnectionError

from functions.bots.bothelp_api import API, OAUTH, Api, PushFailed, address
from functions.settings import BotHelp

ANNA, CUID = "/v1/subscribers/1849", "/v1/subscribers/cuid/1et0.2k"
TOKEN = {"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600}
SECRET = "client-secret-of-the-shop"
DEADLINE_S = 8.0


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def api(world: FakeWorld) -> Api:
    return Api(BotHelp("client-1", SECRET), world)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def until(world: FakeWorld, seconds: float = DEADLINE_S) -> float:
    return world.monotonic() + seconds


def token(web: responses.RequestsMock, **more: Any) -> None:
    web.post(f"{OAUTH}/oauth2/token", **({"json": TOKEN} | more))


def sent(web: responses.RequestsMock) -> list[tuple[str, str]]:
    return [(str(call.request.method), str(call.request.url)) for call in web.calls]


def test_a_token_is_asked_for_as_a_form_and_used_for_its_life(
    api: Api, web: responses.RequestsMock, world: FakeWorld
) -> None:
    token(web)
    web.patch(API + ANNA, json={"success": True})
    api.add_tag(ANNA, "promo_issued", until(world))
    form = dict(pair.split("=") for pair in str(web.calls[0].request.body).split("&"))
    assert form == {"grant_type": "client_credentials", "client_id": "client-1", "client_secret": SECRET}
    assert web.calls[1].request.headers["Authorization"] == "Bearer t-1"
    world.sleep(3600 - 120)
    api.add_tag(ANNA, "promo_issued", until(world))
    assert [method for method, _ in sent(web)] == ["POST", "PATCH", "PATCH"]
    world.sleep(120)
    api.add_tag(ANNA, "promo_issued", until(world))
    assert [method for method, _ in sent(web)] == ["POST", "PATCH", "PATCH", "POST", "PATCH"]


def test_fields_tag_and_step_are_sent_as_the_api_wants_them(
    api: Api, web: responses.RequestsMock, world: FakeWorld
) -> None:
    token(web)
    web.patch(f"{API}{ANNA}/customFields", json={"success": True})
    web.patch(API + ANNA, json={"success": True})
    web.post(f"{API}{ANNA}/bot", status=204)
    api.set_fields(ANNA, {"promo_code": "SPRING-7K2QM-4XWDA", "мой ~/код": "до 31"}, until(world))
    api.add_tag(ANNA, "promo_issued", until(world))
    api.start_step(ANNA, "c17", "s18", until(world))
    bodies = [json.loads(call.request.body) for call in list(web.calls)[1:]]
    assert bodies == [
        [
            {"op": "replace", "path": "/promo_code", "value": "SPRING-7K2QM-4XWDA"},
            {"op": "replace", "path": "/мой ~0~1код", "value": "до 31"},
        ],
        [{"op": "add", "path": "/tags", "value": ["promo_issued"]}],
        {"botReferral": "c17", "stepReferral": "s18"},
    ]


@pytest.mark.parametrize(
    ("subscriber_id", "path"), [("1849", ANNA), ("1et0.2k", CUID), ("1" + "0" * 18, "/v1/subscribers/1" + "0" * 18)]
)
def test_a_number_is_the_apis_own_id_and_anything_else_a_cuid(subscriber_id: str, path: str) -> None:
    assert address(subscriber_id) == path


def test_401_fetches_one_new_token(api: Api, web: responses.RequestsMock, world: FakeWorld) -> None:
    token(web)
    token(web, json=TOKEN | {"access_token": "t-2"})
    web.post(f"{API}{ANNA}/bot", status=401)
    web.post(f"{API}{ANNA}/bot", json={"success": True})
    api.start_step(ANNA, "c17", "s18", until(world))
    assert [call.request.headers.get("Authorization") for call in web.calls] == [None, "Bearer t-1", None, "Bearer t-2"]


def test_a_second_401_is_a_refusal(api: Api, web: responses.RequestsMock, world: FakeWorld) -> None:
    token(web)
    web.post(f"{API}{ANNA}/bot", status=401)
    with pytest.raises(PushFailed, match="status 401") as failed:
        api.start_step(ANNA, "c17", "s18", until(world))
    assert failed.value.certain
    assert len(web.calls) == 4


def refused_connection() -> requests.ConnectionError:
    reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


PASSING = [
    pytest.param({"status": 429}, True, id="429"),
    pytest.param({"status": 429, "headers": {"Retry-After": "2"}}, True, id="429 with Retry-After"),
    pytest.param({"status": 500}, False, id="500"),
    pytest.param({"status": 503, "body": "<html>"}, False, id="503"),
    pytest.param({"status": 408}, False, id="408"),
    pytest.param({"body": requests.ReadTimeout()}, False, id="no answer"),
    pytest.param({"body": requests.ConnectionError("reset")}, False, id="reset"),
    pytest.param({"body": requests.ConnectTimeout()}, True, id="no connection in time"),
    pytest.param({"body": refused_connection()}, True, id="connection refused"),
]


@pytest.mark.parametrize(("answer", "certain"), PASSING)
def test_a_field_is_set_again_whatever_happened(
    api: Api, web: responses.RequestsMock, world: FakeWorld, answer: dict[str, Any], *, certain: bool
) -> None:
    del certain
    token(web)
    web.patch(f"{API}{ANNA}/customFields", **answer)
    web.patch(f"{API}{ANNA}/customFields", json={"success": True})
    api.set_fields(ANNA, {"promo_code": "X"}, until(world))
    assert len(web.calls) == 3


@pytest.mark.parametrize(("answer", "certain"), PASSING)
def test_a_step_is_started_again_only_if_it_certainly_was_not(
    api: Api, web: responses.RequestsMock, world: FakeWorld, answer: dict[str, Any], *, certain: bool
) -> None:
    token(web)
    web.post(f"{API}{ANNA}/bot", **answer)
    web.post(f"{API}{ANNA}/bot", json={"success": True})
    if certain:
        api.start_step(ANNA, "c17", "s18", until(world))
        assert len(web.calls) == 3
    else:
        with pytest.raises(PushFailed) as failed:
            api.start_step(ANNA, "c17", "s18", until(world))
        assert not failed.value.certain
        assert len(web.calls) == 2


@pytest.mark.parametrize("status", [429, 500])
def test_it_is_tried_until_the_deadline_with_pauses_and_no_longer(
    api: Api, web: responses.RequestsMock, world: FakeWorld, status: int
) -> None:
    token(web)
    web.patch(API + ANNA, status=status)
    end = until(world)
    with pytest.raises(PushFailed, match=f"tags: status {status}"):
        api.add_tag(ANNA, "promo_issued", end)
    assert world.monotonic() < end
    assert 3 <= len(web.calls) - 1 <= 40


def test_retry_after_beyond_the_deadline_ends_it_at_once(
    api: Api, web: responses.RequestsMock, world: FakeWorld
) -> None:
    token(web)
    web.patch(API + ANNA, status=429, headers={"Retry-After": "60"})
    with pytest.raises(PushFailed):
        api.add_tag(ANNA, "promo_issued", until(world))
    assert len(web.calls) == 2


@pytest.mark.parametrize(
    ("answer", "certain"),
    [
        pytest.param({"status": 404, "body": "nobody"}, True, id="404"),
        pytest.param({"status": 422, "json": ["odd"]}, True, id="422"),
        pytest.param({"status": 302, "headers": {"Location": "https://elsewhere.example/"}}, False, id="redirect"),
        pytest.param({"json": {"success": False}}, False, id="200 that denies it"),
    ],
)
def test_a_refusal_is_final(
    api: Api, web: responses.RequestsMock, world: FakeWorld, answer: dict[str, Any], *, certain: bool
) -> None:
    token(web)
    web.post(f"{API}{ANNA}/bot", **answer)
    with pytest.raises(PushFailed) as failed:
        api.start_step(ANNA, "c17", "s18", until(world))
    assert failed.value.certain is certain
    assert len(web.calls) == 2


@pytest.mark.parametrize("answer", [{"json": {"success": True}}, {"body": ""}, {"body": "[1"}, {"json": None}])
def test_any_other_body_of_a_200_says_that_it_was_done(
    api: Api, web: responses.RequestsMock, world: FakeWorld, answer: dict[str, Any]
) -> None:
    token(web)
    web.post(f"{API}{ANNA}/bot", **answer)
    api.start_step(ANNA, "c17", "s18", until(world))


NO_TOKENS = [
    {"status": 401, "json": {"error": "invalid_client"}}, {"status": 400}, {"json": {}}, {"json": []}, {"body": "x"},
    {"json": {"access_token": 7}}, {"json": {"access_token": "ключ"}}, {"json": {"access_token": "a\nb"}},
]  # fmt: skip


@pytest.mark.parametrize("answer", NO_TOKENS)
def test_without_a_token_nothing_is_sent_and_no_secret_is_told(
    api: Api, web: responses.RequestsMock, world: FakeWorld, answer: dict[str, Any]
) -> None:
    web.post(f"{OAUTH}/oauth2/token", **answer)
    with pytest.raises(PushFailed, match="BOTHELP_CLIENT_ID") as failed:
        api.start_step(ANNA, "c17", "s18", until(world))
    assert failed.value.certain
    assert SECRET not in str(failed.value)
    assert "client-1" not in str(failed.value)
    assert len(web.calls) == 1


def test_a_token_is_fetched_again_after_a_passing_failure(
    api: Api, web: responses.RequestsMock, world: FakeWorld
) -> None:
    web.post(f"{OAUTH}/oauth2/token", status=503)
    web.post(f"{OAUTH}/oauth2/token", body=requests.ReadTimeout())
    token(web)
    web.patch(API + ANNA, json={"success": True})
    api.add_tag(ANNA, "promo_issued", until(world))
    assert len(web.calls) == 4


@pytest.mark.parametrize("life", [None, "3600", True, -1, 0, 10**30])
def test_a_token_with_an_odd_life_is_used_for_some_minutes(
    api: Api, web: responses.RequestsMock, world: FakeWorld, life: Any
) -> None:
    token(web, json=TOKEN | {"expires_in": life})
    web.patch(API + ANNA, json={"success": True})
    api.add_tag(ANNA, "promo_issued", until(world))
    world.sleep(60)
    api.add_tag(ANNA, "promo_issued", until(world))
    assert [method for method, _ in sent(web)] == ["POST", "PATCH", "PATCH"]


def test_a_step_is_not_begun_when_no_time_is_left_to_hear_of_it(
    api: Api, web: responses.RequestsMock, world: FakeWorld
) -> None:
    token(web)
    with pytest.raises(PushFailed, match="no time") as failed:
        api.start_step(ANNA, "c17", "s18", until(world, 0.2))
    assert failed.value.certain


def test_loopback_endpoints_take_the_place_of_bothelp(web: responses.RequestsMock, world: FakeWorld) -> None:
    local = "http://127.0.0.1:8080"
    web.post(f"{local}/oauth2/token", json=TOKEN)
    web.patch(local + ANNA, json={"success": True})
    Api(BotHelp("c", "s", local, local), world).add_tag(ANNA, "x", until(world))
    assert len(web.calls) == 2
