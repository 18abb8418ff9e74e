"""What gcloud uploaded, built as Google's buildpack builds it, and started with the variables of the service that it sent."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from fake_google import decoded
from real_gcloud import Cloud, why_no_gcloud

from functions.local import demo
from functions.local.bothelp import BotHelp, bothelp_settings
from functions.local.demo import Stage, _story
from functions.local.example import SPREADSHEET_ID, TELEGRAM_SECRET, type_rows
from functions.local.functions_process import _wait, environment, free_port
from functions.local.server import LocalSheets
from functions.till import files
from sheet_schema import languages

_WHY = why_no_gcloud()
pytestmark = pytest.mark.skipif(bool(_WHY), reason=_WHY)


@dataclass
class Image:
    """The folder with the source, and the virtual environment beside it."""

    source: Path
    bin: Path
    variables: dict[str, str]


@pytest.fixture(scope="module")
def image(deployed: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Image:
    workspace = tmp_path_factory.mktemp("workspace")
    zipfile.ZipFile(io.BytesIO(deployed.google.uploads[0])).extractall(workspace / "source")
    build = deployed.google.sent("POST", "builds:submit")[0]["buildpackBuild"]
    _build(workspace / "source", workspace / "venv", build["environmentVariables"])
    variables = _variables(deployed) | {"FUNCTION_TARGET": build["functionTarget"]}
    return Image(workspace / "source", workspace / "venv/bin", variables)


def _build(source: Path, venv: Path, build: dict[str, str]) -> None:
    """The commands of the buildpack for a pyproject.toml: with uv if this machine has it, else the same with pip.

    https://github.com/GoogleCloudPlatform/buildpacks/tree/main/cmd/python/uv
    """
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    variables = kept | build | {"VIRTUAL_ENV": str(venv), "UV_PYTHON": sys.executable} | _index()
    pip = [str(venv / "bin/python"), "-m", "pip"]
    commands = [[sys.executable, "-m", "venv", str(venv)], [*pip, "install", "-q", "."], [*pip, "check"]]
    if uv:
        commands = [[uv, "lock"], [uv, "venv", str(venv)], [uv, "sync", "--active"], [uv, "pip", "check"]]
    for command in commands:
        done = subprocess.run(command, cwd=source, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"


def _index() -> dict[str, str]:
    """Where uv finds packages: where pip does, which uv does not ask."""
    names = {
        "global.index-url": "UV_DEFAULT_INDEX",
        "global.cert": "SSL_CERT_FILE",
        "global.find-links": "UV_FIND_LINKS",
    }
    asked = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return {uv: found[pip].strip("'") for pip, uv in names.items() if pip in found}


def _variables(found: Cloud) -> dict[str, str]:
    """The container's variables, secrets put in as Cloud Run does."""
    variables = {}
    for each in found.service["spec"]["template"]["spec"]["containers"][0]["env"]:
        kept = each.get("valueFrom", {}).get("secretKeyRef")
        place = f"/v1/projects/shop-123/secrets/{kept['name']}/versions/{kept['key']}" if kept else ""
        variables[each["name"]] = decoded(found.made[place]) if kept else each["value"]
    return variables


def test_the_bytecode_is_there_and_trusted_whatever_the_time_of_the_file(image: Image) -> None:
    """Cloud images have files of 1980: bytecode that is compared by time would be made anew at each cold start."""
    found = list(image.bin.parent.glob("lib/python*/site-packages/flask/__pycache__/app.*.pyc"))
    if not (image.source / "uv.lock").exists():
        pytest.skip("uv is not on this machine, and pip has no switch for it")
    assert [each.read_bytes()[4:8] for each in found] == [b"\x01\x00\x00\x00"]


def test_the_story_of_the_demo_passes_with_what_was_deployed(image: Image, tmp_path: Path) -> None:
    told: list[str] = []
    with LocalSheets() as server:
        server.create(SPREADSHEET_ID, title="Deployed", time_zone="Europe/Moscow", locale="en_US")
        here = {"SPREADSHEET_ID": SPREADSHEET_ID, "SHEETS_API_ENDPOINT": server.base_url}
        made = subprocess.run(
            [image.bin / "promosheet", "sheet", "apply"],
            cwd=tmp_path,
            env=environment(here),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "done: " in made.stdout, made.stderr
        type_rows(server.base_url, languages.language("en"))
        bothelp = BotHelp()
        server.doors = bothelp.doors
        keys = {"API_KEYS": f"{image.variables['API_KEYS']},{demo._KEYS}"}
        no_quota = {"READS_PER_MINUTE": "60000", "WRITES_PER_MINUTE": "60000"}
        story = here | keys | no_quota | {"TELEGRAM_SECRET_TOKEN": TELEGRAM_SECRET} | bothelp_settings(server.base_url)
        with _started(image, image.variables | story, tmp_path) as url:
            own = dict(entry.split(":")[1:] for entry in image.variables["API_KEYS"].split(","))
            for role, path in (("bot", "/bot/check"), ("till", "/till/check")):
                body = {"code": "MADE-UP-1", "subscriber_id": "deploy-1"}
                answer = requests.post(f"{url}{path}", json=body, headers={"X-Api-Key": own[role]}, timeout=20)
                assert answer.json()["status"] == "not_found"
            for path in ("", "manifest.webmanifest", *(f"static/{name}" for name in files.files())):
                assert requests.get(f"{url}/till/{path}", timeout=20).status_code == 200, path
            stage = Stage(server.base_url, url, told.append)
            _story(stage, bothelp)
    assert stage.ok, "\n".join(told)
    assert stage.acts > 10


@contextmanager
def _started(image: Image, variables: dict[str, str], folder: Path) -> Iterator[str]:
    """The console script with the variables of the service, in a folder that is not the source's; its base URL."""
    port = free_port()
    own = {"PORT": str(port), "FUNCTION_SOURCE": str(image.source / "functions/main.py")}
    with (
        (folder / "log").open("w+b") as log,
        subprocess.Popen(
            [image.bin / "functions-framework"],
            cwd=folder,
            env=environment({}) | variables | own,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
