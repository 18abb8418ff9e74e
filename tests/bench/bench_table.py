"""What was measured, as a table in the terminal and in RESULTS.md."""

from __future__ import annotations

import platform
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADER = ("what", "Promosheet", "rival", "to reach", "reached")
_WIDTHS = (26, 40, 44, 30, 7)
_SECTION = re.compile(r"^## (?P<name>\S+)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One line of the table. `reached` is None where nothing is to reach."""

    what: str
    ours: str
    rival: str = ""
    goal: str = ""
    reached: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {True: "yes", False: "NO", None: ""}[self.reached]
        return self.what, self.ours, self.rival, self.goal, verdict


@dataclass
class Section:
    """The lines of one row of the issue, and what a reader has to know of how they were measured."""

    name: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, ours: str, rival: str = "", goal: str = "", *, reached: bool | None = None) -> None:
        self.lines.append(Line(what, ours, rival, goal, reached))


def machine() -> str:
    """Cores, CPU model, Python; no name."""
    info = Path("/proc/cpuinfo").read_text("utf-8")
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "")
    cores = info.count("processor\t:")
    memory = int(re.findall(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text("utf-8"))[0]) / 2**20
    return (
        f"{cores} cores of {model or platform.machine()}, {memory:.0f} GiB, Linux, Python {platform.python_version()}"
    )


def terminal(section: Section) -> str:
    """The section as a table of fixed width."""
    lines = [f"\n== {section.name} =="]
    for cells in (HEADER, *(line.cells for line in section.lines)):
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, _WIDTHS, strict=True)]
        for place in range(max(map(len, wrapped))):
            parts = [cell[place] if place < len(cell) else "" for cell in wrapped]
            lines.append(" | ".join(part.ljust(width) for part, width in zip(parts, _WIDTHS, strict=True)).rstrip())
        lines.append("-+-".join("-" * width for width in _WIDTHS))
    return "\n".join([*lines, *(f"  {note}" for note in section.notes)])


def markdown(section: Section) -> str:
    """The section as it stands in RESULTS.md, below its heading."""
    rows = [HEADER, ("---",) * len(HEADER), *(line.cells for line in section.lines)]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    notes = "".join(f"\n- {note}" for note in section.notes)
    return f"\n{table}\n" + (f"{notes}\n" if notes else "")


def saved(before: str, section: Section, order: Sequence[str], where: str, when: datetime) -> str:
    """RESULTS.md with this section put in the place of its earlier self; measured elsewhere, nothing else is kept."""
    head = f"""# What was measured

`python -m tests.bench` writes this file; its docstring, and those of `tests/bench/rows_*.py`, say how.
Machine: {where}.
"""
    kept = {found["name"]: found["text"] for found in _SECTION.finditer(before)} if before.startswith(head) else {}
    kept[section.name] = f"\nMeasured on {when:%Y-%m-%d}.\n{markdown(section)}\n"
    return head + "\n" + "".join(f"## {name}\n{kept[name]}" for name in order if name in kept)


def save(section: Section, order: Sequence[str]) -> None:
    """Put a section into RESULTS.md."""
    before = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    text = saved(before, section, order, machine(), datetime.now(UTC))
    RESULTS.write_text(text.rstrip("\n") + "\n", "utf-8")
