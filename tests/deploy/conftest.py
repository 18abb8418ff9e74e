from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_google import running
from real_gcloud import Cloud, cloud
from stubbed import WITH_ID, Ran, Shop


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


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Ran]:
    """A shop after its first run: for tests that only look."""
    shop = Shop(tmp_path_factory.mktemp("first"))
    ran = shop.deploy(*WITH_ID, "--email", "boss@shop.example", "--language", "ru")
    assert ran.status == 0, ran.err
    return shop, ran
