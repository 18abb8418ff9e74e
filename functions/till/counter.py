"""The till page over HTTP: the page and its files, signing in and out, and who calls by a cookie.

Nothing here reads the sheet. `Visit` says what a request was answered and what the log may say of it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from functions import door, replies
from functions.door import Refusal, Surface
from functions.fields import BadField, parse, refuse
from functions.promo import Caller
from functions.replies import Reply
from functions.till import MANIFEST, PAGE, SESSION, STATIC, browser, files
from functions.till.sessions import Sessions
from functions.till.slowing import Slowing

if TYPE_CHECKING:
    from functions.door import Request
    from functions.settings import Key, Settings
    from functions.till.sessions import Session
    from functions.world import World

_UNAUTHORIZED = Refusal("unauthorized", 401, headers=(("WWW-Authenticate", "Bearer"),))
_FORBIDDEN = Refusal("forbidden", 403)
_LONGEST_LINK = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """An answer; a word of the log's for what it was, and the name of the key of who signed in, "" otherwise."""

    word: str
    reply: Reply
    caller: str = ""


class Counter:
    """Serves the page of one deployment; safe to use from many threads."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._keys = settings.keys
        self._sessions = Sessions(settings.code_key, settings.keys)
        self._slowing = Slowing()
        self._world = world

    def caller(self, request: Request) -> Caller | Refusal:
        """Find out who calls by a cookie; a request that may change something has to come from our own page."""
        session = self._session(request)
        if session is None:
            return _UNAUTHORIZED
        if session.key.role not in Surface.TILL.roles or not browser.is_own(request):
            return _FORBIDDEN
        if request.method not in browser.READING and not _shows(request, session):
            return _FORBIDDEN
        return Caller(session.key.name, session.key.role)

    def visit(self, request: Request, language: str, time_zone: str) -> Visit:
        """Answer a request for the page or something of it."""
        if request.path == SESSION:
            return self._signing(request, language)
        if request.method not in browser.READING:
            return _refused(Refusal("method_not_allowed", 405, headers=(("Allow", "GET, HEAD"),)), language)
        if not request.path:  # relative, since a proxy may have taken the beginning of the path away
            beside = request.base.rpartition("/")[2]
            return Visit("moved", Reply(308, {"Location": f"{beside}/", **browser.HEADERS}, b""))
        if request.path == PAGE:
            return self._page(request, language, time_zone)
        return _manifest(request, language) if request.path == MANIFEST else _file(request, language)

    def _page(self, request: Request, language: str, time_zone: str) -> Visit:
        from functions.till import page  # noqa: PLC0415 - a till that only calls does not pay for templates

        body = page.page(language, time_zone, self._session(request))
        return _served(request, "text/html; charset=utf-8", body, {"Cache-Control": "no-store"})

    def _signing(self, request: Request, language: str) -> Visit:
        """Sign in, sign out, or say who is signed in."""
        allowed = {"GET", "HEAD", "POST", "DELETE"}
        if request.method not in allowed:
            return _refused(
                Refusal("method_not_allowed", 405, headers=(("Allow", "GET, HEAD, POST, DELETE"),)), language
            )
        if not browser.is_own(request):
            return _refused(_FORBIDDEN, language)
        if request.method == "POST":
            found = self._sign_in(request)
            return _refused(found, language) if isinstance(found, Refusal) else found
        session = self._session(request)
        if request.method == "DELETE":
            if session is not None and not _shows(request, session):
                return _refused(_FORBIDDEN, language)
            said = _said({"ok": True, "status": "signed_out"}, browser.kept(request, ""))
            return Visit("signed_out", said, session.key.name if session else "")
        return Visit("served", _said(_told(session)), session.key.name if session else "")

    def _sign_in(self, request: Request) -> Visit | Refusal:
        address = request.address()
        wait = self._slowing.begin(address, self._world.monotonic())
        if wait:
            return Refusal("too_many", 429, headers=(("Retry-After", str(ceil(wait))),))
        key = self._shown(request)
        if not isinstance(key, Refusal) or key.word != "unauthorized":
            self._slowing.give_back(address)
        if isinstance(key, Refusal):
            return key
        now = self._now()
        cookie = self._sessions.cookie(key, now, self._world.token())
        reply = _said(_told(self._sessions.session(cookie, now)), browser.kept(request, cookie))
        return Visit("signed_in", reply, key.name)

    def _shown(self, request: Request) -> Key | Refusal:
        """Find the key that somebody signs in with, by itself or by a link."""
        body = door.body_of(request)
        if isinstance(body, Refusal):
            return body
        try:
            link, secret = _texts(body)
        except BadField as bad:
            return door.bad_field(bad)
        key = self._sessions.key_of_link(link, self._now()) if link else door.key_of(secret, self._keys)
        if key is None:
            return _UNAUTHORIZED
        return key if key.role in Surface.TILL.roles else _FORBIDDEN

    def _session(self, request: Request) -> Session | None:
        now = self._now()
        found = (self._sessions.session(cookie, now) for cookie in browser.cookies(request))
        return next((session for session in found if session is not None), None)

    def _now(self) -> float:
        return self._world.wall_ms() / 1000


def _texts(body: bytes) -> tuple[str, str]:
    """Link and key of a body, one of them filled. Raises BadField."""
    fields = parse(body)
    found = []
    for name in ("link", "key"):
        value = refuse(name, "twice") if name in fields.twice else fields.get(name)
        if value is not None and not isinstance(value, str):
            refuse(name, "not_a_scalar")
        found.append((value or "").strip())
    link, secret = found
    return (link, secret) if link or secret else refuse("key", "missing")


def _shows(request: Request, session: Session) -> bool:
    """Tell if a request shows the session's secret, which another site cannot know."""
    shown = request.header("x-csrf-token").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(session.csrf.encode(), shown)


def _told(session: Session | None) -> dict[str, Any]:
    if session is None:
        return {"ok": False, "status": "signed_out", "till": None, "csrf": None}
    return {"ok": True, "status": "signed_in", "till": session.key.name, "csrf": session.csrf}


def _said(body: dict[str, Any], more: dict[str, str] | None = None) -> Reply:
    reply = replies.said(body)
    return Reply(reply.status, reply.headers | (more or {}), reply.body)


def _refused(refusal: Refusal, language: str) -> Visit:
    return Visit(refusal.word, replies.refused(Surface.TILL, refusal, language))


def _manifest(request: Request, language: str) -> Visit:
    from functions.till import page  # noqa: PLC0415 - see Counter._page

    kept = {"Cache-Control": "no-cache"}
    return _served(request, "application/manifest+json; charset=utf-8", page.manifest(language), kept)


def _file(request: Request, language: str) -> Visit:
    """Send a file, or say that the browser has it already."""
    found, forever = files.at(request.path.removeprefix(STATIC))
    if found is None:
        return _refused(Refusal("not_found_path", 404), language)
    kept = {
        "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
        "ETag": f'W/"{found.hash}"',  # weak: the same for both encodings
        "Vary": "Accept-Encoding",
    }
    if _knows(request.header("if-none-match"), found.hash):
        return Visit("served", Reply(304, browser.HEADERS | kept, b""))
    return _sent(request, found.type, found.body, found.zipped, kept)


def _knows(if_none_match: str, hash_: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return not tags.isdisjoint({f'"{hash_}"', "*"})


def _served(request: Request, kind: str, body: bytes, kept: dict[str, str]) -> Visit:
    return _sent(request, kind, body, files.smaller(body), kept | {"Vary": "Accept-Encoding"})


def _sent(request: Request, kind: str, body: bytes, zipped: bytes, kept: dict[str, str]) -> Visit:
    headers = browser.HEADERS | {"Content-Type": kind} | kept
    if zipped and files.takes_gzip(request.header("accept-encoding")):
        return Visit("served", Reply(200, headers | {"Content-Encoding": "gzip"}, zipped))
    return Visit("served", Reply(200, headers, body))
