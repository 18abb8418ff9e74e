"""functions/main.py with its guard taken out, so that a test can see the chaos run find something.

No batch carries a stamp, and a claim stands once it is shown: no second look. The processes of that test run this.
"""

from __future__ import annotations

from typing import Any

from functions import batches, deciding

_stamped = batches.stamped


def _unstamped(*of: object) -> list[batches.Request]:
    return [each for each in _stamped(*of) if "createDeveloperMetadata" not in each]  # type: ignore[arg-type]


def _believed(played: deciding.Round, view: Any, turn: deciding.Turn, *_: object) -> Any:
    if turn.claim is None:
        return view
    played.standing.append((turn, turn.claim))
    for row in turn.claim.rows:
        view = view.plus(row)
    return view


assert callable(deciding._verify), "the second look has moved: plant the bug where it is now"
batches.stamped = _unstamped
deciding._verify = _believed

from functions.main import promosheet  # noqa: E402 - the bug has to be there first

__all__ = ["promosheet"]
