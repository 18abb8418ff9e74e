"""What a bot platform's module has to be. Pure: bytes in, a call out; an outcome in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from functions.door import Refusal, Request
    from functions.promo import Call, Caller, Outcome
    from functions.replies import Reply
    from functions.settings import Settings


@dataclass(frozen=True)
class Ignored:
    """A delivery that asks for nothing, such as a picture sent to the bot: it is acknowledged, and that is all."""

    caller: Caller


class Platform(Protocol):
    """One platform. Its methods are called in this order, and the order of refusal is that of DESIGN.md section 5."""

    def knows(self, path: str) -> bool:
        """Tell whether something is served at *path*."""

    def caller(self, request: Request, settings: Settings) -> Caller | Refusal:
        """Find out who calls, from the headers and the query alone."""

    def read(self, request: Request, body: bytes, caller: Caller) -> Call | Ignored | Refusal:
        """Make the call. *body* is not too large; nothing that is in it raises."""

    def told(self, request: Request, call: Call, outcome: Outcome, language: str) -> Reply:
        """Answer the call in the platform's own form."""

    def refused(self, request: Request, refusal: Refusal, language: str) -> Reply:
        """Answer a request that got no further than `caller` or `read`."""

    def ignored(self) -> Reply:
        """Acknowledge a delivery that asks for nothing."""
