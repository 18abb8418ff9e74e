from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions import codes

KEY = b"0123456789abcdef0123456789abcdef"
LENGTHS = [6, 10, 20]


def some_symbols(length: int, many: int) -> list[str]:
    chance = random.Random(length)
    derived = ["".join(chance.choices(codes.ALPHABET, k=length - 1)) for _ in range(many)]
    return [each + codes.check_symbol(each) for each in derived]


def test_the_alphabet_is_crockfords() -> None:
    assert len(codes.ALPHABET) == 32
    assert not set("ILOU") & set(codes.ALPHABET)


@pytest.mark.parametrize(
    ("campaign", "subscriber", "serial", "prefix", "length", "code"),
    [
        pytest.param("spring", "1849", 0, "SPRING", 10, "SPRING-JF4F6-7CAGS", id="plain"),
        pytest.param("spring", "1849", 1, "SPRING", 10, "SPRING-RX3VJ-7938T", id="the next serial"),
        pytest.param("  SPRING ", "1849", 0, "SPRING", 10, "SPRING-JF4F6-7CAGS", id="the folded name counts"),
        pytest.param("Весна", "tg7", 0, "", 6, "KY0VP-9", id="shortest, no prefix, Cyrillic name"),
        pytest.param("spring", "1849", 0, "A-B", 20, "A-B-JF4F6-7CAG7-4A74A-D86VM", id="longest"),
    ],
)
def test_derivation_never_drifts_from_vectors_made_by_another_program(
    campaign: str, subscriber: str, serial: int, prefix: str, length: int, code: str
) -> None:
    assert codes.derive(KEY, campaign, subscriber, serial, prefix=prefix, length=length) == code


@pytest.mark.parametrize("length", [5, 21, 0, -1])
def test_a_length_outside_6_to_20_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="6 to 20"):
        codes.derive(KEY, "spring", "1", 0, length=length)


@pytest.mark.parametrize("length", range(6, 21))
def test_a_derived_code_has_groups_of_five_and_a_check_symbol_that_fits(length: int) -> None:
    prefix, *groups = codes.derive(KEY, "spring", "1", 0, prefix="PRE", length=length).split("-")
    assert prefix == "PRE"
    assert all(len(group) == 5 for group in groups[:-1])
    assert 1 <= len(groups[-1]) <= 5
    assert len("".join(groups)) == length
    assert codes.check_fits("".join(groups))


def test_parts_that_read_alike_when_joined_give_different_codes() -> None:
    assert codes.derive(KEY, "ab", "c", 0) != codes.derive(KEY, "a", "bc", 0)
    assert codes.derive(KEY, "a", "b1", 1) != codes.derive(KEY, "a", "b", 11)


def test_twenty_thousand_codes_never_fold_alike() -> None:
    made = [
        codes.derive(KEY, campaign, f"s{number}", serial, prefix=campaign.upper())
        for campaign in ("spring", "oil")
        for number in range(5_000)
        for serial in (0, 1)
    ]
    assert len({codes.fold(code) for code in made}) == 20_000


@pytest.mark.parametrize("length", LENGTHS)
def test_every_single_wrong_symbol_is_found(length: int) -> None:
    for symbols in some_symbols(length, 60):
        assert codes.check_fits(symbols)
        for place in range(length):
            for wrong in codes.ALPHABET.replace(symbols[place], ""):
                assert not codes.check_fits(symbols[:place] + wrong + symbols[place + 1 :])


@pytest.mark.parametrize("length", LENGTHS)
def test_every_swap_of_two_symbols_is_found_not_only_of_neighbours(length: int) -> None:
    for symbols in some_symbols(length, 300):
        for one, other in combinations(range(length), 2):
            swapped = list(symbols)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert codes.check_fits("".join(swapped)) == (symbols[one] == symbols[other])


@pytest.mark.parametrize("symbols", ["", "0", "SPRING", "ABCDEI", "АБВГД"])
def test_what_cannot_have_a_check_symbol_does_not_fit(symbols: str) -> None:
    assert not codes.check_fits(symbols)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("spring-7k2qm-4xwd0", id="small letters"),
        pytest.param("SPRING 7K2QM 4XWD0", id="spaces"),
        pytest.param("SPRING7K2QM4XWD0", id="run together"),
        pytest.param("  SPRING-7K2QM-4XWD0\r\n", id="spaces and a line end around it"),
        pytest.param("SPRING\u00a07K2QM\u20094XWD0\u3000", id="no-break, thin and ideographic spaces"),
        pytest.param("SPRING–7K2QM—4XWD0", id="en and em dash"),
        pytest.param("SPRING\u22127K2QM\u20114XWD0", id="minus and no-break hyphen"),
        pytest.param("SPRING_7K2QM_4XWD0", id="underscores"),
        pytest.param("SPRING-7K2QM-\u200b4XWD0\ufeff", id="zero-width characters"),
        pytest.param("\u202aSPRING-7K2QM-4XWD0\u202c", id="direction marks"),
        pytest.param("SPR\u00adING-7K2QM-4XWD0\x1d", id="soft hyphen and a scanner's control character"),
        pytest.param("SPRING-7K2QM-4XWDO", id="O for 0"),
        pytest.param("SPR1NG-7K2QM-4XWDo", id="1 for I, small o for 0"),
        pytest.param("SPRlNG-7K2QM-4XWD0", id="small L for I"),
        pytest.param("SPR|NG-7K2QM-4XWD0", id="a bar for I"),
        pytest.param("SРRING-7К2QМ-4ХWDО", id="Cyrillic capitals that look alike"),
        pytest.param("sрring-7к2qм-4хwdо", id="Cyrillic small letters that look alike"),
        pytest.param("SΡRΙNG-7Κ2QΜ-4ΧWDΟ", id="Greek capitals that look alike"),
        pytest.param("ＳＰＲＩＮＧ－７Ｋ２ＱＭ－４ＸＷＤ０", id="full-width letters"),
    ],
)
def test_what_a_person_types_folds_to_the_code(typed: str) -> None:
    assert codes.fold(typed) == codes.fold("SPRING-7K2QM-4XWD0") == "SPR1NG7K2QM4XWD0"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(" -–_ ", "", id="only what does not count"),
        pytest.param("скидка-10", codes.fold("СКИДКА 10"), id="Russian, capitals do not matter"),
        pytest.param("ёлка", codes.fold("ЕЛКА"), id="yo is ye"),
        pytest.param("straße", "STRASSE", id="sharp s"),
        pytest.param("ЯБЛОКО", "ЯБЛ0K0", id="letters without a twin stay"),
        pytest.param("10%", "10%", id="other characters stay"),
        pytest.param("\ud800", "\ud800", id="half a surrogate pair"),
    ],
)
def test_codes_that_staff_made_fold_too(typed: str, folded: str) -> None:
    assert codes.fold(typed) == folded


def test_staff_codes_that_differ_stay_different() -> None:
    made = ["СКИДКА10", "СКИДКА20", "ЙОД", "ИОД", "ГОД", "LETO", "ЛЕТО", "2", "5", "S", "B", "8"]
    assert len({codes.fold(code) for code in made}) == len(made)


@given(st.text(st.characters(codec=None), max_size=40))
@example("A\u200b\u0300")
@example("ŉ\u0345ΐ")
@example("か\u200b\u3099")
def test_folding_never_raises_and_folding_twice_changes_nothing(typed: str) -> None:
    folded = codes.fold(typed)
    assert codes.fold(folded) == folded
    assert codes.spellings(typed)[0] == folded


def test_folding_is_settled_for_every_character_of_unicode() -> None:
    unsettled = [point for point in range(0x110000) if codes.fold(codes.fold(chr(point))) != codes.fold(chr(point))]
    assert unsettled == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("ЫЗКШТП-7Л2ЙЬ-4ЧЦВФ", "SPRING-7K2QM-4XWDA", id="Latin code, Russian layout"),
        pytest.param("ызкштп 7л2йь 4чцвф", "SPRING-7K2QM-4XWDA", id="the same in small letters"),
        pytest.param("CRBLRF-10", "СКИДКА-10", id="Russian code, Latin layout"),
        pytest.param("[jkjl", "ХОЛОД", id="Russian letters on punctuation keys"),
        pytest.param('{JKJL"', "ХОЛОДЭ", id="the same keys with shift"),
        pytest.param("`krf", "ЁЛКА", id="yo on the backtick"),
        pytest.param("SPRING-7K2QM-4XWDA", "SPRING-7K2QM-4XWDA", id="the right layout"),
    ],
)
def test_the_wrong_keyboard_layout_is_read_too(typed: str, meant: str) -> None:
    assert codes.fold(meant) in codes.spellings(typed)


def test_spellings_begin_with_what_was_typed_and_have_no_doubles() -> None:
    assert codes.spellings("12345") == ("12345",)
    assert codes.spellings("фыва")[0] == codes.fold("фыва")
    assert len(codes.spellings("qwerty")) == 2


@pytest.mark.parametrize(
    "name",
    [
        "spring sale",
        "Spring Sale",
        "  SPRING   sale ",
        "spring\u00a0sale",
        "ｓｐｒｉｎｇ sale",
        "spring\u200b sale\ufeff",
        "\tspring\nsale",
    ],
)
def test_capitals_spaces_and_the_invisible_do_not_matter_in_a_campaigns_name(name: str) -> None:
    assert codes.fold_name(name) == "spring sale"


@given(st.text(max_size=40))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert codes.fold_name(codes.fold_name(name)) == codes.fold_name(name)


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        pytest.param("Чёрная пятница", "CHernaya pyatnitsa", id="Russian"),
        pytest.param("объём щедрости", "obem shchedrosti", id="hard and soft signs, shch"),
        pytest.param("Großer Møller Łódź", "Grosser Moller Lodz", id="Latin with marks"),
        pytest.param("И\u0306од", "Yod", id="a letter in two parts"),
        pytest.param("夏 2026", "夏 2026", id="what has no Latin letter stays"),
    ],
)
def test_names_are_written_in_latin_letters(name: str, latin: str) -> None:
    assert codes.transliterate(name) == latin


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("spring", "SPRING"),
        ("Чёрная пятница", "CHERNAYA"),
        ("Summer 2026!", "SUMMER20"),
        ("8 марта", "8MARTA"),
        ("夏", ""),
        ("", ""),
    ],
)
def test_the_prefix_comes_from_the_campaigns_name(name: str, prefix: str) -> None:
    assert codes.default_prefix(name) == prefix


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [
        pytest.param("SPRING", "SPRING", id="as it is"),
        pytest.param(" spring- ", "SPRING", id="spaces and dashes around it"),
        pytest.param("весна", "VESNA", id="Russian"),
        pytest.param("black–friday", "BLACK-FRIDAY", id="a dash of any kind within"),
        pytest.param("-", "", id="a dash means none"),
        pytest.param(" — ", "", id="so does a long one"),
        pytest.param("A" * 20, "A" * 20, id="longest"),
        pytest.param("A" * 21, None, id="too long"),
        pytest.param("BLACK FRIDAY", None, id="a space within"),
        pytest.param("10%", None, id="a sign"),
        pytest.param("夏", None, id="no Latin letters for it"),
        pytest.param("---", None, id="dashes alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_typed_prefix_is_cleaned_or_refused(typed: str, prefix: str | None) -> None:
    assert codes.clean_prefix(typed) == prefix


@given(st.text(max_size=30))
def test_any_prefix_is_something_that_can_stand_in_a_code(text: str) -> None:
    for prefix in (codes.default_prefix(text), codes.clean_prefix(text) or ""):
        assert len(prefix) <= codes.MAX_PREFIX
        assert set(prefix) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


def test_the_place_on_the_ring_differs_by_subscriber_and_by_key() -> None:
    places = {codes.ring_place(key, who) for key in (KEY, KEY + b"x") for who in "ab"}
    assert len(places) == 4
    assert codes.ring_place(KEY, "a") == codes.ring_place(KEY, "a")


def test_the_fingerprint_is_sixteen_hex_digits_of_this_key_alone() -> None:
    assert codes.fingerprint(KEY) == "0920bf1ecc25c141"
    assert codes.fingerprint(KEY) != codes.fingerprint(KEY + b"x")


@pytest.mark.parametrize(
    ("code", "shown"),
    [("SPRING-7K2QM-4XWDA", "SP…(18)"), ("SPR10", "…(5)"), ("A", "…(1)"), ("", "")],
)
def test_a_log_shows_two_characters_of_a_code_at_most(code: str, shown: str) -> None:
    assert codes.masked(code) == shown
