"""What the sheet holds of one person, for `promosheet subscriber export`: whole rows, as staff see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions import codes, wall
from functions.cells import zone_of
from functions.failures import Unanswered
from functions.sheet import check_code_key
from sheet_schema import records, tabs
from sheet_schema.layout import quote
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.sheet import GoogleSheet
    from sheet_schema.layout import Layout
    from sheet_schema.records import Cell
    from sheet_schema.schema import Tab

TIMEOUT_S = 30.0
#: The tabs that hold ids of subscribers.
TABS = (tabs.CODES, tabs.REDEMPTIONS)
_LOOKS = 3

Row = dict[str, Any]


class UnknownSubscriber(Exception):
    """No row has this id; its text is one sentence."""


def unknown(layout: Layout) -> UnknownSubscriber:
    """Say that an id is nowhere; the id itself is not repeated."""
    titles = " nor ".join(quote(layout.tabs[tab.key].title) for tab in TABS)
    return UnknownSubscriber(f"no row has this Subscriber ID, neither in {titles}")


def known(sheet: GoogleSheet, subscriber_id: str, code_key: bytes) -> dict[str, Any]:
    """Everything that the sheet holds of a person: by the title of a tab, its rows by the titles of its columns.

    A row is theirs by their id or its pseudonym, and one of Redemptions without an id by a code that nobody else holds.
    Dates are ISO 8601 in the spreadsheet's zone, a day without a time is the day alone. Columns of staff's own are
    given as they are. Raises UnknownSubscriber, SheetBroken, Throttled, Unanswered.
    """
    ids = {subscriber_id, codes.pseudonym(code_key, "subscriber", subscriber_id)}
    layout = sheet.read(TIMEOUT_S).layout
    check_code_key(layout, codes.fingerprint(code_key))
    found: dict[str, list[Row]] = {}
    held: set[str] = set()
    for tab in TABS:
        rows = _rows(sheet, layout, tab)
        if tab is tabs.CODES:
            held = _held_alone(rows, ids)
        mine = [row for row in rows if row.id in ids or (not row.id and row.code in held)]
        found[layout.tabs[tab.key].title] = [row.shown(layout, tab) for row in mine]
    if not any(found.values()):
        raise unknown(layout)
    return {"subscriber_id": subscriber_id, **found}


class _Line:
    """One row: its cells under the titles of the header, and whose it is."""

    def __init__(self, titles: list[str], cells: list[Cell], places: Mapping[str, int]) -> None:
        self._cells = [*cells, *[""] * (len(titles) - len(cells))]
        self._titles = titles
        self._places = places
        self.id = records.text(self._cells[places["subscriber_id"]])
        self.code = codes.fold(records.text(self._cells[places["code"]]))

    def shown(self, layout: Layout, tab: Tab) -> Row:
        """The row as JSON has it; a column without a title is left out."""
        kinds = {place: tab.column(key).kind for key, place in self._places.items()}
        cells = zip(self._titles, self._cells, strict=False)
        return {title: _shown(cell, kinds.get(place), layout) for place, (title, cell) in enumerate(cells) if title}


def _rows(sheet: GoogleSheet, layout: Layout, tab: Tab) -> list[_Line]:
    at = layout.tabs[tab.key]
    (cells,) = sheet.cells([quote(at.title)], TIMEOUT_S)
    header, *rows = cells or [[]]
    titles = [records.text(cell) for cell in header]
    places = {key: column.index for key, column in at.columns.items()}
    if any(titles[place : place + 1] != [at.columns[key].title] for key, place in places.items()):
        msg = "the columns were moved while they were read"
        raise Unanswered(msg)
    return [_Line(titles, row, places) for row in rows]


def _held_alone(rows: list[_Line], ids: set[str]) -> set[str]:
    """Codes of this person's that nobody else has: not a shared one."""
    others = {row.code for row in rows if row.id not in ids}
    return {row.code for row in rows if row.id in ids and row.code} - others


def _shown(cell: Cell, kind: Kind | None, layout: Layout) -> Any:
    if kind is None:
        return cell
    found = records.wall_ms(cell) if kind in {Kind.DATE, Kind.TIME} else None
    if not isinstance(found, int):
        return records.text(cell)
    if not records.has_time_of_day(cell):
        return wall.day(found).isoformat()
    moment = wall.aware(zone_of(layout.time_zone), found)
    return moment.isoformat() if moment else records.text(cell)
