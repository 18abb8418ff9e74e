"""Formulas follow what they refer to, wherever they stand: in cells, in conditional formats, in validation rules.

The formulas of a conditional format count from the corner of its first range, so they change with its ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.edit import put_row
from functions.local.formula_rewrite import Moved, anchored, followed, retitled, shifted
from functions.local.model import Formula, Row, extras_of
from functions.local.ranges import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Cell, Extras, Json, Sheet, Spreadsheet
    from functions.local.over import Change

    Rewrite = Callable[[str], str]


def follow(book: Spreadsheet, change: Change) -> None:
    """Carry a *change* of places to the references of every formula of the draft."""
    title = book.sheet(change.sheet_id).title

    def place(grid: Json) -> Moved | None:
        found = change.grid({"sheetId": change.sheet_id, **grid})
        if found is None:
            return None
        now = found.get("sheetId", 0)
        return Moved(found, None if now == change.sheet_id else book.sheet(now).title)

    _rewrite(book, lambda sheet: lambda text: followed(text, sheet.title, title, place))


def rename(book: Spreadsheet, old: str, new: str) -> None:
    """Let every formula of the draft call the tab *old* by its new title."""
    _rewrite(book, lambda _: lambda text: retitled(text, old, new))
    for sheet in list(book.sheets):
        rules = sheet.things.get("conditionalFormats", [])
        changed = [in_rule(rule, lambda text: retitled(text, old, new)) for rule in rules]
        if changed != rules:
            book.edit(sheet.id).things["conditionalFormats"] = changed


def rule_after(rule: Json, before: list[Json], change: Change) -> Json:
    """Conditional format whose ranges were *before* and have followed *change*: its formulas after it."""
    old, new = (_corner(ranges[0]) for ranges in (before, rule["ranges"]))
    open_end = 2**31
    rows = old[0], before[0].get("endRowIndex", open_end)
    columns = old[1], before[0].get("endColumnIndex", open_end)
    by = new[0] - old[0], new[1] - old[1]
    return in_rule(rule, lambda text: anchored(text, Box(*rows, *columns), by, change.grid))


def rule_over(rule: Json, ranges: list[Json]) -> Json:
    """Conditional format laid over other *ranges*: its formulas count from their corner."""
    if not ranges:
        return {**rule, "ranges": ranges}
    old, new = _corner(rule["ranges"][0]), _corner(ranges[0])
    return in_rule({**rule, "ranges": ranges}, lambda text: shifted(text, new[0] - old[0], new[1] - old[1]))


def _corner(grid: Json) -> tuple[int, int]:
    return grid.get("startRowIndex", 0), grid.get("startColumnIndex", 0)


def _rewrite(book: Spreadsheet, rewrite_on: Callable[[Sheet], Rewrite]) -> None:
    for sheet in list(book.sheets):
        rewrite = rewrite_on(sheet)
        _rewrite_cells(book, sheet, rewrite)
        _rewrite_validation(book, sheet, rewrite)


def _rewrite_cells(book: Spreadsheet, sheet: Sheet, rewrite: Rewrite) -> None:
    if not sheet.formula_rows:
        return
    for index, row in enumerate(sheet.rows):
        if row.id in sheet.formula_rows:
            cells = tuple(_with_formula(cell, rewrite) for cell in row.cells)
            if cells != row.cells:
                put_row(book.edit(sheet.id), index, row._replace(cells=cells))


def _with_formula(cell: Cell | None, rewrite: Rewrite) -> Cell | None:
    if cell is None or not isinstance(cell.value, Formula):
        return cell
    return cell._replace(value=Formula(rewrite(str(cell.value))))


def _rewrite_validation(book: Spreadsheet, sheet: Sheet, rewrite: Rewrite) -> None:
    """Change the validation of cells; the rows are looked at only if a rule that one of them has is another one now."""
    new = {old: extras_of({**old.fields, "dataValidation": _in_validation(old, rewrite)}) for old in sheet.ruled}
    new = {old: one for old, one in new.items() if one is not old}
    if not new:
        return
    drafted = book.edit(sheet.id)
    for index, row in enumerate(drafted.rows):
        if any(cell is not None and cell.extras in new for cell in row.cells):
            put_row(drafted, index, _with_extras(row, new))
    drafted.ruled -= new.keys()


def _with_extras(row: Row, new: dict[Extras, Extras | None]) -> Row:
    return row._replace(
        cells=tuple(
            cell._replace(extras=new[cell.extras]) if cell is not None and cell.extras in new else cell
            for cell in row.cells
        )
    )


def _in_validation(extras: Extras, rewrite: Rewrite) -> Json:
    rule: Json = extras.fields["dataValidation"]
    return {**rule, "condition": _in_condition(rule["condition"], rewrite)}


def _in_condition(condition: Json, rewrite: Rewrite) -> Json:
    values = [_in_value(value, "userEnteredValue", rewrite) for value in condition.get("values", [])]
    return {**condition, "values": values} if values else condition


def in_rule(rule: Json, rewrite: Rewrite) -> Json:
    """Conditional format with its formulas rewritten."""
    if "booleanRule" in rule:
        own = rule["booleanRule"]
        return {**rule, "booleanRule": {**own, "condition": _in_condition(own["condition"], rewrite)}}
    points = {
        name: _in_value(point, "value", rewrite) if isinstance(point, dict) else point
        for name, point in rule.get("gradientRule", {}).items()
    }
    return {**rule, "gradientRule": points}


def _in_value(value: Json, name: str, rewrite: Rewrite) -> Any:
    text = value.get(name, "")
    return {**value, name: rewrite(text)} if isinstance(text, str) and text.startswith("=") else value
