"""Faults on demand, for tests and drills: the n-th matching call from now meets one, or a share of all calls do."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from functions.local.errors import LocalSheetsError

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = frozenset({"429", "503_before", "503_after", "reset_before", "reset_after", "delay"})


@dataclass(slots=True)
class Fault:
    """What happens to a call. *kind* is a method such as `spreadsheets.batchUpdate`, or `*`; *seconds* pass first.

    With a *share* (0 to 1) it meets that share of the matching calls, at random, for as long as the server runs; else
    the *nth* one alone. Raises ValueError for what nobody has built.
    """

    kind: str
    action: str
    nth: int = 1
    seconds: float = 0.0
    share: float = 0.0
    seen: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        """Refuse what nobody has built."""
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


@dataclass(frozen=True, slots=True)
class Planned:
    """Faults of a file, and the seed of their chances."""

    faults: tuple[Fault, ...] = ()
    seed: int | None = None


class Faults:
    """The faults still to come, safe to add to while the server runs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._chance = random.Random()  # noqa: S311  no secret hangs on it

    def append(self, fault: Fault) -> None:
        """Let *fault* meet its calls from now on."""
        with self._lock:
            self._waiting.append(fault)

    def plan(self, planned: Planned) -> None:
        """Begin with the faults of a file."""
        with self._lock:
            self._chance.seed(planned.seed)
            self._waiting.extend(planned.faults)

    def clear(self) -> None:
        """Forget the faults that have not happened."""
        with self._lock:
            self._waiting.clear()

    def __len__(self) -> int:
        """Count the faults that may still happen."""
        with self._lock:
            return len(self._waiting)

    def take(self, kind: str) -> Fault | None:
        """Count a call of this kind and find the first fault whose turn it is; others due wait for the next."""
        due = None
        with self._lock:
            for fault in list(self._waiting):
                if fault.kind not in {kind, "*"}:
                    continue
                fault.seen += 1
                if due is not None:
                    continue
                if fault.share:
                    due = fault if self._chance.random() < fault.share else None
                elif fault.seen >= fault.nth:
                    due = fault
                    self._waiting.remove(fault)
        return due


def from_file(path: Path, kinds: frozenset[str]) -> Planned:
    """Faults of a JSON file. *kinds* are the methods that exist. Raises LocalSheetsError.

    The file is a list of faults, or `{"seed": 7, "faults": [...]}`; a fault has the fields of `Fault` but `seen`.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        why = f"The file of faults {path} cannot be read: {error.strerror}."
        raise LocalSheetsError(why) from error
    except ValueError as error:
        why = f"The file of faults {path} is no JSON: {error}."
        raise LocalSheetsError(why) from error
    seed = found.get("seed") if isinstance(found, dict) else None
    entries = found.get("faults") if isinstance(found, dict) else found
    if not isinstance(entries, list) or not (seed is None or isinstance(seed, int)):
        why = f'The file of faults {path} must hold a list of faults, or {{"seed": 7, "faults": [...]}}.'
        raise LocalSheetsError(why)
    try:
        return Planned(tuple(_fault(entry, kinds) for entry in entries), seed)
    except (TypeError, ValueError) as error:
        why = f"The file of faults {path}: {error}."
        raise LocalSheetsError(why) from error


def _fault(entry: Any, kinds: frozenset[str]) -> Fault:
    """Fault of one entry. Raises ValueError."""
    known = {each.name: each.type for each in fields(Fault) if each.name != "seen"}
    if not isinstance(entry, dict) or entry.keys() - known.keys() or not {"kind", "action"} <= entry.keys():
        why = f"{json.dumps(entry)} is no fault: it has a kind and an action, and nth or share, and seconds"
        raise ValueError(why)
    if entry["kind"] not in kinds | {"*"}:
        why = f"{entry['kind']!r} is no method, expected * or one of {', '.join(sorted(kinds))}"
        raise ValueError(why)
    for name, (low, high) in {"nth": (1, 10**9), "seconds": (0, 3600), "share": (0, 1)}.items():
        value = entry.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            why = f"{name} must be a number from {low} to {high}, not {json.dumps(value)}"
            raise ValueError(why)
    return Fault(**entry)
