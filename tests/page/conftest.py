from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import Browser, browser, driver
from page_kit import Page, Shop, opened

__all__ = ["browser", "driver"]


@pytest.fixture(scope="session")
def running() -> Iterator[Shop]:
    with opened("--port", "0") as (_, shop):
        yield shop


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.clean()
    return running


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Page:
    return Page(browser, shop)
