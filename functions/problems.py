"""What is wrong in a sheet, where, and what to type instead. Pure: from one read to a list of faults.

Each fault costs somebody something: a call that is refused, a code that is counted wrongly, a date that nobody meant.
What is merely unusual is none.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes, problem_codes
from functions.problem_cells import FIRST_ROW, Cells
from functions.promo import Source
from functions.snapshot import Snapshot
from sheet_schema import records, tabs
from sheet_schema.faults import Fault
from sheet_schema.languages import LANGUAGES
from sheet_schema.records import Bad
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from functions.promo import Campaign
    from functions.sheet import Reading
    from functions.tables import Tables
    from sheet_schema.records import Cell
    from sheet_schema.schema import Column, Tab

#: A campaign's columns whose faults have words of their own.
_OWN_WORDS = {"prefix": "prefix_bad", "length": "length_bad", "shared_code": "shared_code_missing"}


def find(reading: Reading, tables: Tables, now: int = 0, shop_zone: str = "") -> list[Fault]:
    """Every fault of the cells, tab by tab; those of tabs and columns are `layout.locate`'s.

    *now* is wall time in ms: what was redeemed within the last minute may not show yet. *shop_zone* is the time zone
    that staff say the shop is in, "" if they do not say.
    """
    cells = Cells(reading)
    faults = [*_number(reading), *_zone(reading, shop_zone), *_renamed(reading)]
    for tab in tabs.TABS:
        faults += _unreadable(cells, tab)
    faults += _campaigns(cells, tables)
    faults += problem_codes.find(cells, tables, now)
    faults += _pool(cells, tables)
    return faults


def _number(reading: Reading) -> Iterator[Fault]:
    if reading.number is None:
        at = reading.layout.tabs["guard"]
        found = "" if reading.number_cell is None else records.text(reading.number_cell)
        yield Fault("bad_number_cell", "guard", "A1", {"tab": at.title, "found": found})


def _zone(reading: Reading, shop_zone: str) -> Iterator[Fault]:
    zone = reading.layout.time_zone
    if shop_zone and shop_zone.casefold() != zone.casefold():
        yield Fault("time_zone_differs", "help", params={"found": zone, "other": shop_zone})


def _renamed(reading: Reading) -> Iterator[Fault]:
    """Tabs that are known by their mark alone: read as before, but staff who look for the old name find nothing."""
    for tab in tabs.TABS:
        title = reading.layout.tabs[tab.key].title
        if reading.layout.tabs[tab.key].adopted:
            continue  # the name that it always had
        known = {" ".join(language.tabs[tab.key].split()).casefold() for language in LANGUAGES.values()}
        if " ".join(title.split()).casefold() not in known:
            yield Fault("renamed_tab", tab.key, params={"found": title})


def _unreadable(cells: Cells, tab: Tab) -> Iterator[Fault]:
    """Cells that cannot be read for what they are."""
    for column in tab.columns:
        read = _reader(column)
        if read is None or (tab.key == "campaigns" and column.key in _OWN_WORDS):
            continue
        for number, cell in enumerate(cells.reading.columns[tab.key].get(column.key, ())):
            bad = read(cell)
            if isinstance(bad, Bad):
                choices = ("yes", "no") if column.kind is Kind.YES_NO else column.choices
                yield cells.fault(bad.word, tab.key, column.key, number, found=bad.found, choices=choices)


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


def _campaigns(cells: Cells, tables: Tables) -> Iterator[Fault]:
    rows: defaultdict[str, list[Campaign]] = defaultdict(list)
    for campaign in tables.campaigns:
        number = campaign.row - FIRST_ROW
        rows[codes.fold_name(campaign.name)].append(campaign)
        for column in campaign.bad:
            if column in _OWN_WORDS:
                yield cells.fault(_OWN_WORDS[column], "campaigns", column, number)
        if campaign.starts is not None and campaign.ends is not None and campaign.ends < campaign.starts:
            yield cells.fault("ends_before_start", "campaigns", "ends_on", number)
        yield from _limit(cells, tables, campaign)
    for same in rows.values():
        if len(same) > 1:
            numbers = [campaign.row - FIRST_ROW for campaign in same]
            named = cells.named("campaigns", "campaign", numbers)
            yield cells.fault("campaign_twice", "campaigns", "campaign", numbers[0], cells=named)


def _limit(cells: Cells, tables: Tables, campaign: Campaign) -> Iterator[Fault]:
    """A limit that is passed already: nothing more is given, and nothing is taken back."""
    if campaign.total_limit is None:
        return
    if campaign.source is Source.SHARED:
        claims = Snapshot(tables).redemptions_of_code(codes.fold(campaign.shared_code))
        count = len({claim.request_id or claim.claim for claim in claims})
    else:
        count = len(tables.codes_of_campaign(codes.fold_name(campaign.name)))
    if count > campaign.total_limit:
        number = campaign.row - FIRST_ROW
        yield cells.fault("limit_passed", "campaigns", "total_limit", number, count=str(count))


def _pool(cells: Cells, tables: Tables) -> Iterator[Fault]:
    known = {codes.fold_name(campaign.name) for campaign in tables.campaigns}
    names = cells.texts("pool", "campaign")
    places: defaultdict[str, list[int]] = defaultdict(list)
    strangers: defaultdict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(cells.texts("pool", "code")):
        campaign = codes.fold_name(names[number])
        if code:
            places[codes.fold(code)].append(number)
        elif campaign:
            yield cells.fault("row_without_code", "pool", "code", number)
        if (code or campaign) and campaign not in known:
            strangers[campaign].append(number)
    yield from problem_codes.unknown_campaigns(cells, "pool", strangers, "")
    for folded, same in places.items():
        if len(same) > 1:
            yield problem_codes.same_code(cells, "pool", same)
        elsewhere = _elsewhere(tables, folded, {codes.fold_name(names[number]) for number in same})
        if elsewhere:
            yield cells.fault("pool_code_in_use", "pool", "code", same[0], cells=elsewhere(cells))


def _elsewhere(tables: Tables, folded: str, campaigns: set[str]) -> Callable[[Cells], str] | None:
    """Where a ready code stands that its own campaign did not give; None if nowhere."""
    held = [
        number for number in tables.codes.index("code").get(folded, ()) if not tables.is_dead(tables.codes.row(number))
    ]
    strange = [number for number in held if codes.fold_name(tables.codes.row(number).campaign) not in campaigns]
    if strange:
        return lambda cells: f"{cells.reading.layout.tabs['codes'].title} {cells.named('codes', 'code', strange)}"
    redeemed = tables.redemptions.index("code").get(folded, ()) if not held else ()
    if redeemed:
        return lambda cells: (
            f"{cells.reading.layout.tabs['redemptions'].title} {cells.named('redemptions', 'code', redeemed)}"
        )
    return None
