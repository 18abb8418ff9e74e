"""The vocabulary in which tabs and columns are declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a column holds, and with it how its cells are read, written and formatted."""

    TEXT = "text"  # Plain text ('@'): a spreadsheet must not turn 00123 or 12-05 into something else
    DATE = "date"  # a day, or a day with a time
    TIME = "time"  # a moment, exact to the millisecond
    CHOICE = "choice"  # a drop-down of words
    COUNT = "count"  # a whole number from 1
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Column:
    """A column by its key; titles and notes are in `languages`. *choices* are the keys of the words that it may hold,
    or that a text in it may begin with.

    An *optional* column that staff delete is just not written any more; without any other one, calls are refused.
    *width* is in pixels. *warned*: who edits it by hand is asked first whether he means it.
    """

    key: str
    kind: Kind
    optional: bool = False
    hidden: bool = False
    choices: tuple[str, ...] = ()
    width: int = 120
    warned: bool = False


@dataclass(frozen=True)
class Tab:
    """A tab by its key, with its columns in the order in which a new one gets them.

    *warned*: as for a column, for all of its cells.
    """

    key: str
    columns: tuple[Column, ...]
    hidden: bool = False
    warned: bool = False

    def column(self, key: str) -> Column:
        """Return the column *key*. Raises KeyError."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)
