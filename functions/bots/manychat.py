"""ManyChat's Dynamic Block: "full contact data" comes in, messages and actions go out.

Contract: https://manychat.github.io/dynamic_block_docs/ (version v2; at most 10 messages and 5 actions). A plain
External Request of ManyChat maps flat JSON and needs nothing of this: it asks /issue, with `mc` before the id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions import replies
from functions.bots.contact import Contact
from functions.fields import Sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.door import Request

#: Channels that an answer has to name; for Messenger it must not (a block that names another one is not shown).
_TYPES = frozenset({"instagram", "telegram", "whatsapp"})
#: What is kept in the contact, in custom fields with `promo_` before the name.
_KEPT = ("code", "status", "expiration_date")


def form(request: Request, flat: Mapping[str, str]) -> dict[str, Any]:
    """Say the message, keep the code in the contact, and tag who got one."""
    content: dict[str, Any] = {"messages": [{"type": "text", "text": flat["message"]}]}
    channel = next((value.strip().casefold() for name, value in request.query if name == "channel"), "")
    if channel in _TYPES:
        content = {"type": channel, **content}
    actions = [_kept(f"promo_{name}", flat[name]) for name in _KEPT]
    if flat["status"] in replies.GIVEN:
        actions.append({"action": "add_tag", "tag_name": "promo_issued"})
    return {"version": "v2", "content": {**content, "actions": actions}}


def _kept(field: str, value: str) -> dict[str, str]:
    """Set a custom field; one without a value is emptied, or the bot would go on with what stood there before."""
    if not value:
        return {"action": "unset_field_value", "field_name": field}
    return {"action": "set_field_value", "field_name": field, "value": value}


PLATFORM = Contact(
    Sender(ids=("subscriber_id", "id"), prefix="mc", platform="manychat", inner="custom_fields"),
    form,
)
