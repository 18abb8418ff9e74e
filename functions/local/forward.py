"""A door that passes calls on to the functions' own process, as the load balancer in front of them does."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

from functions.local.http_server import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIMEOUT_S = 90
#: Headers that speak of one connection, not of the call (RFC 9110, 7.6.1), and those that our server writes itself.
_OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "content-length", "expect"}
)
_OURS = frozenset({"content-type", "date", "server"})


class Forward:
    """Passes calls on to *address* (`127.0.0.1:PORT`, "" until there is one); answers 502 when nobody is there."""

    def __init__(self) -> None:
        self.address = ""

    def __call__(self, request: Request) -> Response:
        """Answer one call. Never raises."""
        try:
            return self._pass_on(request)
        except (OSError, http.client.HTTPException, ValueError):
            why = "The functions do not answer: end `promosheet local` with Ctrl-C and start it again."
            return Response(502, json.dumps({"error": {"code": 502, "message": why, "status": "BAD_GATEWAY"}}).encode())

    def _pass_on(self, request: Request) -> Response:
        connection = http.client.HTTPConnection(self.address, timeout=_TIMEOUT_S)
        try:
            connection.request(request.method, request.target, request.body, _passed(request.headers.items()))
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        kept = tuple((name, value) for name, value in _passed(answer.getheaders()).items() if name.lower() not in _OURS)
        return Response(answer.status, body, answer.getheader("Content-Type", "application/octet-stream"), kept)


def _passed(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    found = dict(headers)
    lists = [value for name, value in found.items() if name.lower() == "connection"]
    named = {name.strip().lower() for value in lists for name in value.split(",")}
    return {name: value for name, value in found.items() if name.lower() not in _OF_THE_CONNECTION | named}
