"""Criteria of COUNTIF and its kin: `"used"`, `"<>"`, `">=46000"`, `"A*"`, and which cells of a column meet one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from functions.local.formula_arrays import Mask, key
from functions.local.formula_values import COMPARISONS, Problem, Scalar, UnsureError, is_number, is_text, typed_number
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from collections.abc import Hashable

    from functions.local.formula_arrays import Column

_SIGNED = re.compile(r"(<=|>=|<>|=|<|>|)(.*)", re.DOTALL)


class Criterion(NamedTuple):
    """What a cell must be. No sign and the operand "": blank or an empty string."""

    sign: str
    operand: Scalar


def criterion_of(value: Scalar, locale: str) -> Criterion:
    """Read a criterion. Raises UnsureError for a blank cell or an error."""
    if value is None or isinstance(value, Problem):
        raise UnsureError
    if not isinstance(value, str):
        return Criterion("=", value)
    found = _SIGNED.fullmatch(value)
    sign, rest = (found[1], found[2]) if found else ("", value)
    if not rest:
        if sign not in {"", "=", "<>"}:
            raise UnsureError
        return Criterion(sign, "")
    if rest[0] in "'=":
        return Criterion(sign or "=", rest)
    typed = as_typed(rest, locale)[0]
    return Criterion(sign or "=", typed if is_number(typed) or typed.__class__ is bool else rest)


def matching(column: Column, criterion: Criterion, locale: str) -> Mask:
    """Cells that meet the criterion; remembered in the column. Raises UnsureError."""
    name = ("criterion", criterion, criterion.operand.__class__)
    return column.mask(name, lambda: _matching(column, criterion, locale))


def _matching(column: Column, criterion: Criterion, locale: str) -> Mask:
    sign, operand = criterion
    if operand == "" and is_text(operand):
        return _blanks(column, sign)
    if sign == "<>":
        if column.has_problem:
            raise UnsureError
        return ~_matching(column, Criterion("=", operand), locale)
    if is_text(operand):
        return _texts(column, sign, operand)
    if not is_number(operand):
        if sign != "=":
            raise UnsureError
        return column.mask_of_keys(key(operand), tail=column.tail is operand)
    _refuse_numbers_as_text(column, locale)
    tail = is_number(column.tail) and COMPARISONS[sign](column.tail, operand)
    if sign == "=":
        return column.mask_of_keys(operand, tail=tail)
    compare = COMPARISONS[sign]
    return Mask.of([compare(number, operand) for number in column.numbers], tail=tail)


def _blanks(column: Column, sign: str) -> Mask:
    """Blank cells; with `=` and `<>` nobody is sure about a formula's empty string."""
    if sign and "" in column.places:
        raise UnsureError
    found = column.mask_of_keys(None, "", tail=column.tail is None or column.tail == "")
    return ~found if sign == "<>" else found


def _texts(column: Column, sign: str, operand: str) -> Mask:
    folded = operand.lower()
    if sign == "=" and not set(folded) & set("*?~"):
        return column.mask_of_keys(folded, tail=is_text(column.tail) and column.tail.lower() == folded)
    if sign == "=":
        fits = wildcards(folded).fullmatch
        keys = [one for one in column.places if one.__class__ is str and fits(one)]
        return column.mask_of_keys(*keys, tail=is_text(column.tail) and bool(fits(column.tail.lower())))
    compare = COMPARISONS[sign]
    above: list[Hashable] = [one for one in column.places if one.__class__ is str and compare(one, folded)]
    return column.mask_of_keys(*above, tail=is_text(column.tail) and compare(column.tail.lower(), folded))


def wildcards(text: str) -> re.Pattern[str]:
    """Pattern of text with `*` and `?`, of which `~` takes the meaning."""
    parts = re.findall(r"~[*?~]|.", text, re.DOTALL)
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(part, re.escape(part[-1])) for part in parts), re.DOTALL)


def _refuse_numbers_as_text(column: Column, locale: str) -> None:
    """Whether a number matches text that looks like one is told differently. Raises UnsureError."""

    def found() -> Mask:
        texts = [one for one in column.places if one.__class__ is str and one and one[0] in "+-.,0123456789"]
        return Mask(int(any(typed_number(str(one), locale) is not None for one in texts)), 1, tail=False)

    if column.mask("numbers as text", found).bits:
        raise UnsureError
