"""Every interleaving of a scenario's processes, breadth first, so that the first trace to a fault is a shortest one.

A state is the sheet (cells and stamps), the batches in flight, what each process has become (`process.Node`), and how
many faults may still happen. Left out, because nothing shared is touched by it: a read that shows a process nothing
new, a crash before anything was sent since the last write, and the order of a refused write and what others do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from unittest import mock

from aftermath import Aftermath
from checks import Checks
from functions import committer, guard
from model import Batch, Content, Google, Write, cached_tables
from process import Ask, Look, Observation, Process, Seen, Told
from scenarios import Scenario


class State(NamedTuple):
    """`sent` has each process's validated batch that is not applied yet; `loose` ones have lost their caller."""

    content: Content
    stamps: frozenset[int]
    nodes: tuple[int, ...]
    crashed: tuple[bool, ...]
    sent: tuple[bool, ...]
    loose: tuple[Write, ...]
    crashes: int
    losses: int


@dataclass
class Result:
    """What a search came to; a fault's text -> its first trace. `ties` are the orphans that H20 allows."""

    states: int = 0
    complete: bool = True
    faults: dict[str, list[str]] = field(default_factory=dict)
    ties: int = 0
    executions: int = 0
    quiet: int = 0
    lost: int = 0


class Explorer:
    """Searches one scenario under one model of Google."""

    def __init__(
        self, scenario: Scenario, google: Google, *, crashes: int, losses: int, cap: int = 10**9, merges: bool = True
    ) -> None:
        self.google = google
        self.scenario = scenario
        self.cap = cap
        self.result = Result()
        self.budget = (crashes, losses)
        with mock.patch.object(committer, "tables_of", cached_tables):
            self.processes = [Process(script, merges=merges) for script in scenario.scripts]
        self.checks = Checks(dict(scenario.all_calls()), scenario.uses, scenario.limit)
        self._parents: dict[State, tuple[State, str] | None] = {}
        self._aftermath = Aftermath(self.checks)
        self._settled: dict[object, tuple[list[str], int]] = {}

    def run(self, *, first_fault: bool = False) -> Result:
        with mock.patch.object(committer, "tables_of", cached_tables):
            self._search(first_fault=first_fault)
        self.result.states = len(self._parents)
        self.result.executions = sum(each.executions for each in self.processes)
        return self.result

    def _search(self, *, first_fault: bool) -> None:
        many = len(self.processes)
        nodes = tuple(process.first.number for process in self.processes)
        none = (False,) * many
        start = State(self.scenario.content, frozenset(), nodes, none, none, self.scenario.staff, *self.budget)
        self._parents[start] = None
        queue = deque([start])
        while queue:
            state = queue.popleft()
            if len(self._parents) > self.cap:
                self.result.complete = False
                return
            moves = list(self._moves(state))
            if not moves:
                self._check_quiet(state)
            for text, after, answer in moves:
                if after in self._parents:
                    continue
                self._parents[after] = (state, text)
                wrong = self.checks.of_state(after.content, self._told(after))
                if answer:
                    wrong = [*wrong, *(fault for told in answer[1] for fault in self.checks.of_answer(answer[0], told))]
                if wrong:
                    self._note(after, wrong)
                else:
                    queue.append(after)
            if first_fault and self.result.faults:
                return

    # What can happen next.

    def _moves(self, state: State) -> Iterator[Move]:  # noqa: C901 - one place says what comes before what
        eager = [move for index in range(len(self.processes)) for move in self._refused(state, index)]
        if eager:
            yield from eager
            return
        moved = False
        waiting = []
        for index, process in enumerate(self.processes):
            node = process.nodes[state.nodes[index]]
            if state.crashed[index] or node.wants is Ask.NOTHING or not self._may_start(state, process):
                continue
            if node.wants is Ask.READ:
                if process.after(node, Look(state.content)) is node:
                    waiting.append(index)
                    continue
                yield self._step(state, index, Look(state.content), "reads")
            elif node.wants is Ask.NEWEST:
                yield self._step(state, index, guard.newest((stamp, "a") for stamp in state.stamps), "reads the stamps")
            else:
                yield from self._write(state, index, node.wants)
            moved = True
        for write in dict.fromkeys(state.loose):
            yield self._land_late(state, write)
        if moved:
            return
        for index in waiting:
            yield self._step(state, index, Look(state.content, late=True), "reads at its deadline")
        for write in () if waiting else dict.fromkeys(state.loose):
            rest = list(state.loose)
            rest.remove(write)
            yield f"{write} never lands", state._replace(loose=tuple(rest)), None

    def _may_start(self, state: State, process: Process) -> bool:
        """A call that follows another begins once that one is answered, or its process has died."""
        if not process.script.after:
            return True
        for index, other in enumerate(self.processes):
            if process.script.after in dict(other.script.calls):
                told = other.nodes[state.nodes[index]].told
                return state.crashed[index] or any(each.label == process.script.after for each in told)
        return True

    def _refused(self, state: State, index: int) -> Iterator[Move]:
        """A batch whose stamp exists is refused, whatever others do meanwhile: no choice, so it comes first."""
        node = self.processes[index].nodes[state.nodes[index]]
        if state.crashed[index] or state.sent[index]:
            return
        if isinstance(node.wants, Batch) and node.wants.stamp in state.stamps:
            yield self._step(state, index, Seen.TAKEN, f"sends {node.wants}: refused")
            yield from self._lost(state, index, node.wants)

    def _write(self, state: State, index: int, write: Write) -> Iterator[Move]:
        guarded = isinstance(write, Batch)
        if guarded and self.google.is_snapshot and not state.sent[index]:
            sent = _put(state.sent, index, new=True)
            yield f"{self._name(index)} sends {write}", state._replace(sent=sent), None
            yield from self._lost(state, index, write)
            yield from self._loosened(state, index, write)
            return
        landed = self._landed(state, write)._replace(sent=_put(state.sent, index, new=False))
        text = f"{'batch of ' if guarded else ''}{write} is applied"
        yield self._step(landed, index, Seen.DONE, text)
        if guarded and self.google.is_snapshot:
            if state.losses and not self.google.is_late:
                yield self._step(_spend(landed, losses=1), index, Seen.UNANSWERED, f"{text}, not answered")
            return
        yield from self._lost(state, index, write)
        yield from self._loosened(state, index, write)
        if not self.google.is_late:
            if state.losses:
                yield self._step(_spend(landed, losses=1), index, Seen.UNANSWERED, f"{text}, not answered")
            if state.crashes:
                yield f"{self._name(index)}: {text}; it dies", self._dead(landed, index), None

    def _lost(self, state: State, index: int, write: Write) -> Iterator[Move]:
        if state.losses:
            text = f"sends {write}: lost, not answered"
            yield self._step(_spend(state, losses=1), index, Seen.UNANSWERED, text)

    def _loosened(self, state: State, index: int, write: Write) -> Iterator[Move]:
        """The caller gives up or dies while its write is under way."""
        loose = state._replace(loose=tuple(sorted((*state.loose, write), key=str)))
        if state.losses and self.google.is_late:
            text = f"sends {write}: under way, not answered"
            yield self._step(_spend(loose, losses=1), index, Seen.UNANSWERED, text)
        if state.crashes and (self.google.is_late or (self.google.is_snapshot and isinstance(write, Batch))):
            yield f"{self._name(index)} sends {write} and dies", self._dead(loose, index), None
        elif state.crashes and self.google is Google.SNAPSHOT:
            yield (
                f"{self._name(index)}: {write} is applied; it dies",
                self._dead(self._landed(state, write), index),
                None,
            )

    def _land_late(self, state: State, write: Write) -> Move:
        rest = list(state.loose)
        rest.remove(write)
        without = state._replace(loose=tuple(rest))
        if isinstance(write, Batch) and not self.google.is_snapshot and write.stamp in state.stamps:
            return f"late {write} is refused", without, None
        return f"late {write} is applied", self._landed(without, write), None

    def _landed(self, state: State, write: Write) -> State:
        stamps = state.stamps | {write.stamp} if isinstance(write, Batch) else state.stamps
        return state._replace(content=state.content.after(write), stamps=stamps)

    def _dead(self, state: State, index: int) -> State:
        return _spend(state, crashes=1)._replace(crashed=_put(state.crashed, index, new=True))

    def _step(self, state: State, index: int, observation: Observation, text: str) -> Move:
        process = self.processes[index]
        node = process.nodes[state.nodes[index]]
        after = process.after(node, observation)
        text = f"{self._name(index)} {text}"
        answer = None
        new = after.told[len(node.told) :]
        if new:
            text += "".join(f" => {told.label} is told {told.word}" for told in new)
            answer = (observation.content if isinstance(observation, Look) else node.last_read(), new)
        return text, state._replace(nodes=_put(state.nodes, index, new=after.number)), answer

    # What is wrong.

    def _told(self, state: State) -> frozenset[Told]:
        nodes = zip(self.processes, state.nodes, strict=True)
        return frozenset(told for process, number in nodes for told in process.nodes[number].told)

    def _check_quiet(self, state: State) -> None:
        self.result.quiet += 1
        told = self._told(state)
        stuck = [
            process.script.name
            for process, number, dead in zip(self.processes, state.nodes, state.crashed, strict=True)
            if not dead and process.nodes[number].wants is not Ask.NOTHING
        ]
        if stuck:
            self._note(state, [f"{', '.join(stuck)} can never go on"])
            return
        crashed = [self._name(index) for index, dead in enumerate(state.crashed) if dead]
        self._note(state, self.checks.of_quiet(state.content, told, crashed))
        key = (id(state.content), state.stamps, told)
        if key not in self._settled:
            self._settled[key] = self._aftermath.of(state.content, state.stamps, told)
        faults, ties = self._settled[key]
        if ties and not faults:
            died = (state.crashes, state.losses) != self.budget or any(
                process.nodes[number].exhausted for process, number in zip(self.processes, state.nodes, strict=True)
            )
            allowed = self.google.is_snapshot and died
            self.result.ties += ties if allowed else 0
            faults = [] if allowed else ["a repeat long after is busy because of a tie"]
        self._note(state, faults)

    def _note(self, state: State, faults: list[str]) -> None:
        for fault in faults:
            if fault not in self.result.faults:
                self.result.faults[fault] = self.trace(state)

    def trace(self, state: State) -> list[str]:
        steps = []
        found = self._parents[state]
        while found is not None:
            steps.append(found[1])
            found = self._parents[found[0]]
        return steps[::-1]

    def _name(self, index: int) -> str:
        return self.processes[index].script.name


Move = tuple[str, State, tuple[Content, tuple[Told, ...]] | None]


def _put(values: tuple, index: int, *, new: object) -> tuple:
    return (*values[:index], new, *values[index + 1 :])


def _spend(state: State, *, crashes: int = 0, losses: int = 0) -> State:
    return state._replace(crashes=state.crashes - crashes, losses=state.losses - losses)
