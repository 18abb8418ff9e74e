"""Request kinds for what lies over a sheet and is only kept and given back: protected ranges and bands.

Each list of such things has the same three kinds; `Thing` says what is peculiar to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.local import masks
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.kinds_sheets import free_id
from functions.local.ranges import Box, asked_bounds, bounds_of, inside
from functions.local.schema import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Sheet, Spreadsheet


@dataclass(frozen=True, slots=True)
class Thing:
    """Where one kind of thing is kept, what its messages are called, and how an item is completed or refused."""

    kept_as: str  # field of Sheet
    field: str  # field of its requests and replies
    id_name: str
    message: str
    word: str
    complete: Callable[[Sheet, Json, set[str]], Json]  # sheet, new item, names of the fields just written


def adder(thing: Thing) -> Callable[[Spreadsheet, Json], Json]:
    """Make the kind that adds a thing."""

    def add(book: Spreadsheet, request: Json) -> Json:
        """Keep a new thing under its id, chosen or random."""
        asked = dict(request.get(thing.field, {}))
        sheet, _ = ranged(book, thing, asked)
        taken = ids(book, thing)
        number = asked.pop(thing.id_name, None) or free_id(taken)
        if number in taken:
            refuse(f"Cannot add {thing.word} with ID {number}: a {thing.word} with that ID already exists.")
        item = thing.complete(sheet, {thing.id_name: number, **asked}, set(asked))
        sheet.things.setdefault(thing.kept_as, []).append(item)
        return {thing.field: item}

    return add


def ids(book: Spreadsheet, thing: Thing) -> set[int]:
    """Ids of all things of this kind in the spreadsheet."""
    return {item[thing.id_name] for sheet in book.sheets for item in sheet.things.get(thing.kept_as, [])}


def ranged(book: Spreadsheet, thing: Thing, item: Json) -> tuple[Sheet, Box]:
    """Sheet (to change) and rectangle of an item, whose range keeps its open sides. Raises ApiError."""
    for name in ("namedRangeId", "tableId"):
        if name in item:
            refuse_unbuilt(f"a {thing.word} with a {name}")
    if "range" not in item:
        refuse_unbuilt(f"a {thing.word} without a range")
    sheet = book.edit(item["range"].get("sheetId", 0))
    return sheet, inside(sheet, asked_bounds(item["range"]))


def finder(book: Spreadsheet, thing: Thing, number: int) -> tuple[Sheet, int]:
    """Sheet (to change) and place in its list of the thing with an id. Raises ApiError 400."""
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


def updater(thing: Thing) -> Callable[[Spreadsheet, Json], Json]:
    """Make the kind that changes a thing."""

    def update(book: Spreadsheet, request: Json) -> Json:
        """Change the masked fields of a kept thing; with its range it may go to another sheet."""
        asked = dict(request.get(thing.field, {}))
        sheet, index = finder(book, thing, asked.pop(thing.id_name, 0))
        mask = masks.check_update(request.get("fields", ""), thing.message)
        old = sheet.things[thing.kept_as][index]
        changed = {thing.id_name: old[thing.id_name], **_without(masks.merge(old, asked, mask), thing.id_name)}
        target, _ = ranged(book, thing, changed)
        changed = thing.complete(target, changed, set(messages()[thing.message] if "*" in mask else mask))
        if target is sheet:
            sheet.things[thing.kept_as][index] = changed
        else:
            del sheet.things[thing.kept_as][index]
            target.things.setdefault(thing.kept_as, []).append(changed)
        return {}

    return update


def _without(item: Json, *names: str) -> Json:
    return {name: value for name, value in item.items() if name not in names}


def deleter(thing: Thing, name: str) -> Callable[[Spreadsheet, Json], Json]:
    """Make the kind that forgets a thing."""

    def delete(book: Spreadsheet, request: Json) -> Json:
        """Forget a kept thing."""
        sheet, index = finder(book, thing, request.get(name, 0))
        del sheet.things[thing.kept_as][index]
        return {}

    return delete


def _protected(_sheet: Sheet, item: Json, _written: set[str]) -> Json:
    kept = _without(item, "requestingUserCanEdit", "editors")
    if "unprotectedRanges" in kept and any(name != "sheetId" for name in kept["range"]):
        refuse("Unprotected ranges are only supported on protected sheets.")
    editors = {} if kept.get("warningOnly") else {"editors": item.get("editors", {})}
    return {**kept, "requestingUserCanEdit": True, **editors}


def _banded(sheet: Sheet, item: Json, _written: set[str]) -> Json:
    if not {"rowProperties", "columnProperties"} & item.keys():
        refuse("At least one of rowProperties or columnProperties must be specified.")
    own = inside(sheet, bounds_of(item["range"]))
    for other in sheet.things.get("bandedRanges", []):
        if other["bandedRangeId"] != item["bandedRangeId"] and own.meets(inside(sheet, bounds_of(other["range"]))):
            text = "You cannot add alternating background colors to a range that already has"
            refuse(f"{text} alternating background colors.")
    return item


PROTECTED = Thing(
    "protectedRanges", "protectedRange", "protectedRangeId", "ProtectedRange", "protected range", _protected
)
BANDED = Thing("bandedRanges", "bandedRange", "bandedRangeId", "BandedRange", "banded range", _banded)

KINDS = {
    "addProtectedRange": adder(PROTECTED),
    "updateProtectedRange": updater(PROTECTED),
    "deleteProtectedRange": deleter(PROTECTED, "protectedRangeId"),
    "addBanding": adder(BANDED),
    "updateBanding": updater(BANDED),
    "deleteBanding": deleter(BANDED, "bandedRangeId"),
}
