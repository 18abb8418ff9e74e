"""A spreadsheet on the local server, and the hands of staff: they see tabs and titles, like everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from functions import sheet_setup
from functions.local.server import LocalSheets
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import languages, tabs


class Staff:
    """Edits a spreadsheet over its API, by what stands in the header row."""

    def __init__(self, server: LocalSheets, language: str) -> None:
        self.server = server
        self.language = languages.language(language)
        self.session = requests.Session()
        self.url = f"{server.base_url}/v4/spreadsheets/local"

    def title(self, tab: str) -> str:
        return self.language.tabs[tab]

    def values(self, place: str) -> list[list[Any]]:
        answer = self.session.get(f"{self.url}/values/{quote(place)}?valueRenderOption=UNFORMATTED_VALUE", timeout=60)
        answer.raise_for_status()
        found: list[list[Any]] = answer.json().get("values", [])
        return found

    def rows(self, tab: str) -> list[dict[str, Any]]:
        """Rows of a tab by column key, whatever the order of the columns."""
        header, *rows = self.values(f"'{self.title(tab)}'")
        keys = {title: key for key, title in self.language.columns[tab].items()}
        return [{keys.get(title, title): cell for title, cell in zip(header, row, strict=False)} for row in rows]

    def type(self, place: str, rows: list[list[Any]]) -> None:
        url = f"{self.url}/values/{quote(place)}?valueInputOption=USER_ENTERED"
        self.session.put(url, json={"values": rows}, timeout=60).raise_for_status()

    def type_row(self, tab: str, row: int, **cells: Any) -> None:
        columns = next(each for each in tabs.TABS if each.key == tab).columns
        self.type(f"'{self.title(tab)}'!A{row}", [[cells.get(column.key, "") for column in columns]])

    def edit(self, *batch: dict[str, Any]) -> None:
        answer = self.session.post(f"{self.url}:batchUpdate", json={"requests": list(batch)}, timeout=60)
        assert answer.ok, answer.text

    def sheet_id(self, tab: str) -> int:
        answer = self.session.get(f"{self.url}?fields=sheets.properties(sheetId,title)", timeout=60)
        found = {each["properties"]["title"]: each["properties"]["sheetId"] for each in answer.json()["sheets"]}
        return int(found[self.title(tab)])

    def dimension(self, tab: str, start: int, end: int, dimension: str = "COLUMNS") -> dict[str, Any]:
        return {"sheetId": self.sheet_id(tab), "dimension": dimension, "startIndex": start, "endIndex": end}


def problems_of(sheet: GoogleSheet) -> list[str]:
    """What `promosheet sheet check` says now, line by line."""
    return sheet_setup.check(sheet, datetime.now(UTC)).lines


@contextmanager
def spreadsheet(language: str = "en", file: Path | None = None) -> Iterator[tuple[LocalSheets, GoogleSheet, Staff]]:
    """A spreadsheet that was just set up, with the id `local`, in the Moscow time zone; kept in *file* if there is one."""
    with LocalSheets(data=str(file or ":memory:")) as server:
        server.create("local", title="Test", time_zone="Europe/Moscow", locale="ru_RU" if language == "ru" else "en_US")
        sheet = GoogleSheet("local", server.base_url, RealWorld())
        staff = Staff(server, language)
        try:
            sheet_setup.apply(sheet)
            yield server, sheet, staff
        finally:
            staff.session.close()
            sheet.close()
