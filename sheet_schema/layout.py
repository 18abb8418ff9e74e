"""Where the tabs and columns of a spreadsheet are now. Pure: from the answer of `spreadsheets.get` and the header rows.

A tab or column is found by the developer metadata that set-up put on it, which follows it when it is moved or renamed;
else by its title in any language.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_schema import records
from sheet_schema.answer import (
    ADOPTED_MARK,
    CODE_KEY_MARK,
    COLUMN_MARK,
    FIELDS,
    LANGUAGE_MARK,
    LOOKS_MARK,
    TAB_MARK,
    read_sheets,
)
from sheet_schema.faults import Fault
from sheet_schema.language import fold
from sheet_schema.languages import LANGUAGES, for_locale
from sheet_schema.tabs import PAGES, TABS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sheet_schema.answer import Sheet
    from sheet_schema.language import Language
    from sheet_schema.records import Cell
    from sheet_schema.schema import Column, Tab

__all__ = [
    "CODE_KEY_MARK",
    "COLUMN_MARK",
    "FIELDS",
    "LANGUAGE_MARK",
    "TAB_MARK",
    "ColumnAt",
    "Fault",
    "Layout",
    "Located",
    "TabAt",
    "a1_column",
    "code_key_request",
    "doubled",
    "locate",
    "needed_headers",
    "quote",
    "tab_at",
]


@dataclass(frozen=True)
class ColumnAt:
    """Where a column is (0 is A) and what its header says now; *marked*: found by its metadata."""

    index: int
    title: str
    marked: bool = False


@dataclass(frozen=True)
class TabAt:
    """Where a tab is, with its columns by key. *width*: columns up to the last that has a title or a mark.

    *looks* is the version of its looks that set-up has made, "" for none. *adopted*: people had made it by hand, and it
    was in use, before set-up found it.
    """

    sheet_id: int
    title: str
    columns: Mapping[str, ColumnAt]
    row_count: int
    column_count: int
    width: int = 0
    frozen_rows: int = 0
    hidden: bool = False
    marked: bool = False
    looks: str = ""
    adopted: bool = False


@dataclass(frozen=True)
class Layout:
    """Where everything is in one spreadsheet, tabs by key. A tab or column that is not there is not in it."""

    time_zone: str
    locale: str
    language: Language
    tabs: Mapping[str, TabAt]
    code_key_fingerprint: str

    def header_cell(self, tab: str, column: str) -> str:
        """A1 notation of a header: "'Promo codes'!H1". Raises KeyError, like the next ones."""
        return self.cell(tab, column, 1)

    def cell(self, tab: str, column: str, row: int) -> str:
        """A1 notation of a cell; the header is row 1."""
        at = self.tabs[tab]
        return f"{quote(at.title)}!{a1_column(at.columns[column].index)}{row}"

    def column_range(self, tab: str, column: str) -> str:
        """A1 notation of a column with its header: "'Promo codes'!H1:H"."""
        return f"{self.header_cell(tab, column)}:{a1_column(self.tabs[tab].columns[column].index)}"

    def where(self, fault: Fault) -> str:
        """Where a fault is, for a person: "'Promo codes'!H1", or the tab alone."""
        title = self.tabs[fault.tab].title if fault.tab in self.tabs else self.language.tabs[fault.tab]
        return f"{quote(title)}!{fault.cell}" if fault.cell else quote(title)


@dataclass(frozen=True)
class Located:
    """A layout with what is wrong with it, and what set-up has to know besides: all tabs of the file, in its order.

    *others* are the tabs with cells in which nothing was found.
    """

    layout: Layout
    faults: tuple[Fault, ...]
    sheet_ids: tuple[int, ...] = ()
    sheet_titles: tuple[str, ...] = ()
    others: tuple[Sheet, ...] = ()
    language_marked: bool = False


def needed_headers(spreadsheet: Mapping[str, Any]) -> list[str]:
    """A1 ranges of the header rows that `locate` wants, in its order."""
    found, _ = _find_tabs(read_sheets(spreadsheet))
    return [f"{quote(sheet.title)}!1:1" for tab, sheet in found.items() if _has_header(tab)]


def locate(spreadsheet: Mapping[str, Any], headers: Sequence[Sequence[Cell]]) -> Located:
    """Find tabs and columns, from `spreadsheets.get` with FIELDS and the rows that `needed_headers` asks for."""
    sheets = read_sheets(spreadsheet)
    found, faults = _find_tabs(sheets)
    faults += [Fault("missing_tab", tab.key, fatal=True) for tab in TABS if tab not in found]
    rows = iter(headers)
    tabs: dict[str, TabAt] = {}
    for tab, sheet in found.items():
        titles = [records.text(cell) for cell in next(rows, ())] if _has_header(tab) else []
        columns, wrong = _find_columns(tab, sheet, titles) if _has_header(tab) else (_marked_columns(tab, sheet), [])
        faults += wrong
        tabs[tab.key] = tab_at(tab, sheet, columns, titles)
    marks = next((sheet.marks for tab, sheet in found.items() if tab.key == "guard"), {})
    properties = spreadsheet.get("properties", {})
    locale = properties.get("locale", "")
    layout = Layout(
        time_zone=properties.get("timeZone", ""),
        locale=locale,
        language=LANGUAGES.get(marks.get(LANGUAGE_MARK, ""))
        or spoken(tabs["codes"].columns if "codes" in tabs else {}, locale, _is_title),
        tabs=tabs,
        code_key_fingerprint=marks.get(CODE_KEY_MARK, ""),
    )
    return Located(
        layout=layout,
        faults=tuple(faults),
        sheet_ids=tuple(sheet.id for sheet in sheets),
        sheet_titles=tuple(sheet.title for sheet in sheets),
        others=tuple(sheet for sheet in sheets if sheet.rows and sheet.id not in {each.id for each in found.values()}),
        language_marked=LANGUAGE_MARK in marks,
    )


def tab_at(tab: Tab, sheet: Sheet, columns: Mapping[str, ColumnAt], titles: Sequence[str]) -> TabAt:
    """Where a tab is; *titles* are its header."""
    ends = [index for index, title in enumerate(titles) if title] + list(sheet.column_marks)
    return TabAt(
        sheet_id=sheet.id,
        title=sheet.title,
        columns=columns,
        row_count=sheet.rows,
        column_count=sheet.columns,
        width=max(ends, default=-1) + 1,
        frozen_rows=sheet.frozen_rows,
        hidden=sheet.hidden,
        marked=sheet.marks.get(TAB_MARK) == tab.key,
        looks=sheet.marks.get(LOOKS_MARK, ""),
        adopted=ADOPTED_MARK in sheet.marks,
    )


def a1_column(index: int) -> str:
    """Letters of a column: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        letters = chr(ord("A") + letter) + letters
        index -= 1
    return letters


def quote(title: str) -> str:
    """Title of a tab as the first part of a range: always quoted, so that no title is taken for a cell."""
    return "'" + title.replace("'", "''") + "'"


def code_key_request(layout: Layout, fingerprint: str) -> dict[str, Any]:
    """Request that keeps the fingerprint of CODE_KEY with the guard's tab. Raises KeyError without one."""
    mark = {
        "metadataKey": CODE_KEY_MARK,
        "metadataValue": fingerprint,
        "location": {"sheetId": layout.tabs["guard"].sheet_id},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": mark}}


def _find_tabs(sheets: Sequence[Sheet]) -> tuple[dict[Tab, Sheet], list[Fault]]:
    """Find the declared tabs that are there, in their order. Several for one is a fault, though not fatal."""
    found: dict[Tab, Sheet] = {}
    faults: list[Fault] = []
    for tab in (*TABS, *PAGES):
        names = _folded(language.tabs[tab.key] for language in LANGUAGES.values())
        marked = [sheet for sheet in sheets if sheet.marks.get(TAB_MARK) == tab.key]
        # A chart sheet has no grid. A tab that is marked as another one is that, whatever its title says.
        named = [sheet for sheet in sheets if fold(sheet.title) in names and sheet.rows and TAB_MARK not in sheet.marks]
        # Of two with one mark, such as a tab and its duplicate, the one that still has its title; sort keeps the order.
        marked.sort(key=lambda sheet: fold(sheet.title) not in names)
        candidates = marked + named
        if candidates:
            found[tab] = candidates[0]
        if len(candidates) > 1:
            others = ", ".join(quote(sheet.title) for sheet in candidates[1:])
            faults.append(Fault("doubled_tab", tab.key, params={"tab": candidates[0].title, "others": others}))
    return found, faults


def _has_header(tab: Tab) -> bool:
    """True if the columns of a tab are looked for; what is on the pages is theirs alone."""
    return bool(tab.columns) and tab in TABS


def _find_columns(tab: Tab, sheet: Sheet, titles: Sequence[str]) -> tuple[dict[str, ColumnAt], list[Fault]]:
    """Find the declared columns that are there, and what is missing or doubled."""
    marked_as = _marked_as(tab, sheet)
    folded = [fold(title) for title in titles]
    found: dict[str, ColumnAt] = {}
    faults: list[Fault] = []
    for column in tab.columns:
        names = _folded(language.columns[tab.key][column.key] for language in LANGUAGES.values())
        marked = [index for index, key in marked_as.items() if key == column.key]
        titled = [index for index, title in enumerate(folded) if title in names]
        unmarked = [index for index in titled if index not in marked_as]
        if len(marked) > 1 or len(titled) > 1:
            faults.append(doubled(tab, column, sheet.title, sorted({*marked, *titled})))
        elif marked or unmarked:
            index = (marked or unmarked)[0]
            found[column.key] = ColumnAt(index, titles[index] if index < len(titles) else "", marked=bool(marked))
        elif not column.optional:
            params = {"tab": sheet.title, "column": column.key}
            faults.append(Fault("missing_column", tab.key, params=params, fatal=True))
    return found, faults


def _marked_columns(tab: Tab, sheet: Sheet) -> dict[str, ColumnAt]:
    """Where the columns of a page are now, by their marks alone."""
    return {
        key: ColumnAt(index, "", marked=True) for index, key in sorted(_marked_as(tab, sheet).items(), reverse=True)
    }


def _marked_as(tab: Tab, sheet: Sheet) -> dict[int, str]:
    """Index -> column key, where a mark names a column of this tab; any other mark says nothing."""
    keys = {f"{tab.key}.{column.key}": column.key for column in tab.columns}
    return {index: keys[mark] for index, marks in sheet.column_marks.items() for mark in marks[::-1] if mark in keys}


def doubled(tab: Tab, column: Column, title: str, places: Sequence[int]) -> Fault:
    """Say that several columns of the tab with this *title* are one."""
    cells = [f"{a1_column(index)}1" for index in places]
    params = {"tab": title, "column": column.key, "cells": ", ".join(cells)}
    return Fault("doubled_column", tab.key, cells[0], params, fatal=not column.optional)


def spoken(columns: Mapping[str, ColumnAt], locale: str, is_title: Callable[[Language, str, str], bool]) -> Language:
    """Language of most titles of Promo codes; with none or a tie, that of the locale, if it is among them.

    *is_title* tells whether a language calls a column, by its key, like this.
    """
    default = for_locale(locale)
    matches = Counter(
        language.code
        for key, column in columns.items()
        for language in LANGUAGES.values()
        if is_title(language, key, column.title)
    )
    most = max(matches.values(), default=0)
    best = [code for code, number in matches.items() if number == most]
    return default if not best or default.code in best else LANGUAGES[best[0]]


def _is_title(language: Language, key: str, title: str) -> bool:
    return fold(title) == fold(language.columns["codes"][key])


def _folded(titles: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, titles))
