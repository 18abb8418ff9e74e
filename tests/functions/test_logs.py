from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import logs

NOW = datetime(2026, 3, 10, 9, 0, 0, 123_456, tzinfo=UTC)
TRACE = "105445aa7843bc8bf206b12000100000"


def line(**changes: Any) -> str:
    values: dict[str, Any] = {
        "time": NOW,
        "outcome": "redeemed",
        "method": "POST",
        "path": "/till/redeem",
        "status": 200,
        "latency_s": 0.1234,
    }
    return logs.call_line(**values | changes)


def test_a_line_is_one_json_object_in_the_names_of_cloud_logging() -> None:
    text = line(
        caller="till-1",
        code="SPRING-7K2QM-4XWDA",
        numbers={"reads": 2, "writes": 1, "waitedMs": 98.76543},
        project="my-shop",
        trace=f"{TRACE}/1;o=1",
    )
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    assert text == json.dumps(json.loads(text)) + "\n"
    assert json.loads(text) == {
        "severity": "INFO",
        "message": "/till/redeem redeemed",
        "time": "2026-03-10T09:00:00.123+00:00",
        "outcome": "redeemed",
        "httpRequest": {"requestMethod": "POST", "requestUrl": "/till/redeem", "status": 200, "latency": "0.123s"},
        "caller": "till-1",
        "code": "SP…(18)",
        "numbers": {"reads": 2, "writes": 1, "waitedMs": 98.765},
        "logging.googleapis.com/trace": f"projects/my-shop/traces/{TRACE}",
    }


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("issued", "INFO"),
        ("not_found", "INFO"),
        ("busy", "WARNING"),
        ("unauthorized", "WARNING"),
        ("sheet_broken", "ERROR"),
    ],
)
def test_severity_says_what_the_operator_has_to_look_at(word: str, severity: str) -> None:
    assert json.loads(line(outcome=word))["severity"] == severity


@pytest.mark.parametrize(
    ("project", "trace"),
    [
        pytest.param("", TRACE, id="no project"),
        pytest.param("my-shop", "", id="no header"),
        pytest.param("my-shop", "SPRING-7K2QM-4XWDA/1", id="no trace id"),
        pytest.param("my-shop", f"{TRACE}0", id="too long"),
    ],
)
def test_a_trace_is_left_out_unless_it_can_be_one(project: str, trace: str) -> None:
    assert "logging.googleapis.com/trace" not in json.loads(line(project=project, trace=trace))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/bot/issue", "/bot/issue"),
        ("/issue/", "/issue/"),
        ("/issue?subscriber_id=1849&key=bot-secret-0123456789", "/issue"),
        ("/redeem/SPRING-7K2QM-4XWDA", "/redeem/…"),
        ("/bot/telegram", "/bot/telegram"),
        ("/ivan/petrov", "/…/…"),
        ("/a/b/c/d/e/f", "/…/…/…"),
    ],
)
def test_of_a_path_only_what_is_ours_is_written(path: str, shown: str) -> None:
    assert json.loads(line(path=path))["httpRequest"]["requestUrl"] == shown


hostile = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), min_size=9, max_size=40)


@given(hostile.map(lambda text: f"\u00a7{text}\u00a7"))
def test_nothing_that_a_caller_sent_gets_into_a_line(sent: str) -> None:
    text = line(
        outcome=sent, method=sent, path=f"/{sent}?subscriber_id={sent}&key={sent}", code=sent, project="p", trace=sent
    )
    assert text == json.dumps(json.loads(text)) + "\n"
    everything = str(json.loads(text))
    assert sent[2:] not in everything
    assert sent[:3] not in everything or sent[2] == "…"


def test_a_line_about_something_else_has_a_sentence_and_numbers() -> None:
    found = json.loads(logs.event_line("WARNING", "the sheet answers slowly", NOW, {"ms": 7000}))
    assert found == {
        "severity": "WARNING",
        "message": "the sheet answers slowly",
        "time": "2026-03-10T09:00:00.123+00:00",
        "numbers": {"ms": 7000},
    }
    assert "numbers" not in json.loads(logs.event_line("INFO", "started", NOW))
