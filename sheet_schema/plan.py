"""What a spreadsheet still lacks, as the batchUpdate requests that add it. Pure; only adds, never deletes or renames.

A mark (developer metadata) says that a tab, its looks or a column is done. What bears one is never touched again, so
that widths, colours, formats, drop-downs and titles are staff's own from then on. Planning again for what was planned
gives nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_schema import edits, looks, pages
from sheet_schema.answer import ADOPTED_MARK, CODE_KEY_MARK, COLUMN_MARK, LANGUAGE_MARK, LOOKS_MARK, TAB_MARK
from sheet_schema.dashboard import dashboard_page
from sheet_schema.layout import code_key_request, quote
from sheet_schema.looks import Place
from sheet_schema.records import empty_cell
from sheet_schema.schema import Kind
from sheet_schema.tabs import CAMPAIGNS, DASHBOARD, HELP, PAGES, TABS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_schema.answer import Seen
    from sheet_schema.edits import Request
    from sheet_schema.faults import Fault
    from sheet_schema.language import Language
    from sheet_schema.layout import Layout, Located, TabAt
    from sheet_schema.schema import Column, Tab

__all__ = ["PlanRefused", "code_key_request", "describe", "new_code_key", "plan", "undressed"]

_ROWS = 1000
#: Kinds that a spreadsheet puts to the right, against the text of the next column, if nobody says otherwise.
_RIGHT = frozenset({Kind.DATE, Kind.TIME, Kind.COUNT})
_FIRST_ID = 101
#: Faults that adding would hide, or make worse.
_FOR_A_PERSON = frozenset({"doubled_column", "several_by_hand", "header_below", "no_header"})
#: Properties of a sheet -> what setting them does, for a person.
_PROPERTIES = {"gridProperties": "freeze the header row of", "hidden": "hide"}


class PlanRefused(Exception):
    """A person has to mend something first: *faults* say what, the message in words."""

    def __init__(self, faults: Sequence[Fault], language: Language) -> None:
        """Say the faults in *language*."""
        super().__init__(" ".join(fault.text(language) for fault in faults))
        self.faults = tuple(faults)


def undressed(located: Located) -> list[str]:
    """A1 ranges of tabs that are there and have no looks yet: what they have of staff's, `plan` wants to know.

    The header alone, but the whole tab where a column is about to be taken into use.
    """
    ranges = []
    for at in located.layout.tabs.values():
        if any(not column.marked for column in at.columns.values()):
            ranges.append(quote(at.title))
        elif not at.looks:
            ranges.append(f"{quote(at.title)}!1:1")
    return ranges


def plan(located: Located, language: Language | None = None, seen: Mapping[int, Seen] | None = None) -> list[Request]:
    """Plan requests for what is missing, with titles and words in *language*, if not given in the spreadsheet's own.

    *seen* is what the `undressed` tabs have of looks, by sheet id; one that is not in it gets none. A column that is
    missing from a tab that set-up has done before comes back only if it is required: deleting an optional one is
    staff's choice. Raises PlanRefused for a doubled column, where adding would hide the mistake, and for what
    `adoption` could not tell.
    """
    spoken = language or located.layout.language
    for_a_person = [fault for fault in located.faults if fault.word in _FOR_A_PERSON]
    if for_a_person:
        raise PlanRefused(for_a_person, spoken)
    order, titles = list(located.sheet_ids), {title.casefold() for title in located.sheet_titles}
    batch: list[Request] = []
    places: dict[str, Place] = {}
    index = 0
    for tab in TABS:
        at = located.layout.tabs.get(tab.key)
        if at is None:
            sheet_id = _new_id(order)
            title = _free(spoken.tabs[tab.key], titles)
            batch += _new_tab(tab, spoken, sheet_id, index, title)
            order.insert(index, sheet_id)
            places[tab.key] = Place(tab, sheet_id, title, {column.key: n for n, column in enumerate(tab.columns)})
            if tab is CAMPAIGNS and "codes" not in located.layout.tabs:
                batch.append(_example(spoken, sheet_id))
        else:
            sheet_id = at.sheet_id
            known = (seen or {}).get(sheet_id, looks.NEW)
            at = replace(at, width=max(at.width, known.width))
            batch += _marks_of_old(tab, at, spoken, known) + _missing_columns(tab, at, spoken)
            places[tab.key] = Place(tab, sheet_id, at.title, _columns_to_be(tab, at), known)
        index = order.index(sheet_id) + 1
        if tab.key == "guard" and not located.language_marked:
            batch.append(edits.mark_sheet(sheet_id, LANGUAGE_MARK, spoken.code))
    batch += _missing_pages(located, spoken, order, titles, places)
    for key, place in places.items():
        at = located.layout.tabs.get(key)
        if at is None or (not at.looks and place.seen.is_old):
            batch += looks.dress(place, places, spoken)
    for at in located.layout.tabs.values():
        if looks.is_older(at.looks):
            batch += looks.renew(at.sheet_id)
    return batch


def _missing_pages(
    located: Located, language: Language, order: list[int], titles: set[str], places: dict[str, Place]
) -> list[Request]:
    """Start here in front, the others behind the data; *order*, *titles* and *places* grow by them."""
    batch: list[Request] = []
    for tab in PAGES:
        if tab.key in located.layout.tabs:
            continue
        sheet_id, title = _new_id(order), _free(language.tabs[tab.key], titles)
        index = 0 if tab is HELP else order.index(places["guard"].sheet_id)
        if tab is HELP:
            batch += pages.help_page(sheet_id, title, index, language, located.layout.time_zone)
        elif tab is DASHBOARD:
            batch += dashboard_page(sheet_id, title, index, language, places)
        else:
            batch += pages.problems_page(sheet_id, title, index, language)
        batch.append(edits.mark_sheet(sheet_id, TAB_MARK, tab.key))
        order.insert(index, sheet_id)
        places[tab.key] = Place(tab, sheet_id, title, {column.key: n for n, column in enumerate(tab.columns)})
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
                if sheet_id in located.sheet_ids and "userEnteredValue" in cells[0]:
                    added = [each["userEnteredValue"]["stringValue"] for each in cells]
                    lines += [f"add column {quote(title)} to {quote(titles[sheet_id])}" for title in added]
            case {"createDeveloperMetadata": {"developerMetadata": mark}}:
                line = _describe_mark(mark, located)
                lines += [line] if line else []
            case {"updateDeveloperMetadata": {"dataFilters": [{"developerMetadataLookup": lookup}]}}:
                title = quote(titles[lookup["metadataLocation"]["sheetId"]])
                lines.append(f"bring the looks of {title} up to date")
            case {"updateSheetProperties": {"properties": changed}}:
                title = quote(titles[changed["sheetId"]])
                lines += [f"{word} {title}" for name, word in _PROPERTIES.items() if name in changed]
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


def _example(language: Language, sheet_id: int) -> Request:
    """A campaign to look at, on a spreadsheet that has no codes yet; it gives none."""
    cells = {**language.example, "active": language.words["no"]}
    return edits.values(sheet_id, 1, [cells.get(column.key, "") for column in CAMPAIGNS.columns])


def _new_id(taken: Sequence[int]) -> int:
    return next(number for number in range(_FIRST_ID, _FIRST_ID + len(taken) + 1) if number not in taken)


def _marks_of_old(tab: Tab, at: TabAt, language: Language, seen: Seen) -> list[Request]:
    """Mark what was found by its title alone, and give it what its mark says that it has. Cells keep their values."""
    batch: list[Request] = []
    if not at.marked:
        batch.append(edits.mark_sheet(at.sheet_id, TAB_MARK, tab.key))
        if seen.rows > 1:
            batch.append(edits.mark_sheet(at.sheet_id, ADOPTED_MARK, tab.key))
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
            batch += _shape_of_old(column, at, found.index, language, seen)
    return batch


def _shape_of_old(column: Column, at: TabAt, index: int, language: Language, seen: Seen) -> list[Request]:
    """Shape a column that people filled, as far as it changes nothing that they see.

    Cells that are filled keep their number formats, and a column that has one for the rows to come keeps that; the
    functions write each cell with its own. A drop-down of theirs stays; ours goes over cells that it would not warn of.
    """
    rows = max(at.row_count, _ROWS if not at.marked and at.row_count == 1 else 0)
    batch: list[Request] = []
    if empty_cell(language, column) and index not in seen.formatted and seen.rows < rows:
        batch += edits.format_column(column, language, at.sheet_id, index, seen.rows)
    if index not in seen.ruled:
        words = seen.words.get(index)
        known = edits.words_of(column, language)
        strange = seen.rows > 1 and bool(known) and (words is None or not words <= set(known))
        if not strange or seen.rows < rows:
            batch += edits.rule_column(column, language, at.sheet_id, index, seen.rows if strange else 1)
    return batch + edits.hide_column(column, at.sheet_id, index)


def _missing(tab: Tab, at: TabAt) -> list[Column]:
    return [column for column in tab.columns if column.key not in at.columns and not (column.optional and at.marked)]


def _columns_to_be(tab: Tab, at: TabAt) -> dict[str, int]:
    """Where the columns of a tab that is there stand once the missing ones are added."""
    added = {column.key: index for index, column in enumerate(_missing(tab, at), at.width)}
    return {**{key: found.index for key, found in at.columns.items()}, **added}


def _missing_columns(tab: Tab, at: TabAt, language: Language) -> list[Request]:
    """Put them right after the last column in use, so that they stand where staff look and nothing is in their way."""
    missing = _missing(tab, at)
    if not missing:
        return []
    return [
        edits.insert_columns(at.sheet_id, at.width, len(missing)),
        # An inserted column takes after its neighbour, which may be hidden or have a drop-down.
        *edits.bare_columns(at.sheet_id, at.width, len(missing)),
        *_new_columns(tab, missing, language, at.sheet_id, at.width),
    ]


def _new_columns(tab: Tab, columns: Sequence[Column], language: Language, sheet_id: int, start: int) -> list[Request]:
    titles, notes = ([texts[tab.key][column.key] for column in columns] for texts in (language.columns, language.notes))
    batch = [edits.header(sheet_id, start, titles, notes)]
    for index, column in enumerate(columns, start):
        batch.append(_mark_column(tab, column, sheet_id, index))
        batch.append(edits.width(sheet_id, index, column.width))
        batch += edits.shape_column(column, language, sheet_id, index)
        if column.kind in _RIGHT:
            batch.append(edits.align_left(sheet_id, index))
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


def _describe_mark(mark: Mapping[str, Any], located: Located) -> str:
    """Only what is adopted or kept: the marks of something new go without saying."""
    key, value = str(mark["metadataKey"]), str(mark["metadataValue"])
    tabs = located.layout.tabs
    tab, _, column = value.partition(".")
    if key == TAB_MARK and tab in tabs:
        return f"take tab {quote(tabs[tab].title)} into use"
    if key == COLUMN_MARK and tab in tabs and column in tabs[tab].columns:
        return f"take column {quote(tabs[tab].columns[column].title)} of {quote(tabs[tab].title)} into use"
    if key == LOOKS_MARK:
        sheet_id = mark["location"]["sheetId"]
        old = [at.title for at in tabs.values() if at.sheet_id == sheet_id]
        return f"add notes, colours, filter views and warnings to {quote(old[0])}" if old else ""
    if key == LANGUAGE_MARK:
        return f"keep the language: {value}"
    return f"keep the fingerprint of CODE_KEY: {value}" if key == CODE_KEY_MARK else ""
