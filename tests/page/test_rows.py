"""Rows and columns: sorting, inserting, deleting, while others do the same and calls come in."""

from __future__ import annotations

import threading
import time

import pytest
from page_kit import SCRATCH, SCRATCH_ID, Page, Shop
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

PEOPLE = [["Name", "Note"], ["Clara", "three"], ["Anna", "one"], ["Boris", "two"]]
SORTED = [["Name", "Note"], ["Anna", "one"], ["Boris", "two"], ["Clara", "three"]]


def test_sorting_by_the_toolbar_and_by_the_menu(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("A3")
    page.browser.find("[data-do=sort_up]").click()
    page.browser.wait(lambda: shop.values(SCRATCH) == SORTED)
    page.shows("A2", "Anna")
    page.chord(Keys.SHIFT, Keys.F10)
    page.menu("Z→A by column Name")
    page.shows("A2", "Clara")


def test_rows_and_columns_are_inserted_and_deleted(page: Page, shop: Shop) -> None:
    shop.scratch(SORTED)
    page.open(SCRATCH)
    ActionChains(page.browser.driver).context_click(page.browser.find(page.selector("A3"))).perform()
    page.menu("Insert a row above")
    page.browser.wait(lambda: shop.values(SCRATCH)[2] == [])
    page.shows("A4", "Boris")
    page.go("B1")
    page.browser.find(".letter.in .more").click()
    page.menu("Insert a column left")
    page.browser.wait(lambda: shop.values(SCRATCH)[0] == ["Name", "", "Note"])
    page.shows("C1", "Note")
    page.go("A3")
    page.browser.find("[data-do=row]").click()
    page.menu("Delete row 3")
    assert page.browser.find("#question").text == "Delete row 3? This cannot be undone."
    page.browser.find("#yes").click()
    page.shows("A3", "Boris")
    page.go("B2")
    page.browser.find("[data-do=column]").click()
    page.menu("Delete column B")
    page.browser.find("#yes").click()
    page.browser.wait(lambda: shop.values(SCRATCH) == SORTED)


def test_the_row_that_was_asked_about_is_deleted_wherever_it_is_by_then(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("A2")
    page.browser.find("[data-do=row]").click()
    page.menu("Delete row 2")
    shop.sort(SCRATCH, 0)
    page.shows("A4", "Clara")
    page.browser.find("#yes").click()
    page.browser.wait(lambda: shop.values(SCRATCH) == SORTED[:-1])


def test_an_edit_under_way_goes_with_its_row_when_others_sort(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("B2")
    page.browser.keys(Keys.F2, "!")
    shop.sort(SCRATCH, 0)
    page.shows("A2", "Anna")
    page.browser.keys("!", Keys.ENTER)
    page.shows("B4", "three!!")
    page.settled()
    assert shop.values(SCRATCH) == [*SORTED[:-1], ["Clara", "three!!"]]


def test_an_edit_under_way_goes_with_its_column_when_others_insert(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("B2")
    page.browser.keys(Keys.F2, "!")
    shop.edit({"insertDimension": {"range": shop.lines(SCRATCH, "COLUMNS", 0, 1)}})
    page.shows("B1", "Name")
    page.browser.keys(Keys.ENTER)
    page.shows("C2", "three!")


def test_a_text_whose_row_is_gone_is_kept_in_sight(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("B2")
    page.browser.keys("precious")
    shop.edit({"deleteDimension": {"range": shop.lines(SCRATCH, "ROWS", 1, 2)}})
    page.shows("A2", "Anna")
    page.browser.keys(Keys.ENTER)
    page.browser.wait(lambda: page.browser.find("#kept").is_displayed())
    assert "moved or is gone" in page.browser.find("#kept p").text
    assert page.browser.find("#kept textarea").get_property("value") == "precious"
    assert shop.values(SCRATCH) == [PEOPLE[0], *PEOPLE[2:]]
    page.go("B5")
    page.browser.find("#kept button").click()
    page.shows("B5", "precious")
    page.browser.wait(lambda: not page.browser.find("#kept").is_displayed())


def test_a_text_for_a_blank_row_stays_clear_of_a_code_that_took_it(page: Page, shop: Shop) -> None:
    page.open("Promo codes")
    page.mean_it("A3")
    page.browser.keys("HAND")
    issued = shop.bot("issue", subscriber_id="5001")["code"]
    page.browser.wait(lambda: page.cell("A3") == issued)
    page.browser.keys("-1", Keys.TAB)
    page.shows("A4", "HAND-1")
    page.settled()
    assert [row[0] for row in shop.values("'Promo codes'!A2:A")] == ["GIFT-2025", issued, "HAND-1"]


def test_nothing_is_lost_or_doubled_while_calls_come_in_and_staff_sort_and_type(page: Page, shop: Shop) -> None:
    page.open("Promo codes")
    page.mean_it("K2")
    subscribers = [str(number) for number in range(7001, 7025)]
    codes: dict[str, str] = {}

    def ask() -> None:
        for subscriber in subscribers:
            codes[subscriber] = shop.bot("issue", subscriber_id=subscriber)["code"]

    asking = threading.Thread(target=ask)
    asking.start()
    turns = 0
    while asking.is_alive():
        page.chord(Keys.CONTROL, Keys.HOME)
        page.browser.keys(*[Keys.ARROW_RIGHT] * (2 * (turns % 2)))
        page.browser.find(f"[data-do=sort_{'up' if turns % 3 else 'down'}]").click()
        page.browser.keys(Keys.HOME, Keys.ARROW_DOWN, Keys.END, f"note {turns}", Keys.ENTER)
        page.settled()
        turns += 1
    asking.join()
    rows = shop.values("'Promo codes'!A2:K")
    assert {row[2]: row[0] for row in rows if row[0] != "GIFT-2025"} == codes
    assert len(rows) == len(codes) + 1
    assert sum(len(row) == 11 for row in rows) >= 1
    assert turns >= 2


def test_a_header_may_be_renamed_and_calls_go_on(page: Page, shop: Shop) -> None:
    page.open("Promo codes")
    page.mean_it("H1")
    page.edit("H1", "State", Keys.ENTER)
    page.shows("H1", "State")
    page.settled()
    try:
        page.press("issue")
        page.browser.wait(lambda: page.said() == "issued")
        page.shows("H3", "unused")
    finally:
        shop.type("'Promo codes'!H1", [["Status"]])


def test_the_header_stays_in_sight_and_colours_and_bands_are_shown(page: Page, shop: Shop) -> None:
    shop.scratch([["Number"], *([number] for number in range(1, 1200))], rowCount=1200)
    red, grey = {"red": 1, "green": 0.8, "blue": 0.8}, {"red": 0.8, "green": 0.8, "blue": 0.8}
    one = {"sheetId": SCRATCH_ID, "startRowIndex": 2, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    look = {"backgroundColor": red, "textFormat": {"strikethrough": True}}
    bands = {
        "range": {"sheetId": SCRATCH_ID, "startRowIndex": 1, "endRowIndex": 1200},
        "rowProperties": {"firstBandColor": {"red": 1, "green": 1, "blue": 1}, "secondBandColor": grey},
    }
    shop.edit(
        {"repeatCell": {"range": one, "cell": {"userEnteredFormat": look}, "fields": "userEnteredFormat"}},
        {"addBanding": {"bandedRange": bands}},
    )
    page.open(SCRATCH)
    colour = lambda name: page.browser.find(page.selector(name)).value_of_css_property("background-color")  # noqa: E731
    assert colour("A3") == "rgba(255, 204, 204, 1)"
    assert "struck" in page.browser.find(page.selector("A3")).get_attribute("class")
    assert colour("B5") == "rgba(204, 204, 204, 1)"
    page.go("A2")
    page.chord(Keys.CONTROL, Keys.END)
    page.shows("A1200", "1199")
    assert page.chosen() == "H1200"
    assert page.browser.find(page.selector("A1")).is_displayed()
    assert len(page.browser.all(".row")) < 100


@pytest.mark.parametrize("rows", [200_000])
def test_two_hundred_thousand_rows_are_no_burden(page: Page, shop: Shop, rows: int) -> None:
    shop.scratch([["Number"]], rowCount=rows)
    shop.type(f"{SCRATCH}!A{rows}", [["the last"]])
    page.open(SCRATCH)
    page.go("A2")
    page.chord(Keys.CONTROL, Keys.ARROW_DOWN)
    page.shows(f"A{rows}", "the last", 15)
    page.browser.keys(Keys.PAGE_UP)
    page.browser.wait(lambda: page.browser.all(".active"))
    assert page.browser.run("return document.querySelector('#grid').getAttribute('aria-rowcount')") == str(rows)


def test_selection_and_scroll_place_survive_what_others_do(page: Page, shop: Shop) -> None:
    shop.scratch([["Number"], *([number] for number in range(1, 300))], rowCount=300)
    page.open(SCRATCH)
    page.go("A2")
    for _ in range(4):
        page.browser.keys(Keys.PAGE_DOWN)
    chosen, top = page.chosen(), page.browser.run("return document.getElementById('scroller').scrollTop")
    assert top > 500
    name = chosen.replace("A", "B")
    shop.type(f"{SCRATCH}!{name}", [["news"]])
    page.shows(name, "news", 1)
    assert page.chosen() == chosen
    assert page.browser.run("return document.getElementById('scroller').scrollTop") == top
    assert page.browser.all(".changed")


def test_hidden_rows_columns_and_tabs_are_not_shown(page: Page, shop: Shop) -> None:
    shop.scratch(SORTED)
    hidden = {"properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    shop.edit({"updateDimensionProperties": {"range": shop.lines(SCRATCH, "ROWS", 2, 3), **hidden}})
    page.open(SCRATCH)
    assert (page.cell("A2"), page.cell("A4")) == ("Anna", "Clara")
    assert not page.browser.all(page.selector("A3"))
    page.go("A2")
    page.browser.keys(Keys.ARROW_DOWN)
    assert page.chosen() == "A4"
    page.browser.find("[data-do=column]").click()
    page.menu("Hide column A")
    page.browser.wait(lambda: not page.browser.all(page.selector("A2")))
    page.browser.find("[data-do=column]").click()
    page.menu("Show hidden columns")
    page.shows("A2", "Anna")
    assert "_promosheet" not in page.browser.text("#tabs")


def test_rows_are_added_at_the_end(page: Page, shop: Shop) -> None:
    shop.scratch(SORTED, rowCount=5)
    page.open(SCRATCH)
    page.browser.find("#add-rows").click()
    page.browser.wait(lambda: page.browser.all(page.selector("A30")))


def test_every_row_that_was_scrolled_to_is_read_however_quickly(page: Page, shop: Shop) -> None:
    shop.scratch([["Number"], *([number] for number in range(2, 1500))], rowCount=1500)
    page.open(SCRATCH)
    page.slow("ranges=")
    page.scroll(500)
    page.browser.wait(lambda: page.browser.all(f"{page.selector('A510')}"))
    page.scroll(1000)
    page.browser.wait(lambda: page.browser.all(f"{page.selector('A1010')}"))
    page.shows("A1010", "1010")
    assert not page.browser.all(".unread")


def test_a_late_answer_does_not_bring_back_what_was_before(page: Page, shop: Shop) -> None:
    shop.scratch([["Number"], *([number] for number in range(2, 300))], rowCount=300)
    page.open(SCRATCH)
    page.slow("ranges=")
    page.scroll(150)
    page.browser.wait(lambda: page.browser.all(f"{page.selector('A160')}"))
    shop.type(f"{SCRATCH}!A160", [["news"]])
    page.shows("A160", "news")
    time.sleep(0.8)
    assert page.cell("A160") == "news"


def test_rows_are_deleted_from_the_tab_on_which_that_was_asked(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("A2")
    before = shop.values("'Start here'")
    page.browser.find("[data-do=row]").click()
    page.menu("Delete row 2")
    page.chord(Keys.CONTROL, Keys.PAGE_DOWN)
    assert page.browser.text("[role=tab][aria-selected=true]") == SCRATCH
    page.slow("values:batchGet")
    page.browser.find("#yes").click()
    page.chord(Keys.CONTROL, Keys.PAGE_DOWN)
    page.browser.wait(lambda: page.browser.text("[role=tab][aria-selected=true]") != SCRATCH)
    other = page.browser.text("[role=tab][aria-selected=true]")
    before = shop.values(f"'{other}'")
    page.browser.wait(lambda: shop.values(SCRATCH) == [PEOPLE[0], *PEOPLE[2:]])
    assert shop.values(f"'{other}'") == before


def test_the_selection_stays_on_a_grid_that_others_made_smaller(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("B9")
    shop.edit({"deleteDimension": {"range": shop.lines(SCRATCH, "ROWS", 5, 60)}})
    page.browser.wait(lambda: page.chosen() == "B5")
    page.browser.keys("x", Keys.ENTER)
    page.shows("B5", "x")


def test_going_to_the_first_cell_scrolls_to_the_first_rows(page: Page, shop: Shop) -> None:
    shop.scratch([["Number"], *([number] for number in range(2, 300))], rowCount=300)
    page.open(SCRATCH)
    page.go("A2")
    for key in (Keys.HOME, Keys.ARROW_UP):
        page.scroll(200)
        page.browser.wait(lambda: page.cell("A210") == "210")
        page.chord(Keys.CONTROL, key)
        page.shows("A2", "2")
        assert page.chosen() == "A1"
