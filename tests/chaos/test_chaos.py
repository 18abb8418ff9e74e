"""Promises hold while real processes are killed, the network fails and staff sort; and the run would notice if not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from chaos import Result, run
from chaos_callers import UNSETTLED
from functions.local.faults import ACTIONS
from functions.promo import IssueCall, RedeemCall

PLANTED = Path(__file__).with_name("chaos_planted.py")


@pytest.fixture(scope="module")
def result() -> Result:
    return run(2_000, seed=1)


def test_no_promise_is_broken(result: Result, show: Callable[[str], None]) -> None:
    show(f"chaos with real processes: {result.summary()}")
    assert not result.violations, result.summary()


def test_no_process_logs_an_error_of_its_own(result: Result) -> None:
    assert result.log_errors == []


def test_the_weather_was_bad(result: Result) -> None:
    assert {action for action, count in result.faults.items() if count} == ACTIONS
    assert result.kills >= 3
    done = Counter({kind: count for kind, count in result.edits.items() if kind != "failed"})
    assert {"sort", "blank_rows", "move_columns", "rename_header", "void", "used", "set_number_back"} <= done.keys()


def test_most_callers_were_answered(result: Result) -> None:
    asked = [op for op in result.history.ops if isinstance(op.call, IssueCall | RedeemCall)]
    answered = [op for op in asked if op.word not in UNSETTLED]
    assert len(answered) > len(asked) / 2
    assert min(result.words[word] for word in ("issued", "already_issued", "redeemed", "already_used")) > 20


def test_a_missing_guard_is_found() -> None:
    planted = run(600, seed=1, source=PLANTED, calm=False)
    assert planted.violations
    Path(planted.path).unlink()
