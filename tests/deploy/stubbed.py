"""deploy.sh in a copy of its folder, with stand-ins for gcloud, curl and Python that remember what they were asked."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STUB = Path(__file__).with_name("stub")
PYTHON = os.path.realpath(sys.executable)
ID = "1AbC-spreadsheet_Id"
WITH_ID = ("--spreadsheet-id", ID)


@dataclass
class Ran:
    status: int
    out: str
    err: str
    calls: list[dict[str, Any]]

    @property
    def commands(self) -> list[str]:
        """The calls as lines, without quoting."""
        return [" ".join(call["command"]) for call in self.calls]


class Shop:
    """A shop-123 of Google's that is empty at first."""

    def __init__(self, folder: Path) -> None:
        self.stub, self.copy, bin_ = folder / "stub", folder / "copy", folder / "bin"
        (self.copy / "functions").mkdir(parents=True)
        (self.copy / ".venv/bin").mkdir(parents=True)
        self.stub.mkdir()
        bin_.mkdir()
        shutil.copy(ROOT / "deploy.sh", self.copy)
        shutil.copytree(ROOT / "deploy", self.copy / "deploy")
        for name in ("pyproject.toml", "functions/main.py", ".venv/bin/promosheet"):
            (self.copy / name).touch(0o755)
        _start_fast(STUB / "promosheet-python", self.copy / ".venv/bin/python")
        for name in ("gcloud", "curl"):
            _start_fast(STUB / name, bin_ / name)
        (bin_ / "python3").symlink_to(PYTHON)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("BOTHELP", "TELEGRAM", "CLOUDSDK"))
        }
        self.environment = kept | {"PATH": f"{bin_}:{os.environ['PATH']}", "STUB": str(self.stub), "LC_ALL": "C.UTF-8"}

    def deploy(self, *options: str, typed: str = "", **variables: str) -> Ran:
        """./deploy.sh in the copy; its output goes to pipes."""
        command = ["./deploy.sh", "--project", "shop-123", "--region", "europe-west1", *options]
        (self.stub / "log").unlink(missing_ok=True)
        done = subprocess.run(
            command,
            cwd=self.copy,
            env=self.environment | variables,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr, self.calls())

    def on_terminal(self, *options: str) -> str:
        """What a person sees of ./deploy.sh."""
        ours, theirs = pty.openpty()
        command = ["./deploy.sh", "--project", "shop-123", "--region", "europe-west1", *options]
        with open(ours, "rb", buffering=0) as screen:  # noqa: PTH123 - a descriptor, no path
            done = subprocess.Popen(
                command, cwd=self.copy, env=self.environment, stdin=theirs, stdout=theirs, stderr=theirs
            )
            os.close(theirs)
            seen = b""
            try:
                while part := screen.read(4096):
                    seen += part
            except OSError:  # Linux tells the end of a terminal so
                pass
            done.wait()
        return seen.decode()

    def calls(self) -> list[dict[str, Any]]:
        log = self.stub / "log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.stub / "state.json").read_text())
        return found

    def changes(self) -> list[list[str]]:
        """Commands that changed something, since this was asked last."""
        done = self.stub / "done"
        found = [json.loads(line) for line in done.read_text().splitlines()] if done.exists() else []
        done.unlink(missing_ok=True)
        return found

    def tell(self, **answers: str | None) -> None:
        """Let gcloud answer otherwise: command -> answer, None for "not found"."""
        (self.stub / "told.json").write_text(json.dumps(answers))

    def web(self, answers: dict[str, tuple[int, Any]]) -> None:
        """Let the web answer otherwise: part of the URL -> HTTP status, JSON."""
        (self.stub / "web.json").write_text(json.dumps(answers))

    def secrets(self) -> list[str]:
        """Everything that nobody may see."""
        kept = [part for versions in self.state["secrets"].values() for value in versions for part in value.split(",")]
        return ["ya29.the-owner", "ya29.the-function", *(each.rpartition(":")[2] for each in kept)]


def _start_fast(stand_in: Path, place: Path) -> None:
    """Copy a stand-in; it is started by this very Python, whatever wrapper is called python3 on the machine."""
    text = stand_in.read_text()
    place.write_text(f"#!{PYTHON} -SE\n{text.partition(chr(10))[2]}")
    place.chmod(0o755)


def as_line(command: list[str]) -> str:
    """A command as the stand-in keeps it."""
    return json.dumps(command)
