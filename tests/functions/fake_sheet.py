"""A sheet in memory at the port of sheet.py, and a world with a clock of its own. Google is modelled three ways.

`serial`: a batch is checked when it lands. `snapshot`: overlapping batches are checked on the state from which each
was sent, and both land, even with one stamp. A fault list says what happens to the n-th write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from threading import Condition

from functions import guard
from functions.batches import NewRow, Patch, Request
from functions.failures import Rejected, SheetBroken, StampTaken, Throttled, Unanswered
from functions.sheet import Reading
from sheet_schema import languages, tabs
from sheet_schema.layout import ColumnAt, Layout, TabAt
from sheet_schema.records import Cell, Value, serial
from sheet_schema.schema import Kind

START = 1_773_133_200_000  # 2026-03-10 12:00 in Moscow


class FakeWorld:
    """Time passes only when somebody sleeps or asks the sheet."""

    def __init__(self, seed: int = 1) -> None:
        self.now_ms = START
        self.chance = Random(seed)
        self.names = 0

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic(self) -> float:
        return self.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1000) + 1

    def condition(self) -> Condition:
        return Condition()

    def wait(self, condition: Condition, seconds: float) -> None:
        del condition
        self.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        return self.chance.uniform(low, high)

    def token(self) -> str:
        self.names += 1
        return f"claim-{self.names}-{self.chance.getrandbits(32):08x}"


class FakeSheet:
    """Rows as cells by column key. Hooks run before a read or write reaches the sheet: staff, or another instance."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.rows: dict[str, list[dict[str, Cell]]] = {tab.key: [] for tab in tabs.TABS}
        self.number: Cell = 0
        self.stamps: dict[int, str] = {}
        self.key = ""
        self.faults: dict[int, str] = {}
        self.writes = 0
        self.reads = 0
        self.read_fault: Exception | None = None
        self.before_read: Callable[[], None] = lambda: None
        self.before_write: Callable[[], None] = lambda: None
        self.before_patch: Callable[[], None] = lambda: None
        self.check_stamps = True
        self.overlaps = False  # findReplace finds what was there when it was sent
        self.refuse_prune = False
        self.server_ahead_ms = 0
        self.late: list[Callable[[], None]] = []
        self.stale: list[Reading] = []
        self.deleted: set[tuple[str, str]] = set()  # columns

    def read(self, timeout: float, columns: object = None) -> Reading:
        del columns  # more than asked for is no harm
        assert timeout > 0
        self.world.sleep(0.3)
        self.reads += 1
        self.before_read()
        if self.read_fault is not None:
            raise self.read_fault
        return self.stale.pop(0) if self.stale else self.reading()

    def reading(self) -> Reading:
        columns = {
            tab.key: {
                column.key: [row.get(column.key, "") for row in self.rows[tab.key]]
                for column in tab.columns
                if (tab.key, column.key) not in self.deleted
            }
            for tab in tabs.TABS
        }
        rows = {tab.key: len(self.rows[tab.key]) + 1 for tab in tabs.TABS}
        number = guard.read_number(self.number)
        return Reading(self._layout(), columns, rows, number, 0, self.world.wall_ms() + self.server_ahead_ms)

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        assert timeout > 0
        self.world.sleep(0.4)
        self.writes += 1
        self.before_write()
        fault = self.faults.pop(self.writes, "")
        if self.key and self.key != key:
            raise SheetBroken(["another CODE_KEY"])
        if stamp.prune and self.refuse_prune:
            raise Rejected("Invalid requests[1].deleteDeveloperMetadata: nothing matches")
        if fault == "429":
            raise Throttled("quota")
        if fault == "400":
            raise Rejected("Invalid requests[1].insertDimension: no")
        if fault == "503 before":
            raise Unanswered("503")
        if self.check_stamps and stamp.metadata_id in self.stamps:
            raise StampTaken("already exists")
        if fault == "late":
            self.late.append(lambda: self._land(reading, stamp, rows, key))
            raise Unanswered("time-out")
        self._land(reading, stamp, rows, key)
        if fault == "503 after":
            raise Unanswered("503")

    def patch(self, _reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        assert timeout > 0
        self.world.sleep(0.4)
        self.writes += 1
        self.before_patch()
        if self.faults.pop(self.writes, ""):
            raise Unanswered("503")
        for patch in patches:
            row = self.rows["codes"][patch.row - 2]
            row.update({column: self._cell("codes", column, value) for column, value in patch.values.items()})

    def layout(self, timeout: float) -> Layout:
        assert timeout > 0
        return self._layout()

    def guarded(
        self, _reading: Reading, stamp: guard.Stamp, changes: Sequence[Request], key: str, timeout: float
    ) -> None:
        """A batch with a stamp that changes cells."""
        assert timeout > 0
        self.world.sleep(0.4)
        self.writes += 1
        older = self._matching(changes)
        self.before_write()
        fault = self.faults.pop(self.writes, "")
        if fault == "429":
            raise Throttled("quota")
        if fault == "503 before":
            raise Unanswered("503")
        if self.check_stamps and stamp.metadata_id in self.stamps:
            raise StampTaken("already exists")
        self.stamps[stamp.metadata_id] = stamp.key
        self.number, self.key = stamp.number, key
        self._replaced(changes, older if self.overlaps else None)
        if fault == "503 after":
            raise Unanswered("503")

    def replace(self, changes: Sequence[Request], timeout: float) -> list[int]:
        assert timeout > 0
        self.world.sleep(0.4)
        self.writes += 1
        older = self._matching(changes)
        self.before_patch()
        fault = self.faults.pop(self.writes, "")
        if fault == "late":
            self.late.append(lambda: self._replaced(changes))
        if fault == "503 after":
            self._replaced(changes)
        if fault:
            raise Throttled("quota") if fault == "429" else Unanswered("503")
        return self._replaced(changes, older if self.overlaps else None)

    def _matching(self, changes: Sequence[Request]) -> list[list[dict[str, Cell]]]:
        """Rows of Promo codes that each findReplace finds now, as `_layout` places the columns."""
        wanted = [(self._column(change), change["findReplace"]["find"]) for change in changes]
        return [[row for row in self.rows["codes"] if row.get(column, "") == find] for column, find in wanted]

    def _column(self, change: Request) -> str:
        return tabs.CODES.columns[change["findReplace"]["range"]["startColumnIndex"]].key

    def _replaced(self, changes: Sequence[Request], found: list[list[dict[str, Cell]]] | None = None) -> list[int]:
        found = self._matching(changes) if found is None else found
        for change, rows in zip(changes, found, strict=True):
            for row in rows:
                row[self._column(change)] = change["findReplace"]["replacement"]
        return [len(rows) for rows in found]

    def newest_stamp(self, timeout: float) -> int:
        assert timeout > 0
        self.reads += 1
        return guard.newest(self.stamps.items())

    def forget_layout(self) -> None:
        pass

    def type_row(self, tab: str, **cells: Cell) -> dict[str, Cell]:
        """What staff do by hand."""
        self.rows[tab].append(cells)
        return cells

    def _land(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str) -> None:
        if stamp.metadata_id in self.stamps and self.check_stamps:
            return
        self.stamps[stamp.metadata_id] = stamp.key
        if stamp.prune:
            self.stamps = {each: letter for each, letter in self.stamps.items() if letter != stamp.prune}
        self.number = stamp.number
        self.key = key
        for tab in dict.fromkeys(row.tab for row in rows):
            cells = [
                {column: self._cell(tab, column, value) for column, value in row.values.items()}
                for row in rows
                if row.tab == tab
            ]
            place = reading.rows[tab] - 1
            self.rows[tab][place:place] = cells

    def _cell(self, tab: str, column: str, value: Value) -> Cell:
        kind = next(each for each in tabs.TABS if each.key == tab).column(column).kind
        if value is None:
            return ""
        if kind in {Kind.DATE, Kind.TIME}:
            assert isinstance(value, int)
            return serial(value)
        assert isinstance(value, str)
        return languages.language("en").words[value] if kind is Kind.CHOICE and value else value

    def _layout(self) -> Layout:
        language = languages.language("en")
        placed = {
            tab.key: TabAt(
                sheet_id=number,
                title=language.tabs[tab.key],
                columns={
                    column.key: ColumnAt(index, language.columns[tab.key][column.key])
                    for index, column in enumerate(tab.columns)
                    if (tab.key, column.key) not in self.deleted
                },
                row_count=1000,
                column_count=max(1, len(tab.columns)),
            )
            for number, tab in enumerate(tabs.TABS)
        }
        return Layout("Europe/Moscow", "en_US", language, placed, self.key)
