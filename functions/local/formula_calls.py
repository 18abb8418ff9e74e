"""How a function is called: its arguments counted, read as what it wants, passed over every cell of an array."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from functions.local.formula import Missing, Name, Ref
from functions.local.formula_arrays import Array, Result, array_of
from functions.local.formula_values import (
    NA,
    NUM,
    FailedError,
    Problem,
    Scalar,
    UnsureError,
    fail,
    number,
    text,
    tidy,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.local.formula import Node
    from functions.local.formula_scope import Scope

    Nodes = Sequence[Node]
    Function = Callable[[Scope, Nodes], Result]


def scalar(signature: str, change: Callable[..., Scalar]) -> Function:
    """Make a function of single values; in an array formula it goes over every cell."""
    with_locale = signature.startswith("L")
    letters = re.findall(r"[a-z]\??", signature)
    least = sum("?" not in letter for letter in letters)

    def call(scope: Scope, nodes: Nodes) -> Result:
        if not least <= len(nodes) <= len(letters):
            return NA
        if any(isinstance(node, Missing) for node in nodes):
            raise UnsureError
        first = (scope.locale,) if with_locale else ()

        def one(*values: Scalar) -> Scalar:
            try:
                pairs = zip(letters, values, strict=False)
                return tidy(change(*first, *[_read(letter[0], value, scope.locale) for letter, value in pairs]))
            except FailedError as error:
                return error.problem
            except OverflowError:
                return NUM

        return scope.mapped(one, [scope.value(node) for node in nodes])

    return call


def _read(letter: str, value: Scalar, locale: str) -> Scalar:
    if letter == "n":
        return number(value, locale)
    if letter == "t":
        return text(value, locale)
    if letter == "b":
        return truth(value)
    if letter == "v" and isinstance(value, Problem):
        fail(value)
    return value


def counted(low: int, high: int | None, change: Callable[[Scope, Nodes], Result]) -> Function:
    """Check how many arguments there are; an error that is raised becomes the answer."""

    def call(scope: Scope, nodes: Nodes) -> Result:
        if len(nodes) < low or (high is not None and len(nodes) > high):
            return NA
        try:
            found = change(scope, nodes)
        except FailedError as error:
            return error.problem
        return found if isinstance(found, Array) else tidy(found)

    return call


def values(scope: Scope, node: Node) -> Iterable[Scalar]:
    """Values of an argument, blank cells below the last value left out."""
    if isinstance(node, Missing):
        raise UnsureError
    found = scope.value(node)
    return found.values() if isinstance(found, Array) else (found,)


def cells(scope: Scope, node: Node) -> Array:
    """Cells of an argument that must be a range. Raises UnsureError when it is none."""
    if not isinstance(node, Ref | Name):
        raise UnsureError
    found = scope.value(node)
    if isinstance(found, Problem):
        fail(found)
    return found if isinstance(found, Array) else Array(array_of(found).columns, 1, from_cells=True)
