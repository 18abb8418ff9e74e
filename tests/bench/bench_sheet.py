"""The local sheet server as the benchmark needs it: a process of its own that also tells what it was asked.

    python -m tests.bench.bench_sheet FILE LATENCY_MS [quota]

The server is the one of `promosheet emulator`, with the same latency and the same quota; at /bench it says how many
reads and writes it answered, how many it refused for the quota, and how many bytes its answers had.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from functions.local import routes
from functions.local.api import Answer
from functions.local.http_server import Request, Response
from functions.local.quota import Quota
from functions.local.server import LocalSheets
from tests.bench.bench_processes import Process, cpu_s, start

_TOO_MANY = 429


@dataclass(frozen=True)
class Asked:
    """What a sheet server answered so far; `refused` are the calls beyond the quota, in neither of the two."""

    reads: int = 0
    writes: int = 0
    refused: int = 0
    bytes: int = 0

    def __sub__(self, before: Asked) -> Asked:
        return Asked(
            self.reads - before.reads,
            self.writes - before.writes,
            self.refused - before.refused,
            self.bytes - before.bytes,
        )

    @property
    def requests(self) -> int:
        return self.reads + self.writes


class SheetServer:
    """A running server, seen from outside."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.url = url

    def asked(self) -> Asked:
        return Asked(**requests.get(f"{self.url}/bench", timeout=60).json())

    @property
    def cpu_s(self) -> float:
        return cpu_s(self.process.pid)


@contextmanager
def sheet_server(file: Path, *, latency_ms: int = 0, quota: bool = False) -> Iterator[SheetServer]:
    """A server process on *file* until the block ends."""
    words = [str(file), str(latency_ms), *(["quota"] if quota else [])]
    with start([sys.executable, "-m", "tests.bench.bench_sheet", *words]) as process:
        line = process.first_line()
        yield SheetServer(process, line.strip())


def counting(server: LocalSheets) -> None:
    """Have a server count, and say so at /bench."""
    plain, lock, found = server.api.answer, threading.Lock(), Counter[str]()

    def answer(method: str, target: str, body: bytes = b"", user: str = "") -> Answer:
        given = plain(method, target, body, user)
        writes = routes.find(method, target.partition("?")[0]).method.writes
        with lock:
            found["bytes"] += len(given.body)
            found["refused" if given.status == _TOO_MANY else "writes" if writes else "reads"] += 1
        return given

    def told(_: Request) -> Response:
        with lock:
            return Response(200, json.dumps(found).encode())

    vars(server.api)["answer"] = answer
    server.doors = {**server.doors, "bench": told}


def main(file: str, latency_ms: str, *more: str) -> None:
    server = LocalSheets(data=file, latency_s=int(latency_ms) / 1000)
    if "quota" in more:
        server.api.quota = Quota()
    counting(server)

    def leave(*_: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    print(server.base_url, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
