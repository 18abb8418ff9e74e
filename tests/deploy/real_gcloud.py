"""deploy.sh with the real gcloud, which talks to a control plane of the tests' own."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_google import FakeGoogle
from stubbed import ROOT, WITH_ID, Ran, Shop

#: Services that gcloud calls, as its settings call them.
_APIS = "RUN CLOUDBUILD ARTIFACTREGISTRY IAM SECRETMANAGER SERVICEUSAGE CLOUDRESOURCEMANAGER CLOUDSCHEDULER CLOUDBILLING LOGGING MONITORING"
#: Must never be uploaded: place -> what it is.
DECOYS = {
    "tests/test_secret.py": "a test",
    ".venv/lib/thing.py": "a library",
    "data.sqlite": "local data",
    "functions/local/shop.sqlite": "local data",
    "functions/local/shop.sqlite-wal": "local data",
    ".env": "keys",
    "functions/.env": "keys",
    "credentials.json": "keys",
    "functions/credentials-shop.json": "keys",
    "sheet_schema/client_secret_1.json": "keys",
    "functions/service-account-key.json": "keys",
    ".git/config": "history",
    "functions/__pycache__/main.cpython-311.pyc": "bytecode of another Python",
    "notes.txt": "notes",
}


@dataclass
class Cloud:
    google: FakeGoogle
    shop: Shop
    runs: list[Ran] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def service(self) -> dict[str, Any]:
        """The service as the first run left it."""
        found: dict[str, Any] = self.made["/apis/serving.knative.dev/v1/namespaces/shop-123/services/promosheet"]
        return found

    def first_run(self) -> None:
        """Deploy; `made` is what there is then, whatever later runs do."""
        ran = self.deploy(*WITH_ID)
        assert ran.status == 0, ran.out + ran.err
        self.made = copy.deepcopy(self.google.resources)

    def deploy(self, *options: str, typed: str = "") -> Ran:
        ran = self.shop.deploy(*options, typed=typed)
        self.runs.append(ran)
        return ran


def cloud(google: FakeGoogle, folder: Path) -> Cloud:
    """A copy of this repository with what must not be uploaded, and the real gcloud on the way to *google*."""
    shop = Shop(folder)
    for name in ("functions", "sheet_schema"):
        shutil.copytree(ROOT / name, shop.copy / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gcloudignore", ".gitignore"):
        shutil.copy(ROOT / name, shop.copy / name)
    for place, text in DECOYS.items():
        (shop.copy / place).parent.mkdir(parents=True, exist_ok=True)
        (shop.copy / place).write_text(text)
    (folder / "bin/gcloud").unlink()
    token, config = folder / "token", folder / "gcloud"
    token.write_text("ya29.the-owner")
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{each}": "http://fakegcp.test/" for each in _APIS.split()}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), google.url)
    shop.environment |= overrides | proxies
    shop.environment |= {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": "http://fakegcp.test/storage/v1/",
        "CLOUDSDK_CONFIG": str(config),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
        "CLOUDSDK_CORE_ACCOUNT": "owner@shop.example",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    }
    shop.web({"run.app": (200, {"status": "not_found"})})
    return Cloud(google, shop)


def why_no_gcloud() -> str:
    """Why the real gcloud cannot be used here; "" if it can."""
    gcloud = shutil.which("gcloud")
    if not gcloud:
        return "there is no gcloud on this machine: the stand-in's tests are in test_deploy_script.py"
    environment = os.environ | {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    done = subprocess.run([gcloud, "version"], capture_output=True, text=True, env=environment, check=False)
    missing = [each for each in ("alpha", "beta") if f"\n{each} " not in f"\n{done.stdout}"]
    return f"gcloud on this machine lacks the components {' and '.join(missing)}" if missing else ""
