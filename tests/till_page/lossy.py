"""A line to the server that loses answers: everything goes through, but what comes back may not. In this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

TOO_MANY = 429
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "content-encoding"}


class Line:
    """What happens to calls, and what was asked: (method, path, body). `base` is where the browser goes."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.base = ""
        self.asked: list[tuple[str, str, bytes]] = []
        self._lock = threading.Lock()
        self.restore()

    def restore(self) -> None:
        """Nothing is lost any more, and nothing was asked."""
        self.losing: dict[str, int] = {}  # part of a path -> how many answers to it get lost, after they were made
        self.unasked: dict[str, int] = {}  # ... -> how many calls never arrive
        self.instead: dict[str, list[tuple[int, bytes]]] = {}  # ... -> what something in between answers instead
        self.gate = threading.Event()  # closed: answers wait
        self.gate.set()
        self.asked.clear()

    def count(self, part: str, method: str = "POST") -> int:
        return sum(path.endswith(part) and each == method for each, path, _ in self.asked)

    def taken(self, of: dict[str, int], path: str) -> bool:
        """Whether *path* is one of those that something happens to, which then happens once less."""
        with self._lock:
            part = next((part for part, left in of.items() if path.endswith(part) and left), None)
            if part is not None:
                of[part] -= 1
            return part is not None


def _handler(line: Line) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing: the tests say what was asked."""

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line.asked.append((self.command, self.path, body))
            if line.taken(line.unasked, self.path):
                return self._hang_up()
            put = next(
                (answers for part, answers in line.instead.items() if self.path.endswith(part) and answers), None
            )
            if put:
                status, content = put.pop(0)
                headers = {"Content-Type": "text/html"} | ({"Retry-After": "7"} if status == TOO_MANY else {})
                return self._send(status, headers, content)
            answer = requests.request(
                self.command, line.target + self.path, data=body, headers=dict(self.headers), timeout=30,
                allow_redirects=False, stream=True,
            )  # fmt: skip
            content = answer.raw.read(decode_content=False)
            if line.taken(line.losing, self.path):
                return self._hang_up()
            line.gate.wait(30)
            kept = {
                name: value for name, value in answer.headers.items() if name.lower() not in HOP - {"content-encoding"}
            }
            return self._send(answer.status_code, kept, content)

        def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(2)

        do_GET = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - names of http.server

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that left is no error."""


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    line = Line(target)
    with Server(("127.0.0.1", 0), _handler(line)) as server:
        line.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield line
        finally:
            line.gate.set()
            server.shutdown()
            thread.join(10)
