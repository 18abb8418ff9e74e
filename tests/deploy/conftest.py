from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_google import running
from stubbed import Shop

from cloud import Cloud, cloud


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A project of Google's after the first run with the real gcloud; tests look at `made`, and at what was sent."""
    with running() as google:
        found = cloud(google, tmp_path_factory.mktemp("cloud"))
        found.first_run()
        yield found
