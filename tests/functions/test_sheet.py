"""The adapter against the local server: what is read, what a batch is, what staff and Google can do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import googleapiclient
import pytest
import requests
import responses
from local_sheet import Staff, problems_of, spreadsheet
from rows import BOT, KEY, TILL

from functions import guard, sheet_setup
from functions.batches import NewRow
from functions.committer import Committer
from functions.failures import Rejected, SheetBroken, StampTaken, Throttled, Unanswered
from functions.local.server import Fault, LocalSheets
from functions.promo import Call, CheckCall, IssueCall, Outcome, RedeemCall, RollbackCall
from functions.sheet import GoogleSheet
from functions.world import RealWorld

FINGERPRINT = "0123456789abcdef"


@pytest.fixture
def made() -> Iterator[tuple[LocalSheets, GoogleSheet, Staff]]:
    with spreadsheet() as found:
        found[2].type_row("campaigns", 2, campaign="spring")
        yield found


def ask(sheet: GoogleSheet, call: Call) -> Outcome:
    return Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None).submit(call).outcome


ISSUE = IssueCall(BOT, "s1", "spring", name='Ivan "=1+1"')


def test_the_trimmed_discovery_document_says_what_googles_own_says() -> None:
    ours = json.loads(resources.files("functions").joinpath("sheets_v4.json").read_text("utf-8"))
    shipped = resources.files(googleapiclient) / "discovery_cache" / "documents" / "sheets.v4.json"
    theirs = json.loads(shipped.read_text("utf-8"))

    def compare(mine: dict[str, Any], full: dict[str, Any]) -> int:
        for name, method in mine.get("methods", {}).items():
            for key in ("id", "path", "flatPath", "httpMethod", "parameterOrder"):
                assert method[key] == full["methods"][name][key]
            for parameter, description in method["parameters"].items():
                assert description.items() <= full["methods"][name]["parameters"][parameter].items()
        below = sum(compare(each, full["resources"][name]) for name, each in mine.get("resources", {}).items())
        return below + len(mine.get("methods", {}))

    assert compare({"resources": ours["resources"]}, theirs) == 4
    assert ours["rootUrl"] == theirs["rootUrl"]


def test_a_first_call_looks_where_everything_is_and_the_next_ones_do_not(
    made: tuple[LocalSheets, GoogleSheet, Staff],
) -> None:
    server, sheet, _ = made
    service = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None)
    server.requests.clear()
    service.submit(ISSUE)
    assert server.requests == {"spreadsheets.get": 1, "values.batchGet": 3, "spreadsheets.batchUpdate": 1}
    server.requests.clear()
    code = service.submit(IssueCall(BOT, "s3", "spring")).outcome.code
    assert server.requests == {"values.batchGet": 2, "spreadsheets.batchUpdate": 1}
    server.requests.clear()
    assert service.submit(RedeemCall(TILL, code, channel="till-1")).outcome.word == "redeemed"
    assert server.requests == {"values.batchGet": 2, "spreadsheets.batchUpdate": 2}
    server.requests.clear()
    assert service.submit(CheckCall(TILL, code)).outcome.word == "already_used"
    assert server.requests == {"values.batchGet": 1}
    server.requests.clear()
    assert service.submit(RollbackCall(TILL, code, "till-1")).outcome.word == "rolled_back"
    assert server.requests == {"values.batchGet": 3, "spreadsheets.batchUpdate": 2}


def test_everything_written_is_literal_text_and_real_dates(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    _, sheet, staff = made
    code = ask(sheet, ISSUE).code
    (row,) = staff.rows("codes")
    assert (row["code"], row["campaign"], row["subscriber_id"]) == (code, "spring", "s1")
    assert row["name"] == 'Ivan "=1+1"'
    assert row["status"] == "unused"
    assert isinstance(row["issue_date"], float)
    ranges = [f"'{staff.title(tab)}'" for tab in ("codes", "redemptions")]
    written = staff.session.get(staff.url, params={"ranges": ranges, "includeGridData": "true"}, timeout=120).text
    assert code in written
    assert "formulaValue" not in written


def test_a_long_number_for_an_id_stays_what_it_was(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    _, sheet, staff = made
    code = ask(sheet, IssueCall(BOT, "000123456789012345678", "spring")).code
    assert staff.rows("codes")[0]["subscriber_id"] == "000123456789012345678"
    staff.type_row("codes", 3, code="HAND-1", campaign="spring", subscriber_id="123456789", status="unused")
    assert ask(sheet, IssueCall(BOT, "123456789", "spring")).code == "HAND-1"
    assert ask(sheet, IssueCall(BOT, "000123456789012345678", "spring")).code == code


class TestStaffEdits:
    def test_sorted_rows_moved_and_added_columns_make_no_difference(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        code = ask(sheet, ISSUE).code
        codes = staff.sheet_id("codes")
        staff.edit(
            {"moveDimension": {"source": staff.dimension("codes", 7, 8), "destinationIndex": 0}},
            {"insertDimension": {"range": staff.dimension("codes", 2, 4), "inheritFromBefore": False}},
            {"insertDimension": {"range": staff.dimension("codes", 1, 2, "ROWS"), "inheritFromBefore": False}},
        )
        staff.type("'Promo codes'!C1", [["Notes", "Colour"], ["", ""], ["VIP", "red"]])
        assert ask(sheet, ISSUE).word == "already_issued"
        assert ask(sheet, RedeemCall(TILL, code, channel="till-1", request_id="r1")).word == "redeemed"
        second = ask(sheet, IssueCall(BOT, "s2", "spring"))
        assert second.word == "issued"
        rows = {row["subscriber_id"]: row for row in staff.rows("codes") if row.get("code")}
        assert (rows["s1"]["status"], rows["s1"]["Notes"], rows["s1"]["Colour"]) == ("used", "VIP", "red")
        assert (rows["s2"]["code"], rows["s2"].get("Notes", "")) == (second.code, "")
        assert codes == staff.sheet_id("codes")

    def test_a_renamed_column_or_tab_is_found_by_its_metadata(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        ask(sheet, ISSUE)
        renamed = {"sheetId": staff.sheet_id("codes"), "title": "Our codes"}
        staff.type("'Promo codes'!H1", [["State"]])
        assert ask(sheet, ISSUE).word == "already_issued"
        staff.edit({"updateSheetProperties": {"properties": renamed, "fields": "title"}})
        assert ask(sheet, ISSUE).word == "already_issued"
        assert ask(sheet, IssueCall(BOT, "s2", "spring")).word == "issued"

    def test_an_optional_column_that_was_deleted_is_just_not_written(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        staff.edit({"deleteDimension": {"range": staff.dimension("codes", 3, 5)}})
        assert ask(sheet, ISSUE).word == "issued"
        assert "name" not in staff.rows("codes")[0]
        assert sheet_setup.apply(sheet) == []

    def test_a_deleted_required_column_refuses_calls_until_it_is_mended(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        ask(sheet, ISSUE)
        staff.edit({"deleteDimension": {"range": staff.dimension("codes", 7, 8)}})
        assert ask(sheet, ISSUE).word == "sheet_broken"
        assert "'Status'" in problems_of(sheet)[0]
        assert sheet_setup.apply(sheet) == ["add column 'Status' to 'Promo codes'"]
        assert ask(sheet, ISSUE).word == "already_issued"

    def test_a_second_column_with_one_title_refuses_calls_and_is_named(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        ask(sheet, ISSUE)
        staff.edit({"appendDimension": {"sheetId": staff.sheet_id("codes"), "dimension": "COLUMNS", "length": 1}})
        staff.type("'Promo codes'!L1", [["status"]])
        fresh = GoogleSheet("local", staff.server.base_url, RealWorld())
        assert ask(fresh, ISSUE).word == "sheet_broken"
        fresh.close()
        (line,) = problems_of(sheet)
        assert "H1, L1" in line
        staff.type("'Promo codes'!L1", [["Status (notes)"]])
        assert ask(sheet, ISSUE).word == "already_issued"

    def test_a_deleted_tab_refuses_calls_and_apply_brings_it_back(
        self, made: tuple[LocalSheets, GoogleSheet, Staff]
    ) -> None:
        _, sheet, staff = made
        ask(sheet, ISSUE)
        staff.edit({"deleteSheet": {"sheetId": staff.sheet_id("guard")}})
        assert ask(sheet, ISSUE).word == "sheet_broken"
        assert "_promosheet" in problems_of(sheet)[0]
        sheet_setup.apply(sheet)
        assert ask(sheet, ISSUE).word == "already_issued"
        assert ask(sheet, IssueCall(BOT, "s2", "spring")).word == "issued"
        assert staff.values("'_promosheet'!A1")[0][0] >= 2

    def test_a_wish_in_a_russian_sheet_is_written_in_russian(self) -> None:
        with spreadsheet("ru") as (_, sheet, staff):
            staff.type_row("campaigns", 2, campaign="Весна", active="да", holder_only="нет")
            outcome = ask(sheet, IssueCall(BOT, "s1"))
            assert (outcome.word, outcome.code[:6], outcome.language) == ("issued", "VESNA-", "ru")
            assert ask(sheet, RedeemCall(TILL, outcome.code.lower(), channel="касса")).word == "redeemed"
            assert staff.rows("codes")[0]["status"] == "использован"
            assert staff.rows("redemptions")[0]["event"] == "погашен"
            staff.type_row("codes", 3, code="ГОСТЬ", campaign="весна", status=" UNUSED ")
            assert ask(sheet, CheckCall(TILL, "гость")).word == "valid"
            assert problems_of(sheet) == []


PROBLEMS = [
    pytest.param("codes", {"code": "A-1", "campaign": "spring", "expiration_date": "soon"}, "!G2", "'soon' is not a date", id="text in a date"),
    pytest.param("codes", {"code": "A-1", "campaign": "spring", "status": "gone"}, "!H2", "unused, used, void", id="unknown status"),
    pytest.param("codes", {"code": "A-1", "campaign": "winter"}, "!B2", "winter", id="unknown campaign"),
    pytest.param("codes", {"campaign": "spring", "subscriber_id": "s1"}, "!A2", "no promo code", id="row without a code"),
    pytest.param("campaigns", {"campaign": "spring", "length": "4"}, "!F2", "6 to 20", id="length"),
    pytest.param("campaigns", {"campaign": "spring", "prefix": "%%"}, "!E2", "%%", id="prefix"),
    pytest.param("campaigns", {"campaign": "spring", "total_limit": "0"}, "!K2", "whole number", id="zero for a limit"),
    pytest.param("campaigns", {"campaign": "spring", "uses_per_code": "1.5"}, "!M2", "whole number", id="fraction"),
    pytest.param("campaigns", {"campaign": "spring", "active": "maybe"}, "!B2", "yes, no", id="neither yes nor no"),
    pytest.param("campaigns", {"campaign": "spring", "code_source": "shared"}, "!G2", "shared code", id="no shared code"),
    pytest.param("campaigns", {"campaign": "spring", "starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "!J2", "before it starts", id="order of dates"),
    pytest.param("pool", {"code": "A-1", "campaign": "winter"}, "!B2", "winter", id="pool of an unknown campaign"),
]  # fmt: skip


@pytest.mark.parametrize(("tab", "cells", "place", "words"), PROBLEMS)
def test_sheet_check_names_the_cell_and_what_to_type(
    made: tuple[LocalSheets, GoogleSheet, Staff], tab: str, cells: dict[str, str], place: str, words: str
) -> None:
    _, sheet, staff = made
    assert problems_of(sheet) == []
    staff.type_row(tab, 2, **cells)
    (line,) = problems_of(sheet)
    assert f"'{staff.title(tab)}'{place}:" in line
    assert words in line


def test_two_rows_with_one_code_and_a_campaign_typed_twice_are_named(
    made: tuple[LocalSheets, GoogleSheet, Staff],
) -> None:
    _, sheet, staff = made
    staff.type_row("codes", 2, code="A-1", campaign="spring", subscriber_id="s1")
    staff.type_row("codes", 3, code="A-1", campaign="spring", subscriber_id="s2")
    staff.type_row("codes", 4, code="a 1", campaign="spring", subscriber_id="s3")
    staff.type_row("campaigns", 3, campaign="SPRING ")
    lines = problems_of(sheet)
    assert [line.partition(":")[0] for line in lines] == ["'Campaigns'!A2", "'Promo codes'!A2"]
    assert "A2, A3, A4" in lines[1]
    assert ask(sheet, ISSUE).word == "sheet_broken"
    assert ask(sheet, CheckCall(TILL, "A-1")).word == "sheet_broken"


def test_what_a_crash_left_for_people_is_named_with_what_to_do(
    made: tuple[LocalSheets, GoogleSheet, Staff],
) -> None:
    _, sheet, staff = made
    noon = "2026-03-10 12:00:00"
    staff.type_row("codes", 2, code="A-1", campaign="spring", subscriber_id="s1", issue_date=noon, status="used")
    staff.type_row("codes", 3, code="B-1", campaign="spring", subscriber_id="s2", status="used", used_on=noon)
    staff.type_row("codes", 4, code="C-1", campaign="spring", subscriber_id="s3", issue_date=noon)
    staff.type_row("redemptions", 2, time=noon, code="A-1", event="redeemed", request_id="r1", claim="c1")
    staff.type_row("redemptions", 3, time=noon, code="A-1", event="redeemed", request_id="r1", claim="c2")
    assert [line[:21] for line in problems_of(sheet)] == ["'Promo codes'!J3: The"]  # r1 is one use
    staff.type_row("redemptions", 4, time=noon, code="A-1", event="redeemed", by="till-1", claim="c3")
    staff.type_row("redemptions", 5, time=noon, code="C-1", event="withdrawn", subscriber_id="s3")
    withdrawn, stray, uses = problems_of(sheet)
    assert withdrawn.startswith("'Promo codes'!A4: The row was taken back")
    assert stray.startswith("'Promo codes'!J3: The row shows the redemption of another promo code")
    assert uses.startswith("'Redemptions'!B2: The promo code was redeemed more often")
    assert "B2, B3, B4" in uses
    staff.type_row("redemptions", 6, time=noon, code="A-1", event="rolled back", claim="c3")
    assert len(problems_of(sheet)) == 2


@pytest.mark.parametrize(
    ("action", "error"),
    [
        pytest.param("429", Throttled, id="quota"),
        pytest.param("503_before", Unanswered, id="unavailable"),
        pytest.param("503_after", Unanswered, id="unavailable, but applied"),
        pytest.param("reset_before", Unanswered, id="reset"),
        pytest.param("reset_after", Unanswered, id="reset, but applied"),
    ],
)
def test_each_failure_is_told_apart_and_nothing_is_sent_twice(
    made: tuple[LocalSheets, GoogleSheet, Staff], action: str, error: type[Exception]
) -> None:
    server, sheet, staff = made
    reading = sheet.read(5)
    row = NewRow("redemptions", {"code": "X", "claim": "c"})
    sheet.append(reading, guard.next_stamp(0), [row], FINGERPRINT, 5)
    reading = sheet.read(5)
    before = server.requests["spreadsheets.batchUpdate"]
    server.faults.append(Fault(kind="spreadsheets.batchUpdate", action=action))
    with pytest.raises(error):
        sheet.append(reading, guard.next_stamp(1), [row], FINGERPRINT, 5)
    assert server.requests["spreadsheets.batchUpdate"] == before + 1
    assert len(staff.rows("redemptions")) == (2 if action.endswith("after") else 1)


def test_a_stamp_that_exists_refuses_the_whole_batch(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    _, sheet, staff = made
    reading = sheet.read(5)
    row = NewRow("redemptions", {"code": "X", "claim": "c"})
    sheet.append(reading, guard.next_stamp(0), [row], FINGERPRINT, 5)
    with pytest.raises(StampTaken):
        sheet.append(reading, guard.next_stamp(0), [row], FINGERPRINT, 5)
    assert len(staff.rows("redemptions")) == 1
    assert sheet.newest_stamp(5) == 1
    assert sheet.read(5).number == 1


def test_pruning_keeps_the_newest_stamps(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    _, sheet, _ = made
    reading = sheet.read(5)
    for number in (0, 499, 999, 1499):
        sheet.append(reading, guard.next_stamp(number), (), FINGERPRINT, 5)
        reading = sheet.read(5)
    with pytest.raises(StampTaken):
        sheet.append(reading, guard.next_stamp(999), (), FINGERPRINT, 5)
    sheet.append(reading, guard.next_stamp(0), (), FINGERPRINT, 5)  # its stamp was deleted with its block


def test_another_code_key_is_refused_until_it_is_meant(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    _, sheet, _ = made
    ask(sheet, ISSUE)
    other = b"another key, also of 32 bytes...."
    service = Committer(sheet, RealWorld(), other, 8.0, lambda _message, _fields: None)
    assert service.submit(IssueCall(BOT, "s2", "spring")).outcome.word == "sheet_broken"
    sheet_setup.replace_code_key(sheet, other)
    assert service.submit(IssueCall(BOT, "s2", "spring")).outcome.word == "issued"


def test_a_spreadsheet_that_is_not_there_says_what_to_check(made: tuple[LocalSheets, GoogleSheet, Staff]) -> None:
    server, _, _ = made
    with pytest.raises(SheetBroken, match="check SPREADSHEET_ID and share it"):
        GoogleSheet("elsewhere", server.base_url, RealWorld()).read(5)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        pytest.param(200, "not JSON", Unanswered, id="not JSON"),
        pytest.param(200, "[]", Unanswered, id="not an object"),
        pytest.param(500, "<html>", Unanswered, id="500 without JSON"),
        pytest.param(
            409, '{"error": {"message": "The operation was aborted."}}', Unanswered, id="writers in each other's way"
        ),
        pytest.param(403, '{"error": {"message": "no permission"}}', SheetBroken, id="not shared"),
        pytest.param(400, '{"error": {"message": "a protected cell"}}', Rejected, id="refused"),
    ],
)
@responses.activate
def test_answers_of_other_servers(status: int, body: str, error: type[Exception]) -> None:
    responses.add(responses.POST, "http://127.0.0.1:9/v4/spreadsheets/x:batchUpdate", body=body, status=status)
    with pytest.raises(error):
        GoogleSheet("x", "http://127.0.0.1:9", RealWorld()).batch_update([], 1)


@responses.activate
def test_a_time_out_is_an_unknown_outcome() -> None:
    responses.add(
        responses.POST, "http://127.0.0.1:9/v4/spreadsheets/x:batchUpdate", body=requests.exceptions.ReadTimeout()
    )
    with pytest.raises(Unanswered):
        GoogleSheet("x", "http://127.0.0.1:9", RealWorld()).batch_update([], 1)
    assert len(responses.calls) == 1
