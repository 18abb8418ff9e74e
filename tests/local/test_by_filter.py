"""Methods that say where by DataFilter: a range in words or numbers, or the developer metadata that it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sheet_client import Client

GRID = {"gridRange": {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}}


def by_key(key: str, **more: Any) -> dict[str, Any]:
    return {"developerMetadataLookup": {"metadataKey": key, **more}}


@pytest.fixture
def book(client: Client) -> Client:
    """Two tabs; metadata `second` on row 2, `b` on column B, `tab` on the other tab, `all` on the spreadsheet."""
    client.put("A1:C3", [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    places = {
        "second": {"dimensionRange": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}},
        "b": {"dimensionRange": {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}},
        "tab": {"sheetId": 7},
        "all": {"spreadsheet": True},
    }
    entries = [
        {"metadataId": number, "metadataKey": key, "visibility": "DOCUMENT", "location": place}
        for number, (key, place) in enumerate(places.items(), 1)
    ]
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other", "gridProperties": {"rowCount": 5}}}},
        *({"createDeveloperMetadata": {"developerMetadata": entry}} for entry in entries),
    )
    client.put("Other!A1", [["there"]])
    return client


def values(client: Client, *filters: dict[str, Any], **options: str) -> Any:
    body = {"dataFilters": filters, **options}
    return client.ok("POST", f"{client.root}/values:batchGetByDataFilter", body).get("valueRanges", [])


@pytest.mark.parametrize(
    ("data_filter", "ranges"),
    [
        ({"a1Range": "B2:C3"}, [("Sheet1!B2:C3", [["e", "f"], ["h", "i"]])]),
        (GRID, [("Sheet1!A1:B2", [["a", "b"], ["d", "e"]])]),
        ({"gridRange": {"sheetId": 7, "endColumnIndex": 1}}, [("Other!A1:A5", [["there"]])]),
        (by_key("second"), [("Sheet1!A2:Z2", [["d", "e", "f"]])]),
        (by_key("b"), [("Sheet1!B1:B1000", [["b"], ["e"], ["h"]])]),
        (by_key("tab"), [("Other!A1:Z5", [["there"]])]),
        (by_key("nobody's"), []),
        ({"developerMetadataLookup": {"metadataId": 2}}, [("Sheet1!B1:B1000", [["b"], ["e"], ["h"]])]),
    ],
    ids=["A1", "grid", "an open grid", "a row's", "a column's", "a tab's", "nobody's", "an id"],
)
def test_a_filter_selects_ranges_and_is_named_with_them(
    book: Client, data_filter: dict[str, Any], ranges: list[tuple[str, Any]]
) -> None:
    expected = [
        {"valueRange": {"range": text, "majorDimension": "ROWS", "values": found}, "dataFilters": [data_filter]}
        for text, found in ranges
    ]
    assert values(book, data_filter) == expected


def test_a_range_that_two_filters_select_comes_once_with_both(book: Client) -> None:
    twice = [by_key("b"), {"developerMetadataLookup": {"metadataId": 2}}]
    found = values(book, *twice, majorDimension="COLUMNS")
    assert [(one["valueRange"]["values"], one["dataFilters"]) for one in found] == [([["b", "e", "h"]], twice)]


def test_metadata_of_the_spreadsheet_selects_every_tab(book: Client) -> None:
    assert [one["valueRange"]["range"] for one in values(book, by_key("all"))] == ["Sheet1!A1:Z1000", "Other!A1:Z5"]


def test_a_filter_follows_its_row(book: Client) -> None:
    insert = {"dimension": "ROWS", "startIndex": 0, "endIndex": 3}
    book.batch({"insertDimension": {"range": insert}})
    assert values(book, by_key("second"))[0]["valueRange"]["range"] == "Sheet1!A5:Z5"


def test_values_are_written_where_filters_say(book: Client) -> None:
    body = {
        "valueInputOption": "RAW",
        "data": [
            {"dataFilter": by_key("second"), "values": [["D"]]},
            {"dataFilter": {"a1Range": "Other!B2"}, "values": [["x", "y"]], "majorDimension": "COLUMNS"},
            {"dataFilter": by_key("nobody's"), "values": [["lost"]]},
        ],
        "includeValuesInResponse": True,
    }
    answer = book.ok("POST", f"{book.root}/values:batchUpdateByDataFilter", body)
    assert answer == {
        "spreadsheetId": "local",
        "totalUpdatedRows": 3,
        "totalUpdatedColumns": 2,
        "totalUpdatedCells": 3,
        "totalUpdatedSheets": 2,
        "responses": [
            {
                "updatedRange": "Sheet1!A2",
                "updatedRows": 1,
                "updatedColumns": 1,
                "updatedCells": 1,
                "updatedData": {"range": "Sheet1!A2", "majorDimension": "ROWS", "values": [["D"]]},
                "dataFilter": by_key("second"),
            },
            {
                "updatedRange": "Other!B2:B3",
                "updatedRows": 2,
                "updatedColumns": 1,
                "updatedCells": 2,
                "updatedData": {"range": "Other!B2:B3", "majorDimension": "COLUMNS", "values": [["x", "y"]]},
                "dataFilter": {"a1Range": "Other!B2"},
            },
        ],
    }
    assert book.values("A2:C2") == [["D", "e", "f"]]


def test_a_write_that_does_not_fit_undoes_the_whole_call(book: Client) -> None:
    data = [
        {"dataFilter": {"a1Range": "A1"}, "values": [["gone"]]},
        {"dataFilter": by_key("second"), "values": [["1"], ["2"]]},
    ]
    body = {"valueInputOption": "RAW", "data": data}
    status, message = book.refused("POST", f"{book.root}/values:batchUpdateByDataFilter", body)
    assert (status, message.split(":")[0]) == (400, "Invalid data[1]")
    assert book.values("A1") == [["a"]]


def test_values_are_cleared_where_filters_say(book: Client) -> None:
    body = {"dataFilters": [by_key("b"), {"a1Range": "A1"}]}
    answer = book.ok("POST", f"{book.root}/values:batchClearByDataFilter", body)
    assert answer == {"spreadsheetId": "local", "clearedRanges": ["Sheet1!B1:B1000", "Sheet1!A1"]}
    assert book.values("A1:C3") == [["", "", "c"], ["d", "", "f"], ["g", "", "i"]]


def test_a_spreadsheet_is_cut_to_what_filters_select(book: Client) -> None:
    asked = {"dataFilters": [by_key("second")], "includeGridData": True}
    found = book.ok("POST", f"{book.root}:getByDataFilter", asked)
    assert [sheet["properties"]["title"] for sheet in found["sheets"]] == ["Sheet1"]
    data = found["sheets"][0]["data"][0]
    assert (data["startRow"], len(data["rowData"]), len(data["rowMetadata"])) == (1, 1, 1)
    nothing = book.ok("POST", f"{book.root}:getByDataFilter", {"dataFilters": [by_key("nobody's")]})
    assert nothing["sheets"] == []
    masked = book.ok("POST", f"{book.root}:getByDataFilter?fields=sheets.properties.title", {"dataFilters": [GRID]})
    assert masked == {"sheets": [{"properties": {"title": "Sheet1"}}]}


@pytest.mark.parametrize(
    ("data_filter", "keys"),
    [
        ({"a1Range": "Sheet1!A2:B3"}, ["second", "b", "all"]),
        ({"a1Range": "Sheet1!C1"}, ["all"]),
        ({"gridRange": {"sheetId": 7}}, ["tab", "all"]),
        ({"gridRange": {"startRowIndex": 1, "endRowIndex": 2}}, ["second", "b", "all"]),
    ],
)
def test_metadata_is_found_by_the_range_that_it_meets(book: Client, data_filter: dict[str, Any], keys: Any) -> None:
    answer = book.ok("POST", f"{book.root}/developerMetadata:search", {"dataFilters": [data_filter]})
    assert [one["developerMetadata"]["metadataKey"] for one in answer["matchedDeveloperMetadata"]] == keys


@pytest.mark.parametrize(
    ("data_filter", "message"),
    [
        ({}, "No data filter set."),
        ({"a1Range": "Nope!A1"}, "Unable to parse range: Nope!A1"),
        ({"gridRange": {"sheetId": 5}}, "No grid with id: 5"),
        (
            {"gridRange": {"startRowIndex": 3, "endRowIndex": 1}},
            "range.endRowIndex[1] must not be before range.startRowIndex[3]",
        ),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(book: Client, data_filter: dict[str, Any], message: str) -> None:
    body = {"dataFilters": [data_filter]}
    for path in ("/values:batchGetByDataFilter", "/values:batchClearByDataFilter", "/developerMetadata:search"):
        assert book.refused("POST", book.root + path, body) == (400, message)
