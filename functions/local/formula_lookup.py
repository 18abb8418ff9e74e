"""Functions that find a cell, or tell where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.formula import Missing, Ref
from functions.local.formula_arrays import Array, Column, Result, array_of, key
from functions.local.formula_calls import counted
from functions.local.formula_criteria import wildcards
from functions.local.formula_values import (
    NA,
    NUM,
    REF,
    VALUE,
    Problem,
    Scalar,
    UnsureError,
    compared,
    fail,
    is_number,
    is_text,
    number,
    truth,
)

if TYPE_CHECKING:
    from functions.local.formula import Node
    from functions.local.formula_calls import Function, Nodes
    from functions.local.formula_scope import Scope


def _one(scope: Scope, node: Node) -> Scalar:
    found = array_of(scope.value(node)).only()
    return fail(found) if isinstance(found, Problem) else found


def _whole(scope: Scope, nodes: Nodes, place: int, default: int) -> int:
    """Argument at *place* as a whole number."""
    if place >= len(nodes):
        return default
    if isinstance(nodes[place], Missing):
        return 0
    return int(number(_one(scope, nodes[place]), scope.locale))


def index(scope: Scope, nodes: Nodes) -> Result:
    """INDEX: a cell of a range, or a whole row or column of it."""
    array = array_of(scope.value(nodes[0]))
    row, column = _whole(scope, nodes, 1, 0), _whole(scope, nodes, 2, 0)
    if len(nodes) == 2 and array.height == 1:  # noqa: PLR2004
        row, column = 1, row  # one row: the number counts along it
    if not 0 <= row <= array.height or not 0 <= column <= len(array.columns):
        return NUM
    columns = array.columns[column - 1 : column] if column else array.columns
    if not row:
        return Array(columns, array.height, array.from_cells)
    found = Array(tuple(Column((), one.at(row - 1)) for one in columns), 1, array.from_cells)
    return found.only() if found.is_one else found


def _found_at(column: Column, wanted: Scalar, *, exactly: bool, height: int) -> int | None:
    """Row of *wanted*; not exactly: of the last that is not above it, in a column sorted upward."""
    if wanted is None:
        raise UnsureError
    if not exactly:
        return _last_not_above(column, wanted)
    if is_text(wanted) and set(wanted) & set("*?~"):
        fits = wildcards(wanted.lower()).fullmatch
        rows = [places[0] for one, places in column.places.items() if one.__class__ is str and fits(str(one))]
        return min(rows, default=None)
    places = column.places.get(key(wanted))
    if places:
        return places[0]
    return column.size if column.tail == wanted and column.size < height else None


def _last_not_above(column: Column, wanted: Scalar) -> int | None:
    kind = bool if isinstance(wanted, bool) else str if is_text(wanted) else None
    found, before = None, None
    for row, value in enumerate(column.values):
        if value.__class__ is kind or (kind is None and is_number(value)):
            if before is not None and compared(value, before) < 0:
                raise UnsureError  # not sorted: what is found depends on how one searches
            before = value
            if compared(value, wanted) <= 0:
                found = row
    return found


def match(scope: Scope, nodes: Nodes) -> Scalar:
    """MATCH with type 1 (sorted upward) or 0 (exactly)."""
    wanted, array, kind = _one(scope, nodes[0]), array_of(scope.value(nodes[1])), _whole(scope, nodes, 2, 1)
    column = array.columns[0]
    if len(array.columns) > 1:
        if array.height > 1:
            return NA
        column = Column([one.at(0) for one in array.columns])
    if kind not in {0, 1}:
        raise UnsureError
    found = _found_at(column, wanted, exactly=kind == 0, height=max(array.height, column.size))
    return NA if found is None else found + 1


def vlookup(scope: Scope, nodes: Nodes) -> Scalar:
    """VLOOKUP."""
    wanted, array = _one(scope, nodes[0]), array_of(scope.value(nodes[1]))
    place = _whole(scope, nodes, 2, 0)
    exactly = len(nodes) > 3 and (isinstance(nodes[3], Missing) or not truth(_one(scope, nodes[3])))  # noqa: PLR2004
    if place < 1:
        return VALUE
    if place > len(array.columns):
        return REF
    row = _found_at(array.columns[0], wanted, exactly=exactly, height=array.height)
    return NA if row is None else array.columns[place - 1].at(row)


def line(*, rows: bool) -> Function:
    """ROW and COLUMN: the number of a reference's first row or column, or of the formula's own cell."""

    def call(scope: Scope, nodes: Nodes) -> Result:
        if not nodes:
            return (scope.row if rows else scope.column) + 1
        if not isinstance(nodes[0], Ref):
            raise UnsureError
        box = scope.box(nodes[0])
        lines = box.rows if rows else box.columns
        if len(lines) > 1 and not scope.in_array:
            raise UnsureError
        numbers = [Column([line + 1 for line in lines])] if rows else [Column((), line + 1) for line in lines]
        found = Array(tuple(numbers), len(lines) if rows else 1)
        return found.only() if found.is_one else found

    return counted(0, 1, call)
