"""Rules of the page that are easier said with values than with a mouse: finding a row again, and text of blocks."""

from __future__ import annotations

from typing import Any

import pytest
from page_kit import Page

FIND = """
const [handle, all, done] = arguments;
import("/sheet/rows.js").then(({ findRow }) => {
  const place = { column: (at) => at, titles: all[0] };
  done(findRow(handle, place, all, { first: 1, end: 20, taken: new Set() }));
});
"""
TITLES = ["Code", "Campaign", "Subscriber", "Status"]
ONE, TWO, THREE = ["A-1", "spring", "1", "unused"], ["A-2", "spring", "2", "unused"], ["A-3", "spring", "2", "void"]


@pytest.mark.parametrize(
    ("held", "now", "row"),
    [
        pytest.param(TWO, [ONE, TWO, THREE], 2, id="where it was"),
        pytest.param(TWO, [THREE, ONE, TWO], 3, id="sorted"),
        pytest.param(TWO, [ONE, [*TWO[:3], "used"], THREE], 2, id="another cell was changed"),
        pytest.param(TWO, [[*TWO[:3], "used"], THREE, ONE], 1, id="changed and sorted"),
        pytest.param(TWO, [ONE, THREE], -1, id="deleted, and others are like it"),
        pytest.param(TWO, [TWO, TWO, ONE], 2, id="twice: the nearest"),
        pytest.param([], [ONE, [], THREE], 2, id="blank"),
        pytest.param([], [ONE, TWO, THREE], 4, id="blank, and a row came in: the next blank one"),
        pytest.param(["A-2"], [ONE, ["B-2"], THREE], 2, id="the only cell changed between the same neighbours"),
        pytest.param(["A-2"], [ONE, ["B-2"], TWO], 3, id="the only cell, and another row that begins so"),
        pytest.param(["A-2"], [["B-2"], ONE, THREE], -1, id="the only cell changed, and rows moved"),
    ],
)
def test_a_row_is_found_again_or_not_at_all(page: Page, held: list[str], now: list[list[str]], row: int) -> None:
    page.open()
    handle = {"row": 2, "held": held, "above": ONE, "below": THREE, "titles": TITLES}
    assert page.browser.driver.execute_async_script(FIND, handle, [TITLES, *now]) == row


TEXT = """
const [value, way, done] = arguments;
import("/sheet/blocks.js").then((blocks) => done(blocks[way](value)));
"""


@pytest.mark.parametrize(
    ("block", "text"),
    [
        pytest.param([["a", "b"], ["c", "d"]], "a\tb\nc\td", id="plain"),
        pytest.param([["", ""], ["", "x"]], "\t\n\tx", id="blanks"),
        pytest.param(
            [['say "hi"', "x\ty"], ["two\nlines", "'"]], '"say ""hi"""\t"x\ty"\n"two\nlines"\t\'', id="quotes"
        ),
        pytest.param([[""]], "", id="nothing"),
    ],
)
def test_a_block_becomes_text_and_the_same_block_again(page: Page, block: list[list[str]], text: str) -> None:
    page.open()
    run: Any = page.browser.driver.execute_async_script
    assert run(TEXT, block, "toText") == text
    assert run(TEXT, text, "fromText") == block


@pytest.mark.parametrize(
    ("text", "block"),
    [
        pytest.param("a\r\nb\r\n", [["a"], ["b"]], id="Windows"),
        pytest.param('5" screen\tx', [['5" screen', "x"]], id="a quote inside"),
        pytest.param('"open\tx', [['"open', "x"]], id="a quote that never ends"),
        pytest.param("a\n\nb", [["a"], [""], ["b"]], id="an empty line"),
    ],
)
def test_text_of_others_becomes_a_block(page: Page, text: str, block: list[list[str]]) -> None:
    page.open()
    assert page.browser.driver.execute_async_script(TEXT, text, "fromText") == block
