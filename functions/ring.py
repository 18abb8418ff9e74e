"""Which ready code a subscriber gets: the first free one clockwise from their place on a ring of codes. Pure.

Every instance finds the same one on the same sheet, in whatever order staff have put the rows; a code that comes or
goes concerns only those whose place is before it. And a decision looks at a few codes, where a rank of each code for
each subscriber would look at them all.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from heapq import merge
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PLACE_BYTES = 8
_REMEMBERED = 4_096


class Ring:
    """Folded codes, each at its place."""

    def __init__(self, folded: Iterable[str]) -> None:
        self._codes = sorted((_place(each), each) for each in folded)

    def after(self, place: bytes, others: Iterable[str] = ()) -> Iterator[str]:
        """All codes clockwise from a place, each once round, and others among them."""
        first, size = bisect_left(self._codes, (place, "")), len(self._codes)
        own = (self._codes[number % size] for number in range(first, first + size))
        added = sorted(((_known_place(each), each) for each in others), key=lambda found: (found[0] < place, found))
        return (code for _, code in merge(own, added, key=lambda found: (found[0] < place, found)))


@dataclass(frozen=True)
class Ready:
    """The ready codes of a campaign: all, folded -> as staff wrote them; and the ring of those that were free."""

    codes: Mapping[str, str]
    ring: Ring


def _place(folded: str) -> bytes:
    """Where a code stands: codes that follow each other in staff's list stand anywhere."""
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=_PLACE_BYTES).digest()


_known_place = lru_cache(maxsize=_REMEMBERED)(_place)
