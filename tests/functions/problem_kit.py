"""A spreadsheet in which one test after another does something wrong, each on rows that were emptied before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from local_sheet import Staff, spreadsheet

from functions import sheet_setup
from functions.sheet import GoogleSheet
from sheet_schema.faults import Fault
from sheet_schema.languages import LANGUAGES

Rows = dict[str, list[dict[str, Any]]]
SPRING = {"campaign": "spring", "prefix": "SPRING"}
TABS = ("codes", "redemptions", "campaigns", "pool")


class Desk:
    """A set-up spreadsheet, and staff who work in it."""

    def __init__(self, sheet: GoogleSheet, staff: Staff) -> None:
        self.sheet = sheet
        self.staff = staff
        self._ids = {tab: staff.sheet_id(tab) for tab in (*TABS, "problems", "help")}

    def clear(self) -> None:
        """Empty every row, and give the guard its number back."""
        below = [{"sheetId": self._ids[tab], "startRowIndex": 1} for tab in TABS]
        self.staff.edit(*({"repeatCell": {"range": area, "cell": {}, "fields": "userEnteredValue"}} for area in below))
        self.staff.type("'_promosheet'!A1", [[7]])
        self.say_zone("Europe/Moscow")

    def type(self, rows: Rows) -> None:
        """Type rows into tabs, from row 2 on; without one for Campaigns there is the campaign spring."""
        for tab, typed in ({"campaigns": [SPRING]} | rows).items():
            for number, cells in enumerate(typed, 2):
                self.staff.type_row(tab, number, **cells)

    def number(self, tab: str, row: int, column: int, value: float) -> None:
        """Put a number where there would be text: a paste from elsewhere, or a column that was a number before."""
        start = {"sheetId": self._ids[tab], "rowIndex": row - 1, "columnIndex": column}
        cell = {"userEnteredValue": {"numberValue": value}}
        self.staff.edit({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}})

    def say_zone(self, zone: str) -> str:
        """Type the shop's time zone into Start here; its cell."""
        label = self.staff.language.help_time_zone[0]
        column = [row[0] if row else "" for row in self.staff.values(f"'{self.staff.title('help')}'!A:A")]
        cell = f"B{column.index(label) + 1}"
        self.staff.type(f"'{self.staff.title('help')}'!{cell}", [[zone]])
        return cell

    def faults(self) -> tuple[Fault, ...]:
        return sheet_setup.check(self.sheet, datetime.now(UTC)).faults

    def write(self) -> None:
        now = datetime(2026, 11, 26, 7, 5, tzinfo=UTC)
        sheet_setup.write_problems(self.sheet, sheet_setup.check(self.sheet, now), now)

    def problems(self) -> list[list[Any]]:
        """What the tab Problems says, without its header; a link is its text."""
        return self.staff.values(f"'{self.staff.title('problems')}'!A2:Z")


@contextmanager
def desk(language: str = "en") -> Iterator[Desk]:
    with spreadsheet(language) as (_, sheet, staff):
        yield Desk(sheet, staff)


def said(faults: tuple[Fault, ...]) -> list[tuple[str, str, str]]:
    """Word, tab and cell of each; that both languages have all they need to say it is looked at besides."""
    for fault in faults:
        for language in LANGUAGES.values():
            text = fault.text(language)
            assert "{" not in text, text
            assert "''" not in text, text
            assert "«»" not in text, text
    return [(fault.word, fault.tab, fault.cell) for fault in faults]
