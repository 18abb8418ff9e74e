"""The Dashboard: numbers and charts, as formulas over whole columns. Pure: from where the tabs are to requests.

Only functions that Google Sheets and LibreOffice share, with `;` between arguments, which every locale takes. Columns
are named whole (`$B:$B`), never from row 2 on: the first row that is inserted under a header would push such a range
down and stand outside it. Words are understood in every language, since staff may type any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_schema import edits, painting
from sheet_schema.counting import Counting, escaped, literal, spaced
from sheet_schema.layout import a1_column
from sheet_schema.looks import is_word
from sheet_schema.tabs import REDEMPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_schema.edits import Request
    from sheet_schema.language import Language
    from sheet_schema.looks import Place

CAMPAIGNS, DAYS, CHANNELS = 30, 30, 8
#: Days ahead in which a code counts as expiring soon.
SOON_DAYS = 7
#: Rows, counted from 1: numbers at a glance, then the charts, then the tables that they draw.
_GLANCE, _CHARTS, _TABLES = 3, 6, 24
_WIDTHS = (190, 100, 120, 130, 100, 150, 40, 120, 120, 110, 40, 160, 110)
#: First columns of the tables: campaigns, days, channels; then what is out of sight.
_CAMPAIGN, _DAY, _CHANNEL, _UNSEEN = 0, 7, 11, 13
#: Out of sight, beside each campaign: spellings of its name as criteria, whether they have to be asked for, what is
#: left; beside each day: what happened from it on.
_SPELLINGS, _UNTIDY, _LEFT, _SINCE = 4, 17, 18, 19
_COLUMNS = 21
#: How many cells have spaces around a word where staff type one, or another word; how many have another word.
_UNTIDY_CELLS, _FOREIGN_CELLS = f"${a1_column(_UNTIDY)}$1", f"${a1_column(_UNTIDY + 1)}$1"
_CHART_SIZES = (770, 340), (660, 340)
_INK, _SHADE = "#1967d2", "#e8f0fe"
_PALETTE = ("#4285f4", "#34a853")
#: What a number, a date or a share begins with.
_NUMERIC = "0123456789.,+-("
#: Further than any number of codes.
_ENDLESS = "1E+9"


def dashboard_page(
    sheet_id: int, title: str, place: int, language: Language, places: Mapping[str, Place]
) -> list[Request]:
    """Make the Dashboard; the tabs that it counts have to stand before it in the batch."""
    say, sheet = language.dashboard, Counting(places, _UNTIDY_CELLS, _FOREIGN_CELLS, language)
    rows = _TABLES + max(CAMPAIGNS, DAYS, CHANNELS) + 3
    heads = [say[key] for key in ("campaign", "issued", "used", "conversion", "left", "pool_left")]
    return [
        edits.add_sheet(sheet_id, title, place, rows=rows, columns=_COLUMNS, plain=True),
        *(edits.width(sheet_id, index, pixels) for index, pixels in enumerate(_WIDTHS)),
        edits.hide_columns(sheet_id, _UNSEEN, _COLUMNS - _UNSEEN, hidden=True),
        _block(sheet_id, 0, 0, [[painting.text_look(say["title"], bold=True, size=18)]]),
        _block(
            sheet_id,
            0,
            _UNTIDY,
            [[painting.formula_look(f"={each}", "0") for each in (_untidy(sheet), _foreign(sheet))]],
        ),
        *_glance(sheet_id, sheet, say),
        _table(sheet_id, _CAMPAIGN, heads, [_campaign(sheet, say, number) for number in range(CAMPAIGNS)]),
        _block(
            sheet_id,
            _TABLES,
            _UNSEEN,
            [[*_spellings(sheet, number), _left(sheet, number)] for number in range(CAMPAIGNS)],
        ),
        _block(sheet_id, _TABLES, _SINCE, [_since(sheet, number) for number in range(DAYS + 1)]),
        _block(sheet_id, _TABLES + CAMPAIGNS, _CAMPAIGN, [[_not_shown(sheet, say)]]),
        _table(
            sheet_id,
            _DAY,
            [say[key] for key in ("day", "issued", "redeemed")],
            [_day(language, number) for number in range(DAYS)],
        ),
        _table(
            sheet_id,
            _CHANNEL,
            [say[key] for key in ("channel", "redeemed")],
            [*(_channel(sheet, number) for number in range(CHANNELS)), _other_channels(sheet, say)],
        ),
        *_charts(sheet_id, say),
    ]


def _glance(sheet_id: int, sheet: Counting, say: Mapping[str, str]) -> list[Request]:
    """Numbers at a glance, each under its label."""
    today = '">="&TODAY()'
    codes, used = sheet.codes(), sheet.status("used")
    codes = f"({codes}-1)"  # its header
    ready = f"$F${_TABLES + 1}:$F${_TABLES + CAMPAIGNS}"
    numbers = {
        0: ("issued", codes, "0"),
        1: ("used", used, "0"),
        2: ("conversion", f'IF({codes}<1;"";{used}/{codes})', "0%"),
        3: ("expiring", f"{sheet.open_until(today)}-{sheet.open_until(f'{today}+{SOON_DAYS}')}", "0"),
        5: ("pool_left", f'IF(COUNT({ready})=0;"";SUM({ready}))', "0"),
        7: ("issued_today", sheet.codes(issue_date=today), "0"),
        8: ("redeemed_today", f"MAX(0;{sheet.redeemed(time=today)})", "0"),
    }
    batch: list[Request] = []
    for column, (key, formula, pattern) in numbers.items():
        label = painting.text_look(say[key], background=_SHADE)
        value = painting.formula_look(f"={formula}", pattern, size=18, background=_SHADE, ink=_INK)
        batch.append(_block(sheet_id, _GLANCE - 1, column, [[label], [value]]))
    return batch


def _untidy(sheet: Counting) -> str:
    """Spaces around campaigns and statuses, and other words: then more is asked for, and only then."""
    places = (("codes", "campaign"), ("codes", "status"), ("pool", "campaign"))
    spaces = (sheet.count(tab, **{key: f'"{text}"'}) for tab, key in places for text in ("* ", " *"))
    return "+".join([*spaces, sheet.foreign])


def _foreign(sheet: Counting) -> str:
    """Words of other languages, and what else people type for one."""
    words = [("codes", "status", word) for word in ("used", "void")]
    words += [("redemptions", "event", word) for word in REDEMPTIONS.column("event").choices]
    asked = [
        (tab, key, text) for tab, key, word in words for each in sheet.asked_first(word)[1:] for text in spaced(each)
    ]
    return "+".join(sheet.count(tab, **{key: f'"{text}"'}) for tab, key, text in asked)


def _spellings(sheet: Counting, number: int) -> list[Request]:
    """Criteria for a campaign's name: tidy, with a space behind it or before it, and as it was typed.

    A name may hold what COUNTIFS takes for wildcards or comparisons. Where it was typed tidily, the last one stands for
    nothing: nobody puts two tildes behind a name. A name that may read as a number is not asked
    for with spaces: the number is the same, and its rows would count again.
    """
    name, typed = f"$A{_TABLES + 1 + number}", f'{_in_campaigns(sheet, "campaign", number)}&""'
    first = f"${a1_column(_UNSEEN)}{_TABLES + 1 + number}"
    same = "+".join(f"({typed}={text})" for text in (name, f'{name}&" "', f'" "&{name}'))
    nothing, is_number = f'{first}&"~~~~"', f'ISNUMBER(FIND(LEFT({name}&" ";1);"{_NUMERIC}"))'
    formulas = (
        literal(name),
        f'IF({is_number};{nothing};{first}&" ")',
        f'IF({is_number};{nothing};"= "&{escaped(name)})',
        f"IF({same}>0;{nothing};{literal(typed)})",
    )
    untidy = f"({_UNTIDY_CELLS}>0)+NOT({typed}={name})"
    return [
        *(painting.formula_look(f"={formula}", "") for formula in formulas),
        painting.formula_look(f"={untidy}", "0"),
    ]


def _in_campaigns(sheet: Counting, key: str, number: int) -> str:
    """A cell of the campaign in one row of Campaigns, whichever stands there."""
    return f"INDEX({sheet.column('campaigns', key)};{number + 2})"


def _campaign(sheet: Counting, say: Mapping[str, str], number: int) -> list[Request]:
    row = _TABLES + 1 + number
    name, first, last = f"$A{row}", f"${a1_column(_UNSEEN)}{row}", f"${a1_column(_UNSEEN + _SPELLINGS - 1)}{row}"

    def at(key: str) -> str:
        return _in_campaigns(sheet, key, number)

    def rows(tab: str, *statuses: Sequence[str]) -> str:
        """Rows of the campaign that have a code, however its name is spelt: all, or those with a status."""
        tidy, *untidy = (
            "+".join(sheet.count(tab, campaign=asked, code='"<>"', **criteria) for criteria in _statuses(words))
            for asked, words in zip((first, *[f"{first}:{last}"] * 2), statuses or ((), (), ()), strict=True)
        )
        return sheet.cheapest(f"${a1_column(_UNTIDY)}{row}", tidy, *(f"SUMPRODUCT({each})" for each in untidy))

    def below(tab: str) -> str:
        """The same without the header of the column, which may read like a campaign."""
        return f"({rows(tab)}-(INDEX({sheet.column(tab, 'campaign')};1)={name}))"

    left = f"${a1_column(_LEFT)}{row}"
    is_pool = is_word(_in_campaigns(sheet, "code_source", number), "pool")
    only = f'{name}=""'
    return [
        painting.formula_look(f'=TRIM({_in_campaigns(sheet, "campaign", number)}&"")', ""),
        painting.formula_look(f'=IF({only};"";{below("codes")})', "0"),
        painting.formula_look(f'=IF({only};"";{rows("codes", *sheet.words("used"))})', "0"),
        painting.formula_look(f'=IF({only};"";IF($B{row}<1;"";$C{row}/$B{row}))', "0%"),
        painting.formula_look(f'=IF({only};"";IF({left}>={_ENDLESS};"{say["no_limit"]}";{left}))', "0"),
        painting.formula_look(f'=IF({only};"";IF({is_pool}>0;MAX(0;{below("pool")}-$B{row});""))', "0"),
    ]


def _left(sheet: Counting, number: int) -> Request:
    """What a campaign may still give: by its limit, which for a shared code is one of redemptions, and by the pool."""
    row = _TABLES + 1 + number
    limit, code, source = (_in_campaigns(sheet, key, number) for key in ("total_limit", "shared_code", "code_source"))
    redeemed = sheet.redeemed(code=literal(f"TRIM({code})"))
    shared = f'{is_word(source, "shared")}+(TRIM({source})="")*(TRIM({code})<>"")>0'
    spent = f"IF({shared};{redeemed};$B{row})"
    by_limit = f'IF(TRIM({limit})="";{_ENDLESS};IFERROR(VALUE(TRIM({limit}))-{spent};{_ENDLESS}))'
    by_pool = f"IF(ISNUMBER($F{row});$F{row};{_ENDLESS})"
    return painting.formula_look(f'=IF($A{row}="";"";MAX(0;MIN({by_limit};{by_pool})))', "0")


def _not_shown(sheet: Counting, say: Mapping[str, str]) -> Request:
    """How many campaigns stand below those that are shown."""
    all_ = sheet.count("campaigns", campaign='"<>"')
    more = f'{all_}-1-COUNTIF($A${_TABLES + 1}:$A${_TABLES + CAMPAIGNS};"?*")'
    return painting.formula_look(f'=IF({more}>0;"{say["more_campaigns"]} "&({more});"")', "")


def _day(language: Language, number: int) -> list[Request]:
    """A day, the codes given and the redemptions on it; one that is undone on a later day is taken off there."""
    row = _TABLES + 1 + number
    issued, redeemed = (f"${a1_column(_SINCE + place)}" for place in range(2))
    return [
        painting.formula_look(f"=TODAY()-{DAYS - 1 - number}", language.date_pattern, kind="DATE"),
        painting.formula_look(f"={issued}{row}-{issued}{row + 1}", "0"),
        painting.formula_look(f"=MAX(0;{redeemed}{row}-{redeemed}{row + 1})", "0"),
    ]


def _since(sheet: Counting, number: int) -> list[Request]:
    """Codes given and redemptions from a day on; the last one is tomorrow."""
    criterion = f'">="&TODAY()-{DAYS - 1 - number}'
    formulas = (sheet.codes(issue_date=criterion), sheet.redeemed(time=criterion))
    return [painting.formula_look(f"={formula}", "0") for formula in formulas]


def _channel(sheet: Counting, number: int) -> list[Request]:
    """The channel with the latest redemption of those that do not stand above, and what was redeemed there.

    It is found by its latest Time, because a search over texts takes a thousand times as long; that is left for a
    moment that two channels share.
    """
    row = _TABLES + 1 + number
    letter = a1_column(_CHANNEL)
    name, found = f"${letter}{row}", [f"${letter}{above}" for above in range(_TABLES + 1, row)]
    channels, times = (sheet.column("redemptions", key) for key in ("usage_channel", "time"))
    others = "".join(f';{channels};"<>"&{escaped(each)}' for each in found)
    latest = f'MAXIFS({times};{channels};"<>"{others})'
    channel = f'IFERROR(INDEX({channels};MATCH({latest};{times};0))&"";"")'
    new, unseen = ("".join(f"*({each}<>{above})" for above in found) for each in (channel, channels))
    tied = f'INDEX({channels};SUMPRODUCT(MAX(({times}={latest})*({channels}<>""){unseen}*ROW({channels}))))&""'
    formula = channel if not found else f'IF({found[-1]}="";"";IF(1{new};{channel};{tied}))'
    return [
        painting.formula_look(f"={formula}", ""),
        painting.formula_look(f'=IF({name}="";"";MAX(0;{sheet.redeemed(usage_channel=literal(name))}))', "0"),
    ]


def _other_channels(sheet: Counting, say: Mapping[str, str]) -> list[Request]:
    """What was redeemed elsewhere, so that the table holds every redemption; nothing is said if there is none."""
    row = _TABLES + 1 + CHANNELS
    number = a1_column(_CHANNEL + 1)
    rest = f"{sheet.redeemed()}-SUM(${number}${_TABLES + 1}:${number}{row - 1})"
    return [
        painting.formula_look(f'=IF(${number}{row}="";"";"{say["other_channels"]}")', ""),
        painting.formula_look(f'=IF({rest}>0;{rest};"")', "0"),
    ]


def _statuses(words: Sequence[str]) -> list[dict[str, str]]:
    return [{"status": f'"{word}"'} for word in words] or [{}]


def _block(sheet_id: int, row: int, column: int, cells: list[list[Request]]) -> Request:
    return edits.write(sheet_id, row, cells, column)


def _table(sheet_id: int, column: int, heads: list[str], rows: list[list[Request]]) -> Request:
    header = [painting.text_look(head, bold=True, background=_SHADE) for head in heads]
    for number in header[1:]:
        number["userEnteredFormat"]["horizontalAlignment"] = "RIGHT"
    return _block(sheet_id, _TABLES - 1, column, [header, *rows])


def _charts(sheet_id: int, say: Mapping[str, str]) -> list[Request]:
    days = (_DAY, _TABLES - 1, _TABLES + DAYS)
    campaigns = (_CAMPAIGN, _TABLES - 1, _TABLES + 10)
    return [
        painting.chart(sheet_id, say["by_day"], "LINE", days, 2, (_CHARTS - 1, 0), _CHART_SIZES[0], _PALETTE),
        painting.chart(
            sheet_id, say["by_campaign"], "COLUMN", campaigns, 2, (_CHARTS - 1, 7), _CHART_SIZES[1], _PALETTE
        ),
    ]
