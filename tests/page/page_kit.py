"""`promosheet local` and a person at its page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from browser import Browser
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.keys import Keys

from functions.local.example import BOT_KEY, TILL_KEY, type_rows
from functions.local.functions_process import environment
from sheet_schema import languages, tabs

COMMAND = str(Path(sys.executable).with_name("promosheet"))
SCRATCH, SCRATCH_ID = "Scratch", 900


class Shop:
    """`promosheet local`, and staff who edit its spreadsheet elsewhere at the same time."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.book = f"{base}/v4/spreadsheets/local"
        self.session = requests.Session()
        self.session.trust_env = False

    def edit(self, *batch: dict[str, Any]) -> None:
        answer = self.session.post(f"{self.book}:batchUpdate", json={"requests": batch}, timeout=20)
        assert answer.ok, answer.text

    def type(self, place: str, rows: list[list[Any]], option: str = "USER_ENTERED") -> None:
        url = f"{self.book}/values/{quote(place)}?valueInputOption={option}"
        answer = self.session.put(url, json={"values": rows}, timeout=20)
        assert answer.ok, answer.text

    def values(self, place: str, option: str = "FORMATTED_VALUE") -> list[list[Any]]:
        answer = self.session.get(f"{self.book}/values/{quote(place)}?valueRenderOption={option}", timeout=20)
        found: list[list[Any]] = answer.json().get("values", [])
        return found

    def sheet_id(self, title: str) -> int:
        found = self.session.get(f"{self.book}?fields=sheets.properties(sheetId,title)", timeout=20).json()["sheets"]
        return int(next(each["properties"]["sheetId"] for each in found if each["properties"]["title"] == title))

    def sort(self, title: str, column: int, order: str = "ASCENDING") -> None:
        place = {"sheetId": self.sheet_id(title), "startRowIndex": 1}
        self.edit({"sortRange": {"range": place, "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}]}})

    def lines(self, title: str, dimension: str, start: int, end: int) -> dict[str, Any]:
        return {"sheetId": self.sheet_id(title), "dimension": dimension, "startIndex": start, "endIndex": end}

    def bot(self, call: str, **body: str) -> dict[str, Any]:
        return self._call(f"/bot/{call}?campaign=spring", BOT_KEY, body)

    def till(self, call: str, **body: str) -> dict[str, Any]:
        return self._call(f"/till/{call}", TILL_KEY, body)

    def _call(self, path: str, key: str, body: dict[str, str]) -> dict[str, Any]:
        answer = self.session.post(self.base + path, json=body, headers={"X-Api-Key": key}, timeout=20)
        found: dict[str, Any] = answer.json()
        return found

    def clean(self) -> None:
        """The spreadsheet as a newcomer finds it."""
        found = self.session.get(f"{self.book}?fields=sheets.properties", timeout=20).json()["sheets"]
        data = {languages.language("en").tabs[tab.key] for tab in tabs.TABS if tab.columns}
        batch: list[dict[str, Any]] = []
        for properties in (each["properties"] for each in found):
            if properties["sheetId"] == SCRATCH_ID:
                batch.append({"deleteSheet": {"sheetId": SCRATCH_ID}})
            elif properties["title"] in data:
                below = {"sheetId": properties["sheetId"], "startRowIndex": 1, "endRowIndex": 100}
                batch.append({"updateCells": {"range": below, "fields": "userEnteredValue"}})
        self.edit(*batch)
        type_rows(self.base, languages.language("en"))

    def scratch(self, rows: list[list[Any]], **properties: Any) -> None:
        """A tab of the test's own."""
        grid = {"rowCount": 60, "columnCount": 8, "frozenRowCount": 1, **properties}
        self.edit({"addSheet": {"properties": {"sheetId": SCRATCH_ID, "title": SCRATCH, "gridProperties": grid}}})
        self.type(f"{SCRATCH}!A1", rows)


@contextmanager
def opened(*words: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], Shop]]:
    settings = environment({"LC_ALL": "C.UTF-8", "TZ": "Europe/Moscow", **variables})
    command = [COMMAND, "local", *words]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"(http://\S+)/sheet", line)
        assert found is not None, line
        shop = Shop(found[1])
        try:
            yield process, shop
        finally:
            shop.session.close()
            process.terminate()
            process.wait(30)


class Page:
    """The sheet's page as a person uses it. Rows and columns count as in the sheet: `cell("B3")`."""

    def __init__(self, browser: Browser, shop: Shop) -> None:
        self.browser, self.shop = browser, shop

    def open(self, tab: str = "Promo codes") -> Page:
        self.browser.driver.get("about:blank")  # a hash alone would not load again
        self.browser.driver.get(f"{self.shop.base}/sheet#{quote(tab)}")
        self.browser.wait(lambda: self.browser.text("[role=tab][aria-selected=true]") == tab)
        self.browser.wait(lambda: self.browser.text("#content"))
        self.focus()
        return self

    @staticmethod
    def selector(name: str) -> str:
        found = re.fullmatch(r"([A-Z])(\d+)", name)
        assert found is not None
        return f"#c{int(found[2]) - 1}-{ord(found[1]) - ord('A')}"

    def cell(self, name: str) -> str:
        shown: str = self.browser.run(
            "const cell = document.querySelector(arguments[0]);"
            "return [...(cell?.childNodes ?? [])].filter((each) => each.nodeType === 3).map((each) => each.data).join('')",
            self.selector(name),
        )
        return shown

    def row(self, number: int) -> list[str]:
        return [self.cell(f"{letter}{number}") for letter in "ABCDEFGH"]

    def shows(self, name: str, text: str, seconds: float = 5) -> None:
        self.browser.wait(lambda: self.cell(name) == text, seconds)

    def focus(self) -> None:
        self.browser.run("document.getElementById('grid').focus()")

    def go(self, name: str) -> None:
        """Select a cell by clicking it; while others write, its element may just be drawn anew."""
        self.browser.wait(lambda: self._click(self.selector(name)))
        assert self.browser.text("#address") == name

    def _click(self, selector: str) -> bool:
        try:
            self.browser.find(selector).click()
        except StaleElementReferenceException:
            return False
        return True

    def mean_it(self, name: str) -> None:
        """Say once that one means to edit a part that Promosheet writes; an edit that changes nothing begins and ends."""
        self.go(name)
        self.browser.keys(Keys.F2)
        self.browser.wait(lambda: self.browser.find("#yes").is_displayed())
        self.browser.find("#yes").click()
        self.browser.wait(lambda: not self.browser.find("#editor").get_property("hidden"))
        self.browser.keys(Keys.ESCAPE)

    def edit(self, name: str, text: str, *keys: str) -> None:
        """Select a cell and type over it."""
        self.go(name)
        self.browser.keys(text, *keys)

    def settled(self) -> None:
        """Wait until everything that was typed is written."""
        self.browser.wait(lambda: not self.browser.all(".pending"))

    def menu(self, words: str) -> None:
        self.browser.wait(lambda: self.browser.find("#menu").is_displayed())
        next(each for each in self.browser.all("#menu button") if words in each.text).click()

    def press(self, call: str) -> None:
        self.browser.find(f"[data-call={call}]").click()

    def said(self) -> str:
        """The word of the newest answer in the panel."""
        return self.browser.text("#chat article:first-child .word")

    def slow(self, part: str, times: int = 1) -> None:
        """Let the answers to the next calls with *part* in their address come 700 ms late, as over a bad line."""
        self.browser.run(
            "const [part, times] = arguments; const now = window.fetch; let left = times;"
            "window.fetch = async (path, ...rest) => {"
            "  const isLate = path.includes(part) && left-- > 0; const answer = await now(path, ...rest);"
            "  if (isLate) await new Promise((goOn) => setTimeout(goOn, 700));"
            "  return answer; }",
            part,
            times,
        )

    def scroll(self, rows: int) -> None:
        """Scroll so that the *rows* first ones are above."""
        self.browser.run("document.getElementById('scroller').scrollTop = 28 * arguments[0]", rows)

    def chord(self, *keys: str) -> None:
        self.browser.chord(*keys)

    def chosen(self) -> str:
        return self.browser.text("#address")

    def status(self) -> str:
        return self.browser.text("#status")

    def copy(self) -> None:
        self.chord(Keys.CONTROL, "c")

    def paste(self) -> None:
        self.chord(Keys.CONTROL, "v")
