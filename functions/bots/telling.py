"""Tell a subscriber something that they did not ask for: which bot can, and what became of it.

A message has no name by which a bot platform could tell a repeat. So each is sent once, and what is not known counts
as sent.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from functions.bots.bothelp import is_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.bots.bothelp_api import Api
    from functions.settings import Settings
    from functions.world import World

#: A message of a Telegram bot waits no longer for its answer.
_LONGEST_S, _SHORTEST_S = 5.0, 0.5
_TELEGRAM_ID = re.compile(r"tg([0-9]{1,18})", re.ASCII)


class Told(Enum):
    """What became of a message. LATER: it was certainly not sent, and may be later; REFUSED: it never will be."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Teller(Protocol):
    """One bot that can write to a subscriber."""

    def knows(self, subscriber_id: str) -> bool:
        """Tell whether this may be an id of its subscribers."""

    def tell(self, subscriber_id: str, text: str, deadline: float) -> Told:
        """Send a message once. *deadline* is by the monotonic clock."""


class BotHelpTeller:
    """BotHelp's Open API."""

    def __init__(self, api: Api, report: Callable[[str, dict[str, object]], None]) -> None:
        """Take what it works with."""
        self._api = api
        self._report = report

    def knows(self, subscriber_id: str) -> bool:
        """A number of BotHelp's own, or a cuid."""
        return is_address(subscriber_id)

    def tell(self, subscriber_id: str, text: str, deadline: float) -> Told:
        """Send a message once."""
        from functions.bots.bothelp_api import PushFailed, address  # noqa: PLC0415 - imports the HTTP client

        try:
            self._api.send_message(address(subscriber_id), text, deadline)
        except PushFailed as failure:
            self._report("BotHelp took no message", {"severity": "WARNING", "reason": str(failure)})
            if not failure.certain:
                return Told.UNKNOWN
            return Told.REFUSED if failure.final else Told.LATER
        return Told.SENT


class TelegramTeller:
    """A Telegram bot of the shop's own."""

    def __init__(
        self, endpoint: str, token: str, world: World, report: Callable[[str, dict[str, object]], None]
    ) -> None:
        """Take what it works with; *token* is the bot's."""
        self._endpoint = endpoint
        self._token = token
        self._world = world
        self._report = report

    def knows(self, subscriber_id: str) -> bool:
        """A chat that the bot has had: `tg` and its number."""
        return _TELEGRAM_ID.fullmatch(subscriber_id) is not None

    def tell(self, subscriber_id: str, text: str, deadline: float) -> Told:
        """Send a message once."""
        from functions.bots import telegram_api  # noqa: PLC0415 - imports the HTTP client

        left = deadline - self._world.monotonic()
        if left < _SHORTEST_S:
            return Told.LATER
        chat_id = int(subscriber_id.removeprefix("tg"))
        told = telegram_api.send_message(self._endpoint, self._token, chat_id, text, min(left, _LONGEST_S))
        if told is not Told.SENT:
            self._report("Telegram took no message", {"severity": "WARNING", "reason": told.value})
        return told


def tellers_of(settings: Settings, world: World, report: Callable[[str, dict[str, object]], None]) -> dict[str, Teller]:
    """Every bot that is set up, by what the column Platform says of its subscribers."""
    found: dict[str, Teller] = {}
    if settings.bothelp is not None:
        from functions.bots.bothelp_api import Api  # noqa: PLC0415 - imports the HTTP client

        found["bothelp"] = BotHelpTeller(Api(settings.bothelp, world), report)
    if settings.telegram_bot_token:
        found["telegram"] = TelegramTeller(settings.telegram_api_endpoint, settings.telegram_bot_token, world, report)
    return found
