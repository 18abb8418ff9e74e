"""What a formula calculates with: values, errors, how one kind of value becomes another, how two compare.

A value is a number, a string, a truth value, None for a blank cell, or a Problem. What Google does in a case that
nobody here is sure of raises Unsure, and the cell shows `#NAME?`: never a wrong number.
"""

from __future__ import annotations

import math
import operator
import re
from typing import TYPE_CHECKING, Any

from functions.local.locales import MONTHS, comma_decimals, truth_words
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TypeGuard

Scalar = str | float | int | bool | None
_WORD = re.compile(r"[^\W\d_]+")
_TRUTHS = frozenset({"tru", "fal"})
_WORDS_OF_NUMBERS = frozenset({month[:3].lower() for month in MONTHS["en"].split()} | _TRUTHS | {"am", "pm", "e", "t"})
CLOSE = 2**-48  # of a number: what is no further from it is the same number to some programs


class Problem(str):
    """An error as its cell shows it, such as `#N/A`."""

    __slots__ = ()


DIV0, VALUE, REF, NAME = Problem("#DIV/0!"), Problem("#VALUE!"), Problem("#REF!"), Problem("#NAME?")
NUM, NA, ERROR = Problem("#NUM!"), Problem("#N/A"), Problem("#ERROR!")


class FailedError(Exception):
    """What a function raises to give an error."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class UnsureError(Exception):
    """This is not calculated here, or nobody is sure how Google does."""


def fail(problem: Problem) -> NoReturn:
    """Give an error."""
    raise FailedError(problem)


def is_text(value: Scalar) -> TypeGuard[str]:
    """Whether this is a string and no error."""
    return value.__class__ is str


def is_number(value: Scalar) -> TypeGuard[float]:
    """Whether this is a number and no truth value."""
    return value.__class__ is int or value.__class__ is float


def tidy(value: Scalar) -> Scalar:
    """Write 5.0 as 5, a larger number than 2**53 as a float; what is no number any more is `#NUM!`."""
    if value.__class__ is int and abs(value) >= 2**53:
        value = _as_float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return NUM
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def number(value: Scalar, locale: str) -> float:
    """Read as a number: a blank is 0, text is read as if typed. Raises FailedError."""
    if value is None:
        return 0
    if not isinstance(value, str):
        return value + 0
    if isinstance(value, Problem):
        fail(value)
    return read_number(value, locale)


def read_number(text: str, locale: str) -> float:
    """Number that *text* reads as. Raises FailedError, or UnsureError for what may be one: `5-`, `(5)`, `Dec-26`."""
    typed = typed_number(text, locale)
    if typed is not None:
        return typed
    words = {word[:3] for word in _WORD.findall(text.lower())}
    if words <= _WORDS_OF_NUMBERS and (words & _TRUTHS or any(map(str.isdigit, text))):
        raise UnsureError
    return fail(VALUE)


def typed_number(text: str, locale: str) -> float | None:
    """Number, date, time or per cent that *text* reads as; None for other text."""
    if not text[:1].isascii() or text[:1] in {"'", "="}:
        return None
    found = as_typed(text, locale)[0]
    return found if is_number(found) else None


def text(value: Scalar, locale: str) -> str:
    """Write as text, a number with up to fifteen digits. Raises FailedError."""
    if isinstance(value, Problem):
        fail(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return truth_words(locale)[0 if value else 1]
    if value.__class__ is int and abs(value) < 1e15:  # noqa: PLR2004  from here on Google writes 1E+15
        return str(value)
    written = f"{value:.15g}"
    if "e" in written:
        raise UnsureError
    return written.replace(".", ",") if comma_decimals(locale) else written


def truth(value: Scalar) -> bool:
    """Read as a truth value: numbers but 0 are true, a blank is false. Raises FailedError."""
    if isinstance(value, Problem):
        fail(value)
    if isinstance(value, str):
        if not value or value.upper() in {"TRUE", "FALSE"} or any(map(str.isdigit, value)):
            raise UnsureError
        fail(VALUE)
    return bool(value)


def _rank(value: Scalar) -> int:
    return 2 if value.__class__ is bool else 1 if value.__class__ is str else 0


def compared(left: Scalar, right: Scalar) -> int:
    """-1, 0 or 1: numbers < text < truth values, capitals alike; a blank is 0, "" or FALSE, as it stands beside.

    Raises UnsureError where programs disagree: numbers that differ in their last digits alone, signs in text.
    """
    if left is None:
        left = _blank_like(right)
    if right is None:
        right = _blank_like(left)
    if is_text(left) and is_text(right):
        return _order(left.lower(), right.lower())
    ranks = _rank(left), _rank(right)
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if left == right:
        return 0
    if too_close(left, right):  # type: ignore[arg-type]  # of one rank, and no text
        raise UnsureError
    return -1 if left < right else 1  # type: ignore[operator]


def _order(one: str, other: str) -> int:
    """Compare as every alphabet does: digits before letters; signs and letters of two alphabets stand anywhere."""
    for left, right in zip(one, other, strict=False):
        if left != right:
            if not (left.isascii() and right.isascii() and left.isalnum() and right.isalnum()) and not (
                "а" <= left <= "я" and "а" <= right <= "я"
            ):
                raise UnsureError
            return -1 if left < right else 1
    return (len(one) > len(other)) - (len(one) < len(other))


def too_close(left: float, right: float) -> bool:
    """Whether two numbers differ by so little that some programs take them for equal, as 0.1+0.2 and 0.3."""
    return left != right and abs(left - right) <= abs(left) * CLOSE


def _blank_like(value: Scalar) -> Scalar:
    return "" if value.__class__ is str else False if value.__class__ is bool else 0


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
SWAPPED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _divided(left: float, right: float) -> float:
    return fail(DIV0) if right == 0 else left / right


def _added(left: float, right: float) -> float:
    if too_close(left, -right):
        raise UnsureError
    return left + right


def _raised(left: float, right: float) -> float:
    if left == 0 and right <= 0:
        raise UnsureError
    found: float | complex = float(left) ** right
    return fail(NUM) if isinstance(found, complex) else found


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": _added,
    "-": lambda left, right: _added(left, -right),
    "*": operator.mul,
    "/": _divided,
    "^": _raised,
}


def _holds(sign: str, left: Scalar, right: Scalar) -> bool:
    if sign in {"=", "<>"} and is_text(left) and is_text(right):  # equal or not, whatever the order of signs
        return (left.lower() == right.lower()) == (sign == "=")
    return COMPARISONS[sign](compared(left, right), 0)


def calculated(sign: str, left: Scalar, right: Scalar, locale: str) -> Scalar:
    """Apply a binary operator. Errors come back as values."""
    if isinstance(left, Problem) or isinstance(right, Problem):
        return left if isinstance(left, Problem) else right
    if sign in COMPARISONS:
        return _holds(sign, left, right)
    try:
        if sign == "&":
            return text(left, locale) + text(right, locale)
        return tidy(ARITHMETIC[sign](number(left, locale), number(right, locale)))
    except FailedError as error:
        return error.problem
    except OverflowError:
        return NUM
