"""Clients that others wrote talk to the server unmodified."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import gspread
import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from gspread.http_client import HTTPClient
from gspread.utils import ValidationConditionType, ValueInputOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.local.server import LocalSheets


@pytest.fixture
def book(server: LocalSheets) -> Iterator[gspread.Spreadsheet]:
    class Redirected(HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> Any:
            endpoint = endpoint.replace("https://sheets.googleapis.com", server.base_url)
            return super().request(method, endpoint, *args, **options)

    client = gspread.Client(auth=AnonymousCredentials(), http_client=Redirected)
    yield client.open_by_key("local")
    client.http_client.session.close()


@pytest.fixture
def tab(book: gspread.Spreadsheet) -> gspread.Worksheet:
    found = book.sheet1
    found.update([["Name", "Count", "Date"], ["b", 2, "2026-01-02"], ["a", 1.5, "x"]], "A1", raw=False)
    return found


def test_gspread_reads_what_it_wrote(tab: gspread.Worksheet) -> None:
    assert tab.get_all_values() == [["Name", "Count", "Date"], ["b", "2", "2026-01-02"], ["a", "1.5", "x"]]
    assert tab.get_all_records() == [
        {"Name": "b", "Count": 2, "Date": "2026-01-02"},
        {"Name": "a", "Count": 1.5, "Date": "x"},
    ]
    assert tab.col_values(1) == ["Name", "b", "a"]
    assert tab.acell("B2").value == "2"


def test_gspread_updates_cells_and_batches(tab: gspread.Worksheet) -> None:
    tab.update_cell(4, 1, "c")
    tab.batch_update([{"range": "B4", "values": [[9]]}, {"range": "C4:C4", "values": [["z"]]}])
    assert tab.row_values(4) == ["c", "9", "z"]
    assert tab.batch_get(["A4:C4"])[0] == [["c", "9", "z"]]
    tab.batch_clear(["A4:C4"])
    assert tab.row_values(4) == []


def test_gspread_appends_rows(tab: gspread.Worksheet) -> None:
    assert tab.append_row(["c", 3])["updates"]["updatedRange"] == "Sheet1!A4:B4"
    assert tab.append_rows([["d"], ["e"]])["tableRange"] == "Sheet1!A1:C4"
    assert tab.col_values(1) == ["Name", "b", "a", "c", "d", "e"]


def test_gspread_finds_and_sorts(tab: gspread.Worksheet) -> None:
    cell = tab.find("a")
    assert cell is not None
    assert (cell.row, cell.col) == (3, 1)
    tab.sort((1, "asc"), range="A2:C3")
    assert tab.col_values(1) == ["Name", "a", "b"]


def test_gspread_inserts_and_deletes_rows_and_columns(tab: gspread.Worksheet) -> None:
    tab.insert_rows([["i"], ["j"]], 2)
    tab.delete_rows(5)
    tab.insert_cols([["c1", "c2"]], 2)
    tab.delete_columns(3)
    assert tab.get_all_values() == [["Name", "c1", "Date"], ["i", "c2", ""], ["j", "", ""], ["b", "", "2026-01-02"]]


def test_gspread_changes_tabs_and_looks(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.format("A1:C1", {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}})
    tab.freeze(rows=1)
    tab.resize(rows=50, cols=5)
    tab.update_title("Main tab")
    tab.update_note("A1", "a note")
    tab.merge_cells("A5:B6")
    other = book.add_worksheet("Другая", rows=5, cols=2)
    other.update_acell("A1", "=1+1")
    assert [one.title for one in book.worksheets()] == ["Main tab", "Другая"]
    assert other.acell("A1", value_render_option="FORMULA").value == "=1+1"
    assert tab.get_note("A1") == "a note"
    book.del_worksheet(other)
    tab = book.worksheet("Main tab")
    assert (tab.row_count, tab.col_count, tab.frozen_row_count) == (50, 5, 1)


def test_gspread_protects_names_and_validates(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.add_protected_range("A1:B2", description="written by us", warning_only=True)
    (protected,) = book.list_protected_ranges(tab.id)
    assert (protected["description"], protected["warningOnly"]) == ("written by us", True)
    tab.delete_protected_range(protected["protectedRangeId"])
    assert book.list_protected_ranges(tab.id) == []
    tab.define_named_range("A1:B2", "corner")
    assert [one["name"] for one in book.list_named_ranges()] == ["corner"]
    assert tab.get("corner") == [["Name", "Count"], ["b", "2"]]
    tab.insert_rows([["new"]], 1)
    assert tab.get("corner") == [["Name", "Count"], ["b", "2"]]
    tab.delete_named_range(book.list_named_ranges()[0]["namedRangeId"])
    assert book.list_named_ranges() == []
    tab.add_validation("A2:A4", ValidationConditionType.one_of_list, ["a", "b"], strict=True, showCustomUi=True)
    rule = book.fetch_sheet_metadata({"fields": "sheets.data.rowData.values.dataValidation", "ranges": "A2"})
    found = rule["sheets"][0]["data"][0]["rowData"][0]["values"][0]["dataValidation"]
    assert (found["condition"]["type"], found["strict"]) == ("ONE_OF_LIST", True)


def test_gspread_copies_cuts_and_groups(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    tab.copy_range("A1:B2", "E1:F2")
    assert tab.get("E1:F2") == [["Name", "Count"], ["b", "2"]]
    tab.cut_range("E1:F2", "H1")
    assert tab.get("E1:I2") == [["", "", "", "Name", "Count"], ["", "", "", "b", "2"]]
    tab.add_dimension_group_columns(1, 3)
    tab.add_dimension_group_rows(2, 4)
    assert [one["range"]["startIndex"] for one in tab.list_dimension_group_columns()] == [1]
    assert [one["range"]["endIndex"] for one in tab.list_dimension_group_rows()] == [4]
    tab.delete_dimension_group_columns(1, 3)
    assert tab.list_dimension_group_columns() == []
    copy = tab.copy_to(book.id)
    assert book.get_worksheet_by_id(copy["sheetId"]).get("A1:C2") == tab.get("A1:C2")
    twin = tab.duplicate(new_sheet_name="twin")
    book.reorder_worksheets([twin, tab])
    assert [one.title for one in book.worksheets()] == ["twin", "Sheet1", "Copy of Sheet1"]


def test_gspread_hides_colours_and_filters(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    book.add_worksheet("other", 2, 2)
    tab.hide_rows(1, 2)
    tab.hide_columns(0, 1)
    tab.unhide_columns(0, 1)
    tab.hide_gridlines()
    assert tab.is_gridlines_hidden
    tab.update_tab_color("#ff0000")
    assert book.sheet1.get_tab_color() == "#FF0000"
    tab.clear_tab_color()
    assert book.sheet1.get_tab_color() is None
    tab.set_basic_filter("A1:C3")
    tab.clear_basic_filter()
    tab.hide()
    assert book.sheet1.isSheetHidden
    tab.show()
    tab.columns_auto_resize(0, 2)
    tab.batch_format([{"range": "A1:B1", "format": {"textFormat": {"bold": True}}}])
    tab.update_notes({"A1": "x", "B2": "y"})
    assert tab.get_notes()[:2] == [["x", "", ""], ["", "y", ""]]


def test_gspread_reads_in_every_way(book: gspread.Spreadsheet, tab: gspread.Worksheet) -> None:
    assert [cell.value for cell in tab.range("A1:B2")] == ["Name", "Count", "b", "2"]
    assert [cell.row for cell in tab.findall(re.compile("^[ab]$"))] == [2, 3]
    assert tab.batch_get(["A1:B2", "C1"], major_dimension="COLUMNS") == [[["Name", "b"], ["Count", "2"]], [["Date"]]]
    assert tab.get("A1:B5", pad_values=True, maintain_size=True)[4] == ["", ""]
    assert tab.get_all_records(numericise_ignore=["all"])[0] == {"Name": "b", "Count": "2", "Date": "2026-01-02"}
    tab.update([["both", "", "y"], ["", "", "z"]], "A5")
    tab.merge_cells("A5:A6")
    assert tab.get_values("A5:C6", combine_merged_cells=True) == [["both", "", "y"], ["both", "", "z"]]
    tab.update_cells([gspread.Cell(8, 1, "=B2*2")], value_input_option=ValueInputOption.user_entered)
    assert (tab.acell("A8").value, tab.acell("A8", value_render_option="FORMULA").value) == ("4", "=B2*2")
    book.update_locale("de_DE")
    book.update_timezone("Europe/Berlin")
    assert (book.locale, book.timezone) == ("de_DE", "Europe/Berlin")
    tab.clear()
    assert tab.get_all_values() == [[]]


def test_gspread_hears_a_refusal(book: gspread.Spreadsheet) -> None:
    with pytest.raises(gspread.exceptions.APIError, match="Unable to parse range"):
        book.values_get("Nope!A1")


def test_googles_own_client_works_with_its_full_discovery_document(server: LocalSheets) -> None:
    options = {"api_endpoint": server.base_url}
    with build(
        "sheets", "v4", client_options=options, credentials=AnonymousCredentials(), static_discovery=True
    ) as service:
        sheets = service.spreadsheets()
        made = sheets.create(body={"properties": {"title": "T"}}, fields="spreadsheetId").execute()
        book = {"spreadsheetId": made["spreadsheetId"]}
        write = {"values": [["a b", "я"]]}
        sheets.values().update(**book, range="'Sheet1'!A1:B1", valueInputOption="RAW", body=write).execute()
        read = sheets.values().batchGet(**book, ranges=["Sheet1!A:A", "Sheet1!B:B"], majorDimension="COLUMNS").execute()
        assert [one["values"] for one in read["valueRanges"]] == [[["a b"]], [["я"]]]
        appended = sheets.values().append(**book, range="Sheet1", valueInputOption="RAW", body=write).execute()
        assert appended["updates"]["updatedRange"] == "Sheet1!A2:B2"
        entry = {"metadataId": 1, "metadataKey": "k", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}
        batch = {"requests": [{"createDeveloperMetadata": {"developerMetadata": entry}}]}
        answer = sheets.batchUpdate(
            **book,
            body={
                **batch,
                "includeSpreadsheetInResponse": True,
                "responseRanges": ["A1"],
                "responseIncludeGridData": True,
            },
        ).execute()
        assert len(answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"]) == 1
        by_key = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]}
        assert len(sheets.values().batchGetByDataFilter(**book, body=by_key).execute()["valueRanges"]) == 1
        assert sheets.getByDataFilter(**book, body=by_key).execute()["spreadsheetId"] == made["spreadsheetId"]
        assert sheets.developerMetadata().search(**book, body=by_key).execute()["matchedDeveloperMetadata"]
        other = sheets.create(body={}).execute()["spreadsheetId"]
        copied = sheets.sheets().copyTo(**book, sheetId=0, body={"destinationSpreadsheetId": other}).execute()
        assert copied["title"] == "Copy of Sheet1"
        assert sheets.values().batchClear(**book, body={"ranges": ["A1"]}).execute()["clearedRanges"] == ["Sheet1!A1"]
        assert sheets.developerMetadata().get(**book, metadataId=1).execute()["metadataKey"] == "k"
        with pytest.raises(HttpError, match="already exists"):
            sheets.batchUpdate(**book, body=batch).execute()
