"""BotHelp's "Send subscriber data via webhook": a contact comes in, the code goes back through the Open API.

Contract: https://help.bothelp.io/en/webhook-bothelp. Only a URL can be set there, so the key, and what is to be done
with the code, stand in it; the answer is not read. BotHelp's External Request is flat JSON and needs nothing of this.

    POST /bothelp?key=…&campaign=spring&channel=telegram&message_field=promo_message&bot=c17…&step=s17…
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions import door, replies
from functions.door import Kind, Refusal, Surface
from functions.fields import BadField, Body, Fields, Sender, parse, refuse
from functions.promo import Call, Caller, IssueCall

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.bots.bothelp_push import BotHelpPusher
    from functions.bots.platform import Errand, Ignored
    from functions.door import Request
    from functions.pacing import Pacing
    from functions.promo import Outcome
    from functions.replies import Reply
    from functions.settings import Settings
    from functions.world import World

CODE_FIELD = "promo_code"
_IDS = ("bothelp_user_id", "bh_user_id")
_SENDER = Sender(ids=(*_IDS, "cuid"), platform="bothelp")
_ID = re.compile(r"[0-9]{1,20}", re.ASCII)
#: It becomes a part of a path: no slash, and not dots alone.
_CUID = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Wishes:
    """Where the code goes: names of BotHelp's custom fields, and the bot step to start; "" for none."""

    code_field: str = CODE_FIELD
    message_field: str = ""
    expires_field: str = ""
    bot: str = ""
    step: str = ""

    @classmethod
    def of(cls, query: Sequence[tuple[str, str]]) -> Wishes:
        """Read them from the URL alone: the body has the subscriber's own fields. Raises BadField."""
        fields = Fields(query, Body())
        found = cls(
            code_field=fields.text("code_field") or CODE_FIELD,
            message_field=fields.text("message_field"),
            expires_field=fields.text("expires_field"),
            bot=fields.text("bot"),
            step=fields.text("step"),
        )
        if bool(found.bot) != bool(found.step):
            refuse("step" if found.bot else "bot", "missing")
        return found


class BotHelp:
    """Serves `/bothelp`; see `functions.bots.platform`."""

    def knows(self, path: str) -> bool:
        """Tell whether something is served at *path*."""
        return path.strip("/") == "bothelp"

    def caller(self, request: Request, settings: Settings) -> Caller | Refusal:
        """Find out who calls by an API key; nothing is served to a shop that cannot push."""
        found = door.caller_of(request, Surface.BOT, settings.keys)
        if isinstance(found, Caller) and settings.bothelp is None:
            return Refusal("not_found_path", 404)
        return found

    def read(self, request: Request, body: bytes, caller: Caller) -> Call | Ignored | Refusal:
        """Make the call of the contact. Raises BadField."""
        Wishes.of(request.query)
        call = door.call_of(request, Kind.ISSUE, body, caller, sender=_SENDER)
        if not isinstance(call, IssueCall):
            return Refusal("invalid_request", 400)
        known, pattern = ("id", _ID) if _has_id(request, body) else ("cuid", _CUID)
        named_by_id = known == "id"
        if not pattern.fullmatch(call.subscriber_id) or call.subscriber_id.isdecimal() != named_by_id:
            refuse(_IDS[0] if named_by_id else "cuid", "characters")
        return replace(call, pushed=True)

    def told(self, request: Request, call: Call, outcome: Outcome, language: str, settings: Settings) -> Reply | Errand:
        """Answer as /issue does: BotHelp does not read it, a person who tries it out does."""
        del request, call, settings
        return replies.bot_reply(outcome, language)

    def refused(self, request: Request, refusal: Refusal, language: str) -> Reply:
        """Answer as /issue does."""
        del request
        return replies.bot_reply(refusal, language)

    def ignored(self, ignored: Ignored, language: str) -> Reply:
        """Say nothing; a contact always asks for something."""
        del ignored, language
        return replies.empty()

    def pusher(
        self, settings: Settings, world: World, pacing: Pacing, report: Callable[[str, dict[str, object]], None]
    ) -> BotHelpPusher:
        """Make what pushes; it needs Google's client, and so is imported with the first call that has a good key."""
        from functions.bots.bothelp_push import pusher_of  # noqa: PLC0415

        return pusher_of(settings, world, pacing, report)


def is_address(subscriber_id: str) -> bool:
    """Tell whether BotHelp may know somebody by this Subscriber ID: its own number, or a cuid."""
    return bool(_ID.fullmatch(subscriber_id) or _CUID.fullmatch(subscriber_id))


def _has_id(request: Request, body: bytes) -> bool:
    """True if the subscriber came by BotHelp's own id, and not by cuid."""
    try:
        return Fields(request.query, parse(body)).has_any(_IDS)
    except BadField:  # call_of has done without the body, too
        return Fields(request.query, Body()).has_any(_IDS)


PLATFORM = BotHelp()
