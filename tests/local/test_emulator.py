"""`promosheet emulator` as a person starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from functions.cli import main
from functions.local.routes import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMOSHEET = Path(sys.executable).with_name("promosheet")


@contextmanager
def emulator(*options: str) -> Iterator[HTTPConnection]:
    with subprocess.Popen(
        [PROMOSHEET, "emulator", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[2].removeprefix("http://")
        connection = HTTPConnection(address, timeout=20)
        try:
            yield connection
        finally:
            connection.close()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def read(connection: HTTPConnection) -> int:
    connection.request("GET", "/v4/spreadsheets/local/values/A1")
    response = connection.getresponse()
    response.read()
    return response.status


def test_the_quota_is_kept_to_when_asked() -> None:
    with emulator("--enforce-quota") as connection:
        assert [read(connection) for _ in range(61)] == [200] * 60 + [429]


def test_a_file_of_faults_is_played(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([{"kind": "values.get", "action": "503_before", "nth": 2}]))
    with emulator("--faults", str(path), "--latency-ms", "1") as connection:
        assert [read(connection) for _ in range(3)] == [200, 503, 200]


def test_a_file_of_faults_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"kind": "values.get", "action": "404"}]')
    result = CliRunner().invoke(main, ["emulator", "--faults", str(path)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "unknown fault action '404'" in result.stderr


@pytest.mark.parametrize("word", ["503_after", "reset_before", "share", "seed", *KINDS])
def test_the_help_documents_the_file_of_faults(word: str) -> None:
    assert word in CliRunner().invoke(main, ["emulator", "--help"]).output
