"""A sheet that people made by hand is taken into use, and one of an older Promosheet is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hand_made
import pytest
from click.testing import CliRunner, Result
from hand_made import EN, ROWS, RU, Made
from local_sheet import Staff, problems_of
from rows import BOT, KEY, TILL

from functions.cli import main
from functions.committer import Committer
from functions.local.server import LocalSheets
from functions.promo import Call, CheckCall, IssueCall, Outcome, RedeemCall
from functions.sheet import GoogleSheet
from functions.world import RealWorld


def ask(sheet: GoogleSheet, call: Call) -> Outcome:
    return Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None).submit(call).outcome


def apply(server: LocalSheets) -> Result:
    settings = {"SHEETS_API_ENDPOINT": server.base_url, "SPREADSHEET_ID": "local"}
    return CliRunner().invoke(main, ["sheet", "apply"], env=settings)


def without_new_notes(before: list[list[dict[str, Any]]], after: list[list[dict[str, Any]]]) -> list[list[Any]]:
    """The cells that were there before, as they are now, less the notes that headers without one were given."""
    header = [
        {key: value for key, value in cell.items() if key != "note" or "note" in old}
        for old, cell in zip(before[0], after[0], strict=False)
    ]
    return [header, *after[1 : len(before)]]


@pytest.fixture(params=[EN, RU], ids=["en", "ru"])
def adopted(request: pytest.FixtureRequest) -> Iterator[tuple[Made, LocalSheets, GoogleSheet, Staff]]:
    made: Made = request.param
    with hand_made.spreadsheet(made) as (server, sheet, staff):
        yield made, server, sheet, staff


def test_a_sheet_of_500_rows_is_adopted_with_every_cell_unchanged_and_works(
    adopted: tuple[Made, LocalSheets, GoogleSheet, Staff],
) -> None:
    made, server, sheet, staff = adopted
    before, extra = hand_made.cells(staff, made.tab), hand_made.cells(staff, "Заметки")
    looked, widths = hand_made.things(staff, made.tab), len(made.columns)
    assert len(before) == ROWS + 1

    output = apply(server).output
    after = hand_made.cells(staff, made.tab)
    assert without_new_notes(before, hand_made.cells(staff, made.tab, widths)) == before
    assert hand_made.cells(staff, "Заметки") == extra
    now = hand_made.things(staff, made.tab)
    assert now["properties"] == looked["properties"]
    assert now["basicFilter"] == looked["basicFilter"]
    assert now["filterViews"][0] == looked["filterViews"][0]
    assert now["conditionalFormats"][0] == looked["conditionalFormats"][0]
    assert now["data"][0]["rowMetadata"] == looked["data"][0]["rowMetadata"]
    assert now["data"][0]["columnMetadata"][:widths] == looked["data"][0]["columnMetadata"][:widths]
    language = staff.language.columns["codes"]
    lacking = [title for key, title in language.items() if key not in dict(made.columns)]
    assert [cell["formattedValue"] for cell in after[0][widths:]] == lacking
    column = "ABCDEFGHIJKLMNOP"[widths]
    assert f"note: {ROWS} codes have no campaign: type its name" in output
    assert f"into column {column} ('{language['campaign']}') of '{made.tab}'" in output

    assert apply(server).output == "nothing was missing\n"
    assert problems_of(sheet) == []

    works_on(made, sheet, staff, column)
    rows = slice(2, ROWS + 1)  # below the code that was redeemed
    assert hand_made.cells(staff, made.tab, widths)[rows] == before[rows]


def works_on(made: Made, sheet: GoogleSheet, staff: Staff, column: str) -> None:
    """Codes of the old sheet are checked, redeemed and refused, and given again to those who have them."""
    assert ask(sheet, CheckCall(TILL, "SALE-001")).word == "valid"
    assert ask(sheet, RedeemCall(TILL, "sale 001", channel="till-1")).word == "redeemed"
    assert ask(sheet, RedeemCall(TILL, "SALE-001", channel="till-1", request_id="r")).word == "already_used"
    assert ask(sheet, RedeemCall(TILL, "SALE-003", channel="till-1")).word == "already_used"
    assert ask(sheet, RedeemCall(TILL, "SALE-004", channel="till-1")).word == "expired"
    assert ask(sheet, CheckCall(BOT, "SALE-002", subscriber_id="u2")).word == "valid"
    assert problems_of(sheet) == []

    # A bot that names a campaign finds a code once staff have typed its name.
    staff.type_row("campaigns", 2, campaign="Spring")
    assert ask(sheet, CheckCall(BOT, "SALE-002", subscriber_id="u2", campaign="spring")).word == "not_found"
    staff.type(f"'{made.tab}'!{column}2", [["Spring"]] * ROWS)
    assert problems_of(sheet) == []
    again = ask(sheet, IssueCall(BOT, "u2", "spring"))
    assert (again.word, again.code) == ("already_issued", "SALE-002")
    number = ask(sheet, IssueCall(BOT, "1017", "spring"))  # a number in its cell
    assert (number.word, number.code) == ("already_issued", "SALE-017")
    assert ask(sheet, IssueCall(BOT, "u6", "spring")).word == "already_used"
    fresh = ask(sheet, IssueCall(BOT, "007", "spring", name="Ольга"))
    assert fresh.word == "issued"
    assert ask(sheet, RedeemCall(TILL, fresh.code, channel="till-1")).word == "redeemed"
    assert problems_of(sheet) == []

    rows = hand_made.cells(staff, made.tab)
    header, row = rows[0], rows[ROWS + 1]
    titles = [cell["formattedValue"] for cell in header]
    keys = {title: key for key, title in staff.language.columns["codes"].items()} | {
        title: key for key, title in made.columns
    }
    by_key = {keys[title]: cell for title, cell in zip(titles, row, strict=False)}
    assert by_key["code"]["formattedValue"] == fresh.code
    assert by_key["subscriber_id"]["userEnteredValue"] == {"stringValue": "007"}
    assert by_key["subscriber_id"]["userEnteredFormat"]["numberFormat"]["type"] == "TEXT"
    for key in ("issue_date", "used_on"):
        assert by_key[key]["userEnteredFormat"]["numberFormat"]["type"] == "DATE_TIME"
    assert by_key["status"]["formattedValue"] == staff.language.words["used"]
