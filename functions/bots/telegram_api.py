"""What Telegram takes no other way than by a call of ours: a picture, and what nobody asked for. I/O, and no rule.

The address holds the bot's token, so neither it nor the text of an error, which repeats it, goes anywhere.
"""

from __future__ import annotations

import io
import logging
import re

from functions.bots.telling import Told

#: Seconds to connect, and between two bytes; Telegram itself waits 60 for the answer to an update.
_TIMEOUT_S = (3.05, 10.0)
_OK, _REFUSED, _UNAUTHORIZED, _NO_SUCH_BOT, _TOO_MANY, _SERVER_ERROR = 200, 400, 401, 404, 429, 500
_TOKEN = re.compile(r"/bot[^/\s'\"]+")


class _Tokenless(logging.Filter):
    """Takes tokens out of what the HTTP library logs: it shows each address at the level DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; never drop it."""
        line = record.getMessage()
        if "/bot" in line:
            record.msg, record.args = _TOKEN.sub("/bot…", line), ()
        return True


_tokenless = _Tokenless()


def qr(text: str) -> bytes:
    """Draw a QR picture of *text*, a PNG. Raises ValueError if it is too long for one."""
    import segno  # noqa: PLC0415 - nobody pays for it who sends no pictures

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=12, border=4)
    return picture.getvalue()


def send_qr(endpoint: str, token: str, chat_id: int, code: str) -> str:
    """Send a code as a picture, with the code below it; "" if it was taken, else why not, without any secret."""
    import requests  # noqa: PLC0415 - nobody pays for it who sends no pictures

    logging.getLogger("urllib3.connectionpool").addFilter(_tokenless)
    try:
        answer = requests.post(
            f"{endpoint}/bot{token}/sendPhoto",
            data={"chat_id": str(chat_id), "caption": code},
            files={"photo": ("promo-code.png", qr(code), "image/png")},
            timeout=_TIMEOUT_S,
            allow_redirects=False,
        )
    except (requests.RequestException, ValueError) as error:
        return f"no picture was sent: {type(error).__name__}"
    return "" if answer.status_code == _OK else f"no picture was sent: HTTP {answer.status_code}"


def send_message(endpoint: str, token: str, chat_id: int, text: str, timeout_s: float) -> Told:
    """Send a message, once; a person who has stopped the bot refuses it for good. Never raises for what Telegram says.

    https://core.telegram.org/bots/api#making-requests: 401 and 404 are about the token, 429 about the pace.
    """
    import requests  # noqa: PLC0415 - nobody pays for it who sends nothing

    from functions.bots.never_sent import never_sent  # noqa: PLC0415

    logging.getLogger("urllib3.connectionpool").addFilter(_tokenless)
    try:
        answer = requests.post(
            f"{endpoint}/bot{token}/sendMessage",
            json={"chat_id": chat_id, "text": text},
            timeout=timeout_s,
            allow_redirects=False,
        )
    except (requests.RequestException, ValueError) as error:
        return Told.LATER if never_sent(error) else Told.UNKNOWN
    status = answer.status_code
    if status in {_UNAUTHORIZED, _NO_SUCH_BOT, _TOO_MANY}:
        return Told.LATER
    if status == _OK:
        return Told.SENT
    return Told.REFUSED if _REFUSED <= status < _SERVER_ERROR else Told.UNKNOWN
