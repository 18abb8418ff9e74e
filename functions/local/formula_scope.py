"""Calculating a tree: what a formula means at the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from functions.local.formula import Binary, Call, ErrorLiteral, Literal, Name, Ref, Rows, Unary
from functions.local.formula_arrays import (
    Array,
    Column,
    Result,
    array_of,
    array_of_rows,
    broadcast,
    combined,
    elementwise,
)
from functions.local.formula_functions import FUNCTIONS
from functions.local.formula_values import (
    NAME,
    REF,
    FailedError,
    Problem,
    Scalar,
    UnsureError,
    calculated,
    fail,
    number,
    tidy,
)
from functions.local.ranges import Box, bounds_of, clamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.local.formula import Corner, Node
    from functions.local.model import Sheet, Spreadsheet


class Cells(Protocol):
    """Where a formula gets the values of other cells from."""

    book: Spreadsheet
    locale: str
    depth: int  # how many parts of formulas are being calculated inside each other

    def value(self, sheet: Sheet, row: int, column: int) -> Scalar:
        """Value of a cell, calculated when it is a formula."""

    def column(self, sheet: Sheet, column: int, top: int, bottom: int) -> Column:
        """Values of a part of a column."""

    def now(self) -> float:
        """Serial number of the moment of this calculation, in the spreadsheet's time zone."""

    def remembered(self, key: tuple[int, Node], make: Callable[[], Result]) -> Result:
        """Give the array that was calculated for the same part of another formula."""


@dataclass(slots=True)
class Scope:
    """The place of a formula. *down*, *right*: how far references without `$` are moved, for a conditional format."""

    cells: Cells
    sheet: Sheet
    row: int
    column: int
    down: int = 0
    right: int = 0
    in_array: bool = False

    @property
    def locale(self) -> str:
        """Locale of the spreadsheet."""
        return self.cells.locale

    def now(self) -> float:
        """Serial number of the moment of this calculation."""
        return self.cells.now()

    def in_arrays(self) -> Scope:
        """The same place inside SUMPRODUCT or ARRAYFORMULA: operators and functions go over whole ranges."""
        return self if self.in_array else replace(self, in_array=True)

    def value(self, node: Node) -> Result:
        """Calculate a node. Raises UnsureError for what is not calculated here."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Ref):
            return self._ref(node)
        self.cells.depth += 1
        try:
            return self._joined(node)
        finally:
            self.cells.depth -= 1

    def _joined(self, node: Node) -> Result:
        """Calculate a node that is made of others, or stands for one."""
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Name):
            return self._named(node)
        if isinstance(node, Rows):
            return array_of_rows([[array_of(self.value(one)).only() for one in row] for row in node.rows])
        if isinstance(node, ErrorLiteral):
            return Problem(node.text)
        raise UnsureError

    def mapped(self, change: Callable[..., Scalar], results: Sequence[Result]) -> Result:
        """Apply a function of single values; to every cell inside an array formula."""
        if self.in_array and any(isinstance(result, Array) for result in results):
            return broadcast(lambda columns, height: elementwise(change, columns, height), results)
        return change(*(array_of(result).only() if isinstance(result, Array) else result for result in results))

    def _call(self, node: Call) -> Result:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise UnsureError
        if not self.in_array or self.down or self.right or _depends_on_place(node):
            return function(self, node.arguments)
        return self.cells.remembered((self.sheet.id, node), lambda: function(self, node.arguments))

    def _binary(self, node: Binary) -> Result:
        """Calculate a chain of operators from its left end, without going deeper for each."""
        if not isinstance(node.left, Binary):
            return self._combined(node.sign, self.value(node.left), self.value(node.right))
        chain = [node]
        while isinstance(chain[-1].left, Binary):
            chain.append(chain[-1].left)
        found = self.value(chain[-1].left)
        for one in reversed(chain):
            found = self._combined(one.sign, found, self.value(one.right))
        return found

    def _combined(self, sign: str, left: Result, right: Result) -> Result:
        if not isinstance(left, Array) and not isinstance(right, Array):
            return calculated(sign, left, right, self.locale)
        if not self.in_array:
            return calculated(sign, array_of(left).only(), array_of(right).only(), self.locale)
        return broadcast(
            lambda columns, height: combined(sign, columns[0], columns[1], height, self.locale), (left, right)
        )

    def _unary(self, node: Unary) -> Result:
        if node.sign == "+":
            return self.value(node.operand)
        if node.sign == "-" and isinstance(node.operand, Unary) and node.operand.sign == "-":
            return self._binary(Binary("*", node.operand.operand, Literal(1)))  # --(A2:A="x"), which makes numbers

        def change(value: Scalar) -> Scalar:
            try:
                found = number(value, self.locale)
            except FailedError as error:
                return error.problem
            return tidy(found / 100 if node.sign == "%" else -found)

        return self.mapped(change, [self.value(node.operand)])

    def _named(self, node: Name) -> Result:
        for named in self.cells.book.named_ranges:
            if named["name"].casefold() == node.text.casefold():
                sheet = self.cells.book.sheet(named["range"].get("sheetId", 0))
                return self._box_value(sheet, clamp(sheet, bounds_of(named["range"])))
        return NAME

    def _ref(self, ref: Ref) -> Result:
        sheet = self.sheet if ref.sheet is None else self.cells.book.titled(ref.sheet)
        if sheet is None:
            return REF
        if ref.last is None:
            row, column = self._rows(ref.first), self._columns(ref.first)
            if row is None or column is None or not (0 <= row < len(sheet.rows) and 0 <= column < len(sheet.columns)):
                return REF
            return self.cells.value(sheet, row, column)
        try:
            return self._box_value(sheet, self.box(ref), one=False)
        except FailedError as error:
            return error.problem

    def _box_value(self, sheet: Sheet, box: Box, *, one: bool | None = None) -> Result:
        if one or (one is None and len(box.rows) == len(box.columns) == 1):
            return self.cells.value(sheet, box.top, box.left)
        columns = tuple(self.cells.column(sheet, column, box.top, box.bottom) for column in box.columns)
        return Array(columns, len(box.rows), from_cells=True)

    def _sheet(self, ref: Ref) -> Sheet:
        if ref.sheet is None:
            return self.sheet
        return self.cells.book.titled(ref.sheet) or fail(REF)

    def box(self, ref: Ref) -> Box:
        """Rectangle of a reference, its open sides closed at the grid's end. Raises FailedError beyond the grid."""
        sheet, last = self._sheet(ref), ref.last or ref.first
        top, bottom = _span(self._rows(ref.first), self._rows(last), len(sheet.rows))
        left, right = _span(self._columns(ref.first), self._columns(last), len(sheet.columns))
        return Box(top, bottom, left, right)

    def _rows(self, corner: Corner) -> int | None:
        return corner.row if corner.row is None or corner.row_fixed else corner.row + self.down

    def _columns(self, corner: Corner) -> int | None:
        return corner.column if corner.column is None or corner.column_fixed else corner.column + self.right


def _span(first: int | None, last: int | None, size: int) -> tuple[int, int]:
    """Start and end on a grid of *size* lines."""
    ends = [end for end in (first, last) if end is not None] or [0]
    start, end = min(ends), size if first is None or last is None else min(max(ends) + 1, size)
    if start < 0 or start >= size:
        fail(REF)
    return start, end


def _depends_on_place(node: Node) -> bool:
    """Whether ROW() or COLUMN() of the formula's own cell is in it."""
    if isinstance(node, Call):
        if node.name in {"ROW", "COLUMN"} and not node.arguments:
            return True
        return any(map(_depends_on_place, node.arguments))
    if isinstance(node, Binary):
        return _depends_on_place(node.left) or _depends_on_place(node.right)
    if isinstance(node, Unary):
        return _depends_on_place(node.operand)
    return isinstance(node, Rows) and any(_depends_on_place(one) for row in node.rows for one in row)
