"""What the Dashboard has to show, counted from the rows by plain Python: nothing of the formulas is used here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheet_schema.language import Language

Row = dict[str, Any]
WORDS = {
    "unused": {"unused", "не использован", "not used"}, "used": {"used", "использован", "использовано"},
    "void": {"void", "аннулирован", "отменён"},
    "redeemed": {"redeemed", "погашен"}, "rolled_back": {"rolled back", "возвращён"}, "withdrawn": {"withdrawn", "отозван"},
    "pool": {"pool", "готовые"}, "shared": {"shared", "общий"}, "no": {"no", "нет", "n", "false", "0"},
}  # fmt: skip
SHOWN_CAMPAIGNS, SHOWN_CHANNELS = 30, 8


def fold(cell: Any) -> str:
    return " ".join(str(cell).split()).casefold()


def says(row: Row, column: str, word: str) -> bool:
    return fold(row.get(column, "")) in WORDS[word]


def on(row: Row, column: str, fits: Callable[[float], bool]) -> bool:
    """Whether a date, not a text, fits."""
    cell = row.get(column, "")
    return isinstance(cell, int | float) and not isinstance(cell, bool) and fits(cell)


def days(rows: list[Row], column: str) -> Counter[int]:
    """How many rows have a moment of each day; text is none."""
    return Counter(int(row[column]) for row in rows if on(row, column, lambda _: True))


@dataclass
class Counts:
    """The rows of each tab by column key, top to bottom, and the day it is."""

    language: Language
    codes: list[Row]
    redemptions: list[Row]
    campaigns: list[Row]
    pool: list[Row]
    today: int

    def __post_init__(self) -> None:
        self.codes = [row for row in self.codes if str(row.get("code", "")) != ""]
        self.pool = [row for row in self.pool if str(row.get("code", "")) != ""]
        undone = Counter(
            str(row["claim"])
            for row in self.redemptions
            if row.get("claim") and (says(row, "event", "rolled_back") or says(row, "event", "withdrawn"))
        )
        redeemed = [row for row in self.redemptions if says(row, "event", "redeemed")]
        self.uses = [row for row in redeemed if not undone[str(row["claim"])]]

    def open(self) -> list[Row]:
        return [row for row in self.codes if not says(row, "status", "used") and not says(row, "status", "void")]

    def cells(self) -> dict[str, Any]:
        """Every cell of the Dashboard that is counted, by its name; "" where nothing is to be seen."""
        return {**self._glance(), **self._campaigns(), **self._days(), **self._channels()}

    def _glance(self) -> dict[str, Any]:
        used = sum(says(row, "status", "used") for row in self.codes)
        soon = sum(on(row, "expiration_date", lambda end: self.today <= end < self.today + 7) for row in self.open())
        ready = [left for name, left in self._campaigns().items() if name.startswith("F") and left != ""]
        return {
            "A4": len(self.codes),
            "B4": used,
            "C4": used / len(self.codes) if self.codes else "",
            "D4": soon,
            "F4": sum(ready) if ready else "",
            "H4": sum(on(row, "issue_date", lambda day: day >= self.today) for row in self.codes),
            "I4": sum(on(row, "time", lambda day: day >= self.today) for row in self.uses),
        }

    def _campaigns(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        rows = [*self.campaigns, *[{}] * SHOWN_CAMPAIGNS][:SHOWN_CAMPAIGNS]
        for number, campaign in enumerate(rows, 25):
            name = " ".join(str(campaign.get("campaign", "")).split())
            cells = self._campaign(campaign) if name else [""] * 5
            found |= {f"{letter}{number}": cell for letter, cell in zip("ABCDEF", [name, *cells], strict=True)}
        more = sum(str(row.get("campaign", "")) != "" for row in self.campaigns[SHOWN_CAMPAIGNS:])
        found["A55"] = f"{self.language.dashboard['more_campaigns']} {more}" if more else ""
        return found

    def _campaign(self, campaign: Row) -> list[Any]:
        name = fold(campaign["campaign"])
        own = [row for row in self.codes if fold(row.get("campaign", "")) == name]
        used = sum(says(row, "status", "used") for row in own)
        shared = str(campaign.get("shared_code", "")).strip()
        limit, lefts = str(campaign.get("total_limit", "")).strip(), []
        if limit.isdigit():
            asked = str(campaign.get("code_source", "")).strip()
            if says(campaign, "code_source", "shared") or (not asked and shared):
                spent = sum(fold(row.get("code", "")) == fold(shared) for row in self.uses)
            else:
                spent = len(own)
            lefts.append(max(0, int(limit) - spent))
        ready: Any = ""
        if says(campaign, "code_source", "pool"):
            ready = max(0, sum(fold(row.get("campaign", "")) == name for row in self.pool) - len(own))
            lefts.append(ready)
        left = min(lefts) if lefts else self.language.dashboard["no_limit"]
        return [len(own), used, used / len(own) if own else "", left, ready]

    def _days(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        issued, redeemed = days(self.codes, "issue_date"), days(self.uses, "time")
        for number, day in enumerate(range(self.today - 29, self.today + 1), 25):
            found[f"H{number}"] = day
            found[f"I{number}"] = issued[day]
            found[f"J{number}"] = redeemed[day]
        return found

    def _channels(self) -> dict[str, Any]:
        """The one with the latest redemption comes first; one whose times are all texts is one of the others."""
        spelt: dict[str, str] = {}
        timed = [row for row in self.redemptions if on(row, "time", lambda _: True)]
        for row in sorted(timed, key=lambda row: -row["time"]):
            channel = str(row.get("usage_channel", ""))
            if channel:
                spelt.setdefault(channel.casefold(), channel)
        names = [*list(spelt.items())[:SHOWN_CHANNELS], *[("", "")] * SHOWN_CHANNELS][:SHOWN_CHANNELS]
        found: dict[str, Any] = {}
        for number, (folded, name) in enumerate(names, 25):
            uses = sum(str(row.get("usage_channel", "")).casefold() == folded for row in self.uses)
            found |= {f"L{number}": name, f"M{number}": uses if name else ""}
        rest = len(self.uses) - sum(found[f"M{number}"] or 0 for number in range(25, 25 + SHOWN_CHANNELS))
        found |= {"L33": self.language.dashboard["other_channels"] if rest else "", "M33": rest or ""}
        return found
