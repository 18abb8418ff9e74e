"""Request kinds for conditional formats: the rules of a sheet, in the order in which they count; none colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.errors import refuse
from functions.local.ranges import grid_box, grid_json

if TYPE_CHECKING:
    from functions.local.model import Json, Sheet, Spreadsheet


def add_conditional_format_rule(book: Spreadsheet, request: Json) -> Json:
    """Keep a rule at its place in the sheet's list."""
    sheet, rule = _checked(book, request.get("rule", {}))
    rules, index = sheet.things.setdefault("conditionalFormats", []), request.get("index", 0)
    if not 0 <= index <= len(rules):
        refuse(f"Invalid index: {index}, the sheet has {len(rules)} conditional format rules.")
    rules.insert(index, rule)
    return {}


def _checked(book: Spreadsheet, asked: Json) -> tuple[Sheet, Json]:
    """Sheet (to change) of a rule, and the rule with closed ranges. Raises ApiError 400."""
    if not asked.get("ranges"):
        refuse("A conditional format rule must have ranges.")
    boxes = [grid_box(book, grid) for grid in asked["ranges"]]
    sheet = boxes[0][0]
    if any(other is not sheet for other, _ in boxes):
        refuse("All the ranges of a conditional format rule must be on the same sheet.")
    if len({"booleanRule", "gradientRule"} & asked.keys()) != 1:
        refuse("A conditional format rule must have either a booleanRule or a gradientRule.")
    return sheet, {**asked, "ranges": [grid_json(sheet, box) for _, box in boxes]}


def update_conditional_format_rule(book: Spreadsheet, request: Json) -> Json:
    """Replace the rule at an index, or move it to another. Answers the new and, of what changed, the old."""
    index = request.get("index", 0)
    if ("rule" in request) == ("newIndex" in request):
        refuse("Exactly one of rule and newIndex must be set.")
    if "rule" in request:
        sheet, rule = _checked(book, request["rule"])
        rules = _rules(sheet, index)
        old, rules[index] = rules[index], rule
        return {"newRule": rule, **({"newIndex": index} if index else {}), "oldRule": old}
    sheet = book.edit(request.get("sheetId", 0))
    rules, place = _rules(sheet, index), request["newIndex"]
    if not 0 <= place < len(rules):
        refuse(f"Invalid newIndex: {place}, the sheet has {len(rules)} conditional format rules.")
    rule = rules.pop(index)
    rules.insert(place, rule)
    return {"newRule": rule, **({"newIndex": place} if place else {}), "oldIndex": index}


def delete_conditional_format_rule(book: Spreadsheet, request: Json) -> Json:
    """Forget the rule at an index."""
    sheet, index = book.edit(request.get("sheetId", 0)), request.get("index", 0)
    return {"rule": _rules(sheet, index).pop(index)}


def _rules(sheet: Sheet, index: int) -> list[Json]:
    rules = sheet.things.get("conditionalFormats", [])
    if not 0 <= index < len(rules):
        refuse(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return rules


KINDS = {
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
}
