"""The story of a shop, played with real HTTP calls: bots ask, subscribers get codes, a till redeems them once."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from functions import sheet_setup
from functions.local import demo_bothelp
from functions.local.bothelp import BotHelp, bothelp_settings
from functions.local.example import BOT_KEY, SPREADSHEET_ID, TELEGRAM_SECRET, TILL_KEY, type_rows
from functions.local.functions_process import running
from functions.local.server import LocalSheets
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import languages, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_schema.language import Language

_KEYS = f"bothelp:bot:{BOT_KEY},main-street:till:{TILL_KEY}"
_TIMEOUT_S = 20
_WIDTH = 24
#: Letters of a code as a hurried customer types them: small, and Cyrillic where a twin exists.
_HURRIED = str.maketrans("ABCEHKMOPTXY", "авсенкмортху")


@dataclass
class Stage:
    """Where the story is played, and whether every answer was as told."""

    sheet: str
    functions: str
    echo: Callable[[str], None]
    ok: bool = True
    acts: int = 0

    def call(  # noqa: PLR0913, PLR0917 - what a call and its expectation consist of
        self,
        title: str,
        path: str,
        key: str,
        body: dict[str, Any],
        expected: dict[str, Any],
        query: str = "",
        status: int = 200,
        header: str = "X-Api-Key",
    ) -> dict[str, Any]:
        """One request: shown, sent, its answer shown and compared with *expected*."""
        self.acts += 1
        self.echo(f"\n{self.acts}. {title}")
        self.echo(f"   → POST {path}{query}  {json.dumps(body, ensure_ascii=False)}")
        headers = {header: key} if key else {}  # else it is in the query
        answer = requests.post(f"{self.functions}{path}{query}", json=body, headers=headers, timeout=_TIMEOUT_S)
        got: dict[str, Any] = answer.json()
        told = {name: value for name, value in got.items() if value not in ("", None)}
        self.echo(f"   ← {answer.status_code}  {json.dumps(told, ensure_ascii=False)}")
        wrong = {name: value for name, value in expected.items() if got.get(name) != value}
        if answer.status_code != status or wrong:
            self.ok = False
            self.echo(f"   ✗ NOT AS TOLD: expected {status} {json.dumps(expected, ensure_ascii=False)}")
        return got

    def expect(self, what: str, so: object) -> None:
        """Note whether something is so that no answer tells."""
        if so:
            self.echo(f"   ✓ {what}")
        else:
            self.ok = False
            self.echo(f"   ✗ NOT AS TOLD: {what}")


def play(echo: Callable[[str], None], *, stay: bool) -> bool:
    """Play the story; True if every answer was as told. With *stay* everything is left running until Ctrl-C.

    Raises LocalSheetsError if a server cannot be started.
    """
    started = time.monotonic()
    language = languages.language("en")
    with LocalSheets() as server:
        echo(f"[1/4] local sheet server: {server.base_url}")
        server.create(SPREADSHEET_ID, title="Promosheet demo", time_zone="Europe/Moscow", locale="en_US")
        sheet = GoogleSheet(SPREADSHEET_ID, server.base_url, RealWorld())
        added = sheet_setup.apply(sheet)
        sheet.close()
        echo(f"[2/4] spreadsheet set up: {len(added)} steps, the first: {added[0]}")
        type_rows(server.base_url, language)
        echo("[3/4] staff typed two campaigns and one code given by hand")
        settings = {
            "SPREADSHEET_ID": SPREADSHEET_ID,
            "API_KEYS": _KEYS,
            "CODE_KEY": secrets.token_hex(32),
            "READS_PER_MINUTE": "60000",  # the stand-in has no quota
            "WRITES_PER_MINUTE": "60000",
            "SHEETS_API_ENDPOINT": server.base_url,
            "TELEGRAM_SECRET_TOKEN": TELEGRAM_SECRET,
            **bothelp_settings(server.base_url),
        }
        bothelp = BotHelp()
        server.doors = bothelp.doors
        with running("promosheet", settings) as functions:
            echo(f"[4/4] functions: {functions}/bot and {functions}/till")
            stage = Stage(server.base_url, functions, echo)
            _story(stage, bothelp)
            _show_tables(stage, language)
            seconds = time.monotonic() - started
            verdict = "every answer as told" if stage.ok else "NOT every answer as told"
            echo(f"\n{stage.acts} calls, {verdict}, {seconds:.1f} s")
            if stay:
                _stay(stage)
        return stage.ok


def _story(stage: Stage, bothelp: BotHelp) -> None:
    issue, query = "/bot/issue", "?campaign=spring&channel=telegram"

    def ask(subscriber: str, name: str) -> dict[str, Any]:
        return {"platform": "bothelp", "subscriber_id": subscriber, "user_id": "7", "cuid": "c", "name": name}

    anna = ask("1001", "Anna Smirnova")
    first = stage.call(
        "BotHelp External Request: Anna asks for a code", issue, BOT_KEY, anna, {"status": "issued"}, query
    )
    code = first["code"]
    same = {"status": "already_issued", "code": code}
    stage.call("The same request again: the same code", issue, BOT_KEY, anna, same, query)
    boris = ask("1002", 'Boris "Bo" =SUM(A1)')
    second = stage.call("A second subscriber: another code", issue, BOT_KEY, boris, {"status": "issued"}, query)
    third = demo_bothelp.play(stage, bothelp)
    different = len({code, second["code"], third["code"]}) == len(("Anna", "Boris", "Ivan"))
    stage.expect("three subscribers, three codes", different)
    valid = {"valid": True, "status": "valid", "code": code, "discount": "15 %", "first_name": "Anna"}
    stage.call("The till checks Anna's code", "/till/check", TILL_KEY, {"code": code}, valid)
    redeem = {"code": code, "reference": "order 17", "request_id": "till-1-0001"}
    done = {"status": "redeemed", "usage_channel": "main-street", "uses_left": 0}
    stage.call("The till redeems it", "/till/redeem", TILL_KEY, redeem, done)
    stage.call("The till's network blinked: the same request again", "/till/redeem", TILL_KEY, redeem, done)
    used = {"reason": "already_used", "usage_channel": "main-street"}
    again = {"code": code, "request_id": "till-1-0002"}
    told = stage.call("Another try with the used code", "/till/redeem", TILL_KEY, again, used, status=409)
    stage.expect("it says when", told.get("used_on"))
    stranger = {"subscriber_id": "6666", "code": code}
    stage.call("A stranger tries Anna's code in the bot", "/bot/check", BOT_KEY, stranger, {"status": "not_found"})
    typed = " ".join(second["code"].replace("-", "  ").translate(_HURRIED).lower())
    found = {"status": "valid", "code": second["code"]}
    hurried = {"subscriber_id": "1002", "code": typed}
    stage.call("Boris mistypes: spaces, small and Cyrillic letters", "/bot/check", BOT_KEY, hurried, found)
    expired = {"code": "GIFT-2025"}
    stage.call("A code that expired", "/till/redeem", TILL_KEY, expired, {"reason": "expired"}, status=410)
    _telegram(stage)
    _manychat(stage)
    wrong = "not-the-right-key"
    stage.call("A wrong key", issue, wrong, anna, {"ok": "false", "status": "unauthorized"}, query, status=401)


def _telegram(stage: Stage) -> None:
    """A person follows a link to a bot of Telegram's, which needs no bot builder in between."""
    vera = {"id": 5001, "is_bot": False, "first_name": "Vera", "language_code": "ru"}
    chat = {"id": 5001, "type": "private"}
    update = {"update_id": 1, "message": {"message_id": 1, "from": vera, "chat": chat, "text": "/start spring"}}
    said = {"method": "sendMessage", "chat_id": 5001}
    title = "Telegram itself: Vera opens t.me/…?start=spring, and is answered in Russian"
    path, header = "/bot/telegram", "X-Telegram-Bot-Api-Secret-Token"
    answer = stage.call(title, path, TELEGRAM_SECRET, update, said, header=header)
    known = {"status": "already_issued"}
    asked = {"subscriber_id": "tg5001"}
    code = stage.call("The code stands in the sheet", "/bot/issue", BOT_KEY, asked, known, "?campaign=spring")["code"]
    stage.expect("the message has that code", code and f"Ваш промокод: {code}" in answer["text"])


def _manychat(stage: Stage) -> None:
    """ManyChat asks by its Dynamic Block, then by a plain External Request: one subscriber, one code."""
    query = "?campaign=spring&channel=telegram"
    contact = {"id": "1234567890", "page_id": "987", "first_name": "Clara", "name": "Clara", "custom_fields": {}}
    block = stage.call(
        "ManyChat's Dynamic Block: Clara asks", "/bot/manychat", BOT_KEY, contact, {"version": "v2"}, query
    )
    kept = {each.get("field_name"): each.get("value") for each in block.get("content", {}).get("actions", ())}
    same = {"status": "already_issued", "code": kept.get("promo_code")}
    request = {"platform": "manychat", "subscriber_id": "mc1234567890"}
    stage.call("ManyChat's External Request for her: the same code", "/bot/issue", BOT_KEY, request, same, query)


def _show_tables(stage: Stage, language: Language) -> None:
    """The tabs as they stand now, read like any client would."""
    for tab in ("codes", "redemptions", "campaigns"):
        place = quote(f"'{language.tabs[tab]}'")
        url = f"{stage.sheet}/v4/spreadsheets/{SPREADSHEET_ID}/values/{place}"
        rows = requests.get(url, timeout=_TIMEOUT_S).json().get("values", [])
        stage.echo(f"\n{language.tabs[tab]}")
        for line in table([[records.text(cell) for cell in row] for row in rows]):
            stage.echo(f"   {line}")


def table(rows: list[list[str]]) -> list[str]:
    """Rows as lines with columns under each other; a column that is empty in every row below the first is left out."""
    width = max((len(row) for row in rows), default=0)
    padded = [row + [""] * (width - len(row)) for row in rows]
    kept = [place for place in range(width) if any(row[place] for row in padded[1:])]
    widths = {place: min(_WIDTH, max(len(row[place]) for row in padded)) for place in kept}
    return ["  ".join(row[place][:_WIDTH].ljust(widths[place]) for place in kept).rstrip() for row in padded]


def _stay(stage: Stage) -> None:
    stage.echo(
        f"\nStill running. The sheet: {stage.sheet}/v4/spreadsheets/{SPREADSHEET_ID}"
        f"\nThe functions: {stage.functions}/bot (key {BOT_KEY}) and {stage.functions}/till (key {TILL_KEY})"
        f"\nThe till page: {stage.functions}/till/ (sign in with {TILL_KEY})"
        f"\nWhat BotHelp's subscribers see: {stage.sheet}/bothelp"
        f"\nTry:  curl -X POST '{stage.functions}/bot/issue?campaign=spring&subscriber_id=42' -H 'X-Api-Key: {BOT_KEY}'"
        "\nCtrl-C ends it."
    )
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        stage.echo("")
