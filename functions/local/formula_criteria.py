"""Criteria of COUNTIF and its kin: `"used"`, `"<>"`, `">=46000"`, `"A*"`, and which cells of a column meet one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from functions.local.formula_arrays import Mask, key
from functions.local.formula_values import COMPARISONS, Problem, Scalar, UnsureError, compared, is_number, is_text
from functions.local.locales import truth_words
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from collections.abc import Hashable

    from functions.local.formula_arrays import Column

_SIGNED = re.compile(r"(<=|>=|<>|=|<|>|)(.*)", re.DOTALL)


class Criterion(NamedTuple):
    """What a cell must be. No sign and the operand "": blank or an empty string; None: a blank cell stood there.

    *text*: what the operand was read from when it was written as text.
    """

    sign: str
    operand: Scalar
    text: str = ""


def criterion_of(value: Scalar, locale: str) -> Criterion:
    """Read a criterion. Raises UnsureError for an error."""
    if isinstance(value, Problem):
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
    return Criterion(sign or "=", typed if is_number(typed) or typed.__class__ is bool else rest, rest)


def matching(column: Column, criterion: Criterion, locale: str) -> Mask:
    """Cells that meet the criterion; remembered in the column. Raises UnsureError."""
    name = ("criterion", criterion, criterion.operand.__class__, locale)
    return column.mask(name, lambda: _matching(column, criterion, locale))


def _matching(column: Column, criterion: Criterion, locale: str) -> Mask:
    sign, operand, text = criterion
    if operand is None:
        return _like_a_blank(column)
    if operand == "" and is_text(operand):
        return _blanks(column, sign)
    if sign == "<>":
        if column.has_problem:
            raise UnsureError
        return ~_matching(column, Criterion("=", operand), locale)  # no text: numbers written as text are in doubt
    if is_text(operand):
        return _texts(column, sign, operand)
    if not is_number(operand):
        words = {str(operand).lower(), truth_words(locale)[0 if operand else 1].lower()}
        if sign != "=" or not words.isdisjoint(column.places):
            raise UnsureError
        return column.mask_of_keys(key(operand), tail=column.tail is operand)
    return _numbers(column, sign, operand, text, locale)


def _numbers(column: Column, sign: str, operand: float, text: str, locale: str) -> Mask:
    """Cells with such a number. Text that reads as one is told differently, but for the very text that is asked for."""
    column.refuse_close(operand)
    texts = column.numeric_texts(locale)
    compare = COMPARISONS[sign]
    tail = is_number(column.tail) and compare(column.tail, operand)
    if sign == "=":
        alike = texts.get(operand, [])
        if alike and (alike != [text.lower()] or operand in column.places):
            raise UnsureError
        return column.mask_of_keys(operand, *alike, tail=tail)
    if texts:
        raise UnsureError
    return Mask.of([compare(number, operand) for number in column.numbers], tail=tail)


def _like_a_blank(column: Column) -> Mask:
    """Nothing: a blank cell as a criterion counts no blanks. Whether it counts zeros is told differently."""
    if column.has_problem or any(one in column.places for one in (0, "", (False,))):
        raise UnsureError
    return column.mask_of_keys(tail=False)


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
        if "" in column.places and fits(""):
            raise UnsureError
        keys = [one for one in column.places if one.__class__ is str and fits(one)]
        return column.mask_of_keys(*keys, tail=is_text(column.tail) and bool(fits(column.tail.lower())))
    compare = COMPARISONS[sign]
    above: list[Hashable] = [
        one for one in column.places if one.__class__ is str and compare(compared(str(one), folded), 0)
    ]
    return column.mask_of_keys(*above, tail=is_text(column.tail) and compare(compared(column.tail, folded), 0))


def wildcards(text: str) -> re.Pattern[str]:
    """Pattern of text with `*` and `?`, of which `~` takes the meaning. Raises UnsureError for another `~`."""
    if re.search("~(?![*?~])", text.replace("~~", "")):
        raise UnsureError
    parts = re.findall(r"~[*?~]|.", text, re.DOTALL)
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(part, re.escape(part[-1])) for part in parts), re.DOTALL)
