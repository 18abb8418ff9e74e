"""Set-up of a spreadsheet over its API: what `promosheet sheet plan|apply|check` and the demo share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import codes, problems
from functions.cells import tables_of, zone_of
from functions.failures import SheetBroken
from functions.sheet import check_code_key
from sheet_schema import languages, records
from sheet_schema.adoption import TOP_ROWS, adopt, suspects
from sheet_schema.layout import a1_column, quote
from sheet_schema.pages import is_problems, problem_rows, problem_texts, shop_zone
from sheet_schema.plan import describe, new_code_key, plan, undressed
from sheet_schema.tabs import PROBLEMS

if TYPE_CHECKING:
    from datetime import datetime

    from functions.sheet import GoogleSheet
    from sheet_schema.edits import Request
    from sheet_schema.faults import Fault
    from sheet_schema.layout import Layout

TIMEOUT_S = 30.0
#: A plan that another one makes possible: a tab has to be there before its columns are looked at.
_ROUNDS = 3


@dataclass(frozen=True)
class Plan:
    """What is missing, as requests and as lines for a person."""

    requests: list[Request]
    lines: list[str]


def missing(sheet: GoogleSheet, language: str = "") -> Plan:
    """What the spreadsheet lacks. Raises PlanRefused, and what `GoogleSheet.locate` raises."""
    located, _ = sheet.locate(TIMEOUT_S)
    titles = suspects(located)
    tops = sheet.cells([f"{quote(title)}!1:{TOP_ROWS}" for title in titles], TIMEOUT_S)
    located = adopt(located, dict(zip(titles, tops, strict=True)))
    seen = sheet.looks(undressed(located), TIMEOUT_S)
    requests = plan(located, languages.language(language) if language else None, seen)
    return Plan(requests, describe(requests, located))


def apply(sheet: GoogleSheet, language: str = "") -> list[str]:
    """Add what is missing; lines for a person of what was added, none if nothing was. Raises like `missing`."""
    lines: list[str] = []
    for _ in range(_ROUNDS):
        found = missing(sheet, language)
        if not found.requests:
            break
        sheet.batch_update(found.requests, TIMEOUT_S)
        lines += found.lines
    return lines


def refuse_other_code_key(sheet: GoogleSheet, code_key: bytes) -> None:
    """Raise SheetBroken if the sheet goes by another CODE_KEY, and like `missing`."""
    located, _ = sheet.locate(TIMEOUT_S)
    check_code_key(located.layout, codes.fingerprint(code_key))


def replace_code_key(sheet: GoogleSheet, code_key: bytes) -> None:
    """Accept another CODE_KEY from now on. Raises like `missing`."""
    located, _ = sheet.locate(TIMEOUT_S)
    sheet.batch_update(new_code_key(located.layout, codes.fingerprint(code_key)), TIMEOUT_S)


def advice(sheet: GoogleSheet) -> list[str]:
    """What is left for staff to type after set-up took a sheet into use; lines for a person. Raises like `missing`."""
    reading = sheet.read(TIMEOUT_S)
    cells, layout = reading.columns["codes"], reading.layout
    names = cells["campaign"]
    numbers = [number for number, code in enumerate(cells["code"]) if records.text(code)]
    without = [number for number in numbers if number >= len(names) or not records.text(names[number])]
    if not without:
        return []
    at, column = layout.tabs["codes"], layout.tabs["codes"].columns["campaign"]
    count = "1 code has" if len(without) == 1 else f"{len(without)} codes have"
    place = f"column {a1_column(column.index)} ({quote(column.title)}) of {quote(at.title)}"
    like = quote(layout.tabs["campaigns"].title)
    meanwhile = "until then tills can redeem them, but a bot that names a campaign does not find them"
    return [f"{count} no campaign: type its name, as it stands in {like}, into {place}; {meanwhile}"]


@dataclass(frozen=True)
class Checked:
    """Where everything is in a spreadsheet, and what is wrong there."""

    layout: Layout
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> list[str]:
        """Lines for a person: each names a cell, what is wrong and what to type."""
        return [f"{self.layout.where(fault)}: {fault.text(self.layout.language)}" for fault in self.faults]

    @property
    def harmless(self) -> int:
        """How many of the faults may stay as they are."""
        return sum(fault.harmless for fault in self.faults)


def check(sheet: GoogleSheet, now: datetime) -> Checked:
    """Look for everything that is wrong, at an aware moment if Google does not say its own. Raises like `missing`."""
    located, _ = sheet.locate(TIMEOUT_S)
    faults = list(located.faults)
    if not any(fault.fatal for fault in faults):
        reading = sheet.read(TIMEOUT_S)
        # What is under way is told by its age, and this machine's clock may be wrong.
        instant = int(now.timestamp() * 1000) if reading.server_ms is None else reading.server_ms
        faults += problems.find(reading, tables_of(reading), instant, *_shop_zone(sheet, located.layout))
    return Checked(located.layout, tuple(faults))


def write_problems(sheet: GoogleSheet, checked: Checked, now: datetime) -> None:
    """Put the faults into the tab Problems, in the place of those of the last time. Raises like `missing`."""
    layout = checked.layout
    at, title = layout.tabs.get("problems"), quote(layout.language.tabs["problems"])
    if at is None:
        raise SheetBroken([f"there is no tab {title}: run `promosheet sheet apply`"])
    if not (at.marked and at.columns) and not is_problems(
        (sheet.cells([f"{quote(at.title)}!1:1"], TIMEOUT_S)[0] or [[]])[0]
    ):
        told = f"the tab {quote(at.title)} is not ours: give it another name, then run `promosheet sheet apply`"
        raise SheetBroken([told])
    local = now.astimezone(zone_of(layout.time_zone))
    said = f"{layout.language.format_date(local.date())}, {local:%H:%M}"
    sheet.batch_update(problem_rows(layout, checked.faults, said), TIMEOUT_S)


def is_written(sheet: GoogleSheet, checked: Checked, now: datetime) -> bool:
    """True if the tab Problems says these faults already, and that it was looked today. One read.

    False if there is no such tab. Raises like `missing`.
    """
    layout = checked.layout
    at = layout.tabs.get("problems")
    if at is None:
        return False
    keys = [column.key for column in PROBLEMS.columns]
    if not set(keys) <= at.columns.keys():
        return False
    rows = sheet.cells([f"{quote(at.title)}!A2:ZZ"], TIMEOUT_S)[0]
    places = [at.columns[key].index for key in keys]
    shown = [[records.text(row[place]) if place < len(row) else "" for place in places] for row in rows]
    day = layout.language.format_date(now.astimezone(zone_of(layout.time_zone)).date())
    *wanted, end = problem_texts(layout, checked.faults, day)
    if len(shown) != len(wanted) + 1:
        return False
    *said, last = shown
    # The last sentence ends with the time of day.
    return said == wanted and last[:-1] == end[:-1] and last[-1].startswith(end[-1].removesuffix("."))


def _shop_zone(sheet: GoogleSheet, layout: Layout) -> tuple[str, str]:
    help_tab = layout.tabs.get("help")
    return shop_zone(sheet.cells([f"{quote(help_tab.title)}!A:B"], TIMEOUT_S)[0]) if help_tab else ("", "")
