"""The column Delivery on a fake sheet: staff sort, answers get lost, two take one push up; a bot step starts once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fake_sheet import FakeSheet, FakeWorld
from hypothesis import given
from hypothesis import strategies as st
from rows import BOT, KEY, at

from functions import codes, delivery
from functions.committer import Committer
from functions.delivering import Ledger
from functions.delivery import Word
from functions.failures import SheetBroken, Throttled, Unanswered
from functions.pacing import Pacing
from functions.promo import IssueCall, Outcome
from sheet_schema.languages import LANGUAGES

NOON = at("2026-03-10T12:00:00")
MARK, OTHER = delivery.written("en", Word.UNKNOWN, NOON, "a"), delivery.written("en", Word.UNKNOWN, NOON, "b")
FAILED = delivery.written("en", Word.FAILED, NOON, "a")


@pytest.fixture
def sheet() -> FakeSheet:
    made = FakeSheet(FakeWorld())
    made.type_row("campaigns", campaign="spring")
    return made


def ledger(sheet: FakeSheet, said: list[str] | None = None, pacing: Pacing | None = None) -> Ledger:
    found = said if said is not None else []
    return Ledger(sheet, sheet.world, pacing or Pacing(60_000, 60_000), KEY, lambda message, _: found.append(message))


def until(sheet: FakeSheet, seconds: float = 8.0) -> float:
    return sheet.world.monotonic() + seconds


def with_code(sheet: FakeSheet, text: str, code: str = "SPRING-1", subscriber: str = "s1") -> dict[str, Any]:
    return sheet.type_row("codes", code=code, campaign="spring", subscriber_id=subscriber, delivery=text)


def issue(sheet: FakeSheet, subscriber: str = "s1") -> Outcome:
    committer = Committer(sheet, sheet.world, KEY, 8.0, lambda _message, _fields: None)
    return committer.submit(IssueCall(BOT, subscriber, "spring", pushed=True)).outcome


class TestTheCell:
    def test_it_says_a_word_the_time_and_a_name_of_its_own(self) -> None:
        assert delivery.written("en", Word.SENT, NOON) == "sent 2026-03-10 12:00"
        assert delivery.written("ru", Word.FAILED, NOON, "a") == f"не отправлен 10.03.2026 12:00 {MARK[-7:]}"
        assert MARK != OTHER

    @pytest.mark.parametrize("code", LANGUAGES)
    @pytest.mark.parametrize("word", Word)
    def test_every_language_reads_it_back(self, code: str, word: Word) -> None:
        text = delivery.written(code, word, NOON, "a")
        found = delivery.read(text)
        assert found == delivery.Delivery(word, text, is_unique=word is not Word.SENT)

    @pytest.mark.parametrize(
        ("typed", "word"),
        [
            ("", None), ("  ", None), ("called him", None), ("2026", None), ("#7K2QM4", None), ("sentinel", None),
            ("sent", Word.SENT), ("Failed", Word.FAILED), ("Не  Отправлен 10.03.2026", Word.FAILED),
            ("unknown 2026-03-10 12:00 #short", None), ("failed ٣", None), ("=failed", None),
        ],
    )  # fmt: skip
    def test_what_staff_type_is_read_or_left_alone(self, typed: str, word: Word | None) -> None:
        found = delivery.read(typed)
        assert (found and found.word) == word
        assert not (found and found.is_unique)

    @given(st.text())
    def test_no_text_breaks_it(self, text: str) -> None:
        assert delivery.read(text) is None or delivery.read(text).text == text  # type: ignore[union-attr]


class TestIssuing:
    def test_the_new_row_says_unknown_and_only_who_issued_it_is_told_so(self, sheet: FakeSheet) -> None:
        first, second = issue(sheet), issue(sheet)
        assert (first.word, second.word) == ("issued", "already_issued")
        assert first.delivery == sheet.rows["codes"][0]["delivery"]
        assert (second.delivery, first.has_copy) == ("", False)
        found = delivery.read(first.delivery)
        assert (found and found.word) == Word.UNKNOWN

    def test_a_call_that_is_answered_leaves_delivery_empty(self, sheet: FakeSheet) -> None:
        committer = Committer(sheet, sheet.world, KEY, 8.0, lambda _message, _fields: None)
        assert committer.submit(IssueCall(BOT, "s1", "spring")).outcome.delivery == ""
        assert sheet.rows["codes"][0]["delivery"] == ""

    @pytest.mark.parametrize("fault", ["503 before", "503 after", "429"])
    def test_a_lost_answer_changes_nothing_of_that(self, sheet: FakeSheet, fault: str) -> None:
        sheet.faults[1] = fault
        told = issue(sheet)
        assert [row["delivery"] for row in sheet.rows["codes"]] == [told.delivery]

    def test_if_google_lets_two_batches_through_who_sees_both_rows_knows(self, sheet: FakeSheet) -> None:
        sheet.check_stamps = False
        others: list[Outcome] = []

        def meanwhile() -> None:
            sheet.before_write = lambda: None
            others.append(issue(sheet))

        sheet.before_write = meanwhile
        mine = issue(sheet)
        assert [mine.word, others[0].word] == ["issued", "issued"]
        assert [others[0].has_copy, mine.has_copy] == [False, True]
        assert len({mine.delivery, others[0].delivery}) == 2


class TestSettling:
    def test_the_row_is_found_by_what_it_says_wherever_it_stands(self, sheet: FakeSheet) -> None:
        other, mine = with_code(sheet, OTHER, "SPRING-2"), with_code(sheet, MARK)
        sheet.before_patch = sheet.rows["codes"].reverse  # staff sort in that moment
        ledger(sheet).settle(MARK, Word.SENT, until(sheet))
        assert mine["delivery"] == "sent 2026-03-10 12:00"
        assert other["delivery"] == OTHER
        assert (sheet.reads, sheet.writes) == (0, 1)

    @pytest.mark.parametrize("fault", ["429", "503 before", "503 after"])
    def test_it_is_sent_again_after_a_fault(self, sheet: FakeSheet, fault: str) -> None:
        row = with_code(sheet, MARK)
        sheet.faults[1] = fault
        ledger(sheet).settle(MARK, Word.FAILED, until(sheet))
        found = delivery.read(str(row["delivery"]))
        assert (found and found.word, found and found.is_unique) == (Word.FAILED, True)

    def test_a_copy_that_lands_late_hits_nothing(self, sheet: FakeSheet) -> None:
        row = with_code(sheet, MARK)
        sheet.faults[1] = "late"
        ledger(sheet).settle(MARK, Word.FAILED, until(sheet))
        again = ledger(sheet).take_up("SPRING-1", "s1", until(sheet))
        sheet.late.pop()()
        assert row["delivery"] == again != ""

    def test_what_staff_typed_meanwhile_stays(self, sheet: FakeSheet) -> None:
        row = with_code(sheet, "gave it by phone")
        ledger(sheet).settle(MARK, Word.SENT, until(sheet))
        assert row["delivery"] == "gave it by phone"

    @pytest.mark.parametrize("fault", ["429", "503 before"])
    def test_what_cannot_be_written_stays_unknown_and_is_reported(self, sheet: FakeSheet, fault: str) -> None:
        row, said = with_code(sheet, MARK), list[str]()
        sheet.faults = dict.fromkeys(range(1, 9), fault)
        ledger(sheet, said).settle(MARK, Word.SENT, until(sheet))
        assert (row["delivery"], said) == (MARK, ["Delivery was not written"])

    def test_without_room_in_the_budget_it_stays_unknown(self, sheet: FakeSheet) -> None:
        row, pacing = with_code(sheet, MARK), Pacing(1, 1)
        pacing.writes.note(sheet.world.monotonic())
        ledger(sheet, pacing=pacing).settle(MARK, Word.SENT, until(sheet))
        assert (row["delivery"], sheet.writes) == (MARK, 0)

    def test_those_who_wait_go_in_one_batch(self, sheet: FakeSheet) -> None:
        rows = [with_code(sheet, delivery.written("en", Word.UNKNOWN, NOON, str(n)), f"S-{n}") for n in range(5)]
        marks, book, started = [str(row["delivery"]) for row in rows], ledger(sheet), threading.Event()
        others = [threading.Thread(target=book.settle, args=(mark, Word.SENT, until(sheet, 60))) for mark in marks[1:]]

        def meanwhile() -> None:
            if not started.is_set():
                started.set()
                for other in others:
                    other.start()
                while len(book._waiting) < len(others):
                    pass

        sheet.before_patch = meanwhile
        book.settle(marks[0], Word.SENT, until(sheet, 60))
        for other in others:
            other.join(20)
        assert sheet.writes == 2
        assert {row["delivery"] for row in rows} == {"sent 2026-03-10 12:00"}


class TestLooking:
    def test_it_is_the_row_of_that_code_and_that_subscriber(self, sheet: FakeSheet) -> None:
        with_code(sheet, "sent 2026-03-10 12:00", subscriber="s2")
        with_code(sheet, FAILED, "spring 1")
        assert ledger(sheet).look("SPRING-1", "s1", until(sheet)).word is Word.FAILED

    def test_who_was_forgotten_is_known_by_the_pseudonym(self, sheet: FakeSheet) -> None:
        with_code(sheet, FAILED, subscriber=codes.pseudonym(KEY, "subscriber", "s1"))
        assert ledger(sheet).look("SPRING-1", "s1", until(sheet)).word is Word.FAILED

    @pytest.mark.parametrize("failure", [Unanswered("503"), Throttled("quota"), SheetBroken(["x"])])
    def test_what_cannot_be_read_says_nothing(self, sheet: FakeSheet, failure: Exception) -> None:
        with_code(sheet, FAILED)
        sheet.read_fault, said = failure, list[str]()
        assert ledger(sheet, said).look("SPRING-1", "s1", until(sheet)).word is None
        assert ledger(sheet, said).take_up("SPRING-1", "s1", until(sheet)) == ""
        assert len(said) == 2


class TestTakingUp:
    def test_a_failed_push_is_taken_up_once(self, sheet: FakeSheet) -> None:
        row = with_code(sheet, FAILED)
        first = ledger(sheet).take_up("SPRING-1", "s1", until(sheet))
        assert row["delivery"] == first
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == ""

    @pytest.mark.parametrize("text", [MARK, "sent 2026-03-10 12:00", "", "failed", "failed 2026-03-10 12:00", "note"])
    def test_nothing_else_is(self, sheet: FakeSheet, text: str) -> None:
        row = with_code(sheet, text)
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == ""
        assert (row["delivery"], sheet.writes) == (text, 0)

    def test_a_second_row_that_was_pushed_counts_more(self, sheet: FakeSheet) -> None:
        with_code(sheet, FAILED)
        with_code(sheet, OTHER)
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == ""

    def test_a_cell_that_staff_copied_to_another_row_is_not(self, sheet: FakeSheet) -> None:
        with_code(sheet, FAILED)
        other = with_code(sheet, FAILED, "SPRING-2")
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == ""
        assert other["delivery"] == FAILED

    @pytest.mark.parametrize("overlaps", [False, True], ids=["one after the other", "both on the older state"])
    @pytest.mark.parametrize("moment", ["before the batch", "before the look"])
    def test_of_two_at_once_one_gets_it(self, sheet: FakeSheet, moment: str, overlaps: object) -> None:
        with_code(sheet, FAILED)
        sheet.overlaps = bool(overlaps)
        found: list[str] = []

        def other() -> None:
            sheet.before_write = sheet.before_patch = sheet.before_read = lambda: None
            found.append(ledger(sheet).take_up("SPRING-1", "s1", until(sheet)))

        if moment == "before the batch":
            sheet.before_write = sheet.before_patch = other
        else:
            sheet.before_write = lambda: setattr(sheet, "before_read", other)
        found.append(ledger(sheet).take_up("SPRING-1", "s1", until(sheet)))
        assert len([each for each in found if each]) == 1

    def test_rows_that_staff_sort_meanwhile_do_not_matter(self, sheet: FakeSheet) -> None:
        other, mine = with_code(sheet, OTHER, "SPRING-2", "s2"), with_code(sheet, FAILED)
        sheet.before_write = sheet.rows["codes"].reverse
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == mine["delivery"]
        assert other["delivery"] == OTHER

    @pytest.mark.parametrize(("fault", "taken"), [("503 after", True), ("503 before", False), ("429", False)])
    def test_after_a_lost_answer_only_what_is_seen_counts(self, sheet: FakeSheet, fault: str, taken: object) -> None:
        row = with_code(sheet, FAILED)
        sheet.faults[1] = fault
        found = ledger(sheet).take_up("SPRING-1", "s1", until(sheet))
        assert bool(found) is taken
        assert row["delivery"] == (found or FAILED)

    def test_a_lost_number_is_left_to_who_adds_rows(self, sheet: FakeSheet) -> None:
        with_code(sheet, FAILED)
        sheet.number = ""
        assert ledger(sheet).take_up("SPRING-1", "s1", until(sheet)) == ""
        assert sheet.writes == 0
