"""The probe: what it says of the local server, of planted anomalies, and that it leaves nothing behind."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fake_sheet import FakeWorld
from local_sheet import Staff

from functions import cli, probe, probe_verdicts
from functions.commands.common import progress
from functions.failures import Rejected, SheetBroken, StampTaken, Throttled, Unanswered
from functions.guard import BASE, Stamp
from functions.local import kinds_dimension, kinds_metadata
from functions.local.batch import KINDS
from functions.local.errors import refuse
from functions.local.server import Fault, LocalSheets
from functions.pacing import Pacing
from functions.probe import Client
from functions.probe_verdicts import Answer, Case, Seen, Sent, Try
from functions.sheet import Reading

BATCH = "spreadsheets.batchUpdate"
TRIES = 4
QUESTION = {number: f"{number}. " for number in range(1, 5)}


class Heard(list[str]):
    """What the probe told. `at` calls something when a line begins so."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, Callable[[], object]] = {}

    def __call__(self, line: str) -> None:
        self.append(line)
        for start, call in self.at.items():
            if line.startswith(start):
                call()

    def question(self, number: int) -> str:
        """All that was told about a question."""
        start = next(place for place, line in enumerate(self) if line.startswith(QUESTION[number]))
        rest = [line for line in self[start + 1 :] if not line.startswith("   ")]
        return "\n".join(self[start : self.index(rest[0], start)])

    @property
    def otherwise(self) -> list[int]:
        return [number for number in QUESTION if "OTHERWISE" in self.question(number)]


class Book:
    """A spreadsheet with a row of staff and a stamp of the guard, and the probe run on it."""

    def __init__(self, server: LocalSheets, staff: Staff) -> None:
        self.server = server
        self.staff = staff
        self.heard = Heard()
        place = {
            "metadataId": BASE + 1,
            "metadataKey": "a",
            "location": {"spreadsheet": True},
            "visibility": "DOCUMENT",
        }
        staff.edit({"createDeveloperMetadata": {"developerMetadata": place}})
        self.before = self.everything()

    def everything(self) -> Any:
        return self.staff.session.get(f"{self.staff.url}?includeGridData=true", timeout=120).json()

    def probe(self, kind: type[Client] = Client, tries: int = TRIES, per_minute: int = 60_000) -> bool:
        world = FakeWorld()

        def connect(pacing: Pacing) -> Client:
            return kind("local", self.server.base_url, world, pacing)

        return probe.probe(
            connect,
            world,
            tries=tries,
            per_minute=per_minute,
            tell=self.heard,
            bar=lambda _label, _length: nullcontext(lambda _done: None),
        )

    def left(self) -> bool:
        return bool(self.everything() != self.before)


@pytest.fixture
def book() -> Iterator[Book]:
    with LocalSheets() as server:
        server.create("local")
        staff = Staff(server, "en")
        staff.type("A1", [["Promo code", "Status"], ["SPRING-1", "used"]])
        yield Book(server, staff)
        staff.session.close()


def plant(monkeypatch: pytest.MonkeyPatch, kind: str, apply: Callable[..., Any]) -> None:
    monkeypatch.setitem(KINDS, kind, apply)


def test_a_server_that_does_as_the_guard_assumes_is_told_so_and_left_as_it_was(book: Book) -> None:
    assert book.probe()
    assert book.heard.otherwise == []
    assert "the second batch was refused (the id exists); its row was not written" in book.heard.question(1)
    assert "exactly one applied 4 · both applied 0 · none applied 0" in book.heard.question(1)
    assert "missed 0 · never seen 0" in book.heard.question(2)
    assert "rows kept 8 of 8 · lost or overwritten 0" in book.heard.question(3)
    assert "accepted; its row was written" in book.heard.question(4)
    assert book.heard[-2].endswith("are removed")
    assert book.heard[-1] == "all as assumed"
    assert not book.left()


class TestPlanted:
    def test_an_id_that_is_accepted_twice(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        def create(draft: Any, request: Any) -> Any:
            draft.metadata.pop(request["developerMetadata"].get("metadataId"), None)
            return kinds_metadata.create(draft, request)

        plant(monkeypatch, "createDeveloperMetadata", create)
        assert not book.probe()
        assert book.heard.otherwise == [1]
        told = book.heard.question(1)
        assert "the second batch was accepted; its row was written" in told
        assert "exactly one applied 0 · both applied 4" in told
        assert "stamps refuse nothing" in told
        assert book.heard[-1].startswith("1 of 4 questions")
        assert not book.left()

    def test_an_id_that_is_accepted_twice_only_when_batches_overlap(
        self, book: Book, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_turn: list[int] = []

        def create(draft: Any, request: Any) -> Any:
            asked = request["developerMetadata"].get("metadataId")
            in_turn.append(asked)
            if asked != in_turn[0]:
                draft.metadata.pop(asked, None)
            return kinds_metadata.create(draft, request)

        plant(monkeypatch, "createDeveloperMetadata", create)
        assert not book.probe()
        assert book.heard.otherwise == [1]
        assert "its row was not written" in book.heard.question(1)
        assert "both applied 4" in book.heard.question(1)
        assert "it does not depend on this" in book.heard.question(1)

    def test_one_of_two_inserted_rows_is_lost(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Any] = []

        def insert(draft: Any, request: Any) -> Any:
            asked.append(request)
            return {} if len(asked) % 2 == 0 else kinds_dimension.insert_dimension(draft, request)

        book.heard.at[QUESTION[2]] = lambda: plant(monkeypatch, "insertDimension", insert)
        assert not book.probe()
        assert book.heard.otherwise == [3]
        assert "rows kept 4 of 8 · lost or overwritten 4" in book.heard.question(3)
        assert "can overwrite each other" in book.heard.question(3)

    def test_a_write_that_the_next_read_does_not_show(self, book: Book) -> None:
        behind: list[frozenset[str]] = []
        lock = threading.Lock()

        class Lagging(Client):
            def append(self, *batch: Any) -> None:
                with lock:
                    behind[:] = [super().texts(batch[0].layout.tabs["guard"].title)]
                    super().append(*batch)

            def texts(self, title: str) -> frozenset[str]:
                return behind.pop() if behind else super().texts(title)

        assert not book.probe(Lagging)
        assert book.heard.otherwise == [2]
        assert "missed 4 · never seen 0" in book.heard.question(2)
        assert "the second look may miss a rival" in book.heard.question(2)

    def test_a_write_that_is_answered_and_never_seen(self, book: Book) -> None:
        class Forgetful(Client):
            def append(self, *_: Any) -> None:
                """Answer 200 and do nothing."""

        assert not book.probe(Forgetful)
        assert book.heard.otherwise == [1, 2, 3, 4]
        assert "the first batch was not applied" in book.heard.question(1)
        assert "answer contradicts the sheet 4" in book.heard.question(1)
        assert "never seen 4" in book.heard.question(2)
        assert "its row was not written" in book.heard.question(4)

    def test_an_empty_deletion_that_refuses_the_batch(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        def delete(draft: Any, request: Any) -> Any:
            if not kinds_metadata.find(draft, [request["dataFilter"]]):
                refuse("No developer metadata matched.")
            return kinds_metadata.delete(draft, request)

        plant(monkeypatch, "deleteDeveloperMetadata", delete)
        assert not book.probe()
        assert book.heard.otherwise == [4]
        assert "No developer metadata matched.); its row was not written" in book.heard.question(4)
        assert "again without the deletion" in book.heard.question(4)
        assert not book.left()

    def test_a_refusal_that_leaves_the_row(self, book: Book) -> None:
        class Leaving(Client):
            def append(self, reading: Reading, stamp: Stamp, rows: Any, key: str, timeout: float) -> None:
                bare = Stamp(stamp.number, stamp.metadata_id, stamp.key)
                super().append(reading, bare, rows, key, timeout)
                if stamp.prune:
                    raise Rejected("Invalid requests[1].deleteDeveloperMetadata: nothing matches")

        assert not book.probe(Leaving)
        assert book.heard.otherwise == [4]
        assert "a refused batch left its row" in book.heard.question(4)

    def test_overlapping_batches_that_are_refused_in_an_unknown_way(self, book: Book) -> None:
        class Aborted(Client):
            def append(self, *batch: Any) -> None:
                try:
                    super().append(*batch)
                except StampTaken:
                    raise SheetBroken(["Google answers 409 (aborted)"]) from None

        assert not book.probe(Aborted)
        assert book.heard.otherwise == [1]
        assert "refused (Google answers 409 (aborted))" in book.heard.question(1)
        assert "refused for another reason 4" in book.heard.question(1)
        assert "refused for another reason, 4 times: Google answers 409 (aborted)" in book.heard.question(1)


@pytest.mark.parametrize("action", ["429", "503_before", "503_after", "reset_before", "reset_after"])
def test_what_is_not_answered_now_and_then_is_waited_out_and_never_counted(book: Book, action: str) -> None:
    for nth in range(1, 60, 4):
        book.server.faults.append(Fault(BATCH, action, nth))
    for nth in range(1, 30, 3):
        book.server.faults.append(Fault("values.batchGet", action, nth))
        book.server.faults.append(Fault("developerMetadata.search", action, nth))
    assert book.probe()
    assert book.heard.otherwise == []
    assert "exactly one applied 4 ·" in book.heard.question(1)
    assert "not answered and repeated 0" not in book.heard.question(1) + book.heard.question(2)
    assert "rows kept 8 of 8 · lost or overwritten 0" in book.heard.question(3)
    assert not book.left()


def test_no_minute_has_more_requests_than_was_allowed(book: Book) -> None:
    reads: list[float] = []
    writes: list[float] = []

    class Timed(Client):
        def _ask(self, request: Any, timeout: float) -> dict[str, Any]:
            reads.append(self._world.monotonic())
            return super()._ask(request, timeout)

        def _batch_update(self, batch: Any, timeout: float, fields: str = "spreadsheetId") -> dict[str, Any]:
            writes.append(self._world.monotonic())
            return super()._batch_update(batch, timeout, fields)

    assert book.probe(Timed, tries=6, per_minute=7)
    for sent in (reads, writes):
        assert len(sent) > 14
        assert all(later - sooner >= 60 for sooner, later in zip(sent, sent[7:], strict=False))


class TestRemoval:
    @pytest.mark.parametrize("number", [1, 2, 3, 4])
    def test_ctrl_c_removes_tab_and_metadata(self, book: Book, number: int) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        book.heard.at[QUESTION[number]] = interrupt
        with pytest.raises(KeyboardInterrupt):
            book.probe()
        assert book.heard[-1].endswith("are removed")
        assert not book.left()

    def test_a_failure_in_the_middle_of_a_question(self, book: Book) -> None:
        sent: list[Any] = []

        class Failing(Client):
            def append(self, *batch: Any) -> None:
                sent.append(batch)
                if len(sent) > 5:
                    raise SheetBroken(["Google answers 403 (no longer shared)"])
                super().append(*batch)

        with pytest.raises(SheetBroken, match="no longer shared"):
            book.probe(Failing)
        assert book.heard[-1].endswith("are removed")
        assert not book.left()

    def test_an_outage_is_given_up_and_then_removed(self, book: Book) -> None:
        class Down(Client):
            def append(self, *_: Any) -> None:
                raise Unanswered("503")

        with pytest.raises(Unanswered):
            book.probe(Down)
        assert not book.left()

    def test_too_many_tries_without_an_answer_are_given_up(self, book: Book) -> None:
        sent: list[Any] = []

        class Mostly(Client):
            def append(self, *batch: Any) -> None:
                sent.append(batch)
                if (len(sent) - 1) // 2 % 8:
                    raise Throttled("quota")
                super().append(*batch)

        with pytest.raises(Unanswered, match="quota"):
            book.probe(Mostly)
        assert not book.left()

    def test_what_cannot_be_removed_is_named(self, book: Book) -> None:
        for _ in range(100):
            book.server.faults.append(Fault(BATCH, "503_before", nth=10))
        with pytest.raises(Unanswered):
            book.probe()
        titles = [each["properties"]["title"] for each in book.everything()["sheets"]]
        assert book.heard[-1].startswith("NOT REMOVED")
        assert titles[-1] in book.heard[-1]

    def test_a_removal_that_is_accepted_and_not_done_is_told(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        plant(monkeypatch, "deleteSheet", lambda _draft, _request: {})
        with pytest.raises(SheetBroken, match="NOT REMOVED"):
            book.probe()
        monkeypatch.undo()
        plant(monkeypatch, "deleteDeveloperMetadata", lambda _draft, _request: {})
        with pytest.raises(SheetBroken, match="may be left"):
            book.probe()

    def test_a_tab_that_was_made_by_an_unanswered_request_is_used_and_removed(self, book: Book) -> None:
        book.server.faults.append(Fault(BATCH, "503_after"))
        assert book.probe()
        assert not book.left()

    def test_a_tab_that_is_refused_ends_it(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        plant(monkeypatch, "addSheet", lambda _draft, _request: refuse("too many cells"))
        with pytest.raises(Rejected):
            book.probe()
        assert not book.left()


def sent(text: str, answer: Answer, reason: str = "") -> Sent:
    return Sent(text, answer, 0.0, 1.0, reason)


A, T, R, N = Answer.APPLIED, Answer.TAKEN, Answer.REFUSED, Answer.NONE
CASES = [
    pytest.param(A, T, "a", True, Case.ONE, id="one"),
    pytest.param(A, A, "ab", True, Case.BOTH, id="both"),
    pytest.param(A, T, "ab", True, Case.BOTH, id="both, though one was refused"),
    pytest.param(N, N, "ab", True, Case.BOTH, id="both, though neither was answered"),
    pytest.param(T, T, "", False, Case.NONE, id="none"),
    pytest.param(A, A, "a", True, Case.CONTRADICTED, id="answered and not there"),
    pytest.param(T, T, "a", True, Case.CONTRADICTED, id="both refused, one there"),
    pytest.param(A, T, "a", False, Case.CONTRADICTED, id="a row without its stamp"),
    pytest.param(T, T, "", True, Case.CONTRADICTED, id="a stamp without a row"),
    pytest.param(A, R, "a", True, Case.REFUSED, id="refused for another reason"),
    pytest.param(N, A, "b", True, Case.UNANSWERED, id="one not answered"),
    pytest.param(N, T, "a", True, Case.UNANSWERED, id="not answered, yet applied"),
    pytest.param(N, A, "", False, Case.CONTRADICTED, id="not answered, and the other is not there"),
]


@pytest.mark.parametrize(("first", "second", "there", "stamped", "case"), CASES)
def test_a_try_is_judged_by_what_is_in_the_sheet(
    first: Answer, second: Answer, there: str, *, stamped: bool, case: Case
) -> None:
    seen = Seen(frozenset(there), frozenset({7} if stamped else ()))
    one = Try((sent("a", first), sent("b", second)), metadata_id=7)
    assert probe_verdicts.case_of(one, seen) is case
    found = probe_verdicts.judge_overlaps([one], seen)
    assert bool(found.otherwise) is (case not in {Case.ONE, Case.UNANSWERED})
    assert f"{case.value} 1" in found.lines[1]


def test_batches_that_were_not_under_way_at_once_are_not_said_to_be() -> None:
    apart = Try((Sent("a", A, 0.0, 1.0), Sent("b", T, 2.0, 3.0)), metadata_id=7)
    lines = probe_verdicts.judge_overlaps([apart], Seen(frozenset("a"), frozenset({7}))).lines
    assert lines[0] == "at the same moment, 1 try, in 0 both were under way at once"


@pytest.mark.parametrize(
    ("second", "there", "told"),
    [
        pytest.param(sent("b", T), "ab", "a refused batch left its row", id="row left"),
        pytest.param(sent("b", R, "odd"), "a", "does not know as a taken stamp", id="another refusal"),
        pytest.param(sent("b", A), "ab", "stamps refuse nothing", id="accepted"),
    ],
)
def test_a_second_batch_is_judged_by_its_answer_and_its_row(second: Sent, there: str, told: str) -> None:
    (means,) = probe_verdicts.judge_in_turn(Try((sent("a", A), second)), Seen(frozenset(there))).otherwise
    assert told in means


def test_a_refusal_of_a_fresh_id_is_told() -> None:
    refused = [Try((sent("a", R, "odd"),))]
    found = probe_verdicts.judge_visibility(refused, Seen(frozenset()))
    assert "refused for another reason, 1 times: odd" in found.lines
    assert len(found.otherwise) == 1
    assert (
        len(probe_verdicts.judge_inserts([Try((sent("a", A), sent("b", R, "odd")))], Seen(frozenset("a"))).otherwise)
        == 1
    )


@pytest.mark.parametrize(("tries", "told"), [(1, ": 1 minute "), (200, "1010 writes, at most 54 a minute: 19 minutes")])
def test_how_long_it_takes_is_told_before(tries: int, told: str) -> None:
    assert told in probe_verdicts.estimate(tries, 54)


class TestCommand:
    @staticmethod
    def run(book: Book, *words: str, **variables: str) -> Result:
        settings = {"SHEETS_API_ENDPOINT": book.server.base_url, "SPREADSHEET_ID": "local"} | variables
        return CliRunner().invoke(
            cli.main, ["sheet", "probe", "--tries", "2", "--per-minute", "60000", *words], env=settings
        )

    def test_status_0_when_all_is_as_assumed(self, book: Book) -> None:
        ended = self.run(book)
        assert (ended.exit_code, ended.output.splitlines()[-1]) == (0, "all as assumed")
        assert not book.left()

    def test_status_1_when_something_is_otherwise(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        def create(draft: Any, request: Any) -> Any:
            draft.metadata.pop(request["developerMetadata"].get("metadataId"), None)
            return kinds_metadata.create(draft, request)

        plant(monkeypatch, "createDeveloperMetadata", create)
        ended = self.run(book)
        assert (ended.exit_code, "OTHERWISE" in ended.output) == (1, True)

    @pytest.mark.parametrize(
        ("words", "variables", "told"),
        [
            pytest.param(["--spreadsheet-id", "elsewhere"], {}, "share it, as Editor", id="not there"),
            pytest.param([], {"SHEETS_API_ENDPOINT": "ftp://x"}, "SHEETS_API_ENDPOINT", id="bad endpoint"),
            pytest.param(["--tries", "0"], {}, "--tries", id="no tries"),
            pytest.param(["--per-minute", "1"], {}, "--per-minute", id="too slow"),
        ],
    )
    def test_status_2_when_a_person_has_to_mend_something(
        self, book: Book, words: list[str], variables: dict[str, str], told: str
    ) -> None:
        ended = self.run(book, *words, **variables)
        assert (ended.exit_code, told in ended.output) == (2, True)
        assert "Traceback" not in ended.output
        assert not book.left()

    def test_status_130_after_ctrl_c_and_the_tab_is_removed(self, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(probe, "judge_visibility", interrupted)
        ended = self.run(book)
        assert (ended.exit_code, "are removed" in ended.output, "stopped" in ended.output) == (130, True, True)
        assert not book.left()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_progress_bar_and_a_file_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {True: Terminal(), False: io.StringIO()}
    for stream in shown.values():
        monkeypatch.setattr("sys.stderr", stream)
        with progress("question 1", 2) as done:
            done(2)
    assert "question 1" in shown[True].getvalue()
    assert not shown[False].getvalue()
