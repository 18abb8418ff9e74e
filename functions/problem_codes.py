"""What is wrong with the codes that are out and with their redemptions. Pure; a part of `problems`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes, wall
from functions.problem_cells import FIRST_ROW
from functions.promo import Event, Source, Status
from functions.snapshot import Snapshot
from sheet_schema import records
from sheet_schema.tabs import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from functions.problem_cells import Cells
    from functions.promo import Campaign, PromoCode
    from functions.tables import Tables
    from sheet_schema.faults import Fault

#: What was redeemed within so many ms may be on its way to the code's row.
_FRESH_MS = 60_000
#: From here on a spreadsheet has cut digits off a number: it keeps 15 of them.
_CUT = 1e15


def find(cells: Cells, tables: Tables, now: int) -> Iterator[Fault]:
    """Faults of Promo codes, then of Redemptions."""
    withdrawn = _withdrawn(tables)
    yield from _rows(cells, tables)
    yield from _twice(cells, tables, withdrawn)
    for number in sorted(withdrawn):
        yield cells.fault("withdrawn_row", "codes", "code", number)
    yield from _dates(cells)
    yield from _uses(cells, tables, withdrawn, now)
    yield from _left_by_a_crash(cells, tables)


def unknown_campaigns(cells: Cells, tab: str, strangers: Mapping[str, Sequence[int]], renamed: str) -> Iterator[Fault]:
    """Names that no row of Campaigns has, each once; *renamed* is what they may be called there now, or ""."""
    for numbers in strangers.values():
        named = cells.named(tab, "campaign", numbers)
        word = "campaign_renamed" if renamed else "unknown_campaign"
        yield cells.fault(word, tab, "campaign", numbers[0], cells=named, other=renamed)


def same_code(cells: Cells, tab: str, numbers: Sequence[int]) -> Fault:
    """One code in several rows: written alike, or only read alike."""
    spelt = [cells.texts(tab, "code")[number] for number in numbers]
    other = next((each for each in spelt if each != spelt[0]), "")
    word = "code_alike" if other else "code_twice"
    return cells.fault(word, tab, "code", numbers[0], cells=cells.named(tab, "code", numbers), other=other)


def _rows(cells: Cells, tables: Tables) -> Iterator[Fault]:
    """What one row alone tells: no code, a campaign that is not there, an id that was cut, a symbol mistyped."""
    known = {codes.fold_name(campaign.name): campaign for campaign in tables.campaigns}
    names = [codes.fold_name(name) for name in cells.texts("codes", "campaign")]
    ids = cells.texts("codes", "subscriber_id")
    strangers: defaultdict[str, list[int]] = defaultdict(list)
    for number, code in enumerate(cells.texts("codes", "code")):
        if not code and (names[number] or ids[number]):
            yield cells.fault("row_without_code", "codes", "code", number)
        campaign = known.get(names[number])
        if campaign is None:
            if names[number]:
                strangers[names[number]].append(number)
        elif code and _is_mistyped(code, campaign):
            yield cells.fault("check_symbol", "codes", "code", number)
    unused = [campaign.name for name, campaign in known.items() if name not in set(names)]
    renamed = unused[0] if len(unused) == 1 and len(strangers) == 1 else ""
    yield from unknown_campaigns(cells, "codes", strangers, renamed)
    for tab in ("codes", "redemptions"):
        for number, cell in enumerate(cells.reading.columns[tab].get("subscriber_id", ())):
            if _is_cut(cell):
                yield cells.fault("id_cut", tab, "subscriber_id", number)


def _is_mistyped(code: str, campaign: Campaign) -> bool:
    """True for a code that has the shape of a generated one, and whose check symbol does not fit."""
    if campaign.source is not Source.GENERATED or campaign.bad:
        return False
    folded, prefix = codes.fold(code), codes.fold(campaign.prefix)
    symbols = folded.removeprefix(prefix)
    is_ours = folded.startswith(prefix) and len(symbols) == campaign.length and "-" in code
    return is_ours and codes.is_spelt(symbols) and not codes.check_fits(symbols)


def _is_cut(cell: records.Cell) -> bool:
    """True for an id of which a spreadsheet made a number too long for it, or one with an exponent, as text."""
    if isinstance(cell, str):
        head, separator, tail = cell.strip().upper().partition("E+")
        return bool(separator) and tail.isdigit() and head.replace(".", "").replace(",", "").isdigit()
    return not isinstance(cell, bool) and abs(cell) >= _CUT


def _withdrawn(tables: Tables) -> frozenset[int]:
    """Places of rows in Promo codes that their writer took back before anybody was told of them."""
    places = tables.codes.index("code")
    found = (number for code, _ in tables.withdrawn_pairs for number in places.get(code, ()))
    return frozenset(number for number in found if tables.is_dead(tables.codes.row(number)))


def _twice(cells: Cells, tables: Tables, withdrawn: frozenset[int]) -> Iterator[Fault]:
    shared = {codes.fold(each.shared_code) for each in tables.campaigns if each.source is Source.SHARED}
    ids = cells.texts("codes", "subscriber_id")
    for folded, places in tables.codes.index("code").items():
        held = [number for number in places if number not in withdrawn]
        # Rows of one subscriber are one code: a call that could not wait for another one's row wrote its own.
        holders = {ids[number] for number in held}
        if len(held) > 1 and folded not in shared and (len(holders) > 1 or "" in holders):
            yield same_code(cells, "codes", held)


def _dates(cells: Cells) -> Iterator[Fault]:
    """Codes that ended before they were given; maybe day and month have changed places."""
    issued = cells.reading.columns["codes"].get("issue_date", ())
    for number, cell in enumerate(cells.reading.columns["codes"].get("expiration_date", ())[: len(issued)]):
        ends, given = records.wall_ms(cell), records.wall_ms(issued[number])
        if not isinstance(ends, int) or not isinstance(given, int) or wall.end_of_day(ends) >= given:
            continue
        found, swapped = wall.day(ends), _swapped(wall.day(ends))
        if swapped is not None and swapped >= wall.day(given):
            yield cells.fault("date_swapped", "codes", "expiration_date", number, found=str(found), other=str(swapped))
        else:
            yield cells.fault("expires_before_issue", "codes", "expiration_date", number, found=str(found))


def _swapped(day: date) -> date | None:
    """The day with the numbers of day and month exchanged, if there is one and it is another."""
    try:
        return None if day.day == day.month else day.replace(month=day.day, day=day.month)
    except ValueError:
        return None


def _uses(cells: Cells, tables: Tables, withdrawn: frozenset[int], now: int) -> Iterator[Fault]:
    """Rows that say used and Redemptions does not, and the reverse."""
    snapshot, adopted = Snapshot(tables), cells.reading.layout.tabs["codes"].adopted
    for number in _used(cells):
        row = tables.codes.row(number)
        # With a day in Used on staff have said what they know: it is their word.
        silent = row.used_on is None and "used_on" not in row.bad and number not in withdrawn
        if adopted and (row.issued is None or row.issued % 1000 == 0):
            continue  # used before there were Redemptions: Issue date of the functions' own rows has milliseconds
        if silent and not snapshot.redemptions_of_code(codes.fold(row.code)):
            yield cells.fault("used_without_redemption", "codes", "status", number)
    for folded, places in tables.redemptions.index("code").items():
        claims = snapshot.redemptions_of_code(folded)
        if not claims or any(claim.time is not None and now - claim.time < _FRESH_MS for claim in claims if now):
            continue
        rows = snapshot.rows_of_code(folded)
        if not rows:
            if not any(codes.fold(each.shared_code) == folded for each in tables.campaigns if each.shared_code):
                yield cells.fault("redeemed_unknown", "redemptions", "code", places[0])
            continue
        yield from _unsaid(cells, snapshot, rows)


def _unsaid(cells: Cells, snapshot: Snapshot, rows: Sequence[PromoCode]) -> Iterator[Fault]:
    """A code whose uses are gone, and a row of it that says unused."""
    limit, by_subscriber = _limit(snapshot, codes.fold(rows[0].code))
    if limit is None:
        return
    for row in rows:
        claims = snapshot.redemptions_of_code(codes.fold(row.code))
        own = [claim for claim in claims if not by_subscriber or claim.subscriber_id == row.subscriber_id]
        used = len({claim.request_id or claim.claim for claim in own}) >= limit
        if used and row.status is Status.UNUSED and "status" not in row.bad:
            yield cells.fault("redeemed_but_unused", "codes", "status", row.row - FIRST_ROW)


def _used(cells: Cells) -> list[int]:
    """Places of rows whose Status is used, in whatever language."""
    words = cells.texts("codes", "status")
    column = CODES.column("status")
    used = {word for word in set(words) if records.choice(column, word) == Status.USED.value}
    return [number for number, word in enumerate(words) if word in used]


def _left_by_a_crash(cells: Cells, tables: Tables) -> Iterator[Fault]:
    """What only people can settle (DESIGN.md section 4): a mark on a row that was moved, and a use too many."""
    for number, cell in enumerate(cells.reading.columns["codes"].get("used_on", ())):
        time = records.wall_ms(cell)
        redeemed = tables.codes_of_times.get(time) if isinstance(time, int) else None
        if redeemed and codes.fold(cells.texts("codes", "code")[number]) not in redeemed:
            yield cells.fault("stray_mark", "codes", "used_on", number)
    snapshot = Snapshot(tables)
    for folded, places in tables.redemptions.index("code").items():
        if len(places) < 2:  # noqa: PLR2004 - one is never too many
            continue
        limit, by_subscriber = _limit(snapshot, folded)
        uses: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for number in places:
            row = tables.redemptions.row(number)
            if row.event is Event.REDEEMED and not snapshot.is_dead(row):
                name = row.request_id or row.claim or str(number)
                uses[row.subscriber_id if by_subscriber else ""][number] = name
        for same in uses.values():
            if limit is not None and len(set(same.values())) > limit:
                named = cells.named("redemptions", "code", same)
                yield cells.fault("used_too_often", "redemptions", "code", min(same), cells=named, found=str(limit))


def _limit(snapshot: Snapshot, folded: str) -> tuple[int | None, bool]:
    """How often a code may be used (None: not known), and whether that is for each subscriber who is named."""
    names = {codes.fold_name(row.campaign) for row in snapshot.rows_of_code(folded)} - {""}
    campaigns = snapshot.campaigns(names.pop()) if len(names) == 1 else []
    if len(campaigns) != 1 or "uses_per_code" in campaigns[0].bad:
        return None, False
    return campaigns[0].uses_per_code, campaigns[0].source is Source.SHARED
