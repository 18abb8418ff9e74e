"""Forget a person, for `promosheet subscriber forget`: their id becomes a pseudonym, their name an empty cell.

Staff sort and insert rows meanwhile, so nothing is written that rests on where a row was:

    id, Request ID    findReplace of the whole cell in its column: position-free
    name              findReplace of the whole cell, in that one cell: if it holds another name by now, nothing happens.
                      A namesake's cell may have come to stand there. So the name is first marked with the pseudonym
                      and a number, which no other cell has; the next read shows on whose row each mark is, and a second
                      findReplace, position-free again, empties it or gives the namesake the name back

Each batch carries a stamp (`guard`): what a process decided before it and sends after it is refused, and decided again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions import codes, guard
from functions.failures import Rejected, StampTaken, Throttled, Unanswered
from functions.problem_cells import FIRST_ROW, Columns
from functions.sheet import check_code_key
from functions.subscribers import TABS, TIMEOUT_S, UnknownSubscriber, unknown
from sheet_schema import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from functions.batches import Request
    from functions.sheet import GoogleSheet, Reading
    from functions.world import World

#: So many batches, refused ones too; a sheet that nobody edits takes two.
ROUNDS = 12
#: A batch that changed nothing so often will not do it: a formula, or a number shown in a form of its own.
_SAME = 3
_PAUSE_S = (0.2, 1.0)


@dataclass
class Forgotten:
    """What became of it: rows of the person's by the title of their tab, whether a cell was changed, and what is left.

    `left` names the cells, in A1 notation, that still tell who it was.
    """

    rows: dict[str, int] = field(default_factory=dict)
    changed: bool = False
    left: tuple[str, ...] = ()


def forget(sheet: GoogleSheet, subscriber_id: str, code_key: bytes, world: World) -> Forgotten:
    """Replace until a read shows no trace, or nothing helps.

    Raises UnknownSubscriber if the id is nowhere, and SheetBroken, Throttled or Unanswered if it cannot be read.
    """
    if subscriber_id.startswith(codes.FORGOTTEN):
        msg = "that is the pseudonym of somebody who was forgotten"
        raise UnknownSubscriber(msg)
    done, fingerprint = Forgotten(), codes.fingerprint(code_key)
    sent: list[list[Request]] = []
    for _ in range(ROUNDS):
        reading = sheet.read(TIMEOUT_S)
        check_code_key(reading.layout, fingerprint)
        traces = Traces(reading, subscriber_id, code_key)
        if not any(traces.rows.values()):
            raise unknown(reading.layout)
        done.rows = {reading.layout.tabs[tab].title: len(numbers) for tab, numbers in traces.rows.items()}
        done.left = tuple(traces.left())
        requests = traces.requests()
        if not requests or sent[-_SAME:] == [requests] * _SAME:
            return done
        if _send(sheet, reading, requests, fingerprint, world):
            done.changed = True
            sent.append(requests)
    return done


def _send(sheet: GoogleSheet, reading: Reading, requests: list[Request], fingerprint: str, world: World) -> bool:
    """Send a batch once; False if it may not have landed, which the next read tells."""
    number = max(reading.number or 0, sheet.newest_stamp(TIMEOUT_S))
    stamp = guard.next_stamp(number)
    # Old stamps are left to the batches that add rows, which know what to do if there are none.
    stamp = guard.Stamp(stamp.number, stamp.metadata_id, stamp.key)
    try:
        sheet.guarded(reading, stamp, requests, fingerprint, TIMEOUT_S)
    except (StampTaken, Throttled, Unanswered):
        world.sleep(world.uniform(*_PAUSE_S))
        return False
    except Rejected:  # a tab was removed since the read
        sheet.forget_layout()
        return False
    return True


class Traces:
    """What one read shows of a person, and the requests that take it away."""

    def __init__(self, reading: Reading, subscriber_id: str, code_key: bytes) -> None:
        """Look for the rows. `rows` are places from 0 below the header, by the key of the tab."""
        self.cells = Columns(reading)
        self._id = subscriber_id
        self._key = code_key
        self.pseudonym = codes.pseudonym(code_key, "subscriber", subscriber_id)
        self._mark = re.compile(rf"(.*) {self.pseudonym}-\d+", re.DOTALL)
        own = {subscriber_id, self.pseudonym}
        self.rows = {
            tab.key: [number for number, text in enumerate(self._texts(tab.key, "subscriber_id")) if text in own]
            for tab in TABS
        }

    def requests(self) -> list[Request]:
        """Requests still needed, in their order; none if no trace is left."""
        return [*self._ids(), *self._request_ids(), *self._marks(), *self._names()]

    def left(self) -> Iterator[str]:
        """Name the cells that still tell who it was."""
        layout = self.cells.reading.layout
        places = [(tab.key, "subscriber_id", number) for tab in TABS for number in self._named_by_id(tab.key)]
        places += [("redemptions", "request_id", number) for number in self._telling_requests()]
        places += [("codes", "name", number) for number in self._named()]
        places += [("codes", "name", number) for number, _ in self._marked() if number not in self.rows["codes"]]
        for tab, column, number in places:
            yield layout.cell(tab, column, number + FIRST_ROW)

    def _texts(self, tab: str, column: str) -> list[str]:
        return self.cells.texts(tab, column)

    def _named_by_id(self, tab: str) -> list[int]:
        texts = self._texts(tab, "subscriber_id")
        return [number for number in self.rows[tab] if texts[number] == self._id]

    def _ids(self) -> Iterator[Request]:
        for tab in TABS:
            yield from self._replaced(tab.key, "subscriber_id", self._named_by_id(tab.key), self.pseudonym)

    def _request_ids(self) -> Iterator[Request]:
        """A Request ID that tells the id; all rows of one request change together, so that it stays one."""
        texts = self._texts("redemptions", "request_id")
        for text in dict.fromkeys(texts[number] for number in self._telling_requests()):
            same = [number for number, each in enumerate(texts) if each == text]
            yield from self._replaced("redemptions", "request_id", same, codes.pseudonym(self._key, "request", text))

    def _telling_requests(self) -> list[int]:
        """Rows whose Request ID holds the id: of the person's; without an id, of their codes, as a word of its own."""
        word = re.compile(rf"(?<![^\W_]){re.escape(self._id)}(?![^\W_])")
        own, held = set(self.rows["redemptions"]), {self._codes("codes")[number] for number in self.rows["codes"]}
        ids, spelt = self._texts("redemptions", "subscriber_id"), self._codes("redemptions")
        return [
            number
            for number, text in enumerate(self._texts("redemptions", "request_id"))
            if self._id in text and not text.startswith(codes.FORGOTTEN)
            if number in own or (not ids[number] and spelt[number] in held and word.search(text))
        ]

    def _codes(self, tab: str) -> list[str]:
        return [codes.fold(text) for text in self._texts(tab, "code")]

    def _marks(self) -> Iterator[Request]:
        """Marks that a read shows: on the person's row it is emptied, on a namesake's the name comes back."""
        for number, name in self._marked():
            cell = self._texts("codes", "name")[number]
            yield self._find_replace("codes", "name", cell, "" if number in self.rows["codes"] else name)

    def _marked(self) -> list[tuple[int, str]]:
        found = ((number, self._mark.fullmatch(text)) for number, text in enumerate(self._texts("codes", "name")))
        return [(number, match[1]) for number, match in found if match]

    def _named(self) -> list[int]:
        """The person's rows with a name that is not marked yet."""
        names, marked = self._texts("codes", "name"), {number for number, _ in self._marked()}
        return [number for number in self.rows["codes"] if names[number] and number not in marked]

    def _names(self) -> Iterator[Request]:
        for number in self._named():
            name = records.text(self.cells.cell("codes", "name", number))
            mark = f"{name} {self.pseudonym}-{number + FIRST_ROW}"
            yield self._find_replace("codes", "name", self._spelt("codes", "name", number), mark, number)

    def _replaced(self, tab: str, column: str, numbers: Iterable[int], replacement: str) -> Iterator[Request]:
        """Replace every way in which these cells spell one text."""
        numbers = list(numbers)
        for number in numbers:
            if not isinstance(self.cells.cell(tab, column, number), str):
                # What is found is what a cell shows, and a long number may be shown as 1.8E+3 until it is Plain text.
                # The column is, by its declaration: should the rows have moved, the wrong cell is not changed.
                yield self._plain_text(tab, column, number)
        for spelt in dict.fromkeys(self._spelt(tab, column, number) for number in numbers):
            yield self._find_replace(tab, column, spelt, replacement)

    def _spelt(self, tab: str, column: str, number: int) -> str:
        cell = self.cells.cell(tab, column, number)
        return cell if isinstance(cell, str) else records.text(cell)

    def _plain_text(self, tab: str, column: str, number: int) -> Request:
        plain = {"userEnteredFormat": {"numberFormat": {"type": "TEXT", "pattern": "@"}}}
        place = self._place(tab, column, number)
        return {"repeatCell": {"range": place, "cell": plain, "fields": "userEnteredFormat.numberFormat"}}

    def _find_replace(self, tab: str, column: str, find: str, replacement: str, number: int | None = None) -> Request:
        """Replace whole cells of a column below its header, or only the one in a row."""
        return {
            "findReplace": {
                "find": find,
                "replacement": replacement,
                "matchCase": True,
                "matchEntireCell": True,
                "range": self._place(tab, column, number),
            }
        }

    def _place(self, tab: str, column: str, number: int | None) -> dict[str, Any]:
        at = self.cells.reading.layout.tabs[tab]
        index = at.columns[column].index
        place = {"sheetId": at.sheet_id, "startColumnIndex": index, "endColumnIndex": index + 1}
        if number is None:
            return {**place, "startRowIndex": 1}
        row = number + FIRST_ROW - 1
        return {**place, "startRowIndex": row, "endRowIndex": row + 1}
