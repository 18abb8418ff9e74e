"""Scanning: with a camera that shows a QR code, from a picture, and where there is no camera."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, missing, started
from lossy import Line
from page_kit import Shop
from qr_pictures import picture, video
from selenium import webdriver
from till_kit import VIOLATIONS, Till

SHOWN = "TABLE-TENT-7"
LATER = ("/camera.js", "/qr-worker.js", "/qr/decode.js", "/qr/index.js")


@pytest.fixture(scope="session")
def camera_driver(tmp_path_factory: pytest.TempPathFactory, driver: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A browser whose camera looks at a QR code; *driver* has said what is missing on this machine."""
    assert not missing(), driver
    folder = tmp_path_factory.mktemp("camera")
    found = started(
        folder / "profile",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video(SHOWN, folder / 'qr.y4m')}",
    )
    try:
        yield found
    finally:
        found.quit()


@pytest.fixture
def scanning(camera_driver: webdriver.Chrome, shop: Shop, line: Line) -> Iterator[Till]:
    camera_driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    script = camera_driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": VIOLATIONS})[
        "identifier"
    ]
    shop.type("'Promo codes'!A3", [[SHOWN, "spring", "7", "Anna"]])
    found = Browser(camera_driver)
    yield Till(found, shop, line)
    assert found.run("return window.violations") == []
    assert found.complaints() == []
    camera_driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})


def test_a_code_is_scanned_and_redeemed(scanning: Till, line: Line) -> None:
    scanning.sign_in()
    assert not any(path.endswith(LATER) for _, path, _ in line.asked)  # nothing of it before the camera opens
    scanning.find("#scan").click()
    scanning.on("answer").told("valid")
    assert scanning.facts()["Promo code"] == SHOWN
    assert all(any(path.endswith(each) for _, path, _ in line.asked) for each in LATER)
    assert scanning.browser.run("return document.getElementById('video').srcObject") is None  # the camera is off
    scanning.press("redeem")
    scanning.told("done")
    assert scanning.claims() == 1
    scanning.press("next")
    scanning.on("ask")
    assert scanning.browser.run("return document.activeElement.id") == "scan"


def test_back_closes_the_camera(scanning: Till) -> None:
    scanning.sign_in()
    scanning.browser.run("BarcodeDetector = undefined; Worker = class { postMessage() {} };")  # it never finds one
    scanning.find("#scan").click()
    scanning.browser.wait(lambda: scanning.browser.run("return document.getElementById('video').videoWidth"))
    scanning.browser.run("window.track = document.getElementById('video').srcObject.getTracks()[0]")
    scanning.browser.driver.back()
    scanning.on("ask")
    assert scanning.browser.run("return track.readyState") == "ended"
    assert scanning.browser.driver.current_url == f"{scanning.line.base}/till/"


def test_the_browsers_own_detector_is_used_where_there_is_one(scanning: Till, line: Line) -> None:
    scanning.sign_in()
    scanning.browser.run(
        "window.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code', 'ean_13', 'unknown']; }"
        " constructor(options) { window.options = options; } async detect() { return [{rawValue: ' gift-2025 '}]; } }"
    )
    scanning.find("#scan").click()
    scanning.on("answer").told("refused")
    assert scanning.facts()["Promo code"] == "GIFT-2025"
    assert scanning.browser.run("return options") == {"formats": ["qr_code", "ean_13"]}
    assert line.count("/qr/decode.js", "GET") == 0


def test_a_detector_whose_service_is_not_there_is_done_without(scanning: Till) -> None:
    scanning.sign_in()
    scanning.browser.run(
        "window.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code']; }"
        " async detect() { throw new DOMException('gone', 'NotSupportedError'); } }"
    )
    scanning.find("#scan").click()
    scanning.on("answer").told("valid")
    assert scanning.facts()["Promo code"] == SHOWN


BLANK = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  const draw = () => pen.fillRect(0, 0, canvas.width, canvas.height);
  draw();
  setInterval(draw, 50);
  return canvas.captureStream();
};
"""
HELD = """
window.held = [];
const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...message) {
  held.push(() => send.apply(this, message));
};
window.letGo = () => {
  Worker.prototype.postMessage = send;
  for (const each of held.splice(0)) each();
};
"""


def held(till: Till) -> int:
    """How many pictures the reader was asked to look at and has not got yet."""
    found: int = till.browser.run("return held.length")
    return found


def test_a_picture_is_read_while_the_camera_looks(till: Till, code: str, tmp_path: Path) -> None:
    till.sign_in().browser.run(BLANK + HELD)
    till.find("#scan").click()
    till.browser.wait(lambda: held(till) == 1)
    till.find("#picture").send_keys(picture(code, tmp_path / "qr.png"))
    till.browser.wait(lambda: held(till) == 2)
    assert till.browser.text("#camera-note") == "Checking…"
    till.browser.run("letGo()")
    till.on("answer").told("valid")
    assert till.facts()["Promo code"] == code


def test_a_picture_that_is_read_after_the_scan_was_left_changes_nothing(till: Till, code: str, tmp_path: Path) -> None:
    till.sign_in().browser.run(BLANK + HELD)
    till.find("#scan").click()
    till.find("#picture").send_keys(picture(code, tmp_path / "qr.png"))
    till.browser.wait(lambda: held(till) == 2)
    till.find("#stop").click()
    till.on("ask").type("NO")
    till.browser.driver.execute_async_script("letGo(); setTimeout(arguments[0], 1500)")
    assert (till.screen(), till.find("#code").get_property("value")) == ("ask", "NO")


@pytest.mark.parametrize("lost", LATER)
def test_a_reader_that_cannot_be_fetched_is_fetched_again(scanning: Till, line: Line, lost: str) -> None:
    scanning.sign_in().browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    line.unasked[lost] = 99
    scanning.find("#scan").click()
    scanning.browser.wait(lambda: "does not answer" in scanning.browser.text("#camera-note"))
    line.unasked.clear()
    if lost == "/camera.js":
        scanning.find("#stop").click()
        scanning.on("ask").find("#scan").click()
    scanning.on("answer").told("valid")
    assert scanning.facts()["Promo code"] == SHOWN
    scanning.browser.forgive("net::ERR_")


def test_a_picture_with_a_reader_that_cannot_be_fetched_is_not_called_empty(
    till: Till, line: Line, code: str, tmp_path: Path
) -> None:
    till.sign_in().browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    line.unasked["/qr-worker.js"] = 99
    till.find("#scan").click()
    till.browser.wait(lambda: "No camera was found" in till.browser.text("#camera-note"))
    till.find("#picture").send_keys(picture(code, tmp_path / "qr.png"))
    till.browser.wait(lambda: "does not answer" in till.browser.text("#camera-note"))
    line.unasked.clear()
    till.find("#picture").send_keys(picture(code, tmp_path / "qr.png"))
    till.on("answer").told("valid")
    till.browser.forgive("net::ERR_")


def test_a_camera_that_is_taken_away_is_no_live_picture(till: Till) -> None:
    till.sign_in().browser.run(BLANK)
    till.find("#scan").click()
    till.browser.wait(lambda: till.browser.run("return document.getElementById('video').videoWidth"))
    till.browser.run("document.getElementById('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    assert "No camera was found" in till.browser.text("#camera-note")


REFUSES = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', name); }"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("NotAllowedError", "may not use the camera"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "No camera was found"),
    ],
)
def test_without_a_camera_a_picture_is_chosen(till: Till, code: str, tmp_path: Path, error: str, said: str) -> None:
    till.sign_in().browser.run(f"const name = arguments[0]; {REFUSES}", error)
    till.find("#scan").click()
    till.browser.wait(lambda: said in till.browser.text("#camera-note"))
    till.find("#picture").send_keys(picture(code, tmp_path / "qr.png"))
    till.on("answer").told("valid")
    assert till.facts()["Promo code"] == code


def test_a_picture_without_a_code_says_so(till: Till, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"no picture at all")
    till.sign_in().find("#scan").click()
    till.browser.wait(lambda: "No camera was found" in till.browser.text("#camera-note"))
    till.find("#picture").send_keys(str(tmp_path / "no.png"))
    till.browser.wait(lambda: "There is no code in this picture" in till.browser.text("#camera-note"))
    till.find("#stop").click()
    till.on("ask")
