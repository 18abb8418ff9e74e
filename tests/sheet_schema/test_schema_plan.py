from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from schema_book import Book, titles, words

from sheet_schema.languages import LANGUAGES
from sheet_schema.plan import PlanRefused, describe, new_code_key, plan
from sheet_schema.tabs import CODES, DASHBOARD, HELP, PROBLEMS, TABS

EN, RU = LANGUAGES["en"], LANGUAGES["ru"]


def apply(book: Book, language: Any = None) -> list[str]:
    """Plan and apply; what was done, in words."""
    located = book.locate()
    batch = plan(located, language, book.looks())
    book.apply(batch)
    return describe(batch, located)


def by_hand() -> Book:
    """A sheet as in BotHelp's article: made by hand, in any order, with data and notes of staff."""
    header = ["Статус", "Промокод", "Мои заметки", "Имя подписчика", "Дата выдачи", "Канал использования"]
    rows: list[list[Any]] = [["использован", "SALE-1", "звонили", "Аня", 46112, "бот"], ["", "SALE-2", "", "", "", ""]]
    return Book({"Промокоды": [header, *rows], "Заметки": [["Промокод", "x"]]}, "ru_RU", width=6)


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_empty_spreadsheet_gets_everything(code: str) -> None:
    book, language = Book(), LANGUAGES[code]
    apply(book, language)
    *data, guard = TABS
    order = [HELP, *data, DASHBOARD, PROBLEMS, guard]
    assert [sheet.title for sheet in book.sheets] == [*(language.tabs[tab.key] for tab in order), "Sheet1"]
    for tab in TABS:
        sheet = book[language.tabs[tab.key]]
        assert sheet.hidden == tab.hidden
        if tab.columns:
            assert (sheet.row_count, len(sheet.columns), sheet.frozen) == (1000, len(tab.columns), 1)
            assert sheet.rows[:1] == [[language.columns[tab.key][column.key] for column in tab.columns]]
    number = book["_promosheet"]
    assert (number.row_count, len(number.columns), number.rows) == (2, 1, [[0]])
    assert book.locate().faults == ()
    assert book.locate().layout.language is language


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_new_spreadsheet_has_an_example_campaign_that_gives_no_codes(code: str) -> None:
    book, language = Book(), LANGUAGES[code]
    apply(book, language)
    header, *rows = book[language.tabs["campaigns"]].rows
    (row,) = (dict(zip(header, cells, strict=True)) for cells in rows)
    titles = language.columns["campaigns"]
    assert row[titles["active"]] == language.words["no"]
    assert {key: row[titles[key]] for key in language.example} == language.example
    assert all(len(book[language.tabs[key]].rows) == 1 for key in ("codes", "redemptions", "pool"))


def test_campaigns_that_come_back_where_codes_are_have_no_example() -> None:
    book = Book({"Promo codes": [titles("codes"), ["A-1", "spring"]]})
    apply(book)
    assert book["Campaigns"].rows == [titles("campaigns")]


@pytest.mark.parametrize("locale", ["ru_RU", "en_US", "de_DE"])
def test_without_a_language_it_is_that_of_the_locale(locale: str) -> None:
    book = Book(locale=locale)
    apply(book)
    assert book.locate().layout.language.code == ("ru" if locale == "ru_RU" else "en")


@pytest.mark.parametrize(
    "make",
    [
        Book,
        by_hand,
        lambda: Book({"Promo codes": []}),
        lambda: Book({"_promosheet": [[5]], "Campaigns": [["Campaign"]]}),
    ],
    ids=["empty", "by hand", "a tab without a header", "some tabs"],
)
@pytest.mark.parametrize("language", [None, EN, RU], ids=["its own", "en", "ru"])
def test_the_second_run_has_nothing_to_do(make: Any, language: Any) -> None:
    book = make()
    assert apply(book, language)
    assert plan(book.locate(), language, book.looks()) == []
    assert plan(book.locate(), None, book.looks()) == []
    assert book.locate().faults == ()


def test_columns_get_formats_drop_downs_and_their_place() -> None:
    book = Book()
    apply(book, EN)
    codes = dict(zip([column.key for column in CODES.columns], book["Promo codes"].columns, strict=True))
    assert codes["code"]["format"] == codes["status"]["format"] == "@"
    assert codes["expiration_date"]["format"] == "yyyy-mm-dd"
    assert codes["used_on"]["format"] == codes["issue_date"]["format"] == "yyyy-mm-dd hh:mm"
    assert words(codes["status"]) == ["unused", "used", "void"]
    campaigns = book["Campaigns"].columns
    assert [words(column) for column in campaigns if words(column)] == [
        ["yes", "no"],
        ["generated", "pool", "shared"],
        ["yes", "no"],
    ]
    assert "format" not in campaigns[5]
    assert [bool(column.get("hidden")) for column in book["Redemptions"].columns] == [False] * 8 + [True]


def test_a_drop_down_warns_and_does_not_block() -> None:
    rules = [each["setDataValidation"]["rule"] for each in plan(Book().locate()) if "setDataValidation" in each]
    assert {(rule["strict"], rule["showCustomUi"]) for rule in rules} == {(False, True)}
    assert {rule["condition"]["type"] for rule in rules} == {
        "ONE_OF_LIST", "ONE_OF_RANGE", "NUMBER_GREATER_THAN_EQ", "DATE_IS_VALID",
    }  # fmt: skip
    assert all(rule["inputMessage"].endswith(".") for rule in rules)


@pytest.mark.parametrize("code", LANGUAGES)
def test_headers_are_bold_and_each_has_its_note(code: str) -> None:
    language = LANGUAGES[code]
    written = [each["updateCells"] for each in plan(Book().locate(), language) if "updateCells" in each]
    cells = {
        (each["start"]["sheetId"], cell["userEnteredValue"]["stringValue"]): cell
        for each in written
        for cell in each["rows"][0]["values"]
        if "note" in each["fields"]
    }
    assert {title for _, title in cells} == {
        title for tab in (*TABS, PROBLEMS) for title in language.columns[tab.key].values()
    }
    assert len(cells) == sum(len(tab.columns) for tab in (*TABS, PROBLEMS))
    assert all(cell["userEnteredFormat"]["textFormat"]["bold"] for cell in cells.values())
    assert {cell["note"] for cell in cells.values()} == {
        text for texts in language.notes.values() for text in texts.values()
    }


def test_a_sheet_made_by_hand_is_taken_into_use_with_every_cell_unchanged() -> None:
    book = by_hand()
    before = deepcopy(book["Промокоды"].rows)
    done = apply(book)
    assert [row[:6] for row in book["Промокоды"].rows] == before
    assert book["Промокоды"].rows[0][6:] == [
        "Кампания", "ID подписчика", "Платформа", "Действует до", "Использован", "Доставка",
    ]  # fmt: skip
    assert book["Заметки"].rows == [["Промокод", "x"]]
    assert (book["Заметки"].marks, [column for column in book["Заметки"].columns if column]) == ([], [])
    assert book["Промокоды"].frozen == 1
    located = book.locate()
    assert located.faults == ()
    assert located.layout.language is RU
    assert done == [
        "take tab 'Промокоды' into use",
        "freeze the header row of 'Промокоды'",
        "take column 'Промокод' of 'Промокоды' into use",
        "take column 'Имя подписчика' of 'Промокоды' into use",
        "take column 'Дата выдачи' of 'Промокоды' into use",
        "take column 'Статус' of 'Промокоды' into use",
        "take column 'Канал использования' of 'Промокоды' into use",
        "add column 'Кампания' to 'Промокоды'",
        "add column 'ID подписчика' to 'Промокоды'",
        "add column 'Платформа' to 'Промокоды'",
        "add column 'Действует до' to 'Промокоды'",
        "add column 'Использован' to 'Промокоды'",
        "add column 'Доставка' to 'Промокоды'",
        "add tab 'Погашения'",
        "add tab 'Кампании'",
        "add tab 'Готовые коды'",
        "add tab '_promosheet'",
        "keep the language: ru",
        "add tab 'С чего начать'",
        "add tab 'Сводка'",
        "add tab 'Проблемы'",
        "add notes, colours, filter views and warnings to 'Промокоды'",
    ]


def test_new_columns_of_a_tab_made_by_hand_stand_after_all_that_is_in_it() -> None:
    book = Book({"Code pool": [["Promo code", "Notes", "", "far"], ["A", "b", "", "c"]]})
    book["Code pool"].rows[0][3] = ""
    apply(book, EN)
    assert book["Code pool"].rows == [["Promo code", "Notes", "", "", "Campaign"], ["A", "b", "", "c"]]


def test_a_column_that_comes_back_stands_right_after_the_last_title_and_pushes_the_rest_aside() -> None:
    book = Book({"Code pool": [["Promo code", "Notes", "Campaign", ""]]})
    apply(book, EN)
    sheet = book["Code pool"]
    del sheet.columns[2], sheet.rows[0][2]
    sheet.rows.append(["A", "b", "", "c"])
    apply(book, EN)
    assert sheet.rows == [["Promo code", "Notes", "Campaign", ""], ["A", "b", "", "", "c"]]


def test_a_marked_column_without_a_title_is_not_split_off() -> None:
    book = Book()
    apply(book, EN)
    sheet = book["Redemptions"]
    sheet.rows[0][8] = ""
    del sheet.columns[2], sheet.rows[0][2]
    apply(book, EN)
    assert sheet.rows[0][6:] == ["Request ID", "", "Event"]
    assert book.locate().faults == ()


def test_an_inserted_column_takes_nothing_after_its_hidden_neighbour() -> None:
    book = Book()
    apply(book, EN)
    sheet = book["Redemptions"]
    del sheet.columns[5], sheet.rows[0][5]
    apply(book, EN)
    assert sheet.rows[0][-2:] == ["Claim", "Reference"]
    assert [sheet.columns[index]["hidden"] for index in (-2, -1)] == [True, False]
    assert words(sheet.columns[-1]) is None


def test_what_staff_did_to_marked_columns_stays() -> None:
    book = Book()
    apply(book, EN)
    sheet = book["Promo codes"]
    sheet.frozen = 0
    sheet.title, sheet.rows[0][7] = "Our codes", "State"
    sheet.columns[7].update(format="0.00", rule=None, hidden=True, width=33)
    sheet.bands, sheet.rules, sheet.views, sheet.warnings, sheet.notes = [], [], [], [], {}
    book["_promosheet"].hidden = False
    before = deepcopy(book.sheets)
    assert apply(book, RU) == []
    assert book.sheets == before


def test_a_deleted_optional_column_does_not_come_back() -> None:
    book = Book()
    apply(book, EN)
    sheet = book["Promo codes"]
    del sheet.columns[3], sheet.rows[0][3]
    assert plan(book.locate()) == []


def test_a_deleted_required_column_comes_back_with_its_mark() -> None:
    book = Book()
    apply(book, EN)
    sheet = book["Promo codes"]
    del sheet.columns[7], sheet.rows[0][7]
    assert apply(book) == ["add column 'Status' to 'Promo codes'"]
    assert book.locate().layout.tabs["codes"].columns["status"].marked
    assert words(sheet.columns[-1]) == ["unused", "used", "void"]


def test_a_deleted_tab_comes_back_after_its_neighbour() -> None:
    book = Book()
    apply(book, EN)
    book.sheets.remove(book["Redemptions"])
    assert apply(book) == ["add tab 'Redemptions'"]
    assert [sheet.title for sheet in book.sheets[:4]] == ["Start here", "Promo codes", "Redemptions", "Campaigns"]


def test_a_deleted_guard_comes_back_with_its_language() -> None:
    book = Book()
    apply(book, RU)
    book.sheets.remove(book["_promosheet"])
    assert apply(book) == ["add tab '_promosheet'", "keep the language: ru"]
    assert book["_promosheet"].hidden


def test_a_guard_found_by_its_title_is_hidden_and_keeps_its_number() -> None:
    book = Book({"Sheet1": [], "_promosheet": [[125]]})
    assert "hide '_promosheet'" in apply(book)
    assert book["_promosheet"].rows == [[125]]
    assert book["_promosheet"].hidden


def test_a_taken_title_is_given_a_number() -> None:
    book = Book()
    apply(book, EN)
    book.sheets.remove(book["Promo codes"])
    book["Code pool"].title = "PROMO CODES"
    assert apply(book) == ["add tab 'Promo codes 2'"]
    assert book.locate().faults == ()
    assert plan(book.locate()) == []


def test_a_taken_sheet_id_is_not_used() -> None:
    book = Book()
    book.sheets[0].id = 102
    apply(book)
    assert len({sheet.id for sheet in book.sheets}) == 9


def test_a_tab_that_is_a_header_alone_gets_rows() -> None:
    book = Book({"Code pool": [["Promo code", "Campaign"]]})
    book["Code pool"].row_count = 1
    apply(book, EN)
    assert (book["Code pool"].row_count, book["Code pool"].frozen) == (1000, 1)


def test_a_full_grid_grows_at_its_end() -> None:
    book = Book({"Code pool": [["Promo code"]]}, width=1)
    apply(book, EN)
    assert book.header("Code pool") == ["Promo code", "Campaign"]


@pytest.mark.parametrize("title", ["Status", "Имя подписчика"], ids=["required", "optional"])
def test_a_doubled_column_is_for_a_person_to_mend(title: str) -> None:
    header = [*EN.columns["codes"].values(), title]
    located = Book({"Promo codes": [header]}).locate()
    with pytest.raises(PlanRefused, match="The tab 'Promo codes' has more than one column") as refused:
        plan(located)
    assert [fault.word for fault in refused.value.faults] == ["doubled_column"]


def test_only_kinds_of_requests_that_add_are_planned() -> None:
    books = [Book(), by_hand(), Book({"Promo codes": [], "_promosheet": []})]
    kinds = {kind for book in books for request in plan(book.locate()) for kind in request}
    assert kinds == {
        "addBanding", "addChart", "addConditionalFormatRule", "addFilterView", "addProtectedRange", "addSheet",
        "createDeveloperMetadata", "insertDimension", "repeatCell", "setDataValidation", "updateCells",
        "updateDimensionProperties", "updateSheetProperties",
    }  # fmt: skip


def test_another_code_key_takes_the_place_of_the_one_that_was() -> None:
    book = Book()
    apply(book)
    for fingerprint in ("first", "second"):
        located = book.locate()
        batch = new_code_key(located.layout, fingerprint)
        book.apply(batch)
        assert describe(batch, located) == [f"keep the fingerprint of CODE_KEY: {fingerprint}"]
        assert book.locate().layout.code_key_fingerprint == fingerprint
    assert [mark["metadataKey"] for mark in book["_promosheet"].marks].count("promosheet_code_key") == 1


def test_nothing_is_deleted_where_there_is_no_code_key_yet() -> None:
    book = Book()
    apply(book)
    assert [next(iter(request)) for request in new_code_key(book.locate().layout, "x")] == ["createDeveloperMetadata"]
