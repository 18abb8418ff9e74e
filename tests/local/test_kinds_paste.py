from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import formatted, grid, look, merge, rule, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

BOLD = {"userEnteredFormat": {"textFormat": {"bold": True}}}
LIST = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "x"}]}}


def copy(source: dict[str, Any], place: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"copyPaste": {"source": source, "destination": place, **more}}


def cut(source: dict[str, Any], row: int, column: int, **more: Any) -> dict[str, Any]:
    return {"cutPaste": {"source": source, "destination": {"rowIndex": row, "columnIndex": column}, **more}}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (grid(3, 4, 0, 1), [["a", "b"], ["c", "d"]]),
        (grid(3, 5, 0, 2), [["a", "b"], ["c", "d"]]),
        (grid(3, 7, 0, 2), [["a", "b"], ["c", "d"], ["a", "b"], ["c", "d"]]),
        (grid(3, 5, 0, 4), [["a", "b", "a", "b"], ["c", "d", "c", "d"]]),
        (grid(3, 4, 0, 4), [["a", "b", "a", "b"], ["c", "d", "c", "d"]]),
        (grid(3, 6, 0, 3), [["a", "b"], ["c", "d"]]),
    ],
    ids=["smaller", "as large", "twice as high", "twice as wide", "wide and too low", "no multiple"],
)
def test_a_copy_fills_a_multiple_of_its_source(
    client: Client, place: dict[str, Any], expected: list[list[str]]
) -> None:
    client.put("A1:B2", [["a", "b"], ["c", "d"]])
    client.batch(copy(grid(0, 2, 0, 2), place))
    assert client.values("A4:Z10") == expected
    assert client.values("A1:B2") == [["a", "b"], ["c", "d"]]


def test_a_transposed_copy_turns_rows_into_columns(client: Client) -> None:
    client.put("A1:C2", [[1, 2, 3], [4, 5, 6]])
    client.batch(merge(grid(4, 5, 0, 3)), copy(grid(0, 2, 0, 3), grid(10, 11, 0, 1), pasteOrientation="TRANSPOSE"))
    assert client.values("A11:B13") == [["1", "4"], ["2", "5"], ["3", "6"]]
    client.batch(copy(grid(4, 5, 0, 3), grid(20, 21, 0, 1), pasteOrientation="TRANSPOSE"))
    assert grid(20, 23, 0, 1) in sheet_of(client)["merges"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PASTE_NORMAL", {"value": "new", "bold": True, "rule": True, "note": True, "border": "top"}),
        ("PASTE_NO_BORDERS", {"value": "new", "bold": True, "rule": True, "note": True, "border": "left"}),
        ("PASTE_VALUES", {"value": "new", "bold": False, "rule": False, "note": False, "border": "left"}),
        ("PASTE_FORMULA", {"value": "new", "bold": False, "rule": False, "note": False, "border": "left"}),
        ("PASTE_FORMAT", {"value": "old", "bold": True, "rule": False, "note": False, "border": "top"}),
        ("PASTE_DATA_VALIDATION", {"value": "old", "bold": False, "rule": True, "note": False, "border": "left"}),
        (
            "PASTE_CONDITIONAL_FORMATTING",
            {"value": "old", "bold": False, "rule": False, "note": False, "border": "left"},
        ),
    ],
)
@pytest.mark.parametrize("request_kind", ["copyPaste", "cutPaste"])
def test_a_paste_type_says_what_is_pasted(
    client: Client, kind: str, expected: dict[str, Any], request_kind: str
) -> None:
    new = {
        "userEnteredValue": {"stringValue": "new"},
        "userEnteredFormat": {"textFormat": {"bold": True}, "borders": {"top": {"style": "SOLID"}}},
        "dataValidation": LIST,
        "note": "n",
    }
    old = {
        "userEnteredValue": {"stringValue": "old"},
        "userEnteredFormat": {"borders": {"left": {"style": "SOLID"}}},
    }
    client.batch({"updateCells": {"start": {}, "rows": [{"values": [new, {}, old]}], "fields": "*"}})
    make = copy(grid(0, 1, 0, 1), grid(0, 1, 2, 3)) if request_kind == "copyPaste" else cut(grid(0, 1, 0, 1), 0, 2)
    make[request_kind]["pasteType"] = kind
    client.batch(make)
    cell = look(client, "C1", "userEnteredValue,userEnteredFormat,dataValidation,note")[0][0]
    assert {
        "value": cell["userEnteredValue"]["stringValue"],
        "bold": bool(cell["userEnteredFormat"].get("textFormat")),
        "rule": "dataValidation" in cell,
        "note": "note" in cell,
        "border": next(iter(cell["userEnteredFormat"]["borders"])),
    } == expected
    assert (look(client, "A1", "userEnteredValue,userEnteredFormat") == []) == (request_kind == "cutPaste")


@pytest.mark.parametrize(
    ("kind", "pasted"),
    [("PASTE_NORMAL", True), ("PASTE_NO_BORDERS", True), ("PASTE_VALUES", False), ("PASTE_FORMAT", False)],
)
def test_merges_go_with_a_whole_paste_only(client: Client, kind: str, *, pasted: bool) -> None:
    client.batch(merge(grid(0, 1, 0, 2)), copy(grid(0, 1, 0, 3), grid(2, 4, 0, 3), pasteType=kind))
    new = [grid(2, 3, 0, 2), grid(3, 4, 0, 2)] if pasted else []
    assert sheet_of(client)["merges"] == [grid(0, 1, 0, 2), *new]


def test_a_paste_replaces_merges_that_it_covers_and_tears_none(client: Client) -> None:
    client.put("A1:B1", [["a", "b"]])
    client.batch(merge(grid(4, 6, 0, 2)), copy(grid(0, 1, 0, 2), grid(4, 6, 0, 2)))
    assert "merges" not in sheet_of(client)
    client.batch(merge(grid(4, 6, 0, 2)))
    message = client.batch_refused(copy(grid(0, 1, 0, 2), grid(4, 5, 0, 2)))[1]
    assert message == "Invalid requests[0].copyPaste: You can't paste over only part of a merged cell."
    message = client.batch_refused(copy(grid(4, 5, 0, 2), grid(9, 10, 0, 2)))[1]
    assert message == "Invalid requests[0].copyPaste: You can't copy only part of a merged cell."


def test_values_pasted_on_a_merge_stay_in_its_first_cell(client: Client) -> None:
    client.put("A1:B1", [["a", "b"]])
    client.batch(merge(grid(4, 5, 0, 2)), copy(grid(0, 1, 0, 2), grid(4, 5, 0, 2), pasteType="PASTE_VALUES"))
    assert client.values("A5:B5") == [["a"]]


def test_a_copy_may_lie_over_its_own_source(client: Client) -> None:
    client.put("A1:A3", [["a"], ["b"], ["c"]])
    client.batch(copy(grid(0, 3, 0, 1), grid(1, 2, 0, 1)))
    assert client.values("A1:A4") == [["a"], ["a"], ["b"], ["c"]]


def test_a_copy_grows_the_grid_and_goes_to_another_sheet(client: Client) -> None:
    client.put("A1:A3", [["a"], ["b"], ["c"]])
    size = {"rowCount": 2, "columnCount": 1}
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other", "gridProperties": size}}},
        copy(grid(0, 3, 0, 1), grid(1, 2, 0, 1, 7)),
    )
    assert client.values("Other") == [[], ["a"], ["b"], ["c"]]
    assert sheet_of(client, 1)["properties"]["gridProperties"] == {"rowCount": 4, "columnCount": 1}


def test_a_cut_leaves_nothing_and_takes_names_charts_and_merges_along(client: Client) -> None:
    client.put("A1:B2", [["a", ""], ["b", "c"]])
    sources = {"sourceRange": {"sources": [grid(1, 2, 0, 2)]}}
    spec = {"basicChart": {"chartType": "LINE", "series": [{"series": sources}]}}
    client.batch(
        merge(grid(0, 1, 0, 2)),
        formatted(grid(0, 2, 0, 2), bold=True),
        {"addNamedRange": {"namedRange": {"name": "inside", "range": grid(1, 2, 0, 2)}}},
        {"addNamedRange": {"namedRange": {"name": "beyond", "range": grid(1, 3, 0, 2)}}},
        {"addChart": {"chart": {"spec": spec, "position": {"overlayPosition": {}}}}},
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other"}}},
    )
    request = cut(grid(0, 2, 0, 2), 3, 1)
    request["cutPaste"]["destination"]["sheetId"] = 7
    client.batch(request)
    assert client.values("Sheet1") == look(client, "Sheet1!A1:B2") == []
    assert client.values("Other!B4:C5") == [["a"], ["b", "c"]]
    assert look(client, "Other!B4:C5") == [[BOLD, BOLD], [BOLD, BOLD]]
    assert sheet_of(client, 1)["merges"] == [grid(3, 4, 1, 3, 7)]
    named = {one["name"]: one["range"] for one in client.get("namedRanges")["namedRanges"]}
    assert named == {"inside": grid(4, 5, 1, 3, 7), "beyond": grid(1, 3, 0, 2)}
    chart = sheet_of(client)["charts"][0]["spec"]["basicChart"]["series"][0]["series"]
    assert chart["sourceRange"]["sources"] == [grid(4, 5, 1, 3, 7)]


def test_a_cut_may_move_within_its_own_place(client: Client) -> None:
    client.put("A1:A3", [["a"], ["b"], ["c"]])
    client.batch(merge(grid(0, 1, 0, 2)), cut(grid(0, 3, 0, 2), 1, 0))
    assert client.values("A1:A4") == [[], ["a"], ["b"], ["c"]]
    assert sheet_of(client)["merges"] == [grid(1, 2, 0, 2)]


@pytest.mark.parametrize(
    ("source", "place", "covered"),
    [
        (grid(0, 2, 0, 2), grid(5, 6, 0, 1), [grid(0, 2, 0, 2), grid(5, 7, 0, 2)]),
        (grid(1, 3, 0, 1), grid(5, 9, 0, 1), [grid(0, 2, 0, 2), grid(5, 6, 0, 1), grid(7, 8, 0, 1)]),
        (grid(9, 10, 5, 6), grid(1, 2, 1, 2), [grid(0, 1, 0, 2), grid(1, 2, 0, 1)]),
        (grid(0, 1, 0, 1), grid(1, 2, 1, 2), [grid(0, 2, 0, 2)]),
        (grid(0, 1, 0, 1), grid(1, 3, 1, 2), [grid(0, 1, 0, 2), grid(1, 2, 0, 1), grid(1, 3, 1, 2)]),
    ],
    ids=["whole", "a part, repeated", "none comes: a hole", "inside of the rule", "over its edge"],
)
def test_conditional_formats_go_with_their_cells(
    client: Client, source: dict[str, Any], place: dict[str, Any], covered: list[dict[str, Any]]
) -> None:
    client.batch({"addConditionalFormatRule": {"rule": rule(grid(0, 2, 0, 2))}}, copy(source, place))
    assert sheet_of(client)["conditionalFormats"][0]["ranges"] == covered


def test_conditional_formats_become_new_rules_on_another_sheet(client: Client) -> None:
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other"}}},
        {"addConditionalFormatRule": {"rule": rule(grid(0, 2, 0, 2))}},
        {"addConditionalFormatRule": {"rule": rule(grid(0, 9, 0, 9, 7), kind="BLANK")}},
        copy(grid(0, 2, 0, 2), grid(0, 2, 0, 2, 7), pasteType="PASTE_CONDITIONAL_FORMATTING"),
    )
    rules = sheet_of(client, 1)["conditionalFormats"]
    assert [one["ranges"] for one in rules] == [
        [grid(2, 9, 0, 9, 7), grid(0, 2, 2, 9, 7)],
        [grid(0, 2, 0, 2, 7)],
    ]
    assert rules[1]["booleanRule"]["condition"]["type"] == "NOT_BLANK"


def test_cut_cells_take_their_conditional_format_along(client: Client) -> None:
    client.batch({"addConditionalFormatRule": {"rule": rule(grid(0, 2, 0, 1))}}, cut(grid(0, 1, 0, 1), 5, 5))
    assert sheet_of(client)["conditionalFormats"][0]["ranges"] == [grid(1, 2, 0, 1), grid(5, 6, 5, 6)]


def test_values_cut_take_no_conditional_format_along(client: Client) -> None:
    adding = {"addConditionalFormatRule": {"rule": rule(grid(0, 2, 0, 1))}}
    client.batch(adding, cut(grid(0, 1, 0, 1), 5, 5, pasteType="PASTE_VALUES"))
    assert sheet_of(client)["conditionalFormats"][0]["ranges"] == [grid(1, 2, 0, 1)]


def test_a_source_of_a_chart_goes_with_a_cut_when_it_lies_wholly_in_it(client: Client) -> None:
    position = {"overlayPosition": {"anchorCell": {"rowIndex": 1}}}
    spec = {"pieChart": {"series": {"sourceRange": {"sources": [grid(0, 2, 0, 1), {"startColumnIndex": 0}]}}}}
    client.batch({"addChart": {"chart": {"spec": spec, "position": position}}}, cut(grid(0, 2, 0, 1), 4, 4))
    sources = sheet_of(client)["charts"][0]["spec"]["pieChart"]["series"]["sourceRange"]["sources"]
    assert sources == [grid(4, 6, 4, 5), {"startColumnIndex": 0}]  # an open side reaches beyond what was cut


@pytest.mark.parametrize("formula", ["=1+1", '=$B$2&"A1"'])
def test_a_formula_without_moving_references_is_copied(client: Client, formula: str) -> None:
    client.put("A1", [[formula]], "USER_ENTERED")
    client.batch(copy(grid(0, 1, 0, 1), grid(5, 7, 0, 1)))
    assert client.values("A6:A7", valueRenderOption="FORMULA") == [[formula]] * 2


def test_a_cut_formula_keeps_its_references(client: Client) -> None:
    client.put("A1", [["=B1"]], "USER_ENTERED")
    client.batch(cut(grid(0, 1, 0, 1), 5, 0))
    assert client.values("A6", valueRenderOption="FORMULA") == [["=B1"]]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (copy(grid(0, 1, 0, 1, 9), grid(0, 1, 0, 1)), "copyPaste: No grid with id: 9"),
        (copy(grid(0, 0, 0, 0), grid(0, 1, 0, 1)), "copyPaste: The source range must not be empty."),
        (
            copy(grid(0, 1, 0, 1), grid(2000, 2001, 0, 1)),
            "copyPaste: Range (Sheet1!A2001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            cut(grid(0, 1, 0, 1), 1000, 0),
            "cutPaste: Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_a_paste_outside_is_refused(client: Client, request_: dict[str, Any], message: str) -> None:
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{message}")
