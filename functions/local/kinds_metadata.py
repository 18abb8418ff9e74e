"""Developer metadata: the request kinds, and looking entries up."""

from __future__ import annotations

from operator import attrgetter, indexOf
from typing import TYPE_CHECKING, Any

from functions.local import masks
from functions.local.errors import not_found, refuse, refuse_unbuilt
from functions.local.kinds_sheets import free_id
from functions.local.model import Json, Metadata, Sheet, Spreadsheet
from functions.local.ranges import lines, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.local.a1 import Bounds

MAX_CHARACTERS = 30_000
SPREADSHEET, SHEET, ROW, COLUMN = "SPREADSHEET", "SHEET", "ROW", "COLUMN"


def create(book: Spreadsheet, request: Json) -> Json:
    """Add an entry; an id that exists refuses it, and with it the whole batch."""
    asked = request.get("developerMetadata", {})
    entry_id = asked.get("metadataId") or free_id(book.metadata)
    if entry_id in book.metadata:
        text = f"Cannot add developer metadata with ID [{entry_id}] because developer metadata with that ID"
        refuse(f"{text} already exists.")
    if entry_id < 0:
        refuse(f"Developer metadata ID [{entry_id}] must be positive.")
    for name in ("metadataKey", "visibility", "location"):
        if name not in asked:
            refuse(f"Developer metadata must have a {name}.")
    sheet, dimension, line = _place(book, asked["location"])
    entry = Metadata(
        entry_id, asked["metadataKey"], asked.get("metadataValue", ""), asked["visibility"], sheet, dimension, line
    )
    book.put_metadata(entry)
    _limit(book)
    return {"developerMetadata": entry_json(book, entry)}


def _limit(book: Spreadsheet) -> None:
    if sum(len(entry.key) + len(entry.value) for entry in book.metadata.values()) > MAX_CHARACTERS:
        refuse(f"Developer metadata would exceed the limit of {MAX_CHARACTERS} characters.")


def update(book: Spreadsheet, request: Json) -> Json:
    """Change key, value, visibility or location of all entries that the filters find."""
    mask = masks.check_update(request.get("fields", ""), "DeveloperMetadata")
    asked = request.get("developerMetadata", {})
    changed = []
    for entry in find(book, request.get("dataFilters", [])):
        merged = masks.merge(entry_json(book, entry), asked, mask)
        if merged.get("metadataId") != entry.id and "metadataId" in mask:
            refuse_unbuilt("a change of metadataId")
        sheet, dimension, line = _place(book, merged.get("location", {}))
        new = Metadata(
            entry.id,
            merged.get("metadataKey", ""),
            merged.get("metadataValue", ""),
            merged.get("visibility", entry.visibility),
            sheet,
            dimension,
            line,
        )
        if not new.key:
            refuse("Developer metadata must have a metadataKey.")
        book.put_metadata(new)
        changed.append(entry_json(book, new))
    _limit(book)
    return {"developerMetadata": changed} if changed else {}


def delete(book: Spreadsheet, request: Json) -> Json:
    """Remove all entries that the filter finds; none is no error."""
    found = find(book, [request.get("dataFilter", {})])
    deleted = [entry_json(book, entry) for entry in found]
    book.drop_metadata([entry.id for entry in found])
    return {"deletedDeveloperMetadata": deleted} if deleted else {}


def get(book: Spreadsheet, call: Json) -> Json:
    """Answer `developerMetadata.get`. Raises ApiError 404."""
    entry = book.metadata.get(call["metadataId"])
    if entry is None:
        raise not_found()
    return entry_json(book, entry)


def search(book: Spreadsheet, call: Json) -> Json:
    """Answer `developerMetadata.search`: every entry with the filters that found it."""
    filters = call["body"].get("dataFilters", [])
    by_entry: dict[int, list[Json]] = {}
    for data_filter in filters:
        for entry in find(book, [data_filter]):
            by_entry.setdefault(entry.id, []).append(data_filter)
    matched = [
        {"developerMetadata": entry_json(book, book.metadata[entry_id]), "dataFilters": found}
        for entry_id, found in by_entry.items()
    ]
    return {"matchedDeveloperMetadata": matched} if matched else {}


def find(book: Spreadsheet, filters: list[Json]) -> list[Metadata]:
    """Entries that any of the DataFilters finds, in the order they were added. Raises ApiError."""
    found: dict[int, Metadata] = {}
    for data_filter in filters:
        found.update({entry.id: entry for entry in _found_by(book, data_filter)})
    return list(found.values())


def _found_by(book: Spreadsheet, data_filter: Json) -> list[Metadata]:
    """Entries of one filter: those that its lookup matches, or those on places that its range meets."""
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is None:
        sheet, bounds = place_of(book, data_filter)
        return [entry for entry in book.metadata.values() if _meets(sheet, bounds, entry)]
    candidates: Iterable[Metadata] = book.metadata.values()
    if "metadataId" in lookup:
        one = book.metadata.get(lookup["metadataId"])
        candidates = [one] if one else []
    return [entry for entry in candidates if _matches(book, entry, lookup)]


def _meets(sheet: Sheet, bounds: Bounds, entry: Metadata) -> bool:
    """Whether the row, column, sheet or spreadsheet that carries *entry* shares a cell with a range."""
    if entry.sheet is None or (entry.sheet == sheet.id and not entry.dimension):
        return True
    if entry.sheet != sheet.id:
        return False
    start, end = (bounds.top, bounds.bottom) if entry.dimension == "ROWS" else (bounds.left, bounds.right)
    index = line_index(sheet, entry)
    return (start or 0) <= index and (end is None or index < end)


def _matches(book: Spreadsheet, entry: Metadata, lookup: Json) -> bool:
    wanted = {"metadataKey": entry.key, "metadataValue": entry.value, "visibility": entry.visibility}
    if any(name in lookup and lookup[name] != value for name, value in wanted.items()):
        return False
    if "locationType" in lookup and lookup["locationType"] != _location_type(entry):
        return False
    if "metadataLocation" not in lookup:
        return True
    place = _place(book, lookup["metadataLocation"])
    exact = lookup.get("locationMatchingStrategy") == "EXACT_LOCATION"
    own = (entry.sheet, entry.dimension, entry.line)
    return own == place if exact else _intersect(own, place)


def _intersect(one: tuple[int | None, str, int], other: tuple[int | None, str, int]) -> bool:
    if one[0] is None or other[0] is None:
        return True
    if one[0] != other[0]:
        return False
    return not one[1] or not other[1] or one[1] != other[1] or one[2] == other[2]


def _location_type(entry: Metadata) -> str:
    if entry.sheet is None:
        return SPREADSHEET
    return {"": SHEET, "ROWS": ROW, "COLUMNS": COLUMN}[entry.dimension]


def _place(book: Spreadsheet, location: Json) -> tuple[int | None, str, int]:
    """(sheet id, dimension, row or column id) of a DeveloperMetadataLocation. Raises ApiError 400."""
    if "dimensionRange" in location:
        found = location["dimensionRange"]
        sheet = book.sheet(found.get("sheetId", 0))
        start, end = lines(sheet, found)
        if end - start != 1:
            refuse("DimensionRange must represent a single row or column")
        size = sheet.rows if found["dimension"] == "ROWS" else sheet.columns
        if end > len(size):
            refuse(f"dimensionRange.endIndex is larger than current grid size ({len(size)})")
        return sheet.id, found["dimension"], size[start].id
    if "sheetId" in location:
        return book.sheet(location["sheetId"]).id, "", 0
    if not location.get("spreadsheet"):
        refuse("Developer metadata must have a location.")
    return None, "", 0


def entry_json(book: Spreadsheet, entry: Metadata) -> Json:
    """DeveloperMetadata as answers have it."""
    place: Json = {"locationType": _location_type(entry)}
    if entry.sheet is None:
        place["spreadsheet"] = True
    elif not entry.dimension:
        place["sheetId"] = entry.sheet
    else:
        index = line_index(book.sheet(entry.sheet), entry)
        owner = {"sheetId": entry.sheet} if entry.sheet else {}
        place["dimensionRange"] = {**owner, "dimension": entry.dimension, "startIndex": index, "endIndex": index + 1}
    value = {"metadataValue": entry.value} if entry.value else {}
    head = {"metadataId": entry.id, "metadataKey": entry.key, **value}
    return {**head, "location": place, "visibility": entry.visibility}


def line_index(sheet: Sheet, entry: Metadata) -> int:
    """Where the row or column of an entry stands now."""
    lines_of_it: list[Any] = sheet.rows if entry.dimension == "ROWS" else sheet.columns
    return indexOf(map(attrgetter("id"), lines_of_it), entry.line)


KINDS = {
    "createDeveloperMetadata": create,
    "updateDeveloperMetadata": update,
    "deleteDeveloperMetadata": delete,
}
