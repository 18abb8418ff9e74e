from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from functions.local.formats import to_serial

if TYPE_CHECKING:
    from sheet_client import Client


@pytest.mark.parametrize(
    ("asked", "normalised", "values"),
    [
        ("Sheet1", "Sheet1!A1:Z1000", [["a", "", "c"], [], ["d", "5", "TRUE"]]),
        ("'Sheet1'", "Sheet1!A1:Z1000", [["a", "", "c"], [], ["d", "5", "TRUE"]]),
        ("Sheet1!A:A", "Sheet1!A1:A1000", [["a"], [], ["d"]]),
        ("Sheet1!A2:C", "Sheet1!A2:C1000", [[], ["d", "5", "TRUE"]]),
        ("Sheet1!1:1", "Sheet1!A1:Z1", [["a", "", "c"]]),
        ("'Sheet1'!b2:a1", "Sheet1!A1:B2", [["a"]]),
        ("A1", "Sheet1!A1", [["a"]]),
        ("Sheet1!B1", "Sheet1!B1", None),
        ("Sheet1!Y999:AB2000", "Sheet1!Y999:Z1000", None),
        ("sheet1!$C$3", "Sheet1!C3", [["TRUE"]]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_range_is_normalised_and_trailing_blanks_are_cut(
    client: Client, asked: str, normalised: str, values: list[list[str]] | None
) -> None:
    client.put("A1:C3", [["a", "", "c"], ["", "", ""], ["d", 5, True]])
    answer = client.ok("GET", f"{client.root}/values/{asked}".replace(" ", "%20"))
    assert answer["range"] == normalised
    assert answer.get("values") == values
    assert ("values" in answer) == (values is not None)


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Plain_1x", "Plain_1x"),
        ("Two words", "'Two words'"),
        ("It's", "'It''s'"),
        ("Промокоды", "'Промокоды'"),
        ("A1", "'A1'"),
        ("1st", "'1st'"),
        ("Data", "Data"),
    ],
)
def test_a_title_is_quoted_only_when_it_must_be(client: Client, title: str, quoted: str) -> None:
    client.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "title": title}, "fields": "title"}})
    written = client.put(f"{quoted}!A1:B1", [["x", "y"]])
    assert written["updatedRange"] == f"{quoted}!A1:B1"
    assert client.values(quoted) == [["x", "y"]]


def test_columns_are_read_and_written_when_asked(client: Client) -> None:
    client.put("A:B", [["a", "b", "c"], ["1"]], majorDimension="COLUMNS")
    assert client.values("A1:C9") == [["a", "1"], ["b"], ["c"]]
    assert client.values("A1:C9", majorDimension="COLUMNS") == [["a", "b", "c"], ["1"]]


@pytest.mark.parametrize(
    ("option", "dates", "expected"),
    [
        ("FORMATTED_VALUE", "SERIAL_NUMBER", [["2026-03-31", "0.5", "TRUE", "2026-04-01", "00123"]]),
        ("UNFORMATTED_VALUE", "SERIAL_NUMBER", [[46112, 0.5, True, 46113, "00123"]]),
        ("UNFORMATTED_VALUE", "FORMATTED_STRING", [["2026-03-31", 0.5, True, "2026-04-01", "00123"]]),
        ("FORMULA", "SERIAL_NUMBER", [[46112, 0.5, True, "=A1+1", "00123"]]),
    ],
)
def test_values_are_rendered_as_asked(client: Client, option: str, dates: str, expected: list[list[Any]]) -> None:
    client.put("A1", [["2026-03-31", 0.5, "true", "=A1+1", "'00123"]], "USER_ENTERED")
    assert client.values("A1:E1", valueRenderOption=option, dateTimeRenderOption=dates) == expected


@pytest.mark.parametrize(
    ("locale", "typed", "value", "shown"),
    [
        ("en_US", "00123", 123, "123"),
        ("en_US", "1E5", 100000, "1.00E+05"),
        ("en_US", "1,234.5", 1234.5, "1,234.50"),
        ("en_US", "5%", 0.05, "5%"),
        ("en_US", "12.5%", 0.125, "12.50%"),
        ("en_US", "2/1/2026", 46054, "2/1/2026"),
        ("en_US", "2026-02-30", "2026-02-30", "2026-02-30"),
        ("en_US", "2026-02-01 12:00", 46054.5, "2026-02-01 12:00:00"),
        ("en_US", "1.2.3", "1.2.3", "1.2.3"),
        ("ru_RU", "1,5", 1.5, "1,5"),
        ("ru_RU", "1.5", "1.5", "1.5"),
        ("ru_RU", "01.02.2026", 46054, "01.02.2026"),
        ("ru_RU", "ИСТИНА", True, "ИСТИНА"),
        ("de_DE", "-0,25", -0.25, "-0,25"),
        ("en_GB", "01/02/2026", 46054, "01/02/2026"),
        ("en_US", "it's", "it's", "it's"),
        ("en_US", "1/2/26", 46024, "1/2/26"),
        ("en_US", "Jan 5, 2026", 46027, "Jan 5, 2026"),
        ("en_US", "January 5, 2026", 46027, "January 5, 2026"),
        ("en_US", "5 Sept 2026", 46270, "5 Sep 2026"),
        ("en_US", "5-Mar-2026", 46086, "5 Mar 2026"),
        ("en_US", "Jan 5, 2026 6:00 PM", 46027.75, "Jan 5, 2026 18:00:00"),
        ("en_US", "Marching 5", "Marching 5", "Marching 5"),
        ("en_US", "2/30/2026", "2/30/2026", "2/30/2026"),
        ("en_US", "13:30", 0.5625, "1:30 PM"),
        ("en_US", "1:30 pm", 0.5625, "1:30 PM"),
        ("en_US", "13:30 pm", "13:30 pm", "13:30 pm"),
        ("en_US", "$1,234.5", 1234.5, "$1,234.50"),
        ("en_US", "5 €", "5 €", "5 €"),
        ("en_US", "1E10", 1e10, "1.00E+10"),
        ("ru_RU", "5 января 2026", 46027, "5 января 2026"),
        ("ru_RU", "5 янв 2026 г.", 46027, "5 янв 2026"),
        ("ru_RU", "01.02.26", 46054, "01.02.26"),
        ("ru_RU", "1 000,5 ₽", 1000.5, "1\u00a0000,50\u00a0₽"),
        ("ru_RU", "13:30", 0.5625, "13:30"),
        ("de_DE", "5 €", 5, "5,00\u00a0€"),
        ("de_DE", "1.234,5 €", 1234.5, "1.234,50\u00a0€"),
        ("de_DE", "-1.234", -1234, "-1.234"),
        ("de_DE", "1.234.56", "1.234.56", "1.234.56"),
        ("de_DE", "wahr", True, "WAHR"),
        ("en_GB", "5 января 2026", "5 января 2026", "5 января 2026"),
        ("en_US", "Промо", "Промо", "Промо"),
    ],
)
def test_user_entered_text_is_read_in_the_locale(
    client: Client, locale: str, typed: str, value: Any, shown: str
) -> None:
    client.batch({"updateSpreadsheetProperties": {"properties": {"locale": locale}, "fields": "locale"}})
    client.put("A1", [[typed]], "USER_ENTERED")
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
    assert client.values("A1") == [[shown]]


@pytest.mark.parametrize("typed", ["$5", "5.0", "500%", "5.00E+00"])
def test_a_whole_number_comes_back_without_a_point(client: Client, typed: str) -> None:
    client.put("A1", [[typed]], "USER_ENTERED")
    assert str(client.values("A1", valueRenderOption="UNFORMATTED_VALUE")[0][0]) == "5"


@pytest.mark.parametrize("typed", ["00123", "=1+1", "TRUE", "2026-01-01", "5%", "'x"])
def test_raw_text_is_stored_as_it_is(client: Client, typed: str) -> None:
    client.put("A1", [[typed]], "RAW")
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[typed]]


def test_typing_into_a_plain_text_cell_keeps_the_text(client: Client) -> None:
    client.batch(
        {
            "repeatCell": {
                "range": {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1},
                "cell": {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}},
                "fields": "userEnteredFormat.numberFormat",
            }
        }
    )
    client.put("A7", [["00123"]], "USER_ENTERED")
    assert client.values("A7", valueRenderOption="UNFORMATTED_VALUE") == [["00123"]]


@pytest.mark.parametrize(
    ("kind", "pattern", "shown"),
    [
        ("DATE", "yyyy-mm-dd", "2026-03-31"),
        ("DATE", "dd.mm.yyyy", "31.03.2026"),
        ("DATE_TIME", "yyyy-mm-dd hh:mm", "2026-03-31 23:59"),
        ("DATE_TIME", "yyyy-mm-dd hh:mm:ss", "2026-03-31 23:59:58"),
        ("DATE_TIME", "dd.mm.yyyy hh:mm:ss", "31.03.2026 23:59:58"),
        ("DATE_TIME", "dd.mm.yyyy hh:mm", "31.03.2026 23:59"),
        ("DATE_TIME", 'hh:mm:ss.000 "on" d mmmm yy', "23:59:58.125 on 31 March 26"),
        ("TIME", "h:mm am/pm", "11:59 PM"),
        ("NUMBER", "#,##0.00", "46,113.00"),
        ("NUMBER", "0", "46113"),
        ("CURRENCY", '"$"#,##0', "$46,113"),
        ("TEXT", "@", "46112.99998"),
    ],
)
def test_a_number_format_decides_what_is_shown(client: Client, kind: str, pattern: str, shown: str) -> None:
    serial = 46112 + (23 * 3600 + 59 * 60 + 58.125) / 86400
    cell = {
        "userEnteredValue": {"numberValue": serial},
        "userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}},
    }
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    client.batch({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    text = client.values("A1")[0][0]
    assert text.startswith(shown)
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[serial]]


@pytest.mark.parametrize(
    ("locale", "kind", "pattern", "value", "shown"),
    [
        ("en_US", "CURRENCY", "[$€-2] #,##0.00", -1234.5, "-€ 1,234.50"),
        ("en_US", "CURRENCY", '"$"#,##0.00;("$"#,##0.00)', -1234.5, "($1,234.50)"),
        ("ru_RU", "CURRENCY", "#,##0.00[$ ₽]", 1234.5, "1\u00a0234,50 ₽"),
        ("ru_RU", "NUMBER", '"no. "0.0', 1.5, "no. 1,5"),
        ("en_US", "NUMBER", '0;"minus "0;"nil"', -2, "minus 2"),
        ("en_US", "NUMBER", '0;"minus "0;"nil"', 0, "nil"),
        ("en_US", "NUMBER", '0"; ok"', 5, "5; ok"),
        ("en_US", "NUMBER", "0;;", -2, ""),
        ("en_US", "NUMBER", '[<10]"few";[<100]"some";"many"', 50, "some"),
        ("en_US", "NUMBER", '0.0,"K"', 12345, "12.3K"),
        ("en_US", "NUMBER", "0.00", 1e30, "1000000000000000000000000000000.00"),
        ("en_US", "PERCENT", "0.0%", 0.1234, "12.3%"),
        ("ru_RU", "PERCENT", "0.00%", 0.5, "50,00%"),
        ("en_US", "SCIENTIFIC", "0.00E+00", 12345, "1.23E+04"),
        ("en_US", "DATE", "[$-409]d mmm yyyy", 46112, "31 Mar 2026"),
        ("en_US", "DATE", 'yyyy"; "mm;@', 46112, "2026; 03"),
        ("en_US", "DATE", "mmmmm", 46112, "M"),
        ("en_US", "TIME", "[h]:mm:ss", 1.5, "36:00:00"),
        ("en_US", "TIME", "[mm]:ss", 0.0625, "90:00"),
    ],
)
def test_a_pattern_has_literals_sections_and_currency(
    client: Client, locale: str, kind: str, pattern: str, value: float, shown: str
) -> None:
    client.batch({"updateSpreadsheetProperties": {"properties": {"locale": locale}, "fields": "locale"}})
    cell = {
        "userEnteredValue": {"numberValue": value},
        "userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}},
    }
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    client.batch({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    assert client.values("A1") == [[shown]]


def test_null_leaves_a_cell_and_empty_text_clears_it(client: Client) -> None:
    client.put("A1:C1", [["a", "b", "c"]])
    client.put("A1:C1", [[None, "", "z"]])
    assert client.values("A1:C1") == [["a", "", "z"]]


def test_a_batch_of_writes_counts_rows_columns_and_cells_once(client: Client) -> None:
    body = {
        "valueInputOption": "RAW",
        "data": [
            {"range": "C3", "values": [["x"]]},
            {"range": "B2", "values": [["y"]]},
            {"range": "B3:B3", "values": [[1]]},
        ],
    }
    answer = client.ok("POST", f"{client.root}/values:batchUpdate", body)
    totals = {name: answer[name] for name in answer if name.startswith("total")}
    assert totals == {"totalUpdatedRows": 2, "totalUpdatedColumns": 2, "totalUpdatedCells": 3, "totalUpdatedSheets": 1}
    assert [one["updatedRange"] for one in answer["responses"]] == ["Sheet1!C3", "Sheet1!B2", "Sheet1!B3"]


def test_a_refused_part_of_a_batch_of_writes_refuses_it_all(client: Client) -> None:
    body = {
        "valueInputOption": "RAW",
        "data": [{"range": "A1", "values": [["x"]]}, {"range": "Nope!A1", "values": [["y"]]}],
    }
    path = f"{client.root}/values:batchUpdate"
    assert client.refused("POST", path, body) == (400, "Invalid data[1]: Unable to parse range: Nope!A1")
    assert client.values("Sheet1") == []


def test_clearing_takes_values_and_leaves_formats(client: Client) -> None:
    client.put("A1:B1", [["2026-01-01", "x"]], "USER_ENTERED")
    answer = client.ok("POST", f"{client.root}/values/A1:B1:clear", {})
    assert answer == {"spreadsheetId": "local", "clearedRange": "Sheet1!A1:B1"}
    cells = client.get("sheets.data.rowData.values", "A1:B1")["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cells[0]["userEnteredFormat"]["numberFormat"]["type"] == "DATE"
    assert "userEnteredValue" not in cells[0]
    cleared = client.ok("POST", f"{client.root}/values:batchClear", {"ranges": ["A:A", "Sheet1!B2"]})
    assert cleared["clearedRanges"] == ["Sheet1!A1:A1000", "Sheet1!B2"]


@pytest.mark.parametrize(
    ("before", "asked", "table", "written"),
    [
        ([], "Sheet1", None, "Sheet1!A1:B1"),
        ([["h", "i"], ["1", "2"]], "Sheet1", "Sheet1!A1:B2", "Sheet1!A3:B3"),
        ([["h", "i"], ["1", "2"]], "A1", "Sheet1!A1:B2", "Sheet1!A3:B3"),
        ([["h", "i"], ["1", "2"]], "E4", None, "Sheet1!E4:F4"),
        ([["h", "", "j"]], "Sheet1", "Sheet1!C1", "Sheet1!C2:D2"),
        ([["h"], [], [], ["", "q", "r"]], "Sheet1", "Sheet1!B4:C4", "Sheet1!B5:C5"),
    ],
    ids=["blank", "below the table", "from its corner", "beside it", "a blank shifts right", "the last table"],
)
def test_append_finds_the_table_by_content(
    client: Client, before: list[list[str]], asked: str, table: str | None, written: str
) -> None:
    client.put("A1", before)
    answer = client.ok("POST", f"{client.root}/values/{asked}:append?valueInputOption=RAW", {"values": [["x", "y"]]})
    assert answer.get("tableRange") == table
    assert answer["updates"]["updatedRange"] == written


def test_append_to_a_long_table_goes_below_its_last_row(client: Client) -> None:
    client.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 4_000}})
    client.put("B1", [["x", "y"]] * 4_000)
    answer = client.ok("POST", f"{client.root}/values/A1:Z:append?valueInputOption=RAW", {"values": [["z"]]})
    assert (answer["tableRange"], answer["updates"]["updatedRange"]) == ("Sheet1!B1:C4000", "Sheet1!B4001")


def test_append_grows_the_grid_and_can_insert_rows(client: Client) -> None:
    client.batch(
        {"addSheet": {"properties": {"sheetId": 5, "title": "S", "gridProperties": {"rowCount": 2, "columnCount": 2}}}}
    )
    client.put("S!A1:A2", [["h"], ["1"]])
    path = f"{client.root}/values/S!A1:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
    client.ok("POST", path, {"values": [["2", "", "3"]]})
    assert client.values("S") == [["h"], ["1"], ["2", "", "3"]]
    grid = client.get("sheets.properties.gridProperties")["sheets"][1]["properties"]["gridProperties"]
    assert grid == {"rowCount": 3, "columnCount": 3}


def test_the_written_values_come_back_when_asked(client: Client) -> None:
    path = f"{client.root}/values/A1:B2?valueInputOption=USER_ENTERED&includeValuesInResponse=true"
    answer = client.ok("PUT", f"{path}&responseValueRenderOption=UNFORMATTED_VALUE", {"values": [["1", "x"]]})
    assert answer["updatedData"] == {"range": "Sheet1!A1:B1", "majorDimension": "ROWS", "values": [[1, "x"]]}


def test_a_mask_cuts_every_answer(client: Client) -> None:
    client.put("A1", [["x"]])
    answer = client.ok("GET", f"{client.root}/values:batchGet?ranges=A1&ranges=B1&fields=valueRanges(range,values)")
    assert answer == {"valueRanges": [{"range": "Sheet1!A1", "values": [["x"]]}, {"range": "Sheet1!B1"}]}


LONG = "x" * 50_001


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("GET", "/values/NOPE!A5:F15", None, "Unable to parse range: NOPE!A5:F15"),
        ("GET", "/values/Nope", None, "Unable to parse range: Nope"),
        ("GET", "/values/A0", None, "Unable to parse range: A0"),
        (
            "GET",
            "/values/Sheet1!A1001:B",
            None,
            "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        ("GET", "/values/AA1", None, "Range (Sheet1!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"),
        (
            "PUT",
            "/values/A1:AA1?valueInputOption=RAW",
            {"values": [["x"]]},
            "Range (Sheet1!A1:AA1) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            "PUT",
            "/values/A1:B2?valueInputOption=RAW",
            {"values": [["x"]] * 3},
            "Requested writing within range [A1:B2], but tried writing to row [3]",
        ),
        (
            "PUT",
            "/values/A1:B2?valueInputOption=RAW",
            {"values": [["x"] * 3]},
            "Requested writing within range [A1:B2], but tried writing to column [C]",
        ),
        ("PUT", "/values/A1", {"values": [["x"]]}, "'valueInputOption' is required but not specified"),
        (
            "PUT",
            "/values/A1?valueInputOption=RAW",
            {"values": "X"},
            "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\"",
        ),
        (
            "PUT",
            "/values/A1?valueInputOption=RAW",
            {"values": [[LONG]]},
            "Your input contains more than the maximum of 50000 characters in a single cell",
        ),
        (
            "POST",
            "/values:batchClear",
            {"ranges": ["A1001"]},
            "Invalid range[0]: Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            "PUT",
            "/values/A1?valueInputOption=RAW",
            {"vals": []},
            "Invalid JSON payload received. Unknown name \"vals\" at 'data': Cannot find field.",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_refusal_has_googles_words(client: Client, method: str, path: str, body: Any, message: str) -> None:
    assert client.refused(method, client.root + path, body) == (400, message)
    assert client.values("Sheet1") == []


@pytest.mark.parametrize("value", [{"a": 1}, [1], 10**400], ids=["object", "list", "too large"])
def test_what_no_cell_can_hold_is_refused(client: Client, value: Any) -> None:
    path = f"{client.root}/values/A1?valueInputOption=RAW"
    assert client.refused("PUT", path, {"values": [[value]]})[0] == 400


def test_true_and_one_are_not_the_same_value(client: Client) -> None:
    client.put("A1", [[1]])
    client.put("A1", [[True]])
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[True]]
    assert json.dumps(client.values("A1", valueRenderOption="UNFORMATTED_VALUE")) == "[[true]]"


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("R2C1", "Sheet1!A2"),
        ("Sheet1!R1C2:R2C3", "Sheet1!B1:C2"),
        ("$B$1:$C$2", "Sheet1!B1:C2"),
        ("corner", "Sheet1!A1:B2"),
        ("'Sheet1'!corner", "Sheet1!A1:B2"),
        ("Sheet1!Corner", "Sheet1!A1:B2"),
    ],
)
def test_a_range_may_be_named_or_numbered(client: Client, text: str, answered: str) -> None:
    named = {"name": "corner", "range": {"endRowIndex": 2, "endColumnIndex": 2}}
    client.batch({"addNamedRange": {"namedRange": named}}, {"addSheet": {"properties": {"title": "Other"}}})
    path = f"{client.root}/values/{quote(text, safe='')}"
    assert client.ok("GET", path)["range"] == answered


@pytest.mark.parametrize("text", ["Other!corner", "Nope!corner", "R0C1", "R1C1:", "R1C1:B2", "Sheet1!nobody"])
def test_a_name_or_number_that_is_not_there_is_refused(client: Client, text: str) -> None:
    named = {"name": "corner", "range": {"endRowIndex": 2, "endColumnIndex": 2}}
    client.batch({"addNamedRange": {"namedRange": named}}, {"addSheet": {"properties": {"title": "Other"}}})
    path = f"{client.root}/values/{quote(text, safe='')}"
    assert client.refused("GET", path) == (400, f"Unable to parse range: {text}")


@pytest.mark.parametrize(
    ("locale", "typed", "month", "day", "shown"),
    [
        ("en_US", "12-05", 12, 5, "12-5"),
        ("en_US", "1/2", 1, 2, "1/2"),
        ("en_US", "Mar 8", 3, 8, "Mar 8"),
        ("ru_RU", "12-05", 5, 12, "12-05"),
        ("ru_RU", "01.02", 2, 1, "01.02"),
        ("ru_RU", "8 марта", 3, 8, "8 марта"),
    ],
)
def test_a_date_without_a_year_is_of_this_year(
    client: Client, locale: str, typed: str, month: int, day: int, shown: str
) -> None:
    client.batch({"updateSpreadsheetProperties": {"properties": {"locale": locale}, "fields": "locale"}})
    client.put("A1", [[typed]], "USER_ENTERED")
    serial = to_serial(datetime(datetime.now(UTC).year, month, day, tzinfo=UTC))
    assert client.values("A1", valueRenderOption="UNFORMATTED_VALUE") == [[serial]]
    assert client.values("A1") == [[shown]]
