"""The local sheet server: the Sheets API over HTTP, and whatever else is to be served on the same port."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Self

from functions.local.api import Api
from functions.local.errors import LocalSheetsError
from functions.local.faults import Fault
from functions.local.http_server import HttpServer, Request, Response
from functions.local.model import utc_now
from functions.local.store import Store, made_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from functions.local.faults import Faults

__all__ = ["Fault", "LocalSheets", "LocalSheetsError"]


class LocalSheets:
    """The server: in-process (`with`, or `start` and `stop`) or blocking (`serve_forever`).

    *data* is the SQLite file or `:memory:`; port 0 takes a free one. A call takes *latency_s* longer, half of it before
    it is looked at, half after. Raises LocalSheetsError.
    """

    def __init__(  # noqa: PLR0913  each has a default
        self,
        data: str | Path = ":memory:",
        port: int = 0,
        *,
        latency_s: float = 0.0,
        id_for_new: Callable[[], str] | None = None,
        on_request: Callable[[str, str], None] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Open the file and take the port; nothing is answered before `start`."""
        self.on_request = on_request
        self.requests: Counter[str] = Counter()  # calls by method, such as "values.batchGet"
        self.doors: Mapping[
            str, Callable[[Request], Response]
        ] = {}  # first part of a path -> who answers; else the API
        self._half_latency_s = latency_s / 2
        self._requests_lock = threading.Lock()
        store = Store(made_path(data))
        try:
            self.api = Api(store, id_for_new, clock)
            self._server = HttpServer(("127.0.0.1", port), self.serve)
        except (OSError, OverflowError) as error:
            store.close()
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            why = f"Port {port} on 127.0.0.1 cannot be used: {reason}. Choose another one with --port."
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
        return self._server.url

    def create(
        self, spreadsheet_id: str, title: str = "Local", time_zone: str = "Europe/Moscow", locale: str = "ru_RU"
    ) -> None:
        """Make a spreadsheet with a chosen id; one that exists is left as it is."""
        if spreadsheet_id not in self.api.ids():
            properties = {"title": title, "timeZone": time_zone, "locale": locale}
            self.api.create(spreadsheet_id, {"properties": properties})

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
        self.api.changes.close()
        self._server.end_connections()
        self._server.server_close()
        self.api.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def serve(self, request: Request) -> Response:
        """Answer one call, at its door or as the API. Never raises."""
        door = self.doors.get(request.path.split("/", 2)[1] if request.path.startswith("/") else "")
        if door is not None:
            return door(request)
        if self.on_request is not None:
            self.on_request(request.method, request.target)
        self._travel()
        method, target, body = _as_meant(request)
        answer = self.api.answer(method, target, body, request.headers.get("authorization", ""))
        with self._requests_lock:
            self.requests[answer.kind] += 1
        self._travel()
        return Response(answer.status, answer.body, reset=answer.reset)

    def _travel(self) -> None:
        if self._half_latency_s:
            time.sleep(self._half_latency_s)


def _as_meant(request: Request) -> tuple[str, str, bytes]:
    """Method, target and body; google-api-python-client sends a GET with a long query as POST, and Google takes it."""
    if request.method == "POST" and request.headers.get("x-http-method-override", "").upper() == "GET":
        return "GET", f"{request.target}?{request.body.decode('latin-1')}", b""
    return request.method, request.target, request.body
