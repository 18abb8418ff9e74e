"""The part of the story in which BotHelp does not read the answer, so that the code is pushed to the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.example import BOT_KEY

if TYPE_CHECKING:
    from functions.local.bothelp import BotHelp
    from functions.local.demo import Stage

#: BotHelp's flow webhook as its consumers see it.
CONTACT = {
    "bothelp_user_id": 1849,
    "user_id": "123456789",
    "cuid": "1et0.2k",
    "name": "Ivan Petrov",
    "first_name": "Ivan",
    "last_name": "Petrov",
    "phone": None,
    "email": None,
    "messenger_username": "ivanp",
    "ref": "c1723106923821",
    "created_at": 1762126165,
    "utm_source": "",
    "promo_code": None,
}
_WHO = str(CONTACT["bothelp_user_id"])
_QUERY = f"?key={BOT_KEY}&campaign=spring&channel=telegram&message_field=promo_message&bot=c17&step=s18"


def play(stage: Stage, bothelp: BotHelp) -> dict[str, Any]:
    """Deliver the webhook twice; the first answer, which BotHelp does not read."""
    title = "BotHelp's flow webhook for a third; it does not read the answer"
    first = stage.call(title, "/bot/bothelp", "", CONTACT, {"status": "issued"}, _QUERY)
    again = {"status": "already_issued", "code": first["code"]}
    stage.call("The webhook is delivered again", "/bot/bothelp", "", CONTACT, again, _QUERY)
    seen = bothelp.seen().get(_WHO, {})
    stage.echo(f"   What BotHelp has of Ivan now: {seen}")
    pushed = {"promo_code": first["code"], "promo_message": first["message"]}
    stage.expect("the code and the message are in his fields", seen.get("fields") == pushed)
    stage.expect("he is tagged", seen.get("tags") == ["promo_issued"])
    stage.expect("the bot step was started once", seen.get("steps") == [("c17", "s18")])
    return first
