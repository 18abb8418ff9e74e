"""How a code stands: what its claims and its row say together. Pure; shared by issuing and redeeming.

The rules are those of DESIGN.md section 4 (Words, Repeats, Redeeming, Projection); H-numbers are the holes of
facts/guard-attack.md that a rule closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import codes, wall
from functions.promo import PromoCode, Redemption, Status
from functions.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from functions.snapshot import Snapshot

#: A claim younger than this may still be withdrawn by its writer: no refusal rests on it (H16).
YOUNG_MS = 20_000
#: A bot's call without a Request ID repeats a claim of the same subscriber, code and channel this close to it (H13).
WINDOW_MS = 60_000
#: After this nothing of a claim is in flight any more: a lone one needs no confirmation (H3, H20).
OLD_MS = 600_000
_NEVER_MS = 1 << 60
#: No zone's clocks are put forward or back by more: what is so much older by the wall is older.
_SHIFT_MS = 3 * 3_600_000


def age_of(snapshot: Snapshot, written: int | None, now: int) -> int:
    """Milliseconds since a wall time in the sheet, never overestimated; a lost or far-off one is as old as can be."""
    if written is None:
        return _NEVER_MS
    age = now - wall.latest_instant(snapshot.zone, written, now)
    return age if age > -OLD_MS else _NEVER_MS


def is_confirmed(snapshot: Snapshot, claim: Redemption, marks: Collection[int | None]) -> bool:
    """True if a Used on of the code's rows, *marks*, equals the claim's Time, or this process answered yes from it.

    Used on holds one time: of a code with several uses the sheet confirms the last one alone.
    """
    if claim.claim in snapshot.stood:
        return True
    if claim.time is None or claim.time not in marks:
        return False
    # Two processes may have written in the same millisecond: then the mark names neither.
    same = snapshot.redemptions_at(claim.time, codes.fold(claim.code))
    return all(each.claim == claim.claim or (each.request_id and each.request_id == claim.request_id) for each in same)


def marks_of(rows: Iterable[PromoCode]) -> frozenset[int | None]:
    """Used on of each row."""
    return frozenset(row.used_on for row in rows)


@dataclass(frozen=True)
class Uses:
    """Distinct requests that used a code: how many, how many of them for certain, how many confirmed."""

    total: int
    firm: int
    confirmed: int

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        claims: Iterable[Redemption],
        rows: Sequence[PromoCode],
        now: int,
        *,
        window: bool = False,
    ) -> Uses:
        """Count live claims; those with one Request ID are one use, and with *window* those that a bot repeated."""
        marks = marks_of(rows)
        settled = wall.from_instant(snapshot.zone, now) - _SHIFT_MS
        firm: dict[str, bool] = {}
        confirmed: set[str] = set()
        first: dict[tuple[str, str, str], tuple[int, str]] = {}
        for number, claim in enumerate(sorted(claims, key=lambda each: each.time or 0)):
            name = f"request {claim.request_id}" if claim.request_id else f"claim {claim.claim or number}"
            if window and not claim.request_id and claim.subscriber_id and claim.time is not None:
                began, known = first.setdefault((claim.subscriber_id, claim.channel, claim.by), (claim.time, name))
                name = known if claim.time - began <= WINDOW_MS else name
            sure = is_confirmed(snapshot, claim, marks)
            if sure:
                confirmed.add(name)
            old = claim.time is None or claim.time < settled or age_of(snapshot, claim.time, now) >= YOUNG_MS
            firm[name] = firm.get(name, False) or sure or old
        return cls(len(firm), sum(firm.values()), len(confirmed))


def has_stood(snapshot: Snapshot, rows: Iterable[PromoCode]) -> bool:
    """True if this process answered yes from one of these rows of Promo codes, or is about to write it.

    Nothing in the sheet says so.
    """
    return any(name_of(row) in snapshot.stood or snapshot.adds(row) for row in rows)


def is_void(rows: Iterable[PromoCode]) -> bool:
    """True if staff voided one of the rows: two rows with one code are one code."""
    return any(row.status is Status.VOID for row in rows)


def is_unreadable(rows: Iterable[PromoCode]) -> bool:
    """True if a cell that redeeming depends on cannot be read; such a row is never guessed at."""
    return any({"status", "expiration_date"} & set(row.bad) for row in rows)


def is_used_by_staff(snapshot: Snapshot, rows: Iterable[PromoCode]) -> bool:
    """True if Status says used and no redemption wrote that: staff's word counts at once."""
    return any(
        row.status is Status.USED and (row.used_on is None or not snapshot.redeemed_at(row.used_on)) for row in rows
    )


def is_stray(snapshot: Snapshot, rows: Iterable[PromoCode]) -> bool:
    """True if Status says used by the redemption of *another* code: a projection that hit a moved row (H5)."""
    return any(row.status is Status.USED and shows_another(snapshot, row) for row in rows)


def shows_another(snapshot: Snapshot, row: PromoCode) -> bool:
    """True if Used on is the time of a redemption, and not of this code."""
    redeemed = snapshot.redeemed_at(row.used_on) if row.used_on is not None else frozenset()
    return bool(redeemed) and codes.fold(row.code) not in redeemed


def is_expired(snapshot: Snapshot, rows: Sequence[PromoCode], now: int) -> bool:
    """True if every row's last valid second has gone by."""
    return bool(rows) and all(wall.is_over(snapshot.zone, row.expires, now) for row in rows)


def last_expiry(rows: Iterable[PromoCode]) -> int | None:
    """The latest expiry of several rows of one code; None if one of them never expires."""
    found = [row.expires for row in rows]
    return max(each for each in found if each is not None) if found and None not in found else None


def names_dead(snapshot: Snapshot, row: PromoCode) -> bool:
    """True if Used on is the time of a redemption of this code that was rolled back or withdrawn, and of no other."""
    of_time = [] if row.used_on is None else snapshot.redemptions_at(row.used_on, codes.fold(row.code), dead=True)
    return bool(of_time) and all(snapshot.is_dead(claim) for claim in of_time)
