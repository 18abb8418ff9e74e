"""One read as `problems` asks it: columns that are parsed once, claims by code, and faults that name a cell."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from functions import codes, standing, wall
from functions.promo import Event, Source
from functions.snapshot import Snapshot
from sheet_schema import records
from sheet_schema.faults import Fault
from sheet_schema.layout import a1_column
from sheet_schema.records import Bad
from sheet_schema.schema import Column, Kind
from sheet_schema.tabs import TABS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from functions.promo import Campaign, Redemption
    from functions.sheet import Reading
    from functions.tables import Tables
    from sheet_schema.faults import Param
    from sheet_schema.records import Cell

FIRST_ROW = 2
#: So many cells are named in one sentence, and so many letters of what stands in one.
_NAMED, _LETTERS = 5, 80
#: Ages are asked of the zone only for what is not further from now than this; clocks are never put on by so much.
_NEAR_MS = 3 * 3_600_000
_COLUMNS = {(tab.key, column.key): column for tab in TABS for column in tab.columns}
#: What a cell is parsed to: a value, None if it is empty, or what is wrong with it.
Parsed = int | str | bool | Bad | None


class Columns:
    """The cells below the headers, by tab, column and place from 0; what is not in the sheet is an empty cell."""

    def __init__(self, reading: Reading) -> None:
        """Take one read."""
        self.reading = reading
        self._texts: dict[tuple[str, str], list[str]] = {}

    def size(self, tab: str) -> int:
        """Rows of a tab below its header."""
        return self.reading.rows[tab] - 1

    def cells(self, tab: str, column: str) -> Sequence[Cell]:
        """A column as it was read: it may be shorter than its tab."""
        return self.reading.columns[tab].get(column, ())

    def cell(self, tab: str, column: str, number: int) -> Cell:
        """What stands in one cell."""
        cells = self.cells(tab, column)
        return cells[number] if number < len(cells) else ""

    def texts(self, tab: str, column: str) -> list[str]:
        """A column as texts, as long as its tab."""
        key = (tab, column)
        if key not in self._texts:
            cells = self.cells(tab, column)
            texts = [cell.strip() if isinstance(cell, str) else records.text(cell) for cell in cells]
            self._texts[key] = texts + [""] * (self.size(tab) - len(cells))
        return self._texts[key]


class Cells(Columns):
    """The same with what they mean, and faults that name a cell.

    *now* is an instant: what is younger than a moment or two may be on its way still, and is nobody's fault.
    """

    def __init__(self, reading: Reading, tables: Tables, now: int) -> None:
        """Take one read."""
        super().__init__(reading)
        self.tables = tables
        self.snapshot = Snapshot(tables)
        self.now = now
        self._wall_now = wall.from_instant(tables.zone, now)
        self._parsed: dict[tuple[str, str], list[Parsed]] = {}

    def parsed(self, tab: str, column: str) -> list[Parsed]:
        """A column of dates, counts or words as values, as long as its tab. A text that comes again is parsed once."""
        key = (tab, column)
        if key not in self._parsed:
            cells, read = self.cells(tab, column), _reader(_COLUMNS[key])
            known = {cell: read(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
            found = [known[cell] if isinstance(cell, str) else read(cell) for cell in cells]
            self._parsed[key] = found + [None] * (self.size(tab) - len(cells))
        return self._parsed[key]

    def times(self, tab: str, column: str) -> list[int | None]:
        """A column of dates in wall ms; None for what is empty or cannot be read."""
        return [each if isinstance(each, int) else None for each in self.parsed(tab, column)]

    @property
    def folded(self) -> Sequence[str]:
        """The codes of Promo codes, folded."""
        return self.tables.codes.keys("code")

    @property
    def names(self) -> Sequence[str]:
        """The campaigns of Promo codes, folded."""
        return self.tables.codes.keys("campaign")

    @cached_property
    def campaigns(self) -> Mapping[str, Sequence[Campaign]]:
        """Folded name -> the rows of Campaigns that have it."""
        found: defaultdict[str, list[Campaign]] = defaultdict(list)
        for campaign in self.tables.campaigns:
            found[codes.fold_name(campaign.name)].append(campaign)
        return found

    @cached_property
    def sharing(self) -> Mapping[str, Sequence[Campaign]]:
        """Folded shared code -> the campaigns that give it to everybody."""
        found: defaultdict[str, list[Campaign]] = defaultdict(list)
        for campaign in self.tables.campaigns:
            if campaign.source is Source.SHARED and campaign.shared_code:
                found[codes.fold(campaign.shared_code)].append(campaign)
        return found

    @cached_property
    def withdrawn(self) -> frozenset[int]:
        """Places of rows in Promo codes that their writer took back before anybody was told of them."""
        places = self.tables.codes.index("code")
        found = (number for code, _ in self.tables.withdrawn_pairs for number in places.get(code, ()))
        return frozenset(number for number in found if self.tables.is_dead(self.tables.codes.row(number)))

    def held(self, folded: str) -> list[int]:
        """Places of a code in Promo codes, without rows that were withdrawn."""
        return [number for number in self.tables.codes.index("code").get(folded, ()) if number not in self.withdrawn]

    @cached_property
    def claims(self) -> Mapping[str, Mapping[int, Redemption]]:
        """Folded code -> its live claims by their places in Redemptions, a claim that was written twice only once."""
        found: dict[str, dict[int, Redemption]] = {}
        for folded, places in self.tables.redemptions.index("code").items():
            live: dict[str, tuple[int, Redemption]] = {}
            for number in places:
                row = self.tables.redemptions.row(number)
                if row.event is Event.REDEEMED and not self.snapshot.is_dead(row):
                    live.setdefault(row.claim or f"row {number}", (number, row))
            if live:
                found[folded] = dict(live.values())
        return found

    def uses(self, claims: Iterable[Redemption], *, window: bool) -> int:
        """How many uses live claims are, as redeeming counts them; *window* for what may be used once."""
        claims = list(claims)
        if len(claims) < 2:  # noqa: PLR2004 - one claim is one use
            return len(claims)
        return standing.Uses.of(self.snapshot, claims, (), self.now, window=window).total

    def is_younger(self, time: int | None, milliseconds: int) -> bool:
        """True if a wall time is less than so long ago."""
        if time is None or abs(self._wall_now - time) > _NEAR_MS:
            return False
        return standing.age_of(self.snapshot, time, self.now) < milliseconds

    def a1(self, tab: str, column: str, number: int) -> str:
        """Name a cell."""
        return f"{a1_column(self.reading.layout.tabs[tab].columns[column].index)}{number + FIRST_ROW}"

    def named(self, tab: str, column: str, numbers: Iterable[int]) -> str:
        """Name cells of a column, the first few of many."""
        numbers = list(numbers)
        cells = ", ".join(self.a1(tab, column, number) for number in numbers[:_NAMED])
        return f"{cells}, …" if len(numbers) > _NAMED else cells

    def fault(self, word: str, tab: str, column: str, number: int, **params: Param) -> Fault:
        """A fault of one cell; what stands there is `found`, if nothing else is said."""
        params.setdefault("found", self._shown(tab, column, number))
        clean = {name: shortened(value) if isinstance(value, str) else value for name, value in params.items()}
        return Fault(word, tab, self.a1(tab, column, number), clean)

    def _shown(self, tab: str, column: str, number: int) -> Param:
        """A cell as staff see it: a date, which is stored as a number, as a date."""
        cell = self.cell(tab, column, number)
        if _COLUMNS[tab, column].kind in {Kind.DATE, Kind.TIME} and not isinstance(cell, str):
            ms = records.wall_ms(cell)
            if isinstance(ms, int):
                return wall.moment(ms) if ms % wall.DAY_MS else wall.day(ms)
        return records.text(cell)


def shortened(text: str) -> str:
    """Text for one line of a terminal: what cannot be shown is a space, the end of a long one is left out."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= _LETTERS else f"{shown[:_LETTERS]}…"


def _reader(column: Column) -> Callable[[Cell], Parsed]:
    match column.kind:
        case Kind.DATE | Kind.TIME:
            return records.wall_ms
        case Kind.COUNT:
            return records.count
        case Kind.YES_NO:
            return records.yes_no
        case Kind.CHOICE:
            return lambda cell: records.choice(column, cell)
        case Kind.TEXT:
            return records.text
