"""A headless Chromium of this machine, for tests of any page: nothing is downloaded, nothing outside is asked.

A folder of tests takes it with `from browser import browser, driver` in its conftest.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE_S = 10.0
WIDE, PHONE = (1280, 900), (390, 844)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-prefers-reduced-motion",
)  # fmt: skip
REFUSED = re.compile(r"/(till|bot)/\w+\S* - Failed to load resource: the server responded with a status of 4")
Found = TypeVar("Found")


def missing() -> str:
    """What the machine lacks, in words; "" if nothing."""
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(lacking)} not installed (apt-get install chromium chromium-driver)" if lacking else ""


def started(profile: Path, *flags: str) -> webdriver.Chrome:
    """A browser with an empty profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.unhandled_prompt_behavior = "accept"
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class Browser:
    """One browser as a person uses it: looks, waits, types."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self._forgiven: list[str] = []

    def size(self, size: tuple[int, int], *, touch: bool = False, scale: float = 1) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": scale, "mobile": touch}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})

    def prefers(self, **features: str) -> None:
        """Such as prefers_color_scheme="dark"."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements("css selector", selector)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """Text of the first that fits, "" if there is none; read at once, so that redrawing does not disturb."""
        found: str = self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)
        return found

    def wait(self, question: Callable[[], Found], seconds: float = PATIENCE_S) -> Found:
        """The first answer that is true."""
        return WebDriverWait(self.driver, seconds, poll_frequency=0.03).until(lambda _: question())

    def keys(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        chain = ActionChains(self.driver, duration=0)
        for each in keys:
            chain.send_keys(each)
        chain.perform()

    def chord(self, *keys: str) -> None:
        """Press keys together."""
        chain = ActionChains(self.driver, duration=0)
        for each in keys:
            chain.key_down(each)
        for each in reversed(keys):
            chain.key_up(each)
        chain.perform()

    def forgive(self, *words: str) -> None:
        """The console may complain in these words until the test ends: a page that asks again may do so at any moment."""
        self._forgiven += words

    def complaints(self) -> list[str]:
        """What the console says of errors. A call that was refused in words (409, 410, …) is none."""
        said = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [each for each in said if not REFUSED.search(each) and not any(word in each for word in self._forgiven)]

    def asked(self) -> set[str]:
        """Origins of everything that was requested since the last time."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [
            entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
        ]
        return {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in sent}


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    lacking = missing()
    if lacking:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lacking)
    found = started(tmp_path_factory.mktemp("profile"))
    try:
        yield found
    finally:
        found.quit()


@pytest.fixture
def browser(driver: webdriver.Chrome) -> Iterator[Browser]:
    """The session's browser, wide and light; at the end the console must have no errors."""
    found = Browser(driver)
    driver.get("about:blank")
    found.complaints()
    found.asked()
    found.size(WIDE)
    found.prefers()
    yield found
    complaints = found.complaints()
    driver.get("about:blank")
    assert not complaints, complaints
