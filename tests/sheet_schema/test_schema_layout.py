from __future__ import annotations

import random
from typing import Any

import pytest
from schema_book import Book, set_up, typed

from sheet_schema import layout as layouts
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import Located, a1_column, locate, needed_headers, quote
from sheet_schema.tabs import CODES, TABS

EN = LANGUAGES["en"]


def words(located: Located) -> list[tuple[str, str, str, bool]]:
    return [(fault.word, fault.tab, fault.cell, fault.fatal) for fault in located.faults]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("make", [set_up, typed], ids=["by marks", "by titles"])
def test_everything_is_found_in_every_language(make: Any, code: str) -> None:
    located = make(code).locate()
    assert located.faults == ()
    for tab in TABS:
        at = located.layout.tabs[tab.key]
        assert at.title == LANGUAGES[code].tabs[tab.key]
        assert {key: column.index for key, column in at.columns.items()} == {
            column.key: index for index, column in enumerate(tab.columns)
        }
    assert located.layout.language is LANGUAGES[code]
    assert located.layout.time_zone == "Europe/Moscow"


@pytest.mark.parametrize("title", ["promo CODES", "  Promo  codes ", "ПРОМОКОДЫ"])
def test_capitals_and_spaces_of_a_title_make_no_difference(title: str) -> None:
    book = typed()
    book.sheets[0].title = title
    book.sheets[0].rows[0][7] = " СТАТУС"
    at = book.locate().layout.tabs["codes"]
    assert (at.title, at.columns["status"].index, at.columns["status"].title) == (title, 7, "СТАТУС")


def test_moved_columns_are_found_where_they_are() -> None:
    book = set_up()
    order = list(range(11))
    random.Random(5).shuffle(order)
    sheet = book["Promo codes"]
    sheet.rows[0] = [sheet.rows[0][index] for index in order]
    sheet.columns = [sheet.columns[index] for index in order]
    located = book.locate()
    assert located.faults == ()
    for place, index in enumerate(order):
        assert located.layout.tabs["codes"].columns[CODES.columns[index].key].index == place


def test_a_marked_tab_and_column_may_be_renamed() -> None:
    book = set_up()
    book["Promo codes"].rows[0][7] = "What became of it"
    book["Promo codes"].title = "Spring's codes"
    located = book.locate()
    assert located.faults == ()
    assert located.layout.header_cell("codes", "status") == "'Spring''s codes'!H1"
    assert located.layout.column_range("codes", "status") == "'Spring''s codes'!H1:H"
    assert located.layout.cell("codes", "status", 7) == "'Spring''s codes'!H7"


def test_staff_columns_are_no_matter() -> None:
    book = typed()
    book["Promo codes"].rows[0][3:3] = ["Notes", "", 2026]
    located = book.locate()
    assert located.faults == ()
    assert located.layout.tabs["codes"].columns["name"].index == 6
    assert located.layout.tabs["codes"].width == 14


def test_a_missing_optional_column_is_no_fault() -> None:
    book = typed()
    book["Promo codes"].rows[0][3] = "Somebody"
    located = book.locate()
    assert located.faults == ()
    assert "name" not in located.layout.tabs["codes"].columns


def test_a_missing_required_column_stops_the_calls() -> None:
    book = typed()
    book["Promo codes"].rows[0][7] = "State"
    located = book.locate()
    assert words(located) == [("missing_column", "codes", "", True)]
    said = located.faults[0].text(EN)
    assert said.startswith("The column 'Status' of the tab 'Promo codes' is missing. ")
    assert located.layout.where(located.faults[0]) == "'Promo codes'"


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_a_missing_tab_stops_the_calls(tab: Any) -> None:
    book = set_up()
    book.sheets.remove(book[EN.tabs[tab.key]])
    located = book.locate()
    assert words(located) == [("missing_tab", tab.key, "", True)]
    assert located.layout.where(located.faults[0]) == quote(EN.tabs[tab.key])
    assert EN.tabs[tab.key] in located.faults[0].text(EN)


@pytest.mark.parametrize("make", [set_up, typed], ids=["marked", "not marked"])
@pytest.mark.parametrize("title", ["Status", "статус "])
def test_two_columns_with_one_title_stop_the_calls(make: Any, title: str) -> None:
    book = make()
    book["Promo codes"].columns += [{}]
    book["Promo codes"].rows[0].append(title)
    located = book.locate()
    assert words(located) == [("doubled_column", "codes", "H1", True)]
    assert "'Status': H1, L1." in located.faults[0].text(EN)
    assert located.layout.where(located.faults[0]) == "'Promo codes'!H1"
    assert "status" not in located.layout.tabs["codes"].columns


def test_two_optional_columns_with_one_title_are_as_good_as_none() -> None:
    book = typed()
    book["Promo codes"].rows[0].append("Имя подписчика")
    located = book.locate()
    assert words(located) == [("doubled_column", "codes", "D1", False)]
    assert "name" not in located.layout.tabs["codes"].columns


def test_two_columns_with_one_mark_are_doubled() -> None:
    book = set_up()
    sheet = book["Promo codes"]
    sheet.rows[0][9] = "Another"
    sheet.columns[9]["marks"] = sheet.columns[7]["marks"]
    assert ("doubled_column", "codes", "H1", True) in words(book.locate())


def test_a_mark_goes_before_a_title() -> None:
    book = set_up()
    sheet = book["Promo codes"]
    sheet.rows[0][7] = "State"
    sheet.columns += [{}]
    sheet.rows[0].append("Status")
    located = book.locate()
    assert located.faults == ()
    assert located.layout.tabs["codes"].columns["status"].index == 7


def test_a_column_marked_as_another_is_not_found_by_its_title() -> None:
    book = set_up()
    sheet = book["Promo codes"]
    sheet.columns[7]["marks"] = []
    sheet.rows[0][7], sheet.rows[0][3] = "State", "Status"
    located = book.locate()
    assert words(located) == [("missing_column", "codes", "", True)]
    assert located.layout.tabs["codes"].columns["name"].index == 3


@pytest.mark.parametrize("value", ["campaigns.campaign", "codes.colour", "", "status"])
def test_a_mark_of_another_tab_or_an_unknown_one_says_nothing(value: str) -> None:
    book = typed()
    mark = {"metadataId": 1, "metadataKey": "promosheet_column", "metadataValue": value}
    book["Promo codes"].columns[7]["marks"] = [mark]
    book["Promo codes"].columns[20]["marks"] = [mark]
    located = book.locate()
    assert located.faults == ()
    assert not located.layout.tabs["codes"].columns["status"].marked


def test_of_a_tab_and_its_marked_duplicate_the_one_with_the_title_is_read() -> None:
    book = set_up()
    first = book["Promo codes"]
    copy = Book({"Copy of Promo codes": [list(first.rows[0])]}).sheets[0]
    copy.id, copy.marks = 999, first.marks
    book.sheets.insert(0, copy)
    located = book.locate()
    assert located.layout.tabs["codes"].sheet_id == first.id
    assert words(located) == [("doubled_tab", "codes", "", False)]
    assert "not read: 'Copy of Promo codes'." in located.faults[0].text(EN)


def test_of_two_marked_tabs_without_the_title_the_first_is_read() -> None:
    book = set_up()
    first = book["Promo codes"]
    copy = Book({"B": [list(first.rows[0])]}).sheets[0]
    copy.id, copy.marks, first.title = 999, first.marks, "A"
    book.sheets.append(copy)
    assert book.locate().layout.tabs["codes"].title == "A"


def test_a_new_tab_with_the_title_of_a_marked_one_is_not_read_but_named() -> None:
    book = set_up()
    first = book["Promo codes"]
    first.title = "Promo codes 2025"
    copy = Book({"Promo codes": [list(first.rows[0])]}).sheets[0]
    copy.id = 999
    book.sheets.insert(0, copy)
    located = book.locate()
    assert located.layout.tabs["codes"].title == "Promo codes 2025"
    assert words(located) == [("doubled_tab", "codes", "", False)]


def test_a_tab_marked_as_another_one_is_not_found_by_its_title() -> None:
    book = set_up()
    book.sheets.remove(book["Promo codes"])
    book["Code pool"].title = "Promo codes"
    located = book.locate()
    assert words(located) == [("missing_tab", "codes", "", True)]
    assert located.layout.tabs["pool"].title == "Promo codes"


def test_a_chart_with_the_title_of_a_tab_is_no_tab() -> None:
    answer = Book({"Promo codes": []}).get()
    del answer["sheets"][0]["properties"]["gridProperties"]
    assert needed_headers(answer) == []


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"sheets": [{"properties": {"title": "Sheet1"}}]}, [], id="no tab of ours"),
        pytest.param(
            {"sheets": [{"properties": {"title": "Code pool", "gridProperties": {"rowCount": 1}}}]}, [], id="no header"
        ),
    ],
)
def test_a_spreadsheet_without_anything_is_full_of_faults(answer: Any, headers: Any) -> None:
    located = locate(answer, headers)
    assert {fault.word for fault in located.faults} <= {"missing_tab", "missing_column"}
    assert all(fault.fatal for fault in located.faults)
    assert located.layout.language is EN


def test_headers_are_asked_for_in_the_order_of_the_declaration() -> None:
    ranges = ["'Promo codes'!1:1", "'Redemptions'!1:1", "'Campaigns'!1:1", "'Code pool'!1:1"]
    assert needed_headers(set_up().get()) == ranges
    book = typed()
    book.sheets.reverse()
    assert needed_headers(book.get()) == ranges


def test_the_fingerprint_of_the_code_key_is_kept_with_the_guard() -> None:
    book = set_up()
    layout = book.locate().layout
    assert layout.code_key_fingerprint == ""
    book.apply([layouts.code_key_request(layout, "abc")])
    assert book.locate().layout.code_key_fingerprint == "abc"


def test_metadata_of_others_and_blocks_that_start_later_are_understood() -> None:
    book = set_up()
    answer = book.get()
    headers = [book.header(EN.tabs[tab.key]) for tab in TABS if tab.columns]
    sheet = answer["sheets"][1]
    sheet["developerMetadata"].insert(0, {"metadataId": 9, "metadataKey": "their_key"})
    columns = sheet["data"][0]["columnMetadata"]
    columns[0]["developerMetadata"].append({"metadataId": 10, "metadataKey": "their_key", "metadataValue": "x"})
    sheet["data"] = [{"columnMetadata": columns[:5]}, {"startColumn": 5, "columnMetadata": columns[5:]}]
    located = locate(answer, headers)
    assert located.faults == ()
    assert all(column.marked for column in located.layout.tabs["codes"].columns.values())


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (7, "H"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_of_a_column(index: int, letters: str) -> None:
    assert a1_column(index) == letters


@pytest.mark.parametrize(("title", "quoted"), [("A1", "'A1'"), ("Ann's", "'Ann''s'"), ("", "''")])
def test_titles_are_always_quoted(title: str, quoted: str) -> None:
    assert quote(title) == quoted


def test_the_field_mask_asks_for_what_is_read() -> None:
    metadata = "developerMetadata(metadataId,metadataKey,metadataValue)"
    assert (
        "properties(timeZone,locale),sheets(properties(sheetId,title,index,hidden,gridProperties),"
        f"{metadata},data(columnMetadata({metadata})))"
    ) == layouts.FIELDS
