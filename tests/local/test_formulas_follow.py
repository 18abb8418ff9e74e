"""Formulas follow what they refer to, in cells, conditional formats, validation and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, rule, sheet_of, span

if TYPE_CHECKING:
    from sheet_client import Client

REFERRING = ["=B3", "=SUM(B2:B4)", "=COUNTA(B2:B)", "=$B$3", "=Sheet1!B3+'Other tab'!A1"]


@pytest.fixture
def book(client: Client) -> Client:
    """Numbers in B2:B4 of the first tab; formulas on them in D1:H1 and, alike, on another tab."""
    client.batch({"addSheet": {"properties": {"sheetId": 7, "title": "Other tab"}}})
    client.put("B1:B4", [["n"], [1], [2], [3]])
    client.put("D1:H1", [REFERRING], "USER_ENTERED")
    client.put("'Other tab'!C1:D1", [["=Sheet1!B3", "=SUM(Sheet1!B2:B4)"]], "USER_ENTERED")
    return client


def formulas(client: Client, place: str) -> list[Any]:
    found: list[Any] = client.values(place, valueRenderOption="FORMULA")[0]
    return found


def insert(dimension: str, at: int, count: int = 1) -> dict[str, Any]:
    return {"insertDimension": {"range": span(dimension, at, at + count)}}


def delete(dimension: str, at: int, count: int = 1) -> dict[str, Any]:
    return {"deleteDimension": {"range": span(dimension, at, at + count)}}


def move(dimension: str, at: int, to: int) -> dict[str, Any]:
    return {"moveDimension": {"source": span(dimension, at, at + 1), "destinationIndex": to}}


ROW_4 = ["=B4", "=SUM(B2:B5)", "=COUNTA(B2:B)", "=$B$4", "=Sheet1!B4+'Other tab'!A1"]


@pytest.mark.parametrize(
    ("request_", "here", "there"),
    [
        (insert("ROWS", 2), ROW_4, ["=Sheet1!B4", "=SUM(Sheet1!B2:B5)"]),
        (
            delete("ROWS", 2),
            ["=#REF!", "=SUM(B2:B3)", "=COUNTA(B2:B)", "=#REF!", "=#REF!+'Other tab'!A1"],
            ["=#REF!", "=SUM(Sheet1!B2:B3)"],
        ),
        (
            insert("COLUMNS", 1),
            ["=C3", "=SUM(C2:C4)", "=COUNTA(C2:C)", "=$C$3", "=Sheet1!C3+'Other tab'!A1"],
            ["=Sheet1!C3", "=SUM(Sheet1!C2:C4)"],
        ),
        (
            move("COLUMNS", 1, 1000 // 100),
            ["=J3", "=SUM(J2:J4)", "=COUNTA(J2:J)", "=$J$3", "=Sheet1!J3+'Other tab'!A1"],
            ["=Sheet1!J3", "=SUM(Sheet1!J2:J4)"],
        ),
        (
            move("ROWS", 2, 900),
            ["=B900", "=SUM(B2:B3)", "=COUNTA(B2:B)", "=$B$900", "=Sheet1!B900+'Other tab'!A1"],
            ["=Sheet1!B900", "=SUM(Sheet1!B2:B3)"],
        ),
        (
            {"cutPaste": {"source": grid(2, 3, 1, 2), "destination": {"rowIndex": 9, "columnIndex": 9}}},
            ["=J10", "=SUM(B2:B4)", "=COUNTA(B2:B)", "=$J$10", "=Sheet1!J10+'Other tab'!A1"],
            ["=Sheet1!J10", "=SUM(Sheet1!B2:B4)"],
        ),
        (
            {"cutPaste": {"source": grid(2, 3, 1, 2), "destination": {"sheetId": 7, "rowIndex": 9}}},
            ["='Other tab'!A10", "=SUM(B2:B4)", "=COUNTA(B2:B)", "='Other tab'!$A$10"],
            ["='Other tab'!A10", "=SUM(Sheet1!B2:B4)"],
        ),
        (
            {"insertRange": {"range": grid(2, 3, 1, 2), "shiftDimension": "ROWS"}},
            ["=B4", "=SUM(B2:B5)", "=COUNTA(B2:B)", "=$B$4", "=Sheet1!B4+'Other tab'!A1"],
            ["=Sheet1!B4", "=SUM(Sheet1!B2:B5)"],
        ),
        (
            {"updateSheetProperties": {"properties": {"title": "It's new"}, "fields": "title"}},
            [*REFERRING[:4], "='It''s new'!B3+'Other tab'!A1"],
            ["='It''s new'!B3", "=SUM('It''s new'!B2:B4)"],
        ),
    ],
    ids=[
        "a row inserted",
        "a row deleted",
        "a column inserted",
        "a column moved",
        "a row moved",
        "a cell cut",
        "a cell cut to another tab",
        "cells pushed down",
        "the tab renamed",
    ],
)
def test_formulas_of_all_tabs_follow_a_change(
    book: Client, request_: dict[str, Any], here: list[str], there: list[str]
) -> None:
    book.batch(request_)
    title = sheet_of(book)["properties"]["title"].replace("'", "''")
    first = "C1" if "moveDimension" in request_ and request_["moveDimension"]["destinationIndex"] == 10 else "D1"
    first = "E1" if request_ == insert("COLUMNS", 1) else first
    last = chr(ord(first[0]) + 4)
    assert formulas(book, f"'{title}'!{first}:{last}1")[: len(here)] == here
    assert formulas(book, "'Other tab'!C1:D1") == there


def test_references_to_a_deleted_tab_are_gone(book: Client) -> None:
    book.batch({"deleteSheet": {"sheetId": 7}})
    assert formulas(book, "H1") == ["=Sheet1!B3+#REF!"]
    assert book.values("H1") == [["#REF!"]]


def test_a_sort_carries_what_a_formula_says_of_its_own_row(client: Client) -> None:
    rows = [[3, "=A1*10", "=A$9", "=A2"], [1, "=A2*10", "=A$9", "=A3"], [2, "=A3*10", "=$A3", "=A4"]]
    client.put("A1:D3", rows, "USER_ENTERED")
    client.batch({"sortRange": {"range": grid(0, 3, 0, 4), "sortSpecs": [{"dimensionIndex": 0}]}})
    assert client.values("A1:D3", valueRenderOption="FORMULA") == [
        [1, "=A1*10", "=A$9", "=A3"],
        [2, "=A2*10", "=$A2", "=A4"],
        [3, "=A3*10", "=A$9", "=A2"],
    ]
    assert client.values("B1:B3") == [["10"], ["20"], ["30"]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PASTE_NORMAL", [["=B8+$C$1", "=C8+$C$1"], ["=B9+$C$1", "=C9+$C$1"]]),
        ("PASTE_FORMULA", [["=B8+$C$1", "=C8+$C$1"], ["=B9+$C$1", "=C9+$C$1"]]),
        ("PASTE_VALUES", [[7, 7], [7, 7]]),
    ],
)
def test_a_copied_formula_refers_to_its_new_neighbours(client: Client, kind: str, expected: list[list[Any]]) -> None:
    client.put("A1:C1", [["=B2+$C$1", "", 7]], "USER_ENTERED")
    copy = {"source": grid(0, 1, 0, 1), "destination": grid(6, 8, 0, 2), "pasteType": kind}
    client.batch({"copyPaste": copy})
    assert client.values("A7:B8", valueRenderOption="FORMULA") == expected


def test_a_repeated_formula_counts_up(client: Client) -> None:
    cell = {"userEnteredValue": {"formulaValue": "=A1&$A$1"}}
    repeat = {"range": grid(0, 2, 1, 3), "cell": cell, "fields": "userEnteredValue"}
    client.batch({"repeatCell": repeat})
    again = {**repeat, "fields": "note"}
    client.batch({"repeatCell": again})  # does not write the formula, so it does not count either
    assert client.values("B1:C2", valueRenderOption="FORMULA") == [["=A1&$A$1", "=B1&$A$1"], ["=A2&$A$1", "=B2&$A$1"]]


def test_duplicates_are_found_by_what_formulas_give(client: Client) -> None:
    client.put("A1:A3", [["=1+1"], [2], ["=4/2"]], "USER_ENTERED")
    assert client.batch({"deleteDuplicates": {"range": grid(0, 5, 0, 1)}}) == [
        {"deleteDuplicates": {"duplicatesRemovedCount": 2}}
    ]
    assert client.values("A1:A3", valueRenderOption="FORMULA") == [["=1+1"]]


def test_a_filter_judges_what_formulas_give(client: Client) -> None:
    client.put("A1:B4", [["n", "m"], ["=1+1", 1], ["=1+2", 5], [2, 9]], "USER_ENTERED")
    specs = [
        {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["3"]}},
        {
            "columnIndex": 1,
            "filterCriteria": {
                "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=B2<SUM(B$2:B$4)/2"}]}
            },
        },
    ]
    client.batch({"setBasicFilter": {"filter": {"range": grid(0, 4, 0, 2), "filterSpecs": specs}}})
    lines = client.get("sheets.data.rowMetadata.hiddenByFilter", "A1:A4")["sheets"][0]["data"][0]["rowMetadata"]
    assert [line.get("hiddenByFilter", False) for line in lines] == [False, False, True, True]


@pytest.mark.parametrize(
    ("request_", "ranges", "formula"),
    [
        (insert("ROWS", 1), [grid(2, 11, 0, 3)], '=AND($B3="x",C$1>0,E3>1)'),
        (insert("ROWS", 5), [grid(1, 11, 0, 3)], '=AND($B2="x",C$1>0,E2>1)'),
        (delete("ROWS", 1), [grid(1, 9, 0, 3)], '=AND($B2="x",C$1>0,E2>1)'),
        (delete("ROWS", 0), [grid(0, 9, 0, 3)], '=AND($B1="x",#REF!>0,E1>1)'),
        (insert("COLUMNS", 3), [grid(1, 10, 0, 3)], '=AND($B2="x",C$1>0,F2>1)'),
        (insert("COLUMNS", 1), [grid(1, 10, 0, 4)], '=AND($C2="x",C$1>0,F2>1)'),
        (delete("COLUMNS", 0), [grid(1, 10, 0, 2)], '=AND($A2="x",C$1>0,D2>1)'),
        (
            {"cutPaste": {"source": grid(1, 3, 0, 3), "destination": {"rowIndex": 50, "columnIndex": 0}}},
            [grid(3, 10, 0, 3), grid(50, 52, 0, 3)],
            '=AND($B4="x",C$1>0,E4>1)',
        ),
    ],
    ids=[
        "above it",
        "inside it",
        "its first row",
        "what it refers to",
        "a column behind it",
        "a column in it",
        "its first column",
        "its first rows cut",
    ],
)
def test_a_conditional_format_still_looks_at_the_same_cells(
    client: Client, request_: dict[str, Any], ranges: list[Any], formula: str
) -> None:
    custom = rule(grid(1, 10, 0, 3), kind="CUSTOM_FORMULA", userEnteredValue='=AND($B2="x",C$1>0,E2>1)')
    client.batch({"addConditionalFormatRule": {"rule": custom}}, request_)
    found = sheet_of(client)["conditionalFormats"][0]
    assert found["ranges"] == ranges
    assert found["booleanRule"]["condition"]["values"] == [{"userEnteredValue": formula}]


def test_a_conditional_format_with_a_formula_is_copied_to_another_tab(client: Client) -> None:
    custom = rule(grid(1, 3, 0, 1), kind="CUSTOM_FORMULA", userEnteredValue="=$A2>B$1")
    client.batch({"addSheet": {"properties": {"sheetId": 7}}}, {"addConditionalFormatRule": {"rule": custom}})
    client.batch({"copyPaste": {"source": grid(2, 3, 0, 1), "destination": grid(9, 10, 4, 5, 7)}})
    found = sheet_of(client, 1)["conditionalFormats"][0]
    assert found["ranges"] == [grid(9, 10, 4, 5, 7)]
    assert found["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "=$A10>F$1"}]


def test_a_drop_down_follows_its_list(client: Client) -> None:
    listed = {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Lists!$A$2:$A"}]}
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Lists"}}},
        {"setDataValidation": {"range": grid(1, 5, 0, 1), "rule": {"condition": listed, "strict": True}}},
        {"insertDimension": {"range": span("COLUMNS", 0, 1, 7)}},
        {"updateSheetProperties": {"properties": {"sheetId": 7, "title": "Words"}, "fields": "title"}},
    )
    cells = client.get("sheets.data.rowData.values.dataValidation.condition", "A2:A5")["sheets"][0]["data"][0]
    values = [row["values"][0]["dataValidation"]["condition"]["values"] for row in cells["rowData"]]
    assert values == [[{"userEnteredValue": "=Words!$B$2:$B"}]] * 4
