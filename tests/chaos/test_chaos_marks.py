"""Which words and marks the chaos run does not judge: only those that the README gives up."""

from __future__ import annotations

import pytest

from chaos_marks import Cells, Landing, Marks
from functions.local.server import LocalSheets
from history import Edit

KILLED = [("p1", 103.0)]
BLANK, VOID, USED = Cells("A-1", "unused", None), Cells("A-1", "void", None), Cells("A-1", "used", 7)


def landing(before: Cells, after: Cells, *, own: bool = False, process: str = "p2") -> Landing:
    return Landing(before, after, own, process, began=100.0, landed=101.0)


def marks(*landings: Landing) -> Marks:
    with LocalSheets() as server:
        made = Marks(server)
    made.landings = list(landings)
    return made


@pytest.mark.parametrize(
    ("hit", "typed", "told"),
    [
        pytest.param(landing(VOID, USED), 50.0, ["forget"], id="a word under a mark of another code"),
        pytest.param(landing(VOID, USED, own=True), 99.0, ["forget"], id="a word typed while the code's own mark came"),
        pytest.param(landing(VOID, USED, own=True), 50.0, [], id="a word that the code's own mark wrote over"),
        pytest.param(landing(BLANK, VOID), None, ["astray"], id="a word that is given back to another row"),
        pytest.param(landing(BLANK, VOID, process="p1"), None, ["forget"], id="the same by a process that died"),
        pytest.param(landing(BLANK, USED), 50.0, [], id="a mark on a blank row"),
    ],
)
def test_of_words_only_those_are_given_up(hit: Landing, typed: float | None, told: list[str]) -> None:
    edits = [Edit("void", typed, typed, "A1")] if typed else []
    assert [edit.kind for edit in marks(hit).told(edits, KILLED)] == told


def test_of_marks_on_other_rows_only_those_of_a_process_that_died_before_it_looked() -> None:
    assert marks(landing(BLANK, USED, process="p1")).strays(KILLED) == {("A1", 7)}
    assert marks(landing(BLANK, USED)).strays(KILLED) == frozenset()
    assert marks(landing(BLANK, USED, own=True, process="p1")).strays(KILLED) == frozenset()
    assert marks(landing(BLANK, USED, process="p1")).strays([("p1", 130.0)]) == frozenset()
