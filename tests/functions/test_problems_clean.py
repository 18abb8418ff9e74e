"""What is no fault: all that the functions write, also while they are at it, and all that staff may do."""

from __future__ import annotations

from typing import Any

import pytest
from fake_sheet import START, FakeSheet, FakeWorld
from local_sheet import Staff, spreadsheet
from rows import BOT, KEY, TILL

from functions import problems, wall
from functions.cells import tables_of
from functions.committer import Committer
from functions.promo import Call, IssueCall, RedeemCall, RollbackCall
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema.records import serial

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
Rows = dict[str, list[dict[str, Any]]]


def words(rows: Rows, now: int = START, zone: str = "") -> list[str]:
    """What is found in a sheet of these rows; without one for Campaigns there is the campaign spring."""
    sheet = FakeSheet(FakeWorld())
    for tab, typed in ({"campaigns": [{"campaign": "spring"}]} | rows).items():
        for cells in typed:
            sheet.type_row(tab, **cells)
    reading = sheet.reading()
    return [fault.word for fault in problems.find(reading, tables_of(reading), now, zone)]


def ago(milliseconds: int) -> float:
    """A cell of the moment that long before START."""
    zone = tables_of(FakeSheet(FakeWorld()).reading()).zone
    return serial(wall.from_instant(zone, START - milliseconds))


def code(text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return {"code": text, "campaign": "spring", "subscriber_id": "s1", "status": "unused"} | cells


def given(age: int, subscriber: str = "s1", text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return code(text, subscriber_id=subscriber, issue_date=ago(age)) | cells


def redeemed(age: int, claim: str = "c1", text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return {"time": ago(age), "code": text, "event": "redeemed", "claim": claim} | cells


def used(age: int, text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return code(text, status="used", used_on=ago(age), usage_channel="till-1") | cells


SHARED = {"campaign": "spring", "shared_code": "A-1"}
UNDONE = [redeemed(HOUR), redeemed(30 * SECOND, event="rolled back")]

#: What is there, and what is found in it; and what would be found if it were as old as can be.
YOUNG = [
    pytest.param({"codes": [code()], "redemptions": [redeemed(30 * SECOND)]}, "redeemed_but_unused", id="a redemption on its way to the row"),
    pytest.param({"codes": [used(HOUR)], "redemptions": UNDONE}, "undone_but_used", id="a rollback on its way to the row"),
    pytest.param({"codes": [used(5 * SECOND), used(5 * SECOND, "B-1")], "redemptions": [redeemed(5 * SECOND)]}, "stray_mark", id="a mark that went astray just now"),
    pytest.param({"codes": [given(5 * MINUTE), given(5 * MINUTE, "s2")]}, "code_twice", id="two who race for one ready code"),
    pytest.param({"codes": [used(9 * MINUTE)], "redemptions": [redeemed(9 * MINUTE), redeemed(8 * MINUTE, "c2")]}, "used_too_often", id="two tills that race for one code"),
    pytest.param({"campaigns": [{"campaign": "spring", "total_limit": 1}], "codes": [given(HOUR), given(SECOND, "s2", "B-1")]}, "limit_passed", id="a code over the limit, not taken back yet"),
    pytest.param({"campaigns": [SHARED | {"total_limit": 1}], "redemptions": [redeemed(HOUR), redeemed(SECOND, "c2")]}, "limit_passed_shared", id="a redemption over the limit, not taken back yet"),
    pytest.param({"redemptions": [redeemed(30 * SECOND)]}, "redeemed_unknown", id="a redemption of a row that was deleted just now"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "word"), YOUNG)
def test_what_is_under_way_is_no_fault_until_it_is_old(rows: Rows, word: str) -> None:
    assert words(rows) == []
    assert words(rows, START + HOUR) == [word]


FINE = [
    pytest.param({"codes": [given(HOUR), given(HOUR - SECOND)]}, id="two rows of one code and subscriber, as racing calls write"),
    pytest.param({"codes": [used(MINUTE * 30), given(MINUTE * 29)], "redemptions": [redeemed(MINUTE * 30)]}, id="the second of them came after the use"),
    pytest.param({"codes": [used(HOUR)], "redemptions": [redeemed(HOUR, request_id="r"), redeemed(HOUR - 1, "c2", request_id="r")]}, id="two claims of one request"),
    pytest.param({"codes": [used(HOUR)], "redemptions": [redeemed(HOUR), redeemed(HOUR)]}, id="a claim that landed twice"),
    pytest.param({"codes": [used(HOUR)], "redemptions": [redeemed(HOUR, subscriber_id="s1"), redeemed(HOUR - 40 * SECOND, "c2", subscriber_id="s1")]}, id="a bot that repeats its call within a minute"),
    pytest.param({"codes": [used(HOUR)], "redemptions": [redeemed(HOUR, "c1"), redeemed(HOUR - 1, "c2"), redeemed(HOUR, "c2", event="withdrawn")]}, id="a claim that lost and was withdrawn"),
    pytest.param({"codes": [code()], "redemptions": [redeemed(HOUR), redeemed(HOUR, event="rolled back")]}, id="a redemption that was undone"),
    pytest.param({"codes": [used(MINUTE * 50)], "redemptions": [redeemed(HOUR), redeemed(HOUR, event="rolled back"), redeemed(MINUTE * 50, "c2")]}, id="undone and redeemed again"),
    pytest.param({"campaigns": [{"campaign": "spring", "uses_per_code": 2}], "codes": [code(used_on=ago(HOUR))], "redemptions": [redeemed(HOUR)]}, id="a code that has one of its two uses left"),
    pytest.param({"campaigns": [{"campaign": "spring", "uses_per_code": 2}], "codes": [used(MINUTE * 50)], "redemptions": [redeemed(HOUR), redeemed(MINUTE * 50, "c2")]}, id="a code with both its uses gone"),
    pytest.param({"campaigns": [SHARED], "codes": [given(HOUR), given(HOUR, "s2"), given(HOUR, "s3")]}, id="a shared code in many rows"),
    pytest.param({"campaigns": [SHARED], "codes": [used(HOUR), given(HOUR, "s2")], "redemptions": [redeemed(HOUR, subscriber_id="s1")]}, id="a shared code that one of them used"),
    pytest.param({"campaigns": [SHARED], "redemptions": [redeemed(HOUR), redeemed(HOUR - 1, "c2"), redeemed(HOUR - 2, "c3")]}, id="a shared code at a till that names nobody"),
    pytest.param({"campaigns": [SHARED], "codes": [code(subscriber_id="")], "redemptions": [redeemed(HOUR), redeemed(HOUR - 1, "c2")]}, id="the same, with a row of nobody"),
    pytest.param({"campaigns": [{"campaign": "spring", "code_source": "pool"}], "pool": [code()], "redemptions": [redeemed(HOUR, "", event="withdrawn", subscriber_id="s2")]}, id="a ready code that is free again"),
    pytest.param({"campaigns": [{"campaign": "spring", "code_source": "pool"}], "pool": [code(), code("A-2")], "codes": [given(HOUR)]}, id="a ready code that its campaign gave"),
    pytest.param({"pool": [code()], "codes": [code(campaign="")]}, id="a ready code that was given by hand"),
    pytest.param({"codes": [code(campaign="", subscriber_id="")]}, id="a code by hand, of no campaign and for anybody"),
    pytest.param({"codes": [used(HOUR, campaign="")], "redemptions": [redeemed(HOUR)]}, id="the same, redeemed"),
    pytest.param({"codes": [code(status="used", used_on="2026-03-01")]}, id="a use that staff typed with its day"),
    pytest.param({"codes": [code(status="used", usage_channel="shop")]}, id="a use that staff typed with its place"),
    pytest.param({"codes": [used(HOUR), used(HOUR, "B-1", status="void")], "redemptions": [redeemed(HOUR)]}, id="a void row with the mark of another"),
    pytest.param({"codes": [used(HOUR, status="void")], "redemptions": [redeemed(HOUR)]}, id="void after its use"),
    pytest.param({"campaigns": [{"campaign": "spring", "prefix": "-"}], "codes": [code("FRANK-00012")]}, id="a code of staff's that looks like a generated one without a prefix"),
    pytest.param({"campaigns": [{"campaign": "spring", "prefix": "-", "length": 16}], "codes": [given(HOUR, text="SPRING-11111-22222")]}, id="a code from before the prefix was changed"),
    pytest.param({"campaigns": [{"campaign": "spring", "prefix": "NEW"}], "codes": [given(HOUR, text="SPRING-11111-22222")]}, id="a code with the old prefix"),
    pytest.param({"codes": [{"status": "unused"}, {}, code()]}, id="a drop-down dragged down, and a blank row"),
    pytest.param({"campaigns": [{"campaign": "Spring "}], "codes": [code(campaign="SPRING", status=" Не использован ")]}, id="spaces, capitals and another language"),
    pytest.param({"campaigns": [{"campaign": "spring", "total_limit": 1}], "codes": [given(HOUR), given(HOUR, "s1")]}, id="a limit that is reached by two rows of one code"),
    pytest.param({"codes": [given(HOUR, expiration_date=ago(HOUR) // 1)]}, id="a code that ends on the day of its issue"),
]  # fmt: skip


@pytest.mark.parametrize("rows", FINE)
def test_what_the_functions_write_and_what_staff_may_type_is_no_fault(rows: Rows) -> None:
    assert words(rows) == []


def test_a_withdrawn_row_may_be_deleted_and_its_other_copy_counts() -> None:
    rows = [given(HOUR), given(HOUR - SECOND)]
    gone = redeemed(HOUR, "", event="withdrawn", subscriber_id="s1")
    assert words({"codes": rows, "redemptions": [gone]}) == ["withdrawn_row"]


def test_a_number_that_staff_removed_fills_itself() -> None:
    sheet = FakeSheet(FakeWorld())
    sheet.number = ""
    reading = sheet.reading()
    assert problems.find(reading, tables_of(reading), START) == []


@pytest.mark.parametrize(
    ("typed", "differs"),
    [
        pytest.param("", False, id="not said"),
        pytest.param("europe/moscow", False, id="capitals"),
        pytest.param("Moscow", False, id="the city"),
        pytest.param("GMT+3", False, id="an offset"),
        pytest.param("UTC+03:00", False, id="an offset with minutes"),
        pytest.param("Europe/Minsk", False, id="clocks that go alike"),
        pytest.param("Europe/Helsinki", True, id="alike only in summer"),
        pytest.param("Europe/Samara", True, id="another hour"),
        pytest.param("UTC", True, id="UTC"),
        pytest.param("GMT-3", True, id="the other side"),
        pytest.param("GMT+99", True, id="no offset"),
        pytest.param("the shop's own", True, id="no zone"),
        pytest.param("../../etc/passwd", True, id="a path"),
    ],
)
def test_the_shops_time_zone_is_compared_by_what_its_clocks_show(typed: str, differs: bool) -> None:  # noqa: FBT001
    assert words({}, zone=typed) == (["time_zone_differs"] if differs else [])


def ask(sheet: GoogleSheet, call: Call) -> str:
    outcome = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None).submit(call).outcome
    assert outcome.ok, outcome
    return outcome.code


def play(sheet: GoogleSheet, staff: Staff) -> None:
    """Every source of codes, several uses, rollbacks, and the hands of staff in between."""
    yes, pool = staff.language.words["yes"], staff.language.words["pool"]
    staff.type_row("campaigns", 2, campaign="Весна", active=yes, valid_days="30", total_limit="9")
    staff.type_row("campaigns", 3, campaign="gifts", code_source=pool, codes_per_subscriber="2")
    staff.type_row("campaigns", 4, campaign="all", shared_code="HELLO10", uses_per_code="2")
    staff.type_row("campaigns", 5, campaign="short", prefix="-", length="6", uses_per_code="2")
    for number in range(2, 6):
        staff.type_row("pool", number, code=f"GIFT-{number}", campaign="Gifts")
    first = ask(sheet, IssueCall(BOT, "1", "весна", name="Anna"))
    ask(sheet, IssueCall(BOT, "2", "весна"))
    ask(sheet, RedeemCall(TILL, first, channel="till-1", request_id="r1"))
    ask(sheet, RollbackCall(TILL, first, request_id="r1"))
    ask(sheet, RedeemCall(TILL, first, channel="till-1", request_id="r2"))
    for _ in range(2):
        ask(sheet, RedeemCall(TILL, ask(sheet, IssueCall(BOT, "1", "gifts")), channel="till-1"))
    short = ask(sheet, IssueCall(BOT, "3", "short"))
    ask(sheet, RedeemCall(TILL, short, channel="till-1"))
    for subscriber in ("1", "2"):
        ask(sheet, IssueCall(BOT, subscriber, "all"))
        ask(sheet, RedeemCall(BOT, "hello10", subscriber_id=subscriber, channel="bot"))
    ask(sheet, RedeemCall(TILL, "HELLO10", channel="till-1"))
    rows = len(staff.rows("codes")) + 2
    staff.type_row("codes", rows + 1, code="ПОДАРОК", campaign="весна")
    staff.type_row("codes", rows + 2, code="OLD-1", status=staff.language.words["used"], used_on="2026-03-01")
    area = {"sheetId": staff.sheet_id("codes"), "startRowIndex": 1, "endRowIndex": rows + 2}
    staff.edit({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}})
    ask(sheet, RedeemCall(TILL, short, channel="till-2"))
    voided = next(n for n, row in enumerate(staff.rows("codes"), 2) if row.get("subscriber_id") == "2")
    staff.type(f"'{staff.title('codes')}'!H{voided}", [[staff.language.words["void"]]])


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_sheet_that_the_functions_filled_and_staff_sorted_is_clean(language: str) -> None:
    with spreadsheet(language) as (_, sheet, staff):
        play(sheet, staff)
        reading = sheet.read(10)
        assert reading.rows["codes"] > 8
        now = RealWorld().wall_ms()
        for later in (0, 2 * MINUTE, 24 * HOUR):
            faults = problems.find(reading, tables_of(reading), now + later)
            assert [fault.text(staff.language) for fault in faults] == []
