"""BotHelp's webhook from end to end: real functions, a real sheet and the stand-in of BotHelp, all over HTTP."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import functions_framework
import pytest
import requests
from click.testing import CliRunner
from flask.testing import FlaskClient
from local_sheet import Staff, spreadsheet
from test_http import BOT_KEY, FLOW, MAIN, settings

from functions import delivery
from functions.cli import main
from functions.delivery import Word
from functions.local.bothelp import BotHelp, bothelp_settings
from functions.local.http_server import Request, Response
from functions.local.server import LocalSheets

URL = f"/bot/bothelp?key={BOT_KEY}&campaign=spring&channel=telegram&message_field=text&bot=c17&step=s18"
PUSH = ["bot", "push", "--failed", "--message-field", "text", "--bot", "c17", "--step", "s18"]


class Shop:
    """A spreadsheet, the functions in front of it, and BotHelp behind them, which may be down."""

    def __init__(self, server: LocalSheets, staff: Staff) -> None:
        self.server, self.staff, self.bothelp, self.down = server, staff, BotHelp(), False
        server.doors = {name: self._door(name) for name in self.bothelp.doors}
        self.log = io.StringIO()
        with contextlib.redirect_stdout(self.log):  # where the functions write is settled when they are loaded
            self.client: FlaskClient = functions_framework.create_app("promosheet", MAIN).test_client()

    def _door(self, name: str) -> Any:
        def answer(request: Request) -> Response:
            return Response(400, b"down") if self.down else self.bothelp.doors[name](request)

        return answer

    def deliver(self, contact: Any = None, url: str = URL, **changes: Any) -> Any:
        data = contact if isinstance(contact, bytes) else json.dumps(FLOW | changes).encode()
        return self.client.post(url, data=data)

    def row(self, subscriber: str) -> dict[str, Any]:
        return next(row for row in self.staff.rows("codes") if str(row["subscriber_id"]) == subscriber)

    def word(self, subscriber: str) -> Word | None:
        found = delivery.read(self.row(subscriber).get("delivery", ""))
        return found.word if found else None

    def push(self, *words: str) -> Any:
        return CliRunner().invoke(main, [*PUSH, *words])


@pytest.fixture(scope="module", params=["en", "ru"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with spreadsheet(request.param) as (server, _, staff), pytest.MonkeyPatch.context() as patch:
        staff.type_row("campaigns", 2, campaign="spring", discount="15 %", valid_days="30")
        staff.type_row("campaigns", 3, campaign="ended", ends_on="2020-01-01")
        for name, value in (settings(server) | bothelp_settings(server.base_url)).items():
            patch.setenv(name, value)
        yield Shop(server, staff)


def test_the_code_comes_back_to_the_subscriber(shop: Shop) -> None:
    answer = shop.deliver()
    assert (answer.status_code, answer.json["status"]) == (200, "issued")
    seen = shop.bothelp.seen()["1849"]
    assert seen["fields"] == {"promo_code": answer.json["code"], "text": answer.json["message"]}
    assert (seen["tags"], seen["steps"]) == (["promo_issued"], [("c17", "s18")])
    assert shop.row("1849")["delivery"].startswith("sent 20" if shop.staff.language.code == "en" else "отправлен ")
    assert shop.row("1849")["platform"] == "bothelp"


def test_three_deliveries_at_once_give_one_code_and_start_one_step(shop: Shop) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: shop.deliver(bothelp_user_id="3000").json, range(3)))
    assert sorted(each["status"] for each in answers) == ["already_issued", "already_issued", "issued"]
    assert len({each["code"] for each in answers}) == 1
    assert shop.bothelp.seen()["3000"]["steps"] == [("c17", "s18")]
    assert shop.word("3000") is Word.SENT


def test_by_cuid_where_there_is_no_id(shop: Shop) -> None:
    contact = {name: value for name, value in FLOW.items() if name != "bothelp_user_id"}
    code = shop.deliver(json.dumps(contact).encode()).json["code"]
    assert shop.bothelp.seen()["cuid/1et0.2k"]["fields"]["promo_code"] == code


def test_a_formula_for_a_name_stays_text(shop: Shop) -> None:
    shop.deliver(bothelp_user_id=4000, name='=IMPORTXML("http://x","//a")')
    assert shop.row("4000")["name"] == '=IMPORTXML("http://x","//a")'


def test_what_failed_is_pushed_by_the_next_delivery(shop: Shop) -> None:
    shop.down = True
    code = shop.deliver(bothelp_user_id=5000).json["code"]
    shop.down = False
    assert (shop.word("5000"), shop.row("5000")["code"]) == (Word.FAILED, code)
    assert shop.deliver(bothelp_user_id=5000).json["status"] == "already_issued"
    assert shop.word("5000") is Word.SENT
    assert shop.bothelp.seen()["5000"]["steps"] == [("c17", "s18")]


def test_or_by_the_command(shop: Shop) -> None:
    shop.down = True
    for subscriber in (6000, 6001, 6002):
        shop.deliver(bothelp_user_id=subscriber)
    again = shop.push()
    assert (again.exit_code, again.stdout.splitlines()[:2]) == (1, ["sent: 0", "failed: 3"])
    assert "6000" not in again.output
    shop.down = False
    rows = shop.staff.rows("codes")
    place = next(number for number, row in enumerate(rows, 2) if str(row["subscriber_id"]) == "6001")
    shop.staff.type(f"'{shop.staff.title('codes')}'!H{place}", [[shop.staff.language.words["void"]]])
    done = shop.push()
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        ["sent: 2", "failed: 0", "unknown: 0", "left alone (void): 1"],
    )
    assert [shop.word(each) for each in ("6000", "6001", "6002")] == [Word.SENT, Word.FAILED, Word.SENT]
    assert shop.bothelp.seen()["6002"]["steps"] == [("c17", "s18")]
    assert "6001" not in shop.bothelp.seen()
    assert shop.push().stdout.splitlines()[0] == "sent: 0"


def test_without_a_code_the_message_is_told(shop: Shop) -> None:
    answer = shop.deliver(url=URL.replace("spring", "ended"), bothelp_user_id=7000)
    assert answer.json["status"] == "campaign_ended"
    seen = shop.bothelp.seen()["7000"]
    assert seen["fields"] == {"text": answer.json["message"]}
    assert (seen["tags"], seen["steps"]) == ([], [])


@pytest.mark.parametrize(
    ("url", "status"),
    [("/bot/bothelp?key=wrong-key-wrong-key", 401), ("/till/bothelp", 404), ("/bot/bothelp/issue", 404)],
)
def test_elsewhere_nothing_is_pushed(shop: Shop, url: str, status: int) -> None:
    before = shop.bothelp.seen()
    assert shop.deliver(url=url, bothelp_user_id=8000).status_code == status
    assert shop.bothelp.seen() == before


def test_the_log_tells_no_one(shop: Shop) -> None:
    shop.log.truncate(0)
    shop.down = True
    code = shop.deliver(bothelp_user_id=987654).json["code"]
    shop.down = False
    said = shop.log.getvalue()
    assert '"/bot/bothelp issued"' in said
    assert "a push to BotHelp failed: reason customFields: status 400" in said
    assert "pushMs" in said
    assert not any(secret in said for secret in ("987654", code, "Ivan", "local-bothelp-secret", BOT_KEY))


def test_the_page_shows_what_subscribers_see(shop: Shop) -> None:
    shop.deliver(bothelp_user_id=9000, url=URL.replace("=c17", "=<b>"))
    page = requests.get(f"{shop.server.base_url}/bothelp", timeout=10)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;b&gt;, step s18" in page.text
    assert "<b>" not in page.text
    seen = requests.get(f"{shop.server.base_url}/bothelp/subscribers", timeout=10).json()
    assert seen["9000"]["steps"] == [["<b>", "s18"]]


@pytest.mark.parametrize("words", [("--bot", ""), ("--step", "")])
def test_bot_and_step_go_together(shop: Shop, words: tuple[str, str]) -> None:
    assert shop.push(*words).exit_code == 2


def test_the_command_says_what_is_missing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOTHELP_CLIENT_ID")
    monkeypatch.delenv("BOTHELP_CLIENT_SECRET")
    found = shop.push()
    assert (found.exit_code, "BOTHELP_CLIENT_ID is missing" in found.stderr) == (1, True)
    assert CliRunner().invoke(main, ["bot", "push"]).exit_code == 2
