"""The answer of `spreadsheets.get`: what to ask for, and its sheets with their marks (developer metadata)."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAB_MARK = "promosheet_tab"  # on a tab: its key
COLUMN_MARK = "promosheet_column"  # on a column: "codes.status"
ADOPTED_MARK = "promosheet_adopted"  # on a tab that people had made by hand
LOOKS_MARK = "promosheet_looks"  # on a tab: the version of the looks that it was given
LANGUAGE_MARK = "promosheet_language"  # on the guard's tab: "ru"
CODE_KEY_MARK = "promosheet_code_key"  # on the guard's tab: fingerprint of CODE_KEY

_METADATA = "developerMetadata(metadataId,metadataKey,metadataValue)"
#: What to ask `spreadsheets.get` for.
FIELDS = (
    "properties(timeZone,locale),"
    f"sheets(properties(sheetId,title,index,hidden,gridProperties),{_METADATA},data(columnMetadata({_METADATA})))"
)


#: What to ask `spreadsheets.get` for, with header rows or whole tabs as ranges, to learn what staff made of them.
LOOKS_FIELDS = (
    "sheets(properties.sheetId,bandedRanges.bandedRangeId,filterViews.title,conditionalFormats.ranges.sheetId,"
    "data.rowData.values(note,formattedValue,dataValidation.condition.type,"
    "userEnteredFormat(numberFormat.type,backgroundColor)))"
)
#: With more different texts than these a column is none of words.
_WORDS = 20


class Seen(NamedTuple):
    """What a tab had of looks before: indexes of headers and of those with a note, titles of filter views, and more.

    Of a tab that was asked for as a whole also: *rows* and *width* up to the last cell that shows something; whether
    people coloured cells; indexes of columns with a drop-down or the like, and of those with a number format below the
    last row; by index what a column of few words shows.
    """

    is_old: bool = False
    bands: bool = False
    colour_rules: int = 0
    views: frozenset[str] = frozenset()
    headers: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()
    rows: int = 1
    width: int = 0
    coloured: bool = False
    ruled: frozenset[int] = frozenset()
    formatted: frozenset[int] = frozenset()
    words: Mapping[int, frozenset[str]] = MappingProxyType({})


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
        rows = [row.get("values", []) for block in raw.get("data", []) for row in block.get("rowData", [])]
        cells = rows[0] if rows else []
        below = _below(rows)
        found[raw["properties"].get("sheetId", 0)] = Seen(
            is_old=True,
            bands=bool(raw.get("bandedRanges")),
            colour_rules=len(raw.get("conditionalFormats", ())),
            views=frozenset(view.get("title", "") for view in raw.get("filterViews", ())),
            headers=frozenset(index for index, cell in enumerate(cells) if cell.get("formattedValue")),
            notes=frozenset(index for index, cell in enumerate(cells) if cell.get("note")),
            **below,
        )
    return found


def _below(rows: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """What the cells of a whole tab tell besides its header, as values of Seen."""
    last, width, coloured = 1, 0, False
    ruled: set[int] = set()
    formatted: dict[int, int] = {}
    words: defaultdict[int, set[str]] = defaultdict(set)
    for number, row in enumerate(rows, 1):
        for index, cell in enumerate(row):
            look = cell.get("userEnteredFormat", {})
            coloured = coloured or "backgroundColor" in look
            if "dataValidation" in cell:
                ruled.add(index)
            if "numberFormat" in look:
                formatted[index] = number
            if cell.get("formattedValue"):
                last, width = max(last, number), max(width, index + 1)
                if number > 1 and len(words[index]) <= _WORDS:
                    words[index].add(cell["formattedValue"])
    return {
        "rows": last,
        "width": width,
        "coloured": coloured,
        "ruled": frozenset(ruled),
        "formatted": frozenset(index for index, number in formatted.items() if number > last),
        "words": {index: frozenset(found) for index, found in words.items() if len(found) <= _WORDS},
    }


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
