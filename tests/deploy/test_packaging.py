"""What `pip install .` takes along: every package, and every file in it that is no Python."""

from __future__ import annotations

import tomllib
from pathlib import Path

import functions

ROOT = Path(functions.__file__).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def files_of(folder: str, pattern: str = "*") -> set[Path]:
    return {path for path in (ROOT / folder).rglob(pattern) if path.is_file() and "__pycache__" not in path.parts}


def test_every_package_is_declared() -> None:
    inits = [path for folder in ("functions", "sheet_schema") for path in files_of(folder, "__init__.py")]
    assert sorted(DECLARED["packages"]) == sorted(".".join(path.parent.relative_to(ROOT).parts) for path in inits)


def test_every_file_that_is_no_python_is_declared() -> None:
    declared = {
        path
        for package, patterns in DECLARED["package-data"].items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    there = {path for folder in ("functions", "sheet_schema") for path in files_of(folder) if path.suffix != ".py"}
    assert sorted(str(path.relative_to(ROOT)) for path in there - declared) == []
