"""Conditional format rules: what a cell looks like in effectiveFormat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sheet_client import Client

from functions.local.server import LocalSheets

if TYPE_CHECKING:
    from collections.abc import Iterator

RED, GREEN = {"red": 1}, {"green": 1}
WHITE = {"red": 1, "green": 1, "blue": 1}


@pytest.fixture
def client() -> Iterator[Client]:
    with LocalSheets(clock=lambda: datetime(2026, 3, 31, 12, tzinfo=UTC)) as server:
        server.create("local", title="Local", locale="en_US", time_zone="Etc/GMT")
        found = Client(server)
        yield found
        found.connection.close()


def rule(kind: str, *values: Any, look: Any = None, grid: Any = None) -> dict[str, Any]:
    """A request for a rule that comes first; a value that is a mapping is a whole ConditionValue."""
    condition = {
        "type": kind,
        "values": [value if isinstance(value, dict) else {"userEnteredValue": value} for value in values],
    }
    rule = {
        "ranges": [{"sheetId": 0, **(grid or {"startRowIndex": 0, "endRowIndex": 20})}],
        "booleanRule": {"condition": condition, "format": look or {"backgroundColor": RED}},
    }
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}


def looks(client: Client, where: str) -> list[list[Any]]:
    """EffectiveFormat of the cells of a range; None for a cell that has none."""
    data = client.get("sheets.data.rowData.values.effectiveFormat", where)["sheets"][0]["data"][0]
    return [[cell.get("effectiveFormat") for cell in row.get("values", [])] for row in data.get("rowData", [])]


def colours(client: Client, where: str) -> list[list[Any]]:
    return [[look and look["backgroundColor"] for look in row] for row in looks(client, where)]


@pytest.mark.parametrize(
    ("kind", "values", "cell", "holds"),
    [
        ("NUMBER_GREATER", ["5"], 6, True),
        ("NUMBER_GREATER", ["5"], 5, False),
        ("NUMBER_GREATER", ["=B1+1"], 6, True),
        ("NUMBER_GREATER", ["5"], "text", False),
        ("NUMBER_GREATER_THAN_EQ", ["5"], 5, True),
        ("NUMBER_LESS", ["5"], 4, True),
        ("NUMBER_LESS_THAN_EQ", ["5"], 6, False),
        ("NUMBER_EQ", ["5"], 5, True),
        ("NUMBER_NOT_EQ", ["5"], 6, True),
        ("NUMBER_BETWEEN", ["1", "5"], 5, True),
        ("NUMBER_NOT_BETWEEN", ["1", "5"], 5, False),
        ("TEXT_CONTAINS", ["SE"], "used", True),
        ("TEXT_NOT_CONTAINS", ["se"], "used", False),
        ("TEXT_STARTS_WITH", ["us"], "Used", True),
        ("TEXT_ENDS_WITH", ["ed"], "used", True),
        ("TEXT_EQ", ["used"], "USED", True),
        ("TEXT_EQ", ["used"], "unused", False),
        ("TEXT_NOT_EQ", ["used"], "free", True),
        ("ONE_OF_LIST", ["free", "used"], "used", True),
        ("NOT_BLANK", [], "x", True),
        ("BLANK", [], "x", False),
        ("BOOLEAN", [], True, True),
        ("DATE_BEFORE", ["2026-03-31"], "2026-03-30", True),
        ("DATE_BEFORE", [{"relativeDate": "TODAY"}], "2026-03-31", False),
        ("DATE_AFTER", [{"relativeDate": "TOMORROW"}], "2026-04-02", True),
        ("DATE_EQ", [{"relativeDate": "YESTERDAY"}], "2026-03-30 23:00", True),
        ("DATE_EQ", [{"relativeDate": "PAST_WEEK"}], "2026-03-25", True),
        ("DATE_EQ", [{"relativeDate": "PAST_WEEK"}], "2026-03-20", False),
        ("DATE_BEFORE", [{"relativeDate": "PAST_MONTH"}], "2026-02-27", True),
        ("DATE_AFTER", [{"relativeDate": "PAST_YEAR"}], "2025-04-01", True),
        ("DATE_ON_OR_AFTER", ["2026-03-30"], "2026-03-30", True),
        ("DATE_ON_OR_BEFORE", ["2026-03-30"], "2026-03-30", True),
        ("DATE_BETWEEN", ["2026-03-01", "2026-03-31"], "2026-03-15", True),
        ("DATE_EQ", ["2026-03-30"], 46111, False),
        ("DATE_IS_VALID", [], "2026-03-30", True),
        ("CUSTOM_FORMULA", ['=A1="used"'], "used", True),
        ("CUSTOM_FORMULA", ["=A1+1"], 5, True),
        ("CUSTOM_FORMULA", ['="TRUE"'], 5, False),
        ("CUSTOM_FORMULA", ["=A1/0"], 5, False),
        ("CUSTOM_FORMULA", ["=A1+"], 5, False),
        ("TEXT_IS_EMAIL", [], "a@b.c", False),
    ],
)
def test_a_condition_looks_at_the_cell(client: Client, kind: str, values: list[Any], cell: Any, holds: bool) -> None:  # noqa: FBT001
    client.put("A1:B1", [[cell, 4]], "USER_ENTERED")
    client.batch(rule(kind, *values))
    assert colours(client, "A1")[0][0] == (RED if holds else WHITE)


def test_blank_cells_are_coloured_too(client: Client) -> None:
    client.put("B2", [["x"]])
    client.batch(rule("BLANK", grid={"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 3}))
    assert colours(client, "A1:D4") == [[], [RED, WHITE, RED], [RED, RED, RED]]


def test_a_formula_counts_from_the_corner_of_the_range(client: Client) -> None:
    client.put("A1", [["status"], ["used"], ["free"], ["used"]])
    grid = {"startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2}
    client.batch(rule("CUSTOM_FORMULA", '=$A2="used"', grid=grid))
    assert colours(client, "A1:C4") == [[WHITE], [RED, RED], [WHITE], [RED, RED]]


def test_a_formula_sees_results_and_today(client: Client) -> None:
    client.put("A1", [["=B1*2", 2], ["=TODAY()+2"], ["=TODAY()+9"], [""]], "USER_ENTERED")
    client.batch(
        rule("CUSTOM_FORMULA", '=AND($A1<>"",$A1>100,$A1<TODAY()+3)'),
        rule("NUMBER_EQ", "4", look={"backgroundColor": GREEN}),
    )
    assert [row[0] for row in colours(client, "A1:A3")] == [GREEN, RED, WHITE]


def test_the_first_rule_that_sets_a_property_counts(client: Client) -> None:
    client.put("A1", [["used"]])
    client.batch(
        rule("NOT_BLANK", look={"backgroundColor": GREEN, "textFormat": {"italic": True}}),
        rule("TEXT_EQ", "used", look={"backgroundColorStyle": {"rgbColor": RED}, "textFormat": {"bold": True}}),
    )
    found = looks(client, "A1")[0][0]
    assert found["backgroundColor"] == RED
    assert found["backgroundColorStyle"] == {"rgbColor": RED}
    assert (found["textFormat"]["bold"], found["textFormat"]["italic"]) == (True, True)
    assert found["textFormat"]["fontSize"] == 10


def test_a_rule_lies_over_what_the_cell_was_given(client: Client) -> None:
    client.put("A1", [["used"]])
    cell = {"userEnteredFormat": {"backgroundColor": GREEN, "textFormat": {"fontSize": 20}}}
    grid = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    client.batch({"repeatCell": {"range": grid, "cell": cell, "fields": "userEnteredFormat"}}, rule("NOT_BLANK"))
    cell = client.get("sheets.data.rowData.values", "A1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["userEnteredFormat"]["backgroundColor"] == GREEN
    assert cell["effectiveFormat"]["backgroundColor"] == RED
    assert cell["effectiveFormat"]["textFormat"]["fontSize"] == 20


@pytest.mark.parametrize(
    ("points", "shades"),
    [
        ({"minpoint": "MIN", "maxpoint": "MAX"}, [0, 0.25, 0.5, 1]),
        ({"minpoint": ("NUMBER", "2"), "maxpoint": ("NUMBER", "4")}, [0, 0, 0.5, 1]),
        ({"minpoint": ("PERCENT", "50"), "maxpoint": ("PERCENT", "100")}, [0, 0, 0, 1]),
        ({"minpoint": ("PERCENTILE", "0"), "maxpoint": ("PERCENTILE", "50")}, [0, 2 / 3, 1, 1]),
    ],
    ids=["extremes", "numbers", "per cent", "percentile"],
)
def test_a_colour_scale_lies_between_its_points(client: Client, points: Any, shades: list[float]) -> None:
    client.put("A1", [[1], [2], [3], [5], ["text"]])
    made = {
        name: {"type": point, "color": {"red": float(name == "maxpoint")}}
        if isinstance(point, str)
        else {"type": point[0], "value": point[1], "color": {"red": float(name == "maxpoint")}}
        for name, point in points.items()
    }
    ranges = [{"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}]
    client.batch({"addConditionalFormatRule": {"rule": {"ranges": ranges, "gradientRule": made}, "index": 0}})
    found = [row[0].get("red", 0) for row in colours(client, "A1:A5")]
    assert found == [*map(pytest.approx, shades), 1]


def test_a_colour_scale_bends_at_its_middle(client: Client) -> None:
    client.put("A1", [[0], [5], [10]])
    theme = {"colorStyle": {"themeColor": "BACKGROUND"}}
    made = {
        "minpoint": {"type": "MIN", "color": RED},
        "midpoint": {"type": "NUMBER", "value": "5", **theme},
        "maxpoint": {"type": "MAX", "color": GREEN},
    }
    ranges = [{"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}]
    client.batch({"addConditionalFormatRule": {"rule": {"ranges": ranges, "gradientRule": made}, "index": 0}})
    assert colours(client, "A1:A3") == [[RED], [WHITE], [GREEN]]


def test_values_are_read_without_looking_at_rules(client: Client) -> None:
    client.put("A1", [["x"]])
    client.batch(rule("NOT_BLANK"))
    assert client.values("A1:B2") == [["x"]]
    data = client.get("sheets.data.rowData.values.formattedValue", "A1:B2")["sheets"][0]["data"][0]
    assert data == {"rowData": [{"values": [{"formattedValue": "x"}]}]}
