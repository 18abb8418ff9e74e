"""One process of the product, run by nothing but what it observes: the real Committer in a greenlet.

A process has clocks, names and chance of its own, so what it does next depends on the history of its port calls' results
alone. A Node is such a history's end: the port call that it waits at and what it has told so far. Histories that leave
the process in the same state (compared field by field, but for clocks that only pace it) are one Node.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from threading import Condition
from typing import Any

from greenlet import getcurrent, greenlet

from functions import guard
from functions.batches import NewRow, Patch
from functions.committer import Committer
from functions.failures import StampTaken, Unanswered
from functions.promo import Call, PromoCode, Redemption
from functions.sheet import Reading
from functions.tables import Tables
from model import START, Content, Write, batch, content_of, projection

DEADLINE_S = 8.0
_LONGEST_SLEEP_S = 0.06  # so that waiting many times, which the explorer does not count, comes to no deadline
_MORE_WRITES = 3
_IGNORED = {"_sheet", "_world", "_report", "_condition", "_timing", "_fruitless", "_requests", "_tally", "looks"}
KEY = b"k" * 32


class Seen(Enum):
    """How a port call ended, if not with a content or a number."""

    DONE = "answered"
    TAKEN = "refused: stamp taken"
    UNANSWERED = "not answered"


@dataclass(frozen=True)
class Look:
    """A read; *late* if the deadline passes with it."""

    content: Content
    late: bool = False


Observation = Look | Seen | int


class Ask(Enum):
    """What a process waits for, if not for a write."""

    READ = "reads"
    NEWEST = "asks for the newest stamp"
    NOTHING = "has ended"


@dataclass(frozen=True)
class Told:
    """An answer that a caller got."""

    label: str
    word: str
    code: str


@dataclass(frozen=True)
class Script:
    """The calls of one process, one after the other, each with a label; `start_ms` is where its clock stands.

    A call that wrote so many batches of rows, or put the number right so often, has its deadline behind it.
    """

    name: str
    calls: tuple[tuple[str, Call], ...]
    start_ms: int = 0
    after: str = ""
    writes: int = 3
    heals: int = 1


@dataclass
class Node:
    """Where a history leads. `exhausted` if a deadline passed because the search bounds what a call may write."""

    number: int
    history: tuple[Observation, ...]
    wants: Ask | Write
    told: tuple[Told, ...]
    exhausted: bool

    def last_read(self) -> Content:
        return next(each.content for each in reversed(self.history) if isinstance(each, Look))


class _World:
    def __init__(self, script: Script) -> None:
        self._script = script
        self.call = 0
        self.clock = 0.0
        self.names = 0

    def wall_ms(self) -> int:
        return START + self._script.start_ms + 1_500 * self.call

    def monotonic(self) -> float:
        return self.clock

    def sleep(self, seconds: float) -> None:
        self.clock += min(seconds, _LONGEST_SLEEP_S)

    def condition(self) -> Condition:
        return Condition()

    def wait(self, condition: Condition, seconds: float) -> None:
        del condition
        self.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        del high
        return low

    def token(self) -> str:
        self.names += 1
        return f"{self._script.name}-{self.names}"


class _Run:
    """One execution of a script; it is the port too: each call on it switches to who resumes it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.world = _World(script)
        self.committer = Committer(self, self.world, KEY, DEADLINE_S, lambda _message, _fields: None)
        self.told: list[Told] = []
        self.writes = 0
        self.claimed = False
        self.heals = 0
        self.exhausted = False
        self._explorer = getcurrent()
        self._greenlet = greenlet(self._main)

    def resume(self, observation: Observation | None) -> Ask | Write:
        self._explorer = getcurrent()
        self._greenlet.parent = self._explorer
        wants = self._greenlet.switch(observation) if observation is not None else self._greenlet.switch()
        return Ask.NOTHING if self._greenlet.dead else wants

    def _main(self) -> None:
        for number, (label, call) in enumerate(self._script.calls):
            self.world.call, self.writes, self.claimed, self.heals = number, 0, False, 0
            outcome = self.committer.submit(call).outcome
            self.told.append(Told(label, outcome.word, outcome.code))

    def _ask(self, wants: Ask | Write) -> Any:
        found = self._explorer.switch(wants)
        if found is Seen.UNANSWERED:
            raise Unanswered("no answer")
        if found is Seen.TAKEN:
            raise StampTaken("already exists")
        return found

    def read(self, timeout: float) -> Reading:
        del timeout
        look = self._ask(Ask.READ)
        if look.late or self._has_written_enough():
            self.exhausted |= not look.late
            self.world.clock += DEADLINE_S
        return look.content.reading(self.world.wall_ms())

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        del key, timeout
        write = batch(reading, stamp, rows)
        before = self.writes, self.claimed, self.heals
        if rows:
            self.writes, self.claimed = self.writes + 1, not write.only_withdraws
        else:  # it only puts the number right
            self.heals += 1
        try:
            self._ask(write)
        except StampTaken:  # not an attempt
            self.writes, self.claimed, self.heals = before
            raise

    def _has_written_enough(self) -> bool:
        """A call's deadline comes when it has written so often; if it can be, not while a claim hangs in the air."""
        more = _MORE_WRITES if self.claimed else 0
        return self.heals >= self._script.heals or self.writes >= self._script.writes + more

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        del reading, timeout
        self._ask(projection(patches))

    def newest_stamp(self, timeout: float) -> int:
        del timeout
        return self._ask(Ask.NEWEST)

    def forget_layout(self) -> None:
        pass


class Process:
    """All nodes of a script that were asked for so far."""

    def __init__(self, script: Script, *, merges: bool = True) -> None:
        self.script = script
        self.nodes: list[Node] = []
        self.executions = 0
        self._merges = merges
        self._known: dict[object, Node] = {}
        self._steps: dict[tuple[int, Observation], Node] = {}
        self._waiting: dict[int, _Run] = {}
        run, wants = self._start()
        self.first = self._node(run, wants, (), None)

    def after(self, node: Node, observation: Observation) -> Node:
        """Where the process comes to when its port call ends like this."""
        step = (node.number, observation)
        if step not in self._steps:
            run = self._waiting.pop(node.number, None) or self._replay(node.history)
            wants = run.resume(observation)
            self._steps[step] = self._node(run, wants, (*node.history, observation), step)
        return self._steps[step]

    def _start(self) -> tuple[_Run, Ask | Write]:
        self.executions += 1
        run = _Run(self.script)
        return run, run.resume(None)

    def _replay(self, history: tuple[Observation, ...]) -> _Run:
        run, _ = self._start()
        for observation in history:
            run.resume(observation)
        return run

    def _node(self, run: _Run, wants: Ask | Write, history: tuple[Observation, ...], step: object) -> Node:
        state: object
        if self._merges and wants is Ask.NOTHING:
            state = (tuple(run.told), run.exhausted)
        elif self._merges and wants is Ask.READ:  # no frame holds anything but the process's own fields
            frozen = _freeze(vars(run.committer), run.world.clock)
            bounds = (run.writes, run.claimed, run.heals, run.exhausted, run.world.clock > DEADLINE_S)
            state = (tuple(run.told), bounds, run.world.call, run.world.names, frozen)
        else:
            state = ("from", step)
        if state not in self._known:
            node = Node(len(self.nodes), history, wants, tuple(run.told), run.exhausted)
            self.nodes.append(node)
            self._known[state] = node
            if wants is not Ask.NOTHING and len(self._waiting) < _KEPT_RUNS:
                self._waiting[node.number] = run
        return self._known[state]


_KEPT_RUNS = 3000
_ATOMS = (str, bytes, bool, int, type(None), Enum, PromoCode, Redemption)


def _freeze(value: Any, clock: float) -> object:
    """A comparable picture of a process's fields. Moments of its clock are left out, but for those still to come."""
    if isinstance(value, float):
        return value > clock
    if isinstance(value, _ATOMS):
        return value
    if isinstance(value, Tables):
        return content_of(value)
    if isinstance(value, dict):
        return tuple((key, _freeze(each, clock)) for key, each in value.items() if key not in _IGNORED)
    if isinstance(value, (list, tuple)):
        return tuple(_freeze(each, clock) for each in value)
    if isinstance(value, (set, frozenset)):
        return frozenset(value)
    if dataclasses.is_dataclass(value):
        fields = (field.name for field in dataclasses.fields(value) if field.name not in _IGNORED)
        return (type(value).__name__, *(_freeze(getattr(value, name), clock) for name in fields))
    return (type(value).__name__, _freeze(vars(value), clock)) if hasattr(value, "__dict__") else type(value).__name__
