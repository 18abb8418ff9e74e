"""Spreadsheets that people made by hand from BotHelp's article, before there was Promosheet: no marks, titles of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_sheet import Staff

from functions.local.server import LocalSheets
from functions.sheet import GoogleSheet
from functions.world import RealWorld

ROWS = 500
TEXT = "@"


@dataclass(frozen=True)
class Made:
    """What one shop made: its tab, its columns by key ("" for a column of its own), and the words of its statuses."""

    language: str
    tab: str
    columns: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]
    used: tuple[str, ...]
    date: str  # as typed into a cell

    @property
    def titles(self) -> list[str]:
        return [title for _, title in self.columns]

    def letter(self, key: str) -> str:
        return "ABCDEFGHIJ"[[each for each, _ in self.columns].index(key)]

    def rows(self) -> list[list[Any]]:
        """Every third code is used, every fifth has no subscriber, and some cells are as odd as people type them."""
        return [[self._cell(key, number) for key, _ in self.columns] for number in range(1, ROWS + 1)]

    def _cell(self, key: str, number: int) -> Any:
        day, month = number % 28 + 1, number % 6 + 1
        match key:
            case "code":
                return f"SALE-{number:03}" if number % 7 else f"  sale {number:03} "
            case "subscriber_id":
                return "" if number % 5 == 0 else number + 1000 if number % 2 else f"u{number}"
            case "name":
                return f"Анна {number}" if number % 3 else ""
            case "issue_date":
                return (
                    self.date.format(day=day, month=month, year=2019 if number % 50 == 4 else 2026)
                    if number % 11
                    else ""
                )
            case "expiration_date":
                return self.date.format(day=day, month=month, year=2020 if number % 50 == 4 else 2090)
            case "status":
                words = self.used if number % 3 == 0 else self.unused
                return words[number % len(words)]
            case "usage_channel":
                return "instagram" if number % 3 == 0 else ""
            case _:
                return f"={number}*2" if number % 10 == 0 else f"note {number}"


EN = Made(
    "en",
    "Sheet1",
    (
        ("status", "Status"),
        ("code", "Promo-code"),
        ("", "Comment"),
        ("subscriber_id", "Subscriber name/ID"),
        ("expiration_date", "Valid until"),
        ("issue_date", "Date of issue"),
        ("usage_channel", "Channel"),
    ),
    ("unused", "Not used", " UNUSED", "", "un-used"),
    ("used", "Used ", "USED", "already used"),
    "{year}-{month:02}-{day:02}",
)
RU = Made(
    "ru",
    "Лист1",
    (
        ("name", "ФИО"),
        ("subscriber_id", "ID подписчика"),
        ("code", "Промо-код"),
        ("issue_date", "Дата выдачи"),
        ("expiration_date", "Срок действия"),
        ("usage_channel", "Канал"),
        ("status", "статус"),
        ("", "Комментарий"),
    ),
    ("не использован", "Не использовано", "", "неиспользована"),
    ("использован", "Использовано", " ИСПОЛЬЗОВАНА", "использован "),
    "{day:02}.{month:02}.{year}",
)


@contextmanager
def spreadsheet(made: Made) -> Iterator[tuple[LocalSheets, GoogleSheet, Staff]]:
    """The spreadsheet of that shop, with the id `local`: its codes, and what else people do to a sheet of theirs."""
    with LocalSheets() as server:
        locale = "ru_RU" if made.language == "ru" else "en_US"
        server.create("local", title="Promo", time_zone="Europe/Moscow", locale=locale)
        sheet = GoogleSheet("local", server.base_url, RealWorld())
        staff = Staff(server, made.language)
        try:
            fill(staff, made)
            yield server, sheet, staff
        finally:
            staff.session.close()
            sheet.close()


def fill(staff: Staff, made: Made) -> None:
    """Type the codes; colour some, note some, widen, filter, sort by hand, keep a chart and another tab."""
    sheets = staff.session.get(f"{staff.url}?fields=sheets.properties", timeout=60).json()["sheets"]
    ours = sheets[0]["properties"]["sheetId"]
    staff.edit(
        {"updateSheetProperties": {"properties": {"sheetId": ours, "title": made.tab}, "fields": "title"}},
        {"addSheet": {"properties": {"sheetId": 7, "title": "Заметки"}}},
        _format(ours, made.letter("expiration_date"), {"type": "DATE", "pattern": 'd" "mmm" "yy'}, 2, 40),
        _format(ours, made.letter("code"), {"type": "TEXT", "pattern": TEXT}, 2, 90),
    )
    staff.type(f"'{made.tab}'!A1", [made.titles, *made.rows()])
    staff.type("'Заметки'!B2", [["Промокод", "Status"], ["A-1", "звонить"]])
    code = "ABCDEFGHIJ".index(made.letter("code"))
    yellow = {"backgroundColor": {"red": 1, "green": 0.95}}
    area = {"sheetId": ours, "startRowIndex": 4, "endRowIndex": 9, "startColumnIndex": 0, "endColumnIndex": 7}
    rule = {
        "ranges": [area],
        "booleanRule": {
            "condition": {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": "SALE"}]},
            "format": {"textFormat": {"italic": True}},
        },
    }
    columns = {"sheetId": ours, "dimension": "COLUMNS", "startIndex": code, "endIndex": code + 1}
    whole = {"sheetId": ours, "startRowIndex": 0, "endRowIndex": ROWS + 1, "startColumnIndex": 0, "endColumnIndex": 7}
    note = {"sheetId": ours, "rowIndex": 0, "columnIndex": code}
    staff.edit(
        {"repeatCell": {"range": area, "cell": {"userEnteredFormat": yellow}, "fields": "userEnteredFormat"}},
        {"updateCells": {"start": note, "rows": [{"values": [{"note": "наш код"}]}], "fields": "note"}},
        {"updateCells": {"start": note | {"rowIndex": 5}, "rows": [{"values": [{"note": "VIP"}]}], "fields": "note"}},
        {"updateDimensionProperties": {"range": columns, "properties": {"pixelSize": 333}, "fields": "pixelSize"}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"setBasicFilter": {"filter": {"range": whole}}},
        {"addFilterView": {"filter": {"title": "Мой", "range": whole}}},
    )


def _format(sheet_id: int, letter: str, pattern: dict[str, str], start: int, end: int) -> dict[str, Any]:
    column = "ABCDEFGHIJ".index(letter)
    area = {
        "sheetId": sheet_id,
        "startRowIndex": start - 1,
        "endRowIndex": end,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    cell = {"userEnteredFormat": {"numberFormat": pattern}}
    return {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}


KEPT = ("userEnteredValue", "effectiveValue", "formattedValue", "userEnteredFormat", "note")


def cells(staff: Staff, tab: str, width: int = 99) -> list[list[dict[str, Any]]]:
    """Cells of the first columns: value as entered and as shown, format, note; blank ones at the ends are cut."""
    fields = f"sheets.data.rowData.values({','.join(KEPT)})"
    answer = staff.session.get(staff.url, params={"ranges": f"'{tab}'", "fields": fields}, timeout=60)
    rows = [row.get("values", []) for row in answer.json()["sheets"][0]["data"][0].get("rowData", [])]
    return _cut([_cut(row[:width]) for row in rows])


def _cut(items: list[Any]) -> list[Any]:
    while items and not items[-1]:
        items = items[:-1]
    return items


THINGS = "properties.title,conditionalFormats,basicFilter,filterViews,merges,data.columnMetadata.pixelSize"


def things(staff: Staff, tab: str) -> dict[str, Any]:
    """What else belongs to a tab: title, rules, filters, widths."""
    params = {"ranges": f"'{tab}'", "fields": f"sheets({THINGS},data.rowMetadata.pixelSize)"}
    (found,) = staff.session.get(staff.url, params=params, timeout=60).json()["sheets"]
    return dict(found)
