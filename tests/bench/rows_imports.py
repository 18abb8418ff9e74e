"""Import cost: Google's client as we build it, and as its documentation does."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys

from tests.bench.bench_processes import ROOT
from tests.bench.bench_table import Section

TIMES, SHORT_TIMES = 9, 3
_TELL = """
import json, sys, time
before = set(sys.modules)
{code}
schemas = len(service._schema.schemas)
spent, after = time.process_time(), set(sys.modules)
most = next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM:')) / 1024
print(json.dumps([spent, most, len(after - before), schemas, "googleapiclient.discovery_cache.base" in after]))
"""
_BATCH_GET = "service.spreadsheets().values().batchGet(spreadsheetId='x', ranges=['A1'])"
CASES = {
    "nothing": "import types; service = types.SimpleNamespace(_schema=types.SimpleNamespace(schemas={}))",
    "refused": "import functions.service; import types; service = types.SimpleNamespace(_schema=types.SimpleNamespace(schemas={}))",
    "ours": f"""
from functions.sheet import GoogleSheet
from functions.world import RealWorld
import functions.committer, functions.service
service = GoogleSheet('x', 'http://127.0.0.1:1', RealWorld())._service
{_BATCH_GET}""",
    "client": f"""
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build
service = build('sheets', 'v4', credentials=AnonymousCredentials())
{_BATCH_GET}""",
}


def told(code: str) -> tuple[float, float, int, int, bool]:
    """CPU seconds, MiB at most, modules, schemas of the API that were built, whether the full document was read."""
    run = subprocess.run(
        [sys.executable, "-c", _TELL.format(code=code)],
        check=True, capture_output=True, cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    )  # fmt: skip
    found: tuple[float, float, int, int, bool] = tuple(json.loads(run.stdout))
    return found


def measure(short: bool) -> Section:  # noqa: FBT001
    runs = {name: [told(code)] for name, code in CASES.items()}
    for _ in range(SHORT_TIMES if short else TIMES):
        for name, code in CASES.items():
            runs[name].append(told(code))
    medians = {
        name: [statistics.median(column) for column in zip(*found[1:], strict=True)] for name, found in runs.items()
    }
    nothing, refused, ours, client = (medians[name] for name in CASES)
    section = Section("imports")
    section.add(
        "CPU until a request can be sent",
        f"{ours[0] - nothing[0]:.2f} s",
        f"Google's client with `build`: {client[0] - nothing[0]:.2f} s",
    )
    section.add("CPU until a key is refused", f"{refused[0] - nothing[0]:.2f} s")
    section.add("memory", f"{ours[1] - nothing[1]:.0f} MiB", f"{client[1] - nothing[1]:.0f} MiB")
    section.add("modules imported", f"{ours[2]:.0f}; {refused[2]:.0f} until a key is refused", f"{client[2]:.0f}")
    section.add(
        "schemas of the API built", f"{ours[3]:.0f}", f"{client[3]:.0f}", "not the full schema",
        reached=not ours[4] and ours[3] < client[3],
    )  # fmt: skip
    section.notes.append(f"Median of {len(runs['ours']) - 1}, beyond a bare interpreter; bytecode there.")
    return section
