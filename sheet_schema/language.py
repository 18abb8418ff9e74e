"""What a language has to say, as one object; the languages themselves are the modules of `languages`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

_HOLE = re.compile(r"\{(\w+)\}")
#: What a campaign's own Message may ask for.
MESSAGE_HOLES = ("code", "expires", "discount", "name")
_MESSAGE_TYPED = frozenset(f"{{{name}}}" for name in MESSAGE_HOLES)
#: What somebody meant as a hole, well made or not.
_BRACES = re.compile(r"\{+([^{}]*)\}+")
#: Endings of the sentences that say more, the fullest first; the word alone is the sentence that needs the least.
_VARIANTS = ("_on_at", "_on", "_discount_expires", "_discount", "_expires")


@dataclass(frozen=True, eq=False, kw_only=True)
class Language:
    """Titles, words and sentences of one language; holes in a sentence are written `{name}`.

    `columns` is tab key -> column key -> title. `aliases` are titles that people give the columns of Promo codes in a
    sheet of their own, by column key; under `subscriber` those of a column that holds a name or an ID. `words` are
    those that are written into cells, `spellings` what is understood besides. `faults` is key -> (what is wrong, what
    to type instead). `notes` is tab key -> column key -> what a header says of its column: what it is, who fills it,
    what an empty cell means, an example. `views` are titles of filter views, `hints` what a cell says to who types
    something else into it. `help` is what Start here says, heading by heading, and `help_time_zone` its last row: the
    label, by which it is found again, and what to type.
    `till` is what the till page says, by the keys that its template and script have.
    `example` are cells of the example campaign. `date_pattern` and `time_pattern` are number formats of the
    spreadsheet; `date_words`, with {day} {month} {year}, is for sentences.
    `plural_form` gives the place, in a tuple of forms, of the one that goes with a number.
    """

    code: str
    tabs: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    aliases: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]
    spellings: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, str]
    titles: Mapping[str, str]
    faults: Mapping[str, tuple[str, str]]
    notes: Mapping[str, Mapping[str, str]]
    views: Mapping[str, str]
    hints: Mapping[str, str]
    help: tuple[tuple[str, str], ...]
    help_time_zone: tuple[str, str]
    dashboard: Mapping[str, str]
    problems: Mapping[str, str]
    till: Mapping[str, str]
    example: Mapping[str, str | int]
    date_pattern: str
    time_pattern: str
    months: tuple[str, ...]
    date_words: str
    plural_form: Callable[[int], int]

    def format_date(self, day: date) -> str:
        """Write a date as a person reads it in a sentence."""
        values = {"day": str(day.day), "month": self.months[day.month - 1], "year": str(day.year)}
        return fill(self.date_words, values)

    def type_date(self, moment: date) -> str:
        """Write a day, or a moment, as it is typed into a cell and shown there."""
        pattern = self.time_pattern if isinstance(moment, datetime) else self.date_pattern
        for part, code in (("yyyy", "%Y"), ("hh:mm", "%H:%M"), ("mm", "%m"), ("dd", "%d")):
            pattern = pattern.replace(part, code)
        return moment.strftime(pattern)

    def names(self) -> dict[str, str]:
        """Titles and words by what a help text calls them: tab_codes, codes_status, word_void."""
        titles = {f"{tab}_{key}": title for tab, columns in self.columns.items() for key, title in columns.items()}
        tabs = {f"tab_{key}": title for key, title in self.tabs.items()}
        return titles | tabs | {f"word_{key}": word for key, word in self.words.items()}

    def plural(self, number: int, forms: Sequence[str]) -> str:
        """Pick the form that goes with *number*: ("code", "codes") in English, ("код", "кода", "кодов") in Russian."""
        return forms[self.plural_form(number)]

    def sentence(self, word: str, **values: str) -> str:
        """Say a status word in the fullest sentence for which every value is there and not empty.

        Values: code, count, discount, expires, used_on, channel, starts, field, why. Raises KeyError for an unknown
        word.
        """
        for ending in _VARIANTS:
            template = self.sentences.get(word + ending)
            if template is not None and all(values.get(hole) for hole in holes(template)):
                return fill(template, values)
        template = self.sentences[word]
        return fill(template, dict.fromkeys(holes(template), "") | values)


def fold(title: str) -> str:
    """A title as it is compared: spaces around and between words, and capitals, make no difference."""
    return " ".join(title.split()).casefold()


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the holes that have one; anything else in braces stays as it was typed.

    Safe for templates written by staff (the Message of a campaign), which `str.format` is not.
    """
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), template)


def holes(template: str) -> frozenset[str]:
    """Names of the values that a template asks for."""
    return frozenset(_HOLE.findall(template))


def odd_holes(message: str) -> list[str]:
    """What stands in braces in a campaign's Message and is not filled in as it was meant, each once, without braces."""
    found = ((hole[0], hole[1].strip()) for hole in _BRACES.finditer(message))
    return list(dict.fromkeys(name or "…" for typed, name in found if typed not in _MESSAGE_TYPED))
