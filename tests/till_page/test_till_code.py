"""The page knows a whole code by the rule of functions/codes.py: both are asked about many."""

from __future__ import annotations

import random
from typing import Any

import pytest
from till_kit import Till

from functions import codes

ASK = """
const [name, texts, done] = arguments;
const script = document.querySelector("script[type=module]").src.replace("till.js", "code.js");
import(script).then((code) => done(texts.map((text) => code[name](text))));
"""
LAYOUT = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")
TWINS = str.maketrans("ABCEHKMPTX01", "АВСЕНКМРТХОI")


@pytest.fixture
def asked(till: Till) -> Any:
    till.open()

    def ask(name: str, texts: list[str]) -> list[Any]:
        found: list[Any] = till.browser.driver.execute_async_script(ASK, name, texts)
        return found

    return ask


def some_codes(count: int, **more: Any) -> list[str]:
    chance = random.Random(9)
    prefixes = ("", "SPRING", "A", "SUMMER25", "TWO-WORDS")
    return [
        codes.derive(
            b"k" * 32,
            "spring",
            str(number),
            0,
            prefix=chance.choice(prefixes),
            **({"length": chance.randint(6, 20)} | more),
        )
        for number in range(count)
    ]


def wrong(code: str, chance: random.Random) -> str:
    """The same code with one symbol of its last group another one."""
    place = -chance.randint(1, len(code.rpartition("-")[2]))
    other = chance.choice([each for each in codes.ALPHABET if each != code[place]])
    return code[:place] + other + code[len(code) + place + 1 :]


def test_the_check_symbol_is_computed_alike(asked: Any) -> None:
    chance = random.Random(4)
    right = [code.replace("-", "") for code in some_codes(1000)]
    texts = [text[: chance.randint(0, len(text))] for text in right] + right
    texts += ["".join(chance.choices(codes.ALPHABET, k=chance.randint(1, 20))) for _ in range(2000)]
    found = asked("checkFits", texts)
    assert found == [codes.check_fits(text) for text in texts]
    assert True in found
    assert False in found


def test_texts_are_folded_alike(asked: Any) -> None:
    chance = random.Random(5)
    letters = codes.ALPHABET + "oOiIlLuU |_-–—−\u00a0\u200b\u2060АВЕКМНОРСТУХЗавекмнорстухзЁё\u0301ＡＢ①²ßŒ.,!é"
    texts = ["".join(chance.choices(letters, k=chance.randint(1, 16))) for _ in range(3000)]
    assert asked("fold", texts) == [codes.fold(text) for text in texts]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda code: code, id="as it is"),
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda code: code.replace("-", " "), id="spaces"),
        pytest.param(lambda code: f" {code.replace('-', ' – ')} ", id="spaces and other dashes"),
        pytest.param(lambda code: code.translate(TWINS), id="Cyrillic and Latin look-alikes"),
        pytest.param(lambda code: code.translate(LAYOUT), id="the Russian keyboard layout"),
        pytest.param(lambda code: code.translate(LAYOUT).lower(), id="the Russian keyboard layout, small"),
    ],
)
def test_a_whole_code_is_known_however_it_is_typed(asked: Any, typed: Any) -> None:
    right = some_codes(400)
    assert asked("fits", [typed(code) for code in right]) == [True] * len(right)


def test_a_usual_code_is_known_in_one_piece(asked: Any) -> None:
    right = [code.replace("-", "") for code in some_codes(400, length=10)]
    assert asked("fits", right) == [True] * len(right)


def test_a_wrong_symbol_is_found(asked: Any) -> None:
    chance = random.Random(6)
    # A prefix of five letters or of two words gives a second reading, which may fit by chance.
    texts = [wrong(code, chance) for code in some_codes(600, length=10) if not code.startswith("TWO-WORDS")]
    assert asked("fits", texts) == [False] * len(texts)
    assert asked("seemsMistyped", texts) == [True] * len(texts)


def test_while_a_code_is_typed_it_seldom_seems_whole(asked: Any) -> None:
    starts = [code[:end] for code in some_codes(200, length=10) for end in range(1, len(code))]
    early = sum(asked("fits", starts))
    assert early < len(starts) / 20  # each costs a question to the server, and nothing else


@pytest.mark.parametrize("text", ["", " ", "-", "SPRING", "SALE20", "ПРИВЕТ", "12345", "🎁", "SPRING-"])
def test_what_is_no_generated_code_does_not_fit(asked: Any, text: str) -> None:
    assert asked("fits", [text]) == [False]
    assert asked("seemsMistyped", [text]) == [False]
