"""The number format that Google gives to a formula's cell that has none: that of the date, per cent or sum it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.formats import number_format
from functions.local.formula import Binary, Call, Ref
from functions.local.formula_scope import Scope
from functions.local.formula_values import FailedError
from functions.local.locales import date_pattern
from functions.local.model import extras_of

if TYPE_CHECKING:
    from functions.local.calculate import Calculator
    from functions.local.formula import Node
    from functions.local.model import Extras, Json, Sheet

MAX_DEPTH = 10  # formulas that refer to formulas
_DATES = frozenset({"TODAY", "DATE", "EDATE", "EOMONTH"})
_LIKE_FIRST = frozenset({"MIN", "MAX", "INDEX", "SUM", "IFERROR", "IFNA", "ROUND"})
_DATE_KINDS = frozenset({"DATE", "TIME", "DATE_TIME"})


def with_look(calculator: Calculator, sheet: Sheet, row: int, column: int) -> Extras | None:
    """Extras of a formula's cell, with the format that it takes from its formula when it has none of its own."""
    cell = sheet.rows[row].cell(column)
    extras = cell.extras if cell else None
    if number_format(extras):
        return extras
    look = _look_of_cell(calculator, sheet, row, column, 0)
    if not look:
        return extras
    fields = extras.fields if extras else {}
    return extras_of({**fields, "userEnteredFormat": {**fields.get("userEnteredFormat", {}), "numberFormat": look}})


def _look_of_cell(calculator: Calculator, sheet: Sheet, row: int, column: int, depth: int) -> Json:
    cell = sheet.rows[row].cell(column)
    own = number_format(cell.extras if cell else None)
    node = None if own or depth > MAX_DEPTH else calculator.node(sheet, row, column)
    return own if node is None else _look(node, Scope(calculator, sheet, row, column), depth)


def _look(node: Node, scope: Scope, depth: int) -> Json:
    if isinstance(node, Ref):
        return _look_of_ref(node, scope, depth)
    if isinstance(node, Call):
        return _look_of_call(node, scope, depth)
    if isinstance(node, Binary) and node.sign in {"+", "-"}:
        left, right = _look(node.left, scope, depth), _look(node.right, scope, depth)
        if node.sign == "-" and left.get("type") in _DATE_KINDS and right.get("type") in _DATE_KINDS:
            return {}  # days between two dates
        return left or right
    return {}


def _look_of_ref(ref: Ref, scope: Scope, depth: int) -> Json:
    sheet = scope.sheet if ref.sheet is None else scope.cells.book.titled(ref.sheet)
    try:
        box = scope.box(ref)
    except FailedError:
        return {}
    calculator: Calculator = scope.cells  # type: ignore[assignment]  # the scope was made with it
    return {} if sheet is None else _look_of_cell(calculator, sheet, box.top, box.left, depth + 1)


def _look_of_call(node: Call, scope: Scope, depth: int) -> Json:
    pattern = date_pattern(scope.locale)
    if node.name in _DATES:
        return {"type": "DATE", "pattern": pattern}
    if node.name == "NOW":
        return {"type": "DATE_TIME", "pattern": f"{pattern} H:mm:ss"}
    if node.name in _LIKE_FIRST and node.arguments:
        return _look(node.arguments[0], scope, depth)
    if node.name == "IF" and len(node.arguments) > 1:
        return next((look for one in node.arguments[1:] if (look := _look(one, scope, depth))), {})
    return {}
