"""The door of the sheet's page: its files, from a fixed table, and word of changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from functions.local.http_server import Request, Response

if TYPE_CHECKING:
    from functions.local.changes import Changes

PATIENCE_S = 20.0
_FOLDER = Path(__file__).with_name("page")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)


class PageDoor:
    """Answers `/sheet`, the files below it, and `/sheet/changes?since=N`."""

    def __init__(self, changes: Changes) -> None:
        """Read the files, once: a path that is not in the table leads nowhere."""
        files = {f"/sheet/{path.name}": path for path in _FOLDER.iterdir() if path.suffix in _TYPES}
        self._files = {name: (_TYPES[path.suffix], path.read_bytes()) for name, path in files.items()}
        self._files["/sheet"] = self._files["/sheet/"] = self._files["/sheet/index.html"]
        self._changes = changes

    def __call__(self, request: Request) -> Response:
        """Answer one call. Never raises."""
        if request.method not in {"GET", "HEAD"}:
            return _told(405, "Only GET is answered here.", ("Allow", "GET"))
        if request.path == "/sheet/changes":
            return self._change(request)
        found = self._files.get(request.path)
        return Response(200, found[1], found[0], _HEADERS) if found else _told(404, "There is no such page.")

    def _change(self, request: Request) -> Response:
        since = parse_qs(request.target.partition("?")[2]).get("since", [""])[-1]
        if not since.removeprefix("-").isdecimal() or len(since) > 18:  # noqa: PLR2004 - no such number is ever reached
            return _told(400, "since must be a whole number.")
        number = self._changes.after(int(since), PATIENCE_S)
        return Response(200, json.dumps({"number": number}).encode(), headers=_HEADERS)


def to_page(_: Request) -> Response:
    """Send the root of the address on to the page."""
    return Response(302, b"", headers=(("Location", "/sheet"), *_HEADERS))


def _told(status: int, why: str, *headers: tuple[str, str]) -> Response:
    return Response(
        status, json.dumps({"error": {"code": status, "message": why}}).encode(), headers=_HEADERS + headers
    )
