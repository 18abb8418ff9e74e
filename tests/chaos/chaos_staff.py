"""Staff with gspread: sort, insert, move, rename, hide, type. What changes the truth is written down as an Edit."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from threading import Event
from typing import Any, Self

import gspread
import requests
from google.auth.credentials import AnonymousCredentials
from gspread.http_client import HTTPClient
from gspread.utils import InsertDataOption, ValueInputOption

from chaos_shop import SPREADSHEET_ID, Shop, Wave
from chaos_weather import Weather
from functions import codes
from history import Edit
from sheet_schema import languages, tabs

#: Seconds between two edits.
PAUSE_S = (0.1, 0.6)
_CODES, _REDEMPTIONS = "Promo codes", "Redemptions"
_LAST_USED = 40  # staff look at the newest rows
_HAND_CAMPAIGN = "plain"
_ROWS = 30


class Staff:
    """One person with the spreadsheet open. `counts` are edits by kind, those that failed under `failed`."""

    def __init__(self, base_url: str, shop: Shop, rng: random.Random, weather: Weather) -> None:
        self.edits: list[Edit] = []
        self.counts: Counter[str] = Counter()
        self._shop = shop
        self._rng = rng
        self._hands = 0
        self._weather = weather
        self._client = gspread.Client(auth=AnonymousCredentials(), http_client=_redirected(base_url))
        self._book = self._client.open_by_key(SPREADSHEET_ID)
        self._tabs = {tab.title: tab for tab in self._book.worksheets()}
        self._titles = languages.language("en").columns

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.http_client.session.close()

    def shrink(self) -> None:
        """Cut the blank rows at the end: the server would walk over them at each read."""
        for tab in self._tabs.values():
            tab.resize(rows=min(tab.row_count, _ROWS))

    def open_wave(self) -> None:
        """Type the campaigns and ready codes of the next wave; nobody asks for them before they stand there."""
        wave = Wave(len(self._shop.waves))
        self._append("campaigns", wave.rows())
        self._append("pool", [{"code": code, "campaign": wave.campaign("pool")} for code in wave.pool])
        self._shop.waves.append(wave)
        self.counts["wave"] += 1

    def work(self, stop: Event) -> None:
        """Edit until told to stop."""
        doing: dict[Callable[[], None], int] = {
            self._sort: 8,
            self._blank_rows: 3,
            self._rename_header: 2,
            self._hide: 2,
            self._row_by_hand: 2,
            self._void: 2,
            self._used: 2,
            self._set_number_back: 2,
        }
        while not stop.wait(self._rng.uniform(*PAUSE_S)):
            if len(self._shop.waves) < self._shop.wanted_waves:
                self.open_wave()
                act = self._move_columns
            else:
                act = self._rng.choices(list(doing), list(doing.values()))[0]
            try:
                act()
            except (gspread.exceptions.GSpreadException, requests.RequestException):
                self.counts["failed"] += 1
            else:
                self.counts[act.__name__.strip("_")] += 1

    def _sort(self) -> None:
        tab = self._any_tab()
        fresh = self._book.worksheet(tab.title)  # with the rows that came since
        column = self._rng.randint(1, fresh.col_count)
        last = gspread.utils.rowcol_to_a1(fresh.row_count, fresh.col_count)
        tab.sort((column, self._rng.choice(["asc", "des"])), range=f"A2:{last}")

    def _blank_rows(self) -> None:
        tab = self._any_tab()
        row = self._rng.randint(1, 10)
        self._insert(tab, "ROWS", row, self._rng.randint(1, 2))

    def _move_columns(self) -> None:
        """Nothing is under way then: a column that is moved between a read and its write spoils a row (README)."""
        with self._shop.quiet():
            time.sleep(max(0.0, self._weather.quiet_at - time.monotonic()))
            for title in (_CODES, _REDEMPTIONS):
                self._move_column(self._tabs[title])

    def _move_column(self, tab: gspread.Worksheet) -> None:
        width = len(tab.row_values(1))
        source, target = self._rng.randrange(width), self._rng.randrange(width)
        place = {"sheetId": tab.id, "dimension": "COLUMNS", "startIndex": source, "endIndex": source + 1}
        if target not in {source, source + 1}:
            self._book.batch_update({"requests": [{"moveDimension": {"source": place, "destinationIndex": target}}]})

    def _rename_header(self) -> None:
        """A star more, or none again: staff, like the functions, still know which column it is."""
        tab = self._any_tab()
        titles = tab.row_values(1)
        column = self._rng.randrange(len(titles))
        tab.update_cell(1, column + 1, titles[column].rstrip("*") + "*" * self._rng.randint(0, 3))

    def _hide(self) -> None:
        tab = self._any_tab()
        column, row = self._rng.randint(0, 8), self._rng.randint(1, 10)
        self._rng.choice([tab.hide_columns, tab.unhide_columns])(column, column + 1)
        self._rng.choice([tab.hide_rows, tab.unhide_rows])(row, row + 1)

    def _row_by_hand(self) -> None:
        """A code given out at the counter; the subscriber never asks a bot."""
        wave = self._shop.wave(self._rng)
        self._hands += 1
        code = f"HAND-{wave.number}-{self._hands}"
        row = {"code": code, "campaign": wave.campaign(_HAND_CAMPAIGN), "subscriber_id": f"h{self._hands}"}
        self._append("codes", [row])
        self._shop.by_hand(wave, code, f"h{self._hands}")

    def _void(self) -> None:
        self._type_status("void")

    def _used(self) -> None:
        self._type_status("used")

    def _type_status(self, word: str) -> None:
        """Type a word beside an unused code. Rows may move before it lands, so another look says whose it became."""
        rows, column = self._status_rows()
        touched = {code for code, status, used_on in rows.values() if status not in {"", "unused"} or used_on}
        plain = [row for row, (code, _, _) in rows.items() if code and code not in touched and "EVERY" not in code]
        if not plain:
            return
        row = self._rng.choice(plain[-_LAST_USED:])
        before = _typed(rows, word)
        began = time.monotonic()
        try:
            self._tabs[_CODES].update_cell(row, column, word)
        finally:
            after, _ = self._status_rows()
            hit = _typed(after, word) - before
            ended = time.monotonic()
            self.edits += [Edit(word, began, ended, codes.fold(code)) for code in sorted(hit)]
            if rows[row][0] not in hit:  # it went elsewhere, or was overwritten at once: anything may be true of it
                self.edits.append(Edit("forget", began, ended, codes.fold(rows[row][0])))

    def _status_rows(self) -> tuple[dict[int, tuple[str, str, str]], int]:
        """Row number -> code, status, used on; and the column of Status, counted from 1."""
        header, *rows = self._tabs[_CODES].get_all_values()
        places = [_place(header, self._titles["codes"][key]) for key in ("code", "status", "used_on")]
        found = {number: tuple(row[place] for place in places) for number, row in enumerate(rows, start=2)}
        return found, places[1] + 1  # type: ignore[return-value]

    def _set_number_back(self) -> None:
        cell = self._tabs["_promosheet"].acell("A1").value or "0"
        self._tabs["_promosheet"].update_acell("A1", max(0, int(cell) - self._rng.randint(1, 20)))

    def _any_tab(self) -> gspread.Worksheet:
        return self._tabs[self._rng.choice([_CODES, _REDEMPTIONS])]

    def _insert(self, tab: gspread.Worksheet, dimension: str, start: int, count: int) -> None:
        place = {"sheetId": tab.id, "dimension": dimension, "startIndex": start, "endIndex": start + count}
        self._book.batch_update({"requests": [{"insertDimension": {"range": place, "inheritFromBefore": False}}]})

    def _append(self, key: str, rows: list[dict[str, str]]) -> None:
        tab = self._tabs[languages.language("en").tabs[key]]
        header = tab.row_values(1)
        columns = next(each for each in tabs.TABS if each.key == key).columns
        places = {_place(header, self._titles[key][column.key]): column.key for column in columns}
        values = [[row.get(places.get(place, ""), "") for place in range(len(header))] for row in rows]
        tab.append_rows(
            values,
            value_input_option=ValueInputOption.user_entered,
            insert_data_option=InsertDataOption.insert_rows,
            table_range="A1",
        )


def _typed(rows: dict[int, tuple[str, str, str]], word: str) -> set[str]:
    """Codes whose Status staff typed: processes never write void, and used only with Used on."""
    return {code for code, status, used_on in rows.values() if status == word and (word == "void" or not used_on)}


def _place(header: list[str], title: str) -> int:
    return next(place for place, each in enumerate(header) if each.rstrip("*") == title)


def _redirected(base_url: str) -> type[HTTPClient]:
    class Redirected(HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> Any:
            endpoint = endpoint.replace("https://sheets.googleapis.com", base_url)
            return super().request(method, endpoint, *args, **options)

    return Redirected
