from __future__ import annotations

import json
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING

import pytest

from functions.local.server import Fault

if TYPE_CHECKING:
    from conftest import Client

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
