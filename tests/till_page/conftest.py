from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import Browser, browser, driver
from lossy import Line, line_to
from page_kit import Shop, opened
from till_kit import VIOLATIONS, Till

__all__ = ["browser", "driver"]


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[Shop, Line]]:
    with opened("--port", "0") as (_, shop), line_to(shop.base) as line:
        yield shop, line


@pytest.fixture(scope="session")
def running_in_russian() -> Iterator[tuple[Shop, Line]]:
    with opened("--port", "0", LC_ALL="ru_RU.UTF-8") as (_, shop), line_to(shop.base) as line:
        yield shop, line


@pytest.fixture
def shop(running: tuple[Shop, Line]) -> Shop:
    running[0].clean()
    return running[0]


@pytest.fixture
def line(running: tuple[Shop, Line]) -> Line:
    running[1].restore()
    return running[1]


@pytest.fixture
def till(browser: Browser, shop: Shop, line: Line) -> Iterator[Till]:
    """Nobody is signed in; at the end the Content-Security-Policy must not have been touched."""
    yield from _till(browser, shop, line)


@pytest.fixture
def russian(browser: Browser, running_in_russian: tuple[Shop, Line]) -> Iterator[Till]:
    """The same with a Russian spreadsheet."""
    shop, line = running_in_russian
    line.restore()
    yield from _till(browser, shop, line)


def _till(browser: Browser, shop: Shop, line: Line) -> Iterator[Till]:
    command = browser.driver.execute_cdp_cmd
    command("Network.clearBrowserCookies", {})
    command("Storage.clearDataForOrigin", {"origin": line.base, "storageTypes": "local_storage"})
    script = command("Page.addScriptToEvaluateOnNewDocument", {"source": VIOLATIONS})["identifier"]
    yield Till(browser, shop, line)
    line.gate.set()
    violations = browser.run("return window.violations ?? []")
    command("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
    assert violations == []


@pytest.fixture
def code(shop: Shop) -> str:
    """A code that Anna has just got."""
    found: str = shop.bot("issue", subscriber_id="1001", name="Anna Petrova")["code"]
    return found
