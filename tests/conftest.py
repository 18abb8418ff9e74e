"""What tests of several folders share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is, and how busy, is nothing that a test may depend on.
settings.register_profile("promosheet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("promosheet")

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def untraced() -> Iterator[None]:
    """Coverage would follow every greenlet, and make a simulation several times slower."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


@pytest.fixture(scope="session")
def show(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print figures at the end of the run, also of tests that pass: what was played, what was found, and where."""
    return request.config.stash.setdefault(_FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(_FIGURES, [])
    if figures:
        terminalreporter.section("figures")
        for text in figures:
            terminalreporter.write_line(text.rstrip())
