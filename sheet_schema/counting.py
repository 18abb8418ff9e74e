"""Counting rows in formulas of the Dashboard: which columns, and which words. Pure: texts of formulas.

COUNTIFS with a word is the one question that stays fast at 100,000 rows (`tests/bench/dashboard.py`); a wildcard takes
six times as long, TRIM over a column thirty times. So only the language's own word is asked for at once; words of other
languages, other words for the same, and spaces around a word cost their search only where there are any: the cells
*untidy* (any of them) and *foreign* (other words) of the Dashboard count them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import a1_column, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.language import Language
    from sheet_schema.looks import Place


@dataclass(frozen=True)
class Counting:
    """The columns of the data, as formulas name them."""

    places: Mapping[str, Place]
    untidy: str
    foreign: str
    language: Language

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
        return self.cheapest(
            self.untidy,
            *("+".join(self.codes(status=f'"{text}"', **criteria) for text in each) for each in self.words(word)),
        )

    def cheapest(self, untidy: str, tidy: str, spaced: str, every: str) -> str:
        """The first of three ways to count that sees all there is; *untidy* is a cell."""
        if spaced == every:
            return f"IF({untidy}=0;{tidy};{every})"
        return f"IF({untidy}=0;{tidy};IF({self.foreign}=0;{spaced};{every}))"

    def event(self, word: str, **criteria: str) -> str:
        """Rows of Redemptions with an event, a word in any language."""
        own, *others = (self.count("redemptions", event=f'"{each}"', **criteria) for each in self.asked_first(word))
        return f"({own}+IF({self.foreign}=0;0;{'+'.join(others)}))" if others else own

    def words(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Ways to ask for a word: the language's own, that with spaces around it, and everything that is read as it."""
        own, *others = self.asked_first(key)
        return (own,), spaced(own), tuple(text for word in (own, *others) for text in spaced(word))

    def asked_first(self, key: str) -> tuple[str, ...]:
        """The language's word, then those of others and what else people type for it."""
        own, every = self.language.words[key], LANGUAGES.values()
        others = [each.words[key] for each in every] + [text for each in every for text in each.spellings.get(key, ())]
        return tuple(dict.fromkeys([own, *others]))

    def redeemed(self, **criteria: str) -> str:
        """Redemptions less those that were undone or taken back; each counts when and where its own row says.

        A reminder that was taken back is none: it has the day that it was for in Reference, other claims have nothing.
        """
        taken = {"claim": '"<>"', "reference": '"="'} | criteria
        undone, withdrawn = self.event("rolled_back", **criteria), self.event("withdrawn", **taken)
        return f"({self.event('redeemed', **criteria)}-({undone})-({withdrawn}))"

    def open_until(self, criterion: str) -> str:
        """Codes that end on a day and are neither used nor void."""
        used, void = (self.status(word, expiration_date=criterion) for word in ("used", "void"))
        return f"({self.codes(expiration_date=criterion)}-{used}-{void})"


def spaced(word: str) -> tuple[str, ...]:
    """A word as it is, and with a space behind or before it."""
    return word, f"{word} ", f" {word}"


def literal(cell: str) -> str:
    """A criterion for the very text in a cell."""
    return f'"="&{escaped(cell)}'


def escaped(text: str) -> str:
    """The text, with a tilde before what COUNTIFS takes for a wildcard."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text};"~";"~~");"*";"~*");"?";"~?")'
