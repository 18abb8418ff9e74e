"""The spreadsheets of a measurement, as files for a sheet server: made and filled before it, read after it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from functions import codes, sheet_setup
from functions.local.server import LocalSheets
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import languages, tabs

CODE_KEY = "b" * 32
BOT_KEY = "bench-bot-key-0000"
TILLS = 10
TILL_KEYS = [f"bench-till-key-{number:04}" for number in range(TILLS)]
CAMPAIGN = "spring"
STOPPED = "stopped"
RIVAL_HEADER = ["Promo code", "Campaign", "Subscriber ID", "Name", "Issue date", "Status", "Usage channel", "Used on"]
_CHUNK = 20_000
_ENGLISH = languages.language("en")
_DEATHS = {_ENGLISH.words["withdrawn"], _ENGLISH.words["rolled_back"]}


def settings(url: str, per_minute: int = 54) -> dict[str, str]:
    """Variables of the functions."""
    keys = [f"bot:bot:{BOT_KEY}", *(f"till{number}:till:{key}" for number, key in enumerate(TILL_KEYS))]
    return {
        "SPREADSHEET_ID": "local",
        "SHEETS_API_ENDPOINT": url,
        "API_KEYS": ",".join(keys),
        "CODE_KEY": CODE_KEY,
        "READS_PER_MINUTE": str(per_minute),
        "WRITES_PER_MINUTE": str(per_minute),
    }


def rival_settings(url: str, *, lock: bool) -> dict[str, str]:
    return {"SHEETS_API_ENDPOINT": url, "RIVAL_KEY": BOT_KEY, "RIVAL_LOCK": "1" if lock else ""}


def subscriber(number: int) -> str:
    return str(10_000_000 + number)


def code_of(number: int) -> str:
    """The code that a filled sheet has for a subscriber, as the functions would have derived it."""
    prefix = codes.default_prefix(CAMPAIGN)
    return codes.derive(CODE_KEY.encode(), CAMPAIGN, subscriber(number), 0, prefix=prefix)


@contextmanager
def _opened(file: Path) -> Iterator[str]:
    """Address of the spreadsheet, served in this process without latency and quota."""
    with LocalSheets(data=str(file)) as server:
        server.create("local", title="Bench", time_zone="Europe/Moscow", locale="en_US")
        yield f"{server.base_url}/v4/spreadsheets/local"


def _type(url: str, title: str, rows: Sequence[Sequence[Any]], first: int = 2) -> None:
    for start in range(0, len(rows), _CHUNK):
        place = quote(f"'{title}'!A{first + start}")
        body = {"values": rows[start : start + _CHUNK]}
        requests.put(f"{url}/values/{place}?valueInputOption=RAW", json=body, timeout=300).raise_for_status()


def make(file: Path, issued: int = 0, used: int = 0) -> None:
    """Set up a spreadsheet with two campaigns, and so many codes issued, the first of them redeemed."""
    serial = (datetime.now(UTC) - timedelta(days=1) - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    given = [
        [
            code_of(number),
            CAMPAIGN,
            subscriber(number),
            "Anna Petrova",
            "bothelp",
            serial + number / 1e7,
            int(serial) + 30,
        ]
        + (["used", "main-street", serial + number / 1e7 + 0.01] if number < used else ["unused"])
        for number in range(issued)
    ]
    redeemed = [
        [row[9], row[0], "redeemed", "main-street", "", f"A-{number}", "till0", f"r{number}", f"claim-{number:010}"]
        for number, row in enumerate(given[:used])
    ]
    with _opened(file) as url:
        sheet = GoogleSheet("local", url.partition("/v4")[0], RealWorld())
        sheet_setup.apply(sheet)
        layout = sheet.locate(60)[0].layout
        campaigns = [[CAMPAIGN, "yes", "15 %"], [STOPPED, "no", "15 %"]]
        for tab, rows in {"codes": given, "redemptions": redeemed, "campaigns": campaigns}.items():
            if rows:
                grow = {"sheetId": layout.tabs[tab].sheet_id, "dimension": "ROWS", "length": len(rows)}
                sheet.batch_update([{"appendDimension": grow}], 60)
                _type(url, _ENGLISH.tabs[tab], rows)
        sheet.close()


def make_rival(file: Path, issued: int = 0) -> None:
    """A tab of the rivals, with as many codes."""
    rows = [
        [code_of(number), CAMPAIGN, subscriber(number), "Anna Petrova", "2026-01-01 12:00:00", "unused"]
        for number in range(issued)
    ]
    grid = {"rowCount": max(1000, issued + 1000), "columnCount": len(RIVAL_HEADER)}
    with _opened(file) as url:
        add = {"addSheet": {"properties": {"title": "Codes", "gridProperties": grid}}}
        requests.post(f"{url}:batchUpdate", json={"requests": [add]}, timeout=60).raise_for_status()
        _type(url, "Codes", [RIVAL_HEADER, *rows], first=1)


def _rows(url: str, title: str) -> list[list[Any]]:
    place = quote(f"'{title}'")
    answer = requests.get(f"{url}/values/{place}?valueRenderOption=UNFORMATTED_VALUE", timeout=300)
    answer.raise_for_status()
    found: list[list[Any]] = answer.json().get("values", [])[1:]
    return found


@dataclass(frozen=True)
class Found:
    """What a sheet says after a measurement: the live codes of each subscriber, the live redemptions of each code."""

    codes: dict[str, set[str]]
    redemptions: Counter[str]

    def doubly_issued(self) -> int:
        """Subscribers with more than one code, and codes with more than one subscriber."""
        holders = Counter(code for found in self.codes.values() for code in found)
        return sum(len(found) > 1 for found in self.codes.values()) + sum(count > 1 for count in holders.values())

    def doubly_redeemed(self) -> int:
        return sum(count > 1 for count in self.redemptions.values())


def look(file: Path) -> Found:
    """Read a spreadsheet of ours."""
    with _opened(file) as url:
        given, events = (_rows(url, _ENGLISH.tabs[tab]) for tab in ("codes", "redemptions"))
    at = {column.key: place for place, column in enumerate(tabs.REDEMPTIONS.columns)}
    claims = [row[at["claim"]] if len(row) > at["claim"] else "" for row in events]
    dead = [(row, claim) for row, claim in zip(events, claims, strict=True) if row[at["event"]] in _DEATHS]
    dead_claims = {claim for _, claim in dead if claim}
    dead_rows = {(row[at["code"]], row[at["subscriber_id"]], row[at["time"]]) for row, claim in dead if not claim}
    codes_of: defaultdict[str, set[str]] = defaultdict(set)
    for row in given:
        if (row[0], row[2], row[5]) not in dead_rows:  # code, subscriber, issue date: what names a row
            codes_of[str(row[2])].add(row[0])
    alive = zip(events, claims, strict=True)
    live = [row for row, claim in alive if row[at["event"]] == "redeemed" and claim not in dead_claims]
    return Found(dict(codes_of), Counter(row[at["code"]] for row in live))


def look_rival(file: Path) -> Found:
    """Read the tab of a rival, which says `used` and no more."""
    with _opened(file) as url:
        rows = _rows(url, "Codes")
    codes_of: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        codes_of[str(row[2])].append(row[0])
    used = Counter(row[0] for row in rows if row[5] == "used")
    return Found({holder: set(found) for holder, found in codes_of.items()}, used)
