"""Answers of values.batchGet -> columns, without parsing again what stood in the last answer already.

An answer for columns is `{"valueRanges":[{"values":[["Code","A-1",…]]},…]}`. Inside a JSON string every quote has a
backslash before it, so `{"values":[[` is nowhere but where a column begins, and the answer can be cut there without
reading it. A column whose text is the same as last time is the same column; one whose text goes on where last time's
ended is that column, grown. Any other column, and any answer that does not look like this, is parsed whole: what is
kept is a hint that may be lost without harm. That both ways give the same is a property test (test_answers.py).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.columns import Column, Line

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from sheet_schema.records import Cell

_BEGINNING = re.compile(rb'\{\s*"values"\s*:\s*\[\s*\[')
_SPACE = b" \t\r\n"
#: What stands before the first column, and after the last cell of each and of the last one.
_HEAD, _NEXT, _END = b'{"valueRanges":[', b"]]},", b"]]}]}"
_COMMA = b","


@dataclass
class _Known:
    """A column of the last answer: its text without what stands around it, its header, the cells below."""

    text: bytes
    header: Cell
    line: Line[Cell]


class Answers:
    """Reads the answers of one spreadsheet, one at a time, and remembers the last one of each column."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Known] = {}

    def columns(self, body: bytes, names: Sequence[Hashable]) -> list[tuple[Cell, Column[Cell]]]:
        """Header and cells of each range, one column wide, which are named *names*; "" is the header of an empty one.

        Raises ValueError for what is no such answer.
        """
        texts = _cut(body)
        if len(texts) == len(names):
            try:
                return [self._column(name, text) for name, text in zip(names, texts, strict=True)]
            except ValueError:  # it only looked like one
                pass
        self._known.clear()
        return [(next(iter(cells), ""), Column.of(cells[1:])) for cells in _plainly(body, len(names))]

    def _column(self, name: Hashable, text: bytes) -> tuple[Cell, Column[Cell]]:
        known = self._known.get(name)
        if known is not None and text.startswith(known.text):
            rest = text[len(known.text) :].lstrip(_SPACE)
            if not rest:
                return known.header, known.line.grown(())
            if rest.startswith(_COMMA):  # so the text before it ends with a whole cell, the last one that is known
                grown = known.line.grown(_cells(rest[1:]))
                known.text = text
                return known.header, grown
        header, *cells = _cells(text)
        self._known[name] = _Known(text, header, Line(cells))
        return header, self._known[name].line.grown(())


def _cut(body: bytes) -> list[bytes]:
    """Texts of the columns without what stands around them; none if the answer is not quite as it should be."""
    head, *rests = _BEGINNING.split(body)
    texts = [rest.rstrip(_SPACE + _END + _NEXT) for rest in rests]
    ends = [rest[len(text) :] for rest, text in zip(rests, texts, strict=True)]
    wanted = [_HEAD, *[_NEXT] * (len(ends) - 1), _END]
    return texts if [part.translate(None, _SPACE) for part in (head, *ends)] == wanted else []


def _cells(text: bytes) -> list[Cell]:
    """Cells of a text without its brackets, one at least. Raises ValueError."""
    found: list[Cell] = json.loads(b"[%b]" % text)
    if not found:
        msg = "no cells"
        raise ValueError(msg)
    return found


def _plainly(body: bytes, count: int) -> list[list[Cell]]:
    """The same without any shortcut."""
    answer: Any = json.loads(body)
    ranges = answer.get("valueRanges", ()) if isinstance(answer, dict) else ()
    if len(ranges) != count:
        msg = "an answer without all the ranges"
        raise ValueError(msg)
    return [next(iter(each.get("values", ())), []) for each in ranges]
