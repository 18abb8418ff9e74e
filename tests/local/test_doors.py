"""The doors beside the API: the page's files, word of changes, and the way to the functions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sheet_client import Client

from functions.local import page_door
from functions.local.forward import Forward
from functions.local.http_server import HttpServer, Request, Response
from functions.local.page_door import PageDoor, to_page
from functions.local.server import LocalSheets


@pytest.fixture
def door(server: LocalSheets) -> PageDoor:
    return PageDoor(server.api.changes)


@pytest.mark.parametrize(
    ("path", "kind", "begins"),
    [
        ("/sheet", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/sheet/", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/sheet/main.js", "text/javascript; charset=utf-8", b"// "),
        ("/sheet/style.css", "text/css; charset=utf-8", b"/* "),
        ("/sheet/icon.svg", "image/svg+xml", b"<svg "),
    ],
)
def test_a_file_has_its_type_and_nothing_foreign_may_run_beside_it(
    door: PageDoor, path: str, kind: str, begins: bytes
) -> None:
    answer = door(Request("GET", path, {}))
    headers = dict(answer.headers)
    assert (answer.status, answer.content_type, answer.body[: len(begins)]) == (200, kind, begins)
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/sheet/../cli.py",
        "/sheet/%2e%2e/cli.py",
        "/sheet/page_door.py",
        "/sheet//etc/passwd",
        "/sheet/main.js/",
        "/sheet/Main.js",
    ],
)
def test_a_path_that_is_not_in_the_table_leads_nowhere(door: PageDoor, path: str) -> None:
    assert door(Request("GET", path, {})).status == 404


def test_the_page_is_only_read(door: PageDoor) -> None:
    assert door(Request("POST", "/sheet", {})).status == 405


def test_no_file_of_the_page_names_an_address_elsewhere_or_holds_inline_code() -> None:
    for path in (Path(page_door.__file__).with_name("page")).iterdir():
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name
        assert "innerHTML" not in text, path.name
        assert " style=" not in text or path.suffix != ".html", path.name


def test_the_root_leads_to_the_page() -> None:
    answer = to_page(Request("GET", "/", {}))
    assert (answer.status, dict(answer.headers)["Location"]) == (302, "/sheet")


def changes(door: PageDoor, since: str) -> int:
    number: int = json.loads(door(Request("GET", f"/sheet/changes?since={since}", {})).body)["number"]
    return number


def test_word_of_a_change_comes_at_once_if_it_is_news(door: PageDoor, client: Client) -> None:
    client.put("A1", [["x"]])
    number = changes(door, "-1")
    client.put("A1", [["y"]])
    assert changes(door, str(number)) == number + 1


def test_word_of_a_change_comes_when_it_happens(door: PageDoor, client: Client) -> None:
    number = changes(door, "-1")
    threading.Timer(0.2, lambda: client.put("A1", [["z"]])).start()
    assert changes(door, str(number)) == number + 1


def test_without_a_change_the_same_number_comes_after_a_while(door: PageDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_door, "PATIENCE_S", 0.05)
    number = changes(door, "-1")
    assert changes(door, str(number)) == number


@pytest.mark.parametrize("since", ["", "x", "1.5", "9" * 30])
def test_a_since_that_is_no_number_is_refused(door: PageDoor, since: str) -> None:
    assert door(Request("GET", f"/sheet/changes?since={since}", {})).status == 400


class Functions:
    """A server that notes what comes and answers with headers that speak of its own connection."""

    def __init__(self) -> None:
        self.got: list[Request] = []
        self.server = HttpServer(("127.0.0.1", 0), self.serve)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def serve(self, request: Request) -> Response:
        self.got.append(request)
        own = (("Keep-Alive", "timeout=5"), ("X-Private", "1"), ("Connection", "X-Private"), ("Retry-After", "2"))
        return Response(503, b'{"reason":"busy"}', "application/problem+json", own)


@pytest.fixture
def functions() -> Iterator[Functions]:
    found = Functions()
    found.thread.start()
    yield found
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


def test_a_call_is_passed_on_without_what_speaks_of_the_connection(functions: Functions) -> None:
    forward = Forward()
    forward.address = functions.server.url.removeprefix("http://")
    headers = {
        "x-api-key": "k",
        "connection": "close, X-Hop",
        "x-hop": "1",
        "host": "localhost:8080",
        "transfer-encoding": "x",
    }
    answer = forward(Request("POST", "/bot/issue?campaign=%D0%B0", headers, b'{"a":1}'))
    assert (answer.status, answer.content_type, answer.body) == (503, "application/problem+json", b'{"reason":"busy"}')
    assert answer.headers == (("Retry-After", "2"),)
    got = functions.got[0]
    assert (got.method, got.target, got.body, got.headers["x-api-key"]) == (
        "POST",
        "/bot/issue?campaign=%D0%B0",
        b'{"a":1}',
        "k",
    )
    assert not {"x-hop", "transfer-encoding"} & got.headers.keys()
    assert got.headers["host"] == "localhost:8080"  # by which a page's own calls are known


@pytest.mark.parametrize("address", ["", "127.0.0.1:1"])
def test_nobody_behind_the_door_is_said_in_one_sentence(address: str) -> None:
    forward = Forward()
    forward.address = address
    answer = forward(Request("GET", "/bot", {}))
    assert answer.status == 502
    assert json.loads(answer.body)["error"]["message"].startswith("The functions do not answer")
