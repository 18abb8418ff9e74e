"""Promo codes as a good engineer would build them in an afternoon: gspread, no quota plan, no guard.

Served by functions-framework with as many threads as Promosheet. A tab "Codes", one row a code. RIVAL_LOCK=1 takes one
lock around each call, as Apps Script's LockService would.

    issue    `find` the subscriber, else `append_row`: a read and a write (two reads and no write for a repeat)
    redeem   all rows in one read, since `find` would take two for the code and then its status; then one write
    check    the same read

What is beyond the quota is tried again after a pause that doubles, until DEADLINE_S; then `busy`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import flask
import functions_framework
import gspread
from google.auth.credentials import AnonymousCredentials
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient

ENDPOINT = os.environ["SHEETS_API_ENDPOINT"]
KEY = os.environ["RIVAL_KEY"]
DEADLINE_S = float(os.environ.get("REQUEST_DEADLINE_S", "8"))
#: Columns of Promo code, Campaign, Subscriber ID, Name, Issue date, Status, Usage channel, Used on.
CODE, SUBSCRIBER, STATUS = 1, 3, 6
ZONE = ZoneInfo("Europe/Moscow")
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
T = TypeVar("T")

_lock = threading.Lock() if os.environ.get("RIVAL_LOCK") else None
_opening = threading.Lock()
_opened: list[gspread.Worksheet] = []


class Redirected(HTTPClient):
    """gspread knows Google's address alone."""

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> Any:
        endpoint = endpoint.replace("https://sheets.googleapis.com", ENDPOINT)
        return super().request(method, endpoint, *args, **options)


def worksheet() -> gspread.Worksheet:
    """The tab, opened once a process."""
    with _opening:
        if not _opened:
            client = gspread.Client(auth=AnonymousCredentials(), http_client=Redirected)
            client.http_client.session.trust_env = False
            _opened.append(client.open_by_key("local").worksheet("Codes"))
    return _opened[0]


def patiently(call: Callable[[], T], deadline: float) -> T:
    """Call; what is beyond the quota again, after a pause that doubles. Raises TimeoutError."""
    pause = 0.5
    while True:
        try:
            return call()
        except APIError as error:
            if error.code != HTTPStatus.TOO_MANY_REQUESTS:
                raise
        pause = min(pause * 2, 4.0)
        wait = random.uniform(pause / 2, pause)
        if time.monotonic() + wait >= deadline:
            raise TimeoutError
        time.sleep(wait)


@contextlib.contextmanager
def alone(deadline: float) -> Iterator[None]:
    """One call at a time, if there is a lock. Raises TimeoutError."""
    if _lock is None:
        yield
        return
    if not _lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
        raise TimeoutError
    try:
        yield
    finally:
        _lock.release()


def now() -> str:
    return datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def issue(body: dict[str, str], deadline: float) -> dict[str, str]:
    tab, subscriber = patiently(worksheet, deadline), body["subscriber_id"]
    found = patiently(lambda: tab.find(subscriber, in_column=SUBSCRIBER), deadline)
    if found is not None:
        row = patiently(lambda: tab.row_values(found.row), deadline)
        return {"status": "already_issued", "code": row[CODE - 1]}
    code = "SPRING-" + "".join(secrets.choice(LETTERS) for _ in range(10))
    new = [code, body["campaign"], subscriber, body.get("name", ""), now(), "unused"]
    patiently(lambda: tab.append_row(new), deadline)
    return {"status": "issued", "code": code}


def look_up(body: dict[str, str], deadline: float) -> tuple[gspread.Worksheet, int, str]:
    """The tab, the row of a code (0 for none) and its status."""
    tab = patiently(worksheet, deadline)
    rows = patiently(tab.get_all_values, deadline)
    for number, row in enumerate(rows, start=1):
        if row[CODE - 1] == body["code"]:
            return tab, number, row[STATUS - 1]
    return tab, 0, ""


def check(body: dict[str, str], deadline: float) -> dict[str, str]:
    _, row, status = look_up(body, deadline)
    return {"status": {"": "not_found", "unused": "valid"}.get(status if row else "", "already_used")}


def redeem(body: dict[str, str], deadline: float) -> dict[str, str]:
    tab, row, status = look_up(body, deadline)
    if not row:
        return {"status": "not_found"}
    if status != "unused":
        return {"status": "already_used"}
    used = [["used", body.get("channel", ""), now()]]
    patiently(lambda: tab.update(used, f"F{row}:H{row}"), deadline)
    return {"status": "redeemed"}


@functions_framework.http
def rival(request: flask.Request) -> tuple[str, int]:
    """Answer /issue, /check and /redeem, under any prefix."""
    if request.headers.get("X-Api-Key") != KEY:
        return '{"status":"unauthorized"}', 401
    deadline = time.monotonic() + DEADLINE_S
    act = {"issue": issue, "check": check, "redeem": redeem}[request.path.rpartition("/")[2]]
    try:
        with alone(deadline):
            return json.dumps(act(request.get_json(), deadline)), 200
    except TimeoutError:
        return '{"status":"busy"}', 503
