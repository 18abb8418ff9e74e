"""Cells as they are read (UNFORMATTED_VALUE, SERIAL_NUMBER) -> values, and values -> cells as they are written.

What cannot be read is never guessed at: it is a Bad, which names the exact fault. An empty cell is None.
Wall time is whole milliseconds since 1899-12-30 in the spreadsheet's own zone, where its serial numbers begin
(https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_schema import dates
from sheet_schema.dates import ZERO
from sheet_schema.languages import LANGUAGES
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.language import Language
    from sheet_schema.layout import TabAt
    from sheet_schema.schema import Column, Tab

Cell = str | int | float | bool
#: What is written: text, a word's key, wall time in ms or a whole number, yes or no, or None for an empty cell.
Value = str | int | bool | None
CellData = dict[str, Any]

_DAY_MS = 86_400_000
#: Before 1970 a number is a slip (2026, typed for a year, would be a day in 1905). The last year that datetime knows
#: is left out, so that a moment can be carried into any time zone.
_FIRST_MS = (datetime(1970, 1, 1) - ZERO) // timedelta(milliseconds=1)  # noqa: DTZ001
_END_MS = (datetime(9999, 1, 1) - ZERO) // timedelta(milliseconds=1)  # noqa: DTZ001
_COUNT = re.compile(r"0*[1-9][0-9]{0,8}")
_COUNT_END = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot be read: *word* is the key of its fault in `Language.faults`, *found* what stands there."""

    word: str
    found: str


class Run(NamedTuple):
    """Neighbouring cells of one row, from the column with index *start* (0 is A) on."""

    start: int
    cells: tuple[CellData, ...]


def text(cell: Cell) -> str:
    """Text of any cell, without outer spaces; a number as its shortest decimal, never with an exponent."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int) or not math.isfinite(cell):
        return str(cell)
    if not cell:
        return "0"
    decimal = format(Decimal(repr(cell)), "f")
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


def wall_ms(cell: Cell) -> int | Bad | None:
    """Wall time of a date cell in ms: a serial number, or text that `dates.read` understands."""
    found: int | None = None
    if isinstance(cell, str):
        if not cell.strip():
            return None
        typed = dates.read(cell.strip())
        if isinstance(typed, str):
            return Bad(typed, cell.strip())
        found = typed
    elif not isinstance(cell, bool) and 0 <= cell < _END_MS // _DAY_MS:  # so neither NaN nor infinite
        found = round(cell * _DAY_MS)
    if found is None or not _FIRST_MS <= found < _END_MS:
        return Bad("not_a_date", text(cell))
    return found


def has_time_of_day(cell: Cell) -> bool:
    """Whether a date cell names a moment and not a day; midnight is how a spreadsheet stores a day."""
    found = wall_ms(cell)
    return isinstance(found, int) and found % _DAY_MS != 0


def choice(column: Column, cell: Cell) -> str | Bad | None:
    """Key of the word in a drop-down cell, in any language; spaces and capitals make no difference."""
    found = text(cell)
    if not found:
        return None
    return _keys(column.choices).get(_fold(found)) or Bad("not_a_choice", found)


def yes_no(cell: Cell) -> bool | Bad | None:
    """Yes or no in any language, or TRUE, 1, x and their opposites."""
    found = text(cell)
    if not found:
        return None
    key = _keys(("yes", "no")).get(_fold(found))
    return key == "yes" if key else Bad("not_yes_no", found)


def count(cell: Cell) -> int | Bad | None:
    """Whole number from 1, also typed as text."""
    if not isinstance(cell, str):
        good = not isinstance(cell, bool) and 1 <= cell < _COUNT_END and cell == int(cell)
        return int(cell) if good else Bad("not_a_count", text(cell))
    typed = cell.strip()
    if not typed:
        return None
    return int(typed) if _COUNT.fullmatch(typed) else Bad("not_a_count", typed)


def serial(ms: int) -> float:
    """Give the serial number of a wall time; `wall_ms` reads the same time from it, even if cut to 15 digits."""
    return ms / _DAY_MS


def text_cell(value: str) -> CellData:
    """CellData of literal text: never a formula, a number or a date."""
    return {"userEnteredValue": {"stringValue": value}, **_formatted("TEXT", "@")}


def number_cell(value: float) -> CellData:
    """CellData of a number."""
    return {"userEnteredValue": {"numberValue": value}}


def date_cell(language: Language, ms: int) -> CellData:
    """CellData of a day; shown with its time of day if there is one."""
    if ms % _DAY_MS:
        return time_cell(language, ms)
    return {"userEnteredValue": {"numberValue": serial(ms)}, **_formatted("DATE", language.date_pattern)}


def time_cell(language: Language, ms: int) -> CellData:
    """CellData of a moment, exact to the millisecond though it is shown to the minute."""
    return {"userEnteredValue": {"numberValue": serial(ms)}, **_formatted("DATE_TIME", language.time_pattern)}


def choice_cell(language: Language, key: str) -> CellData:
    """CellData of a word, by its key, in the sheet's language."""
    return text_cell(language.words[key])


def cell(language: Language, column: Column, value: Value) -> CellData:
    """CellData of a value as its column wants it: CHOICE a word's key, DATE and TIME wall ms; None empties the cell."""
    if value is None or value == "":
        return empty_cell(language, column)
    match column.kind:
        case Kind.DATE | Kind.TIME:
            return (date_cell if column.kind is Kind.DATE else time_cell)(language, int(value))
        case Kind.COUNT:
            return number_cell(int(value))
        case Kind.YES_NO:
            return {"userEnteredValue": {"stringValue": language.words["yes" if value else "no"]}}
        case Kind.CHOICE:
            return choice_cell(language, str(value))
        case _:
            return text_cell(str(value))


def empty_cell(language: Language, column: Column) -> CellData:
    """CellData without a value, in the format of its column."""
    match column.kind:
        case Kind.DATE:
            return _formatted("DATE", language.date_pattern)
        case Kind.TIME:
            return _formatted("DATE_TIME", language.time_pattern)
        case Kind.COUNT | Kind.YES_NO:
            return {}
        case _:
            return _formatted("TEXT", "@")


def row_cells(at: TabAt, tab: Tab, language: Language, values: Mapping[str, Value]) -> list[Run]:
    """Cells of one row for `updateCells`, in as few runs as can be.

    Fields: userEnteredValue, userEnteredFormat.numberFormat. Each value goes where its column stands now; columns that
    are not named in *values*, and staff's own, are left out and so stay as they are. A value whose column is not in the
    sheet is not written.
    """
    placed = {
        at.columns[key].index: cell(language, tab.column(key), value)
        for key, value in values.items()
        if key in at.columns
    }
    runs: list[Run] = []
    for index in sorted(placed):
        if runs and runs[-1].start + len(runs[-1].cells) == index:
            runs[-1] = Run(runs[-1].start, (*runs[-1].cells, placed[index]))
        else:
            runs.append(Run(index, (placed[index],)))
    return runs


@lru_cache(maxsize=64)
def _keys(choices: tuple[str, ...]) -> Mapping[str, str]:
    """Folded word -> key, over all languages."""
    return {
        _fold(word): key
        for language in LANGUAGES.values()
        for key in choices
        for word in (key, language.words[key], *language.spellings.get(key, ()))
    }


def _fold(word: str) -> str:
    return "".join(word.split()).casefold().replace("ё", "е").replace("_", "")


def _formatted(kind: str, pattern: str) -> CellData:
    return {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
