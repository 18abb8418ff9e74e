"""deploy.sh against stand-ins: what it runs, in which order and how quoted; what it never says; that it can be run again."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stubbed import ID, ROOT, WITH_ID, Ran, Shop, as_line

from functions.settings import Settings

SCRIPTS = ("deploy.sh", *(f"deploy/{each.name}" for each in sorted((ROOT / "deploy").glob("*.sh"))), ".ci/run")


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str) -> None:
    beside = Path(sys.executable).with_name("shellcheck")
    shellcheck = str(beside) if beside.exists() else shutil.which("shellcheck")
    if not shellcheck:
        pytest.skip("shellcheck is not installed: pip install '.[test]' brings it")
    told = subprocess.run([shellcheck, "-x", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout + told.stderr == ""


@pytest.mark.parametrize("never", ["sleep", "config set", "|| true", "keys create", "allUsers", "set -x"])
def test_the_script_does_not_stoop_to(never: str) -> None:
    assert not [name for name in SCRIPTS[:-1] if never in (ROOT / name).read_text()]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--help"], ""),
        (["--what"], "there is no --what"),
        (["--language"], "--language needs a value"),
        (["--language", "de"], "the value of --language will not do"),
        (["--rotate-keys", "all"], "the value of --rotate-keys will not do"),
        (["--spreadsheet-id", "a b"], "the value of --spreadsheet-id will not do"),
        (["--time-zone", "$(reboot)"], "the value of --time-zone will not do"),
        (["--project="], "--project needs a value"),
    ],
)
def test_usage_is_told_and_nothing_is_run(shop: Shop, options: list[str], said: str) -> None:
    ran = shop.deploy(*options)
    assert (ran.status, ran.calls) == (2 if said else 0, [])
    assert said in ran.err
    assert "--rotate-keys WHO" in ran.out + ran.err


class TestDryRun:
    def test_it_runs_nothing_and_prints_what_a_real_run_does_in_that_order(self, shop: Shop) -> None:
        dry = shop.deploy("--dry-run", *WITH_ID)
        assert (dry.status, dry.err, dry.calls) == (0, "", [])
        printed = [shlex.split(line[2:]) for line in dry.out.splitlines() if line.startswith("$ ")]
        real = shop.deploy(*WITH_ID)
        assert real.status == 0, real.err
        gcloud = [
            call["command"] for call in real.calls if call["command"][0] == "gcloud" and not _reads(call["command"])
        ]
        same = {"123456789012": "PROJECT_NUMBER", "owner@shop.example": "YOU@example.com", "channels/0": "CHANNEL"}
        for number, name in same.items():
            gcloud = [[word.replace(number, name) for word in command] for command in gcloud]
        assert [command for command in printed if command[0] == "gcloud" and not _reads(command)] == gcloud

    def test_it_can_be_pasted(self, shop: Shop) -> None:
        dry = shop.deploy("--dry-run", *WITH_ID, "--language", "ru")
        lines = [line[2:] for line in dry.out.splitlines() if line.startswith("$ ") or not line.startswith("#")]
        assert subprocess.run(["/bin/bash", "-n"], input="\n".join(lines), text=True, check=False).returncode == 0
        assert "sheet apply --spreadsheet-id 1AbC-spreadsheet_Id --language ru" in dry.out

    def test_it_shows_no_secret_of_the_environment(self, shop: Shop) -> None:
        dry = shop.deploy("--dry-run", BOTHELP_CLIENT_SECRET="very-secret-1", TELEGRAM_BOT_TOKEN="12:secret")
        assert dry.status == 0
        assert "secret-1" not in dry.out + dry.err
        assert "12:secret" not in dry.out + dry.err
        assert "gcloud secrets versions add BOTHELP_CLIENT_SECRET --data-file=-" in dry.out

    def test_destroying_asks_nothing_and_runs_nothing(self, shop: Shop) -> None:
        dry = shop.deploy("--dry-run", "--destroy")
        assert (dry.status, dry.calls) == (0, [])
        assert "gcloud run services delete promosheet" in dry.out


def _reads(command: list[str]) -> bool:
    return bool({"describe", "list", "access", "print-access-token", "get-value"} & set(command))


class TestFirstRun:
    def test_it_makes_everything_once(self, first: tuple[Shop, Ran]) -> None:
        state = first[0].state
        assert "run.googleapis.com" in state["apis"]
        assert sorted(state["things"]) == [
            "iam service-accounts promosheet-scheduler@shop-123.iam.gserviceaccount.com",
            "iam service-accounts promosheet@shop-123.iam.gserviceaccount.com",
            "run services promosheet",
            "scheduler jobs promosheet-housekeeping",
        ]
        assert state["channels"] == ["boss@shop.example"]
        assert 'jsonPayload.outcome="sheet_broken"' in str(state["policies"])

    def test_the_function_is_deployed_with_what_it_needs_and_no_secret_in_the_open(
        self, first: tuple[Shop, Ran]
    ) -> None:
        flags = first[0].state["things"]["run services promosheet"]
        url = "https://promosheet-123456789012.europe-west1.run.app"
        assert dict(each.split("=", 1) for each in flags["set-env-vars"].split(",")) == {
            "SPREADSHEET_ID": ID,
            "REQUEST_DEADLINE_S": "8",
            "THREADS": "200",
            "GOOGLE_CLOUD_PROJECT": "shop-123",
            "HOUSEKEEPING_CALLER": "promosheet-scheduler@shop-123.iam.gserviceaccount.com",
            "HOUSEKEEPING_AUDIENCE": url,
        }
        assert flags["set-secrets"] == "CODE_KEY=CODE_KEY:1,API_KEYS=API_KEYS:1"
        assert flags["concurrency"] == "200"
        assert int(flags["timeout"].rstrip("s")) > 8
        job = first[0].state["things"]["scheduler jobs promosheet-housekeeping"]
        assert (job["uri"], job["oidc-token-audience"]) == (f"{url}/tasks", url)

    def test_rights_are_the_least(self, first: tuple[Shop, Ran]) -> None:
        function = "serviceAccount:promosheet@shop-123.iam.gserviceaccount.com"
        assert sorted(map(tuple, first[0].state["bindings"])) == [
            (
                "iam service-accounts",
                function.partition(":")[2],
                "roles/iam.serviceAccountTokenCreator",
                "user:owner@shop.example",
            ),
            (
                "projects",
                "shop-123",
                "roles/run.builder",
                "serviceAccount:123456789012-compute@developer.gserviceaccount.com",
            ),
            ("secrets", "API_KEYS", "roles/secretmanager.secretAccessor", function),
            ("secrets", "CODE_KEY", "roles/secretmanager.secretAccessor", function),
        ]

    def test_keys_are_as_the_function_wants_them(self, first: tuple[Shop, Ran]) -> None:
        kept = {name: versions[0] for name, versions in first[0].state["secrets"].items()}
        settings = Settings.from_environ(kept | {"SPREADSHEET_ID": ID})
        assert [(key.name, key.role.value) for key in settings.keys] == [("bothelp", "bot"), ("till-1", "till")]

    def test_no_request_log_with_a_query_is_kept(self, first: tuple[Shop, Ran]) -> None:
        assert first[0].state["exclusions"] == {
            "promosheet-queries": 'resource.type="cloud_run_revision" AND resource.labels.service_name="promosheet"'
            ' AND httpRequest.requestUrl:"?"'
        }

    def test_the_tabs_are_made_as_the_account_of_the_function(self, first: tuple[Shop, Ran]) -> None:
        made = next(call for call in first[1].calls if "apply" in call["command"])
        assert made["command"][1:] == [
            "-m",
            "functions.cli",
            "sheet",
            "apply",
            "--spreadsheet-id",
            ID,
            "--language",
            "ru",
        ]
        assert made["stdin"] == "ya29.the-function"
        assert made["code_key"] == first[0].state["secrets"]["CODE_KEY"][0]

    def test_no_secret_is_an_argument_or_in_the_output(self, shop: Shop) -> None:
        ran = shop.deploy(*WITH_ID, BOTHELP_CLIENT_ID="id-of-bothelp", BOTHELP_CLIENT_SECRET="secret-of-bothelp")
        assert ran.status == 0, ran.err
        shown = "\n".join([ran.out, ran.err, *ran.commands])
        assert len(secrets := shop.secrets()) == 7
        assert [each for each in secrets if each in shown] == []

    def test_on_a_terminal_the_keys_are_shown_the_first_time_and_never_again(self, shop: Shop) -> None:
        first, second = (shop.on_terminal(*WITH_ID) for _ in range(2))
        bot, till = (entry.split(":")[2] for entry in shop.state["secrets"]["API_KEYS"][0].split(","))
        assert f"X-Api-Key: {bot}" in first
        assert f"Key: {till}" in first
        assert shop.state["secrets"]["CODE_KEY"][0] not in first
        assert bot not in second
        assert till not in second
        assert "gcloud secrets versions access latest --secret=API_KEYS --project=shop-123" in second

    def test_without_a_spreadsheet_it_says_how_to_make_one_and_waits_for_its_address(self, shop: Shop) -> None:
        ran = shop.deploy(typed=f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0\n")
        assert ran.status == 0, ran.err
        assert "https://sheets.new" in ran.out
        assert "promosheet@shop-123.iam.gserviceaccount.com as Editor" in ran.out
        assert f"SPREADSHEET_ID={ID}," in shop.state["things"]["run services promosheet"]["set-env-vars"]

    def test_without_an_answer_it_stops(self, shop: Shop) -> None:
        ran = shop.deploy()
        assert ran.status == 1
        assert "run it again with --spreadsheet-id" in ran.err


class TestAgain:
    def test_a_second_run_changes_nothing_but_the_revision(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        before = shop.state
        shop.changes()
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 0, ran.err
        assert shop.state == before
        assert [command[:3] for command in shop.changes()] == [["run", "deploy", "promosheet"]]

    def test_a_run_that_dies_anywhere_is_finished_by_the_next_ones(self, shop: Shop, tmp_path: Path) -> None:
        """Each run does one change that was never done before, dies after it, and the next one goes on from there."""
        (tmp_path / "other").mkdir()
        whole = Shop(tmp_path / "other")
        assert whole.deploy(*WITH_ID).status == 0
        steps = whole.changes()
        done: list[list[str]] = []
        runs = 0
        while True:
            (shop.stub / "dying").write_text("\n".join(map(as_line, done)))
            ran = shop.deploy(*WITH_ID)
            runs += 1
            done += shop.changes()
            if ran.status == 0:
                break
            assert "the line is cut" in ran.err
            assert runs <= len(steps)
        assert runs == len(steps) + 1 >= 15
        assert _without_secrets(shop.state) == _without_secrets(whole.state)
        assert {name: len(versions) for name, versions in shop.state["secrets"].items()} == {
            "CODE_KEY": 1,
            "API_KEYS": 1,
        }

    def test_a_secret_whose_versions_are_disabled_is_not_made_anew(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        text = (shop.stub / "state.json").read_text()
        (shop.stub / "state.json").write_text(text.replace(shop.state["secrets"]["CODE_KEY"][0], ""))
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 1
        assert "gcloud secrets versions enable NUMBER --secret=CODE_KEY" in ran.err
        assert shop.state["secrets"]["CODE_KEY"] == [""]

    def test_what_the_environment_has_is_kept_given_on_and_replaced_only_by_something_else(self, shop: Shop) -> None:
        first = {"BOTHELP_CLIENT_ID": "one", "BOTHELP_CLIENT_SECRET": "two"}
        for variables in (first, {}, first):
            assert shop.deploy(*WITH_ID, **variables).status == 0
            assert (
                "BOTHELP_CLIENT_ID:1,BOTHELP_CLIENT_SECRET="
                in shop.state["things"]["run services promosheet"]["set-secrets"]
            )
        assert shop.deploy(*WITH_ID, BOTHELP_CLIENT_ID="three").status == 0
        assert shop.state["secrets"]["BOTHELP_CLIENT_ID"] == ["one", "three"]
        assert "BOTHELP_CLIENT_ID:2," in shop.state["things"]["run services promosheet"]["set-secrets"]


def _without_secrets(state: dict[str, object]) -> dict[str, object]:
    return {name: each for name, each in state.items() if name != "secrets"}
