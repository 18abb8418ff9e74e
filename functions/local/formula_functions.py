"""The table of all functions that are calculated; a formula with another one shows `#NAME?`.

A function gets the Scope of its formula and its arguments as nodes, and gives a value or an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.local.formula_arrays import array_of
from functions.local.formula_branches import all_true, any_true, catching, choose, if_chain, if_else, odd_true
from functions.local.formula_calls import counted, scalar
from functions.local.formula_lookup import index, line, match, vlookup
from functions.local.formula_scalars import SCALARS
from functions.local.formula_sums import (
    aggregate,
    average,
    concatenate,
    count_all,
    count_blank,
    count_ifs,
    count_numbers,
    count_unique,
    if_many,
    if_one,
    sum_product,
)
from functions.local.formula_values import NA

if TYPE_CHECKING:
    from functions.local.formula_calls import Function


FUNCTIONS: dict[str, Function] = {
    **{name: scalar(signature, change) for name, (signature, change) in SCALARS.items()},
    "SUM": aggregate(sum),
    "AVERAGE": aggregate(average),
    "MIN": aggregate(lambda numbers: min(numbers, default=0)),
    "MAX": aggregate(lambda numbers: max(numbers, default=0)),
    "COUNT": counted(1, None, count_numbers),
    "COUNTA": counted(1, None, count_all),
    "COUNTBLANK": counted(1, 1, count_blank),
    "COUNTUNIQUE": counted(1, None, count_unique),
    "COUNTIF": counted(2, 2, count_ifs),
    "COUNTIFS": counted(2, None, count_ifs),
    "SUMIF": if_one(sum),
    "SUMIFS": if_many(sum),
    "AVERAGEIF": if_one(average),
    "AVERAGEIFS": if_many(average),
    "MINIFS": if_many(lambda numbers: min(numbers, default=0)),
    "MAXIFS": if_many(lambda numbers: max(numbers, default=0)),
    "SUMPRODUCT": counted(1, None, sum_product),
    "IF": counted(2, 3, if_else),
    "IFS": counted(2, None, if_chain),
    "IFERROR": catching(lambda _: True),
    "IFNA": catching(lambda problem: problem == NA),
    "AND": counted(1, None, all_true),
    "OR": counted(1, None, any_true),
    "XOR": counted(1, None, odd_true),
    "NA": counted(0, 0, lambda _scope, _nodes: NA),
    "TODAY": counted(0, 0, lambda scope, _nodes: int(scope.now())),
    "NOW": counted(0, 0, lambda scope, _nodes: scope.now()),
    "INDEX": counted(1, 3, index),
    "MATCH": counted(2, 3, match),
    "VLOOKUP": counted(3, 4, vlookup),
    "ROW": line(rows=True),
    "COLUMN": line(rows=False),
    "ROWS": counted(1, 1, lambda scope, nodes: array_of(scope.value(nodes[0])).height),
    "COLUMNS": counted(1, 1, lambda scope, nodes: len(array_of(scope.value(nodes[0])).columns)),
    "CONCATENATE": counted(1, None, concatenate),
    "CHOOSE": counted(2, None, choose),
    "ARRAYFORMULA": counted(1, 1, lambda scope, nodes: scope.in_arrays().value(nodes[0])),
}
