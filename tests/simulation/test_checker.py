"""The checker is judged itself: by a brute-force search on small histories, and by histories that are known to be bad."""

from __future__ import annotations

from itertools import combinations, permutations
from random import Random
from zoneinfo import ZoneInfo

import pytest

from checker import Allowances, violations
from functions import codes
from functions.promo import (
    Call,
    Caller,
    Campaign,
    CheckCall,
    Event,
    IssueCall,
    PromoCode,
    RedeemCall,
    Redemption,
    Role,
    RollbackCall,
    Status,
)
from functions.snapshot import Snapshot
from functions.tables import Tables, code_table, redemption_table
from functions.wall import DAY_MS
from history import Edit, History, Op
from latch import Item, State, explains

BOT, TILL = Caller("bot", Role.BOT), Caller("till", Role.TILL)
CODE = "GEN-1"
GEN = Campaign("gen")


class Shelf:
    """A code with so many uses, one call after another: written down as a shop assistant would, not as `latch` does."""

    def __init__(self, uses: int) -> None:
        self.uses = uses
        self.using: list[str] = []
        self.undone: list[str] = []
        self.word = ""

    def accepts(self, item: Item) -> bool:
        if item.does == "staff":
            self.word = item.told
            return True
        mine = item.request in self.using
        if item.does == "rollback":
            return self._rollback(item, mine=mine)
        if item.told in {"void", "idempotency_mismatch"}:
            return self.word == "void" if item.told == "void" else item.request in self.undone
        others = [each for each in self.using if each != item.request]
        if item.told == "already_used":
            phantoms = [each for each in item.ghosts if each not in self.using and each != item.request]
            return self.word == "used" or len(others) + len(phantoms) >= self.uses
        if mine and item.does == "redeem":
            return True
        in_doubt = self.word == "used" and (self.undone or self.using)
        if len(others) >= self.uses or (item.told and self.word and not in_doubt):
            return False
        if item.does == "redeem":
            if item.request in self.undone:
                return False
            self.using.append(item.request)
        return True

    def _rollback(self, item: Item, *, mine: bool) -> bool:
        if item.told == "not_redeemed":
            return not mine and item.request not in self.undone
        if item.request in self.undone:
            return True
        if not mine and item.request not in item.ghosts:
            return False
        if mine:
            self.using.remove(item.request)
        self.undone.append(item.request)
        return True


def brute_force(items: list[Item], uses: int, live: frozenset[str]) -> bool:
    """Every order of every choice of what took effect."""
    maybe = [item for item in items if not item.must]
    sure = [item for item in items if item.must]
    for count in range(len(maybe) + 1):
        for chosen in combinations(maybe, count):
            for order in permutations([*sure, *chosen]):
                late = any(b.ended < a.began for n, a in enumerate(order) for b in order[n + 1 :])
                shelf = Shelf(uses)
                if not late and all(shelf.accepts(item) for item in order) and frozenset(shelf.using) == live:
                    return True
    return False


def some_items(chance: Random) -> list[Item]:
    items = []
    for _ in range(chance.randint(1, 5)):
        does = chance.choice(("redeem", "redeem", "redeem", "rollback", "check", "staff"))
        told = {
            "redeem": ("redeemed", "redeemed", "already_used", "void", "idempotency_mismatch", ""),
            "rollback": ("rolled_back", "not_redeemed", ""),
            "check": ("valid", "already_used"),
            "staff": ("void", "used"),
        }[does]
        began = chance.uniform(0, 10)
        word = chance.choice(told)
        request = chance.choice("abc") if does in {"redeem", "rollback"} else ""
        ghosts = frozenset(chance.sample("abc", chance.choice((0, 0, 0, 1))))
        ended = began + chance.uniform(0, 6) if word else float("inf")
        items.append(Item(does, word, began, ended, request, ghosts if does != "rollback" else frozenset()))
    return items


def test_the_search_agrees_with_brute_force_on_small_histories() -> None:
    chance = Random(11)
    verdicts = {True: 0, False: 0}
    for _ in range(5_000):
        items, uses = some_items(chance), chance.choice((1, 1, 2))
        live = frozenset(chance.sample("abc", chance.choice((0, 1, 1, 2))))

        def fits(state: State, live: frozenset[str] = live) -> bool:
            return state.holders == live

        found = explains(items, uses, fits)
        assert found == brute_force(items, uses, live), (items, uses, live)
        verdicts[found] += 1
    assert min(verdicts.values()) > 300


def sheet(*rows: PromoCode | Redemption, campaign: Campaign = GEN) -> Snapshot:
    tables = Tables(
        zone=ZoneInfo("Europe/Moscow"),
        language="en",
        number=1,
        campaigns=(campaign,),
        codes=code_table([row for row in rows if isinstance(row, PromoCode)]),
        redemptions=redemption_table([row for row in rows if isinstance(row, Redemption)]),
    )
    return Snapshot(tables)


ISSUED = PromoCode(CODE, "gen", "s1", issued=40_000 * DAY_MS)
A = Redemption(40_001 * DAY_MS, CODE, Event.REDEEMED, "till", by="till", request_id="a", claim="a-1")
B = Redemption(40_002 * DAY_MS, CODE, Event.REDEEMED, "till", by="till", request_id="b", claim="b-1")
UNDO_A = Redemption(40_003 * DAY_MS, CODE, Event.ROLLED_BACK, "till", by="till", request_id="a", claim="a-1")
Told = tuple[Call, float, float, str]


def issue(subscriber: str, began: float, ended: float, word: str) -> Told:
    return IssueCall(BOT, subscriber, "gen"), began, ended, word


def redeem(request: str, began: float, ended: float, word: str) -> Told:
    return RedeemCall(TILL, CODE, channel="till", request_id=request), began, ended, word


def rollback(request: str, began: float, ended: float, word: str) -> Told:
    return RollbackCall(TILL, CODE, "till", request_id=request), began, ended, word


def promises(
    final: Snapshot, *told: Told, edits: tuple[Edit, ...] = (), code: str = CODE, ties: bool = False
) -> set[str]:
    ops = [
        Op(number, call, began, ended, word, code if word in {"issued", "already_issued"} else "")
        for number, (call, began, ended, word) in enumerate(told)
    ]
    history = History(ops, list(edits), final)
    return {each.promise for each in violations(history, Allowances(ties=ties))}


def test_a_good_history_is_good() -> None:
    calls = (issue("s1", 0, 1, "issued"), redeem("a", 2, 3, "redeemed"), redeem("b", 4, 5, "already_used"))
    assert promises(sheet(ISSUED, A), *calls) == set()


@pytest.mark.parametrize(
    ("final", "calls", "promise"),
    [
        pytest.param(sheet(ISSUED, A), [redeem("a", 0, 1, "redeemed"), redeem("b", 2, 3, "redeemed")], "S3", id="two winners"),
        pytest.param(sheet(ISSUED, A, B), [redeem("a", 0, 1, "redeemed")], "S3", id="two live claims"),
        pytest.param(sheet(ISSUED), [redeem("a", 0, 1, "redeemed")], "S4", id="a yes that is gone"),
        pytest.param(sheet(), [issue("s1", 0, 1, "issued")], "S4", id="a code that is gone"),
        pytest.param(sheet(ISSUED, A), [redeem("a", 0, 1, "redeemed"), redeem("a", 2, 3, "already_used")], "S5", id="a repeat told otherwise"),
        pytest.param(sheet(ISSUED, A), [redeem("a", 0, 1, "already_used")], "S7", id="refused, yet its claim lives"),
        pytest.param(sheet(ISSUED, A, UNDO_A), [redeem("a", 0, 1, "redeemed"), redeem("b", 2, 3, "already_used"), rollback("a", 4, 5, "rolled_back"), redeem("a", 6, 7, "redeemed")], "S9", id="redeemed again after its rollback"),
        pytest.param(sheet(ISSUED, PromoCode(CODE, "gen", "s2")), [issue("s1", 0, 1, "issued"), issue("s2", 2, 3, "issued")], "S2", id="one code for two"),
        pytest.param(sheet(PromoCode(CODE, "gen", "s1", status=Status.USED, used_on=5), A), [], "S6", id="a mark that is of no redemption"),
        pytest.param(sheet(PromoCode(CODE, "gen", "s1", status=Status.VOID)), [], "S6", id="a word that nobody typed"),
    ],
)  # fmt: skip
def test_a_bad_history_is_found(final: Snapshot, calls: list[Told], promise: str) -> None:
    assert promise in promises(final, *calls)


def test_limits_are_counted() -> None:
    rows = [PromoCode(f"GEN-{number}", "gen", f"s{number}") for number in range(3)]
    assert promises(sheet(*rows, campaign=Campaign("gen", total_limit=2))) == {"S8"}


def test_an_unknown_outcome_explains_a_refusal_but_no_second_yes() -> None:
    lost = (RedeemCall(TILL, CODE, channel="till", request_id="a"), 0.0, 9.0, "")
    assert promises(sheet(ISSUED), lost, redeem("b", 1, 2, "already_used")) == set()
    assert "S3" in promises(sheet(ISSUED, A, B), lost, redeem("b", 1, 2, "redeemed"))
    assert promises(sheet(ISSUED, A, B), lost, redeem("b", 1, 2, "redeemed"), ties=True) == set()


def test_a_word_of_staff_explains_a_refusal() -> None:
    checked = (CheckCall(TILL, CODE), 3.0, 4.0, "void")
    assert promises(sheet(ISSUED), checked) != set()
    assert promises(sheet(ISSUED), checked, edits=(Edit("void", 1, 1, codes.fold(CODE)),)) == set()


def test_a_word_of_another_row_explains_a_refusal_while_it_stands_on_this_one() -> None:
    stood = (Edit("astray", 1, 2, codes.fold(CODE), word="void"),)
    during, after = (CheckCall(TILL, CODE), 1.5, 4.0, "void"), (CheckCall(TILL, CODE), 2.5, 4.0, "void")
    used = (CheckCall(TILL, CODE), 1.5, 4.0, "already_used")
    assert promises(sheet(ISSUED), during, edits=stood) == set()
    assert promises(sheet(ISSUED), after, edits=stood) != set()
    assert promises(sheet(ISSUED), used, edits=stood) != set()
    twice = (redeem("a", 1, 2, "redeemed"), redeem("b", 1, 2, "redeemed"))
    assert promises(sheet(ISSUED, A), *twice, edits=stood) == {"S3"}
