"""Makers of keys: what rows are found by, made of many cells at once. Pure.

Nearly every cell of a sheet is plain text and most words come again and again, so each maker has a short way for those;
that both ways give the same is a property test (test_answers.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from functions import codes
from functions.promo import Event, Status
from sheet_schema import records, tabs
from sheet_schema.records import Bad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_schema.records import Cell

_EVENT, _STATUS = tabs.REDEMPTIONS.column("event"), tabs.CODES.column("status")


def texts(cells: Sequence[Cell]) -> list[str]:
    """The text of each cell."""
    return [cell.strip() if isinstance(cell, str) else records.text(cell) for cell in cells]


def codes_folded(cells: Sequence[Cell]) -> list[str]:
    """What all spellings of a code have in common."""
    return codes.fold_all(texts(cells))


def names_folded(cells: Sequence[Cell]) -> list[str]:
    """Campaigns' names for comparing."""
    found = texts(cells)
    folded = {text: codes.fold_name(text) for text in set(found)}
    return [folded[text] for text in found]


def times(cells: Sequence[Cell]) -> list[int | None]:
    """Wall times; None for what is empty or cannot be read."""
    return [None if cell == "" else _time(cell) for cell in cells]


def ends(cells: Sequence[Cell]) -> list[str]:
    """What an event says other than that a code was redeemed."""
    found = texts(cells)
    words = {text: event(text) for text in set(found)}
    kinds = {text: "" if word is Event.REDEEMED else word.value for text, word in words.items()}
    return [kinds[text] for text in found]


def marked(cells: Sequence[Cell]) -> list[bool]:
    """Whether a Status is other than unused."""
    found = texts(cells)
    unused = {text for text in set(found) if records.choice(_STATUS, text) in {None, Status.UNUSED.value}}
    return [text not in unused for text in found]


def pseudonyms(cells: Sequence[Cell]) -> list[bool]:
    """Whether a cell may hold a pseudonym."""
    if codes.FORGOTTEN not in "\n".join([cell for cell in cells if isinstance(cell, str)]):  # one search for them all
        return [False] * len(cells)
    return [isinstance(cell, str) and codes.FORGOTTEN in cell for cell in cells]


@lru_cache(maxsize=64)
def event(text: str) -> Event:
    """Read a word; one that cannot be read is taken for a redemption: rather a code used than a code used twice."""
    found = records.choice(_EVENT, text)
    return Event(found) if isinstance(found, str) else Event.REDEEMED


def _time(cell: Cell) -> int | None:
    found = records.wall_ms(cell)
    return None if isinstance(found, Bad) else found
