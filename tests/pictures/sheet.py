"""Make sheet.png and sheet-phone.png: the page of `promosheet local` after a busy morning. Needs Chromium.

python tests/pictures/sheet.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "page")]

from browser import PHONE, Browser, started  # noqa: E402
from page_kit import Page, Shop, opened  # noqa: E402

PEOPLE = {
    "2001": "Maria", "2002": "Timur", "2003": "Olga", "2004": "Ben", "2005": "Aigerim", "2006": "Lev", "2007": "Nadia",
    "2008": "Marcus",
}  # fmt: skip
WIDTHS = (166, 84, 108, 122, 72, 136, 116, 74)
SIZE = (1280, 800)


def morning(shop: Shop) -> None:
    """Some codes, some of them redeemed, one voided by hand."""
    codes = {
        each: shop.bot("issue", subscriber_id=each, name=name, platform="bothelp")["code"]
        for each, name in PEOPLE.items()
    }
    for subscriber in ("2001", "2003", "2006"):
        shop.till("redeem", code=codes[subscriber])
    shop.bot("redeem", code=codes["2005"], subscriber_id="2005", channel="telegram")
    shop.type("'Promo codes'!H6", [["void"]])


def widths(shop: Shop) -> None:
    """Columns as staff would draw them."""
    for at, width in enumerate(WIDTHS):
        columns = shop.lines("Promo codes", "COLUMNS", at, at + 1)
        size = {"range": columns, "properties": {"pixelSize": width}, "fields": "pixelSize"}
        shop.edit({"updateDimensionProperties": size})


def main() -> None:
    """Take both pictures."""
    with tempfile.TemporaryDirectory() as folder, opened("--port", "0") as (_, shop):
        driver = started(Path(folder), "--hide-scrollbars")
        try:
            browser = Browser(driver)
            browser.size(SIZE)
            morning(shop)
            widths(shop)
            page = Page(browser, shop).open()
            page.press("issue")
            page.shows("C11", "1001")
            page.go("A11")
            browser.wait(lambda: not browser.all(".changed"))
            driver.save_screenshot(str(HERE / "sheet.png"))
            browser.size(PHONE, touch=True, scale=2)
            page.open()
            driver.save_screenshot(str(HERE / "sheet-phone.png"))
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
