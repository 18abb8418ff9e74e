"""ManyChat's Dynamic Block: "full contact data" comes in, messages and actions go out.

Contract: https://manychat.github.io/dynamic_block_docs/ (version v2; at most 10 messages and 5 actions). A plain
External Request of ManyChat maps flat JSON and needs nothing of this: it asks /issue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions import replies
from functions.bots.contact import Contact
from functions.fields import Sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.door import Request


def body(request: Request, flat: Mapping[str, str]) -> dict[str, Any]:
    """Say the message, keep the code in the contact, and tag who got one."""
    content: dict[str, Any] = {"messages": [{"type": "text", "text": flat["message"]}]}
    channel = next((value for name, value in request.query if name == "channel"), "")
    if channel and channel != "messenger":  # for Messenger it has to be left out
        content = {"type": channel, **content}
    actions = [
        {"action": "set_field_value", "field_name": f"promo_{name}", "value": flat[name]}
        for name in ("code", "status", "expiration_date")
        if flat[name]
    ]
    if flat["status"] in replies.GIVEN:
        actions.append({"action": "add_tag", "tag_name": "promo_issued"})
    return {"version": "v2", "content": {**content, "actions": actions}}


PLATFORM = Contact(Sender(ids=("subscriber_id", "id"), prefix="mc", platform="manychat"), body)
