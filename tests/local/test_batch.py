from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sheet_client import Client


UNKNOWN = "Invalid JSON payload received. Unknown name"


def row_of(*texts: str) -> dict[str, Any]:
    return {"values": [{"userEnteredValue": {"stringValue": text}} for text in texts]}


def write(row: int, *texts: str) -> dict[str, Any]:
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [row_of(*texts)], "fields": "userEnteredValue"}}


def span(dimension: str, start: int, end: int, sheet: int = 0) -> dict[str, Any]:
    return {"sheetId": sheet, "dimension": dimension, "startIndex": start, "endIndex": end}


def insert(dimension: str, at: int, count: int = 1, *, before: bool = True) -> dict[str, Any]:
    return {"insertDimension": {"range": span(dimension, at, at + count), "inheritFromBefore": before}}


def grid(top: int, bottom: int, left: int, right: int) -> dict[str, Any]:
    rows = {"startRowIndex": top, "endRowIndex": bottom}
    return {"sheetId": 0, **rows, "startColumnIndex": left, "endColumnIndex": right}


def small(client: Client, rows: int = 10, columns: int = 4, **more: Any) -> None:
    """Make the first sheet small, so that its ends are near."""
    properties = {"sheetId": 0, "gridProperties": {"rowCount": rows, "columnCount": columns, **more}}
    client.batch({"updateSheetProperties": {"properties": properties, "fields": "gridProperties"}})


def test_a_batch_with_one_refused_request_changes_nothing(client: Client) -> None:
    client.batch(write(0, "before"))
    refused = client.batch_refused(
        write(0, "after"),
        insert("ROWS", 0, before=False),
        {"addSheet": {"properties": {"title": "New"}}},
        {"deleteSheet": {"sheetId": 77}},
    )
    assert refused == (400, "Invalid requests[3].deleteSheet: No sheet with id: 77")
    assert client.values("Sheet1") == [["before"]]
    assert len(client.get("sheets.properties.title")["sheets"]) == 1


def test_what_update_cells_writes_is_literal(client: Client) -> None:
    client.batch(write(0, "00123", "=1+1", "TRUE", "1E5", "'x"))
    assert client.values("A1:E1", valueRenderOption="FORMULA") == [["00123", "=1+1", "TRUE", "1E5", "'x"]]
    cell = client.get("sheets.data.rowData.values", "B1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["userEnteredValue"] == cell["effectiveValue"] == {"stringValue": "=1+1"}


def test_update_cells_over_a_range_clears_what_its_rows_leave_out(client: Client) -> None:
    client.put("A1:C2", [["a", "b", "c"], ["d", "e", "f"]])
    client.batch({"updateCells": {"range": grid(0, 2, 0, 2), "rows": [row_of("x")], "fields": "userEnteredValue"}})
    assert client.values("A1:C2") == [["x", "", "c"], ["", "", "f"]]


def test_a_masked_field_that_is_absent_is_cleared_and_others_stay(client: Client) -> None:
    look = {"textFormat": {"bold": True, "italic": True}, "numberFormat": {"type": "TEXT"}}
    cell = {"userEnteredValue": {"numberValue": 1}, "userEnteredFormat": look, "note": "n"}
    area = {"range": grid(0, 1, 0, 1)}
    client.batch(
        {"repeatCell": {**area, "cell": cell, "fields": "*"}},
        {
            "repeatCell": {
                **area,
                "cell": {"userEnteredFormat": {"textFormat": {"bold": False}}},
                "fields": "userEnteredFormat(textFormat.bold,numberFormat),note",
            }
        },
    )
    found = client.get("sheets.data.rowData.values(userEnteredValue,userEnteredFormat,note)", "A1")
    assert found["sheets"][0]["data"][0]["rowData"][0]["values"] == [
        {"userEnteredValue": {"numberValue": 1}, "userEnteredFormat": {"textFormat": {"bold": False, "italic": True}}}
    ]


@pytest.mark.parametrize(
    ("dimension", "at", "before", "inherited"),
    [
        ("ROWS", 1, True, "TEXT"),
        ("ROWS", 1, False, "DATE"),
        ("ROWS", 2, True, "DATE"),
        ("ROWS", 2, False, None),
        ("ROWS", 0, False, "TEXT"),
        ("COLUMNS", 1, True, "TEXT"),
        ("COLUMNS", 1, False, None),
        ("COLUMNS", 0, False, "TEXT"),
    ],
)
def test_an_inserted_line_inherits_format_and_validation_but_no_value(
    client: Client, dimension: str, at: int, inherited: str | None, *, before: bool
) -> None:
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "unused"}]}, "showCustomUi": True}
    cells = [
        {
            "userEnteredValue": {"stringValue": kind},
            "userEnteredFormat": {"numberFormat": {"type": kind}},
            "dataValidation": rule,
            "note": "not inherited",
        }
        for kind in ("TEXT", "DATE")
    ]
    rows = [{"values": [cell]} for cell in cells]
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    client.batch({"updateCells": {"start": start, "rows": rows, "fields": "*"}}, insert(dimension, at, before=before))
    place = "A1:A3" if dimension == "ROWS" else "A1:C1"
    data = client.get("sheets.data.rowData.values(userEnteredValue,userEnteredFormat,dataValidation,note)", place)
    found = data["sheets"][0]["data"][0]["rowData"]
    flat = [cell for row in found for cell in row.get("values", [{}])]
    new = flat[at] if at < len(flat) else {}
    expected = {"userEnteredFormat": {"numberFormat": {"type": inherited}}, "dataValidation": rule} if inherited else {}
    assert new == expected


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            insert("ROWS", 10, before=False),
            "insertDimension: range.startIndex must be less than the grid size (10) if inheritFromBefore is false.",
        ),
        (insert("ROWS", 11), "insertDimension: range.startIndex is larger than current grid size (10)"),
        (
            {"deleteDimension": {"range": span("ROWS", 10, 11)}},
            (
                "deleteDimension: Cannot delete a row that doesn't exist. "
                "Tried to delete row index 10 but there are only 10 rows."
            ),
        ),
        (
            {"deleteDimension": {"range": span("ROWS", 0, 10)}},
            "deleteDimension: You can't delete all the rows on the sheet.",
        ),
        (
            {"deleteDimension": {"range": span("ROWS", 1, 10)}},
            "deleteDimension: Sorry, it is not possible to delete all non-frozen rows.",
        ),
        ({"deleteDimension": {"range": span("ROWS", 1, 2, 9)}}, "deleteDimension: No grid with id: 9"),
        (
            {"updateCells": {"start": {"columnIndex": 3}, "rows": [row_of("a", "b")], "fields": "userEnteredValue"}},
            "updateCells: Attempting to write column: 4, beyond the last requested column of: 3",
        ),
        (
            {"updateCells": {"start": {"rowIndex": 9}, "rows": [row_of("a"), row_of("b")], "fields": "*"}},
            "updateCells: Attempting to write row: 10, beyond the last requested row of: 9",
        ),
        (
            {"updateCells": {"start": {}, "rows": [row_of("a")]}},
            "updateCells: At least one field must be listed in 'fields'.",
        ),
        (
            {"repeatCell": {"range": {"startRowIndex": 10, "startColumnIndex": 0, "endColumnIndex": 2}, "fields": "*"}},
            "repeatCell: Range (Sheet1!A11:B) exceeds grid limits. Max rows: 10, max columns: 4",
        ),
        (
            {"updateCells": {"start": {}, "rows": [row_of("x" * 50_001)], "fields": "userEnteredValue"}},
            "updateCells: Your input contains more than the maximum of 50000 characters in a single cell",
        ),
        (
            {"addSheet": {"properties": {"gridProperties": {"rowCount": 1_000_000, "columnCount": 10}}}},
            (
                "addSheet: This action would increase the number of cells in the workbook "
                "above the limit of 10000000 cells."
            ),
        ),
        (
            {"addSheet": {"properties": {"title": "sheet1"}}},
            'addSheet: A sheet with the name "sheet1" already exists. Please enter another name.',
        ),
        (
            {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}},
            "updateSheetProperties: You can't hide all the sheets in a document.",
        ),
        (
            {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "*"}},
            "updateSheetProperties: The sheet name cannot be empty.",
        ),
        ({"deleteSheet": {}}, "deleteSheet: You can't remove all the sheets in a document."),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_refused_request_has_googles_words(client: Client, request_: dict[str, Any], message: str) -> None:
    small(client, frozenRowCount=1)
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{message}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{nonsense", "Invalid JSON payload received. Unexpected token.\n{nonsense\n^"),
        (
            b'{"requests": [{"noSuchRequest": {}}]}',
            f"{UNKNOWN} \"noSuchRequest\" at 'requests[0]': Cannot find field.",
        ),
        (
            b'{"requests": [{"addSheet": {"properties": {"foo": 1}}}]}',
            f"{UNKNOWN} \"foo\" at 'requests[0].add_sheet.properties': Cannot find field.",
        ),
        (
            b'{"requests": [{"deleteSheet": {"sheetId": "x"}}]}',
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"x\"",
        ),
        (b'{"requests": []}', "Must specify at least one request."),
        (b'{"requests": [{}]}', "Invalid requests[0]: No request set."),
    ],
    ids=["not JSON", "unknown kind", "unknown field", "wrong type", "no request", "empty request"],
)
def test_a_payload_that_google_would_not_read_is_refused(client: Client, body: bytes, message: str) -> None:
    assert client.refused("POST", f"{client.root}:batchUpdate", body) == (400, message)


def test_half_a_surrogate_pair_is_no_text(client: Client) -> None:
    path = f"{client.root}/values/A1?valueInputOption=RAW"
    assert client.refused("PUT", path, b'{"values": [["\\ud800"]]}')[0] == 400
    assert client.ok("PUT", path, b'{"values": [["\\ud83d\\ude00"]]}')


@pytest.mark.parametrize("kind", ["addSlicer", "addTable", "autoFill", "addDataSource", "insertComment"])
def test_a_kind_that_is_not_built_answers_501_and_names_it(client: Client, kind: str) -> None:
    status, message = client.batch_refused(write(0, "x"), {kind: {}})
    assert status == 501
    assert kind in message
    assert client.values("Sheet1") == []


def test_two_inserts_at_one_index_both_survive(client: Client) -> None:
    client.batch(write(0, "head"))
    client.batch(insert("ROWS", 1), write(1, "first"))
    client.batch(insert("ROWS", 1), write(1, "second"))
    assert client.values("A1:A4") == [["head"], ["second"], ["first"]]


@pytest.mark.parametrize(
    ("source", "destination", "expected"),
    [((0, 1), 3, "bcad"), ((0, 2), 4, "cdab"), ((3, 4), 0, "dabc"), ((2, 4), 1, "acdb"), ((1, 3), 2, "abcd")],
)
@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_a_destination_counts_as_before_the_move(
    client: Client, dimension: str, source: tuple[int, int], destination: int, expected: str
) -> None:
    client.put("A1", [list("abcd")], majorDimension="COLUMNS" if dimension == "ROWS" else "ROWS")
    client.batch({"moveDimension": {"source": span(dimension, *source), "destinationIndex": destination}})
    assert "".join(text for row in client.values("Sheet1") for text in row) == expected


def test_deleting_and_appending_lines_changes_the_grid(client: Client) -> None:
    small(client)
    client.put("A1:B3", [["a", "b"], ["c", "d"], ["e", "f"]])
    client.batch(
        {"deleteDimension": {"range": span("ROWS", 1, 2)}},
        {"deleteDimension": {"range": span("COLUMNS", 0, 1)}},
        {"appendDimension": {"dimension": "ROWS", "length": 5}},
        {"appendDimension": {"dimension": "COLUMNS", "length": 2}},
    )
    assert client.values("Sheet1") == [["b"], ["f"]]
    assert client.get("sheets.properties.gridProperties")["sheets"][0]["properties"]["gridProperties"] == {
        "rowCount": 14,
        "columnCount": 5,
    }


def test_a_sort_puts_numbers_before_text_and_blanks_last(client: Client) -> None:
    rows: list[list[Any]] = [["b", 1], [2, 2], ["", 3], ["A", 4], [10, 5], ["b", 6], [True, 7]]
    client.put("A1:B7", rows)

    def sort(order: str) -> str:
        specs = [{"dimensionIndex": 0, "sortOrder": order}]
        client.batch({"sortRange": {"range": grid(0, 7, 0, 2), "sortSpecs": specs}})
        return "".join(client.values("B1:B7", majorDimension="COLUMNS")[0])

    assert sort("ASCENDING") == "2541673"
    assert sort("DESCENDING") == "7164523"


def test_sheets_move_by_their_place_before_the_move(client: Client) -> None:
    client.batch(*({"addSheet": {"properties": {"sheetId": n, "title": f"S{n}"}}} for n in (1, 2)))

    def move(sheet: int, index: int) -> list[int]:
        client.batch({"updateSheetProperties": {"properties": {"sheetId": sheet, "index": index}, "fields": "index"}})
        return [one["properties"]["sheetId"] for one in client.get("sheets.properties.sheetId")["sheets"]]

    assert move(0, 2) == [1, 0, 2]
    assert move(0, 2) == [1, 0, 2]
    assert move(2, 0) == [2, 1, 0]


def test_a_sheet_has_the_chosen_id_place_size_and_look(client: Client) -> None:
    asked = {
        "sheetId": 42,
        "title": "Codes",
        "index": 0,
        "hidden": True,
        "gridProperties": {"rowCount": 3, "columnCount": 2, "frozenRowCount": 1},
        "tabColor": {"red": 1},
    }
    reply = client.batch({"addSheet": {"properties": asked}})[0]
    style = {"rgbColor": {"red": 1}}
    assert reply == {"addSheet": {"properties": {**asked, "sheetType": "GRID", "tabColorStyle": style}}}
    copy = {"sourceSheetId": 42, "newSheetId": 43, "newSheetName": "Copy"}
    assert client.batch({"duplicateSheet": copy})[0]["duplicateSheet"]["properties"]["sheetId"] == 43
    client.batch({"deleteSheet": {"sheetId": 42}}, {"addSheet": {"properties": {"sheetId": 42, "title": "Again"}}})
    assert [one["properties"]["title"] for one in client.get("sheets.properties.title")["sheets"]] == [
        "Copy",
        "Sheet1",
        "Again",
    ]


def test_find_and_replace_counts_what_it_changed(client: Client) -> None:
    client.put("A1:B2", [["foo", "a foo foo"], ["FOO", 12]])
    reply = client.batch({"findReplace": {"find": "foo", "replacement": "bar", "allSheets": True}})[0]["findReplace"]
    assert reply == {"valuesChanged": 3, "rowsChanged": 2, "sheetsChanged": 1, "occurrencesChanged": 4}
    assert client.values("A1:B2") == [["bar", "a bar bar"], ["bar", "12"]]
    regex = {"find": "(\\d)(\\d)", "replacement": "$2$1", "searchByRegex": True, "sheetId": 0}
    client.batch({"findReplace": regex})
    assert client.values("B2", valueRenderOption="UNFORMATTED_VALUE") == [[21]]


def test_append_cells_goes_below_the_last_value(client: Client) -> None:
    small(client, rows=2)
    client.put("C2", [["x"]])
    client.batch({"appendCells": {"rows": [row_of("a"), row_of("b")], "fields": "userEnteredValue"}})
    assert client.values("Sheet1") == [[], ["", "", "x"], ["a"], ["b"]]


def test_append_cells_adds_no_columns(client: Client) -> None:
    """As in https://github.com/tidyverse/googlesheets4/issues/193."""
    small(client, rows=2, columns=2)
    wide = {"appendCells": {"rows": [row_of("a", "b"), row_of("c", "d", "e")], "fields": "userEnteredValue"}}
    words = "Invalid requests[0].appendCells: Attempting to write column: 2, beyond the last requested column of: 1"
    assert client.batch_refused(wide) == (400, words)


def test_what_lies_over_a_sheet_is_kept_and_follows_its_rows(client: Client) -> None:
    area = grid(1, 3, 0, 2)
    rule = {
        "ranges": [area],
        "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}},
    }
    replies = client.batch(
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": area, "warningOnly": True}}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"addBanding": {"bandedRange": {"range": area, "rowProperties": {"headerColor": {"red": 1}}}}},
        {"addFilterView": {"filter": {"title": "mine", "range": area}}},
        {"setBasicFilter": {"filter": {"range": area}}},
        {"addNamedRange": {"namedRange": {"name": "codes", "range": area}}},
        {"mergeCells": {"range": grid(1, 3, 0, 3), "mergeType": "MERGE_ROWS"}},
        insert("ROWS", 1),
        {"deleteDimension": {"range": span("COLUMNS", 1, 2)}},
    )
    assert replies[0]["addProtectedRange"]["protectedRange"]["protectedRangeId"] == 7
    found = client.get("sheets,namedRanges")
    sheet, moved = (
        found["sheets"][0],
        {"startRowIndex": 2, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 1},
    )
    assert found["namedRanges"][0]["range"] == moved
    assert sheet["conditionalFormats"][0]["ranges"] == [moved]
    assert [sheet[name][0]["range"] for name in ("bandedRanges", "filterViews")] == [moved, moved]
    assert sheet["basicFilter"]["range"] == moved
    assert (
        sheet["protectedRanges"][0]["range"] == {"sheetId": 0, **moved} or sheet["protectedRanges"][0]["range"] == moved
    )
    assert [merge["startRowIndex"] for merge in sheet["merges"]] == [2, 3]
    assert client.ok("GET", f"{client.root}/values/codes")["range"] == "Sheet1!A3:A4"
    client.batch({"clearBasicFilter": {}}, {"deleteProtectedRange": {"protectedRangeId": 7}})
    assert {"basicFilter", "protectedRanges"}.isdisjoint(client.get("sheets")["sheets"][0])


def test_a_batch_can_answer_with_the_spreadsheet(client: Client) -> None:
    body = {
        "requests": [write(1, "x")],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["A2:B2"],
        "responseIncludeGridData": True,
    }
    answer = client.ok("POST", f"{client.root}:batchUpdate", body)["updatedSpreadsheet"]
    assert answer["spreadsheetId"] == "local"
    data = answer["sheets"][0]["data"][0]
    assert data["startRow"] == 1
    assert "startColumn" not in data
    assert data["rowData"][0]["values"][0]["formattedValue"] == "x"


def test_colours_are_kept_in_both_spellings_and_in_eight_bits(client: Client) -> None:
    cell = {"userEnteredFormat": {"backgroundColor": {"red": 0.9, "alpha": 1}}}
    fields = "userEnteredFormat.backgroundColor"
    client.batch({"repeatCell": {"range": grid(0, 1, 0, 1), "cell": cell, "fields": fields}})
    found = client.get("sheets.data.rowData.values.userEnteredFormat", "A1")["sheets"][0]["data"][0]
    color = {"red": 0.8980392}
    assert found["rowData"][0]["values"][0]["userEnteredFormat"] == {
        "backgroundColor": color,
        "backgroundColorStyle": {"rgbColor": color},
    }


def borders(client: Client, place: str) -> Any:
    found = client.get("sheets.data.rowData.values.userEnteredFormat.borders", place)["sheets"][0]["data"][0]
    return [
        sorted(cell.get("userEnteredFormat", {}).get("borders", {}))
        for row in found.get("rowData", [])
        for cell in row.get("values", [])
    ]


def test_borders_are_set_at_the_edges_and_between(client: Client) -> None:
    line = {"style": "SOLID"}
    client.batch({"updateBorders": {"range": grid(0, 1, 0, 2), "left": line, "top": line, "innerVertical": line}})
    assert borders(client, "A1:B1") == [["left", "right", "top"], ["left", "top"]]
    client.batch({"updateBorders": {"range": grid(0, 1, 0, 2), "left": {"style": "NONE"}, "top": {"style": "NONE"}}})
    assert borders(client, "A1:B1") == [["right"], ["left"]]


def test_borders_are_little_work_for_each_cell(client: Client) -> None:
    small(client, rows=1_000, columns=12)
    lines = {"range": {}, **{name: {"style": "SOLID"} for name in ("top", "innerHorizontal", "innerVertical")}}
    work = client.effort("POST", f"{client.root}:batchUpdate", {"requests": [{"updateBorders": lines}]})
    assert borders(client, "L999:L1000") == [["bottom", "left", "top"], ["left", "top"]]
    assert work < 30 * 12_000  # function calls


def test_a_merge_keeps_the_first_value_and_can_be_undone(client: Client) -> None:
    client.put("A1:B2", [["", "b"], ["c", "d"]])
    merge = {"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": "MERGE_ALL"}}
    client.batch(merge)
    assert client.values("Sheet1") == [["b"]]
    client.batch(
        merge,
        {"unmergeCells": {"range": grid(0, 2, 0, 2)}},
        {**merge, "mergeCells": {**merge["mergeCells"], "mergeType": "MERGE_COLUMNS"}},
    )
    assert len(client.get("sheets.merges")["sheets"][0]["merges"]) == 2


def test_a_rule_for_validation_is_set_and_taken_away(client: Client) -> None:
    rule = {"condition": {"type": "BOOLEAN"}, "strict": True}
    client.put("A1", [[True]])
    client.batch({"setDataValidation": {"range": grid(0, 1000, 0, 1), "rule": rule}})
    found = client.get("sheets.data.rowData.values.dataValidation", "A1:A1000")["sheets"][0]["data"][0]["rowData"]
    assert found == [{"values": [{"dataValidation": rule}]}] * 1000
    client.batch({"setDataValidation": {"range": grid(0, 1000, 0, 1)}})
    assert client.get("sheets.data.rowData.values.dataValidation", "A1:A1000")["sheets"][0]["data"] == [
        {"rowData": [{"values": [{}]}]}
    ]
    assert client.values("Sheet1") == [["TRUE"]]


def test_lines_are_hidden_sized_and_shown_again(client: Client) -> None:
    def update(dimension: str, fields: str, **properties: Any) -> dict[str, Any]:
        return {
            "updateDimensionProperties": {"range": span(dimension, 0, 2), "properties": properties, "fields": fields}
        }

    client.batch(
        update("ROWS", "hiddenByUser,pixelSize", hiddenByUser=True, pixelSize=40),
        update("COLUMNS", "*", pixelSize=7),
        update("ROWS", "hiddenByUser"),
        {"autoResizeDimensions": {"dimensions": span("COLUMNS", 0, 1)}},
    )
    data = client.get("sheets.data(rowMetadata,columnMetadata)", "A1:C3")["sheets"][0]["data"][0]
    assert [one["pixelSize"] for one in data["rowMetadata"]] == [40, 40, 21]
    assert [one["pixelSize"] for one in data["columnMetadata"]] == [7, 7, 100]
    assert client.batch_refused(update("ROWS", ""))[1].endswith("At least one field must be listed in 'fields'.")


def test_deleting_frozen_rows_leaves_fewer_frozen(client: Client) -> None:
    small(client, frozenRowCount=2)
    client.batch({"deleteDimension": {"range": span("ROWS", 1, 3)}})
    found = client.get("sheets.properties.gridProperties.frozenRowCount")["sheets"][0]
    assert found == {"properties": {"gridProperties": {"frozenRowCount": 1}}}
    client.batch({"deleteDimension": {"range": span("ROWS", 0, 1)}})
    assert client.get("sheets.properties.gridProperties.frozenRowCount")["sheets"] == [
        {"properties": {"gridProperties": {}}}
    ]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("deleteProtectedRange", {"protectedRangeId": 5}),
        ("deleteBanding", {"bandedRangeId": 5}),
        ("deleteFilterView", {"filterId": 5}),
        ("updateProtectedRange", {"protectedRange": {"protectedRangeId": 5}, "fields": "description"}),
        ("deleteConditionalFormatRule", {"index": 0}),
        ("deleteNamedRange", {"namedRangeId": "5"}),
        ("addNamedRange", {"namedRange": {"name": "1x", "range": {}}}),
        ("addConditionalFormatRule", {"rule": {}}),
        ("mergeCells", {"range": {"sheetId": 3}}),
        ("sortRange", {"range": grid(0, 2, 0, 2), "sortSpecs": [{"dimensionIndex": 5}]}),
        ("findReplace", {"find": "", "allSheets": True}),
        ("findReplace", {"find": "(", "searchByRegex": True, "allSheets": True}),
        ("moveDimension", {"source": span("ROWS", 0, 1), "destinationIndex": 5000}),
        ("appendDimension", {"dimension": "ROWS"}),
        ("updateSheetProperties", {"properties": {"gridProperties": {}}, "fields": "gridProperties"}),
        ("updateCells", {"rows": [], "fields": "*"}),
        (
            "updateCells",
            {"start": {}, "rows": [{"values": [{"userEnteredValue": {"formulaValue": "x"}}]}], "fields": "*"},
        ),
        ("updateCells", {"start": {}, "rows": [row_of("x")], "fields": "noSuchField"}),
        ("setDataValidation", {"range": {}, "rule": {}}),
        ("updateSpreadsheetProperties", {"properties": {}, "fields": "title"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_done_is_refused_with_the_place(client: Client, kind: str, fields: dict[str, Any]) -> None:
    status, message = client.batch_refused(write(0, "x"), {kind: fields})
    assert status == 400
    assert message.startswith(f"Invalid requests[1].{kind}: ")
    assert client.values("Sheet1") == []


def test_kept_things_are_changed_by_their_mask(client: Client) -> None:
    area, rule = grid(0, 1, 0, 1), {"condition": {"type": "NOT_BLANK"}, "format": {}}
    client.batch(
        {"addFilterView": {"filter": {"filterViewId": 3, "title": "old", "range": area}}},
        {"updateFilterView": {"filter": {"filterViewId": 3, "title": "new"}, "fields": "title"}},
        {"addConditionalFormatRule": {"rule": {"ranges": [area], "booleanRule": rule}}},
        {"deleteConditionalFormatRule": {}},
        {"addNamedRange": {"namedRange": {"name": "n", "namedRangeId": "9", "range": area}}},
        {"deleteNamedRange": {"namedRangeId": "9"}},
        {"addBanding": {"bandedRange": {"bandedRangeId": 4, "range": area, "rowProperties": {}}}},
        {"deleteBanding": {"bandedRangeId": 4}},
    )
    found = client.get("sheets,namedRanges")
    assert found["sheets"][0]["filterViews"][0]["title"] == "new"
    assert {"conditionalFormats", "bandedRanges"}.isdisjoint(found["sheets"][0])
    assert "namedRanges" not in found


@pytest.mark.parametrize(
    "request_",
    [
        {"addSheet": {"properties": {"gridProperties": {"rowCount": 1, "columnCount": 18_279}}}},
        insert("COLUMNS", 4, 18_275),
        {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS", "length": 18_275}},
        {
            "updateSheetProperties": {
                "properties": {"sheetId": 0, "gridProperties": {"columnCount": 18_279}},
                "fields": "gridProperties.columnCount",
            }
        },
    ],
    ids=lambda request_: next(iter(request_)),
)
def test_no_sheet_has_columns_beyond_zzz(client: Client, request_: dict[str, Any]) -> None:
    small(client)
    assert client.batch_refused(request_)[1].endswith("above the limit of 18278 columns.")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (
            {
                "updateSheetProperties": {
                    "properties": {"gridProperties": {"frozenRowCount": -1}},
                    "fields": "gridProperties.frozenRowCount",
                }
            },
            "gridProperties.frozenRowCount must not be negative.",
        ),
        (
            {
                "updateDimensionProperties": {
                    "range": span("ROWS", 0, 1),
                    "properties": {"pixelSize": -5},
                    "fields": "pixelSize",
                }
            },
            "properties.pixelSize must not be negative.",
        ),
    ],
    ids=["frozen", "size"],
)
def test_nothing_is_less_than_nothing(client: Client, request_: dict[str, Any], words: str) -> None:
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{next(iter(request_))}: {words}")
