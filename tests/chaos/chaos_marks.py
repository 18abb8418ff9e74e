"""Marks as the sheet server sees them land: which words of staff's they hide.

Sheets cannot refuse a mark because a row was sorted or retyped since it was read. The README says what that may cost:
a word that staff type while a mark is on its way to that very row, and for a moment one that stands where a mark of
another code goes astray. What those words say of a code is then not judged; every other word counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from functions import codes
from functions.local.model import Spreadsheet
from functions.local.routes import BATCH, Found
from functions.local.server import LocalSheets
from history import Edit
from sheet_schema import languages

#: A mark that lands later than this after a word of staff's was read after it: the deadline of a call, and a delay.
ON_ITS_WAY_S = 18.0
_TITLES = languages.language("en")


class _Row(NamedTuple):
    """What a row of Promo codes shows of its use."""

    code: str
    status: str
    used_on: float | None

    @property
    def is_word(self) -> bool:
        """True for what staff typed: processes never write void, and used only with Used on."""
        return self.status == "void" or (self.status == "used" and self.used_on is None)


@dataclass(frozen=True)
class Hidden:
    """A word that a mark hid: of which code (folded), at which monotonic second; `own` if the mark was that code's."""

    code: str
    when: float
    own: bool


class Marks:
    """Looks at every batch that changes rows of Promo codes by position; `seen` of them, and the words they hid."""

    def __init__(self, server: LocalSheets) -> None:
        self.seen = 0
        self.hidden: list[Hidden] = []
        self._write = server.api._write
        server.api._write = self._watched

    def forgotten(self, edits: list[Edit]) -> Iterator[Edit]:
        """A `forget` for each code whose word was hidden as the README allows it."""
        for hidden in self.hidden:
            since = hidden.when - ON_ITS_WAY_S if hidden.own else 0.0
            words = (edit for edit in edits if edit.code == hidden.code and edit.kind in {"void", "used"})
            if any(edit.began <= hidden.when and edit.ended >= since for edit in words):
                yield Edit("forget", hidden.when, hidden.when, hidden.code)

    def _watched(self, found: Found, call: dict[str, Any]) -> Any:
        requests = call["body"].get("requests", ()) if found.method is BATCH else ()
        if requests and all(each.keys() == {"updateCells"} for each in requests):
            places = sorted({each["updateCells"]["start"].get("rowIndex", 0) for each in requests})
            run = found.method.run
            found = replace(found, method=replace(found.method, run=lambda *of: self._run(run, places, *of)))
        return self._write(found, call)

    def _run(self, run: Callable[..., Any], places: list[int], draft: Spreadsheet, call: dict[str, Any]) -> Any:
        """Nobody else writes meanwhile: the server holds the spreadsheet's lock."""
        before = [_row(draft, place) for place in places]
        answer = run(draft, call)
        self.seen += 1
        for place, row in zip(places, before, strict=True):
            now = _row(draft, place)
            if row.is_word and now != row:
                own = now.used_on is not None and codes.fold(row.code) in set(_redeemed_at(draft, now.used_on))
                self.hidden.append(Hidden(codes.fold(row.code), time.monotonic(), own))
        return answer


def _row(book: Spreadsheet, place: int) -> _Row:
    sheet, columns = _columns(book, "codes", "code", "status", "used_on")
    code, status, used_on = (sheet.rows[place].cell(column) for column in columns)
    time_ = used_on.value if used_on else None
    return _Row(
        str(code.value or "") if code else "",
        str(status.value or "") if status else "",
        float(time_) if isinstance(time_, float | int) else None,
    )


def _redeemed_at(book: Spreadsheet, when: float) -> Iterator[str]:
    """Folded codes that were redeemed at exactly this time."""
    sheet, (code, time_) = _columns(book, "redemptions", "code", "time")
    for row in sheet.rows[1:]:
        at, of = row.cell(time_), row.cell(code)
        if at is not None and of is not None and at.value == when:
            yield codes.fold(str(of.value))


def _columns(book: Spreadsheet, tab: str, *keys: str) -> tuple[Any, list[int]]:
    sheet = book.titled(_TITLES.tabs[tab])
    header = [str(cell.value).rstrip("*") if cell else "" for cell in sheet.rows[0].cells]
    return sheet, [header.index(_TITLES.columns[tab][key].rstrip("*")) for key in keys]
