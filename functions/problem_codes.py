"""What is wrong with the codes that are out. Pure; a part of `problems`."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from functions import codes, standing, wall
from functions.problem_cells import FIRST_ROW
from functions.promo import Campaign, Source
from sheet_schema.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from functions.problem_cells import Cells
    from sheet_schema.faults import Fault
    from sheet_schema.records import Cell

#: From here on a spreadsheet has cut digits off a number: it keeps 15 of them.
_CUT = 1e15
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
#: What a spreadsheet must not make a number of.
_IDS = (
    ("codes", "code"),
    ("codes", "subscriber_id"),
    ("redemptions", "code"),
    ("redemptions", "subscriber_id"),
    ("pool", "code"),
)


def find(cells: Cells) -> Iterator[Fault]:
    """Faults of the rows of Promo codes, whatever Redemptions says of them."""
    yield from _without_code(cells)
    yield from _mistyped(cells)
    yield from _unknown(cells)
    for tab, column in _IDS:
        for number, cell in enumerate(cells.cells(tab, column)):
            if is_cut(cell):
                yield cells.fault("id_cut", tab, column, number)
    yield from _twice(cells)
    for number in sorted(cells.withdrawn):
        yield cells.fault("withdrawn_row", "codes", "code", number)
    yield from _dates(cells)


def is_cut(cell: Cell) -> bool:
    """True for an id of which a spreadsheet made a number too long for it, or one with an exponent, as text."""
    if isinstance(cell, str):
        return "+" in cell and _EXPONENT.fullmatch(cell.strip()) is not None
    return not isinstance(cell, bool) and abs(cell) >= _CUT


def same_code(cells: Cells, tab: str, numbers: Sequence[int]) -> Fault:
    """One code in several rows: written alike, or only read alike."""
    spelt = [cells.texts(tab, "code")[number] for number in numbers]
    other = next((each for each in spelt if each != spelt[0]), "")
    word = "code_alike" if other else "code_twice"
    return cells.fault(word, tab, "code", numbers[0], cells=cells.named(tab, "code", numbers), other=other)


def unknown_campaigns(cells: Cells, tab: str, strangers: Mapping[str, Sequence[int]]) -> Iterator[Fault]:
    """Names that no row of Campaigns has, each once; one may be the old name of a campaign."""
    renamed = renamed_campaign(cells)
    for name, numbers in strangers.items():
        named = cells.named(tab, "campaign", numbers)
        if name in renamed:
            yield cells.fault("campaign_renamed", tab, "campaign", numbers[0], cells=named, other=renamed[name])
        else:
            yield cells.fault("unknown_campaign", tab, "campaign", numbers[0], cells=named)


def renamed_campaign(cells: Cells) -> dict[str, str]:
    """Old, folded name -> new name, if it can be told: one name is left over among the codes, and one campaign is new.

    Codes that were given by the functions have an Issue date; a name without any is a slip of somebody's hand.
    """
    issued = cells.times("codes", "issue_date")
    old = {name for number, name in enumerate(cells.names) if name and issued[number] is not None}
    old -= cells.campaigns.keys()
    given = set(cells.names)
    new = [same[0].name for name, same in cells.campaigns.items() if name not in given and not _is_example(same[0])]
    return {old.pop(): new[0]} if len(old) == len(new) == 1 else {}


def _is_example(campaign: Campaign) -> bool:
    names = {codes.fold_name(str(language.example["campaign"])) for language in LANGUAGES.values()}
    return codes.fold_name(campaign.name) in names


def _without_code(cells: Cells) -> Iterator[Fault]:
    """Rows in which somebody typed something, and no code. A word dragged down in Status alone says nothing."""
    for tab, keys in (
        ("codes", ("campaign", "subscriber_id", "name", "issue_date", "expiration_date", "used_on")),
        ("redemptions", ("time", "claim")),
    ):
        blank = [number for number, code in enumerate(cells.texts(tab, "code")) if not codes.fold(code)]
        columns = [cells.cells(tab, key) for key in keys]
        for number in blank:
            if any(number < len(column) and column[number] != "" for column in columns):
                yield cells.fault("row_without_code", tab, "code", number)


def _mistyped(cells: Cells) -> Iterator[Fault]:
    """Codes that are written as generated ones are, and whose check symbol does not fit.

    Without a prefix, codes of staff's own may look like that: there only rows count that the functions wrote, which
    have a subscriber and the moment of issue.
    """
    shapes = {name: _shape(same[0]) for name, same in cells.campaigns.items()}
    ids, issued = cells.texts("codes", "subscriber_id"), cells.times("codes", "issue_date")
    for number, code in enumerate(cells.texts("codes", "code")):
        shape = shapes.get(cells.names[number])
        found = shape.fullmatch(code) if shape else None
        if not found or _fits(found[2]):
            continue
        time = issued[number]
        if found[1] or (ids[number] and time is not None and time % wall.DAY_MS):
            yield cells.fault("check_symbol", "codes", "code", number)


def _shape(campaign: Campaign) -> re.Pattern[str] | None:
    """How the codes of a campaign are written: the prefix, then groups of symbols."""
    if campaign.source is not Source.GENERATED or campaign.bad:
        return None
    whole, rest = divmod(campaign.length, codes.GROUP)
    groups = [codes.GROUP] * whole + ([rest] if rest else [])
    symbols = "-".join(f"[0-9A-Z]{{{size}}}" for size in groups)
    prefix = re.escape(f"{campaign.prefix}-" if campaign.prefix else "")
    return re.compile(f"({prefix})({symbols})", re.IGNORECASE | re.ASCII)


def _fits(typed: str) -> bool:
    symbols = typed.replace("-", "")
    if codes.check_fits(symbols):
        return True
    folded = codes.fold(symbols)
    return not codes.is_spelt(folded) or codes.check_fits(folded)


def _unknown(cells: Cells) -> Iterator[Fault]:
    strangers: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(cells.names):
        if name and name not in cells.campaigns:
            strangers[name].append(number)
    yield from unknown_campaigns(cells, "codes", strangers)


def _twice(cells: Cells) -> Iterator[Fault]:
    """Codes that several people hold. Two rows with one code and one subscriber are one: calls that race write so."""
    ids, spelt, issued = (
        cells.texts("codes", "subscriber_id"),
        cells.texts("codes", "code"),
        cells.times("codes", "issue_date"),
    )
    for folded, places in cells.tables.codes.index("code").items():
        held = cells.held(folded) if len(places) > 1 or folded in cells.sharing else []
        if folded in cells.sharing:
            yield from _strangers_of_shared(cells, folded, held)
            continue
        if len({(ids[number] or str(number), cells.names[number], spelt[number]) for number in held}) < 2:  # noqa: PLR2004
            continue
        if any(cells.is_younger(issued[number], standing.OLD_MS) for number in held):
            continue  # one of them may be taken back yet
        campaigns = cells.campaigns.get(cells.names[held[0]], ())
        once_shared = len({cells.names[number] for number in held}) == 1 and len(campaigns) == 1
        if once_shared and campaigns[0].source is Source.SHARED and campaigns[0].shared_code:
            yield cells.fault("shared_code_changed", "codes", "code", held[0], other=campaigns[0].shared_code)
        else:
            yield same_code(cells, "codes", held)


def _strangers_of_shared(cells: Cells, folded: str, held: Sequence[int]) -> Iterator[Fault]:
    """Rows that have the shared code of a campaign and do not name it: nobody could tell which rules hold."""
    campaign = cells.sharing[folded][0]
    known = {codes.fold_name(each.name) for each in cells.sharing[folded]}
    strange = [
        number
        for number in held
        if cells.names[number] not in known and (not cells.names[number] or cells.names[number] in cells.campaigns)
    ]
    if strange:
        named = cells.named("codes", "campaign", strange)
        yield cells.fault("shared_code_elsewhere", "codes", "campaign", strange[0], cells=named, other=campaign.name)


def _dates(cells: Cells) -> Iterator[Fault]:
    """Codes that ended before they were given; maybe day and month have changed places."""
    issued = cells.times("codes", "issue_date")
    for number, ends in enumerate(cells.times("codes", "expiration_date")):
        given = issued[number]
        if ends is None or given is None or wall.end_of_day(ends) >= given:
            continue
        swapped = _swapped(wall.day(ends))
        if swapped is not None and swapped >= wall.day(given):
            yield cells.fault("date_swapped", "codes", "expiration_date", number, found=wall.day(ends), other=swapped)
        else:
            yield cells.fault("expires_before_issue", "codes", "expiration_date", number, found=wall.day(ends))


def _swapped(day: date) -> date | None:
    """The day with the numbers of day and month exchanged, if there is one and it is another."""
    try:
        return None if day.day == day.month else day.replace(month=day.day, day=day.month)
    except ValueError:
        return None


def place_of(campaign: Campaign) -> int:
    """Place of a campaign's row below the header."""
    return campaign.row - FIRST_ROW
