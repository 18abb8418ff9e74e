"""Processes of a measurement: started with what Google Cloud gives them, ended with it; their CPU and memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from functions.local.functions_process import console_script, environment, free_port

ROOT = Path(__file__).parents[2]
MAIN, RIVALS, HELLO = (
    ROOT / "functions/main.py",
    Path(__file__).with_name("rivals.py"),
    Path(__file__).with_name("hello.py"),
)
#: As deploy.sh sets it.
THREADS = 200
_START_S = 60.0
_TICK = os.sysconf("SC_CLK_TCK")


class Process:
    """A process group of our own: whatever it starts is counted, and ended with it."""

    def __init__(self, popen: subprocess.Popen[bytes], log: IO[bytes], port: int = 0) -> None:
        self._popen = popen
        self._log = log
        self.pid = popen.pid
        self.port = port

    def stop(self) -> None:
        """Tell it to end, and after ten seconds make it; once more does no harm."""
        if self._popen.poll() is None:
            os.killpg(self.pid, signal.SIGTERM)
            try:
                self._popen.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._popen.wait()

    def first_line(self) -> str:
        """What it printed first, waited for."""
        end = time.monotonic() + _START_S
        while b"\n" not in (said := self.said()):
            assert self._popen.poll() is None, said
            assert time.monotonic() < end, "nothing was printed"
            time.sleep(0.01)
        return said.decode().partition("\n")[0]

    def said(self) -> bytes:
        return Path(self._log.name).read_bytes()

    def wait_for_port(self, pause_s: float = 0.01) -> None:
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            assert self._popen.poll() is None, self.said().decode("utf-8", "replace")[-2000:]
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(pause_s)
            else:
                return
        raise TimeoutError(self.port)

    def members(self) -> list[int]:
        """Process ids of the group."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[2]) == self.pid:
                found.append(int(stat.parent.name))
        return found

    def cpu_s(self) -> float:
        """Seconds of CPU that the group used, what has ended included if it was waited for."""
        return sum(cpu_s(pid) for pid in self.members())

    def memory_mib(self) -> float:
        """Memory of the group in MiB, pages that several share counted once (PSS)."""
        return sum(_kib(pid, "smaps_rollup", "Pss:") for pid in self.members()) / 1024

    def rss_mib(self) -> float:
        """Resident memory in MiB of the largest process of the group: the one that answers."""
        return max(_kib(pid, "status", "VmRSS:") for pid in self.members()) / 1024


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def others_cpu_s() -> float:
    """Seconds of CPU since the machine's start that neither this process nor what it started and waited for took."""
    fields = Path("/proc/stat").read_text("utf-8").partition("\n")[0].split()[1:]
    user, nice, system, _idle, _wait, irq, soft, steal, *_ = (int(field) for field in fields)
    return (user + nice + system + irq + soft + steal) / _TICK - sum(os.times()[:4])


def most_mib() -> float:
    """Resident memory that this process had at most, in MiB. Unlike ru_maxrss it knows nothing of who started it."""
    return _kib(os.getpid(), "status", "VmHWM:") / 1024


def _kib(pid: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


@contextmanager
def start(
    command: Sequence[str], more: Mapping[str, str] | None = None, port: int = 0, cwd: Path = ROOT
) -> Iterator[Process]:
    """A process until the block ends, then told to end, and after ten seconds made to."""
    variables = environment({"THREADS": str(THREADS), "PYTHONUNBUFFERED": "1", **(more or {})})
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # Google Cloud's image has bytecode
    with (
        tempfile.NamedTemporaryFile(prefix="promosheet-bench-", suffix=".log") as log,
        subprocess.Popen(
            command,
            env=variables,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as popen,
    ):
        process = Process(popen, log, port)
        try:
            yield process
        finally:
            process.stop()


@contextmanager
def framework(source: Path, target: str, more: Mapping[str, str]) -> Iterator[Process]:
    """One HTTP function under functions-framework and gunicorn, as Google Cloud starts it; it may not listen yet."""
    port = free_port()
    command = [console_script(), f"--target={target}", f"--source={source}", "--host=127.0.0.1", f"--port={port}"]
    with (
        tempfile.TemporaryDirectory(prefix="promosheet-bench-") as folder,
        start(command, more, port, Path(folder)) as process,
    ):
        yield process


@contextmanager
def served(source: Path, target: str, more: Mapping[str, str]) -> Iterator[Process]:
    """The same once it listens."""
    with framework(source, target, more) as process:
        process.wait_for_port()
        yield process
