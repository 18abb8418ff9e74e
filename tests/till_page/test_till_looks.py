"""How the page looks, speaks and weighs: both widths, both languages, light and dark, with axe-core as the judge."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from browser import PHONE, WIDE
from lossy import Line
from till_kit import Till

from functions.local.example import TILL_KEY

OVERFLOWS = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """
return [...document.querySelectorAll("button, a, .button, label.check, input:not([type=checkbox], [type=file])")]
  .filter((each) => each.checkVisibility() && !each.classList.contains("unseen"))
  .map((each) => [each.id || each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)
"""
CUT = """
return [...document.querySelectorAll("button, .button, dt, dd, h1, #why, #worth, .hint")].filter((each) =>
  each.checkVisibility() && !each.classList.contains("unseen") && each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)
"""
AXE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
JUDGE = "const done = arguments[0]; axe.run(document).then(({violations}) => done(violations));"


def judged(till: Till) -> list[str]:
    """What axe-core finds, the slightest too."""
    till.browser.run(AXE)
    found: list[dict[str, Any]] = till.browser.driver.execute_async_script(JUDGE)
    return [f"{each['impact']}: {each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]


def answered(till: Till, kind: str, code: str) -> None:
    """Go to a screen."""
    if kind == "sign-in":
        till.open()
        return
    if kind == "camera":
        till.sign_in().find("#scan").click()
        till.on("camera")
        return
    till.sign_in()
    if kind == "ask":
        till.shop.till("redeem", code=code, reference="A-1208", request_id="r-1")
        till.shop.till("rollback", code=code, request_id="r-1")
        till.shop.till("redeem", code=code, reference="A-1208", request_id="r-2")
        till.open().on("ask")
        till.browser.wait(lambda: {f"span {code}", f"s {code}"} <= set(till.listing()))
        return
    till.ask("NO-SUCH-PROMO-CODE-AT-ALL" if kind == "refused" else code)
    if kind in {"valid", "refused"}:
        return
    if kind == "unknown":
        till.line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown" if kind == "unknown" else "done")
    if kind == "undone":
        till.press("undo")
        till.told("undone")


KINDS = ["sign-in", "ask", "camera", "valid", "done", "undone", "refused", "unknown"]


@pytest.mark.parametrize("kind", KINDS)
def test_axe_core_finds_nothing_and_nothing_sticks_out(till: Till, code: str, kind: str) -> None:
    answered(till, kind, code)
    for size in (PHONE, WIDE):
        till.browser.size(size, touch=size == PHONE)
        for scheme in ("light", "dark"):
            till.browser.prefers(prefers_color_scheme=scheme)
            assert judged(till) == [], (size, scheme)
        assert till.browser.run(OVERFLOWS) is False, size
        assert till.browser.run(SMALL) == [], size
        assert till.browser.run(CUT) == [], size
    till.browser.forgive("net::ERR_")


@pytest.mark.parametrize("kind", KINDS)
def test_the_longer_russian_words_fit(russian: Till, kind: str) -> None:
    till = russian
    code = till.shop.bot("issue", subscriber_id=f"for {kind}", name="Аня")["code"]
    till.browser.size(PHONE, touch=True)
    answered(till, kind, code)
    till.browser.wait(lambda: till.browser.run("return document.documentElement.lang") == "ru")
    assert till.browser.run(CUT) == []
    for size in (PHONE, WIDE):
        till.browser.size(size, touch=size == PHONE)
        assert till.browser.run(OVERFLOWS) is False, size
    till.browser.forgive("net::ERR_")


def test_the_page_asks_once_more_if_the_spreadsheet_speaks_another_language(till: Till, line: Line) -> None:
    other = b'{"ok": true, "language": "ru", "count": 0, "redemptions": []}'
    till.open()
    line.instead["/today"] = [(200, other), (200, other), (200, other)]
    till.type_key(TILL_KEY)
    till.browser.wait(lambda: line.count("/till/", "GET") == 2)
    till.on("ask").listed()
    assert line.count("/today", "GET") == 2
    assert line.count("/till/", "GET") == 2  # and no more: it may not go round and round


def test_a_russian_spreadsheet_has_a_russian_page(russian: Till) -> None:
    code = russian.shop.bot("issue", subscriber_id="1", name="Анна Петрова")["code"]
    russian.sign_in().ask(code).told("valid")
    assert russian.browser.run("return [document.documentElement.lang, document.title]") == ["ru", "Касса Promosheet"]
    assert russian.verdict() == "Действует"
    assert russian.facts()["Имя"] == "Анна"
    russian.press("redeem")
    russian.told("done")
    assert russian.browser.text("#undo-left") == "Отменить можно ещё 10 мин"
    assert russian.browser.text("#count").startswith("Погашено: ")


def test_the_answer_fills_a_phone(till: Till, code: str) -> None:
    till.browser.size(PHONE, touch=True)
    till.sign_in().ask(code).told("valid")
    box = till.browser.run(
        "const {x, y, width, height} = document.getElementById('answer').getBoundingClientRect(); return [x, y, width, height]"
    )
    assert box == [0, 0, *PHONE]
    assert till.find("#redeem .main").rect["width"] > 0.85 * PHONE[0]


@pytest.mark.parametrize("size", [(320, 480), (360, 640), PHONE, (1280, 720), WIDE], ids=str)
def test_nobody_has_to_scroll_to_redeem(till: Till, code: str, size: tuple[int, int]) -> None:
    till.browser.size(size, touch=size[0] < 900)
    till.sign_in().ask(code).told("valid")
    top, bottom = till.browser.run(
        "const box = document.querySelector('#redeem .main').getBoundingClientRect(); return [box.top, box.bottom]"
    )
    assert 0 < top < bottom <= size[1]
    assert till.browser.run(OVERFLOWS) is False


def test_the_page_is_light(till: Till, line: Line, show: Callable[[str], None]) -> None:
    """What goes over before the camera opens, headers included."""
    till.browser.driver.execute_cdp_cmd("Network.enable", {})
    till.browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    till.browser.driver.get_log("performance")
    till.sign_in()
    events = [json.loads(entry["message"])["message"] for entry in till.browser.driver.get_log("performance")]
    sizes = [each["params"]["encodedDataLength"] for each in events if each["method"] == "Network.loadingFinished"]
    show(f"till page: {sum(sizes):,.0f} bytes in {len(sizes)} requests before the camera opens")
    assert sum(sizes) < 60_000
    assert {path.rpartition("/")[2] for _, path, _ in line.asked} >= {"till.js", "code.js", "till.css"}
    assert not any("/qr" in path for _, path, _ in line.asked)


def test_a_second_visit_fetches_no_file_again(till: Till, line: Line) -> None:
    till.sign_in()
    line.asked.clear()
    till.open().on("ask").listed()
    assert [path for _, path, _ in line.asked if path.endswith((".js", ".css"))] == []


def test_nothing_outside_is_asked(till: Till, code: str) -> None:
    till.sign_in().ask(code)
    till.press("redeem")
    till.told("done")
    assert till.browser.asked() - {"about://", "data://"} == {till.line.base}


def test_a_reader_hears_the_answer(till: Till, code: str) -> None:
    till.sign_in()
    assert till.find("#say").get_attribute("aria-live") == "assertive"
    till.ask(code).told("valid")
    assert till.browser.run("return document.activeElement.id") == "verdict"
    said = till.browser.text("#say")
    assert said.startswith("15 %. Name: Anna. Promo code: SPRING-")
    assert [each.get_attribute("role") for each in till.browser.all("#hint, #list-note, #camera-note")] == [
        "status"
    ] * 3


def test_nothing_moves_for_who_wants_that(till: Till, code: str, line: Line) -> None:
    till.browser.prefers(prefers_reduced_motion="reduce")
    till.sign_in().ask(code)
    line.losing["/redeem"] = 99
    till.press("redeem")
    till.told("unknown")
    assert till.browser.run("return document.getAnimations().length") == 0
    till.browser.forgive("net::ERR_")


def test_it_is_installed_on_the_home_screen(till: Till) -> None:
    till.sign_in()
    found = till.browser.driver.execute_cdp_cmd("Page.getInstallabilityErrors", {})["installabilityErrors"]
    # Headless browsers are always in a profile that installs nothing.
    assert [each["errorId"] for each in found if each["errorId"] != "in-incognito"] == []
    manifest = till.browser.driver.execute_cdp_cmd("Page.getAppManifest", {})
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert (told["name"], told["start_url"], told["display"]) == ("Promosheet till", "./", "standalone")
    assert {icon.get("purpose", "any") for icon in told["icons"]} == {"any", "maskable"}
