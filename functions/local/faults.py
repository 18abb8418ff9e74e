"""Faults on demand, for tests and drills: the n-th matching call from now meets one, once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

ACTIONS = frozenset({"429", "503_before", "503_after", "reset_before", "reset_after", "delay"})


@dataclass(slots=True)
class Fault:
    """What happens to a call. *kind* is a method such as `spreadsheets.batchUpdate`, or `*`; *seconds* pass first."""

    kind: str
    action: str
    nth: int = 1
    seconds: float = 0.0
    seen: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        """Refuse an action nobody has built."""
        if self.action not in ACTIONS:
            why = f"unknown fault action {self.action!r}, expected one of {sorted(ACTIONS)}"
            raise ValueError(why)

    @property
    def applies_first(self) -> bool:
        """Whether the call takes effect although its answer is lost or a 503."""
        return self.action in {"503_after", "reset_after", "delay"}

    @property
    def resets(self) -> bool:
        """Whether the connection is closed without an answer."""
        return self.action.startswith("reset")


class Faults:
    """The faults still to come, safe to add to while the server runs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def append(self, fault: Fault) -> None:
        """Let *fault* meet the n-th matching call from now."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget the faults that have not happened."""
        with self._lock:
            self._waiting.clear()

    def __len__(self) -> int:
        """Count the faults that have not happened."""
        with self._lock:
            return len(self._waiting)

    def take(self, kind: str) -> Fault | None:
        """Count a call of this kind and take out the first fault whose turn it is; others due wait for the next."""
        due = None
        with self._lock:
            for fault in list(self._waiting):
                if fault.kind not in {kind, "*"}:
                    continue
                fault.seen += 1
                if due is None and fault.seen >= fault.nth:
                    due = fault
                    self._waiting.remove(fault)
        return due
