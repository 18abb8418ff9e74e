"""Chatfuel's JSON API: the bot posts the person's attributes, messages and attributes go back.

Contract: https://docs.chatfuel.com (JSON API): `{"messages": [{"text": …}], "set_attributes": {…}}`, within 10 seconds.
The attributes come as JSON or as a form, by their names in Chatfuel, which have spaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.bots.contact import Contact
from functions.fields import Sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.door import Request


def form(request: Request, flat: Mapping[str, str]) -> dict[str, Any]:
    """Say the message, and keep everything that flat JSON would say in attributes, for the bot to branch on."""
    del request
    attributes = {f"promo_{name}": value for name, value in flat.items() if name != "message"}
    return {"messages": [{"text": flat["message"]}], "set_attributes": attributes}


PLATFORM = Contact(
    Sender(
        ids=("subscriber_id", "chatfuel user id", "messenger user id", "user_id"),
        prefix="cf",
        platform="chatfuel",
        parts=("first name", "last name", "first_name", "last_name"),
    ),
    form,
)
