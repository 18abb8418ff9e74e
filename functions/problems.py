"""What is wrong in a sheet, where, and what to type instead. Pure: from one read to a list of faults.

Each fault costs somebody something: a call that is refused, a code that is counted wrongly, a date that nobody meant.
What is merely unusual is none, and what the functions write is none while they are at it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from functions import codes, problem_codes, problem_pools, problem_uses, standing
from functions.problem_cells import Cells, shortened
from functions.promo import Source
from sheet_schema import records, tabs
from sheet_schema.faults import Fault
from sheet_schema.language import fold, odd_holes
from sheet_schema.languages import LANGUAGES
from sheet_schema.records import Bad
from sheet_schema.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.promo import Campaign
    from functions.sheet import Reading
    from functions.tables import Tables
    from sheet_schema.schema import Tab

#: A campaign's columns whose faults have words of their own.
_OWN_WORDS = {"prefix": "prefix_bad", "length": "length_bad", "shared_code": "shared_code_missing"}
#: GMT+3, UTC-07:00.
_OFFSET = re.compile(r"(?:GMT|UTC)\s*(?:([+-])\s*(\d\d?)(?::?(\d\d))?)?", re.ASCII | re.IGNORECASE)


def find(reading: Reading, tables: Tables, now: int, shop_zone: str = "", shop_zone_cell: str = "") -> list[Fault]:
    """Every fault of the cells, tab by tab; those of tabs and columns are `layout.locate`'s.

    *now* is an instant, by Google's clock if it is known: what was written within the last minutes may not be settled.
    *shop_zone* is the time zone that staff say the shop is in, and where they say so; "" if they do not.
    """
    cells = Cells(reading, tables, now)
    faults = [*_number(reading), *_zone(reading, now, shop_zone, shop_zone_cell), *_renamed(reading)]
    for tab in tabs.TABS:
        faults += _unreadable(cells, tab)
    faults += _campaigns(cells)
    faults += problem_codes.find(cells)
    faults += problem_uses.find(cells)
    faults += _pool(cells)
    faults += problem_pools.find(cells)
    return faults


def _number(reading: Reading) -> Iterator[Fault]:
    """The number of the guard; where staff removed it, it fills itself."""
    found = "" if reading.number_cell is None else records.text(reading.number_cell)
    if reading.number is None and found:
        at = reading.layout.tabs["guard"]
        yield Fault("bad_number_cell", "guard", "A1", {"tab": at.title, "found": shortened(found)})


def _zone(reading: Reading, now: int, shop_zone: str, cell: str) -> Iterator[Fault]:
    zone = reading.layout.time_zone
    if shop_zone and not _same_zone(zone, shop_zone, now):
        yield Fault("time_zone_differs", "help", cell, {"found": shortened(shop_zone), "other": zone})


def _same_zone(zone: str, typed: str, now: int) -> bool:
    """True for another name of the same time zone: its city, its offset, or one whose clocks go alike for a year."""
    names = [name.casefold().replace("_", " ") for name in (zone, zone.rpartition("/")[2])]
    if typed.casefold().replace("_", " ") in names:
        return True
    known, other = _clock(zone), _clock(typed)
    start = datetime.fromtimestamp(now / 1000, UTC)
    days = [start + timedelta(days=day) for day in range(0, 365, 7)]
    return None not in {known, other} and all(
        day.astimezone(known).utcoffset() == day.astimezone(other).utcoffset() for day in days
    )


def _clock(name: str) -> tzinfo | None:
    """A time zone by its name or offset; None for anything else."""
    fixed = _OFFSET.fullmatch(name)
    if fixed:
        offset = timedelta(hours=int(fixed[2] or 0), minutes=int(fixed[3] or 0))
        return timezone(-offset if fixed[1] == "-" else offset) if offset < timedelta(days=1) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _renamed(reading: Reading) -> Iterator[Fault]:
    """Tabs that are known by their mark alone: read as before, but staff who look for the old name find nothing."""
    for tab in tabs.TABS:
        title = reading.layout.tabs[tab.key].title
        if reading.layout.tabs[tab.key].adopted:
            continue  # the name that it always had
        if fold(title) not in {fold(language.tabs[tab.key]) for language in LANGUAGES.values()}:
            yield Fault("renamed_tab", tab.key, params={"found": shortened(title)})


def _unreadable(cells: Cells, tab: Tab) -> Iterator[Fault]:
    """Cells that cannot be read for what they are."""
    for column in tab.columns:
        if column.kind is Kind.TEXT or (tab.key == "campaigns" and column.key in _OWN_WORDS):
            continue
        choices = ("yes", "no") if column.kind is Kind.YES_NO else column.choices
        for number, bad in enumerate(cells.parsed(tab.key, column.key)):
            if isinstance(bad, Bad):
                yield cells.fault(bad.word, tab.key, column.key, number, found=bad.found, choices=choices)


def _campaigns(cells: Cells) -> Iterator[Fault]:
    for campaign in cells.tables.campaigns:
        number = problem_codes.place_of(campaign)
        for column in campaign.bad:
            if column in _OWN_WORDS:
                yield cells.fault(_OWN_WORDS[column], "campaigns", column, number)
        if "valid_days" in campaign.bad and isinstance(cells.parsed("campaigns", "valid_days")[number], int):
            yield cells.fault("too_many_days", "campaigns", "valid_days", number)
        if campaign.starts is not None and campaign.ends is not None and campaign.ends < campaign.starts:
            yield cells.fault("ends_before_start", "campaigns", "ends_on", number)
        yield from _limit(cells, campaign)
        odd = odd_holes(campaign.message)
        if odd:
            yield cells.fault("unknown_placeholder", "campaigns", "message", number, other=", ".join(odd))
    for column, word, groups in (
        ("campaign", "campaign_twice", cells.campaigns),
        ("shared_code", "shared_code_twice", cells.sharing),
    ):
        for same in groups.values():
            # A campaign that stands there twice is said once.
            if len({codes.fold_name(each.name) for each in same}) > 1 or (column == "campaign" and len(same) > 1):
                numbers = [problem_codes.place_of(campaign) for campaign in same]
                named = cells.named("campaigns", column, numbers)
                yield cells.fault(word, "campaigns", column, numbers[0], cells=named)


def _limit(cells: Cells, campaign: Campaign) -> Iterator[Fault]:
    """A limit that is passed already: nothing more is given, and nothing is taken back."""
    if campaign.total_limit is None:
        return
    if campaign.source is Source.SHARED:
        word, count = "limit_passed_shared", problem_uses.over_limit(cells, campaign, codes.fold(campaign.shared_code))
    else:
        places = cells.tables.codes.index("campaign").get(codes.fold_name(campaign.name), ())
        word, count = "limit_passed", 0
        if len(places) > campaign.total_limit:
            issued = cells.times("codes", "issue_date")
            settled = (each for each in places if not cells.is_younger(issued[each], standing.OLD_MS))
            count = len({cells.folded[each] for each in settled if each not in cells.withdrawn} - {""})
    if count > campaign.total_limit:
        yield cells.fault(word, "campaigns", "total_limit", problem_codes.place_of(campaign), count=str(count))


def _pool(cells: Cells) -> Iterator[Fault]:
    names = [codes.fold_name(name) for name in cells.texts("pool", "campaign")]
    places: defaultdict[str, list[int]] = defaultdict(list)
    strangers: defaultdict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(cells.texts("pool", "code")):
        folded, campaign = codes.fold(code), names[number]
        if folded:
            places[folded].append(number)
        elif code or campaign:
            yield cells.fault("row_without_code", "pool", "code", number)
        if folded and not campaign:
            yield cells.fault("row_without_campaign", "pool", "campaign", number)
        elif campaign and campaign not in cells.campaigns:
            strangers[campaign].append(number)
    yield from problem_codes.unknown_campaigns(cells, "pool", strangers)
    for folded, same in places.items():
        if len(same) > 1:
            yield problem_codes.same_code(cells, "pool", same)
        elsewhere = _elsewhere(cells, folded, {names[number] for number in same})
        if elsewhere:
            yield cells.fault("pool_code_in_use", "pool", "code", same[0], cells=elsewhere)


def _elsewhere(cells: Cells, folded: str, campaigns: set[str]) -> str:
    """Where a ready code stands that its own campaign did not give; "" if nowhere. By hand it is anybody's to give."""
    titles, held = cells.reading.layout.tabs, cells.held(folded)
    strange = [number for number in held if cells.names[number] in cells.campaigns.keys() - campaigns]
    if strange:
        return f"{titles['codes'].title} {cells.named('codes', 'code', strange)}"
    redeemed = cells.claims.get(folded, {}) if not held else {}
    return f"{titles['redemptions'].title} {cells.named('redemptions', 'code', redeemed)}" if redeemed else ""
