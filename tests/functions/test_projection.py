"""Marks on codes' rows while staff move the rows: what went astray is put right, and nobody's word is written over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from rows import MINUTE, ago, code, redeemed, sheet

from functions import codes
from functions.projection import Change, Projector
from functions.promo import Campaign, Claim, Event, Outcome, PromoCode, Redemption, Status
from functions.tables import Tables

ANNA, BORIS, CLARA = "SPRING-AAAAA-AAAAA", "SPRING-BBBBB-BBBBB", "SPRING-CCCCC-CCCCC"
DORA = "SPRING-DDDDD-DDDDD"
SPRING, TWICE = Campaign("spring"), Campaign("spring", uses_per_code=2)
UNUSED, USED, VOID = Status.UNUSED, Status.USED, Status.VOID


class Sheet:
    """Rows in their order; marks land by row number, wherever the rows are by then."""

    def __init__(self, *codes: PromoCode, campaign: Campaign = SPRING) -> None:
        self.codes = list(codes)
        self.claims: list[Redemption] = []
        self.campaign = campaign

    def read(self) -> Tables:
        numbered = [replace(row, row=number) for number, row in enumerate(self.codes, 2)]
        return sheet(*numbered, *self.claims, campaigns=(self.campaign,)).tables

    def land(self, changes: Iterable[Change]) -> None:
        for change in changes:
            row = self.codes[change.row - 2]
            marked = replace(row, used_on=change.used_on, channel=change.channel)
            self.codes[change.row - 2] = marked if change.status is None else replace(marked, status=change.status)

    def swap(self) -> None:
        """Staff sort."""
        self.codes.reverse()

    def type(self, text: str, **cells: object) -> None:
        """Staff type into the row of a code."""
        self.codes = [replace(row, **cells) if row.code == text else row for row in self.codes]  # type: ignore[arg-type]

    def shown(self) -> dict[str, tuple[Status | None, int | None]]:
        return {row.code: (row.status, row.used_on) for row in self.codes}


def anna(**more: object) -> PromoCode:
    return code(ANNA, "anna", **more)


def boris(**more: object) -> PromoCode:
    return code(BORIS, "boris", **more)


def use(made: Sheet, text: str, claim: str = "c1", age: int = 5_000, uses_left: int = 0) -> Claim:
    """A redemption that stands in the sheet."""
    row = redeemed(claim, age, text, request_id=f"r {claim}")
    made.claims.append(row)
    return Claim(Outcome("redeemed", uses_left=uses_left), (row,))


def undo(made: Sheet, claim: Claim) -> Claim:
    (row,) = claim.rows
    assert isinstance(row, Redemption)
    dead = replace(row, event=Event.ROLLED_BACK, time=ago(0))
    made.claims.append(dead)
    return Claim(Outcome("rolled_back"), (dead,))


def time_of(claim: Claim) -> int:
    (row,) = claim.rows
    assert isinstance(row, Redemption)
    assert row.time is not None
    return row.time


def send(projector: Projector, made: Sheet, *standing: Claim, answered: bool = True) -> list[Change]:
    """What is sent after a read; it has not landed yet."""
    projector.add(standing)
    tables = made.read()
    changes = projector.changes(tables)
    projector.note(tables, changes, answered=answered)
    return changes


def settle(projector: Projector, made: Sheet, rounds: int = 12) -> None:
    """Reads and marks until nothing is left to do."""
    for _ in range(rounds):
        made.land(send(projector, made))
    assert send(projector, made) == []


def test_a_redemption_is_shown_once() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    first = use(made, ANNA)
    made.land(send(projector, made, first))
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (UNUSED, None)}
    assert send(projector, made) == []


def test_only_the_last_of_several_uses_touches_status() -> None:
    made, projector = Sheet(anna(), campaign=TWICE), Projector()
    made.land(send(projector, made, use(made, ANNA, "c1", 9_000, uses_left=1)))
    assert made.codes[0].status is UNUSED
    second = use(made, ANNA, "c2")
    made.land(send(projector, made, second))
    assert made.shown() == {ANNA: (USED, time_of(second))}


def test_the_last_of_several_uses_is_said_though_its_clock_was_behind() -> None:
    made, projector = Sheet(anna(), campaign=TWICE), Projector()
    made.land(send(Projector(), made, use(made, ANNA, "c1", 4_000, uses_left=1)))
    last = use(made, ANNA, "c2", 5_000)
    made.land(send(projector, made, last))
    assert made.shown() == {ANNA: (USED, time_of(last))}
    assert send(projector, made) == []


def test_a_word_that_staff_clear_beside_a_mark_is_theirs() -> None:
    made, projector = Sheet(anna()), Projector()
    made.land(send(projector, made, use(made, ANNA)))
    made.type(ANNA, status=UNUSED)
    assert send(projector, made) == []


@pytest.mark.parametrize("word", [VOID, USED])
def test_a_word_that_staff_typed_before_the_read_is_not_written_over(word: Status) -> None:
    made, projector = Sheet(anna(status=word)), Projector()
    assert send(projector, made, use(made, ANNA)) == []


def test_a_mark_that_was_lost_is_sent_again() -> None:
    made, projector = Sheet(anna()), Projector()
    first = use(made, ANNA)
    send(projector, made, first, answered=False)
    made.land(send(projector, made))
    assert made.shown() == {ANNA: (USED, time_of(first))}


def test_a_mark_on_a_moved_row_is_put_back_and_the_meant_row_gets_it() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    first = use(made, ANNA)
    changes = send(projector, made, first)
    made.swap()
    made.land(changes)
    assert made.shown()[BORIS] == (USED, time_of(first))
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (UNUSED, None)}


def test_what_stood_there_before_comes_back_as_it_was() -> None:
    made, projector = Sheet(anna(), boris(status=USED, used_on=None, channel="by hand")), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.swap()
    made.land(changes)
    settle(projector, made)
    assert made.shown()[BORIS] == (USED, None)
    assert next(row for row in made.codes if row.code == BORIS).channel == "by hand"


@pytest.mark.parametrize("moves", [1, 2, 3, 4, 5])
def test_a_repair_that_goes_astray_is_repaired(moves: int) -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    other = use(made, BORIS, "c0", MINUTE)
    made.land(send(projector, made, other))
    first = use(made, ANNA)
    projector.add([first])
    for _ in range(moves):
        changes = send(projector, made)
        made.swap()
        made.land(changes)
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (USED, time_of(other))}


@pytest.mark.parametrize("word", [VOID, USED])
def test_a_word_that_is_given_back_to_the_wrong_row_is_taken_from_it_again(word: Status) -> None:
    made, projector = Sheet(anna(), boris(status=word), code(CLARA, "clara")), Projector()
    first = use(made, ANNA)
    changes = send(projector, made, first)
    made.codes = [made.codes[1], made.codes[0], made.codes[2]]
    made.land(changes)  # on Boris
    assert made.shown()[BORIS] == (USED, time_of(first))
    changes = send(projector, made)
    made.codes = [made.codes[2], made.codes[1], made.codes[0]]
    made.land(changes)  # the word on Clara
    assert made.shown()[CLARA] == (word, None)
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (word, None), CLARA: (UNUSED, None)}


def test_a_word_that_staff_type_while_another_is_given_back_stays() -> None:
    made, projector = Sheet(anna(), boris(status=VOID), code(CLARA, "clara")), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.codes = [made.codes[1], made.codes[0], made.codes[2]]
    made.land(changes)
    made.land(send(projector, made))  # where it belongs
    made.type(CLARA, status=VOID)
    settle(projector, made)
    assert made.shown()[BORIS] == made.shown()[CLARA] == (VOID, None)


def test_a_word_that_staff_type_where_another_was_given_back_stays() -> None:
    made, projector = Sheet(anna(), boris(status=VOID), code(CLARA, "clara")), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.codes[:2] = made.codes[1::-1]
    made.land(changes)
    made.land(send(projector, made))  # where it belongs
    made.land(send(projector, made))
    made.codes = [made.codes[2], *made.codes[:2]]  # Clara stands where Boris stood
    made.type(CLARA, status=VOID)
    settle(projector, made)
    assert made.shown()[BORIS] == made.shown()[CLARA] == (VOID, None)


def test_a_word_on_the_wrong_row_is_taken_from_it_though_staff_type_the_same_elsewhere() -> None:
    rows = (anna(), boris(status=VOID), code(CLARA, "clara"), code(DORA, "dora"))
    made, projector = Sheet(*rows), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.codes[:2] = made.codes[1::-1]
    made.land(changes)  # on Boris
    changes = send(projector, made)
    made.codes[:3] = made.codes[2::-1]
    made.land(changes)  # the word on Clara
    assert projector.changes(made.read())  # seen, but the repair is refused
    made.type(DORA, status=VOID)
    made.codes.reverse()
    settle(projector, made)
    assert made.shown()[BORIS] == made.shown()[DORA] == (VOID, None)
    assert made.shown()[CLARA] == (UNUSED, None)


def test_a_late_mark_without_a_word_leaves_no_word_of_its_codes_last_use() -> None:
    made, one, other = Sheet(anna(), boris(), campaign=TWICE), Projector(), Projector()
    first = send(one, made, use(made, ANNA, "c1", 9_000, uses_left=1), answered=False)
    last = send(other, made, use(made, ANNA, "c2"), answered=False)
    made.land(send(other, made))  # sent again
    made.swap()
    made.land(last)
    made.land(first)
    assert made.shown()[BORIS] == (USED, made.claims[0].time)
    for _ in range(6):
        for each in (one, other):
            made.land(send(each, made))
    assert made.shown()[BORIS] == (UNUSED, None)
    assert made.shown()[ANNA][0] is USED


@pytest.mark.parametrize("first_to_look", ["the upper mark's", "the lower mark's"])
def test_a_word_that_two_marks_on_one_row_left_is_taken_from_it(first_to_look: str) -> None:
    made, lower, upper = Sheet(anna(), boris(), code(CLARA, "clara"), campaign=TWICE), Projector(), Projector()
    under = send(lower, made, use(made, ANNA, "c1"))
    over = send(upper, made, use(made, BORIS, "c2", 4_000, uses_left=1))
    made.codes = [made.codes[2], *made.codes[:2]]
    made.land(under)  # both on Clara: the one with a word first
    made.codes = [made.codes[1], made.codes[0], made.codes[2]]
    made.land(over)
    assert made.shown()[CLARA] == (USED, made.claims[1].time)
    projectors = [upper, lower] if first_to_look.startswith("the upper") else [lower, upper]
    for _ in range(6):
        for each in projectors:
            made.land(send(each, made))
    assert made.shown() == {
        ANNA: (USED, made.claims[0].time),
        BORIS: (UNUSED, made.claims[1].time),
        CLARA: (UNUSED, None),
    }


def test_a_word_that_staff_type_in_one_row_while_they_clear_a_mark_in_another_stays() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    first = use(made, ANNA)
    made.land(send(projector, made, first))
    made.type(ANNA, status=UNUSED, used_on=None, channel="")
    made.type(BORIS, status=USED)
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (USED, None)}


def test_a_word_that_staff_type_after_two_marks_on_one_row_stays() -> None:
    rows = (anna(), boris(), code(CLARA, "clara"), code(DORA, "dora"))
    made, lower, upper = Sheet(*rows, campaign=TWICE), Projector(), Projector()
    under = send(lower, made, use(made, ANNA, "c1"))
    over = send(upper, made, use(made, BORIS, "c2", 4_000, uses_left=1))
    made.codes = [rows[2], rows[0], rows[1], rows[3]]
    made.land(under)  # on Clara
    made.codes = [rows[1], made.codes[0], rows[0], rows[3]]
    made.land(over)  # on Clara, too
    for each in (lower, upper, lower, upper):
        made.land(send(each, made))
    assert made.shown()[CLARA] == (UNUSED, None)
    made.type(DORA, status=USED)
    settle(lower, made)
    assert made.shown()[DORA] == (USED, None)


def test_a_word_that_staff_clear_after_a_repair_of_another_row_stays_cleared() -> None:
    made, projector = Sheet(anna(), boris(), code(CLARA, "clara", status=USED)), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.codes[:2] = made.codes[1::-1]
    made.land(changes)  # on Boris
    made.land(send(projector, made))  # Boris is blank again
    last = use(made, BORIS, "c2", 1_000)
    made.land(send(projector, made, last))
    made.type(CLARA, status=UNUSED)
    settle(projector, made)
    assert made.shown()[BORIS] == (USED, time_of(last))
    assert made.shown()[CLARA] == (UNUSED, None)


def test_a_stray_is_not_forgotten_while_many_other_marks_are_written() -> None:
    rows = [code(f"MORE-{number}", f"s{number}") for number in range(20)]
    made, projector = Sheet(anna(), boris(status=VOID), *rows), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.codes[:2] = made.codes[1::-1]
    made.land(changes)
    for number, row in enumerate(rows):  # the repair never lands, the others do
        changes = send(projector, made, use(made, row.code, f"m{number}", 4_000 - number))
        made.land(change for change in changes if change.name[0] == codes.fold(row.code))
    settle(projector, made)
    assert made.shown()[BORIS] == (VOID, None)


def test_a_write_that_lands_many_reads_later_is_found() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    first = use(made, ANNA)
    late = send(projector, made, first, answered=False)
    settle(projector, made, 30)
    made.swap()
    made.land(late)
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (UNUSED, None)}


def test_a_late_landing_hides_no_mark_that_came_meanwhile() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    first = use(made, ANNA)
    late = send(projector, made, first, answered=False)
    made.swap()
    settle(projector, made, 10)
    other = use(made, BORIS, "c2", 1_000)
    made.land(send(projector, made, other))
    settle(projector, made, 3)
    made.land(late)
    settle(projector, made)
    assert made.shown() == {ANNA: (USED, time_of(first)), BORIS: (USED, time_of(other))}


def test_a_row_that_was_hit_and_then_voided_loses_the_mark_and_stays_void() -> None:
    made, projector = Sheet(anna(), boris()), Projector()
    changes = send(projector, made, use(made, ANNA))
    made.swap()
    made.land(changes)
    made.type(BORIS, status=VOID)
    settle(projector, made)
    assert made.shown()[BORIS] == (VOID, None)


def test_what_was_astray_before_is_not_put_back() -> None:
    made, projector = Sheet(anna(), boris(), code(CLARA, "clara")), Projector()
    use(made, BORIS, "c0", MINUTE)  # whose writer may withdraw it yet: a mark would be a lie
    strange = use(made, CLARA, "c9", 30_000)
    made.type(BORIS, status=USED, used_on=time_of(strange), channel="till-1")  # another process's mark, astray
    changes = send(projector, made, use(made, ANNA))
    made.codes[:2] = made.codes[1::-1]
    made.land(changes)
    settle(projector, made)
    assert made.shown()[BORIS] == (UNUSED, None)


def test_a_mark_without_status_leaves_no_status_whose_mark_it_hid() -> None:
    made, projector = Sheet(anna(), boris(), campaign=TWICE), Projector()
    changes = send(projector, made, use(made, ANNA, uses_left=1))
    theirs = [use(made, BORIS, name, age) for name, age in (("c7", 4_000), ("c8", 3_000))]
    made.type(BORIS, status=USED, used_on=time_of(theirs[1]), channel="till-1")  # by another process, after our read
    made.swap()
    made.land(changes)
    settle(projector, made)
    assert made.shown()[BORIS] == (UNUSED, None)


def test_a_row_that_was_issued_after_the_read_is_blank_again() -> None:
    made, projector = Sheet(anna()), Projector()
    first = use(made, ANNA)
    changes = send(projector, made, first)
    made.codes.insert(0, boris(issued=ago(1_000)))
    made.land(changes)
    settle(projector, made)
    assert made.shown() == {BORIS: (UNUSED, None), ANNA: (USED, time_of(first))}


def test_twins_get_what_redemptions_say() -> None:
    twin = boris()
    made, projector = Sheet(anna(), twin, twin), Projector()
    theirs = use(made, BORIS, "c0", MINUTE)
    made.codes[1] = replace(twin, status=USED, used_on=time_of(theirs), channel="till-1")
    changes = send(projector, made, use(made, ANNA))
    made.swap()
    made.land(changes)
    settle(projector, made)
    assert {row.used_on for row in made.codes if row.code == BORIS} == {time_of(theirs)}


class TestRollback:
    def test_its_own_mark_is_cleared(self) -> None:
        made, projector = Sheet(anna()), Projector()
        first = use(made, ANNA)
        made.land(send(projector, made, first))
        made.land(send(projector, made, undo(made, first)))
        assert made.shown() == {ANNA: (UNUSED, None)}

    def test_the_mark_of_a_later_redemption_stays(self) -> None:
        made, projector = Sheet(anna()), Projector()
        first, second = use(made, ANNA, "c1", MINUTE), use(made, ANNA, "c2")
        made.type(ANNA, status=USED, used_on=time_of(second), channel="till-1")
        assert send(projector, made, undo(made, first)) == []

    def test_a_voided_row_is_left_alone(self) -> None:
        made, projector = Sheet(anna()), Projector()
        first = use(made, ANNA)
        made.type(ANNA, status=VOID, used_on=time_of(first))
        assert send(projector, made, undo(made, first)) == []

    def test_a_voided_row_beside_the_meant_one_of_the_same_code_stays_void(self) -> None:
        made, projector = Sheet(anna(), anna(issued=ago(2 * MINUTE), status=VOID)), Projector()
        first = use(made, ANNA)
        made.codes[0] = replace(made.codes[0], status=USED, used_on=time_of(first), channel="till-1")
        changes = send(projector, made, undo(made, first))
        made.swap()
        made.land(changes)
        settle(projector, made)
        assert sorted(row.status for row in made.codes) == [UNUSED, VOID]

    @pytest.mark.parametrize("word", ["a mark", "a word of staff's"])
    def test_blanks_that_hit_another_row_give_back_what_they_hid(self, word: str) -> None:
        made, projector = Sheet(anna(), boris()), Projector()
        first = use(made, ANNA)
        made.land(send(projector, made, first))
        if word == "a mark":
            made.land(send(projector, made, use(made, BORIS, "c2")))
        else:
            made.type(BORIS, status=USED)
        before = made.shown()[BORIS]
        changes = send(projector, made, undo(made, first))
        made.swap()
        made.land(changes)
        assert made.shown()[BORIS] == (UNUSED, None)
        settle(projector, made)
        assert made.shown() == {ANNA: (UNUSED, None), BORIS: before}

    def test_a_row_that_staff_cleared_stays_clear_once_ours_is_blank(self) -> None:
        made, projector = Sheet(anna(), boris(status=USED)), Projector()
        first = use(made, ANNA)
        made.land(send(projector, made, first))
        made.land(send(projector, made, undo(made, first)))
        made.type(BORIS, status=UNUSED)
        settle(projector, made)
        assert made.shown() == {ANNA: (UNUSED, None), BORIS: (UNUSED, None)}

    def test_a_redemption_that_was_rolled_back_since_is_not_put_back(self) -> None:
        made, projector = Sheet(anna(), boris()), Projector()
        theirs = use(made, BORIS, "c0", MINUTE)
        made.type(BORIS, status=USED, used_on=time_of(theirs), channel="till-1")
        changes = send(projector, made, use(made, ANNA))
        made.swap()
        made.land(changes)
        undo(made, theirs)
        settle(projector, made)
        assert made.shown()[BORIS] == (UNUSED, None)

    def test_a_mark_that_lands_after_its_rollback_is_cleared(self) -> None:
        made, projector = Sheet(anna()), Projector()
        first = use(made, ANNA)
        late = send(projector, made, first, answered=False)
        made.land(send(projector, made, undo(made, first)))
        settle(projector, made, 10)
        made.land(late)
        settle(projector, made)
        assert made.shown() == {ANNA: (UNUSED, None)}


def test_what_nobody_mends_is_tried_for_a_while_and_then_left_to_housekeeping() -> None:
    made, projector = Sheet(anna()), Projector()
    send(projector, made, use(made, ANNA))
    tries = sum(bool(send(projector, made)) for _ in range(300))
    assert 30 < tries < 60
