"""The nouns: who calls, what is asked, what stands in the sheet, what is answered. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from functions.listing import Listing


class Role(StrEnum):
    """What a key may do: `bot` the bot's webhook, `till` the redemption calls, `admin` both."""

    BOT = "bot"
    TILL = "till"
    ADMIN = "admin"


class Status(StrEnum):
    """What stands in the Status column; `expired` is never stored, it follows from the date."""

    UNUSED = "unused"
    USED = "used"
    VOID = "void"


class Event(StrEnum):
    """What a row of Redemptions says: a claim, that a claim is dead, or that a holder is reminded of a code.

    A reminder is neither a use nor anything else to the calls: only `reminding` looks for it.
    """

    REDEEMED = "redeemed"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"
    REMINDED = "reminded"


class Source(StrEnum):
    """Where a campaign's codes come from."""

    GENERATED = "generated"
    POOL = "pool"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that called: its name (what staff see in By) and its role."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class IssueCall:
    """A bot asks for the one code of a subscriber. `campaign` "" means the only active one.

    `pushed`: the answer is not read, the code is pushed to the subscriber afterwards; the new row says so.
    """

    caller: Caller
    subscriber_id: str
    campaign: str = ""
    name: str = ""
    platform: str = ""
    dry_run: bool = False
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class CheckCall:
    """Is this code good? `code` is what a person typed; `subscriber_id` "" means nobody in particular.

    `limited`: there were too many wrong codes already (`guessing`), so that only the code's holder gets an answer.
    """

    caller: Caller
    code: str
    subscriber_id: str = ""
    campaign: str = ""
    limited: bool = False


@dataclass(frozen=True, slots=True)
class RedeemCall:
    """Use this code once. `request_id` "" means that the caller names no request; `limited` as in CheckCall."""

    caller: Caller
    code: str
    subscriber_id: str = ""
    campaign: str = ""
    channel: str = ""
    reference: str = ""
    request_id: str = ""
    limited: bool = False


@dataclass(frozen=True, slots=True)
class RollbackCall:
    """Undo the caller's own redemption of this code; `request_id` is that redemption's."""

    caller: Caller
    code: str
    channel: str = ""
    reference: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class TypedCall:
    """A person typed this to a bot: a campaign's name asks for a code, anything else is a code to check.

    `linked`: the campaign was named by a link, which has no room for spaces or Cyrillic; "" is then the only active
    one, and no code is looked for. `limited` as in CheckCall; a campaign's code is given all the same.
    """

    caller: Caller
    subscriber_id: str
    text: str
    name: str = ""
    platform: str = ""
    linked: bool = False
    limited: bool = False


@dataclass(frozen=True, slots=True)
class TodayCall:
    """What was redeemed today? A till is told of its own, an admin of everything."""

    caller: Caller


Call = IssueCall | CheckCall | RedeemCall | RollbackCall | TypedCall | TodayCall


DEFAULT_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Campaign:
    """A row of Campaigns, empty cells filled with what they mean. Wall times are ms, see `wall`.

    `bad` names the columns whose cells cannot be read; such a campaign issues nothing until they are mended.
    """

    name: str
    active: bool = True
    discount: str = ""
    source: Source = Source.GENERATED
    prefix: str = ""
    length: int = DEFAULT_LENGTH
    shared_code: str = ""
    valid_days: int | None = None
    starts: int | None = None
    ends: int | None = None
    total_limit: int | None = None
    codes_per_subscriber: int = 1
    uses_per_code: int = 1
    holder_only: bool = False
    remind_days: int | None = None
    message: str = ""
    row: int = 0
    bad: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromoCode:
    """A row of Promo codes: a code that a subscriber holds. Wall times in ms; `expires` is the last valid second.

    `row` is its number in the sheet when it was read, 0 for a row that is not there yet; it is good for nothing but
    a projection made from that same read. `bad` names the columns whose cells cannot be read. `delivery` is what a new
    row has in Delivery (see `delivery`); no decision reads that column.
    """

    code: str
    campaign: str
    subscriber_id: str
    name: str = ""
    platform: str = ""
    issued: int | None = None
    expires: int | None = None
    status: Status = Status.UNUSED
    channel: str = ""
    used_on: int | None = None
    row: int = 0
    bad: tuple[str, ...] = ()
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Redemption:
    """A row of Redemptions. `claim` is the random name of a redemption, or the one that this row declares dead."""

    time: int | None
    code: str
    event: Event
    channel: str = ""
    subscriber_id: str = ""
    reference: str = ""
    by: str = ""
    request_id: str = ""
    claim: str = ""


Row = PromoCode | Redemption


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call is told. `word` is the status word of DESIGN.md section 5; dates are aware, in the sheet's zone.

    `why` is a key of the languages' sentences after `why_`: what is wrong with `field`. `delivery` is what the row of a
    code that was issued just now has in Delivery, and "" for everybody else; with `has_copy` another row says the same.
    """

    word: str
    code: str = ""
    campaign: str = ""
    discount: str = ""
    issued: datetime | None = None
    expires: datetime | None = None
    used_on: datetime | None = None
    channel: str = ""
    by: str = ""
    days_left: int | None = None
    name: str = ""
    uses: int | None = None
    uses_left: int | None = None
    message: str = ""
    language: str = ""
    starts: datetime | None = None
    field: str = ""
    why: str = ""
    delivery: str = ""
    has_copy: bool = False
    listing: Listing | None = None

    @property
    def ok(self) -> bool:
        """True for the words that a caller was hoping for."""
        return self.word in YES

    def but(self, **changes: str | int | datetime | None) -> Outcome:
        """The same outcome with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


YES = frozenset({"issued", "already_issued", "valid", "redeemed", "rolled_back", "listed"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision that writes nothing."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Claim:
    """A decision that is true once its rows stand in the sheet and the decision, taken again, is the same."""

    outcome: Outcome
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """No answer yet: it would rest on what another call has not confirmed. Read again; `busy` at the deadline.

    `contested`: a rival holds what this call would get.
    """

    why: str
    contested: bool = False


Decision = Answer | Claim | Unsettled
