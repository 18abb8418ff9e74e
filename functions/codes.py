"""Codes: derive one, check its last symbol, and find what a person meant by what they typed. Pure.

A generated code is PREFIX-XXXXX-XXXXX in Crockford's 32 letters; the symbols follow from the CODE_KEY, the campaign,
the subscriber and a serial, so that racing instances derive the same one (DESIGN.md section 4, Codes converge).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Crockford's letters: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MIN_LENGTH, MAX_LENGTH, GROUP = 6, 20, 5
MAX_PREFIX = 20
#: How every pseudonym begins.
FORGOTTEN = "forgotten-"
_PSEUDONYM_BYTES = 20
_DEFAULT_PREFIX = 8
#: So many texts that were folded are kept: each code of a group of calls is folded twenty times.
_REMEMBERED = 4_096
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2): GF(32)
_HIGH = 0b100000


def derive(  # noqa: PLR0913 - what a code follows from
    key: bytes, campaign: str, subscriber_id: str, serial: int, *, prefix: str = "", length: int = 10
) -> str:
    """Derive the code of a subscriber in a campaign; *length* symbols, the last one the check symbol.

    Raises ValueError for a length outside 6 to 20: a campaign with such a length issues nothing.
    """
    if not MIN_LENGTH <= length <= MAX_LENGTH:
        msg = f"a code has {MIN_LENGTH} to {MAX_LENGTH} symbols, not {length}"
        raise ValueError(msg)
    digest = int.from_bytes(_hmac(key, "code", fold_name(campaign), subscriber_id, str(serial)), "big")
    derived = "".join(ALPHABET[digest >> 5 * place & 31] for place in range(length - 1))
    symbols = derived + check_symbol(derived)
    groups = [symbols[start : start + GROUP] for start in range(0, length, GROUP)]
    return "-".join(([prefix] if prefix else []) + groups)


def check_symbol(symbols: str) -> str:
    """Find the symbol that, put after *symbols* of the alphabet, makes the weighted sum over GF(32) zero.

    Weights are powers of x, which has order 31: up to 31 symbols no two weights are equal and none is zero, so every
    single wrong symbol and every swap of two changes the sum. Raises KeyError outside the alphabet.
    """
    return ALPHABET[_weighted_sum(symbols + ALPHABET[0])]


def check_fits(symbols: str) -> bool:
    """Tell if the last of *symbols* is the check symbol of the others; False for anything outside the alphabet."""
    return len(symbols) > 1 and is_spelt(symbols) and _weighted_sum(symbols) == 0


def is_spelt(symbols: str) -> bool:
    """Tell if all of *symbols* are of the alphabet of generated codes."""
    return _VALUES.keys() >= set(symbols)


def _weighted_sum(symbols: str) -> int:
    # Horner's rule: the last symbol has weight 1, the one before it x, then x^2 ...
    total = 0
    for symbol in symbols:
        total <<= 1
        if total & _HIGH:
            total ^= _FIELD
        total ^= _VALUES[symbol]
    return total


@lru_cache(maxsize=_REMEMBERED)
def fold(typed: str) -> str:
    """Give what all spellings of one code have in common: capitals, no spaces or dashes, look-alikes made one.

    Any text is fine, a code that staff made too; folding twice changes nothing. "" if nothing is left.
    """
    if typed.isascii():  # nearly every cell of a sheet, and it must be fast there
        return typed.upper().translate(_FOLD)
    for _round in range(_ROUNDS):
        folded = unicodedata.normalize("NFKC", typed).upper().translate(_FOLD)
        if folded == typed:
            break
        typed = folded  # letters may have met their accents now that nothing stands between them
    return typed


def fold_all(typed: Sequence[str]) -> list[str]:
    """Fold many texts, as `fold` does each: the plain ones in one go, which takes a tenth of the time."""
    plain = [text if text.isascii() and "\n" not in text else "" for text in typed]
    folded = "\n".join(plain).upper().translate(_FOLD_LINES).split("\n")
    return [line if text else fold(each) for each, text, line in zip(typed, plain, folded, strict=False)]


def spellings(typed: str) -> tuple[str, ...]:
    """Fold each reading of what a person typed, the likeliest first: as it is, then from the wrong keyboard layout."""
    plain = unicodedata.normalize("NFKC", typed)
    readings = (typed, plain.translate(_RUSSIAN_KEYS), plain.translate(_LATIN_KEYS))
    return tuple(dict.fromkeys(fold(reading) for reading in readings))


@lru_cache(maxsize=_REMEMBERED)
def fold_name(name: str) -> str:
    """Give a campaign's name for comparing: capitals, spaces and what cannot be seen do not matter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    if not folded.isascii():
        folded = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return " ".join(folded.split())


def transliterate(name: str) -> str:
    """Write Latin letters for Cyrillic ones and for Latin ones with marks; what has none stays as it is."""
    latin = "".join(_transliterated(letter) for letter in unicodedata.normalize("NFC", name))
    return "".join(each for each in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(each))


def default_prefix(campaign: str) -> str:
    """Make a prefix from a campaign's name: its first 8 of A-Z 0-9, "" if it has none."""
    return re.sub(r"[^A-Z0-9]", "", transliterate(campaign).upper())[:_DEFAULT_PREFIX]


def clean_prefix(typed: str) -> str | None:
    """Read the prefix that staff typed; "" for a dash (none), None if it cannot be one: a Problem.

    A-Z, 0-9 and dashes between them, at most 20 characters.
    """
    dashed = "".join("-" if unicodedata.category(each) == "Pd" or each == _MINUS else each for each in typed)
    if dashed.strip() == "-":
        return ""
    prefix = transliterate(dashed).upper().strip(" \t\xa0-")
    if len(prefix) > MAX_PREFIX or not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", prefix):
        return None
    return prefix


def ring_place(key: bytes, subscriber_id: str) -> bytes:
    """Where a subscriber stands on the ring of ready codes (`ring`): nobody without the key knows what comes next."""
    return _hmac(key, "pool", subscriber_id)


def pseudonym(key: bytes, kind: str, text: str) -> str:
    """Give what stands in the sheet for an id that was forgotten; *kind* is `subscriber` or `request`.

    160 bits of an HMAC: whoever has the key can tell that an id is this one, and nobody else anything.
    """
    digest = _hmac(key, "forgotten", kind, text)[:_PSEUDONYM_BYTES]
    return FORGOTTEN + base64.b32encode(digest).decode().lower()


def fingerprint(key: bytes) -> str:
    """Give sixteen hex digits that tell one CODE_KEY from another and nothing else of it."""
    return _hmac(key, "fingerprint").hex()[:16]


def masked(code: str) -> str:
    """Give what of a code may stand in a log: its length, and of all but the shortest the first two characters.

    Not a hash: codes are few enough to be tried one by one.
    """
    shown = code[:2] if len(code) >= MIN_LENGTH else ""
    return f"{shown}…({len(code)})" if code else ""


def _hmac(key: bytes, *parts: str) -> bytes:
    """Compute HMAC-SHA256 over parts with their lengths, so that no two lists of parts look alike."""
    message = b"".join(len(part).to_bytes(4, "big") + part for part in map(_utf8, parts))
    return hmac.new(key, message, hashlib.sha256).digest()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _transliterated(letter: str) -> str:
    latin = _LATIN.get(letter.lower())
    if latin is None:
        return letter
    return latin if letter.islower() else latin.upper()


_LATIN = {
    **dict(zip("абвгдеёзийклмнопрстуфыэґўіøđðłı", "abvgdeeziyklmnoprstufyeguioddli", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
    "ї": "yi",
    "є": "ye",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
#: The same keys in both layouts, plain and with shift.
_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_RUSSIAN_KEYS = str.maketrans(_RUSSIAN, _QWERTY)
_LATIN_KEYS = str.maketrans(_QWERTY, _RUSSIAN)

#: Folding settles in two or three rounds; a bound, so that no text can keep it busy.
_ROUNDS = 8
_MINUS = "\u2212"
#: What one cannot see, and dashes that Unicode counts as something else: minus, its modifier form, hyphen bullet,
#: the Hangul fillers and the empty Braille cell.
_IGNORED_KINDS = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Pd", "Pc"})
_IGNORED = _MINUS + "\u02d7\u2043\u115f\u1160\u3164\u2800" + "".join(map(chr, range(0xFE00, 0xFE10))) + "\u034f"
_TWINS = {
    "0": "OОΟ",
    "1": "ILІΙӀ|",
    "3": "З",
    "A": "АΑ",
    "B": "ВΒ",
    "C": "СϹ",
    "E": "ЕЁΕ",
    "H": "НΗҺ",
    "J": "ЈͿ",
    "K": "КΚ",
    "M": "МΜ",
    "N": "Ν",
    "P": "РΡ",
    "Q": "Ԛ",
    "S": "Ѕ",
    "T": "ТΤ",
    "W": "Ԝ",
    "X": "ХΧ",
    "Y": "УΥҮ",
    "Z": "Ζ",
}


class _Fold(dict[int, int | str | None]):
    """A table for str.translate that asks Unicode only about a character that turns up: a start costs nothing."""

    def __missing__(self, point: int) -> int | None:
        return None if unicodedata.category(chr(point)) in _IGNORED_KINDS else point


_FOLD = _Fold({ord(letter): twin for twin, letters in _TWINS.items() for letter in letters})
_FOLD.update(dict.fromkeys(map(ord, _IGNORED)))
_FOLD.update({point: _FOLD[point] for point in range(128)})
_FOLD_LINES = {point: _FOLD[point] for point in range(128)} | {ord("\n"): "\n"}
