"""The sequence: one number for the spreadsheet, and a stamp for every batch that adds rows. Pure.

    read number n ──► decide ──► one batch: stamp n + 1, cell := n + 1, new rows
                                     │
                                     └─ Google refuses the whole batch if a stamp n + 1 exists

So a batch that lands was decided on the newest state, and a stale read refuses itself (DESIGN.md section 4). A stamp
is developer metadata with a chosen id, a key of one letter and no value: Google allows about 30,000 characters of keys
and values in a spreadsheet.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Ids of stamps start here; metadata ids are positive int32 and Google's own are random.
BASE = 1_000_000_000
#: No number goes beyond this: ids end at 2**31 - 1.
LAST = 2**31 - 1 - BASE
#: Stamps of one block share a letter, so that one request deletes a block.
BLOCK = 500
#: Blocks before the newest that are kept: the newest 1,000 stamps.
KEPT_BLOCKS = 2


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a batch must create: metadata `metadata_id` under `key`; `prune` is a key to delete with it, or ""."""

    number: int
    metadata_id: int
    key: str
    prune: str = ""


def next_stamp(number: int) -> Stamp:
    """The stamp of a batch that was decided on *number*. Raises ValueError past the end of the sequence."""
    number += 1
    if not 0 < number <= LAST:
        msg = f"the sequence must stay within 1 and {LAST}, not {number}"
        raise ValueError(msg)
    block, place = divmod(number, BLOCK)
    prune = _key(block - KEPT_BLOCKS - 1) if place == 0 and block > KEPT_BLOCKS else ""
    return Stamp(number, BASE + number, _key(block), prune)


def read_number(cell: object) -> int | None:
    """The number in the cell; None if staff removed it or put something else there."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return int(cell) if 0 <= cell < LAST and cell == int(cell) else None


def newest(stamps: Iterable[tuple[int, str]]) -> int:
    """The highest number among (metadata id, key) pairs, 0 without any: what a lost cell is healed from."""
    ours = (metadata_id for metadata_id, key in stamps if len(key) == 1 and BASE < metadata_id <= BASE + LAST)
    return max(ours, default=BASE) - BASE


def _key(block: int) -> str:
    return string.ascii_lowercase[block % len(string.ascii_lowercase)]
