"""A stand-in for BotHelp: its Open API as far as codes are pushed through it, and what subscribers would see.

    POST  /oauth2/token                              a token, for the client below
    PATCH /v1/subscribers/{id}/customFields          also …/cuid/{cuid}/…
    PATCH /v1/subscribers/{id}                       tags
    POST  /v1/subscribers/{id}/bot, …/messages
    GET   /bothelp                                   a page; /bothelp/subscribers the same as JSON

Contract: https://help.bothelp.io/en/api-bothelp. Like BotHelp it says success for a bot or a step that nobody has.
"""

from __future__ import annotations

import html
import json
import re
import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from functions.local.http_server import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLIENT_ID, CLIENT_SECRET = "local-bothelp-client", "local-bothelp-secret"
_TOKEN = "local-bothelp-token"  # noqa: S105 - good on this machine alone
_PATH = re.compile(r"/v1/subscribers/(?P<who>cuid/[^/]+|[^/]+)(?:/(?P<part>customFields|bot|messages))?/?")
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>BotHelp, played on this machine</title>
<style>body{{font:16px/1.4 system-ui,sans-serif;margin:1.5rem;max-width:60rem}}table{{border-collapse:collapse}}
th,td{{border:1px solid #999;padding:.4rem .6rem;text-align:left;vertical-align:top;overflow-wrap:break-word}}</style>
<h1>BotHelp, played on this machine</h1><p>What its Open API was told of each subscriber.</p>{table}</html>"""
_ROWS = "<table><tr><th>Subscriber<th>Fields<th>Tags<th>Bot steps started<th>Messages</tr>{rows}</table>"


@dataclass
class Subscriber:
    """What BotHelp keeps of one person; `steps` are (bot, step) as often as they were started."""

    fields: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


class BotHelp:
    """Keeps subscribers in memory; one that is not known yet is made. Safe to use from many threads."""

    def __init__(self) -> None:
        self._subscribers: dict[str, Subscriber] = {}
        self._lock = threading.Lock()

    @property
    def doors(self) -> dict[str, Callable[[Request], Response]]:
        """First part of a path -> who answers there."""
        return {"oauth2": self.token, "v1": self.api, "bothelp": self.page}

    def seen(self) -> dict[str, dict[str, Any]]:
        """What subscribers would see, by the last part of their address."""
        with self._lock:
            return {who: asdict(each) for who, each in self._subscribers.items()}

    def token(self, request: Request) -> Response:
        """Give a token to the client of this machine. Never raises."""
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if request.method != "POST" or request.path != "/oauth2/token" or form != wanted:
            return _json(401, {"error": "invalid_client"})
        return _json(200, {"access_token": _TOKEN, "token_type": "Bearer", "expires_in": 3600})

    def api(self, request: Request) -> Response:
        """Answer a call of the Open API. Never raises."""
        if request.headers.get("authorization", "") != f"Bearer {_TOKEN}":
            return _json(401, {"error": "unauthorized"})
        path = _PATH.fullmatch(request.path)
        apply = None if path is None else _APPLY.get((request.method, path["part"] or ""))
        if path is None or apply is None:
            return _json(404, {"error": "not found"})
        try:
            with self._lock:
                apply(self._subscribers.setdefault(unquote(path["who"]), Subscriber()), json.loads(request.body))
        except (ValueError, KeyError, TypeError, RecursionError):
            return _json(422, {"error": "the body is not what the API takes"})
        return _json(200, {"success": True})

    def page(self, request: Request) -> Response:
        """Show what subscribers would see. Never raises."""
        seen = self.seen()
        if request.method not in {"GET", "HEAD"}:
            return _json(405, {"error": "only GET is answered here"})
        if request.path == "/bothelp/subscribers":
            return _json(200, seen)
        rows = "".join(_row(who, each) for who, each in seen.items())
        table = _ROWS.format(rows=rows) if rows else "<p>Nobody yet."
        return Response(200, _PAGE.format(table=table).encode("utf-8", "replace"), "text/html; charset=utf-8", _HEADERS)


def bothelp_settings(base_url: str) -> dict[str, str]:
    """What the functions are told so that they push to the stand-in."""
    return {
        "BOTHELP_CLIENT_ID": CLIENT_ID,
        "BOTHELP_CLIENT_SECRET": CLIENT_SECRET,
        "BOTHELP_API_ENDPOINT": base_url,
        "BOTHELP_OAUTH_ENDPOINT": base_url,
    }


def _set_fields(subscriber: Subscriber, changes: Any) -> None:
    for change in _changes(changes):
        name = str(change["path"]).removeprefix("/").replace("~1", "/").replace("~0", "~")
        subscriber.fields[name] = str(change["value"])


def _set_tags(subscriber: Subscriber, changes: Any) -> None:
    for change in _changes(changes):
        named = [str(tag) for tag in change["value"]]
        kept = [tag for tag in subscriber.tags if tag not in named]
        subscriber.tags = kept + (named if change["op"] == "add" else [])


def _start_step(subscriber: Subscriber, asked: Any) -> None:
    subscriber.steps.append((str(asked["botReferral"]), str(asked["stepReferral"])))


def _send(subscriber: Subscriber, messages: Any) -> None:
    subscriber.messages += [str(each["content"]) for each in _changes(messages)]


def _changes(found: Any) -> list[Mapping[str, Any]]:
    if not isinstance(found, list):
        raise TypeError
    return found


_APPLY: Mapping[tuple[str, str], Callable[[Subscriber, Any], None]] = {
    ("PATCH", "customFields"): _set_fields,
    ("PATCH", ""): _set_tags,
    ("POST", "bot"): _start_step,
    ("POST", "messages"): _send,
}


def _row(who: str, seen: Mapping[str, Any]) -> str:
    fields = [f"{name}: {value}" for name, value in seen["fields"].items()]
    steps = [f"{bot}, step {step}" for bot, step in seen["steps"]]
    cells = ([who], fields, seen["tags"], steps, seen["messages"])
    return "<tr>" + "".join(f"<td>{'<br>'.join(html.escape(each) for each in lines)}" for lines in cells) + "</tr>"


def _json(status: int, body: Any) -> Response:
    return Response(status, json.dumps(body, ensure_ascii=True).encode(), headers=_HEADERS)
