from __future__ import annotations

from typing import Any

import pytest
from schema_book import Book, set_up, titles

from sheet_schema.languages import LANGUAGES

RU = LANGUAGES["ru"]


@pytest.mark.parametrize(
    ("header", "locale", "code"),
    [
        pytest.param(titles("codes", "ru"), "en_US", "ru", id="the titles' language"),
        pytest.param(titles("codes"), "ru_RU", "en", id="not the locale's"),
        pytest.param([*titles("codes", "ru")[:6], *titles("codes")[6:]], "en_US", "ru", id="most titles"),
        pytest.param([*titles("codes", "ru")[:3], *titles("codes")[3:6]], "ru_RU", "ru", id="a tie"),
        pytest.param([*titles("codes", "ru")[:3], *titles("codes")[3:6]], "de_DE", "en", id="a tie elsewhere"),
        pytest.param([], "ru_RU", "ru", id="no titles"),
        pytest.param([], "", "en", id="nothing to go by"),
    ],
)
def test_the_language_is_that_of_most_titles_else_the_locale(header: list[Any], locale: str, code: str) -> None:
    assert Book({"Promo codes": [header]}, locale).locate().layout.language.code == code


def test_the_mark_of_the_language_goes_before_the_titles() -> None:
    book = set_up("ru")
    book["Промокоды"].rows[0] = titles("codes")
    assert book.locate().layout.language is RU


def test_an_unknown_language_mark_is_passed_over() -> None:
    book = set_up("ru")
    book["_promosheet"].marks[-1]["metadataValue"] = "tlh"
    assert book.locate().layout.language is RU
