"""The functions in a process of their own, started by the real functions-framework, as Google Cloud starts them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from functions.local.errors import LocalSheetsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START_S = 30.0


def console_script() -> str:
    """Path of `functions-framework`, the one beside this Python first. Raises LocalSheetsError."""
    beside = Path(sys.executable).with_name("functions-framework")
    found = str(beside) if beside.exists() else shutil.which("functions-framework")
    if not found:
        msg = "functions-framework is not installed: install promosheet again, with its dependencies."
        raise LocalSheetsError(msg)
    return found


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's variables with *settings*, without those that change how Python or the framework starts."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DEBUG", "PYTHONPATH", "FUNCTION_TARGET"}}
    return kept | dict(settings)


@contextmanager
def running(target: str, settings: Mapping[str, str], log: IO[bytes] | None = None) -> Iterator[str]:
    """One HTTP function on a free port until the block ends; gives its base URL. Raises LocalSheetsError.

    *log* takes what the process prints. It runs in an empty folder: nothing may depend on where it is started.
    """
    port = free_port()
    source = Path(__file__).parents[1] / "main.py"
    command = [console_script(), f"--target={target}", f"--source={source}", "--host=127.0.0.1", f"--port={port}"]
    with tempfile.TemporaryDirectory(prefix="promosheet-") as folder, tempfile.TemporaryFile() as own:
        output = log or own
        with subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, env=environment(settings), stdout=output, stderr=subprocess.STDOUT
        ) as process:
            try:
                _wait(process, port, output)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, output: IO[bytes]) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            msg = f"The functions did not start: {said}"
            raise LocalSheetsError(msg)
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    msg = f"The functions did not answer on port {port} within {_START_S:.0f} s."
    raise LocalSheetsError(msg)
