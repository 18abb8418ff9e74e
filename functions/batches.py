"""What a batchUpdate consists of: stamps, new rows, changed cells. Pure; nothing but Sheets API v4 requests.

New rows come by insertDimension and updateCells in one batch: unlike values.append and appendCells that does not depend
on what the last rows hold, and two inserts at one place both survive (facts/sheets-api.md, Adding rows). Values are
literal, never a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_schema import records, tabs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.guard import Stamp
    from sheet_schema.layout import Layout
    from sheet_schema.records import CellData, Value

Request = dict[str, Any]
_FIELDS = "userEnteredValue,userEnteredFormat.numberFormat"


@dataclass(frozen=True)
class NewRow:
    """A row to add to a tab: column key -> value."""

    tab: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Patch:
    """Cells to change in one row (its number in the sheet) of Promo codes: column key -> value."""

    row: int
    values: Mapping[str, Value]


def stamped(layout: Layout, stamp: Stamp) -> list[Request]:
    """Create the stamp, delete what it prunes, and write its number into the guard's cell."""
    created = {
        "metadataId": stamp.metadata_id,
        "metadataKey": stamp.key,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    batch: list[Request] = [{"createDeveloperMetadata": {"developerMetadata": created}}]
    if stamp.prune:
        lookup = {"metadataKey": stamp.prune, "locationType": "SPREADSHEET"}
        batch.append({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})
    number = [[records.number_cell(stamp.number)]]
    batch.append(_update(layout.tabs["guard"].sheet_id, 0, 0, number, "userEnteredValue"))
    return batch


def inserted(layout: Layout, last_rows: Mapping[str, int], rows: Sequence[NewRow]) -> list[Request]:
    """Insert rows after the last used one of their tab, each value where its column stands now.

    *last_rows* has the number of the last used row by tab; rows of one tab have the same columns.
    """
    batch: list[Request] = []
    for tab in tabs.TABS:
        added = [row.values for row in rows if row.tab == tab.key]
        if not added:
            continue
        at, last = layout.tabs[tab.key], last_rows[tab.key]
        place = {"sheetId": at.sheet_id, "dimension": "ROWS", "startIndex": last, "endIndex": last + len(added)}
        # Right under the header there is nothing to inherit from but the header itself.
        batch.append({"insertDimension": {"range": place, "inheritFromBefore": last > 1}})
        runs = zip(*(records.row_cells(at, tab, layout.language, values) for values in added), strict=True)
        batch += [_update(at.sheet_id, last, run[0].start, [each.cells for each in run]) for run in runs]
    return batch


def patched(layout: Layout, patches: Sequence[Patch]) -> list[Request]:
    """Change cells of Promo codes by row number; a column that is not in the sheet is left out."""
    at = layout.tabs["codes"]
    return [
        _update(at.sheet_id, patch.row - 1, run.start, [run.cells])
        for patch in patches
        for run in records.row_cells(at, tabs.CODES, layout.language, patch.values)
    ]


def replaced(layout: Layout, tab: str, column: str, find: str, replacement: str) -> Request:
    """Replace whole cells of a column below its header, wherever they stand: no matter who sorts the rows meanwhile."""
    at = layout.tabs[tab]
    index = at.columns[column].index
    place = {"sheetId": at.sheet_id, "startRowIndex": 1, "startColumnIndex": index, "endColumnIndex": index + 1}
    how = {"matchCase": True, "matchEntireCell": True}
    return {"findReplace": {"find": find, "replacement": replacement, **how, "range": place}}


def _update(
    sheet_id: int, row: int, column: int, cells: Sequence[Sequence[CellData]], fields: str = _FIELDS
) -> Request:
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": list(each)} for each in cells], "fields": fields}}
