"""Log lines: one JSON object a line on standard output, in the field names that Cloud Logging reads. Pure.

https://cloud.google.com/logging/docs/structured-logging. No line holds an id, a name, a key, a query or a full code:
what a caller could have put into a path or a method is written only if it is one of ours.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from functions import codes
from functions.bots import MODULES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_TRACE = re.compile(r"([0-9a-f]{32})(?:/.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[a-z][a-z0-9_]{0,40}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Parts of the paths that exist; any other may be what somebody typed.
_SEGMENTS = frozenset({"", "bot", "till", "tasks", "issue", "check", "redeem", "rollback", "openapi.json", *MODULES})
_WARNINGS = frozenset({"busy", "too_many", "unauthorized", "forbidden", "idempotency_mismatch"})
_ERRORS = frozenset({"sheet_broken"})


def severity_of(word: str) -> str:
    """Tell how much a word matters to who runs the functions: a refused customer is everyday business."""
    if word in _ERRORS:
        return "ERROR"
    return "WARNING" if word in _WARNINGS else "INFO"


def call_line(  # noqa: PLR0913 - what a line consists of
    *,
    time: datetime,
    outcome: str,
    method: str,
    path: str,
    status: int,
    latency_s: float,
    caller: str = "",
    code: str = "",
    numbers: Mapping[str, float] | None = None,
    project: str = "",
    trace: str = "",
) -> str:
    """Write the line about one HTTP call, with its line end.

    `time` is aware; `caller` the name of the key; `code` is masked here; `numbers` are requests to the sheet
    by kind and milliseconds by phase; `trace` is the header X-Cloud-Trace-Context, used if *project* is known.
    """
    shown = _path(path)
    fields: dict[str, Any] = {
        "severity": severity_of(outcome),
        "message": f"{shown} {_word(outcome)}",
        "time": time.isoformat(timespec="milliseconds"),
        "outcome": _word(outcome),
        "httpRequest": {
            "requestMethod": method if method in _METHODS else "OTHER",
            "requestUrl": shown,
            "status": status,
            "latency": f"{latency_s:.3f}s",
        },
    }
    if caller:
        fields["caller"] = caller
    if code:
        fields["code"] = codes.masked(code)
    if numbers:
        fields["numbers"] = _numbers(numbers)
    found = _TRACE.fullmatch(trace)
    if project and found:
        fields["logging.googleapis.com/trace"] = f"projects/{project}/traces/{found[1].lower()}"
    return _line(fields)


def event_line(severity: str, message: str, time: datetime, numbers: Mapping[str, float] | None = None) -> str:
    """Write the line about anything else, with its line end; *message* is a sentence of ours, without values."""
    fields = {"severity": severity, "message": message, "time": time.isoformat(timespec="milliseconds")}
    return _line(fields | ({"numbers": _numbers(numbers)} if numbers else {}))


def _path(path: str) -> str:
    segments = path.partition("?")[0].split("/")
    return "/".join(each if each in _SEGMENTS else "…" for each in segments[:4])


def _word(word: str) -> str:
    return word if _WORD.fullmatch(word) else "…"


def _numbers(found: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}


def _line(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=True) + "\n"
