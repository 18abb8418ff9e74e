"""What a browser says of a request, and what it is told to keep: cookies, and where a request comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from functions.till import COOKIE
from functions.till.sessions import DAY_S, DAYS

if TYPE_CHECKING:
    from functions.door import Request

#: Names of somebody's own machine, where nothing goes over a wire.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: Methods that change nothing.
READING = frozenset({"GET", "HEAD"})
#: Of every answer with something of the page. Scripts, styles and pictures are our own files, no other site may show
#: the page in a frame, and no address tells another site where somebody came from.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def cookies(request: Request) -> list[str]:
    """Every value of our cookie: a browser sends those of several paths together."""
    pairs = (part.strip().partition("=") for part in request.header("cookie").split(";"))
    return [value for name, _, value in pairs if name == COOKIE]


def kept(request: Request, cookie: str) -> dict[str, str]:
    """Make the header that has the browser keep a cookie for as long as it is good; "" has it thrown away."""
    age = DAYS * DAY_S if cookie else 0
    secure = "" if _is_plain_loopback(request) else "; Secure"
    return {"Set-Cookie": f"{COOKIE}={cookie}; Path={request.base}/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"}


def is_own(request: Request) -> bool:
    """Tell if a request was made by our own page, as far as the browser says (Fetch Metadata, Origin).

    `none`: a person typed the address, or opened it from the home screen. A program says nothing of all this.
    """
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    own = {"", "same-origin", "none"} if request.method in READING else {"", "same-origin"}
    return site in own and (not origin or _origin(origin) == _host(request))


def _origin(text: str) -> str:
    """Host and port of an origin, "null" for one that has none."""
    try:
        return urlsplit(text).netloc.lower() or "null"
    except ValueError:
        return "null"


def _host(request: Request) -> str:
    return request.header("host").lower()


def _is_plain_loopback(request: Request) -> bool:
    """Tell if this is somebody's own machine without TLS; there a browser may not keep a Secure cookie."""
    try:
        name = urlsplit(f"//{request.header('host')}").hostname
    except ValueError:
        name = None
    return name in LOOPBACK and request.header("x-forwarded-proto") != "https"
