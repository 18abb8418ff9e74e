"""The door: bytes and headers in, one Call of a known key out, or one Refusal. No I/O, no clock, no framework.

The order of refusal is path, method, key, size, body (DESIGN.md section 5); not a byte of the body is read before the
key and the announced size were accepted.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import unicodedata
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from functions.promo import Call, Caller, CheckCall, IssueCall, RedeemCall, Role, RollbackCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from functions.settings import Key

#: Largest body in bytes.
MAX_BODY = 16_384
_SUBSCRIBER = ("subscriber_id", "bothelp_user_id", "bh_user_id", "cuid", "user_id")
_CODE = ("code", "promo_code")
_LIMITS = {"code": 100, "promo_code": 100, "name": 100, "channel": 100, "platform": 50}
_LIMIT = 200  # of every other field, in characters
#: How the platforms' placeholders begin and end; one that comes through was not filled in (facts/bots.md).
_MACROS = (("{%", "%}"), ("{@", "@}"), ("{{", "}}"), ("#{", "}"))
_SURROGATES = frozenset({"Cs"})
_CONTROLS = frozenset({"Cs", "Cc", "Zl", "Zp"})


class Kind(StrEnum):
    """What is asked for."""

    ISSUE = "issue"
    CHECK = "check"
    REDEEM = "redeem"
    ROLLBACK = "rollback"


class Surface(Enum):
    """Who is served: bots, or tills. The value is path -> what is asked for there."""

    BOT = MappingProxyType({"/": Kind.ISSUE, "/issue": Kind.ISSUE, "/check": Kind.CHECK, "/redeem": Kind.REDEEM})
    TILL = MappingProxyType({"/check": Kind.CHECK, "/redeem": Kind.REDEEM, "/rollback": Kind.ROLLBACK})

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

    `length` is Content-Length, None if it was not announced; `read_body` gives at most as many bytes as it is asked
    for. Names of headers in any case; values as WSGI has them, bytes in the guise of Latin-1.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    length: int | None
    read_body: Callable[[int], bytes]

    def header(self, name: str) -> str:
        """Find a header, *name* in small letters; "" if it was not sent."""
        return next((value.strip() for each, value in self.headers.items() if each.lower() == name), "")


@dataclass(frozen=True)
class Refusal:
    """Why a request got no further: the word of DESIGN.md section 5, the HTTP status, what is wrong with which field.

    `kind` is what was asked for, None if the path says nothing.
    """

    word: str
    status: int
    field: str = ""
    why: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    kind: Kind | None = None


def open_call(  # noqa: PLR0911 - one return for each refusal, in their order
    request: Request, surface: Surface, keys: Sequence[Key]
) -> Call | Refusal:
    """Make the Call of a request, or say why it makes none. Raises only what `read_body` raises."""
    kind = surface.kind(request.path)
    if kind is None:
        return Refusal("not_found_path", 404)
    if request.method != "POST":
        return Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),), kind=kind)
    key = _key(request, surface, keys)
    if key is None:
        return Refusal("unauthorized", 401, headers=(("WWW-Authenticate", "Bearer"),), kind=kind)
    if key.role not in surface.roles:
        return Refusal("forbidden", 403, kind=kind)
    too_large = request.length is not None and request.length > MAX_BODY
    body = b"" if too_large else request.read_body(MAX_BODY + 1)
    if too_large or len(body) > MAX_BODY:
        return Refusal("too_large", 413, kind=kind)
    try:
        return _call(kind, Caller(key.name, key.role), _fields(request, kind, body), _idempotency_key(request, surface))
    except _BadField as bad:
        name, why = bad.args
        return Refusal("invalid_request", 400, name, why, kind=kind)


def _key(request: Request, surface: Surface, keys: Sequence[Key]) -> Key | None:
    """Find the key whose secret was shown: in a header, else in the query where a bot may have nothing but a URL."""
    scheme, _, secret = request.header("authorization").partition(" ")
    shown = request.header("x-api-key") or (secret.strip() if scheme.lower() == "bearer" else "")
    if not shown and surface is Surface.BOT:
        shown = next((value.strip() for name, value in request.query if name == "key"), "")
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


def _fields(request: Request, kind: Kind, body: bytes) -> _Fields:
    """Put query and body together; a body that cannot be read is done without if the query alone makes the call.

    A bot platform may paste a name with a quote into the JSON; what is in the URL is still good then.
    """
    try:
        return _Fields(request.query, _parse(body))
    except _BadField:
        alone = _Fields(request.query, _Object())
        if alone.has_any(_SUBSCRIBER if kind is Kind.ISSUE else _CODE):
            return alone
        raise


def _call(kind: Kind, caller: Caller, fields: _Fields, idempotency_key: str) -> Call:
    if kind is Kind.ISSUE:
        subscriber_id = fields.subscriber() or _refuse("subscriber_id", "missing")
        name, platform = fields.person(), fields.note("platform")
        return IssueCall(caller, subscriber_id, fields.text("campaign"), name, platform, fields.flag("dry_run"))
    code = fields.code()
    if kind is Kind.CHECK:
        return CheckCall(caller, code, fields.subscriber(), fields.text("campaign"))
    channel, reference = fields.note("channel") or caller.name, fields.note("reference")
    request_id = fields.text("request_id")
    header = _Fields([("Idempotency-Key", idempotency_key)], _Object()).text("Idempotency-Key")
    if request_id and header and request_id != header:
        _refuse("request_id", "request_ids_differ")
    if kind is Kind.ROLLBACK:
        return RollbackCall(caller, code, channel, reference, request_id or header)
    return RedeemCall(
        caller, code, fields.subscriber(), fields.text("campaign"), channel, reference, request_id or header
    )


class _BadField(Exception):
    """A field that cannot be used: its name, and why: a key of `Language.sentences` after `why_`."""


def _refuse(name: str, why: str) -> NoReturn:
    raise _BadField(name, why)


class _Object(dict[str, Any]):
    """A JSON object; `twice` are the names that came with different values."""

    def __init__(self, pairs: Sequence[tuple[str, Any]] = ()) -> None:
        super().__init__(pairs)
        doubled = len(pairs) > len(self)
        # As texts, because 1, 1.0 and true are equal to Python.
        self.twice = {name for name, value in pairs if doubled and repr(value) != repr(self[name])}


def _parse(body: bytes) -> _Object:
    """Read the JSON object of a body; an empty body is an empty object. Raises _BadField for anything else."""
    try:
        text = body.decode("utf-8-sig")
        if not text.strip():
            return _Object()
        found = json.loads(text, object_pairs_hook=_Object, parse_constant=int)  # int() refuses NaN
    except UnicodeDecodeError:
        _refuse("body", "not_utf8")
    except RecursionError:
        _refuse("body", "too_deep")
    except ValueError:  # also a number of thousands of digits
        _refuse("body", "not_json")
    return found if isinstance(found, _Object) else _refuse("body", "not_an_object")


class _Fields:
    """What a request says, by the name of a field: the query where it is not blank, else the body."""

    def __init__(self, query: Sequence[tuple[str, str]], body: _Object) -> None:
        self._body = body
        self._query: dict[str, set[str]] = {}
        for name, value in query:
            self._query.setdefault(name, set()).add(value.strip())

    def has_any(self, names: Sequence[str]) -> bool:
        """Tell if one of *names* is filled."""
        return any(_scalar(name, self._value(name)) for name in names)

    def subscriber(self) -> str:
        """Read the first of the subscriber's ids that is present at all; it must be filled then. "" if none is."""
        for name in _SUBSCRIBER:
            if name in self._query or name in self._body:
                found = self._from_query(name) if name in self._query else self._from_body(name)
                return _checked(name, _scalar(name, found) or _refuse(name, "empty"))
        return ""

    def code(self) -> str:
        """Read the code. Control characters may be in it: scanners send them, folding drops them."""
        for name in _CODE:
            found = _scalar(name, self._value(name))
            if found:
                return _checked(name, found, _SURROGATES)
        return _refuse("code", "missing")

    def text(self, name: str) -> str:
        """Read a text or a whole number, "" if there is none."""
        return _checked(name, _scalar(name, self._value(name)))

    def note(self, name: str) -> str:
        """Read the same where it carries no weight: a placeholder that was not filled in counts as nothing."""
        found = _scalar(name, self._value(name))
        return "" if _is_macro(found) else _checked(name, found)

    def person(self) -> str:
        """Read the subscriber's name as far as it can be used: no name is a reason to give no code."""
        found = self._person("name") or f"{self._person('first_name')} {self._person('last_name')}"
        return found.strip()[: _LIMITS["name"]].strip()

    def flag(self, name: str) -> bool:
        """Read a yes or a no; anything else is refused, since a call that is meant as a trial must not write."""
        found = str(self._value(name) or "").lower()
        if found not in {"1", "true", "", "0", "false"}:
            _refuse(name, "not_a_flag")
        return found in {"1", "true"}

    def _person(self, name: str) -> str:
        found = self._value(name)
        if not isinstance(found, str) or _is_macro(found):
            return ""
        return "".join(each for each in " ".join(found.split()) if unicodedata.category(each) not in _CONTROLS)

    def _value(self, name: str) -> Any:
        return self._from_query(name) or self._from_body(name)

    def _from_query(self, name: str) -> str:
        values = self._query.get(name, {""})
        return next(iter(values)) if len(values) == 1 else _refuse(name, "twice")

    def _from_body(self, name: str) -> Any:
        twice = name in self._body.twice
        return _refuse(name, "twice") if twice else self._body.get(name)


def _scalar(name: str, found: Any) -> str:
    """Read a text or a whole number as a text, "" for null."""
    if found is None or isinstance(found, str):
        return (found or "").strip()
    whole = isinstance(found, int) and not isinstance(found, bool)
    return str(found) if whole else _refuse(name, "not_a_scalar")


def _is_macro(found: str) -> bool:
    return any(begin in found and end in found[found.index(begin) + len(begin) :] for begin, end in _MACROS)


def _checked(name: str, found: str, forbidden: frozenset[str] = _CONTROLS) -> str:
    """Give the text back if it may go on. Raises _BadField."""
    if len(found) > _LIMITS.get(name, _LIMIT):
        _refuse(name, "too_long")
    if _is_macro(found):
        _refuse(name, "placeholder")
    if any(unicodedata.category(each) in forbidden for each in found):
        _refuse(name, "characters")
    return found
