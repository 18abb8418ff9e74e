"""Editing cells: typing, choosing, pasting, undoing, with the eyes and hands of staff."""

from __future__ import annotations

from typing import Any

import pytest
from page_kit import SCRATCH, SCRATCH_ID, Page, Shop
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

PEOPLE = [["Name", "Note"], ["Anna", "one"], ["Boris", "two"], ["Clara", "three"]]


def validated(shop: Shop, condition: dict[str, Any], column: int = 1, **rule: Any) -> None:
    below = {"sheetId": SCRATCH_ID, "startRowIndex": 1, "startColumnIndex": column, "endColumnIndex": column + 1}
    shop.edit({"setDataValidation": {"range": below, "rule": {"condition": condition, **rule}}})


def one_of(*values: str) -> dict[str, Any]:
    return {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": value} for value in values]}


def test_typing_replaces_enter_goes_down_tab_goes_right_and_escape_leaves_all_as_it_was(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.edit("A2", "Anya", Keys.ENTER)
    page.shows("A2", "Anya")
    assert page.chosen() == "A3"
    page.browser.keys("Bo", Keys.TAB, "2", Keys.ESCAPE)
    page.settled()
    assert (page.chosen(), page.cell("A3"), page.cell("B3")) == ("B3", "Bo", "two")
    page.browser.keys(Keys.F2, "!", Keys.ENTER)
    page.shows("B3", "two!")
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!A2:B3") == [["Anya", "one"], ["Bo", "two!"]])


def test_a_row_typed_in_one_go_stays_one_row(page: Page, shop: Shop) -> None:
    page.open("Promo codes")
    page.mean_it("A3")
    page.browser.keys("BY-HAND-1", Keys.TAB, "gifts", Keys.TAB, "77", Keys.TAB, "Ivan", Keys.ENTER)
    page.settled()
    page.browser.wait(lambda: shop.values("'Promo codes'!A3:D5") == [["BY-HAND-1", "gifts", "77", "Ivan"]])


def test_plain_text_stays_what_was_typed(page: Page, shop: Shop) -> None:
    page.open("Promo codes")
    page.mean_it("A3")
    page.edit("A3", "=1+1", Keys.TAB, "00123", Keys.ENTER)
    page.shows("A3", "=1+1")
    page.shows("B3", "00123")
    page.settled()
    assert shop.values("'Promo codes'!A3:B3", "FORMULA") == [["=1+1", "00123"]]


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ("=A1", "=A1"),
        ("'007", "'007"),
        (1.5, "1.5"),
        ("50%", "50%"),
        ("2026-03-31 10:30:15.250", "2026-03-31 10:30:15.250"),
    ],
    ids=["formula", "text of digits", "number", "per cent", "moment"],
)
def test_an_edit_begins_with_what_was_entered_and_enter_alone_changes_nothing(
    page: Page, shop: Shop, held: Any, shown: str
) -> None:
    shop.scratch([["X"], [held]])
    before = shop.values(SCRATCH, "FORMULA")
    page.open(SCRATCH)
    page.go("A2")
    assert page.browser.text("#content") == shown
    page.browser.keys(Keys.ENTER)
    page.browser.wait(lambda: page.browser.find("#text").get_property("value") == shown)
    page.browser.keys(" ", Keys.BACKSPACE, Keys.ENTER)
    assert page.chosen() == "A3"
    assert shop.values(SCRATCH, "FORMULA") == before


def test_delete_clears_a_range_and_undo_brings_it_back_exactly(page: Page, shop: Shop) -> None:
    shop.scratch([["A", "B"], ["x", "2026-03-31 10:30:15.250"], ["'5", 5]])
    before = shop.values(SCRATCH, "FORMULA")
    page.open(SCRATCH)
    page.go("A2")
    page.chord(Keys.SHIFT, Keys.ARROW_RIGHT)
    page.chord(Keys.SHIFT, Keys.ARROW_DOWN)
    assert page.chosen() == "A2:B3"
    page.browser.keys(Keys.DELETE)
    page.browser.wait(lambda: shop.values(SCRATCH) == [["A", "B"]])
    page.settled()
    page.chord(Keys.CONTROL, "z")
    page.browser.wait(lambda: shop.values(SCRATCH, "FORMULA") == before)


def test_undo_takes_back_one_edit_after_the_other_and_the_format_that_came_with_it(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.edit("A2", "2026-03-31", Keys.TAB, "uno", Keys.ENTER)
    page.shows("B2", "uno")
    page.settled()
    page.chord(Keys.CONTROL, "z")
    page.shows("B2", "one")
    page.chord(Keys.CONTROL, "z")
    page.shows("A2", "Anna")
    page.settled()
    page.edit("A2", "7", Keys.ENTER)
    page.shows("A2", "7")


def test_a_block_is_copied_pasted_and_cut(page: Page, shop: Shop) -> None:
    shop.scratch([["A", "B"], ["x", 'say "hi"'], ["y\nz", 3]])
    page.open(SCRATCH)
    page.go("A2")
    page.chord(Keys.SHIFT, Keys.ARROW_RIGHT)
    page.chord(Keys.SHIFT, Keys.ARROW_DOWN)
    page.copy()
    page.go("D5")
    page.paste()
    block = [["x", 'say "hi"'], ["y\nz", 3]]
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!D5:E6", "FORMULA") == block)
    assert page.chosen() == "D5:E6"
    page.chord(Keys.CONTROL, "x")
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!D5:E6") == [])
    page.go("A8")
    page.paste()
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!A8:B9", "FORMULA") == block)


def test_text_with_tabs_from_elsewhere_is_pasted_as_cells_and_the_grid_grows_for_it(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE, rowCount=6)
    page.open(SCRATCH)
    page.go("A5")
    page.browser.run(
        "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);"
        "document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))",
        'a\t1\r\n"b ""q"""\t2026-03-31\r\n\t\r\nd\t=A1\r\n',
    )
    page.browser.wait(lambda: len(shop.values(f"{SCRATCH}!A5:B8")) == 4)
    assert shop.values(f"{SCRATCH}!A5:B8", "FORMULA") == [["a", 1], ['b "q"', 46112], [], ["d", "=A1"]]


def test_a_strict_drop_down_refuses_other_text_and_keeps_it_in_the_editor(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    validated(shop, one_of("one", "two"), strict=True)
    page.open(SCRATCH)
    page.edit("B2", "ten", Keys.ENTER)
    assert page.browser.find("#wrong").text == "Choose one of: one, two."
    assert page.browser.find("#text").get_property("value") == "ten"
    page.browser.keys(*[Keys.BACKSPACE] * 3, "two", Keys.ENTER)
    page.shows("B2", "two")


def test_a_drop_down_that_only_warns_marks_the_cell(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    validated(shop, one_of("one", "two"))
    page.open(SCRATCH)
    page.edit("B2", "ten", Keys.ENTER)
    page.shows("B2", "ten")
    assert "none of: one, two" in page.status()
    page.browser.wait(lambda: "odd" in page.browser.find(page.selector("B2")).get_attribute("class"))


def test_a_drop_down_of_a_range_offers_what_stands_there_and_opens_by_its_arrow(page: Page, shop: Shop) -> None:
    shop.scratch([["Name", "Of", "List"], ["Anna", "", "red"], ["", "", "green"]])
    validated(shop, {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": f"={SCRATCH}!$C$2:$C"}]})
    page.open(SCRATCH)
    page.go("B2")
    page.browser.find(f"{page.selector('B2')} .arrow").click()
    page.browser.wait(lambda: page.browser.text("#choices") == "redgreen")
    page.browser.all("#choices li")[1].click()
    page.shows("B2", "green")


def test_a_checkbox_is_ticked_by_space_and_by_click(page: Page, shop: Shop) -> None:
    shop.scratch([["Name", "Done"], ["Anna", False], ["Boris", True]])
    validated(shop, {"type": "BOOLEAN"})
    page.open(SCRATCH)
    page.go("B2")
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!B2") == [["TRUE"]])  # the click was on the box
    page.settled()
    page.browser.keys(Keys.SPACE)
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!B2") == [["FALSE"]])


def test_a_date_is_typed_and_a_picked_one_keeps_its_time(page: Page, shop: Shop) -> None:
    shop.scratch([["Day"], ["2026-03-31 10:30:15.250"]])
    page.open(SCRATCH)
    page.go("A2")
    page.browser.keys(Keys.F2)
    page.browser.wait(lambda: page.browser.find("#day").is_displayed())
    page.browser.run(
        "const day = document.getElementById('day'); day.value = '2027-01-02'; day.dispatchEvent(new Event('change'))"
    )
    page.browser.keys(Keys.ENTER)
    page.browser.wait(
        lambda: shop.values(f"{SCRATCH}!A2", "FORMULA")[0][0] == 46389 + (10 * 3600 + 30 * 60 + 15.25) / 86400
    )
    page.settled()
    page.edit("A3", "2026-04-01", Keys.ENTER)
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!A3", "FORMULA") == [[46113]])


def test_a_strict_date_refuses_what_is_no_date(page: Page, shop: Shop) -> None:
    shop.scratch([["Day"]])
    validated(shop, {"type": "DATE_IS_VALID"}, 0, strict=True, inputMessage="A day, please.")
    page.open(SCRATCH)
    page.edit("A2", "soon", Keys.ENTER)
    assert page.browser.find("#wrong").text == "A day, please."
    page.browser.keys(Keys.ESCAPE)
    assert page.cell("A2") == ""


def test_what_promosheet_writes_is_asked_about_once(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    part = {"sheetId": SCRATCH_ID, "startColumnIndex": 1, "endColumnIndex": 2}
    shop.edit({"addProtectedRange": {"protectedRange": {"range": part, "warningOnly": True}}})
    page.open(SCRATCH)
    page.edit("B2", "x")
    assert page.browser.find("#question").text == "This part is written by Promosheet. Edit anyway?"
    page.browser.keys(Keys.ESCAPE)
    page.browser.wait(lambda: not page.browser.find("#dialog").is_displayed())
    assert not page.browser.find("#editor").is_displayed()
    page.focus()
    page.browser.keys("x")
    page.browser.find("#yes").click()
    page.browser.wait(lambda: page.browser.find("#editor").is_displayed())
    page.browser.keys("yz", Keys.ENTER)
    page.shows("B2", "xyz")
    page.browser.keys("again", Keys.ENTER)
    page.shows("B3", "again")


def test_an_edit_of_a_cell_that_another_changed_meanwhile_wins(page: Page, shop: Shop) -> None:
    shop.scratch([["Name"], ["Anna"], ["Boris"]])
    page.open(SCRATCH)
    page.go("A2")
    page.browser.keys(Keys.F2, " B.")
    shop.type(f"{SCRATCH}!A2", [["ANNA"]])
    page.shows("A2", "ANNA")
    page.browser.keys(Keys.ENTER)
    page.shows("A2", "Anna B.")


HOSTILE = [
    '<img src=x onerror="window.bad=1">',
    '\'=HYPERLINK("http://x")',
    "a\"b'c",
    "\u202eRTL\u202c",
    "🎁👩‍👩‍👧",
    "<script>window.bad=1</script>",
]


def test_hostile_texts_are_shown_as_text(page: Page, shop: Shop) -> None:
    shop.scratch([["Text"], *([text] for text in HOSTILE)])
    shop.edit(
        {
            "updateCells": {
                "start": {"sheetId": SCRATCH_ID, "rowIndex": 1, "columnIndex": 1},
                "fields": "note",
                "rows": [{"values": [{"note": HOSTILE[0]}]}],
            }
        }
    )
    page.open(SCRATCH)
    for number, text in enumerate(HOSTILE, 2):
        assert page.cell(f"A{number}") == text.removeprefix("'")
    page.go("B2")
    assert page.browser.text("#tip") == HOSTILE[0]
    assert page.browser.run("return [window.bad, document.querySelectorAll('main img, main script').length]") == [
        None,
        0,
    ]


NUMBERS = [["Number"], *([number] for number in range(2, 400))]


def test_rows_that_were_never_in_sight_are_cut_and_pasted_too(page: Page, shop: Shop) -> None:
    shop.scratch(NUMBERS, rowCount=400)
    page.open(SCRATCH)
    page.go("A2")
    page.scroll(300)
    page.browser.wait(lambda: page.cell("A305") == "305")
    chain = ActionChains(page.browser.driver).key_down(Keys.SHIFT).click(page.browser.find(page.selector("A305")))
    chain.key_up(Keys.SHIFT).perform()
    assert page.chosen() == "A2:A305"
    page.chord(Keys.CONTROL, "x")
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!A2:A305") == [])
    page.scroll(0)
    page.go("C2")
    page.paste()
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!C2:C400", "FORMULA") == NUMBERS[1:305])


def test_more_text_than_fits_is_refused_in_words(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("A2")
    page.browser.run(
        "const data = new DataTransfer(); data.setData('text/plain', 'x\\n'.repeat(300000));"
        "document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))"
    )
    page.browser.wait(lambda: page.status() == "At most 5000 rows at once.")
    assert shop.values(SCRATCH) == PEOPLE


def test_one_may_type_at_once_into_a_cell_that_is_out_of_sight(page: Page, shop: Shop) -> None:
    shop.scratch(NUMBERS, rowCount=400)
    page.open(SCRATCH)
    page.go("A2")
    page.scroll(300)
    page.browser.wait(lambda: page.cell("A305") == "305")
    page.slow("ranges=", 9)
    page.focus()
    page.browser.keys(*"two", Keys.ENTER)
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!A2") == [["two"]])


def test_no_letter_is_lost_while_a_row_is_read(page: Page, shop: Shop) -> None:
    shop.scratch(NUMBERS, rowCount=400)
    page.open(SCRATCH)
    page.go("A2")
    page.slow("ranges=", 9)
    page.browser.keys(*[Keys.PAGE_DOWN] * 6, *"new")
    page.browser.wait(lambda: page.browser.find("#text").get_property("value") == "new")
    chosen = page.chosen()
    page.browser.keys(Keys.ENTER)
    page.browser.wait(lambda: shop.values(f"{SCRATCH}!{chosen}") == [["new"]])


def test_what_is_typed_on_the_way_to_the_last_row_lands_nowhere_else(page: Page, shop: Shop) -> None:
    shop.scratch(PEOPLE)
    page.open(SCRATCH)
    page.go("A2")
    page.slow("values:batchGet")
    page.chord(Keys.CONTROL, Keys.ARROW_DOWN)
    page.browser.keys("x", Keys.DELETE)
    page.browser.wait(lambda: page.chosen() == "A4")
    page.browser.keys("Dora", Keys.ENTER)
    page.shows("A4", "Dora")
    page.settled()
    assert shop.values(f"{SCRATCH}!A2:A4") == [["Anna"], ["Boris"], ["Dora"]]


def test_an_act_on_one_tab_does_not_end_on_another(page: Page, shop: Shop) -> None:
    shop.scratch(NUMBERS, rowCount=400)
    page.open(SCRATCH)
    page.go("A2")
    page.chord(Keys.CONTROL, "a")
    page.slow("ranges=")
    page.browser.keys(Keys.DELETE)
    page.chord(Keys.CONTROL, Keys.PAGE_DOWN)
    page.browser.wait(lambda: page.status() == "The rows have just changed. Nothing was done: look, and try again.")
    other = page.browser.text("[role=tab][aria-selected=true]")
    assert other != SCRATCH
    page.settled()
    assert shop.values(f"'{other}'") != []
    assert shop.values(SCRATCH, "FORMULA") == NUMBERS
