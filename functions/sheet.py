"""Google Sheets API v4: read columns, write one batch. No rule of promo codes in it.

Every request is sent once. What the caller has to tell apart is in `failures`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from functions import batches, guard
from functions.answers import Answers
from functions.failures import Rejected, SheetBroken, StampTaken, Unanswered
from functions.google_http import Exchange
from functions.pacing import Pacing
from sheet_schema import layout as layouts
from sheet_schema import records, tabs
from sheet_schema.answer import LOOKS_FIELDS, read_looks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from functions.batches import NewRow, Patch
    from functions.columns import Column
    from functions.world import World
    from sheet_schema.answer import Seen
    from sheet_schema.layout import Layout
    from sheet_schema.records import Cell


#: Columns that no decision needs and no fault can be in, and that are therefore not read for one.
_UNREAD = {("codes", "platform"), ("codes", "delivery")}
#: What a decision needs, by tab and column.
DECISIVE = frozenset((tab.key, column.key) for tab in tabs.TABS for column in tab.columns) - _UNREAD
#: Where everything is, and the time zone, is looked up again after this many seconds.
_LAYOUT_AGE_S = 600.0
_LOOKS = 3
_OTHER_CODE_KEY = (
    "the sheet's codes were made with another CODE_KEY: put that one back, "
    "or run `promosheet sheet apply --new-code-key` if the new one is meant"
)
_NOT_ALL = "an answer without all the ranges"
_STAMP_TAKEN = re.compile(r"createDeveloperMetadata: .*\[(\d+)\].* already exists")


@dataclass(frozen=True, eq=False)
class Reading:
    """One read: the cells below the headers by tab and column, trailing blanks cut, and where they were.

    `rows` is the number of the last used row of each tab. `server_ms` is Google's clock, ms since 1970 UTC.
    """

    layout: Layout
    columns: Mapping[str, Mapping[str, Sequence[Cell]]]
    rows: Mapping[str, int]
    number: int | None
    newest_stamp: int
    server_ms: int | None
    number_cell: Cell | None = None


class GoogleSheet:
    """One spreadsheet; not safe for use by two threads at once. *token*: in the place of this machine's credentials."""

    def __init__(
        self, spreadsheet_id: str, endpoint: str, world: World, pacing: Pacing | None = None, token: str = ""
    ) -> None:
        self._id = spreadsheet_id
        self._pacing = pacing or Pacing()
        self._world = world
        self._exchange = Exchange(endpoint, world, token)
        self._service = self._exchange.service
        self._layout: Layout | None = None
        self._answers = Answers()
        self._newest_stamp = 0
        self._looked_at = 0.0

    def read(self, timeout: float, columns: Collection[tuple[str, str]] = DECISIVE) -> Reading:
        """The number and the *columns*, in one request (a few more when the layout is not known).

        Raises SheetBroken, Throttled, Unanswered.
        """
        for _ in range(_LOOKS):
            layout = self._find_layout(timeout)
            try:
                reading = self._read_columns(layout, columns, timeout)
            except Rejected:  # a tab was renamed or removed since
                reading = None
            if reading is not None:
                return reading
            self.forget_layout()
        msg = "the columns were moved while they were read"
        raise Unanswered(msg)

    def append(self, reading: Reading, stamp: guard.Stamp, rows: Sequence[NewRow], key: str, timeout: float) -> None:
        """One batch: the stamp, the number and the rows, placed after the last used row of *reading*. See `guarded`."""
        self.guarded(reading, stamp, batches.inserted(reading.layout, reading.rows, rows), key, timeout)

    def guarded(
        self, reading: Reading, stamp: guard.Stamp, changes: Sequence[batches.Request], key: str, timeout: float
    ) -> None:
        """One batch: the stamp, the number and the changes, decided on *reading*.

        *key* is the fingerprint of CODE_KEY: it is kept with the first batch, and another one is refused.
        Raises StampTaken, Rejected, Throttled, Unanswered, SheetBroken.
        """
        layout = reading.layout
        batch = batches.stamped(layout, stamp)
        if not layout.code_key_fingerprint:
            batch.append(layouts.code_key_request(layout, key))
        check_code_key(layout, key)
        batch += changes
        try:
            self._batch_update(batch, timeout)
        except Rejected as refusal:
            if not layout.code_key_fingerprint:
                self.forget_layout()  # whoever was first may have kept another one
            taken = _STAMP_TAKEN.search(refusal.reason)
            if taken and int(taken[1]) == stamp.metadata_id:
                raise StampTaken(refusal.reason) from refusal
            raise
        if self._layout is layout:
            self._layout = replace(layout, code_key_fingerprint=key)

    def patch(self, reading: Reading, patches: Sequence[Patch], timeout: float) -> None:
        """Cells of existing rows of Promo codes, by their position in *reading*. Raises like `append`."""
        self._batch_update(batches.patched(reading.layout, patches), timeout)

    def layout(self, timeout: float) -> Layout:
        """Where everything is, as it was looked up some minutes ago at most. Raises like `read`."""
        return self._find_layout(timeout)

    def replace(self, changes: Sequence[batches.Request], timeout: float) -> list[int]:
        """How many cells each findReplace changed, in a batch of its own. Raises like `append`."""
        answer = self._batch_update(changes, timeout, "replies.findReplace.occurrencesChanged")
        replies = answer.get("replies") or [{} for _ in changes]
        return [int(each.get("findReplace", {}).get("occurrencesChanged", 0)) for each in replies]

    def newest_stamp(self, timeout: float) -> int:
        """The highest number that a stamp exists for, 0 without any. Raises like `read`."""
        lookup = {"developerMetadataLookup": {"locationType": "SPREADSHEET"}}
        request = (
            self._service.spreadsheets()
            .developerMetadata()
            .search(
                spreadsheetId=self._id,
                body={"dataFilters": [lookup]},
                fields="matchedDeveloperMetadata.developerMetadata(metadataId,metadataKey)",
            )
        )
        found = self._ask(request, timeout).get("matchedDeveloperMetadata", ())
        return _newest(each["developerMetadata"] for each in found)

    def close(self) -> None:
        """Give connections back."""
        self._exchange.close()

    def forget_layout(self) -> None:
        """Look again where everything is before the next read."""
        self._layout = None

    def _find_layout(self, timeout: float) -> Layout:
        now = self._world.monotonic()
        if self._layout is None or now - self._looked_at > _LAYOUT_AGE_S:
            located, stamps = self.locate(timeout)
            where, language = located.layout.where, located.layout.language
            fatal = [f"{where(fault)}: {fault.text(language)}" for fault in located.faults if fault.fatal]
            if fatal:
                raise SheetBroken(fatal)
            self._layout, self._newest_stamp, self._looked_at = located.layout, stamps, now
        return self._layout

    def locate(self, timeout: float) -> tuple[layouts.Located, int]:
        """Where the tabs and columns are, what is wrong with them, and the newest stamp. Two requests."""
        request = self._service.spreadsheets().get(
            spreadsheetId=self._id, fields=f"{layouts.FIELDS},developerMetadata(metadataId,metadataKey)"
        )
        spreadsheet = self._ask(request, timeout)
        ranges = layouts.needed_headers(spreadsheet)
        found = self._batch_get(ranges, "ROWS", timeout) if ranges else []
        headers = [values[0] if values else [] for values in found]
        return layouts.locate(spreadsheet, headers), _newest(spreadsheet.get("developerMetadata", ()))

    def cells(self, places: Sequence[str], timeout: float) -> list[list[list[Cell]]]:
        """Cells of ranges, row by row: for set-up. One request, none without ranges. Raises like `read`."""
        return self._batch_get(places, "ROWS", timeout) if places else []

    def looks(self, ranges: Sequence[str], timeout: float) -> dict[int, Seen]:
        """What tabs have of looks, by sheet id: for set-up. One request, none without ranges. Raises like `read`."""
        if not ranges:
            return {}
        request = self._service.spreadsheets().get(spreadsheetId=self._id, ranges=list(ranges), fields=LOOKS_FIELDS)
        return read_looks(self._ask(request, timeout))

    def _read_columns(self, layout: Layout, asked: Collection[tuple[str, str]], timeout: float) -> Reading | None:
        """The columns, or None if a header is not where it was."""
        wanted = [
            (tab.key, column.key)
            for tab in tabs.TABS
            for column in tab.columns
            if column.key in layout.tabs[tab.key].columns and (tab.key, column.key) in asked
        ]
        # The number comes first: should a read ever not be of one moment, the number is older than the rest.
        ranges = [f"{layouts.quote(layout.tabs['guard'].title)}!A1:A1"]
        ranges += [layout.column_range(tab, column) for tab, column in wanted]
        (number, _), *found = self._columns(ranges, [("guard", "number"), *wanted], timeout)
        columns: dict[str, dict[str, Sequence[Cell]]] = {tab.key: {} for tab in tabs.TABS}
        rows = {tab.key: 1 for tab in tabs.TABS}
        for (tab_key, column_key), (header, cells) in zip(wanted, found, strict=True):
            title = layout.tabs[tab_key].columns[column_key].title
            if records.text(header) != records.text(title):
                return None
            columns[tab_key][column_key] = cells
            rows[tab_key] = max(rows[tab_key], len(cells) + 1)
        cell = None if number == "" else number
        return Reading(
            layout, columns, rows, guard.read_number(number), self._newest_stamp, self._exchange.server_ms, cell
        )

    def _columns(
        self, ranges: Sequence[str], names: Sequence[tuple[str, str]], timeout: float
    ) -> list[tuple[Cell, Column[Cell]]]:
        """Header and cells of columns with these names."""
        request = self._batch_get_request(ranges, "COLUMNS")
        request.postproc = lambda _answer, body: body  # its bytes
        try:
            return self._answers.columns(self._exchange.send(request, timeout, self._pacing.reads), names)
        except ValueError:
            raise Unanswered(_NOT_ALL) from None

    def _batch_get(self, ranges: Sequence[str], dimension: str, timeout: float) -> list[list[list[Cell]]]:
        answer = self._ask(self._batch_get_request(ranges, dimension), timeout).get("valueRanges", [])
        if len(answer) != len(ranges):
            raise Unanswered(_NOT_ALL)
        return [each.get("values", []) for each in answer]

    def _batch_get_request(self, ranges: Sequence[str], dimension: str) -> Any:
        return (
            self._service.spreadsheets()
            .values()
            .batchGet(
                spreadsheetId=self._id,
                ranges=list(ranges),
                majorDimension=dimension,
                valueRenderOption="UNFORMATTED_VALUE",
                dateTimeRenderOption="SERIAL_NUMBER",
                fields="valueRanges.values",
                prettyPrint=False,  # else every cell has a line and eight spaces of its own
            )
        )

    def batch_update(self, batch: Sequence[Mapping[str, Any]], timeout: float) -> None:
        """Apply requests as they are, all or none: for set-up. Raises like `append`."""
        self._batch_update(batch, timeout)
        self.forget_layout()

    def _batch_update(
        self, batch: Sequence[Mapping[str, Any]], timeout: float, fields: str = "spreadsheetId"
    ) -> dict[str, Any]:
        request = self._service.spreadsheets().batchUpdate(
            spreadsheetId=self._id, body={"requests": list(batch)}, fields=fields
        )
        return self._exchange.ask(request, timeout, self._pacing.writes)

    def _ask(self, request: Any, timeout: float) -> dict[str, Any]:
        """The answer to a read as a JSON object. Raises like `read`."""
        return self._exchange.ask(request, timeout, self._pacing.reads)


def check_code_key(layout: Layout, key: str) -> None:
    """Raise SheetBroken if the sheet goes by a CODE_KEY with another fingerprint."""
    if layout.code_key_fingerprint not in {"", key}:
        raise SheetBroken([_OTHER_CODE_KEY])


def _newest(metadata: Any) -> int:
    return guard.newest((each.get("metadataId", 0), each.get("metadataKey", "")) for each in metadata)
