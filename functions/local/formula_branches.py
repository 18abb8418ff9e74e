"""Functions that choose what is calculated, and those that join truth values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.formula import Literal, Missing, Name, Ref
from functions.local.formula_arrays import Array, Result, array_of
from functions.local.formula_calls import counted, values
from functions.local.formula_values import NA, NUM, FailedError, Problem, Scalar, UnsureError, is_text, number, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.formula import Node
    from functions.local.formula_calls import Function, Nodes
    from functions.local.formula_scope import Scope


def _argument(scope: Scope, node: Node) -> Result:
    return None if isinstance(node, Missing) else scope.value(node)


def if_else(scope: Scope, nodes: Nodes) -> Result:
    """IF. In an array formula it chooses for every cell."""
    condition = scope.value(nodes[0])
    if len(nodes) > 2 and isinstance(nodes[2], Missing):  # noqa: PLR2004
        raise UnsureError
    branches: list[Node] = [nodes[1], nodes[2] if len(nodes) > 2 else Literal(value=False)]  # noqa: PLR2004
    if not (scope.in_array and isinstance(condition, Array)):
        only = array_of(condition).only()
        return _argument(scope, branches[0 if truth(only) else 1])

    def pick(asked: Scalar, yes: Scalar, no: Scalar) -> Scalar:
        try:
            return yes if truth(asked) else no
        except FailedError as error:
            return error.problem

    return scope.mapped(pick, [condition, *(_argument(scope, branch) for branch in branches)])


def if_chain(scope: Scope, nodes: Nodes) -> Result:
    """IFS: the branch of the first condition that is true."""
    if len(nodes) % 2:
        return NA
    for condition, branch in zip(nodes[::2], nodes[1::2], strict=True):
        if truth(array_of(scope.value(condition)).only()):
            return scope.value(branch)
    return NA


def catching(catches: Callable[[Problem], bool]) -> Function:
    """IFERROR and IFNA: the first argument, or the second in place of an error that is caught."""

    def call(scope: Scope, nodes: Nodes) -> Result:
        found = scope.value(nodes[0])
        if not isinstance(found, Array):
            if isinstance(found, Problem) and catches(found):
                return _argument(scope, nodes[1]) if len(nodes) > 1 else None
            return found
        other = _argument(scope, nodes[1]) if len(nodes) > 1 else None
        return scope.mapped(
            lambda value, instead: instead if isinstance(value, Problem) and catches(value) else value, [found, other]
        )

    return counted(1, 2, call)


def choose(scope: Scope, nodes: Nodes) -> Result:
    """CHOOSE: the argument at a place."""
    place = int(number(array_of(scope.value(nodes[0])).only(), scope.locale))
    return _argument(scope, nodes[place]) if 1 <= place < len(nodes) else NUM


def _truths(scope: Scope, nodes: Nodes) -> tuple[list[bool], bool]:
    """Truth values of the arguments, and whether blank cells are among them."""
    found, blanks = [], False
    for node in nodes:
        for value in values(scope, node):
            if value is None:
                blanks = True
            elif is_text(value) and isinstance(node, Ref | Name):
                raise UnsureError
            else:
                found.append(truth(value))
    if not found:
        raise UnsureError
    return found, blanks


def all_true(scope: Scope, nodes: Nodes) -> Scalar:
    """AND."""
    found, blanks = _truths(scope, nodes)
    if all(found) and blanks:
        raise UnsureError  # a blank cell is FALSE to some programs, and nothing to others
    return all(found)


def any_true(scope: Scope, nodes: Nodes) -> Scalar:
    """OR."""
    return any(_truths(scope, nodes)[0])


def odd_true(scope: Scope, nodes: Nodes) -> Scalar:
    """XOR."""
    return sum(_truths(scope, nodes)[0]) % 2 == 1
