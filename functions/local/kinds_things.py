"""Request kinds for what lies over a sheet and is only kept and given back: protected ranges, filters, bands, names."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, NamedTuple

from functions.local import masks
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.kinds_sheets import free_id
from functions.local.ranges import bounds_of, grid_box, grid_json, inside

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Sheet, Spreadsheet


class Thing(NamedTuple):
    """Where one kind of thing is kept and what its messages are called."""

    kept_as: str  # field of Sheet
    field: str  # field of its requests and replies
    id_name: str
    message: str
    word: str


PROTECTED = Thing("protectedRanges", "protectedRange", "protectedRangeId", "ProtectedRange", "protected range")
BANDED = Thing("bandedRanges", "bandedRange", "bandedRangeId", "BandedRange", "banded range")
FILTER_VIEW = Thing("filterViews", "filter", "filterViewId", "FilterView", "filter view")


def _adder(thing: Thing) -> Callable[[Spreadsheet, Json], Json]:
    def add(book: Spreadsheet, request: Json) -> Json:
        """Keep a new thing under its id, chosen or random."""
        asked = dict(request.get(thing.field, {}))
        if "range" not in asked:
            refuse_unbuilt(f"a {thing.word} without a range")
        sheet, asked["range"] = _closed(book, asked["range"])
        taken = {item[thing.id_name] for other in book.sheets for item in other.things.get(thing.kept_as, [])}
        number = asked.pop(thing.id_name, None) or free_id(taken)
        if number in taken:
            refuse(f"Cannot add {thing.word} with ID {number}: a {thing.word} with that ID already exists.")
        item = {thing.id_name: number, **_completed(thing, asked)}
        sheet.things.setdefault(thing.kept_as, []).append(item)
        return {thing.field: item}

    return add


def _completed(thing: Thing, asked: Json) -> Json:
    if thing is PROTECTED:
        asked.pop("requestingUserCanEdit", None)
        editors = {} if asked.get("warningOnly") else {"editors": asked.get("editors", {})}
        return {**asked, "requestingUserCanEdit": True, **editors}
    return asked


def _closed(book: Spreadsheet, grid: Json) -> tuple[Sheet, Json]:
    """Sheet to change, and the range with its open sides left as they were given."""
    sheet = book.edit(grid.get("sheetId", 0))
    inside(sheet, bounds_of(grid))
    return sheet, grid


def _finder(book: Spreadsheet, thing: Thing, number: int) -> tuple[Sheet, int]:
    places = (
        (sheet.id, index)
        for sheet in book.sheets
        for index, item in enumerate(sheet.things.get(thing.kept_as, []))
        if item[thing.id_name] == number
    )
    found = next(places, None)
    if found is None:
        refuse(f"No {thing.word} with id: {number}")
    return book.edit(found[0]), found[1]


def _updater(thing: Thing) -> Callable[[Spreadsheet, Json], Json]:
    def update(book: Spreadsheet, request: Json) -> Json:
        """Change the masked fields of a kept thing."""
        asked = dict(request.get(thing.field, {}))
        sheet, index = _finder(book, thing, asked.pop(thing.id_name, 0))
        mask = masks.check_update(request.get("fields", ""), thing.message)
        old = sheet.things[thing.kept_as][index]
        changed = masks.merge(old, asked, mask)
        sheet.things[thing.kept_as][index] = {thing.id_name: old[thing.id_name], **changed}
        return {}

    return update


def _deleter(thing: Thing, name: str) -> Callable[[Spreadsheet, Json], Json]:
    def delete(book: Spreadsheet, request: Json) -> Json:
        """Forget a kept thing."""
        sheet, index = _finder(book, thing, request.get(name, 0))
        del sheet.things[thing.kept_as][index]
        return {}

    return delete


def add_conditional_format_rule(book: Spreadsheet, request: Json) -> Json:
    """Keep a rule at its place in the sheet's list; `conditional` applies it."""
    rule, index = dict(request.get("rule", {})), request.get("index", 0)
    if not rule.get("ranges"):
        refuse("A conditional format rule must have ranges.")
    boxes = [grid_box(book, grid) for grid in rule["ranges"]]
    sheet = boxes[0][0]
    rule["ranges"] = [grid_json(sheet, box) for _, box in boxes]
    rules = sheet.things.setdefault("conditionalFormats", [])
    if not 0 <= index <= len(rules):
        refuse(f"Invalid index: {index}, the sheet has {len(rules)} conditional format rules.")
    rules.insert(index, rule)
    return {}


def delete_conditional_format_rule(book: Spreadsheet, request: Json) -> Json:
    """Forget the rule at an index."""
    sheet = book.edit(request.get("sheetId", 0))
    rules, index = sheet.things.get("conditionalFormats", []), request.get("index", 0)
    if not 0 <= index < len(rules):
        refuse(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return {"rule": rules.pop(index)}


def set_basic_filter(book: Spreadsheet, request: Json) -> Json:
    """Keep the sheet's one filter; no row is hidden here."""
    asked = dict(request.get("filter", {}))
    sheet, box = grid_box(book, asked.get("range", {}))
    asked["range"] = grid_json(sheet, box)
    sheet.things["basicFilter"] = [asked]
    return {}


def clear_basic_filter(book: Spreadsheet, request: Json) -> Json:
    """Forget the sheet's filter."""
    book.edit(request.get("sheetId", 0)).things.pop("basicFilter", None)
    return {}


def add_named_range(book: Spreadsheet, request: Json) -> Json:
    """Keep a name for a range, unique in the spreadsheet."""
    asked = request.get("namedRange", {})
    name = asked.get("name", "")
    if any(named["name"].casefold() == name.casefold() for named in book.named_ranges):
        text = f"Cannot add named range with name: {name}, a named range with that name already exists."
        refuse(text)
    if not name or not name.replace("_", "a").replace(".", "a").isalnum() or name[0].isdigit():
        refuse(f"The name {name!r} is not valid for a named range.")
    sheet, box = grid_box(book, asked.get("range", {}))
    named_id = asked.get("namedRangeId") or "".join(secrets.choice(string.digits) for _ in range(10))
    named = {"namedRangeId": named_id, "name": name, "range": grid_json(sheet, box)}
    book.named_ranges.append(named)
    return {"namedRange": named}


def delete_named_range(book: Spreadsheet, request: Json) -> Json:
    """Forget a name."""
    named_id = request.get("namedRangeId", "")
    rest = [named for named in book.named_ranges if named["namedRangeId"] != named_id]
    if len(rest) == len(book.named_ranges):
        refuse(f"No named range with id: {named_id}")
    book.named_ranges = rest
    return {}


KINDS = {
    "addProtectedRange": _adder(PROTECTED),
    "updateProtectedRange": _updater(PROTECTED),
    "deleteProtectedRange": _deleter(PROTECTED, "protectedRangeId"),
    "addBanding": _adder(BANDED),
    "updateBanding": _updater(BANDED),
    "deleteBanding": _deleter(BANDED, "bandedRangeId"),
    "addFilterView": _adder(FILTER_VIEW),
    "updateFilterView": _updater(FILTER_VIEW),
    "deleteFilterView": _deleter(FILTER_VIEW, "filterId"),
    "addConditionalFormatRule": add_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addNamedRange": add_named_range,
    "deleteNamedRange": delete_named_range,
}
