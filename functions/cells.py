"""Cells <-> rows: what a Reading says in the nouns of promo.py, and what a row looks like in the sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from functions import codes, keys, wall
from functions.batches import NewRow, Patch
from functions.failures import SheetBroken
from functions.promo import DEFAULT_LENGTH, Campaign, PromoCode, Redemption, Row, Source, Status
from functions.tables import Keyed, Table, Tables
from sheet_schema import records, tabs
from sheet_schema.records import Bad

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import tzinfo

    from functions.astray import Change
    from functions.columns import Maker
    from functions.sheet import Reading
    from sheet_schema.records import Cell, Value
    from sheet_schema.schema import Column

T = TypeVar("T")
_FIRST_ROW = 2
_MIN_LENGTH, _MAX_LENGTH = 6, 20
#: Beyond a century a number of days is a slip of the keyboard.
_MAX_DAYS = 36_500
_GMT = re.compile(r"GMT([+-])(\d\d?):?(\d\d)")


def tables_of(reading: Reading) -> Tables:
    """What the sheet says. Raises SheetBroken if the spreadsheet's time zone is unknown."""
    return Tables(
        zone=zone_of(reading.layout.time_zone),
        language=reading.layout.language.code,
        number=reading.number,
        campaigns=tuple(campaigns_of(reading)),
        codes=_codes_of(reading),
        redemptions=_redemptions_of(reading),
        pool=_pool_of(reading),
    )


def zone_of(name: str) -> tzinfo:
    """Time zone of a spreadsheet: an IANA name, or `GMT-07:00`. Raises SheetBroken."""
    fixed = _GMT.fullmatch(name)
    if fixed:
        offset = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(-offset if fixed[1] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        raise SheetBroken([f"the spreadsheet's time zone {name!r} is unknown: choose one in File > Settings"]) from None


def campaigns_of(reading: Reading) -> list[Campaign]:
    """Every row of Campaigns that has a name."""
    cells = _Cells(reading, "campaigns")
    return [_campaign(cells, number) for number in range(cells.size) if cells.text("campaign", number)]


class _Cells:
    """The cells of one tab by column key and place below the header; what a column lacks is an empty cell."""

    def __init__(self, reading: Reading, tab: str) -> None:
        self._columns = reading.columns[tab]
        self._tab = next(each for each in tabs.TABS if each.key == tab)
        self.size = reading.rows[tab] - 1

    def cell(self, column: str, number: int) -> Cell:
        cells = self._columns.get(column, ())
        return cells[number] if number < len(cells) else ""

    def text(self, column: str, number: int) -> str:
        return records.text(self.cell(column, number))

    def keyed(self, column: str, maker: Maker[Cell, Hashable]) -> Keyed[Cell]:
        return Keyed(self._columns.get(column, ()), maker)

    def marks(self) -> list[bool]:
        """For each row whether it has a Status other than unused, or a time in Used on."""
        marked = self.keyed("status", keys.marked).keys() + [False] * self.size
        times = self.keyed("used_on", keys.times).keys() + [None] * self.size
        return [bool(mark or time) for mark, time, _ in zip(marked, times, range(self.size), strict=False)]

    def column(self, key: str) -> Column:
        return self._tab.column(key)


class _Record:
    """One row being read: values, and the columns that cannot be read."""

    def __init__(self, cells: _Cells, number: int) -> None:
        self._cells = cells
        self._number = number
        self.row = number + _FIRST_ROW
        self.bad: list[str] = []

    def text(self, column: str) -> str:
        return self._cells.text(column, self._number)

    def choice(self, column: str) -> str | None:
        return self._good(column, records.choice(self._cells.column(column), self._cell(column)))

    def yes_no(self, column: str, *, default: bool) -> bool:
        found = self._good(column, records.yes_no(self._cell(column)))
        return default if found is None else found

    def count(self, column: str, low: int = 1, high: int | None = None) -> int | None:
        found = self._good(column, records.count(self._cell(column)))
        if found is not None and (found < low or (high is not None and found > high)):
            self.bad.append(column)
            return None
        return found

    def moment(self, column: str) -> int | None:
        return self._good(column, records.wall_ms(self._cell(column)))

    def last_second(self, column: str) -> int | None:
        """A date without a time of day means the end of that day."""
        found = self.moment(column)
        if found is None or records.has_time_of_day(self._cell(column)):
            return found
        return wall.end_of_day(found)

    def _cell(self, column: str) -> Cell:
        return self._cells.cell(column, self._number)

    def _good(self, column: str, found: T | Bad | None) -> T | None:
        if isinstance(found, Bad):
            self.bad.append(column)
            return None
        return found


def _campaign(cells: _Cells, number: int) -> Campaign:
    record = _Record(cells, number)
    name = record.text("campaign")
    shared_code = record.text("shared_code")
    by_default = Source.SHARED if shared_code else Source.GENERATED
    source = Source(record.choice("code_source") or by_default)
    if source is Source.SHARED and not shared_code:
        record.bad.append("shared_code")
    typed = record.text("prefix")
    prefix = codes.clean_prefix(typed) if typed else codes.default_prefix(name)
    if prefix is None:
        record.bad.append("prefix")
    campaign = Campaign(
        name=name,
        active=record.yes_no("active", default=True),
        discount=record.text("discount"),
        source=source,
        prefix=prefix or "",
        length=record.count("length", _MIN_LENGTH, _MAX_LENGTH) or DEFAULT_LENGTH,
        shared_code=shared_code,
        valid_days=record.count("valid_days", high=_MAX_DAYS),
        starts=record.moment("starts_on"),
        ends=record.last_second("ends_on"),
        total_limit=record.count("total_limit"),
        codes_per_subscriber=record.count("codes_per_subscriber") or 1,
        uses_per_code=record.count("uses_per_code") or 1,
        holder_only=record.yes_no("holder_only", default=False),
        remind_days=record.count("remind_days"),
        message=record.text("message"),
        row=record.row,
    )
    return replace(campaign, bad=tuple(record.bad))


def _codes_of(reading: Reading) -> Table[PromoCode]:
    cells = _Cells(reading, "codes")

    def parse(number: int) -> PromoCode:
        record = _Record(cells, number)
        return PromoCode(
            code=record.text("code"),
            campaign=record.text("campaign"),
            subscriber_id=record.text("subscriber_id"),
            name=record.text("name"),
            platform=record.text("platform"),
            issued=record.moment("issue_date"),
            expires=record.last_second("expiration_date"),
            status=Status(record.choice("status") or Status.UNUSED),
            channel=record.text("usage_channel"),
            used_on=record.moment("used_on"),
            row=record.row,
            bad=tuple(record.bad),
        )

    return Table(
        cells.size,
        parse,
        marks=cells.marks,
        code=cells.keyed("code", keys.codes_folded),
        subscriber=cells.keyed("subscriber_id", keys.texts),
        campaign=cells.keyed("campaign", keys.names_folded),
        time=cells.keyed("used_on", keys.times),
    )


def _redemptions_of(reading: Reading) -> Table[Redemption]:
    cells = _Cells(reading, "redemptions")

    def parse(number: int) -> Redemption:
        record = _Record(cells, number)
        return Redemption(
            time=record.moment("time"),
            code=record.text("code"),
            event=keys.event(record.text("event")),
            channel=record.text("usage_channel"),
            subscriber_id=record.text("subscriber_id"),
            reference=record.text("reference"),
            by=record.text("by"),
            request_id=record.text("request_id"),
            claim=record.text("claim"),
        )

    return Table(
        cells.size,
        parse,
        code=cells.keyed("code", keys.codes_folded),
        request=cells.keyed("request_id", keys.texts),
        claim=cells.keyed("claim", keys.texts),
        subscriber=cells.keyed("subscriber_id", keys.texts),
        dead=cells.keyed("event", keys.ends),
        time=cells.keyed("time", keys.times),
    )


def _pool_of(reading: Reading) -> tuple[tuple[str, str], ...]:
    cells = _Cells(reading, "pool")
    pairs = zip(cells.keyed("code", keys.texts).keys(), cells.keyed("campaign", keys.names_folded).keys(), strict=False)
    return tuple((code, campaign) for code, campaign in pairs if code and campaign)


def row_values(row: Row) -> NewRow:
    """What a new row looks like, by column."""
    if isinstance(row, PromoCode):
        return NewRow(
            "codes",
            {
                "code": row.code,
                "campaign": row.campaign,
                "subscriber_id": row.subscriber_id,
                "name": row.name,
                "platform": row.platform,
                "issue_date": row.issued,
                "expiration_date": _as_date(row.expires),
                "status": row.status.value,
                "delivery": row.delivery,
            },
        )
    return NewRow(
        "redemptions",
        {
            "time": row.time,
            "code": row.code,
            "event": row.event.value,
            "usage_channel": row.channel,
            "subscriber_id": row.subscriber_id,
            "reference": row.reference,
            "by": row.by,
            "request_id": row.request_id,
            "claim": row.claim,
        },
    )


def change_values(change: Change) -> Patch:
    """What a projection writes, by column."""
    values: dict[str, Value] = {"used_on": change.used_on, "usage_channel": change.channel}
    if change.status is not None:
        values["status"] = change.status.value
    return Patch(change.row, values)


def _as_date(last: int | None) -> int | None:
    """The end of a day is written as the day alone, as staff would type it."""
    if last is None or last != wall.end_of_day(last):
        return last
    return last - last % wall.DAY_MS
