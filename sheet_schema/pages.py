"""The tabs that staff only read: Start here, Problems. Pure: from a language to the requests that make one.

A page is made once; what staff make of it stays. Problems is written anew by each `promosheet sheet check --write`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sheet_schema import edits, records
from sheet_schema.language import fill
from sheet_schema.languages import LANGUAGES
from sheet_schema.tabs import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_schema.edits import Request
    from sheet_schema.faults import Fault
    from sheet_schema.language import Language
    from sheet_schema.layout import Layout
    from sheet_schema.records import Cell

_HELP_WIDTHS = (230, 760)
_HELP_ROWS, _PROBLEM_ROWS = 30, 200
_TITLE = "#e6f4ea"
#: So many faults of one kind are listed; of the others it is said how many there are.
_ALIKE = 100


def help_page(sheet_id: int, title: str, place: int, language: Language, time_zone: str) -> list[Request]:
    """Make Start here: headings beside what to do, and in the end the time zone of the shop, for staff to correct."""
    names = language.names()
    lines = [[fill(text, names) for text in line] for line in language.help]
    label, hint = language.help_time_zone
    rows = [[edits.text_look(heading, bold=True), edits.text_look(said)] for heading, said in lines]
    rows += [
        [edits.text_look(label, bold=True), edits.text_look(time_zone)],
        [edits.text_look(""), edits.text_look(fill(hint, names))],
    ]
    heading, said = lines[0]
    rows[0] = [
        edits.text_look(heading, bold=True, size=18, background=_TITLE),
        edits.text_look(said, background=_TITLE),
    ]
    return [
        edits.add_sheet(
            sheet_id, title, place, rows=_HELP_ROWS, columns=len(_HELP_WIDTHS), frozen_rows=1, hidden=False, plain=True
        ),
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
        edits.wrapped(sheet_id),
    ]


def shop_zone(cells: Sequence[Sequence[Cell]]) -> str:
    """The time zone that staff say the shop is in, from the first two columns of Start here; "" if they do not say."""
    labels = {_fold(language.help_time_zone[0]) for language in LANGUAGES.values()}
    found = [records.text(row[1]) for row in cells if len(row) > 1 and _fold(records.text(row[0])) in labels]
    return found[0] if found else ""


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def problem_rows(layout: Layout, faults: Sequence[Fault], checked: str) -> list[Request]:
    """Write the faults into Problems, below its header and in the place of all that stands there.

    *checked* says when. Many of one kind are cut short. Raises KeyError without the tab.
    """
    at, language = layout.tabs["problems"], layout.language
    rows = [_problem(layout, fault) for fault in _cut(faults)]
    for word, count in Counter(fault.word for fault in faults).items():
        if count > _ALIKE:
            more = fill(language.problems["more"], {"count": str(count - _ALIKE)})
            rows.append(_line(["", "", "", language.faults[word][0].partition(":")[0], more]))
    said = language.problems["some" if faults else "clean"]
    rows.append(_line(["", "", "", said, fill(language.problems["checked"], {"time": checked})]))
    width = len(PROBLEMS.columns)
    blank = [[edits.text_look("")] * width] * max(0, at.row_count - 1 - len(rows))
    lacking = len(rows) + 1 - at.row_count
    grown = [edits.append_rows(at.sheet_id, lacking)] if lacking > 0 else []
    return [*grown, edits.write(at.sheet_id, 1, [*rows, *blank])]


def _cut(faults: Sequence[Fault]) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for fault in faults:
        seen[fault.word] += 1
        if seen[fault.word] <= _ALIKE:
            yield fault


def _problem(layout: Layout, fault: Fault) -> list[Request]:
    """The tab, a link to the cell, what stands there, what is wrong, what to do."""
    language = layout.language
    at = layout.tabs.get(fault.tab)
    found = fault.params.get("found", "")
    tab, wrong, mend = (at.title if at else language.tabs[fault.tab]), *fault.sentences(language)
    cells = _line([tab, fault.cell, found if isinstance(found, str) else "", wrong, mend])
    if at and fault.cell:
        link = f'=HYPERLINK("#gid={at.sheet_id}&range={fault.cell}";"{fault.cell}")'
        cells[1] = edits.formula_look(link, "@")
    return cells


def _line(texts: Sequence[str]) -> list[Request]:
    return [edits.text_look(text) for text in texts]
