"""`spreadsheets.batchUpdate`: the request kinds in order, on a draft that is thrown away when one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local import (
    kinds_cells,
    kinds_charts,
    kinds_dimension,
    kinds_duplicates,
    kinds_filters,
    kinds_groups,
    kinds_metadata,
    kinds_names,
    kinds_order,
    kinds_paste,
    kinds_ranges,
    kinds_rules,
    kinds_sheets,
    kinds_text,
    kinds_things,
    reading,
)
from functions.local.errors import ApiError, prefixed, refuse, refuse_unbuilt
from functions.local.schema import messages

if TYPE_CHECKING:
    from functions.local.model import Json, Spreadsheet

KINDS = {
    **kinds_sheets.KINDS,
    **kinds_dimension.KINDS,
    **kinds_cells.KINDS,
    **kinds_order.KINDS,
    **kinds_paste.KINDS,
    **kinds_ranges.KINDS,
    **kinds_text.KINDS,
    **kinds_duplicates.KINDS,
    **kinds_groups.KINDS,
    **kinds_metadata.KINDS,
    **kinds_names.KINDS,
    **kinds_things.KINDS,
    **kinds_rules.KINDS,
    **kinds_filters.KINDS,
    **kinds_charts.KINDS,
}


def batch_update(book: Spreadsheet, call: Json) -> Json:
    """Answer `spreadsheets.batchUpdate`. Raises ApiError naming the request that was refused."""
    body = call["body"]
    requests = body.get("requests", [])
    if not requests:
        refuse("Must specify at least one request.")
    replies = [apply(book, number, request) for number, request in enumerate(requests)]
    answer: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        asked = {
            "ranges": body.get("responseRanges", []),
            "includeGridData": body.get("responseIncludeGridData", False),
        }
        answer["updatedSpreadsheet"] = reading.spreadsheet(book, asked, None)
    return answer


def apply(book: Spreadsheet, number: int, request: Json) -> Json:
    """Apply one request to a draft; its reply. Raises ApiError naming the request by its *number*."""
    if len(request) != 1:
        refuse(f"Invalid requests[{number}]: {'No request set.' if not request else 'More than one request set.'}")
    kind, fields = next(iter(request.items()))
    apply = KINDS.get(kind)
    if apply is None:
        refuse_unbuilt(f"the request kind {kind} (requests[{number}])")
    try:
        reply = apply(book, fields)
    except ApiError as error:
        raise prefixed(error, f"Invalid requests[{number}].{kind}") from error
    # A kind whose response message exists answers with it even when it is empty (recorded: findReplace).
    return {kind: reply} if kind in messages()["Response"] else {}
