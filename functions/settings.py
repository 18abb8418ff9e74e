"""What the environment says, read once at the start; a missing or weak value stops it with one sentence.

Only this file knows the names of the variables (DESIGN.md section 6). No sentence and no repr shows a secret, and what
somebody put into the wrong variable may be one: values are never repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.promo import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIN_CODE_KEY = 32
_KEY = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,30}):(?P<role>[a-z]+):(?P<secret>[A-Za-z0-9_-]{16,})", re.ASCII)
_SPREADSHEET_ID = re.compile(r"[A-Za-z0-9_-]+")
_LOOPBACK = re.compile(r"(?P<origin>http://(?:127\.0\.0\.1|localhost|\[::1\]):(?P<port>[0-9]{1,5}))/?")
_LAST_PORT = 65_535
#: The Bot API, where nothing else is said.
TELEGRAM = "https://api.telegram.org"
#: https://core.telegram.org/bots/api#setwebhook, and what BotFather gives.
_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TELEGRAM_BOT = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,100}@[A-Za-z0-9.-]{1,150}")
_PROJECT = re.compile(r"[a-z][a-z0-9:.-]{4,61}[a-z0-9]")


class SettingsError(Exception):
    """The environment will not do; its text is one sentence: which variable, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """Something that may call: its name, what it may do, and the secret it shows."""

    name: str
    role: Role
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BotHelp:
    """What BotHelp's Open API is called with. The endpoints are "" for BotHelp itself, else origins on loopback."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    api_endpoint: str = ""
    oauth_endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Whose calls start housekeeping: the e-mail of the scheduler's service account, and what its tokens are for."""

    caller: str
    audience: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the functions are told. `sheets_api_endpoint` is "" for Google itself, else an origin on loopback.

    `project` is the Google Cloud project, "" if unknown: only the log's links to traces need it.
    `telegram_secret_token` is what Telegram shows with each update, b"" if no bot of Telegram's is served;
    `telegram_bot_token` is needed to send pictures, and "" without. `bothelp` is None for a shop that pushes no code
    to BotHelp. `scheduler` is None where nothing calls for housekeeping.
    """

    spreadsheet_id: str
    keys: tuple[Key, ...]
    code_key: bytes = field(repr=False)
    sheets_api_endpoint: str = ""
    request_deadline_s: float = 8.0
    writes_per_minute: int = 54
    reads_per_minute: int = 54
    project: str = ""
    telegram_secret_token: bytes = field(default=b"", repr=False)
    telegram_bot_token: str = field(default="", repr=False)
    telegram_api_endpoint: str = TELEGRAM
    bothelp: BotHelp | None = None
    scheduler: Scheduler | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables of *environ*; spaces and line ends around a value do not count.

        Raises SettingsError.
        """
        return cls(
            spreadsheet_id=_spreadsheet_id(environ),
            keys=_keys(environ),
            code_key=_code_key(environ),
            sheets_api_endpoint=_endpoint(environ, "SHEETS_API_ENDPOINT"),
            request_deadline_s=request_deadline_s(environ),
            writes_per_minute=_whole(environ, "WRITES_PER_MINUTE", default=54, low=1, high=60_000),
            reads_per_minute=_whole(environ, "READS_PER_MINUTE", default=54, low=1, high=60_000),
            project=_project(environ),
            telegram_secret_token=_telegram_secret_token(environ),
            telegram_bot_token=_telegram_bot_token(environ),
            telegram_api_endpoint=_endpoint(environ, "TELEGRAM_API_ENDPOINT") or TELEGRAM,
            bothelp=bothelp(environ),
            scheduler=_scheduler(environ),
        )


def api_keys(environ: Mapping[str, str]) -> tuple[Key, ...]:
    """API_KEYS alone, for a command. Raises SettingsError."""
    return _keys(environ)


def code_key(environ: Mapping[str, str]) -> bytes:
    """CODE_KEY alone, for a command. Raises SettingsError."""
    return _code_key(environ)


def sheets_api_endpoint(environ: Mapping[str, str]) -> str:
    """SHEETS_API_ENDPOINT alone, "" for Google itself. Raises SettingsError."""
    return _endpoint(environ, "SHEETS_API_ENDPOINT")


def sheets_access_token(environ: Mapping[str, str]) -> str:
    """SHEETS_ACCESS_TOKEN, which only commands read: a token that deploy.sh got for the functions' account."""
    return _value(environ, "SHEETS_ACCESS_TOKEN")


def request_deadline_s(environ: Mapping[str, str]) -> float:
    """REQUEST_DEADLINE_S alone. Raises SettingsError."""
    return _number(environ, "REQUEST_DEADLINE_S", default=8.0, low=1, high=60)


def bothelp(environ: Mapping[str, str]) -> BotHelp | None:
    """What BotHelp's Open API needs; None if neither the id nor the secret is there. Raises SettingsError."""
    found = _both(environ, "BOTHELP_CLIENT_ID", "BOTHELP_CLIENT_SECRET")
    endpoints = [_endpoint(environ, name, "BotHelp") for name in ("BOTHELP_API_ENDPOINT", "BOTHELP_OAUTH_ENDPOINT")]
    return BotHelp(*found, *endpoints) if found else None


def _both(environ: Mapping[str, str], *names: str) -> tuple[str, str] | None:
    """Two variables that go together; None if neither is there. Raises SettingsError for one alone."""
    first, second = (_value(environ, name) for name in names)
    if bool(first) != bool(second):
        there, missing = names if first else names[::-1]
        raise _refuse(missing, f"is missing, but {there} is there", "set both, or none of them")
    return (first, second) if first else None


def _scheduler(environ: Mapping[str, str]) -> Scheduler | None:
    found = _both(environ, "HOUSEKEEPING_CALLER", "HOUSEKEEPING_AUDIENCE")
    if found is None:
        return None
    name = "HOUSEKEEPING_CALLER"
    if not _EMAIL.fullmatch(found[0]):
        todo = "set it to that of the scheduler's service account, NAME@PROJECT.iam.gserviceaccount.com"
        raise _refuse(name, "is not an e-mail", todo)
    name = "HOUSEKEEPING_AUDIENCE"
    if not found[1].isprintable() or " " in found[1]:
        todo = "set it to that of the scheduler's job, for example the address of the function"
        raise _refuse(name, "cannot be an audience", todo)
    return Scheduler(*found)


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _refuse(name: str, wrong: str, todo: str) -> SettingsError:
    return SettingsError(f"{name} {wrong}: {todo}.")


def _spreadsheet_id(environ: Mapping[str, str]) -> str:
    name = "SPREADSHEET_ID"
    todo = "set it to the part of the spreadsheet's address between /d/ and /edit"
    found = _value(environ, name)
    if not found:
        raise _refuse(name, "is missing", todo)
    if not _SPREADSHEET_ID.fullmatch(found):
        raise _refuse(name, "is not the id of a spreadsheet", todo)
    return found


def _keys(environ: Mapping[str, str]) -> tuple[Key, ...]:
    variable = "API_KEYS"
    entries = [entry.strip() for entry in _value(environ, variable).split(",")]
    found: list[Key] = []
    for place, entry in enumerate(entries, start=1):
        if entry:
            found.append(_key(variable, place, entry, found))
    if not found:
        raise _refuse(variable, "is missing", "set it to name:role:secret for each key, with commas between them")
    return tuple(found)


def _key(variable: str, place: int, entry: str, earlier: list[Key]) -> Key:
    """Read one entry; it is named by its place, since a name may turn out to be a secret in the wrong order."""
    parts = _KEY.fullmatch(entry)
    if parts is None:
        wrong = f"has an entry that cannot be read (number {place})"
        todo = "write name:role:secret with a name of 1 to 30 and a secret of at least 16 of A-Z a-z 0-9 _ -"
        raise _refuse(variable, wrong, todo)
    try:
        role = Role(parts["role"])
    except ValueError:
        wrong = f"has an entry with an unknown role (number {place})"
        raise _refuse(variable, wrong, "use bot, till or admin") from None
    key = Key(parts["name"], role, parts["secret"].encode())
    if any(other.secret == key.secret for other in earlier):
        raise _refuse(variable, f"has a secret twice (number {place})", "give every entry a secret of its own")
    if any(other.name == key.name and other.role is not role for other in earlier):
        wrong = f"has a name with two roles (number {place})"
        raise _refuse(variable, wrong, "use another name, or the same role while you change a secret")
    return key


def _code_key(environ: Mapping[str, str]) -> bytes:
    name = "CODE_KEY"
    todo = f"set it to at least {_MIN_CODE_KEY} random bytes, for example the output of `openssl rand -hex 32`"
    found = _value(environ, name).encode("utf-8", "surrogateescape")  # as the environment holds it
    if not found:
        raise _refuse(name, "is missing", todo)
    if len(found) < _MIN_CODE_KEY:
        raise _refuse(name, "is too short", todo)
    return found


def _endpoint(environ: Mapping[str, str], name: str, real: str = "Google") -> str:
    """Read an origin on this machine, "" for none; never one elsewhere, since no credentials go there."""
    found = _value(environ, name)
    if not found:
        return ""
    parts = _LOOPBACK.fullmatch(found)
    if parts is None or not 0 < int(parts["port"]) <= _LAST_PORT:
        todo = f"use http://127.0.0.1:PORT, http://localhost:PORT or http://[::1]:PORT, or leave it out for {real}"
        raise _refuse(name, "is not an address on this machine", todo)
    return parts["origin"]


def _number(environ: Mapping[str, str], name: str, *, default: float, low: int, high: int) -> float:
    found = _value(environ, name)
    if not found:
        return default
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", found) or not low <= float(found) <= high:
        raise _refuse(name, f"is not a number from {low} to {high}", f"set it to one, or leave it out for {default:g}")
    return float(found)


def _whole(environ: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    found = _value(environ, name)
    if not found:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", found) or not low <= int(found) <= high:
        wrong = f"is not a whole number from {low} to {high}"
        raise _refuse(name, wrong, f"set it to one, or leave it out for {default}")
    return int(found)


def _project(environ: Mapping[str, str]) -> str:
    name = "GOOGLE_CLOUD_PROJECT"
    found = _value(environ, name)
    if found and not _PROJECT.fullmatch(found):
        raise _refuse(name, "is not the id of a Google Cloud project", "set it to the id, or leave it out")
    return found


def _telegram_secret_token(environ: Mapping[str, str]) -> bytes:
    name = "TELEGRAM_SECRET_TOKEN"
    found = _value(environ, name)
    if found and not _TELEGRAM_SECRET.fullmatch(found):
        todo = "use 1 to 256 of A-Z a-z 0-9 _ -, for example the output of `openssl rand -hex 32`"
        raise _refuse(name, "is not what Telegram can send", todo)
    return found.encode()


def _telegram_bot_token(environ: Mapping[str, str]) -> str:
    name = "TELEGRAM_BOT_TOKEN"
    found = _value(environ, name)
    if found and not _TELEGRAM_BOT.fullmatch(found):
        todo = "set it to the token that BotFather gave you, digits:letters, or leave it out"
        raise _refuse(name, "is not the token of a bot", todo)
    return found
