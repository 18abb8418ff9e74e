"""A process of ours, or of the rival, on a sheet of some size: CPU seconds and memory, as JSON.

python -m tests.bench.bench_growth ours|rival URL SIZE
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

from tests.bench import bench_book as book
from tests.bench.bench_processes import most_mib

TIMES = 3
_PLACE = quote("'Promo codes'!A:C")
Measured = dict[str, float]


def cpu_of(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


def median(run: Callable[[], object], before_each: Callable[[], object] = lambda: None) -> float:
    found = []
    for _ in range(TIMES):
        before_each()
        found.append(cpu_of(run))
    return statistics.median(found)


def read_bytes(url: str) -> int:
    return int(requests.get(f"{url}/bench", timeout=60).json()["bytes"])


def ours(url: str, size: int) -> Measured:
    from functions.committer import Committer  # noqa: PLC0415 - the rival does not pay for it
    from functions.pacing import Pacing  # noqa: PLC0415
    from functions.promo import Caller, CheckCall, IssueCall, Role  # noqa: PLC0415
    from functions.sheet import GoogleSheet  # noqa: PLC0415
    from functions.world import RealWorld  # noqa: PLC0415

    pacing = Pacing(60_000, 60_000)
    sheet = GoogleSheet("local", url, RealWorld(), pacing)
    committer = Committer(sheet, RealWorld(), book.CODE_KEY.encode(), 60.0, lambda *_: None, pacing)
    decide, decisions = committer._decide, list[float]()

    def timed(*what: Any) -> Any:
        before = time.thread_time()
        decided = decide(*what)
        decisions.append(time.thread_time() - before)
        return decided

    vars(committer)["_decide"] = timed
    bot, holder, numbers = Caller("bot", Role.BOT), size - 1, iter(range(size + 1, size + 1000))

    def issue() -> None:
        call = IssueCall(caller=bot, campaign=book.CAMPAIGN, subscriber_id=book.subscriber(next(numbers)))
        assert committer.submit(call).outcome.word == "issued"

    def check() -> None:
        call = CheckCall(caller=bot, code=book.code_of(holder), subscriber_id=book.subscriber(holder))
        assert committer.submit(call).outcome.word == "valid"

    staff = Staff(url, sheet.layout(60).tabs["codes"].sheet_id)
    found = {"first": cpu_of(check)}
    before = read_bytes(url)
    check()
    found["bytes"] = read_bytes(url) - before
    found["same"] = median(check)
    decisions.clear()
    found["issue"] = median(issue)
    found["decision"] = statistics.median(decisions)
    found["added"] = median(check, before_each=lambda: staff.type_a_code(next(numbers)))
    found["sorted"] = median(check, before_each=staff.sort)
    found["mib"] = most_mib()
    return found


class Staff:
    """What somebody else does to the sheet between two reads."""

    def __init__(self, url: str, sheet_id: int) -> None:
        self._url = f"{url}/v4/spreadsheets/local"
        self._sheet_id = sheet_id
        self._up = False

    def type_a_code(self, number: int) -> None:
        """A row below the last."""
        row = [f"TYPED-{number}", book.CAMPAIGN, book.subscriber(number)]
        place = f"{self._url}/values/{_PLACE}:append?valueInputOption=RAW"
        requests.post(place, json={"values": [row]}, timeout=60).raise_for_status()

    def sort(self) -> None:
        """All rows by code, the other way round each time: nothing stands where it stood."""
        self._up = not self._up
        by = {"dimensionIndex": 0, "sortOrder": "ASCENDING" if self._up else "DESCENDING"}
        area = {"sheetId": self._sheet_id, "startRowIndex": 1}
        body = {"requests": [{"sortRange": {"range": area, "sortSpecs": [by]}}]}
        requests.post(f"{self._url}:batchUpdate", json=body, timeout=300).raise_for_status()


def rival(url: str, size: int) -> Measured:
    import gspread  # noqa: PLC0415
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415
    from gspread.http_client import HTTPClient  # noqa: PLC0415

    class Redirected(HTTPClient):
        def request(self, method: str, endpoint: str, *args: object, **options: object) -> object:
            endpoint = endpoint.replace("https://sheets.googleapis.com", url)
            return super().request(method, endpoint, *args, **options)

    tab = gspread.Client(auth=AnonymousCredentials(), http_client=Redirected).open_by_key("local").worksheet("Codes")
    code, numbers = book.code_of(size - 1), iter(range(size + 1, size + 1000))

    def check() -> None:
        assert tab.find(code) is not None

    def issue() -> None:
        new = book.subscriber(next(numbers))
        assert tab.find(new) is None
        tab.append_row([f"SPRING-{new}", book.CAMPAIGN, new, "", "2026-01-01 12:00:00", "unused"])

    before = read_bytes(url)
    found = {"first": cpu_of(check)}
    found["bytes"] = read_bytes(url) - before
    found["same"], found["issue"] = median(check), median(issue)
    found["mib"] = most_mib()
    return found


def main(who: str, url: str, size: str) -> None:
    print(json.dumps({"ours": ours, "rival": rival}[who](url, int(size))))


if __name__ == "__main__":
    main(*sys.argv[1:])
