from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from sheet_client import Client

from functions.local.server import LocalSheets

if TYPE_CHECKING:
    from collections.abc import Callable


CANNOT_BIND = "Cannot bind query parameter. Field 'foo' could not be found in request message."


def raw(server: LocalSheets, text: bytes) -> bytes:
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /v4/spreadsheets/local HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"400"),
        (b"GET /nowhere HTTP/1.1\r\n\r\n", b"404"),
        (b"GET /v4/spreadsheets/local?fields=spreadsheetId HTTP/1.0\r\n\r\n", b"200"),
        (b"POST /v4/spreadsheets HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", b"100"),
    ],
    ids=[
        "no request line",
        "no header",
        "chunked",
        "no length",
        "too long",
        "no number",
        "no path",
        "HTTP/1.0",
        "continue",
    ],
)
def test_bytes_that_are_no_call_are_refused(server: LocalSheets, text: bytes, status: bytes) -> None:
    answer = raw(server, text)
    assert answer.split(b" ")[1] == status
    assert b"Date: " in answer


def test_a_connection_serves_many_calls(server: LocalSheets) -> None:
    call = b"GET /v4/spreadsheets/local?fields=spreadsheetId HTTP/1.1\r\n\r\n"
    assert raw(server, call * 3).count(b'{"spreadsheetId":"local"}') == 3


def test_a_call_for_the_head_alone_gets_no_body(server: LocalSheets) -> None:
    answer = raw(server, b"HEAD /v4/spreadsheets/local HTTP/1.1\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")


def test_half_a_body_is_no_call(server: LocalSheets) -> None:
    assert raw(server, b"POST /v4/spreadsheets HTTP/1.1\r\nContent-Length: 50\r\n\r\n{}") == b""


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("fields=joe", "Request contains an invalid argument."),
        ("fields=sheets(properties", "Request contains an invalid argument."),
        ("includeGridData=perhaps", "Invalid value at 'include_grid_data' (TYPE_BOOL), \"perhaps\""),
        (
            "foo=1",
            f'Invalid JSON payload received. Unknown name "foo": {CANNOT_BIND}',
        ),
        ("ranges=Nope!A1", "Unable to parse range: Nope!A1"),
    ],
)
def test_a_query_that_google_would_not_read_is_refused(client: Client, query: str, message: str) -> None:
    assert client.refused("GET", f"{client.root}?{query}") == (400, message)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("sheets.properties.index", {"sheets": [{"properties": {"index": 0}}]}),
        (
            "sheets.properties(index,gridProperties.rowCount)",
            {"sheets": [{"properties": {"index": 0, "gridProperties": {"rowCount": 1000}}}]},
        ),
        (
            "sheets/properties/sheetId,spreadsheetId",
            {"spreadsheetId": "local", "sheets": [{"properties": {"sheetId": 0}}]},
        ),
        ("properties(title,locale)", {"properties": {"title": "Local", "locale": "en_US"}}),
        ("sheets.merges", {"sheets": [{}]}),
    ],
)
def test_a_mask_cuts_the_spreadsheet(client: Client, fields: str, expected: dict[str, Any]) -> None:
    assert client.get(fields) == expected


def test_grid_data_comes_when_asked_and_a_mask_decides_alone(client: Client) -> None:
    client.put("B2:C3", [["x", 1], ["", True]])
    plain = client.ok("GET", f"{client.root}?includeGridData=true&ranges=A2:D4")["sheets"][0]["data"][0]
    assert plain["startRow"] == 1
    assert [len(plain[name]) for name in ("rowData", "rowMetadata", "columnMetadata")] == [2, 3, 4]
    assert plain["rowData"][1]["values"][2]["effectiveFormat"]["textFormat"]["fontSize"] == 10
    assert "data" not in client.ok("GET", client.root)["sheets"][0]
    assert "data" not in client.ok("GET", f"{client.root}?includeGridData=true&fields=sheets.properties")["sheets"][0]
    two = client.get("sheets.data(startRow,startColumn,rowData.values.userEnteredValue)", "C2:D2", "A1:B2")
    assert two["sheets"][0]["data"] == [
        {"startRow": 1, "startColumn": 2, "rowData": [{"values": [{"userEnteredValue": {"numberValue": 1}}]}]},
        {"rowData": [{}, {"values": [{}, {"userEnteredValue": {"stringValue": "x"}}]}]},
    ]


def test_a_created_spreadsheet_has_the_asked_sheets(client: Client) -> None:
    body = {
        "properties": {"title": "New", "locale": "ru_RU"},
        "sheets": [{"properties": {"title": "Промокоды", "sheetId": 7}}],
    }
    made = client.ok("POST", "/v4/spreadsheets", body)
    assert made["spreadsheetUrl"].endswith(f"/{made['spreadsheetId']}/edit")
    assert made["sheets"][0]["properties"]["sheetId"] == 7
    assert client.ok("GET", f"/v4/spreadsheets/{made['spreadsheetId']}") == made
    assert client.refused("GET", "/v4/spreadsheets/x") == (404, "Requested entity was not found.")


def test_ids_and_calls_can_be_watched() -> None:
    seen: list[tuple[str, str]] = []
    watch: Callable[[str, str], None] = lambda method, path: seen.append((method, path))  # noqa: E731
    with LocalSheets(id_for_new=lambda: "chosen", on_request=watch) as server:
        client = Client(server, "chosen")
        assert client.ok("POST", "/v4/spreadsheets", {})["spreadsheetId"] == "chosen"
        client.values("A1")
        client.values("A2")
        client.connection.close()
    assert server.requests == {"spreadsheets.create": 1, "values.get": 2}
    assert seen[0] == ("POST", "/v4/spreadsheets")


def test_creating_twice_keeps_the_first(server: LocalSheets) -> None:
    client = Client(server)
    client.put("A1", [["kept"]])
    server.create("local", title="Other")
    assert client.values("A1") == [["kept"]]
    assert client.get("properties.title") == {"properties": {"title": "Local"}}
    client.connection.close()


def test_stopping_twice_and_without_a_start_is_quiet() -> None:
    server = LocalSheets()
    server.stop()
    server.stop()


def test_parallel_writers_lose_nothing(server: LocalSheets) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        client = Client(server)
        try:
            for step in range(25):
                insert = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
                cell = {"userEnteredValue": {"stringValue": f"{number}-{step}"}}
                write = {"start": {"sheetId": 0}, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
                client.batch({"insertDimension": {"range": insert}}, {"updateCells": write})
                assert client.values("A1:A")
        except BaseException as error:  # noqa: BLE001  a failed thread must fail the test
            failures.append(error)
        finally:
            client.connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    client = Client(server)
    found = [row[0] for row in client.values("A1:A")]
    client.connection.close()
    assert sorted(found) == sorted(f"{number}-{step}" for number in range(6) for step in range(25))
    for number in range(6):
        own = [text for text in found if text.startswith(f"{number}-")]
        assert own == [f"{number}-{step}" for step in reversed(range(25))]


def test_of_parallel_creations_of_one_metadata_id_exactly_one_wins(server: LocalSheets) -> None:
    entry = {"metadataId": 1, "metadataKey": "s", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}
    body = {"requests": [{"createDeveloperMetadata": {"developerMetadata": entry}}]}
    statuses: list[int] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        client = Client(server)
        barrier.wait()
        statuses.append(client.send("POST", f"{client.root}:batchUpdate", body)[0])
        client.connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 7


def test_a_blocking_server_ends_when_another_thread_stops_it() -> None:
    server = LocalSheets()
    stopper = threading.Timer(0.05, server.stop)
    stopper.start()
    server.serve_forever()
    stopper.join()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:80"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "shop.example"}, 403),
        ({"Host": "[broken"}, 403),
        ({"Origin": "http://shop.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:80", "Origin": "http://localhost:80"}, 200),
        ({"Host": "localhost:80", "Origin": "http://localhost:81"}, 403),
    ],
    ids=str,
)
def test_pages_of_other_sites_cannot_call(client: Client, headers: dict[str, str], status: int) -> None:
    client.connection.request("GET", f"{client.root}?fields=spreadsheetId", headers=headers)
    response = client.connection.getresponse()
    response.read()
    assert response.status == status


def test_a_body_of_100_mb_is_refused_in_words_once_it_was_sent(client: Client) -> None:
    status, message = client.refused("POST", f"{client.root}:batchUpdate", b" " * 100_000_000)
    assert (status, message) == (413, "The body is larger than 64 MiB: send it in parts.")
    client.connection.close()
    assert client.values("A1") == []


@pytest.mark.parametrize("length", [b"65000000000", b"70000000"], ids=["endless", "waits for 100"])
def test_a_body_that_will_not_be_read_is_refused_before_it_is_sent(server: LocalSheets, length: bytes) -> None:
    head = b"POST /v4/spreadsheets HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: " + length + b"\r\n\r\n"
    assert raw(server, head).split(b" ")[1] == b"413"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "Invalid JSON payload received. Unexpected token."),
        (b"[1, 2]", "Invalid value at ''"),
        (b'"text"', "Invalid value at ''"),
        (b"\xff\xfe", "Invalid JSON payload received."),
        (b'{"requests": 3}', "Invalid value at 'requests"),
        (b'{"requests": [{"addSheet": {"properties": {"sheetId": "x"}}}]}', "Invalid value at 'requests[0].add_sheet"),
        (b"[" * 100_000, "Invalid JSON payload received."),
    ],
    ids=["cut", "a list", "a text", "no UTF-8", "no list", "no number", "deep"],
)
def test_a_body_that_is_no_call_is_refused(client: Client, body: bytes, words: str) -> None:
    status, message = client.refused("POST", f"{client.root}:batchUpdate", body)
    assert status == 400
    assert message.startswith(words)


def test_a_change_is_heard_of_at_once_and_the_end_too(server: LocalSheets) -> None:
    changes, heard = server.api.changes, []
    first = changes.number
    waiter = threading.Thread(target=lambda: heard.append(changes.after(first, timeout=20)))
    waiter.start()
    client = Client(server)
    client.put("A1", [["x"]])
    waiter.join(5)
    assert heard == [first + 1]
    assert changes.after(first, timeout=20) == first + 1
    client.refused("GET", f"{client.root}/values/Nope!A1")
    assert changes.number == first + 1
    last = threading.Thread(target=lambda: changes.after(first + 1, timeout=20))
    last.start()
    client.connection.close()
    server.stop()
    last.join(5)
    assert not last.is_alive()


def test_a_spreadsheet_that_nobody_shared_is_forbidden(client: Client) -> None:
    refusal = (403, "The caller does not have permission")
    assert client.refused("GET", "/v4/spreadsheets/not-shared") == refusal
    assert client.refused("POST", "/v4/spreadsheets/not-shared:batchUpdate", {"requests": []}) == refusal


@pytest.mark.parametrize("deep", [500, 5_000, 15_000])
def test_what_is_nested_too_deeply_is_refused(client: Client, deep: int) -> None:
    for mask in ("a/" * deep + "a", "sheets(" * deep, "a," * deep + "("):
        assert client.refused("GET", f"{client.root}?fields={mask}")[0] == 400
    cell = {"repeatCell": {"range": {}, "cell": {}, "fields": "note." * deep + "note"}}
    assert client.batch_refused(cell)[0] == 400


def test_a_message_nested_as_deeply_as_json_goes_is_refused(client: Client) -> None:
    for deep in range(850, 1000, 2):
        body = b'{"requests": ' + b"[" * deep + b"]" * deep + b"}"
        assert client.refused("POST", f"{client.root}:batchUpdate", body)[0] == 400
