"""Telegram through the real functions-framework, on a sheet of the local server, with a Bot API of our own."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import functions_framework
import pytest
import responses
from flask import Flask
from local_sheet import Staff, spreadsheet
from updates import message, press, scan

import functions
from functions.bots import telegram_api

MAIN = str(Path(functions.__file__).with_name("main.py"))
SECRET, TOKEN = "telegram-secret_0123", "700:AAtoken-of-the-bot_0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BOT_KEY = "bot-key-0123456789"


class BotApi(ThreadingHTTPServer):
    """Takes sendPhoto, and answers as it is told: 0 hangs up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.status = 200
        self.got: list[tuple[str, dict[str, bytes]]] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Asked(BaseHTTPRequestHandler):
    server: BotApi

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        parts = [part for part in form.get_payload() if isinstance(part, Message)]
        names = [str(part.get_param("name", header="content-disposition")) for part in parts]
        self.server.got.append(
            (self.path, dict(zip(names, (part.get_payload(decode=True) for part in parts), strict=True)))  # type: ignore[arg-type]
        )
        if self.server.status:
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.send_header("Location", f"{self.server.origin}/elsewhere")  # counts with a 302 alone
            self.end_headers()

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        pass


class Shop:
    """A spreadsheet with campaigns, the functions in front of it, and the Bot API behind them; `log` is their output."""

    def __init__(self, staff: Staff, bot_api: BotApi) -> None:
        self.staff = staff
        self.bot_api = bot_api
        self.log = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", self.log)  # the functions take it when they are loaded
            self.app: Flask = functions_framework.create_app("promosheet", MAIN)

    def post(self, update: Any, headers: dict[str, str] | None = None, path: str = "/bot/telegram") -> Any:
        data = update if isinstance(update, bytes) else json.dumps(update).encode()
        return self.app.test_client().post(path, data=data, headers={HEADER: SECRET} if headers is None else headers)

    def say(self, typed: str, person: int = 1849, **sender: Any) -> dict[str, Any]:
        answer = self.post(message(typed, {"id": person, **sender}))
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json
        assert (found["method"], found["chat_id"]) == ("sendMessage", person)
        return found

    def codes_of(self, person: int) -> list[dict[str, Any]]:
        return [row for row in self.staff.rows("codes") if row.get("subscriber_id") == f"tg{person}"]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with spreadsheet() as (server, _, staff), pytest.MonkeyPatch.context() as patch, BotApi() as bot_api:
        staff.type_row("campaigns", 2, campaign="spring", discount="15 %", valid_days="30")
        staff.type_row("campaigns", 3, campaign="Чёрная пятница")
        environ = {
            "SPREADSHEET_ID": "local",
            "API_KEYS": f"bothelp:bot:{BOT_KEY}",
            "CODE_KEY": "c" * 32,
            "READS_PER_MINUTE": "60000",
            "WRITES_PER_MINUTE": "60000",
            "SHEETS_API_ENDPOINT": server.base_url,
            "TELEGRAM_SECRET_TOKEN": SECRET,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_ENDPOINT": bot_api.origin,
        }
        for name, value in environ.items():
            patch.setenv(name, value)
        Thread(target=bot_api.serve_forever, daemon=True).start()
        yield Shop(staff, bot_api)
        bot_api.shutdown()


@pytest.fixture(autouse=True)
def _new_bot_api(shop: Shop) -> None:
    shop.bot_api.status = 200
    shop.bot_api.got.clear()
    shop.log.seek(0)
    shop.log.truncate()


def test_the_story_of_one_person(shop: Shop) -> None:
    first = shop.say("/start spring", 11, first_name="Анна", last_name=None, language_code="ru")
    (row,) = shop.codes_of(11)
    assert (row["name"], row["platform"], row["campaign"]) == ("Анна", "telegram", "spring")
    code = row["code"]
    assert first["text"].startswith(f"Ваш промокод: {code} (15 %). Он действует до ")
    assert shop.say("SPRING", 11, language_code="ru") == first
    assert shop.say(code.lower().replace("-", " "), 11)["text"].startswith(f"Promo code {code} (15 %) is valid until ")
    assert shop.say("чёрная пятница", 11)["text"].startswith("Your promo code is ")
    assert shop.say("/start chernaya-pyatnitsa", 12)["text"].startswith("Your promo code is CHERNAYA-")
    assert shop.say("hello", 11)["text"].startswith("Send the name of an offer")
    assert shop.say("SPRING-00000-00000", 11)["text"].startswith("There is no such promo code.")
    data = first["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    pressed = shop.post(press(data, {"id": 11}))
    assert pressed.json == {"method": "answerCallbackQuery", "callback_query_id": "7940000000000000001"}
    ((path, form),) = shop.bot_api.got
    assert path == f"/bot{TOKEN}/sendPhoto"
    assert (form["chat_id"], form["caption"]) == (b"11", code.encode())
    assert scan(form["photo"]) == code
    assert len(shop.codes_of(11)) == 2


def test_every_delivery_three_times_in_parallel_is_one_code_and_one_answer(shop: Shop) -> None:
    people = range(100, 108)
    deliveries = [message("/start spring", {"id": person}) for person in people for _ in range(3)]
    with ThreadPoolExecutor(len(deliveries)) as pool:
        answers = list(pool.map(shop.post, deliveries))
    assert {answer.status_code for answer in answers} == {200}
    for place, person in enumerate(people):
        bodies = {answer.data for answer in answers[3 * place : 3 * place + 3]}
        assert len(bodies) == 1
        assert {row["code"] for row in shop.codes_of(person)} == {json.loads(bodies.pop())["text"].split()[4]}


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        pytest.param({}, "/bot/telegram", 401, id="no secret"),
        pytest.param({HEADER: SECRET + "x"}, "/bot/telegram", 401, id="a wrong one"),
        pytest.param({"X-Api-Key": BOT_KEY}, "/bot/telegram", 401, id="an API key"),
        pytest.param({HEADER: SECRET}, "/bot/telegram?key=" + BOT_KEY, 200, id="with a key besides"),
        pytest.param({HEADER: SECRET}, "/bot/issue", 401, id="on another route"),
        pytest.param({HEADER: SECRET}, "/till/telegram", 404, id="at the till"),
        pytest.param({HEADER: SECRET}, "/bot/telegram/x", 404, id="below"),
    ],
)
def test_the_secret_opens_its_own_route_alone(shop: Shop, headers: dict[str, str], path: str, status: int) -> None:
    assert shop.post(message("/start spring", {"id": 13}), headers, path).status_code == status


def test_a_formula_for_a_name_stays_a_text(shop: Shop) -> None:
    shop.say("spring", 14, first_name='=IMPORTXML("http://x","//y")', last_name=None)
    assert shop.codes_of(14)[0]["name"] == '=IMPORTXML("http://x","//y")'


def test_a_body_of_any_size_or_kind_is_acknowledged(shop: Shop) -> None:
    for body in (b"x" * 20_000, b"{", b""):
        answer = shop.post(body)
        assert (answer.status_code, answer.json) == (200, {})


def test_when_the_sheet_does_not_answer_telegram_is_asked_to_come_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETS_API_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("REQUEST_DEADLINE_S", "1")
    away = Shop(shop.staff, shop.bot_api)
    answer = away.post(message("/start spring", {"id": 15}))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert away.post(message("/help")).status_code == 200


@pytest.mark.parametrize("status", [403, 404, 429, 500, 302, 0], ids=str)
def test_a_picture_that_was_not_taken_is_told_to_the_person_and_the_log_has_no_secret(
    shop: Shop, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop.say("spring", 16)
    code = shop.codes_of(16)[0]["code"]
    shop.bot_api.status = status
    answer = shop.post(press(f"qr:{code}", {"id": 16}))
    assert answer.status_code == 200
    assert answer.json["text"].startswith("The picture could not be sent.")
    lines = shop.log.getvalue()
    assert f"no picture was sent: {f'HTTP {status}' if status else 'ConnectionError'}" in lines
    for secret in (TOKEN, TOKEN[4:], SECRET, code, "tg16", "Anna"):
        assert secret not in lines
    assert not status or "sendPhoto" in caplog.text
    assert TOKEN[4:] not in caplog.text


def test_a_press_for_a_code_that_was_used_meanwhile_sends_no_picture(shop: Shop) -> None:
    shop.say("spring", 17)
    code = shop.codes_of(17)[0]["code"]
    place = [row.get("code") for row in shop.staff.rows("codes")].index(code) + 2
    shop.staff.type(f"'{shop.staff.title('codes')}'!H{place}", [["used"]])
    answer = shop.post(press(f"qr:{code}", {"id": 17}))
    assert answer.json["text"].startswith("This promo code has already been used.")
    assert shop.bot_api.got == []


def test_a_log_line_names_the_route_and_nothing_of_the_update(shop: Shop) -> None:
    shop.say("spring", 18, first_name="Aleksandra")
    entry = json.loads(shop.log.getvalue().splitlines()[-1])
    assert (entry["httpRequest"]["requestUrl"], entry["outcome"], entry["caller"]) == (
        "/bot/telegram",
        "issued",
        "telegram",
    )
    assert "code" not in entry
    assert not [secret for secret in ("Aleksandra", "tg18", "912345678", SECRET) if secret in json.dumps(entry)]


def test_what_draws_and_sends_pictures_is_loaded_with_the_first_one() -> None:
    check = "import sys, functions.bots.telegram; sys.exit(bool({'segno', 'requests'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0


@responses.activate
def test_the_picture_goes_to_telegram_itself_by_default() -> None:
    answer = responses.post(f"https://api.telegram.org/bot{TOKEN}/sendPhoto", json={"ok": True})
    assert telegram_api.send_qr("https://api.telegram.org", TOKEN, 7, "SPRING-11111-22222") == ""
    assert answer.call_count == 1
    assert "SPRING" not in str(answer.calls[0].request.url)


def test_a_text_too_long_for_a_picture_is_not_sent() -> None:
    assert telegram_api.send_qr("http://127.0.0.1:9", TOKEN, 7, "x" * 5000) == "no picture was sent: DataOverflowError"


@pytest.mark.parametrize("code", ["SPRING-7K2QM-4XWDA", "ВЕСНА-2026", "x" * 61], ids=["Latin", "Cyrillic", "long"])
def test_a_phone_reads_the_code_from_the_picture(code: str) -> None:
    assert scan(telegram_api.qr(code)) == code


def test_where_nobody_answers_the_reason_has_no_address() -> None:
    assert telegram_api.send_qr("http://127.0.0.1:9", TOKEN, 7, "A-1") == "no picture was sent: ConnectionError"
