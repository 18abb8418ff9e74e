"""`promosheet sheet probe`: ask Google Sheets whether it does what the guard assumes (DESIGN.md section 4).

    one client ────► stamp n, a row ──┐
                                      ├─ at the same moment ──► all tries done ──► one read: which rows, which stamps?
    another client ► stamp n, a row ──┘

Every batch is the guard's own (`GoogleSheet.append`), on a tab that is made for it and removed at the end. What counts
is what is read back, never a status alone. `probe_verdicts` judges it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import count
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar

from functions.batches import NewRow
from functions.failures import Rejected, SheetBroken, SheetError, StampTaken, Throttled, Unanswered
from functions.guard import BASE, Stamp
from functions.pacing import Pacing
from functions.probe_verdicts import (
    Answer,
    Finding,
    Seen,
    Sent,
    Try,
    estimate,
    judge_deletion,
    judge_in_turn,
    judge_inserts,
    judge_overlaps,
    judge_visibility,
)
from functions.sheet import GoogleSheet, Reading
from sheet_schema.languages import language
from sheet_schema.layout import ColumnAt, Layout, TabAt, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from functions.pacing import Pace
    from functions.world import World

    #: (label, length) -> a progress bar that is told how many more are done.
    Bar = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]

Found = TypeVar("Found")

_TIMEOUT_S = 30.0
#: Failures in a row that are waited out, each twice as long as the one before, up to a minute.
_PATIENCE = 8
_LONGEST_PAUSE_S = 60.0
#: A read that lacks what was answered is repeated after that many seconds, so that a late one is not taken for a loss.
_SETTLE_S = 5.0
#: Tries that may go unanswered besides as many as were asked for.
_SPARE_TRIES = 20
#: Rows of the tab at first, and the rows of it that new ones are inserted after, at one place or at two.
_ROWS, _LAST, _LAST_ELSEWHERE = 10, 2, 6
_FINGERPRINT = "probe"


class Client(GoogleSheet):
    """A client with connections of its own. Its methods raise like `GoogleSheet.read`."""

    def sheet_ids(self) -> frozenset[int]:
        """Ids of all tabs."""
        request = self._service.spreadsheets().get(spreadsheetId=self._id, fields="sheets.properties.sheetId")
        sheets = self._ask(request, _TIMEOUT_S).get("sheets", ())
        return frozenset(each.get("properties", {}).get("sheetId", 0) for each in sheets)

    def texts(self, title: str) -> frozenset[str]:
        """What stands in the first column of a tab."""
        (columns,) = self._batch_get([f"{quote(title)}!A1:A"], "COLUMNS", _TIMEOUT_S)
        return frozenset(str(cell) for column in columns for cell in column)

    def metadata_ids(self, key: str) -> frozenset[int]:
        """Ids of the spreadsheet's metadata with that key."""
        body = {"dataFilters": [_lookup(key)]}
        search = self._service.spreadsheets().developerMetadata().search
        fields = "matchedDeveloperMetadata.developerMetadata.metadataId"
        answer = self._ask(search(spreadsheetId=self._id, body=body, fields=fields), _TIMEOUT_S)
        found = answer.get("matchedDeveloperMetadata", ())
        return frozenset(each["developerMetadata"]["metadataId"] for each in found)


def _lookup(key: str) -> dict[str, Any]:
    return {"developerMetadataLookup": {"metadataKey": key, "locationType": "SPREADSHEET"}}


class _Patience:
    """Keeps to the quota, and waits out what passes: 429, 5xx, time-outs."""

    def __init__(self, world: World, pacing: Pacing) -> None:
        self._world = world
        self.reads, self.writes = pacing.reads, pacing.writes

    def wait(self, *paces: Pace) -> None:
        """Wait until one request of each kind may go out."""
        for pace in paces:
            self._world.sleep(pace.wait_s(self._world.monotonic()))

    def back_off(self, pace: Pace, reason: str) -> None:
        """Let nothing of that kind out for a while. Raises Unanswered after too many failures in a row."""
        if pace.failures >= _PATIENCE:
            raise Unanswered(reason)
        pause = min(2.0 ** (pace.failures + 1), _LONGEST_PAUSE_S)
        pace.hold(self._world.monotonic() + pause)

    def call(self, pace: Pace, request: Callable[[], Found]) -> Found:
        """Send a request that may be sent again until it is answered. Raises SheetBroken, Rejected, Unanswered."""
        while True:
            self.wait(pace)
            try:
                answer = request()
            except (Throttled, Unanswered) as failure:
                self.back_off(pace, str(failure))
            else:
                pace.failures = 0
                return answer


class _Scratch:
    """The tab that is worked on, and the metadata that is made: all of it has `key`, none of it is the guard's.

    Everything is in column A: the guard's number in its first row, the texts in rows that are inserted.
    """

    def __init__(self, client: Client, world: World, patience: _Patience) -> None:
        self._client = client
        self._patience = patience
        name = f"{int(world.uniform(0, 16**4)):04x}"
        self.title = f"_promosheet probe {name}"
        self.key = f"probe-{name}"
        self._sheet_id = int(world.uniform(1, 2**31 - 1))
        columns = {"claim": ColumnAt(0, "")}
        tab = TabAt(self._sheet_id, self.title, columns, row_count=_ROWS, column_count=1)
        tabs = {"guard": tab, "redemptions": tab}
        self._layout = Layout("Etc/GMT", "en_US", language("en"), tabs, _FINGERPRINT)

    def make(self) -> None:
        """Add the tab. Raises like `_Patience.call`."""
        grid = {"rowCount": _ROWS, "columnCount": 1}
        properties = {"sheetId": self._sheet_id, "title": self.title, "gridProperties": grid}
        try:
            self._write({"addSheet": {"properties": properties}})
        except Rejected:
            if not self._is_there():  # an unanswered request may have made it
                raise

    def append(self, client: Client, stamp: Stamp, text: str, last: int) -> None:
        """One batch of the guard: stamp, number, a new row after row *last*. Raises like `GoogleSheet.append`."""
        reading = Reading(self._layout, {}, {"redemptions": last}, None, 0, None)
        client.append(reading, stamp, [NewRow("redemptions", {"claim": text})], _FINGERPRINT, _TIMEOUT_S)

    def look(self, tries: Sequence[Try], settle: Callable[[], object]) -> Seen:
        """Read back; once more after *settle* if it lacks what was answered. Raises like `_Patience.call`."""
        applied = [(sent, each) for each in tries for sent in each.sent if sent.answer is Answer.APPLIED]
        texts = {sent.text for sent, _ in applied}
        ids = {each.metadata_id for _, each in applied} - {0}
        seen = self._look()
        if not (texts <= seen.texts and ids <= seen.metadata):
            settle()
            seen = self._look()
        return seen

    def forget(self) -> bool:
        """Delete the metadata; whether they are gone. Raises like `_Patience.call`."""
        if not self._metadata():
            return True
        with suppress(Rejected):  # when an unanswered request had deleted them already
            self._write({"deleteDeveloperMetadata": {"dataFilter": _lookup(self.key)}})
        return not self._metadata()

    def remove(self) -> bool:
        """Remove the tab, after which no batch for it can land; whether it is gone. Raises like `_Patience.call`."""
        self._patience.reads.failures = self._patience.writes.failures = 0
        with suppress(Rejected, SheetBroken):  # whether it is there is seen next
            self._write({"deleteSheet": {"sheetId": self._sheet_id}})
        return not self._is_there()

    def _is_there(self) -> bool:
        return self._sheet_id in self._patience.call(self._patience.reads, self._client.sheet_ids)

    def _look(self) -> Seen:
        texts = self._patience.call(self._patience.reads, lambda: self._client.texts(self.title))
        return Seen(texts, self._metadata())

    def _metadata(self) -> frozenset[int]:
        return self._patience.call(self._patience.reads, lambda: self._client.metadata_ids(self.key))

    def _write(self, request: dict[str, Any]) -> None:
        self._patience.call(self._patience.writes, lambda: self._client.batch_update([request], _TIMEOUT_S))


class _Questions:
    """Sends the batches of each question; the judging is done by the functions above."""

    def __init__(
        self,
        clients: tuple[Client, Client],
        scratch: _Scratch,
        world: World,
        patience: _Patience,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._clients = clients
        self._scratch = scratch
        self._world = world
        self._patience = patience
        self._pool = pool
        self._ids = count(int(world.uniform(1, BASE * 0.9)))  # below every stamp of the guard

    def in_turn(self) -> Try:
        """Two batches with one id, one after the other."""
        metadata_id = next(self._ids)
        sent = []
        for client in self._clients:
            self._patience.wait(self._patience.writes)
            sent.append(self._send(client, metadata_id))
        return Try(tuple(sent), metadata_id)

    def overlap(self) -> Try:
        """Two batches with one id at the same moment."""
        metadata_id = next(self._ids)
        return Try(self._together((metadata_id, _LAST), (metadata_id, _LAST_ELSEWHERE)), metadata_id)

    def insert(self) -> Try:
        """Two batches at the same moment that insert at one place, with an id each."""
        return Try(self._together((next(self._ids), _LAST), (next(self._ids), _LAST)))

    def visible(self) -> Try:
        """A batch of one client, and the next read of the other."""
        self._clients = writer, reader = self._clients[::-1]
        self._patience.wait(self._patience.reads, self._patience.writes)
        sent = self._send(writer, next(self._ids))
        if sent.answer is not Answer.APPLIED:
            return Try((sent,))
        try:
            texts = reader.texts(self._scratch.title)
        except (Throttled, Unanswered) as failure:
            return Try((replace(sent, answer=Answer.NONE, reason=str(failure)),))
        return Try((sent,), missed=sent.text not in texts)

    def delete_nothing(self) -> Try:
        """A batch that prunes a key that no metadata has."""
        self._patience.wait(self._patience.writes)
        return Try((self._send(self._clients[0], next(self._ids), prune=f"{self._scratch.key}-none"),))

    def repeat(self, tries: int, ask: Callable[[], Try], done: Callable[[int], object]) -> list[Try]:
        """Ask until *tries* were answered; all of them. Raises SheetBroken, Unanswered."""
        found: list[Try] = []
        answered = 0
        while answered < tries:
            each = ask()
            found.append(each)
            if all(sent.broken for sent in each.sent):
                raise SheetBroken([each.sent[0].reason])
            if each.answered:
                self._patience.writes.failures = 0
                answered += 1
                done(1)
                continue
            reason = next(sent.reason for sent in each.sent if sent.answer is Answer.NONE)
            if len(found) - answered > tries + _SPARE_TRIES:
                raise Unanswered(reason)
            self._patience.back_off(self._patience.writes, reason)
        return found

    def _together(self, *batches: tuple[int, int]) -> tuple[Sent, ...]:
        """Send a batch for each (metadata id, row to insert after), each by a client of its own."""
        self._patience.wait(self._patience.writes)
        start = Barrier(len(batches))

        def send(client: Client, metadata_id: int, last: int) -> Sent:
            start.wait(_TIMEOUT_S)
            return self._send(client, metadata_id, last)

        pairs = zip(self._clients, batches, strict=True)
        futures = [self._pool.submit(send, client, *batch) for client, batch in pairs]
        sent = tuple(future.result() for future in futures)
        self._clients = self._clients[::-1]
        return sent

    def _send(self, client: Client, metadata_id: int, last: int = _LAST, prune: str = "") -> Sent:
        stamp = Stamp(metadata_id, metadata_id, self._scratch.key, prune)
        sent = Sent(self._world.token(), Answer.APPLIED, self._world.monotonic())
        try:
            self._scratch.append(client, stamp, sent.text, last)
        except StampTaken as failure:
            sent = replace(sent, answer=Answer.TAKEN, reason=str(failure))
        except Rejected as failure:
            sent = replace(sent, answer=Answer.REFUSED, reason=failure.reason)
        except SheetBroken as failure:
            sent = replace(sent, answer=Answer.REFUSED, reason=str(failure), broken=True)
        except (Throttled, Unanswered) as failure:
            sent = replace(sent, answer=Answer.NONE, reason=str(failure))
        return replace(sent, ended=self._world.monotonic())


def probe(  # noqa: PLR0913 - what a run consists of
    connect: Callable[[Pacing], Client],
    world: World,
    *,
    tries: int,
    per_minute: int,
    tell: Callable[[str], object],
    bar: Bar,
) -> bool:
    """Ask the four questions and *tell* what was seen. True if all of it is as the guard assumes.

    *per_minute*: reads, and writes, at least 2. Nothing but a tab of its own is touched; it is removed in any case, and
    if that fails, *tell* has its title. Raises SheetBroken, Rejected, Unanswered.
    """
    pacing = Pacing(per_minute, per_minute - 1)  # two go out at once when there is room for one
    patience = _Patience(world, pacing)
    clients = connect(pacing), connect(pacing)
    try:
        for client in clients:
            patience.call(patience.reads, client.sheet_ids)
        scratch = _Scratch(clients[0], world, patience)
        tell(f"works on the tab '{scratch.title}' alone, and removes it at the end")
        tell(estimate(tries, per_minute))
        try:
            with ThreadPoolExecutor(2) as pool:  # left only when nothing is under way any more
                pool.submit(scratch.make).result()
                questions = _Questions(clients, scratch, world, patience, pool)
                otherwise = _ask_all(questions, scratch, lambda: world.sleep(_SETTLE_S), tries, tell, bar)
        except BaseException:
            with suppress(SheetError):
                _remove(scratch, tell)
            raise
        _remove(scratch, tell)
    finally:
        for client in clients:
            client.close()
    tell(f"{otherwise} of 4 questions have another answer than the guard assumes" if otherwise else "all as assumed")
    return not otherwise


def _ask_all(  # noqa: PLR0913, PLR0917 - as above
    questions: _Questions,
    scratch: _Scratch,
    settle: Callable[[], object],
    tries: int,
    tell: Callable[[str], object],
    bar: Bar,
) -> int:
    """Ask, judge and tell one question after the other; how many are otherwise than the guard assumes."""

    def asked(name: str, number: int, ask: Callable[[], Try]) -> tuple[list[Try], Seen]:
        with bar(name, number) as done:
            found = questions.repeat(number, ask, done)
        seen = scratch.look(found, settle)
        scratch.forget()
        return found, seen

    def told(title: str, *findings: Finding) -> int:
        tell(title)
        otherwise = dict.fromkeys(each for finding in findings for each in finding.otherwise)
        lines = [line for finding in findings for line in finding.lines]
        for line in [*lines, *(f"OTHERWISE: {each}" for each in otherwise)]:
            tell(f"   {line}")
        if not otherwise:
            tell("   as assumed")
        return bool(otherwise)

    one, seen = asked("question 1", 1, questions.in_turn)
    in_turn = judge_in_turn(one[-1], seen)
    overlaps = judge_overlaps(*asked("question 1", tries, questions.overlap))
    wrong = told("1. does a metadata id that exists refuse the whole batch?", in_turn, overlaps)
    visible = judge_visibility(*asked("question 2", tries, questions.visible))
    wrong += told("2. does the next read show a write?", visible)
    inserts = judge_inserts(*asked("question 3", tries, questions.insert))
    wrong += told("3. do two rows that are inserted at one place both stay?", inserts)
    one, seen = asked("question 4", 1, questions.delete_nothing)
    deletion = judge_deletion(one[-1], seen)
    return wrong + told("4. is a deletion of metadata that finds nothing accepted?", deletion)


def _remove(scratch: _Scratch, tell: Callable[[str], object]) -> None:
    """Remove the tab and the metadata, and say so, or what may be left. Raises SheetError."""
    left = f"NOT REMOVED, as far as is known: look for the tab '{scratch.title}' and delete it by hand"
    try:
        if not scratch.remove():
            raise SheetBroken([left])
        left = (
            f"the tab '{scratch.title}' is removed, but its metadata (key {scratch.key}) may be left: they do no harm"
        )
        if not scratch.forget():
            raise SheetBroken([left])
        left = ""
    finally:
        tell(left or f"the tab '{scratch.title}' and its metadata are removed")
