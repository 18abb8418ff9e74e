"""`promosheet local`: what it prints, what it serves, what it keeps, how it ends."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from updates import message

from functions.cli import main
from functions.local.example import BOT_KEY, TILL_KEY
from functions.local.functions_process import environment
from functions.local.one_port import ADMIN_KEY
from functions.local.server import LocalSheets

COMMAND = str(Path(sys.executable).with_name("promosheet"))


@contextmanager
def started(*words: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The command, its address and what it printed; in the end it must have been ended by the test."""
    with subprocess.Popen(
        [COMMAND, "local", "--port", "0", *words],
        env=environment({"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **variables}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C ends it" in line:
                break
        try:
            found = re.search(r"(http://localhost:\d+)/sheet", printed)
            assert found is not None, printed
            yield process, found[1], printed
        finally:
            process.terminate()
            process.wait(30)


def call(url: str, key: str, **body: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.post(url, json=body, headers={"X-Api-Key": key}, timeout=20).json()
    return found


def test_bothelp_is_played_if_asked_for() -> None:
    with started("--with-bothelp") as (_, base, printed):
        webhook = re.search(r"curl '(\S+)' -d '(.*)'", printed)
        assert webhook is not None
        issued = requests.post(webhook[1], data=webhook[2], timeout=20).json()
        seen = requests.get(f"{base}/bothelp/subscribers", timeout=10).json()["1849"]
        assert (issued["status"], seen["fields"]["promo_code"]) == ("issued", issued["code"])
        assert (seen["tags"], seen["steps"]) == (["promo_issued"], [["c17", "s18"]])


def test_without_it_nothing_is_pushed() -> None:
    with started() as (_, base, printed):
        assert "bothelp" not in printed
        answer = requests.post(f"{base}/bot/bothelp?key={BOT_KEY}", json={"bothelp_user_id": 1}, timeout=10)
        assert answer.status_code == 404


def children(process: subprocess.Popen[str]) -> list[int]:
    """Processes that *process* started, and theirs."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    parents = dict(tuple(map(int, line.split())) for line in listed.splitlines())
    found = [process.pid]
    for parent in found:
        found += [pid for pid, of in parents.items() if of == parent]
    return found[1:]


def test_everything_is_behind_one_port() -> None:
    with started(TZ="Asia/Almaty") as (process, base, printed):
        assert printed.splitlines()[0].endswith(f"{base}/sheet")
        assert "Nothing is kept" in printed
        page = requests.get(base, timeout=10)
        assert (page.url, page.headers["Content-Type"]) == (f"{base}/sheet", "text/html; charset=utf-8")
        book = requests.get(f"{base}/v4/spreadsheets/local", timeout=10).json()
        assert (book["properties"]["locale"], book["properties"]["timeZone"]) == ("en_US", "Asia/Almaty")
        issued = call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="1")
        assert issued["status"] == "issued"
        assert call(f"{base}/till/redeem", TILL_KEY, code=issued["code"])["status"] == "redeemed"
        assert call(f"{base}/till/check", ADMIN_KEY, code=issued["code"])["valid"] is False
        assert requests.post(f"{base}/bot/issue", timeout=10).status_code == 401
        assert requests.get(f"{base}/tasks", timeout=10).status_code == 404
        curl = re.search(r"curl -X POST '(\S+)' -H 'X-Api-Key: (\S+)'", printed)
        assert curl is not None
        assert call(curl[1], curl[2])["status"] == "issued"
        telegram = re.search(r"(http://\S+/bot/telegram) +(\S+): (\S+)", printed)
        assert telegram is not None
        update = message("/start spring", {"id": 77})
        answer = requests.post(telegram[1], json=update, headers={telegram[2]: telegram[3]}, timeout=20).json()
        assert (answer["method"], answer["chat_id"]) == ("sendMessage", 77)
        started_by_it = children(process)
        assert started_by_it
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert not any(Path(f"/proc/{pid}").exists() for pid in started_by_it)


def test_a_person_signs_in_at_the_till_page_and_redeems_there() -> None:
    with started() as (_, base, printed), requests.Session() as browser:
        shown = re.search(r"The till page: +(\S+) +sign in with (\S+)", printed)
        assert shown is not None
        assert requests.get(f"{base}/till", timeout=20).url == shown[1] == f"{base}/till/"
        page = browser.get(shown[1], timeout=20)
        named = re.findall(r'(?:src|href)="(static/[^"]+)"', page.text)
        assert [browser.get(shown[1] + each, timeout=20).status_code for each in named] == [200] * len(named)
        own = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
        known = browser.post(f"{base}/till/session", json={"key": shown[2]}, headers=own, timeout=20).json()
        code = call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="9")["code"]
        more = own | {"X-Csrf-Token": known["csrf"]}
        done = browser.post(f"{base}/till/redeem", json={"code": code}, headers=more, timeout=20).json()
        assert (done["status"], done["by"]) == ("redeemed", known["till"])
        assert [each["code"] for each in browser.get(f"{base}/till/today", timeout=20).json()["redemptions"]] == [code]
        tag = browser.get(shown[1] + named[0], timeout=20).headers["ETag"]
        again = browser.get(shown[1] + named[0], headers={"If-None-Match": tag}, timeout=20)
        assert (again.status_code, again.content) == (304, b"")
        assert browser.delete(f"{base}/till/session", headers=more, timeout=20).ok
        assert browser.get(f"{base}/till/today", timeout=20).status_code == 401


def test_a_machine_that_speaks_russian_gets_a_russian_sheet() -> None:
    with started(LC_ALL="ru_RU.UTF-8") as (_, base, _):
        sheets = requests.get(f"{base}/v4/spreadsheets/local?fields=sheets.properties.title", timeout=10).json()[
            "sheets"
        ]
        assert [each["properties"]["title"] for each in sheets][:3] == ["С чего начать", "Промокоды", "Погашения"]
        assert "Ваш промокод" in call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="1")["message"]
        assert call(f"{base}/bot/issue?campaign=gifts", BOT_KEY, subscriber_id="1")["status"] == "campaign_inactive"


def test_with_data_everything_is_there_again_after_sigterm(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for it"
    with started("--data", str(folder)) as (process, base, printed):
        assert f"Kept in {folder / 'sheets.sqlite'}" in printed
        code = call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="1")["code"]
        before = requests.get(f"{base}/v4/spreadsheets/local?includeGridData=true", timeout=120).json()
        process.terminate()
        assert process.wait(30) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["sheets.sqlite"]
    with started("--data", str(folder), LC_ALL="ru_RU.UTF-8") as (_, base, _):
        after = requests.get(f"{base}/v4/spreadsheets/local?includeGridData=true", timeout=120).json()
        assert after == before
        again = call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="1")
        assert (again["status"], again["code"]) == ("already_issued", code)
        assert call(f"{base}/bot/issue?campaign=spring", BOT_KEY, subscriber_id="2")["status"] == "issued"
        in_use = subprocess.run(
            [COMMAND, "local", "--port", "0", "--data", str(folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (in_use.returncode, in_use.stdout) == (1, "")
        assert in_use.stderr.endswith("is in use by another server.\n")


def test_functions_that_are_gone_are_told_in_one_sentence() -> None:
    with started() as (process, base, _):
        for pid in reversed(children(process)):
            os.kill(pid, signal.SIGKILL)
        answer = requests.post(f"{base}/bot/issue", timeout=10)
        assert answer.status_code == 502
        assert "The functions do not answer" in answer.json()["error"]["message"]
        assert requests.get(f"{base}/sheet", timeout=10).ok
        process.terminate()
        assert process.wait(30) == 0


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(foreign, "belongs to another program", id="another program's"),
        pytest.param(lambda path: path.write_bytes(b"x" * 5000), "is damaged or is no sheet file", id="damaged"),
        pytest.param(lambda path: path.mkdir(), "cannot be opened", id="a folder"),
    ],
)
@pytest.mark.parametrize("command", ["local", "emulator"])
def test_a_file_that_cannot_be_used_is_one_sentence(command: str, make: Any, told: str, tmp_path: Path) -> None:
    make(tmp_path / "sheets.sqlite")
    ended = CliRunner().invoke(main, [command, "--port", "0", "--data", str(tmp_path)])
    assert (ended.exit_code, told in ended.output, ended.output.count("\n")) == (1, True, 1)


def test_a_folder_that_cannot_be_made_and_a_port_in_use_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    ended = CliRunner().invoke(main, ["local", "--port", "0", "--data", str(tmp_path / "file" / "below")])
    assert (ended.exit_code, "cannot be made" in ended.output, ended.output.count("\n")) == (1, True, 1)
    with LocalSheets() as server:
        ended = CliRunner().invoke(main, ["local", "--port", server.base_url.rpartition(":")[2]])
    assert (ended.exit_code, "cannot be used" in ended.output, ended.output.count("\n")) == (1, True, 1)


def test_the_emulator_keeps_a_file_that_is_there_as_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.sqlite"
    with LocalSheets(data=file) as server:
        server.create("other")
    with subprocess.Popen(
        [COMMAND, "emulator", "--port", "0", "--data", str(file)],
        env=environment({}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        answer = requests.get(f"{found[0]}/v4/spreadsheets/other?fields=spreadsheetId", timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert answer.json() == {"spreadsheetId": "other"}
