"""Google Sheets at the port of sheet.py, in five models of what it may do; cells, not rules.

serial          a batch is checked against the stamps when it lands
snapshot        a batch is checked when it is sent: two that overlap both land, even with one stamp
late            an unanswered write may land up to three minutes later, checked when it lands
snapshot+late   both: checked when sent, landing up to three minutes later
stale           serial, but a read may miss the writes of the last seconds
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from functions import codes, guard
from functions.batches import NewRow, Patch
from functions.failures import StampTaken
from functions.sheet import Reading
from history import Edit, History
from scheduler import Scheduler
from sheet_schema import languages, tabs
from sheet_schema.layout import ColumnAt, Layout, TabAt
from sheet_schema.records import Cell, Value, serial
from sheet_schema.schema import Kind

MODELS = ("serial", "snapshot", "late", "snapshot+late", "stale")
START_MS = 1_773_133_200_000  # 2026-03-10 12:00 in Moscow
LATE_S = 180.0
STALE_S = 3.0
_STALE_SHARE = 0.3
_KEPT_READINGS = 50
_LANGUAGE = languages.language("en")
_KINDS = {(tab.key, column.key): column.kind for tab in tabs.TABS for column in tab.columns}
_DECLARED = {tab.key: [column.key for column in tab.columns] for tab in tabs.TABS}
Columns = dict[str, list[Cell]]


class SheetTab:
    """Cells by column, columns in their order; staff's own columns have names of their own."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.order = list(keys)
        self.cells: Columns = {key: [] for key in self.order}
        self.size = 0

    def insert(self, place: int, count: int = 1) -> None:
        """Blank rows at a place."""
        if place > self.size:
            self.insert(self.size, place - self.size)
        for cells in self.cells.values():
            cells[place:place] = [""] * count
        self.size += count

    def put(self, row: int, index: int, cell: Cell) -> None:
        """One cell by position; what is outside is made."""
        while index >= len(self.order):
            self.add_column(len(self.order))
        if row >= self.size:
            self.insert(self.size, row + 1 - self.size)
        self.cells[self.order[index]][row] = cell

    def add_column(self, index: int) -> None:
        """A column of staff's own."""
        name = f"staff {len(self.order)} {index}"
        while name in self.cells:
            name += "'"
        self.order.insert(index, name)
        self.cells[name] = [""] * self.size

    def remove_column(self, name: str) -> None:
        """A column and what stands in it."""
        self.order.remove(name)
        del self.cells[name]

    def permute(self, rows: Sequence[int]) -> None:
        """The rows in another order, or fewer of them."""
        for key, cells in self.cells.items():
            self.cells[key] = [cells[row] for row in rows]
        self.size = len(rows)

    def used(self) -> int:
        """Rows up to the last that holds anything."""
        used = self.size
        while used and not any(cells[used - 1] != "" for cells in self.cells.values()):
            used -= 1
        return used

    def row(self, number: int) -> dict[str, Cell]:
        return {key: cells[number] for key, cells in self.cells.items()}


@dataclass(frozen=True)
class Batch:
    """A guarded batch as it was sent: every position is of the read that it was decided on."""

    def __str__(self) -> str:
        rows = "; ".join(" ".join(str(cell) for _, cell in cells if cell != "") for _, _, cells in self.rows)
        return f"stamp {self.stamp.number} [{rows}]"

    stamp: guard.Stamp
    key: str
    rows: tuple[tuple[str, int, tuple[tuple[int, Cell], ...]], ...]  # tab, place, (column index, cell)

    @classmethod
    def of(cls, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str) -> Batch:
        counts: dict[str, int] = {}
        placed = []
        for row in rows:
            place = reading.rows[row.tab] - 1 + counts.get(row.tab, 0)
            counts[row.tab] = counts.get(row.tab, 0) + 1
            placed.append((row.tab, place, positions(reading.layout, row.tab, row.values)))
        return cls(stamp, key, tuple(placed))


def positions(layout: Layout, tab: str, values: Mapping[str, Value]) -> tuple[tuple[int, Cell], ...]:
    """Column index and cell of each value, by that layout."""
    columns = layout.tabs[tab].columns
    return tuple((columns[key].index, cell_of(tab, key, value)) for key, value in values.items() if key in columns)


def cell_of(tab: str, column: str, value: Value) -> Cell:
    if value is None:
        return ""
    kind = _KINDS[tab, column]
    if kind in {Kind.DATE, Kind.TIME}:
        assert isinstance(value, int)
        return serial(value)
    assert isinstance(value, str)
    return _LANGUAGE.words[value] if kind is Kind.CHOICE and value else value


@dataclass
class Google:
    """The spreadsheet, and what is on its way to it. `change` must be called after every change."""

    scheduler: Scheduler
    model: str
    tabs: dict[str, SheetTab] = field(
        default_factory=lambda: {tab.key: SheetTab([column.key for column in tab.columns]) for tab in tabs.TABS}
    )
    number: Cell = 0
    stamps: dict[int, str] = field(default_factory=dict)
    key: str = ""
    check_stamps: bool = True
    duplicate_stamps: int = 0
    history: History = field(default_factory=History)
    tries: Counter[str] = field(default_factory=Counter)
    marks: dict[int, list[tuple[int, tuple[tuple[int, Cell], ...]]]] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    diary: list[str] | None = None
    based: set[object] = field(default_factory=set)  # ports that may write by positions of their last read
    under_way: int = 0  # writes that may land yet
    _readings: list[tuple[float, Reading]] = field(default_factory=list)
    _fresh: bool = False

    @property
    def overlaps(self) -> bool:
        return self.model.startswith("snapshot")

    @property
    def is_late(self) -> bool:
        return self.model.endswith("late")

    @property
    def is_quiet(self) -> bool:
        """True while nobody is between a read and the landing of what is written on it."""
        return not self.based and not self.under_way

    def note(self, text: str) -> None:
        """A line of the diary, if one is kept."""
        if self.diary is not None:
            self.diary.append(f"{self.scheduler.now:8.3f}  {text}")

    def change(self) -> None:
        """Something has changed: the next read sees it, or in the model `stale` one after it."""
        self._fresh = False
        self._end_astray()

    def reading(self) -> Reading:
        """What a read says now; in the model `stale` it may be up to STALE_S old."""
        if not self._fresh:
            columns = {key: {name: list(tab.cells[name]) for name in _DECLARED[key]} for key, tab in self.tabs.items()}
            rows = {key: tab.used() + 1 for key, tab in self.tabs.items()}
            number = guard.read_number(self.number)
            reading = Reading(self._layout(), columns, rows, number, 0, None)
            self._readings.append((self.scheduler.now, reading))
            self._fresh = True
        chosen = self._readings[-1][1]
        if self.model == "stale" and self.scheduler.chance.random() < _STALE_SHARE:
            then = self.scheduler.now - self.scheduler.chance.uniform(0, STALE_S)
            chosen = next((reading for since, reading in reversed(self._readings) if since <= then), chosen)
        del self._readings[:-_KEPT_READINGS]
        server_ms = (START_MS + int(self.scheduler.now * 1000)) // 1000 * 1000 + 500
        return Reading(chosen.layout, chosen.columns, chosen.rows, chosen.number, 0, server_ms)

    def is_taken(self, stamp: guard.Stamp) -> bool:
        return self.check_stamps and stamp.metadata_id in self.stamps

    def land(self, batch: Batch, *, checked: bool) -> None:
        """Apply a batch, whole or not at all. Raises StampTaken unless it was checked when it was sent."""
        if not checked and self.is_taken(batch.stamp):
            raise StampTaken("already exists")
        self.duplicate_stamps += batch.stamp.metadata_id in self.stamps
        self.note(f"    lands {batch}")
        self.stamps[batch.stamp.metadata_id] = batch.stamp.key
        if batch.stamp.prune:
            self.stamps = {each: letter for each, letter in self.stamps.items() if letter != batch.stamp.prune}
        self.number = batch.stamp.number
        self.key = batch.key
        for tab, place, cells in batch.rows:
            self.tabs[tab].insert(place)
            for index, cell in cells:
                self.tabs[tab].put(place, index, cell)
        self.change()

    def patch(self, patches: Sequence[tuple[int, tuple[tuple[int, Cell], ...]]]) -> None:
        """Change cells of Promo codes by position."""
        self.note(f"    patched {patches}")
        for row, cells in patches:
            for index, cell in cells:
                self.tabs["codes"].put(row, index, cell)
        self.change()

    def forget_deleted_times(self, patches: Sequence[tuple[int, tuple[tuple[int, Cell], ...]]]) -> None:
        """A mark of a redemption that staff deleted meanwhile is a word of staff's, wherever it lands."""
        times, used_on = self.tabs["redemptions"].cells["time"], self.tabs["codes"].order.index("used_on")
        for row, cells in patches:
            time = dict(cells).get(used_on, "")
            if time not in {"", *times}:
                codes_hit = [codes.fold(code) for code in self.codes_at([row])]
                now = self.scheduler.now
                self.history.edits += [Edit("forget", now, now, code) for code in codes_hit]

    def note_astray(self, row: int, meant: str, word: str) -> None:
        """A word of staff's for the row of a code is about to land here, maybe on the row of another one."""
        now = self.scheduler.now
        hit = [codes.fold(code) for code in self.codes_at([row])]
        self.history.edits += [Edit("astray", now, inf, code, word=word) for code in hit if code not in {"", meant}]

    def _end_astray(self) -> None:
        """Of words that stood on another code's row: they are gone from it now."""
        for place, edit in enumerate(self.history.edits):
            if edit.kind == "astray" and edit.ended == inf and edit.word not in self._words_of(edit.code):
                self.history.edits[place] = replace(edit, ended=self.scheduler.now)

    def _words_of(self, folded: str) -> set[Cell]:
        """What Status says in the rows of a code."""
        cells = self.tabs["codes"].cells
        rows = zip(cells["code"], cells["status"], strict=True)
        return {status for code, status in rows if codes.fold(str(code)) == folded}

    def codes_at(self, rows: Iterable[int]) -> list[str]:
        """The codes in these rows now."""
        cells = self.tabs["codes"].cells["code"]
        return [str(cells[row]) for row in rows if row < len(cells)]

    def type_row(self, tab: str, **cells: Cell) -> None:
        """A row that staff type below the last."""
        at = self.tabs[tab]
        place = at.used()
        at.insert(place)
        for key, cell in cells.items():
            at.cells[key][place] = cell
        self.change()

    _layouts: dict[object, Layout] = field(default_factory=dict)

    def _layout(self) -> Layout:
        """Where everything is; found afresh by every read, as sheet.py does when a header is not where it was."""
        named = (self.key, *(tuple(tab.order) for tab in self.tabs.values()))
        if named not in self._layouts:
            self._layouts[named] = Layout("Europe/Moscow", "en_US", _LANGUAGE, self._placed(), self.key)
        return self._layouts[named]

    def _placed(self) -> dict[str, TabAt]:
        return {
            key: TabAt(
                sheet_id=number,
                title=_LANGUAGE.tabs[key],
                columns={
                    name: ColumnAt(index, _LANGUAGE.columns[key][name])
                    for index, name in enumerate(tab.order)
                    if name in _DECLARED[key]
                },
                row_count=1000,
                column_count=max(1, len(tab.order)),
            )
            for number, (key, tab) in enumerate(self.tabs.items())
        }


Patches = Sequence[tuple[int, tuple[tuple[int, Cell], ...]]]


def patches_of(reading: Reading, patches: Sequence[Patch]) -> Patches:
    """Row and column positions of that read."""
    return [(patch.row - 2, positions(reading.layout, "codes", patch.values)) for patch in patches]
