"""Which HTTP method and path is which method of the API, and what each reads and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from functions.local import batch, by_filter, kinds_metadata, kinds_sheets, reading, values, writing
from functions.local.errors import not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Spreadsheet

ROOT = "/v4/spreadsheets"
_BOOK = re.compile(r"/([^/:]+)(.*)", re.DOTALL)
_RENDER = {
    "valueRenderOption": "eFORMATTED_VALUE|UNFORMATTED_VALUE|FORMULA",
    "dateTimeRenderOption": "eSERIAL_NUMBER|FORMATTED_STRING",
    "majorDimension": "eDIMENSION_UNSPECIFIED|ROWS|COLUMNS",
}
_INPUT = {
    "valueInputOption": "eINPUT_VALUE_OPTION_UNSPECIFIED|RAW|USER_ENTERED",
    "includeValuesInResponse": "b",
    "responseValueRenderOption": _RENDER["valueRenderOption"],
    "responseDateTimeRenderOption": _RENDER["dateTimeRenderOption"],
}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API: its name, its answer's message, how to run it, its query parameters and its body."""

    kind: str
    answers: str
    run: Callable[[Spreadsheet, Json], Json] | None
    params: dict[str, str] = field(default_factory=dict)
    body: tuple[str, str] | None = None  # message, and where Google's errors say that it stands
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A method with what the path says: the spreadsheet's id (empty for create) and named parts."""

    method: Method
    spreadsheet_id: str = ""
    parts: dict[str, str] = field(default_factory=dict)


CREATE = Method("spreadsheets.create", "Spreadsheet", None, body=("Spreadsheet", "spreadsheet"), writes=True)
GET = Method(
    "spreadsheets.get",
    "Spreadsheet",
    reading.get,
    {"ranges": "*s", "includeGridData": "b", "excludeTablesInBandedRanges": "b"},
)
BATCH = Method(
    "spreadsheets.batchUpdate",
    "BatchUpdateSpreadsheetResponse",
    batch.batch_update,
    body=("BatchUpdateSpreadsheetRequest", ""),
    writes=True,
)
VALUES = {
    ("GET", ""): Method("values.get", "ValueRange", values.get, _RENDER),
    ("PUT", ""): Method(
        "values.update", "UpdateValuesResponse", writing.update, _INPUT, ("ValueRange", "data"), writes=True
    ),
    ("POST", ":append"): Method(
        "values.append",
        "AppendValuesResponse",
        writing.append,
        {**_INPUT, "insertDataOption": "eOVERWRITE|INSERT_ROWS"},
        ("ValueRange", "data"),
        writes=True,
    ),
    ("POST", ":clear"): Method(
        "values.clear", "ClearValuesResponse", writing.clear, {}, ("ClearValuesRequest", ""), writes=True
    ),
}
OTHERS = {
    ("GET", "/values:batchGet"): Method(
        "values.batchGet", "BatchGetValuesResponse", values.batch_get, {"ranges": "*s", **_RENDER}
    ),
    ("POST", "/values:batchUpdate"): Method(
        "values.batchUpdate",
        "BatchUpdateValuesResponse",
        writing.batch_update,
        {},
        ("BatchUpdateValuesRequest", ""),
        writes=True,
    ),
    ("POST", "/values:batchClear"): Method(
        "values.batchClear",
        "BatchClearValuesResponse",
        writing.batch_clear,
        {},
        ("BatchClearValuesRequest", ""),
        writes=True,
    ),
    ("POST", "/developerMetadata:search"): Method(
        "developerMetadata.search",
        "SearchDeveloperMetadataResponse",
        kinds_metadata.search,
        {},
        ("SearchDeveloperMetadataRequest", ""),
    ),
    ("GET", ""): GET,
    ("POST", ":batchUpdate"): BATCH,
    ("POST", ":getByDataFilter"): Method(
        "spreadsheets.getByDataFilter",
        "Spreadsheet",
        by_filter.get_spreadsheet,
        {},
        ("GetSpreadsheetByDataFilterRequest", ""),
    ),
    ("POST", "/values:batchGetByDataFilter"): Method(
        "values.batchGetByDataFilter",
        "BatchGetValuesByDataFilterResponse",
        by_filter.batch_get,
        {},
        ("BatchGetValuesByDataFilterRequest", ""),
    ),
    ("POST", "/values:batchUpdateByDataFilter"): Method(
        "values.batchUpdateByDataFilter",
        "BatchUpdateValuesByDataFilterResponse",
        by_filter.batch_update,
        {},
        ("BatchUpdateValuesByDataFilterRequest", ""),
        writes=True,
    ),
    ("POST", "/values:batchClearByDataFilter"): Method(
        "values.batchClearByDataFilter",
        "BatchClearValuesByDataFilterResponse",
        by_filter.batch_clear,
        {},
        ("BatchClearValuesByDataFilterRequest", ""),
        writes=True,
    ),
}
METADATA = Method("developerMetadata.get", "DeveloperMetadata", kinds_metadata.get)
COPY_TO = Method(
    "sheets.copyTo",
    "SheetProperties",
    kinds_sheets.copy_to,
    body=("CopySheetToAnotherSpreadsheetRequest", ""),
    writes=True,
)
KINDS = frozenset(method.kind for method in (CREATE, METADATA, COPY_TO, *VALUES.values(), *OTHERS.values()))


def find(method: str, path: str) -> Found:
    """Find the method of the API for an HTTP method and a path still percent-encoded. Raises ApiError 404 or 501."""
    if not path.startswith(ROOT):
        raise not_found()
    rest = path[len(ROOT) :]
    if rest in {"", "/"} and method == "POST":
        return Found(CREATE)
    book = _BOOK.fullmatch(rest)
    if book is None:
        raise not_found()
    spreadsheet_id, tail = unquote(book[1]), book[2]
    known = OTHERS.get((method, tail))
    if known is not None:
        return Found(known, spreadsheet_id)
    if tail.startswith("/values/"):
        return _find_values(method, tail.removeprefix("/values/"), spreadsheet_id)
    if method == "GET" and re.fullmatch(r"/developerMetadata/-?\d{1,10}", tail):
        return Found(METADATA, spreadsheet_id, {"metadataId": tail.rsplit("/", 1)[1]})
    copied = re.fullmatch(r"/sheets/(\d{1,10}):copyTo", tail)
    if method == "POST" and copied:
        return Found(COPY_TO, spreadsheet_id, {"sheetId": copied[1]})
    raise not_found()


def _find_values(method: str, text: str, spreadsheet_id: str) -> Found:
    action = ""
    if method == "POST":
        text, colon, name = text.rpartition(":")
        action = colon + name
    known = VALUES.get((method, action))
    if known is None:
        raise not_found()
    return Found(known, spreadsheet_id, {"range": unquote(text)})
