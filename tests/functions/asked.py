"""What a request has outside the door, as the framework gives it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def headers_of(sent: Mapping[str, str]) -> Callable[[str], str]:
    """Finds a header by its name in any case."""
    found = {name.lower(): value.strip() for name, value in sent.items()}
    return lambda name: found.get(name.lower(), "")


def length_of(announced: int | None) -> Callable[[], int | None]:
    """Content-Length."""
    return lambda: announced
