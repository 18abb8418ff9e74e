"""A person is forgotten in the middle of a call, or comes back: who asks is the same person in every decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_sheet import FakeSheet, FakeWorld
from rows import BOT, KEY, TILL, ZONE

from functions import codes, wall
from functions.cells import tables_of
from functions.committer import Committer
from functions.promo import Call, CheckCall, Event, IssueCall, Outcome, RedeemCall, RollbackCall
from functions.snapshot import Snapshot
from sheet_schema.records import Cell, serial

CODE = "SPRING-11111-22222"
PSEUDONYM = codes.pseudonym(KEY, "subscriber", "s1")
MOMENTS = ["before the read", "between read and write", "between write and verify", "before the mark", "after the mark"]


@pytest.fixture
def sheet() -> FakeSheet:
    made = FakeSheet(FakeWorld())
    made.type_row("campaigns", campaign="spring")
    made.type_row("campaigns", campaign="two", uses_per_code=2)
    made.type_row("campaigns", campaign="sale", shared_code="SALE-20", total_limit=9)
    made.type_row("campaigns", campaign="ready", code_source="pool")
    return made


def instance(sheet: FakeSheet) -> Committer:
    return Committer(sheet, sheet.world, KEY, 8.0, lambda _message, _fields: None)


def ask(sheet: FakeSheet, call: Call, by: Committer | None = None) -> Outcome:
    return (by or instance(sheet)).submit(call).outcome


def issue(subscriber: str = "s1", campaign: str = "spring") -> IssueCall:
    return IssueCall(BOT, subscriber, campaign)


def redeem(code: str = CODE, subscriber: str = "s1", request: str = "", channel: str = "chat") -> RedeemCall:
    return RedeemCall(BOT, code, subscriber, channel=channel, request_id=request)


def with_code(
    sheet: FakeSheet, code: str = CODE, campaign: str = "spring", subscriber: str = "s1", status: str = "unused"
) -> dict[str, Cell]:
    """A row that was issued just now: what is remembered of such a one may look like a row that is new."""
    issued = serial(wall.from_instant(ZONE, sheet.world.now_ms))
    cells: dict[str, Cell] = {"code": code, "campaign": campaign, "subscriber_id": subscriber, "status": status}
    return sheet.type_row("codes", issue_date=issued, **cells)


def forget(sheet: FakeSheet, *ids: str) -> None:
    """What the command leaves, in one moment and without its stamp: nothing that is under way is refused."""
    pseudonyms = {each: codes.pseudonym(KEY, "subscriber", each) for each in ids or ("s1",)}
    for tab in ("codes", "redemptions"):
        for row in sheet.rows[tab]:
            row["subscriber_id"] = pseudonyms.get(str(row.get("subscriber_id", "")), row.get("subscriber_id", ""))
            request = str(row.get("request_id", ""))
            if any(each in request for each in pseudonyms) and not request.startswith(codes.FORGOTTEN):
                row["request_id"] = codes.pseudonym(KEY, "request", request)


def at(sheet: FakeSheet, moment: str, does: Callable[[], None]) -> None:
    """Let it happen once, at this moment of the next call."""
    begun = sheet.writes
    left = [does]

    def now(*, due: bool) -> None:
        if due and left:
            left.pop()()

    wanted = {
        "before the read": lambda: now(due=True),
        "between write and verify": lambda: now(due=sheet.writes == begun + 1),
        "after the mark": lambda: now(due=sheet.writes == begun + 2),
    }
    sheet.before_read = wanted.get(moment, lambda: None)
    if moment == "between read and write":
        sheet.before_write = lambda: now(due=True)
    if moment == "before the mark":
        sheet.before_patch = lambda: now(due=True)


def live(sheet: FakeSheet) -> list[str]:
    snapshot = Snapshot(tables_of(sheet.reading()))
    return [
        row.code for row in snapshot.tables.redemptions if row.event is Event.REDEEMED and not snapshot.is_dead(row)
    ]


class TestWhoComesBack:
    def test_is_given_the_live_code_and_no_second_one(self, sheet: FakeSheet) -> None:
        given = ask(sheet, issue())
        forget(sheet)
        again = ask(sheet, issue())
        assert (again.word, again.code) == ("already_issued", given.code)
        assert len(sheet.rows["codes"]) == 1

    def test_a_deleted_row_is_derived_again_alike(self, sheet: FakeSheet) -> None:
        given = ask(sheet, issue())
        sheet.rows["codes"].clear()
        with_code(sheet, "OTHER")
        forget(sheet)
        sheet.rows["codes"].clear()
        assert ask(sheet, issue()).code == given.code

    def test_holds_the_code_that_is_for_the_holder_only(self, sheet: FakeSheet) -> None:
        sheet.rows["campaigns"][0]["holder_only"] = "yes"
        with_code(sheet)
        forget(sheet)
        assert ask(sheet, redeem(subscriber="s2")).word == "not_found"
        assert ask(sheet, redeem(subscriber=PSEUDONYM[:-1])).word == "not_found"
        assert ask(sheet, redeem()).word == "redeemed"

    @pytest.mark.parametrize("request_id", ["", "r1", "s1-r1"], ids=["no request id", "their own", "with the id in it"])
    def test_a_repeat_is_told_the_same_yes(self, sheet: FakeSheet, request_id: str) -> None:
        row = with_code(sheet)
        first = ask(sheet, redeem(request=request_id))
        forget(sheet)
        again = ask(sheet, redeem(request=request_id))
        assert (first.word, again.word, again.used_on) == ("redeemed", "redeemed", first.used_on)
        assert (len(live(sheet)), row["status"]) == (1, "used")

    def test_a_request_id_is_still_bound_to_what_it_said(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        ask(sheet, redeem(request="s1-r1"))
        forget(sheet)
        assert ask(sheet, redeem(request="s1-r1", channel="shop")).word == "idempotency_mismatch"

    def test_a_repeat_without_a_mark_is_one_use_for_everybody(self, sheet: FakeSheet) -> None:
        """Both rows of the request have one name, also for those who do not know it."""
        with_code(sheet, campaign="two")
        sheet.faults[2] = "503"
        ask(sheet, redeem(request="s1-r1"))
        forget(sheet)
        assert ask(sheet, redeem(request="s1-r1")).word == "redeemed"
        assert len(live(sheet)) == 2
        assert ask(sheet, RedeemCall(TILL, CODE, channel="shop", request_id="other")).word == "redeemed"

    def test_the_uses_of_a_shared_code_are_theirs(self, sheet: FakeSheet) -> None:
        ask(sheet, issue(campaign="sale"))
        assert ask(sheet, redeem("SALE-20", request="r1")).word == "redeemed"
        forget(sheet)
        sheet.world.now_ms += 120_000
        assert ask(sheet, redeem("SALE-20", request="r2")).word == "subscriber_limit_reached"
        assert ask(sheet, issue(campaign="sale")).word == "already_used"

    def test_a_code_that_was_withdrawn_from_them_stays_withdrawn(self, sheet: FakeSheet) -> None:
        sheet.type_row("pool", code="READY-1", campaign="ready")
        with_code(sheet, "READY-1", "ready")
        sheet.type_row("redemptions", code="READY-1", event="withdrawn", subscriber_id="s1")
        forget(sheet)
        assert ask(sheet, issue(campaign="ready")).word == "out_of_codes"
        assert ask(sheet, issue("s2", "ready")).code == "READY-1"

    def test_a_rollback_does_not_bring_the_id_back(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        committer = instance(sheet)
        ask(sheet, redeem(request="s1-r1"), committer)
        forget(sheet)
        undone = ask(sheet, RollbackCall(BOT, CODE, request_id="s1-r1"), committer)
        assert undone.word == "rolled_back"
        assert "s1" not in str([list(row.values()) for row in sheet.rows["redemptions"]])
        assert ask(sheet, redeem(request="s1-r2")).word == "redeemed"

    def test_another_copy_of_a_code_stands_under_the_pseudonym_too(self, sheet: FakeSheet) -> None:
        """Where somebody else's row could still make its writer withdraw a fresh row, a second one is written."""
        sheet.type_row("pool", code="READY-1", campaign="ready")
        ask(sheet, issue(campaign="ready"))
        forget(sheet)
        assert ask(sheet, issue(campaign="ready")).word == "already_issued"
        assert [row["subscriber_id"] for row in sheet.rows["codes"]] == [PSEUDONYM, PSEUDONYM]

    def test_somebody_else_is_somebody_else(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        forget(sheet)
        assert ask(sheet, issue("s2")).word == "issued"
        assert ask(sheet, redeem(subscriber="s2", code=CODE)).word == "redeemed"  # not for the holder only


class TestForgottenMeanwhile:
    @pytest.mark.parametrize("moment", MOMENTS[:3])
    def test_one_code_is_given_and_told(self, sheet: FakeSheet, moment: str) -> None:
        with_code(sheet, "OLD", "two")
        at(sheet, moment, lambda: forget(sheet))
        committer = instance(sheet)
        given = ask(sheet, issue(), committer)
        forget(sheet)
        assert given.word == "issued"
        for each in (committer, instance(sheet)):
            assert ask(sheet, issue(), each).code == given.code
        assert not [row for row in sheet.rows["redemptions"] if row["event"] == "withdrawn"]
        assert len(sheet.rows["codes"]) == 2

    @pytest.mark.parametrize("moment", MOMENTS)
    @pytest.mark.parametrize("code", [CODE, "SALE-20"])
    @pytest.mark.parametrize("by", ["the same process", "another process"])
    def test_a_code_is_redeemed_once_and_shown_as_used(self, sheet: FakeSheet, moment: str, code: str, by: str) -> None:
        row = with_code(sheet) if code == CODE else with_code(sheet, code, "sale")
        other = with_code(sheet, "B-1", subscriber="s2")
        at(sheet, moment, lambda: forget(sheet))
        committer = instance(sheet)
        first = ask(sheet, redeem(code, request="s1-r1"), committer)
        assert first.word == "redeemed"
        shown = row["used_on"]
        for _ in range(4):  # it looks at its mark in the next reads
            ask(sheet, CheckCall(TILL, "B-1"), committer)
        forget(sheet)
        for _ in range(4):
            ask(sheet, CheckCall(TILL, "B-1"), committer)
        assert (row["status"], row["used_on"], other["status"]) == ("used", shown, "unused")
        again = ask(sheet, redeem(code, request="s1-r1"), committer if by == "the same process" else instance(sheet))
        assert (again.word, again.used_on) == ("redeemed", first.used_on)
        assert len(live(sheet)) == 1

    def test_a_mark_on_the_row_of_somebody_forgotten_earlier_stays_when_they_call(self, sheet: FakeSheet) -> None:
        """The till knows no id: what is remembered of the row goes by the pseudonym until the person calls."""
        row = with_code(sheet)
        forget(sheet)
        committer = instance(sheet)
        assert ask(sheet, RedeemCall(TILL, CODE, channel="till-1", request_id="r1"), committer).word == "redeemed"
        assert ask(sheet, issue(), committer).word == "already_used"
        assert (row["status"], row["used_on"]) == ("used", sheet.rows["redemptions"][0]["time"])

    @pytest.mark.parametrize("status", ["unused", "void"])
    @pytest.mark.parametrize("then", ["forgotten before, and calls", "forgotten since"])
    def test_a_row_that_a_mark_hit_by_mistake_gets_back_what_stood_there(
        self, sheet: FakeSheet, status: str, then: str
    ) -> None:
        row, other = with_code(sheet), with_code(sheet, "B-1", subscriber="s2", status=status)
        if then == "forgotten before, and calls":
            forget(sheet, "s2")
        committer = instance(sheet)

        def mix() -> None:
            sheet.rows["codes"].reverse()
            sheet.before_patch = lambda: None

        sheet.before_patch = mix
        assert ask(sheet, RedeemCall(TILL, CODE, channel="till-1", request_id="r1"), committer).word == "redeemed"
        assert other["status"] == "used"
        if then == "forgotten since":
            forget(sheet, "s1", "s2")
        for _ in range(4):
            ask(sheet, CheckCall(TILL, "none", "s2" if then == "forgotten before, and calls" else ""), committer)
        assert (row["status"], other["status"], other["used_on"]) == ("used", status, "")

    def test_what_is_withdrawn_is_free_for_somebody_else(self, sheet: FakeSheet) -> None:
        """Two write the one ready code at once; the first is forgotten, then takes the row back."""
        sheet.check_stamps = False
        sheet.type_row("pool", code="READY-1", campaign="ready")

        def rival() -> None:
            sheet.before_write = lambda: None
            with_code(sheet, "READY-1", "ready", "s2")

        sheet.before_write = rival
        at(sheet, "between write and verify", lambda: forget(sheet))
        assert ask(sheet, issue(campaign="ready")).word != "issued"
        rows = [row for row in sheet.rows["codes"] if row["subscriber_id"] == "s2"]
        sheet.rows["codes"] = [row for row in sheet.rows["codes"] if row not in rows]
        assert ask(sheet, issue("s3", "ready")).word == "issued"


class TestWhatItCosts:
    @pytest.fixture
    def hashed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        found: list[str] = []
        real = codes.pseudonym

        def counted(key: bytes, kind: str, text: str) -> str:
            found.append(f"{kind} {text}")
            return real(key, kind, text)

        monkeypatch.setattr(codes, "pseudonym", counted)
        return found

    def test_nothing_is_hashed_while_nobody_was_forgotten(self, sheet: FakeSheet, hashed: list[str]) -> None:
        with_code(sheet)
        ask(sheet, redeem(request="r1"))
        ask(sheet, issue("s2"))
        assert hashed == []

    def test_the_id_of_a_call_is_hashed_once_whatever_stands_in_the_sheet(
        self, sheet: FakeSheet, hashed: list[str]
    ) -> None:
        for number in range(50):
            with_code(sheet, f"C-{number}", subscriber=f"h{number}")
        with_code(sheet)
        forget(sheet, "h7")
        hashed.clear()
        committer = instance(sheet)
        for _ in range(3):
            ask(sheet, redeem(request="r1"), committer)
        assert hashed == ["subscriber s1"]

    def test_a_request_id_is_hashed_only_where_one_was_forgotten(self, sheet: FakeSheet, hashed: list[str]) -> None:
        with_code(sheet)
        sheet.type_row("redemptions", code="X", request_id=codes.pseudonym(KEY, "request", "s9-r"))
        hashed.clear()
        ask(sheet, RedeemCall(TILL, CODE, channel="till-1", request_id="r1"))
        assert hashed == ["request r1"]
