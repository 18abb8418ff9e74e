"""Today's list, decided from a Snapshot: whose, since when, what was undone, what staff typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from fake_sheet import FakeSheet, FakeWorld
from rows import ADMIN, KEY, MINUTE, NOW, TILL, ZONE, ago, at, code, redeem_call, redeemed, sheet

from functions import deciding, redeeming
from functions import today as module
from functions.committer import Committer
from functions.deciding import Fate, Round, Rules, Turn
from functions.failures import SheetBroken, Unanswered
from functions.listing import Listed, Listing
from functions.pacing import Pacing
from functions.promo import (
    Call,
    Caller,
    Campaign,
    Decision,
    Event,
    RedeemCall,
    Redemption,
    RollbackCall,
    Row,
    TodayCall,
)
from functions.snapshot import Snapshot
from functions.today import today
from functions.wall import DAY_MS

HOUR = 60 * MINUTE


def listing(snapshot: Snapshot, caller: Caller = TILL, now: int = NOW) -> Listing:
    outcome = today(snapshot, TodayCall(caller), now).outcome
    assert (outcome.word, outcome.ok, outcome.language) == ("listed", True, "en")
    assert outcome.listing is not None
    return outcome.listing


def listed(*rows: Row, caller: Caller = TILL) -> list[Listed]:
    return list(listing(sheet(code(), *rows), caller).rows)


def undone(row: Redemption, age: int, event: Event = Event.ROLLED_BACK) -> Redemption:
    return replace(row, time=ago(age), event=event)


def test_it_says_what_is_known_of_each_code() -> None:
    held = code(name="Anna Petrova", expires=at("2026-03-31"))
    row = redeemed("c1", HOUR, "spring 11111 22222", reference="A-7", request_id="r1", channel="main street")
    found = listing(sheet(held, row, campaigns=(Campaign("spring", discount="15 %", uses_per_code=3),)))
    assert (found.day.isoformat(), found.till, found.count, found.left_out) == ("2026-03-10", "till-1", 1, 0)
    time = datetime(2026, 3, 10, 11, 0, tzinfo=ZONE)
    texts = ("SPRING-11111-22222", "15 %", "Anna Petrova", "main street", "till-1", "A-7", "r1")
    assert found.rows == (
        Listed(
            time, *texts, rolled_back=False, uses=1, uses_left=2, expires=datetime(2026, 3, 31, 23, 59, 59, tzinfo=ZONE)
        ),
    )


def test_the_newest_is_first() -> None:
    rows = [redeemed(f"c{hours}", hours * HOUR, reference=f"{hours} h ago") for hours in (3, 1, 2)]
    assert [each.reference for each in listed(*rows)] == ["1 h ago", "2 h ago", "3 h ago"]


WHOSE = [
    pytest.param(TILL, ["mine"], id="a till: its own"),
    pytest.param(Caller("till-2", TILL.role), ["theirs"], id="another till: its own"),
    pytest.param(Caller("till", TILL.role), [], id="a till whose name is the beginning of another's: nothing"),
    pytest.param(ADMIN, ["bot", "mine", "theirs"], id="an admin: everything"),
]


@pytest.mark.parametrize(("caller", "expected"), WHOSE)
def test_whose_redemptions_are_listed(caller: Caller, expected: list[str]) -> None:
    rows = [
        redeemed("c1", HOUR, reference="mine"),
        redeemed("c2", HOUR, reference="theirs", by="till-2", channel="till-1"),
        redeemed("c3", HOUR, reference="bot", by="bothelp"),
    ]
    assert sorted(each.reference for each in listed(*rows, caller=caller)) == expected


CLAIM = redeemed("c1", HOUR, request_id="r1")
#: Rows -> how many stand, and whether each of those listed was undone.
FATES = [
    pytest.param([CLAIM], 1, [False], id="it stands"),
    pytest.param([CLAIM, undone(CLAIM, MINUTE)], 0, [True], id="undone"),
    pytest.param([undone(CLAIM, MINUTE), CLAIM], 0, [True], id="undone, and staff sorted the rows"),
    pytest.param([CLAIM, undone(CLAIM, MINUTE), undone(CLAIM, 0)], 0, [True], id="undone twice"),
    pytest.param([CLAIM, undone(replace(CLAIM, by="owner"), MINUTE)], 0, [True], id="undone by an admin"),
    pytest.param([CLAIM, undone(CLAIM, MINUTE, Event.WITHDRAWN)], 0, [], id="withdrawn: nobody was told"),
    pytest.param([CLAIM, replace(CLAIM, claim="c2")], 1, [False], id="two claims of one request"),
    pytest.param([CLAIM, replace(CLAIM, request_id="r2", claim="c2")], 2, [False, False], id="two requests"),
    pytest.param(
        [CLAIM, replace(CLAIM, claim="c2"), undone(CLAIM, MINUTE, Event.WITHDRAWN)],
        1,
        [False],
        id="one of two withdrawn",
    ),
    pytest.param([CLAIM, CLAIM], 1, [False], id="a row that Google wrote twice"),
    pytest.param(
        [CLAIM, undone(CLAIM, MINUTE), redeemed("c2", 0, request_id="r2")], 1, [False, True], id="undone, then again"
    ),
    pytest.param([replace(CLAIM, event=Event.REMINDED)], 0, [], id="a reminder"),
]


@pytest.mark.parametrize(("rows", "count", "expected"), FATES)
def test_what_became_of_it(rows: list[Redemption], count: int, expected: list[bool]) -> None:
    found = listing(sheet(code(), *rows))
    assert found.count == count
    assert [each.rolled_back for each in found.rows] == expected


BY_HAND = [
    pytest.param(redeemed("", HOUR), 1, id="without a Claim"),
    pytest.param(redeemed("", HOUR, by="", channel="till-1"), 0, id="without By: nobody's"),
    pytest.param(replace(redeemed("", 0), time=None), 0, id="without a Time: not of today"),
    pytest.param(replace(redeemed("", 0), time=at("2026-03-10")), 1, id="with a Time that has not come yet"),
    pytest.param(replace(redeemed("", 0), time=at("2026-03-11")), 0, id="of tomorrow"),
]


@pytest.mark.parametrize(("row", "count"), BY_HAND)
def test_a_row_that_staff_typed_counts_as_what_it_says(row: Redemption, count: int) -> None:
    assert listing(sheet(code(), row)).count == count


def test_two_rows_typed_by_hand_are_two_redemptions() -> None:
    assert listing(sheet(code(), redeemed("", HOUR), redeemed("", HOUR))).count == 2


def test_of_a_code_whose_row_is_gone_the_redemption_still_tells() -> None:
    [found] = listing(sheet(redeemed("c1", HOUR, "GONE-1"))).rows
    assert (found.code, found.discount, found.name, found.uses, found.uses_left) == ("GONE-1", "", "", None, None)


ZONES = [
    pytest.param("Europe/Moscow", id="Moscow"),
    pytest.param("America/New_York", id="New York, where clocks go forward that day"),
    pytest.param("Asia/Kathmandu", id="Kathmandu, at a quarter to"),
    pytest.param("Pacific/Kiritimati", id="Kiritimati, a day ahead"),
]


@pytest.mark.parametrize("zone", ZONES)
def test_today_begins_at_midnight_in_the_zone_of_the_spreadsheet(zone: str) -> None:
    spot = ZoneInfo(zone)
    first, last = at("2026-03-08T00:00:00"), at("2026-03-08")
    times = {"before": first - 1, "first": first, "last": last, "after": first + DAY_MS}
    rows = [replace(redeemed(name, 0, reference=name), time=time) for name, time in times.items()]
    made = sheet(code(), *rows)
    seen = replace(made, tables=replace(made.tables, zone=spot))
    for clock in ((0, 0), (12, 0), (23, 59)):
        now = int(datetime(2026, 3, 8, *clock, tzinfo=spot).timestamp() * 1000)
        assert [each.reference for each in listing(seen, now=now).rows] == ["last", "first"]


def test_what_was_redeemed_yesterday_and_undone_today_is_yesterdays() -> None:
    row = redeemed("c1", 24 * HOUR)
    assert listing(sheet(code(), row, undone(row, MINUTE))).rows == ()


def test_too_many_are_counted_and_said_to_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 2)
    found = listing(sheet(code(), *(redeemed(f"c{n}", n * MINUTE, reference=str(n)) for n in range(5))))
    assert ([each.reference for each in found.rows], found.count, found.left_out) == (["0", "1"], 5, 3)


# through the committer


@pytest.fixture
def shop() -> FakeSheet:
    made = FakeSheet(FakeWorld())
    made.type_row("campaigns", campaign="spring")
    for number in range(3):
        made.type_row("codes", code=f"HAND-{number}", campaign="spring", status="unused")
    return made


@pytest.fixture
def committer(shop: FakeSheet) -> Committer:
    return Committer(shop, shop.world, KEY, 8.0, lambda _message, _fields: None, Pacing(60_000, 60_000))


def told(committer: Committer, caller: Caller = TILL) -> Listing:
    found = committer.submit(TodayCall(caller)).outcome.listing
    assert found is not None
    return found


def test_the_list_costs_one_read_and_no_write(shop: FakeSheet, committer: Committer) -> None:
    assert committer.submit(TodayCall(TILL)).requests == {"reads": 1}
    assert shop.writes == 0


def test_a_redemption_is_listed_as_soon_as_it_was_answered_and_struck_out_once_undone(committer: Committer) -> None:
    assert committer.submit(redeem_call("HAND-1", request_id="r1")).outcome.word == "redeemed"
    assert [(each.code, each.rolled_back) for each in told(committer).rows] == [("HAND-1", False)]
    assert committer.submit(RollbackCall(TILL, "HAND-1", request_id="r1")).outcome.word == "rolled_back"
    assert [(each.code, each.rolled_back) for each in told(committer).rows] == [("HAND-1", True)]
    assert told(committer).count == 0


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        pytest.param(SheetBroken(["the column By is missing"]), "sheet_broken", id="broken"),
        pytest.param(Unanswered("503"), "busy", id="not answered"),
    ],
)
def test_without_a_read_there_is_no_list(shop: FakeSheet, committer: Committer, fault: Exception, word: str) -> None:
    shop.read_fault = fault
    outcome = committer.submit(TodayCall(TILL)).outcome
    assert (outcome.word, outcome.listing) == (word, None)


# in a queue


def decide(snapshot: Snapshot, turn: Turn) -> Decision:
    if isinstance(turn.call, TodayCall):
        return today(snapshot, turn.call, turn.now)
    assert isinstance(turn.call, RedeemCall)
    return redeeming.redeem(snapshot, turn.call, turn.now, turn.token)


def turn_of(call: Call) -> Turn:
    return Turn(call, NOW, 8.0, "c1", now=NOW)


def counts(played: Round) -> list[int]:
    return [outcome.listing.count for _, outcome in played.answers if outcome.listing is not None]


def test_the_list_does_not_wait_for_the_queue_and_has_what_stands_for_certain() -> None:
    rules = Rules(decide, lambda: "fresh", lambda: 0.1, clock=1.0, attempts=3)
    redeeming_turn = turn_of(redeem_call(request_id="r1"))
    earlier = code(), code("SPRING-2", "s2"), redeemed("c0", HOUR, "SPRING-2")
    played = deciding.play(sheet(*earlier), [turn_of(TodayCall(TILL)), redeeming_turn], rules)
    assert (played.sending, counts(played)) == ([redeeming_turn], [1])
    assert redeeming_turn.claim is not None
    landed = sheet(*earlier, *redeeming_turn.claim.rows, number=8)
    doubtful = replace(redeeming_turn, fate=Fate.LANDED)
    doubtful.give_up(tied=True)
    assert counts(deciding.play(landed, [turn_of(TodayCall(TILL)), doubtful], rules)) == [1]
    redeeming_turn.fate = Fate.LANDED
    played = deciding.play(landed, [turn_of(TodayCall(TILL)), redeeming_turn], rules)
    assert (counts(played), [turn for turn, _ in played.standing]) == ([2], [redeeming_turn])
