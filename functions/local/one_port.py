"""`promosheet local`: the whole product on one port of this machine: the page, the Sheets API, the functions."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from functions import sheet_setup
from functions.local.bothelp import BotHelp, bothelp_settings
from functions.local.example import BOT_KEY, SPREADSHEET_ID, TELEGRAM_SECRET, TILL_KEY, type_rows
from functions.local.forward import Forward
from functions.local.functions_process import running
from functions.local.machine import locale, time_zone
from functions.local.page_door import PageDoor, to_page
from functions.local.server import LocalSheets
from functions.local.store import data_file
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ADMIN_KEY = "local-admin-key-00"
#: Public, as the keys are: it makes codes for trying, and the same ones after a restart.
CODE_KEY = "not-a-secret-only-for-promosheet-local"
_FIRST_TAB = 0  # the blank one that every new spreadsheet has
_MANY = "60000"  # calls a minute: the stand-in has no quota


def run(
    port: int,
    data: str | None,
    environ: Mapping[str, str],
    echo: Callable[[str], object],
    *,
    with_bothelp: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM. *data* is the folder that keeps the spreadsheet, None to keep nothing.

    *with_bothelp*: BotHelp is played too, so that codes can be pushed.

    Raises LocalSheetsError, and what `sheet_setup.apply` raises.
    """
    with _until_a_signal(), LocalSheets(data_file(data) if data else ":memory:", port) as server:
        functions = Forward()
        page = PageDoor(server.api.changes)
        server.doors = {"": to_page, "sheet": page, "bot": functions, "till": functions, "tasks": functions}
        settings = _settings(server.base_url)
        if with_bothelp:
            server.doors = {**server.doors, **BotHelp().doors}
            settings |= bothelp_settings(server.base_url)
        _set_up(server, environ)
        with running("promosheet", settings) as address:
            functions.address = address.removeprefix("http://")
            for line in _welcome(server.base_url.replace("127.0.0.1", "localhost"), data, with_bothelp=with_bothelp):
                echo(line)
            threading.Event().wait()


def _set_up(server: LocalSheets, environ: Mapping[str, str]) -> None:
    """Make the spreadsheet and its example rows, unless staff have been at work there."""
    spoken = locale(environ)
    server.create(SPREADSHEET_ID, title="Promosheet", time_zone=time_zone(environ), locale=spoken)
    sheet = GoogleSheet(SPREADSHEET_ID, server.base_url, RealWorld())
    try:
        located, _ = sheet.locate(sheet_setup.TIMEOUT_S)
        if not located.layout.tabs:
            sheet_setup.apply(sheet)
            sheet.batch_update([{"deleteSheet": {"sheetId": _FIRST_TAB}}], sheet_setup.TIMEOUT_S)
            type_rows(server.base_url, languages.for_locale(spoken))
    finally:
        sheet.close()


def _settings(base_url: str) -> dict[str, str]:
    return {
        "SPREADSHEET_ID": SPREADSHEET_ID,
        "API_KEYS": f"bothelp:bot:{BOT_KEY},main-street:till:{TILL_KEY},office:admin:{ADMIN_KEY}",
        "CODE_KEY": CODE_KEY,
        "READS_PER_MINUTE": _MANY,
        "WRITES_PER_MINUTE": _MANY,
        "SHEETS_API_ENDPOINT": base_url,
        "TELEGRAM_SECRET_TOKEN": TELEGRAM_SECRET,
    }


def _welcome(base: str, data: str | None, *, with_bothelp: bool) -> list[str]:
    try_it = f"curl -X POST '{base}/bot/issue?campaign=spring&subscriber_id=42' -H 'X-Api-Key: {BOT_KEY}'"
    kept = f"Kept in {data_file(data)}" if data else "Nothing is kept when it ends; with --data DIR it is."
    return [
        f"The sheet:      {base}/sheet",
        f"Sheets API:     {base}/v4/spreadsheets/{SPREADSHEET_ID}",
        f"For bots:       {base}/bot    X-Api-Key: {BOT_KEY}",
        f"For Telegram:   {base}/bot/telegram   X-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}",
        f"The till page:  {base}/till/   sign in with {TILL_KEY}",
        f"For tills:      {base}/till   X-Api-Key: {TILL_KEY}",
        f"For both:       X-Api-Key: {ADMIN_KEY}",
        f"Try:            {try_it}",
        *(_bothelp_lines(base) if with_bothelp else ()),
        f"{kept}\nCtrl-C ends it.",
    ]


def _bothelp_lines(base: str) -> list[str]:
    url = f"{base}/bot/bothelp?key={BOT_KEY}&campaign=spring&message_field=promo_message&bot=c17&step=s18"
    return [
        f"BotHelp:        {base}/bothelp    what its subscribers see",
        f"""Its webhook:    curl '{url}' -d '{{"bothelp_user_id": 1849, "name": "Ivan Petrov"}}'""",
    ]


@contextmanager
def _until_a_signal() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block in order; further ones do not disturb that."""
    both = (signal.SIGINT, signal.SIGTERM)

    def end(*_: object) -> NoReturn:
        for each in both:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, end) for each in both}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
