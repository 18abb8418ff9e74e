"""Who calls what in each scenario, on which sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from functions import codes
from functions.promo import Call, Caller, IssueCall, RedeemCall, Role, RollbackCall
from model import Cells, Content, Fixed, Write, content, typed_code, typed_status
from process import KEY, Script

CODE = "SPRING-11111-22222"
#: The first code of the subscriber s.
OF_S = codes.derive(KEY, "spring", "s", 0, prefix="SPRING", length=10)
BOT = Caller("bothelp", Role.BOT)
ADMIN = Caller("owner", Role.ADMIN)


def redeem(request: str, channel: str = "till-1", code: str = CODE) -> RedeemCall:
    return RedeemCall(Caller(channel, Role.TILL), code, channel=channel, request_id=request)


def rollback(request: str, channel: str = "till-1", code: str = CODE) -> RollbackCall:
    return RollbackCall(Caller(channel, Role.TILL), code, channel=channel, request_id=request)


def issue(subscriber: str) -> IssueCall:
    return IssueCall(BOT, subscriber, "spring")


@dataclass(frozen=True)
class Scenario:
    """A sheet and the processes on it. `uses` is of the code, `limit` of codes; `staff` may type at any time, or not."""

    name: str
    scripts: tuple[Script, ...]
    campaign: tuple[tuple[str, object], ...] = ()
    codes: tuple[Cells, ...] = ()
    pool: tuple[str, ...] = ()
    uses: int = 1
    limit: int | None = None
    staff: tuple[Write, ...] = ()

    @property
    def content(self) -> Content:
        campaign = (("campaign", "spring"), *self.campaign)
        pool = tuple((code, "spring") for code in self.pool)
        return content(Fixed((campaign,), pool), 0, self.codes, ())  # type: ignore[arg-type]

    def all_calls(self) -> Iterator[tuple[str, Call]]:
        for script in self.scripts:
            yield from script.calls

    def with_writes(self, writes: int) -> Scenario:
        """The same with so many batches for each call, after which its deadline has passed."""
        return replace(self, scripts=tuple(replace(script, writes=writes) for script in self.scripts))

    def at_one_moment(self) -> Scenario:
        """The same with all clocks at one millisecond."""
        return replace(
            self, name=f"{self.name}, same ms", scripts=tuple(replace(each, start_ms=0) for each in self.scripts)
        )


def _process(number: int, label: str, call: Call, *more: tuple[str, Call], after: str = "") -> Script:
    return Script("ABCD"[number], ((label, call), *more), 7 * number, after)


_ONE_CODE = (typed_code(code=CODE, campaign="spring", subscriber_id="s1", status="unused"),)


def _tills(name: str, *scripts: Script, uses: int = 1) -> Scenario:
    campaign = (("uses_per_code", float(uses)),) if uses > 1 else ()
    return Scenario(name, scripts, campaign, _ONE_CODE, uses=uses)


TWO_TILLS = _tills("two tills", _process(0, "a", redeem("a")), _process(1, "b", redeem("b", "till-2")))
REPEAT = _tills(
    "a, b and a'",
    _process(0, "a", redeem("a")),
    _process(1, "b", redeem("b", "till-2")),
    _process(2, "a'", redeem("a")),
)
ROLLBACK_AND_RIVAL = _tills(
    "redeem, rollback, rival",
    _process(0, "a", redeem("a")),
    _process(1, "undo a", rollback("a"), after="a"),
    _process(2, "b", redeem("b", "till-2")),
)
ROLLBACK_RACES = _tills(
    "rollback races two redeems",
    _process(0, "a", redeem("a")),
    _process(1, "undo a", rollback("a")),
    _process(2, "b", redeem("b", "till-2")),
)
ROLLBACK_AND_REPEAT = _tills(
    "rollback races a redeem and its repeat",
    _process(0, "a", redeem("a")),
    _process(1, "undo a", rollback("a")),
    _process(2, "a'", redeem("a")),
)
TWO_ROLLBACKS = _tills(
    "a rollback and its repeat",
    _process(0, "a", redeem("a")),
    _process(1, "undo a", rollback("a"), after="a"),
    _process(2, "undo a'", rollback("a"), after="a"),
)
TWO_USES = _tills(
    "uses 2, three callers",
    _process(0, "a", redeem("a")),
    _process(1, "b", redeem("b", "till-2")),
    _process(2, "c", redeem("c", "till-3")),
    uses=2,
)
STAFF_VOID = replace(TWO_TILLS, name="two tills, staff void", staff=(typed_status(2, "void"),))
_SOURCE_POOL = (("code_source", "pool"),)
POOL_OF_TWO = Scenario(
    "pool of two",
    (_process(0, "s", issue("s")), _process(1, "t", issue("t"))),
    _SOURCE_POOL,
    pool=("POOL-AAAAA-BBBBB", "POOL-CCCCC-DDDDD"),
)
POOL_OF_ONE = Scenario(
    "pool of one",
    (_process(0, "s", issue("s")), _process(1, "t", issue("t"))),
    _SOURCE_POOL,
    pool=("POOL-AAAAA-BBBBB",),
)
LIMIT = Scenario(
    "limit 1, two subscribers",
    (_process(0, "s", issue("s")), _process(1, "t", issue("t"))),
    (("total_limit", 1.0),),
    limit=1,
)
LIMIT_AND_REPEAT = Scenario(
    "limit 1, s, s' and t",
    (_process(0, "s", issue("s")), _process(1, "s'", issue("s")), _process(2, "t", issue("t"))),
    (("total_limit", 1.0),),
    limit=1,
)
POOL_AND_REPEAT = Scenario(
    "pool of one, s, s' and t",
    (_process(0, "s", issue("s")), _process(1, "s'", issue("s")), _process(2, "t", issue("t"))),
    _SOURCE_POOL,
    pool=("POOL-AAAAA-BBBBB",),
)
#: The second process tells what the first has written, and redeems it, before the first has looked again.
USED_AT_ONCE = Scenario(
    "s, s' and a use of the code",
    (_process(0, "s", issue("s")), _process(1, "s'", issue("s"), ("a", redeem("a", code=OF_S)))),
)
USED_AND_GIVEN_BACK = Scenario(
    "s, s', a use and its rollback",
    (
        _process(0, "s", issue("s")),
        _process(1, "s'", issue("s"), ("a", redeem("a", code=OF_S)), ("undo a", rollback("a", code=OF_S))),
    ),
)
READY_USED_AT_ONCE = Scenario(
    "pool of one, s, s' and a use",
    (_process(0, "s", issue("s")), _process(1, "s'", issue("s"), ("a", redeem("a", code="POOL-AAAAA-BBBBB")))),
    _SOURCE_POOL,
    pool=("POOL-AAAAA-BBBBB",),
)
LIMIT_USED_AT_ONCE = Scenario(
    "limit 1, s, s' and a use, then t",
    (
        _process(0, "s", issue("s")),
        _process(1, "s'", issue("s"), ("a", redeem("a", code=OF_S)), ("t", issue("t"))),
    ),
    (("total_limit", 1.0),),
    limit=1,
)
ALL = (
    TWO_TILLS,
    TWO_TILLS.at_one_moment(),
    STAFF_VOID,
    REPEAT,
    REPEAT.at_one_moment(),
    POOL_OF_TWO,
    POOL_OF_ONE,
    POOL_AND_REPEAT,
    LIMIT,
    LIMIT_AND_REPEAT,
    ROLLBACK_AND_RIVAL,
    ROLLBACK_RACES,
    ROLLBACK_AND_REPEAT,
    TWO_ROLLBACKS,
    TWO_USES,
    USED_AT_ONCE,
    USED_AND_GIVEN_BACK,
    READY_USED_AT_ONCE,
    LIMIT_USED_AT_ONCE,
)
