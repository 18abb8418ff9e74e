"""Bad weather between the processes and the sheet: every few requests one meets a fault."""

from __future__ import annotations

import random
import time
from collections import Counter
from threading import Event

from functions.local.faults import ACTIONS, Fault
from functions.local.server import LocalSheets

#: Methods that only the processes call, and staff when they do nothing that changes what is true; how many faults wait.
_METHODS = {
    "spreadsheets.batchUpdate": 2,
    "values.batchGet": 2,
    "spreadsheets.get": 1,
    "developerMetadata.search": 1,
}
#: A fault meets one of the next so many calls of its method.
_NTH = 60
_TICK_S = 0.05
_SHORT_S, _LONG_S = (0.05, 0.8), (8.2, 9.5)
#: So seldom a delay is longer than any caller waits: the write lands after its time-out.
_LONG_SHARE = 0.04


class Weather:
    """Adds faults to a server and counts those that came true, by action."""

    def __init__(self, server: LocalSheets, rng: random.Random) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(sorted(ACTIONS), 0))
        self.quiet_at = 0.0  # monotonic second after which nothing delayed is under way any more
        self._server = server
        self._rng = rng
        self._waiting: list[Fault] = []

    def blow(self, stop: Event) -> None:
        """Keep faults coming until told to stop."""
        while not stop.wait(_TICK_S):
            self._count()
            for kind, wanted in _METHODS.items():
                if sum(fault.kind == kind for fault in self._waiting) < wanted:
                    fault = self._fault(kind)
                    self._waiting.append(fault)
                    self._server.faults.append(fault)
        self._count()
        self._server.faults.clear()

    def _fault(self, kind: str) -> Fault:
        action = self._rng.choice(sorted(ACTIONS))
        seconds = 0.0
        if action == "delay" or self._rng.random() < 0.2:
            seconds = self._rng.uniform(*(_LONG_S if self._rng.random() < _LONG_SHARE else _SHORT_S))
        return Fault(kind, action, nth=self._rng.randint(1, _NTH), seconds=seconds)

    def _count(self) -> None:
        still = {id(fault) for fault in list(self._server.faults._waiting)}
        for fault in [each for each in self._waiting if id(each) not in still]:
            self._waiting.remove(fault)
            self.counts[fault.action] += 1
            self.quiet_at = max(self.quiet_at, time.monotonic() + fault.seconds + 0.5)
