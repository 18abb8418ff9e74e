"""A message that nobody asked for: by BotHelp's Open API or a Telegram bot, once, and what became of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from fake_sheet import FakeWorld
from urllib3.exceptions import NewConnectionError

from functions.bots.bothelp_api import API, OAUTH
from functions.bots.telling import Told, tellers_of
from functions.promo import Role
from functions.settings import TELEGRAM, BotHelp, Key, Settings

BOT_TOKEN = "912345678:" + "A" * 35
SEND = f"{TELEGRAM}/bot{BOT_TOKEN}/sendMessage"
MESSAGES = f"{API}/v1/subscribers/1849/messages"


class Bots:
    """Both bots, and what the log has."""

    def __init__(self) -> None:
        self.world, self.said = FakeWorld(), [""]
        known = Settings("sheet", (Key("k", Role.BOT, b"x"),), b"k" * 32)
        more: dict[str, Any] = {"bothelp": BotHelp("id", "secret"), "telegram_bot_token": BOT_TOKEN}
        fields = {name: getattr(known, name) for name in known.__slots__} | more
        self.tellers = tellers_of(Settings(**fields), self.world, self._report)

    def tell(self, platform: str, subscriber_id: str, seconds: float = 8) -> Told:
        return self.tellers[platform].tell(subscriber_id, "Привет", self.world.monotonic() + seconds)

    def _report(self, message: str, fields: dict[str, object]) -> None:
        self.said.append(f"{message} {fields}")


@pytest.fixture
def bots() -> Bots:
    return Bots()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(f"{OAUTH}/oauth2/token", json={"access_token": "t-1", "expires_in": 3600})
        yield mock


def never() -> requests.ConnectionError:
    connection: Any = None
    return requests.ConnectionError(NewConnectionError(connection, "refused"))


def test_nobody_tells_where_no_bot_is_set_up() -> None:
    known = Settings("sheet", (Key("k", Role.BOT, b"x"),), b"k" * 32)
    assert tellers_of(known, FakeWorld(), lambda *_: None) == {}


@pytest.mark.parametrize(
    ("platform", "subscriber_id", "known"),
    [
        ("bothelp", "1849", True),
        ("bothelp", "1et0.2k", True),
        ("bothelp", "tg 12", False),
        ("bothelp", "../1849", False),
        ("telegram", "tg912345678", True),
        ("telegram", "912345678", False),
        ("telegram", "tg-1", False),
        ("telegram", "tg", False),
        ("telegram", "tg1\n", False),
        ("telegram", "tg١", False),
    ],
)
def test_ids_that_a_bot_has(bots: Bots, platform: str, subscriber_id: str, *, known: bool) -> None:
    assert bots.tellers[platform].knows(subscriber_id) is known


def test_bothelp_gets_a_list_of_one_message(bots: Bots, web: responses.RequestsMock) -> None:
    web.post(MESSAGES, json={"success": True})
    assert bots.tell("bothelp", "1849") is Told.SENT
    request = web.calls[-1].request
    assert json.loads(request.body or "") == [{"content": "Привет"}]
    assert request.headers["Content-Type"] == "application/vnd.api+json"


def test_telegram_gets_the_chat_and_the_text(bots: Bots, web: responses.RequestsMock) -> None:
    web.post(SEND, json={"ok": True})
    assert bots.tell("telegram", "tg7") is Told.SENT
    assert json.loads(web.calls[-1].request.body or "") == {"chat_id": 7, "text": "Привет"}


@pytest.mark.parametrize(
    ("answer", "told", "tries"),
    [
        pytest.param({"status": 429}, Told.LATER, None, id="too many"),
        pytest.param({"body": never()}, Told.LATER, None, id="nobody there"),
        pytest.param({"body": requests.ConnectTimeout()}, Told.LATER, None, id="no connection in time"),
        pytest.param({"body": requests.ReadTimeout()}, Told.UNKNOWN, 1, id="no answer"),
        pytest.param({"body": requests.ConnectionError("reset")}, Told.UNKNOWN, 1, id="a reset"),
        pytest.param({"status": 500}, Told.UNKNOWN, 1, id="500"),
        pytest.param({"status": 404}, Told.REFUSED, 1, id="no such subscriber"),
        pytest.param({"status": 401}, Told.LATER, 2, id="a token that is no good"),
        pytest.param({"status": 302}, Told.UNKNOWN, 1, id="elsewhere"),
        pytest.param({"json": {"success": False}}, Told.UNKNOWN, 1, id="an answer that denies it"),
    ],
)
def test_what_became_of_a_message_by_bothelp(
    bots: Bots, web: responses.RequestsMock, answer: dict[str, Any], told: Told, tries: int | None
) -> None:
    web.post(MESSAGES, **answer)
    assert bots.tell("bothelp", "1849") is told
    made = [call for call in web.calls if call.request.url == MESSAGES]
    assert tries is None or len(made) == tries
    assert not [word for word in ("1849", "secret", "Привет", "t-1") if word in bots.said[-1]]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param({"status": 429}, Told.LATER, id="too many"),
        pytest.param({"status": 401}, Told.LATER, id="a token that is no good"),
        pytest.param({"status": 404}, Told.LATER, id="a bot that is not there"),
        pytest.param({"body": never()}, Told.LATER, id="nobody there"),
        pytest.param({"body": requests.ConnectTimeout()}, Told.LATER, id="no connection in time"),
        pytest.param({"status": 403}, Told.REFUSED, id="a person who stopped the bot"),
        pytest.param({"status": 400}, Told.REFUSED, id="a chat that is not there"),
        pytest.param({"body": requests.ReadTimeout()}, Told.UNKNOWN, id="no answer"),
        pytest.param({"body": requests.ConnectionError("reset")}, Told.UNKNOWN, id="a reset"),
        pytest.param({"status": 502}, Told.UNKNOWN, id="502"),
        pytest.param({"status": 302}, Told.UNKNOWN, id="elsewhere"),
    ],
)
def test_what_became_of_a_message_by_telegram(
    bots: Bots, web: responses.RequestsMock, caplog: pytest.LogCaptureFixture, answer: dict[str, Any], told: Told
) -> None:
    caplog.set_level(logging.DEBUG)
    web.post(SEND, **answer)
    assert bots.tell("telegram", "tg7") is told
    assert len(web.calls) == 1
    assert not [word for word in (BOT_TOKEN, "tg7", "Привет") if word in bots.said[-1] + caplog.text]


def test_without_time_nothing_is_sent(bots: Bots, web: responses.RequestsMock) -> None:
    assert bots.tell("telegram", "tg7", 0.1) is Told.LATER
    assert bots.tell("bothelp", "1849", 0.1) is Told.LATER
    assert [call.request.url for call in web.calls if call.request.url in {SEND, MESSAGES}] == []
