from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sheet_client import Client

from functions.local.server import LocalSheets

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[LocalSheets]:
    with LocalSheets() as found:
        found.create("local", title="Local", locale="en_US", time_zone="Etc/GMT")
        yield found


@pytest.fixture
def client(server: LocalSheets) -> Iterator[Client]:
    found = Client(server)
    yield found
    found.connection.close()
