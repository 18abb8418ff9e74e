"""A shop's spreadsheet as LibreOffice opens it: every tab is printed, every link of Problems leads to its cell."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import demo_like
import office
import pytest
from local_sheet import Staff, spreadsheet
from openpyxl import load_workbook
from shop import put
from test_dashboard import LANGUAGES, cells, moscow_today
from xlsx_file import export, formula

from functions import sheet_setup


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_tab_in_sight_is_one_page_and_every_link_says_its_cell(code: str, tmp_path: Path) -> None:
    office.need()
    with spreadsheet(code) as (_, sheet, staff):
        demo_like.fill(staff, moscow_today())
        now = datetime.now(UTC)
        sheet_setup.write_problems(sheet, sheet_setup.check(sheet, now), now)
        export(staff.url, tmp_path / "shop.xlsx")
        title = staff.title("problems")
        links = [cell for cell in cells(staff, title, "FORMULA").values() if str(cell).startswith("=HYPERLINK(")]
        named = {f"{staff.sheet_id(tab)}": staff.title(tab) for tab in ("codes", "redemptions", "campaigns", "pool")}
    out = tmp_path / "out"
    (book,) = office.computed([tmp_path / "shop.xlsx"], out)
    (pdf,) = office.convert([tmp_path / "shop.xlsx"], "pdf", out)
    in_sight = [
        each for each in load_workbook(tmp_path / "shop.xlsx") if each.sheet_state == "visible" and each["A1"].value
    ]
    assert {each.title for each in in_sight} == {title for key, title in staff.language.tabs.items() if key != "guard"}
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == len(in_sight)
    rows = [[cell.value for cell in row] for row in book[title].iter_rows(min_row=2, max_col=2)]
    shown = [(tab, cell) for tab, cell in rows if cell]
    assert len(shown) == len(links) >= 3
    for (tab, cell), link in zip(shown, links, strict=True):
        target = re.fullmatch(r'=HYPERLINK\("#gid=(\d+)&range=([A-Z]+\d+)";"([A-Z]+\d+)"\)', link)
        assert target, link
        assert (named[target[1]], target[2], target[3]) == (tab, cell, cell)


def counted(staff: Staff) -> dict[str, Any]:
    return cells(staff, staff.title("dashboard"), "UNFORMATTED_VALUE")


# What formulas over whole columns do not count as the functions do, and why that is left so.


def test_a_code_that_was_taken_back_counts_as_given_until_its_row_is_deleted() -> None:
    """Problems lists it. Each row would have to be looked up in Redemptions, and staff may have deleted it already."""
    today = moscow_today()
    with spreadsheet() as (_, _, staff):
        put(staff, "campaigns", [{"campaign": "Spring"}])
        rows = [
            {"code": f"C-{n}", "campaign": "Spring", "subscriber_id": "7", "issue_date": today + 0.5} for n in range(2)
        ]
        put(staff, "codes", rows)
        taken_back = {"time": today + 0.5, "code": "C-1", "event": "withdrawn", "subscriber_id": "7"}
        put(staff, "redemptions", [taken_back])
        assert counted(staff)["B25"] == 2
        staff.edit({"deleteDimension": {"range": staff.dimension("codes", 2, 3, "ROWS")}})
        assert counted(staff)["B25"] == 1


def test_a_redemption_that_is_undone_on_another_day_is_taken_off_that_day_which_stays_at_nothing() -> None:
    """As a shop books what is returned; and a day below nothing would puzzle whoever reads it."""
    today = moscow_today()
    with spreadsheet() as (_, _, staff):
        row = {"code": "C-1", "usage_channel": "till", "claim": "k1"}
        rows = [{**row, "time": today - 2.5, "event": "redeemed"}, {**row, "time": today - 0.5, "event": "rolled back"}]
        put(staff, "redemptions", rows)
        shown = counted(staff)
        assert (shown["J51"], shown["J53"], shown["M25"]) == (1, 0, 0)


def test_a_code_given_by_hand_in_a_campaign_of_ready_codes_takes_one_off_what_is_left() -> None:
    """Whether each ready code is out would be one search for each: ready codes less given ones are close, and quick."""
    with spreadsheet() as (_, _, staff):
        put(staff, "campaigns", [{"campaign": "Gifts", "code_source": "pool"}])
        put(staff, "pool", [{"code": f"G-{number}", "campaign": "Gifts"} for number in range(5)])
        put(staff, "codes", [{"code": "G-1", "campaign": "Gifts"}, {"code": "BY-HAND", "campaign": "Gifts"}])
        shown = counted(staff)
        assert (shown["E25"], shown["F25"], shown["F4"]) == (3, 3, 3)


def test_a_date_that_is_a_text_counts_on_no_day() -> None:
    with spreadsheet() as (_, _, staff):
        put(staff, "codes", [{"code": "C-1", "issue_date": "soon"}])
        shown = counted(staff)
        assert (shown["A4"], [shown[f"I{row}"] for row in range(25, 55)]) == (1, [0] * 30)


def test_channels_with_the_same_latest_moment_are_all_shown() -> None:
    today = moscow_today()
    with spreadsheet() as (_, _, staff):
        names = ("till", "kiosk", "web")
        rows = [
            {"code": "C", "event": "redeemed", "time": today, "usage_channel": name, "claim": name} for name in names
        ]
        put(staff, "redemptions", rows)
        shown = counted(staff)
        assert sorted(shown[f"L{row}"] for row in (25, 26, 27)) == sorted(names)
        assert [shown[f"M{row}"] for row in (25, 26, 27)] == [1, 1, 1]
        assert shown["L28"] == ""


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ('=COUNTIFS(A:A;"a;b";B:B;"x")', '=COUNTIFS(A:A,"a;b",B:B,"x")'),
        ("=COUNTA('semi;colon'!A:A;B:B)", "=COUNTA('semi;colon'!A:A,B:B)"),
        ("=MAXIFS(A:A;B:B;1)", "=_xlfn.MAXIFS(A:A,B:B,1)"),
        ('="MAXIFS("', '="MAXIFS("'),
    ],
    ids=["separators", "title", "newer function", "its name in a text"],
)
def test_a_formula_is_written_as_the_file_format_wants_it(text: str, exported: str) -> None:
    assert formula(text) == exported
