from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import formatted, grid, look, merge, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

SELECT_ALL = "You must select all cells in a merged range to merge or unmerge them."


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (merge(grid(1, 3, 1, 3)), [grid(1, 3, 1, 3)]),
        (merge(grid(0, 4, 0, 4)), [grid(0, 4, 0, 4)]),
        (merge(grid(1, 3, 1, 4), "MERGE_ROWS"), [grid(1, 2, 1, 4), grid(2, 3, 1, 4)]),
        (merge(grid(0, 3, 1, 3), "MERGE_COLUMNS"), [grid(0, 3, 1, 2), grid(0, 3, 2, 3)]),
        ({"unmergeCells": {"range": grid(0, 9, 0, 9)}}, []),
        ({"unmergeCells": {"range": grid(4, 9, 4, 9)}}, [grid(1, 3, 1, 3)]),
        (merge(grid(2, 4, 1, 3)), None),
        (merge(grid(1, 2, 1, 2)), None),
        (merge(grid(0, 2, 0, 9), "MERGE_ROWS"), None),
        ({"unmergeCells": {"range": grid(1, 2, 1, 3)}}, None),
    ],
    ids=[
        "same", "larger", "rows over it", "columns over it", "unmerge", "unmerge elsewhere",
        "overlap", "inside", "rows through it", "unmerge a part",
    ],
)  # fmt: skip
def test_merges_are_replaced_whole_or_refused(
    client: Client, request_: dict[str, Any], expected: list[dict[str, Any]] | None
) -> None:
    client.batch(merge(grid(1, 3, 1, 3)))
    if expected is None:
        kind = next(iter(request_))
        assert client.batch_refused(request_) == (400, f"Invalid requests[0].{kind}: {SELECT_ALL}")
    else:
        client.batch(request_)
        assert sheet_of(client).get("merges", []) == expected


@pytest.mark.parametrize(
    "request_",
    [
        {"repeatCell": {"range": grid(0, 3, 0, 3), "cell": {"userEnteredValue": {"stringValue": "x"}}, "fields": "*"}},
        {
            "updateCells": {
                "start": {},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}] * 3}] * 3,
                "fields": "userEnteredValue",
            }
        },
        {
            "updateCells": {
                "range": grid(0, 3, 0, 3),
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}] * 3}] * 3,
                "fields": "userEnteredValue",
            }
        },
        {"pasteData": {"coordinate": {}, "data": "x,x,x\n" * 3, "delimiter": ","}},
    ],
    ids=["repeatCell", "updateCells from a start", "updateCells over a range", "pasteData"],
)
def test_only_the_first_cell_of_a_merge_takes_a_value(client: Client, request_: dict[str, Any]) -> None:
    client.batch(merge(grid(0, 2, 0, 2)), request_)
    assert client.values("Sheet1") == [["x", "", "x"], ["", "", "x"], ["x", "x", "x"]]


def test_every_cell_of_a_merge_takes_a_format(client: Client) -> None:
    client.batch(merge(grid(0, 1, 0, 2)), formatted(grid(0, 1, 0, 2), bold=True))
    assert look(client, "A1:B1") == [[{"userEnteredFormat": {"textFormat": {"bold": True}}}] * 2]


def freeze(count: int) -> dict[str, Any]:
    properties = {"gridProperties": {"frozenRowCount": count}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}


def test_no_merge_lies_across_the_frozen_edge(client: Client) -> None:
    client.batch(freeze(2), merge(grid(0, 2, 0, 1)), merge(grid(2, 4, 0, 1)))
    words = "Invalid requests[0].mergeCells: You can't merge frozen and non-frozen rows."
    assert client.batch_refused(merge(grid(0, 4, 0, 1))) == (400, words)
    words = "Invalid requests[0].updateSheetProperties: You can't freeze rows which contain only part of a merged cell."
    assert client.batch_refused(freeze(3)) == (400, words)
    client.batch(freeze(4))
