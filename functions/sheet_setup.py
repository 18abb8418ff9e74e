"""Set-up of a spreadsheet over its API: what `promosheet sheet plan|apply|check` and the demo share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import codes, problems
from functions.cells import tables_of
from sheet_schema import languages
from sheet_schema.plan import describe, new_code_key, plan, undressed

if TYPE_CHECKING:
    from functions.sheet import GoogleSheet
    from sheet_schema.edits import Request

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


def replace_code_key(sheet: GoogleSheet, code_key: bytes) -> None:
    """Accept another CODE_KEY from now on. Raises like `missing`."""
    located, _ = sheet.locate(TIMEOUT_S)
    sheet.batch_update(new_code_key(located.layout, codes.fingerprint(code_key)), TIMEOUT_S)


def check(sheet: GoogleSheet) -> list[str]:
    """Lines for a person: each names a cell, what is wrong and what to type. Raises like `missing`."""
    located, _ = sheet.locate(TIMEOUT_S)
    language = located.layout.language
    faults = list(located.faults)
    if not any(fault.fatal for fault in faults):
        reading = sheet.read(TIMEOUT_S)
        faults += problems.find(reading, tables_of(reading))
    return [f"{located.layout.where(fault)}: {fault.text(language)}" for fault in faults]
