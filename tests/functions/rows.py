"""Rows and snapshots for the tests of decisions; one fixed moment, so that ages are easy to read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from functions import wall
from functions.promo import Caller, Campaign, CheckCall, Event, IssueCall, PromoCode, RedeemCall, Redemption, Role
from functions.snapshot import Snapshot
from functions.tables import Tables, code_table, redemption_table

ZONE = ZoneInfo("Europe/Moscow")
NOW = int(datetime(2026, 3, 10, 12, 0, tzinfo=ZONE).timestamp() * 1000)
KEY = b"k" * 32
BOT = Caller("bothelp", Role.BOT)
TILL = Caller("till-1", Role.TILL)
ADMIN = Caller("owner", Role.ADMIN)
MINUTE = 60_000


def at(text: str) -> int:
    """Wall time of an ISO date or date-time; a date alone is its end."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC"))
    found = int((local - datetime(1899, 12, 30, tzinfo=ZoneInfo("UTC"))).total_seconds() * 1000)
    return wall.end_of_day(found) if len(text) == 10 else found


def ago(milliseconds: int) -> int:
    """Wall time that long before NOW."""
    return wall.from_instant(ZONE, NOW - milliseconds)


def sheet(
    *rows: PromoCode | Redemption,
    campaigns: tuple[Campaign, ...] = (Campaign("spring", prefix="SPRING"),),
    pool: tuple[tuple[str, str], ...] = (),
    number: int | None = 7,
) -> Snapshot:
    """A snapshot with these rows, numbered from 2 as in a sheet."""
    codes = [row for row in rows if isinstance(row, PromoCode)]
    redemptions = [row for row in rows if isinstance(row, Redemption)]
    return Snapshot(
        Tables(
            zone=ZONE,
            language="en",
            number=number,
            campaigns=campaigns,
            codes=code_table(codes),
            redemptions=redemption_table(redemptions),
            pool=pool,
        )
    )


def code(text: str = "SPRING-11111-22222", subscriber: str = "s1", **more: object) -> PromoCode:
    """A row of Promo codes, issued an hour ago."""
    values: dict[str, object] = {"campaign": "spring", "issued": ago(60 * MINUTE), "row": 2} | more
    return PromoCode(code=text, subscriber_id=subscriber, **values)  # type: ignore[arg-type]


def redeemed(claim: str, age: int, text: str = "SPRING-11111-22222", **more: object) -> Redemption:
    """A claim that old (ms)."""
    values: dict[str, object] = {"event": Event.REDEEMED, "by": "till-1", "channel": "till-1"} | more
    return Redemption(time=ago(age), code=text, claim=claim, **values)  # type: ignore[arg-type]


def issue_call(subscriber: str = "s1", campaign: str = "spring", **more: object) -> IssueCall:
    return IssueCall(BOT, subscriber, campaign, **more)  # type: ignore[arg-type]


def check_call(typed: str = "SPRING-11111-22222", caller: Caller = TILL, **more: object) -> CheckCall:
    return CheckCall(caller, typed, **more)  # type: ignore[arg-type]


def redeem_call(typed: str = "SPRING-11111-22222", caller: Caller = TILL, **more: object) -> RedeemCall:
    values: dict[str, object] = {"channel": caller.name} | more
    return RedeemCall(caller, typed, **values)  # type: ignore[arg-type]
