"""A person at the till page."""

from __future__ import annotations

from typing import Any

from browser import Browser
from lossy import Line
from page_kit import Shop
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from functions.local.example import TILL_KEY

VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Till:
    """The page, seen through a line that may lose answers."""

    def __init__(self, browser: Browser, shop: Shop, line: Line) -> None:
        self.browser, self.shop, self.line = browser, shop, line

    def open(self, fragment: str = "") -> Till:
        self.browser.driver.get(f"{self.line.base}/till/{fragment}")
        return self.on("ask", "sign-in")

    def sign_in(self, key: str = TILL_KEY) -> Till:
        self.open()
        self.type_key(key)
        return self.on("ask").listed()

    def type_key(self, key: str) -> None:
        self.find("#key").send_keys(key, Keys.ENTER)

    def on(self, *screens: str) -> Till:
        """Wait for a screen whose script is at work."""
        self.browser.wait(
            lambda: self.screen() in screens and self.browser.run("return document.readyState") == "complete"
        )
        return self

    def screen(self) -> str:
        found: str = self.browser.run("return document.body.dataset.screen")
        return found

    def listed(self) -> Till:
        self.browser.wait(lambda: self.browser.text("#count"))
        return self

    def find(self, selector: str) -> WebElement:
        return self.browser.find(selector)

    def type(self, code: str, *keys: str) -> None:
        self.find("#code").send_keys(code, *keys)

    def ask(self, code: str) -> Till:
        """Type a code and press Enter."""
        self.type(code, Keys.ENTER)
        return self.on("answer")

    def press(self, name: str) -> None:
        """Press a button of the answer as soon as it can be pressed."""
        button = self.find("#redeem .main" if name == "redeem" else f"#{name}")
        self.browser.wait(lambda: button.is_displayed() and button.is_enabled())
        button.click()

    def told(self, kind: str, seconds: float = 10) -> Till:
        """Wait for an answer of a kind."""
        self.browser.wait(lambda: self.kind() == kind, seconds)
        return self

    def kind(self) -> str:
        found: str = self.browser.run("return document.getElementById('answer').dataset.kind ?? ''")
        return found if self.screen() == "answer" else ""

    def verdict(self) -> str:
        return self.browser.text("#verdict")

    def facts(self) -> dict[str, str]:
        pairs: list[list[str]] = self.browser.run(
            "return [...document.querySelectorAll('#facts div')].map((row) => [...row.children].map((each) => each.textContent))"
        )
        return dict(pairs)  # type: ignore[arg-type]

    def listing(self) -> list[str]:
        """Today's list, "s CODE" for what is struck through."""
        found: list[str] = self.browser.run(
            "return [...document.querySelectorAll('#list .code')].map((each) => `${each.localName} ${each.textContent}`)"
        )
        return found

    def lists(self, *entries: str) -> None:
        """Wait until these are listed; those of one second are in no certain order."""
        self.browser.wait(lambda: sorted(self.listing()) == sorted(entries))

    def stored(self) -> dict[str, str]:
        """Everything that the page keeps in the browser and a script can see."""
        found: dict[str, str] = self.browser.run("return {...sessionStorage, ...localStorage}")
        return found

    def row(self, code: str) -> list[Any]:
        """The code's row of the sheet."""
        return next(row for row in self.shop.values("'Promo codes'!A2:K60") if row[:1] == [code])

    def claims(self) -> int:
        """How many redemptions stand in the sheet, dead ones included."""
        return sum(row[2:3] == ["redeemed"] for row in self.shop.values("Redemptions!A2:I100"))
