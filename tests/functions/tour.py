"""The same calls on a sheet as it was and on one that staff have worked on: what is answered must not differ.

A local server that serves many cases: each begins with the spreadsheet as it stood when the shop was opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from local_sheet import Staff, spreadsheet
from rows import BOT, KEY, TILL

from functions.cells import tables_of
from functions.committer import Committer
from functions.local.server import LocalSheets
from functions.promo import Call, Campaign, CheckCall, IssueCall, Outcome, RedeemCall, RollbackCall
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema.layout import a1_column
from sheet_schema.schema import Tab
from sheet_schema.tabs import TABS

ROWS = 20


class Tour(NamedTuple):
    """What was answered, and what is read from the sheet after it, without times and claims, in an order of its own."""

    answers: list[tuple[object, ...]]
    codes: list[tuple[object, ...]]
    redemptions: list[tuple[object, ...]]
    campaigns: Sequence[Campaign]
    pool: Sequence[tuple[str, str]]


class Shop:
    """A spreadsheet with a few codes in it, and the calls that are made on it."""

    def __init__(self, server: LocalSheets, staff: Staff) -> None:
        self.server, self.staff = server, staff
        language = staff.language
        self.campaign = "Весна" if language.code == "ru" else "Spring"
        self.words = language.words
        #: A campaign with something in each of its cells, so that a column taken for another one shows.
        self.cells: dict[str, Any] = {
            "campaign": self.campaign, "active": self.words["yes"], "discount": "10", "code_source": self.words["generated"],
            "prefix": "SPR", "length": 12, "valid_days": 3650, "starts_on": "2020-02-13", "ends_on": "2090-03-14",
            "codes_per_subscriber": 2, "uses_per_code": 1, "holder_only": self.words["no"],
            "remind_days": 3, "message": "Hello {code}",
        }  # fmt: skip
        # Few rows are as good as many, and every edit goes over all of them.
        spare = [staff.dimension(tab.key, ROWS, 1000, "ROWS") for tab in TABS if tab.columns]
        staff.edit(*({"deleteDimension": {"range": each}} for each in spare))
        staff.type_row("campaigns", 2, **self.cells)
        staff.type_row("campaigns", 3, campaign="Gifts", code_source=self.words["pool"], holder_only=self.words["yes"])
        staff.type_row("campaigns", 4, campaign="Hello", shared_code="HELLO10", total_limit=99, active=self.words["no"])
        staff.type_row("pool", 2, code="GIFT-1", campaign="gifts")
        staff.type_row("pool", 3, code="GIFT-2", campaign="gifts")
        with self.sheet() as sheet:
            self.mine = ask(sheet, IssueCall(BOT, "s1", self.campaign, name="Аня")).code
            self.spent = ask(sheet, IssueCall(BOT, "s5", self.campaign, name="Боря")).code
            assert ask(sheet, RedeemCall(TILL, self.spent, channel="till-1", request_id="r0")).word == "redeemed"
        self._book = server.api._books["local"]
        self._start = self._book.current
        self.usual = self.tour()
        self.put_back()

    def put_back(self) -> None:
        """Have the spreadsheet as it was; a published one never changes."""
        self._book.publish(self._start)

    @contextmanager
    def sheet(self) -> Iterator[GoogleSheet]:
        sheet = GoogleSheet("local", self.server.base_url, RealWorld())
        yield sheet
        sheet.close()

    def tour(self) -> Tour:
        """Issue, check, redeem and roll back."""
        calls: list[Call] = [
            IssueCall(BOT, "s1", self.campaign),
            IssueCall(BOT, "s2", self.campaign, name="Вера", platform="bothelp"),
            CheckCall(TILL, self.spent),
            RedeemCall(TILL, self.mine, channel="till-1", request_id="r1", reference="A-7"),
            RollbackCall(TILL, self.mine, "till-1", request_id="r1"),
        ]
        with self.sheet() as sheet:
            service = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None)
            answers = [_answer(service.submit(call).outcome) for call in calls]
            if answers[0][0] == "sheet_broken":
                return Tour(answers, [], [], [], ())
            tables = tables_of(sheet.read(10))
        codes = [
            (
                *(row.code, row.campaign, row.subscriber_id, row.name, row.channel, row.status),
                *(row.issued is None, row.expires is None, row.used_on is None, row.bad),
            )
            for row in tables.codes
            if row.code
        ]
        redemptions = [
            (
                *(row.code, row.event, row.channel, row.subscriber_id, row.reference, row.by, row.request_id),
                *(row.time is None, not row.claim),
            )
            for row in tables.redemptions
            if row.code
        ]
        campaigns = sorted((replace(each, row=0) for each in tables.campaigns), key=str)
        return Tour(answers, sorted(codes, key=str), sorted(redemptions, key=str), campaigns, sorted(tables.pool))

    def place(self, tab: str, key: str) -> int:
        """Index of a column in a spreadsheet as it was made."""
        return list(self.staff.language.columns[tab]).index(key)

    def letter(self, tab: str, key: str) -> str:
        return a1_column(self.place(tab, key))

    def retitle(self, tab: str, key: str, title: str) -> None:
        self.staff.type(f"'{self.staff.title(tab)}'!{self.letter(tab, key)}1", [[title]])

    def unmark(self, tab: Tab, key: str) -> None:
        """Take a column's mark away, as an export and an import would."""
        lookup = {"metadataKey": "promosheet_column", "metadataValue": f"{tab.key}.{key}"}
        self.staff.edit({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})


def _answer(outcome: Outcome) -> tuple[object, ...]:
    return (
        outcome.word,
        outcome.code,
        outcome.campaign,
        outcome.discount,
        outcome.expires,
        outcome.message,
        outcome.name,
    )


def ask(sheet: GoogleSheet, call: Call) -> Outcome:
    return Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None).submit(call).outcome


@contextmanager
def shop(language: str) -> Iterator[Shop]:
    with spreadsheet(language) as (server, sheet, staff):
        sheet.close()
        yield Shop(server, staff)
