"""A till's day through the real functions-framework, on a sheet that staff edit meanwhile."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import functions_framework
import pytest
from flask import Flask
from flask.testing import FlaskClient
from local_sheet import Staff, spreadsheet
from test_http import ADMIN_KEY, MAIN, TILL_KEY, settings

MOSCOW = ZoneInfo("Europe/Moscow")


class Counter:
    """A browser at the till page, with its cookies."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client = client
        self.csrf = client.post("/till/session", json={"key": key}).json["csrf"]  # type: ignore[index]

    def post(self, path: str, **body: str) -> dict[str, Any]:
        own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-Csrf-Token": self.csrf}
        found: dict[str, Any] = self.client.post(f"/till/{path}", json=body, headers=own).json
        return found

    def today(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/till/today").json
        return found


@dataclass
class Shop:
    """The staff of the spreadsheet, and the functions in front of it; `log` is what they print."""

    staff: Staff
    app: Flask
    log: io.StringIO

    def counter(self, key: str = TILL_KEY) -> Counter:
        return Counter(self.app.test_client(), key)


@contextmanager
def opened(language: str) -> Iterator[Shop]:
    with spreadsheet(language) as (server, _, staff), pytest.MonkeyPatch.context() as patch:
        staff.type_row("campaigns", 2, campaign="spring", discount="15 %", uses_per_code="2")
        for number in range(4):
            staff.type_row("codes", 2 + number, code=f"HAND-{number}", campaign="spring", name="Anna Petrova")
        for name, value in settings(server).items():
            patch.setenv(name, value)
        log = io.StringIO()
        patch.setattr(sys, "stdout", log)  # they take it when they are loaded
        app = functions_framework.create_app("promosheet", MAIN)
        patch.undo()
        yield Shop(staff, app, log)


@pytest.fixture
def fresh() -> Iterator[Shop]:
    with opened("en") as found:
        yield found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with opened("en") as found:
        yield found


def test_a_day_at_the_till(fresh: Shop) -> None:
    till, owner = fresh.counter(), fresh.counter(ADMIN_KEY)
    before = datetime.now(MOSCOW) - timedelta(seconds=2)
    assert till.post("check", code="hand 1")["valid"] is True
    assert till.post("redeem", code="HAND-1", request_id="r1", reference="A-7")["status"] == "redeemed"
    assert till.post("redeem", code="HAND-2", request_id="r2")["status"] == "redeemed"
    assert till.post("rollback", code="HAND-2", request_id="r2")["status"] == "rolled_back"
    assert owner.post("redeem", code="HAND-1", request_id="r3")["status"] == "redeemed"
    if datetime.now(MOSCOW).date() != before.date():
        pytest.skip("midnight in Moscow came in between")
    found = till.today()
    assert (found["ok"], found["status"], found["till"], found["count"]) == (True, "listed", "main-street", 1)
    assert (found["date"], found["message"]) == (before.date().isoformat(), "Redeemed today: 1.")
    listed = {each["code"]: each for each in found["redemptions"]}  # in no certain order within one second
    assert {code: each["rolled_back"] for code, each in listed.items()} == {"HAND-2": True, "HAND-1": False}
    assert listed["HAND-1"] | {"time": ""} == {
        "time": "", "code": "HAND-1", "discount": "15 %", "first_name": "Anna", "usage_channel": "main-street",
        "by": "main-street", "reference": "A-7", "request_id": "r1", "rolled_back": False, "uses": 2, "uses_left": 0,
        "expiration_date": None,
    }  # fmt: skip
    time = datetime.fromisoformat(listed["HAND-1"]["time"])
    assert before <= time <= datetime.now(MOSCOW)
    assert time.utcoffset() == timedelta(hours=3)
    everything = owner.today()
    assert (everything["till"], everything["count"]) == ("owner", 2)
    assert sorted(each["by"] for each in everything["redemptions"]) == ["main-street", "main-street", "owner"]


def test_rows_that_staff_type_delete_and_move_are_what_is_listed(fresh: Shop) -> None:
    staff, till = fresh.staff, fresh.counter()
    now = datetime.now(MOSCOW)
    typed = [
        {"time": f"{now:%Y-%m-%d} 00:00:00", "code": "HAND-0", "by": "main-street", "reference": "at midnight"},
        {"time": f"{now - timedelta(days=1):%Y-%m-%d} 23:59:59", "code": "HAND-0", "by": "main-street"},
        {"time": f"{now:%Y-%m-%d} 00:00:01", "code": "HAND-0", "by": "side-street"},
        {"time": "some time today", "code": "HAND-0", "by": "main-street"},
        {"time": "", "code": "HAND-0", "by": "main-street"},
        {"time": f"{now:%Y-%m-%d} 00:00:02", "code": "NOBODY'S", "by": "main-street", "reference": "unknown code"},
    ]
    for number, cells in enumerate(typed):
        staff.type_row("redemptions", 2 + number, event="redeemed", **cells)
    if datetime.now(MOSCOW).date() != now.date():
        pytest.skip("midnight in Moscow came in between")
    found = till.today()
    assert [each["reference"] for each in found["redemptions"]] == ["unknown code", "at midnight"]
    assert found["count"] == 2
    staff.edit({"deleteDimension": {"range": staff.dimension("redemptions", 1, 2, "ROWS")}})
    assert [each["reference"] for each in till.today()["redemptions"]] == ["unknown code"]
    staff.edit({"deleteDimension": {"range": staff.dimension("codes", 1, 5, "ROWS")}})
    assert [each["code"] for each in till.today()["redemptions"]] == ["NOBODY'S"]


def test_a_list_costs_one_read_and_the_page_none(shop: Shop) -> None:
    staff, till = shop.staff, shop.counter()
    till.today()  # the first call reads where the columns are
    staff.server.requests.clear()
    for path in ("", "manifest.webmanifest", "static/till.js", "session", "openapi.json"):
        till.client.get(f"/till/{path}")
    assert staff.server.requests == {}
    till.today()
    assert sum(staff.server.requests.values()) == 1


def test_a_broken_sheet_is_a_problem(fresh: Shop) -> None:
    staff, till = fresh.staff, fresh.counter()
    staff.edit({"deleteSheet": {"sheetId": staff.sheet_id("redemptions")}})
    answer = till.client.get("/till/today")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json; charset=utf-8")
    assert (answer.json["reason"], answer.headers["Retry-After"]) == ("sheet_broken", "60")


@pytest.mark.parametrize(
    ("method", "key", "status"),
    [
        pytest.param("GET", TILL_KEY, 200, id="a till"),
        pytest.param("HEAD", TILL_KEY, 200, id="only the head"),
        pytest.param("GET", "", 401, id="nobody"),
        pytest.param("GET", "bot-key-0123456789", 403, id="a bot"),
        pytest.param("POST", TILL_KEY, 405, id="posted"),
    ],
)
def test_who_may_ask_for_the_list_and_how(shop: Shop, method: str, key: str, status: int) -> None:
    answer = shop.app.test_client().open("/till/today", method=method, headers={"X-Api-Key": key} if key else {})
    assert answer.status_code == status
    if status == 405:
        assert answer.headers["Allow"] == "GET, HEAD"


def test_once_the_sheet_was_read_the_page_speaks_its_language_and_knows_its_zone() -> None:
    with opened("ru") as shop:
        till = shop.counter()
        assert '<html lang="en"' in till.client.get("/till/").text
        assert (till.today()["language"], till.today()["message"]) == ("ru", "Погашено сегодня: 0.")
        page = till.client.get("/till/", headers={"Accept-Language": "en"}).text
        assert '<html lang="ru"' in page
        assert '"time_zone": "Europe/Moscow"' in page


def test_today_is_not_for_bots(shop: Shop) -> None:
    assert shop.app.test_client().get("/bot/today", headers={"X-Api-Key": ADMIN_KEY}).status_code == 404


def test_log_lines_of_a_till_say_which_and_hold_nothing_of_the_customer(shop: Shop) -> None:
    shop.log.seek(0)
    shop.log.truncate()
    till = shop.counter()
    till.post("redeem", code="HAND-3", request_id="secret-request", reference="order-99")
    assert "order-99" in str(till.today())
    lines = shop.log.getvalue()
    said = [json.loads(line) for line in lines.splitlines()]
    assert [(each["outcome"], each["caller"]) for each in said] == [
        ("signed_in", "main-street"),
        ("redeemed", "main-street"),
        ("listed", "main-street"),
    ]
    for secret in (TILL_KEY, till.csrf, "HAND-3", "order-99", "secret-request", "Anna"):
        assert secret not in lines
