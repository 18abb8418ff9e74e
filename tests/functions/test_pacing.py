"""The budget of a minute: never exceeded, spent without long holes, and reads go on when writes are used up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import pytest
from fake_sheet import START, FakeSheet, FakeWorld
from hypothesis import given
from hypothesis import strategies as st
from rows import BOT, KEY, TILL

from functions import guard
from functions.batches import NewRow, Patch
from functions.committer import Committer
from functions.failures import Unanswered
from functions.pacing import PER_MINUTE, Pace, Pacing
from functions.promo import Call, CheckCall, IssueCall, RedeemCall, RollbackCall
from functions.sheet import Reading
from functions.timing import Timing
from scheduler import Scheduler, SimWorld

CODE = "SPRING-11111-22222"
#: Calls of a flood: it lasts for more than a minute.
FLOOD = 300


def sent_at(pace: Pace, arrivals: Sequence[float]) -> list[float]:
    """When each of these requests goes out, if each waits as it is told."""
    now, times = 0.0, []
    for arrival in arrivals:
        now = max(now, arrival)
        now += pace.wait_s(now)
        pace.note(now)
        times.append(now)
    return times


def most_in_a_minute(times: Sequence[float]) -> int:
    return max(sum(begin <= each < begin + 60.0 for each in times) for begin in times)


class TestPace:
    @given(st.lists(st.floats(0, 200), min_size=1, max_size=150), st.sampled_from([1, 2, 10, PER_MINUTE]))
    def test_no_minute_has_more_than_the_budget(self, arrivals: list[float], per_minute: int) -> None:
        assert most_in_a_minute(sent_at(Pace(per_minute), sorted(arrivals))) <= per_minute

    @given(
        st.lists(st.tuples(st.floats(0, 200), st.sampled_from(("one", "pair", "no second"))), min_size=1, max_size=120),
        st.sampled_from([2, 3, 10, PER_MINUTE]),
    )
    def test_no_minute_has_more_than_the_budget_with_pairs_either(
        self, arrivals: list[tuple[float, str]], per_minute: int
    ) -> None:
        pace, now, times = Pace(per_minute), 0.0, []
        for arrival, kind in sorted(arrivals):
            now = max(now, arrival)
            now += pace.wait_s(now, 1 if kind == "one" else 2)
            pace.note(now)
            times.append(now)
            if kind != "one":
                pace.keep()
                assert pace.wait_s(now) == 0.0
            if kind == "pair":
                now += 0.5
                pace.note(now)
                times.append(now)
        assert most_in_a_minute(times) <= per_minute

    def test_one_that_is_to_follow_is_counted_before_it_is_sent(self) -> None:
        pace = Pace(10)
        pace.note(0.0)
        assert pace.wait_s(0.0, 2) == 0.0
        pace.keep()
        assert pace.wait_s(0.0, 2) > 0.0
        assert pace.wait_s(0.0) == 0.0

    def test_pairs_are_served_at_nearly_the_whole_budget(self) -> None:
        pace, now, times = Pace(), 0.0, []
        for _ in range(200):
            now += pace.wait_s(now, 2)
            pace.note(now)
            pace.keep()
            pace.note(now + 0.5)
            times += [now, now]
        assert sum(60 <= each < 360 for each in times) >= 5 * PER_MINUTE * 0.9
        assert max(later - sooner for sooner, later in pairwise(times)) < 4.0

    def test_a_flood_is_served_at_nearly_the_whole_budget(self) -> None:
        times = sent_at(Pace(), [0.0] * 400)
        assert most_in_a_minute(times) <= PER_MINUTE
        assert sum(60 <= each < 360 for each in times) >= 5 * PER_MINUTE * 0.9

    def test_a_flood_meets_no_long_hole(self) -> None:
        times = sent_at(Pace(), [0.0] * 400)
        assert max(later - sooner for sooner, later in pairwise(times)) < 3.0

    def test_a_lone_call_never_waits(self) -> None:
        arrivals = [number * 5.0 for number in range(100)]
        assert sent_at(Pace(), arrivals) == arrivals

    def test_after_a_429_nothing_goes_out_until_the_hold_ends(self) -> None:
        pace = Pace()
        pace.hold(10.0)
        pace.hold(7.0)
        assert pace.wait_s(4.0) == 6.0
        assert pace.wait_s(10.0) == 0.0
        assert pace.failures == 2

    def test_what_was_in_vain_is_repeated_at_once_and_the_next_one_keeps_its_distance(self) -> None:
        pace = Pace(27)
        sent_at(pace, [0.0] * 100)
        now = pace._last
        distance = pace.wait_s(now)
        assert distance > 2.0
        assert pace.repeat(now + 0.7)
        assert pace.wait_s(now + 0.7) == 0.0
        pace.note(now + 0.7)
        assert pace.wait_s(now + 0.7) == pytest.approx(distance, rel=0.05)

    def test_while_plenty_of_a_minute_is_left_what_is_repeated_is_of_the_minute(self) -> None:
        pace, now = Pace(27), 0.0
        for _ in range(10):
            now += pace.wait_s(now)
            pace.note(now)
        assert pace.repeat(now)
        assert pace.wait_s(now) == 0.0
        assert not pace._vain

    def test_no_more_than_a_few_are_repeated_once_a_minute_is_used_up(self) -> None:
        pace = Pace(27)
        sent_at(pace, [0.0] * 100)
        now = pace._last
        told = []
        for _ in range(5):
            told.append(pace.repeat(now))
            pace.note(now)
        assert told == [True, True, True, False, False]

    @pytest.mark.parametrize(("budget", "most"), [(54, 60), (27, 30), (18, 20), (8, 8), (1, 1)])
    def test_what_is_repeated_takes_a_tenth_that_the_budget_leaves_at_most(self, budget: int, most: int) -> None:
        pace, now, times = Pace(budget), 0.0, []
        for _ in range(400):
            now += pace.wait_s(now)
            pace.note(now)
            times.append(now)
            pace.repeat(now)
        assert most_in_a_minute(times) == most

    def test_reads_and_writes_are_counted_apart(self) -> None:
        pacing = Pacing(1, 1)
        pacing.writes.note(0.0)
        assert pacing.reads.wait_s(0.0) == 0.0
        assert pacing.writes.wait_s(0.0) == 60.0


class PacedSheet(FakeSheet):
    """Counts each request against the budget, as sheet.py does."""

    def __init__(self, world: FakeWorld, pacing: Pacing) -> None:
        super().__init__(world)
        self.pacing = pacing
        self.read_at: list[float] = []
        self.written_at: list[float] = []

    def read(self, timeout: float) -> Reading:
        self.read_at.append(self.world.monotonic())
        self.pacing.reads.note(self.read_at[-1])
        return super().read(timeout)

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        self._write()
        super().append(reading, stamp, rows, key, timeout)

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        self._write()
        super().patch(reading, patches, timeout)

    def _write(self) -> None:
        self.written_at.append(self.world.monotonic())
        self.pacing.writes.note(self.written_at[-1])


class Sight:
    """A sheet as one of several processes has it: with a budget of its own."""

    def __init__(self, sheet: PacedSheet, pacing: Pacing) -> None:
        self._sheet = sheet
        self.pacing = pacing
        self.newest_stamp, self.forget_layout = sheet.newest_stamp, sheet.forget_layout

    def read(self, timeout: float) -> Reading:
        self._sheet.pacing = self.pacing
        return self._sheet.read(timeout)

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        self._sheet.pacing = self.pacing
        self._sheet.append(reading, stamp, rows, key, timeout)

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        self._sheet.pacing = self.pacing
        self._sheet.patch(reading, patches, timeout)


@pytest.fixture
def sheet() -> PacedSheet:
    made = PacedSheet(FakeWorld(), Pacing(PER_MINUTE, PER_MINUTE))
    made.type_row("campaigns", campaign="spring")
    made.type_row("codes", code=CODE, campaign="spring", subscriber_id="s1", status="unused")
    return made


def service(sheet: PacedSheet) -> Committer:
    return Committer(sheet, sheet.world, KEY, 8.0, lambda _message, _fields: None, sheet.pacing)


def use_up(sheet: PacedSheet) -> None:
    """The writes of this minute are gone, all at this moment."""
    for _ in range(PER_MINUTE):
        sheet.pacing.writes.note(sheet.world.monotonic())


def test_a_flood_of_good_calls_makes_no_more_requests_than_the_budget(sheet: PacedSheet) -> None:
    paced = service(sheet)
    words = [paced.submit(IssueCall(BOT, f"u{number}", "spring")).outcome.word for number in range(150)]
    assert set(words) <= {"issued", "busy"}
    assert words.count("issued") > 100
    assert most_in_a_minute(sheet.read_at) <= PER_MINUTE
    assert most_in_a_minute(sheet.written_at) <= PER_MINUTE


def test_readers_are_answered_while_the_writes_are_used_up(sheet: PacedSheet) -> None:
    paced = service(sheet)
    use_up(sheet)
    assert paced.submit(CheckCall(TILL, CODE)).outcome.word == "valid"
    told = paced.submit(IssueCall(BOT, "s1", "spring"))
    assert told.outcome.word == "already_issued"
    assert told.waited_ms < 1_000
    assert sheet.written_at == []


def test_a_writer_is_busy_at_its_deadline_while_the_writes_are_used_up_and_served_after(sheet: PacedSheet) -> None:
    paced = service(sheet)
    use_up(sheet)
    redeem = RedeemCall(TILL, CODE, channel="till-1", request_id="r1")
    told = paced.submit(redeem)
    assert told.outcome.word == "busy"
    assert 8_000 <= told.waited_ms < 9_000
    assert sheet.written_at == []
    sheet.world.sleep(60)
    assert paced.submit(redeem).outcome.word == "redeemed"


def test_a_write_that_google_throttled_waits_within_the_deadline_and_is_tried_three_times(sheet: PacedSheet) -> None:
    sheet.faults.update(dict.fromkeys(range(1, 9), "429"))
    told = service(sheet).submit(RedeemCall(TILL, CODE, channel="till-1", request_id="r1"))
    assert told.outcome.word == "busy"
    assert told.waited_ms < 9_000
    assert len(sheet.written_at) == 3
    assert sheet.rows["redemptions"] == []


def test_a_rollback_is_told_though_its_mark_must_wait_for_the_budget(sheet: PacedSheet) -> None:
    paced = service(sheet)
    paced.submit(RedeemCall(TILL, CODE, channel="till-1", request_id="r1"))
    sheet.before_write = lambda: sheet.pacing.writes.hold(sheet.world.monotonic() + 30)
    assert paced.submit(RollbackCall(TILL, CODE, "till-1", request_id="r1")).outcome.word == "rolled_back"
    sheet.before_write = lambda: None
    assert sheet.rows["codes"][0]["status"] == "used"
    sheet.world.sleep(60)
    assert paced.submit(CheckCall(TILL, CODE)).outcome.word == "valid"
    assert sheet.rows["codes"][0]["status"] == "unused"


Flood = tuple[PacedSheet, list[float], list[str]]


def flooded(call: Callable[[int], Call], processes: int = 1) -> Flood:
    """Four calls a second, by turns, on a clock of their own: the sheet then, how long each took, the words."""
    scheduler = Scheduler(1)
    world = SimWorld(scheduler, "one", START)
    sheet = PacedSheet(world, Pacing())  # type: ignore[arg-type]
    sheet.type_row("campaigns", campaign="spring")
    for number in range(FLOOD):
        sheet.type_row("codes", code=f"C-{number}", campaign="spring", subscriber_id=f"s{number}", status="unused")
    budget = PER_MINUTE // processes
    sights = [Sight(sheet, Pacing(budget, budget)) for _ in range(processes)]
    services = [Committer(each, world, KEY, 8.0, lambda *_: None, each.pacing) for each in sights]  # type: ignore[arg-type]
    took: list[float] = []
    words: list[str] = []

    def one(number: int) -> None:
        began = world.monotonic()
        words.append(services[number % processes].submit(call(number)).outcome.word)
        took.append(world.monotonic() - began)

    for number in range(FLOOD):
        scheduler.at(number / 4, partial(scheduler.spawn, partial(one, number)))
    scheduler.run()
    return sheet, took, words


@pytest.fixture(scope="module")
def redemptions() -> Flood:
    return flooded(lambda number: RedeemCall(TILL, f"C-{number}", channel="t", request_id=f"r{number}"))


def test_a_flood_of_redemptions_is_answered_and_shown_within_the_budget(redemptions: Flood) -> None:
    sheet, took, words = redemptions
    assert set(words) == {"redeemed"}
    assert {row["status"] for row in sheet.rows["codes"]} == {"used"}
    assert most_in_a_minute(sheet.written_at) <= PER_MINUTE
    assert most_in_a_minute(sheet.read_at) <= PER_MINUTE
    assert max(took[FLOOD // 2 :]) < 4.4  # a pair of writes goes out each 2.2 s, and takes two reads and two writes


def test_a_read_ends_when_the_write_that_it_leads_to_may_go_out(redemptions: Flood) -> None:
    sheet, _, _ = redemptions
    late = [write for write in sheet.written_at if write > 50]
    assert max(write - max(read for read in sheet.read_at if read < write) for write in late) < 0.4  # it takes 0.3 s


def test_a_flood_of_new_codes_is_answered_within_the_budget() -> None:
    sheet, took, words = flooded(lambda number: IssueCall(BOT, f"u{number}", "spring"))
    assert set(words) == {"issued"}
    assert most_in_a_minute(sheet.written_at) <= PER_MINUTE
    assert max(took[FLOOD // 2 :]) < 3.4


def test_two_processes_that_share_the_quota_do_not_lose_the_same_race_again_and_again() -> None:
    sheet, took, words = flooded(lambda number: IssueCall(BOT, f"u{number}", "spring"), processes=2)
    assert set(words) == {"issued"}
    assert len({row["code"] for row in sheet.rows["codes"]}) == 2 * FLOOD
    assert most_in_a_minute(sheet.written_at) <= 60
    assert most_in_a_minute(sheet.read_at) <= 60
    assert max(took) < 7.0


def test_a_race_that_may_not_be_repeated_moves_the_turn_a_little_away_from_the_others() -> None:
    world, pacing = FakeWorld(), Pacing(8, 8)
    timing = Timing(world, pacing, 8.0)
    timing.reading_s = 0.3
    for _ in range(8):
        pacing.writes.note(world.monotonic())
    before = timing.until_write()
    timing.answered(lost=True)
    assert timing.until_write() == pytest.approx(before + 0.6)


def test_marks_that_do_not_land_leave_every_other_turn_to_new_codes(
    sheet: PacedSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        del patches, timeout
        sheet._write()
        raise Unanswered("503")

    monkeypatch.setattr(sheet, "patch", refused)
    paced = service(sheet)
    assert paced.submit(RedeemCall(TILL, CODE, channel="till-1", request_id="r1")).outcome.word == "redeemed"
    for _ in range(PER_MINUTE // 2):
        sheet.world.sleep(0.1)
        sheet.pacing.writes.note(sheet.world.monotonic())
    told = paced.submit(IssueCall(BOT, "s2", "spring"))
    assert (told.outcome.word, sheet.rows["codes"][0]["status"]) == ("issued", "unused")
