"""How the page looks and speaks: wide and narrow, by keyboard, in two languages, and asking nobody outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import PHONE, WIDE
from page_kit import Page, Shop
from selenium.webdriver.common.keys import Keys

OVERFLOWS = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """
return [...document.querySelectorAll('button, select, input:not([type=checkbox])')]
  .filter((each) => each.checkVisibility() && !each.classList.contains('skip') && !each.closest('#grid, #letters'))
  .filter((each) => each.getBoundingClientRect().height < 44 || each.getBoundingClientRect().width < 44)
  .map((each) => each.outerHTML)
"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_nothing_sticks_out_and_the_panel_can_be_reached(page: Page, size: tuple[int, int]) -> None:
    page.browser.size(size, touch=size == PHONE)
    page.open()
    assert page.browser.run(OVERFLOWS) is False
    if size == PHONE:
        assert not page.browser.find("#panel").is_displayed()
        assert page.browser.run(SMALL) == []
        page.browser.find("#open-panel").click()
        page.browser.wait(lambda: page.browser.find("#panel").is_displayed())
        assert page.browser.run(SMALL) == []
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    assert page.browser.run(OVERFLOWS) is False
    if size == PHONE:
        page.browser.find("#close-panel").click()
        page.browser.wait(lambda: not page.browser.find("#panel").is_displayed())
    page.shows("C3", "1001")


def test_a_finger_taps_a_cell_twice_to_edit_it(page: Page) -> None:
    page.browser.size(PHONE, touch=True)
    page.open("Campaigns")
    place = page.browser.find(page.selector("C2")).rect
    touch = {"x": place["x"] + 20, "y": place["y"] + 20}
    for _ in range(2):
        page.browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
        page.browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.browser.wait(lambda: page.chosen() == "C2")
    page.browser.wait(lambda: page.browser.find("#editor").is_displayed())
    page.browser.keys("!", Keys.ENTER)
    page.shows("C2", "15 %!")


def test_nothing_outside_is_asked(page: Page, shop: Shop) -> None:
    page.open()
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    assert page.browser.asked() - {"about://", "data://"} == {shop.base}


def test_f6_goes_round_and_tabs_change_by_keys(page: Page) -> None:
    page.open()
    here = (
        "return document.activeElement.id || document.activeElement.getAttribute('role') || document.activeElement.name"
    )
    places = []
    for _ in range(3):
        page.browser.keys(Keys.F6)
        places.append(page.browser.run(here))
    assert places == ["tab", "subscriber", "grid"]
    page.chord(Keys.CONTROL, Keys.PAGE_DOWN)
    page.browser.wait(lambda: page.browser.text("[role=tab][aria-selected=true]") == "Redemptions")
    page.chord(Keys.ALT, Keys.ARROW_RIGHT)
    page.shows("A1", "Campaign")
    assert page.browser.run("return decodeURIComponent(location.hash)") == "#Campaigns"
    page.browser.keys(Keys.F6, Keys.HOME)
    page.shows("A1", "Promosheet")
    assert page.browser.run(here) == "tab"


def test_a_reader_hears_where_it_is(page: Page) -> None:
    page.open()
    page.go("C2")
    told = page.browser.run(
        "const grid = document.getElementById('grid');"
        "const cell = document.getElementById(grid.getAttribute('aria-activedescendant'));"
        "return [grid.getAttribute('aria-label'), cell.getAttribute('aria-colindex'), cell.getAttribute('aria-selected'),"
        " cell.closest('[role=row]').getAttribute('aria-rowindex'), cell.textContent]"
    )
    assert told == ["Promo codes", "3", "true", "2", "1003"]


def test_the_dark_keeps_coloured_cells_readable(page: Page, shop: Shop) -> None:
    pale = {"backgroundColor": {"red": 1, "green": 1, "blue": 0.8}}
    one = {"sheetId": shop.sheet_id("Code pool"), "startRowIndex": 1, "endRowIndex": 2, "endColumnIndex": 1}
    shop.edit(
        {
            "repeatCell": {
                "range": one,
                "cell": {"userEnteredFormat": pale},
                "fields": "userEnteredFormat.backgroundColor",
            }
        }
    )
    page.browser.prefers(prefers_color_scheme="dark")
    page.open("Code pool")
    style = lambda name, what: page.browser.find(page.selector(name)).value_of_css_property(what)  # noqa: E731
    assert (style("A2", "background-color"), style("A2", "color")) == ("rgba(255, 255, 204, 1)", "rgba(0, 0, 0, 1)")
    assert style("B2", "background-color") == "rgba(21, 25, 26, 1)"


@pytest.fixture
def russian(shop: Shop) -> Iterator[None]:
    locale = lambda name: {"updateSpreadsheetProperties": {"properties": {"locale": name}, "fields": "locale"}}  # noqa: E731
    shop.edit(locale("ru_RU"))
    yield
    shop.edit(locale("en_US"))


@pytest.mark.usefixtures("russian")
def test_the_page_speaks_the_language_of_the_spreadsheet(page: Page, shop: Shop) -> None:
    page.open()
    assert page.browser.find("#bot .main").text == "Попросить промокод"
    assert page.browser.run("return document.documentElement.lang") == "ru"
    assert page.status() == ""
    shop.edit({"updateSpreadsheetProperties": {"properties": {"locale": "en_US"}, "fields": "locale"}})
    page.browser.wait(lambda: page.browser.find("#bot .main").text == "Ask for a code")


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_longer_russian_words_fit(page: Page, size: tuple[int, int]) -> None:
    page.browser.size(size)
    page.open()
    if size == PHONE:
        page.browser.find("#open-panel").click()
    panel = "const panel = document.getElementById('panel'); return panel.scrollWidth > panel.clientWidth"
    assert page.browser.run(panel) is False
    assert page.browser.run(OVERFLOWS) is False


def test_the_active_cell_and_the_main_button_are_seen_in_forced_colours(page: Page) -> None:
    page.browser.prefers(forced_colors="active")
    page.open()
    page.go("B2")
    seen = "const s = getComputedStyle(document.querySelector(arguments[0])); return [s.outlineStyle, s.backgroundColor, s.color]"
    assert page.browser.run(seen, page.selector("B2"))[0] == "solid"
    assert page.browser.run(seen, page.selector("B3"))[0] == "none"
    _, ground, ink = page.browser.run(seen, "button.main")
    assert ground != ink


def test_a_text_that_is_cut_is_shown_whole_below_its_cell(page: Page) -> None:
    page.open("Start here")
    page.go("B2")
    page.browser.wait(lambda: page.browser.find("#tip").is_displayed())
    assert page.browser.text("#tip") == page.cell("B2")
    page.go("A2")
    page.browser.wait(lambda: not page.browser.find("#tip").is_displayed())


def test_no_note_lies_over_a_tab_that_was_just_opened(page: Page) -> None:
    page.open("Campaigns")
    assert not page.browser.find("#tip").is_displayed()
    page.browser.keys(Keys.ARROW_RIGHT)
    page.browser.wait(lambda: page.browser.find("#tip").is_displayed())
    page.chord(Keys.CONTROL, Keys.PAGE_DOWN)
    page.shows("A1", "Promo code")
    page.browser.wait(lambda: not page.browser.find("#tip").is_displayed())


def test_half_a_link_opens_the_first_tab(page: Page, shop: Shop) -> None:
    page.browser.driver.get(f"{shop.base}/sheet#%D0")
    page.shows("A1", "Promosheet")
