"""The modelled spreadsheet: contents that never change, and what a batch makes of one. No choices are made here.

A Content is what one read returns; equal contents are one object, so that states are compared by a number. Batches are
plain tuples: they wait in flight as part of a state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from functions import guard
from functions.batches import NewRow, Patch
from functions.cells import tables_of
from functions.promo import Event, PromoCode, Redemption
from functions.sheet import Reading
from functions.snapshot import Snapshot
from functions.tables import Tables
from sheet_schema import languages, tabs
from sheet_schema.layout import ColumnAt, Layout, TabAt
from sheet_schema.records import Cell, Value, serial
from sheet_schema.schema import Kind

START = 1_773_133_200_000  # 2026-03-10 12:00 in Moscow
_ENGLISH = languages.language("en")
_TABS = {tab.key: tab for tab in tabs.TABS}
_COLUMNS = {tab.key: tuple(column.key for column in tab.columns) for tab in tabs.TABS}
Cells = tuple[Cell, ...]


class Google(Enum):
    """When a batch's stamp is checked, and whether a batch whose caller gave up may still land."""

    SERIAL = "serial"  # when it is applied
    LATE = "late"  # the same; an unanswered one may be applied much later
    SNAPSHOT = "snapshot"  # when it is sent, never again: overlapping batches all land
    SNAPSHOT_LATE = "snapshot+late"

    @property
    def is_snapshot(self) -> bool:
        return self in {Google.SNAPSHOT, Google.SNAPSHOT_LATE}

    @property
    def is_late(self) -> bool:
        return self in {Google.LATE, Google.SNAPSHOT_LATE}


@dataclass(frozen=True)
class Batch:
    """New rows under a stamp. `places` is the last used row of Promo codes and Redemptions in the read behind it."""

    stamp: int
    number: int
    places: tuple[int, int]
    codes: tuple[Cells, ...]
    redemptions: tuple[Cells, ...]

    @property
    def only_withdraws(self) -> bool:
        return not self.codes and all(
            row[_COLUMNS["redemptions"].index("event")] == "withdrawn" for row in self.redemptions
        )

    def __str__(self) -> str:
        rows = [_text("codes", row) for row in self.codes] + [_text("redemptions", row) for row in self.redemptions]
        return f"stamp {self.number} [{', '.join(rows) or 'number only'}]"


@dataclass(frozen=True)
class Projection:
    """Cells of existing rows of Promo codes: (row number, column, cell)."""

    cells: tuple[tuple[int, int, Cell], ...]

    def __str__(self) -> str:
        rows = {row: dict[str, Cell]() for row, _, _ in self.cells}
        for row, column, cell in self.cells:
            rows[row][_COLUMNS["codes"][column]] = cell
        return "projection " + ", ".join(
            f"row {row}: {cells.get('status', 'Used on alone')}" for row, cells in rows.items()
        )


Write = Batch | Projection


@dataclass(frozen=True)
class Fixed:
    """What nobody writes in a scenario: campaigns (cells by column key) and the pool's (code, campaign)."""

    campaigns: tuple[tuple[tuple[str, Cell], ...], ...]
    pool: tuple[tuple[str, str], ...] = ()


class Content:
    """One state of the cells."""

    def __init__(self, fixed: Fixed, number: int, codes: tuple[Cells, ...], redemptions: tuple[Cells, ...]) -> None:
        self.fixed = fixed
        self.number = number
        self.codes = codes
        self.redemptions = redemptions
        columns = {tab: dict[str, Sequence[Cell]]() for tab in _TABS}
        columns["campaigns"] = _by_column("campaigns", [_cells("campaigns", dict(row)) for row in fixed.campaigns])
        columns["pool"] = _by_column("pool", [_cells("pool", {"code": c, "campaign": n}) for c, n in fixed.pool])
        columns["codes"] = _by_column("codes", codes)
        columns["redemptions"] = _by_column("redemptions", redemptions)
        sizes = {"campaigns": fixed.campaigns, "pool": fixed.pool, "codes": codes, "redemptions": redemptions}
        self.columns = columns
        self.rows = {tab: len(sizes.get(tab, ())) + 1 for tab in _TABS}
        self.tables = tables_of(self.reading(START))
        self.snapshot = Snapshot(self.tables)

    def reading(self, wall_ms: int) -> Reading:
        return Reading(_layout(), self.columns, self.rows, self.number, 0, wall_ms)

    def live_claims(self) -> list[Redemption]:
        """Redemptions that nothing declares dead."""
        found = (row for row in self.tables.redemptions if row.event is Event.REDEEMED)
        return [row for row in found if not self.snapshot.is_dead(row)]

    def live_codes(self) -> list[PromoCode]:
        return [row for row in self.tables.codes if not self.snapshot.is_dead(row)]

    def is_rolled_back(self, request: str) -> bool:
        return any(self.snapshot.rolled_back(row.claim) for row in self.snapshot.redemptions_of_request(request))

    def after(self, write: Write) -> Content:
        """What the cells are once this write has been applied, whatever the stamps say."""
        if isinstance(write, Projection):
            codes = [list(row) for row in self.codes]
            for row, column, cell in write.cells:
                codes[row - 2][column] = cell
            return content(self.fixed, self.number, tuple(tuple(row) for row in codes), self.redemptions)
        at_codes, at_redemptions = (last - 1 for last in write.places)
        codes_now = self.codes[:at_codes] + write.codes + self.codes[at_codes:]
        redemptions = self.redemptions[:at_redemptions] + write.redemptions + self.redemptions[at_redemptions:]
        return content(self.fixed, write.number, codes_now, redemptions)


@cache
def content(fixed: Fixed, number: int, codes: tuple[Cells, ...], redemptions: tuple[Cells, ...]) -> Content:
    """The one Content with these cells."""
    made = Content(fixed, number, codes, redemptions)
    _BY_COLUMNS[id(made.columns)] = made
    _BY_TABLES[id(made.tables)] = made
    return made


_BY_COLUMNS: dict[int, Content] = {}
_BY_TABLES: dict[int, Content] = {}


def cached_tables(reading: Reading) -> Tables:
    """In place of `cells.tables_of`: each content is parsed once."""
    found = _BY_COLUMNS.get(id(reading.columns))
    return found.tables if found else tables_of(reading)


def content_of(tables: Tables) -> Content | None:
    """The content that was parsed into these tables."""
    return _BY_TABLES.get(id(tables))


def batch(reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow]) -> Batch:
    """The write of an `append` call."""
    parts = {
        tab: tuple(
            _cells(tab, {key: _cell(tab, key, value) for key, value in row.values.items()})
            for row in rows
            if row.tab == tab
        )
        for tab in ("codes", "redemptions")
    }
    places = (reading.rows["codes"], reading.rows["redemptions"])
    return Batch(stamp.metadata_id, stamp.number, places, parts["codes"], parts["redemptions"])


def projection(patches: Sequence[Patch]) -> Projection:
    """The write of a `patch` call."""
    return Projection(
        tuple(
            (patch.row, _COLUMNS["codes"].index(key), _cell("codes", key, value))
            for patch in patches
            for key, value in patch.values.items()
        )
    )


def typed_status(row: int, status: str) -> Projection:
    """What staff type over a Status; to the model it is a write without a caller."""
    return Projection(((row, _COLUMNS["codes"].index("status"), status),))


def typed_code(**cells: Cell) -> Cells:
    """A row of Promo codes as staff would type it."""
    return _cells("codes", cells)


def _cells(tab: str, values: dict[str, Cell]) -> Cells:
    return tuple(values.get(key, "") for key in _COLUMNS[tab])


def _by_column(tab: str, rows: Sequence[Cells]) -> dict[str, Sequence[Cell]]:
    return {key: [row[index] for row in rows] for index, key in enumerate(_COLUMNS[tab])}


def _cell(tab: str, column: str, value: Value) -> Cell:
    kind = _TABS[tab].column(column).kind
    if value is None:
        return ""
    if kind in {Kind.DATE, Kind.TIME}:
        assert isinstance(value, int)
        return serial(value)
    assert isinstance(value, str)
    return _ENGLISH.words[value] if kind is Kind.CHOICE and value else value


def _text(tab: str, row: Cells) -> str:
    cells = dict(zip(_COLUMNS[tab], row, strict=True))
    if tab == "codes":
        return f"{str(cells['code'])[-5:]} for {cells['subscriber_id']}"
    named = cells["claim"] or f"{str(cells['code'])[-5:]} of {cells['subscriber_id']}"
    return f"{cells['event']} {named}" + (f" (request {cells['request_id']})" if cells["request_id"] else "")


@cache
def _layout() -> Layout:
    placed = {
        tab.key: TabAt(
            sheet_id=number,
            title=_ENGLISH.tabs[tab.key],
            columns={
                column.key: ColumnAt(index, _ENGLISH.columns[tab.key][column.key])
                for index, column in enumerate(tab.columns)
            },
            row_count=1000,
            column_count=max(1, len(tab.columns)),
        )
        for number, tab in enumerate(tabs.TABS)
    }
    return Layout("Europe/Moscow", "en_US", _ENGLISH, placed, "")
