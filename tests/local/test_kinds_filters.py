from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, merge, sheet_of, span

if TYPE_CHECKING:
    from sheet_client import Client

ROWS: list[list[Any]] = [
    ["head", "x"],
    ["Apple", 1],
    ["pear", 2],
    ["", 3],
    [5, 4],
    [10, 5],
    ["2024-01-02", 6],
    ["2024-03-01 12:00:00", 7],
    [True, 8],
]


def fill(client: Client) -> None:
    client.put("A1:B9", ROWS, "USER_ENTERED")


def filtering(*specs: dict[str, Any], area: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"setBasicFilter": {"filter": {"range": area or grid(0, 9, 0, 2), "filterSpecs": list(specs), **more}}}


def by(column: int, **criteria: Any) -> dict[str, Any]:
    return {"columnIndex": column, "filterCriteria": criteria}


def condition(kind: str, *values: Any) -> dict[str, Any]:
    listed = [value if isinstance(value, dict) else {"userEnteredValue": value} for value in values]
    return {"condition": {"type": kind, **({"values": listed} if listed else {})}}


def hidden(client: Client, rows: int = 9) -> list[int]:
    """Indexes of the rows that the filter hides."""
    data = client.get("sheets.data.rowMetadata", f"A1:B{rows}")["sheets"][0]["data"][0]["rowMetadata"]
    return [index for index, row in enumerate(data) if row.get("hiddenByFilter")]


@pytest.mark.parametrize(
    ("criteria", "shown"),
    [
        ({"hiddenValues": ["Apple", "", "5"]}, [2, 5, 6, 7, 8]),
        ({"hiddenValues": ["apple"]}, [1, 2, 3, 4, 5, 6, 7, 8]),
        (condition("NUMBER_GREATER", "5"), [5, 6, 7]),
        (condition("NUMBER_GREATER_THAN_EQ", "5"), [4, 5, 6, 7]),
        (condition("NUMBER_LESS", "10"), [4]),
        (condition("NUMBER_LESS_THAN_EQ", "10"), [4, 5]),
        (condition("NUMBER_EQ", "5"), [4]),
        (condition("NUMBER_NOT_EQ", "5"), [1, 2, 3, 5, 6, 7, 8]),
        (condition("NUMBER_BETWEEN", "10", "5"), [4, 5]),
        (condition("NUMBER_NOT_BETWEEN", "5", "10"), [1, 2, 3, 6, 7, 8]),
        (condition("TEXT_CONTAINS", "P"), [1, 2]),
        (condition("TEXT_NOT_CONTAINS", "p"), [3, 4, 5, 6, 7, 8]),
        (condition("TEXT_STARTS_WITH", "a"), [1]),
        (condition("TEXT_ENDS_WITH", "R"), [2]),
        (condition("TEXT_EQ", "PEAR"), [2]),
        (condition("BLANK"), [3]),
        (condition("NOT_BLANK"), [1, 2, 4, 5, 6, 7, 8]),
        (condition("DATE_EQ", "3/1/2024"), [7]),
        (condition("DATE_BEFORE", "2024-03-01"), [6]),
        (condition("DATE_AFTER", "2024-01-02"), [7]),
        (condition("DATE_ON_OR_BEFORE", "2024-03-01"), [6, 7]),
        (condition("DATE_ON_OR_AFTER", "2024-03-01"), [7]),
        (condition("DATE_BETWEEN", "2024-01-01", "2024-01-31"), [6]),
        (condition("ONE_OF_LIST", "apple", "10"), [1, 5]),
        ({**condition("NUMBER_GREATER", "4"), "hiddenValues": ["5"]}, [5, 6, 7]),
    ],
    ids=lambda value: str(value.get("condition", {}).get("type", "hiddenValues")) if isinstance(value, dict) else "",
)
def test_rows_that_do_not_meet_the_criteria_are_hidden(
    client: Client, criteria: dict[str, Any], shown: list[int]
) -> None:
    fill(client)
    client.batch(filtering(by(0, **criteria)))
    assert hidden(client) == [row for row in range(1, 9) if row not in shown]
    client.batch({"clearBasicFilter": {}})
    assert hidden(client) == []


@pytest.mark.parametrize(
    ("word", "back"),
    [("TODAY", 0), ("YESTERDAY", 1), ("TOMORROW", -1), ("PAST_WEEK", 7), ("PAST_MONTH", 28), ("PAST_YEAR", 365)],
)
def test_a_relative_date_counts_from_today(client: Client, word: str, back: int) -> None:
    today = datetime.now(UTC)
    dates = [["head"], *([str((today - timedelta(days=back + days)).date())] for days in (-5, 5))]
    client.put("A1:A3", dates, "USER_ENTERED")
    client.batch(filtering(by(0, **condition("DATE_AFTER", {"relativeDate": word})), area=grid(0, 3, 0, 2)))
    assert hidden(client, 3) == [2]


def test_all_columns_must_agree_and_nothing_outside_is_hidden(client: Client) -> None:
    fill(client)
    client.batch(
        filtering(by(0, **condition("NOT_BLANK")), by(1, **condition("NUMBER_LESS", "5")), area=grid(0, 7, 0, 2))
    )
    assert hidden(client) == [3, 5, 6]


@pytest.mark.parametrize("spelling", ["criteria", "filterSpecs", "both"])
def test_criteria_are_said_in_both_spellings(client: Client, spelling: str) -> None:
    fill(client)
    specs, other = [by(1, hiddenValues=["1"])], {"0": {"hiddenValues": ["Apple", "pear"]}}
    asked = {"range": grid(0, 9, 0, 2), "filterSpecs": specs, "criteria": {"1": {"hiddenValues": ["1"]}}}
    if spelling == "both":
        asked["criteria"] = other  # filterSpecs, when set, count alone
    else:
        del asked["criteria" if spelling == "filterSpecs" else "filterSpecs"]
    client.batch({"setBasicFilter": {"filter": asked}})
    assert sheet_of(client)["basicFilter"] == {
        "range": grid(0, 9, 0, 2),
        "criteria": {"1": {"hiddenValues": ["1"]}},
        "filterSpecs": specs,
    }
    assert hidden(client) == [1]


def test_a_filter_sorts_once_below_its_header(client: Client) -> None:
    client.put("A1:A4", [["z"], ["b"], ["c"], ["a"]])
    client.batch(
        filtering(
            by(0, hiddenValues=["b"]),
            area=grid(0, 4, 0, 1),
            sortSpecs=[{"dimensionIndex": 0, "sortOrder": "ASCENDING"}],
        )
    )
    assert client.values("A1:A4") == [["z"], ["a"], ["b"], ["c"]]
    assert hidden(client, 4) == [2]
    client.put("A2", [["y"]])
    assert client.values("A1:A4") == [["z"], ["y"], ["b"], ["c"]]
    assert sheet_of(client)["basicFilter"]["sortSpecs"] == [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]


def test_another_filter_replaces_the_first(client: Client) -> None:
    fill(client)
    client.batch(filtering(by(0, hiddenValues=["Apple"])), filtering(by(0, hiddenValues=["pear"])))
    assert hidden(client) == [2]
    client.batch(filtering())
    assert hidden(client) == []
    assert sheet_of(client)["basicFilter"] == {"range": grid(0, 9, 0, 2)}


def test_hidden_rows_stay_hidden_wherever_they_go(client: Client) -> None:
    fill(client)
    client.batch(
        filtering(by(0, hiddenValues=["Apple", "pear"])),
        {"insertDimension": {"range": span("ROWS", 2, 3), "inheritFromBefore": True}},
        {"moveDimension": {"source": span("ROWS", 3, 4), "destinationIndex": 6}},
        {"sortRange": {"range": grid(0, 2, 0, 2), "sortSpecs": [{"dimensionIndex": 0}]}},
        {
            "updateDimensionProperties": {
                "range": span("ROWS", 0, 9),
                "properties": {"pixelSize": 30, "hiddenByFilter": False},
                "fields": "*",
            }
        },
    )
    assert [client.values(f"A{row + 1}") for row in hidden(client)] == [[["Apple"]], [["pear"]]]


def test_a_rule_for_validation_passes_filtered_rows_over(client: Client) -> None:
    fill(client)
    rule = {"condition": {"type": "NOT_BLANK"}}
    validate = {"setDataValidation": {"range": grid(0, 3, 0, 1), "rule": rule}}
    client.batch(filtering(by(0, hiddenValues=["Apple"])), validate)
    fields = "sheets.data.rowData.values.dataValidation"

    def validated() -> list[bool]:
        rows = client.get(fields, "A1:A3")["sheets"][0]["data"][0]["rowData"]
        return ["dataValidation" in cell for row in rows for cell in row.get("values", [{}])]

    assert validated() == [True, False, True]
    validate["setDataValidation"]["filteredRowsIncluded"] = True
    client.batch(validate)
    assert validated() == [True, True, True]


def test_a_filter_follows_its_columns(client: Client) -> None:
    fill(client)
    orders = [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]
    client.batch(
        filtering(by(0, hiddenValues=["Apple"]), by(1, hiddenValues=["2"]), sortSpecs=orders),
        {"insertDimension": {"range": span("COLUMNS", 0, 1)}},
    )
    found = sheet_of(client)["basicFilter"]
    assert found["range"] == grid(0, 9, 1, 3)
    assert list(found["criteria"]) == ["1", "2"]
    assert [spec["columnIndex"] for spec in found["filterSpecs"]] == [1, 2]
    assert [spec["dimensionIndex"] for spec in found["sortSpecs"]] == [2]
    assert hidden(client) == [1, 2]
    client.batch({"deleteDimension": {"range": span("COLUMNS", 1, 2)}})
    assert list(sheet_of(client)["basicFilter"]["criteria"]) == ["1"]
    assert hidden(client) == [2]
    client.batch({"deleteDimension": {"range": span("COLUMNS", 1, 2)}})
    assert "basicFilter" not in sheet_of(client)
    assert hidden(client) == []


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (filtering(by(2, hiddenValues=["x"])), 400, "filterSpecs.columnIndex[2] must be within the range."),
        (filtering(by(0, **condition("NUMBER_EQ", "x"))), 400, "Invalid ConditionValue.userEnteredValue: x"),
        (filtering(by(0, **condition("NUMBER_BETWEEN", "1"))), 400, "requires exactly 2 condition values, not 1."),
        (filtering(by(0, **condition("BLANK", "1"))), 400, "requires exactly 0 condition values, not 1."),
        ({"setBasicFilter": {"filter": {"criteria": {"A": {}}}}}, 400, "A is not a column index."),
        (filtering(by(0, **condition("ONE_OF_RANGE", "=A1:A2"))), 501, "the condition ONE_OF_RANGE"),
        (filtering(by(0, visibleBackgroundColor={"red": 1})), 501, "a filter by colour"),
        (filtering(sortSpecs=[{"foregroundColor": {"red": 1}}]), 501, "a sort by colour"),
        (filtering(tableId="t"), 501, "tableId"),
        (filtering({"dataSourceColumnReference": {"name": "x"}, "filterCriteria": {}}), 501, "a data source"),
        (filtering(sortSpecs=[{"dimensionIndex": 5}]), 400, "sortSpec.dimensionIndex[5] must be within the range."),
    ],
)
def test_what_a_filter_cannot_judge_is_refused_with_its_name(
    client: Client, request_: dict[str, Any], status: int, said: str
) -> None:
    fill(client)
    client.put("B11", [["=1+1"]], "USER_ENTERED")
    found, message = client.batch_refused(request_)
    assert found == status
    assert said in message
    assert "basicFilter" not in sheet_of(client)


def test_a_filter_over_a_vertical_merge_is_refused(client: Client) -> None:
    client.batch(merge(grid(1, 3, 0, 1)))
    words = "Invalid requests[0].setBasicFilter: You can't create a filter over a range containing vertical merges."
    assert client.batch_refused(filtering()) == (400, words)


def view(**more: Any) -> dict[str, Any]:
    return {"addFilterView": {"filter": {"range": grid(0, 9, 0, 2), **more}}}


def test_a_filter_view_is_named_numbered_and_kept_but_hides_nothing(client: Client) -> None:
    fill(client)
    replies = client.batch(view(criteria={"0": {"hiddenValues": ["Apple"]}}), view(), view(title="mine"))
    found = [reply["addFilterView"]["filter"] for reply in replies]
    assert [one["title"] for one in found] == ["Filter 1", "Filter 2", "mine"]
    assert found[0]["filterSpecs"] == [by(0, hiddenValues=["Apple"])]
    assert len({one["filterViewId"] for one in found}) == 3
    assert sheet_of(client)["filterViews"] == found
    assert hidden(client) == []


@pytest.mark.parametrize(
    ("fields", "change", "expected"),
    [
        ("title", {"title": "new"}, {"title": "new", "columns": ["0"]}),
        ("criteria", {"criteria": {"1": {"hiddenValues": ["1"]}}}, {"title": "old", "columns": ["1"]}),
        ("filterSpecs", {"filterSpecs": [by(1, hiddenValues=["1"])]}, {"title": "old", "columns": ["1"]}),
        ("filterSpecs", {}, {"title": "old", "columns": []}),
        ("criteria", {}, {"title": "old", "columns": []}),
        ("*", {"title": "new", "range": grid(0, 9, 0, 2)}, {"title": "new", "columns": []}),
    ],
    ids=["title", "criteria", "filterSpecs", "no filterSpecs", "no criteria", "all"],
)
def test_a_filter_view_is_changed_by_its_mask(
    client: Client, fields: str, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    update = {"updateFilterView": {"filter": {"filterViewId": 3, **change}, "fields": fields}}
    client.batch(view(filterViewId=3, title="old", criteria={"0": {"hiddenValues": ["x"]}}), update)
    found = sheet_of(client)["filterViews"][0]
    assert found["title"] == expected["title"]
    assert list(found.get("criteria", {})) == expected["columns"]
    assert [str(spec["columnIndex"]) for spec in found.get("filterSpecs", [])] == expected["columns"]


def test_an_id_is_taken_once(client: Client) -> None:
    words = "Cannot add filter view with ID 3: a filter view with that ID already exists."
    assert client.batch_refused(view(filterViewId=3), view(filterViewId=3))[1].endswith(words)


def test_a_duplicated_filter_view_has_an_id_and_a_title_of_its_own(client: Client) -> None:
    first, reply = client.batch(view(filterViewId=3, title="mine"), {"duplicateFilterView": {"filterId": 3}})
    copy, original = reply["duplicateFilterView"]["filter"], first["addFilterView"]["filter"]
    assert copy["filterViewId"] != 3
    assert copy == {**original, "filterViewId": copy["filterViewId"], "title": "Copy of mine"}
    assert sheet_of(client)["filterViews"] == [original, copy]
    words = "Invalid requests[0].duplicateFilterView: No filter view with id: 9"
    assert client.batch_refused({"duplicateFilterView": {"filterId": 9}}) == (400, words)
