"""One round of a group: what each waiting call is told, writes or withdraws, on one read. No I/O.

A Turn is one call on its way through the committer. A round looks first at the claims that the group wrote and that
the read shows, in order of arrival and *without the group's own rows*; then at the rest, each on the effects of those
before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from functions import codes, forgotten, wall
from functions.promo import (
    Answer,
    Call,
    Claim,
    Decision,
    Event,
    Outcome,
    PromoCode,
    Redemption,
    Row,
    TodayCall,
    Unsettled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.snapshot import Snapshot


class Fate(Enum):
    """What is known of the batch that carried a claim."""

    UNSENT = "unsent"
    LANDED = "landed"
    UNKNOWN = "unknown"


@dataclass(eq=False)
class Turn:
    """A call, what it has written so far, and its answer once there is one.

    `arrived` is the local clock in ms since 1970 UTC, `deadline` seconds of the monotonic clock, `token` the claim
    that the call would write, `now` the instant on which it is judged. `giving_up` are claims whose withdrawal has to
    be seen before anything is answered; `tied` ones also before anything else is tried.
    """

    call: Call
    arrived: int
    deadline: float
    token: str
    now: int = 0
    claim: Claim | None = None
    fate: Fate = Fate.UNSENT
    based_on: int | None = None
    giving_up: tuple[Row, ...] = ()
    tied: bool = False
    attempts: int = 0
    not_before: float = 0.0
    alone: bool = False
    outcome: Outcome | None = None

    def give_up(self, *, tied: bool) -> None:
        """From here on this call never answers from its claim (H2). What undoes a claim is not undone itself."""
        if self.claim is not None and not _is_rollback(self.claim):
            self.giving_up += self.claim.rows
        self.claim, self.fate, self.based_on, self.tied = None, Fate.UNSENT, None, tied


@dataclass
class Round:
    """What one read led to. `standing` are claims that hold: to be projected, then answered with their outcome.

    `uncertain` are rows of the group that no read has confirmed, or that their writer is about to withdraw: no answer
    rests on them.
    """

    standing: list[tuple[Turn, Claim]] = field(default_factory=list)
    answers: list[tuple[Turn, Outcome]] = field(default_factory=list)
    sending: list[Turn] = field(default_factory=list)
    withdrawing: list[Turn] = field(default_factory=list)
    uncertain: list[Row] = field(default_factory=list)

    def rows(self, snapshot: Snapshot) -> list[Row]:
        """What the batch has to add."""
        gone = [
            _withdrawal(snapshot, turn, row)
            for turn in dict.fromkeys([*self.withdrawing, *self.sending])
            for row in turn.giving_up
        ]
        new = [row for turn in self.sending if turn.claim for row in turn.claim.rows]
        return [each for row in gone + new for each in forgotten.as_written(snapshot.tables, row)]

    @property
    def writers(self) -> list[Turn]:
        """The calls whose rows the batch carries."""
        return list(dict.fromkeys([*self.withdrawing, *self.sending]))


@dataclass(frozen=True)
class Rules:
    """What a round needs besides the read: the pure decision, fresh names, a random pause, the clock, the patience."""

    decide: Callable[[Snapshot, Turn], Decision]
    token: Callable[[], str]
    pause: Callable[[], float]
    clock: float
    attempts: int


def play(snapshot: Snapshot, turns: Sequence[Turn], rules: Rules) -> Round:
    """Decide every open turn on one read."""
    played = Round()
    for turn in turns:
        _note_withdrawals(snapshot, turn, rules)
    written = [turn for turn in turns if turn.claim is not None and _shows(snapshot, turn.claim)]
    view = snapshot.before(row for turn in written if turn.claim for row in turn.claim.rows)
    for turn in written:
        view = _verify(played, view, turn, rules)
    played.uncertain += [row for turn in turns for row in turn.giving_up]
    looking = [turn for turn in turns if isinstance(turn.call, TodayCall)]
    for turn in turns:
        if turn not in written and turn not in looking:
            view = _advance(played, snapshot, view, turn, rules)
    _look(played, snapshot, looking, rules)
    return played


def _look(played: Round, snapshot: Snapshot, looking: Sequence[Turn], rules: Rules) -> None:
    """Answer those who only look, from what the read shows for certain; in a queue there is always more to come."""
    certain = snapshot.before(played.uncertain)
    for turn in looking:
        decision = rules.decide(certain, turn)
        if isinstance(decision, Answer):
            played.answers.append((turn, decision.outcome))


def is_same(claim: Claim, decision: Decision) -> bool:
    """True if a decision, taken again, confirms what was written."""
    first = claim.rows[0]
    if isinstance(decision, Unsettled):
        return False
    if isinstance(first, PromoCode):
        return decision.outcome.ok and codes.fold(decision.outcome.code) == codes.fold(first.code)
    if isinstance(decision, Answer):  # an earlier claim of the same request was confirmed meanwhile: one use
        return decision.outcome.word == "redeemed"
    return decision.rows == claim.rows


def _note_withdrawals(snapshot: Snapshot, turn: Turn, rules: Rules) -> None:
    if not turn.giving_up:
        return
    turn.giving_up = tuple(row for row in turn.giving_up if not snapshot.is_dead(row))
    if not turn.giving_up and turn.tied:
        turn.tied = False
        turn.token = rules.token()
        turn.not_before = rules.clock + rules.pause()


def _verify(  # noqa: PLR0911 - a return for each of its fates
    played: Round, view: Snapshot, turn: Turn, rules: Rules
) -> Snapshot:
    """Look again at a claim that the read shows."""
    claim = turn.claim
    if claim is None:
        return view
    if turn.giving_up:
        _send(played, turn, played.withdrawing)
        return _unsure(played, view, claim.rows)
    if _is_rollback(claim):
        played.standing.append((turn, claim))
        return view
    if any(view.is_dead(row) for row in claim.rows):
        # Somebody undid it before it was verified: it was never answered from, and never will be.
        played.answers.append((turn, Outcome("busy")))
        return _plus(view, claim.rows)
    decision = rules.decide(view.without(claim.rows), turn)
    if isinstance(decision, Unsettled) and not decision.contested and isinstance(claim.rows[0], PromoCode):
        return _unsure(played, view, claim.rows)  # it waits for an earlier code of the subscriber, not for a rival
    if isinstance(decision, Unsettled) or not is_same(claim, decision):
        turn.give_up(tied=True)
        _send(played, turn, played.withdrawing)
        return view
    again = claim.outcome.word == "already_issued"  # a second row of a code that the subscriber has
    outcome = claim.outcome if again else decision.outcome
    if outcome.delivery:
        outcome = outcome.but(has_copy=_has_copy(view, claim.rows[0]))
    played.standing.append((turn, Claim(outcome, claim.rows)))
    return _plus(view, claim.rows)


def _advance(  # noqa: PLR0911 - a return for each step
    played: Round, snapshot: Snapshot, view: Snapshot, turn: Turn, rules: Rules
) -> Snapshot:
    """Take a call one step on that has no claim in this read."""
    if turn.claim is not None:
        if turn.fate is Fate.LANDED:  # a read without our own row is no verify
            return _unsure(played, view, turn.claim.rows)
        if _is_rollback(turn.claim) and turn.fate is Fate.UNKNOWN:
            return _claim(played, view, turn, rules)  # it may land yet, so no other answer is true; twice is once
        again = rules.decide(view, turn)
        kept = isinstance(turn.claim.rows[0], PromoCode) or snapshot.tables.number == turn.based_on
        if kept and isinstance(again, Claim) and is_same(turn.claim, again):
            turn.claim = again
            return _claim(played, view, turn, rules)
        turn.give_up(tied=False)
        turn.token = rules.token()
    if turn.tied:
        _send(played, turn, played.withdrawing)
        return view
    if rules.clock < turn.not_before:
        return view
    decision = rules.decide(view, turn)
    if isinstance(decision, Claim):
        turn.claim = decision
        return _claim(played, view, turn, rules)
    if turn.giving_up:
        _send(played, turn, played.withdrawing)
    elif isinstance(decision, Answer) and _is_certain(played, snapshot, turn, decision, rules):
        played.answers.append((turn, decision.outcome))
    return view


def _is_certain(played: Round, snapshot: Snapshot, turn: Turn, decision: Answer, rules: Rules) -> bool:
    """True if an answer is the same with and without rows that are not certain; else a later read gives it (H17)."""
    if not played.uncertain:
        return True
    return all(rules.decide(each, turn) == decision for each in (snapshot, snapshot.before(played.uncertain)))


def _unsure(played: Round, view: Snapshot, rows: Sequence[Row]) -> Snapshot:
    played.uncertain += rows
    return _plus(view, rows)


def _claim(played: Round, view: Snapshot, turn: Turn, rules: Rules) -> Snapshot:
    """Put the claim of a turn into the batch, unless its attempts are used up."""
    if turn.claim is None:
        return view
    if turn.attempts >= rules.attempts:
        played.answers.append((turn, Outcome("busy")))
        return _unsure(played, view, turn.claim.rows)
    if _send(played, turn, played.sending):
        return _unsure(played, view, turn.claim.rows)
    if turn.fate is Fate.UNSENT:
        turn.claim = None
    return view


def _send(played: Round, turn: Turn, where: list[Turn]) -> bool:
    """Let a turn into the batch; one whose group was refused goes alone."""
    others = [other for other in played.writers if other is not turn]
    if others and (turn.alone or any(other.alone for other in others)):
        return False
    where.append(turn)
    return True


def _shows(snapshot: Snapshot, claim: Claim) -> bool:
    return all(snapshot.shows(row) for row in claim.rows)


def _has_copy(view: Snapshot, row: Row) -> bool:
    """True if another live row says the same: a repeat made sure of it, or Google let two batches through at once."""
    return any(each.subscriber_id == row.subscriber_id for each in view.rows_of_code(codes.fold(row.code)))


def _is_rollback(claim: Claim) -> bool:
    first = claim.rows[0]
    return isinstance(first, Redemption) and first.event is Event.ROLLED_BACK


def _plus(view: Snapshot, rows: Iterable[Row]) -> Snapshot:
    for row in rows:
        view = view.plus(row)
    return view


def _withdrawal(snapshot: Snapshot, turn: Turn, row: Row) -> Redemption:
    """The row that declares a claim dead: by its Claim, or as `tables.name_of` a row of Promo codes (H9)."""
    return Redemption(
        time=row.issued if isinstance(row, PromoCode) else wall.from_instant(snapshot.zone, turn.now),
        code=row.code,
        event=Event.WITHDRAWN,
        subscriber_id=row.subscriber_id,
        by=turn.call.caller.name,
        claim=row.claim if isinstance(row, Redemption) else "",
    )
