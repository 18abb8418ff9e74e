"""Columns that grow: what was made of their first cells is kept while nothing but their end changes.

A sheet of a hundred thousand codes is read every second, and a second of a sale adds a few rows at its end. So the
cells of a column stand in a Line, which only grows, and a Column is what one read saw of it: its first so many cells.
Keys and indexes are made once for each cell of a line. A column that changed anywhere else is a line of its own, and
all is made afresh: nothing is ever taken from an older read that is not in this one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Generic, TypeVar, overload

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
#: Makes a key of each cell, of many cells at once. It is known by itself, so it is a function of a module.
Maker = Callable[[Sequence[T]], Sequence[K]]


class _Made(Generic[K]):
    """The keys of the cells so far, and the places of each: the first one apart, since nearly all have no other."""

    def __init__(self) -> None:
        self.keys: list[K] = []
        self.first: dict[K, int] = {}
        self.more: defaultdict[K, list[int]] = defaultdict(list)
        self.any = False
        self._indexed = 0

    def add(self, keys: Sequence[K]) -> None:
        """Take the keys of the next cells."""
        self.keys += keys
        self.any = self.any or any(keys)

    def index(self) -> None:
        """Let `first` and `more` know all the keys; falsy ones are none."""
        first, more = self.first, self.more
        for place, key in enumerate(self.keys[self._indexed :], self._indexed):
            if key and first.setdefault(key, place) != place:
                more[key].append(place)
        self._indexed = len(self.keys)


class Line(Generic[T]):
    """Cells that are added to, but never changed. Threads may ask its columns while one thread lets it grow."""

    def __init__(self, cells: list[T]) -> None:
        """Take over the list."""
        self.cells = cells
        self._lock = Lock()
        self._made: dict[Maker[T, Hashable], _Made[Hashable]] = {}

    def grown(self, cells: Sequence[T]) -> Column[T]:
        """The column with these cells after all that are there."""
        self.cells += cells
        return Column(self, len(self.cells))

    def made(self, maker: Maker[T, K], size: int, *, indexed: bool = False) -> _Made[K]:
        """What was made of the first *size* cells, and maybe of more."""
        with self._lock:
            found: _Made[K] = self._made.setdefault(maker, _Made())  # type: ignore[assignment]
            if len(found.keys) < size:
                found.add(maker(self.cells[len(found.keys) : size]))
            if indexed:
                found.index()
            return found


class Column(Sequence[T]):
    """The first *size* cells of a line: what one read saw of it."""

    def __init__(self, line: Line[T], size: int) -> None:
        self.line = line
        self._size = size

    @classmethod
    def of(cls, cells: Sequence[T]) -> Column[T]:
        """Cells that came in some other way; a column is taken as it is."""
        return cells if isinstance(cells, cls) else Line[T]([]).grown(cells)

    def plus(self, cell: T) -> Column[T]:
        """The same and one more, on a line of its own if this one has grown otherwise."""
        line = self.line if self._size == len(self.line.cells) else Line(list(self))
        return line.grown((cell,))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        return islice(self.line.cells, self._size)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return self.line.cells[: self._size][place]
        if not -self._size <= place < self._size:
            msg = f"no cell {place} in a column of {self._size}"
            raise IndexError(msg)
        return self.line.cells[place if place >= 0 else place + self._size]

    def keys(self, maker: Maker[T, K]) -> list[K]:
        """A key for each cell."""
        return self.line.made(maker, self._size).keys[: self._size]

    def has_any(self, maker: Maker[T, K]) -> bool:
        """True if a cell has a key that is not falsy; a later cell of the line may be the one."""
        return self.line.made(maker, self._size).any

    def indexed(self, maker: Maker[T, K]) -> Index[K]:
        """Where each key stands."""
        return Index(self.line.made(maker, self._size, indexed=True), self._size)


class Index(Mapping[K, Sequence[int]]):
    """Key -> its places in a column, in ascending order; falsy keys are none. The line may know of later places."""

    def __init__(self, made: _Made[K], size: int) -> None:
        self._made = made
        self._size = size

    def __getitem__(self, key: K) -> Sequence[int]:
        first = self._made.first[key]
        if first >= self._size:
            raise KeyError(key)
        more = self._made.more.get(key)
        if more is None:
            return (first,)
        return (first, *more[: bisect_left(more, self._size)])

    def __contains__(self, key: object) -> bool:
        return self._made.first.get(key, self._size) < self._size  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[K]:
        return (key for key, place in list(self._made.first.items()) if place < self._size)

    def __len__(self) -> int:
        return sum(1 for _ in self)
