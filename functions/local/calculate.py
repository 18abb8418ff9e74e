"""Results of formulas: every formula cell of one version of a spreadsheet, calculated when it is first asked for.

A published spreadsheet never changes, so its calculator remembers. The columns that it read go to the calculator of the
next version, which keeps those whose cells are still the same objects.
"""

from __future__ import annotations

from collections import OrderedDict
from operator import is_
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.local.formats import to_serial
from functions.local.formula import NotAFormulaError, parse
from functions.local.formula_arrays import Array, Column
from functions.local.formula_looks import with_look
from functions.local.formula_scope import Scope
from functions.local.formula_values import ERROR, NAME, NUM, REF, FailedError, Scalar, UnsureError, tidy
from functions.local.locales import comma_decimals, zone_of
from functions.local.model import Cell, Formula

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from functions.local.formula import Node
    from functions.local.formula_arrays import Result
    from functions.local.model import Cells, Row, Sheet, Spreadsheet

    Key = tuple[int, int, int]  # sheet, row, column
    Part = tuple[int, int, int, int]  # sheet, column, first row, end of rows

MAX_DEPTH = 40  # parts of formulas inside each other; deeper, the cell that is needed is calculated first
MAX_ARRAYS = 32  # calculated arrays kept for other formulas; a megabyte each at 100,000 rows


class _Read(NamedTuple):
    """A column that was read from a sheet; `entered` is None when formulas are in it."""

    sheet: Sheet
    entered: list[Any] | None
    column: Column


class _CircularError(Exception):
    """A cell needs itself: every cell on the way shows `#REF!`."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class _TooDeepError(Exception):
    """This cell must be calculated before the one that asked for it."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Calculator:
    """Results of one version of a spreadsheet at one moment. May be used by several threads."""

    def __init__(self, book: Spreadsheet, before: Calculator | None = None) -> None:
        """*before*: the calculator of an earlier version, whose columns may still be right."""
        self.book, self.locale = book, str(book.properties.get("locale", ""))
        self._before = before.columns if before else {}
        self.columns: dict[Part, _Read] = {}
        self._ends: dict[int, int] = {}
        self._results: dict[Key, Scalar] = {}
        self._under_way: set[Key] = set()
        self._arrays: OrderedDict[tuple[int, Node], Result] = OrderedDict()
        self.depth = 0
        self._moment: datetime | None = None
        self._serial: float = 0
        self._lock = RLock()

    def is_current(self) -> bool:
        """Whether no formula asked for the time, or it has not gone on enough to matter: NOW changes with the sheet."""
        if self._moment is None:
            return True
        parts = {"MINUTE": 5, "HOUR": 4}.get(str(self.book.properties.get("autoRecalc")), 3)
        return self._moment.timetuple()[:parts] == _moment(self.book).timetuple()[:parts]

    def calculated(self, sheet: Sheet, index: int) -> Cells:
        """Cells of a row with results in place of formulas."""
        row = sheet.rows[index]
        if row.id not in sheet.formula_rows:
            return row.cells
        return tuple(
            self.result(sheet, index, column, cell) if cell is not None and isinstance(cell.value, Formula) else cell
            for column, cell in enumerate(row.cells)
        )

    def rows(self, sheet: Sheet, start: int, stop: int) -> list[Row]:
        """Rows from *start* to *stop* with results in place of formulas."""
        rows = sheet.rows[start:stop]
        if not sheet.formula_rows:
            return rows
        return [
            row._replace(cells=self.calculated(sheet, index)) if row.id in sheet.formula_rows else row
            for index, row in enumerate(rows, start)
        ]

    def result(self, sheet: Sheet, row: int, column: int, cell: Cell) -> Cell | None:
        """Cell with its formula's result, which looks as Google would make it look; None when that is blank."""
        with self._lock:
            value = self._settled((sheet.id, row, column))
            extras = with_look(self, sheet, row, column) if value.__class__ in {int, float} else cell.extras
        return None if value is None and extras is None else Cell(value, extras)

    def look_up(self, sheet: Sheet, node: Node, row: int, column: int, moved: tuple[int, int]) -> Scalar:
        """Value of a formula that stands in no cell, its references moved down and to the right."""
        with self._lock:
            waiting: list[Key] = []
            while True:
                try:
                    for key in reversed(waiting):
                        self._settled(key)
                    return self._calculate(node, Scope(self, sheet, row, column, *moved))
                except _TooDeepError as deep:
                    waiting.append(deep.key)
                except _CircularError:
                    return REF

    # What a formula asks for (see Cells in formula_scope)

    def value(self, sheet: Sheet, row: int, column: int) -> Scalar:
        """Value of a cell, calculated when it is a formula."""
        cell = sheet.rows[row].cell(column)
        if cell is None:
            return None
        return self._result((sheet.id, row, column)) if isinstance(cell.value, Formula) else cell.value

    def column(self, sheet: Sheet, column: int, top: int, bottom: int) -> Column:
        """Values of a part of a column, up to the sheet's last row that has a value."""
        if sheet.id not in self._ends:
            self._ends[sheet.id] = sheet.last_row_with_value()
        stop = max(min(bottom, self._ends[sheet.id]), top)
        key = (sheet.id, column, top, stop)
        found = self.columns.get(key)
        if found is None:
            found = self.columns[key] = self._taken_over(sheet, key) or self._read(sheet, key)
        return found.column

    def _taken_over(self, sheet: Sheet, key: Part) -> _Read | None:
        """What an earlier version read, when its sheet has not been changed since."""
        before = self._before.get(key)
        return before if before is not None and before.sheet is sheet and before.entered is not None else None

    def _read(self, sheet: Sheet, key: Part) -> _Read:
        _, column, top, stop = key
        entered: list[Any] = [
            cell.value if len(row.cells) > column and (cell := row.cells[column]) is not None else None
            for row in sheet.rows[top:stop]
        ]
        if sheet.formula_rows and any(value.__class__ is Formula for value in entered):
            for place, value in enumerate(entered):
                if isinstance(value, Formula):
                    entered[place] = self._result((sheet.id, top + place, column))
            return _Read(sheet, None, Column(entered))
        before = self._before.get(key)
        if before is not None and before.entered is not None and all(map(is_, before.entered, entered)):
            return _Read(sheet, before.entered, before.column)
        return _Read(sheet, entered, Column(entered))

    def now(self) -> float:
        """Serial number of the moment of this calculation, in the spreadsheet's time zone. Raises UnsureError."""
        if self._moment is None:
            self._moment = _moment(self.book)
            self._serial = to_serial(self._moment.replace(microsecond=0))
        return self._serial

    def remembered(self, key: tuple[int, Node], make: Callable[[], Result]) -> Result:
        """Give the array that was calculated for the same part of another formula."""
        found = self._arrays.get(key)
        if found is None:
            found = make()
            if isinstance(found, Array):
                self._arrays[key] = found
                if len(self._arrays) > MAX_ARRAYS:
                    self._arrays.popitem(last=False)
        return found

    # Cells

    def _settled(self, key: Key) -> Scalar:
        """Result of a cell, whatever chain of other cells it needs."""
        waiting = [key]
        while True:
            try:
                found = self._result(waiting[-1])
            except _CircularError:
                found = REF
            except _TooDeepError as deep:
                if deep.key in waiting:
                    for one in waiting[waiting.index(deep.key) :]:
                        self._results[one] = REF
                else:
                    waiting.append(deep.key)
                continue
            waiting.pop()
            if not waiting:
                return found

    def _result(self, key: Key) -> Scalar:
        if key in self._results:
            return self._results[key]
        if key in self._under_way:
            raise _CircularError(key)
        if self.depth > MAX_DEPTH:
            raise _TooDeepError(key)
        self._under_way.add(key)
        try:
            found = self._calculated(key)
        except _CircularError as error:
            self._results[key] = REF
            if error.key != key:
                raise
            return REF
        finally:
            self._under_way.discard(key)
        self._results[key] = found
        return found

    def _calculated(self, key: Key) -> Scalar:
        sheet = self.book.sheet(key[0])
        node = self.node(sheet, key[1], key[2])
        return ERROR if node is None else self._calculate(node, Scope(self, sheet, key[1], key[2]))

    def node(self, sheet: Sheet, row: int, column: int) -> Node | None:
        """Tree of the formula in a cell; None when it does not parse, or there is none."""
        cell = sheet.rows[row].cell(column)
        return self.parsed(str(cell.value)) if cell is not None and isinstance(cell.value, Formula) else None

    def parsed(self, text: str) -> Node | None:
        """Tree of a formula in the spreadsheet's locale; None when it does not parse."""
        try:
            return parse(text, decimal_comma=comma_decimals(self.locale))
        except NotAFormulaError:
            return None

    @staticmethod
    def _calculate(node: Node, scope: Scope) -> Scalar:
        try:
            found = scope.value(node)
            return tidy(found.only() if isinstance(found, Array) else found)
        except FailedError as error:
            return error.problem
        except OverflowError:
            return NUM
        except UnsureError:
            return NAME


def calculator_of(book: Spreadsheet) -> Calculator:
    """Find the calculator of a published spreadsheet; of a draft, which may yet change, make one for this moment."""
    found = book.calculator
    if found is not None and found.book is book and found.is_current():
        return found
    made = Calculator(book, found)
    if book.is_published:
        book.calculator = made
    return made


def _moment(book: Spreadsheet) -> datetime:
    """Time in the spreadsheet's time zone. Raises UnsureError when there is no such zone."""
    zone = zone_of(str(book.properties.get("timeZone", "Etc/GMT")))
    if zone is None:
        raise UnsureError
    return book.clock().astimezone(zone)
