"""Who is at the till: a key, a link, the end of a session, another tab, nobody."""

from __future__ import annotations

import json
import time

import pytest
from lossy import Line
from till_kit import Till

from functions.local.example import BOT_KEY, TILL_KEY
from functions.local.one_port import ADMIN_KEY, CODE_KEY
from functions.promo import Role
from functions.settings import Key
from functions.till import COOKIE
from functions.till.sessions import Sessions

MAIN_STREET = Key("main-street", Role.TILL, TILL_KEY.encode())
REMOVED = Key("side-street", Role.TILL, b"a-key-that-is-no-more")


def sessions(*keys: Key) -> Sessions:
    return Sessions(CODE_KEY.encode(), keys)


def cookie(till: Till, value: str) -> None:
    """Put a session of another key in the place of this one."""
    place = {"url": f"{till.line.base}/till/", "path": "/till/", "httpOnly": True, "sameSite": "Strict"}
    till.browser.driver.execute_cdp_cmd("Network.setCookie", {"name": COOKIE, "value": value, **place})


def note(till: Till) -> str:
    till.browser.wait(lambda: till.find("#sign-in-note").is_displayed())
    return till.browser.text("#sign-in-note")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        pytest.param("wrong-key-00000000000", "This key is wrong.", id="wrong"),
        pytest.param(BOT_KEY, "This key may not do that. Sign in with the key of a till.", id="a bot's"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_in_words(till: Till, key: str, said: str) -> None:
    till.open().type_key(key)
    assert note(till).startswith(said)
    assert till.find("#key").get_property("value") == key
    till.find("#key").clear()
    till.type_key(TILL_KEY)
    till.on("ask").listed()
    assert till.browser.text("#till") == "main-street"
    assert till.find("#key").get_property("value") == ""


def test_too_many_wrong_keys_wait(till: Till, line: Line) -> None:
    till.open()
    line.instead["/session"] = [(429, b'{"ok": false, "reason": "too_many"}')]
    till.type_key(TILL_KEY)
    assert note(till) == "There were too many wrong keys. Try again in 7 s."
    till.find("#sign-in .main").click()
    till.on("ask").listed()


def test_without_an_answer_the_sign_in_says_so(till: Till, line: Line) -> None:
    till.open()
    line.instead["/session"] = [(502, b"<h1>Bad gateway</h1>")]
    till.type_key(TILL_KEY)
    assert note(till) == "The server does not answer. Try again."
    till.find("#sign-in .main").click()
    till.on("ask").listed()
    till.browser.forgive("status of 502")


def test_a_password_manager_finds_what_it_needs(till: Till) -> None:
    till.open()
    inputs = "return [...document.querySelectorAll('#sign-in input')].map((each) => [each.type, each.autocomplete])"
    assert till.browser.run(inputs)[:2] == [["text", "username"], ["password", "current-password"]]
    till.find("#show-key").click()
    assert till.find("#key").get_attribute("type") == "text"


def test_a_link_signs_in_and_leaves_the_address(till: Till) -> None:
    link = sessions(MAIN_STREET).link(MAIN_STREET, time.time() + 60, "a-link")
    till.open(f"#link={link}").on("ask").listed()
    assert till.browser.driver.current_url == f"{till.line.base}/till/"
    assert all(link not in path for _, path, _ in till.line.asked)
    assert till.stored() == {}


@pytest.mark.parametrize("link", ["stale", "forged", "cut"])
def test_a_link_that_is_no_good_says_so_and_asks_for_the_key(till: Till, link: str) -> None:
    good = sessions(MAIN_STREET).link(MAIN_STREET, time.time() + (-1 if link == "stale" else 60), "a-link")
    text = {"stale": good, "forged": f"x{good[1:]}", "cut": good[:-4]}[link]
    till.open(f"#link={text}")
    assert note(till).startswith("This link is no longer good.")
    assert till.browser.driver.current_url == f"{till.line.base}/till/"


def test_signing_out_ends_it_and_takes_everything_off_the_page(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done").lists(f"span {code}")
    till.find("#sign-out").click()
    till.on("sign-in")
    assert note(till) == "You are signed out."
    assert (till.listing(), till.find("#code").get_property("value")) == ([], "")
    assert line.count("/session", "DELETE") == 1
    till.open()
    assert till.screen() == "sign-in"


def test_a_key_that_is_removed_ends_its_session_and_one_goes_on_with_another(till: Till, code: str) -> None:
    till.sign_in().ask(code).told("valid")
    till.find("#reference").send_keys("A-1")
    cookie(till, sessions(REMOVED).cookie(REMOVED, time.time(), "gone"))
    till.press("redeem")
    till.on("sign-in")
    assert note(till) == "Please sign in again. You go on where you were."
    assert till.claims() == 0
    till.type_key(TILL_KEY)
    till.told("done")
    assert till.facts()["Order"] == "A-1"
    assert till.claims() == 1
    assert till.stored() == {}


def test_a_reload_while_the_session_is_over_goes_on_after_signing_in(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    till.browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    line.losing.clear()
    till.browser.driver.refresh()
    till.on("sign-in").type_key(TILL_KEY)
    till.told("done", 30)
    assert till.claims() == 1
    till.browser.forgive("net::ERR_")


def test_a_session_that_ended_while_typing_keeps_what_was_typed(till: Till, code: str) -> None:
    till.sign_in()
    till.browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    till.type(code)
    till.on("sign-in").type_key(TILL_KEY)
    till.on("answer").told("valid")
    assert till.facts()["Promo code"] == code


def test_another_tab_that_signs_in_anew_does_not_stop_this_one(till: Till, code: str) -> None:
    till.sign_in().ask(code).told("valid")
    other = sessions(MAIN_STREET).cookie(MAIN_STREET, time.time(), "another")
    cookie(till, other)
    till.press("redeem")
    till.told("done")
    assert till.claims() == 1


def test_who_comes_by_a_link_elsewhere_is_still_signed_in(till: Till) -> None:
    """A strict cookie is not sent then, so the page comes without a name, and asks by itself."""
    till.sign_in()
    till.browser.driver.get(f"{till.line.base.replace('127.0.0.1', 'localhost')}/till/")
    till.on("sign-in")
    till.browser.run(
        "const link = document.createElement('a'); link.href = arguments[0]; link.click()", f"{till.line.base}/till/"
    )
    till.browser.wait(lambda: till.browser.driver.current_url.startswith(till.line.base))
    till.on("ask").listed()
    shown = till.browser.run("return JSON.parse(document.getElementById('page').textContent).till")
    assert (shown, till.browser.text("#till")) == (None, "main-street")


def test_a_foreign_page_data_secret_changes_nothing(till: Till, code: str) -> None:
    """What the page shows with each call is the session's own: without it the server does nothing."""
    till.sign_in()
    sent = """
    const [code, done] = arguments;
    fetch("redeem", {method: "POST", headers: {"Content-Type": "application/json", "X-Csrf-Token": "forged"},
                     body: JSON.stringify({code})}).then((answer) => done(answer.status));
    """
    assert till.browser.driver.execute_async_script(sent, code) == 403
    assert till.claims() == 0


def test_an_admin_sees_where_each_was_redeemed(till: Till, code: str) -> None:
    till.shop.till("redeem", code=code, request_id="r-1")
    till.sign_in(ADMIN_KEY).lists(f"span {code}")
    assert till.browser.text("#list .rest").endswith(" · main-street")
    assert json.loads(till.browser.run("return document.getElementById('page').textContent"))["till"] is None
