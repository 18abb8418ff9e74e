"""`spreadsheets.create` with all that a Spreadsheet message can hold, and `sheets.copyTo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, rule, span
from sheet_client import Client

if TYPE_CHECKING:
    from functions.local.server import LocalSheets

ENTRY = {"metadataId": 5, "metadataKey": "k", "visibility": "DOCUMENT"}
WHOLE: dict[str, Any] = {
    "properties": {"title": "Shop", "locale": "ru_RU", "timeZone": "Europe/Moscow"},
    "namedRanges": [{"namedRangeId": "n", "name": "corner", "range": grid(0, 1, 0, 1)}],
    "developerMetadata": [{**ENTRY, "metadataId": 6}],
    "sheets": [
        {
            "properties": {"title": "Codes", "gridProperties": {"rowCount": 3, "frozenRowCount": 1}},
            "data": [
                {
                    "startRow": 1,
                    "startColumn": 1,
                    "rowData": [
                        {"values": [{"userEnteredValue": {"stringValue": "a"}, "note": "why"}, {}]},
                        {"values": [{}, {"userEnteredValue": {"formulaValue": "=B2&1"}}]},
                        {},
                        {"values": [{"userEnteredValue": {"numberValue": 4}}]},
                    ],
                    "columnMetadata": [{"pixelSize": 50, "developerMetadata": [ENTRY]}],
                    "rowMetadata": [{"hiddenByUser": True}],
                }
            ],
            "merges": [grid(3, 5, 3, 5)],
            "conditionalFormats": [rule(grid(1, 3, 0, 1)), rule(grid(1, 3, 1, 2), kind="BLANK")],
            "protectedRanges": [{"range": grid(0, 1, 0, 2), "warningOnly": True, "protectedRangeId": 4}],
            "basicFilter": {"range": grid(0, 4, 0, 3)},
            "rowGroups": [{"range": span("ROWS", 1, 3), "depth": 1}],
        },
        {"properties": {"title": "More", "sheetId": 9}, "merges": [grid(0, 2, 0, 2)]},
    ],
}


def test_a_spreadsheet_is_created_with_all_that_was_asked(client: Client) -> None:
    made = client.ok("POST", "/v4/spreadsheets", WHOLE)
    found = client.ok("GET", f"/v4/spreadsheets/{made['spreadsheetId']}?includeGridData=true")
    codes, more = found["sheets"]
    assert codes["properties"]["gridProperties"] == {"rowCount": 5, "columnCount": 26, "frozenRowCount": 1}
    rows = codes["data"][0]["rowData"]
    assert rows[1]["values"][1]["note"] == "why"
    assert [row.get("values", [{}])[-1].get("formattedValue") for row in rows] == [None, "a", "a1", None, "4"]
    assert codes["data"][0]["columnMetadata"][1]["pixelSize"] == 50
    assert codes["data"][0]["columnMetadata"][1]["developerMetadata"][0]["metadataId"] == 5
    assert codes["data"][0]["rowMetadata"][1]["hiddenByUser"] is True
    assert [one["booleanRule"]["condition"]["type"] for one in codes["conditionalFormats"]] == ["NOT_BLANK", "BLANK"]
    assert codes["protectedRanges"][0]["protectedRangeId"] == 4
    assert codes["basicFilter"]["range"] == grid(0, 4, 0, 3)
    assert (codes["merges"], codes["rowGroups"]) == ([grid(3, 5, 3, 5)], [{"range": span("ROWS", 1, 3), "depth": 1}])
    assert more["merges"] == [grid(0, 2, 0, 2, 9)]
    assert found["namedRanges"][0]["name"] == "corner"
    assert found["developerMetadata"][0]["metadataId"] == 6


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"properties": {"timeZone": "Mars/Phobos"}}, 400, "Invalid time zone: Mars/Phobos"),
        ({"properties": {"timeZone": "Europe"}}, 400, "Invalid time zone: Europe"),
        ({"properties": {"locale": "klingon"}}, 400, "Unsupported locale: klingon"),
        ({"dataSources": [{"dataSourceId": "x"}]}, 501, "dataSources in spreadsheets.create"),
        ({"sheets": [{"slicers": [{"slicerId": 1}]}]}, 501, "sheets.slicers in spreadsheets.create"),
        ({"sheets": [{"merges": [grid(0, 2000, 0, 1)]}]}, 400, "exceeds grid limits"),
        ({"sheets": [{"properties": {"title": "a"}}, {"properties": {"title": "A"}}]}, 400, "already exists"),
    ],
)
def test_what_cannot_be_created_leaves_no_spreadsheet(
    server: LocalSheets, client: Client, body: dict[str, Any], status: int, words: str
) -> None:
    before = server.api.ids()
    found, message = client.refused("POST", "/v4/spreadsheets", body)
    assert found == status
    assert words in message
    assert server.api.ids() == before


def test_a_sheet_is_copied_to_another_spreadsheet_and_to_its_own(client: Client) -> None:
    made = client.ok("POST", "/v4/spreadsheets", WHOLE)["spreadsheetId"]
    path = f"/v4/spreadsheets/{made}/sheets/0:copyTo"
    copied = client.ok("POST", path, {"destinationSpreadsheetId": "local"})
    assert (copied["title"], copied["index"]) == ("Copy of Codes", 1)
    assert client.values("'Copy of Codes'!B2:C3") == [["a"], ["", "a1"]]
    sheet = client.get("sheets(properties,merges,protectedRanges,developerMetadata)")["sheets"][1]
    assert sheet["merges"] == [grid(3, 5, 3, 5, copied["sheetId"])]
    assert sheet["protectedRanges"][0]["protectedRangeId"] != 4
    assert "developerMetadata" not in sheet
    again = client.ok("POST", path, {"destinationSpreadsheetId": made})
    assert (again["title"], again["index"]) == ("Copy of Codes", 2)


@pytest.mark.parametrize(
    ("book", "sheet", "body", "status"),
    [
        ("local", 0, {"destinationSpreadsheetId": "nobody"}, 404),
        ("local", 0, {}, 404),
        ("local", 5, {"destinationSpreadsheetId": "local"}, 400),
        ("nobody", 0, {"destinationSpreadsheetId": "local"}, 404),
        ("local", 0, {"destinationSpreadsheetId": "not-shared"}, 403),
    ],
)
def test_a_copy_from_or_to_nowhere_is_refused(
    client: Client, book: str, sheet: int, body: dict[str, Any], status: int
) -> None:
    assert client.refused("POST", f"/v4/spreadsheets/{book}/sheets/{sheet}:copyTo", body)[0] == status


def test_a_time_zone_that_there_is_not_is_refused(client: Client) -> None:
    update = {"properties": {"timeZone": "Europe/Atlantis"}, "fields": "timeZone"}
    message = "Invalid requests[0].updateSpreadsheetProperties: Invalid time zone: Europe/Atlantis"
    assert client.batch_refused({"updateSpreadsheetProperties": update}) == (400, message)
