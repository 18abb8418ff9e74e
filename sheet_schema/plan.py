"""What a spreadsheet still lacks, as the batchUpdate requests that add it. Pure; only adds, never deletes or renames.

A mark (developer metadata) says that a tab or column is done. What bears one is never touched again, so that widths,
formats, drop-downs and titles are staff's own from then on. Planning again for what was planned gives nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_schema import edits
from sheet_schema.answer import CODE_KEY_MARK, COLUMN_MARK, LANGUAGE_MARK, TAB_MARK
from sheet_schema.layout import code_key_request, quote
from sheet_schema.tabs import TABS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_schema.edits import Request
    from sheet_schema.faults import Fault
    from sheet_schema.language import Language
    from sheet_schema.layout import Layout, Located, TabAt
    from sheet_schema.schema import Column, Tab

__all__ = ["PlanRefused", "code_key_request", "describe", "new_code_key", "plan"]

_ROWS = 1000
_FIRST_ID = 101


class PlanRefused(Exception):
    """A person has to mend something first: *faults* say what, the message in words."""

    def __init__(self, faults: Sequence[Fault], language: Language) -> None:
        """Say the faults in *language*."""
        super().__init__(" ".join(fault.text(language) for fault in faults))
        self.faults = tuple(faults)


def plan(located: Located, language: Language | None = None) -> list[Request]:
    """Plan requests for what is missing, with titles and words in *language*, if not given in the spreadsheet's own.

    A column that is missing from a tab that set-up has done before comes back only if it is required: deleting an
    optional one is staff's choice. Raises PlanRefused for a doubled column, where adding would hide the mistake.
    """
    spoken = language or located.layout.language
    doubled = [fault for fault in located.faults if fault.word == "doubled_column"]
    if doubled:
        raise PlanRefused(doubled, spoken)
    order, titles = list(located.sheet_ids), {title.casefold() for title in located.sheet_titles}
    batch: list[Request] = []
    place = 0
    for tab in TABS:
        at = located.layout.tabs.get(tab.key)
        if at is None:
            sheet_id = next(number for number in range(_FIRST_ID, _FIRST_ID + len(order) + 1) if number not in order)
            batch += _new_tab(tab, spoken, sheet_id, place, _free(spoken.tabs[tab.key], titles))
            order.insert(place, sheet_id)
        else:
            sheet_id = at.sheet_id
            batch += _marks_of_old(tab, at, spoken) + _missing_columns(tab, at, spoken)
        place = order.index(sheet_id) + 1
        if tab.key == "guard" and not located.language_marked:
            batch.append(edits.mark_sheet(sheet_id, LANGUAGE_MARK, spoken.code))
    return batch


def new_code_key(layout: Layout, fingerprint: str) -> list[Request]:
    """Make the requests that put the fingerprint of another CODE_KEY in the place of the one that is kept."""
    old = [edits.delete_marks(CODE_KEY_MARK)] if layout.code_key_fingerprint else []
    return [*old, code_key_request(layout, fingerprint)]


def describe(batch: Sequence[Request], located: Located) -> list[str]:
    """Lines for a person: what the requests of `plan` or `new_code_key` do to the spreadsheet."""
    titles = dict(zip(located.sheet_ids, located.sheet_titles, strict=True))
    lines: list[str] = []
    for request in batch:
        match request:
            case {"addSheet": {"properties": new}}:
                titles[new["sheetId"]] = new["title"]
                lines.append(f"add tab {quote(new['title'])}")
            case {"updateCells": {"start": {"sheetId": sheet_id}, "rows": [{"values": cells}]}}:
                if sheet_id in located.sheet_ids:
                    added = [each["userEnteredValue"]["stringValue"] for each in cells]
                    lines += [f"add column {quote(title)} to {quote(titles[sheet_id])}" for title in added]
            case {"createDeveloperMetadata": {"developerMetadata": mark}}:
                line = _describe_mark(mark, located)
                lines += [line] if line else []
            case {"updateSheetProperties": {"properties": changed}}:
                word = "freeze the header row of" if "gridProperties" in changed else "hide"
                lines.append(f"{word} {quote(titles[changed['sheetId']])}")
    return lines


def _new_tab(tab: Tab, language: Language, sheet_id: int, place: int, title: str) -> list[Request]:
    if not tab.columns:
        return [
            edits.add_sheet(sheet_id, title, place, rows=2, columns=1, frozen_rows=0, hidden=tab.hidden),
            edits.number(sheet_id, 0),
            edits.mark_sheet(sheet_id, TAB_MARK, tab.key),
        ]
    return [
        edits.add_sheet(sheet_id, title, place, rows=_ROWS, columns=len(tab.columns), frozen_rows=1, hidden=tab.hidden),
        edits.mark_sheet(sheet_id, TAB_MARK, tab.key),
        *_new_columns(tab, tab.columns, language, sheet_id, 0),
    ]


def _marks_of_old(tab: Tab, at: TabAt, language: Language) -> list[Request]:
    """Mark what was found by its title alone, and give it what its mark says that it has. Cells keep their values."""
    batch: list[Request] = []
    if not at.marked:
        batch.append(edits.mark_sheet(at.sheet_id, TAB_MARK, tab.key))
        if tab.hidden and not at.hidden:
            batch.append(edits.hide_sheet(at.sheet_id))
        if tab.columns and at.row_count < 2:  # noqa: PLR2004 - a header alone cannot be frozen
            batch.append(edits.append_rows(at.sheet_id, _ROWS - at.row_count))
        if tab.columns and not at.frozen_rows:
            batch.append(edits.freeze_header(at.sheet_id))
    for column in tab.columns:
        found = at.columns.get(column.key)
        if found and not found.marked:
            batch.append(_mark_column(tab, column, at.sheet_id, found.index))
            batch += edits.shape_column(column, language, at.sheet_id, found.index)
    return batch


def _missing_columns(tab: Tab, at: TabAt, language: Language) -> list[Request]:
    """Put them right after the last column in use, so that they stand where staff look and nothing is in their way."""
    missing = [column for column in tab.columns if column.key not in at.columns and not (column.optional and at.marked)]
    if not missing:
        return []
    return [
        edits.insert_columns(at.sheet_id, at.width, len(missing)),
        # An inserted column takes after its neighbour, which may be hidden or have a drop-down.
        *edits.bare_columns(at.sheet_id, at.width, len(missing)),
        *_new_columns(tab, missing, language, at.sheet_id, at.width),
    ]


def _new_columns(tab: Tab, columns: Sequence[Column], language: Language, sheet_id: int, start: int) -> list[Request]:
    batch = [edits.header(sheet_id, start, [language.columns[tab.key][column.key] for column in columns])]
    for index, column in enumerate(columns, start):
        batch.append(_mark_column(tab, column, sheet_id, index))
        batch += edits.shape_column(column, language, sheet_id, index)
    return batch


def _mark_column(tab: Tab, column: Column, sheet_id: int, index: int) -> Request:
    return edits.mark_column(sheet_id, index, COLUMN_MARK, f"{tab.key}.{column.key}")


def _free(title: str, taken: set[str]) -> str:
    """Take *title*, or the next one like it: a tab that is marked as another one may have been given this name."""
    free, number = title, 2
    while free.casefold() in taken:
        free, number = f"{title} {number}", number + 1
    taken.add(free.casefold())
    return free


def _describe_mark(mark: Mapping[str, object], located: Located) -> str:
    """Only what is adopted or kept: the marks of something new go without saying."""
    key, value = str(mark["metadataKey"]), str(mark["metadataValue"])
    tabs = located.layout.tabs
    tab, _, column = value.partition(".")
    if key == TAB_MARK and tab in tabs:
        return f"take tab {quote(tabs[tab].title)} into use"
    if key == COLUMN_MARK and tab in tabs and column in tabs[tab].columns:
        return f"take column {quote(tabs[tab].columns[column].title)} of {quote(tabs[tab].title)} into use"
    if key == LANGUAGE_MARK:
        return f"keep the language: {value}"
    return f"keep the fingerprint of CODE_KEY: {value}" if key == CODE_KEY_MARK else ""
