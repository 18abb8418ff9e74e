"""Who is to be reminded of a code that ends soon, and which rows of Redemptions say that they are. Pure.

A row `reminded` names the code, the subscriber and, as its Reference, the day that they are told: staff who move the
date have them told anew. It is dead if a row `withdrawn` has its Claim. Each is written before its message is sent:

    row ──► read: it is there, and no other live one for the same ──► sent ──► it stays for ever
                     │                                                 └─ certainly not sent ──► withdrawn
                     └─ another one ──► not sent, withdrawn

Of two processes that both wrote, at most one reads before the other's row is there. Nobody sends from another's row, or
withdraws it. So whoever dies, and wherever, a reminder is sent once at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from functions import codes, redeeming, wall
from functions.promo import Answer, Caller, CheckCall, Event, Redemption, Role, Status
from sheet_schema import languages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from functions.bots.telling import Teller
    from functions.problem_cells import Cells
    from functions.promo import Campaign, PromoCode

#: Nobody is written to before this hour of the spreadsheet's own day, or from that one on.
FROM_HOUR, TO_HOUR = 10, 20
_BY = "promosheet"
_CALLER = Caller(_BY, Role.BOT)
_HOUR_MS = 3_600_000


#: What is told once: the folded code, the subscriber, the day.
Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class Reminder:
    """One person to be told of one code. `platform` folded; `expires` wall ms; `day` as it is typed in the sheet."""

    code: str
    subscriber_id: str
    platform: str
    expires: int
    day: str
    text: str

    @property
    def key(self) -> Key:
        """What is told once."""
        return codes.fold(self.code), self.subscriber_id, self.day


@dataclass(frozen=True)
class Found:
    """Who is to be reminded, whose code ends first before others, and how many no bot can write to."""

    due: tuple[Reminder, ...]
    left: int


def find(cells: Cells, tellers: Mapping[str, Teller], most: int) -> Found:
    """Look for holders of good, unused codes of campaigns that remind; no more than *most* that a bot can write to."""
    due: dict[Key, Reminder] = {}
    left: set[Key] = set()
    for row, days in _unreminded(cells, ()):
        known = _knows(tellers, row)
        if not known or len(due) < most:
            reminder = _reminder(cells, row, days)
            if reminder is not None and known:
                due.setdefault(reminder.key, reminder)
            elif reminder is not None:
                left.add(reminder.key)
    return Found(tuple(due.values()), len(left))


def standing(cells: Cells, claims: Mapping[str, Reminder]) -> dict[str, Reminder]:
    """Of the rows that a process wrote, by their Claims, those that it may send from.

    Each is there, and without it there would be the same to say to the same person.
    """
    shown = {row.claim for row in live(cells)}
    codes_of = {codes.fold(reminder.code) for reminder in claims.values()}
    again = {
        reminder.key
        for row, days in _unreminded(cells, claims)
        if codes.fold(row.code) in codes_of and (reminder := _reminder(cells, row, days)) is not None
    }
    return {claim: each for claim, each in claims.items() if claim in shown and each.key in again}


def _unreminded(cells: Cells, own: Collection[str]) -> list[tuple[PromoCode, Mapping[str, str]]]:
    """Rows whose holder is to be told and, but for rows with the Claims *own*, was not; who ends first comes first."""
    reminded = {(codes.fold(row.code), row.subscriber_id, row.reference) for row in live(cells) if row.claim not in own}
    found: list[tuple[int, PromoCode, Mapping[str, str]]] = []
    for campaign in cells.tables.campaigns:
        if campaign.remind_days is None or len(cells.campaigns[codes.fold_name(campaign.name)]) != 1:
            continue
        for row in _ending(cells, campaign, campaign.remind_days):
            days = _days(row.expires)
            names = ((codes.fold(row.code), row.subscriber_id, day) for day in days.values())
            if row.expires is not None and reminded.isdisjoint(names):
                found.append((row.expires, row, days))
    return [(row, days) for _, row, days in sorted(found, key=lambda each: each[0])]


def live(cells: Cells) -> list[Redemption]:
    """Rows that say that somebody is reminded, and that nobody took back."""
    rows = cells.tables.redemptions.find("dead", Event.REMINDED.value)
    return [row for row in rows if row.claim not in cells.tables.dead_claims]


def is_daytime(cells: Cells) -> bool:
    """True if people may be written to now."""
    hour = wall.from_instant(cells.tables.zone, cells.now) % wall.DAY_MS // _HOUR_MS
    return FROM_HOUR <= hour < TO_HOUR


def row_of(cells: Cells, reminder: Reminder, claim: str) -> Redemption:
    """The row that says that somebody is reminded."""
    return Redemption(
        time=wall.from_instant(cells.tables.zone, cells.now),
        code=reminder.code,
        event=Event.REMINDED,
        subscriber_id=reminder.subscriber_id,
        reference=reminder.day,
        by=_BY,
        claim=claim,
    )


def withdrawal_of(cells: Cells, row: Redemption) -> Redemption:
    """The row that takes one back. It says of whom what that one says by now: they may have been forgotten."""
    return replace(row, time=wall.from_instant(cells.tables.zone, cells.now), event=Event.WITHDRAWN)


def _ending(cells: Cells, campaign: Campaign, within: int) -> Iterator[PromoCode]:
    """Rows of a campaign that say unused and whose last day is at most so many days away."""
    today = wall.from_instant(cells.tables.zone, cells.now) // wall.DAY_MS
    ends, words = cells.times("codes", "expiration_date"), cells.parsed("codes", "status")
    for number in cells.tables.codes.index("campaign").get(codes.fold_name(campaign.name), ()):
        last = ends[number]
        if last is None or not 0 <= last // wall.DAY_MS - today <= within:
            continue
        if words[number] in {None, Status.UNUSED.value} and cells.folded[number]:
            yield cells.tables.codes.row(number)


def _days(expires: int | None) -> dict[str, str]:
    """The last day as it is typed in each language: who changes the sheet's language reminds nobody twice."""
    if expires is None:
        return {}
    return {key: each.type_date(wall.day(expires)) for key, each in languages.LANGUAGES.items()}


def _reminder(cells: Cells, row: PromoCode, days: Mapping[str, str]) -> Reminder | None:
    """What to tell the holder; None if a check would not find it good and unused, or another row of it ends later."""
    if not row.subscriber_id or row.subscriber_id.startswith(codes.FORGOTTEN) or row.expires is None:
        return None
    decided = redeeming.check(cells.snapshot, CheckCall(_CALLER, row.code, row.subscriber_id), cells.now)
    if not isinstance(decided, Answer) or decided.outcome.word != "valid":
        return None
    told = decided.outcome
    if told.uses or told.expires is None or told.expires.date() != wall.day(row.expires):
        return None
    language = languages.LANGUAGES[cells.tables.language]
    expires = language.format_date(told.expires.date())
    text = language.sentence("reminder", code=told.code, discount=told.discount, expires=expires)
    return Reminder(row.code, row.subscriber_id, row.platform.casefold(), row.expires, days[language.code], text)


def _knows(tellers: Mapping[str, Teller], row: PromoCode) -> bool:
    teller = tellers.get(row.platform.casefold())
    return teller is not None and teller.knows(row.subscriber_id)
