"""What to paste where, for each bot platform: `promosheet bot snippet`, and the same in the README. Pure data.

In a setting `what is pasted` stands between backticks; <url>, <campaign>, <channel> and <key> are put in, <url_key> is
the key as it may stand in a URL, <link> the campaign as it may stand in a link to a Telegram bot. Variables are written
as their platform writes them: {%bh_user_id%}, {{$['contact_id']}}, #{client_id}.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions import codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Rows = tuple[tuple[str, str], ...]
#: What stands for a value where nobody's own can: in the README.
LEFT_OPEN = "…"


@dataclass(frozen=True)
class Block:
    """One step of a bot: what it is for, its settings by what the platform calls them, and the body if it has one."""

    title: str
    settings: Rows
    body: str = ""


@dataclass(frozen=True)
class Snippet:
    """A platform by its name for people, its steps, and what else to know."""

    title: str
    blocks: tuple[Block, ...]
    notes: str


_ISSUE, _REDEEM = "<url>/bot/issue?campaign=<campaign>&channel=<channel>", "<url>/bot/redeem?channel=<channel>"
_KEY = "`X-Api-Key: <key>`"
_GIVE, _USE = "Give a code", "Redeem the code that the subscriber typed (a question keeps it in `promo_code`)"
_GIVEN, _USED = "`promo_status` equals `issued` or `already_issued`", "`promo_status` equals `redeemed`"
_PATHS = "`$.code` → `promo_code`, `$.message` → `promo_message`, `$.status` → `promo_status`"


@dataclass(frozen=True)
class _Flat:
    """A platform that maps flat JSON: what it calls its settings, and how it writes its variables."""

    name: str
    subscriber: str
    person: str
    typed: str
    method: str = "`POST {}`"
    header: str = _KEY
    save: str = "Save the answer"
    paths: str = _PATHS
    said: str = "{{promo_message}}"

    def blocks(self) -> tuple[Block, ...]:
        give = f'{{"platform":"{self.name}","subscriber_id":"{self.subscriber}","name":"{self.person}"}}'
        use = f'{{"subscriber_id":"{self.subscriber}","code":"{self.typed}"}}'
        return (
            Block(_GIVE, self._settings(_ISSUE, _GIVEN), give),
            Block(_USE, self._settings(_REDEEM, _USED), use),
        )

    def _settings(self, url: str, condition: str) -> Rows:
        return (
            ("Method, URL", self.method.format(url)),
            ("Header", self.header),
            (self.save, self.paths),
            ("Condition", f"{condition}: send `{self.said}`; else send it too, and end"),
        )


_BOTHELP = _Flat(
    "bothelp",
    "{%bh_user_id%}",
    "{%name%}",
    "{%promo_code%}",
    said="{%promo_message%}",
)
_MANYCHAT = _Flat("manychat", "mc{{user_id}}", "{{full_name}}", "{{promo_code}}")
_SENDPULSE = _Flat(
    "sendpulse",
    "sp{{$['contact_id']}}",
    "{{$['name']}}",
    "{{$['promo_code']}}",
    header=f"{_KEY}, `Content-Type: application/json`",
    save="Save to variables",
    said="{{$['promo_message']}}",
)
_SALEBOT = _Flat(
    "salebot",
    "sb#{client_id}",
    "#{name}",
    "#{promo_code}",
    method="POST-json, `{}`",
    header='`{"X-Api-Key":"<key>"}`',
    save="Values to save",
    paths="`code->promo_code; message->promo_message; status->promo_status`",
    said="#{promo_message}",
)
_TYPEBOT = _Flat(
    "typebot",
    "tb{{user_id}}",
    "{{name}}",
    "{{promo_code}}",
    save="Save in variables",
    paths="`data.code` → `promo_code`, `data.message` → `promo_message`, `data.status` → `promo_status`",
)
_DYNAMIC: Rows = (
    ("Header", _KEY),
    ("Body", "*Add Full Contact Data*, and nothing else"),
    ("Made before", "custom fields `promo_code`, `promo_status`, `promo_expiration_date` (text), tag `promo_issued`"),
)
_CHATFUEL_ID = '"chatfuel user id":"{{chatfuel user id}}"'

SNIPPETS: Mapping[str, Snippet] = {
    "bothelp": Snippet(
        "BotHelp",
        (
            *_BOTHELP.blocks(),
            Block(
                f"{_GIVE} without an External Request, by *Send subscriber data via webhook*",
                (
                    (
                        "URL",
                        "`<url>/bot/bothelp?key=<url_key>&campaign=<campaign>&channel=<channel>&message_field=promo_message`",
                    ),
                    ("Made before", "custom fields `promo_code`, `promo_message` (text)"),
                    (
                        "Start a step with the code",
                        "`&bot=` and `&step=` at the end of the URL, each with its referral",
                    ),
                    ("The functions need", "`BOTHELP_CLIENT_ID`, `BOTHELP_CLIENT_SECRET`: what the Open API gave you"),
                ),
            ),
        ),
        "A quote in a name can break the JSON of the body. Put `&subscriber_id={%bh_user_id%}` into the URL too: what "
        "is in the URL is still read then.",
    ),
    "manychat": Snippet(
        "ManyChat",
        (
            Block(
                f"{_GIVE}, Dynamic Block",
                (
                    ("Method, URL", "`POST <url>/bot/manychat?campaign=<campaign>&channel=<channel>`"),
                    *_DYNAMIC,
                    ("Condition", f"after the block: {_GIVEN}"),
                ),
            ),
            Block(
                f"{_USE}, Dynamic Block",
                (
                    ("Method, URL", "`POST <url>/bot/manychat/redeem?channel=<channel>`"),
                    *_DYNAMIC,
                    ("Condition", f"after the block: {_USED}"),
                ),
            ),
            *(Block(f"{each.title}, External Request", each.settings, each.body) for each in _MANYCHAT.blocks()),
        ),
        "The Dynamic Block says the message by itself; the External Request leaves that to the flow. Put variables in "
        "by ManyChat's own button ({{user_id}} is Contact Id), and `mc` before the id: then both know the same "
        "subscriber. `channel=telegram`, `instagram` or `whatsapp` is a must in the URL of a Dynamic Block there; "
        "Messenger needs none.",
    ),
    "chatfuel": Snippet(
        "Chatfuel",
        (
            Block(
                _GIVE,
                (
                    ("Type, URL", "JSON API, `POST <url>/bot/chatfuel?campaign=<campaign>&channel=<channel>`"),
                    ("Header", _KEY),
                    ("Condition", f"after the block: {_GIVEN}"),
                ),
                f'{{{_CHATFUEL_ID},"first name":"{{{{first name}}}}","last name":"{{{{last name}}}}"}}',
            ),
            Block(
                _USE,
                (
                    ("Type, URL", "JSON API, `POST <url>/bot/chatfuel/redeem?channel=<channel>`"),
                    ("Header", _KEY),
                    ("Condition", f"after the block: {_USED}"),
                ),
                f'{{{_CHATFUEL_ID},"code":"{{{{promo_code}}}}"}}',
            ),
        ),
        "Chatfuel says the message by itself, and keeps the rest of the answer in attributes: `promo_code`, "
        "`promo_status`, `promo_expiration_date` and so on.",
    ),
    "sendpulse": Snippet(
        "SendPulse",
        _SENDPULSE.blocks(),
        "The step is *API request*. Put the variables in by its own button: what the contact's id is called depends on "
        "the channel.",
    ),
    "salebot": Snippet(
        "Salebot",
        _SALEBOT.blocks(),
        "The step is a block with an API request. `sb` before the id keeps Salebot's people apart from another bot's.",
    ),
    "typebot": Snippet(
        "Typebot",
        _TYPEBOT.blocks(),
        "The step is *HTTP request* with a custom body. Typebot knows nobody by itself: fill `user_id` where the bot "
        "is embedded, or everybody who starts anew is somebody new.",
    ),
    "telegram": Snippet(
        "Telegram",
        (
            Block(
                "Take the bot of @BotFather into use",
                (
                    ("Variables", "`TELEGRAM_BOT_TOKEN`, `TELEGRAM_SECRET_TOKEN` (1 to 256 of A-Z a-z 0-9 _ -)"),
                    (
                        "Once",
                        (
                            '`curl "https://api.telegram.org/bot$TELEGRAM_BOT_TOKEN/setWebhook" '
                            "-d url=<url>/bot/telegram -d secret_token=$TELEGRAM_SECRET_TOKEN "
                            '-d \'allowed_updates=["message","callback_query"]\'`'
                        ),
                    ),
                    ("Link for subscribers", "`https://t.me/YOUR_BOT?start=<link>`"),
                ),
            ),
        ),
        "A link has room for A-Z a-z 0-9 _ - alone, at most 64 of them, so it has the Latin letters and digits of the "
        "campaign's name. Its Prefix will do, too; and who types the name of the campaign needs no link.",
    ),
}


def filled(text: str, url: str, campaign: str, channel: str, key: str) -> str:
    """Put the shop's own values into a text; what goes into a URL is written so that it may stand there."""
    base = url.rstrip("/").removesuffix("/bot")
    values = {"<url>": base, "<campaign>": quote(campaign, safe=""), "<channel>": quote(channel, safe=""), "<key>": key}
    values["<link>"] = re.sub(r"[^A-Za-z0-9_-]+", "_", codes.transliterate(campaign)).strip("_")
    values["<url_key>"] = key if key == LEFT_OPEN else quote(key, safe="")
    return re.sub(r"<\w+>", lambda hole: values.get(hole[0], hole[0]), text)


def plain(snippet: Snippet) -> Iterator[str]:
    """Lines for a terminal: nothing but what is pasted stands between the names and the ends of the lines."""
    for block in snippet.blocks:
        yield f"{snippet.title}: {_bare(block.title)}"
        rows = [*block.settings, *([("Body (JSON)", block.body)] if block.body else ())]
        width = max(len(name) for name, _ in rows)
        yield from (f"  {name:<{width}}  {_bare(value)}" for name, value in rows)
        yield ""
    yield _bare(snippet.notes)


def markdown(snippet: Snippet) -> Iterator[str]:
    """Lines of the README: for each step a table."""
    for block in snippet.blocks:
        yield from (f"{block.title}:", "", "| setting | value |", "|---|---|")
        rows = [*block.settings, *([("Body (JSON)", f"`{block.body}`")] if block.body else ())]
        yield from (f"| {name} | {value} |" for name, value in rows)
        yield ""
    yield snippet.notes


def _bare(text: str) -> str:
    return text.replace("`", "").replace("*", "")
