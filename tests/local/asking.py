"""How the tests of request kinds say places and cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheet_client import Client


def grid(top: int, bottom: int, left: int, right: int, sheet: int = 0) -> dict[str, Any]:
    """GridRange as answers have it: without the id of the first sheet."""
    owner = {"sheetId": sheet} if sheet else {}
    rows = {"startRowIndex": top, "endRowIndex": bottom}
    return {**owner, **rows, "startColumnIndex": left, "endColumnIndex": right}


def span(dimension: str, start: int, end: int, sheet: int = 0) -> dict[str, Any]:
    """DimensionRange as answers have it."""
    owner = {"sheetId": sheet} if sheet else {}
    return {**owner, "dimension": dimension, "startIndex": start, "endIndex": end}


def look(client: Client, place: str, fields: str = "userEnteredFormat") -> list[list[Any]]:
    """Cells of a range, each cut down to *fields*; blank ones are {}."""
    data = client.get(f"sheets.data.rowData.values({fields})", place)["sheets"][0]["data"][0]
    return [row.get("values", []) for row in data.get("rowData", [])]


def formatted(place: dict[str, Any], **textual: Any) -> dict[str, Any]:
    """Request that gives a range a text format."""
    cell = {"userEnteredFormat": {"textFormat": textual}}
    return {"repeatCell": {"range": place, "cell": cell, "fields": "userEnteredFormat.textFormat"}}


def merge(place: dict[str, Any], kind: str = "MERGE_ALL") -> dict[str, Any]:
    """Request that merges a range."""
    return {"mergeCells": {"range": place, "mergeType": kind}}


def rule(*places: dict[str, Any], kind: str = "NOT_BLANK", **value: Any) -> dict[str, Any]:
    """ConditionalFormatRule over ranges."""
    condition = {"type": kind, **({"values": [value]} if value else {})}
    return {"ranges": list(places), "booleanRule": {"condition": condition, "format": {"textFormat": {"bold": True}}}}


def sheet_of(client: Client, number: int = 0) -> Any:
    """One Sheet of the answer to `get`, without its data."""
    names = (
        "merges,conditionalFormats,filterViews,protectedRanges,bandedRanges,basicFilter,charts,rowGroups,columnGroups"
    )
    return client.get(f"sheets(properties,{names})")["sheets"][number]
