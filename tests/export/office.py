"""LibreOffice of this machine: what it computes of an .xlsx, and how it prints one. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

PATIENCE_S = 300
#: Compute every formula on loading, whatever the file says of its values.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def missing() -> str:
    """What the machine lacks, in words; "" if nothing."""
    return "" if shutil.which("soffice") else "soffice not installed (apt-get install libreoffice-calc)"


def need() -> None:
    """Skip the test without LibreOffice; where CI=true, fail it."""
    lacking = missing()
    if lacking:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lacking)


def convert(files: Sequence[Path], kind: str, folder: Path, time_zone: str = "Europe/Moscow") -> list[Path]:
    """Open files in the time zone and save them as xlsx or pdf in a folder, with a profile of its own."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    command = [
        "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
        "--convert-to", kind, "--outdir", str(folder), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "TZ": time_zone}, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    results = [folder / f"{file.stem}.{kind}" for file in files]
    lost = [file.name for file in results if not file.exists()]
    assert not lost, f"{lost}: {done.stdout} {done.stderr}"
    return results


def computed(files: Sequence[Path], folder: Path) -> list[Workbook]:
    """Workbooks with the values that LibreOffice computes."""
    return [load_workbook(file, data_only=True) for file in convert(files, "xlsx", folder)]
