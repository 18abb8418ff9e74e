"""Who was forgotten and calls again is the same person: their pseudonym is read as their id. Pure.

`promosheet subscriber forget` (`forgetting`) puts pseudonyms into the sheet that only CODE_KEY can tie to an id. So the
ids of the calls are hashed, never those of the rows, and nothing at all while the sheet has no pseudonym.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from functions import codes, keys
from functions.columns import Column
from functions.promo import CheckCall, Event, IssueCall, PromoCode, Row, TodayCall, TypedCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from functions.projection import Projector
    from functions.promo import Call
    from functions.sheet import Reading
    from functions.tables import Tables

#: So many pseudonyms are kept: an id that calls again and again is hashed once.
_KEPT = 10_000


class Recall:
    """Reads pseudonyms of one CODE_KEY as the ids that they stand for."""

    def __init__(self, code_key: bytes) -> None:
        """Take the key."""
        self._pseudonym = lru_cache(maxsize=_KEPT)(partial(codes.pseudonym, code_key))

    def read(self, reading: Reading, tables: Tables, calls: Iterable[Call], projector: Projector) -> Tables:
        """The tables of a reading as these calls, and what the projector remembers, have to see them."""
        columns = (("codes", "subscriber_id"), ("redemptions", "subscriber_id"), ("redemptions", "request_id"))
        in_codes, in_redemptions, in_requests = (_has_any(reading, *each) for each in columns)
        if not (in_codes or in_redemptions or in_requests):
            return tables
        calls = list(calls)
        people, names = projector.ids(tables)
        people.update(_subscriber(call) for call in calls)
        names.update(_request(call) for call in calls)
        subscribers = self._known("subscriber", people if in_codes or in_redemptions else ())
        requests = self._known("request", names if in_requests else ())
        projector.recall(subscribers, requests)
        return tables.recalled(subscribers, requests)

    def _known(self, kind: str, ids: Iterable[str]) -> dict[str, str]:
        return {each: self._pseudonym(kind, each) for each in ids if each and not each.startswith(codes.FORGOTTEN)}


def as_written(tables: Tables, row: Row) -> Sequence[Row]:
    """A new row as it has to stand in the sheet, for those who read it without knowing the id.

    What is about a code that stands there under the pseudonym bears the pseudonym too, and a request keeps the name
    that its rows have; anything else of a person who came back has their id. A withdrawn row of Promo codes is named by
    code and subscriber, so it is withdrawn under both: a late copy may still have the id.
    """
    pseudonym = tables.forgotten.get(row.subscriber_id, "")
    hidden = replace(row, subscriber_id=pseudonym) if pseudonym and _stands_under(tables, row.code, pseudonym) else row
    if isinstance(hidden, PromoCode):
        return (hidden,)
    request = tables.forgotten_requests.get(hidden.request_id, "")
    if request and request in tables.redemptions.index("request"):
        hidden = replace(hidden, request_id=request)
    twice = hidden.event is Event.WITHDRAWN and not hidden.claim and hidden.subscriber_id != row.subscriber_id
    return (row, hidden) if twice else (hidden,)


def _stands_under(tables: Tables, code: str, pseudonym: str) -> bool:
    """True if a row of Promo codes has this code, and the pseudonym itself in its cell."""
    places = tables.codes.index("subscriber").get(pseudonym, ())
    return not set(places).isdisjoint(tables.codes.index("code").get(codes.fold(code), ()))


def _has_any(reading: Reading, tab: str, column: str) -> bool:
    """True if a cell may hold a pseudonym."""
    return Column.of(reading.columns[tab].get(column, ())).has_any(keys.pseudonyms)


def _subscriber(call: Call) -> str:
    return getattr(call, "subscriber_id", "")


def _request(call: Call) -> str:
    return "" if isinstance(call, IssueCall | CheckCall | TypedCall | TodayCall) else call.request_id
