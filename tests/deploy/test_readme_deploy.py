"""Every command of the README's section Deploy is run: what is gcloud's by the real one, deploy.sh beside stand-ins."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from fake_google import decoded, running
from real_gcloud import cloud, why_no_gcloud
from stubbed import ID, ROOT, Shop

_WHY = why_no_gcloud()
SECTION = (ROOT / "README.md").read_text().partition("\n## Deploy\n")[2].partition("\n### By hand\n")[0]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL) for line in block.splitlines()]


def test_there_are_commands() -> None:
    assert len([each for each in COMMANDS if each.startswith("./deploy.sh ")]) == 5
    assert len([each for each in COMMANDS if "gcloud " in each]) == 4
    assert len([each for each in COMMANDS if each.startswith("read ")]) == len(COMMANDS) - 9 == 1


def test_the_script_is_called_as_the_reader_is_told(shop: Shop) -> None:
    typed = {"--destroy": "shop-123\n", "--time-zone": f"https://docs.google.com/spreadsheets/d/{ID}/edit\n"}
    for line in (each for each in COMMANDS if each.startswith("./deploy.sh ")):
        words = line.split()
        assert words[:5] == ["./deploy.sh", "--project", "shop-123", "--region", "europe-west1"]
        ran = shop.deploy(*words[5:], typed="".join(said for option, said in typed.items() if option in words))
        assert ran.status == 0, f"{line}\n{ran.err}"
    assert shop.state["things"] == {}


def test_what_is_read_in_reaches_the_script(shop: Shop) -> None:
    [line] = (each for each in COMMANDS if each.startswith("read "))
    script = f"{line}\nexec ./deploy.sh --project shop-123 --region europe-west1 --spreadsheet-id {ID}"
    done = subprocess.run(
        ["/bin/bash", "-c", script], cwd=shop.copy, env=shop.environment, input="one\ntwo\n", text=True, check=False
    )
    assert done.returncode == 0
    assert [shop.state["secrets"][f"BOTHELP_CLIENT_{each}"] for each in ("ID", "SECRET")] == [["one"], ["two"]]


@pytest.mark.skipif(bool(_WHY), reason=_WHY)
def test_gcloud_takes_every_command(tmp_path: Path) -> None:
    made = [
        "gcloud secrets create API_KEYS --project=shop-123",
        "printf a:bot:b | gcloud secrets versions add API_KEYS --data-file=- --project=shop-123",
    ]
    with running() as google:
        found = cloud(google, tmp_path)
        for line in (*made, *(each for each in COMMANDS if "gcloud " in each)):
            command = ["/bin/bash", "-o", "pipefail", "-c", line]
            done = subprocess.run(command, env=found.shop.environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
        kept = decoded(google.resources["/v1/projects/shop-123/secrets/API_KEYS/versions/2"])
        assert re.fullmatch(r"a:bot:b,till-2:till:[0-9a-f]{48}", kept)
