from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asking import grid, merge, rule, sheet_of, span
from sheet_client import Client

from functions.local.server import LocalSheets

LISTS = ("merges", "conditionalFormats", "filterViews", "protectedRanges", "bandedRanges", "charts")


def chart(*sources: dict[str, Any], anchor: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    series = [{"series": {"sourceRange": {"sources": [source]}}} for source in sources]
    spec = {"title": "t", "basicChart": {"chartType": "COLUMN", "series": series}}
    return {
        "addChart": {"chart": {"spec": spec, "position": {"overlayPosition": {"anchorCell": anchor or {}}}, **more}}
    }


def cover(place: dict[str, Any], sheet: int = 0) -> list[dict[str, Any]]:
    """One of everything over a range (of three columns at least), ids chosen."""
    column = place["startColumnIndex"]
    specs = [{"columnIndex": column, "filterCriteria": {"hiddenValues": ["x"]}}]
    sort = [{"dimensionIndex": column, "sortOrder": "ASCENDING"}]
    anchor = {"sheetId": sheet, "rowIndex": place["startRowIndex"], "columnIndex": column}
    return [
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": place}}},
        {
            "addProtectedRange": {
                "protectedRange": {"protectedRangeId": 2, "range": {"sheetId": sheet}, "unprotectedRanges": [place]}
            }
        },
        {"addConditionalFormatRule": {"rule": rule(place)}},
        {"addBanding": {"bandedRange": {"bandedRangeId": 1, "range": place, "rowProperties": {}}}},
        {"addFilterView": {"filter": {"filterViewId": 1, "range": place, "filterSpecs": specs, "sortSpecs": sort}}},
        {"setBasicFilter": {"filter": {"range": place, "filterSpecs": specs}}},
        {"addNamedRange": {"namedRange": {"namedRangeId": "1", "name": "here", "range": place}}},
        chart(place, anchor=anchor, chartId=1),
        merge({**place, "endRowIndex": place["startRowIndex"] + 1}),
        {"addDimensionGroup": {"range": span("ROWS", place["startRowIndex"], place["endRowIndex"], sheet)}},
    ]


def places(client: Client, number: int = 0) -> dict[str, Any]:
    """Where each thing of `cover` lies now."""
    sheet = sheet_of(client, number)
    overlay = sheet["charts"][0]["position"]["overlayPosition"]["anchorCell"]
    found = {
        "protected": sheet["protectedRanges"][0]["range"],
        "unprotected": sheet["protectedRanges"][1]["unprotectedRanges"][0],
        "rule": sheet["conditionalFormats"][0]["ranges"][0],
        "bands": sheet["bandedRanges"][0]["range"],
        "view": sheet["filterViews"][0]["range"],
        "filter": sheet["basicFilter"]["range"],
        "source": sheet["charts"][0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"][0],
    }
    assert len({str(place) for place in found.values()}) == 1, found
    columns = {int(key) for one in (sheet["basicFilter"], sheet["filterViews"][0]) for key in one["criteria"]}
    columns |= {spec["columnIndex"] for spec in sheet["basicFilter"]["filterSpecs"]}
    columns |= {spec["dimensionIndex"] for spec in sheet["filterViews"][0]["sortSpecs"]}
    merges = [(one["startRowIndex"], one["endRowIndex"]) for one in sheet.get("merges", [])]
    groups = [(one["range"]["startIndex"], one["range"]["endIndex"]) for one in sheet["rowGroups"]]
    return {
        "range": found["filter"],
        "columns": columns,
        "anchor": (overlay.get("rowIndex", 0), overlay.get("columnIndex", 0)),
        "merges": merges,
        "groups": groups,
    }


def insert(dimension: str, at: int, count: int = 1) -> dict[str, Any]:
    return {"insertDimension": {"range": span(dimension, at, at + count), "inheritFromBefore": at > 0}}


def delete(dimension: str, start: int, end: int) -> dict[str, Any]:
    return {"deleteDimension": {"range": span(dimension, start, end)}}


def move(dimension: str, start: int, end: int, to: int) -> dict[str, Any]:
    return {"moveDimension": {"source": span(dimension, start, end), "destinationIndex": to}}


@pytest.mark.parametrize(
    ("change", "area", "columns", "anchor", "merged"),
    [
        (insert("ROWS", 4, 2), grid(6, 10, 2, 6), {2}, (6, 2), [(6, 7)]),
        (insert("ROWS", 6, 2), grid(4, 10, 2, 6), {2}, (4, 2), [(4, 5)]),
        (insert("ROWS", 8, 2), grid(4, 8, 2, 6), {2}, (4, 2), [(4, 5)]),
        (insert("COLUMNS", 2), grid(4, 8, 3, 7), {3}, (4, 3), [(4, 5)]),
        (insert("COLUMNS", 3), grid(4, 8, 2, 7), {2}, (4, 2), [(4, 5)]),
        (delete("ROWS", 0, 3), grid(1, 5, 2, 6), {2}, (1, 2), [(1, 2)]),
        (delete("ROWS", 3, 5), grid(3, 6, 2, 6), {2}, (3, 2), []),
        (delete("ROWS", 6, 9), grid(4, 6, 2, 6), {2}, (4, 2), [(4, 5)]),
        (delete("COLUMNS", 3, 4), grid(4, 8, 2, 5), {2}, (4, 2), [(4, 5)]),
        (move("ROWS", 0, 2, 20), grid(2, 6, 2, 6), {2}, (2, 2), [(2, 3)]),
        (move("ROWS", 20, 22, 1), grid(6, 10, 2, 6), {2}, (6, 2), [(6, 7)]),
        (move("ROWS", 4, 8, 0), grid(0, 4, 2, 6), {2}, (0, 2), [(0, 1)]),
        (move("ROWS", 3, 9, 20), grid(15, 19, 2, 6), {2}, (15, 2), [(15, 16)]),
        (move("ROWS", 5, 6, 8), grid(4, 8, 2, 6), {2}, (4, 2), [(4, 5)]),
        (move("ROWS", 20, 21, 6), grid(4, 9, 2, 6), {2}, (4, 2), [(4, 5)]),
        (move("ROWS", 7, 8, 20), grid(4, 7, 2, 6), {2}, (4, 2), [(4, 5)]),
        (move("COLUMNS", 2, 6, 10), grid(4, 8, 6, 10), {6}, (4, 6), [(4, 5)]),
        (move("COLUMNS", 0, 1, 15), grid(4, 8, 1, 5), {1}, (4, 1), [(4, 5)]),
    ],
    ids=[
        "insert above", "insert inside", "insert below", "insert left", "insert a column inside",
        "delete above", "delete the top", "delete the bottom", "delete a column inside",
        "move from above", "move to above", "move whole up", "move whole with more down", "move inside",
        "move into", "move out of", "move its columns", "move a column past",
    ],
)  # fmt: skip
def test_what_lies_over_a_sheet_follows_rows_and_columns(
    client: Client,
    change: dict[str, Any],
    area: dict[str, Any],
    columns: set[int],
    anchor: tuple[int, int],
    merged: list[tuple[int, int]],
) -> None:
    client.batch(*cover(grid(4, 8, 2, 6)), change)
    assert places(client) == {
        "range": area,
        "columns": columns,
        "anchor": anchor,
        "merges": merged,
        "groups": [(area["startRowIndex"], area["endRowIndex"])],
    }
    assert client.get("namedRanges")["namedRanges"][0]["range"] == area


def test_what_covered_only_deleted_cells_is_gone(client: Client) -> None:
    client.batch(*cover(grid(4, 8, 2, 6)), delete("ROWS", 4, 8))
    found = client.get("sheets(merges,conditionalFormats,bandedRanges,filterViews,basicFilter,rowGroups),namedRanges")
    assert found == {"sheets": [{}]}
    assert [one["protectedRangeId"] for one in sheet_of(client)["protectedRanges"]] == [2]
    series = sheet_of(client)["charts"][0]["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    assert series == []


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (move("ROWS", 4, 5, 0), True),
        (move("ROWS", 0, 1, 5), True),
        (move("ROWS", 4, 6, 0), False),
        (move("ROWS", 3, 7, 0), False),
        (move("COLUMNS", 0, 1, 5), False),
        (insert("ROWS", 5), False),
    ],
)
def test_no_move_tears_a_merge(client: Client, change: dict[str, Any], *, refused: bool) -> None:
    client.batch(merge(grid(4, 6, 0, 1)))
    if refused:
        words = "Invalid requests[0].moveDimension: You can't move rows that hold only part of a merged cell."
        assert client.batch_refused(change) == (400, words)
    else:
        client.batch(change)


def test_an_insert_inside_of_a_merge_grows_it_and_a_merge_of_one_cell_is_none(client: Client) -> None:
    client.batch(merge(grid(4, 6, 0, 1)), insert("ROWS", 5))
    assert sheet_of(client)["merges"] == [grid(4, 7, 0, 1)]
    client.batch(delete("ROWS", 4, 6))
    assert "merges" not in sheet_of(client)


def test_a_smaller_grid_cuts_what_lies_over_it(client: Client) -> None:
    size = {"properties": {"gridProperties": {"rowCount": 6, "columnCount": 5}}, "fields": "gridProperties"}
    client.batch(*cover(grid(4, 8, 2, 6)), {"updateSheetProperties": size})
    assert places(client)["range"] == grid(4, 6, 2, 5)


def test_rows_inserted_by_an_append_push_what_lies_below(client: Client) -> None:
    client.put("A1:A2", [["a"], ["b"]])
    client.batch({"addNamedRange": {"namedRange": {"name": "below", "range": grid(5, 6, 0, 1)}}})
    path = f"{client.root}/values/A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
    client.ok("POST", path, {"values": [["c"], ["d"]]})
    assert client.get("namedRanges")["namedRanges"][0]["range"] == grid(7, 8, 0, 1)


def test_a_chart_follows_its_sources_on_another_sheet(client: Client) -> None:
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Other"}}},
        chart(grid(1, 3, 0, 1), grid(1, 3, 0, 1, 7), anchor={"sheetId": 7}),
        insert("ROWS", 0),
    )

    def sources() -> list[Any]:
        series = client.get("sheets.charts")["sheets"][-1]["charts"][0]["spec"]["basicChart"]["series"]
        return [one["series"]["sourceRange"]["sources"] for one in series]

    assert sources() == [[grid(2, 4, 0, 1)], [grid(1, 3, 0, 1, 7)]]
    client.batch({"deleteSheet": {"sheetId": 0}})
    assert sources() == [[], [grid(1, 3, 0, 1, 7)]]


def test_a_duplicated_sheet_has_all_that_lies_over_it_under_new_ids(client: Client) -> None:
    client.put("C5:C6", [["head"], ["x"]])
    client.batch(*cover(grid(4, 8, 2, 6)))
    reply = client.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 9, "insertSheetIndex": 1}})[0]
    assert reply["duplicateSheet"]["properties"]["title"] == "Copy of Sheet1"
    original, copy = places(client), places(client, 1)
    assert copy == {**original, "range": grid(4, 8, 2, 6, 9)}
    first, second = sheet_of(client), sheet_of(client, 1)
    for name, id_name in (
        ("protectedRanges", "protectedRangeId"),
        ("charts", "chartId"),
        ("filterViews", "filterViewId"),
    ):
        assert {one[id_name] for one in first[name]}.isdisjoint(one[id_name] for one in second[name])
    assert second["merges"] == [grid(4, 5, 2, 6, 9)]
    assert second["rowGroups"][0]["range"] == span("ROWS", 4, 8, 9)
    assert second["charts"][0]["position"]["overlayPosition"]["anchorCell"]["sheetId"] == 9
    assert len(client.get("namedRanges")["namedRanges"]) == 1
    rows = client.get("sheets.data.rowMetadata", "'Copy of Sheet1'!A6")["sheets"][0]["data"][0]["rowMetadata"]
    assert rows[0]["hiddenByFilter"]
    again = client.batch({"duplicateSheet": {"sourceSheetId": 0}})[0]["duplicateSheet"]["properties"]
    assert again["title"] == "Copy of Sheet1 1"


def test_a_sheet_has_its_colour_in_both_spellings_and_its_direction(client: Client) -> None:
    color = {"red": 1}
    both = {"tabColor": color, "tabColorStyle": {"rgbColor": color}}
    properties = {"sheetId": 7, "title": "Other", "tabColor": color, "rightToLeft": True, "hidden": True}
    reply = client.batch({"addSheet": {"properties": properties}})[0]["addSheet"]["properties"]
    assert reply == {**reply, **properties, **both}
    clear = {"properties": {"sheetId": 7}, "fields": "tabColorStyle,rightToLeft,hidden"}
    client.batch({"updateSheetProperties": clear})
    assert not {"tabColor", "tabColorStyle", "rightToLeft", "hidden"} & sheet_of(client, 1)["properties"].keys()


def test_everything_over_a_sheet_is_there_after_a_restart(tmp_path: Path) -> None:
    path, found = tmp_path / "state.db", []
    for _ in range(3):
        with LocalSheets(data=path) as server:
            server.create("local", locale="en_US")
            client = Client(server)
            if not found:
                client.put("C5:C7", [["head"], ["x"], ["y"]])
                collapse = {"range": span("ROWS", 4, 8), "depth": 1, "collapsed": True}
                client.batch(
                    *cover(grid(4, 8, 2, 6)),
                    {"updateDimensionGroup": {"dimensionGroup": collapse, "fields": "collapsed"}},
                    {"updateEmbeddedObjectBorder": {"objectId": 1, "border": {"color": {"red": 1}}, "fields": "color"}},
                    {"duplicateFilterView": {"filterId": 1}},
                    {"addDimensionGroup": {"range": span("COLUMNS", 1, 2)}},
                )
            found.append(client.get("*"))
            client.connection.close()
    assert found[0] == found[1] == found[2]
    assert all(found[0]["sheets"][0][name] for name in (*LISTS, "basicFilter", "rowGroups", "columnGroups"))
    assert found[0]["sheets"][0]["data"][0]["rowMetadata"][5]["hiddenByFilter"]


def test_a_refused_batch_leaves_everything_over_the_sheet_as_it_was(client: Client) -> None:
    client.put("C5:C6", [["head"], ["x"]])
    client.batch(*cover(grid(4, 8, 2, 6)))
    before = client.get("*")
    client.batch_refused(
        insert("ROWS", 0),
        {"clearBasicFilter": {}},
        {"deleteEmbeddedObject": {"objectId": 1}},
        {"deleteNamedRange": {"namedRangeId": "1"}},
        {"addDimensionGroup": {"range": span("ROWS", 0, 20)}},
        move("ROWS", 0, 2, 20),
        {"deleteSheet": {"sheetId": 99}},
    )
    assert client.get("*") == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (insert("ROWS", 0), {"startColumnIndex": 2, "endColumnIndex": 4}),
        (insert("COLUMNS", 0), {"startColumnIndex": 3, "endColumnIndex": 5}),
        (move("COLUMNS", 0, 1, 9), {"startColumnIndex": 1, "endColumnIndex": 3}),
        (delete("COLUMNS", 3, 9), {"startColumnIndex": 2, "endColumnIndex": 3}),
    ],
    ids=["rows", "columns", "move", "delete"],
)
def test_an_open_side_stays_open(client: Client, change: dict[str, Any], expected: dict[str, int]) -> None:
    place = {"startColumnIndex": 2, "endColumnIndex": 4}
    client.batch({"addProtectedRange": {"protectedRange": {"range": place}}}, change)
    assert sheet_of(client)["protectedRanges"][0]["range"] == expected


def test_an_anchor_on_a_deleted_row_takes_the_next(client: Client) -> None:
    client.batch(chart(anchor={"rowIndex": 4, "columnIndex": 3}), delete("ROWS", 2, 6), delete("COLUMNS", 0, 9))
    assert sheet_of(client)["charts"][0]["position"]["overlayPosition"]["anchorCell"] == {"rowIndex": 2}


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_a_range_that_was_open_at_a_deleted_end_is_gone(client: Client, dimension: str) -> None:
    place = {"startRowIndex": 9} if dimension == "ROWS" else {"startColumnIndex": 9}
    client.batch({"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": place}}})
    client.batch(delete(dimension, 9, 1000 if dimension == "ROWS" else 26))
    assert "protectedRanges" not in sheet_of(client)


def test_an_anchor_on_the_deleted_end_of_the_grid_takes_the_last_row(client: Client) -> None:
    client.batch(chart(anchor={"rowIndex": 20, "columnIndex": 3}), delete("ROWS", 9, 1000))
    anchor = {"rowIndex": 8, "columnIndex": 3}
    assert sheet_of(client)["charts"][0]["position"]["overlayPosition"]["anchorCell"] == anchor
