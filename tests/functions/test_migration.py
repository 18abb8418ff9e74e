"""A sheet that people made by hand is taken into use, and one of an older Promosheet is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hand_made
import pytest
from click.testing import CliRunner, Result
from hand_made import EN, ROWS, RU, Made
from local_sheet import Staff, problems_of, spreadsheet
from rows import BOT, KEY, TILL

from functions.cli import main
from functions.committer import Committer
from functions.local.server import LocalSheets
from functions.promo import Call, CheckCall, IssueCall, Outcome, RedeemCall
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import looks


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


@pytest.fixture
def empty() -> Iterator[tuple[LocalSheets, Staff]]:
    with LocalSheets() as server:
        server.create("local", title="Promo", time_zone="Europe/Moscow", locale="en_US")
        staff = Staff(server, "en")
        yield server, staff
        staff.session.close()


def everything(staff: Staff) -> Any:
    return staff.session.get(f"{staff.url}?includeGridData=true", timeout=120).json()


def add_tab(staff: Staff, title: str, rows: list[list[Any]]) -> None:
    staff.edit({"addSheet": {"properties": {"title": title}}})
    staff.type(f"'{title}'!A1", rows)


HEADER = ["Code", "Status", "ID"]


@pytest.mark.parametrize(
    ("tabs", "said"),
    [
        pytest.param({"Spring": [HEADER], "Summer": [HEADER]}, "'Spring', 'Summer'. Rename the one", id="two tabs"),
        pytest.param({"Spring": [["2026"], HEADER]}, "'Spring' stand in row 2, not in row 1", id="header below"),
        pytest.param({"Spring": [["A-1", "used", "7"]]}, "Row 1 of 'Spring' has no title", id="no header"),
    ],
)
def test_what_is_not_certain_is_refused_in_one_line_and_nothing_is_changed(
    empty: tuple[LocalSheets, Staff], tabs: dict[str, list[list[Any]]], said: str
) -> None:
    server, staff = empty
    for title, rows in tabs.items():
        add_tab(staff, title, rows)
    before = everything(staff)
    refused = apply(server)
    assert refused.exit_code == 1
    assert refused.output.startswith("promosheet: ")
    assert refused.output.count("\n") == 1
    assert said in refused.output
    assert everything(staff) == before


def test_a_drop_down_of_staff_stays_and_is_on_new_rows_too(empty: tuple[LocalSheets, Staff]) -> None:
    server, staff = empty
    add_tab(staff, "Codes", [HEADER, ["A-1", "used", "7"]])
    sheets = everything(staff)["sheets"]
    sheet_id = next(each["properties"]["sheetId"] for each in sheets if each["properties"]["title"] == "Codes")
    area = {"sheetId": sheet_id, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    values = [{"userEnteredValue": word} for word in ("used", "unused", "lost")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": True}
    staff.edit({"setDataValidation": {"range": area, "rule": rule}})
    apply(server)
    sheet = GoogleSheet("local", server.base_url, RealWorld())
    staff.type_row("campaigns", 2, campaign="Spring")
    assert ask(sheet, IssueCall(BOT, "8", "spring")).word == "issued"
    sheet.close()
    fields = "sheets.data.rowData.values.dataValidation.condition.values"
    answer = staff.session.get(staff.url, params={"ranges": "'Codes'!B2:B3", "fields": fields}, timeout=10).json()
    rows = answer["sheets"][0]["data"][0]["rowData"]
    assert [row["values"][0]["dataValidation"]["condition"]["values"] for row in rows] == [values, values]


def test_a_sheet_without_a_free_row_is_adopted(empty: tuple[LocalSheets, Staff]) -> None:
    server, staff = empty
    grid = {"rowCount": 3, "columnCount": 3}
    staff.edit({"addSheet": {"properties": {"title": "Codes", "gridProperties": grid}}})
    staff.type("'Codes'!A1", [HEADER, ["A-1", "used", "7"], ["A-2", "Not Used", "8"]])
    assert "take tab 'Codes' into use" in apply(server).output
    sheet = GoogleSheet("local", server.base_url, RealWorld())
    staff.type_row("campaigns", 2, campaign="Spring")
    assert ask(sheet, RedeemCall(TILL, "A-2", channel="till-1")).word == "redeemed"
    assert ask(sheet, IssueCall(BOT, "9", "spring")).word == "issued"
    assert problems_of(sheet) == []
    sheet.close()


def test_what_cannot_be_read_is_listed_and_not_guessed_at(empty: tuple[LocalSheets, Staff]) -> None:
    server, staff = empty
    add_tab(staff, "Codes", [[*HEADER, "Expires"], ["A-1", "maybe", "7", ""]])
    staff.type("'Codes'!A3", [["A-2", "unused", "8", "'4/3/2090"], ["A-3", "unused", "9", "'31/3/2090"]])
    apply(server)
    sheet = GoogleSheet("local", server.base_url, RealWorld())
    assert [line.partition(". ")[0] for line in problems_of(sheet)] == [
        "'Codes'!D3: '4/3/2090' can be read in two ways, by day or by month first",
        "'Codes'!B2: 'maybe' is none of the words for this column",
    ]
    words = [ask(sheet, CheckCall(TILL, code)).word for code in ("A-1", "A-2", "A-3")]
    assert words == ["sheet_broken", "sheet_broken", "valid"]
    sheet.close()


def test_a_tab_of_staff_called_problems_is_not_overwritten(empty: tuple[LocalSheets, Staff]) -> None:
    server, staff = empty
    add_tab(staff, "Problems", [["call the printer"]])
    apply(server)
    settings = {"SHEETS_API_ENDPOINT": server.base_url, "SPREADSHEET_ID": "local"}
    checked = CliRunner().invoke(main, ["sheet", "check", "--write"], env=settings)
    assert checked.exit_code == 1
    assert "the tab 'Problems' is not ours: give it another name" in checked.output
    assert staff.values("'Problems'!A1:B9") == [["call the printer"]]


LOOKS = ("bandedRanges.bandedRangeId", "filterViews.filterViewId", "protectedRanges.protectedRangeId")
PAGES = ("help", "dashboard", "problems")


def age(staff: Staff) -> None:
    """Make of a spreadsheet what a Promosheet from before the looks would have made: tabs, columns, marks."""
    fields = f"sheets(properties(sheetId,title),conditionalFormats.ranges.sheetId,{','.join(LOOKS)})"
    sheets = staff.session.get(staff.url, params={"fields": fields}, timeout=10).json()["sheets"]
    batch: list[dict[str, Any]] = [
        {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "promosheet_looks"}}}}
    ]
    pages = {staff.title(page) for page in PAGES}
    for each in sheets:
        sheet_id = each["properties"]["sheetId"]
        if each["properties"]["title"] in pages:
            batch.append({"deleteSheet": {"sheetId": sheet_id}})
            continue
        batch += [{"deleteBanding": banding} for banding in each.get("bandedRanges", [])]
        batch += [{"deleteFilterView": {"filterId": view["filterViewId"]}} for view in each.get("filterViews", [])]
        batch += [{"deleteProtectedRange": area} for area in each.get("protectedRanges", [])]
        rules = each.get("conditionalFormats", [])
        batch += [{"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": 0}} for _ in rules]
        area = {"sheetId": sheet_id, "startRowIndex": 0, "endRowIndex": 1}
        batch.append({"repeatCell": {"range": area, "cell": {}, "fields": "note,userEnteredFormat"}})
    staff.edit(*batch)


@pytest.mark.parametrize("code", ["en", "ru"])
def test_an_older_sheet_gets_what_is_new_and_keeps_what_staff_made(code: str) -> None:
    with spreadsheet(code) as (server, sheet, staff):
        age(staff)
        staff.type_row("campaigns", 2, campaign="spring")
        issued = ask(sheet, IssueCall(BOT, "s1", "spring"))
        codes, title = staff.sheet_id("codes"), staff.language.views["unused"]
        area = {"sheetId": codes, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 4}
        column = {"sheetId": codes, "dimension": "COLUMNS", "startIndex": 6, "endIndex": 7}
        red = {"red": 1}
        rule = {
            "ranges": [area],
            "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}},
        }
        note = {"sheetId": codes, "rowIndex": 0, "columnIndex": 7}
        band = {"range": area, "rowProperties": {"firstBandColor": red, "secondBandColor": {"blue": 1}}}
        staff.edit(
            {"addBanding": {"bandedRange": band}},
            {"addFilterView": {"filter": {"title": title, "range": area}}},
            {"addConditionalFormatRule": {"rule": rule, "index": 0}},
            {"updateDimensionProperties": {"range": column, "properties": {"pixelSize": 44}, "fields": "pixelSize"}},
            {"updateCells": {"start": note, "rows": [{"values": [{"note": "ask Ann"}]}], "fields": "note"}},
            {
                "repeatCell": {
                    "range": area | {"startRowIndex": 1},
                    "cell": {"userEnteredFormat": {"backgroundColor": red}},
                    "fields": "userEnteredFormat.backgroundColor",
                }
            },
            {"updateSheetProperties": {"properties": {"sheetId": codes, "title": "Наши"}, "fields": "title"}},
        )
        staff.type("'Наши'!D1", [["Кто"]])
        before, looked = hand_made.cells(staff, "Наши"), hand_made.things(staff, "Наши")

        lines = apply(server).output.splitlines()
        assert [line for line in lines if line.startswith("add tab")] == [
            f"add tab '{staff.title(page)}'" for page in PAGES
        ]
        assert "add notes, colours, filter views and warnings to 'Наши'" in lines
        after, now = hand_made.cells(staff, "Наши"), hand_made.things(staff, "Наши")
        assert without_new_notes(before, after) == before
        assert after[0][7]["note"] == "ask Ann"
        assert after[0][6]["note"] == staff.language.notes["codes"]["expiration_date"]
        assert now["data"] == looked["data"]
        assert now["conditionalFormats"][0] == looked["conditionalFormats"][0]
        assert len(now["conditionalFormats"]) > 1
        views = [view["title"] for view in now["filterViews"]]
        assert sorted(views) == sorted(staff.language.views.values())
        assert now["filterViews"][0] == looked["filterViews"][0]
        bands = everything(staff)["sheets"][1]["bandedRanges"]
        assert [each["range"]["endRowIndex"] for each in bands] == [3]
        assert apply(server).output == "nothing was missing\n"
        again = ask(sheet, IssueCall(BOT, "s1", "spring"))
        assert (again.word, again.code) == ("already_issued", issued.code)


def test_a_newer_version_of_the_looks_replaces_the_mark_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with spreadsheet() as (server, _, staff):
        monkeypatch.setattr(looks, "VERSION", "2")
        assert "bring the looks of 'Promo codes' up to date" in apply(server).output
        assert apply(server).output == "nothing was missing\n"
        for each in everything(staff)["sheets"]:
            marks = [mark for mark in each.get("developerMetadata", ()) if mark["metadataKey"] == "promosheet_looks"]
            assert [mark["metadataValue"] for mark in marks] in (["2"], [])
