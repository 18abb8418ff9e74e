"""The Sheets API without HTTP: method, target and body in, status and JSON out.

Readers take no lock; writers take one per spreadsheet.
"""

from __future__ import annotations

import json
import secrets
import string
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from functions.local import creating, errors, masks, reading, routes, schema
from functions.local.changes import Changes
from functions.local.errors import ApiError, LocalSheetsError, invalid_field
from functions.local.faults import Faults
from functions.local.model import Json, Spreadsheet, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from functions.local.faults import Fault
    from functions.local.quota import Quota
    from functions.local.store import Store

COMMON = frozenset(
    {"fields", "alt", "prettyPrint", "key", "quotaUser", "access_token", "oauth_token", "callback", "$.xgafv"}
    | {"uploadType", "upload_protocol"}
)
NOT_SHARED = "not-shared"  # id of a spreadsheet that is there, but not for the caller


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: which method it was, the status, the JSON as bytes; or nothing, when the fault is a reset."""

    kind: str
    status: int
    body: bytes
    reset: bool = False


class _Book:
    """One spreadsheet: the published state, and the lock that its writers take."""

    def __init__(self, current: Spreadsheet) -> None:
        self.lock = threading.Lock()
        self.publish(current)

    def publish(self, book: Spreadsheet) -> None:
        """Let readers see *book*, which nobody changes from here on."""
        book.is_published = True
        self.current = book


class Api:
    """All spreadsheets of one store."""

    def __init__(
        self, store: Store, id_for_new: Callable[[], str] | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Load the store. *id_for_new* names created spreadsheets; by default 44 random letters as Google's.

        *clock* gives an aware time: what TODAY and NOW are told from.
        """
        self._clock = clock
        self.faults = Faults()
        self.changes = Changes()
        self.quota: Quota | None = None  # None: as many calls as anybody likes
        self._store = store
        self._store_lock = threading.Lock()
        self._books = {book.id: _Book(_checked(replace(book, clock=clock))) for book in store.load()}
        self._id_for_new = id_for_new or _random_id

    def answer(self, method: str, target: str, body: bytes = b"", user: str = "") -> Answer:
        """Answer one call; *target* is path and query, percent-encoded; *user* is whose quota it uses. Never raises."""
        path, _, query = target.partition("?")
        kind = "unknown"
        try:
            found = routes.find(method, path)
            kind = found.method.kind
            if self.quota is not None:
                self.quota.take(user, write=found.method.writes)
            fault = self.faults.take(kind)
            if fault is not None:
                return self._with_fault(fault, found, query, body)
            return Answer(kind, 200, _dump(self._run(found, query, body)))
        except ApiError as error:
            return Answer(kind, error.status, _dump(error.body()))
        except RecursionError:  # no message, field mask or formula that means something is so deep
            return Answer(kind, 400, _dump(errors.invalid("The request is nested too deeply.").body()))
        except LocalSheetsError as error:
            sys.stderr.write(f"promosheet: {error}\n")
            return Answer(kind, 503, _dump(errors.unavailable().body()))
        except Exception:  # noqa: BLE001  a bug here must look like Google's own 500 to a client, and like a bug to us
            traceback.print_exc(file=sys.stderr)
            return Answer(kind, 500, _dump(errors.internal().body()))

    def _with_fault(self, fault: Fault, found: routes.Found, query: str, body: bytes) -> Answer:
        kind = found.method.kind
        if fault.seconds:
            time.sleep(fault.seconds)
        answer = self._run(found, query, body) if fault.applies_first else {}
        if fault.action == "429":
            raise errors.quota_exceeded(write=found.method.writes)
        if fault.action.startswith("503"):
            raise errors.unavailable()
        return Answer(kind, 200, _dump(answer), reset=fault.resets)

    def _run(self, found: routes.Found, query: str, body: bytes) -> Json:
        call, mask = _read_query(found.method, query)
        call.update(found.parts)
        if found.method.body is not None:
            message, place = found.method.body
            call["body"] = schema.read(message, _load(body), place)
        call.update({name: int(call[name]) for name in ("metadataId", "sheetId") if name in call})
        call["mask"] = mask
        if found.method.run is None:
            answer = self._create(call)
        elif found.method is routes.COPY_TO:
            answer = self._copy_to(found, call)
        elif found.method.writes:
            answer = self._write(found, call)
        else:
            answer = found.method.run(self._book(found.spreadsheet_id).current, call)
        return answer if mask is None else masks.cut(answer, mask)

    def _book(self, spreadsheet_id: str) -> _Book:
        if spreadsheet_id == NOT_SHARED:
            raise errors.forbidden()
        book = self._books.get(spreadsheet_id)
        if book is None:
            raise errors.not_found()
        return book

    def _write(self, found: routes.Found, call: Json) -> Json:
        """Run a writing method on a draft, save it, publish it: so nobody reads what could be lost."""
        book = self._book(found.spreadsheet_id)
        with book.lock:
            draft = book.current.draft()
            answer = found.method.run(draft, call) if found.method.run else {}
            with self._store_lock:
                self._store.save(draft)
            book.publish(draft)
        self.changes.note()
        return answer

    def create(self, spreadsheet_id: str, asked: Json) -> Spreadsheet:
        """Make a spreadsheet with a chosen id from a Spreadsheet message. Raises ApiError, 400 when the id is taken."""
        book = creating.make(spreadsheet_id, asked, self._clock)
        with self._store_lock:
            if spreadsheet_id in self._books:
                errors.refuse(f"A spreadsheet with the id {spreadsheet_id} already exists.")
            self._store.save(book)
            self._books[spreadsheet_id] = _Book(book)
        return book

    def _create(self, call: Json) -> Json:
        return reading.spreadsheet(self.create(self._id_for_new(), call["body"]), {}, None)

    def _copy_to(self, found: routes.Found, call: Json) -> Json:
        """Answer `sheets.copyTo`: the sheet as it is now, into another spreadsheet or the same."""
        source = self._book(found.spreadsheet_id).current
        call["source"] = source.sheet(call["sheetId"])
        return self._write(replace(found, spreadsheet_id=call["body"].get("destinationSpreadsheetId", "")), call)

    def ids(self) -> list[str]:
        """Ids of all spreadsheets, in the order they were made."""
        return list(self._books)

    def close(self) -> None:
        """Let go of the file once the write under way has ended, and of those who wait for changes."""
        self.changes.close()
        with self._store_lock:
            self._store.close()


def _checked(book: Spreadsheet) -> Spreadsheet:
    """See that a loaded spreadsheet can be shown, whatever became of its file. Raises LocalSheetsError."""
    try:
        reading.spreadsheet(book, {}, None)
    except (ApiError, LookupError, TypeError, AttributeError, ValueError) as error:
        text = f"The file's spreadsheet {book.id} is damaged: {error!r}."
        raise LocalSheetsError(text) from error
    return book


def _random_id() -> str:
    letters = string.ascii_letters + string.digits + "_-"
    return "1" + "".join(secrets.choice(letters) for _ in range(43))


def _read_query(method: routes.Method, query: str) -> tuple[Json, masks.Mask | None]:
    """Query parameters by their declared types, and the `fields` mask, checked against the answer's message."""
    found: Json = {}
    mask = None
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name == "fields":
            mask = masks.parse(text) if text else None
        elif name not in COMMON:
            _put_param(found, method, name, text)
    if mask is not None:
        masks.check(mask, method.answers)
    return found, mask


def _put_param(found: Json, method: routes.Method, name: str, text: str) -> None:
    kind = method.params.get(name)
    if kind is None:
        why = f"Cannot bind query parameter. Field '{name}' could not be found in request message."
        text = f'Invalid JSON payload received. Unknown name "{name}": {why}'
        raise invalid_field(text)
    if kind[0] == "*":
        found.setdefault(name, []).append(text)
    elif kind == "b":
        found[name] = schema.read_value(kind, text.lower(), schema.snake(name))  # Python clients send False
    elif text and not text.endswith("_UNSPECIFIED"):
        found[name] = schema.read_value(kind, text, schema.snake(name))


def _load(body: bytes) -> Any:
    """Parse a JSON body; empty is an empty message. Raises ApiError 400."""
    if not body.strip():
        return {}
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
        if b"\\ud" in body or b"\\uD" in body:
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        snippet = body[:60].decode("utf-8", "replace")
        text = f"Invalid JSON payload received. Unexpected token.\n{snippet}\n^"
        raise invalid_field(text) from error
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _dump(answer: Json) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
