"""What `promosheet sheet probe` makes of what it saw: tries and what was read back in, lines out. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WRITES_PER_TRY, _OTHER_WRITES = 5, 10
_TELL_US = "tell us, with this output"


class Answer(Enum):
    """What Google said to a batch."""

    APPLIED = "applied"
    TAKEN = "the id exists"
    REFUSED = "refused for another reason"
    NONE = "not answered"  # 429, 5xx, time-out


@dataclass(frozen=True)
class Sent:
    """A batch with one row: the text in that row, the answer, and when it was under way (monotonic seconds)."""

    text: str
    answer: Answer
    began: float = 0.0
    ended: float = 0.0
    reason: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Try:
    """Batches of one try. `metadata_id`: what all of them create, if they create the same; `missed`: not read next."""

    sent: tuple[Sent, ...]
    metadata_id: int = 0
    missed: bool = False

    @property
    def answered(self) -> bool:
        """Whether every batch got an answer, so that the try need not be repeated."""
        return all(each.answer is not Answer.NONE for each in self.sent)

    @property
    def together(self) -> bool:
        """Whether all batches were under way at one moment."""
        return max(each.began for each in self.sent) <= min(each.ended for each in self.sent)


@dataclass(frozen=True)
class Seen:
    """What was read back: the texts in the tab, and the ids of the probe's metadata."""

    texts: frozenset[str]
    metadata: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Finding:
    """An answer to a question: what was seen, and for each thing that is otherwise what it means for the guard."""

    lines: tuple[str, ...]
    otherwise: tuple[str, ...] = ()


class Case(Enum):
    """What became of two overlapping batches with one metadata id."""

    ONE = "exactly one applied"
    BOTH = "both applied"
    NONE = "none applied"
    CONTRADICTED = "answer contradicts the sheet"
    REFUSED = "refused for another reason"
    UNANSWERED = "not answered and repeated"


_MEANS = {
    Case.BOTH: "overlapping batches with one id can both apply: the second look (verify read) is what keeps a code "
    f"from being given twice; it does not depend on this; {_TELL_US}",
    Case.NONE: "two batches may refuse each other: the guard reads and tries again, which costs time and no code",
    Case.CONTRADICTED: "an answer may be wrong about what is in the sheet: the guard believes only what it reads back, "
    f"yet {_TELL_US}",
    Case.REFUSED: "overlapping batches are refused in a way that the guard does not know as a taken stamp: callers may "
    f"be told busy or sheet_broken; {_TELL_US}",
}
_LEFTOVERS = (
    "a refused batch left its row: the guard takes it for not applied, and a code may be held by nobody; "
    f"do not go live, and {_TELL_US}"
)


def judge_in_turn(each: Try, seen: Seen) -> Finding:
    """Question 1, one batch after the other: the second has the id of the first."""
    first, second = each.sent
    if first.answer is not Answer.APPLIED or first.text not in seen.texts:
        line = f"one after the other: the first batch was not applied ({_told(first)})"
        return Finding((line,), (f"a fresh id was refused or its row is missing: the guard cannot write; {_TELL_US}",))
    written = second.text in seen.texts
    row = "its row was written" if written else "its row was not written"
    line = f"one after the other: the second batch was {_told(second)}; {row}"
    if second.answer is Answer.APPLIED:
        means = "stamps refuse nothing: only the second look (verify read) keeps a code from being given twice"
        return Finding((line,), (f"{means}; {_TELL_US}",))
    if written:
        return Finding((line,), (_LEFTOVERS,))
    return Finding((line,), (_MEANS[Case.REFUSED],) if second.answer is Answer.REFUSED else ())


def case_of(each: Try, seen: Seen) -> Case:
    """What became of one try of question 1: by the sheet; the answers only say whether it was asked at all."""
    present = [sent.text in seen.texts for sent in each.sent]
    if all(present):
        return Case.BOTH
    if any(_contradicts(sent, here) for sent, here in zip(each.sent, present, strict=True)):
        return Case.CONTRADICTED
    if not each.answered:
        return Case.UNANSWERED
    if any(present) != (each.metadata_id in seen.metadata):
        return Case.CONTRADICTED
    if any(sent.answer is Answer.REFUSED for sent in each.sent):
        return Case.REFUSED
    return Case.ONE if any(present) else Case.NONE


def judge_overlaps(tries: Sequence[Try], seen: Seen) -> Finding:
    """Question 1, two batches at the same moment with one id."""
    cases = Counter(case_of(each, seen) for each in tries)
    asked = [each for each in tries if each.answered]
    counts = " · ".join(f"{case.value} {cases[case]}" for case in Case)
    lines = (_head(asked), f"   {counts}", *_reasons(tries))
    return Finding(lines, tuple(means for case, means in _MEANS.items() if cases[case]))


def judge_visibility(tries: Sequence[Try], seen: Seen) -> Finding:
    """Question 2: a write by one client, a read by the other, and *seen* at the end."""
    asked = [each for each in tries if each.answered]
    missed = sum(each.missed for each in asked)
    lost = sum(_lost(sent, seen) for each in asked for sent in each.sent)
    line = f"{_counted(len(asked), 'write')}, each followed by a read of the other client: missed {missed}"
    line += f" · never seen {lost} · not answered and repeated {len(tries) - len(asked)}"
    otherwise = [f"the second look may miss a rival; {_TELL_US}"] if missed else []
    if lost:
        otherwise.append(_MEANS[Case.CONTRADICTED])
    return Finding((line, *_reasons(tries)), (*otherwise, *_refusals(asked)))


def judge_inserts(tries: Sequence[Try], seen: Seen) -> Finding:
    """Question 3: two batches at the same moment insert a row at one place, each with an id of its own."""
    asked = [each for each in tries if each.answered]
    kept = sum(sent.text in seen.texts for each in asked for sent in each.sent)
    lost = sum(_lost(sent, seen) for each in tries for sent in each.sent)
    line = f"   rows kept {kept} of {2 * len(asked)} · lost or overwritten {lost}"
    line += f" · not answered and repeated {len(tries) - len(asked)}"
    means = "rows of overlapping writers can overwrite each other: the second look finds its own row gone, but an "
    means += f"earlier caller's row may be gone too; do not go live, and {_TELL_US}"
    return Finding((_head(asked), line, *_reasons(tries)), (*((means,) if lost else ()), *_refusals(asked)))


def judge_deletion(each: Try, seen: Seen) -> Finding:
    """Question 4: a batch that deletes metadata by a key that nothing has, with a row."""
    (sent,) = each.sent
    written = sent.text in seen.texts
    row = "its row was written" if written else "its row was not written"
    line = f"a batch with such a deletion was {_told(sent)}; {row}"
    if sent.answer is Answer.APPLIED:
        return Finding((line,), () if written else (_MEANS[Case.CONTRADICTED],))
    if written:
        return Finding((line,), (_LEFTOVERS,))
    means = (
        "the guard sends a batch that fails in this way again without the deletion: nothing is lost, but old stamps "
    )
    return Finding((line,), (f"{means}are no longer deleted; {_TELL_US}",))


def estimate(tries: int, per_minute: int) -> str:
    """How long it takes, for a person."""
    writes = _WRITES_PER_TRY * tries + _OTHER_WRITES
    minutes = ceil(writes / per_minute)
    return f"about {writes} writes, at most {per_minute} a minute: {_counted(minutes, 'minute')} or a little more"


def _told(sent: Sent) -> str:
    if sent.answer is Answer.APPLIED:
        return "accepted"
    return "refused (the id exists)" if sent.answer is Answer.TAKEN else f"refused ({sent.reason})"


def _head(asked: Sequence[Try]) -> str:
    together = sum(each.together for each in asked)
    tries = "1 try" if len(asked) == 1 else f"{len(asked)} tries"
    return f"at the same moment, {tries}, in {together} both were under way at once"


def _contradicts(sent: Sent, present: bool) -> bool:  # noqa: FBT001 - zipped
    return sent.answer is not Answer.NONE and present != (sent.answer is Answer.APPLIED)


def _lost(sent: Sent, seen: Seen) -> bool:
    return sent.answer is Answer.APPLIED and sent.text not in seen.texts


def _refusals(asked: Iterable[Try]) -> tuple[str, ...]:
    """Batches with fresh ids are not refused."""
    refused = any(sent.answer in {Answer.REFUSED, Answer.TAKEN} for each in asked for sent in each.sent)
    return (_MEANS[Case.REFUSED],) if refused else ()


def _reasons(tries: Iterable[Try]) -> list[str]:
    """Each refusal and failure in Google's words, but the expected one, with how often it came."""
    sent = [each for one in tries for each in one.sent if each.reason and each.answer is not Answer.TAKEN]
    found = Counter((each.answer.value, each.reason) for each in sent)
    return [f"{answer}, {times} times: {reason}" for (answer, reason), times in found.items()]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
