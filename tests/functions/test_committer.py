"""The whole cycle on a fake sheet: what two instances, faults and staff can do to it, and planted bugs that show."""

from __future__ import annotations

import threading

import pytest
from fake_sheet import START, FakeSheet, FakeWorld
from rows import BOT, KEY, TILL

from functions import deciding, guard, standing
from functions.cells import tables_of
from functions.committer import Committer
from functions.failures import SheetBroken, Throttled
from functions.promo import Answer, Call, CheckCall, Event, IssueCall, Outcome, RedeemCall, RollbackCall
from functions.snapshot import Snapshot
from functions.world import RealWorld

CODE = "SPRING-11111-22222"


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def sheet(world: FakeWorld) -> FakeSheet:
    made = FakeSheet(world)
    made.type_row("campaigns", campaign="spring")
    return made


def instance(sheet: FakeSheet, key: bytes = KEY) -> Committer:
    return Committer(sheet, sheet.world, key, 8.0, lambda _message, _fields: None)


def issue(sheet: FakeSheet, subscriber: str = "s1", campaign: str = "spring") -> Outcome:
    return instance(sheet).submit(IssueCall(BOT, subscriber, campaign)).outcome


def redeem(sheet: FakeSheet, request_id: str = "", by: Committer | None = None) -> Outcome:
    return (by or instance(sheet)).submit(redeem_call(request_id)).outcome


def redeem_call(request_id: str = "") -> RedeemCall:
    return RedeemCall(TILL, CODE, channel="till-1", request_id=request_id)


def with_code(sheet: FakeSheet, code: str = CODE, **more: object) -> dict[str, object]:
    cells: dict[str, object] = {"code": code, "campaign": "spring", "subscriber_id": "s1", "status": "unused"} | more
    return sheet.type_row("codes", **cells)  # type: ignore[arg-type,return-value]


def live_claims(sheet: FakeSheet) -> list[str]:
    snapshot = Snapshot(tables_of(sheet.reading()))
    return [
        row.claim for row in snapshot.tables.redemptions if row.event is Event.REDEEMED and not snapshot.is_dead(row)
    ]


class TestALoneCall:
    def test_an_issue_call_takes_a_read_a_write_and_a_verify(self, sheet: FakeSheet) -> None:
        told = instance(sheet).submit(IssueCall(BOT, "s1", "spring"))
        assert told.outcome.word == "issued"
        assert (sheet.reads, sheet.writes) == (2, 1)
        assert told.requests == {"reads": 2, "writes": 1}

    def test_a_redemption_takes_one_more_for_the_projection(self, sheet: FakeSheet) -> None:
        row = with_code(sheet)
        assert redeem(sheet).word == "redeemed"
        assert (sheet.reads, sheet.writes) == (2, 2)
        assert (row["status"], row["usage_channel"]) == ("used", "till-1")
        assert row["used_on"] == sheet.rows["redemptions"][0]["time"]

    def test_what_writes_nothing_takes_one_read(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        assert issue(sheet).word == "already_issued"
        assert instance(sheet).submit(CheckCall(TILL, CODE)).outcome.word == "valid"
        assert instance(sheet).submit(CheckCall(TILL, "nothing")).outcome.word == "not_found"
        assert (sheet.reads, sheet.writes) == (3, 0)

    def test_a_rollback_makes_the_code_good_again(self, sheet: FakeSheet) -> None:
        row = with_code(sheet)
        redeem(sheet, "r1")
        undo = RollbackCall(TILL, CODE, "till-1", "", "r1")
        assert instance(sheet).submit(undo).outcome.word == "rolled_back"
        assert (row["status"], row["used_on"], row["usage_channel"]) == ("unused", "", "")
        assert instance(sheet).submit(undo).outcome.word == "rolled_back"
        assert redeem(sheet, "r2").word == "redeemed"


class TestRepeats:
    def test_the_same_request_gets_the_same_yes_for_ever(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        first = redeem(sheet, "r1")
        sheet.world.now_ms += 3_600_000
        again = redeem(sheet, "r1")
        assert (again.word, again.used_on) == ("redeemed", first.used_on)
        assert redeem(sheet, "r2").word == "already_used"

    def test_a_yes_survives_a_lost_projection(self, sheet: FakeSheet) -> None:
        row = with_code(sheet)
        sheet.faults[2] = "503"
        assert redeem(sheet, "r1").word == "redeemed"
        assert row["status"] == "unused"
        assert redeem(sheet, "r1").word == "redeemed"  # a claim of its own: one use
        assert row["status"] == "used"
        sheet.world.now_ms += 30_000
        assert redeem(sheet, "r2").word == "already_used"


class TestUnknownOutcomes:
    @pytest.mark.parametrize("fault", ["503 before", "503 after", "429"])
    def test_one_fault_is_survived_within_the_call(self, sheet: FakeSheet, fault: str) -> None:
        sheet.faults[1] = fault
        assert issue(sheet).word == "issued"
        assert len(sheet.rows["codes"]) == 1

    @pytest.mark.parametrize("fault", ["503 before", "503 after", "429"])
    def test_one_fault_redeems_once(self, sheet: FakeSheet, fault: str) -> None:
        with_code(sheet)
        sheet.faults[1] = fault
        assert redeem(sheet).word == "redeemed"
        assert len(live_claims(sheet)) == 1

    def test_a_late_copy_is_refused_by_its_stamp(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        sheet.faults[1] = "late"
        assert redeem(sheet, "r1").word == "redeemed"
        sheet.late.pop()()
        assert len(live_claims(sheet)) == 1
        assert redeem(sheet, "r1").word == "redeemed"

    def test_a_definite_no_is_told_only_after_the_claim_was_withdrawn(self, sheet: FakeSheet) -> None:
        row = with_code(sheet)
        sheet.faults[1] = "late"
        sheet.before_read = lambda: row.update(status="void") if sheet.writes else None  # type: ignore[func-returns-value]
        assert redeem(sheet, "r1").word == "void"
        sheet.check_stamps = False
        sheet.late.pop()()
        assert live_claims(sheet) == []

    def test_three_unknown_outcomes_are_busy_and_a_repeat_settles_it(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        sheet.faults.update({1: "503 before", 2: "503 before", 3: "503 before"})
        assert redeem(sheet, "r1").word == "busy"
        assert redeem(sheet, "r1").word == "redeemed"
        assert len(live_claims(sheet)) == 1


def race(sheet: FakeSheet, calls: list[Call]) -> list[Outcome]:
    """Two instances whose first reads both come before either write."""
    outcomes: list[Outcome] = []
    rival = instance(sheet)

    def rival_first() -> None:
        sheet.before_write = lambda: None
        outcomes.append(rival.submit(calls[1]).outcome)

    sheet.before_write = rival_first
    mine = instance(sheet).submit(calls[0]).outcome
    return [mine, *outcomes]


class TestTwoInstances:
    def test_a_stale_decision_is_refused_whole_and_taken_again(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        words = [outcome.word for outcome in race(sheet, [redeem_call("r1"), redeem_call("r2")])]
        assert words == ["already_used", "redeemed"]
        assert len(sheet.rows["redemptions"]) == 1

    def test_two_clicks_of_one_subscriber_get_one_code(self, sheet: FakeSheet) -> None:
        first, second = race(sheet, [IssueCall(BOT, "s1", "spring"), IssueCall(BOT, "s1", "spring")])
        assert first.code == second.code
        assert (first.word, second.word) == ("already_issued", "issued")
        assert len(sheet.rows["codes"]) == 1

    def test_without_the_stamp_the_second_look_still_lets_one_pass_at_most(self, sheet: FakeSheet) -> None:
        with_code(sheet)
        sheet.check_stamps = False
        words = sorted(outcome.word for outcome in race(sheet, [redeem_call("r1"), redeem_call("r2")]))
        assert words == ["already_used", "redeemed"]
        assert len(live_claims(sheet)) == 1

    def test_a_limit_of_one_is_kept_even_if_both_batches_land(self, sheet: FakeSheet) -> None:
        sheet.rows["campaigns"][0]["total_limit"] = 1
        sheet.check_stamps = False
        outcomes = race(sheet, [IssueCall(BOT, "s1", "spring"), IssueCall(BOT, "s2", "spring")])
        assert sorted(outcome.word for outcome in outcomes) == ["campaign_limit_reached", "issued"]
        snapshot = Snapshot(tables_of(sheet.reading()))
        assert snapshot.count_issued("spring") == 1


def no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: a claim that is seen is answered from at once."""

    def believe(played: deciding.Round, view: Snapshot, turn: deciding.Turn, _rules: deciding.Rules) -> Snapshot:
        assert turn.claim is not None
        played.standing.append((turn, turn.claim))
        return view

    monkeypatch.setattr(deciding, "_verify", believe)


class TestPlantedBugs:
    """A guard counts as tested only once a bug has turned its test red."""

    def test_no_stamp_and_no_second_look_redeems_twice(self, sheet: FakeSheet, monkeypatch: pytest.MonkeyPatch) -> None:
        with_code(sheet)
        sheet.check_stamps = False
        no_second_look(monkeypatch)
        words = [outcome.word for outcome in race(sheet, [redeem_call("r1"), redeem_call("r2")])]
        assert words == ["redeemed", "redeemed"]

    def test_no_second_look_is_caught_by_the_stamp(self, sheet: FakeSheet, monkeypatch: pytest.MonkeyPatch) -> None:
        with_code(sheet)
        no_second_look(monkeypatch)
        words = sorted(outcome.word for outcome in race(sheet, [redeem_call("r1"), redeem_call("r2")]))
        assert words == ["already_used", "redeemed"]

    def test_a_second_look_with_the_own_rows_never_says_yes(
        self, sheet: FakeSheet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_code(sheet)
        monkeypatch.setattr(Snapshot, "before", lambda self, _rows: self)
        monkeypatch.setattr(Snapshot, "without", lambda self, _rows: self)
        assert redeem(sheet, "r1").word != "redeemed"

    def test_adopting_an_unconfirmed_claim_says_yes_to_a_loser(
        self, sheet: FakeSheet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_code(sheet)
        mine = sheet.type_row(
            "redemptions", time=_serial(sheet), code=CODE, event="redeemed", usage_channel="till-1", by="till-1",
            request_id="r1", claim="a",
        )  # fmt: skip
        told = []

        def loses(*_: object) -> None:
            told.append(sheet.type_row("redemptions", code=CODE, event="withdrawn", claim=mine["claim"]))

        monkeypatch.setattr(standing, "OLD_MS", 0)
        assert redeem(sheet, "r1").word == "redeemed"
        loses()
        assert live_claims(sheet) == []  # a yes without a claim: what the ten minutes are for

    def test_the_projection_in_the_claims_batch_is_not_done(self, sheet: FakeSheet) -> None:
        row = with_code(sheet)
        sheet.before_write = lambda: row.update(status="void")
        assert redeem(sheet, "r1").word == "void"
        assert row["status"] == "void"
        assert live_claims(sheet) == []


def _serial(sheet: FakeSheet) -> float:
    return (sheet.world.wall_ms() + 3 * 3_600_000) / 86_400_000 + 25_569


class TestStaff:
    def test_a_sort_between_read_and_projection_leaves_no_other_row_wrong(self, sheet: FakeSheet) -> None:
        mine, other = with_code(sheet), with_code(sheet, "SPRING-99999-99999", subscriber_id="s2", status="void")
        till = instance(sheet)

        def sort() -> None:
            sheet.before_patch = lambda: None
            sheet.rows["codes"].reverse()

        sheet.before_patch = sort
        assert redeem(sheet, "r1", till).word == "redeemed"
        assert other["status"] == "used"  # the projection hit a moved row
        assert till.submit(CheckCall(TILL, "SPRING-99999-99999")).outcome.word in {"busy", "void"}
        assert other["status"] == "void"
        assert mine["status"] == "used"
        assert redeem(sheet, "r1").word == "redeemed"

    def test_a_sort_before_the_projection_of_a_rollback_revives_no_voided_code(self, sheet: FakeSheet) -> None:
        mine, other = with_code(sheet), with_code(sheet, "SPRING-99999-99999", subscriber_id="s2", status="void")
        till = instance(sheet)
        assert redeem(sheet, "r1", till).word == "redeemed"

        def sort() -> None:
            sheet.before_patch = lambda: None
            sheet.rows["codes"].reverse()

        sheet.before_patch = sort
        assert till.submit(RollbackCall(TILL, CODE, "till-1", "", "r1")).outcome.word == "rolled_back"
        assert (other["status"], mine["status"]) == ("void", "unused")  # the undoing hit a moved row, and was undone
        assert till.submit(CheckCall(TILL, "SPRING-99999-99999")).outcome.word == "void"

    @pytest.mark.parametrize(
        "cell",
        [
            pytest.param("", id="emptied"),
            pytest.param("oops", id="text"),
            pytest.param(0, id="set back to the start"),
            pytest.param(3, id="set back a little"),
            pytest.param(99_999, id="set forward"),
        ],
    )
    def test_a_number_that_staff_changed_is_healed(self, sheet: FakeSheet, cell: str | int) -> None:
        service = instance(sheet)
        for number in range(5):
            service.submit(IssueCall(BOT, f"before-{number}", "spring"))
        sheet.number = cell
        assert service.submit(IssueCall(BOT, "s1", "spring")).outcome.word == "issued"
        assert issue(sheet, "s2").word == "issued"
        assert len({row["code"] for row in sheet.rows["codes"]}) == 7
        assert guard.read_number(sheet.number) == guard.newest(sheet.stamps.items())

    def test_a_foreign_metadata_id_in_the_way_is_stepped_over(self, sheet: FakeSheet) -> None:
        sheet.stamps[guard.BASE + 1] = "somebody elses"
        assert issue(sheet).word == "issued"

    def test_a_row_deleted_between_write_and_verify_is_never_a_yes(self, sheet: FakeSheet) -> None:
        with_code(sheet)

        def delete() -> None:
            if sheet.writes:
                sheet.rows["codes"].clear()

        sheet.before_read = delete
        assert redeem(sheet, "r1").word == "not_found"
        assert live_claims(sheet) == []

    def test_another_code_key_is_noticed_at_the_first_write(self, sheet: FakeSheet) -> None:
        issue(sheet)
        sheet.world.now_ms += 60_000
        other = instance(sheet, b"another key, also of 32 bytes....")
        assert other.submit(IssueCall(BOT, "s2", "spring")).outcome.word == "sheet_broken"
        assert other.submit(IssueCall(BOT, "s1", "spring")).outcome.word == "already_issued"


def test_a_stale_read_is_no_verify(sheet: FakeSheet) -> None:
    with_code(sheet)
    before = sheet.reading()
    sheet.stale = [before, before, before]
    assert redeem(sheet, "r1").word == "redeemed"
    assert sheet.reads == 4


def test_a_stale_first_read_refuses_itself(sheet: FakeSheet) -> None:
    before = sheet.reading()
    assert issue(sheet, "s1").word == "issued"
    sheet.stale = [before]
    assert issue(sheet, "s1").word == "already_issued"
    assert len(sheet.rows["codes"]) == 1


def test_a_broken_sheet_answers_at_once_and_heals_without_a_restart(sheet: FakeSheet) -> None:
    service = instance(sheet)
    sheet.read_fault = SheetBroken(["the column Status is missing"])
    assert service.submit(IssueCall(BOT, "s1", "spring")).outcome.word == "sheet_broken"
    sheet.read_fault = None
    assert service.submit(IssueCall(BOT, "s1", "spring")).outcome.word == "issued"


def test_one_callers_data_never_fails_anothers(sheet: FakeSheet) -> None:
    sheet.faults[1] = "400"
    service = instance(sheet)
    turns = [deciding.Turn(IssueCall(BOT, f"s{n}", "spring"), START, 10**12, f"t{n}") for n in range(3)]
    service._open = list(turns)
    service._lead(turns[2])
    service._open and service._lead(service._open[0])
    assert [turn.outcome.word for turn in turns if turn.outcome] == ["issued", "issued", "issued"]
    assert sheet.writes == 4


def test_a_decision_that_fails_is_busy_and_reported(sheet: FakeSheet, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[tuple[str, dict[str, object]]] = []
    service = Committer(sheet, sheet.world, KEY, 8.0, lambda message, fields: reports.append((message, fields)))

    def fail(*_: object) -> Answer:
        msg = "s1 must not be shown"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("functions.issuing.issue", fail)
    assert service.submit(IssueCall(BOT, "s1", "spring")).outcome.word == "busy"
    assert reports[0][0] == "a decision failed"
    assert "s1" not in str(reports[0][1])


@pytest.mark.parametrize("size", [2, 40])
def test_calls_that_wait_together_share_one_write(sheet: FakeSheet, size: int) -> None:
    service = instance(sheet)
    calls: list[Call] = [IssueCall(BOT, f"s{number % (size // 2)}", "spring") for number in range(size)]
    outcomes = _together(service, sheet, calls)
    assert {outcome.word for outcome in outcomes} == {"issued", "already_issued"}
    assert len(sheet.rows["codes"]) == size // 2
    assert sheet.writes <= 2


def _together(service: Committer, sheet: FakeSheet, calls: list[Call]) -> list[Outcome]:
    """All calls wait while the first one's read is under way."""
    outcomes: list[Outcome] = []
    everybody = threading.Event()

    def hold() -> None:
        sheet.before_read = lambda: None
        everybody.wait(10)

    sheet.before_read = hold
    threads = [threading.Thread(target=lambda c=call: outcomes.append(service.submit(c).outcome)) for call in calls]
    for thread in threads:
        thread.start()
    while service._arrivals == [] or len(service._arrivals) + len(service._open) < len(calls):
        pass
    everybody.set()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_follower_is_busy_at_its_own_deadline_though_the_leader_is_stuck() -> None:
    made = FakeSheet(FakeWorld())
    made.type_row("campaigns", campaign="spring")
    stuck, free = threading.Event(), threading.Event()

    def hold() -> None:
        stuck.set()
        free.wait(10)

    made.before_read = hold
    service = Committer(made, RealWorld(), KEY, 0.3, lambda _message, _fields: None)
    leader = threading.Thread(target=lambda: service.submit(IssueCall(BOT, "s1", "spring")))
    leader.start()
    stuck.wait(10)
    assert service.submit(IssueCall(BOT, "s2", "spring")).outcome.word == "busy"
    free.set()
    leader.join()


def test_reads_that_fail_end_in_busy_at_the_deadline(sheet: FakeSheet) -> None:
    sheet.read_fault = Throttled("quota")
    told = instance(sheet).submit(CheckCall(TILL, CODE))
    assert told.outcome.word == "busy"
    assert told.waited_ms >= 8_000
    sheet.read_fault = None
    assert instance(sheet).submit(CheckCall(TILL, CODE)).outcome.word == "not_found"


def test_a_contested_call_reads_ever_more_rarely(sheet: FakeSheet) -> None:
    with_code(sheet)
    sheet.type_row("redemptions", time=_serial(sheet), code=CODE, event="redeemed", by="till-2", claim="rival")
    told = instance(sheet).submit(redeem_call("r1"))
    assert told.outcome.word == "busy"
    assert sheet.reads <= 10


def test_a_prune_that_google_refuses_is_left_out(sheet: FakeSheet) -> None:
    sheet.number = 1_499
    sheet.refuse_prune = True
    assert issue(sheet).word == "issued"
    assert sheet.number == 1_500


def test_a_call_alone_that_google_refuses_is_told_that_the_sheet_is_broken(sheet: FakeSheet) -> None:
    sheet.faults.update(dict.fromkeys(range(1, 10), "400"))
    assert issue(sheet).word == "sheet_broken"
    assert sheet.writes == 3


def test_a_clock_that_is_wrong_is_corrected_by_googles(sheet: FakeSheet) -> None:
    sheet.server_ahead_ms = 3_600_000
    assert issue(sheet).word == "issued"
    snapshot = Snapshot(tables_of(sheet.reading()))
    (row,) = snapshot.tables.codes
    assert row.issued is not None
    assert row.issued - START == pytest.approx(3_600_000 + 25_569 * 86_400_000 + 3 * 3_600_000, abs=2_000)
