"""Request kinds about sheets and the spreadsheet as a whole."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.local import formula_follow, masks
from functions.local.edit import COLUMNS, ROWS, delete_columns, delete_rows, grow, limit_growth
from functions.local.errors import ApiError, invalid, refuse
from functions.local.locales import zone_of
from functions.local.merges import box_of
from functions.local.model import Json, Sheet, Spreadsheet, new_sheet
from functions.local.over import changed_things, follow_references, with_sources
from functions.local.shift import Copied, Gone, after_delete

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_ROWS, DEFAULT_COLUMNS = 1000, 26
ID_NAMES = {
    "protectedRanges": "protectedRangeId",
    "bandedRanges": "bandedRangeId",
    "filterViews": "filterViewId",
    "charts": "chartId",
}


def add_sheet(book: Spreadsheet, request: Json) -> Json:
    """Add a sheet, with the chosen id, place, size and look."""
    asked = dict(request.get("properties", {}))
    if asked.get("sheetType", "GRID") != "GRID":
        refuse(f"Cannot add a sheet of type {asked['sheetType']}.")
    sheet_id = asked.pop("sheetId", None)
    index = asked.pop("index", len(book.sheets))
    sheet = make_sheet(book, sheet_id, asked)
    put_sheet(book, sheet, index)
    return {"properties": sheet.property_json(book.index_of(sheet.id))}


def make_sheet(book: Spreadsheet, sheet_id: int | None, asked: Json) -> Sheet:
    """Make a blank sheet from SheetProperties without its id. Raises ApiError 400 for a taken id or title."""
    if sheet_id is None:
        sheet_id = free_id(sheet.id for sheet in book.sheets)
    if sheet_id < 0 or any(sheet.id == sheet_id for sheet in book.sheets):
        refuse(f"A sheet with the id {sheet_id} already exists." if sheet_id >= 0 else "Invalid sheet id.")
    grid = dict(asked.get("gridProperties", {}))
    rows, columns = grid.pop("rowCount", DEFAULT_ROWS), grid.pop("columnCount", DEFAULT_COLUMNS)
    if rows < 1 or columns < 1:
        refuse("Grid must have at least one row and one column.")
    limit_growth(book, rows * columns, columns)
    title = asked.get("title") or _free_title(book)
    _check_title(book, title, None)
    kept = {name: value for name, value in asked.items() if name not in {"gridProperties", "sheetType"}}
    sheet = new_sheet(sheet_id, {**kept, "title": title}, rows, columns)
    if grid:
        sheet.properties["gridProperties"] = grid
    _check_frozen(sheet)
    return sheet


def put_sheet(book: Spreadsheet, sheet: Sheet, index: int) -> None:
    """Place a new sheet among the tabs of a draft."""
    book.sheets.insert(index if 0 <= index <= len(book.sheets) else len(book.sheets), sheet)
    book.drafted.add(sheet.id)


def free_id(taken: Iterable[int]) -> int:
    """Pick a random id that is not *taken*, as Google picks them."""
    known = set(taken)
    while True:
        found = secrets.randbelow(2**31 - 1) + 1
        if found not in known:
            return found


def delete_sheet(book: Spreadsheet, request: Json) -> Json:
    """Remove a sheet with everything on it."""
    sheet = _sheet(book, request.get("sheetId", 0))
    rest = [other for other in book.sheets if other is not sheet]
    if not rest:
        refuse("You can't remove all the sheets in a document.")
    if all(other.properties.get("hidden") for other in rest):
        refuse("You can't remove all the visible sheets in a document.")
    follow_references(book, Gone(sheet.id))
    del book.sheets[book.index_of(sheet.id)]
    book.drafted.discard(sheet.id)
    book.removed_sheets.add(sheet.id)
    book.drop_metadata([entry.id for entry in book.metadata.values() if entry.sheet == sheet.id])
    return {}


def update_sheet_properties(book: Spreadsheet, request: Json) -> Json:
    """Change title, place, size, frozen rows, colour or visibility of a sheet."""
    asked = dict(request.get("properties", {}))
    _sheet(book, asked.get("sheetId", 0))
    sheet = book.edit(asked.pop("sheetId", 0))
    mask = masks.check_update(request.get("fields", ""), "SheetProperties")
    if "*" in mask or "title" in mask:
        _check_title(book, asked.get("title", ""), sheet)
    if "index" in mask or "*" in mask:
        _move(book, sheet, asked.pop("index", len(book.sheets)))
    old = sheet.property_json(0)
    changed = masks.merge(old, asked, {name: below for name, below in mask.items() if name != "index"})
    _resize(book, sheet, changed.get("gridProperties", {}))
    sheet.properties = {
        name: value
        for name, value in changed.items()
        if name not in {"sheetId", "index", "sheetType", "gridProperties"}
        and (name, value) != ("tabColorStyle", {})  # no colour; black has an rgbColor
    }
    if sheet.title != old["title"]:
        formula_follow.rename(book, old["title"], sheet.title)
    if grid := _own_grid_properties(changed):
        sheet.properties["gridProperties"] = grid
    _check_frozen(sheet)
    if all(other.properties.get("hidden") for other in book.sheets):
        refuse("You can't hide all the sheets in a document.")
    return {}


def _own_grid_properties(properties: Json) -> Json:
    grid = properties.get("gridProperties", {})
    return {name: value for name, value in grid.items() if name not in {"rowCount", "columnCount"} and value}


def _resize(book: Spreadsheet, sheet: Sheet, grid: Json) -> None:
    rows, columns = grid.get("rowCount", 0), grid.get("columnCount", 0)
    if rows < 1 or columns < 1:
        refuse("Grid must have at least one row and one column.")
    grow(book, sheet, rows, columns)
    count = len(sheet.rows) - rows
    if count > 0:
        delete_rows(book, sheet, rows, len(sheet.rows))
        after_delete(book, sheet, ROWS, rows, count)
    count = len(sheet.columns) - columns
    if count > 0:
        delete_columns(book, sheet, columns, len(sheet.columns))
        after_delete(book, sheet, COLUMNS, columns, count)


def _move(book: Spreadsheet, sheet: Sheet, index: int) -> None:
    """Move among the tabs; *index* counts as before the move, so the place after its own means no change."""
    now = book.index_of(sheet.id)
    if index in {now, now + 1}:
        return
    if not 0 <= index <= len(book.sheets):
        refuse(f"Invalid sheet index: {index}.")
    book.sheets.pop(now)
    book.sheets.insert(index - 1 if index > now else index, sheet)


def duplicate_sheet(book: Spreadsheet, request: Json) -> Json:
    """Copy a sheet inside the spreadsheet with what lies over it; metadata and names are not copied."""
    source = _sheet(book, request.get("sourceSheetId", 0))
    sheet_id = request.get("newSheetId") or free_id(sheet.id for sheet in book.sheets)
    if any(sheet.id == sheet_id for sheet in book.sheets):
        refuse(f"A sheet with the id {sheet_id} already exists.")
    copy = _copied(book, source, sheet_id, request.get("newSheetName") or _free_copy_title(book, source))
    put_sheet(book, copy, request.get("insertSheetIndex", 0))
    return {"properties": copy.property_json(book.index_of(sheet_id))}


def copy_to(book: Spreadsheet, call: Json) -> Json:
    """Answer `sheets.copyTo`: add a copy of the sheet `call["source"]`, of whichever spreadsheet, as the last one."""
    source: Sheet = call["source"]
    sheet_id = free_id(sheet.id for sheet in book.sheets)
    copy = _copied(book, source, sheet_id, _free_copy_title(book, source))
    put_sheet(book, copy, len(book.sheets))
    return copy.property_json(book.index_of(sheet_id))


def _copied(book: Spreadsheet, source: Sheet, sheet_id: int, title: str) -> Sheet:
    """Copy of a sheet for *book* with what lies over it; metadata and names are not copied."""
    _check_title(book, title, None)
    limit_growth(book, source.cell_count)
    properties = {name: value for name, value in source.properties.items() if name != "hidden"}
    copy = replace(source.draft(), id=sheet_id, properties={**properties, "title": title})
    copy.things = _copied_things(book, source, sheet_id)
    copy.touched = {row.id: row for row in copy.rows}
    return copy


def _copied_things(book: Spreadsheet, source: Sheet, sheet_id: int) -> dict[str, list[Json]]:
    """What lies over a sheet, for its copy: on the copy, and under new ids."""
    change = Copied(source.id, sheet_id)
    found = {}
    for name, things in source.things.items():
        found[name] = changed_things(name, [with_sources(thing, change) for thing in things], change)
        id_name = ID_NAMES.get(name)
        if id_name:
            taken = {thing[id_name] for sheet in book.sheets for thing in sheet.things.get(name, [])}
            for place, thing in enumerate(found[name]):
                found[name][place] = {**thing, id_name: free_id(taken)}
                taken.add(found[name][place][id_name])
    return found


def update_spreadsheet_properties(book: Spreadsheet, request: Json) -> Json:
    """Change title, locale, time zone and the like."""
    mask = masks.check_update(request.get("fields", ""), "SpreadsheetProperties")
    asked = request.get("properties", {})
    if "title" in mask and not asked.get("title"):
        refuse("The spreadsheet title cannot be empty.")
    book.properties = masks.merge(book.properties, asked, mask)
    check_properties(book.properties)
    return {}


def check_properties(properties: Json) -> None:
    """Refuse a time zone or a locale that there is not."""
    zone, locale = str(properties.get("timeZone", "")), str(properties.get("locale", ""))
    if zone_of(zone) is None:
        refuse(f"Invalid time zone: {zone}")
    if not re.fullmatch(r"[a-z]{2,3}(?:_[A-Z]{2})?", locale):
        refuse(f"Unsupported locale: {locale}")


def _sheet(book: Spreadsheet, sheet_id: int) -> Sheet:
    try:
        return book.sheet(sheet_id)
    except ApiError as error:
        text = f"No sheet with id: {sheet_id}"
        raise invalid(text) from error


def _check_title(book: Spreadsheet, title: str, sheet: Sheet | None) -> None:
    if not title:
        refuse("The sheet name cannot be empty.")
    if any(other is not sheet and other.title.casefold() == title.casefold() for other in book.sheets):
        refuse(f'A sheet with the name "{title}" already exists. Please enter another name.')


def _check_frozen(sheet: Sheet) -> None:
    grid = sheet.properties.get("gridProperties", {})
    for name, size in (("Row", len(sheet.rows)), ("Column", len(sheet.columns))):
        if grid.get(f"frozen{name}Count", 0) < 0:
            refuse(f"gridProperties.frozen{name}Count must not be negative.")
        if grid.get(f"frozen{name}Count", 0) >= size:
            refuse(f"You can't freeze all visible {name.lower()}s on the sheet.")
        for merge in map(box_of, sheet.things.get("merges", [])):
            span = merge.rows if name == "Row" else merge.columns
            if span.start < grid.get(f"frozen{name}Count", 0) < span.stop:
                refuse(f"You can't freeze {name.lower()}s which contain only part of a merged cell.")


def _free_copy_title(book: Spreadsheet, source: Sheet) -> str:
    title, number = f"Copy of {source.title}", 0
    while book.titled(f"{title} {number}" if number else title):
        number += 1
    return f"{title} {number}" if number else title


def _free_title(book: Spreadsheet) -> str:
    word = default_title(str(book.properties.get("locale", "")))
    number = len(book.sheets) + 1
    while book.titled(f"{word}{number}"):
        number += 1
    return f"{word}{number}"


def default_title(locale: str) -> str:
    """Word that Google numbers to name a sheet."""
    return "Лист" if locale.startswith("ru") else "Sheet"


KINDS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "updateSheetProperties": update_sheet_properties,
    "duplicateSheet": duplicate_sheet,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
