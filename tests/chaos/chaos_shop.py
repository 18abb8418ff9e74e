"""What there is to ask for: waves of campaigns, their subscribers, and what callers know of each other's calls."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock

from functions.promo import Call, Caller, IssueCall, RedeemCall, Role

SPREADSHEET_ID = "local"
#: A new wave of campaigns and subscribers opens after this many calls.
WAVE = 300
SUBSCRIBERS = 10
BOTS = (Caller("bot-a", Role.BOT), Caller("bot-b", Role.BOT))
TILLS = (Caller("till-1", Role.TILL), Caller("till-2", Role.TILL))
ADMIN = Caller("boss", Role.ADMIN)
#: Kinds of campaigns, and how often one is asked for. Calls on a code with two uses are told `busy` for 20 s after the
#: second one (the sheet confirms the last use alone), eight seconds each: a few of them are enough.
KINDS = {"plain": 6, "limited": 6, "pool": 6, "shared": 4, "twice": 1, "two": 4}
#: Campaigns: cells by column key.
CAMPAIGNS = {
    "plain": {"valid_days": "30", "holder_only": "yes", "discount": "10 %"},
    "limited": {"total_limit": "6"},
    "pool": {"code_source": "pool"},
    "shared": {"code_source": "shared", "total_limit": "7"},
    "twice": {"uses_per_code": "2", "prefix": "TW"},
    "two": {"codes_per_subscriber": "2", "prefix": "-"},
}
POOL_SIZE = 7


def secret(caller: Caller) -> str:
    """The key that a caller shows."""
    return f"chaos-{caller.name}-0123456789"


def api_keys() -> str:
    return ",".join(f"{caller.name}:{caller.role.value}:{secret(caller)}" for caller in (*BOTS, *TILLS, ADMIN))


@dataclass
class Wave:
    """Some campaigns and subscribers; `issued` and `redeemed` grow while callers are answered."""

    number: int
    issued: list[tuple[str, IssueCall]] = field(default_factory=list)
    redeemed: list[RedeemCall] = field(default_factory=list)

    def campaign(self, kind: str) -> str:
        return f"{kind} {self.number}"

    @property
    def subscribers(self) -> list[str]:
        return [f"s{self.number}-{each}" for each in range(SUBSCRIBERS)]

    @property
    def shared_code(self) -> str:
        return f"EVERYBODY-{self.number}"

    @property
    def pool(self) -> list[str]:
        return [f"READY-{self.number}-{each}" for each in range(POOL_SIZE)]

    def rows(self) -> list[dict[str, str]]:
        """Rows of Campaigns, by column key."""
        rows = [{"campaign": self.campaign(kind), **CAMPAIGNS[kind]} for kind in KINDS]
        return [row | ({"shared_code": self.shared_code} if "shared" in row.values() else {}) for row in rows]


class Shop:
    """What all threads share. Lists and deques only grow or pop at one end, which threads may do at once."""

    def __init__(self, ops: int) -> None:
        self.ops = ops
        self.waves: list[Wave] = []  # those whose rows stand in the sheet
        self.echoes: deque[Call] = deque(maxlen=12)  # calls that somebody else should make too, right now
        self._lock = Lock()
        self._made = 0
        self._door = Condition()
        self._inside = 0
        self._shut = False

    def take_number(self, *, extra: bool = False) -> int | None:
        """The number of the next call, None if enough were made; *extra* ones always."""
        with self._lock:
            if self._made >= self.ops and not extra:
                return None
            self._made += 1
            return self._made

    def close(self) -> None:
        """No more calls, but for extra ones."""
        self.ops = min(self.ops, self._made)

    @contextmanager
    def calling(self) -> Iterator[None]:
        """A call is under way; it begins once nobody keeps the door shut."""
        with self._door:
            self._door.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            with self._door:
                self._inside -= 1
                self._door.notify_all()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No call is under way, and none begins."""
        with self._door:
            self._shut = True
            self._door.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._door:
                self._shut = False
                self._door.notify_all()

    @property
    def wanted_waves(self) -> int:
        """How many waves there should be by now: one is ready before it opens."""
        return min(self._made, self.ops) // WAVE + 2

    def wave(self, rng: random.Random) -> Wave:
        """The wave that is open, seldom the one before."""
        newest = min(self._made // WAVE, len(self.waves) - 1)
        return self.waves[max(newest - (rng.random() < 0.1), 0)]

    def by_hand(self, wave: Wave, code: str, subscriber_id: str) -> None:
        """Let callers know of a code that staff gave out."""
        wave.issued.append((code, IssueCall(BOTS[0], subscriber_id, wave.campaign("plain"))))
