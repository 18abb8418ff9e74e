"""Push again what failed, for `promosheet bot push --failed`: every row of BotHelp's whose Delivery says so.

What each subscriber is told is decided afresh, as if the bot had asked again, but nothing is issued: a code that was
used, voided or deleted meanwhile is not pushed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from functions import codes, delivery
from functions.bots.bothelp import is_address
from functions.bots.bothelp_api import Api
from functions.bots.bothelp_push import BotHelpPusher
from functions.committer import Committer
from functions.delivering import Ledger
from functions.delivery import Word
from functions.pacing import Pacing
from functions.promo import Caller, IssueCall, Role
from functions.sheet import GoogleSheet
from sheet_schema import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from functions.bots.bothelp import Wishes
    from functions.settings import BotHelp
    from functions.sheet import Reading
    from functions.world import World

COLUMNS = tuple(("codes", key) for key in ("code", "campaign", "subscriber_id", "platform", "delivery"))
_TIMEOUT_S = 30.0
_CALLER = Caller("promosheet", Role.ADMIN)
#: Label and length -> what takes the steps of a progress bar.
Bar: TypeAlias = "Callable[[str, int], AbstractContextManager[Callable[[int], object]]]"


@dataclass(frozen=True)
class Shop:
    """Where the codes are, and what they are pushed with."""

    spreadsheet_id: str
    endpoint: str
    code_key: bytes
    bothelp: BotHelp
    deadline_s: float


@dataclass
class Pushed:
    """How many rows were pushed, by what Delivery says now, and by the word for why they were left alone."""

    words: Counter[Word] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, order=True)
class Row:
    """A row whose push failed."""

    campaign: str
    subscriber_id: str
    code: str


def push_failed(
    shop: Shop, wishes: Wishes, world: World, report: Callable[[str, dict[str, object]], None], bar: Bar
) -> Pushed:
    """Push them one by one. Raises SheetError if the sheet cannot be read."""
    pacing, done = Pacing(), Pushed()
    first, second = (GoogleSheet(shop.spreadsheet_id, shop.endpoint, world, pacing) for _ in range(2))
    committer = Committer(first, world, shop.code_key, shop.deadline_s, report, pacing)
    ledger = Ledger(second, world, pacing, shop.code_key, report)
    pusher = BotHelpPusher(Api(shop.bothelp, world), ledger, world, report)
    try:
        rows = failed(second.read(_TIMEOUT_S, COLUMNS))
        with bar("pushing", len(rows)) as step:
            for row in rows:
                _push(row, wishes, committer, pusher, world.monotonic() + shop.deadline_s, done)
                step(1)
    finally:
        first.close()
        second.close()
    return done


def failed(reading: Reading) -> Sequence[Row]:
    """Rows whose Delivery says failed, of people whom BotHelp may know; each code of a subscriber once."""
    return sorted(set(_failed(reading)))


def _failed(reading: Reading) -> Iterator[Row]:
    columns = reading.columns["codes"]

    def text(column: str, number: int) -> str:
        cells = columns.get(column, ())
        return records.text(cells[number]) if number < len(cells) else ""

    for number, cell in enumerate(columns.get("delivery", ())):
        found = delivery.read(records.text(cell))
        who, platform = text("subscriber_id", number), text("platform", number).casefold()
        if found is None or found.word is not Word.FAILED or platform not in {"", "bothelp"}:
            continue
        if is_address(who) and not who.startswith(codes.FORGOTTEN):
            yield Row(text("campaign", number), who, text("code", number))


def _push(  # noqa: PLR0913, PLR0917 - what it works with
    row: Row, wishes: Wishes, committer: Committer, pusher: BotHelpPusher, deadline: float, done: Pushed
) -> None:
    call = IssueCall(_CALLER, row.subscriber_id, row.campaign, dry_run=True)
    outcome = committer.submit(call).outcome
    if outcome.word != "already_issued":
        done.left["deleted" if outcome.word == "issued" else outcome.word] += 1
    elif codes.fold(outcome.code) != codes.fold(row.code):
        done.left["another code"] += 1
    else:
        word = pusher.take(wishes, row.subscriber_id, outcome, deadline)
        done.words[word or Word.FAILED] += 1
