"""What a read becomes, with the last answer's columns at hand, is what it becomes without any."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import answers, codes, keys
from functions.answers import Answers
from functions.columns import Column, Maker
from functions.tables import Keyed, Table
from sheet_schema.records import Cell, text

#: What looks like the seams of an answer, what JSON escapes, and what Python takes for equal.
NASTY = ('{"values":[[', '"]]},{"values":[["', "]]}]}", ",", '"', "\\", '\\"', "\\u0022", "[", "}", " ", "\n", "я", "💃", "\ud83d", "NaN", "")  # fmt: skip
CODES = (
    "SPRING-11111-22222",
    "spring 11111 22222",
    "a-1",
    "A1\n",
    "КОД-1",
    "forgotten-abc",
    "redeemed",
    "rolled back",
    "used",
)
CELLS = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(CODES),
    st.text(max_size=4),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from((0.0, 1.0, 46_000.5, 1e21, 1e-7, 46_082)),
)
COLUMN = st.lists(CELLS, min_size=1, max_size=6)
SHEET = st.lists(COLUMN, min_size=3, max_size=3)
#: (kind, column, place, cell): what staff and sales do between two reads.
EDITS = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "add", "change", "insert", "delete", "cut", "empty", "swap", "widen")),
        st.integers(0, 2),
        st.integers(0, 6),
        CELLS,
    ),
    max_size=8,
)
MAKERS: list[Maker[Cell, Any]] = [
    keys.texts, keys.codes_folded, keys.names_folded, keys.times, keys.ends, keys.marked, keys.pseudonyms,
]  # fmt: skip
NAMES = ("a", "b", "c")


def edited(sheet: list[list[Cell]], kind: str, number: int, place: int, cell: Cell) -> list[list[Cell]]:
    column = sheet[number]
    at = place % len(column) if column else 0
    changed = {
        "add": [*column, cell],
        "change": [*column[:at], cell, *column[at + 1 :]],
        "insert": [*column[:at], cell, *column[at:]],
        "delete": column[:at] + column[at + 1 :],
        "cut": column[:at],
        "empty": [],
        "swap": column[at:] + column[:at],
    }
    if kind == "widen":  # a row at the end of every column, as a batch adds it
        return [[*each, cell] for each in sheet]
    return [*sheet[:number], changed[kind], *sheet[number + 1 :]]


def answer(sheet: Sequence[Sequence[Cell]], indent: int | None, *, ascii_only: bool = False) -> bytes:
    ranges = [{"values": [list(column)]} if column else {} for column in sheet]
    separators = None if indent else (",", ":")
    dumped = json.dumps({"valueRanges": ranges}, indent=indent, separators=separators, ensure_ascii=ascii_only)
    try:
        return dumped.encode()
    except UnicodeEncodeError:  # half a pair can only be escaped
        return answer(sheet, indent, ascii_only=True)


def exact(cells: Sequence[Cell]) -> list[tuple[type, Cell]]:
    """1, 1.0 and True are equal to Python, and are not the same to a sheet."""
    return [(type(cell), cell) for cell in cells]


def index_of(made: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, key in enumerate(made):
        if key:
            found[key].append(place)
    return dict(found)


def check(column: Column[Cell], cells: Sequence[Cell], makers: Sequence[Maker[Cell, Any]] = MAKERS) -> None:
    """A column is these cells, to everybody who asks."""
    assert exact(column) == exact(cells)
    assert exact(column[:]) == exact(cells)
    assert [column[place] for place in range(len(column))] == list(cells)
    for maker in makers:
        made = maker(cells)
        assert column.keys(maker) == made
        index = column.indexed(maker)
        assert {key: list(index[key]) for key in index} == index_of(made)
        assert all(list(index.get(key, ())) == places for key, places in index_of(made).items())
        assert column.has_any(maker) or not any(made)


@settings(max_examples=150, deadline=None)
@given(SHEET, EDITS, st.lists(st.sampled_from((None, 2)), min_size=9, max_size=9))
def test_after_any_edits_the_columns_are_those_of_the_whole_answer(
    sheet: list[list[Cell]], edits: list[tuple[str, int, int, Cell]], indents: list[int | None]
) -> None:
    reader = Answers()
    seen: list[tuple[Column[Cell], list[Cell]]] = []
    for edit, indent in zip([None, *edits], indents, strict=False):
        sheet = edited(sheet, *edit) if edit else sheet
        body = answer(sheet, indent)
        found = reader.columns(body, NAMES)
        for (header, column), cells in zip(found, sheet, strict=True):
            assert exact([header]) == exact(cells[:1] or [""])
            check(column, cells[1:])
            seen.append((column, cells[1:]))
    for column, cells in seen:  # and what an older read saw is what it saw, whatever grew since
        check(column, cells)


def test_what_did_not_change_is_not_parsed_again_and_what_was_added_is_all_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[bytes] = []
    plain = answers._cells
    monkeypatch.setattr(answers, "_cells", lambda piece: parsed.append(piece) or plain(piece))
    reader = Answers()
    reader.columns(answer([["Code", "A-1"], ["Name", "Ann"], [1]], None), NAMES)
    parsed.clear()
    found = reader.columns(answer([["Code", "A-1", "A-2"], ["Name", "Ann"], [12]], None), NAMES)
    assert parsed == [b'"A-2"', b"12"]
    assert [list(column) for _, column in found] == [["A-1", "A-2"], ["Ann"], []]


BROKEN = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"<html>", id="no JSON"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b"]]}', id="cut off"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b"]]}]', id="cut off at the last letter"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b"]]},{"values":[["a"]]}]}', id="a range too many"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b",]]}]}', id="a comma too many"),
    pytest.param(b'{"valueRanges":[{"values":[["a","\xff"]]}]}', id="no UTF-8"),
    pytest.param(b'{"valueRanges":[{"values":[["a",x]]}]}', id="no cell"),
]


@pytest.mark.parametrize("body", BROKEN)
@pytest.mark.parametrize("known", [False, True], ids=["first", "after a good one"])
def test_an_answer_that_is_none_is_refused_and_nothing_of_it_is_kept(body: bytes, *, known: bool) -> None:
    reader = Answers()
    if known:
        reader.columns(answer([["a"]], None), ["one"])
    with pytest.raises(ValueError, match=r"."):
        reader.columns(body, ["one"])
    ((header, column),) = reader.columns(answer([["a", "b"]], None), ["one"])
    assert (header, list(column)) == ("a", ["b"])


OTHERWISE = [
    pytest.param(b'{"valueRanges":[{"range":"A:A","values":[["a","b"]]}]}', ["b"], id="the range before"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b"]],"range":"A:A"}]}', ["b"], id="the range after"),
    pytest.param(b'{"spreadsheetId":"x","valueRanges":[{"values":[["a","b"]]}]}', ["b"], id="something before"),
    pytest.param(b'{"valueRanges":[{"values":[["a","b"],["c"]]}]}', ["b"], id="two columns"),
    pytest.param(b'{"valueRanges":[{"values":[["a"]]}]}', [], id="a header alone"),
    pytest.param(b'{"valueRanges":[{"values":[[]]}]}', [], id="an empty column"),
    pytest.param(b'{"valueRanges":[{"values":[]}]}', [], id="no column"),
    pytest.param(b'{"valueRanges":[{}]}', [], id="an empty range"),
]


@pytest.mark.parametrize(("body", "cells"), OTHERWISE)
@pytest.mark.parametrize("known", [False, True], ids=["first", "after one like it"])
def test_an_answer_that_looks_otherwise_is_read_all_the_same(body: bytes, cells: list[Cell], *, known: bool) -> None:
    reader = Answers()
    if known:
        reader.columns(answer([["a"]], None), ["one"])
    ((_, column),) = reader.columns(body, ["one"])
    assert list(column) == cells


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from((*NASTY, *CODES)), st.text(max_size=5)), max_size=6))
def test_many_codes_are_folded_as_each_alone(typed: list[str]) -> None:
    assert codes.fold_all(typed) == [codes.fold(each) for each in typed]


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, max_size=6))
def test_a_key_is_that_of_its_cell_whatever_stands_beside_it(cells: list[Cell]) -> None:
    for maker in MAKERS:
        assert maker(cells) == [key for cell in cells for key in maker([cell])]
    assert keys.texts(cells) == [text(cell) for cell in cells]


class TestColumn:
    def test_an_older_column_does_not_see_later_cells(self) -> None:
        older = Column.of(["a", "b"])
        assert list(older.indexed(list)["a"]) == [0]
        newer = older.line.grown(["a", "c"])
        assert list(newer.indexed(list)["a"]) == [0, 2]
        assert list(older.indexed(list)["a"]) == [0]
        assert older.indexed(list).get("c") is None
        assert set(older.indexed(list)) == {"a", "b"}
        assert len(older.indexed(list)) == 2
        assert list(older) == older[:] == older.keys(list) == ["a", "b"]

    @pytest.mark.parametrize("place", [2, -3])
    def test_there_is_nothing_beyond_its_ends(self, place: int) -> None:
        column = Column.of(["a", "b"])
        column.line.grown(["c"])
        assert (column[-1], column[0]) == ("b", "a")
        with pytest.raises(IndexError):
            column[place]

    def test_a_column_is_taken_as_it_is(self) -> None:
        column = Column.of(["a"])
        assert Column.of(column) is column


@settings(max_examples=200, deadline=None)
@given(SHEET, EDITS)
def test_a_read_with_the_last_one_at_hand_is_asked_like_one_without(
    sheet: list[list[Cell]], edits: list[tuple[str, int, int, Cell]]
) -> None:
    """Code, subscriber and Used on of Promo codes, by the tables that decisions ask."""
    kept = Answers()
    for edit in [None, *edits]:
        sheet = edited(sheet, *edit) if edit else sheet
        body = answer(sheet, None)
        tables = [table_of(reader.columns(body, NAMES)) for reader in (kept, Answers())]
        assert told_by(tables[0], sheet) == told_by(tables[1], sheet)


def table_of(found: list[tuple[Cell, Column[Cell]]]) -> Table[tuple[int, ...]]:
    ids, people, times = (cells for _, cells in found)
    size = max(len(ids), len(people), len(times))
    keyed = {
        "code": Keyed(ids, keys.codes_folded),
        "subscriber": Keyed(people, keys.texts),
        "time": Keyed(times, keys.times),
    }
    return Table(size, lambda number: (number,), lambda: [bool(number % 2) for number in range(size)], **keyed)


def told_by(table: Table[tuple[int, ...]], sheet: list[list[Cell]]) -> list[object]:
    asked = {key for cells in sheet for maker in (keys.codes_folded, keys.texts) for key in maker(cells)}
    return [
        [(key, table.find(name, key)) for key in sorted(asked) for name in ("code", "subscriber")],
        [table.at_time(time) for time in keys.times(sheet[2]) if time],
        [table.keys(name) for name in ("code", "subscriber", "time")],
        table.marked(),
        table.timeless(frozenset(asked)),
    ]
