"""Time as the sheet keeps it: whole milliseconds of wall time since 1899-12-30, in the spreadsheet's own zone.

An *instant* is milliseconds since 1970-01-01 UTC. A spreadsheet stores wall time, so two instants of the hour in
which clocks go back look alike; each function says which one it takes.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

DAY_MS = 86_400_000
SECOND_MS = 1_000
_WALL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - wall time has no zone of its own
_INSTANT_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
#: A cell's moment that lies further ahead than this is not read as "just now" in the doubled hour.
_AHEAD_MS = 60_000


def from_instant(zone: tzinfo, instant: int) -> int:
    """Wall time of *instant*."""
    local = (_INSTANT_ZERO + instant * _MS).astimezone(zone).replace(tzinfo=None)
    return (local - _WALL_ZERO) // _MS


def to_instant(zone: tzinfo, wall: int, *, later: bool = False) -> int:
    """Instant of a wall time; of two possible ones the earlier, or the later on request.

    A wall time that clocks skip counts on from the moment they were put forward (PEP 495, fold 0).
    """
    first, second = _instant(zone, wall, 0), _instant(zone, wall, 1)
    return max(first, second) if later or first > second else first


def latest_instant(zone: tzinfo, wall: int, now: int) -> int:
    """Instant at which a cell was written: in the doubled hour the later one, unless that has not come yet.

    So an age is never overestimated, and whatever waits for a row to be old enough waits too long, not too short.
    """
    later = to_instant(zone, wall, later=True)
    return later if later <= now + _AHEAD_MS else to_instant(zone, wall)


def end_of_day(wall: int) -> int:
    """Wall time 23:59:59 of the day."""
    return wall - wall % DAY_MS + DAY_MS - SECOND_MS


def is_over(zone: tzinfo, last: int | None, now: int) -> bool:
    """True once the second *last* (wall time) has gone by at the instant *now*; never for None."""
    return last is not None and now >= to_instant(zone, last, later=True) + SECOND_MS


def has_begun(zone: tzinfo, first: int | None, now: int) -> bool:
    """True from the second *first* (wall time) on; always for None."""
    return first is None or now >= to_instant(zone, first)


def aware(zone: tzinfo, wall: int | None, *, later: bool = False) -> datetime | None:
    """Aware datetime of a wall time, whole seconds, for an answer."""
    if wall is None:
        return None
    instant = to_instant(zone, wall, later=later)
    return (_INSTANT_ZERO + (instant - instant % SECOND_MS) * _MS).astimezone(zone)


def day(wall: int) -> date:
    """Calendar day of a wall time."""
    return (_WALL_ZERO + wall * _MS).date()


def moment(wall: int) -> datetime:
    """Naive datetime of a wall time, whole seconds."""
    return _WALL_ZERO + (wall - wall % SECOND_MS) * _MS


def days_left(zone: tzinfo, last: int | None, now: int) -> int | None:
    """Whole days from today until the day of *last*, 0 on that day and after it; None without an end."""
    if last is None:
        return None
    return max(0, last // DAY_MS - from_instant(zone, now) // DAY_MS)


def _instant(zone: tzinfo, wall: int, fold: int) -> int:
    local = (_WALL_ZERO + wall * _MS).replace(tzinfo=zone, fold=fold)
    return (local.astimezone(UTC) - _INSTANT_ZERO) // _MS


def named(wall: int, name: str) -> int:
    """Give a wall time to the second, the milliseconds by a random name: two claims of one moment differ."""
    return wall // SECOND_MS * SECOND_MS + zlib.crc32(name.encode()) % SECOND_MS
