"""A spreadsheet in a few lines: answers `spreadsheets.get`, applies the requests that set-up sends, refuses all others.

It assumes what Google documents: metadata follows its column through inserts, a chosen sheet id or title must be free,
titles are compared without capitals, an insert must begin inside the grid or right behind it.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_schema.adoption import TOP_ROWS, adopt, suspects
from sheet_schema.answer import Seen, read_looks
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import Located, locate, needed_headers, quote
from sheet_schema.plan import plan, undressed
from sheet_schema.tabs import PAGES, TABS

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]


@dataclass
class Sheet:
    """One tab: rows of cells, one dictionary per column for what belongs to the column, and lists of what it wears."""

    id: int
    title: str
    rows: list[list[Any]]
    row_count: int = 1000
    marks: list[Json] = field(default_factory=list)
    columns: list[Json] = field(default_factory=list)
    frozen: int = 0
    hidden: bool = False
    notes: dict[int, str] = field(default_factory=dict)
    bands: list[Json] = field(default_factory=list)
    rules: list[Json] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    warnings: list[Json] = field(default_factory=list)
    charts: list[Json] = field(default_factory=list)
    color: Json | None = None


class Book:
    """A spreadsheet with the given tabs: title -> rows of values."""

    def __init__(self, tabs: dict[str, list[list[Any]]] | None = None, locale: str = "en_US", width: int = 26) -> None:
        self.locale = locale
        self.sheets = [
            Sheet(number, title, deepcopy(rows), columns=[{} for _ in range(width)])
            for number, (title, rows) in enumerate((tabs or {"Sheet1": []}).items())
        ]
        self.marks = 0

    def __getitem__(self, title: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.title == title)

    def get(self) -> Json:
        """Answer `spreadsheets.get` with FIELDS."""
        return {
            "properties": {"timeZone": "Europe/Moscow", "locale": self.locale},
            "sheets": [self._answer(index, sheet) for index, sheet in enumerate(self.sheets)],
        }

    def locate(self) -> Located:
        """Find everything, as sheet.py does."""
        answer = self.get()
        by_range = {f"{quote(sheet.title)}!1:1": sheet for sheet in self.sheets}
        headers = [(by_range[each].rows or [[]])[0] for each in needed_headers(answer)]
        return locate(answer, headers)

    def adopt(self) -> Located:
        """Find everything, as sheet_setup.py does: also what people made by hand."""
        located = self.locate()
        return adopt(located, {title: self[title].rows[:TOP_ROWS] for title in suspects(located)})

    def looks(self, located: Located | None = None) -> dict[int, Seen]:
        """What the tabs without looks have of them, as sheet_setup.py asks for it."""
        sheets = [
            {
                "properties": {"sheetId": sheet.id},
                "bandedRanges": sheet.bands,
                "conditionalFormats": sheet.rules,
                "filterViews": sheet.views,
                "data": [{"rowData": [{"values": cells} for cells in self._cells(sheet, wanted)]}],
            }
            for wanted in [undressed(located or self.locate())]
            for sheet in self.sheets
            if {quote(sheet.title), f"{quote(sheet.title)}!1:1"} & {*wanted}
        ]
        return read_looks({"sheets": sheets})

    def _cells(self, sheet: Sheet, wanted: list[str]) -> list[list[Json]]:
        rows = sheet.rows[1:] if quote(sheet.title) in wanted else []
        return [self._header_cells(sheet), *([{"formattedValue": str(cell)} for cell in row] for row in rows)]

    @staticmethod
    def _header_cells(sheet: Sheet) -> list[Json]:
        titles = sheet.rows[0] if sheet.rows else []
        return [
            ({"formattedValue": str(title)} if title else {})
            | ({"note": sheet.notes[index]} if index in sheet.notes else {})
            for index, title in enumerate(titles)
        ]

    def header(self, title: str) -> list[Any]:
        """Row 1 of a tab."""
        return self[title].rows[0]

    def apply(self, batch: Sequence[Json]) -> None:
        """Apply requests in order, all or none."""
        before = deepcopy(self.sheets)
        try:
            for request in batch:
                ((kind, body),) = request.items()
                getattr(self, f"_{kind}")(**body)
        except BaseException:
            self.sheets = before
            raise

    def _answer(self, index: int, sheet: Sheet) -> Json:
        grid = {"rowCount": sheet.row_count, "columnCount": len(sheet.columns)}
        properties: Json = {"sheetId": sheet.id, "title": sheet.title, "index": index, "gridProperties": grid}
        if sheet.frozen:
            grid["frozenRowCount"] = sheet.frozen
        if sheet.hidden:
            properties["hidden"] = True
        columns = [{"developerMetadata": column["marks"]} if column.get("marks") else {} for column in sheet.columns]
        marks = {"developerMetadata": sheet.marks} if sheet.marks else {}
        return {"properties": properties, **marks, "data": [{"columnMetadata": columns}]}

    def _sheet(self, sheet_id: int) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.id == sheet_id)

    def _addSheet(self, properties: Json) -> None:  # noqa: N802 - Google's names
        assert properties["sheetId"] not in [sheet.id for sheet in self.sheets]
        assert properties["title"].casefold() not in [sheet.title.casefold() for sheet in self.sheets]
        grid = properties["gridProperties"]
        assert grid["frozenRowCount"] < grid["rowCount"]
        assert 0 <= properties["index"] <= len(self.sheets)
        columns: list[Json] = [{} for _ in range(grid["columnCount"])]
        sheet = Sheet(properties["sheetId"], properties["title"], [], grid["rowCount"], columns=columns)
        sheet.frozen, sheet.hidden = grid["frozenRowCount"], properties.get("hidden", False)
        self.sheets.insert(properties["index"], sheet)

    def _updateCells(self, start: Json, rows: list[Json], fields: str) -> None:  # noqa: N802
        sheet = self._sheet(start["sheetId"])
        if "note" in fields:
            for index, cell in enumerate(rows[0]["values"], start["columnIndex"]):
                sheet.notes[index] = cell["note"]
        if fields == "note":
            return
        assert fields.startswith("userEnteredValue")
        for number, row in enumerate(rows, start["rowIndex"]):
            assert start["columnIndex"] + len(row["values"]) <= len(sheet.columns)
            sheet.rows += [[] for _ in range(number + 1 - len(sheet.rows))]
            cells = sheet.rows[number]
            cells += [""] * (start["columnIndex"] + len(row["values"]) - len(cells))
            for index, cell in enumerate(row["values"], start["columnIndex"]):
                (cells[index],) = cell.get("userEnteredValue", {"": ""}).values()

    def _createDeveloperMetadata(self, developerMetadata: Json) -> None:  # noqa: N802, N803
        assert "metadataId" not in developerMetadata
        self.marks += 1
        mark = {name: developerMetadata[name] for name in ("metadataKey", "metadataValue")}
        place = developerMetadata["location"]
        for column in self._columns(place["dimensionRange"]) if "dimensionRange" in place else ():
            column.setdefault("marks", []).append({"metadataId": self.marks, **mark})
        if "sheetId" in place:
            self._sheet(place["sheetId"]).marks.append({"metadataId": self.marks, **mark})

    def _deleteDeveloperMetadata(self, dataFilter: Json) -> None:  # noqa: N802, N803
        key = dataFilter["developerMetadataLookup"]["metadataKey"]
        for sheet in self.sheets:
            sheet.marks = [mark for mark in sheet.marks if mark["metadataKey"] != key]

    def _updateDeveloperMetadata(self, dataFilters: list[Json], developerMetadata: Json, fields: str) -> None:  # noqa: N802, N803
        assert fields == "metadataValue"
        lookup = dataFilters[0]["developerMetadataLookup"]
        for mark in self._sheet(lookup["metadataLocation"]["sheetId"]).marks:
            if mark["metadataKey"] == lookup["metadataKey"]:
                mark["metadataValue"] = developerMetadata["metadataValue"]

    def _columns(self, place: Json) -> list[Json]:
        columns = self._sheet(place["sheetId"]).columns
        start, end = (
            place[f"{side}Index"] if "dimension" in place else place[f"{side}ColumnIndex"] for side in ("start", "end")
        )
        assert 0 <= start < end <= len(columns)
        return columns[start:end]

    def _insertDimension(self, range: Json, inheritFromBefore: bool) -> None:  # noqa: A002, N802, N803, FBT001
        assert range["dimension"] == "COLUMNS"
        sheet, start, end = self._sheet(range["sheetId"]), range["startIndex"], range["endIndex"]
        assert start > 0 if inheritFromBefore else start < len(sheet.columns)
        assert start <= len(sheet.columns)
        neighbour = sheet.columns[start - 1 if inheritFromBefore else start]
        inherited = {name: value for name, value in neighbour.items() if name != "marks"}
        sheet.columns[start:start] = [dict(inherited) for _ in self._numbers(start, end)]
        for row in sheet.rows:
            if len(row) > start:
                row[start:start] = [""] * (end - start)

    @staticmethod
    def _numbers(start: int, end: int) -> range:
        return range(start, end)

    def _appendDimension(self, sheetId: int, dimension: str, length: int) -> None:  # noqa: N802, N803
        assert dimension == "ROWS"
        self._sheet(sheetId).row_count += length

    def _repeatCell(self, range: Json, cell: Json, fields: str) -> None:  # noqa: A002, N802
        if fields in {"userEnteredFormat(wrapStrategy,verticalAlignment)", "userEnteredFormat.horizontalAlignment"}:
            return
        assert fields == "userEnteredFormat.numberFormat"
        assert range["startRowIndex"] < self._sheet(range["sheetId"]).row_count
        for column in self._columns(range):
            column["format"] = cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("pattern")

    def _setDataValidation(self, range: Json, rule: Json | None = None) -> None:  # noqa: A002, N802
        for column in self._columns(range):
            column["rule"] = rule

    def _updateDimensionProperties(self, range: Json, properties: Json, fields: str) -> None:  # noqa: A002, N802
        name = {"hiddenByUser": "hidden", "pixelSize": "width"}[fields]
        for column in self._columns(range):
            column[name] = properties[fields]

    def _updateSheetProperties(self, properties: Json, fields: str) -> None:  # noqa: N802
        sheet = self._sheet(properties["sheetId"])
        if fields == "hidden":
            sheet.hidden = properties["hidden"]
        elif fields == "tabColorStyle":
            sheet.color = properties["tabColorStyle"]
        else:
            assert fields == "gridProperties.frozenRowCount"
            assert sheet.row_count > 1
            sheet.frozen = properties["gridProperties"]["frozenRowCount"]

    def _addBanding(self, bandedRange: Json) -> None:  # noqa: N802, N803
        sheet = self._sheet(bandedRange["range"]["sheetId"])
        assert not sheet.bands, "two bandings on one range"
        sheet.bands.append(bandedRange)

    def _addProtectedRange(self, protectedRange: Json) -> None:  # noqa: N802, N803
        assert protectedRange["warningOnly"] is True
        self._sheet(protectedRange["range"]["sheetId"]).warnings.append(protectedRange)

    def _addFilterView(self, filter: Json) -> None:  # noqa: A002, N802
        sheet = self._sheet(filter["range"]["sheetId"])
        assert filter["title"] not in [view["title"] for view in sheet.views]
        assert filter["range"]["endColumnIndex"] <= len(sheet.columns)
        sheet.views.append(filter)

    def _addChart(self, chart: Json) -> None:  # noqa: N802
        sheet = self._sheet(chart["position"]["overlayPosition"]["anchorCell"]["sheetId"])
        sheet.charts.append(chart)

    def _addConditionalFormatRule(self, rule: Json, index: int) -> None:  # noqa: N802
        rules = self._sheet(rule["ranges"][0]["sheetId"]).rules
        assert 0 <= index <= len(rules)
        rules.insert(index, rule)


def words(column: Json) -> list[str] | None:
    """What a drop-down offers."""
    rule = column.get("rule")
    if not rule or rule["condition"]["type"] != "ONE_OF_LIST":
        return None
    return [each["userEnteredValue"] for each in rule["condition"]["values"]]


def titles(tab: str, code: str = "en") -> list[Any]:
    return list(LANGUAGES[code].columns[tab].values())


def set_up(code: str = "en") -> Book:
    """A spreadsheet made by set-up, every tab and column with its mark."""
    book = Book()
    book.apply(plan(book.locate(), LANGUAGES[code]))
    return book


def typed(code: str = "en") -> Book:
    """The same spreadsheet made by hand: titles and no marks."""
    return Book({LANGUAGES[code].tabs[tab.key]: [titles(tab.key, code)] for tab in (*TABS, *PAGES)})
