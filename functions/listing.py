"""The nouns of today's list, as `today` makes it and `replies` writes it. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One redemption of today; `uses` and `uses_left` are those of its code now."""

    time: datetime | None
    code: str
    discount: str
    name: str
    channel: str
    by: str
    reference: str
    request_id: str
    rolled_back: bool
    uses: int | None
    uses_left: int | None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Redemptions of a day, the newest first; `count` of all that stand, `left_out` are too many to be told."""

    day: date
    till: str
    count: int
    rows: tuple[Listed, ...]
    left_out: int = 0
