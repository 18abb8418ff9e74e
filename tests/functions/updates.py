"""Updates as Telegram's Bot API sends them (https://core.telegram.org/bots/api#update), and a QR reader."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import zxingcpp

ANNA = {
    "id": 1849,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Smirnova",
    "username": "anna",
    "language_code": "en",
}


def message(typed: str | None = "/start spring", sender: Any = None, **more: Any) -> dict[str, Any]:
    """A message in a private chat; *more* are other parts of the message, such as a photo."""
    sender = {**ANNA, **(sender or {})}
    chat = {"id": sender["id"], "first_name": "Anna", "username": "anna", "type": "private"}
    content = {} if typed is None else {"text": typed}
    if typed and typed.startswith("/"):
        content["entities"] = [{"offset": 0, "length": len(typed.split()[0]), "type": "bot_command"}]  # type: ignore[assignment]
    told = {"message_id": 17, "from": sender, "chat": chat, "date": 1773133200, **content, **more}
    return {"update_id": 912345678, "message": told}


def press(data: str = "qr:SPRING-11111-22222", sender: Any = None, **more: Any) -> dict[str, Any]:
    """A press of the button below a message of the bot."""
    sender = {**ANNA, **(sender or {})}
    bot = {"id": 700, "is_bot": True, "first_name": "Promo", "username": "promo_bot"}
    chat = {"id": sender["id"], "first_name": "Anna", "type": "private"}
    below = {"message_id": 18, "from": bot, "chat": chat, "date": 1773133201, "text": "Your promo code is …"}
    query = {"id": "7940000000000000001", "from": sender, "message": below, "chat_instance": "-1", "data": data, **more}
    return {"update_id": 912345679, "callback_query": query}


def scan(png: bytes) -> str:
    """What a phone reads from a picture: one bit a pixel, as segno writes it."""
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (png[:8], depth, colours) == (b"\x89PNG\r\n\x1a\n", 1, 0)
    start = png.index(b"IDAT")
    packed = zlib.decompress(png[start + 4 : start + 4 + int.from_bytes(png[start - 4 : start], "big")])
    step = (width + 7) // 8 + 1
    lines = [bytes(step - 1)]
    for place in range(0, step * height, step):
        kind, line = packed[place], packed[place + 1 : place + step]
        assert kind in {0, 2}  # as it is, or added to the line above
        lines.append(bytes((a + b) % 256 for a, b in zip(line, lines[-1], strict=True)) if kind else line)
    dots = bytes(255 * (line[x // 8] >> (7 - x % 8) & 1) for line in lines[1:] for x in range(width))
    (found,) = zxingcpp.read_barcodes(memoryview(dots).cast("B", (height, width)))
    text: str = found.text
    return text
