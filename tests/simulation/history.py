"""A history: what callers asked and were told, what staff did, and what stood in the sheet in the end.

That is all that the checker looks at, whoever made it: the simulation, or real processes over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.promo import Call
from functions.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Op:
    """One call by one caller. `began` and `ended` are seconds on one clock; no answer leaves `word` empty.

    `code` is the code in the answer, `detail` what a person who reads a failing history wants to see.
    """

    number: int
    call: Call
    began: float
    ended: float
    word: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Something staff did that changes what is true; sorting, moving and renaming change nothing and are no edits.

    `kind`: "void", "used" (typed into Status of `code`), "forget" (a row of Promo codes or Redemptions of `code` was
    deleted, or its Status retyped otherwise), "campaign" (a row of Campaigns). It was done somewhere from `began` to
    `ended`, in seconds. One kind is no edit of staff's: "astray" (a process gave a `word` of staff's back, and it
    landed on a row of `code`, where it stood from `began` to `ended`).
    """

    kind: str
    began: float
    ended: float
    code: str = ""
    campaign: str = ""
    word: str = ""


@dataclass(slots=True)
class History:
    """All of it. `final` is what a read at the end says, when nothing is in flight any more."""

    ops: list[Op] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    final: Snapshot | None = None
