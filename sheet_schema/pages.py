"""The tabs that staff only read: Start here, Problems. Pure: from a language to the requests that make one.

A page is made once; what staff make of it stays. Problems is written anew by each `promosheet sheet check --write`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_schema import edits, records
from sheet_schema.language import fill
from sheet_schema.languages import LANGUAGES
from sheet_schema.tabs import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_schema.edits import Request
    from sheet_schema.language import Language
    from sheet_schema.records import Cell

_HELP_WIDTHS = (230, 760)
_HELP_ROWS, _PROBLEM_ROWS = 30, 200
_TITLE = "#e6f4ea"


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
