"""Formulas: what a cell shows, through the API; what the text means and how it is rewritten, without it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheet_client import Client

from functions.local.calculate import Calculator
from functions.local.formula import Literal, NotAFormulaError, parse, tokens
from functions.local.formula_rewrite import Moved, followed, retitled, shifted
from functions.local.formula_values import COMPARISONS
from functions.local.model import Cell, Formula, Spreadsheet, new_sheet
from functions.local.server import LocalSheets
from functions.local.shift import Lines, deleted, inserted

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "#NAME?"
ROWS = [
    ["code", "status", "number", "when", "flag"],
    ["x1", "used", 1, "2026-03-01", True],
    ["x2", "Used", 2, "2026-03-02", False],
    ["y1", "free", 3, "2026-03-02 12:00"],
    ["y2"],
]


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Client]:
    with LocalSheets(clock=clock) as server:
        server.create("local", title="Local", locale="en_US", time_zone="Europe/Moscow")
        found = Client(server)
        found.put("A1", ROWS, "USER_ENTERED")
        yield found
        found.connection.close()


def result(client: Client, formula: str) -> Any:
    """What the API gives for a formula typed into a cell of its own."""
    client.put("H1", [[formula]], "USER_ENTERED")
    found = client.values("H1", valueRenderOption="UNFORMATTED_VALUE")
    return found[0][0] if found else None


def in_locale(client: Client, locale: str) -> None:
    client.batch({"updateSpreadsheetProperties": {"properties": {"locale": locale}, "fields": "locale"}})


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("=2*3^2", 18),
        ("=-2^2", 4),
        ("=10-4-3", 3),
        ("=8/4/2", 1),
        ("=50%*4", 2),
        ('="a"&1+1', "a2"),
        ("=1+1=2", True),
        ('="a"&"b"="AB"', True),
        ('="a-b"="ab"', False),
        ('="ß"="ss"', False),
        ('="a-b"<"a-c"', True),
        ('="x1">"x"', True),
        ("=2<>3", True),
        ('="say ""hi"""', 'say "hi"'),
        ("=1.50", 1.5),
        ("=1/0", "#DIV/0!"),
        ('="abc"+1', "#VALUE!"),
        ('="5"+1', 6),
        ("=#N/A", "#N/A"),
        ("=TRUE+1", 2),
        ("=2^3^2", NAME),
        ("=9^999", "#NUM!"),
    ],
)
def test_operators_bind_as_in_google_sheets(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=G9=0", True),
        ('=G9=""', True),
        ("=G9=FALSE", True),
        ("=G9=F9", True),
        ("=G9+1", 1),
        ('=G9&"x"', "x"),
        ("=ISBLANK(G9)", True),
        ('="a">99', True),
        ('=TRUE>"z"', True),
        ("=G9", None),
    ],
)
def test_a_blank_cell_is_zero_empty_text_or_false(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("criterion", "count"),
    [
        ('"used"', 2),
        ('"=USED"', 2),
        ('"<>used"', 997),
        ('""', 996),
        ('"="', 996),
        ('"<>"', 3),
        ('"us*"', 2),
        ('"???e"', 1),
        ('"?ree"', 1),
        ('"~*"', 0),
        ('">a"', 3),
    ],
)
def test_a_criterion_for_text_ignores_capitals_and_knows_wildcards(client: Client, criterion: str, count: int) -> None:
    assert result(client, f"=COUNTIF(B2:B,{criterion})") == count


@pytest.mark.parametrize(
    ("criterion", "count"),
    [("2", 1), ('"2"', 1), ('">1"', 2), ('">="&C3', 2), ('"<>2"', 998), ('"<2"', 1), ("TRUE", 0), ('"<=1"', 1)],
)
def test_a_criterion_for_numbers_meets_numbers_alone(client: Client, criterion: str, count: int) -> None:
    assert result(client, f"=COUNTIF(C2:C,{criterion})") == count


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=COUNTIFS(B:B,"used",C:C,">1")', 1),
        ('=COUNTIFS(D2:D,">="&DATE(2026,3,2),D2:D,"<"&DATE(2026,3,3))', 2),
        ('=COUNTIFS(D2:D,">=2026-03-02")', 2),
        ('=COUNTIFS(B2:B5,"used",C2:C4,1)', "#VALUE!"),
        ('=COUNTIFS(B2:B,"used",C2:C)', "#N/A"),
        ("=COUNTIF(E2:E,TRUE)", 1),
        ('=COUNTIF(A1:C5,"*1")', 2),
        ('=SUMIF(B2:B,"used",C2:C)', 3),
        ('=SUMIF(C2:C,">1")', 5),
        ('=SUMIFS(C2:C,B2:B,"used",A2:A,"x2")', 2),
        ('=AVERAGEIF(B2:B,"used",C2:C)', 1.5),
        ('=AVERAGEIF(B2:B,"gone",C2:C)', "#DIV/0!"),
        ('=AVERAGEIFS(C2:C,B2:B,"used")', 1.5),
        ('=MINIFS(C2:C,B2:B,"used")', 1),
        ('=MAXIFS(C2:C,B2:B,"used")', 2),
        ('=MAXIFS(C2:C,B2:B,"gone")', 0),
        ("=COUNTBLANK(B2:B5)", 1),
        ('=SUMPRODUCT(COUNTIF(B2:B,{"used","free"}))', 3),
        ("=COUNTIF(B2:B,G9)", 0),
        ('=SUMIFS(C2:C,B2:B,"used",A2:A,G9)', 0),
    ],
)
def test_several_criteria_hold_together(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=SUMPRODUCT((B2:B="used")*(C2:C>1))', 1),
        ('=SUMPRODUCT((B2:B="used")*C2:C)', 3),
        ('=SUMPRODUCT(--(B2:B="used"),C2:C)', 3),
        ('=SUMPRODUCT((B2:B="used")*1)', 2),
        ('=SUMPRODUCT((B2:B="used")+(B2:B="free"))', 3),
        ('=SUMPRODUCT(((B2:B="used")+(A2:A="x1")>0)*1)', 2),
        ('=SUMPRODUCT((B2:B<>"")*1)', 3),
        ('=SUMPRODUCT((B2:B="")*1)', 996),
        ("=SUMPRODUCT((INT(D2:D)=DATE(2026,3,2))*1)", 2),
        ('=SUMPRODUCT(IF(B2:B="used",C2:C,0))', 3),
        ("=SUMPRODUCT(C2:C4,C2:C4)", 14),
        ("=SUMPRODUCT(C2:C4,C2:C3)", "#VALUE!"),
        ('=SUMPRODUCT((A2:A5="y1")*(B1:E1="number")*B2:E5)', "#VALUE!"),
        ('=SUMPRODUCT((A2:A4="y1")*(C1:C1="number")*C2:C4)', 3),
        ("=SUMPRODUCT({1,2;3,4}*{10;100})", 730),
        ("=SUMPRODUCT((LEN(A2:A)>0)*1)", 4),
        ("=SUMPRODUCT(ISBLANK(A2:A6)*1)", 1),
        ("=SUMPRODUCT((MOD(ROW(A2:A5),2)=0)*1)", 2),
        ("=SUMPRODUCT(C1:C4*1)", "#VALUE!"),
        ('=SUMPRODUCT(IFERROR(C1:C4*1,0)*(A1:A4<>""))', 6),
        ("=ARRAYFORMULA(SUM(C2:C*2))", 12),
        ('=SUMPRODUCT(B2:B="used")', 2),
        ('=SUMPRODUCT(B2:B="used",C2:C)', 3),
        ("=SUMPRODUCT(E2:E,D2:D)", 46082),
    ],
)
def test_sumproduct_calculates_with_whole_columns(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(C2:C)", 6),
        ("=SUM(C2:C,10,C2)", 17),
        ("=SUM(A1:E5)", 6 + 46082 + 46083 + 46083.5),
        ("=COUNT(A1:E5)", 6),
        ("=COUNTA(A1:E5)", 20),
        ("=COUNTUNIQUE(C2:C)", 3),
        ("=COUNTUNIQUE(B2:B)", NAME),
        ("=AVERAGE(C2:C)", 2),
        ("=AVERAGE(B2:B)", "#DIV/0!"),
        ("=MIN(C2:C)", 1),
        ("=MAX(B2:B)", 0),
        ("=ROUND(2.5)", 3),
        ("=ROUND(-2.5)", -3),
        ("=ROUND(1.005,2)", 1.01),
        ("=ROUND(1234,-2)", 1200),
        ("=ROUNDUP(1.21,1)", 1.3),
        ("=ROUNDDOWN(-1.29,1)", -1.2),
        ("=INT(-1.5)", -2),
        ("=ABS(-3)", 3),
        ("=MOD(-3,5)", 2),
        ("=MOD(3,-5)", -2),
        ("=MOD(3,0)", "#DIV/0!"),
        ("=N(TRUE)", 1),
        ('=N("7")', 0),
        ('=VALUE("1,234.5")', 1234.5),
        ('=VALUE("x")', "#VALUE!"),
    ],
)
def test_numbers_are_summed_counted_and_rounded(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=IF(C2>0,"yes","no")', "yes"),
        ("=IF(C2>9,1)", False),
        ("=IF(TRUE,1,1/0)", 1),
        ('=IF("abc",1,2)', "#VALUE!"),
        ('=IFS(C2>5,"big",TRUE,"small")', "small"),
        ("=IFS(FALSE,1)", "#N/A"),
        ('=IFERROR(1/0,"none")', "none"),
        ("=IFERROR(5,1)", 5),
        ("=IFNA(NA(),0)", 0),
        ("=IFNA(1/0,0)", "#DIV/0!"),
        ("=AND(TRUE,C2=1)", True),
        ("=AND(TRUE,1/0)", "#DIV/0!"),
        ("=OR(FALSE,C2=1)", True),
        ("=XOR(TRUE,TRUE)", False),
        ("=NOT(0)", True),
        ('=CHOOSE(2,"a","b")', "b"),
        ('=CHOOSE(3,"a","b")', "#NUM!"),
        ("=ISNUMBER(D2)", True),
        ("=ISTEXT(A2)", True),
        ("=ISERROR(1/0)", True),
        ("=ISNA(1/0)", False),
        ("=AND(E2,G9)", NAME),
    ],
)
def test_branches_take_the_right_way(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=VLOOKUP("y1",A2:C,3,FALSE)', 3),
        ('=VLOOKUP("Y*",A2:C,3,FALSE)', 3),
        ('=VLOOKUP("zz",A2:C,3,FALSE)', "#N/A"),
        ('=VLOOKUP("y1",A2:C,4,FALSE)', "#REF!"),
        ("=VLOOKUP(2.9,C2:D4,1)", 2),
        ('=MATCH("x2",A2:A,0)', 2),
        ("=MATCH(2,C2:C4)", 2),
        ("=MATCH(0,C2:C4)", "#N/A"),
        ('=MATCH("b",{"c";"a"})', NAME),
        ('=MATCH("number",A1:E1,0)', 3),
        ('=INDEX(C2:C,MATCH("x2",A2:A,0))', 2),
        ("=INDEX(A1:E5,3,1)", "x2"),
        ("=SUM(INDEX(A1:E5,0,3))", 6),
        ("=INDEX(A1:B2,9,1)", "#NUM!"),
        ("=ROW()", 1),
        ("=COLUMN()", 8),
        ("=ROW(B7)", 7),
        ("=ROWS(A2:A)", 999),
        ("=COLUMNS(A:C)", 3),
    ],
)
def test_look_up_finds_cells(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=LEN("абв")', 3),
        ("=LEN(123)", 3),
        ('=HYPERLINK("#gid=0&range=A1";"A1")&HYPERLINK("http://x")', "A1http://x"),
        ('=TRIM("  a   b ")', "a b"),
        ('=UPPER("aж")&LOWER("BЯ")', "AЖbя"),
        ('=LEFT("abc",2)&RIGHT("abc",2)&MID("abcdef",2,3)', "abbcbcd"),
        ('=LEFT("abc")&RIGHT("abc",0)', "a"),
        ('=FIND("b","abcb",3)', 4),
        ('=FIND("B","abc")', "#VALUE!"),
        ('=SEARCH("B","abc")', 2),
        ('=SUBSTITUTE("a-b-c","-","+")', "a+b+c"),
        ('=SUBSTITUTE("a-b-c","-","+",2)', "a-b+c"),
        ('=CONCATENATE("a",1,TRUE)', "a1TRUE"),
        ('=CONCAT("a",2)', "a2"),
        ('=EXACT("a","A")', False),
        ('=REPT("ab",3)', "ababab"),
        ('=TEXT(1234.567,"#,##0.00")', "1,234.57"),
        ('=TEXT(0.256,"0.0%")', "25.6%"),
        ('=TEXT(D2,"dd.mm.yyyy")', "01.03.2026"),
        ('=TEXT(D4,"yyyy-mm-dd hh:mm")', "2026-03-02 12:00"),
        ('=TEXT("x","0")', "x"),
        ('=TEXT(1.005,"0.00E+00")', "1.01E+00"),
        ('=TEXT(0,"0.00E+00")', "0.00E+00"),
        ('=TEXT(0.995,"0.0E+0")', "1.0E+0"),
        ('=TEXT(5,"# ??/??")', NAME),
    ],
)
def test_text_is_cut_joined_and_searched(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=DATE(2026,3,31)", 46112),
        ("=DATE(2026,14,1)", 46419),
        ("=DATE(2026,3,0)", 46081),
        ('=DATEVALUE("2026-03-31")', 46112),
        ('=DATEVALUE("12")', "#VALUE!"),
        ("=YEAR(D2)*10000+MONTH(D2)*100+DAY(D2)", 20260301),
        ("=HOUR(D4)*10000+MINUTE(0.75)+SECOND(1/86400)", 120001),
        ("=WEEKDAY(DATE(2026,3,31))", 3),
        ("=WEEKDAY(DATE(2026,3,31),2)", 2),
        ("=WEEKDAY(DATE(2026,3,31),3)", 1),
        ("=EDATE(DATE(2026,1,31),1)", 46081),
        ("=EOMONTH(DATE(2026,1,15),0)", 46053),
        ("=EOMONTH(DATE(2026,1,15),-1)", 46022),
        ("=TODAY()", 46113),
        ("=NOW()", 46113.0625),
        ("=TODAY()-D2", 31),
    ],
)
def test_dates_are_serial_numbers_in_the_spreadsheets_zone(client: Client, formula: str, value: Any) -> None:
    assert result(client, formula) == value


def test_today_follows_the_clock_and_now_changes_with_the_sheet(client: Client, clock: Clock) -> None:
    client.put("H1", [["=TODAY()", "=NOW()"]], "USER_ENTERED")
    before = client.values("H1:I1", valueRenderOption="UNFORMATTED_VALUE")[0]
    clock.now = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert client.values("H1:I1", valueRenderOption="UNFORMATTED_VALUE")[0] == before
    client.put("A9", [["a change"]])
    assert client.values("H1:I1", valueRenderOption="UNFORMATTED_VALUE")[0] == [46113, before[1] + 1 / 24]
    clock.now = datetime(2026, 4, 1, 22, 30, tzinfo=UTC)
    assert client.values("H1", valueRenderOption="UNFORMATTED_VALUE") == [[46114]]


@pytest.mark.parametrize(
    "formula",
    [
        '=QUERY(A1:C,"select A")',
        "=0.1+0.2=0.3",
        "=0.1+0.2-0.3",
        "=SUMPRODUCT((C2:C/10=3*0.1)*1)",
        "=INT((0.1+0.7)*10)",
        "=MOD(5.3,0.1)",
        "=MOD(1E20,3)",
        "=ROUNDUP(0.1+0.2,1)",
        "=0^0",
        '="a-b">"ab"',
        '="ж">"z"',
        '=FIND("","abc")',
        "=MONTH(-1)",
        "=DATE(1900,1,-9)",
        "=SECOND(0.5+0.7/86400)",
        '=DATEVALUE("12:00")',
        '=VALUE("(5)")',
        '="TRUE"+1',
        "=SUM(TRUE,1)",
        '=MAX("5",1)',
        '=IF("1",1,2)',
        '=TEXT(-0.4,"0")',
        '=TEXT("7","000")',
        '=TEXT(0.5,"h a/p")',
        '=UPPER("straße")',
        "=SUM(A1:A3*2)",
        "=A1:A3",
        "=ARRAYFORMULA(C2:C*2)",
        "=Nowhere+1",
        "=A1:INDEX(A:A,2)",
        "=COUNTIF(G1:G9,5)",
        '=COUNTIF(G1:G9,">1")',
        '=COUNTIF(G1:G9,"<>5")',
        '=COUNTIF(A1:G9,"5.0")',
        '=COUNTIF(A2:A,">~x")',
        '=COUNTIF(A2:A,"~x")',
    ],
)
def test_what_is_not_calculated_shows_no_number(client: Client, formula: str) -> None:
    client.put("G1", [["5"]])  # a number as text: whether 5 counts it is told differently
    assert result(client, formula) == NAME


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=COUNTIF(G1:G9,"10000001")', 1),
        ("=COUNTIF(G1:G9,G2)", 2),
        ('=COUNTIF(G1:G9,"777")', 0),
        ("=COUNTIF(G1:G9,777)", 0),
        ("=COUNTIF(G1:G9,G4)", NAME),
        ("=COUNTIF(G1:G9,G6)", NAME),
        ("=COUNTIF(G1:G9,I9)", 0),
        ("=COUNTIF(I1:I9,I9)", NAME),
    ],
)
def test_a_promo_code_of_digits_is_counted_as_the_text_it_is(client: Client, formula: str, value: Any) -> None:
    client.put("G1", [["10000001"], ["10000002"], ["10000002"], ["00000003"], ["3"], ["1E5"], ["100000"]])
    client.put("I1", [[0]])
    assert result(client, formula) == value


@pytest.mark.parametrize("formula", ["=1+", "=(1", "=SUM(1", "=1 2", '="open', "={1,2;3}", "=A0", "=&"])
def test_text_that_does_not_parse_shows_an_error_and_stays(client: Client, formula: str) -> None:
    assert result(client, formula) == "#ERROR!"
    assert client.values("H1", valueRenderOption="FORMULA") == [[formula]]


@pytest.mark.parametrize("formula", ["=H1", "=SUM(H:H)", "=IFERROR(H1,0)", "=COUNTA(A1:H9)"])
def test_a_formula_that_needs_its_own_result_is_refused(client: Client, formula: str) -> None:
    assert result(client, formula) == "#REF!"


def test_every_cell_of_a_circle_shows_it_and_cells_that_use_one_too(client: Client) -> None:
    client.put("H1", [["=I1+1", "=J1", "=IFERROR(H1,0)", '=IFERROR(H1,"round")']], "USER_ENTERED")
    assert client.values("H1:K1") == [["#REF!", "#REF!", "#REF!", "round"]]


def test_a_long_chain_of_cells_is_calculated(client: Client) -> None:
    client.put("H1", [[0], *([f"=H{row}+1"] for row in range(1, 1000))], "USER_ENTERED")
    assert client.values("H1000") == [["999"]]
    client.put("H1", [["=H1000"]], "USER_ENTERED")
    assert client.values("H999:H1000") == [["#REF!"], ["#REF!"]]


def test_a_formula_reads_other_tabs_and_named_ranges(client: Client) -> None:
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Promo codes"}}},
        {
            "addNamedRange": {
                "namedRange": {"name": "numbers", "range": {"sheetId": 0, "startColumnIndex": 2, "endColumnIndex": 3}}
            }
        },
    )
    client.put("'Promo codes'!A1", [[5], ["=Sheet1!C2+A1"]], "USER_ENTERED")
    assert client.values("'Promo codes'!A2") == [["6"]]
    assert result(client, "=SUM('promo codes'!A:A)") == 11
    assert result(client, "=SUM(NUMBERS)") == 6
    assert result(client, "=Gone!A1") == "#REF!"
    assert result(client, "=A5000") == "#REF!"


@pytest.mark.parametrize(
    ("locale", "formula", "value"),
    [
        ("ru_RU", "=ROUND(1,26;1)", 1.3),
        ("ru_RU", "=1,5+1", 2.5),
        ("ru_RU", '=COUNTIF(B2:B,"used")', 2),
        ("ru_RU", "=SUM({1;2})", 3),
        ("ru_RU", "=SUM({1\\2})", 3),
        ("ru_RU", "=IF(C2=1,1,2)", "#ERROR!"),
        ("ru_RU", "=C2*1.5", "#ERROR!"),
        ("ru_RU", "=ROUND(C2*1.5,0)", 2),
        ("ru_RU", '=1/4&""', "0,25"),
        ("ru_RU", '=TRUE&""', "ИСТИНА"),
        ("en_US", "=ROUND(1.26;1)", 1.3),
        ("en_US", "=SUM(1,5)", 6),
    ],
)
def test_separators_and_decimals_follow_the_locale(client: Client, locale: str, formula: str, value: Any) -> None:
    in_locale(client, locale)
    found = result(client, formula)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


def test_formulas_are_shown_as_asked(client: Client) -> None:
    client.put("H1", [["=C2/3", "=D2", "=E2", "=B2", "=1/0"]], "USER_ENTERED")
    assert client.values("H1:L1") == [["0.3333333333", "2026-03-01", "TRUE", "used", "#DIV/0!"]]
    plain = client.values("H1:L1", valueRenderOption="UNFORMATTED_VALUE")
    assert plain == [[pytest.approx(1 / 3), 46082, True, "used", "#DIV/0!"]]
    dated = client.values("I1", valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING")
    assert dated == [["2026-03-01"]]
    assert client.values("H1:I1", valueRenderOption="FORMULA") == [["=C2/3", "=D2"]]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=TODAY()", "4/1/2026"),
        ("=NOW()", "4/1/2026 1:30:00"),
        ("=D2+1", "2026-03-02"),
        ("=TODAY()-D2", "31"),
        ("=MAX(D2:D3)", "2026-03-02"),
        ('=IF(C2>0,D2,"")', "2026-03-01"),
        ("=YEAR(D2)", "2026"),
        ("=DATE(2026,1,2)", "1/2/2026"),
    ],
)
def test_a_formula_without_a_format_shows_a_date_as_one(client: Client, formula: str, shown: str) -> None:
    client.put("H1", [[formula]], "USER_ENTERED")
    assert client.values("H1") == [[shown]]


@pytest.mark.parametrize(
    ("formula", "effective", "shown"),
    [
        ("=C2+1", {"numberValue": 2}, "2"),
        ('="a"', {"stringValue": "a"}, "a"),
        ("=C2=1", {"boolValue": True}, "TRUE"),
        ("=1/0", {"errorValue": {"type": "DIVIDE_BY_ZERO"}}, "#DIV/0!"),
        ("=NA()", {"errorValue": {"type": "N_A"}}, "#N/A"),
        ("=NOSUCH()", {"errorValue": {"type": "NAME"}}, "#NAME?"),
        ("=Gone!A1", {"errorValue": {"type": "REF"}}, "#REF!"),
        ('="a"+1', {"errorValue": {"type": "VALUE"}}, "#VALUE!"),
        ("=9^999", {"errorValue": {"type": "NUM"}}, "#NUM!"),
        ("=1+", {"errorValue": {"type": "ERROR"}}, "#ERROR!"),
    ],
)
def test_a_cell_has_its_formula_and_its_result(
    client: Client, formula: str, effective: dict[str, Any], shown: str
) -> None:
    client.put("H1", [[formula]], "USER_ENTERED")
    cell = client.get("sheets.data.rowData.values", "H1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["userEnteredValue"] == {"formulaValue": formula}
    assert cell["formattedValue"] == shown
    if "errorValue" in effective:
        assert cell["effectiveValue"]["errorValue"].pop("message")
    assert cell["effectiveValue"] == effective


def test_a_taken_over_format_is_effective_and_not_entered(client: Client) -> None:
    client.put("H1", [["=D2"]], "USER_ENTERED")
    cell = client.get("sheets.data.rowData.values", "H1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["effectiveFormat"]["numberFormat"] == {"type": "DATE", "pattern": "yyyy-mm-dd"}
    assert "userEnteredFormat" not in cell


def test_the_answer_of_a_write_has_results_of_what_it_wrote(client: Client) -> None:
    path = f"{client.root}/values/H1?valueInputOption=USER_ENTERED&includeValuesInResponse=true"
    answer = client.ok("PUT", path, {"values": [["=C2+I1", 4]]})
    assert answer["updatedData"]["values"] == [["5", "4"]]
    body = {
        "requests": [
            {
                "updateCells": {
                    "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 2},
                    "rows": [{"values": [{"userEnteredValue": {"numberValue": 10}}]}],
                    "fields": "userEnteredValue",
                }
            }
        ],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["H1"],
        "responseIncludeGridData": True,
    }
    answer = client.ok("POST", f"{client.root}:batchUpdate", body)
    cell = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["formattedValue"] == "14"
    assert client.values("H1") == [["14"]]


def test_results_follow_every_change(client: Client) -> None:
    client.put("H1", [['=COUNTIF(B2:B,"used")', "=H1*2", "=SUM(C:C)"]], "USER_ENTERED")
    assert client.values("H1:J1") == [["2", "4", "6"]]
    client.put("B5:C5", [["used", 4]])
    assert client.values("H1:J1") == [["3", "6", "10"]]
    client.ok("POST", f"{client.root}/values/B2:clear", {})
    assert client.values("H1:J1") == [["2", "4", "10"]]
    client.put("C2", [[True]])  # 1 and TRUE are equal to Python
    assert client.values("H1:J1") == [["2", "4", "9"]]


def test_rows_are_sorted_by_what_their_formulas_give(client: Client) -> None:
    client.put("H1", [["=3+0"], ["=1+0"], ["x"], ["=2+0"], ["=1/0"]], "USER_ENTERED")
    grid = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 7, "endColumnIndex": 8}
    client.batch({"sortRange": {"range": grid, "sortSpecs": [{"dimensionIndex": 7, "sortOrder": "ASCENDING"}]}})
    assert client.values("H1:H5") == [["1"], ["2"], ["3"], ["x"], ["#DIV/0!"]]


def test_formulas_are_calculated_again_from_the_file(tmp_path: Any) -> None:
    path = tmp_path / "sheets.db"
    with LocalSheets(path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.put("A1", [[2], ['plain {"f":1}'], ["=A1*3"]], "USER_ENTERED")
        client.connection.close()
    with LocalSheets(path) as server:
        client = Client(server)
        assert client.values("A1:A3") == [["2"], ['plain {"f":1}'], ["6"]]
        assert len(server.api._books["local"].current.sheets[0].formula_rows) == 1
        client.connection.close()


def test_rows_that_hold_formulas_are_known(client: Client) -> None:
    def known() -> set[int]:
        sheet = client.server.api._books["local"].current.sheets[0]
        return {index for index, row in enumerate(sheet.rows) if row.id in sheet.formula_rows}

    client.put("H2", [["=1"], ["=2"], ["=3"]], "USER_ENTERED")
    assert known() == {1, 2, 3}
    client.put("H3", [["no"]])
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    client.batch({"deleteDimension": {"range": rows}})
    assert known() == {2}
    client.batch({"insertDimension": {"range": {**rows, "startIndex": 0, "endIndex": 5}}})
    assert known() == {7}


# The text of a formula


def test_the_tokens_of_a_formula_join_to_its_text() -> None:
    text = "= SUM( 'It''s'!$A2:B ; \"a,\"\"b\" )-1.5e3% + #REF!"
    assert "=" + "".join(token.text for token in tokens(text)) == text


def test_a_formula_is_parsed_once() -> None:
    assert parse("=1") is parse("=1") == Literal(1)
    with pytest.raises(NotAFormulaError):
        parse("no formula")


def moved(before: str, own: str, changed: str, *, by_rows: bool, change: Any) -> str:
    lines = Lines(0, "ROWS" if by_rows else "COLUMNS", change)

    def place(grid: dict[str, Any]) -> Moved | None:
        found = lines.grid(grid)
        return None if found is None else Moved(found)

    return followed(before, own, changed, place)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (inserted(1, 2), "=A1+A2", "=A1+A4"),
        (inserted(1, 1), "=SUM(A1:A3)", "=SUM(A1:A4)"),
        (inserted(3, 1), "=SUM(A1:A3)", "=SUM(A1:A3)"),
        (inserted(1, 1), "=A$2&$b2", "=A$3&$B3"),
        (inserted(1, 1), "=COUNTIF(A2:A,A2:C)", "=COUNTIF(A3:A,A3:C)"),
        (inserted(1, 1), "=A:A+2:3", "=A:A+3:4"),
        (inserted(1, 1), "=Other!A2+'tab'!A2+TAB!A2", "=Other!A2+'tab'!A3+TAB!A3"),
        (inserted(1, 1), '="A2"&A2 & LOG10(A1) ', '="A2"&A3 & LOG10(A1) '),
        (inserted(1, 1), "=SUM(A5:A2)", "=SUM(A6:A3)"),
        (deleted(1, 1), "=A2+A3", "=#REF!+A2"),
        (deleted(1, 1), "=SUM(A1:A3)", "=SUM(A1:A2)"),
        (deleted(1, 3), "=SUM(Tab!A2:A4;1)", "=SUM(#REF!;1)"),
        (deleted(0, 2), "=SUM(A2:A)", "=SUM(A1:A)"),
        (deleted(1, 1), "=A2+", "=A2+"),
        (deleted(1, 1), "A2", "A2"),
    ],
)
def test_references_follow_rows(change: Any, before: str, after: str) -> None:
    assert moved(before, "Tab", "Tab", by_rows=True, change=change) == after


def test_references_follow_columns_and_only_those_of_the_changed_tab() -> None:
    assert moved("=B1+$B:C+Tab!B1+1:2", "Tab", "Tab", by_rows=False, change=inserted(1, 1)) == "=C1+$C:D+Tab!C1+1:2"
    assert moved("=B1+Tab!B1", "Mine", "Tab", by_rows=False, change=deleted(1, 1)) == "=B1+#REF!"


@pytest.mark.parametrize(
    ("rows", "columns", "before", "after"),
    [
        (1, 0, "=A1+A$1+$A1", "=A2+A$1+$A2"),
        (0, 1, "=A1+A$1+$A1", "=B1+B$1+$A1"),
        (-1, 0, "=A1+A2", "=#REF!+A1"),
        (2, 1, "=SUM(A2:A)+X!B:C+2:$3", "=SUM(B4:B)+X!C:D+4:$3"),
        (0, -1, "=SUM(A1:B2)", "=SUM(#REF!)"),
        (1, 1, '=IF(a1 = "A1", 1 , 2)', '=IF(B2 = "A1", 1 , 2)'),
        (1, 1, "=A1+", "=A1+"),
    ],
)
def test_a_copied_formula_looks_as_far_away_as_before(rows: int, columns: int, before: str, after: str) -> None:
    assert shifted(before, rows, columns) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("=Old!A1+old!B2:B", "='New tab'!A1+'New tab'!B2:B"),
        ("='Old'!A1&\"Old!A1\"", "='New tab'!A1&\"Old!A1\""),
        ("=Older!A1+A1", "=Older!A1+A1"),
        ("=Old!A1+", "=Old!A1+"),
    ],
)
def test_a_renamed_tab_is_followed(before: str, after: str) -> None:
    assert retitled(before, "Old", "New tab") == after


_REFS = st.builds(
    lambda title, a, row, b, more: f"{title}{a}{row}{more.format(b)}",
    st.sampled_from(["", "Tab!", "'Two words'!"]),
    st.sampled_from(["A", "$B", "Z"]),
    st.sampled_from(["1", "$7", "30"]),
    st.sampled_from(["C9", "$D$40", "E"]),
    st.sampled_from(["", ":{}"]),
)
_PIECES = st.one_of(
    _REFS, st.sampled_from(['"A1 ""x"""', "12.5", "TRUE", "LOG10( 3 )", "name_1", "50%", "{1,2;3,4}", "#N/A", "A:A"])
)
_JOINS = st.sampled_from(["+", " & ", "<>", "-(", "*SUM(", " = "])


@given(st.lists(st.tuples(_PIECES, _JOINS), max_size=6), _PIECES, st.integers(0, 40), st.integers(1, 5))
@settings(max_examples=300)
def test_rewriting_keeps_all_that_is_no_reference(parts: list[tuple[str, str]], last: str, at: int, count: int) -> None:
    body = "".join(piece + join for piece, join in parts) + last
    text = "=" + body + ")" * (body.count("(") - body.count(")"))
    there = moved(text, "Tab", "Tab", by_rows=True, change=inserted(at, count))
    assert [token for token in tokens(there) if token.kind != "ref"] == [
        token for token in tokens(text) if token.kind != "ref"
    ]
    back = moved(there, "Tab", "Tab", by_rows=True, change=deleted(at, count))
    assert back == text
    assert shifted(shifted(text, count, count), -count, -count) == text


_VALUES = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from([0.5, True, False, "", "a", "A", "b", "5"]), st.just(46082)
)


@given(st.lists(_VALUES, min_size=1, max_size=8), _VALUES, st.sampled_from(sorted(COMPARISONS)))
@settings(max_examples=300)
def test_a_column_compares_as_its_cells_do(values: list[Any], other: Any, sign: str) -> None:
    sheet = new_sheet(0, {"title": "S"}, 12, 4)
    for index, value in enumerate(values):
        one = None if value is None else Cell(value)
        beside = None if other is None else Cell(other)
        each = Formula(f"=(A{index + 1}{sign}B{index + 1})*1")
        sheet.rows[index] = sheet.rows[index]._replace(cells=(one, beside, Cell(each)))
    top = sheet.rows[0].cells
    whole = Formula(f"=SUMPRODUCT((A1:A12{sign}B1)*1)-SUMPRODUCT((B1{sign}A{len(values) + 1}:A12)*1)")
    sheet.rows[0] = sheet.rows[0]._replace(cells=(*top, Cell(whole)))
    sheet.note_formulas(sheet.rows)
    calculator = Calculator(Spreadsheet("b", {"locale": "en_US"}, [sheet]))
    single = sum(calculator.value(sheet, index, 2) for index in range(len(values)))  # type: ignore[misc]
    blank = calculator.look_up(sheet, parse(f"=(A12{sign}B1)*1"), 0, 0, (0, 0))
    turned = calculator.look_up(sheet, parse(f"=(B1{sign}A12)*1"), 0, 0, (0, 0))
    rest = 12 - len(values)
    assert calculator.value(sheet, 0, 3) == single + rest * blank - rest * turned  # type: ignore[operator]


def test_a_wrong_number_of_arguments_is_no_number(client: Client) -> None:
    shown = {name: result(client, f"={name}({','.join('1' * 9)})") for name in ("ABS", "TODAY", "IF", "MATCH")}
    assert set(shown.values()) == {"#N/A"}
    assert not re.search("[0-9]", "".join(map(str, shown.values())))
