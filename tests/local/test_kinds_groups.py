from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import sheet_of, span

if TYPE_CHECKING:
    from sheet_client import Client

Groups = list[tuple[str, int]]


def columns(letters: str) -> dict[str, Any]:
    """`B:E` as Google's examples write it."""
    first, last = letters.split(":")
    return span("COLUMNS", ord(first) - ord("A"), ord(last) - ord("A") + 1)


def add(letters: str) -> dict[str, Any]:
    return {"addDimensionGroup": {"range": columns(letters)}}


def delete(letters: str) -> dict[str, Any]:
    return {"deleteDimensionGroup": {"range": columns(letters)}}


def collapse(letters: str, depth: int, *, collapsed: bool = True) -> dict[str, Any]:
    group = {"range": columns(letters), "depth": depth, "collapsed": collapsed}
    return {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}}


def said(groups: list[Any]) -> Groups:
    return [
        (
            "{}:{}".format(*(chr(ord("A") + n) for n in (one["range"]["startIndex"], one["range"]["endIndex"] - 1))),
            one["depth"],
        )
        for one in groups
    ]


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([add("C:D"), add("B:E")], [("B:E", 1), ("C:D", 2)]),
        ([add("B:E"), add("C:D")], [("B:E", 1), ("C:D", 2)]),
        ([add("B:D"), add("C:E")], [("B:E", 1), ("C:D", 2)]),
        ([add("B:E"), add("C:D"), delete("D:E")], [("B:D", 1), ("C:C", 2)]),
        ([add("B:E"), add("B:E")], [("B:E", 1), ("B:E", 2)]),
        ([add("B:C"), add("D:E")], [("B:E", 1)]),
        ([add("B:C"), add("E:F"), add("A:G")], [("A:G", 1), ("B:C", 2), ("E:F", 2)]),
        ([add("B:E"), delete("C:C")], [("B:B", 1), ("D:E", 1)]),
        ([add("B:C"), delete("A:D")], []),
    ],
    ids=["superset", "subset", "overlap", "delete", "twice", "neighbours", "over two", "a hole", "all gone"],
)
def test_a_group_makes_its_lines_one_deeper(client: Client, requests: list[Any], expected: Groups) -> None:
    reply = client.batch(*requests)[-1]
    assert said(next(iter(reply.values())).get("dimensionGroups", [])) == expected
    assert said(sheet_of(client).get("columnGroups", [])) == expected


def test_the_answer_names_all_groups_of_the_dimension(client: Client) -> None:
    rows = {"addDimensionGroup": {"range": span("ROWS", 5, 10)}}
    replies = client.batch(add("C:E"), rows, {"deleteDimensionGroup": {"range": span("ROWS", 5, 10)}})
    assert replies == [
        {"addDimensionGroup": {"dimensionGroups": [{"range": span("COLUMNS", 2, 5), "depth": 1}]}},
        {"addDimensionGroup": {"dimensionGroups": [{"range": span("ROWS", 5, 10), "depth": 1}]}},
        {"deleteDimensionGroup": {}},
    ]


def hidden(client: Client) -> str:
    data = client.get("sheets.data.columnMetadata.hiddenByUser", "A1:H1")["sheets"][0]["data"][0]["columnMetadata"]
    return "".join("x" if column.get("hiddenByUser") else "." for column in data)


def test_collapsing_hides_and_expanding_shows(client: Client) -> None:
    client.batch(add("B:E"), add("C:D"), collapse("C:D", 2))
    assert hidden(client) == "..xx...."
    client.batch(collapse("B:E", 1))
    assert hidden(client) == ".xxxx..."
    client.batch(collapse("B:E", 1, collapsed=False))
    assert hidden(client) == "........"
    groups = sheet_of(client)["columnGroups"]
    assert [one.get("collapsed") for one in groups] == [None, True]  # an inner group stays collapsed


@pytest.mark.parametrize(
    "later", [delete("D:D"), add("D:F"), add("A:H"), add("G:H"), {"insertDimension": {"range": span("COLUMNS", 2, 3)}}]
)
def test_a_collapsed_group_stays_collapsed_when_others_change(client: Client, later: dict[str, Any]) -> None:
    client.batch(add("B:D"), collapse("B:D", 1), later)
    assert [one.get("collapsed") for one in sheet_of(client)["columnGroups"]].count(True) == 1


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (delete("A:B"), "deleteDimensionGroup: No dimension group on COLUMNS from index 0 to 2."),
        (collapse("C:D", 2), "updateDimensionGroup: No dimension group of depth 2 on COLUMNS from index 2 to 4."),
        (
            {"addDimensionGroup": {"range": span("COLUMNS", 20, 27)}},
            "addDimensionGroup: range.endIndex is larger than current grid size (26)",
        ),
        (
            {"updateDimensionGroup": {"dimensionGroup": {"range": span("COLUMNS", 2, 4), "depth": 1}}},
            "updateDimensionGroup: At least one field must be listed in 'fields'.",
        ),
        ({"addDimensionGroup": {"range": {}}}, "addDimensionGroup: No dimension specified."),
    ],
)
def test_a_group_that_is_not_there_is_refused(client: Client, request_: dict[str, Any], message: str) -> None:
    client.batch(add("C:D"))
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{message}")


def test_groups_have_eight_depths_at_most(client: Client) -> None:
    client.batch(*[add("B:C")] * 8)
    assert client.batch_refused(add("B:C"))[0] == 400


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"insertDimension": {"range": span("COLUMNS", 2, 4)}}, [("B:G", 1), ("C:F", 2)]),
        ({"deleteDimension": {"range": span("COLUMNS", 2, 4)}}, [("B:C", 1)]),
        ({"deleteDimension": {"range": span("COLUMNS", 0, 5)}}, []),
        ({"moveDimension": {"source": span("COLUMNS", 1, 5), "destinationIndex": 7}}, [("D:G", 1), ("E:F", 2)]),
    ],
    ids=["insert", "delete the inner", "delete all", "move"],
)
def test_groups_follow_their_columns(client: Client, change: dict[str, Any], expected: Groups) -> None:
    size = {"properties": {"gridProperties": {"rowCount": 5, "columnCount": 9}}, "fields": "gridProperties"}
    requests = [add("B:E"), add("C:D")]
    if "insertDimension" in change:
        change["insertDimension"]["range"] = span("COLUMNS", 3, 5)
    client.batch({"updateSheetProperties": size}, *requests, change)
    assert said(sheet_of(client).get("columnGroups", [])) == expected


def test_groups_that_come_to_touch_are_one(client: Client) -> None:
    client.batch(add("B:C"), add("E:F"), {"deleteDimension": {"range": span("COLUMNS", 3, 4)}})
    assert said(sheet_of(client)["columnGroups"]) == [("B:E", 1)]
