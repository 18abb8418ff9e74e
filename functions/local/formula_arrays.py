"""Arrays that a formula calculates with, made for columns of 100,000 cells.

A column is the values of its first cells and one `tail` value that every later cell has; so a column that is open
below ends at its last value, and a single value is a column with a tail alone. What is true of which cell is a Mask: an
integer with one byte a cell, so that two conditions meet in one `&` and the cells are counted in one `bit_count`.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property
from itertools import chain, compress, repeat
from typing import TYPE_CHECKING, NamedTuple

from functions.local.formula_values import (
    CLOSE,
    COMPARISONS,
    SWAPPED,
    Problem,
    Scalar,
    UnsureError,
    calculated,
    is_number,
    is_text,
    typed_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

MAX_MASKS = 256  # of one column; 100 kB each at 100,000 cells
_NAN = math.nan
_BLANK_OR_NUMBER = frozenset({int, float, type(None)})
_FAST: dict[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Mask(NamedTuple):
    """Which cells of a column: byte n of *bits* is 1 for cell n; cells from *length* on are all in, or all out."""

    bits: int
    length: int
    tail: bool

    @classmethod
    def of(cls, flags: Iterable[int], *, tail: bool) -> Mask:
        """Make a mask of one flag a cell."""
        found = bytes(flags)
        return cls(int.from_bytes(found, "little"), len(found), tail)

    @classmethod
    def at(cls, places: Iterable[int], length: int, *, tail: bool) -> Mask:
        """Make a mask of the cells at *places*."""
        flags = bytearray(length)
        for place in places:
            flags[place] = 1
        return cls(int.from_bytes(flags, "little"), length, tail)

    def widened(self, length: int) -> int:
        """Bits of the first *length* cells."""
        if length <= self.length or not self.tail:
            return self.bits
        return self.bits | _ones(length - self.length) << 8 * self.length

    def __and__(self, other: Mask) -> Mask:
        """Cells that are in both."""
        length = max(self.length, other.length)
        return Mask(self.widened(length) & other.widened(length), length, self.tail and other.tail)

    def __invert__(self) -> Mask:
        """Cells that are not in."""
        return Mask(self.bits ^ _ones(self.length), self.length, not self.tail)

    def count(self, height: int) -> int:
        """How many of *height* cells are in."""
        return self.bits.bit_count() + (height - self.length if self.tail else 0)

    def flags(self) -> bytes:
        """One byte, 0 or 1, for each of the first *length* cells."""
        return self.bits.to_bytes(self.length, "little")


def _ones(count: int) -> int:
    return int.from_bytes(b"\1" * count, "little")


class Column:
    """Cells of one column, and what is found out about them once."""

    def __init__(self, values: Sequence[Scalar], tail: Scalar = None) -> None:
        self._values, self.tail = values, tail
        self._masks: dict[Hashable, Mask] = {}
        self._numeric_texts: dict[str, dict[float, list[str]]] = {}

    @property
    def values(self) -> Sequence[Scalar]:
        """Values of the first cells; later ones are `tail`."""
        return self._values

    @property
    def size(self) -> int:
        """How many cells come before the tail."""
        return len(self._values)

    def at(self, row: int) -> Scalar:
        """Value of the cell at *row*."""
        return self.values[row] if row < self.size else self.tail

    def padded(self, length: int) -> Iterable[Scalar]:
        """Values of the first *length* cells, or more."""
        return chain(self.values, repeat(self.tail, max(length - self.size, 0)))

    @cached_property
    def kinds(self) -> frozenset[type]:
        """Classes of the values, that of the tail too."""
        return frozenset({*map(type, self.values), type(self.tail)})

    @property
    def has_problem(self) -> bool:
        """Whether an error is among the values."""
        return Problem in self.kinds

    @cached_property
    def numbers(self) -> Sequence[float]:
        """Values that are numbers, in their places; not-a-number in place of the others."""
        if self.kinds <= {int, float}:
            return self.values  # type: ignore[return-value]  # all are numbers
        return [value if is_number(value) else _NAN for value in self.values]

    @cached_property
    def only_numbers(self) -> Sequence[float]:
        """Values that are numbers, the others left out."""
        if self.kinds <= {int, float}:
            return self.values  # type: ignore[return-value]  # all are numbers
        return [value for value in self.values if is_number(value)]

    @cached_property
    def as_compared(self) -> Sequence[float]:
        """Values as a comparison with a number sees them: 0 for a blank, not-a-number for what is above any number."""
        if type(None) not in self.kinds:
            return self.numbers
        return [value if is_number(value) else 0 if value is None else _NAN for value in self.values]

    @property
    def plain_numbers(self) -> Sequence[float] | None:
        """Values with 0 for a blank; None when there is anything but numbers and blanks."""
        return self.as_compared if self.kinds <= _BLANK_OR_NUMBER else None

    @cached_property
    def places(self) -> dict[Hashable, list[int]]:
        """Where each value stands, by its key (see `key`)."""
        found: dict[Hashable, list[int]] = defaultdict(list)
        for place, value in enumerate(self.values):
            found[value.lower() if value.__class__ is str else key(value)].append(place)
        found.default_factory = None  # type: ignore[attr-defined]  # from here on an ordinary dict
        return found

    @cached_property
    def _in_order(self) -> list[float]:
        return sorted(self.only_numbers)

    def refuse_close(self, number: float) -> None:
        """Raise UnsureError when a cell differs from *number* so little that some programs take them for equal."""
        span = abs(number) * CLOSE
        if span < 1 and float not in self.kinds and number == int(number):
            return
        found = self._in_order[bisect_left(self._in_order, number - span) : bisect_right(self._in_order, number + span)]
        if found and not found[0] == number == found[-1]:
            raise UnsureError

    def numeric_texts(self, locale: str) -> dict[float, list[str]]:
        """Keys of the texts that read as numbers, by their number; found once."""
        if str not in self.kinds:
            return {}
        if locale not in self._numeric_texts:
            found: dict[float, list[str]] = defaultdict(list)
            for one in self.places:
                if one.__class__ is str and any(map(str.isdigit, str(one))):
                    number = typed_number(str(one), locale)
                    if number is not None:
                        found[number].append(str(one))
            self._numeric_texts[locale] = dict(found)
        return self._numeric_texts[locale]

    def mask(self, name: Hashable, make: Callable[[], Mask]) -> Mask:
        """Mask that was made once under *name*; the oldest ones are forgotten."""
        found = self._masks.get(name)
        if found is None:
            found = make()
            if len(self._masks) >= MAX_MASKS:
                self._masks.pop(next(iter(self._masks)), None)
            self._masks[name] = found
        return found

    def mask_of_keys(self, *keys: Hashable, tail: bool) -> Mask:
        """Cells whose value has one of these keys."""
        places = chain.from_iterable(self.places.get(one, ()) for one in keys)
        return Mask.at(places, self.size, tail=tail)


class Truths(Column):
    """A column of truth values, or (*counted*) of 1 and 0 made of them."""

    def __init__(self, truths: Mask, *, counted: bool = False) -> None:
        super().__init__((), int(truths.tail) if counted else truths.tail)
        self.truths, self.counted = truths, counted

    @property
    def size(self) -> int:
        """How many cells come before the tail."""
        return self.truths.length

    @cached_property
    def values(self) -> Sequence[Scalar]:
        """Values of the first cells; later ones are `tail`."""
        flags = self.truths.flags()
        return list(flags) if self.counted else [flag == 1 for flag in flags]


def key(value: Scalar) -> Hashable:
    """What equal values share: text without regard to capitals, TRUE apart from 1."""
    if is_text(value):
        return value.lower()
    return (value,) if value.__class__ is bool or isinstance(value, Problem) else value


class Array(NamedTuple):
    """Columns of one height; `from_cells` when they were read from a range and not calculated."""

    columns: tuple[Column, ...]
    height: int
    from_cells: bool = False

    @property
    def is_one(self) -> bool:
        """Whether this is a single value."""
        return self.height == 1 and len(self.columns) == 1

    def only(self) -> Scalar:
        """Give the single value. Raises UnsureError when there are more: what Google takes depends on the place."""
        if not self.is_one:
            raise UnsureError
        return self.columns[0].at(0)

    def values(self) -> Iterable[Scalar]:
        """All values, blank tails left out."""
        for column in self.columns:
            yield from column.values
            if column.tail is not None:
                yield from repeat(column.tail, self.height - column.size)


Result = Scalar | Array


def array_of(result: Result) -> Array:
    """Take a single value as an array of one."""
    return result if isinstance(result, Array) else Array((Column((), result),), 1)


def array_of_rows(rows: Sequence[Sequence[Scalar]]) -> Array:
    """Make an array of rows that are equally long and at least one."""
    return Array(tuple(Column(list(values)) for values in zip(*rows, strict=True)), len(rows))


def broadcast(change: Callable[[Sequence[Column], int], Column], results: Sequence[Result]) -> Result:
    """Pass arrays column by column through *change*, with their height; one row or column stands beside every other.

    Raises UnsureError for other sizes that differ.
    """
    arrays = [array_of(result) for result in results]
    height = max(array.height for array in arrays)
    width = max(len(array.columns) for array in arrays)
    if any(array.height not in {1, height} or len(array.columns) not in {1, width} for array in arrays):
        raise UnsureError
    found = Array(tuple(change([_nth(array, n, height) for array in arrays], height) for n in range(width)), height)
    return found.only() if found.is_one else found


def _nth(array: Array, number: int, height: int) -> Column:
    column = array.columns[number if len(array.columns) > 1 else 0]
    return Column((), column.at(0)) if array.height == 1 and height > 1 else column


def elementwise(change: Callable[..., Scalar], columns: Sequence[Column], height: int) -> Column:
    """Pass cells that stand side by side through *change*."""
    length = max(column.size for column in columns)
    values = [change(*row) for row in zip(*(column.padded(length) for column in columns), strict=False)]
    return Column(values, change(*(column.tail for column in columns)) if length < height else None)


def combined(sign: str, left: Column, right: Column, height: int, locale: str) -> Column:
    """Apply a binary operator to two columns."""
    found: Column | None = None
    if sign in COMPARISONS:
        found = _compared(sign, left, right)
    elif sign == "*":
        found = _multiplied(left, right)
    if found is None and sign in _FAST:
        found = _added(sign, left, right)
    return found or elementwise(lambda one, other: calculated(sign, one, other, locale), (left, right), height)


def _compared(sign: str, left: Column, right: Column) -> Column | None:
    """Compare a column with one value; the mask is remembered. None when this is another case."""
    if not left.size:
        sign, left, right = SWAPPED[sign], right, left
    constant = right.tail
    if right.size or left.has_problem or isinstance(constant, Problem):
        return None
    return Truths(left.mask((sign, constant.__class__, constant), lambda: _compared_mask(sign, left, constant)))


def _compared_mask(sign: str, column: Column, constant: Scalar) -> Mask:
    if is_number(constant):
        column.refuse_close(constant)
    tail = calculated(sign, column.tail, constant, "") is True
    if sign in {"=", "<>"}:
        same = column.mask_of_keys(*_equal_keys(constant), tail=tail == (sign == "="))
        return same if sign == "=" else ~same
    if not is_number(constant):
        return Mask.of([calculated(sign, value, constant, "") is True for value in column.values], tail=tail)
    if sign in {"<", "<="}:
        return Mask.of(map(COMPARISONS[sign], column.as_compared, repeat(constant)), tail=tail)
    below = "<=" if sign == ">" else "<"  # text and truth values are above every number
    return ~Mask.of(map(COMPARISONS[below], column.as_compared, repeat(constant)), tail=not tail)


def _equal_keys(constant: Scalar) -> list[Hashable]:
    """Keys of what equals *constant* in a formula: a blank equals 0, "" and FALSE."""
    if constant is None:
        return [None, 0, "", (False,)]
    found = key(constant)
    return [found, None] if found in {0, "", (False,)} else [found]


def _multiplied(left: Column, right: Column) -> Column | None:
    if isinstance(left, Truths) and isinstance(right, Truths):
        return Truths(left.truths & right.truths, counted=True)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Truths) and not other.size and is_number(other.tail) and other.tail == 1:
            return Truths(one.truths, counted=True)
    return None


def _added(sign: str, left: Column, right: Column) -> Column | None:
    """Add, subtract or multiply where every cell is a number, a truth value made here, or blank."""
    first, second = _plain(left), _plain(right)
    if first is None or second is None:
        return None
    length, change = max(left.size, right.size), _FAST[sign]
    tails = [_number_of(column.tail) for column in (left, right)]
    sides = (
        chain(numbers, repeat(tail, length - len(numbers)))
        for numbers, tail in zip((first, second), tails, strict=True)
    )
    return Column(list(map(change, *sides)), change(*tails))


def _plain(column: Column) -> Sequence[float] | None:
    return column.truths.flags() if isinstance(column, Truths) else column.plain_numbers


def _number_of(value: Scalar) -> float:
    return int(value is True) if not is_number(value) else value


def product_sum(columns: Sequence[Column], height: int) -> Scalar:
    """Sum of the products of cells side by side; TRUE counts as 1, text and blanks as 0, an error is the answer."""
    masks = [column.truths for column in columns if isinstance(column, Truths)]
    others = [column for column in columns if not isinstance(column, Truths)]
    for column in others:
        if column.has_problem:
            return next(value for value in (*column.values, column.tail) if isinstance(value, Problem))
    length = max((column.size for column in others), default=0)
    mask = Mask(_ones(length), length, tail=True)
    for one in masks:
        mask &= one
    if not others:
        return mask.count(height)
    length = max(length, mask.length)
    flags = mask.widened(length).to_bytes(length, "little")
    tail = _product([column.tail for column in others]) if mask.tail else 0
    plain = others[0].plain_numbers
    if len(others) == 1 and plain is not None and len(plain) == length:
        return sum(compress(plain, flags)) + tail * (height - length)
    rows = zip(*(compress(column.padded(length), flags) for column in others), strict=False)
    return sum(map(_product, rows)) + tail * (height - length)


def _product(row: Sequence[Scalar]) -> float:
    found: float = 1
    for value in row:
        found = found * value if is_number(value) or isinstance(value, bool) else 0
    return found
