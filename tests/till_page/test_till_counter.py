"""At the counter: type, look, redeem, undo, next; and what the person there is told if it cannot be."""

from __future__ import annotations

import json

import pytest
from browser import PHONE
from lossy import Line
from page_kit import Shop
from selenium.webdriver.common.keys import Keys
from till_kit import Till

from functions.local.example import TILL_KEY


def test_a_code_is_redeemed_once(till: Till, code: str) -> None:
    till.sign_in().ask(code).told("valid")
    assert (till.verdict(), till.browser.text("#worth")) == ("Valid", "15 %")
    assert till.facts()["Name"] == "Anna"
    till.press("redeem")
    till.told("done")
    assert till.verdict() == "Redeemed"
    assert till.row(code)[7:9] == ["used", "main-street"]
    till.press("next")
    till.on("ask").ask(code).told("refused")
    assert till.verdict() == "Already used"
    assert till.facts()["Used"].startswith("today, ")
    assert till.facts()["Where"] == "main-street"
    assert till.claims() == 1


def test_undo_gives_the_code_back(till: Till, code: str) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done")
    assert till.browser.text("#undo-left") == "Can be undone for 10 more min"
    till.press("undo")
    till.told("undone")
    assert till.row(code)[7] == "unused"
    till.press("next")
    till.on("ask").ask(code).told("valid")
    till.press("redeem")
    till.told("done")
    till.lists(f"span {code}", f"s {code}")
    assert till.browser.text("#count") == "Redeemed: 1"


def test_ten_minutes_later_there_is_no_undo(till: Till, code: str) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done")
    till.lists(f"span {code}")  # answered: the page has the server's time
    assert till.find("#undo").is_displayed()
    till.browser.run("const real = Date.now; Date.now = () => real() + 10 * 60 * 1000 + 1000")
    till.browser.wait(lambda: not till.find("#undo").is_displayed())
    assert not till.find("#undo-left").is_displayed()


def test_a_code_is_checked_as_soon_as_its_check_symbol_fits(till: Till, code: str) -> None:
    till.sign_in().type(code.replace("-", "").lower())
    till.on("answer").told("valid")
    assert till.facts()["Promo code"] == code
    assert till.line.count("/redeem") == 0


def test_a_code_without_a_check_symbol_is_checked_after_a_pause(till: Till, shop: Shop) -> None:
    shop.type("'Promo codes'!A3", [["SUMMER!", "spring", "77"]])
    till.sign_in().type("summer!")
    till.on("answer").told("valid")


def test_who_is_still_typing_is_not_interrupted(till: Till, code: str) -> None:
    till.sign_in().type(code[:9])
    till.browser.wait(lambda: till.browser.text("#hint") == "No such promo code so far. Type on, or correct it.")
    assert till.screen() == "ask"
    till.type(code[9:])
    till.on("answer").told("valid")


@pytest.mark.parametrize(
    ("row", "verdict", "fact"),
    [
        pytest.param(["A-1", "spring", "7", "", "", "", "2024-02-29"], "Expired", ("Was valid until", "29 February 2024"), id="expired"),
        pytest.param(["A-1", "spring", "7", "Lev Z", "", "", "", "void"], "Cancelled", ("Name", "Lev"), id="void"),
        pytest.param(["A-1", "spring", "7", "", "", "", "", "used", "kiosk", "2026-03-01 12:30"], "Already used", ("Used", "1 March 2026, 12:30"), id="used, typed by hand"),
        pytest.param(["B-1"], "No such promo code", ("Promo code", "A-1"), id="not there"),
    ],
)  # fmt: skip
def test_why_not_is_said_in_words(till: Till, shop: Shop, row: list[str], verdict: str, fact: tuple[str, str]) -> None:
    shop.type("'Promo codes'!A3", [row])
    till.sign_in().ask("A-1").told("refused")
    assert till.verdict() == verdict
    assert fact in till.facts().items()
    assert till.browser.text("#why")
    assert not till.find("#redeem .main").is_displayed()
    till.press("next")
    assert till.on("ask").find("#code").get_property("value") == ""


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        pytest.param("SPRING-ABCDE-ABCDE", "A symbol of it seems to be wrong.", id="its check symbol does not fit"),
        pytest.param("OUR-OWN", "Compare it with what the customer shows", id="without one"),
    ],
)
def test_a_code_that_was_mistyped_is_told_from_one_that_is_not_there(till: Till, typed: str, hint: str) -> None:
    till.sign_in().ask(typed).told("refused")
    assert till.browser.text("#why").startswith(hint)


def test_the_order_number_is_kept_as_the_reference(till: Till, code: str, shop: Shop) -> None:
    till.sign_in().ask(code)
    till.find("#reference").send_keys("A-1208")
    till.press("redeem")
    till.told("done")
    assert till.facts()["Order"] == "A-1208"
    redeemed = shop.values("Redemptions!A2:G2")[0]
    assert redeemed[1:] == [code, "redeemed", "main-street", "", "A-1208", "main-street"]
    till.press("next")
    till.on("ask").ask(code)
    assert till.find("#reference").get_property("value") == ""


def test_a_code_for_several_uses_says_how_many_are_left(till: Till, code: str, shop: Shop) -> None:
    shop.type("Campaigns!M2", [[5]])
    till.sign_in()
    for used in (1, 2):
        till.ask(code).told("valid")
        till.press("redeem")
        till.told("done")
        assert till.facts()["Uses"] == f"{used} of 5 used"
        till.press("next")
        till.on("ask")
    till.ask(code).told("valid")
    assert till.facts()["Uses"] == "2 of 5 used"


def test_a_code_for_one_use_says_nothing_of_uses(till: Till, code: str) -> None:
    till.sign_in().ask(code).told("valid")
    assert "Uses" not in till.facts()


def test_a_code_without_an_end_says_so(till: Till, shop: Shop) -> None:
    shop.type("'Promo codes'!A3", [["FOR-EVER", "spring", "7"]])
    till.sign_in().ask("for-ever").told("valid")
    assert till.facts()["Valid until"] == "no end date"


def test_the_last_day_is_named(till: Till, shop: Shop) -> None:
    day = shop.bot("issue", subscriber_id="5")["issue_date"][:10]
    shop.type("'Promo codes'!A4", [["LAST", "spring", "7", "", "", "", day]])
    till.sign_in().ask("last").told("valid")
    assert till.facts()["Valid until"].endswith("(today is the last day)")


def test_todays_list_is_searched_and_undone_from(till: Till, shop: Shop) -> None:
    codes = [shop.bot("issue", subscriber_id=each, name=name)["code"] for each, name in (("1", "Anna"), ("2", "Boris"))]
    for number, each in enumerate(codes):
        shop.till("redeem", code=each, reference=f"A-{number}", request_id=f"r-{number}")
    till.sign_in().lists(f"span {codes[1]}", f"span {codes[0]}")
    till.find("#search").send_keys("anna")
    till.lists(f"span {codes[0]}")
    till.find("#list button").click()
    till.told("done")
    assert (till.facts()["Name"], till.facts()["Order"]) == ("Anna", "A-0")
    till.press("undo")
    till.told("undone")
    till.lists(f"s {codes[0]}")
    assert till.row(codes[0])[7] == "unused"
    till.find("#search").send_keys("?")
    till.browser.wait(lambda: till.browser.text("#list-note") == "Nothing in today's list fits.")


def test_a_list_that_is_too_long_says_what_it_leaves_out(till: Till, line: Line) -> None:
    one = {"time": "2026-03-01T12:30:00+03:00", "code": "A-1", "rolled_back": False}
    told = {"ok": True, "language": "en", "count": 501, "left_out": 500, "redemptions": [one]}
    line.instead["/today"] = [(200, json.dumps(told).encode())]
    till.sign_in()
    assert till.browser.text("#list-note") == "Earlier today, not shown: 500."
    assert till.browser.text("#list .rest") == "12:30"
    assert not till.browser.all("#list button")  # too long ago to undo


def test_a_list_that_did_not_come_is_asked_for_again(till: Till, line: Line, code: str) -> None:
    till.shop.till("redeem", code=code)
    till.open()
    line.instead["/today"] = [(502, b"<h1>Bad gateway</h1>")]
    till.type_key(TILL_KEY)
    till.browser.wait(lambda: till.find("#reload").is_displayed())
    assert till.browser.text("#list-note") == "Today's list is not up to date."
    till.find("#reload").click()
    till.lists(f"span {code}")
    assert not till.find("#reload").is_displayed()
    till.browser.forgive("status of 502")


QUICK = "const real = setInterval; window.setInterval = (act, pause) => real(act, pause > 60000 ? 300 : pause);"


def test_a_page_that_is_left_open_gets_the_list_of_the_new_day(till: Till, shop: Shop, code: str) -> None:
    command = till.browser.driver.execute_cdp_cmd
    script = command("Page.addScriptToEvaluateOnNewDocument", {"source": QUICK})["identifier"]
    till.sign_in()
    command("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
    shop.till("redeem", code=code, request_id="r-1")
    till.lists(f"span {code}")  # nobody touched anything


def test_a_redemption_of_a_program_without_a_request_id_is_undone(till: Till, shop: Shop, code: str) -> None:
    shop.till("redeem", code=code)
    till.sign_in().lists(f"span {code}")
    till.find("#list button").click()
    till.told("done").press("undo")
    till.told("undone")
    till.lists(f"s {code}")


def test_by_keyboard_alone_a_code_is_redeemed_and_the_next_one_typed(till: Till, code: str) -> None:
    till.sign_in()
    keys = till.browser.keys
    focus = lambda: till.browser.run("return document.activeElement.id || document.activeElement.textContent")  # noqa: E731
    assert focus() == "code"
    keys(code, Keys.ENTER)
    till.told("valid")
    assert focus() == "verdict"
    keys(Keys.ENTER)  # a second Enter, pressed by habit, redeems nothing
    assert till.line.count("/redeem") == 0
    till.browser.wait(lambda: till.find("#redeem .main").is_enabled())
    keys(Keys.TAB, Keys.TAB)
    assert focus() == "Redeem"
    keys(Keys.SPACE)
    till.told("done")
    assert focus() == "verdict"
    keys(Keys.ESCAPE)
    till.on("ask").ask(code).told("refused")
    keys("G")  # who types on types the next code
    till.on("ask")
    keys("IFT-2025", Keys.ENTER)
    till.on("answer").told("refused")
    assert till.facts()["Promo code"] == "GIFT-2025"
    assert till.claims() == 1


def test_a_scanner_that_types_checks_each_code_and_redeems_none(till: Till, shop: Shop) -> None:
    codes = [shop.bot("issue", subscriber_id=each)["code"] for each in ("1", "2", "3")]
    till.sign_in()
    for code in codes:
        till.browser.keys(*code, Keys.ENTER)
        till.browser.wait(lambda code=code: till.kind() == "valid" and till.facts()["Promo code"] == code)
        till.browser.wait(lambda: till.find("#redeem .main").is_enabled())
    assert till.line.count("/redeem") == 0


def test_each_kind_of_answer_has_its_own_icon_and_sound(till: Till, code: str) -> None:
    seen = []
    look = "return [document.body.dataset.played, document.querySelector('#answer .mark').innerHTML, getComputedStyle(document.getElementById('answer')).backgroundColor]"
    till.sign_in().ask(code).told("valid")
    seen.append(till.browser.run(look))
    till.press("redeem")
    till.told("done")
    seen.append(till.browser.run(look))
    till.press("undo")
    till.told("undone")
    seen.append(till.browser.run(look))
    till.press("next")
    till.on("ask").ask("GIFT-2025").told("refused")
    seen.append(till.browser.run(look))
    assert [each[0] for each in seen] == ["valid", "done", "undone", "refused"]
    assert all(len(set(part)) == len(seen) for part in zip(*seen, strict=True))


HEARD = """
window.heard = [];
const begin = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...rest) {
  heard.push(this.context.state);
  return begin.apply(this, rest);
};
"""
MIDDLE = """
const {left, top, width, height} = document.querySelector("#ask .main").getBoundingClientRect();
return {x: left + width / 2, y: top + height / 2};
"""


def test_the_first_tap_of_a_finger_lets_the_answer_sound(till: Till) -> None:
    driver = till.browser.driver
    till.sign_in().browser.size(PHONE, touch=True)
    driver.get("about:blank")  # what was tapped before counts no more
    till.open().on("ask").browser.run(HEARD)
    assert till.browser.run("return navigator.userActivation.hasBeenActive") is False
    till.browser.run("document.getElementById('code').value = 'NO-SUCH-CODE'")
    finger = till.browser.run(MIDDLE)
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    till.told("refused")
    till.browser.wait(lambda: till.browser.run("return heard") == ["running", "running"])


def test_the_sound_is_switched_off_and_stays_off(till: Till, code: str) -> None:
    till.sign_in().find("#sound").click()
    assert till.find("#sound").get_attribute("aria-pressed") == "false"
    till.ask(code).told("valid")
    assert till.browser.run("return document.body.dataset.played") == ""
    till.open().on("ask")
    assert till.find("#sound").get_attribute("aria-pressed") == "false"


def test_what_a_sheet_says_is_shown_as_text(till: Till, shop: Shop) -> None:
    hostile = "<img/src=x/onerror=window.bad=1>"
    code = shop.bot("issue", subscriber_id="9", name=f"{hostile}")["code"]
    shop.type("Campaigns!C2", [[hostile]])
    till.sign_in().ask(code).told("valid")
    assert till.browser.text("#worth") == hostile
    till.press("redeem")
    till.told("done")
    till.lists(f"span {code}")
    assert till.browser.run(
        "return [window.bad ?? null, document.querySelectorAll('#answer img, #list img').length]"
    ) == [None, 0]
