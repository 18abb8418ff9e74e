"""The benchmark's own rules: its judge sees what is wrong, its rivals work, its load and its table are what they say.

Nothing is timed here.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient
from local_sheet import Staff

from functions.local.faults import Fault
from functions.local.server import LocalSheets
from tests.bench import bench_book as book
from tests.bench import bench_run, bench_table, rows_sustained
from tests.bench.bench_load import Call, Load, Told, percentiles
from tests.bench.bench_processes import RIVALS
from tests.bench.bench_run import ISSUED, REDEEMED, Run
from tests.bench.bench_sheet import Asked, sheet_server
from tests.bench.bench_table import Section

ANNA = Call("/bot/issue", "k", {}, "anna")
BORIS = Call("/bot/issue", "k", {}, "boris")
CODE = Call("/till/redeem", "k", {}, "A1")


def told(call: Call, word: str, code: str = "", came: float = 1.0) -> Told:
    return Told(call, 0.0, came, 200, {"status": word, "code": code})


def a_run(*answers: Told, codes: dict[str, set[str]] | None = None, redeemed: dict[str, int] | None = None) -> Run:
    return Run(list(answers), book.Found(codes or {}, Counter(redeemed or {})), Asked(), (0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(
            a_run(told(ANNA, "issued", "A1"), told(ANNA, "already_issued", "A1"), codes={"anna": {"A1"}}),
            (1, 0, 0, 0),
            id="a repeat got the same code",
        ),
        pytest.param(
            a_run(told(ANNA, "issued", "A1"), told(ANNA, "issued", "A2"), codes={"anna": {"A1", "A2"}}),
            (1, 0, 1, 0),
            id="a repeat got another code",
        ),
        pytest.param(
            a_run(told(ANNA, "issued", "A1"), told(ANNA, "issued", "A2"), codes={"anna": {"A1"}}),
            (1, 0, 1, 1),
            id="a repeat got another code, and its row is gone",
        ),
        pytest.param(
            a_run(told(ANNA, "issued", "A1"), told(BORIS, "issued", "A1"), codes={"anna": {"A1"}, "boris": {"A1"}}),
            (2, 0, 1, 0),
            id="one code for two",
        ),
        pytest.param(a_run(told(ANNA, "issued", "A1")), (1, 0, 0, 1), id="the sheet does not have it"),
        pytest.param(a_run(told(ANNA, "busy")), (0, 1, 0, 0), id="busy"),
        pytest.param(a_run(Told(ANNA, 0.0, 15.0, 0, {})), (0, 2, 0, 0), id="no answer: an error, and late"),
        pytest.param(
            a_run(told(ANNA, "issued", "A1", came=11.0), codes={"anna": {"A1"}}),
            (0, 1, 0, 0),
            id="a right answer too late",
        ),
    ],
)
def test_issues_are_judged_by_answers_and_sheet(run: Run, expected: tuple[int, int, int, int]) -> None:
    errors = sum(run.errors(ISSUED).values())
    assert (run.right(ISSUED), errors, run.duplicates(ISSUED), run.lost(ISSUED)) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(
            a_run(told(CODE, "redeemed"), told(CODE, "already_used"), redeemed={"A1": 1}),
            (1, 0, 0, 0),
            id="one of two tills won",
        ),
        pytest.param(
            a_run(told(CODE, "redeemed"), told(CODE, "redeemed"), redeemed={"A1": 1}),
            (1, 0, 1, 0),
            id="both were told yes",
        ),
        pytest.param(
            a_run(told(CODE, "redeemed"), redeemed={"A1": 2}), (1, 0, 1, 0), id="two claims stand in the sheet"
        ),
        pytest.param(a_run(told(CODE, "redeemed")), (1, 0, 0, 1), id="no claim stands in the sheet"),
        pytest.param(
            a_run(told(CODE, "already_used"), redeemed={"A1": 1}), (0, 1, 0, 0), id="nobody else asked for it"
        ),
    ],
)
def test_redemptions_are_judged_by_answers_and_sheet(run: Run, expected: tuple[int, int, int, int]) -> None:
    errors = sum(run.errors(REDEEMED).values())
    assert (run.right(REDEEMED), errors, run.duplicates(REDEEMED), run.lost(REDEEMED)) == expected


def test_a_till_s_refusal_is_known_by_its_reason() -> None:
    assert Told(CODE, 0.0, 1.0, 409, {"status": 409, "reason": "already_used"}).word == "already_used"


def test_percentiles_are_waits_from_the_moment_that_a_call_was_due() -> None:
    waits = [replace(told(ANNA, "issued"), due=5.0, came=5.0 + number / 100) for number in range(100)]
    assert percentiles(waits) == pytest.approx((0.50, 0.95, 0.99))


@pytest.mark.parametrize("number", [0, 1, 2, 20, 40], ids=str)
def test_every_twentieth_is_asked_for_twice_at_one_moment(number: int) -> None:
    asked = rows_sustained.redeem_calls(number)
    assert len(asked) == len(rows_sustained.issue_calls(number)) == (2 if number % 20 == 0 else 1)
    assert len({each.key for each in asked}) == len({each.request for each in asked}) == len(asked)


@pytest.fixture(params=["", "1"], ids=["without a lock", "under one lock"])
def rival(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    book.make_rival(tmp_path / "book", 3)
    with LocalSheets(data=str(tmp_path / "book")) as server:
        variables = book.rival_settings(server.base_url, lock=bool(request.param)) | {"REQUEST_DEADLINE_S": "0.1"}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield server, functions_framework.create_app("rival", str(RIVALS)).test_client()


def ask(client: FlaskClient, act: str, key: str = book.BOT_KEY, **body: str) -> dict[str, str]:
    answer = client.post(
        f"/bot/{act}", data=json.dumps(body), headers={"X-Api-Key": key, "Content-Type": "application/json"}
    )
    found: dict[str, str] = json.loads(answer.data)
    return found


def test_a_rival_issues_one_code_and_redeems_it_once_when_nobody_races(rival: Any, tmp_path: Path) -> None:
    server, client = rival
    first = ask(client, "issue", campaign="spring", subscriber_id="7", name="Anna")
    assert first["status"] == "issued"
    again = ask(client, "issue", campaign="spring", subscriber_id="7", name="Anna")
    assert again == {"status": "already_issued", "code": first["code"]}
    words = [ask(client, act, code=first["code"])["status"] for act in ("check", "redeem", "redeem", "check")]
    assert words == ["valid", "redeemed", "already_used", "already_used"]
    assert ask(client, "redeem", code="NONE")["status"] == "not_found"
    assert ask(client, "issue", key="another", subscriber_id="7")["status"] == "unauthorized"
    server.stop()
    found = book.look_rival(tmp_path / "book")
    assert found.codes["7"] == {first["code"]}
    assert found.redemptions == Counter({first["code"]: 1})


def test_a_rival_gives_up_what_is_beyond_the_quota_at_its_deadline(rival: Any) -> None:
    server, client = rival
    assert ask(client, "check", code="NONE")["status"] == "not_found"
    server.faults.append(Fault("values.get", "429"))
    assert ask(client, "check", code="NONE")["status"] == "busy"


def test_a_load_reaches_the_functions_and_the_sheet_has_what_they_told() -> None:
    calls = [rows_sustained.issue_calls(number // 2)[0] for number in range(8)]
    run = bench_run.ours(book.make, lambda load: load.at_once(calls), rows_sustained.FIRST)
    assert Counter(each.word for each in run.told) == Counter(issued=4, already_issued=4)
    assert (run.right(ISSUED), run.errors(ISSUED).total(), run.duplicates(ISSUED), run.lost(ISSUED)) == (4, 0, 0, 0)
    assert run.asked.writes >= 1
    assert run.asked.reads >= 2


def test_the_filled_sheet_is_what_the_functions_would_have_written(tmp_path: Path) -> None:
    book.make(tmp_path / "book", 5, 2)
    found = book.look(tmp_path / "book")
    assert found.codes == {book.subscriber(number): {book.code_of(number)} for number in range(5)}
    assert found.redemptions == Counter(book.code_of(number) for number in range(2))
    assert (found.doubly_issued(), found.doubly_redeemed()) == (0, 0)


@pytest.mark.parametrize(
    ("withdrawn", "expected"),
    [
        pytest.param(["", "", ""], 1, id="nothing: two codes"),
        pytest.param(["SECOND", book.subscriber(0), 46_001.5], 0, id="the second row"),
        pytest.param(["SECOND", book.subscriber(0), 46_001.25], 1, id="another copy of it"),
    ],
)
def test_a_withdrawn_row_is_no_code(withdrawn: list[Any], expected: int, tmp_path: Path) -> None:
    book.make(tmp_path / "book", 1)
    code, subscriber, time = withdrawn
    with LocalSheets(data=str(tmp_path / "book")) as server:
        staff = Staff(server, "en")
        staff.type_row(
            "codes", 3, code="SECOND", campaign="spring", subscriber_id=book.subscriber(0), issue_date=46_001.5
        )
        if code:
            staff.type_row("redemptions", 2, time=time, code=code, event="withdrawn", subscriber_id=subscriber)
        staff.session.close()
    assert book.look(tmp_path / "book").doubly_issued() == expected


def test_the_sheet_server_tells_what_it_was_asked(tmp_path: Path) -> None:
    book.make(tmp_path / "book")
    with sheet_server(tmp_path / "book", quota=True) as sheet:
        port = int(sheet.url.rpartition(":")[2])
        writes = [Call("/v4/spreadsheets/local:batchUpdate", "", {}, "")] * 61
        told_by = Load([port]).at_once(writes)
        assert Counter(each.status for each in told_by) == Counter({400: 60, 429: 1})
        assert (sheet.asked().writes, sheet.asked().refused, sheet.asked().reads) == (60, 1, 0)


def test_an_open_loop_is_not_slowed_down_by_a_server_that_is_not_there() -> None:
    found = Load([1], patience_s=0.5).open_loop(lambda number: [replace(ANNA, ask=str(number))], 6_000, 0.2)
    assert {each.status for each in found} == {0}
    assert [int(each.call.ask) for each in sorted(found, key=lambda each: each.due)] == list(range(len(found)))
    assert len(found) > 5


def section(name: str, ours: str) -> Section:
    made = Section(name)
    made.add("rate", ours, "1", "2", reached=True)
    return made


def test_a_section_takes_the_place_of_its_earlier_self() -> None:
    when, order = datetime(2026, 1, 2, tzinfo=UTC), ["issues", "keys"]
    text = bench_table.saved("", section("keys", "old"), order, "2 cores", when)
    text = bench_table.saved(text, section("issues", "first"), order, "2 cores", when)
    text = bench_table.saved(text, section("keys", "new"), order, "2 cores", when)
    assert (
        text.index("## issues")
        < text.index("first")
        < text.index("## keys")
        < text.index("| rate | new | 1 | 2 | yes |")
    )
    assert "old" not in text


def test_results_of_another_machine_are_not_kept() -> None:
    when, order = datetime(2026, 1, 2, tzinfo=UTC), ["issues", "keys"]
    text = bench_table.saved("", section("keys", "old"), order, "2 cores", when)
    assert "old" not in bench_table.saved(text, section("issues", "new"), order, "4 cores", when)


def test_the_machine_is_told_without_its_name() -> None:
    assert os.uname().nodename not in bench_table.machine()
