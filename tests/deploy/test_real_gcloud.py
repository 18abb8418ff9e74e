"""deploy.sh with the real gcloud: what it sends to Google Cloud the first time, the second time, and at the end."""

from __future__ import annotations

import io
import zipfile

import pytest
from fake_google import NUMBER, decoded
from real_gcloud import DECOYS, Cloud, why_no_gcloud
from stubbed import ID, WITH_ID

from functions.housekeeping import DEADLINE_S
from functions.till import files

_WHY = why_no_gcloud()
pytestmark = pytest.mark.skipif(bool(_WHY), reason=_WHY)
URL = f"https://promosheet-{NUMBER}.europe-west1.run.app"
RUNNER, SCHEDULER = (f"{each}@shop-123.iam.gserviceaccount.com" for each in ("promosheet", "promosheet-scheduler"))


@pytest.fixture(scope="module")
def again(deployed: Cloud) -> tuple[Cloud, list[tuple[str, str]]]:
    """After the second run: and what it sent that was no question."""
    before = len(deployed.google.requests)
    ran = deployed.deploy(*WITH_ID)
    assert ran.status == 0, ran.out + ran.err
    asked = (r"getIamPolicy", r"testIamPermissions")
    sent = [(how, path) for how, path, _ in deployed.google.requests[before:] if how != "GET"]
    return deployed, [(how, path) for how, path in sent if not path.endswith(asked)]


def test_the_build_is_of_a_function_with_its_source_and_bytecode(deployed: Cloud) -> None:
    [build] = deployed.google.sent("POST", "builds:submit")[:1]
    assert build["buildpackBuild"] == {
        "baseImage": "python313",
        "enableAutomaticUpdates": True,
        "functionTarget": "promosheet",
        "environmentVariables": {
            "GOOGLE_FUNCTION_SOURCE": "functions/main.py",
            "PYC_INVALIDATION_MODE": "UNCHECKED_HASH",
            "UV_COMPILE_BYTECODE": "1",
        },
    }


def test_the_service_is_one_instance_with_as_many_threads_as_requests_and_open_without_all_users(
    deployed: Cloud,
) -> None:
    [service] = deployed.google.sent("POST", "namespaces/shop-123/services$")
    template = service["spec"]["template"]
    [container] = template["spec"]["containers"]
    plain = {each["name"]: each.get("value") for each in container["env"] if "value" in each}
    kept = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container["env"] if "valueFrom" in each}
    assert plain == {
        "SPREADSHEET_ID": ID,
        "REQUEST_DEADLINE_S": "8",
        "THREADS": "200",
        "GOOGLE_CLOUD_PROJECT": "shop-123",
        "HOUSEKEEPING_CALLER": SCHEDULER,
        "HOUSEKEEPING_AUDIENCE": URL,
    }
    assert kept == {name: {"key": "1", "name": name} for name in ("CODE_KEY", "API_KEYS")}
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
    assert (template["spec"]["containerConcurrency"], template["spec"]["timeoutSeconds"]) == (200, 150)
    assert template["spec"]["timeoutSeconds"] > DEADLINE_S  # a run of housekeeping has its time
    assert template["spec"]["serviceAccountName"] == RUNNER
    assert template["metadata"]["annotations"]["autoscaling.knative.dev/maxScale"] == "1"
    assert service["metadata"]["annotations"]["run.googleapis.com/invoker-iam-disabled"].lower() == "true"
    assert not [policy for policy in deployed.google.policies.values() if "allUsers" in str(policy)]


def test_each_account_has_the_rights_it_needs_and_no_other(deployed: Cloud) -> None:
    given = [
        (place.rpartition("/")[2], binding["role"], binding["members"])
        for place, policy in deployed.google.policies.items()
        for binding in policy["bindings"]
    ]
    assert sorted(given) == [
        ("API_KEYS", "roles/secretmanager.secretAccessor", [f"serviceAccount:{RUNNER}"]),
        ("CODE_KEY", "roles/secretmanager.secretAccessor", [f"serviceAccount:{RUNNER}"]),
        (RUNNER, "roles/iam.serviceAccountTokenCreator", ["user:owner@shop.example"]),
        ("shop-123", "roles/run.builder", [f"serviceAccount:{NUMBER}-compute@developer.gserviceaccount.com"]),
    ]


def test_housekeeping_is_called_hourly_with_a_token_of_the_schedulers_account(deployed: Cloud) -> None:
    [job] = deployed.google.sent("POST", "locations/europe-west1/jobs$")
    assert job["schedule"] == "7 * * * *"
    assert (job["retryConfig"]["retryCount"], job["attemptDeadline"]) == (3, "180s")
    target = job["httpTarget"]
    assert (target["uri"], target["httpMethod"]) == (f"{URL}/tasks", "POST")
    assert target["oidcToken"] == {"audience": URL, "serviceAccountEmail": SCHEDULER}


def test_the_alert_counts_lines_of_the_log_as_the_functions_write_them(deployed: Cloud) -> None:
    [policy] = deployed.google.sent("POST", "alertPolicies$")
    [condition] = policy["conditions"]
    assert 'jsonPayload.outcome="sheet_broken"' in condition["conditionMatchedLog"]["filter"]
    [channel] = deployed.google.sent("POST", "notificationChannels$")
    assert channel["labels"] == {"email_address": "owner@shop.example"}
    assert policy["notificationChannels"][0].startswith("projects/shop-123/notificationChannels/")
    assert policy["alertStrategy"]["notificationRateLimit"] == {"period": "3600s"}


def test_requests_with_a_query_stay_out_of_the_logs(deployed: Cloud) -> None:
    [sink] = deployed.google.sent("PATCH", "sinks/_Default$")
    [exclusion] = sink["exclusions"]
    assert exclusion["name"] == "promosheet-queries"
    assert exclusion["filter"].endswith('AND httpRequest.requestUrl:"?"')


def test_no_secret_is_in_the_output_or_in_the_listing_of_the_environment(deployed: Cloud) -> None:
    kept = [decoded(each) for place, each in deployed.made.items() if "/versions/" in place]
    parts = [part.rpartition(":")[2] for value in kept for part in value.split(",")]
    assert len(parts) == 3
    ran = deployed.runs[0]
    assert not [each for each in parts if each in ran.out + ran.err + str(deployed.service)]


def test_what_is_uploaded_is_the_two_packages_and_what_describes_them(deployed: Cloud) -> None:
    names = zipfile.ZipFile(io.BytesIO(deployed.google.uploads[0])).namelist()
    assert {name.split("/")[0] for name in names} == {
        "LICENSE",
        "README.md",
        "functions",
        "pyproject.toml",
        "sheet_schema",
    }
    assert "functions/main.py" in names
    assert "functions/sheets_v4.json" in names
    assert "functions/local/page/index.html" in names
    till = {"templates/page.html", "templates/manifest.webmanifest", *(f"static/{name}" for name in files.files())}
    assert {f"functions/till/{name}" for name in till} <= set(names)
    assert not [place for place in DECOYS if place in names]


def test_the_second_run_updates_the_service_and_makes_nothing_anew(again: tuple[Cloud, list[tuple[str, str]]]) -> None:
    google, changed = again[0].google, again[1]
    made = [path for how, path in changed if how == "POST" and not path.endswith((":setIamPolicy", "builds:submit"))]
    assert [path for path in made if "/upload/" not in path] == []
    namespace = "/apis/serving.knative.dev/v1/namespaces/shop-123/services/promosheet"
    assert ("PUT", namespace) in changed
    assert len(google.sent("POST", ":addVersion$")) == 2
    first, second = google.sent("POST", "services$")[-1], google.sent("PUT", "services/promosheet$")[-1]
    containers = [each["spec"]["template"]["spec"]["containers"][0] for each in (first, second)]
    assert containers[0]["env"] == containers[1]["env"]


def test_the_second_run_leaves_rights_as_they_were(again: tuple[Cloud, list[tuple[str, str]]]) -> None:
    for policy in again[0].google.policies.values():
        roles = [binding["role"] for binding in policy["bindings"]]
        members = [member for binding in policy["bindings"] for member in binding["members"]]
        assert (len(roles), len(members)) == (1, 1)


def test_destroying_takes_all_of_it_away(again: tuple[Cloud, list[tuple[str, str]]]) -> None:
    ran = again[0].deploy("--destroy", typed="shop-123\n")
    assert ran.status == 0, ran.out + ran.err
    google = again[0].google
    gone = {path.rpartition("/")[2] for how, path, _ in google.requests if how == "DELETE"}
    assert {"promosheet", "promosheet-housekeeping", "API_KEYS", "CODE_KEY", RUNNER, SCHEDULER} <= gone
    assert google.sent("PATCH", "sinks/_Default$")[-1].get("exclusions", []) == []


def test_a_flag_that_gcloud_does_not_know_stops_the_script(deployed: Cloud) -> None:
    script = deployed.shop.copy / "deploy.sh"
    right = script.read_text()
    script.write_text(right.replace("services list --enabled", "services list --enbled"))
    try:
        ran = deployed.deploy(*WITH_ID)
    finally:
        script.write_text(right)
    assert ran.status == 1
    assert "unrecognized arguments" in ran.err
