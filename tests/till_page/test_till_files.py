"""The page's files fit each other: every text is there and is said somewhere, every script is asked for at once."""

from __future__ import annotations

import re
from pathlib import Path

import functions.till
from functions import till_api
from sheet_schema.languages import language

HERE = Path(functions.till.__file__).parent
SOURCES = "\n".join(
    path.read_text("utf-8") for path in (*(HERE / "static").glob("*.js"), *(HERE / "templates").iterdir())
)
TEXTS = set(language("en").till)
#: Words that a till can be refused with; the page takes their texts by the word.
CALLS = till_api.document("")["components"]["schemas"]
REFUSALS = {
    "already_used",
    "expired",
    "forbidden",
    "invalid_request",
    "not_found",
    "not_redeemed",
    "not_yours",
    "other",
    "sheet_broken",
    "subscriber_limit_reached",
    "too_many",
    "void",
}


def imported(name: str) -> set[str]:
    """Every script that *name* cannot begin without."""
    found = set(
        re.findall(r'^import .*"\./(\w+)\.js";', (HERE / "static" / f"{name}.js").read_text("utf-8"), re.MULTILINE)
    )
    return found.union(*(imported(each) for each in found))


def test_all_scripts_are_asked_for_at_once_and_none_of_the_camera() -> None:
    template = (HERE / "templates" / "page.html").read_text("utf-8")
    listed = re.search(r"for name in \((.*?)\) %}", template)
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == imported("till")
    assert "camera" not in imported("till")


def test_every_text_that_the_page_asks_for_is_there() -> None:
    asked = set(re.findall(r'\bsay\("(\w+)"', SOURCES)) | set(re.findall(r"\btexts\.(\w+) ?(?:\}|\|)", SOURCES))
    assert asked - TEXTS == set()
    assert len(asked) > 30


def test_every_text_that_is_there_is_asked_for() -> None:
    by_word = REFUSALS | {f"{word}_hint" for word in REFUSALS}
    named = {key for key in TEXTS if re.search(rf'[".]{key}\b', SOURCES)}
    assert TEXTS - named - by_word == set()


def test_every_refusal_of_a_check_has_its_words() -> None:
    words = set(CALLS["check_answer"]["properties"]["status"]["enum"]) - {"valid", "busy"}
    assert words <= REFUSALS
    assert {f"{word}_hint" for word in REFUSALS} | REFUSALS <= TEXTS
