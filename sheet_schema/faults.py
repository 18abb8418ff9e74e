"""A fault of the spreadsheet: what is wrong, where, and what to do about it, in the words of any language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sheet_schema.language import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.language import Language

#: What fills a hole of a sentence.
Param = str | date | tuple[str, ...]
#: Worth saying, and nothing has to be done: such a fault alone is no problem.
_HARMLESS = frozenset({"renamed_tab", "withdrawn_row", "redeemed_unknown"})


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. *word* is its key in `Language.faults`, *tab* a tab's key, *cell* in A1 notation or "".

    `params` fill the holes of its sentences: text as it is; a day or a moment as it is typed in the language; for
    `column` a column's key; for `choices` keys of words. `tab` and `column` are said by their titles. A *fatal* fault
    stops the calls until a person mends it.
    """

    word: str
    tab: str
    cell: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)
    fatal: bool = False

    @property
    def harmless(self) -> bool:
        """True if it may stay as it is: it is said for those who wonder."""
        return self.word in _HARMLESS

    def text(self, language: Language) -> str:
        """Say what is wrong and what to do."""
        return " ".join(self.sentences(language))

    def found(self, language: Language) -> str:
        """What stands in the cell, "" if that is not said."""
        return self._value("found", self.params.get("found", ""), language)

    def sentences(self, language: Language) -> tuple[str, str]:
        """Say what is wrong, and what to do."""
        wrong, mend = language.faults[self.word]
        values = {"tab": language.tabs.get(self.tab, self.tab)}
        values |= {name: self._value(name, value, language) for name, value in self.params.items()}
        return fill(wrong, values), fill(mend, values)

    def _value(self, name: str, value: Param, language: Language) -> str:
        if isinstance(value, date):
            return language.type_date(value)
        if not isinstance(value, str):
            return ", ".join(language.words.get(key, key) for key in value)
        return language.columns.get(self.tab, {}).get(value, value) if name == "column" else value
