"""How fast the local sheet server answers, beside a bare http.server that only says hello.

    python tests/bench/local_sheets.py

Small calls from one connection and from four processes, as calls a second and as the server's CPU per call; then a tab
of 200,000 rows: one column, all eleven columns, a row inserted and one appended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = "/v4/spreadsheets/local"
ROWS, CALLS, CLIENTS = 200_000, 2_000, 4
HELLO = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    do_POST = do_GET
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
print(f"at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""
Call = tuple[str, str, Any]


@contextmanager
def started(*command: str | Path) -> Iterator[tuple[str, int]]:
    """Address and process id of a server that prints its address first."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split("http://")[1].split()[0], process.pid
        finally:
            process.terminate()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(connection: HTTPConnection, call: Call) -> bytes:
    method, path, body = call
    connection.request(method, path, None if body is None else json.dumps(body))
    response = connection.getresponse()
    text = response.read()
    assert response.status == 200, text[:300]
    return text


def send_all(address: str, calls: list[Call]) -> None:
    connection = HTTPConnection(address, timeout=120)
    for call in calls:
        send(connection, call)
    connection.close()


def insert(sheet_id: int, at: int = 1) -> Call:
    """A row added as the functions do it."""
    place = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
    row = {"values": [{"userEnteredValue": {"stringValue": "SPRING-7K2QM-4XWDA"}}] * 8}
    start = {"sheetId": sheet_id, "rowIndex": at, "columnIndex": 0}
    requests = [
        {"insertDimension": {"range": place, "inheritFromBefore": True}},
        {"updateCells": {"start": start, "rows": [row], "fields": "userEnteredValue"}},
    ]
    return "POST", f"{ROOT}:batchUpdate", {"requests": requests}


def small_calls(name: str, address: str, pid: int, calls: list[Call]) -> None:
    for clients in (1, CLIENTS):
        share = calls[: CALLS // clients]
        before, began = cpu_s(pid), time.perf_counter()
        with ProcessPoolExecutor(clients) as pool:
            list(pool.map(send_all, [address] * clients, [share] * clients))
        seconds, cpu = time.perf_counter() - began, cpu_s(pid) - before
        print(f"{name:<44} {clients} client(s) {CALLS / seconds:8.0f} calls/s {1e3 * cpu / CALLS:7.2f} ms CPU a call")


def fill(connection: HTTPConnection) -> None:
    grid = {"rowCount": ROWS + 1, "columnCount": 11}
    add = {"addSheet": {"properties": {"sheetId": 9, "title": "big", "gridProperties": grid}}}
    send(connection, ("POST", f"{ROOT}:batchUpdate", {"requests": [add]}))
    for first in range(0, ROWS, 50_000):
        rows = [
            [f"SPRING-{n:05}-X", "spring", str(n), "Anna", "bothelp", 45990 + n / 1e5, 46020, "unused", "", "", ""]
            for n in range(first, first + 50_000)
        ]
        path = f"{ROOT}/values/{quote(f'big!A{first + 2}')}?valueInputOption=RAW"
        send(connection, ("PUT", path, {"values": rows}))
    looks = {"range": {"sheetId": 9, "startRowIndex": 1, "startColumnIndex": 5, "endColumnIndex": 7}}
    date = {"userEnteredFormat": {"numberFormat": {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}}}
    requests = [{"repeatCell": {**looks, "cell": date, "fields": "userEnteredFormat.numberFormat"}}]
    send(connection, ("POST", f"{ROOT}:batchUpdate", {"requests": requests}))


def best_of_three(name: str, pid: int, run: Callable[[], bytes]) -> None:
    found = []
    for _ in range(3):
        before, began = cpu_s(pid), time.perf_counter()
        size = len(run())
        found.append((time.perf_counter() - began, cpu_s(pid) - before))
    seconds, cpu = min(found)
    print(f"{name:<44} {seconds:6.2f} s {cpu:6.2f} s CPU {size / 1e6:7.1f} MB")


def large_tab(address: str, pid: int) -> None:
    connection = HTTPConnection(address, timeout=120)
    fill(connection)
    plain = "majorDimension=COLUMNS&valueRenderOption=UNFORMATTED_VALUE"
    asked = {
        "one column of text": f"{ROOT}/values/big!A:A?{plain}",
        "one column of text, by rows, as shown": f"{ROOT}/values/big!A:A",
        "one column of dates": f"{ROOT}/values/big!F:F?{plain}",
        "one column of dates, as shown": f"{ROOT}/values/big!F:F",
        "eleven columns in one batchGet": f"{ROOT}/values:batchGet?{plain}"
        + "".join(f"&ranges=big!{letter}:{letter}" for letter in "ABCDEFGHIJK"),
        "100 rows with formats, in the middle": f"{ROOT}?ranges=big!A100000:K100100&includeGridData=true",
    }
    for name, path in asked.items():
        best_of_three(f"{ROWS:,} rows: {name}", pid, lambda path=path: send(connection, ("GET", path, None)))
    best_of_three(f"{ROWS:,} rows: a row inserted and written", pid, lambda: send(connection, insert(9)))
    append = ("POST", f"{ROOT}/values/big!A1:append?valueInputOption=RAW", {"values": [["SPRING-7K2QM-4XWDA"]]})
    best_of_three(f"{ROWS:,} rows: a row appended to the table", pid, lambda: send(connection, append))
    connection.close()


def main() -> None:
    with started(sys.executable, "-c", HELLO) as (address, pid):
        small_calls("http.server: hello", address, pid, [("GET", "/", None)] * CALLS)
    with started(Path(sys.executable).with_name("promosheet"), "emulator", "--port", "0") as (address, pid):
        small_calls("local sheet server: read a cell", address, pid, [("GET", f"{ROOT}/values/A1", None)] * CALLS)
        mask = f"{ROOT}?fields=sheets.properties"
        small_calls("local sheet server: properties of the tabs", address, pid, [("GET", mask, None)] * CALLS)
        small_calls(
            "local sheet server: insert and write a row", address, pid, [insert(0, at) for at in range(1, CALLS + 1)]
        )
        large_tab(address, pid)


if __name__ == "__main__":
    main()
