"""What can come between us and the spreadsheet, told apart by what became of a write.

StampTaken   refused whole: another batch carried the same stamp       not applied
Rejected     refused whole for another reason                          not applied
Throttled    the quota is used up                                      not applied
Unanswered   5xx, time-out, reset, nonsense                            nobody knows
SheetBroken  a person has to mend something first                      not applied
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_REQUEST = re.compile(r"Invalid requests\[\d+\]\.\w+")


class SheetError(Exception):
    """Something between us and the spreadsheet."""


class StampTaken(SheetError):
    """The whole batch was refused: another batch carried the same stamp."""


class Throttled(SheetError):
    """The quota is used up; nothing was applied."""


class Unanswered(SheetError):
    """No answer that says what happened: a write may have been applied, or be applied within minutes."""


class Rejected(SheetError):
    """A 400: nothing was applied. `reason` is Google's text, which may quote a cell; str() is what a log may have."""

    def __init__(self, reason: str) -> None:
        found = _REQUEST.match(reason)
        super().__init__(found[0] if found else "a bad request")
        self.reason = reason


class SheetBroken(SheetError):
    """The spreadsheet cannot be worked with until a person mends it. `faults` say what, where and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)
