"""A shop whose staff type as people do, seeded; and what they do to the tabs afterwards."""

from __future__ import annotations

import random
from typing import Any

import requests
from local_sheet import Staff

from sheet_schema import tabs

#: Names that a formula could take for something else, then some that are written in two ways.
NAMES = (
    "Spring", "spring*", "Spring?", "~tilde~", "a~b", "<5", "=x", ">=3", "<>", 'say "hi"', "O'Neil", "'quoted", "2026", "007",
    "*", "?", "Campaign", "Кампания", "Весна", "ёлка", "50%", "A&B", "", "{x}", "gift 🎁", "Summer  sale", " Outer ", "Tail ",
    "VIP", "Late autumn",
)  # fmt: skip
FILLERS = tuple(f"Filler {number}" for number in range(1, 8))
CHANNELS = (
    "Main Street",
    "main*",
    "<5",
    "=x",
    "shop 5",
    "улица Мира",
    "till?",
    "a~b",
    "shop 9",
    "shop 10",
    "shop 11",
    "",
)
STATUSES = (
    "unused", "used", "void", "не использован", "использован", "аннулирован", "USED", "Использован", " used", "used ",
    "void ", " Аннулирован", "Unused ", "", "usd", "неизвестно", "Использовано", "not used", "отменён ",
)  # fmt: skip
DAY_NAMES = ("yesterday", "31.31.2026", "скоро", " ")


def spelt(chance: random.Random, name: str) -> str:
    """A campaign as staff type it: in other capitals, with a space behind or before it."""
    tidy = " ".join(name.split())
    if tidy[:1].isdigit():  # spaces around what may be a number are not looked for
        return tidy
    return chance.choice([name, name.strip(), name.upper(), name.lower(), tidy, f"{tidy} ", f" {tidy}"])


def campaigns(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for name in (*NAMES, *FILLERS):
        source = chance.choice(["", "generated", "pool", " Готовые", "POOL ", "shared", "общий"])
        shared = f"ALL{len(rows)}*" if "shared" in source or "общий" in source or chance.random() < 0.1 else ""
        limit = chance.choice(["", "", 3, 8, 40, "25", "много"])
        active = chance.choice(["", "yes", "no", "НЕТ ", "False", 0, True, False])
        rows.append(
            {"campaign": name, "code_source": source, "shared_code": shared, "total_limit": limit, "active": active}
            if name
            else {}
        )
    return rows


def codes(chance: random.Random, today: int, rows: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(rows):
        if chance.random() < 0.06:
            found.append({})  # a blank row in between
            continue
        campaign = spelt(chance, chance.choice(NAMES)) if chance.random() < 0.9 else chance.choice(["Nowhere", " "])
        found.append(
            {
                "code": f"C-{number}" if chance.random() < 0.95 else "",
                "campaign": campaign,
                "subscriber_id": str(chance.randrange(200)),
                "issue_date": _moment(chance, today, -45, 2),
                "expiration_date": chance.choice([today + chance.randrange(-12, 13), _moment(chance, today, -12, 12)]),
                "status": chance.choice(STATUSES),
                "used_on": _moment(chance, today, -5, 1),
            }
        )
    return found


def _moment(chance: random.Random, today: int, first: int, last: int, *, whole: bool = True) -> Any:
    """A moment around noon, so that no test depends on the hour; now and then text, or nothing."""
    if chance.random() < 0.08:
        return chance.choice(["", *DAY_NAMES])
    day = today + chance.randrange(first, last + 1)
    return (
        day if whole and chance.random() < 0.2 else day + 0.45 + chance.random() / 1000 + (0.5 if day == today else 0)
    )


def redemptions(chance: random.Random, today: int, shared: list[str], rows: int) -> list[dict[str, Any]]:
    """Redemptions; some are undone on the day and the channel where they were made, some taken back at once."""
    found: list[dict[str, Any]] = []
    for number in range(rows):
        channel = chance.choice(CHANNELS)
        channel = chance.choice([channel, channel.upper(), channel.lower()])
        word = chance.choice(["redeemed", "погашен", "Redeemed"])
        code = chance.choice([f"C-{chance.randrange(400)}", *(shared or ["C-1"])])
        row = {
            "time": _moment(chance, today, -40, 1, whole=False),
            "code": code,
            "usage_channel": channel,
            "claim": f"k{number}",
        }
        found.append({**row, "event": word})
        undone = chance.random()
        if undone < 0.2:
            found.append({**row, "event": chance.choice(["rolled back", "возвращён", "withdrawn", "отозван"])})
        elif undone < 0.25:  # a row of Promo codes was taken back: no redemption
            found.append({**row, "event": chance.choice(["withdrawn", "отозван"]), "claim": ""})
            found[-1]["code"] = "C-7"
        elif undone < 0.3:
            found.append({})
        elif undone < 0.4:  # a reminder that was not sent
            reminder = {**row, "usage_channel": "", "claim": f"r{number}", "reference": "2026-03-11"}
            found.append({**reminder, "event": chance.choice(["reminded", "напомнено"])})
            found.append({**reminder, "event": chance.choice(["withdrawn", "отозван"])})
    return found


def pool(chance: random.Random, rows: int) -> list[dict[str, Any]]:
    return [
        {"code": f"P-{number}" if chance.random() < 0.95 else "", "campaign": spelt(chance, chance.choice(NAMES))}
        for number in range(rows)
    ]


def fill(staff: Staff, seed: int, today: int) -> None:
    """Type a shop into a spreadsheet that was just set up."""
    chance = random.Random(seed)
    rows = campaigns(chance)
    put(staff, "campaigns", rows)
    put(staff, "codes", codes(chance, today, 400))
    shared = [row["shared_code"] for row in rows if row.get("shared_code")]
    put(staff, "redemptions", redemptions(chance, today, shared, 300))
    put(staff, "pool", pool(chance, 300))


def put(staff: Staff, tab: str, rows: list[dict[str, Any]], first: int = 2) -> None:
    """Put rows by column key, as they are: no text becomes a number or a formula."""
    columns = next(each for each in tabs.TABS if each.key == tab).columns
    values = [[row.get(column.key, "") for column in columns] for row in rows]
    # An empty text in a RAW write is an empty cell.
    place = requests.utils.quote(f"'{staff.title(tab)}'!A{first}")
    url = f"{staff.url}/values/{place}?valueInputOption=RAW"
    staff.session.put(url, json={"values": values}, timeout=60).raise_for_status()


def disturb(staff: Staff, seed: int) -> None:
    """What staff do on a busy day: columns of their own, moved ones, sorted, inserted and deleted rows."""
    chance = random.Random(seed)
    for tab in ("codes", "redemptions", "campaigns", "pool"):
        column, row = staff.dimension(tab, 0, 1), staff.dimension(tab, 1, 2, "ROWS")
        # A redemption whose row is deleted is still undone by the row that undid it: that is not a shop's usual day.
        deleted = [{"deleteDimension": {"range": staff.dimension(tab, 4, 7, "ROWS")}}] if tab != "redemptions" else []
        width = len(next(each for each in tabs.TABS if each.key == tab).columns)
        staff.edit(
            {"insertDimension": {"range": row, "inheritFromBefore": False}},
            {"insertDimension": {"range": column, "inheritFromBefore": False}},
            {"insertDimension": {"range": staff.dimension(tab, 2, 3), "inheritFromBefore": True}},
            {"moveDimension": {"source": staff.dimension(tab, width, width + 1), "destinationIndex": 1}},
            *deleted,
            {
                "sortRange": {
                    "range": {"sheetId": staff.sheet_id(tab), "startRowIndex": 1},
                    "sortSpecs": [{"dimensionIndex": chance.randrange(1, 3), "sortOrder": "DESCENDING"}],
                }
            },
            {"insertDimension": {"range": row, "inheritFromBefore": False}},
            {"insertDimension": {"range": staff.dimension(tab, 9, 12, "ROWS"), "inheritFromBefore": True}},
        )
