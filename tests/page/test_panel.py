"""The panel: what subscribers and tills are told, seen beside the sheet."""

from __future__ import annotations

import json

from page_kit import Page, Shop
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select


def test_a_code_that_is_asked_for_appears_in_the_grid_by_itself(page: Page, shop: Shop) -> None:
    page.open()
    page.browser.run("window.stayed = true")
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    page.browser.wait(lambda: page.cell("C3") == "1001")
    code = page.cell("A3")
    assert code == shop.values("'Promo codes'!A3")[0][0]
    assert code in page.browser.text(".bubble.good")
    assert page.browser.find("#bot [name=code]").get_property("value") == code
    assert page.browser.run("return window.stayed") is True


def test_the_same_call_again_gets_the_same_code(page: Page) -> None:
    page.open()
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    page.browser.find("#again").click()
    page.browser.wait(lambda: page.said() == "already_issued")


def test_what_goes_over_the_wire_is_shown_as_it_is(page: Page) -> None:
    page.open()
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    sent, back = (each.text for each in page.browser.all("#chat article:first-child pre"))
    assert sent.startswith("POST /bot/issue?campaign=spring\nX-Api-Key: local-bot-key-0000\n")
    assert json.loads(sent[sent.index("{") :]) == {"platform": "bothelp", "subscriber_id": "1001", "name": "Anna"}
    assert back.startswith("HTTP 200\n")
    assert json.loads(back[back.index("{") :])["status"] == "issued"


def test_a_code_is_redeemed_once_at_the_till_and_rolled_back(page: Page) -> None:
    page.open()
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    for call, word in (
        ("till_check", "valid"),
        ("till_redeem", "redeemed"),
        ("bot_redeem", "already_used"),
        ("till_rollback", "rolled_back"),
        ("bot_check", "valid"),
        ("bot_redeem", "redeemed"),
        ("till_redeem", "already_used"),
    ):
        page.press(call)
        page.browser.wait(lambda word=word: page.said() == word)
    page.shows("H3", "used")
    page.press("till_redeem")  # and the same request id is the same redemption
    page.browser.wait(lambda: len(page.browser.all("#chat article")) == 9)


def test_campaigns_are_those_of_the_sheet_now(page: Page, shop: Shop) -> None:
    page.open()
    shop.type("Campaigns!A4", [["summer"]])
    names = "return [...document.querySelectorAll('#bot [name=campaign] option')].map((each) => each.value)"
    page.browser.wait(lambda: page.browser.run(names) == ["", "spring", "gifts", "summer"])
    assert page.browser.run("return document.querySelector('#bot [name=campaign]').value") == "spring"


def test_someone_else_with_a_hostile_name_is_just_text(page: Page) -> None:
    page.open()
    hostile = '<img src=x onerror="window.bad=1">\u202e🎁'
    Select(page.browser.find("#bot [name=subscriber]")).select_by_value("")
    page.browser.find("#bot [name=id]").send_keys("<b>7</b>")
    page.browser.run("document.querySelector('#bot [name=person]').value = arguments[0]", hostile)
    page.press("issue")
    page.browser.wait(lambda: page.said() == "issued")
    page.shows("C3", "<b>7</b>")
    assert page.cell("D3").startswith("<img src=x")
    assert page.browser.run("return window.bad") is None
    assert not page.browser.all("#grid img, #chat img")


def test_a_selected_code_is_the_one_to_check(page: Page) -> None:
    page.open()
    page.go("A2")
    page.press("till_check")
    page.browser.wait(lambda: page.said() == "expired")
    assert "GIFT-2025" in page.browser.text("#chat .bubble.own")


def test_by_keyboard_alone_a_code_is_issued_and_voided_and_the_till_refuses_it(page: Page) -> None:
    page.open()
    page.browser.run("document.activeElement.blur()")
    while page.browser.run("return document.activeElement.dataset.jump") != "panel":
        page.browser.keys(Keys.TAB)
    page.browser.keys(Keys.ENTER)
    page.browser.wait(lambda: page.browser.run("return document.activeElement.name") == "subscriber")
    page.browser.keys(Keys.ARROW_DOWN)  # Boris
    page.browser.keys(Keys.TAB, Keys.TAB)
    page.browser.keys(Keys.ENTER)
    page.browser.wait(lambda: page.said() == "issued")
    page.shows("C3", "1002")
    page.browser.keys(Keys.F6)
    page.browser.wait(lambda: page.browser.run("return document.activeElement.id") == "grid")
    page.browser.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, *[Keys.ARROW_RIGHT] * 7)
    assert page.chosen() == "H3"
    page.chord(Keys.ALT, Keys.ARROW_DOWN)
    page.browser.wait(lambda: page.browser.find("#choices").is_displayed())
    page.browser.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    page.browser.keys(Keys.ENTER)
    page.shows("H3", "void")
    page.settled()
    page.browser.keys(Keys.F6)
    page.browser.keys(Keys.F6)
    page.browser.wait(lambda: page.browser.run("return document.activeElement.name") == "subscriber")
    while page.browser.run("return document.activeElement.dataset.call") != "till_redeem":
        page.browser.keys(Keys.TAB)
    page.browser.keys(Keys.SPACE)
    page.browser.wait(lambda: page.said() == "void")
