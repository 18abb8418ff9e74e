from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime

import pytest

from sheet_schema import dates
from sheet_schema.faults import Fault
from sheet_schema.language import Language, fill, holes
from sheet_schema.languages import LANGUAGES, for_locale, language
from sheet_schema.schema import Kind
from sheet_schema.tabs import CAMPAIGNS, PAGES, TABS

EN, RU = LANGUAGES["en"], LANGUAGES["ru"]

#: DESIGN.md section 5.
WORDS = [
    "issued",
    "already_issued",
    "already_used",
    "expired",
    "void",
    "campaign_not_found",
    "campaign_inactive",
    "campaign_not_started",
    "campaign_ended",
    "campaign_limit_reached",
    "out_of_codes",
    "valid",
    "redeemed",
    "not_found",
    "not_yours",
    "subscriber_limit_reached",
    "rolled_back",
    "not_redeemed",
    "listed",
    "invalid_request",
    "idempotency_mismatch",
    "busy",
    "sheet_broken",
    "too_many",
    "unauthorized",
    "forbidden",
    "not_found_path",
    "method_not_allowed",
    "too_large",
]


def entries(spoken: Language) -> dict[str, str]:
    """Everything that a language says, by a path that names it."""
    columns = {f"columns.{tab}.{key}": title for tab, titles in spoken.columns.items() for key, title in titles.items()}
    faults = {f"faults.{key}.{part}": text for key, pair in spoken.faults.items() for part, text in enumerate(pair)}
    notes = {f"notes.{tab}.{key}": text for tab, texts in spoken.notes.items() for key, text in texts.items()}
    pairs = [*spoken.help, spoken.help_time_zone]
    texts = {f"help.{place}.{part}": text for place, pair in enumerate(pairs) for part, text in enumerate(pair)}
    # The last question is for staff to answer.
    del texts[f"help.{len(spoken.help) - 1}.1"]
    return {
        **columns,
        **faults,
        **notes,
        **texts,
        **{f"views.{key}": text for key, text in spoken.views.items()},
        **{f"hints.{key}": text for key, text in spoken.hints.items()},
        **{f"example.{key}": str(text) for key, text in spoken.example.items()},
        **{f"dashboard.{key}": text for key, text in spoken.dashboard.items()},
        **{f"problems.{key}": text for key, text in spoken.problems.items()},
        **{f"till.{key}": text for key, text in spoken.till.items()},
        **{f"months.{number}": text for number, text in enumerate(spoken.months, 1)},
        **{f"tabs.{key}": text for key, text in spoken.tabs.items()},
        **{f"words.{key}": text for key, text in spoken.words.items()},
        **{f"sentences.{key}": text for key, text in spoken.sentences.items()},
        **{f"titles.{key}": text for key, text in spoken.titles.items()},
    }


def lacks(spoken: Language) -> list[str]:
    """What a language lacks, or has too much, compared with English."""
    theirs, ours = entries(spoken), entries(EN)
    return sorted(
        [f"{path}: is missing" for path in ours.keys() - theirs.keys()]
        + [f"{path}: is not in English" for path in theirs.keys() - ours.keys()]
        + [f"{path}: is empty" for path, text in theirs.items() if not text.strip()]
        + [
            f"{path}: has not the same holes"
            for path in ours.keys() & theirs.keys()
            if holes(ours[path]) != holes(theirs[path])
        ]
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_lacks_nothing(code: str) -> None:
    assert lacks(LANGUAGES[code]) == []


def test_what_a_language_lacks_is_listed() -> None:
    poor = replace(
        EN,
        tabs={key: title for key, title in EN.tabs.items() if key != "pool"},
        words={**EN.words, "void": " ", "lost": "lost"},
        sentences={**EN.sentences, "issued": "Here you are."},
    )
    assert lacks(poor) == [
        "sentences.issued: has not the same holes",
        "tabs.pool: is missing",
        "words.lost: is not in English",
        "words.void: is empty",
    ]


#: Everything that a language says, by the field of Language that holds it; what it understands besides is its own.
SAID = sorted(
    {field.name for field in fields(Language) if not isinstance(getattr(EN, field.name), str)}
    - {"aliases", "spellings", "plural_form"}
)


@pytest.mark.parametrize("name", SAID)
def test_each_part_of_a_language_is_looked_at(name: str) -> None:
    whole = getattr(EN, name)
    if isinstance(whole, tuple):
        poor = replace(EN, **{name: whole[:-1] if name != "help_time_zone" else ("", whole[1])})
        assert [line for line in lacks(poor) if line.startswith((f"{name}.", "help."))]
        return
    for key, part in whole.items():
        less = {each: text for each, text in whole.items() if each != key}
        if isinstance(part, Mapping):
            less[key] = dict(list(part.items())[1:])
            missing = f"{name}.{key}.{next(iter(part), '')}" if part else ""
        else:
            missing = f"{name}.{key}.0" if isinstance(part, tuple) else f"{name}.{key}"
        assert not missing or f"{missing}: is missing" in lacks(replace(EN, **{name: less}))


@pytest.mark.parametrize(
    ("code", "day", "moment"),
    [
        pytest.param("en", "2026-03-09", "2026-03-09 07:05", id="English"),
        pytest.param("ru", "09.03.2026", "09.03.2026 07:05", id="Russian"),
    ],
)
def test_a_date_is_written_as_it_is_typed(code: str, day: str, moment: str) -> None:
    spoken = LANGUAGES[code]
    assert spoken.type_date(date(2026, 3, 9)) == day
    assert spoken.type_date(datetime(2026, 3, 9, 7, 5)) == moment  # noqa: DTZ001
    assert dates.read(day) == dates.read("2026-03-09")


@pytest.mark.parametrize("word", WORDS)
def test_every_status_word_has_a_sentence_and_a_short_title(word: str) -> None:
    assert EN.sentences[word].endswith((".", "!"))
    assert 2 <= len(EN.titles[word].split()) <= 4


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_column_that_staff_see_has_a_note(code: str) -> None:
    notes = LANGUAGES[code].notes
    assert {tab: list(texts) for tab, texts in notes.items()} == {
        tab.key: [column.key for column in tab.columns] for tab in (*TABS, *PAGES) if tab.columns
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_an_empty_cell_of_a_campaign_means_is_in_its_note(code: str) -> None:
    notes = LANGUAGES[code].notes["campaigns"]
    assert [key for key, text in notes.items() if "Empty: " not in text and "Пусто: " not in text] == ["campaign"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_example_campaign_has_cells_that_can_be_read(code: str) -> None:
    example = LANGUAGES[code].example
    assert example.keys() <= {column.key for column in CAMPAIGNS.columns}
    assert all(isinstance(cell, str) == (CAMPAIGNS.column(key).kind is Kind.TEXT) for key, cell in example.items())


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_help_text_names_tabs_columns_and_words_that_are_there(code: str) -> None:
    spoken = LANGUAGES[code]
    texts = [text for pair in (*spoken.help, spoken.help_time_zone) for text in pair]
    assert {hole for text in texts for hole in holes(text)} <= spoken.names().keys()
    assert not any("{" in fill(text, spoken.names()) for text in texts)


@pytest.mark.parametrize("code", LANGUAGES)
def test_there_is_a_title_for_each_word_and_no_other(code: str) -> None:
    assert set(LANGUAGES[code].titles) == set(WORDS)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("word", sorted(set(WORDS) - {"valid", "redeemed", "rolled_back", "listed"}))
def test_a_sentence_goes_on_to_say_what_to_do(code: str, word: str) -> None:
    """What is so, then what to do: at least two sentences; those of a yes leave nothing to do."""
    assert LANGUAGES[code].sentences[word].count(".") >= 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_that_a_cell_may_hold_is_there(code: str) -> None:
    choices = {key for tab in TABS for column in tab.columns for key in column.choices} | {"yes", "no"}
    assert set(LANGUAGES[code].words) == choices
    assert any(column.kind is Kind.YES_NO for tab in TABS for column in tab.columns)


@pytest.mark.parametrize(
    ("word", "values", "said"),
    [
        pytest.param("issued", {}, "Your promo code is A-1. Use it when you order or pay.", id="the code alone"),
        pytest.param(
            "issued",
            {"expires": "31 March 2026"},
            "Your promo code is A-1, valid until 31 March 2026. Use it when you order or pay.",
            id="with an end",
        ),
        pytest.param(
            "issued", {"discount": "10%"}, "Your promo code is A-1 (10%). Use it when you order or pay.", id="discount"
        ),
        pytest.param(
            "issued",
            {"discount": "10%", "expires": "31 March 2026"},
            "Your promo code is A-1 (10%), valid until 31 March 2026. Use it when you order or pay.",
            id="with everything",
        ),
        pytest.param(
            "already_used",
            {"used_on": "1 May 2026", "channel": "Till 1"},
            "This promo code was already used on 1 May 2026 (Till 1). If that was not you, ask the shop.",
            id="used when and where",
        ),
        pytest.param(
            "already_used",
            {"used_on": "1 May 2026", "channel": ""},
            "This promo code was already used on 1 May 2026. If that was not you, ask the shop.",
            id="used when",
        ),
        pytest.param(
            "expired",
            {"expires": "1 May 2026"},
            "This promo code was valid until 1 May 2026. Ask the shop about the next offer.",
            id="expired when",
        ),
        pytest.param(
            "not_found",
            {"path": "x"},
            "There is no such promo code. Check every letter and digit and try again, or ask the shop for help.",
            id="not_found_path is another word",
        ),
        pytest.param(
            "issued",
            {"discount": "{code}"},
            "Your promo code is A-1 ({code}). Use it when you order or pay.",
            id="braces",
        ),
    ],
)
def test_the_fullest_sentence_is_said_that_has_all_its_values(word: str, values: dict[str, str], said: str) -> None:
    assert EN.sentence(word, code="A-1", **values) == said


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_a_sentence_without_its_values_is_still_said(code: str, word: str) -> None:
    assert "{" not in LANGUAGES[code].sentence(word)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        pytest.param("Take {code}!", "Take A-1!", id="a hole"),
        pytest.param("{smile} {code}", "{smile} A-1", id="an unknown name stays"),
        pytest.param("{code.__class__} {0} {", "{code.__class__} {0} {", id="nothing is looked up"),
    ],
)
def test_a_message_of_staff_is_filled_safely(template: str, filled: str) -> None:
    assert fill(template, {"code": "A-1"}) == filled


@pytest.mark.parametrize(
    ("locale", "code"),
    [("ru_RU", "ru"), ("ru", "ru"), ("RU-ru", "ru"), ("en_GB", "en"), ("de_DE", "en"), ("", "en")],
)
def test_a_locale_has_a_language(locale: str, code: str) -> None:
    assert for_locale(locale) is language(code)


def test_an_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        language("tlh")


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "кодов"), (1, "код"), (2, "кода"), (4, "кода"), (5, "кодов"), (11, "кодов"), (12, "кодов"), (14, "кодов"),
        (21, "код"), (22, "кода"), (25, "кодов"), (100, "кодов"), (101, "код"), (111, "кодов"), (112, "кодов"),
    ],
)  # fmt: skip
def test_russian_has_three_forms(number: int, form: str) -> None:
    assert RU.plural(number, ("код", "кода", "кодов")) == form


@pytest.mark.parametrize(("number", "form"), [(0, "codes"), (1, "code"), (2, "codes"), (21, "codes")])
def test_english_has_two_forms(number: int, form: str) -> None:
    assert EN.plural(number, ("code", "codes")) == form


@pytest.mark.parametrize(("spoken", "said"), [(EN, "1 March 2026"), (RU, "1 марта 2026 года")], ids=["en", "ru"])
def test_a_date_is_said_in_words(spoken: Language, said: str) -> None:
    assert spoken.format_date(date(2026, 3, 1)) == said


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("word", EN.faults)
def test_a_fault_is_said_with_all_its_values(code: str, word: str) -> None:
    values = dict.fromkeys(["found", "cells", "other", "others", "choices", "column", "count"], "XYZ")
    said = Fault(word, "codes", "B7", values).text(LANGUAGES[code])
    assert "{" not in said
    assert said.endswith(".")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("word", sorted(EN.faults.keys() - {"missing_tab", "missing_column"}))
def test_a_fault_gives_an_example_of_what_to_type(code: str, word: str) -> None:
    mend = LANGUAGES[code].faults[word][1]
    examples = ("for example", "like", "Choose one of", "например", "так:", "Выберите одно из")
    assert any(example in mend for example in examples)


def test_a_fault_names_tab_column_and_words_in_the_language_of_the_reader() -> None:
    fault = Fault("doubled_column", "codes", "F1", {"column": "status", "cells": "F1, H1"})
    assert fault.text(EN).startswith("The tab 'Promo codes' has more than one column 'Status': F1, H1. Keep one")
    assert fault.text(RU).startswith("На вкладке «Промокоды» несколько столбцов «Статус»: F1, H1. Оставьте один")
    choice = Fault("not_a_choice", "codes", "F7", {"found": "maybe", "choices": ("unused", "used", "void")})
    assert choice.text(RU).endswith("Выберите одно из: не использован, использован, аннулирован.")
