"""What staff see of new rows: what the functions write looks as what set-up made."""

from __future__ import annotations

import pytest
from local_sheet import Staff, spreadsheet

from functions import guard
from functions.batches import NewRow
from functions.sheet import GoogleSheet

FIELDS = (
    "sheets(properties.title,conditionalFormats,data.rowData.values(dataValidation,effectiveFormat,effectiveValue))"
)


def issue(sheet: GoogleSheet, number: int) -> None:
    values = {"code": f"C-{number}", "campaign": "spring", "issue_date": 46_000 * 86_400_000, "status": "void"}
    stamp = guard.Stamp(metadata_id=1000 + number, key="a", number=number, prune="")
    sheet.append(sheet.read(10), stamp, [NewRow("codes", values)], "f", 10)


@pytest.mark.parametrize("code", ["en", "ru"])
def test_rows_that_are_written_have_the_drop_down_the_format_and_the_colour(code: str) -> None:
    with spreadsheet(code) as (_, sheet, staff):
        for number in range(1, 4):
            issue(sheet, number)
        rows = looks(staff, "codes", "A1:H5")
        for row in rows[1:4]:
            status = row[7]
            assert status["dataValidation"]["condition"]["type"] == "ONE_OF_LIST"
            assert status["effectiveFormat"]["textFormat"]["strikethrough"] is True
            assert row[5]["effectiveFormat"]["numberFormat"]["type"] == "DATE_TIME"
            assert row[1]["dataValidation"]["condition"]["type"] == "ONE_OF_RANGE"
        assert rows[0][7]["effectiveFormat"]["textFormat"]["strikethrough"] is False


def looks(staff: Staff, tab: str, place: str) -> list[list[dict]]:
    answer = staff.session.get(
        staff.url, params={"ranges": f"'{staff.title(tab)}'!{place}", "fields": FIELDS}, timeout=60
    )
    return [row["values"] for row in answer.json()["sheets"][0]["data"][0]["rowData"]]
