"""Marks as the sheet server sees them land: whose they are, which rows they hit, which words of staff's they hide.

Sheets cannot refuse a mark because a row was sorted or retyped since it was read. The README says what that may cost:
a word that staff type while a mark is on its way to that very row; for a moment one that stands where a mark of another
code goes astray, or that is given back there; and what a process leaves that dies before it could look again. What
those words and marks say of a code is then not judged; every other one counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from functions import codes
from functions.local.http_server import HttpServer, Request, Response
from functions.local.model import Spreadsheet
from functions.local.routes import BATCH, Found
from functions.local.server import LocalSheets
from history import Edit
from sheet_schema import languages, records

#: A mark that lands later than this after a word of staff's was read after it: the deadline of a call, and a delay.
ON_ITS_WAY_S = 18.0
#: So soon after a mark landed its process has looked again, if it lives.
LOOKS_AGAIN_S = 10.0
_TITLES = languages.language("en")
_POLL_S = 0.2
Kills = Iterable[tuple[str, float]]


class Cells(NamedTuple):
    """What a row of Promo codes shows of its use; `used_on` in wall ms."""

    code: str
    status: str
    used_on: int | None

    @property
    def word(self) -> str:
        """What staff typed, or what of theirs was given back: processes write void and a bare used only then."""
        return self.status if self.status == "void" or (self.status == "used" and self.used_on is None) else ""


@dataclass(frozen=True)
class Landing:
    """A row that a mark hit: what it showed before and after, and if the time written is of this code's redemption.

    `process` sent it at `began` and it landed at `landed`, in monotonic seconds.
    """

    before: Cells
    after: Cells
    own: bool
    process: str
    began: float
    landed: float

    @property
    def code(self) -> str:
        """Folded code of the row."""
        return codes.fold(self.before.code)

    def is_orphan(self, kills: Kills) -> bool:
        """True if its process died before it could look where it landed."""
        return any(name == self.process and self.began <= when <= self.landed + LOOKS_AGAIN_S for name, when in kills)


class Marks:
    """Looks at every batch that changes rows of Promo codes by position; each process has an address of its own."""

    def __init__(self, server: LocalSheets) -> None:
        self.landings: list[Landing] = []
        self._server = server
        self._sender = threading.local()
        self._write = server.api._write
        server.api._write = self._watched
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def address(self, process: str) -> str:
        """Base URL of the server for one process, so that it is known who writes."""

        def serve(request: Request) -> Response:
            self._note_sender(process)
            return self._server.serve(request)

        door = HttpServer(("127.0.0.1", 0), serve)
        thread = threading.Thread(target=door.serve_forever, args=(_POLL_S,), daemon=True)
        thread.start()
        for close in (door.server_close, door.end_connections, thread.join, door.shutdown):
            self._open.callback(close)
        return door.url

    def told(self, edits: list[Edit], kills: Kills) -> Iterator[Edit]:
        """What a judge has to know of the words that staff typed: hidden for good, or for a moment on another row."""
        kills = list(kills)
        for each in self.landings:
            now, before = each.landed, each.before.word
            since = now - ON_ITS_WAY_S if each.own else 0.0
            words = (edit for edit in edits if edit.code == each.code and edit.kind in {"void", "used"})
            if before and each.after.word != before and any(e.began <= now and e.ended >= since for e in words):
                yield Edit("forget", now, now, each.code)
            if each.after.word and each.after.word != before:
                gone = now + LOOKS_AGAIN_S
                yield Edit("forget" if each.is_orphan(kills) else "astray", now, gone, each.code, word=each.after.word)

    def strays(self, kills: Kills) -> frozenset[tuple[str, int]]:
        """(folded code, time) of marks on rows of other codes, whose process died before it could look again."""
        kills = list(kills)
        last = {(each.code, each.after.used_on): each for each in self.landings if each.after.used_on and not each.own}
        return frozenset((code, when) for (code, when), each in last.items() if when and each.is_orphan(kills))

    def _note_sender(self, process: str) -> None:
        self._sender.name, self._sender.began = process, time.monotonic()

    def _watched(self, found: Found, call: dict[str, Any]) -> Any:
        requests = call["body"].get("requests", ()) if found.method is BATCH else ()
        if requests and all(each.keys() == {"updateCells"} for each in requests):
            places = sorted({each["updateCells"]["start"].get("rowIndex", 0) for each in requests})
            run = found.method.run
            found = replace(found, method=replace(found.method, run=lambda *of: self._run(run, places, *of)))
        return self._write(found, call)

    def _run(self, run: Callable[..., Any], places: list[int], draft: Spreadsheet, call: dict[str, Any]) -> Any:
        """Nobody else writes meanwhile: the server holds the spreadsheet's lock."""
        before = [_cells(draft, place) for place in places]
        answer = run(draft, call)
        sender = getattr(self._sender, "name", ""), getattr(self._sender, "began", 0.0)
        for place, was in zip(places, before, strict=True):
            now = _cells(draft, place)
            own = now.used_on is not None and codes.fold(was.code) in set(_redeemed_at(draft, now.used_on))
            self.landings.append(Landing(was, now, own, *sender, time.monotonic()))
        return answer


def _cells(book: Spreadsheet, place: int) -> Cells:
    sheet, columns = _columns(book, "codes", "code", "status", "used_on")
    found = [sheet.rows[place].cell(column) if place < len(sheet.rows) else None for column in columns]
    code, status, used_on = ("" if cell is None or cell.value is None else cell.value for cell in found)
    when = records.wall_ms(used_on)
    return Cells(str(code), str(status), when if isinstance(when, int) else None)


def _redeemed_at(book: Spreadsheet, when: int) -> Iterator[str]:
    """Folded codes that were redeemed at exactly this time."""
    sheet, (code, time_) = _columns(book, "redemptions", "code", "time")
    for row in sheet.rows[1:]:
        at, of = row.cell(time_), row.cell(code)
        if at is not None and of is not None and isinstance(at.value, float) and records.wall_ms(at.value) == when:
            yield codes.fold(str(of.value))


def _columns(book: Spreadsheet, tab: str, *keys: str) -> tuple[Any, list[int]]:
    sheet = book.titled(_TITLES.tabs[tab])
    header = [str(cell.value).rstrip("*") if cell else "" for cell in sheet.rows[0].cells]
    return sheet, [header.index(_TITLES.columns[tab][key].rstrip("*")) for key in keys]
