"""What a tab looks like beyond its values: bands, colours, filter views, warnings. Pure: a declaration -> requests.

Set-up gives a tab its looks once, and a mark says so; from then on they are staff's. On a tab that was there before,
what staff made goes first: their notes, bands, colours and filter views stay, and their rules come before ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_schema import edits, painting
from sheet_schema.answer import LOOKS_MARK, Seen
from sheet_schema.language import fill
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import a1_column, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sheet_schema.edits import Request
    from sheet_schema.language import Language
    from sheet_schema.schema import Tab

#: A tab that set-up is about to make.
NEW = Seen()
#: Written into the mark; a newer version of the looks has another one.
VERSION = "1"

_HEADER, _BAND = "#d9e7f7", "#f6f9fc"
_EXPIRING, _EXPIRED, _QUIET = "#fff0c2", "#eceff1", "#5b636b"
_GREEN, _BLUE, _RED = "#d7f0dd", "#dfe6ee", "#f9d9d6"
_TAB_COLORS = {"help": "#34a853", "codes": "#4285f4", "campaigns": "#f9ab00", "problems": "#ea4335"}
#: Days before the end of a code from which on its row is amber.
_SOON_DAYS = 3


@dataclass(frozen=True)
class Place:
    """Where a tab stands once the plan is carried out: its columns by key, and what it has of looks already."""

    tab: Tab
    sheet_id: int
    title: str
    columns: Mapping[str, int]
    seen: Seen = NEW


def dress(place: Place, places: Mapping[str, Place], language: Language) -> list[Request]:
    """Plan the looks of one tab; *places* are all tabs by key, since a drop-down may offer what stands in another."""
    batch = [*_notes(place, language), *_bands(place), *_warnings(place, language), *_offers(place, places, language)]
    if place.tab.key == "codes":
        batch += _views(place, language)
    rules = _COLOURS.get(place.tab.key, lambda _: iter(()))(place)
    batch += [_add_rule(place, rule, number) for number, rule in enumerate(rules, place.seen.colour_rules)]
    if place.tab.key in _TAB_COLORS and not place.seen.is_old:
        batch.append(painting.tab_color(place.sheet_id, _TAB_COLORS[place.tab.key]))
    return [*batch, edits.mark_sheet(place.sheet_id, LOOKS_MARK, VERSION)]


def is_older(version: str) -> bool:
    """True for the mark of earlier looks; a newer program's, and one that somebody else wrote, stay as they are."""
    return version.isascii() and version.isdigit() and int(version) < int(VERSION)


def renew(sheet_id: int) -> list[Request]:
    """Bring a tab from earlier looks to these: what is new in them, of which there is nothing yet, and the mark.

    What the earlier looks had is not given again: staff may have changed it or taken it away.
    """
    return [edits.change_mark(sheet_id, LOOKS_MARK, VERSION)]


def is_word(cell: str, key: str) -> str:
    """Say in a formula, without a separator, that a cell holds a word in any language: a number above 0 if so.

    Spaces around it and capitals make no difference.
    """
    words = dict.fromkeys(
        word for each in LANGUAGES.values() for word in (each.words[key], *each.spellings.get(key, ()))
    )
    return "(" + "+".join(f'(TRIM({cell})="{word}")' for word in words) + ")"


def _notes(place: Place, language: Language) -> Iterator[Request]:
    """Notes on headers that were there before and have none; new ones have theirs."""
    if place.seen.is_old:
        for key, index in place.columns.items():
            text = language.notes[place.tab.key][key]
            if index not in place.seen.notes and index in place.seen.headers:
                yield edits.note(place.sheet_id, index, text)


def _bands(place: Place) -> Iterator[Request]:
    if place.tab.columns and not place.seen.bands and not place.seen.coloured:
        yield painting.bands(place.sheet_id, _HEADER, "#ffffff", _BAND)


def _warnings(place: Place, language: Language) -> Iterator[Request]:
    """What asks before it lets itself be edited."""
    written, header = language.hints["written"], language.hints["header"]
    if place.tab.warned:
        yield painting.warn({"sheetId": place.sheet_id}, written)
        return
    if place.tab.columns:
        yield painting.warn({"sheetId": place.sheet_id, "startRowIndex": 0, "endRowIndex": 1}, header)
    for column in place.tab.columns:
        if column.warned and column.key in place.columns:
            index = place.columns[column.key]
            yield painting.warn(
                {"sheetId": place.sheet_id, "startColumnIndex": index, "endColumnIndex": index + 1}, written
            )


def _offers(place: Place, places: Mapping[str, Place], language: Language) -> Iterator[Request]:
    """The campaigns that there are, offered where one is named; a drop-down of staff's own stays."""
    campaigns = places.get("campaigns")
    if place.tab.key not in {"codes", "pool"} or campaigns is None or place.seen.is_old:
        return
    if {"campaign"} <= place.columns.keys() & campaigns.columns.keys():
        letter = a1_column(campaigns.columns["campaign"])
        values = f"{quote(campaigns.title)}!${letter}$2:${letter}"
        hint = fill(language.hints["campaign"], {"tab": campaigns.title})
        yield edits.offer(place.sheet_id, place.columns["campaign"], values, hint)


def _views(place: Place, language: Language) -> Iterator[Request]:
    """A ready filter for each question that is asked often."""
    status, ends, used = (_cell(place, key, 2) for key in ("status", "expiration_date", "used_on"))
    unused = f"{is_word(status, 'used')}+{is_word(status, 'void')}=0"
    week = f"ISNUMBER({ends})*({ends}>=TODAY())*({ends}<TODAY()+7)*({unused})>0"
    questions = {
        "unused": ("status", f"={unused}"),
        "expiring": ("expiration_date", f"={week}"),
        "used_today": ("used_on", f"=ISNUMBER({used})*(INT({used})=TODAY())>0"),
        "by_campaign": ("campaign", ""),
    }
    end = max(place.columns.values()) + 1
    for key, (column, formula) in questions.items():
        if language.views[key] not in place.seen.views:
            yield painting.filter_view(place.sheet_id, language.views[key], end, place.columns[column], formula)


# Areas begin at the header, which no rule fits: the first row that is inserted under it would push an area from row 2
# on down, and stand outside.


def _code_colours(place: Place) -> Iterator[tuple[str, Request, str]]:
    """Status in colour; then whole rows: void struck through, used quiet, expired grey, soon to expire amber."""
    status, ends = _cell(place, "status"), _cell(place, "expiration_date")
    used, void = is_word(status, "used"), is_word(status, "void")
    open_ = f"ISNUMBER({ends})*({used}+{void}=0)"
    yield f"={void}>0", painting.look(background=_RED), "status"
    yield f"={used}>0", painting.look(background=_BLUE), "status"
    yield f"={is_word(status, 'unused')}>0", painting.look(background=_GREEN), "status"
    yield f"={void}>0", painting.look(text=_QUIET, struck=True), ""
    yield f"={used}>0", painting.look(text=_QUIET), ""
    # A day without a time lasts until its end.
    yield f"={open_}*({ends}+(INT({ends})={ends})<=NOW())>0", painting.look(_EXPIRED, _QUIET), ""
    yield f"={open_}*({ends}<TODAY()+{_SOON_DAYS + 1})>0", painting.look(_EXPIRING), ""


def _redemption_colours(place: Place) -> Iterator[tuple[str, Request, str]]:
    event = _cell(place, "event")
    undone = f"={is_word(event, 'rolled_back')}+{is_word(event, 'withdrawn')}>0"
    yield undone, painting.look(text=_QUIET), ""


def _campaign_colours(place: Place) -> Iterator[tuple[str, Request, str]]:
    active = _cell(place, "active")
    yield f"={is_word(active, 'no')}>0", painting.look(text=_QUIET), ""


_COLOURS = {"codes": _code_colours, "redemptions": _redemption_colours, "campaigns": _campaign_colours}


def _add_rule(place: Place, rule: tuple[str, Request, str], number: int) -> Request:
    formula, look, column = rule
    area: Request = {"sheetId": place.sheet_id}
    if column:
        area |= {"startColumnIndex": place.columns[column], "endColumnIndex": place.columns[column] + 1}
    return painting.colour_rule(area, formula, look, number)


def _cell(place: Place, key: str, row: int = 1) -> str:
    """A cell of the first row of an area, as a formula that is filled down names it: $H1."""
    return f"${a1_column(place.columns[key])}{row}"
