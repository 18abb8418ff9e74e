"""Request kinds for named ranges."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from functions.local import masks
from functions.local.errors import refuse
from functions.local.ranges import grid_box, grid_json

if TYPE_CHECKING:
    from functions.local.model import Json, Spreadsheet


def add_named_range(book: Spreadsheet, request: Json) -> Json:
    """Keep a name for a range, unique in the spreadsheet."""
    asked = request.get("namedRange", {})
    name = asked.get("name", "")
    _check_name(book, name, "")
    sheet, box = grid_box(book, asked.get("range", {}))
    named_id = asked.get("namedRangeId") or "".join(secrets.choice(string.digits) for _ in range(10))
    if any(named["namedRangeId"] == named_id for named in book.named_ranges):
        text = f"Cannot add named range with ID: {named_id}, a named range with that ID already exists."
        refuse(text)
    named = {"namedRangeId": named_id, "name": name, "range": grid_json(sheet, box)}
    book.named_ranges.append(named)
    return {"namedRange": named}


def _check_name(book: Spreadsheet, name: str, own_id: str) -> None:
    others = (named for named in book.named_ranges if named["namedRangeId"] != own_id)
    if any(named["name"].casefold() == name.casefold() for named in others):
        text = f"Cannot add named range with name: {name}, a named range with that name already exists."
        refuse(text)
    if not name or not name.replace("_", "a").replace(".", "a").isalnum() or name[0].isdigit():
        refuse(f"The name {name!r} is not valid for a named range.")


def update_named_range(book: Spreadsheet, request: Json) -> Json:
    """Change name or range of a named range."""
    asked = request.get("namedRange", {})
    named_id = asked.get("namedRangeId", "")
    index = _place(book, named_id)
    mask = masks.check_update(request.get("fields", ""), "NamedRange")
    changed = {**masks.merge(book.named_ranges[index], asked, mask), "namedRangeId": named_id}
    _check_name(book, changed.get("name", ""), named_id)
    if "range" not in changed:
        refuse("A named range must have a range.")
    sheet, box = grid_box(book, changed["range"])
    book.named_ranges[index] = {**changed, "range": grid_json(sheet, box)}
    return {}


def _place(book: Spreadsheet, named_id: str) -> int:
    found = [index for index, named in enumerate(book.named_ranges) if named["namedRangeId"] == named_id]
    if not found:
        refuse(f"No NamedRange with id: {named_id}".rstrip())
    return found[0]


def delete_named_range(book: Spreadsheet, request: Json) -> Json:
    """Forget a name."""
    del book.named_ranges[_place(book, request.get("namedRangeId", ""))]
    return {}


KINDS = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
}
