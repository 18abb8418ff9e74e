"""The command: what it prints, how it ends, and the demo as an independent client sees it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from click.testing import CliRunner, Result
from google.auth.credentials import AnonymousCredentials
from local_sheet import Staff, spreadsheet

from functions.cli import main
from functions.local import demo, demo_bothelp
from functions.local.functions_process import environment
from functions.local.server import LocalSheets
from functions.sheet import GoogleSheet

COMMAND = str(Path(sys.executable).with_name("promosheet"))
GOOGLE = "https://sheets.googleapis.com"


def run(server: LocalSheets, *words: str, **variables: str) -> Result:
    settings = {"SHEETS_API_ENDPOINT": server.base_url, "SPREADSHEET_ID": "local"}
    return CliRunner().invoke(main, words, env=settings | variables)


@pytest.fixture
def empty() -> Iterator[LocalSheets]:
    with LocalSheets() as server:
        server.create("local", title="Test", time_zone="Europe/Moscow", locale="ru_RU")
        yield server


@pytest.fixture
def made() -> Iterator[tuple[LocalSheets, GoogleSheet, Staff]]:
    with spreadsheet() as found:
        yield found


def test_plan_apply_check_and_the_second_run_changes_nothing(empty: LocalSheets) -> None:
    planned = run(empty, "sheet", "plan")
    assert (planned.exit_code, "add tab 'Промокоды'" in planned.output) == (1, True)
    applied = run(empty, "sheet", "apply")
    assert (applied.exit_code, applied.output.splitlines()[-1]) == (0, "done: 9 steps")
    everything = f"{empty.base_url}/v4/spreadsheets/local?includeGridData=true"
    before = requests.get(everything, timeout=120).text
    again = run(empty, "sheet", "apply")
    assert (again.exit_code, again.output) == (0, "nothing was missing\n")
    assert requests.get(everything, timeout=120).text == before
    assert run(empty, "sheet", "plan").exit_code == 0
    checked = run(empty, "sheet", "check")
    assert (checked.exit_code, checked.output) == (0, "no problems\n")


def test_the_language_may_be_chosen(empty: LocalSheets) -> None:
    assert "add tab 'Promo codes'" in run(empty, "sheet", "apply", "--language", "en").output


def test_set_up_makes_a_sheet_that_staff_can_work_in(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    server, _, staff = made
    url = f"{server.base_url}/v4/spreadsheets/local?includeGridData=true"
    sheets = {each["properties"]["title"]: each for each in requests.get(url, timeout=120).json()["sheets"]}
    codes = sheets["Promo codes"]
    assert codes["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert codes["properties"]["gridProperties"]["columnCount"] == len(staff.language.columns["codes"])
    header, row = (codes["data"][0]["rowData"][place]["values"] for place in (0, 1))
    assert all(cell["userEnteredFormat"]["textFormat"]["bold"] for cell in header)
    by_title = dict(zip([cell["formattedValue"] for cell in header], row, strict=False))
    assert by_title["Promo code"]["userEnteredFormat"]["numberFormat"]["type"] == "TEXT"
    assert by_title["Issue date"]["userEnteredFormat"]["numberFormat"]["type"] == "DATE_TIME"
    assert by_title["Expiration date"]["userEnteredFormat"]["numberFormat"]["type"] == "DATE"
    choices = by_title["Status"]["dataValidation"]["condition"]
    assert [each["userEnteredValue"] for each in choices["values"]] == ["unused", "used", "void"]
    marks = [each["developerMetadata"][0]["metadataValue"] for each in codes["data"][0]["columnMetadata"]]
    assert marks[:3] == ["codes.code", "codes.campaign", "codes.subscriber_id"]
    assert sheets["_promosheet"]["properties"]["hidden"] is True


def test_check_says_what_is_wrong_and_ends_with_1(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    server, _, staff = made
    staff.type("'_promosheet'!A1", [["oops"]])
    staff.type_row("campaigns", 2, campaign="spring", valid_days="soon")
    checked = run(server, "sheet", "check")
    assert checked.exit_code == 1
    number, days, count = checked.output.splitlines()
    assert number.startswith("'_promosheet'!A1:") or days.startswith("'_promosheet'!A1:")
    assert "'Campaigns'!H2: 'soon' is not a whole number" in checked.output
    assert count == "2 problems"


def test_a_deleted_tab_is_named_in_one_line_and_apply_mends_it(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    server, _, staff = made
    staff.edit({"deleteSheet": {"sheetId": staff.sheet_id("pool")}})
    checked = run(server, "sheet", "check")
    assert (checked.exit_code, "'Code pool' is missing" in checked.output) == (1, True)
    assert "add tab 'Code pool'" in run(server, "sheet", "apply").output


def test_a_new_code_key_has_to_be_meant(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    server, _, _ = made
    accepted = run(server, "sheet", "apply", "--new-code-key", CODE_KEY="k" * 32)
    assert accepted.output.splitlines() == ["accept the new CODE_KEY", "done: 1 step"]
    assert run(server, "sheet", "apply", CODE_KEY="k" * 32).output.splitlines() == ["nothing was missing"]
    other = run(server, "sheet", "apply", CODE_KEY="o" * 32)
    assert (other.exit_code, "apply --new-code-key" in other.output) == (1, True)
    weak = run(server, "sheet", "apply", "--new-code-key", CODE_KEY="short")
    assert (weak.exit_code, "CODE_KEY is too short" in weak.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "variables", "status", "told"),
    [
        pytest.param(["sheet", "plan"], {"SPREADSHEET_ID": "elsewhere"}, 1, "share it, as Editor", id="not there"),
        pytest.param(["sheet", "plan"], {"SPREADSHEET_ID": ""}, 2, "--spreadsheet-id", id="not named"),
        pytest.param(["sheet", "plan"], {"SHEETS_API_ENDPOINT": "http://127.0.0.1:1"}, 1, "try again", id="no server"),
        pytest.param(
            ["sheet", "plan"], {"SHEETS_API_ENDPOINT": "ftp://x"}, 1, "SHEETS_API_ENDPOINT", id="bad endpoint"
        ),
        pytest.param(["nonsense"], {}, 2, "No such command", id="unknown command"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    empty: LocalSheets, words: list[str], variables: dict[str, str], status: int, told: str
) -> None:
    ended = run(empty, *words, **variables)
    assert ended.exit_code == status
    assert told in ended.output
    assert "Traceback" not in ended.output


class LocalClient(gspread.HTTPClient):
    """gspread's own client, pointed at the local server."""

    base = ""

    def request(self, method: Any, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, endpoint.replace(GOOGLE, self.base), *args, **kwargs)


def test_the_demo_ends_well_and_gspread_reads_exactly_the_rows_that_it_printed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "demo"], cwd=tmp_path, env=environment({"PYTHONUNBUFFERED": "1"}), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if "Ctrl-C ends it" in line:
                break
        try:
            printed = "\n".join(lines)
            assert "17 calls, every answer as told" in printed
            found = re.search(r"local sheet server: (http://\S+)", printed)
            assert found is not None
            client = type("Client", (LocalClient,), {"base": found[1]})
            book = gspread.Client(AnonymousCredentials(), http_client=client).open_by_key(demo.SPREADSHEET_ID)
            for tab in ("Promo codes", "Redemptions", "Campaigns"):
                rows = book.worksheet(tab).get_all_values()
                shown = [f"   {line}" for line in demo.table(rows)]
                start = lines.index(tab) + 1
                assert lines[start : start + len(shown)] == shown
                assert len(shown) > 1
            book.client.session.close()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_demo_in_this_process_is_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    assert demo.play(lines.append, stay=False)
    assert capsys.readouterr().err == ""
    assert sum("→ POST" in line for line in lines) == 17


def test_a_demo_whose_answers_are_not_as_told_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_bothelp, "CONTACT", {"bothelp_user_id": None})
    ended = CliRunner().invoke(main, ["demo", "--exit"])
    assert ended.exit_code == 1
    assert "NOT AS TOLD" in ended.output


def test_the_emulator_says_where_it_is_and_a_port_in_use_is_one_line(empty: LocalSheets, tmp_path: Path) -> None:
    port = empty.base_url.rpartition(":")[2]
    taken = CliRunner().invoke(main, ["emulator", "--port", port])
    assert (taken.exit_code, f"Port {port}" in taken.output) == (1, True)
    data = tmp_path / "sheets"
    with subprocess.Popen(
        [COMMAND, "emulator", "--port", "0", "--data", str(data)],
        env=environment({}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found is not None
        answer = requests.get(f"{found[0]}/v4/spreadsheets/local?fields=spreadsheetId", timeout=10)
        process.send_signal(signal.SIGINT)
        assert answer.json() == {"spreadsheetId": "local"}
        assert process.wait(30) == 0
    assert (data / "sheets.sqlite").exists()
