"""Platforms that send a contact, show an API key, and read the answer in a form of their own. Pure.

A contact comes as JSON; an HTML form is understood too, since some builders send one whatever they say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from functions import door, replies
from functions.door import Kind, Surface
from functions.fields import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.bots.platform import Ignored
    from functions.door import Refusal, Request
    from functions.fields import Sender
    from functions.promo import Call, Caller, Outcome
    from functions.replies import Reply
    from functions.settings import Settings

_FORM = "application/x-www-form-urlencoded"
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
        kind = self._kind(request.path) or Kind.ISSUE
        request, body = _without_form(request, body)
        return door.call_of(request, kind, body, caller, sender=self._sender)

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


def _without_form(request: Request, body: bytes) -> tuple[Request, bytes]:
    """Move the fields of an HTML form into the query; JSON that calls itself a form stays JSON. Raises BadField."""
    if not request.header("content-type").lower().startswith(_FORM) or body.lstrip().startswith(b"{"):
        return request, body
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        refuse("body", "not_utf8")
    return replace(request, query=[*request.query, *fields]), b""
