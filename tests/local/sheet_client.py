"""A plain client of the local sheet server."""

from __future__ import annotations

import json
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from functions.local.http_server import Request

if TYPE_CHECKING:
    from functions.local.server import LocalSheets


class Client:
    """A plain HTTP client of one spreadsheet: what a test says is what goes over the wire."""

    def __init__(self, server: LocalSheets, spreadsheet_id: str = "local") -> None:
        self.server = server
        self.root = f"/v4/spreadsheets/{spreadsheet_id}"
        self.connection = HTTPConnection(server.base_url.removeprefix("http://"), timeout=20)

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        self.connection.request(method, path, data)
        response = self.connection.getresponse()
        text = response.read()
        assert response.getheader("Date")
        return response.status, json.loads(text)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.send(method, path, body)
        assert status == 200, answer
        return answer

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        status, answer = self.send(method, path, body)
        assert status != 200, answer
        assert answer["error"]["code"] == status
        return status, answer["error"]["message"]

    def batch(self, *requests: dict[str, Any]) -> list[Any]:
        replies: list[Any] = self.ok("POST", f"{self.root}:batchUpdate", {"requests": requests})["replies"]
        return replies

    def batch_refused(self, *requests: dict[str, Any]) -> tuple[int, str]:
        return self.refused("POST", f"{self.root}:batchUpdate", {"requests": requests})

    def get(self, fields: str, *ranges: str) -> Any:
        query = urlencode([("fields", fields), *(("ranges", text) for text in ranges)])
        return self.ok("GET", f"{self.root}?{query}")

    def values(self, text: str, **options: str) -> Any:
        query = f"?{urlencode(options)}" if options else ""
        return self.ok("GET", f"{self.root}/values/{quote(text, safe='')}{query}").get("values", [])

    def put(self, text: str, values: list[list[Any]], option: str = "RAW", **body: Any) -> Any:
        path = f"{self.root}/values/{quote(text, safe='')}?valueInputOption={option}"
        return self.ok("PUT", path, {"values": values, **body})

    def effort(self, method: str, path: str, body: Any = None) -> int:
        """How many function calls the server needs for an answer: work, which no other load on the machine changes."""
        request = Request(method, path, {}, b"" if body is None else json.dumps(body).encode())
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            answer = self.server.serve(request)
        finally:
            sys.setprofile(None)
        assert answer.status == 200, answer.body
        return calls
