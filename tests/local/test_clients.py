"""Clients that others wrote talk to the server unmodified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gspread
import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from gspread.http_client import HTTPClient

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
        sheets.batchUpdate(**book, body=batch).execute()
        assert sheets.developerMetadata().get(**book, metadataId=1).execute()["metadataKey"] == "k"
        with pytest.raises(HttpError, match="already exists"):
            sheets.batchUpdate(**book, body=batch).execute()
