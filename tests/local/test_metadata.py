from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sheet_client import Client

SPREADSHEET = {"spreadsheet": True}


def line(dimension: str, index: int) -> dict[str, Any]:
    return {"dimensionRange": {"sheetId": 0, "dimension": dimension, "startIndex": index, "endIndex": index + 1}}


def create(number: int | None, location: dict[str, Any], key: str = "k", value: str = "") -> dict[str, Any]:
    entry = {"metadataKey": key, "metadataValue": value, "visibility": "DOCUMENT", "location": location}
    return {"createDeveloperMetadata": {"developerMetadata": {**entry, **({"metadataId": number} if number else {})}}}


def where(client: Client, number: int) -> Any:
    return client.ok("GET", f"{client.root}/developerMetadata/{number}")["location"]


def test_a_taken_id_refuses_the_whole_batch(client: Client) -> None:
    client.batch(create(5, SPREADSHEET))
    sheet = {"addSheet": {"properties": {"title": "New"}}}
    assert client.batch_refused(sheet, create(6, SPREADSHEET), create(5, SPREADSHEET)) == (
        400,
        (
            "Invalid requests[2].createDeveloperMetadata: Cannot add developer metadata with ID [5] because developer "
            "metadata with that ID already exists."
        ),
    )
    assert len(client.get("sheets.properties.title")["sheets"]) == 1
    assert client.refused("GET", f"{client.root}/developerMetadata/6") == (404, "Requested entity was not found.")


def test_an_id_is_free_again_after_its_entry_was_deleted(client: Client) -> None:
    delete = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": 5}}}}
    client.batch(create(5, SPREADSHEET))
    replies = client.batch(delete, create(5, SPREADSHEET, value="new"))
    assert replies[0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"][0]["metadataId"] == 5
    assert client.ok("GET", f"{client.root}/developerMetadata/5")["metadataValue"] == "new"


def test_deleting_what_matches_nothing_is_no_error(client: Client) -> None:
    delete = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "none"}}}}
    assert client.batch(delete) == [{"deleteDeveloperMetadata": {}}]


def test_an_entry_is_shown_at_its_place(client: Client) -> None:
    replies = client.batch(
        create(1, SPREADSHEET),
        create(2, {"sheetId": 0}),
        create(3, line("COLUMNS", 1), value="v"),
        create(None, line("ROWS", 0)),
    )
    entry = {"metadataKey": "k", "visibility": "DOCUMENT"}
    column = {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    entries = [reply["createDeveloperMetadata"]["developerMetadata"] for reply in replies]
    assert entries[0] == {"metadataId": 1, **entry, "location": {"locationType": "SPREADSHEET", "spreadsheet": True}}
    assert entries[1]["location"] == {"locationType": "SHEET", "sheetId": 0}
    assert entries[2] == {
        "metadataId": 3,
        "metadataValue": "v",
        **entry,
        "location": {"locationType": "COLUMN", "dimensionRange": column},
    }
    found = client.get("developerMetadata,sheets(developerMetadata,data(columnMetadata,rowMetadata))", "A1:B1")
    data = found["sheets"][0]["data"][0]
    assert found["developerMetadata"] == [entries[0]]
    assert found["sheets"][0]["developerMetadata"] == [entries[1]]
    assert data["columnMetadata"] == [{"pixelSize": 100}, {"pixelSize": 100, "developerMetadata": [entries[2]]}]
    assert data["rowMetadata"] == [{"pixelSize": 21, "developerMetadata": [entries[3]]}]


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_an_entry_follows_its_row_or_column(client: Client, dimension: str) -> None:
    span = {"sheetId": 0, "dimension": dimension}

    def index() -> int:
        return int(where(client, 9)["dimensionRange"]["startIndex"])

    client.batch(create(9, line(dimension, 2)))
    client.batch({"insertDimension": {"range": {**span, "startIndex": 2, "endIndex": 5}, "inheritFromBefore": True}})
    assert index() == 5
    client.batch({"deleteDimension": {"range": {**span, "startIndex": 0, "endIndex": 1}}})
    assert index() == 4
    client.batch({"moveDimension": {"source": {**span, "startIndex": 4, "endIndex": 5}, "destinationIndex": 1}})
    assert index() == 1
    client.batch({"moveDimension": {"source": {**span, "startIndex": 0, "endIndex": 1}, "destinationIndex": 5}})
    assert index() == 0
    client.batch({"deleteDimension": {"range": {**span, "startIndex": 0, "endIndex": 1}}})
    assert client.refused("GET", f"{client.root}/developerMetadata/9")[0] == 404


def test_an_entry_on_a_row_follows_a_sort(client: Client) -> None:
    client.put("A1:A3", [["c"], ["a"], ["b"]])
    client.batch(create(9, line("ROWS", 0)))
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    client.batch({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 0}]}})
    assert client.values("A1:A3") == [["a"], ["b"], ["c"]]
    assert where(client, 9)["dimensionRange"]["startIndex"] == 2


def test_entries_of_a_deleted_sheet_are_gone(client: Client) -> None:
    client.batch({"addSheet": {"properties": {"sheetId": 4, "title": "T"}}}, create(1, {"sheetId": 4}))
    client.batch({"deleteSheet": {"sheetId": 4}})
    assert client.refused("GET", f"{client.root}/developerMetadata/1")[0] == 404


@pytest.mark.parametrize(
    ("lookup", "found"),
    [
        ({"metadataId": 2}, [2]),
        ({"metadataKey": "k"}, [1, 2, 3]),
        ({"metadataKey": "k", "metadataValue": "two"}, [2]),
        ({"locationType": "COLUMN"}, [3, 5]),
        ({"metadataKey": "k", "visibility": "PROJECT"}, []),
        ({"metadataLocation": line("COLUMNS", 1), "locationMatchingStrategy": "EXACT_LOCATION"}, [3]),
        ({"metadataLocation": line("COLUMNS", 1)}, [1, 2, 3, 4]),
        ({"metadataLocation": {"sheetId": 0}, "metadataKey": "k"}, [1, 2, 3]),
        ({}, [1, 2, 3, 4, 5]),
    ],
    ids=["id", "key", "value", "type", "visibility", "exact place", "crossing places", "sheet", "all"],
)
def test_a_lookup_finds_what_all_its_fields_match(client: Client, lookup: dict[str, Any], found: list[int]) -> None:
    client.batch(
        create(1, SPREADSHEET),
        create(2, {"sheetId": 0}, value="two"),
        create(3, line("COLUMNS", 1)),
        create(4, line("ROWS", 1), key="r"),
        create(5, line("COLUMNS", 2), key="c"),
    )
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    answer = client.ok("POST", f"{client.root}/developerMetadata:search", body)
    matched = answer.get("matchedDeveloperMetadata", [])
    assert sorted(one["developerMetadata"]["metadataId"] for one in matched) == found
    assert all(one["dataFilters"] for one in matched)


def test_updating_changes_the_masked_fields_of_what_is_found(client: Client) -> None:
    client.batch(create(1, SPREADSHEET, value="old"), create(2, SPREADSHEET, key="other"))
    update = {
        "dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}],
        "developerMetadata": {"metadataValue": "new", "metadataKey": "ignored", "location": line("COLUMNS", 0)},
        "fields": "metadataValue,location",
    }
    reply = client.batch({"updateDeveloperMetadata": update})[0]["updateDeveloperMetadata"]["developerMetadata"]
    assert [(one["metadataId"], one["metadataKey"], one["metadataValue"]) for one in reply] == [(1, "k", "new")]
    assert where(client, 1)["locationType"] == "COLUMN"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (
            create(1, {"dimensionRange": {"dimension": "ROWS", "startIndex": 1, "endIndex": 3}}),
            "DimensionRange must represent a single row or column",
        ),
        (create(1, {"sheetId": 99}), "No grid with id: 99"),
        (create(1, SPREADSHEET, value="x" * 30_000), "30000 characters"),
        (create(-1, SPREADSHEET), "must be positive"),
        ({"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k"}}}, "visibility"),
    ],
    ids=["two rows", "no sheet", "too long", "negative id", "no visibility"],
)
def test_an_entry_that_google_would_not_take_is_refused(client: Client, request_: dict[str, Any], words: str) -> None:
    status, message = client.batch_refused(request_)
    assert status == 400
    assert words in message


def test_metadata_on_many_rows_is_each_read_at_its_own(client: Client) -> None:
    client.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1_000}})
    client.batch(*[create(None, line("ROWS", 1_000 - index)) for index in range(300)])
    found = client.get("sheets.data.rowMetadata.developerMetadata.location", "Sheet1!A999:A1000")
    rows = [row["developerMetadata"][0]["location"] for row in found["sheets"][0]["data"][0]["rowMetadata"]]
    assert rows == [{"locationType": "ROW", **line_shown(index)} for index in (998, 999)]


def line_shown(index: int) -> dict[str, Any]:
    return {"dimensionRange": {"dimension": "ROWS", "startIndex": index, "endIndex": index + 1}}


@pytest.mark.parametrize("fields", ["*", "developerMetadata"])
def test_metadata_is_not_made_by_the_way(client: Client, fields: str) -> None:
    place = {"dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    properties = {"pixelSize": 30, "developerMetadata": [{"metadataKey": "k", "visibility": "DOCUMENT"}]}
    update = {"updateDimensionProperties": {"range": place, "properties": properties, "fields": fields}}
    assert client.batch_refused(update)[0] == 501
