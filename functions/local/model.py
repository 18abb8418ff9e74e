"""A spreadsheet in memory: values that are never changed once published, so that a reader needs no lock.

A writer works on `Spreadsheet.draft()`: it copies the lists it touches and replaces rows and cells; throwing the draft
away is the rollback, publishing it is the commit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.local.a1 import Bounds, format_range
from functions.local.errors import no_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from functions.local.calculate import Calculator

POSITION_STEP = 2**32
Json = dict[str, Any]


class Formula(str):
    """A formula as typed, with its `=`; `calculate` gives its result."""

    __slots__ = ()


Value = str | float | int | bool | Formula | None


@dataclass(frozen=True, slots=True, eq=False)
class Extras:
    """What a cell has beside its value (userEnteredFormat, dataValidation, note, …); equal ones are one object."""

    text: str
    fields: Json
    has_rule: bool  # whether its validation holds a formula


@lru_cache(maxsize=100_000)
def _extras(text: str) -> Extras:
    fields = json.loads(text)
    values = fields.get("dataValidation", {}).get("condition", {}).get("values", [])
    return Extras(text, fields, any(value.get("userEnteredValue", "").startswith("=") for value in values))


def extras_of(fields: Json) -> Extras | None:
    """Find the one Extras with these fields; None when there are none."""
    kept = {name: value for name, value in fields.items() if value not in (None, {}, "", [])}
    if not kept:
        return None
    return _extras(json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


class Cell(NamedTuple):
    """A cell that is not blank: a value, extras, or both."""

    value: Value
    extras: Extras | None = None


Cells = tuple[Cell | None, ...]


class Row(NamedTuple):
    """One row: an id that follows it wherever it goes, its order key, its cells (shorter than the grid is fine)."""

    id: int
    position: int
    cells: Cells = ()
    properties: Json | None = None  # pixelSize, hiddenByUser

    @property
    def has_formula(self) -> bool:
        """Whether a cell holds a formula."""
        for cell in self.cells:  # noqa: SIM110  twice as fast as any(), and every written row comes here
            if cell is not None and cell.value.__class__ is Formula:
                return True
        return False

    def cell(self, column: int) -> Cell | None:
        """Find the cell in *column*; None when blank or beyond what is kept."""
        return self.cells[column] if column < len(self.cells) else None


class Column(NamedTuple):
    """One column: an id that follows it wherever it goes, and its dimension properties."""

    id: int
    properties: Json | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """One developer metadata entry. `sheet` is None on the spreadsheet; `line` is the id of a row or column."""

    id: int
    key: str
    value: str
    visibility: str
    sheet: int | None = None
    dimension: str = ""
    line: int = 0


@dataclass(slots=True)
class Sheet:
    """One sheet (tab) of a spreadsheet. `rows` and `columns` are the whole grid, blank rows too."""

    id: int
    properties: Json  # SheetProperties without sheetId, index and the two counts
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    things: dict[str, list[Json]] = field(default_factory=dict)  # merges, protectedRanges, … by their name in Sheet
    next_id: int = 1
    touched: dict[int, Row] = field(default_factory=dict)  # rows to save, by id
    removed: set[int] = field(default_factory=set)  # ids of rows to delete
    formula_rows: set[int] = field(default_factory=set)  # ids of rows with a formula; some may be gone
    ruled: set[Extras] = field(default_factory=set)  # extras of its cells whose validation holds a formula; the same

    @property
    def title(self) -> str:
        """The sheet's title."""
        return str(self.properties["title"])

    @property
    def cell_count(self) -> int:
        """Cells of the grid, blank ones included."""
        return len(self.rows) * len(self.columns)

    def draft(self) -> Sheet:
        """Copy what a writer may replace; nothing is touched yet."""
        return replace(
            self,
            rows=list(self.rows),
            columns=list(self.columns),
            things={name: list(items) for name, items in self.things.items()},
            touched={},
            removed=set(),
            formula_rows=set(self.formula_rows),
            ruled=set(self.ruled),
        )

    def note_formulas(self, rows: Iterable[Row]) -> None:
        """Keep `formula_rows` and `ruled` right for rows that were put."""
        for row in rows:
            for cell in row.cells:
                if cell is not None and cell.extras is not None and cell.extras.has_rule:
                    self.ruled.add(cell.extras)
            if row.has_formula:
                self.formula_rows.add(row.id)
            elif self.formula_rows:
                self.formula_rows.discard(row.id)

    def new_id(self) -> int:
        """Id of a new row or column."""
        self.next_id += 1
        return self.next_id - 1

    def last_row_with_value(self) -> int:
        """Index after the last row that has a value; 0 when there is none."""
        for index in range(len(self.rows) - 1, -1, -1):
            if any(cell is not None and cell.value is not None for cell in self.rows[index].cells):
                return index + 1
        return 0

    def property_json(self, index: int) -> Json:
        """SheetProperties as an answer has them."""
        grid = {"rowCount": len(self.rows), "columnCount": len(self.columns)}
        own = {name: value for name, value in self.properties.items() if name != "gridProperties"}
        head = {"sheetId": self.id, "title": own.pop("title"), "index": index, "sheetType": "GRID"}
        return {**head, "gridProperties": {**grid, **self.properties.get("gridProperties", {})}, **own}

    def range_text(self, bounds: Bounds) -> str:
        """*bounds* of this sheet in A1 notation."""
        return format_range(self.title, bounds)


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Spreadsheet:
    """One spreadsheet (file). Published ones are never changed; a draft is changed and then published."""

    id: str
    properties: Json
    sheets: list[Sheet] = field(default_factory=list)
    named_ranges: list[Json] = field(default_factory=list)
    metadata: dict[int, Metadata] = field(default_factory=dict)
    drafted: set[int] = field(default_factory=set)  # sheets that this draft may change
    removed_sheets: set[int] = field(default_factory=set)
    touched_metadata: set[int] = field(default_factory=set)  # ids written by this draft
    removed_metadata: set[int] = field(default_factory=set)  # ids removed by it, perhaps before they were written
    is_published: bool = False
    clock: Callable[[], datetime] = utc_now  # what TODAY and NOW are told from
    calculator: Calculator | None = None  # of this version or an earlier one, see `calculate.calculator_of`

    def draft(self) -> Spreadsheet:
        """Copy to change and then publish. Cheap: sheets are copied when they are first edited."""
        return replace(
            self,
            properties=dict(self.properties),
            sheets=list(self.sheets),
            named_ranges=list(self.named_ranges),
            metadata=dict(self.metadata),
            drafted=set(),
            removed_sheets=set(),
            touched_metadata=set(),
            removed_metadata=set(),
            is_published=False,
        )

    def index_of(self, sheet_id: int) -> int:
        """Place of a sheet among the tabs. Raises ApiError 400 when it is not there."""
        for index, sheet in enumerate(self.sheets):
            if sheet.id == sheet_id:
                return index
        raise no_grid(sheet_id)

    def sheet(self, sheet_id: int) -> Sheet:
        """Find a sheet to read. Raises ApiError 400 when it is not there."""
        return self.sheets[self.index_of(sheet_id)]

    def edit(self, sheet_id: int) -> Sheet:
        """Find a sheet to change, in a draft. Raises ApiError 400 when it is not there."""
        index = self.index_of(sheet_id)
        if sheet_id not in self.drafted:
            self.sheets[index] = self.sheets[index].draft()
            self.drafted.add(sheet_id)
        return self.sheets[index]

    def titled(self, title: str) -> Sheet | None:
        """Find a sheet by title, capitals ignored as Google does for uniqueness."""
        for sheet in self.sheets:
            if sheet.title == title:
                return sheet
        folded = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == folded), None)

    @property
    def cell_count(self) -> int:
        """Cells of all sheets."""
        return sum(sheet.cell_count for sheet in self.sheets)

    def put_metadata(self, entry: Metadata) -> None:
        """Add or replace an entry, in a draft."""
        self.metadata[entry.id] = entry
        self.touched_metadata.add(entry.id)

    def drop_metadata(self, ids: Iterator[int] | list[int]) -> None:
        """Remove entries, in a draft."""
        for entry_id in list(ids):
            del self.metadata[entry_id]
            self.removed_metadata.add(entry_id)


def new_sheet(sheet_id: int, properties: Json, rows: int = 1000, columns: int = 26) -> Sheet:
    """Make a blank sheet; every row of it is still to be saved."""
    sheet = Sheet(sheet_id, properties)
    sheet.rows = [Row(number, number * POSITION_STEP) for number in range(1, rows + 1)]
    sheet.columns = [Column(number) for number in range(1, columns + 1)]
    sheet.next_id = max(rows, columns) + 1
    sheet.touched = {row.id: row for row in sheet.rows}
    return sheet
