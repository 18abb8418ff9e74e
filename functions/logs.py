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
_SEGMENTS = frozenset(
    {"", "bot", "till", "tasks", "issue", "check", "redeem", "rollback", "today", "openapi.json", *MODULES}
    | {"session", "static", "manifest.webmanifest"}
)
_WARNINGS = frozenset({"busy", "too_many", "unauthorized", "forbidden", "idempotency_mismatch"})
_ERRORS = frozenset({"sheet_broken"})
#: In the place of what is not ours: an ellipsis, as JSON in ASCII has it.
_HIDDEN = r"\u2026"


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
    more: dict[str, Any] = {}
    if caller:
        more["caller"] = caller
    if code:
        more["code"] = codes.masked(code)
    if numbers:
        more["numbers"] = _numbers(numbers)
    if project and (found := _TRACE.fullmatch(trace)):
        more["logging.googleapis.com/trace"] = f"projects/{project}/traces/{found[1].lower()}"
    shown, word, asked = _path(path), _word(outcome), method if method in _METHODS else "OTHER"
    # Put together by hand: keys are tried by the thousand, and nothing but words of ours stands between these quotes.
    return (
        f'{{"severity": "{severity_of(outcome)}", "message": "{shown} {word}", '
        f'"time": "{time.isoformat(timespec="milliseconds")}", "outcome": "{word}", "httpRequest": '
        f'{{"requestMethod": "{asked}", "requestUrl": "{shown}", "status": {status}, "latency": "{latency_s:.3f}s"}}'
        f"{', ' + json.dumps(more)[1:-1] if more else ''}}}\n"
    )


def event_line(severity: str, message: str, time: datetime, numbers: Mapping[str, float] | None = None) -> str:
    """Write the line about anything else, with its line end; *message* is a sentence of ours, without values."""
    fields = {"severity": severity, "message": message, "time": time.isoformat(timespec="milliseconds")}
    return _line(fields | ({"numbers": _numbers(numbers)} if numbers else {}))


def _path(path: str) -> str:
    segments = path.partition("?")[0].split("/")
    return "/".join(each if each in _SEGMENTS else _HIDDEN for each in segments[:4])


def _word(word: str) -> str:
    return word if _WORD.fullmatch(word) else _HIDDEN


def _numbers(found: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in found.items()}


def _line(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=True) + "\n"
