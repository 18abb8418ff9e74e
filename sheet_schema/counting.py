"""Counting rows in formulas of the Dashboard: which columns, and which words. Pure: texts of formulas.

COUNTIFS with a word is the one question that stays fast at 100,000 rows (`tests/bench/dashboard.py`); a wildcard takes
six times as long, TRIM over a column thirty times. So the spaces that staff may leave around a word, and other words
for the same, cost their search only where there are any: the cell *untidy* of the Dashboard counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import a1_column, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.looks import Place


@dataclass(frozen=True)
class Counting:
    """The columns of the data, as formulas name them."""

    places: Mapping[str, Place]
    untidy: str

    def column(self, tab: str, key: str) -> str:
        """A whole column, header included."""
        place = self.places[tab]
        letter = a1_column(place.columns[key])
        return f"{quote(place.title)}!${letter}:${letter}"

    def count(self, tab: str, **criteria: str) -> str:
        """Rows for which each column meets its criterion, written as a formula writes it."""
        pairs = ";".join(f"{self.column(tab, key)};{criterion}" for key, criterion in criteria.items())
        return f"COUNTIFS({pairs})"

    def codes(self, **criteria: str) -> str:
        """Rows of Promo codes that have a code."""
        return self.count("codes", code='"<>"', **criteria)

    def status(self, word: str, **criteria: str) -> str:
        """Rows of Promo codes whose Status is a word in any language, or is read as it."""
        tidy, every = (
            "+".join(self.codes(status=f'"{text}"', **criteria) for text in each)
            for each in (words_of(word), typed_for(word))
        )
        return f"IF({self.untidy}=0;{tidy};{every})"

    def event(self, word: str, **criteria: str) -> str:
        """Rows of Redemptions with an event, a word in any language."""
        return "+".join(self.count("redemptions", event=f'"{each}"', **criteria) for each in words_of(word))

    def redeemed(self, **criteria: str) -> str:
        """Redemptions less those that were undone or taken back; each counts when and where its own row says."""
        undone, withdrawn = self.event("rolled_back", **criteria), self.event("withdrawn", claim='"<>"', **criteria)
        return f"({self.event('redeemed', **criteria)}-({undone})-({withdrawn}))"

    def open_until(self, criterion: str) -> str:
        """Codes that end on a day and are neither used nor void."""
        used, void = (self.status(word, expiration_date=criterion) for word in ("used", "void"))
        return f"({self.codes(expiration_date=criterion)}-{used}-{void})"


def words_of(key: str) -> tuple[str, ...]:
    """A word in every language."""
    return tuple(dict.fromkeys(language.words[key] for language in LANGUAGES.values()))


def others_for(key: str) -> tuple[str, ...]:
    """What else people type for a word."""
    known = dict.fromkeys(text for language in LANGUAGES.values() for text in language.spellings.get(key, ()))
    return tuple(text for text in known if text not in words_of(key))


def typed_for(key: str) -> tuple[str, ...]:
    """A word in every language and what else people type for it, also with a space behind or before it."""
    return tuple(text for word in (*words_of(key), *others_for(key)) for text in (word, f"{word} ", f" {word}"))


def literal(cell: str) -> str:
    """A criterion for the very text in a cell."""
    return f'"="&{escaped(cell)}'


def escaped(text: str) -> str:
    """The text, with a tilde before what COUNTIFS takes for a wildcard."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text};"~";"~~");"*";"~*");"?";"~?")'
