"""Make till.png and till-phone-*.png: the till page in the middle of a busy day. Needs Chromium.

python tests/pictures/till.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "page"), str(HERE.parent / "till_page")]

from browser import PHONE, Browser, started  # noqa: E402
from lossy import line_to  # noqa: E402
from page_kit import Shop, opened  # noqa: E402
from till_kit import Till  # noqa: E402

PEOPLE = {"2001": "Maria", "2002": "Timur", "2003": "Olga", "2004": "Ben", "2005": "Aigerim", "2006": "Lev"}
ORDERS = ("A-1203", "", "1,450", "A-1207")
SIZE = (1280, 800)


def morning(shop: Shop) -> list[str]:
    """Some codes, most of them redeemed here, one of those undone; gives the codes that are left."""
    codes = [shop.bot("issue", subscriber_id=each, name=name)["code"] for each, name in PEOPLE.items()]
    for number, order in enumerate(ORDERS):
        shop.till("redeem", code=codes[number], reference=order, request_id=f"r-{number}")
    shop.till("rollback", code=codes[1], request_id="r-1")
    return codes[len(ORDERS) :]


def main() -> None:
    """Take the pictures: a code that is good, one that was used, an answer that is lost; and the whole page."""
    with tempfile.TemporaryDirectory() as folder, opened("--port", "0") as (_, shop), line_to(shop.base) as line:
        driver = started(Path(folder), "--hide-scrollbars")
        try:
            till = Till(Browser(driver), shop, line)
            till.browser.size(PHONE, touch=True, scale=2)
            first, second = morning(shop)

            def shot(name: str) -> None:
                driver.save_screenshot(str(HERE / f"till-phone-{name}.png"))

            till.sign_in().ask(first).told("valid")
            shot("valid")
            line.losing["/redeem"] = 99
            till.press("redeem")
            till.told("unknown")
            shot("unknown")
            line.losing.clear()
            till.press("ask-now")
            till.told("done", 60)
            till.press("next")
            till.on("ask").ask(first).told("refused")
            shot("used")
            till.press("next")
            till.browser.size(SIZE)
            till.on("ask").ask(second).told("valid")
            till.find("#reference").send_keys("A-1209")
            till.press("redeem")
            till.told("done")
            till.browser.wait(lambda: f"span {second}" in till.listing())
            driver.save_screenshot(str(HERE / "till.png"))
            till.browser.prefers(prefers_color_scheme="dark")
            till.browser.size(PHONE, touch=True, scale=2)
            shot("done-dark")
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
