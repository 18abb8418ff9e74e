"""The answer of `spreadsheets.get`: what to ask for, and its sheets with their marks (developer metadata)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TAB_MARK = "promosheet_tab"  # on a tab: its key
COLUMN_MARK = "promosheet_column"  # on a column: "codes.status"
LOOKS_MARK = "promosheet_looks"  # on a tab: the version of the looks that it was given
LANGUAGE_MARK = "promosheet_language"  # on the guard's tab: "ru"
CODE_KEY_MARK = "promosheet_code_key"  # on the guard's tab: fingerprint of CODE_KEY

_METADATA = "developerMetadata(metadataId,metadataKey,metadataValue)"
#: What to ask `spreadsheets.get` for.
FIELDS = (
    "properties(timeZone,locale),"
    f"sheets(properties(sheetId,title,index,hidden,gridProperties),{_METADATA},data(columnMetadata({_METADATA})))"
)


#: What to ask `spreadsheets.get` for, with the header rows as ranges, to learn what staff made of a tab's looks.
LOOKS_FIELDS = (
    "sheets(properties.sheetId,bandedRanges.bandedRangeId,filterViews.title,conditionalFormats.ranges.sheetId,"
    "data.rowData.values(note,formattedValue))"
)


class Seen(NamedTuple):
    """What a tab had of looks before: indexes of headers and of those with a note, titles of filter views, and more."""

    is_old: bool = False
    bands: bool = False
    colour_rules: int = 0
    views: frozenset[str] = frozenset()
    headers: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()


class Sheet(NamedTuple):
    """One sheet as `spreadsheets.get` tells it: its metadata, and the marks of its columns by index."""

    id: int
    title: str
    rows: int
    columns: int
    frozen_rows: int
    hidden: bool
    marks: Mapping[str, str]
    column_marks: Mapping[int, tuple[str, ...]]


def read_sheets(spreadsheet: Mapping[str, Any]) -> list[Sheet]:
    """Sheets in the order of the file."""
    raw = sorted(spreadsheet.get("sheets", []), key=lambda sheet: sheet["properties"].get("index", 0))
    return [_sheet_of(sheet) for sheet in raw]


def read_looks(spreadsheet: Mapping[str, Any]) -> dict[int, Seen]:
    """What `spreadsheets.get` with LOOKS_FIELDS and the header rows tells, by sheet id."""
    found: dict[int, Seen] = {}
    for raw in spreadsheet.get("sheets", []):
        rows = [row for block in raw.get("data", []) for row in block.get("rowData", [])]
        cells = rows[0].get("values", []) if rows else []
        found[raw["properties"].get("sheetId", 0)] = Seen(
            is_old=True,
            bands=bool(raw.get("bandedRanges")),
            colour_rules=len(raw.get("conditionalFormats", ())),
            views=frozenset(view.get("title", "") for view in raw.get("filterViews", ())),
            headers=frozenset(index for index, cell in enumerate(cells) if cell.get("formattedValue")),
            notes=frozenset(index for index, cell in enumerate(cells) if cell.get("note")),
        )
    return found


def _sheet_of(raw: Mapping[str, Any]) -> Sheet:
    properties = raw["properties"]
    grid = properties.get("gridProperties", {})
    marks: dict[str, str] = {}
    for entry in raw.get("developerMetadata", []):
        marks.setdefault(entry.get("metadataKey", ""), entry.get("metadataValue", ""))
    column_marks = {
        index: tuple(
            entry.get("metadataValue", "")
            for entry in column.get("developerMetadata", [])
            if entry.get("metadataKey") == COLUMN_MARK
        )
        for block in raw.get("data", [])
        for index, column in enumerate(block.get("columnMetadata", []), block.get("startColumn", 0))
    }
    return Sheet(
        id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        rows=grid.get("rowCount", 0),
        columns=grid.get("columnCount", 0),
        frozen_rows=grid.get("frozenRowCount", 0),
        hidden=properties.get("hidden", False),
        marks=marks,
        column_marks={index: found for index, found in column_marks.items() if found},
    )
