from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from functions.local.shift import deleted, inserted, moved

LINES = range(12)


def permuted(start: int, stop: int, destination: int) -> list[int]:
    """The old index of each line after the move."""
    rest = [line for line in LINES if not start <= line < stop]
    place = sum(line < destination for line in rest)
    return [*rest[:place], *range(start, stop), *rest[place:]]


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    low = draw(st.integers(0, 11))
    return low, draw(st.integers(low + 1, 12))


@given(block=spans(), area=spans(), destination=st.integers(0, 12))
def test_a_moved_range_is_where_its_lines_went_or_where_those_are_that_stayed(
    block: tuple[int, int], area: tuple[int, int], destination: int
) -> None:
    start, stop = block
    assume(not start <= destination <= stop)
    order = permuted(start, stop, destination)
    places = sorted(order.index(line) for line in range(*area))
    if places[-1] - places[0] + 1 != len(places):  # the move tore it: what stayed together counts
        places = sorted(order.index(line) for line in range(*area) if not start <= line < stop)
    assert moved(start, stop, destination)(*area) == (places[0], places[-1] + 1)


@given(area=spans(), at=st.integers(0, 12), count=st.integers(1, 5))
def test_what_was_inserted_can_be_deleted_again(area: tuple[int, int], at: int, count: int) -> None:
    grown = inserted(at, count)(*area)
    assert grown is not None
    assert deleted(at, count)(*grown) == area
