"""What a process may ask of its surroundings: clocks, sleep, chance. One object, so that a simulation can own it."""

from __future__ import annotations

import secrets
import time
from random import SystemRandom
from threading import Condition
from typing import Protocol


class World(Protocol):
    """The clocks, a pause, and chance."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC by the local clock."""

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""

    def condition(self) -> Condition:
        """A lock that threads can wait at for a notification."""

    def wait(self, condition: Condition, seconds: float) -> None:
        """Do nothing until the condition, which the caller holds, is notified, or for that long."""

    def uniform(self, low: float, high: float) -> float:
        """A random number between the two."""

    def token(self) -> str:
        """A name that nobody else will ever choose."""


class RealWorld:
    """The machine's own."""

    def __init__(self) -> None:
        self._chance = SystemRandom()

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC by the local clock."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Do nothing for a while."""
        time.sleep(seconds)

    def condition(self) -> Condition:
        """A lock that threads can wait at for a notification."""
        return Condition()

    def wait(self, condition: Condition, seconds: float) -> None:
        """Do nothing until the condition, which the caller holds, is notified, or for that long."""
        condition.wait(seconds)

    def uniform(self, low: float, high: float) -> float:
        """A random number between the two."""
        return self._chance.uniform(low, high)

    def token(self) -> str:
        """A name that nobody else will ever choose: 96 random bits."""
        return secrets.token_urlsafe(12)
