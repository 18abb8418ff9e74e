"""Telegram's own webhook: an Update comes in, one method call of the Bot API goes back as the answer. Pure.

Contract: https://core.telegram.org/bots/api#setwebhook. Any 2xx ends a delivery; anything else is repeated for a day
and holds up the chat meanwhile, so what cannot be read is acknowledged like everything that asks for nothing. A repeat
is answered in the same words, because a code is said alike when it is new and when it is there already.
Codes are said in private chats alone.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from functions import replies
from functions.bots import telegram_api
from functions.bots.platform import Errand, Ignored
from functions.door import Refusal
from functions.fields import BadField, Body, Fields, parse
from functions.promo import Caller, CheckCall, Role, TypedCall
from sheet_schema import languages

if TYPE_CHECKING:
    from functions.door import Request
    from functions.promo import Call, Outcome
    from functions.replies import Reply
    from functions.settings import Settings

NAME = "telegram"
#: What stands in the sheet as the one who called.
CALLER = Caller(NAME, Role.BOT)
_COMMAND = re.compile(r"/(?P<name>\w+)(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_QR = "qr:"
#: Limits of the Bot API: of a text and an alert in UTF-16 units, of a button's data in bytes.
_TEXT, _ALERT, _DATA = 4096, 200, 64
_LARGEST_ID = 2**63 - 1
#: Words with which there is a code to show.
_SHOWN = replies.GIVEN | {"valid"}
_REPEATED = frozenset({"busy"})


@dataclass(frozen=True, slots=True)
class Message(TypedCall):
    """A text in a private chat. `spoken` is the language of the person's app, "" if it is none of ours."""

    chat_id: int = 0
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Press(CheckCall):
    """The button below a code was pressed: its picture is wanted. `press_id` is the callback query's."""

    chat_id: int = 0
    spoken: str = ""
    press_id: str = ""


@dataclass(frozen=True)
class Help(Ignored):
    """A text that is neither a campaign nor a code, which can be told without the sheet."""

    chat_id: int = 0
    spoken: str = ""


class Telegram:
    """Serves `/telegram`; see `functions.bots.platform`."""

    def knows(self, path: str) -> bool:
        """Tell whether something is served at *path*."""
        return path.strip("/") == NAME

    def caller(self, request: Request, settings: Settings) -> Caller | Refusal:
        """Find out whether Telegram calls, by the secret that only it was told; without one nothing is here."""
        secret = settings.telegram_secret_token
        if not secret:
            return Refusal("not_found_path", 404)
        shown = request.header("x-telegram-bot-api-secret-token").encode("utf-8", "surrogatepass")
        return CALLER if hmac.compare_digest(secret, shown) else Refusal("unauthorized", 401)

    def read(self, request: Request, body: bytes, caller: Caller) -> Call | Ignored | Refusal:
        """Make the call of an Update; what cannot be read asks for nothing."""
        try:
            update = parse(body)
            message, query = update.get("message"), update.get("callback_query")
            if isinstance(message, Body):
                return _message(message, caller, request)
            if isinstance(query, Body):
                return _press(query, caller)
        except BadField:
            pass  # Telegram would send it again and again
        return Ignored(caller)

    def told(self, request: Request, call: Call, outcome: Outcome, language: str, settings: Settings) -> Reply | Errand:
        """Answer with a message, or with a picture and a word on the button."""
        del request
        if outcome.word in _REPEATED:
            return replies.try_again()
        if isinstance(call, Press):
            return _picture(call, outcome, call.spoken or outcome.language or language, settings)
        if not isinstance(call, Message):
            return replies.empty()
        spoken = call.spoken or outcome.language or language
        if _is_help(call, outcome):
            return _message_of(call.chat_id, _sentence("telegram_help", spoken))
        button = _button(outcome.code, spoken) if settings.telegram_bot_token and outcome.word in _SHOWN else {}
        return _message_of(call.chat_id, _words(outcome, spoken), button)

    def refused(self, request: Request, refusal: Refusal, language: str) -> Reply:
        """Say no to who is not Telegram; an update that is too large is acknowledged, or it would come again."""
        del request
        return replies.empty() if refusal.word == "too_large" else replies.bot_reply(refusal, language)

    def ignored(self, ignored: Ignored, language: str) -> Reply:
        """Acknowledge, and say what the bot is for to who wrote something."""
        if isinstance(ignored, Help):
            return _message_of(ignored.chat_id, _sentence("telegram_help", ignored.spoken or language))
        return replies.empty()


def _message(message: Body, caller: Caller, request: Request) -> Call | Ignored:
    """Read a message. Raises BadField."""
    sender, text = message.get("from"), message.get("text")
    chat_id = _chat_id(message, sender)
    if not chat_id or not isinstance(sender, Body) or not isinstance(text, str) or not text.strip():
        return Ignored(caller)
    spoken = _spoken(sender)
    command = _COMMAND.fullmatch(text.strip())
    if command and command["name"].lower() != "start":
        return Help(caller, chat_id, spoken)
    try:
        said = _text((command["rest"] or "") if command else text)
    except BadField:
        return Help(caller, chat_id, spoken)
    if command and not said:
        said = Fields(request.query, Body()).text("campaign")
    name = Fields((), sender).person()
    linked = command is not None
    return Message(caller, f"tg{chat_id}", said, name, NAME, linked=linked, chat_id=chat_id, spoken=spoken)


def _press(query: Body, caller: Caller) -> Call | Ignored:
    """Read a callback query. Raises BadField."""
    sender, message, data, press_id = (query.get(name) for name in ("from", "message", "data", "id"))
    chat_id = _chat_id(message, sender) if isinstance(message, Body) else 0
    if not chat_id or not isinstance(sender, Body) or not isinstance(data, str) or not isinstance(press_id, str):
        return Ignored(caller)
    if not data.startswith(_QR):
        return Ignored(caller)
    code = Fields((), Body([("code", data.removeprefix(_QR))])).code()
    return Press(caller, code, f"tg{chat_id}", chat_id=chat_id, spoken=_spoken(sender), press_id=press_id)


def _chat_id(message: Body, sender: Any) -> int:
    """The id of the person, and of the private chat with them; 0 if this is no person in a private chat."""
    chat = message.get("chat")
    if not isinstance(chat, Body) or not isinstance(sender, Body) or sender.get("is_bot") is True:
        return 0
    person, place = sender.get("id"), chat.get("id")
    if not isinstance(person, int) or isinstance(person, bool) or not 0 < person <= _LARGEST_ID:
        return 0
    return person if chat.get("type") == "private" and place == person else 0


def _spoken(sender: Body) -> str:
    """The language of the person's app, an IETF tag, if it is one of ours."""
    tag = sender.get("language_code")
    code = tag.partition("-")[0].lower() if isinstance(tag, str) else ""
    return code if code in languages.LANGUAGES else ""


def _text(typed: str) -> str:
    """What was typed, on one line. Raises BadField if it can be neither a campaign nor a code."""
    return Fields((), Body([("text", " ".join(typed.split()))])).text("text")


def _is_help(call: Message, outcome: Outcome) -> bool:
    """True if what was typed was no question: small talk, or /start where no campaign is meant."""
    if call.linked:
        return outcome.word == "invalid_request"
    return outcome.word == "campaign_not_found"


def _words(outcome: Outcome, spoken: str) -> str:
    """What the person is told. A repeat of an update finds its code issued, and says the same."""
    return replies.message(replies.as_first(outcome).but(language=spoken), spoken)


def _picture(press: Press, outcome: Outcome, spoken: str, settings: Settings) -> Reply | Errand:
    if outcome.word != "valid":
        return _pressed(press, _words(outcome, spoken))
    failed = _pressed(press, _sentence("telegram_qr_failed", spoken))
    if not settings.telegram_bot_token:
        return failed
    address = settings.telegram_api_endpoint, settings.telegram_bot_token
    return Errand(partial(telegram_api.send_qr, *address, press.chat_id, outcome.code), _pressed(press), failed)


def _button(code: str, spoken: str) -> dict[str, Any]:
    """A button that asks for the picture; none if the code is too long for what a button can hold."""
    data = f"{_QR}{code}"
    if len(data.encode("utf-8", "replace")) > _DATA:
        return {}
    return {"reply_markup": {"inline_keyboard": [[{"text": _sentence("telegram_qr", spoken), "callback_data": data}]]}}


def _message_of(chat_id: int, text: str, more: dict[str, Any] | None = None) -> Reply:
    """Plain text, so that nothing in a name can be taken for a format."""
    return replies.said({"method": "sendMessage", "chat_id": chat_id, "text": _clipped(text, _TEXT)} | (more or {}))


def _pressed(press: Press, text: str = "") -> Reply:
    more = {"text": _clipped(text, _ALERT), "show_alert": True} if text else {}
    return replies.said({"method": "answerCallbackQuery", "callback_query_id": press.press_id} | more)


def _sentence(key: str, spoken: str) -> str:
    return languages.LANGUAGES.get(spoken, languages.LANGUAGES[languages.DEFAULT]).sentences[key]


def _clipped(text: str, units: int) -> str:
    return text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")


PLATFORM = Telegram()
