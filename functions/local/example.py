"""What staff have typed into the spreadsheet that a newcomer finds: two campaigns and a code given by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests

from sheet_schema import tabs

if TYPE_CHECKING:
    from sheet_schema.language import Language

SPREADSHEET_ID = "local"
BOT_KEY, TILL_KEY = "local-bot-key-0000", "local-till-key-000"
TELEGRAM_SECRET = "local-telegram-secret"  # noqa: S105 - public, as the keys are
_TIMEOUT_S = 20


def type_rows(base: str, language: Language) -> None:
    """Type the rows by hand, over the same API as everybody."""
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    campaigns = {"spring": {"discount": "15 %", "valid_days": "30"}, "gifts": {"active": language.words["no"]}}
    rows = [{"campaign": name, **cells} for name, cells in campaigns.items()]
    _type(base, language, "campaigns", rows)
    gift = {"code": "GIFT-2025", "campaign": "gifts", "subscriber_id": "1003", "expiration_date": str(yesterday)}
    _type(base, language, "codes", [gift])


def _type(base: str, language: Language, tab: str, rows: list[dict[str, str]]) -> None:
    columns = next(each for each in tabs.TABS if each.key == tab).columns
    values = [[row.get(column.key, "") for column in columns] for row in rows]
    place = quote(f"'{language.tabs[tab]}'!A2")
    url = f"{base}/v4/spreadsheets/{SPREADSHEET_ID}/values/{place}?valueInputOption=USER_ENTERED"
    requests.put(url, json={"values": values}, timeout=_TIMEOUT_S).raise_for_status()
