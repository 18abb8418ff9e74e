"""The processes: real functions-framework ones, killed with -9 and started again while others are asked."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import requests

from functions.local.functions_process import console_script, environment, free_port

_START_S = 60.0
_TRIES = 3
#: Seconds between two kills.
PAUSE_S = (3.0, 8.0)


class Member:
    """One process, on a new port after each start; its own process group, since gunicorn has a worker below it."""

    def __init__(self, name: str, source: Path, settings: Mapping[str, str], folder: str) -> None:
        self.name = name
        self.url = ""
        self.up = False
        self._source = source
        self._environment = environment(settings)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, without waiting."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [console_script(), "--target=promosheet", f"--source={self._source}", "--host=127.0.0.1"]
        with (Path(self._folder) / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--port={port}"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it answers; a port that somebody else was faster to take is changed."""
        for _ in range(_TRIES):
            if self._answers():
                self.up = True
                return
            self.kill()
            self.start()
        said = (Path(self._folder) / f"{self.name}.log").read_text("utf-8", "replace")[-2000:]
        msg = f"process {self.name} did not start: {said}"
        raise RuntimeError(msg)

    def kill(self) -> None:
        """Kill -9, with its worker: nothing is finished, nobody says goodbye."""
        self.up = False
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        end = time.monotonic() + _START_S
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < end and self._process is not None and self._process.poll() is None:
                try:
                    session.post(f"{self.url}/nowhere", timeout=_START_S)
                except requests.RequestException:
                    time.sleep(0.05)
                else:
                    return True
        return False


class Fleet:
    """All of them; nobody lives on when the block ends."""

    def __init__(self, size: int, source: Path, settings: Mapping[str, str], address: Callable[[str], str]) -> None:
        """*address* is where a process of that name finds the sheet server."""
        self.kills: list[tuple[str, float]] = []  # who, at which monotonic second
        self._temporary = tempfile.TemporaryDirectory(prefix="promosheet-chaos-")
        names = [f"p{number}" for number in range(size)]
        told = {name: {**settings, "SHEETS_API_ENDPOINT": address(name)} for name in names}
        self.members = [Member(name, source, told[name], self._temporary.name) for name in names]

    def __enter__(self) -> Self:
        try:
            for member in self.members:
                member.start()
            for member in self.members:
                member.wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def up(self) -> list[Member]:
        """Who can be asked now."""
        return [member for member in self.members if member.up] or self.members

    def kill_now_and_then(self, stop: Event, rng: random.Random) -> None:
        """Kill and restart one after another until told to stop; then everybody is up."""
        while not stop.wait(rng.uniform(*PAUSE_S)):
            member = rng.choice(self.members)
            member.kill()
            self.kills.append((member.name, time.monotonic()))
            stop.wait(rng.uniform(0, 1))
            member.start()
            member.wait()

    def errors(self) -> list[str]:
        """What the processes logged as errors of their own, and tracebacks."""
        lines = [
            line for log in Path(self._temporary.name).glob("*.log") for line in log.read_text("utf-8").splitlines()
        ]
        return [
            line for line in lines if ('"ERROR"' in line and "sheet_broken" not in line) or line.startswith("Traceback")
        ]

    def _end(self) -> None:
        for member in self.members:
            member.kill()
        self._temporary.cleanup()
