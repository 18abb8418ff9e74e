from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sheet_client import Client

from functions.local.model import POSITION_STEP
from functions.local.server import LocalSheets, LocalSheetsError

ROOT = Path(__file__).parents[2]
SERVE = """
import sys
from functions.local.server import LocalSheets
server = LocalSheets(data=sys.argv[1])
server.create("local", locale="en_US")
print(server.base_url.rsplit(":", 1)[1], flush=True)
server.serve_forever()
"""


def insert(at: int, text: str) -> list[dict[str, Any]]:
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
    start = {"sheetId": 0, "rowIndex": at, "columnIndex": 0}
    row = {"values": [{"userEnteredValue": {"stringValue": text}}]}
    return [
        {"insertDimension": {"range": place, "inheritFromBefore": at > 0}},
        {"updateCells": {"start": start, "rows": [row], "fields": "userEnteredValue"}},
    ]


def everything(path: Path) -> tuple[Any, Any]:
    with LocalSheets(data=path) as server:
        client = Client(server)
        found = client.get("*"), client.values("Sheet1", valueRenderOption="FORMULA")
        client.connection.close()
    return found


def fill(client: Client) -> None:
    client.put("A1:D2", [["text", 1.5, True, "2026-01-01"], ["=A1", "", "5%", "'007"]], "USER_ENTERED")
    entry = {"metadataId": 3, "metadataKey": "k", "visibility": "DOCUMENT"}
    place = {"dimensionRange": {"dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}}
    size = {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    client.batch(
        {"createDeveloperMetadata": {"developerMetadata": {**entry, "location": place}}},
        {"updateDimensionProperties": {"range": size, "properties": {"pixelSize": 50}, "fields": "pixelSize"}},
        {"addSheet": {"properties": {"sheetId": 8, "title": "Вторая", "index": 0, "hidden": True}}},
        {"addNamedRange": {"namedRange": {"name": "here", "namedRangeId": "1", "range": {"endRowIndex": 2}}}},
        {"addProtectedRange": {"protectedRange": {"range": {"endRowIndex": 1}}}},
        {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 500, "endIndex": 600}}},
        *insert(1, "between"),
    )


def test_everything_is_there_after_a_restart_on_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "state.db"
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        fill(client)
        before = client.get("*"), client.values("Sheet1", valueRenderOption="FORMULA")
        client.connection.close()
    assert everything(path) == before
    assert everything(path) == before


def test_an_answered_write_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        client = Client(_At(port))
        for number in range(20):
            client.batch(*insert(number, f"row {number}"))
        process.send_signal(signal.SIGKILL)
        client.connection.close()
    assert everything(path)[1] == [[f"row {number}"] for number in range(20)]


class _At(LocalSheets):
    """Only the address of a server in another process."""

    def __init__(self, port: int) -> None:
        self._port = port

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"


def test_a_refused_batch_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.batch_refused(*insert(0, "x"), {"deleteSheet": {"sheetId": 5}})
        client.connection.close()
    assert everything(path)[1] == []


def test_rows_keep_their_order_however_often_they_are_inserted_at_one_place(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        for number in range(40):
            client.batch(*insert(0, f"top {number}"), *insert(7, f"seven {number}"))
        before = client.values("Sheet1")
        client.connection.close()
    assert everything(path)[1] == before


def test_one_more_row_writes_one_row_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.put("A1", [["x"]] * 900)
        changes = server.api._store._connection
        before = changes.total_changes
        client.batch(*insert(900, "y"))
        assert changes.total_changes - before <= 3  # the row, its sheet, its spreadsheet
        client.connection.close()
    assert POSITION_STEP > 900


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(LocalSheetsError, match="belongs to another program"):
        LocalSheets(data=path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("just some text, long enough to be more than a header " * 20)
    with pytest.raises(LocalSheetsError, match="damaged or is no sheet file"):
        LocalSheets(data=path)
    assert path.read_text().startswith("just some text")


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with LocalSheets(data=path), pytest.raises(LocalSheetsError, match="in use by another server"):
        LocalSheets(data=path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalSheetsError, match="cannot be made"):
        LocalSheets(data=tmp_path / "file" / "state.db")


def test_a_port_in_use_is_refused_in_one_sentence(server: LocalSheets) -> None:
    port = int(server.base_url.rsplit(":", 1)[1])
    with pytest.raises(LocalSheetsError, match=f"Port {port} on 127.0.0.1 cannot be used"):
        LocalSheets(port=port)


def test_a_file_with_changed_bytes_is_refused_in_one_sentence_or_still_works(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        fill(client)
        client.connection.close()
    good, told, working = path.read_bytes(), [], 0
    for seed in range(150):
        chance, changed = random.Random(seed), bytearray(good)
        for _ in range(chance.choice((1, 3, 50))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path.write_bytes(changed if seed % 5 else changed[: chance.randrange(1, len(changed))])
        try:
            with LocalSheets(data=path) as server:
                statuses = {server.api.answer("GET", "/v4/spreadsheets/local").status}
                statuses.add(server.api.answer("GET", "/v4/spreadsheets/local/values/A1:Z").status)
        except LocalSheetsError as error:
            told.append(str(error))
        else:
            working += 1
            assert statuses <= {200, 400, 404}
    assert len(told) > 20
    assert working > 20
    assert not any("\n" in text for text in told)


def test_a_write_that_the_file_cannot_take_is_not_applied_and_said_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with LocalSheets(data=tmp_path / "state.db") as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.put("A1", [["before"]])
        file = server.api._store._connection
        pages = file.execute("PRAGMA page_count").fetchone()[0]
        file.execute(f"PRAGMA max_page_count = {pages}")  # a disk that is full
        path = f"{client.root}/values/A1?valueInputOption=RAW"
        lost = {"values": [["x" * 40_000]]}
        assert client.refused("PUT", path, lost) == (503, "The service is currently unavailable.")
        assert client.values("A1") == [["before"]]
        file.execute(f"PRAGMA max_page_count = {pages + 1000}")
        client.put("A1", [["after"]])
        client.connection.close()
    errors = capfd.readouterr().err
    assert errors.count("\n") == 1
    assert "cannot be written: database or disk is full. Nothing of this call was kept." in errors
    assert everything(tmp_path / "state.db")[1] == [["after"]]


def test_an_error_that_was_pasted_as_a_value_is_one_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "data.sqlite"
    one = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    paste = {"source": one, "destination": {**one, "startRowIndex": 1, "endRowIndex": 2}, "pasteType": "PASTE_VALUES"}
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.put("A1:B1", [["=1/0", "=ISERROR(A2)"]], "USER_ENTERED")
        client.batch({"copyPaste": paste})
        before = client.get("sheets.data.rowData.values(userEnteredValue,formattedValue)"), client.values("A1:B2")
        client.connection.close()
    assert before[1] == [["#DIV/0!", "TRUE"], ["#DIV/0!"]]
    with LocalSheets(data=path) as server:
        client = Client(server)
        assert (
            client.get("sheets.data.rowData.values(userEnteredValue,formattedValue)"),
            client.values("A1:B2"),
        ) == before
        client.connection.close()


def test_metadata_that_was_deleted_and_made_anew_in_one_batch_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "data.sqlite"
    entry = {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}
    create = [{"createDeveloperMetadata": {"developerMetadata": {**entry, "metadataId": number}}} for number in (1, 2)]
    delete = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": 1}}}}
    with LocalSheets(data=path) as server:
        server.create("local", locale="en_US")
        client = Client(server)
        client.batch(*create)
        client.batch(delete, create[0])
        client.connection.close()
    assert [found["metadataId"] for found in everything(path)[0]["developerMetadata"]] == [2, 1]
