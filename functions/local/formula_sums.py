"""Functions that go over all cells they get, or over those that meet criteria: sums, counts, text joined."""

from __future__ import annotations

from functools import reduce
from itertools import chain, compress, repeat
from operator import and_
from typing import TYPE_CHECKING

from functions.local.formula import Missing, Name, Ref
from functions.local.formula_arrays import Array, Column, Mask, Result, array_of, key, product_sum
from functions.local.formula_calls import cells, counted, values
from functions.local.formula_criteria import criterion_of, matching
from functions.local.formula_values import (
    DIV0,
    NA,
    VALUE,
    FailedError,
    Problem,
    Scalar,
    UnsureError,
    fail,
    is_number,
    number,
    text,
    tidy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.local.formula import Node
    from functions.local.formula_calls import Function, Nodes
    from functions.local.formula_scope import Scope


def _numbers(scope: Scope, nodes: Nodes) -> Iterable[float]:
    """Numbers among the arguments, of cells only what is a number. Raises UnsureError for TRUE or "5" itself."""
    for node in nodes:
        if isinstance(node, Missing):
            raise UnsureError
        found = scope.value(node)
        if isinstance(found, Array) or isinstance(node, Ref | Name):
            for column in array_of(found).columns:
                yield from _column_numbers(column, array_of(found), from_cells=isinstance(node, Ref | Name))
        else:
            value = number(found, scope.locale)
            if isinstance(found, str | bool):
                raise UnsureError  # a number in some of these functions, nothing or an error in others
            yield value


def _column_numbers(column: Column, array: Array, *, from_cells: bool) -> Iterable[float]:
    if column.has_problem:
        fail(next(value for value in (*column.values, column.tail) if isinstance(value, Problem)))
    if bool in column.kinds and not (from_cells or array.from_cells):
        raise UnsureError
    tail = repeat(column.tail, array.height - column.size) if is_number(column.tail) else ()
    return chain(column.only_numbers, tail)


def average(numbers: Sequence[float]) -> float:
    """Mean of the numbers. Raises FailedError when there are none."""
    return sum(numbers) / len(numbers) if numbers else fail(DIV0)


def aggregate(change: Callable[[Sequence[float]], Scalar]) -> Function:
    """Make a function of all numbers among its arguments."""
    return counted(1, None, lambda scope, nodes: change(list(_numbers(scope, nodes))))


def count_numbers(scope: Scope, nodes: Nodes) -> Scalar:
    """COUNT."""
    total = 0
    for node in nodes:
        for value in values(scope, node):
            if not isinstance(node, Ref | Name) and not is_number(value):
                raise UnsureError
            total += is_number(value)
    return total


def count_all(scope: Scope, nodes: Nodes) -> Scalar:
    """COUNTA: empty strings count, blank cells do not."""
    return sum(value is not None for node in nodes for value in values(scope, node))


def count_blank(scope: Scope, nodes: Nodes) -> Scalar:
    """COUNTBLANK: blank cells and empty strings."""
    array = cells(scope, nodes[0])
    return sum(matching(column, criterion_of("", ""), "").count(array.height) for column in array.columns)


def count_unique(scope: Scope, nodes: Nodes) -> Scalar:
    """COUNTUNIQUE."""
    filled = [value for node in nodes for value in values(scope, node) if value is not None]
    found = {(value.__class__ is bool, value) for value in filled}
    if len({key(value) for value in filled}) != len(found) or (False, "") in found:
        raise UnsureError  # text that differs by capitals alone, empty strings
    return len(found)


def sum_product(scope: Scope, nodes: Nodes) -> Scalar:
    """SUMPRODUCT: its arguments are array formulas."""
    arrays = [array_of(scope.in_arrays().value(node)) for node in nodes]
    if len({(array.height, len(array.columns)) for array in arrays}) > 1:
        return VALUE
    parts = [product_sum(columns, arrays[0].height) for columns in zip(*(a.columns for a in arrays), strict=True)]
    problem = next((part for part in parts if isinstance(part, Problem)), None)
    return problem if problem is not None else sum(part for part in parts if is_number(part))


def _over_criteria(scope: Scope, nodes: Nodes, finish: Callable[[list[Mask], Array], Scalar]) -> Result:
    """Call *finish* with the cells that meet all criteria, column by column: ranges and criteria in turn in *nodes*.

    A criterion that is an array gives an array of answers.
    """
    ranges = [cells(scope, node) for node in nodes[::2]]
    if len({(array.height, len(array.columns)) for array in ranges}) > 1:
        return VALUE

    def one(*criteria: Scalar) -> Scalar:
        read = [criterion_of(value, scope.locale) for value in criteria]
        masks = [
            reduce(
                and_,
                [
                    matching(array.columns[number], criterion, scope.locale)
                    for array, criterion in zip(ranges, read, strict=True)
                ],
            )
            for number in range(len(ranges[0].columns))
        ]
        try:
            return tidy(finish(masks, ranges[0]))
        except FailedError as error:
            return error.problem

    return scope.mapped(one, [scope.value(node) for node in nodes[1::2]])


def count_ifs(scope: Scope, nodes: Nodes) -> Result:
    """COUNTIF and COUNTIFS."""
    if len(nodes) % 2:
        return NA
    return _over_criteria(scope, nodes, lambda masks, array: sum(mask.count(array.height) for mask in masks))


def _picked(change: Callable[[Sequence[float]], Scalar]) -> Callable[[Scope, Node, Nodes], Result]:
    def call(scope: Scope, wanted: Node, pairs: Nodes) -> Result:
        """Numbers of *wanted* beside the cells that meet the criteria."""
        array = cells(scope, wanted)

        def finish(masks: list[Mask], met: Array) -> Scalar:
            if (array.height, len(array.columns)) != (met.height, len(met.columns)):
                raise UnsureError
            found: list[float] = []
            for column, mask in zip(array.columns, masks, strict=True):
                length = max(mask.length, column.size)
                picked = list(compress(column.values, mask.widened(length).to_bytes(length, "little")))
                problem = next((value for value in picked if isinstance(value, Problem)), None)
                if column.has_problem and problem is not None:
                    return problem
                found.extend(value for value in picked if is_number(value))
            return change(found)

        return _over_criteria(scope, pairs, finish)

    return call


def if_one(change: Callable[[Sequence[float]], Scalar]) -> Function:
    """SUMIF and AVERAGEIF: the range that is summed comes last, or is the one that is looked at."""
    pick = _picked(change)
    return counted(2, 3, lambda scope, nodes: pick(scope, nodes[-1] if len(nodes) > 2 else nodes[0], nodes[:2]))  # noqa: PLR2004


def if_many(change: Callable[[Sequence[float]], Scalar]) -> Function:
    """SUMIFS and its kin: the range that is summed comes first."""
    pick = _picked(change)

    def call(scope: Scope, nodes: Nodes) -> Result:
        return pick(scope, nodes[0], nodes[1:]) if len(nodes) % 2 else NA

    return counted(3, None, call)


def concatenate(scope: Scope, nodes: Nodes) -> Scalar:
    """CONCATENATE."""
    parts: list[str] = []
    for node in nodes:
        array = array_of(scope.value(node))
        if len(array.columns) > 1 and array.height > 1:
            raise UnsureError
        parts.extend(text(value, scope.locale) for value in array.values())
    return "".join(parts)
