"""What comes of the calls that were told busy: each is repeated long after, when nothing is in flight any more."""

from __future__ import annotations

from checks import Checks
from functions import guard
from model import Batch, Content
from process import Ask, Look, Node, Observation, Process, Script, Seen, Told

_LONG_MS = 1_200_000
_PATIENCE = 9


class Aftermath:
    """Repeats at fresh processes, one after the other, each with nothing in its way."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._repeats: dict[tuple[str, int], Process] = {}

    def of(self, content: Content, stamps: frozenset[int], told: frozenset[Told]) -> tuple[list[str], int]:
        """What is wrong then, and how many repeats a tie keeps busy."""
        answers = set(told)
        faults: list[str] = []
        ties = place = 0
        for each in sorted(told, key=lambda told: told.label):
            if each.word != "busy":
                continue
            place += 1
            process = self._repeat(each.label, place)
            content, stamps, node = _alone(process, content, stamps)
            again = node.told[0] if node.told else None
            if again is None or again.word == "busy":
                if _is_tie(content, self._checks.uses):
                    ties += 1
                else:
                    faults.append(f"a repeat of {each.label} long after is busy")
                continue
            answers.add(again)
            wrong = self._checks.of_state(content, frozenset(answers))
            faults += [f"long after, {again.label} is told {again.word}: {fault}" for fault in wrong]
        return faults, ties

    def _repeat(self, label: str, place: int) -> Process:
        if (label, place) not in self._repeats:
            script = Script(
                f"{label} again",
                ((label, self._checks.calls[label]),),
                _LONG_MS * place,
                writes=_PATIENCE,
                heals=_PATIENCE,
            )
            self._repeats[label, place] = Process(script)
        return self._repeats[label, place]


def _alone(process: Process, content: Content, stamps: frozenset[int]) -> tuple[Content, frozenset[int], Node]:
    """Run a process to its end with nothing in its way."""
    node = process.first
    while node.wants is not Ask.NOTHING:
        seen: Observation = Seen.DONE
        if node.wants is Ask.READ:
            after = process.after(node, Look(content))
            seen = Look(content, late=after is node)
        elif node.wants is Ask.NEWEST:
            seen = guard.newest((stamp, "a") for stamp in stamps)
        elif isinstance(node.wants, Batch) and node.wants.stamp in stamps:
            seen = Seen.TAKEN
        else:
            content = content.after(node.wants)
            stamps = stamps | {node.wants.stamp} if isinstance(node.wants, Batch) else stamps
        node = process.after(node, seen)
    return content, stamps, node


def _is_tie(content: Content, uses: int) -> bool:
    """H20: more live claims of different requests on one code, or holders of one code, than there may be."""
    holders: dict[str, set[str]] = {}
    for claim in content.live_claims():
        holders.setdefault(f"use {claim.code}", set()).add(claim.request_id)
    if any(len(found) > uses for found in holders.values()):
        return True
    rows: dict[str, set[str]] = {}
    for row in content.live_codes():
        rows.setdefault(row.code, set()).add(row.subscriber_id)
    return any(len(found) > 1 for found in rows.values())
