"""What a bot platform's module has to be. Pure: bytes in, a call out; an outcome in, bytes out.

A platform that does not read the answer is a Pushing one too, and what it gives does the I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.door import Refusal, Request
    from functions.pacing import Pacing
    from functions.promo import Call, Caller, Outcome
    from functions.replies import Reply
    from functions.settings import Settings
    from functions.world import World


@dataclass(frozen=True)
class Ignored:
    """A delivery that needs nothing of the sheet, such as a picture sent to the bot: it is acknowledged."""

    caller: Caller


@dataclass(frozen=True)
class Errand:
    """Something to send before the request is answered: `run` sends it, and gives "" or why that failed, for the log.

    The words hold nothing that a caller sent and no secret. Then `done` or `failed` is the answer.
    """

    run: Callable[[], str] = field(repr=False)  # it may hold a secret
    done: Reply
    failed: Reply


class Platform(Protocol):
    """One platform. Its methods are called in this order, and the order of refusal is that of DESIGN.md section 5."""

    def knows(self, path: str) -> bool:
        """Tell whether something is served at *path*."""

    def caller(self, request: Request, settings: Settings) -> Caller | Refusal:
        """Find out who calls, from the headers and the query alone."""

    def read(self, request: Request, body: bytes, caller: Caller) -> Call | Ignored | Refusal:
        """Make the call. *body* is not too large; nothing that is in it raises."""

    def told(self, request: Request, call: Call, outcome: Outcome, language: str, settings: Settings) -> Reply | Errand:
        """Answer the call in the platform's own form."""

    def refused(self, request: Request, refusal: Refusal, language: str) -> Reply:
        """Answer a request that got no further than `caller` or `read`."""

    def ignored(self, ignored: Ignored, language: str) -> Reply:
        """Acknowledge a delivery that needs nothing of the sheet."""


class Pusher(Protocol):
    """Takes what was told to the subscriber, by the platform's API; safe to use from many threads."""

    def push(self, request: Request, call: Call, outcome: Outcome, deadline: float) -> None:
        """Push it, and report what went wrong. *deadline* is that of the request, by the monotonic clock."""


@runtime_checkable
class Pushing(Protocol):
    """A platform whose answer nobody reads."""

    def pusher(
        self, settings: Settings, world: World, pacing: Pacing, report: Callable[[str, dict[str, object]], None]
    ) -> Pusher:
        """Make what pushes, once for a process."""
