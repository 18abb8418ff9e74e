from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_schema import records
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import ColumnAt, TabAt
from sheet_schema.records import Bad, Cell, Value
from sheet_schema.tabs import CAMPAIGNS, CODES, REDEMPTIONS

if TYPE_CHECKING:
    from sheet_schema.schema import Column, Tab

EN, RU = LANGUAGES["en"], LANGUAGES["ru"]
STATUS, EVENT, SOURCE = CODES.column("status"), REDEMPTIONS.column("event"), CAMPAIGNS.column("code_source")
DAY = 86_400_000


def ms(*parts: int) -> int:
    """Wall time in ms since 1899-12-30."""
    return (datetime(*parts) - datetime(1899, 12, 30)) // timedelta(milliseconds=1)  # type: ignore[arg-type]  # noqa: DTZ001


FIRST, LAST = ms(1970, 1, 1), ms(2200, 12, 31, 23, 59, 59) + 999


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("  A-1\n", "A-1", id="outer spaces"),
        pytest.param("\xa0A 1\xa0", "A 1", id="no-break spaces"),
        pytest.param("", "", id="empty"),
        pytest.param("007", "007", id="digits keep their zeros"),
        pytest.param("1E5", "1E5", id="no number is seen in text"),
        pytest.param(123, "123", id="int"),
        pytest.param(123.0, "123", id="whole float"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(100.0, "100", id="zeros before the point stay"),
        pytest.param(1e15, "1000000000000000", id="no exponent"),
        pytest.param(1e23, "1" + "0" * 23, id="no binary digits"),
        pytest.param(1e-7, "0.0000001", id="small"),
        pytest.param(-0.0, "0", id="minus zero"),
        pytest.param(-12.5, "-12.5", id="negative"),
        pytest.param(True, "TRUE", id="true"),
        pytest.param(False, "FALSE", id="false"),
    ],
)
def test_text_of_a_cell(cell: Cell, text: str) -> None:
    assert records.text(cell) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_text_of_a_number_is_the_same_number_without_an_exponent(number: float) -> None:
    text = records.text(number)
    assert float(text) == number
    assert set(text) <= set("-.0123456789")


@given(st.integers(FIRST, LAST))
def test_a_written_time_is_read_again_to_the_millisecond(wall: int) -> None:
    assert records.wall_ms(records.serial(wall)) == wall


@given(st.integers(FIRST, LAST))
def test_fifteen_digits_of_a_written_time_are_enough(wall: int) -> None:
    assert records.wall_ms(float(f"{records.serial(wall):.15g}")) == wall


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 12, 31)))  # noqa: DTZ001
def test_a_typed_time_is_read_in_both_orders(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    wall = (moment - datetime(1899, 12, 30)) // timedelta(milliseconds=1)  # noqa: DTZ001
    assert records.wall_ms(f"{moment:%Y-%m-%d %H:%M:%S}") == wall
    assert records.wall_ms(f"{moment:%d.%m.%Y %H:%M:%S}") == wall


@pytest.mark.parametrize(
    ("cell", "wall"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("  ", None, id="blank"),
        pytest.param(46112, ms(2026, 3, 31), id="serial day"),
        pytest.param(46112.0, ms(2026, 3, 31), id="serial day as a float"),
        pytest.param(46112.586805555555, ms(2026, 3, 31, 14, 5), id="serial moment"),
        pytest.param("2026-03-31", ms(2026, 3, 31), id="ISO day"),
        pytest.param(" 2026-03-31 ", ms(2026, 3, 31), id="spaces around"),
        pytest.param("2026-03-31 14:05", ms(2026, 3, 31, 14, 5), id="ISO minute"),
        pytest.param("2026-03-31T14:05:09", ms(2026, 3, 31, 14, 5, 9), id="ISO second"),
        pytest.param("31.03.2026", ms(2026, 3, 31), id="dotted day"),
        pytest.param("1.4.2026", ms(2026, 4, 1), id="dotted, short"),
        pytest.param("31.03.2026 9:05", ms(2026, 3, 31, 9, 5), id="dotted minute"),
        pytest.param("31.03.2026 14:05:09", ms(2026, 3, 31, 14, 5, 9), id="dotted second"),
        pytest.param("31/03/2026", ms(2026, 3, 31), id="strokes, one way alone"),
        pytest.param("03/31/2026", ms(2026, 3, 31), id="strokes, month first"),
        pytest.param("3-31-2026 14:05", ms(2026, 3, 31, 14, 5), id="dashes, month first"),
        pytest.param("04/04/2026", ms(2026, 4, 4), id="the same either way"),
        pytest.param("2026/03/31", ms(2026, 3, 31), id="strokes, year first"),
        pytest.param("03.31.2026", ms(2026, 3, 31), id="dots, month first, one way alone"),
        pytest.param("03.04.2026", ms(2026, 4, 3), id="dots: day first"),
        pytest.param("31.03.2026 г.", ms(2026, 3, 31), id="with the Russian for year"),
        pytest.param("31 марта 2026", ms(2026, 3, 31), id="month in words"),
        pytest.param("31 Мар. 2026 г.", ms(2026, 3, 31), id="month in short"),
        pytest.param("31 March 2026", ms(2026, 3, 31), id="month in English"),
        pytest.param("mar 31, 2026, 9:05", ms(2026, 3, 31, 9, 5), id="month first in words"),
        pytest.param("29.02.2028", ms(2028, 2, 29), id="leap day"),
        pytest.param(ms(1970, 1, 1) / DAY, ms(1970, 1, 1), id="the first day"),
        pytest.param("9998-12-31", ms(9998, 12, 31), id="the last day"),
    ],
)
def test_a_date_cell_is_read(cell: Cell, wall: int | None) -> None:
    assert records.wall_ms(cell) == wall


@pytest.mark.parametrize(
    "cell",
    [
        "soon", "31.03.26", "31/03.2026", "31 ма 2026", "31 juni 2026", "31 April 2026", "2026-02-29", "31.04.2026", "2026-13-32", "2026-03-31 24:00",
        "2026-03-31 14:60", "2026-03-31 14", "2026-03-31 14:05:09.5", "2026-03-31Z", "1.1.1969",
        "٣١.٠٣.٢٠٢٦", "46112", "#REF!", "0000-01-01", "9999-12-31", "31.03.99999",
        True, False, 0, 1, -1, 2026, 20260331, 1e18, 1e308, -1e308, math.inf, -math.inf, math.nan, 10**30,
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_date_is_named(cell: Cell) -> None:
    assert records.wall_ms(cell) == Bad("not_a_date", records.text(cell))
    assert not records.has_time_of_day(cell)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        pytest.param("03/04/2026", "date_two_ways", id="strokes"),
        pytest.param("3-4-2026 14:05", "date_two_ways", id="dashes"),
        pytest.param("2026-31-03", "date_wrong_way", id="the day in the middle"),
        pytest.param("2026-13-01", "date_wrong_way", id="no month 13"),
    ],
)
def test_a_date_that_may_be_another_day_is_not_guessed_at(cell: str, word: str) -> None:
    assert records.wall_ms(cell) == Bad(word, cell)


@given(st.text() | st.floats() | st.integers() | st.booleans())
def test_no_cell_is_too_strange_to_be_read(cell: Cell) -> None:
    records.wall_ms(cell)
    records.count(cell)
    records.yes_no(cell)
    records.choice(STATUS, cell)
    assert records.text(cell) == records.text(cell).strip()


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        (46112, False), (46112.5, True), ("2026-03-31", False), ("31.03.2026 14:05", True), ("", False),
        ("2026-03-31 00:00", False),
    ],
)  # fmt: skip
def test_a_day_is_told_from_a_moment(cell: Cell, *, has: bool) -> None:
    assert records.has_time_of_day(cell) is has


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("used", "used"), (" USED ", "used"), ("Un used", "unused"), ("void", "void"),
        ("использован", "used"), ("Не использован", "unused"), ("неиспользован", "unused"),
        ("НЕ  ИСПОЛЬЗОВАН", "unused"),
        ("аннулирован", "void"), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_status_is_understood_in_every_language(typed: str, key: str | None) -> None:
    assert records.choice(STATUS, typed) == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("redeemed", "redeemed"), ("rolled back", "rolled_back"), ("Rolled_Back", "rolled_back"),
        ("rolledback", "rolled_back"),
        ("возвращён", "rolled_back"), ("возвращен", "rolled_back"), ("отозван", "withdrawn"),
    ],
)  # fmt: skip
def test_an_event_is_understood(typed: str, key: str) -> None:
    assert records.choice(EVENT, typed) == key


@pytest.mark.parametrize("cell", ["maybe", "redeemed", 1, True, "used!"], ids=repr)
def test_a_word_of_another_column_is_no_status(cell: Cell) -> None:
    assert records.choice(STATUS, cell) == Bad("not_a_choice", records.text(cell))


@pytest.mark.parametrize(
    "cell", ["yes", "Yes ", "да", "ДА", "TRUE", "true", True, "1", 1, 1.0, "x", "X", "х", "истина"]
)
def test_yes_in_all_its_spellings(cell: Cell) -> None:
    assert records.yes_no(cell) is True


@pytest.mark.parametrize("cell", ["no", "NO", "нет", "False", False, "0", 0, 0.0, "ложь"])
def test_no_in_all_its_spellings(cell: Cell) -> None:
    assert records.yes_no(cell) is False


@pytest.mark.parametrize("cell", ["maybe", 2, 0.5, "yes!"], ids=repr)
def test_neither_yes_nor_no(cell: Cell) -> None:
    assert records.yes_no(cell) == Bad("not_yes_no", records.text(cell))


def test_an_empty_cell_is_no_answer() -> None:
    assert records.yes_no(" ") is None
    assert records.count("") is None


@pytest.mark.parametrize(
    ("cell", "number"), [(5, 5), (5.0, 5), ("5", 5), (" 12 ", 12), ("007", 7), (999_999_999, 999_999_999)]
)
def test_a_count_is_read(cell: Cell, number: int) -> None:
    assert records.count(cell) == number


@pytest.mark.parametrize(
    "cell",
    [0, -1, 1.5, "0", "-3", "1.5", "five", "5%", "1e3", "٥", "9" * 5000, True, math.nan, math.inf, 1e300, 10**9],
    ids=lambda cell: repr(cell)[:12],
)
def test_what_is_no_count_is_named(cell: Cell) -> None:
    assert records.count(cell) == Bad("not_a_count", records.text(cell))


@pytest.mark.parametrize(
    ("cell", "data"),
    [
        pytest.param(
            records.text_cell("=1+1"),
            {
                "userEnteredValue": {"stringValue": "=1+1"},
                "userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}},
            },
            id="text is literal",
        ),
        pytest.param(records.number_cell(5), {"userEnteredValue": {"numberValue": 5}}, id="number"),
        pytest.param(
            records.date_cell(EN, ms(2026, 3, 31)),
            {
                "userEnteredValue": {"numberValue": 46112.0},
                "userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}},
            },
            id="day",
        ),
        pytest.param(
            records.date_cell(RU, ms(2026, 3, 31, 12)),
            {
                "userEnteredValue": {"numberValue": 46112.5},
                "userEnteredFormat": {"numberFormat": {"type": "DATE_TIME", "pattern": "dd.mm.yyyy hh:mm"}},
            },
            id="day with a time",
        ),
        pytest.param(
            records.time_cell(RU, ms(2026, 3, 31)),
            {
                "userEnteredValue": {"numberValue": 46112.0},
                "userEnteredFormat": {"numberFormat": {"type": "DATE_TIME", "pattern": "dd.mm.yyyy hh:mm"}},
            },
            id="moment",
        ),
        pytest.param(
            records.choice_cell(RU, "rolled_back"),
            {
                "userEnteredValue": {"stringValue": "возвращён"},
                "userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}},
            },
            id="word",
        ),
    ],
)
def test_a_cell_is_written(cell: records.CellData, data: records.CellData) -> None:
    assert cell == data


@pytest.mark.parametrize(
    ("tab", "column", "value", "written"),
    [
        (CODES, "code", "A-1", {"stringValue": "A-1"}),
        (CODES, "code", 7, {"stringValue": "7"}),
        (CODES, "status", "unused", {"stringValue": "не использован"}),
        (CODES, "used_on", ms(2026, 3, 31, 6), {"numberValue": 46112.25}),
        (CODES, "expiration_date", ms(2026, 3, 31), {"numberValue": 46112.0}),
        (CAMPAIGNS, "length", 12, {"numberValue": 12}),
        (CAMPAIGNS, "active", True, {"stringValue": "да"}),
        (CAMPAIGNS, "active", False, {"stringValue": "нет"}),
    ],
    ids=repr,
)
def test_a_value_is_written_as_its_column_wants_it(tab: Tab, column: str, value: Value, written: object) -> None:
    assert records.cell(RU, tab.column(column), value)["userEnteredValue"] == written


@pytest.mark.parametrize(
    "column", [column for tab in (CODES, CAMPAIGNS) for column in tab.columns], ids=lambda each: each.key
)
@pytest.mark.parametrize("value", [None, ""], ids=["None", "blank"])
def test_an_empty_cell_keeps_the_format_of_its_column(column: Column, value: Value) -> None:
    assert records.cell(EN, column, value) == records.empty_cell(EN, column)
    assert "userEnteredValue" not in records.empty_cell(EN, column)


def test_a_row_is_written_where_its_columns_stand_now_and_nothing_else_is_touched() -> None:
    places = {"code": 4, "campaign": 3, "status": 0, "used_on": 6}
    at = TabAt(7, "Promo codes", {key: ColumnAt(index, key) for key, index in places.items()}, 1000, 11)
    values = {"code": "A-1", "campaign": "spring", "name": "Ann", "used_on": None, "status": "unused"}
    runs = records.row_cells(at, CODES, EN, values)
    found = [(run.start, [cell.get("userEnteredValue", {}).get("stringValue") for cell in run.cells]) for run in runs]
    assert found == [(0, ["unused"]), (3, ["spring", "A-1"]), (6, [None])]


def test_a_row_without_columns_is_nothing() -> None:
    assert records.row_cells(TabAt(7, "x", {}, 1000, 11), CODES, EN, {"code": "A-1"}) == []
