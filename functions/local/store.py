"""Spreadsheets in one SQLite file: a batch is one transaction, and only what it touched is written."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.local.errors import LocalSheetsError
from functions.local.formula_values import Problem
from functions.local.model import (
    Cell,
    Cells,
    Column,
    Extras,
    Formula,
    Json,
    Metadata,
    Row,
    Sheet,
    Spreadsheet,
    extras_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

APPLICATION_ID = 0x50726F73  # "Pros"
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE spreadsheet (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE sheet (book INTEGER, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (book, id)) WITHOUT ROWID;
CREATE TABLE line (
    book INTEGER, sheet INTEGER, id INTEGER, position INTEGER NOT NULL, cells TEXT, properties TEXT,
    PRIMARY KEY (book, sheet, id)
) WITHOUT ROWID;
CREATE TABLE metadata (
    book INTEGER, id INTEGER, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (book, id)
) WITHOUT ROWID;
CREATE TABLE look (number INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);
"""
# What reading a file can raise whose bytes anybody may have changed.
_UNREADABLE = (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
_KEEP = "Put it aside, or start with another folder."
_MARKS: dict[type, str] = {Formula: "f", Problem: "e"}  # an error is left where a formula's result was pasted
# A quotation mark inside a JSON string is escaped, so this text stands only where a cell is a formula.
FORMULA_ROWS = """SELECT id FROM line WHERE book = ? AND sheet = ? AND instr(cells, '{"f":')"""


class Store:
    """The file. One connection, used by one thread at a time: the caller holds the lock."""

    def __init__(self, path: str) -> None:
        """Open or make the file. Raises LocalSheetsError when it is another program's, damaged or in use."""
        self._path = path
        self._looks: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._next_metadata = 1
        try:
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            text = f"The file {path} cannot be opened: {error}."
            raise LocalSheetsError(text) from error
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            self._connection.close()
            in_use = "locked" in str(error) or "busy" in str(error)
            why = "is in use by another server" if in_use else f"cannot be used: {error}"
            text = f"The file {path} {why}."
            raise LocalSheetsError(text) from error
        except _UNREADABLE as error:
            self._connection.close()
            text = f"The file {path} is damaged or is no sheet file: {error}. {_KEEP}"
            raise LocalSheetsError(text) from error
        except LocalSheetsError:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        found = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        blank = run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0 and found == (0, 0)
        if not blank and found[0] != APPLICATION_ID:
            text = f"The file {self._path} belongs to another program: it is no sheet file."
            raise LocalSheetsError(text)
        if not blank and found[1] != SCHEMA_VERSION:
            text = f"The file {self._path} was made by another version of this server."
            raise LocalSheetsError(text)
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")  # a killed process loses nothing; only a power cut may lose the last writes
        run("BEGIN IMMEDIATE")
        if blank:
            for statement in SCHEMA.split(";\n"):
                run(statement)
            run(f"PRAGMA application_id = {APPLICATION_ID}")
            run(f"PRAGMA user_version = {SCHEMA_VERSION}")
        run("COMMIT")

    def close(self) -> None:
        """Fold the write-ahead log into the file and let it go."""
        self._connection.close()

    def load(self) -> list[Spreadsheet]:
        """Every spreadsheet of the file. Raises LocalSheetsError when the file is damaged."""
        try:
            self._check()
            looks = dict(self._connection.execute("SELECT number, body FROM look"))
            self._looks = {body: number for number, body in looks.items()}
            extras = {number: extras_of(json.loads(body)) for number, body in looks.items()}
            found = self._connection.execute("SELECT number, id, body FROM spreadsheet ORDER BY number").fetchall()
            return [self._load(number, book_id, json.loads(body), extras) for number, book_id, body in found]
        except _UNREADABLE as error:
            text = f"The file {self._path} is damaged: {error}. {_KEEP}"
            raise LocalSheetsError(text) from error

    def _check(self) -> None:
        """Look at every page of the file. Raises ValueError for one that is not as it was written."""
        if self._connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            why = "its pages do not fit together"
            raise ValueError(why)

    def _load(self, number: int, book_id: str, body: Json, extras: dict[int, Extras | None]) -> Spreadsheet:
        self._numbers[book_id] = number
        run = self._connection.execute
        sheets = {
            sheet_id: json.loads(text) for sheet_id, text in run("SELECT id, body FROM sheet WHERE book = ?", (number,))
        }
        book = Spreadsheet(book_id, body["properties"], named_ranges=body["namedRanges"])
        for sheet_id in body["sheets"]:
            found = sheets[sheet_id]
            columns = [Column(column, properties) for column, properties in found["columns"]]
            sheet = Sheet(sheet_id, found["properties"], [], columns, found["things"], found["nextId"])
            rows = run(
                "SELECT id, position, cells, properties FROM line WHERE book = ? AND sheet = ? ORDER BY position",
                (number, sheet_id),
            )
            sheet.rows = [
                Row(row, position, decode_cells(cells, extras), json.loads(properties) if properties else None)
                for row, position, cells, properties in rows
            ]
            sheet.ruled = {one for one in extras.values() if one is not None and one.has_rule}
            sheet.formula_rows = {row for (row,) in run(FORMULA_ROWS, (number, sheet_id))}
            book.sheets.append(sheet)
        entries = run("SELECT number, body FROM metadata WHERE book = ? ORDER BY number", (number,))
        for place, text in entries:
            entry = Metadata(*json.loads(text))
            book.metadata[entry.id] = entry
            self._next_metadata = max(self._next_metadata, place + 1)
        return book

    def save(self, book: Spreadsheet) -> None:
        """Write a draft in one transaction: its changed sheets, their touched rows, its touched metadata.

        Raises LocalSheetsError if the file cannot be written; then nothing was.
        """
        run = self._connection.execute
        known = len(self._looks), dict(self._numbers)
        try:
            run("BEGIN IMMEDIATE")
            self._save(book)
            run("COMMIT")
        except BaseException as error:
            self._looks = dict(list(self._looks.items())[: known[0]])
            self._numbers = known[1]
            if self._connection.in_transaction:
                run("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                text = f"The file {self._path} cannot be written: {error}. Nothing of this call was kept."
                raise LocalSheetsError(text) from error
            raise
        for sheet in book.sheets:
            sheet.touched.clear()

    def _save(self, book: Spreadsheet) -> None:
        run, many = self._connection.execute, self._connection.executemany
        body = {
            "properties": book.properties,
            "namedRanges": book.named_ranges,
            "sheets": [sheet.id for sheet in book.sheets],
        }
        number = self._numbers.get(book.id)
        if number is None:
            number = int(run("INSERT INTO spreadsheet (id, body) VALUES (?, ?)", (book.id, _text(body))).lastrowid or 0)
            self._numbers[book.id] = number
        else:
            run("UPDATE spreadsheet SET body = ? WHERE number = ? AND body <> ?", (_text(body), number, _text(body)))
        for sheet_id in book.removed_sheets:
            run("DELETE FROM sheet WHERE book = ? AND id = ?", (number, sheet_id))
            run("DELETE FROM line WHERE book = ? AND sheet = ?", (number, sheet_id))
        for sheet in book.sheets:
            if sheet.id in book.drafted:
                self._save_sheet(number, sheet)
        many(
            "DELETE FROM metadata WHERE book = ? AND id = ?",
            [(number, entry) for entry in book.removed_metadata],
        )
        write = "INSERT INTO metadata VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
        many(write, list(self._metadata_rows(number, book)))

    def _metadata_rows(self, number: int, book: Spreadsheet) -> Iterator[tuple[int, int, int, str]]:
        for entry in book.metadata.values() if book.touched_metadata else ():
            if entry.id in book.touched_metadata:
                parts = [entry.id, entry.key, entry.value, entry.visibility, entry.sheet, entry.dimension, entry.line]
                yield number, entry.id, self._next_metadata, _text(parts)
                self._next_metadata += 1

    def _save_sheet(self, number: int, sheet: Sheet) -> None:
        body = {
            "properties": sheet.properties,
            "columns": sheet.columns,
            "things": sheet.things,
            "nextId": sheet.next_id,
        }
        run, many = self._connection.execute, self._connection.executemany
        run("INSERT OR REPLACE INTO sheet VALUES (?, ?, ?)", (number, sheet.id, _text(body)))
        many(
            "DELETE FROM line WHERE book = ? AND sheet = ? AND id = ?",
            [(number, sheet.id, row) for row in sheet.removed],
        )
        many("INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?, ?, ?)", self._line_rows(number, sheet))

    def _line_rows(self, number: int, sheet: Sheet) -> Iterable[tuple[Any, ...]]:
        for row in sheet.touched.values():
            properties = _text(row.properties) if row.properties else None
            yield number, sheet.id, row.id, row.position, self._encode_cells(row.cells), properties

    def _encode_cells(self, cells: Cells) -> str | None:
        """Write a row as JSON: null, a bare value, or [value, number of its look]; formulas and errors are marked."""
        if not cells:
            return None
        found: list[Any] = []
        for cell in cells:
            if cell is None:
                found.append(None)
                continue
            value = {name: str(cell.value)} if (name := _MARKS.get(type(cell.value))) else cell.value
            found.append(value if cell.extras is None else [value, self._look_number(cell.extras)])
        return _text(found)

    def _look_number(self, extras: Extras) -> int:
        number = self._looks.get(extras.text)
        if number is None:
            with closing(self._connection.execute("INSERT INTO look (body) VALUES (?)", (extras.text,))) as cursor:
                number = self._looks[extras.text] = int(cursor.lastrowid or 0)
        return number


def decode_cells(text: str | None, extras: dict[int, Extras | None]) -> Cells:
    """Read what `_encode_cells` wrote."""
    if not text:
        return ()
    found: list[Cell | None] = []
    for item in json.loads(text):
        value, look = (item[0], extras[item[1]]) if isinstance(item, list) else (item, None)
        if isinstance(value, dict):
            value = next(kind(value[name]) for kind, name in _MARKS.items() if name in value)
        found.append(None if value is None and look is None else Cell(value, look))
    return tuple(found)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def made_path(path: str | Path) -> str:
    """Give the path as text, its folder made."""
    text = str(path)
    if text != ":memory:":
        try:
            Path(text).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"The folder of {text} cannot be made: {error}."
            raise LocalSheetsError(text) from error
    return text


def data_file(data: str | Path) -> Path:
    """File that keeps the spreadsheets for `--data`: in the folder *data*, which is made; a file is taken as it is.

    Raises LocalSheetsError.
    """
    path = Path(data)
    try:
        if path.is_file():
            return path
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"The folder {data} cannot be made: {error.strerror or error}."
        raise LocalSheetsError(text) from error
    return path / "sheets.sqlite"
