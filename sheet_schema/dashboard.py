"""The Dashboard: numbers and charts, as formulas over whole columns. Pure: from where the tabs are to requests.

Only functions that Google Sheets and LibreOffice share, with `;` between arguments, which every locale takes. Columns
are named whole (`$B:$B`), never from row 2 on: the first row that is inserted under a header would push such a range
down and stand outside it. What a word means is asked in every language, since staff may type any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_schema import edits
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import a1_column, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_schema.edits import Request
    from sheet_schema.language import Language
    from sheet_schema.looks import Place

CAMPAIGNS, DAYS, CHANNELS = 30, 30, 8
#: Days ahead in which a code counts as expiring soon.
SOON_DAYS = 7
#: Rows, counted from 1: numbers at a glance, then the charts, then the tables that they draw.
_GLANCE, _CHARTS, _TABLES = 3, 6, 24
_WIDTHS = (170, 90, 90, 110, 90, 40, 100, 90, 90, 40, 160, 90)
_CHART_SIZE = (520, 340)
_INK, _SHADE = "#1a73e8", "#e8f0fe"
_PALETTE = ("#4285f4", "#34a853")
#: First columns of the tables: campaigns, days, channels.
_CAMPAIGN, _DAY, _CHANNEL = 0, 6, 10


@dataclass(frozen=True)
class _Sheet:
    """The columns of the data, as formulas name them."""

    places: Mapping[str, Place]

    def column(self, tab: str, key: str) -> str:
        place = self.places[tab]
        letter = a1_column(place.columns[key])
        return f"{quote(place.title)}!${letter}:${letter}"

    def count(self, tab: str, **criteria: str) -> str:
        """Rows for which each column meets its criterion, written as a formula writes it."""
        pairs = ";".join(f"{self.column(tab, key)};{criterion}" for key, criterion in criteria.items())
        return f"COUNTIFS({pairs})"

    def count_word(self, tab: str, key: str, word: str, **criteria: str) -> str:
        """The same, for rows that hold a word in any language."""
        words = dict.fromkeys(language.words[word] for language in LANGUAGES.values())
        return "(" + "+".join(self.count(tab, **{key: f'"{each}"'}, **criteria) for each in words) + ")"

    def redeemed(self, **criteria: str) -> str:
        """Redemptions less those that were undone or taken back."""
        undone = self.count_word("redemptions", "event", "rolled_back", **criteria)
        withdrawn = self.count_word("redemptions", "event", "withdrawn", claim='"<>"', **criteria)
        return f"{self.count_word('redemptions', 'event', 'redeemed', **criteria)}-{undone}-{withdrawn}"

    def open_until(self, criteria: str) -> str:
        """Codes that end on a day and are neither used nor void."""
        used, void = (self.count_word("codes", "status", word, expiration_date=criteria) for word in ("used", "void"))
        return f"{self.count('codes', expiration_date=criteria)}-{used}-{void}"


def dashboard_page(
    sheet_id: int, title: str, place: int, language: Language, places: Mapping[str, Place]
) -> list[Request]:
    """Make the Dashboard; the tabs that it counts have to stand before it in the batch."""
    say, sheet = language.dashboard, _Sheet(places)
    rows = _TABLES + max(CAMPAIGNS, DAYS, CHANNELS) + 2
    heads = [say[key] for key in ("campaign", "issued", "used", "conversion", "left")]
    return [
        edits.add_sheet(sheet_id, title, place, rows=rows, columns=len(_WIDTHS), plain=True),
        *(edits.width(sheet_id, index, pixels) for index, pixels in enumerate(_WIDTHS)),
        _block(sheet_id, 0, 0, [[edits.text_look(say["title"], bold=True, size=18)]]),
        *_glance(sheet_id, sheet, say),
        _table(sheet_id, _CAMPAIGN, heads, [_campaign(sheet, say, number) for number in range(CAMPAIGNS)]),
        _table(
            sheet_id,
            _DAY,
            [say[key] for key in ("day", "issued", "redeemed")],
            [_day(sheet, language, number) for number in range(DAYS)],
        ),
        _table(
            sheet_id,
            _CHANNEL,
            [say[key] for key in ("channel", "redeemed")],
            [_channel(sheet, number) for number in range(CHANNELS)],
        ),
        *_charts(sheet_id, say),
    ]


def _glance(sheet_id: int, sheet: _Sheet, say: Mapping[str, str]) -> list[Request]:
    """Six numbers at a glance, each under its label."""
    today = {"issued": '">="&TODAY()', "redeemed": '">="&TODAY()'}
    codes, used = f"COUNTA({sheet.column('codes', 'code')})-1", sheet.count_word("codes", "status", "used")
    numbers = [
        ("issued", codes, "0"),
        ("used", used, "0"),
        ("conversion", f'IF({codes}<1;"";{used}/({codes}))', "0%"),
        ("issued_today", sheet.count("codes", issue_date=today["issued"]), "0"),
        ("redeemed_today", sheet.redeemed(time=today["redeemed"]), "0"),
        ("expiring", _between(sheet), "0"),
    ]
    places = (0, 1, 3, 6, 7, 10)
    batch: list[Request] = []
    for column, (key, formula, pattern) in zip(places, numbers, strict=True):
        label = edits.text_look(say[key], background=_SHADE)
        value = edits.formula_look(f"={formula}", pattern, size=18, background=_SHADE, ink=_INK)
        batch.append(_block(sheet_id, _GLANCE - 1, column, [[label], [value]]))
    return batch


def _between(sheet: _Sheet) -> str:
    """Codes that end within the next days: those that end later are taken from those that end from today on."""
    return f"{sheet.open_until(chr(34) + '>=' + chr(34) + '&TODAY()')}-({sheet.open_until(_after(SOON_DAYS))})"


def _after(days: int) -> str:
    return f'">="&TODAY()+{days}'


def _campaign(sheet: _Sheet, say: Mapping[str, str], number: int) -> list[Request]:
    """The campaign in one row of Campaigns, whichever stands there."""
    row = _TABLES + 1 + number
    name = f"$A{row}"

    def at(key: str) -> str:
        return f"INDEX({sheet.column('campaigns', key)};{number + 2})"

    # A name may hold what COUNTIFS takes for wildcards or comparisons; the header of its column is no row.
    literal = f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({name};"~";"~~");"*";"~*");"?";"~?")'
    headed = f"(INDEX({sheet.column('codes', 'campaign')};1)={name})"
    issued = f"{sheet.count('codes', campaign=literal)}-{headed}"
    used = sheet.count_word("codes", "status", "used", campaign=literal)
    pool = f"{sheet.count('pool', campaign=literal)}-(INDEX({sheet.column('pool', 'campaign')};1)={name})"
    shared = sheet.redeemed(code=f'"="&{at("shared_code")}')
    is_pool, is_shared = (_is_word(at("code_source"), word) for word in ("pool", "shared"))
    is_shared = f'({is_shared}+({at("code_source")}="")*({at("shared_code")}<>""))>0'
    spent = f"IF({is_shared};{shared};$B{row})"
    by_limit = f'IF({at("total_limit")}="";1E+9;{at("total_limit")}-{spent})'
    left = f"MIN({by_limit};IF({is_pool}>0;{pool}-$B{row};1E+9))"
    only = f'{name}=""'
    return [
        edits.formula_look(f'=IFERROR({at("campaign")}&"";"")', "@"),
        edits.formula_look(f'=IF({only};"";{issued})', "0"),
        edits.formula_look(f'=IF({only};"";{used})', "0"),
        edits.formula_look(f'=IF({only};"";IF($B{row}<1;"";$C{row}/$B{row}))', "0%"),
        edits.formula_look(f'=IF({only};"";IF({left}>=1E+9;"{say["no_limit"]}";MAX(0;{left})))', "0"),
    ]


def _day(sheet: _Sheet, language: Language, number: int) -> list[Request]:
    row = _TABLES + 1 + number
    day = f"${a1_column(_DAY)}{row}"
    since, until = f'">="&{day}', f'"<"&{day}+1'
    issued = sheet.column("codes", "issue_date")
    redeemed = f"{sheet.redeemed(time=since)}-({sheet.redeemed(time=f'{chr(34)}>={chr(34)}&{day}+1')})"
    return [
        edits.formula_look(f"=TODAY()-{DAYS - 1 - number}", language.date_pattern, kind="DATE"),
        edits.formula_look(f"=COUNTIFS({issued};{since};{issued};{until})", "0"),
        edits.formula_look(f"={redeemed}", "0"),
    ]


def _channel(sheet: _Sheet, number: int) -> list[Request]:
    """The next channel, from the end of Redemptions up, that does not stand above, and what was redeemed there."""
    row = _TABLES + 1 + number
    letter = a1_column(_CHANNEL)
    column = sheet.column("redemptions", "usage_channel")
    above = f"${letter}${_TABLES}:${letter}{row - 1}"
    last = f'SUMPRODUCT(MAX((COUNTIF({above};{column})=0)*({column}<>"")*(ROW({column})>1)*ROW({column})))'
    name = f"${letter}{row}"
    literal = f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({name};"~";"~~");"*";"~*");"?";"~?")'
    return [
        edits.formula_look(f'=IF(${letter}{row - 1}="";"";IF({last}=0;"";INDEX({column};{last})&""))', "@"),
        edits.formula_look(f'=IF({name}="";"";{sheet.redeemed(usage_channel=literal)})', "0"),
    ]


def _is_word(cell: str, word: str) -> str:
    words = dict.fromkeys(language.words[word] for language in LANGUAGES.values())
    return "(" + "+".join(f'({cell}="{each}")' for each in words) + ")"


def _block(sheet_id: int, row: int, column: int, cells: list[list[Request]]) -> Request:
    return edits.write(sheet_id, row, cells, column)


def _table(sheet_id: int, column: int, heads: list[str], rows: list[list[Request]]) -> Request:
    header = [edits.text_look(head, bold=True, background=_SHADE) for head in heads]
    return _block(sheet_id, _TABLES - 1, column, [header, *rows])


def _charts(sheet_id: int, say: Mapping[str, str]) -> list[Request]:
    days = (_DAY, _TABLES - 1, _TABLES + DAYS)
    campaigns = (_CAMPAIGN, _TABLES - 1, _TABLES + 10)
    return [
        edits.chart(sheet_id, say["by_day"], "LINE", days, 2, (_CHARTS - 1, 0), _CHART_SIZE, _PALETTE),
        edits.chart(sheet_id, say["by_campaign"], "COLUMN", campaigns, 2, (_CHARTS - 1, 5), _CHART_SIZE, _PALETTE),
    ]
