"""Columns of a new tab are wide enough for what stands in them, in every language: letters of Arial 10, and a margin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sheet_schema import tabs
from sheet_schema.languages import LANGUAGES
from sheet_schema.schema import Column, Kind

#: Pixels: a letter, a bold one, both margins, the arrow of a drop-down.
LETTER, BOLD, MARGIN, ARROW = 6.4, 7.2, 8, 20


def columns() -> Iterator[tuple[str, str, Column]]:
    for code in LANGUAGES:
        for tab in (*tabs.TABS, tabs.PROBLEMS):
            yield from ((code, tab.key, column) for column in tab.columns)


COLUMNS = list(columns())
IDS = [f"{code}-{tab}-{column.key}" for code, tab, column in COLUMNS]


@pytest.mark.parametrize(("code", "tab", "column"), COLUMNS, ids=IDS)
def test_a_title_breaks_between_words_only_and_takes_two_lines_at_most(code: str, tab: str, column: Column) -> None:
    title = LANGUAGES[code].columns[tab][column.key]
    assert max(map(len, title.split())) * BOLD + MARGIN <= column.width
    assert len(title) * BOLD + MARGIN <= 2 * column.width


@pytest.mark.parametrize(("code", "tab", "column"), COLUMNS, ids=IDS)
def test_what_is_usual_in_a_column_is_not_cut(code: str, tab: str, column: Column) -> None:
    language = LANGUAGES[code]
    choices = ("yes", "no") if column.kind is Kind.YES_NO else column.choices
    usual = [len(language.words[key]) * LETTER + ARROW for key in choices]
    patterns = {Kind.DATE: language.date_pattern, Kind.TIME: language.time_pattern}
    usual.append(len(patterns.get(column.kind, "")) * LETTER)
    if tab != "problems" and column.key == "code":
        usual.append(len("SPRING-7K2QM-4XWDA") * 7.5)  # capitals
    assert max(usual) + MARGIN <= column.width
