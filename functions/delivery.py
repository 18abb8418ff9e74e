"""What stands in the column Delivery: whether a bot took the code to its subscriber, and when. Pure.

    sent 2026-03-10 12:00               it did
    failed 2026-03-10 12:00 #7K2QM4     it did not, and no bot step was started: may be tried again, step included
    unknown 2026-03-10 12:00 #7K2QM4    somebody is at it, or was: a bot step may have been started, and is not again

What follows the # is random. So no two cells are alike, and one can be replaced wherever it stands, whoever sorts
the rows meanwhile.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from functions import codes, wall
from sheet_schema import languages, records, tabs
from sheet_schema.records import Bad

_LETTERS = 6
_CELL = re.compile(r"\s*(?P<word>[^\d#]+?)\s*(?P<time>\d[^#]*)?(?P<token>#[0-9A-Z]{6})?\s*", re.ASCII)
_COLUMN = tabs.CODES.column("delivery")


class Word(StrEnum):
    """The first word of the cell."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Delivery:
    """A cell that could be read. `text` is all of it, as it stands there; `is_unique` if it may be found by that."""

    word: Word
    text: str
    is_unique: bool


def written(language: str, word: Word, moment: int, name: str = "") -> str:
    """Text for the cell: *moment* is wall ms; *name*, a random one, makes it unique, but `sent` stays as it is."""
    spoken = languages.language(language)
    text = f"{spoken.words[word]} {spoken.type_date(wall.moment(moment))}"
    return text if word is Word.SENT else f"{text} #{_token(name)}"


def read(text: str) -> Delivery | None:
    """Read a cell in any language; None for an empty one and for what people typed of their own."""
    match = _CELL.fullmatch(text)
    word = records.choice(_COLUMN, match["word"]) if match else None
    if match is None or word is None or isinstance(word, Bad):
        return None
    return Delivery(Word(word), text, match["token"] is not None)


def _token(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return "".join(codes.ALPHABET[byte % len(codes.ALPHABET)] for byte in digest[:_LETTERS])
