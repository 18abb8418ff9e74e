"""A Reading as `problems` asks it: columns of text as long as their tab, and faults that name a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_schema import records
from sheet_schema.faults import Fault
from sheet_schema.layout import a1_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.sheet import Reading
    from sheet_schema.records import Cell

FIRST_ROW = 2
#: So many cells are named in one sentence.
_NAMED = 5


class Cells:
    """The cells below the headers, by tab, column and place from 0; what is not in the sheet is an empty cell."""

    def __init__(self, reading: Reading) -> None:
        """Take one read."""
        self.reading = reading
        self._texts: dict[tuple[str, str], list[str]] = {}

    def size(self, tab: str) -> int:
        """Rows of a tab below its header."""
        return self.reading.rows[tab] - 1

    def cell(self, tab: str, column: str, number: int) -> Cell:
        """What stands in one cell."""
        cells = self.reading.columns[tab].get(column, ())
        return cells[number] if number < len(cells) else ""

    def texts(self, tab: str, column: str) -> list[str]:
        """A column as texts, as long as its tab."""
        key = (tab, column)
        if key not in self._texts:
            cells = self.reading.columns[tab].get(column, ())
            self._texts[key] = [records.text(cell) for cell in cells] + [""] * (self.size(tab) - len(cells))
        return self._texts[key]

    def a1(self, tab: str, column: str, number: int) -> str:
        """Name a cell."""
        return f"{a1_column(self.reading.layout.tabs[tab].columns[column].index)}{number + FIRST_ROW}"

    def named(self, tab: str, column: str, numbers: Iterable[int]) -> str:
        """Name cells of a column, the first few of many."""
        numbers = list(numbers)
        cells = ", ".join(self.a1(tab, column, number) for number in numbers[:_NAMED])
        return f"{cells}, …" if len(numbers) > _NAMED else cells

    def fault(self, word: str, tab: str, column: str, number: int, **params: str | tuple[str, ...]) -> Fault:
        """A fault of one cell; what stands there is `found`, if nothing else is said."""
        params.setdefault("found", records.text(self.cell(tab, column, number)))
        return Fault(word, tab, self.a1(tab, column, number), params)
