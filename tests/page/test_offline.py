"""When nobody answers: nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path

from browser import Browser
from page_kit import Page, opened
from selenium.webdriver.common.keys import Keys


def test_what_is_typed_while_the_server_is_away_is_sent_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    with opened("--port", "0", "--data", str(tmp_path)) as (process, shop):
        page = Page(browser, shop).open("Campaigns")
        port = shop.base.rpartition(":")[2]
        process.terminate()
        assert process.wait(30) == 0
    browser.wait(lambda: browser.find("#banner").is_displayed())
    assert "does not answer" in browser.find("#banner").text
    page.edit("A4", "summer", Keys.TAB, "no", Keys.TAB, Keys.TAB, "pool", Keys.ENTER)
    assert page.row(4)[:4] == ["summer", "no", "", "pool"]
    assert browser.all(".pending")
    with opened("--port", port, "--data", str(tmp_path)) as (_, shop):
        page.settled()
        browser.wait(lambda: shop.values("Campaigns!A4:D5") == [["summer", "no", "", "pool"]])
        browser.wait(lambda: not browser.find("#banner").is_displayed())
        page.shows("A4", "summer")
    browser.forgive("ERR_CONNECTION_REFUSED", "ERR_EMPTY")
