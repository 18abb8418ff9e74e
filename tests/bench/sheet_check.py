"""How long `promosheet sheet check` takes for a clean sheet of 100,000 codes, and where the time goes.

    python tests/bench/sheet_check.py [ROWS]

First the finders alone, on rows in memory: 10 campaigns, three codes in ten redeemed. Then the same rows on the local
sheet server, a process of its own: `sheet plan`, `sheet check` and `sheet check --write` as the command runs them.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TypeVar

import requests
from local_sheets import cpu_s, started

from functions import codes, problems, sheet_setup
from functions.cells import tables_of
from functions.sheet import GoogleSheet, Reading
from functions.world import RealWorld
from sheet_schema import languages, tabs
from sheet_schema.layout import ColumnAt, Layout, TabAt
from sheet_schema.records import Cell

CAMPAIGNS = [f"Spring {number}" for number in range(10)]
#: 2026-03-01 as a serial number; the last code is given 200 days later.
FIRST_DAY = 46_082.0
NOW_MS = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
T = TypeVar("T")


def filled(rows: int) -> dict[str, list[list[Cell]]]:
    """Rows of every tab, in the order of its columns, as the functions write them."""
    chance = Random(1)
    given: list[list[Cell]] = []
    redeemed: list[list[Cell]] = []
    for number in range(rows):
        campaign, subscriber = CAMPAIGNS[number % len(CAMPAIGNS)], str(10_000_000 + number)
        code = codes.derive(b"k" * 32, campaign, subscriber, 0, prefix=codes.default_prefix(campaign))
        issued = round(FIRST_DAY + 200 * number / rows + chance.random() / 1e4, 8)
        row: list[Cell] = [code, campaign, subscriber, "Anna Petrova", "bothelp", issued, int(issued) + 30.0, "unused"]
        if chance.random() < 0.3:
            used = round(issued + 1 + number / rows, 8)
            row += ["", "", ""]
            row[7:10] = ["used", "main-street", used]
            redeemed.append(
                [used, code, "redeemed", "main-street", "", f"A-{number}", "main-street", f"r{number}", f"c{number}"]
            )
        given.append(row)
    campaigns: list[list[Cell]] = [[name, "yes", "15 %"] for name in CAMPAIGNS]
    return {"codes": given, "redemptions": redeemed, "campaigns": campaigns, "pool": [], "guard": []}


def reading_of(data: dict[str, list[list[Cell]]]) -> Reading:
    """The rows as one read gives them."""
    english = languages.language("en")
    columns = {
        tab.key: {
            column.key: [row[place] if place < len(row) else "" for row in data[tab.key]]
            for place, column in enumerate(tab.columns)
        }
        for tab in tabs.TABS
    }
    placed = {
        tab.key: TabAt(
            sheet_id=number,
            title=english.tabs[tab.key],
            columns={
                column.key: ColumnAt(place, english.columns[tab.key][column.key])
                for place, column in enumerate(tab.columns)
            },
            row_count=len(data[tab.key]) + 1,
            column_count=len(tab.columns),
        )
        for number, tab in enumerate(tabs.TABS)
    }
    layout = Layout("Europe/Moscow", "en_US", english, placed, "")
    rows = {tab.key: len(data[tab.key]) + 1 for tab in tabs.TABS}
    return Reading(layout, columns, rows, 1, 1, NOW_MS, 1)


def measured(name: str, run: Callable[[], T], server: int = 0) -> T:
    """Run and print, in seconds, the clock and the CPU: our own, and that of the server's process if there is one."""
    others, began = cpu_s(server) if server else 0.0, (time.perf_counter(), time.process_time())
    found = run()
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    beside = f", the server {cpu_s(server) - others:5.2f} s" if server else ""
    print(f"{name:<46} {wall:6.2f} s, CPU {cpu:5.2f} s{beside}", flush=True)
    return found


def in_memory(reading: Reading) -> None:
    tables = measured("the rows made ready to be asked", lambda: tables_of(reading))
    faults = measured("the finders", lambda: problems.find(reading, tables, NOW_MS))
    assert faults == [], faults[:3]
    profile = cProfile.Profile()
    profile.runcall(lambda: problems.find(reading, tables_of(reading), NOW_MS))
    pstats.Stats(profile).sort_stats("tottime").print_stats(14)


def fill(sheet: GoogleSheet, url: str, data: dict[str, list[list[Cell]]]) -> None:
    sheet_setup.apply(sheet)
    layout = sheet.locate(30)[0].layout
    for tab in ("codes", "redemptions", "campaigns"):
        at, rows = layout.tabs[tab], data[tab]
        grow = {"sheetId": at.sheet_id, "dimension": "ROWS", "length": len(rows)}
        sheet.batch_update([{"appendDimension": grow}], 30)
        for start in range(0, len(rows), 20_000):
            place = f"'{at.title}'!A{start + 2}"
            body = {"values": rows[start : start + 20_000]}
            requests.put(f"{url}/values/{place}?valueInputOption=RAW", json=body, timeout=120).raise_for_status()


def on_the_server(data: dict[str, list[list[Cell]]]) -> None:
    with started(Path(sys.executable).with_name("promosheet"), "emulator", "--port", "0") as (address, pid):
        sheet = GoogleSheet("local", f"http://{address}", RealWorld())
        fill(sheet, f"http://{address}/v4/spreadsheets/local", data)
        plan = measured("sheet plan", lambda: sheet_setup.missing(sheet), pid)
        assert plan.requests == []
        sheet.forget_layout()
        now = datetime.now(UTC)
        checked = measured("sheet check", lambda: sheet_setup.check(sheet, now), pid)
        assert checked.faults == (), checked.lines[:3]
        measured("the tab Problems written", lambda: sheet_setup.write_problems(sheet, checked, now), pid)
        sheet.close()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    data = filled(rows)
    print(f"{rows:,} codes, {len(data['redemptions']):,} redemptions")
    in_memory(reading_of(data))
    on_the_server(data)
    print(f"memory of this process, at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
