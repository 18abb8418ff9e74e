"""Groups of rows or columns as depths: a group over a range makes everything in it one deeper.

A list of groups is read as the depth of each line, changed there, and read back: at each depth the longest runs that
are at least so deep. So groups that touch at one depth are one group, as in Google's own examples.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.local.model import Json

Span = tuple[int, int]
Step = tuple[int, int, int]  # start, end, depth


def regrouped(groups: list[Json], added: Iterable[Span] = (), removed: Iterable[Span] = ()) -> list[Json]:
    """Groups of one dimension after making the *added* spans one deeper and the *removed* ones one less deep.

    Ordered by start, then by depth. A group that is still there stays collapsed.
    """
    spans = [span_of(group) for group in groups] + list(added)
    less = list(removed)
    runs = _runs(_steps(spans, less))
    return [_group(groups, run, runs) for run in runs]


def span_of(group: Json) -> Span:
    """Start and end of a DimensionGroup."""
    return group["range"].get("startIndex", 0), group["range"]["endIndex"]


def _steps(spans: list[Span], less: list[Span]) -> list[Step]:
    cuts = sorted({cut for span in [*spans, *less] for cut in span})
    return [(start, end, max(_covers(spans, start) - _covers(less, start), 0)) for start, end in pairwise(cuts)]


def _covers(spans: list[Span], index: int) -> int:
    return sum(start <= index < end for start, end in spans)


def _runs(steps: list[Step]) -> list[Step]:
    runs: list[Step] = []
    for depth in range(1, max((step[2] for step in steps), default=0) + 1):
        level: list[Step] = []
        for start, end, deep in steps:
            if deep >= depth:
                joins = bool(level) and level[-1][1] == start
                first = level.pop()[0] if joins else start
                level.append((first, end, depth))
        runs += level
    return sorted(runs, key=lambda run: (run[0], run[2]))


def _group(old: list[Json], run: Step, runs: list[Step]) -> Json:
    start, end, depth = run
    collapsed = any(group.get("collapsed") and _became(group, old, run, runs) for group in old)
    kept = {"collapsed": True} if collapsed else {}
    return {"depth": depth, **kept, "range": {"startIndex": start, "endIndex": end}}


def _became(group: Json, old: list[Json], run: Step, runs: list[Step]) -> bool:
    """Whether *run* is what *group* became: its own range, or, where that is gone, as deep and sharing a line."""
    start, end, depth = run
    low, high = span_of(group)
    if (low, high) in {(one[0], one[1]) for one in runs} or (start, end) in map(span_of, old):
        return (start, end) == (low, high)
    return group["depth"] == depth and low < end and start < high
