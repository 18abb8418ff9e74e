"""What a decision costs by the kind of campaign, once the sheet is read: derived codes, ready ones, one for everybody.

A group of calls as one write carries it, each seeing the claims of those before it; CPU for each call, the work that a
read needs once included. The rival goes through the cells of all rows for each call, as whoever has a gspread list does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from functions import issuing, redeeming
from functions.promo import Caller, Campaign, Claim, Event, IssueCall, PromoCode, RedeemCall, Redemption, Role, Source
from functions.snapshot import Snapshot
from functions.tables import Tables, code_table, redemption_table
from tests.bench import bench_book as book
from tests.bench.bench_table import Section

SIZES, SHORT_SIZES, GROUP = (1_000, 20_000), (1_000,), 100
SHARED_CODE, USED_ON = "SALE-20", 46_000 * 86_400_000
BOT, TILL = Caller("bot", Role.BOT), Caller("till", Role.TILL)
Decide = Callable[[Snapshot, int], Any]


def measure(short: bool) -> Section:  # noqa: FBT001
    section = Section("campaigns")
    for size in SHORT_SIZES if short else SIZES:
        for name, source in (("derived", Source.GENERATED), ("ready", Source.POOL), ("shared", Source.SHARED)):
            _measure(section, f"{size:,} codes, {name}", source, size)
    section.notes += [
        f"CPU for each call of {GROUP} on rows in memory; ready: twice as many codes, half of them given; shared: a Total limit.",
        "The rival goes through the cells of all rows for each call.",
    ]
    return section


def _measure(section: Section, name: str, source: Source, size: int) -> None:
    given, used = _rows(source, size)
    issued = _group(_snapshot(source, size, given, used), lambda view, number: _issue(view, size + number))
    redeemed = _group(_snapshot(source, size, given, used), lambda view, number: _redeem(view, given[number]))
    section.add(f"{name}: an issue", _ms(issued), _ms(_scans(lambda number: _scan_issue(given, size, number))))
    scanned = _scans(lambda number: _scan_redeem(given, used, given[number]))
    section.add(f"{name}: a redemption", _ms(redeemed), _ms(scanned))


def _rows(source: Source, size: int) -> tuple[list[PromoCode], list[Redemption]]:
    """Codes that were given, and redemptions of the later half of them."""
    shared = source is Source.SHARED
    given = [
        PromoCode(
            code=SHARED_CODE if shared else _code(source, number),
            campaign=book.CAMPAIGN,
            subscriber_id=book.subscriber(number),
            issued=USED_ON + number,
            row=2 + number,
        )
        for number in range(size)
    ]
    used = [
        Redemption(
            time=USED_ON + number,
            code=row.code,
            event=Event.REDEEMED,
            channel="till",
            subscriber_id=row.subscriber_id if shared else "",
            by="till",
            claim=f"claim-{number}",
        )
        for number, row in enumerate(given[size // 2 :])
    ]
    return given, used


def _code(source: Source, number: int) -> str:
    return f"READY-{number:06}" if source is Source.POOL else book.code_of(number)


def _snapshot(source: Source, size: int, given: list[PromoCode], used: list[Redemption]) -> Snapshot:
    limit = 10 * size if source is Source.SHARED else None
    campaign = Campaign(book.CAMPAIGN, prefix="SPRING", source=source, shared_code=SHARED_CODE, total_limit=limit)
    pool = tuple((_code(source, number), book.CAMPAIGN) for number in range(2 * size if source is Source.POOL else 0))
    return Snapshot(Tables(UTC, "en", 1, (campaign,), code_table(given), redemption_table(used), pool))


def _issue(view: Snapshot, number: int) -> Any:
    call = IssueCall(BOT, book.subscriber(number), book.CAMPAIGN)
    return issuing.issue(view, call, _now(), book.CODE_KEY.encode(), f"new-{number}")


def _redeem(view: Snapshot, row: PromoCode) -> Any:
    call = RedeemCall(TILL, row.code, channel="till", subscriber_id=row.subscriber_id, request_id=row.subscriber_id)
    return redeeming.redeem(view, call, _now(), f"use-{row.row}")


def _group(view: Snapshot, decide: Decide) -> float:
    began = time.process_time()
    for number in range(GROUP):
        decided = decide(view, number)
        assert isinstance(decided, Claim), decided
        for row in decided.rows:
            view = view.plus(row)
    return (time.process_time() - began) / GROUP


def _scans(scan: Callable[[int], object]) -> float:
    began = time.process_time()
    for number in range(GROUP):
        scan(number)
    return (time.process_time() - began) / GROUP


def _scan_issue(given: Sequence[PromoCode], size: int, number: int) -> str:
    """Has the subscriber a code; which ones are out; the first that is not."""
    new = book.subscriber(size + number)
    assert not any(row.subscriber_id == new for row in given)
    out = {row.code for row in given}
    return next(code for place in range(size + GROUP) if (code := f"READY-{place:06}") not in out)


def _scan_redeem(given: Sequence[PromoCode], used: Sequence[Redemption], wanted: PromoCode) -> bool:
    """Is there such a code for this subscriber; was it redeemed."""
    known = [row for row in given if row.code == wanted.code and row.subscriber_id == wanted.subscriber_id]
    return bool(known) and any(row.code == wanted.code and row.subscriber_id == wanted.subscriber_id for row in used)


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2f} ms"
