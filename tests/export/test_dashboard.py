"""Every number of the Dashboard is what a plain count of the rows gives: on the local server, and in LibreOffice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import office
import pytest
import shop
from counts import Counts
from local_sheet import Staff, spreadsheet
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from xlsx_file import export

from sheet_schema import dates

Books = dict[tuple[str, str], "Book"]
Computed = dict[tuple[str, str], Workbook]
LANGUAGES, STATES = ("en", "ru"), ("typed", "disturbed")
SEEDS = {"en": 5, "ru": 6}


@dataclass
class Book:
    """A spreadsheet at one moment: its rows, which cells are formulas, what the local server computes."""

    staff: Staff
    rows: dict[str, list[dict[str, Any]]]
    formulas: dict[str, str]
    local: dict[str, Any]
    file: Path

    def expected(self, shown: dict[str, Any]) -> dict[str, Any]:
        """What has to be shown on the day that a Dashboard takes for today: its last one."""
        today = int(shown["H54"])
        assert abs(today - moscow_today()) <= 1
        return Counts(self.staff.language, **self.rows, today=today).cells()


def moscow_today() -> int:
    return (datetime.now(ZoneInfo("Europe/Moscow")).replace(tzinfo=None) - dates.ZERO).days


def seen(staff: Staff, file: Path) -> Book:
    title = staff.title("dashboard")
    plain = cells(staff, title, "UNFORMATTED_VALUE")
    formulas = {name: cell for name, cell in cells(staff, title, "FORMULA").items() if str(cell).startswith("=")}
    export(staff.url, file)
    tabs = ("codes", "redemptions", "campaigns", "pool")
    return Book(staff, {tab: staff.rows(tab) for tab in tabs}, formulas, plain, file)


def cells(staff: Staff, title: str, render: str) -> dict[str, Any]:
    url = f"{staff.url}/values/'{title}'!A1:Z100?valueRenderOption={render}"
    rows = staff.session.get(url, timeout=60).json()["values"]
    return {
        f"{get_column_letter(column)}{row}": cell
        for row, line in enumerate(rows, 1)
        for column, cell in enumerate(line, 1)
    }


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    folder = tmp_path_factory.mktemp("books")
    with ExitStack() as stack:
        found = {}
        for code in LANGUAGES:
            _, _, staff = stack.enter_context(spreadsheet(code))
            shop.fill(staff, SEEDS[code], moscow_today())
            found[code, "typed"] = seen(staff, folder / f"{code}-typed.xlsx")
            shop.disturb(staff, SEEDS[code])
            found[code, "disturbed"] = seen(staff, folder / f"{code}-disturbed.xlsx")
        yield found


@pytest.fixture(scope="module")
def computed(books: Books, tmp_path_factory: pytest.TempPathFactory) -> Computed:
    office.need()
    files = [book.file for book in books.values()]
    return dict(zip(books, office.computed(files, tmp_path_factory.mktemp("computed")), strict=True))


def differences(shown: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """In words; a number may differ by what a binary fraction is off."""
    found = []
    for name, wanted in expected.items():
        cell = shown.get(name, "")
        same = (
            abs(cell - wanted) < 1e-9 if isinstance(wanted, float) and isinstance(cell, int | float) else cell == wanted
        )
        if not same:
            found.append(f"{name}: {cell!r} instead of {wanted!r}")
    return found


def of_office(book: Workbook, title: str) -> dict[str, Any]:
    found = {}
    for row in book[title].iter_rows():
        for cell in row:
            value = cell.value
            found[cell.coordinate] = to_excel(value) if isinstance(value, datetime) else "" if value is None else value
    return found


STATED = [(code, state) for code in LANGUAGES for state in STATES]


@pytest.mark.parametrize("which", STATED, ids="-".join)
def test_the_local_server_computes_what_a_count_of_the_rows_gives(books: Books, which: tuple[str, str]) -> None:
    book = books[which]
    assert differences(book.local, book.expected(book.local)) == []


@pytest.mark.parametrize("which", STATED, ids="-".join)
def test_libreoffice_computes_what_a_count_of_the_rows_gives(
    books: Books, computed: Computed, which: tuple[str, str]
) -> None:
    shown = of_office(computed[which], books[which].staff.title("dashboard"))
    assert differences(shown, books[which].expected(shown)) == []


@pytest.mark.parametrize("which", STATED, ids="-".join)
def test_no_formula_in_sight_is_left_out_of_the_count_and_none_out_of_sight_is_an_error(
    books: Books, computed: Computed, which: tuple[str, str]
) -> None:
    book = books[which]
    shown = of_office(computed[which], book.staff.title("dashboard"))
    in_sight = {name for name in book.formulas if re.match("[A-M][0-9]", name)}
    assert in_sight == set(book.expected(shown))
    out_of_sight = book.formulas.keys() - in_sight
    assert len(out_of_sight) > 200
    assert [name for name in out_of_sight if str(shown[name]).startswith("#")] == []
    assert differences(shown, {name: book.local[name] for name in out_of_sight}) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_shop_is_nasty_enough_to_tell_numbers_apart(books: Books, code: str) -> None:
    counts = books[code, "typed"].expected(books[code, "typed"].local)
    for letter, at_least in {"B": 10, "C": 5, "E": 5, "I": 5, "J": 5, "M": 3}.items():
        column = [value for name, value in counts.items() if name.startswith(letter) and len(name) == 3]
        assert len(set(column)) >= at_least, (letter, column)
    assert counts["F4"] > 0
    assert counts["D4"] > 0
    assert counts["M33"] > 0
    assert counts["A55"]
