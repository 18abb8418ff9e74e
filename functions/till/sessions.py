"""Who is signed in at the till page: a cookie, the secret of its forms, and links that sign in. Pure.

A cookie and a link are the same thing under two labels: when it ends, the fingerprint of a key of API_KEYS, a random
name, and an HMAC over them whose key is derived from CODE_KEY. Nothing is stored: a key that is removed, renamed or
given another role fits no fingerprint any more, and ends what was signed in with it; so does another CODE_KEY.

    5 bytes: end, seconds since 1970 UTC · 16: fingerprint · 9: random · 24: HMAC          72 letters of base64url
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.settings import Key

DAY_S = 86_400
#: Days that a person stays signed in, and that a link may be good for.
DAYS = 30
_END, _FINGERPRINT, _NAME, _PROOF = 5, 16, 9, 24
_LENGTH = _END + _FINGERPRINT + _NAME + _PROOF
_LAST_END = (1 << 8 * _END) - 1


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in: the key that it was done with, and what a changing request of the page has to show."""

    key: Key
    csrf: str


class Sessions:
    """Makes and reads cookies and links for the keys of one deployment. Times are seconds since 1970 UTC."""

    def __init__(self, code_key: bytes, keys: Sequence[Key]) -> None:
        self._secret = hmac.digest(code_key, b"promosheet: sessions of the till page, version 1", "sha256")
        self._keys = tuple(keys)

    def cookie(self, key: Key, now: float, name: str) -> str:
        """Make the cookie of *key*, good for DAYS; *name* is one that nobody else chooses."""
        return self._sealed("cookie", key, now + DAYS * DAY_S, name)

    def link(self, key: Key, end: float, name: str) -> str:
        """Make what a link carries that signs in with *key* until *end*; *name* is one that nobody else chooses."""
        return self._sealed("link", key, end, name)

    def session(self, cookie: str, now: float) -> Session | None:
        """Find out who is signed in by a cookie; None if it is no good, or not any more."""
        key = self._opened("cookie", cookie, now)
        return None if key is None else Session(key, _text(self._proof("csrf", cookie.encode())))

    def key_of_link(self, link: str, now: float) -> Key | None:
        """Find the key that a link signs in with; None if it is no good, or not any more."""
        return self._opened("link", link, now)

    def _sealed(self, label: str, key: Key, end: float, name: str) -> str:
        ends = min(int(end), _LAST_END).to_bytes(_END, "big")
        content = ends + self._fingerprint(key) + hashlib.sha256(name.encode()).digest()[:_NAME]
        return _text(content + self._proof(label, content))

    def _opened(self, label: str, text: str, now: float) -> Key | None:
        sealed = _bytes(text)
        content, proof = sealed[:-_PROOF], sealed[-_PROOF:]
        if len(sealed) != _LENGTH or not hmac.compare_digest(proof, self._proof(label, content)):
            return None
        if int.from_bytes(content[:_END], "big") <= now:
            return None
        fingerprint = content[_END : _END + _FINGERPRINT]
        fitting = [key for key in self._keys if hmac.compare_digest(self._fingerprint(key), fingerprint)]
        return fitting[0] if fitting else None

    def _fingerprint(self, key: Key) -> bytes:
        """Tell a key by its name, its role and its secret together."""
        whole = b"\0".join((key.name.encode(), key.role.encode(), key.secret))
        return self._proof("fingerprint", whole)[:_FINGERPRINT]

    def _proof(self, label: str, content: bytes) -> bytes:
        return hmac.digest(self._secret, label.encode() + b"\0" + content, "sha256")[:_PROOF]


def _text(content: bytes) -> str:
    """54 or 24 bytes as base64url, which needs no padding then."""
    return base64.urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    """What a text stands for; b"" if it is not written as `_text` writes it."""
    try:
        found = base64.b64decode(text, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
    return found if _text(found) == text else b""
