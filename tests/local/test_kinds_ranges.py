from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import formatted, grid, look, merge, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

LETTERS = [list("abc"), list("def"), list("ghi")]


def shift(kind: str, place: dict[str, Any], dimension: str) -> dict[str, Any]:
    return {kind: {"range": place, "shiftDimension": dimension}}


def drawn(client: Client, place: str = "A1:F6") -> list[str]:
    return ["".join(text or "." for text in row) for row in client.values(place)]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (shift("insertRange", grid(1, 2, 1, 2), "ROWS"), ["abc", "d.f", "gei", ".h"]),
        (shift("insertRange", grid(1, 3, 0, 2), "ROWS"), ["abc", "..f", "..i", "de", "gh"]),
        (shift("insertRange", grid(1, 2, 1, 3), "COLUMNS"), ["abc", "d..ef", "ghi"]),
        (shift("insertRange", grid(0, 3, 0, 1), "COLUMNS"), [".abc", ".def", ".ghi"]),
        (shift("deleteRange", grid(0, 1, 1, 2), "ROWS"), ["aec", "dhf", "g.i"]),
        (shift("deleteRange", grid(1, 3, 0, 3), "ROWS"), ["abc"]),
        (shift("deleteRange", grid(1, 2, 0, 2), "COLUMNS"), ["abc", "f", "ghi"]),
        (shift("deleteRange", {"startColumnIndex": 1, "endColumnIndex": 2}, "COLUMNS"), ["ac", "df", "gi"]),
    ],
)
def test_cells_are_shifted_within_their_band(client: Client, request_: dict[str, Any], expected: list[str]) -> None:
    client.put("A1:C3", LETTERS)
    client.batch(request_)
    assert drawn(client) == expected


@pytest.mark.parametrize(
    ("dimension", "place", "size"),
    [("ROWS", grid(0, 2, 0, 1), (5, 3)), ("COLUMNS", grid(0, 1, 0, 2), (3, 5)), ("ROWS", grid(0, 2, 1, 2), (3, 3))],
    ids=["down", "right", "nothing falls off"],
)
def test_the_grid_grows_only_where_a_value_would_fall_off(
    client: Client, dimension: str, place: dict[str, Any], size: tuple[int, int]
) -> None:
    properties = {"gridProperties": {"rowCount": 3, "columnCount": 3}}
    client.put("A1:C3", [["a", "", "b"], ["", "", ""], ["c", "", "d"]])
    client.batch({"updateSheetProperties": {"properties": properties, "fields": "gridProperties"}})
    client.batch(shift("insertRange", place, dimension))
    grown = sheet_of(client)["properties"]["gridProperties"]
    assert (grown["rowCount"], grown["columnCount"]) == size
    assert sorted("".join(drawn(client, "Sheet1")).replace(".", "")) == list("abcd")


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_inserted_cells_look_like_those_they_push_away(client: Client, dimension: str) -> None:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    client.put("B2", [["x"]])
    client.batch(formatted(grid(1, 2, 1, 2), bold=True), shift("insertRange", grid(1, 2, 1, 2), dimension))
    moved = "B3" if dimension == "ROWS" else "C2"
    assert look(client, "B2", "userEnteredValue,userEnteredFormat") == [[bold]]
    assert look(client, moved, "userEnteredValue,userEnteredFormat") == [
        [{"userEnteredValue": {"stringValue": "x"}, **bold}]
    ]


@pytest.mark.parametrize(
    ("request_", "inside", "wider"),
    [
        (shift("insertRange", grid(1, 3, 1, 3), "ROWS"), grid(4, 6, 1, 3), grid(2, 4, 0, 3)),
        (shift("deleteRange", grid(0, 1, 1, 3), "ROWS"), grid(1, 3, 1, 3), grid(2, 4, 0, 3)),
        (shift("insertRange", grid(1, 9, 0, 1), "COLUMNS"), grid(2, 4, 2, 4), grid(2, 4, 1, 4)),
        (shift("deleteRange", grid(0, 3, 1, 2), "COLUMNS"), grid(2, 4, 1, 3), grid(2, 4, 0, 3)),
        (shift("deleteRange", grid(2, 4, 1, 2), "COLUMNS"), grid(2, 4, 1, 2), grid(2, 4, 0, 2)),
    ],
    ids=["insert down", "delete up", "insert right", "above: not its band", "delete left"],
)
def test_only_what_lies_wholly_in_the_band_is_shifted(
    client: Client, request_: dict[str, Any], inside: dict[str, Any], wider: dict[str, Any]
) -> None:
    def named(name: str, place: dict[str, Any]) -> dict[str, Any]:
        return {"addNamedRange": {"namedRange": {"name": name, "namedRangeId": name, "range": place}}}

    client.batch(named("inside", grid(2, 4, 1, 3)), named("wider", grid(2, 4, 0, 3)), request_)
    assert [one["range"] for one in client.get("namedRanges")["namedRanges"]] == [inside, wider]


def test_what_is_pushed_over_the_end_is_cut_there(client: Client) -> None:
    add = {"addNamedRange": {"namedRange": {"name": "all", "range": grid(0, 1000, 0, 1)}}}
    client.batch(add, shift("insertRange", grid(5, 7, 0, 1), "ROWS"))
    assert client.get("namedRanges")["namedRanges"][0]["range"] == grid(0, 1000, 0, 1)


def test_a_merge_in_the_band_is_shifted_and_one_that_sticks_out_refuses(client: Client) -> None:
    client.batch(merge(grid(4, 5, 0, 2)), shift("insertRange", grid(0, 2, 0, 2), "ROWS"))
    assert sheet_of(client)["merges"] == [grid(6, 7, 0, 2)]
    words = "You can't shift cells that hold only part of a merged cell."
    for kind in ("insertRange", "deleteRange"):
        refused = client.batch_refused(shift(kind, grid(0, 2, 0, 1), "ROWS"))
        assert refused == (400, f"Invalid requests[0].{kind}: {words}")
        refused = client.batch_refused(shift(kind, grid(6, 7, 0, 1), "ROWS"))
        assert refused == (400, f"Invalid requests[0].{kind}: {words}")
    client.batch(shift("deleteRange", grid(0, 1, 0, 1), "COLUMNS"), shift("deleteRange", grid(0, 2, 0, 2), "ROWS"))
    assert sheet_of(client)["merges"] == [grid(4, 5, 0, 2)]


def test_a_range_is_cut_at_the_end_of_the_sheet(client: Client) -> None:
    client.put("A1:A2", [["a"], ["b"]])
    client.batch(shift("deleteRange", grid(1, 5000, 0, 1), "ROWS"))
    assert client.values("Sheet1") == [["a"]]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"insertRange": {"range": grid(0, 1, 0, 1)}}, "insertRange: No shiftDimension specified."),
        (shift("deleteRange", grid(0, 0, 0, 1), "ROWS"), "deleteRange: The range must not be empty."),
        (
            shift("insertRange", grid(2, 1, 0, 1), "ROWS"),
            "insertRange: range.endRowIndex[1] must not be before range.startRowIndex[2]",
        ),
        (
            shift("insertRange", grid(1000, 1001, 0, 1), "ROWS"),
            "insertRange: Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_a_shift_without_direction_or_cells_is_refused(client: Client, request_: dict[str, Any], message: str) -> None:
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{message}")
