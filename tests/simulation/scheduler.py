"""A seeded scheduler with a virtual clock: everything that runs is a greenlet, and one runs at a time.

Whoever sleeps, waits or asks the sheet gives way; what comes next follows from the seed alone. A second of virtual
time costs nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """The process that this greenlet belongs to has died."""


class Task(greenlet):
    """One greenlet; `wakes` counts its wake-ups, so that a late one is not taken for another."""

    wakes = 0


class Scheduler:
    """Runs tasks in the order of the virtual clock."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.chance = Random(seed)
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._hub = getcurrent()

    def at(self, when: float, event: Callable[[], object]) -> None:
        """Do something at a moment; of two at the same moment the first told is first."""
        self._count += 1
        heapq.heappush(self._events, (when, self._count, event))

    def spawn(self, run: Callable[[], object]) -> Task:
        """Begin a task now."""
        task = Task(run, self._hub)
        self.at(self.now, task.switch)
        return task

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._events:
            self.now, _, event = heapq.heappop(self._events)
            event()

    def suspend(self, seconds: float | None = None) -> None:
        """Give way until `wake`, or for so long. Raises Killed."""
        task = current()
        task.wakes += 1
        if seconds is not None:
            self._wake_at(self.now + seconds, task)
        self._hub.switch()

    def wake(self, task: Task) -> None:
        """Let a task go on soon; the chance decides who of several is first."""
        self._wake_at(self.now + self.chance.random() / 1000, task)

    def kill(self, task: Task) -> None:
        """End a task where it stands."""
        task.wakes += 1
        if task is not current():
            self.at(self.now, lambda: None if task.dead else task.throw(Killed))

    def _wake_at(self, when: float, task: Task) -> None:
        wakes = task.wakes
        self.at(when, lambda: task.switch() if task.wakes == wakes and not task.dead else None)


def current() -> Task:
    """The task that runs."""
    task = getcurrent()
    assert isinstance(task, Task)
    return task


class SimCondition:
    """A lock that is never contended, since only waiting gives way; what a Condition is to threads."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._waiting: list[Task] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, seconds: float | None = None) -> None:
        task = current()
        self._waiting.append(task)
        try:
            self._scheduler.suspend(seconds)
        finally:
            if task in self._waiting:
                self._waiting.remove(task)

    def notify_all(self) -> None:
        for task in self._waiting:
            self._scheduler.wake(task)
        self._waiting = []


class SimWorld:
    """A process's surroundings: its own wrong clock, the seed's chance."""

    def __init__(self, scheduler: Scheduler, name: str, start_ms: int, skew_ms: int = 0) -> None:
        self._scheduler = scheduler
        self._name = name
        self._start_ms = start_ms + skew_ms
        self._names = 0

    def wall_ms(self) -> int:
        return self._start_ms + int(self._scheduler.now * 1000)

    def monotonic(self) -> float:
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._scheduler.suspend(seconds)

    def condition(self) -> SimCondition:
        return SimCondition(self._scheduler)

    def wait(self, condition: SimCondition, seconds: float) -> None:
        condition.wait(seconds)

    def uniform(self, low: float, high: float) -> float:
        return self._scheduler.chance.uniform(low, high)

    def token(self) -> str:
        self._names += 1
        return f"{self._name}-{self._names}"
