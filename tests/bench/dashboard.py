"""What the Dashboard costs at 100,000 codes and 50,000 redemptions: CPU of LibreOffice, beside the file without it.

    python tests/bench/dashboard.py

The same file is opened with the Dashboard as it is, without it, and with what one would write first: SUMPRODUCT and
TRIM over whole columns for every campaign. Twice, once tidy and once with a space behind one status.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "functions"), str(HERE.parent / "export")]

import office  # noqa: E402
from local_sheet import spreadsheet  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402
from shop import put  # noqa: E402
from test_dashboard import moscow_today  # noqa: E402
from xlsx_file import export  # noqa: E402

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

CODES, REDEMPTIONS, CAMPAIGNS = 100_000, 50_000, 10
NAIVE = "=SUMPRODUCT((TRIM('Promo codes'!$B:$B)=$A{row})*((TRIM('Promo codes'!$H:$H)=\"used\")+(TRIM('Promo codes'!$H:$H)=\"использован\")))"


def template(path: Path) -> None:
    """A spreadsheet as set-up makes it, with its campaigns."""
    with spreadsheet() as (_, _, staff):
        put(
            staff, "campaigns", [{"campaign": f"Spring {number}", "total_limit": 50_000} for number in range(CAMPAIGNS)]
        )
        export(staff.url, path)


def fill(book: Workbook, *, status: str) -> None:
    chance, today = random.Random(1), moscow_today()
    codes, redemptions = book["Promo codes"], book["Redemptions"]
    for number in range(CODES):
        issued = today - 60 + number * 60 / CODES
        used = chance.random() < 0.4
        row = (
            f"SPRING-{number:06}",
            f"Spring {number % CAMPAIGNS}",
            str(number),
            "Anna",
            "bothelp",
            issued,
            today + number % 60,
        )
        write(codes, number + 2, (*row, "used" if used else "unused"))
    for number in range(REDEMPTIONS):
        time = today - 60 + number * 60 / REDEMPTIONS
        write(redemptions, number + 2, (time, f"SPRING-{number:06}", "redeemed", f"till-{number % 6}"))
        redemptions.cell(number + 2, 9, f"k{number}")
    codes.cell(2, 8, status)


def write(sheet: Worksheet, row: int, cells: tuple[object, ...]) -> None:
    for column, cell in enumerate(cells, 1):
        sheet.cell(row, column).value = cell  # type: ignore[assignment]


def without(book: Workbook) -> None:
    """Neither the Dashboard nor the colours, which LibreOffice computes only where it shows them."""
    del book["Dashboard"]


def naive(book: Workbook) -> None:
    sheet = book["Dashboard"]
    for row in range(25, 25 + CAMPAIGNS):
        sheet[f"C{row}"] = NAIVE.format(row=row)


def cpu_s(file: Path, folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    office.convert([file], "xlsx", folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template(folder / "template.xlsx")
        cases = {
            "without the Dashboard": ("used", without),
            "with it": ("used", lambda _: None),
            "with it, a space behind one status": ("used ", lambda _: None),
            "with it, Used by SUMPRODUCT and TRIM": ("used", naive),
        }
        for number, (title, (status, change)) in enumerate(cases.items()):
            book = load_workbook(folder / "template.xlsx")
            fill(book, status=status)
            change(book)
            book.save(folder / f"case{number}.xlsx")
            seconds = cpu_s(folder / f"case{number}.xlsx", folder / f"out{number}")
            print(f"{CODES:,} codes, {REDEMPTIONS:,} redemptions: {title:<40} {seconds:7.1f} s CPU", flush=True)


if __name__ == "__main__":
    main()
