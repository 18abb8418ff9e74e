from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from schema_book import Book, set_up

from sheet_schema import looks
from sheet_schema.adoption import suspects
from sheet_schema.languages import LANGUAGES
from sheet_schema.plan import PlanRefused, describe, plan
from sheet_schema.tabs import CODES

EN, RU = LANGUAGES["en"], LANGUAGES["ru"]
ARTICLE = ["Promo code", "Subscriber name/ID", "Issue date", "Expiration date", "Status", "Usage channel"]
STATUS = CODES.column("status")


def apply(book: Book) -> list[str]:
    located = book.adopt()
    batch = plan(located, None, book.looks(located))
    book.apply(batch)
    return describe(batch, located)


def found(book: Book) -> dict[str, str]:
    """Column key -> title, of what is adopted as Promo codes."""
    return {key: column.title for key, column in book.adopt().layout.tabs["codes"].columns.items()}


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        pytest.param(
            ARTICLE,
            ["code", "subscriber_id", "issue_date", "expiration_date", "status", "usage_channel"],
            id="as in the article",
        ),
        pytest.param(
            ["Статус", "Канал", "Промо-код", "Действителен до", "Имя/ID подписчика", "Дата выдачи"],
            ["status", "usage_channel", "code", "expiration_date", "subscriber_id", "issue_date"],
            id="in Russian, in any order",
        ),
        pytest.param(
            ["No.", "CODE:", "Full name", "id", "issued", "Valid till", "status"],
            [None, "code", "name", "subscriber_id", "issue_date", "expiration_date", "status"],
            id="name and ID apart",
        ),
        pytest.param(
            ["ID подписчика", "Подписчик", "Код", "Срок действия"],
            ["subscriber_id", "name", "code", "expiration_date"],
            id="what may be either is a name beside an ID",
        ),
        pytest.param(
            ["Promo\u00a0code", "Subscriber", "Valid\u00a0until"],
            ["code", "subscriber_id", "expiration_date"],
            id="non-breaking spaces",
        ),
        pytest.param(
            ["Code", "Promo code", "Status", "Expires"],
            [None, "code", "status", "expiration_date"],
            id="the proper title goes first",
        ),
        pytest.param(["Промокод", "Status", "Expiry date"], ["code", "status", "expiration_date"], id="two languages"),
        pytest.param(["", "Code", "", "State", "ID"], [None, "code", None, "status", "subscriber_id"], id="gaps"),
    ],
)
def test_columns_are_known_by_what_people_call_them(header: list[str], keys: list[str | None]) -> None:
    book = Book({"Sheet1": [header, ["x"] * len(header)]})
    assert found(book) == {key: title for key, title in zip(keys, header, strict=True) if key}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_other_title_of_a_column_is_known(code: str) -> None:
    telling = ["Promo code", "Issue date", "Expiration date", "Status"]
    for key, titles in LANGUAGES[code].aliases.items():
        for title in titles:
            wanted = "subscriber_id" if key == "subscriber" else key
            proper = EN.columns["codes"].get(key, "")
            header = [*(each for each in telling if each != proper), title]
            assert found(Book({"A": [header]}))[wanted] == title, title


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_other_titles_for_each_column(code: str) -> None:
    assert set(LANGUAGES[code].aliases) == {"subscriber", *(column.key for column in CODES.columns)}


def test_no_title_may_mean_two_columns() -> None:
    titles = Counter(
        "".join(filter(str.isalnum, title.casefold()))
        for key in EN.aliases
        for titles in ([language.aliases[key] for language in LANGUAGES.values()])
        for title in {*titles}
    )
    proper = {
        "".join(filter(str.isalnum, title.casefold()))
        for language in LANGUAGES.values()
        for title in language.columns["codes"].values()
    }
    assert [title for title, count in titles.items() if count > 1] == []
    assert sorted(titles.keys() & proper) == []


@pytest.mark.parametrize("title", ["Sheet1", "Лист1", "Promo", "Промо", "Promo codes", "Наши промокоды 2026"])
def test_the_tab_may_have_any_name(title: str) -> None:
    book = Book({"Notes": [["Code", "x"]], title: [ARTICLE, ["A-1", "Ann", "", "", "used", ""]]})
    before = deepcopy(book[title].rows)
    lines = apply(book)
    assert lines[0] == f"take tab '{title}' into use"
    assert [row[:6] for row in book[title].rows] == before
    assert book["Notes"].rows == [["Code", "x"]]
    assert book["Notes"].marks == []
    located = book.locate()
    assert located.faults == ()
    assert located.layout.tabs["codes"].title == title
    assert plan(located, None, book.looks()) == []


@pytest.mark.parametrize(
    ("header", "locale", "code"),
    [
        (ARTICLE, "ru_RU", "en"),
        (["Код", "Имя", "Срок действия", "Статус"], "en_US", "ru"),
        (["Код", "Status", "Expires"], "ru_RU", "en"),
        (["Код", "Статус", "Expires", "ID"], "ru_RU", "ru"),
    ],
)
def test_the_language_is_that_of_most_titles(header: list[str], locale: str, code: str) -> None:
    book = Book({"Sheet1": [header]}, locale)
    apply(book)
    assert book.locate().layout.language.code == code


TABS = [
    pytest.param(
        {"A": [ARTICLE], "B": [ARTICLE[::-1]]},
        "several_by_hand",
        "Several tabs look like 'Promo codes': 'A', 'B'. Rename the one that is",
        id="two tabs",
    ),
    pytest.param(
        {"A": [["Our codes"], [], ARTICLE, ["A-1"]]},
        "header_below",
        "The titles of the columns of 'A' stand in row 3, not in row 1.",
        id="a header below row 1",
    ),
    pytest.param(
        {"Promo codes": [["2026"], ARTICLE, ["A-1"]]},
        "header_below",
        "The titles of the columns of 'Promo codes' stand in row 2",
        id="a header below row 1 under the right name",
    ),
    pytest.param(
        {"A": [["A-1", "Ann", "used"], ["A-2", "Bob", "unused"]]},
        "no_header",
        "Row 1 of 'A' has no title 'Promo code'",
        id="no header",
    ),
    pytest.param(
        {"Promo codes": [["Nr", "Status"], ["A-1", "used"]]},
        "no_header",
        "Row 1 of 'Promo codes' has no title 'Promo code'",
        id="no title over the codes",
    ),
    pytest.param(
        {"A": [["Code", "Discount code", "Status", "Expires"]]},
        "doubled_column",
        "'A' has more than one column 'Promo code': A1, B1.",
        id="two columns for one",
    ),
    pytest.param(
        {"Promo codes": [["Promo code", "ФИО", "Name"]]},
        "doubled_column",
        "more than one column 'Subscriber name': B1, C1.",
        id="two names",
    ),
]


@pytest.mark.parametrize(("tabs", "word", "said"), TABS)
def test_what_is_not_certain_is_for_a_person_to_say(tabs: dict[str, list[list[Any]]], word: str, said: str) -> None:
    book = Book(tabs)
    with pytest.raises(PlanRefused) as refused:
        plan(book.adopt())
    assert [fault.word for fault in refused.value.faults] == [word]
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "tabs",
    [
        pytest.param({"A": [ARTICLE], "Promo codes": [ARTICLE]}, id="the one with the right name"),
        pytest.param({"A": [ARTICLE], "ПРОМОКОДЫ ": []}, id="the right name, in Russian, still empty"),
    ],
)
def test_of_two_tabs_the_right_name_decides(tabs: dict[str, list[list[Any]]]) -> None:
    book = Book(tabs)
    apply(book)
    assert book.locate().layout.tabs["codes"].title == list(tabs)[1]
    assert book["A"].rows == [ARTICLE]
    assert book["A"].marks == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["Code", "Campaign"], ["A-1", "spring"]], id="a pool"),
        pytest.param([["Time", "Promo code", "Event", "Usage channel", "Subscriber ID"]], id="redemptions"),
        pytest.param([["Name", "ID", "Issued", "Status"]], id="no codes"),
        pytest.param([["A-1", "Ann", "2026-01-01"]], id="codes without a word"),
        pytest.param([], id="nothing"),
    ],
)
def test_other_tabs_are_not_taken_for_promo_codes(rows: list[list[Any]]) -> None:
    book = Book({"Sheet1": rows})
    assert "codes" not in book.adopt().layout.tabs
    assert "add tab 'Promo codes'" in apply(book)


def test_once_set_up_has_been_here_nothing_is_adopted() -> None:
    book = set_up()
    book.sheets.remove(book["Promo codes"])
    book.sheets.append(Book({"Archive": [ARTICLE]}).sheets[0])
    book.sheets[-1].id = 999
    assert suspects(book.locate()) == []
    assert apply(book) == ["add tab 'Promo codes'"]


def test_the_functions_know_a_column_by_its_proper_title_or_its_mark_alone() -> None:
    book = Book({"Promo codes": [["Code", "State", "ID"]]})
    assert book.locate().layout.tabs["codes"].columns == {}
    apply(book)
    assert book.locate().faults == ()


def shaped(book: Book, key: str, seen: looks.Seen) -> dict[str, tuple[int, Any]]:
    """Which rows of an adopted column get a number format, and which a drop-down: the first one, from 0, and what."""
    located = book.adopt()
    at = located.layout.tabs["codes"]
    batch = plan(located, EN, {at.sheet_id: seen})
    index = at.columns[key].index
    rows: dict[str, tuple[int, Any]] = {}
    for request in batch:
        ((kind, body),) = request.items()
        area = body.get("range", {})
        if area.get("sheetId") == at.sheet_id and area.get("startColumnIndex") == index and kind != "addProtectedRange":
            rows[kind] = (area["startRowIndex"], body.get("cell") or body["rule"]["condition"]["type"])
    return {kind: (row, what) for kind, (row, what) in rows.items() if kind in {"repeatCell", "setDataValidation"}}


@pytest.mark.parametrize(
    ("seen", "format_from", "list_from"),
    [
        pytest.param(looks.Seen(is_old=True, rows=9, words={1: frozenset({"used", "unused"})}), 9, 1, id="our words"),
        pytest.param(looks.Seen(is_old=True, rows=9, words={1: frozenset({"Использовано"})}), 9, 9, id="other words"),
        pytest.param(looks.Seen(is_old=True, rows=9), 9, 9, id="too many words"),
        pytest.param(looks.Seen(is_old=True, rows=9, ruled=frozenset({1})), 9, None, id="a drop-down of theirs"),
        pytest.param(looks.Seen(is_old=True, rows=9, formatted=frozenset({1})), None, 9, id="a format of theirs"),
        pytest.param(looks.Seen(is_old=True, rows=1000), None, None, id="no row is left"),
        pytest.param(looks.Seen(is_old=True), 1, 1, id="no row is filled"),
    ],
)
def test_filled_cells_keep_their_formats_and_their_drop_downs(
    seen: looks.Seen, format_from: int | None, list_from: int | None
) -> None:
    book = Book({"A": [["Code", "Status", "Expires"]]})
    rows = shaped(book, "status", seen)
    assert rows.get("repeatCell", (None,))[0] == format_from
    assert rows.get("setDataValidation", (None,))[0] == list_from


@pytest.mark.parametrize(
    ("tab", "bands"), [({"coloured": True}, 0), ({"bands": True}, 0), ({}, 1)], ids=["cells", "bands", "no colour"]
)
def test_colours_of_staff_are_not_painted_over(tab: dict[str, bool], bands: int) -> None:
    book = Book({"A": [["Code", "Status", "Expires"]]})
    located = book.adopt()
    seen = looks.Seen(is_old=True, **tab)
    batch = plan(located, EN, {0: seen})
    added = [each["addBanding"]["bandedRange"]["range"]["sheetId"] for each in batch if "addBanding" in each]
    assert added.count(0) == bands


class TestNewerLooks:
    def test_a_tab_with_earlier_looks_gets_the_mark_of_these_in_the_place_of_its_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book = set_up()
        before = deepcopy(book.sheets)
        monkeypatch.setattr(looks, "VERSION", "2")
        lines = apply(book)
        assert lines[0] == "bring the looks of 'Promo codes' up to date"
        assert {line.partition("'")[0] for line in lines} == {"bring the looks of "}
        for sheet, old in zip(book.sheets, before, strict=True):
            marks = [mark["metadataValue"] for mark in sheet.marks if mark["metadataKey"] == "promosheet_looks"]
            assert marks == ["2"] * len(marks)
            assert [mark["metadataKey"] for mark in sheet.marks] == [mark["metadataKey"] for mark in old.marks]
            assert (sheet.rules, sheet.bands, sheet.views, sheet.warnings) == (
                old.rules,
                old.bands,
                old.views,
                old.warnings,
            )
        assert apply(book) == []

    @pytest.mark.parametrize("mark", ["2", "10", "mine"])
    def test_looks_of_a_newer_program_or_of_nobody_stay(self, mark: str) -> None:
        book = set_up()
        for each in book["Promo codes"].marks:
            if each["metadataKey"] == "promosheet_looks":
                each["metadataValue"] = mark
        assert apply(book) == []
