"""Which rows are struck through, grey or amber, and which a filter view shows: each rule, computed beside its rows.

What LibreOffice makes of a rule is hard to read from a file, so its formula is put into cells of a tab of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import office
import pytest
import shop
from local_sheet import Staff, spreadsheet
from openpyxl import Workbook
from test_dashboard import LANGUAGES, moscow_today
from xlsx_file import export

TAB = "Rules"
#: Status, days from today to the end (a fraction is a time), what the row is.
STATUSES = {
    "unused": "open", "used": "used", "void": "void", "не использован": "open", "использован": "used",
    "аннулирован": "void", " Used ": "used", "VOID": "void", "": "open", "usd": "open", "Не  использован": "open",
}  # fmt: skip
ENDS = (None, "31.31.2026", "soon", -40, -1, -0.5, 0, 1, 2.5, 3, 3.75, 4, 6, 6.5, 7, 30)
ACTIVE = {
    "": False,
    "yes": False,
    "no": True,
    "Нет": True,
    "FALSE": True,
    "0": True,
    "да": False,
    " no ": True,
    "none": False,
}
EVENTS = {
    "redeemed": False,
    "погашен": False,
    "rolled back": True,
    "Возвращён": True,
    "withdrawn": True,
    "отозван": True,
    "": False,
}


def looks_of(status: str, end: Any) -> dict[str, bool]:
    """What a row of Promo codes has to look like, rule by rule in their order, then what each view shows of it."""
    word = STATUSES[status]
    dated = isinstance(end, int | float) and word == "open"
    over = dated and (end < 0)
    return {
        "red status": word == "void",
        "blue status": word == "used",
        "green status": " ".join(status.split()).casefold() in {"unused", "не использован"},
        "struck": word == "void",
        "quiet": word == "used",
        "grey": over,
        "amber": dated and end < 4,
        "view unused": word == "open",
        "view expiring": dated and 0 <= end < 7,
    }


@dataclass
class Ruled:
    staff: Staff
    file: Path
    local: list[list[Any]]


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ruled]]:
    folder = tmp_path_factory.mktemp("ruled")
    with ExitStack() as stack:
        yield {
            code: ruled_book(stack.enter_context(spreadsheet(code))[2], folder / f"{code}.xlsx") for code in LANGUAGES
        }


def ruled_book(staff: Staff, file: Path) -> Ruled:
    today = moscow_today()
    codes = [
        {
            "code": f"C-{n}",
            "status": status,
            "expiration_date": "" if end is None else end if isinstance(end, str) else today + end,
        }
        for n, (status, end) in enumerate(pairs())
    ]
    shop.put(staff, "codes", codes)
    shop.put(staff, "campaigns", [{"campaign": f"c{n}", "active": text} for n, text in enumerate(ACTIVE)])
    shop.put(staff, "redemptions", [{"code": "C", "event": text} for text in EVENTS])
    grid = {"rowCount": 400, "columnCount": 20}
    staff.edit({"addSheet": {"properties": {"sheetId": 900, "title": TAB, "gridProperties": grid}}})
    lines = [
        *columns(staff, "codes", len(codes)),
        *columns(staff, "campaigns", len(ACTIVE)),
        *columns(staff, "redemptions", len(EVENTS)),
    ]
    rows = [[line[row] if row < len(line) else "" for line in lines] for row in range(len(codes))]
    cells = [{"values": [{"userEnteredValue": {"formulaValue": cell}} if cell else {} for cell in row]} for row in rows]
    staff.edit({"updateCells": {"start": {"sheetId": 900}, "rows": cells, "fields": "userEnteredValue"}})
    export(staff.url, file)
    return Ruled(staff, file, staff.values(f"'{TAB}'!A1:Z400"))


def pairs() -> list[tuple[str, Any]]:
    return [(status, end) for status in STATUSES for end in ENDS]


def columns(staff: Staff, tab: str, count: int) -> list[list[str]]:
    """Formulas of the rules and views of a tab, each for every row of data: one list for one of them."""
    answer = staff.session.get(
        staff.url, params={"fields": "sheets(properties.title,conditionalFormats,filterViews)"}, timeout=30
    )
    (sheet,) = [each for each in answer.json()["sheets"] if each["properties"]["title"] == staff.title(tab)]
    conditions = [(each["booleanRule"]["condition"], 1) for each in sheet["conditionalFormats"]]
    for view in sheet.get("filterViews", []):
        conditions += [(spec["filterCriteria"]["condition"], 2) for spec in view.get("filterSpecs", [])]
    texts = [(condition["values"][0]["userEnteredValue"], first) for condition, first in conditions]
    return [[placed(text, first, staff.title(tab), row) for row in range(2, count + 2)] for text, first in texts]


def placed(text: str, first: int, title: str, row: int) -> str:
    """The formula as it holds for a row, asked from another tab; *first* is the row that it is written for."""
    assert re.search(rf"\$[A-Z]+{first}\b", text), text
    return re.sub(rf"\$([A-Z]+){first}\b", rf"'{title}'!$\g<1>{row}", text)


@pytest.fixture(scope="module")
def computed(ruled: dict[str, Ruled], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    office.need()
    books = office.computed([each.file for each in ruled.values()], tmp_path_factory.mktemp("computed"))
    return dict(zip(ruled, books, strict=True))


def holds(cell: Any) -> bool:
    """A rule whose formula is an error, as for text in a date, does not hold."""
    return cell is True


def wrong(rows: list[list[Any]]) -> list[str]:
    """Cells that are not what they have to be, in words."""
    found = []
    for (status, end), row in zip(pairs(), rows, strict=False):
        expected = looks_of(status, end)
        found += [
            f"{status!r} {end}: {name} is {cell}"
            for (name, wanted), cell in zip(expected.items(), row, strict=False)
            if holds(cell) is not wanted
        ]
    start = len(looks_of("", None)) + 1  # the view of what was used today comes between
    for column, table in ((start, ACTIVE), (start + 1, EVENTS)):
        found += [
            f"{text!r}: {rows[n][column]}"
            for n, (text, wanted) in enumerate(table.items())
            if holds(rows[n][column]) is not wanted
        ]
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_local_server_gives_a_row_the_look_that_its_words_and_dates_ask_for(
    ruled: dict[str, Ruled], code: str
) -> None:
    rows = ruled[code].local
    assert len(rows) == len(pairs())
    assert wrong(rows) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_libreoffice_gives_a_row_the_look_that_its_words_and_dates_ask_for(
    computed: dict[str, Workbook], code: str
) -> None:
    rows = [[cell.value for cell in row] for row in computed[code][TAB].iter_rows()]
    assert wrong(rows) == []
