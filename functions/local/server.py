"""The HTTP door of the local sheet server: bytes in, bytes out, one thread per connection, one segment per answer."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from functions.local.api import Api
from functions.local.errors import LocalSheetsError
from functions.local.faults import Fault
from functions.local.store import Store, made_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from functions.local.faults import Faults

MAX_HEAD = 65_536
MAX_BODY = 200 * 1024 * 1024
IDLE_SECONDS = 300

__all__ = ["Fault", "LocalSheets", "LocalSheetsError"]


class LocalSheets:
    """The server: in-process (`with`, or `start` and `stop`) or blocking (`serve_forever`).

    *data* is the SQLite file or `:memory:`; port 0 takes a free one. Raises LocalSheetsError.
    """

    def __init__(
        self,
        data: str | Path = ":memory:",
        port: int = 0,
        host: str = "127.0.0.1",
        id_for_new: Callable[[], str] | None = None,
        on_request: Callable[[str, str], None] | None = None,
    ) -> None:
        """Open the file and take the port; nothing is answered before `start`."""
        self.on_request = on_request
        self.requests: Counter[str] = Counter()  # calls by method, such as "values.batchGet"
        self._requests_lock = threading.Lock()
        store = Store(made_path(data))
        try:
            self.api = Api(store, id_for_new)
            self._server = _Server((host, port), self)
        except OSError as error:
            store.close()
            why = f"Port {port} on {host} cannot be used: {error.strerror or error}."
            raise LocalSheetsError(why) from error
        except BaseException:
            store.close()
            raise
        self._thread: threading.Thread | None = None
        self._served = False
        self._stopped = False

    @property
    def faults(self) -> Faults:
        """Faults still to come; append a `Fault`."""
        return self.api.faults

    @property
    def base_url(self) -> str:
        """Root for clients, such as `http://127.0.0.1:9099`."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def create(
        self, spreadsheet_id: str, title: str = "Local", time_zone: str = "Europe/Moscow", locale: str = "ru_RU"
    ) -> None:
        """Make a spreadsheet with a chosen id; one that exists is left as it is."""
        if spreadsheet_id not in self.api.ids():
            self.api.create(spreadsheet_id, {"title": title, "timeZone": time_zone, "locale": locale})

    def start(self) -> Self:
        """Answer calls in a thread of its own until `stop`."""
        self._served = True
        self._thread = threading.Thread(target=self.serve_forever, name="local-sheets", daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Answer calls until another thread calls `stop`; a signal handler must raise instead, then call `stop`."""
        self._served = True
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """End open connections, let calls under way finish, close the file. A second call does nothing."""
        if self._stopped:
            return
        self._stopped = True
        if self._served:
            self._server.shutdown()
        if self._thread is not None:
            self._thread.join()
        self._server.end_connections()
        self._server.server_close()
        self.api.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def count(self, kind: str) -> None:
        """Note a call, for tests that count them."""
        with self._requests_lock:
            self.requests[kind] += 1


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True  # a restart must not wait for old connections; a listening port is still refused
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: LocalSheets) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
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
    """One connection, kept alive; hand-made because http.server spends most of a small call on its headers."""

    server: _Server
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
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers:
            return self._refuse(411, "Length required.")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return self._refuse(413, "Content-Length must be a number up to 200 MiB.")
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(int(length)) if length != "0" else b""
        if len(body) != int(length):
            return False
        keep = headers.get("connection", "").lower() != "close" and parts[2] != "HTTP/1.0"
        method, target = parts[0], parts[1]
        if method == "POST" and headers.get("x-http-method-override", "").upper() == "GET":
            # google-api-python-client sends a GET with a long query this way, and Google takes it.
            method, target, body = "GET", f"{target}?{body.decode('latin-1')}", b""
        return self._answer(method, target, body, keep=keep)

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

    def _answer(self, method: str, target: str, body: bytes, *, keep: bool) -> bool:
        owner = self.server.owner
        if owner.on_request is not None:
            owner.on_request(method, target)
        answer = owner.api.answer(method, target, body)
        owner.count(answer.kind)
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        self._send(answer.status, answer.body, keep=keep)
        return keep

    def _refuse(self, status: int, why: str) -> bool:
        self._send(status, b'{"error":{"code":%d,"message":"%s"}}' % (status, why.encode()), keep=False)
        return False

    def _send(self, status: int, body: bytes, *, keep: bool) -> None:
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "Content-Type: application/json; charset=UTF-8",
            f"Date: {_http_date(int(time.time()))}",
            f"Content-Length: {len(body)}",
            *(() if keep else ("Connection: close",)),
        )
        head = "\r\n".join(lines) + "\r\n\r\n"
        self.connection.sendall(head.encode("latin-1") + body)  # one segment: no 40 ms of Nagle and delayed ACK


_last_date = (0, "")


def _http_date(second: int) -> str:
    """Date header of this second, made once."""
    global _last_date  # noqa: PLW0603  a cache of one value; a race only makes it twice
    if _last_date[0] != second:
        _last_date = (second, formatdate(second, usegmt=True))
    return _last_date[1]
