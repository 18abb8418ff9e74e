from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, look, merge, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

HTML = "<table><tr><td>a</td><td>1</td></tr><tr><td>b<br>c</td></tr></table>"


def paste(data: str, row: int = 0, column: int = 0, **how: Any) -> dict[str, Any]:
    place = {"rowIndex": row, "columnIndex": column}
    return {"pasteData": {"data": data, "coordinate": place, **(how or {"delimiter": ","})}}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (paste("a\tb\n1\t2", delimiter="\t"), [["a", "b"], [1, 2]]),
        (paste('a,"b,c"\r\n"d\ne",f'), [["a", "b,c"], ["d\ne", "f"]]),
        (paste("=1+1,TRUE,2024-01-02"), [["=1+1", True, 45293]]),
        (paste("a::b", delimiter="::"), [["a", "b"]]),
        (paste("x,,y"), [["x", "", "y"]]),
        (paste("a,b", type="PASTE_FORMAT", delimiter=","), [["old", "old", "old"]]),
        (paste(HTML, html=True), [["a", 1], ["b\nc"]]),
    ],
    ids=["tabs", "quotes", "typed", "long delimiter", "a blank clears", "text has no format", "a plain table"],
)
def test_pasted_text_is_read_as_if_typed(client: Client, request_: dict[str, Any], expected: list[list[Any]]) -> None:
    client.put("A1:C1", [["old", "old", "old"]])
    client.batch(request_)
    found = client.values("Sheet1", valueRenderOption="FORMULA")
    pasted = [row[: len(new)] for row, new in zip(found, expected, strict=True)]
    assert pasted == expected


def test_pasted_text_grows_the_grid_and_reads_numbers_in_the_locale(client: Client) -> None:
    properties = {"properties": {"locale": "de_DE"}, "fields": "locale"}
    client.batch({"updateSpreadsheetProperties": properties}, paste("1,5;x\ny", 999, 25, delimiter=";"))
    assert client.values("Z1000:AA1001", valueRenderOption="UNFORMATTED_VALUE") == [[1.5, "x"], ["y"]]
    assert sheet_of(client)["properties"]["gridProperties"] == {"rowCount": 1001, "columnCount": 27}


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<b>bold</b>", "b"),
        ("<table><tr><td colspan=2>x</td></tr></table>", "td attributes"),
        ("<table><tr><th>x</th></tr></table>", "th"),
        ("just text", "without a table"),
    ],
)
def test_html_that_says_more_than_a_plain_table_answers_501(client: Client, html: str, named: str) -> None:
    status, message = client.batch_refused(paste(html, html=True))
    assert status == 501
    assert named in message


def split(**how: Any) -> dict[str, Any]:
    return {"textToColumns": {"source": grid(0, 4, 0, 1), **how}}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"delimiterType": "COMMA"}, [["a", "b;1"], ["2 x"], [3.5], ["c", "d"]]),
        ({"delimiterType": "SEMICOLON"}, [["a,b", 1], ["2 x"], [3.5], ["c,d"]]),
        ({"delimiterType": "SPACE"}, [["a,b;1"], [2, "x"], [3.5], ["c,d"]]),
        ({"delimiterType": "AUTODETECT"}, [["a", "b;1"], ["2 x"], [3.5], ["c", "d"]]),
        ({"delimiterType": "CUSTOM", "delimiter": ",b"}, [["a", ";1"], ["2 x"], [3.5], ["c,d"]]),
        ({"delimiterType": "CUSTOM", "delimiter": "|"}, [["a,b;1"], ["2 x"], [3.5], ["c,d"]]),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_text_is_split_at_the_delimiter(client: Client, how: dict[str, str], expected: list[list[Any]]) -> None:
    client.put("A1:A4", [["a,b;1"], ["2 x"], [3.5], ["c,d"]])
    client.batch(split(**how))
    assert client.values("Sheet1", valueRenderOption="UNFORMATTED_VALUE") == expected


def test_splitting_needs_one_column_and_a_delimiter(client: Client) -> None:
    words = "Invalid requests[0].textToColumns: "
    wide = {"textToColumns": {"source": grid(0, 1, 0, 2), "delimiterType": "COMMA"}}
    assert client.batch_refused(wide)[1] == f"{words}The source range must span exactly one column."
    assert client.batch_refused(split())[1] == f"{words}No delimiterType specified."
    needed = f"{words}A delimiter must be set if delimiterType is CUSTOM."
    assert client.batch_refused(split(delimiterType="CUSTOM"))[1] == needed
    assert client.batch_refused(paste("x", type="PASTE_NORMAL"))[1].endswith("A delimiter, or html, must be set.")


def test_a_field_longer_than_a_cell_is_refused(client: Client) -> None:
    message = client.batch_refused(paste("x" * 200_000))[1]
    assert message.endswith("Your input contains more than the maximum of 50000 characters in a single cell.")


def test_splitting_grows_the_grid(client: Client) -> None:
    client.put("Z1", [["a,b"]])
    client.batch({"textToColumns": {"source": grid(0, 1, 25, 26), "delimiterType": "COMMA"}})
    assert client.values("Z1:AA1") == [["a", "b"]]


def test_white_space_is_trimmed_and_what_remains_is_text(client: Client) -> None:
    texts = ["  a \t b\n", "plain", " =1+1", " 5 ", "   ", "\u00a0x"]
    client.put("A1:G1", [[*texts, 5]])
    client.put("H1", [["= 1 + 1"]], "USER_ENTERED")
    replies = client.batch(
        {"trimWhitespace": {"range": grid(0, 2, 0, 8)}}, {"trimWhitespace": {"range": grid(0, 2, 0, 8)}}
    )
    assert replies == [{"trimWhitespace": {"cellsChangedCount": 5}}, {"trimWhitespace": {}}]
    found = client.values("A1:H1", valueRenderOption="FORMULA")
    assert found == [["a b", "plain", "=1+1", "5", "", "x", 5, "= 1 + 1"]]
    cells = look(client, "C1:D1", "userEnteredValue")[0]
    assert cells == [{"userEnteredValue": {"stringValue": text}} for text in ("=1+1", "5")]


def remove(**more: Any) -> dict[str, Any]:
    return {"deleteDuplicates": {"range": grid(0, 6, 0, 2), **more}}


def columns(start: int, end: int) -> dict[str, Any]:
    return {"dimension": "COLUMNS", "startIndex": start, "endIndex": end}


@pytest.mark.parametrize(
    ("more", "count", "expected"),
    [
        ({}, 2, ["1", "3", "5", "6"]),
        ({"comparisonColumns": [columns(0, 1)]}, 3, ["1", "3", "6"]),
        ({"comparisonColumns": [columns(0, 1), columns(1, 2)]}, 2, ["1", "3", "5", "6"]),
        ({"comparisonColumns": [columns(1, 2)]}, 4, ["1", "5"]),
    ],
    ids=["all columns", "the first", "both named", "the second"],
)
def test_the_first_of_each_duplicate_is_kept(
    client: Client, more: dict[str, Any], count: int, expected: list[str]
) -> None:
    rows = [["a", "x", "1"], ["A", "X", "2"], [1, "x", "3"], ["a", "x", "4"], ["a", "y", "5"], ["1", "x", "6"]]
    client.put("A1:C7", [*rows, ["a", "x", "below"]])
    client.batch({"updateCells": {"range": grid(6, 7, 2, 3), "rows": [], "fields": "userEnteredValue"}})
    reply = client.batch(remove(**more))[0]
    assert reply == {"deleteDuplicates": {"duplicatesRemovedCount": count}}
    kept = [rows[int(number) - 1][:2] for number in expected]
    assert client.values("A1:B6", valueRenderOption="UNFORMATTED_VALUE") == kept
    assert client.values("C1:C6") == [[str(number)] for number in range(1, 7)]
    assert client.values("A7:B7") == [["a", "x"]]


def test_blank_rows_at_the_end_are_no_duplicates(client: Client) -> None:
    client.put("A1", [["x"]])
    assert client.batch(remove()) == [{"deleteDuplicates": {}}]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"comparisonColumns": [columns(1, 3)]}, "comparisonColumns must be within the range."),
        (
            {"comparisonColumns": [{**columns(0, 1), "dimension": "ROWS"}]},
            "comparisonColumns must be columns of the range's sheet.",
        ),
    ],
)
def test_columns_to_compare_lie_in_the_range(client: Client, more: dict[str, Any], message: str) -> None:
    assert client.batch_refused(remove(**more)) == (400, f"Invalid requests[0].deleteDuplicates: {message}")


def test_a_vertical_merge_refuses_every_new_order_of_rows(client: Client) -> None:
    client.put("A1:B2", [["x", "x"], ["x", "x"]])
    client.put("B3:B4", [["y"], ["y"]])
    client.batch(merge(grid(2, 4, 0, 1)))
    area = {"range": grid(0, 4, 0, 2)}
    sort = {"sortRange": {**area, "sortSpecs": [{"dimensionIndex": 1}]}}
    words = {
        "sortRange": "You can't sort a range with vertical merges.",
        "randomizeRange": "You can't randomize a range with vertical merges.",
        "deleteDuplicates": "You can't remove duplicates from a range with vertical merges.",
    }
    for request in (sort, {"randomizeRange": area}, {"deleteDuplicates": area}):
        kind = next(iter(request))
        assert client.batch_refused(request) == (400, f"Invalid requests[0].{kind}: {words[kind]}")


def test_a_merge_along_a_row_is_sorted_with_it(client: Client) -> None:
    client.put("A1:C3", [["c", "", 1], ["a", "", 2], ["b", "", 3]])
    client.batch(
        merge(grid(0, 1, 0, 2)),
        {"sortRange": {"range": grid(0, 3, 0, 3), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}},
    )
    assert client.values("A1:A3") == [["a"], ["b"], ["c"]]
    assert sheet_of(client)["merges"] == [grid(2, 3, 0, 2)]


def test_rows_at_random_keep_their_cells_and_metadata_together(client: Client) -> None:
    client.put("A1:C60", [[number, f"row {number}", "stays"] for number in range(60)])
    location = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 7, "endIndex": 8}}
    entry = {"metadataId": 5, "metadataKey": "k", "visibility": "DOCUMENT", "location": location}
    client.batch({"createDeveloperMetadata": {"developerMetadata": entry}})
    assert client.batch({"randomizeRange": {"range": grid(0, 60, 0, 2)}}) == [{}]
    rows = client.values("A1:B60")
    assert sorted(rows) == sorted([str(number), f"row {number}"] for number in range(60))
    assert rows != [[str(number), f"row {number}"] for number in range(60)]
    found = client.ok("GET", f"{client.root}/developerMetadata/5")["location"]["dimensionRange"]["startIndex"]
    assert rows[found] == ["7", "row 7"]


def test_a_sort_by_colour_answers_501(client: Client) -> None:
    specs = [{"dimensionIndex": 0, "backgroundColor": {"red": 1}}]
    status, message = client.batch_refused({"sortRange": {"range": grid(0, 2, 0, 2), "sortSpecs": specs}})
    assert (status, message) == (501, "The local sheet server does not implement a sort by colour.")
