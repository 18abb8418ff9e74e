"""Load over HTTP/1.1 by asyncio, hand-made so that it leaves the CPU to what is measured.

Open loop: calls are due at random moments of a fixed rate whatever becomes of the earlier ones, and waiting counts from
the moment a call was due. Closed loop: so many callers, each with its next call after the answer to its last.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: gunicorn closes a connection that was idle for 2 s; a call must not meet that moment.
_KEPT_S = 1.0


@dataclass(frozen=True)
class Call:
    """One POST. `ask` names what is asked for: two calls with the same one are each other's repeats or rivals."""

    path: str
    key: str
    body: Mapping[str, str]
    ask: str
    request: str = ""


@dataclass(frozen=True)
class Told:
    """An answer, and when it was due and came, in seconds from the start; status 0: none came."""

    call: Call
    due: float
    came: float
    status: int
    body: Mapping[str, Any]

    @property
    def word(self) -> str:
        """The word of DESIGN.md section 5, which a refusal of a till has in `reason`."""
        return str(self.body.get("reason") or self.body.get("status") or f"none ({self.status})")

    @property
    def waited_s(self) -> float:
        return self.came - self.due


class Target:
    """A server, and the connections to it that are kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def post(self, call: Call) -> tuple[int, bytes]:
        """Status and body. Raises OSError or EOFError."""
        reader, writer = await self._connection()
        try:
            body = json.dumps(call.body).encode()
            head = (
                f"POST {call.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: {call.key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                + (f"Idempotency-Key: {call.request}\r\n" if call.request else "")
                + "\r\n"
            )
            writer.write(head.encode() + body)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            found = await reader.readexactly(int(headers.get("content-length", "0")))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._idle.append((time.monotonic(), reader, writer))
        return int(lines[0].split()[1]), found

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.monotonic() - since < _KEPT_S and not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[2].close()


class Load:
    """Calls in turn to one or several servers; each gives up after *patience_s*."""

    def __init__(self, ports: Sequence[int], patience_s: float = 15.0) -> None:
        self._targets = [Target(port) for port in ports]
        self._patience_s = patience_s
        self._next = 0
        self._began = 0.0
        self.told: list[Told] = []

    def open_loop(self, units: Callable[[int], Sequence[Call]], per_minute: float, seconds: float) -> list[Told]:
        """*units* number 0, 1, … at random moments of that rate, the calls of a unit at one moment."""
        chance, due, moments = random.Random(1), 0.0, list[float]()
        while (due := due + chance.expovariate(per_minute / 60)) < seconds:
            moments.append(due)

        async def run() -> None:
            asked = [asyncio.create_task(self._unit(units(number), due)) for number, due in enumerate(moments)]
            await asyncio.gather(*asked)

        return self._run(run)

    def closed_loop(self, units: Callable[[int], Sequence[Call]], callers: int, seconds: float) -> list[Told]:
        """*units* number 0, 1, … by so many callers, for that long."""
        numbers = iter(range(1 << 60))

        async def caller() -> None:
            while time.monotonic() - self._began < seconds:
                await self._unit(units(next(numbers)), time.monotonic() - self._began)

        async def run() -> None:
            await asyncio.gather(*(caller() for _ in range(callers)))

        return self._run(run)

    def at_once(self, calls: Sequence[Call]) -> list[Told]:
        """All of them at one moment."""

        async def run() -> None:
            await self._unit(calls, 0.0)

        return self._run(run)

    def one(self, call: Call) -> Told:
        """One call alone."""
        return self.at_once([call])[-1]

    def _run(self, run: Callable[[], Any]) -> list[Told]:
        async def whole() -> None:
            self._began = time.monotonic()
            try:
                await run()
            finally:
                for target in self._targets:
                    target.close()

        self.told = []
        asyncio.run(whole())
        return self.told

    async def _unit(self, calls: Sequence[Call], due: float) -> None:
        await asyncio.sleep(max(due - (time.monotonic() - self._began), 0))
        await asyncio.gather(*(self._call(call, due) for call in calls))

    async def _call(self, call: Call, due: float) -> None:
        target = self._targets[self._next % len(self._targets)]
        self._next += 1
        try:
            async with asyncio.timeout(self._patience_s):
                status, text = await target.post(call)
            body = json.loads(text) if text.startswith(b"{") else {}
        except (OSError, EOFError, TimeoutError, ValueError):
            status, body = 0, {}
        self.told.append(Told(call, due, time.monotonic() - self._began, status, body))


def percentiles(told: Sequence[Told]) -> tuple[float, float, float]:
    """Seconds that half, 95 and 99 of a hundred calls waited at most."""
    waited = sorted(each.waited_s for each in told) or [0.0]
    p50, p95, p99 = (waited[min(int(len(waited) * share), len(waited) - 1)] for share in (0.5, 0.95, 0.99))
    return p50, p95, p99
