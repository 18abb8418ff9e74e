"""Platforms that send a contact as JSON, show an API key, and read the answer in a form of their own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from functions import door, replies
from functions.door import Kind, Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.bots.platform import Ignored
    from functions.door import Refusal, Request
    from functions.fields import Sender
    from functions.promo import Call, Caller, Outcome
    from functions.replies import Reply
    from functions.settings import Settings

#: Makes the answer's JSON object of the request and of what flat JSON would say.
Form: TypeAlias = "Callable[[Request, Mapping[str, str]], dict[str, Any]]"


class Contact:
    """Serves `/NAME` (issue), `/NAME/check` and `/NAME/redeem`; see `functions.bots.platform`."""

    def __init__(self, sender: Sender, form: Form) -> None:
        """The name is the sender's platform."""
        self._sender = sender
        self._form = form

    def knows(self, path: str) -> bool:
        """Tell whether something is served at *path*."""
        return self._kind(path) is not None

    def caller(self, request: Request, settings: Settings) -> Caller | Refusal:
        """Find out who calls by an API key."""
        return door.caller_of(request, Surface.BOT, settings.keys)

    def read(self, request: Request, body: bytes, caller: Caller) -> Call | Ignored | Refusal:
        """Make the call of the contact. Raises BadField."""
        return door.call_of(request, self._kind(request.path) or Kind.ISSUE, body, caller, sender=self._sender)

    def told(self, request: Request, call: Call, outcome: Outcome, language: str, settings: Settings) -> Reply:
        """Answer in the platform's form."""
        del call, settings
        return replies.bot_json(outcome, self._form(request, replies.flat(outcome, language)))

    def refused(self, request: Request, refusal: Refusal, language: str) -> Reply:
        """Answer in the same form, so that the bot builder sees what is wrong in the chat."""
        return replies.bot_json(refusal, self._form(request, replies.flat(refusal, language)))

    def ignored(self, ignored: Ignored, language: str) -> Reply:
        """Say nothing; contacts always ask for something."""
        del ignored, language
        return replies.empty()

    def _kind(self, path: str) -> Kind | None:
        name, _, rest = path.strip("/").partition("/")
        return Surface.BOT.kind(f"/{rest}") if name == self._sender.platform else None
