"""What gets lost at a counter: answers, the network, patience, the page itself. Each is one redemption, truly told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lossy import Line
from page_kit import Shop
from selenium.webdriver.common.keys import Keys
from till_kit import Till

LOST = "net::ERR_"
SOON = 30.0


def ids(line: Line, path: str = "/redeem") -> set[str]:
    """Request ids that were sent there."""
    return {
        json.loads(body)["request_id"] for method, each, body in line.asked if each.endswith(path) and method == "POST"
    }


@contextmanager
def offline(till: Till) -> Iterator[None]:
    """The phone has no network."""
    conditions = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    till.browser.driver.execute_cdp_cmd("Network.enable", {})
    till.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    yield
    till.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions | {"offline": False})


def test_an_answer_lost_after_the_deed_is_asked_for_again_under_the_same_id(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    assert till.verdict() == "We don't know yet"
    assert till.row(code)[7] == "used"  # it was done, and the page does not claim to know
    line.losing.clear()
    till.told("done", SOON)
    assert line.count("/redeem") > 1
    assert len(ids(line)) == 1
    assert till.claims() == 1
    till.browser.forgive(LOST)


def test_a_call_that_never_arrived_is_made_again(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.unasked["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    assert till.row(code)[7] == "unused"
    line.unasked.clear()
    till.told("done", SOON)
    assert till.claims() == 1
    till.browser.forgive(LOST)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(502, b"<h1>Bad gateway</h1>", id="a proxy's page"),
        pytest.param(200, b"<h1>Welcome to the free Wi-Fi</h1>", id="a hotel's page"),
        pytest.param(200, b'{"hello": 1}', id="some JSON"),
        pytest.param(503, b'{"ok": false, "reason": "busy"}', id="busy"),
        pytest.param(503, b'{"ok": false, "reason": "sheet_broken"}', id="sheet broken"),
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(till: Till, code: str, line: Line, status: int, body: bytes) -> None:
    till.sign_in().ask(code)
    line.instead["/redeem"] = [(status, body)]
    line.unasked["/redeem"] = 0
    till.press("redeem")
    till.told("unknown")
    assert ("tab Problems" in till.browser.text("#why")) is (b"broken" in body)
    till.told("done", SOON)
    assert (line.count("/redeem"), len(ids(line)), till.claims()) == (2, 1, 1)
    till.browser.forgive("status of 50")


def test_without_a_network_nothing_is_claimed_and_it_goes_on_when_it_is_back(till: Till, code: str) -> None:
    till.sign_in().ask(code)
    with offline(till):
        till.press("redeem")
        till.told("unknown")
        assert not till.find("#sign-out").is_enabled()
    till.told("done", SOON)
    assert till.claims() == 1
    till.browser.forgive(LOST)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("document.getElementById('ask-now').click()", id="ask now"),
        pytest.param("dispatchEvent(new Event('online'))", id="the network is back"),
        pytest.param("document.dispatchEvent(new Event('visibilitychange'))", id="the phone is unlocked"),
    ],
)
def test_the_pause_ends_early(till: Till, code: str, line: Line, event: str) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    till.browser.run("window.setTimeout = () => 0")  # no pause ends by itself any more
    before = line.count("/redeem")
    till.browser.run(event)
    till.browser.wait(lambda: line.count("/redeem") > before)
    line.losing.clear()
    till.browser.wait(lambda: till.kind() == "done" or till.browser.run(event))
    till.browser.forgive(LOST)


def test_a_check_waits_for_the_network(till: Till, code: str) -> None:
    till.sign_in()
    with offline(till):
        till.type(code, Keys.ENTER)
        till.browser.wait(lambda: till.browser.text("#hint").startswith("The server does not answer."))
        assert till.find("#code").get_property("value") == code
    till.on("answer").told("valid")
    till.browser.forgive(LOST)


def test_a_double_tap_redeems_once_and_undoes_nothing(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    button = till.find("#redeem .main")
    till.browser.wait(button.is_enabled)
    till.browser.run(
        "const [button] = arguments; button.click(); button.click(); document.getElementById('redeem').requestSubmit();",
        button,
    )
    till.told("done")
    assert till.browser.run("return [...document.querySelectorAll('#answer button')].every((each) => each.disabled)")
    assert (line.count("/redeem"), line.count("/rollback"), till.claims()) == (1, 0, 1)


def test_two_tabs_with_one_code_are_one_redemption(till: Till, code: str) -> None:
    driver = till.browser.driver
    till.sign_in().ask(code).told("valid")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        till.open().on("ask").ask(code).told("valid")
        till.press("redeem")
        till.told("done")
        driver.switch_to.window(first)
        till.press("redeem")
        till.told("refused")
        assert till.verdict() == "Already used"
        assert till.claims() == 1
    finally:
        driver.switch_to.window(driver.window_handles[-1])
        driver.close()
        driver.switch_to.window(first)


def test_a_reload_before_the_answer_finds_out_what_became_of_it(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    kept = json.loads(till.stored()["promosheet-attempt"])
    assert kept == {"path": "redeem", "code": code, "request_id": ids(line).pop()}
    till.browser.driver.refresh()
    till.told("unknown", SOON)
    line.losing.clear()
    till.told("done", SOON)
    assert (len(ids(line)), till.claims()) == (1, 1)
    assert till.stored() == {}
    till.browser.forgive(LOST)


def test_a_reload_with_an_order_number_finds_it_in_todays_list(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    till.find("#reference").send_keys("+7 900 123-45-67")
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    assert "900" not in str(till.stored())  # whatever somebody types there, it is not kept
    line.losing.clear()
    till.browser.driver.refresh()
    till.told("done", SOON)
    assert till.facts()["Order"] == "+7 900 123-45-67"
    assert till.facts()["Used"].startswith("today, ")
    assert till.claims() == 1
    till.browser.forgive(LOST)


def test_a_list_that_does_not_come_is_asked_for_until_it_tells_what_became_of_it(
    till: Till, code: str, line: Line
) -> None:
    till.sign_in().ask(code)
    till.find("#reference").send_keys("A-1208")
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    line.losing.clear()
    line.unasked["/today"] = 99
    before = line.count("/today", "GET")
    till.browser.driver.refresh()
    till.told("unknown", SOON)
    till.browser.wait(lambda: line.count("/today", "GET") > before + 1)
    assert till.verdict() == "We don't know yet"
    assert till.stored()  # a reload would go on
    line.unasked.clear()
    till.told("done", SOON)
    assert till.facts()["Order"] == "A-1208"
    assert (till.claims(), till.stored()) == (1, {})
    till.browser.forgive(LOST)


HELD = """
const real = fetch;
window.fetch = (path, ...rest) => {
  const answer = real(path, ...rest);
  if (path !== "today") return answer;
  window.fetch = real;
  answer.then(() => (window.isHeld = true));
  return new Promise((goOn) => (window.letGo = () => goOn(answer)));
};
document.getElementById("reload").click();
"""
LET_GO = "letGo(); setTimeout(arguments[0], 300)"


def test_a_list_that_was_overtaken_by_a_newer_one_is_not_shown(till: Till, code: str) -> None:
    till.sign_in().browser.run(HELD)
    till.browser.wait(lambda: till.browser.run("return window.isHeld"))
    till.ask(code)
    till.press("redeem")
    till.told("done")
    till.lists(f"span {code}")
    till.browser.driver.execute_async_script(LET_GO)
    assert till.listing() == [f"span {code}"]


def test_a_list_that_comes_after_signing_out_is_not_for_the_next_one(till: Till, code: str, shop: Shop) -> None:
    shop.till("redeem", code=code, request_id="r-1")
    till.sign_in().browser.run(HELD)
    till.browser.wait(lambda: till.browser.run("return window.isHeld"))
    till.find("#sign-out").click()
    till.on("sign-in")
    till.browser.driver.execute_async_script(LET_GO)
    assert till.listing() == []


def test_a_reload_after_the_call_was_lost_redeems_once(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.unasked["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    line.unasked.clear()
    till.browser.driver.refresh()
    till.told("done", SOON)
    assert (len(ids(line)), till.claims()) == (1, 1)
    till.browser.forgive(LOST)


def test_what_was_undone_elsewhere_in_the_meantime_is_not_called_redeemed(
    till: Till, code: str, line: Line, shop: Shop
) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    assert shop.till("rollback", code=code, request_id=ids(line).pop())["status"] == "rolled_back"
    line.losing.clear()
    till.told("undone", SOON)
    assert till.claims() == 1
    till.browser.forgive(LOST)


def test_an_undo_whose_answer_was_lost_is_done_once(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done")
    line.losing["/rollback"] = 99
    till.press("undo")
    till.told("unknown")
    assert "undone only once" in till.browser.text("#why")
    assert not till.find("#undo").is_displayed()
    till.browser.driver.refresh()
    till.told("unknown", SOON)
    line.losing.clear()
    till.told("undone", SOON)
    assert till.row(code)[7] == "unused"
    assert till.stored() == {}
    till.browser.forgive(LOST)


def test_back_closes_an_answer_and_keeps_what_was_typed(till: Till, code: str) -> None:
    till.sign_in().ask(code).told("valid")
    till.browser.driver.back()
    till.on("ask")
    assert till.find("#code").get_property("value") == code
    till.find("#ask .main").click()
    till.on("answer").told("valid")
    assert code not in till.browser.driver.current_url


def test_back_does_not_leave_before_it_is_known(till: Till, code: str, line: Line) -> None:
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    till.browser.driver.back()
    till.told("unknown")
    line.losing.clear()
    till.told("done", SOON)
    till.browser.driver.back()
    till.on("ask")
    assert (len(ids(line)), till.claims()) == (1, 1)
    till.browser.forgive(LOST)


def test_nothing_is_kept_in_the_browser_once_it_is_answered(till: Till, code: str) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done")
    assert till.stored() == {}
    assert till.browser.run("return document.cookie") == ""
    assert code not in till.browser.driver.current_url
    assert all(code not in path for _, path, _ in till.line.asked)
