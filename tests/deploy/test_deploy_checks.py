"""deploy.sh against stand-ins: what it refuses to start with and how it says so; new keys; taking everything away."""

from __future__ import annotations

import shutil

import pytest
from stubbed import WITH_ID, Ran, Shop, as_line


class TestChecks:
    def test_all_that_is_wrong_with_the_project_is_said_at_once(self, shop: Shop) -> None:
        shop.tell(**{"billing projects describe shop-123": "False"})
        shop.web({"testIamPermissions": (200, {"permissions": ["run.services.create"]})})
        ran = shop.deploy(*WITH_ID)
        assert (ran.status, shop.changes()) == (1, [])
        assert "gcloud billing projects link shop-123" in ran.err
        assert "add-iam-policy-binding shop-123 --member=user:owner@shop.example --role=roles/owner" in ran.err
        assert "lacks rights in the project: serviceusage.services.enable" in ran.err

    @pytest.mark.parametrize(
        ("command", "answer", "mended"),
        [
            ("config get-value account", "", "gcloud auth login"),
            ("config get-value account", "ci@shop-123.iam.gserviceaccount.com", "--email with the address"),
            ("auth print-access-token", None, "gcloud auth login"),
            ("projects describe shop-123", None, "gcloud projects create shop-123"),
        ],
    )
    def test_it_says_what_is_missing_and_the_command_that_mends_it(
        self, shop: Shop, command: str, answer: str | None, mended: str
    ) -> None:
        shop.tell(**{command: answer})
        ran = shop.deploy(*WITH_ID)
        assert (ran.status, shop.changes()) == (1, [])
        assert mended in ran.err

    def test_it_goes_on_if_google_does_not_say_what_rights_there_are(self, shop: Shop) -> None:
        shop.web({"testIamPermissions": (403, {"error": {"message": "the API is not enabled"}})})
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 0
        assert "going on: the API is not enabled" in ran.err

    def test_the_function_s_own_token_is_not_shown_with_a_project_in_which_it_has_no_rights(
        self, first: tuple[Shop, Ran]
    ) -> None:
        [asked] = (line for line in first[1].commands if "https://sheets.googleapis.com" in line)
        assert "X-Goog-User-Project" not in asked

    def test_a_spreadsheet_of_another_code_key_is_served_only_if_that_is_meant(self, shop: Shop) -> None:
        (shop.stub / "served").write_text("the key of a deployment that was taken away")
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 1
        assert "If that one is gone: --new-code-key" in ran.err
        assert "run services promosheet" not in shop.state["things"]
        assert shop.deploy(*WITH_ID, "--new-code-key").status == 0
        assert shop.deploy(*WITH_ID).status == 0
        assert (shop.stub / "served").read_text() == shop.state["secrets"]["CODE_KEY"][0]

    def test_without_gcloud_it_says_where_there_is_one(self, shop: Shop) -> None:
        tools = shop.stub / "tools"
        tools.mkdir()
        for name in ("bash", "mktemp", "rm", "dirname", "cat", "python3", "curl"):
            (tools / name).symlink_to(shutil.which(name) or "")
        shop.environment["PATH"] = str(tools)
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 1
        assert "gcloud is not installed" in ran.err
        assert "openssl is not installed" in ran.err
        assert "https://shell.cloud.google.com" in ran.err

    @pytest.mark.parametrize(
        ("status", "zone", "said"),
        [
            (403, "", "Share, promosheet@shop-123.iam.gserviceaccount.com, Editor"),
            (404, "", "between /d/ and /edit"),
            (200, "Asia/Omsk", "The spreadsheet's time zone is Europe/Moscow, not Asia/Omsk"),
        ],
    )
    def test_the_spreadsheet_and_the_region_are_judged_together_before_a_secret_is_made(
        self, shop: Shop, status: int, zone: str, said: str
    ) -> None:
        shop.tell(**{"run regions list": "us-east1"})
        shop.web({"sheets.googleapis.com": (status, {"properties": {"timeZone": "Europe/Moscow"}})})
        ran = shop.deploy(*WITH_ID, *(["--time-zone", zone] if zone else []))
        assert ran.status == 1
        assert said in ran.err
        assert "Cloud Run has no region europe-west1" in ran.err
        assert shop.state["secrets"] == {}

    @pytest.mark.parametrize("path", ["/bot/check", "/till/check"])
    def test_an_answer_other_than_not_found_is_told(self, shop: Shop, path: str) -> None:
        shop.web({path: (503, {"status": "sheet_broken"})})
        ran = shop.deploy(*WITH_ID)
        assert ran.status == 1
        assert f"{path} does not answer as it should (sheet_broken, HTTP 503)" in ran.err
        assert "gcloud run services logs read promosheet" in ran.err


class TestRotation:
    def test_the_first_time_new_keys_join_the_old_ones_the_second_time_the_old_ones_end(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        old = shop.state["secrets"]["API_KEYS"][-1].split(",")
        assert "still good" in shop.deploy(*WITH_ID, "--rotate-keys", "bot").out
        new, *rest = shop.state["secrets"]["API_KEYS"][-1].split(",")
        assert rest == old
        assert new.startswith("bothelp:bot:")
        assert "API_KEYS:2" in shop.state["things"]["run services promosheet"]["set-secrets"]
        assert "have ended" in shop.deploy(*WITH_ID, "--rotate-keys", "bot").out
        assert shop.state["secrets"]["API_KEYS"][-1].split(",") == [new, old[1]]
        assert "API_KEYS:3" in shop.state["things"]["run services promosheet"]["set-secrets"]

    def test_after_a_run_that_died_before_the_new_keys_were_live_the_old_ones_go_on(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        done = [
            as_line(command) for command in shop.changes() if command[:4] != ["secrets", "versions", "add", "API_KEYS"]
        ]
        (shop.stub / "dying").write_text("\n".join(done))
        assert shop.deploy(*WITH_ID, "--rotate-keys", "till").status == 1
        kept = shop.state["secrets"]["API_KEYS"]
        (shop.stub / "dying").unlink()
        assert shop.deploy(*WITH_ID, "--rotate-keys", "till").status == 0
        assert shop.state["secrets"]["API_KEYS"] == kept
        assert [each.rpartition(":")[0] for each in kept[-1].split(",")] == [
            "bothelp:bot",
            "till-1:till",
            "till-1:till",
        ]
        assert "API_KEYS:2" in shop.state["things"]["run services promosheet"]["set-secrets"]

    def test_new_keys_are_shown_on_a_terminal_and_only_those(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        seen = shop.on_terminal(*WITH_ID, "--rotate-keys", "till")
        bot, new, old = (entry.split(":")[2] for entry in shop.state["secrets"]["API_KEYS"][-1].split(","))
        assert new in seen
        assert bot not in seen
        assert old not in seen


class TestDestroying:
    def test_it_asks_and_takes_no_other_word_than_the_project(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID).status == 0
        before = shop.state
        for typed in ("", "y\n", "shop-12\n"):
            assert shop.deploy("--destroy", typed=typed).status == 1
        assert shop.state == before

    def test_all_that_was_made_goes_and_the_spreadsheet_is_not_touched(self, shop: Shop) -> None:
        assert shop.deploy(*WITH_ID, BOTHELP_CLIENT_ID="one", BOTHELP_CLIENT_SECRET="two").status == 0
        ran = shop.deploy("--destroy", typed="shop-123\n")
        assert ran.status == 0, ran.err
        state = shop.state
        assert [state[each] for each in ("things", "secrets", "exclusions", "policies")] == [{}, {}, {}, {}]
        assert not [line for line in ran.commands if "sheets.googleapis.com" in line or "functions.cli" in line]
        assert shop.deploy("--destroy", typed="shop-123\n").status == 0
