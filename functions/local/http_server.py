"""A small HTTP/1.1 server: bytes in, bytes out, one thread per connection, one segment per answer.

Hand-made because http.server spends most of a small call on its headers. It listens on loopback for programs of this
machine alone: a call in the name of another site, as a page on the web could make a browser send it, is refused.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_HEAD = 65_536
MAX_BODY = 64 * 1024 * 1024
MAX_DRAINED = 1024 * 1024 * 1024
MAX_DIGITS = 18  # of a Content-Length
IDLE_SECONDS = 300
JSON_TYPE = "application/json; charset=UTF-8"
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1", ""})


@dataclass(frozen=True, slots=True)
class Request:
    """One call: *target* is path and query as they came, still percent-encoded; header names are small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """Path without the query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back; with *reset* the connection is cut instead."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    reset: bool = False


class HttpServer(socketserver.ThreadingTCPServer):
    """Listens on *address* (port 0: a free one) and answers every call with *serve*, which must not raise."""

    allow_reuse_address = True  # a restart must not wait for old connections; a listening port is still refused
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], serve: Callable[[Request], Response]) -> None:
        self.serve = serve
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Connection)

    @property
    def url(self) -> str:
        """Root for clients, such as `http://127.0.0.1:9099`."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def opened(self, connection: socket.socket) -> None:
        """Note a connection, so that `end_connections` finds it."""
        with self._open_lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._open_lock:
            self._open.discard(connection)

    def end_connections(self) -> None:
        """Stop reading from clients that keep a connection open; an answer under way is still written."""
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RD)
                except OSError:
                    continue  # the client was faster


class _Connection(socketserver.StreamRequestHandler):
    """One connection, kept alive."""

    server: HttpServer
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    rbufsize = 65_536

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def handle(self) -> None:
        try:
            while self._one_call():
                pass
        except (OSError, ValueError):
            return  # the client is gone; what it asked for was applied or not, as with Google

    def _one_call(self) -> bool:
        """Read and answer one call; whether the connection stays open."""
        line = self.rfile.readline(MAX_HEAD)
        while line in {b"\r\n", b"\n"}:
            line = self.rfile.readline(MAX_HEAD)
        if not line:
            return False
        parts = line.decode("latin-1").split()
        headers = self._headers()
        if headers is None or len(parts) != 3 or not parts[2].startswith("HTTP/1."):  # noqa: PLR2004
            return self._refuse(400, "Bad request line or headers.")
        if not _is_own(headers):
            return self._refuse(403, "This server answers programs of this machine, not pages of other sites.")
        body = self._body(headers)
        if body is None:
            return False
        keep = headers.get("connection", "").lower() != "close" and parts[2] != "HTTP/1.0"
        return self._answer(Request(parts[0], parts[1], headers, body), keep=keep)

    def _headers(self) -> dict[str, str] | None:
        headers: dict[str, str] = {}
        for _ in range(200):
            line = self.rfile.readline(MAX_HEAD)
            if line in {b"\r\n", b"\n"}:
                return headers
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon:
                return None
            headers[name.strip().lower()] = value.strip()
        return None

    def _body(self, headers: Mapping[str, str]) -> bytes | None:
        """Body of the call; None when it was refused or the client is gone."""
        text = headers.get("content-length", "0")
        if "transfer-encoding" in headers:
            self._refuse(411, "Length required: send a Content-Length.")
            return None
        if not text.isdecimal() or len(text) > MAX_DIGITS:
            self._refuse(400, "Content-Length must be a number.")
            return None
        length = int(text)
        if headers.get("expect", "").lower() == "100-continue":
            if length > MAX_BODY:
                self._refuse_large()
                return None
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif length > MAX_BODY:
            self._drain(length)
            self._refuse_large()
            return None
        body = self.rfile.read(length) if length else b""
        return body if len(body) == length else None

    def _drain(self, length: int) -> None:
        """Read what is too much, so that the client can finish sending and then read why it was refused."""
        while 0 < length <= MAX_DRAINED and (chunk := self.rfile.read(min(length, 1 << 20))):
            length -= len(chunk)

    def _refuse_large(self) -> None:
        self._refuse(413, f"The body is larger than {MAX_BODY >> 20} MiB: send it in parts.")

    def _answer(self, request: Request, *, keep: bool) -> bool:
        response = self.server.serve(request)
        if response.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        self._send(response, keep=keep, with_body=request.method != "HEAD")
        return keep

    def _refuse(self, status: int, why: str) -> bool:
        word = HTTPStatus(status).name
        body = b'{"error":{"code":%d,"message":"%s","status":"%s"}}' % (status, why.encode(), word.encode())
        self._send(Response(status, body), keep=False)
        return False

    def _send(self, response: Response, *, keep: bool, with_body: bool = True) -> None:
        lines = (
            f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
            f"Content-Type: {response.content_type}",
            f"Date: {_http_date(int(time.time()))}",
            f"Content-Length: {len(response.body)}",
            *(f"{name}: {value}" for name, value in response.headers),
            *(() if keep else ("Connection: close",)),
        )
        head = "\r\n".join(lines) + "\r\n\r\n"
        body = response.body if with_body else b""
        self.connection.sendall(head.encode("latin-1") + body)  # one segment: no 40 ms of delayed ACK


def _is_own(headers: Mapping[str, str]) -> bool:
    """Whether the call was meant for this server: by a loopback name, and not from a page of another site."""
    host = headers.get("host", "")
    if _name(f"//{host}") not in _OWN_NAMES:
        return False  # another site's name that was made to point here
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return address


_last_date = (0, "")


def _http_date(second: int) -> str:
    """Date header of this second, made once."""
    global _last_date  # noqa: PLW0603  a cache of one value; a race only makes it twice
    if _last_date[0] != second:
        _last_date = (second, formatdate(second, usegmt=True))
    return _last_date[1]
