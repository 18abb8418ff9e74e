"""What is wrong in a sheet, where, and what to type instead. Pure: from one read to a list of faults."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes
from functions.promo import Event, Source
from functions.snapshot import Snapshot
from sheet_schema import records, tabs
from sheet_schema.faults import Fault
from sheet_schema.layout import a1_column
from sheet_schema.records import Bad
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from functions.promo import Campaign
    from functions.sheet import Reading
    from functions.tables import Tables
    from sheet_schema.layout import TabAt
    from sheet_schema.records import Cell
    from sheet_schema.schema import Column, Tab

_FIRST_ROW = 2
#: A campaign's columns whose faults have words of their own.
_OWN_WORDS = {"prefix": "prefix_bad", "length": "length_bad", "shared_code": "shared_code_missing"}


def find(reading: Reading, tables: Tables) -> list[Fault]:
    """Every fault of the cells, tab by tab; those of tabs and columns are `layout.locate`'s."""
    faults = [*_number(reading)]
    for tab in tabs.TABS:
        faults += _cells(reading, tab)
    faults += _campaigns(reading, tables.campaigns)
    faults += _codes(reading, tables)
    faults += _pool(reading, tables)
    faults += _left_by_a_crash(reading, tables)
    return faults


def _number(reading: Reading) -> Iterator[Fault]:
    if reading.number is None:
        at = reading.layout.tabs["guard"]
        found = "" if reading.number_cell is None else records.text(reading.number_cell)
        yield Fault("bad_number_cell", "guard", "A1", {"tab": at.title, "found": found})


def _cells(reading: Reading, tab: Tab) -> Iterator[Fault]:
    """Cells that cannot be read for what they are."""
    for column in tab.columns:
        read = _reader(column)
        if read is None or (tab.key == "campaigns" and column.key in _OWN_WORDS):
            continue
        for number, cell in enumerate(reading.columns[tab.key].get(column.key, ())):
            bad = read(cell)
            if isinstance(bad, Bad):
                choices = ("yes", "no") if column.kind is Kind.YES_NO else column.choices
                params: dict[str, str | tuple[str, ...]] = {"found": bad.found, "choices": choices}
                yield Fault(bad.word, tab.key, _a1(reading, tab.key, column.key, number), params)


def _reader(column: Column) -> Callable[[Cell], object] | None:
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
            return None


def _campaigns(reading: Reading, campaigns: Iterable[Campaign]) -> Iterator[Fault]:
    rows: defaultdict[str, list[Campaign]] = defaultdict(list)
    for campaign in campaigns:
        rows[codes.fold_name(campaign.name)].append(campaign)
        for column in campaign.bad:
            if column in _OWN_WORDS:
                number = campaign.row - _FIRST_ROW
                found = records.text(_cell(reading, "campaigns", column, number))
                yield Fault(
                    _OWN_WORDS[column], "campaigns", _a1(reading, "campaigns", column, number), {"found": found}
                )
        if campaign.starts is not None and campaign.ends is not None and campaign.ends < campaign.starts:
            cell = _a1(reading, "campaigns", "ends_on", campaign.row - _FIRST_ROW)
            yield Fault("ends_before_start", "campaigns", cell)
    for same in rows.values():
        if len(same) > 1:
            cells = [_a1(reading, "campaigns", "campaign", campaign.row - _FIRST_ROW) for campaign in same]
            yield Fault("campaign_twice", "campaigns", cells[0], {"cells": ", ".join(cells)})


def _codes(reading: Reading, tables: Tables) -> Iterator[Fault]:
    known = {codes.fold_name(campaign.name) for campaign in tables.campaigns}
    shared = {codes.fold(each.shared_code) for each in tables.campaigns if each.source is Source.SHARED}
    for number, code in enumerate(_texts(reading, "codes", "code")):
        campaign = records.text(_cell(reading, "codes", "campaign", number))
        if not code and (campaign or records.text(_cell(reading, "codes", "subscriber_id", number))):
            yield Fault("row_without_code", "codes", _a1(reading, "codes", "code", number))
        if campaign and codes.fold_name(campaign) not in known:
            yield Fault("unknown_campaign", "codes", _a1(reading, "codes", "campaign", number), {"found": campaign})
    withdrawn = _withdrawn(tables)
    for folded, places in tables.codes.index("code").items():
        held = [number for number in places if number not in withdrawn]
        if len(held) > 1 and folded not in shared:
            yield _same_code(reading, "codes", held)
    for number in sorted(withdrawn):
        yield Fault("withdrawn_row", "codes", _a1(reading, "codes", "code", number))


def _pool(reading: Reading, tables: Tables) -> Iterator[Fault]:
    known = {codes.fold_name(campaign.name) for campaign in tables.campaigns}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(_texts(reading, "pool", "code")):
        campaign = records.text(_cell(reading, "pool", "campaign", number))
        if code:
            places[codes.fold(code)].append(number)
        elif campaign:
            yield Fault("row_without_code", "pool", _a1(reading, "pool", "code", number))
        if (code or campaign) and codes.fold_name(campaign) not in known:
            yield Fault("unknown_campaign", "pool", _a1(reading, "pool", "campaign", number), {"found": campaign})
    for same in places.values():
        if len(same) > 1:
            yield _same_code(reading, "pool", same)


def _withdrawn(tables: Tables) -> frozenset[int]:
    """Places of rows in Promo codes that their writer took back before anybody was told of them."""
    places = tables.codes.index("code")
    found = (number for code, _ in tables.withdrawn_pairs for number in places.get(code, ()))
    return frozenset(number for number in found if tables.is_dead(tables.codes.row(number)))


def _left_by_a_crash(reading: Reading, tables: Tables) -> Iterator[Fault]:
    """What only people can settle (DESIGN.md section 4): a mark on a row that was moved, and a use too many."""
    for number, cell in enumerate(reading.columns["codes"].get("used_on", ())):
        time = records.wall_ms(cell)
        redeemed = tables.codes_of_times.get(time) if isinstance(time, int) else None
        if redeemed and codes.fold(records.text(_cell(reading, "codes", "code", number))) not in redeemed:
            yield Fault("stray_mark", "codes", _a1(reading, "codes", "used_on", number))
    snapshot = Snapshot(tables)
    for folded, places in tables.redemptions.index("code").items():
        if len(places) < 2:  # noqa: PLR2004 - one is never too many
            continue
        limit, by_subscriber = _uses(snapshot, folded)
        uses: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for number in places:
            row = tables.redemptions.row(number)
            if row.event is Event.REDEEMED and not snapshot.is_dead(row):
                name = row.request_id or row.claim or str(number)
                uses[row.subscriber_id if by_subscriber else ""][number] = name
        for same in uses.values():
            if limit is not None and len(set(same.values())) > limit:
                cells = [_a1(reading, "redemptions", "code", number) for number in same]
                params = {"cells": ", ".join(cells), "found": str(limit)}
                yield Fault("used_too_often", "redemptions", cells[0], params)


def _uses(snapshot: Snapshot, folded: str) -> tuple[int | None, bool]:
    """How often a code may be used (None: not known), and whether that is for each subscriber who is named."""
    names = {codes.fold_name(row.campaign) for row in snapshot.rows_of_code(folded)} - {""}
    campaigns = snapshot.campaigns(names.pop()) if len(names) == 1 else []
    if len(campaigns) != 1 or "uses_per_code" in campaigns[0].bad:
        return None, False
    return campaigns[0].uses_per_code, campaigns[0].source is Source.SHARED


def _same_code(reading: Reading, tab: str, places: list[int]) -> Fault:
    """One code in several rows: written alike, or only read alike."""
    spelt = [records.text(_cell(reading, tab, "code", number)) for number in places]
    cells = [_a1(reading, tab, "code", number) for number in places]
    word = "code_twice" if len(set(spelt)) == 1 else "code_alike"
    return Fault(
        word, tab, cells[0], {"cells": ", ".join(cells), "other": next((s for s in spelt if s != spelt[0]), "")}
    )


def _texts(reading: Reading, tab: str, column: str) -> list[str]:
    """A column as texts, as long as its tab."""
    return [records.text(_cell(reading, tab, column, number)) for number in range(reading.rows[tab] - 1)]


def _cell(reading: Reading, tab: str, column: str, number: int) -> Cell:
    cells = reading.columns[tab].get(column, ())
    return cells[number] if number < len(cells) else ""


def _a1(reading: Reading, tab: str, column: str, number: int) -> str:
    at: TabAt = reading.layout.tabs[tab]
    return f"{a1_column(at.columns[column].index)}{number + _FIRST_ROW}"
