from __future__ import annotations

import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING

import pytest
from sheet_client import Client

from functions.local.errors import ApiError
from functions.local.faults import Planned, from_file
from functions.local.quota import Quota
from functions.local.routes import KINDS
from functions.local.server import Fault, LocalSheets, LocalSheetsError

if TYPE_CHECKING:
    from pathlib import Path

BATCH = "spreadsheets.batchUpdate"


def add(client: Client, text: str) -> tuple[int, str]:
    cell = {"userEnteredValue": {"stringValue": text}}
    request = {"appendCells": {"rows": [{"values": [cell]}], "fields": "userEnteredValue"}}
    status, answer = client.send("POST", f"{client.root}:batchUpdate", {"requests": [request]})
    return status, answer.get("error", {}).get("message", "")


@pytest.mark.parametrize(("action", "applied"), [("429", False), ("503_before", False), ("503_after", True)])
def test_a_refusal_is_applied_or_not_as_its_name_says(client: Client, action: str, *, applied: bool) -> None:
    client.server.faults.append(Fault(kind=BATCH, action=action))
    assert add(client, "x")[0] == int(action[:3])
    assert client.values("Sheet1") == ([["x"]] if applied else [])
    assert add(client, "y") == (200, "")


@pytest.mark.parametrize(("action", "applied"), [("reset_before", False), ("reset_after", True)])
def test_a_reset_answers_nothing(client: Client, action: str, *, applied: bool) -> None:
    client.server.faults.append(Fault(kind=BATCH, action=action))
    with pytest.raises((ConnectionError, RemoteDisconnected)):
        add(client, "x")
    client.connection.close()
    assert client.values("Sheet1") == ([["x"]] if applied else [])


def test_a_fault_meets_the_nth_call_of_its_kind_and_only_that(client: Client) -> None:
    client.server.faults.append(Fault(kind=BATCH, action="503_before", nth=3))
    client.values("Sheet1")
    assert [add(client, str(n))[0] for n in range(5)] == [200, 200, 503, 200, 200]
    assert len(client.server.faults) == 0


def test_a_quota_refusal_has_the_recorded_body(client: Client) -> None:
    client.server.faults.append(Fault(kind="*", action="429"))
    status, answer = client.send("GET", f"{client.root}/values/A1")
    error = answer["error"]
    assert (status, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"].startswith("Quota exceeded for quota metric 'Read requests' and limit ")
    assert error["details"][0]["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerUser"


def test_a_delay_changes_nothing_but_the_time(client: Client) -> None:
    client.server.faults.append(Fault(kind=BATCH, action="delay", seconds=0.01))
    assert add(client, "x") == (200, "")
    assert client.values("Sheet1") == [["x"]]


def test_a_refused_call_under_a_fault_keeps_its_refusal(client: Client) -> None:
    client.server.faults.append(Fault(kind=BATCH, action="503_after"))
    assert client.batch_refused({"deleteSheet": {"sheetId": 9}})[0] == 400


def test_faults_can_be_forgotten(client: Client) -> None:
    client.server.faults.append(Fault(kind=BATCH, action="429"))
    client.server.faults.clear()
    assert add(client, "x")[0] == 200


def test_an_unknown_action_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValueError, match="unknown fault action"):
        Fault(kind=BATCH, action="explode")


def test_a_bug_is_googles_500_to_the_client_and_a_traceback_to_us(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(client.server.api, "_book", broken)
    status, answer = client.send("GET", f"{client.root}/values/A1")
    assert (status, answer["error"]["message"]) == (500, "Internal error encountered.")
    assert "Traceback" not in json.dumps(answer)
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_share_of_the_calls_meets_a_fault_for_as_long_as_it_runs(client: Client) -> None:
    client.server.faults.plan(Planned((Fault(kind=BATCH, action="503_before", share=0.5),), seed=1))
    statuses = [add(client, str(n))[0] for n in range(40)]
    chance = random.Random(1)
    assert statuses == [503 if chance.random() < 0.5 else 200 for _ in range(40)]
    assert client.values("A1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("3", "must hold a list of faults"),
        ('{"faults": [], "seed": "x"}', "must hold a list of faults"),
        ('["429"]', '"429" is no fault'),
        ('[{"kind": "*"}]', "is no fault"),
        ('[{"kind": "*", "action": "429", "when": 3}]', "is no fault"),
        ('[{"kind": "values.got", "action": "429"}]', "'values.got' is no method"),
        ('[{"kind": "*", "action": "404"}]', "unknown fault action '404'"),
        ('[{"kind": "*", "action": "429", "nth": 0}]', "nth must be a number from 1"),
        ('[{"kind": "*", "action": "429", "share": 2}]', "share must be a number from 0 to 1, not 2"),
        ('[{"kind": "*", "action": "429", "seconds": "3"}]', 'seconds must be a number from 0 to 3600, not "3"'),
    ],
)
def test_a_file_of_faults_that_cannot_be_meant_is_refused_in_one_sentence(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "faults.json"
    path.write_text(text)
    with pytest.raises(LocalSheetsError, match=re.escape(words)):
        from_file(path, KINDS)


def test_a_file_of_faults_is_read(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('{"seed": 7, "faults": [{"kind": "values.get", "action": "reset_after", "nth": 2}]}')
    assert from_file(path, KINDS) == Planned((Fault("values.get", "reset_after", 2),), 7)
    with pytest.raises(LocalSheetsError, match="cannot be read"):
        from_file(tmp_path / "none.json", KINDS)


def test_beyond_the_quota_a_caller_is_refused_until_its_calls_are_a_minute_old(client: Client) -> None:
    now = [0.0]
    client.server.api.quota = Quota(clock=lambda: now[0])
    reads = [client.send("GET", f"{client.root}/values/A1")[0] for _ in range(62)]
    assert reads == [200] * 60 + [429] * 2
    assert add(client, "a write has a quota of its own") == (200, "")
    now[0] = 59.9
    assert client.send("GET", f"{client.root}/values/A1")[0] == 429
    now[0] = 60.0
    assert client.send("GET", f"{client.root}/values/A1")[0] == 200


def test_each_user_has_60_and_the_project_300() -> None:
    quota, refused = Quota(clock=lambda: 0.0), []
    for call in range(400):
        try:
            quota.take(f"user {call % 8}", write=True)
        except ApiError as error:
            refused.append(error)
    assert len(refused) == 100
    assert "'Write requests per minute' of" in refused[0].message
    assert refused[0].body()["error"]["details"][0]["metadata"]["quota_limit_value"] == "300"


def test_a_refusal_says_nothing_of_when_to_try_again(client: Client) -> None:
    client.server.faults.append(Fault(kind="*", action="429"))
    client.connection.request("GET", f"{client.root}/values/A1")
    response = client.connection.getresponse()
    assert response.read()
    assert (response.status, response.getheader("Retry-After")) == (429, None)


def test_latency_makes_a_call_slower_and_calls_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(8, timeout=20)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        together.wait()  # breaks unless all eight are on their way at once

    with LocalSheets(latency_s=0.2) as server:
        server.create("local")

        def read(_: int) -> int:
            client = Client(server)
            status = client.send("GET", f"{client.root}/values/A1")[0]
            client.connection.close()
            return status

        monkeypatch.setattr("functions.local.server.time.sleep", sleep)
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(read, range(8))) == [200] * 8
        assert slept == [0.1] * 16
