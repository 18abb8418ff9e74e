"""What a request says, field by field: the query where it is not blank, else the JSON of the body. Pure.

DESIGN.md section 5 has the fields. What cannot be used raises BadField, which names the field.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBSCRIBER = ("subscriber_id", "bothelp_user_id", "bh_user_id", "cuid", "user_id")
CODE = ("code", "promo_code")
_LIMITS = {"code": 100, "promo_code": 100, "name": 100, "channel": 100, "platform": 50}
_LIMIT = 200  # of every other field, in characters
#: How the platforms' placeholders begin and end; one that comes through was not filled in (facts/bots.md).
_MACROS = (("{%", "%}"), ("{@", "@}"), ("{{", "}}"), ("#{", "}"))
#: What goes before a platform's own ids (tg123). Alone it is an id that the platform had nothing to fill in for: it
#: would be one subscriber for everybody.
PREFIXES = frozenset({"tg", "mc", "cf", "sp", "sb", "tb"})
_SURROGATES = frozenset({"Cs"})
_CONTROLS = frozenset({"Cs", "Cc", "Zl", "Zp"})


@dataclass(frozen=True)
class Sender:
    """Who sends: the names under which the subscriber's id comes, what goes before it in the sheet, the platform.

    `subscriber_id` means the same everywhere: it never gets the prefix. `parts` are the names of a person's name, if it
    comes in parts; `inner` is the object of the body in which the code may be.
    """

    ids: tuple[str, ...] = SUBSCRIBER
    prefix: str = ""
    platform: str = ""
    parts: tuple[str, ...] = ("first_name", "last_name")
    inner: str = ""


#: Flat JSON, and BotHelp.
SENDER = Sender()


class BadField(Exception):
    """A field that cannot be used: its name, and why: a key of `Language.sentences` after `why_`."""


def refuse(name: str, why: str) -> NoReturn:
    """Refuse a field. Raises BadField."""
    raise BadField(name, why)


class Body(dict[str, Any]):
    """A JSON object; `twice` are the names that came with different values."""

    def __init__(self, pairs: Sequence[tuple[str, Any]] = ()) -> None:
        super().__init__(pairs)
        doubled = len(pairs) > len(self)
        # As texts, because 1, 1.0 and true are equal to Python.
        self.twice = {name for name, value in pairs if doubled and repr(value) != repr(self[name])}


def parse(body: bytes) -> Body:
    """Read the JSON object of a body; an empty body is an empty object. Raises BadField for anything else."""
    try:
        text = body.decode("utf-8-sig")
        if not text.strip():
            return Body()
        found = json.loads(text, object_pairs_hook=Body, parse_constant=int)  # int() refuses NaN
    except UnicodeDecodeError:
        refuse("body", "not_utf8")
    except RecursionError:
        refuse("body", "too_deep")
    except ValueError:  # also a number of thousands of digits
        refuse("body", "not_json")
    return found if isinstance(found, Body) else refuse("body", "not_an_object")


class Fields:
    """What a request says, by the name of a field: the query where it is not blank, else the body."""

    def __init__(self, query: Sequence[tuple[str, str]], body: Body, sender: Sender = SENDER) -> None:
        self._body = body
        self._sender = sender
        self._query: dict[str, set[str]] = {}
        for name, value in query:
            self._query.setdefault(name, set()).add(value.strip())

    def has_any(self, names: Sequence[str]) -> bool:
        """Tell if one of *names* is filled."""
        return any(_scalar(name, self._value(name)) for name in names)

    def subscriber(self) -> str:
        """Read the first of the subscriber's ids that is present at all; it must be filled then. "" if none is."""
        for name in self._sender.ids:
            if name in self._query or name in self._body:
                found = self._from_query(name) if name in self._query else self._from_body(name)
                sent = _scalar(name, found)
                prefix = "" if name == SUBSCRIBER[0] else self._sender.prefix
                return refuse(name, "empty") if not sent or sent in PREFIXES else _checked(name, prefix + sent)
        return ""

    def platform(self) -> str:
        """Read the platform's name, which carries no weight."""
        return self.note("platform") or self._sender.platform

    def code(self) -> str:
        """Read the code. Control characters may be in it: scanners send them, folding drops them."""
        for name in CODE:
            found = _scalar(name, self._value(name)) or _scalar(name, self._inner(name))
            if found:
                return _checked(name, found, _SURROGATES)
        return refuse("code", "missing")

    def text(self, name: str) -> str:
        """Read a text or a whole number, "" if there is none."""
        return _checked(name, _scalar(name, self._value(name)))

    def note(self, name: str) -> str:
        """Read the same where it carries no weight: a placeholder that was not filled in counts as nothing."""
        found = _scalar(name, self._value(name))
        return "" if _is_macro(found) else _checked(name, found)

    def person(self) -> str:
        """Read the subscriber's name as far as it can be used: no name is a reason to give no code."""
        found = self._person("name") or " ".join(filter(None, map(self._person, self._sender.parts)))
        return found.strip()[: _LIMITS["name"]].strip()

    def flag(self, name: str) -> bool:
        """Read a yes or a no; anything else is refused, since a call that is meant as a trial must not write."""
        found = str(self._value(name) or "").lower()
        if found not in {"1", "true", "", "0", "false"}:
            refuse(name, "not_a_flag")
        return found in {"1", "true"}

    def _person(self, name: str) -> str:
        try:
            found = self._value(name)
        except BadField:  # it came twice
            return ""
        if not isinstance(found, str) or _is_macro(found):
            return ""
        return "".join(each for each in " ".join(found.split()) if unicodedata.category(each) not in _CONTROLS)

    def _inner(self, name: str) -> Any:
        inner = self._body.get(self._sender.inner)
        return _from(inner, name) if isinstance(inner, Body) else None

    def _value(self, name: str) -> Any:
        return self._from_query(name) or self._from_body(name)

    def _from_query(self, name: str) -> str:
        values = self._query.get(name, {""})
        return next(iter(values)) if len(values) == 1 else refuse(name, "twice")

    def _from_body(self, name: str) -> Any:
        return _from(self._body, name)


def _from(body: Body, name: str) -> Any:
    return refuse(name, "twice") if name in body.twice else body.get(name)


def _scalar(name: str, found: Any) -> str:
    """Read a text or a whole number as a text, "" for null."""
    if found is None or isinstance(found, str):
        return (found or "").strip()
    whole = isinstance(found, int) and not isinstance(found, bool)
    return str(found) if whole else refuse(name, "not_a_scalar")


def _is_macro(found: str) -> bool:
    return any(begin in found and end in found[found.index(begin) + len(begin) :] for begin, end in _MACROS)


def _checked(name: str, found: str, forbidden: frozenset[str] = _CONTROLS) -> str:
    """Give the text back if it may go on. Raises BadField."""
    if len(found) > _LIMITS.get(name, _LIMIT):
        refuse(name, "too_long")
    if _is_macro(found):
        refuse(name, "placeholder")
    if any(unicodedata.category(each) in forbidden for each in found):
        refuse(name, "characters")
    return found
