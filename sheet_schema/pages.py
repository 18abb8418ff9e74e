"""The tabs that staff only read: Start here, Problems. Pure: from a language to the requests that make one.

A page is made once; what staff make of it stays. Problems is written anew by each `promosheet sheet check --write`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sheet_schema import edits, painting, records
from sheet_schema.answer import COLUMN_MARK
from sheet_schema.language import fill, fold
from sheet_schema.languages import LANGUAGES
from sheet_schema.tabs import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_schema.edits import Request
    from sheet_schema.faults import Fault
    from sheet_schema.language import Language
    from sheet_schema.layout import Layout
    from sheet_schema.records import Cell

_HELP_WIDTHS = (200, 600)
_HELP_ROWS, _PROBLEM_ROWS = 30, 200
_TITLE = "#e6f4ea"
#: So many faults of one kind are listed; of the others it is said how many there are.
_ALIKE = 100


def help_page(sheet_id: int, title: str, place: int, language: Language, time_zone: str) -> list[Request]:
    """Make Start here: headings beside what to do, and in the end the time zone of the shop, for staff to correct."""
    names = language.names()
    lines = [[fill(text, names) for text in line] for line in language.help]
    label, hint = language.help_time_zone
    rows = [[painting.text_look(heading, bold=True), painting.text_look(said)] for heading, said in lines]
    rows += [
        [painting.text_look(label, bold=True), painting.text_look(time_zone)],
        [painting.text_look(""), painting.text_look(fill(hint, names))],
    ]
    heading, said = lines[0]
    rows[0] = [
        painting.text_look(heading, bold=True, size=18, background=_TITLE),
        painting.text_look(said, background=_TITLE),
    ]
    return [
        edits.add_sheet(sheet_id, title, place, rows=_HELP_ROWS, columns=len(_HELP_WIDTHS), plain=True),
        *(edits.width(sheet_id, index, pixels) for index, pixels in enumerate(_HELP_WIDTHS)),
        edits.write(sheet_id, 0, rows),
    ]


def problems_page(sheet_id: int, title: str, place: int, language: Language) -> list[Request]:
    """Make Problems: its header, above what `promosheet sheet check --write` finds."""
    titles, notes = (
        [texts["problems"][column.key] for column in PROBLEMS.columns] for texts in (language.columns, language.notes)
    )
    columns = len(PROBLEMS.columns)
    return [
        edits.add_sheet(sheet_id, title, place, rows=_PROBLEM_ROWS, columns=columns, frozen_rows=1, hidden=False),
        *(edits.width(sheet_id, index, column.width) for index, column in enumerate(PROBLEMS.columns)),
        edits.header(sheet_id, 0, titles, notes),
        *(
            edits.mark_column(sheet_id, index, COLUMN_MARK, f"problems.{column.key}")
            for index, column in enumerate(PROBLEMS.columns)
        ),
        edits.wrapped(sheet_id),
    ]


def shop_zone(cells: Sequence[Sequence[Cell]]) -> tuple[str, str]:
    """The time zone that staff say the shop is in, and its cell, from the first two columns of Start here.

    ("", "") if they do not say.
    """
    labels = {fold(language.help_time_zone[0]) for language in LANGUAGES.values()}
    for number, row in enumerate(cells, 1):
        found = records.text(row[1]) if len(row) > 1 and fold(records.text(row[0])) in labels else ""
        if found:
            return found, f"B{number}"
    return "", ""


def is_problems(titles: Sequence[Cell]) -> bool:
    """Tell by its header, in any language, if a tab that bears no mark is one that set-up has made."""
    found = [fold(records.text(title)) for title in titles]
    headers = [[fold(title) for title in language.columns["problems"].values()] for language in LANGUAGES.values()]
    return any(found[: len(header)] == header for header in headers)


def problem_rows(layout: Layout, faults: Sequence[Fault], checked: str) -> list[Request]:
    """Write the faults into Problems, below its header and in the place of all that stands there.

    *checked* says when. Many of one kind are cut short. Columns are where staff moved them; what is not ours stays.
    Raises KeyError without the tab.
    """
    at = layout.tabs["problems"]
    rows = list(_lines(layout, faults))
    rows.append(_line(_end(layout, faults, checked)))
    width = len(PROBLEMS.columns)
    places = [column.key for column in PROBLEMS.columns]
    where = {place: at.columns[key].index for place, key in enumerate(places) if key in at.columns}
    # Without a mark on any column, they are where set-up puts them: whoever calls has looked at the header.
    where = where or {place: place for place in range(width)}
    batch: list[Request] = []
    if len(rows) + 1 > at.row_count:
        batch.append(edits.append_rows(at.sheet_id, len(rows) + 1 - at.row_count))
    for place, index in where.items():
        batch.append(edits.write(at.sheet_id, 1, [[row[place]] for row in rows], index))
        if len(rows) + 1 < at.row_count:
            batch.append(edits.blank(at.sheet_id, len(rows) + 1, index))
    return batch


def problem_texts(layout: Layout, faults: Sequence[Fault], checked: str) -> list[list[str]]:
    """What `problem_rows` writes as it is read again: texts by row, in the order of the declared columns."""
    lines = [[_text(cell) for cell in row] for row in _lines(layout, faults)]
    return [*lines, _end(layout, faults, checked)]


def _text(cell: Request) -> str:
    value = cell.get("userEnteredValue", {})
    link = str(value.get("formulaValue", "")).rpartition(';"')[2].removesuffix('")')
    return str(value.get("stringValue", link))


def _end(layout: Layout, faults: Sequence[Fault], checked: str) -> list[str]:
    language = layout.language
    said = language.problems["some" if faults else "clean"]
    return ["", "", "", said, fill(language.problems["checked"], {"time": checked})]


def _lines(layout: Layout, faults: Sequence[Fault]) -> Iterator[list[Request]]:
    """The faults; of many of one kind the first ones, and behind them how many there are more."""
    counts, seen = Counter(fault.word for fault in faults), Counter[str]()
    for fault in faults:
        seen[fault.word] += 1
        if seen[fault.word] <= _ALIKE:
            yield _problem(layout, fault)
        if seen[fault.word] == _ALIKE and counts[fault.word] > _ALIKE:
            more = fill(layout.language.problems["more"], {"count": str(counts[fault.word] - _ALIKE)})
            yield _line(["", "", "", more, ""])


def _problem(layout: Layout, fault: Fault) -> list[Request]:
    """The tab, a link to the cell, what stands there, what is wrong, what to do."""
    language = layout.language
    at = layout.tabs.get(fault.tab)
    tab, wrong, mend = (at.title if at else language.tabs[fault.tab]), *fault.sentences(language)
    cells = _line([tab, fault.cell, fault.found(language), wrong, mend])
    if at and fault.cell:
        cells[1] = painting.link_look(f"#gid={at.sheet_id}&range={fault.cell}", fault.cell)
    return cells


def _line(texts: Sequence[str]) -> list[Request]:
    cells = [painting.text_look(text) for text in texts]
    for cell, text in zip(cells, texts, strict=True):
        if not text:
            del cell["userEnteredValue"]  # nothing at all, and not a text without letters
    return cells
