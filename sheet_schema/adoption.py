"""Promo codes that people keep in a sheet of their own making: which tab, and which columns. Pure.

Such a sheet has one tab of any name, with the columns of BotHelp's article in any order and under titles of its own
(https://help.bothelp.io, "How to set up the issuance and tracking of promo codes in a bot"). Only set-up looks for it;
once set-up has marked what it found, the functions find it by the marks. What is not certain is for a person to say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from sheet_schema import records
from sheet_schema.faults import Fault
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import ColumnAt, doubled, quote, spoken, tab_at
from sheet_schema.records import Bad
from sheet_schema.tabs import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_schema.answer import Sheet
    from sheet_schema.language import Language
    from sheet_schema.layout import Located, TabAt
    from sheet_schema.records import Cell

#: A header is looked for in so many rows; one that is not in the first is not taken, but named.
TOP_ROWS = 20
#: A tab of promo codes has the codes, and at least two of these.
_TELLING = ("subscriber_id", "issue_date", "expiration_date", "status")
_ENOUGH = 2
#: A column that holds a name or an ID.
_EITHER = "subscriber"

Rows: TypeAlias = "Sequence[Sequence[Cell]]"
#: Column key -> indexes of the columns whose title says so.
Columns = dict[str, list[int]]


def suspects(located: Located) -> list[str]:
    """Titles of tabs that may hold promo codes and bear no mark; none once set-up has been here."""
    tabs = located.layout.tabs
    if "codes" in tabs:
        return [] if tabs["codes"].marked else [tabs["codes"].title]
    return [] if any(at.marked for at in tabs.values()) else [sheet.title for sheet in located.others]


def adopt(located: Located, tops: Mapping[str, Rows]) -> Located:
    """Find the promo codes as well in a tab that people made; *tops* are the first rows of the `suspects` by title.

    Faults that are added: several_by_hand, header_below, no_header, doubled_column; `plan` refuses all of them.
    """
    at = located.layout.tabs.get("codes")
    if at is not None:
        return _take_named(located, tops[at.title]) if at.title in tops else located
    sheets = {sheet.title: sheet for sheet in located.others if sheet.title in tops}
    found = {title: _header_row(tops[title]) for title in sheets}
    right = [title for title, row in found.items() if row == 0]
    if len(right) == 1:
        return _take(located, sheets[right[0]], tops[right[0]][0])
    if right:
        return _with(located, Fault("several_by_hand", "codes", params={"others": ", ".join(map(quote, right))}))
    for title, row in found.items():
        if row is not None:
            return _with(located, _header_below(title, row))
    for title in sheets:
        if _is_headless(tops[title]):
            return _with(located, _no_header(title))
    return located


def _take_named(located: Located, top: Rows) -> Located:
    """A tab that is called Promo codes: more of its columns, by what else people call them."""
    at = located.layout.tabs["codes"]
    titles = [records.text(cell) for cell in top[0]] if top else []
    known = {fault.params["column"] for fault in located.faults if fault.word == "doubled_column"}
    columns, faults = _settle(_recognise(titles), titles, at.title)
    faults = [fault for fault in faults if fault.params["column"] not in {*at.columns, *known}]
    new = {key: column for key, column in columns.items() if key not in {*at.columns, *known}}
    if "code" not in {**at.columns, **new} and "code" not in known and any(any(row) for row in top[1:]):
        row = _header_row(top)
        return _with(located, _header_below(at.title, row) if row else _no_header(at.title))
    return _found(located, replace(at, columns={**at.columns, **new}), faults)


def _take(located: Located, sheet: Sheet, header: Sequence[Cell]) -> Located:
    titles = [records.text(cell) for cell in header]
    columns, faults = _settle(_recognise(titles), titles, sheet.title)
    return _found(located, tab_at(CODES, sheet, columns, titles), faults)


def _found(located: Located, at: TabAt, faults: list[Fault]) -> Located:
    layout = replace(located.layout, tabs={"codes": at, **located.layout.tabs} | {"codes": at})
    if not located.language_marked:
        layout = replace(layout, language=spoken(at.columns, layout.locale, _is_title))
    columns = layout.tabs["codes"].columns
    kept = tuple(fault for fault in located.faults if not _is_settled(fault, columns, faults))
    others = tuple(sheet for sheet in located.others if sheet.id != layout.tabs["codes"].sheet_id)
    return replace(located, layout=layout, faults=(*kept, *faults), others=others)


def _is_settled(fault: Fault, columns: Mapping[str, ColumnAt], faults: Sequence[Fault]) -> bool:
    """True for what was said to be missing and is there, be it twice."""
    if fault.tab != "codes":
        return False
    there = {*columns, *(each.params["column"] for each in faults)}
    return fault.word == "missing_tab" or (fault.word == "missing_column" and fault.params["column"] in there)


def _with(located: Located, fault: Fault) -> Located:
    return replace(located, faults=(*located.faults, fault))


def _header_below(title: str, row: int) -> Fault:
    return Fault("header_below", "codes", params={"others": quote(title), "found": str(row + 1)})


def _no_header(title: str) -> Fault:
    return Fault("no_header", "codes", params={"others": quote(title), "column": "code"})


def _header_row(top: Rows) -> int | None:
    """Place of the row with the titles of promo codes, from 0; None if there is none."""
    for place, row in enumerate(top):
        found = _recognise([records.text(cell) for cell in row])
        if found["code"] and sum(bool(found[key]) for key in _TELLING) >= _ENOUGH:
            return place
    return None


def _is_headless(top: Rows) -> bool:
    """True for rows of codes without titles: a status where the titles should be."""
    status = CODES.column("status")
    said = [records.choice(status, cell) for cell in top[0]] if top else []
    return any(word is not None and not isinstance(word, Bad) for word in said)


def _recognise(titles: Sequence[str]) -> Columns:
    """Columns by their titles; the proper title goes before all others."""
    folded = [_fold(title) for title in titles]
    found = {column.key: _places(folded, _proper(column.key)) for column in CODES.columns}
    for key, places in found.items():
        found[key] = places or _places(folded, _aliases(key))
    either = _places(folded, _aliases(_EITHER))
    free = next((key for key in ("subscriber_id", "name") if not found[key]), None)
    if free and either:
        found[free] = either
    return found


def _settle(found: Columns, titles: Sequence[str], title: str) -> tuple[dict[str, ColumnAt], list[Fault]]:
    columns: dict[str, ColumnAt] = {}
    faults: list[Fault] = []
    for key, places in found.items():
        if len(places) == 1:
            columns[key] = ColumnAt(places[0], titles[places[0]])
        elif places:
            faults.append(doubled(CODES, CODES.column(key), title, places))
    return columns, faults


def _is_title(language: Language, key: str, title: str) -> bool:
    return _fold(title) in set(_titles(language, key))


def _titles(language: Language, key: str) -> Iterator[str]:
    yield _fold(language.columns["codes"][key])
    for each in (key, _EITHER):
        yield from map(_fold, language.aliases[each])


def _proper(key: str) -> set[str]:
    return {_fold(language.columns["codes"][key]) for language in LANGUAGES.values()}


def _aliases(key: str) -> set[str]:
    return {_fold(title) for language in LANGUAGES.values() for title in language.aliases[key]}


def _places(folded: Sequence[str], titles: set[str]) -> list[int]:
    return [index for index, title in enumerate(folded) if title in titles]


def _fold(title: str) -> str:
    """Letters and digits alone: `Promo-code:` is `PROMO CODE`."""
    return "".join(letter for letter in title.casefold() if letter.isalnum()).replace("ё", "е")
