"""A fault of the spreadsheet: what is wrong, where, and what to do about it, in the words of any language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_schema.language import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.language import Language


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. *word* is its key in `Language.faults`, *tab* a tab's key, *cell* in A1 notation or "".

    `params` fill the holes of its sentences: text as it is; for `column` a column's key; for `choices` keys of words.
    `tab` and `column` are said by their titles. A *fatal* fault stops the calls until a person mends it.
    """

    word: str
    tab: str
    cell: str = ""
    params: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    fatal: bool = False

    def text(self, language: Language) -> str:
        """Say what is wrong and what to do."""
        return " ".join(self.sentences(language))

    def sentences(self, language: Language) -> tuple[str, str]:
        """Say what is wrong, and what to do."""
        wrong, mend = language.faults[self.word]
        columns = language.columns.get(self.tab, {})
        values = {"tab": language.tabs.get(self.tab, self.tab)}
        for name, value in self.params.items():
            if not isinstance(value, str):
                values[name] = ", ".join(language.words.get(key, key) for key in value)
            else:
                values[name] = columns.get(value, value) if name == "column" else value
        return fill(wrong, values), fill(mend, values)
