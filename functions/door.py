"""The door: bytes and headers in, one Call of a known key out, or one Refusal. No I/O, no clock, no framework.

The order of refusal is path, method, key, size, body (DESIGN.md section 5); not a byte of the body is read before the
key and the announced size were accepted.
"""

from __future__ import annotations

import contextlib
import hmac
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from functions.fields import CODE, SENDER, BadField, Body, Fields, Sender, parse, refuse
from functions.promo import Call, Caller, CheckCall, IssueCall, RedeemCall, Role, RollbackCall, TodayCall
from functions.till import COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.bots.platform import Ignored, Platform
    from functions.settings import Key, Settings

#: Largest body in bytes.
MAX_BODY = 16_384


class Kind(StrEnum):
    """What is asked for."""

    ISSUE = "issue"
    CHECK = "check"
    REDEEM = "redeem"
    ROLLBACK = "rollback"
    TODAY = "today"

    @property
    def methods(self) -> tuple[str, ...]:
        """HTTP methods with which it is asked for."""
        return ("GET", "HEAD") if self is Kind.TODAY else ("POST",)


class Surface(Enum):
    """Who is served: bots, or tills. The value is path -> what is asked for there."""

    BOT = MappingProxyType({"/": Kind.ISSUE, "/issue": Kind.ISSUE, "/check": Kind.CHECK, "/redeem": Kind.REDEEM})
    TILL = MappingProxyType(
        {"/check": Kind.CHECK, "/redeem": Kind.REDEEM, "/rollback": Kind.ROLLBACK, "/today": Kind.TODAY}
    )

    @property
    def roles(self) -> frozenset[Role]:
        """Roles whose keys may call here."""
        return frozenset({Role.ADMIN, Role.BOT if self is Surface.BOT else Role.TILL})

    def kind(self, path: str) -> Kind | None:
        """Tell what is asked for at *path*, with or without a slash at its end; None if nothing is there."""
        return self.value.get(path.rstrip("/") or "/")


@dataclass(frozen=True)
class Request:
    """An HTTP request whose body is still outside. `path` is the part below the surface.

    `header` finds a header by its name in any case, "" if it was not sent; values are as WSGI has them, bytes in the
    guise of Latin-1, without blanks around them. `length` gives Content-Length, None if it was not announced;
    `read_body` at most as many bytes as it is asked for. `base` is the path above, without a slash at its end, and
    `address` gives who sent it, by the nearest proxy's word.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    header: Callable[[str], str]
    length: Callable[[], int | None]
    read_body: Callable[[int], bytes]
    base: str = ""
    address: Callable[[], str] = str


@dataclass(frozen=True)
class Refusal:
    """Why a request got no further: the word of DESIGN.md section 5, the HTTP status, what is wrong with which field.

    `kind` is what was asked for, if that is known and a field was at fault.
    """

    word: str
    status: int
    field: str = ""
    why: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    kind: Kind | None = None


#: Who sent a request with a cookie, or why it is refused.
ByCookie: TypeAlias = "Callable[[Request], Caller | Refusal]"


def open_call(  # noqa: PLR0911 - a return for each reason
    request: Request, surface: Surface, keys: Sequence[Key], by_cookie: ByCookie | None = None
) -> Call | Refusal:
    """Make the Call of a request, or say why it makes none. Raises only what `read_body` raises.

    *by_cookie* finds out who calls where no key is shown but a cookie of the till page.
    """
    kind = surface.kind(request.path)
    if kind is None:
        return Refusal("not_found_path", 404)
    if request.method not in kind.methods:
        return Refusal("method_not_allowed", 405, headers=(("Allow", ", ".join(kind.methods)),))
    shown = _shown(request, surface)
    if not shown and by_cookie and surface is Surface.TILL and f"{COOKIE}=" in request.header("cookie"):
        caller = by_cookie(request)
    else:
        caller = _caller(shown, surface, keys)
    if isinstance(caller, Refusal):
        return caller
    if kind is Kind.TODAY:  # nothing more is asked
        return TodayCall(caller)
    body = body_of(request)
    if isinstance(body, Refusal):
        return body
    try:
        return call_of(request, kind, body, caller, idempotency_key=_idempotency_key(request, surface))
    except BadField as bad:
        return replace(bad_field(bad), kind=kind)


def open_delivery(request: Request, platform: Platform, settings: Settings) -> Call | Ignored | Refusal:
    """Make the Call of a platform's own request, or say why it makes none. Raises only what `read_body` raises."""
    if not platform.knows(request.path):
        return Refusal("not_found_path", 404)
    if request.method != "POST":
        return Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),))
    caller = platform.caller(request, settings)
    if isinstance(caller, Refusal):
        return caller
    body = body_of(request)
    if isinstance(body, Refusal):
        return body
    try:
        return platform.read(request, body, caller)
    except BadField as bad:
        return bad_field(bad)


def caller_of(request: Request, surface: Surface, keys: Sequence[Key]) -> Caller | Refusal:
    """Find out who calls by the key that was shown."""
    return _caller(_shown(request, surface), surface, keys)


def _caller(shown: str, surface: Surface, keys: Sequence[Key]) -> Caller | Refusal:
    key = key_of(shown, keys)
    if key is None:
        return Refusal("unauthorized", 401, headers=(("WWW-Authenticate", "Bearer"),))
    return Caller(key.name, key.role) if key.role in surface.roles else Refusal("forbidden", 403)


def body_of(request: Request) -> bytes | Refusal:
    """Read the body, if it is not too large."""
    too_large = (request.length() or 0) > MAX_BODY
    body = b"" if too_large else request.read_body(MAX_BODY + 1)
    return Refusal("too_large", 413) if too_large or len(body) > MAX_BODY else body


def bad_field(bad: BadField) -> Refusal:
    """Refuse a call because of a field."""
    name, why = bad.args
    return Refusal("invalid_request", 400, name, why)


def _shown(request: Request, surface: Surface) -> str:
    """Find the secret that is shown: in a header, else in the query where a bot may have nothing but a URL."""
    shown = request.header("x-api-key")
    if not shown:
        scheme, _, secret = request.header("authorization").partition(" ")
        shown = secret.strip() if scheme.lower() == "bearer" else ""
    if not shown and surface is Surface.BOT:
        shown = next((value.strip() for name, value in request.query if name == "key"), "")
    return shown


def key_of(shown: str, keys: Sequence[Key]) -> Key | None:
    """Find the key whose secret was shown."""
    found = None
    for key in keys:  # all of them, so that the time says nothing of which one fits; bytes, since str has to be ASCII
        if hmac.compare_digest(key.secret, shown.encode("utf-8", "surrogatepass")):
            found = key
    return found


def _idempotency_key(request: Request, surface: Surface) -> str:
    """Read the header that tills may send for `request_id`, with or without the quotes of its draft standard."""
    sent = request.header("idempotency-key") if surface is Surface.TILL else ""
    with contextlib.suppress(UnicodeError):  # if it is not UTF-8 it stays what it is
        sent = sent.encode("latin-1").decode("utf-8")
    return sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent


def call_of(  # noqa: PLR0913 - what a call is read from
    request: Request,
    kind: Kind,
    body: bytes,
    caller: Caller,
    *,
    sender: Sender = SENDER,
    idempotency_key: str = "",
) -> Call:
    """Make a call of query and body; a body that cannot be read is done without if the query alone makes the call.

    A bot platform may paste a name with a quote into the JSON; what is in the URL is still good then. Raises BadField.
    """
    try:
        fields = Fields(request.query, parse(body), sender)
    except BadField:
        fields = Fields(request.query, Body(), sender)
        if not fields.has_any(sender.ids if kind is Kind.ISSUE else CODE):
            raise
    return _call(kind, caller, fields, idempotency_key)


def _call(kind: Kind, caller: Caller, fields: Fields, idempotency_key: str) -> Call:
    if kind is Kind.ISSUE:
        subscriber_id = fields.subscriber() or refuse("subscriber_id", "missing")
        name, platform = fields.person(), fields.platform()
        return IssueCall(caller, subscriber_id, fields.text("campaign"), name, platform, fields.flag("dry_run"))
    code = fields.code()
    if kind is Kind.CHECK:
        return CheckCall(caller, code, fields.subscriber(), fields.text("campaign"))
    channel, reference = fields.note("channel") or caller.name, fields.note("reference")
    request_id = fields.text("request_id")
    header = Fields([("Idempotency-Key", idempotency_key)], Body()).text("Idempotency-Key")
    if request_id and header and request_id != header:
        refuse("request_id", "request_ids_differ")
    if kind is Kind.ROLLBACK:
        return RollbackCall(caller, code, channel, reference, request_id or header)
    return RedeemCall(
        caller, code, fields.subscriber(), fields.text("campaign"), channel, reference, request_id or header
    )
