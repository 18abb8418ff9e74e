"""`promosheet subscriber`: a person's traces in a real sheet on the local server, while staff work in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fake_sheet import FakeWorld
from local_sheet import Staff, spreadsheet
from test_cli import run

from functions import codes, forgetting, guard
from functions.batches import Request
from functions.committer import Committer
from functions.failures import Rejected, StampTaken, Unanswered
from functions.local.server import LocalSheets
from functions.promo import Caller, CheckCall, IssueCall, RedeemCall, Role, RollbackCall
from functions.sheet import GoogleSheet, Reading
from functions.subscribers import UnknownSubscriber
from functions.world import RealWorld

KEY = b"k" * 32
VARIABLES = {"CODE_KEY": KEY.decode()}
PSEUDONYM = codes.pseudonym(KEY, "subscriber", "1849")
BOT, TILL = Caller("bothelp", Role.BOT), Caller("main-street", Role.TILL)
Made = tuple[LocalSheets, GoogleSheet, Staff]


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A spreadsheet just set up, as a file, made once for each language: that takes two seconds."""
    files: dict[str, Path] = {}

    def file_of(language: str) -> Path:
        if language not in files:
            files[language] = tmp_path_factory.mktemp(language) / "sheets"
            with spreadsheet(language, files[language]):
                pass
        return files[language]

    return file_of


@pytest.fixture(params=["en"])
def made(request: pytest.FixtureRequest, set_up: Callable[[str], Path], tmp_path: Path) -> Iterator[Made]:
    copy = shutil.copy(set_up(request.param), tmp_path / "sheets")
    with LocalSheets(data=str(copy)) as server:
        sheet, staff = GoogleSheet("local", server.base_url, RealWorld()), Staff(server, request.param)
        yield server, sheet, staff
        staff.session.close()
        sheet.close()


@pytest.fixture
def people(made: Made) -> Made:
    """Anna 1849 with two rows and a redemption, another Anna, and Boris whose reference is her id."""
    staff = made[2]
    staff.type_row("campaigns", 2, campaign="spring")
    staff.type_row("codes", 2, code="A-1", campaign="spring", subscriber_id="1849", name="Anna")
    staff.type_row("codes", 3, code="B-1", campaign="spring", subscriber_id="77", name="Anna")
    staff.type_row("codes", 4, code="A-2", campaign="spring", subscriber_id="1849", name="Anna K.")
    staff.type_row("codes", 5, code="C-1", campaign="spring", subscriber_id="18490", name="Boris")
    staff.type_row(
        "redemptions", 2, code="A-1", subscriber_id="1849", reference="1849", request_id="1849-r1", claim="c1"
    )
    staff.type_row(
        "redemptions", 3, code="C-1", subscriber_id="18490", reference="1849", request_id="18490-r", claim="c2"
    )
    return made


def forget(sheet: GoogleSheet, subscriber: str = "1849") -> forgetting.Forgotten:
    return forgetting.forget(sheet, subscriber, KEY, FakeWorld())


def column(staff: Staff, tab: str, key: str) -> list[Any]:
    return [row.get(key, "") for row in staff.rows(tab)]


def sort(staff: Staff, tab: str, order: str = "DESCENDING") -> None:
    place = {"sheetId": staff.sheet_id(tab), "startRowIndex": 1}
    staff.edit({"sortRange": {"range": place, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": order}]}})


def without_traces(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is nobody's business here: everything but names, and ids that are pseudonyms now."""
    hidden = {"name", "subscriber_id", "request_id"}
    return sorted(({k: v for k, v in row.items() if k not in hidden} for row in rows), key=str)


class TestForget:
    def test_the_name_goes_the_id_becomes_a_pseudonym_and_nobody_elses_cell_changes(self, people: Made) -> None:
        _, sheet, staff = people
        before = {tab: without_traces(staff.rows(tab)) for tab in ("codes", "redemptions")}
        done = forget(sheet)
        assert done.rows == {staff.title("codes"): 2, staff.title("redemptions"): 1}
        assert (done.changed, done.left) == (True, ())
        assert column(staff, "codes", "subscriber_id") == [PSEUDONYM, "77", PSEUDONYM, "18490"]
        assert column(staff, "codes", "name") == ["", "Anna", "", "Boris"]
        assert column(staff, "redemptions", "subscriber_id") == [PSEUDONYM, "18490"]
        assert column(staff, "redemptions", "reference") == ["1849", "1849"]  # an order number is no id
        request = codes.pseudonym(KEY, "request", "1849-r1")
        assert column(staff, "redemptions", "request_id") == [request, "18490-r"]
        assert {tab: without_traces(staff.rows(tab)) for tab in before} == before

    def test_a_second_run_writes_nothing(self, people: Made) -> None:
        _, sheet, staff = people
        forget(sheet)
        number = staff.values("'_promosheet'!A1")
        done = forget(sheet)
        assert (done.changed, done.left, list(done.rows.values())) == (False, (), [2, 1])
        assert staff.values("'_promosheet'!A1") == number

    def test_an_id_that_is_nowhere_writes_nothing(self, people: Made) -> None:
        _, sheet, staff = people
        with pytest.raises(UnknownSubscriber, match="no row has this Subscriber ID"):
            forget(sheet, "184")
        assert staff.values("'_promosheet'!A1") in ([], [[0]])

    def test_a_pseudonym_is_not_forgotten_once_more(self, people: Made) -> None:
        with pytest.raises(UnknownSubscriber, match="is the pseudonym"):
            forget(people[1], PSEUDONYM)

    @pytest.mark.parametrize("typed", [" 1849", "1849 "], ids=["space before", "space behind"])
    def test_an_id_with_outer_spaces_is_the_same_person(self, people: Made, typed: str) -> None:
        _, sheet, staff = people
        staff.type(f"'{staff.title('codes')}'!C4", [[typed]])
        assert forget(sheet).left == ()
        assert column(staff, "codes", "subscriber_id") == [PSEUDONYM, "77", PSEUDONYM, "18490"]

    @pytest.mark.parametrize("pattern", ["0", "0.0E+00", "#,##0"])
    def test_an_id_that_a_spreadsheet_holds_as_a_number_is_found_however_it_is_shown(
        self, people: Made, pattern: str
    ) -> None:
        _, sheet, staff = people
        number_cell(staff, "codes", 3, 1849, pattern)
        assert forget(sheet).left == ()
        assert column(staff, "codes", "subscriber_id") == [PSEUDONYM, "77", PSEUDONYM, "18490"]

    def test_another_id_that_is_only_shown_alike_stays(self, people: Made) -> None:
        _, sheet, staff = people
        number_cell(staff, "codes", 3, 1849, "0.0E+00")
        number_cell(staff, "codes", 2, 1850, "0.0E+00")
        assert forget(sheet).left == ()
        assert column(staff, "codes", "subscriber_id") == [PSEUDONYM, 1850, PSEUDONYM, "18490"]

    def test_what_a_formula_shows_is_left_and_named(self, people: Made) -> None:
        _, sheet, staff = people
        place = {"sheetId": staff.sheet_id("codes"), "rowIndex": 3, "columnIndex": 2}
        cell = {"userEnteredValue": {"formulaValue": '=CONCATENATE("18";"49")'}}
        staff.edit({"updateCells": {"start": place, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}})
        done = forget(sheet)
        assert done.left == (f"'{staff.title('codes')}'!C4",)
        assert column(staff, "codes", "name") == ["", "Anna", "", "Boris"]

    def test_without_a_column_for_names_only_ids_are_replaced(self, people: Made) -> None:
        _, sheet, staff = people
        staff.edit({"deleteDimension": {"range": staff.dimension("codes", 3, 4)}})
        assert forget(sheet).left == ()
        assert column(staff, "codes", "subscriber_id") == [PSEUDONYM, "77", PSEUDONYM, "18490"]

    def test_with_another_code_key_it_is_refused(self, people: Made) -> None:
        _, sheet, staff = people
        forget(sheet, "77")
        before = staff.rows("codes")
        with pytest.raises(Exception, match="another CODE_KEY"):
            forgetting.forget(sheet, "1849", b"x" * 32, FakeWorld())
        assert staff.rows("codes") == before


def number_cell(staff: Staff, tab: str, row: int, number: int, pattern: str) -> None:
    place = {"sheetId": staff.sheet_id(tab), "rowIndex": row, "columnIndex": 2}
    cell = {
        "userEnteredValue": {"numberValue": number},
        "userEnteredFormat": {"numberFormat": {"type": "NUMBER", "pattern": pattern}},
    }
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    staff.edit({"updateCells": {"start": place, "rows": [{"values": [cell]}], "fields": fields}})


class Busy(GoogleSheet):
    """A sheet in which somebody does something before the n-th batch arrives."""

    def meanwhile(self, *acts: Callable[[], None]) -> Busy:
        self.acts = list(acts)
        return self

    def guarded(
        self, reading: Reading, stamp: guard.Stamp, changes: Sequence[Request], key: str, timeout: float
    ) -> None:
        if self.acts:
            self.acts.pop(0)()
        super().guarded(reading, stamp, changes, key, timeout)


@pytest.fixture
def busy(people: Made) -> Iterator[Busy]:
    sheet = Busy("local", people[0].base_url, RealWorld())
    yield sheet
    sheet.close()


class TestForgetWhileStaffWork:
    def test_rows_that_are_sorted_before_each_batch_lose_nobody_elses_name(self, people: Made, busy: Busy) -> None:
        """The sort brings the other Anna to where the first one's row was."""
        staff = people[2]
        staff.type_row("codes", 3, code="B-1", campaign="spring", subscriber_id="77", name="Anna K.")
        acts = [lambda order=order: sort(staff, "codes", order) for order in ("DESCENDING", "ASCENDING") * 2]  # type: ignore[misc]
        done = forget(busy.meanwhile(*acts))
        assert (done.left, len(busy.acts)) == ((), 0)
        names = {row["code"]: row.get("name", "") for row in staff.rows("codes")}
        assert names == {"A-1": "", "A-2": "", "B-1": "Anna K.", "C-1": "Boris"}

    def test_a_namesake_who_was_marked_by_mistake_gets_the_name_back(self, people: Made, busy: Busy) -> None:
        staff = people[2]
        swap = {"source": staff.dimension("codes", 2, 3, "ROWS"), "destinationIndex": 1}
        seen: list[list[Any]] = []

        def look() -> None:
            seen.append(column(staff, "codes", "name"))

        done = forget(busy.meanwhile(lambda: staff.edit({"moveDimension": swap}), look))
        assert seen[0][0] == f"Anna {PSEUDONYM}-2"  # the row of 77
        names = {row["code"]: row.get("name", "") for row in staff.rows("codes")}
        assert (done.left, names) == ((), {"A-1": "", "A-2": "", "B-1": "Anna", "C-1": "Boris"})

    def test_a_run_that_was_stopped_half_way_is_finished_by_the_next(self, people: Made, busy: Busy) -> None:
        staff = people[2]
        swap = {"source": staff.dimension("codes", 2, 3, "ROWS"), "destinationIndex": 1}

        def stop() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            forget(busy.meanwhile(lambda: staff.edit({"moveDimension": swap}), stop))
        assert forget(busy).left == ()
        names = {row["code"]: row.get("name", "") for row in staff.rows("codes")}
        assert names == {"A-1": "", "A-2": "", "B-1": "Anna", "C-1": "Boris"}

    def test_a_row_inserted_above_hides_no_name(self, people: Made, busy: Busy) -> None:
        staff = people[2]
        insert = {"insertDimension": {"range": staff.dimension("codes", 1, 2, "ROWS"), "inheritFromBefore": False}}
        assert forget(busy.meanwhile(lambda: staff.edit(insert))).left == ()
        assert column(staff, "codes", "name") == ["", "", "Anna", "", "Boris"]

    def test_a_row_of_theirs_that_staff_type_meanwhile_is_found(self, people: Made, busy: Busy) -> None:
        staff = people[2]

        def add() -> None:
            staff.type_row("codes", 6, code="A-3", campaign="spring", subscriber_id="1849", name="Anna")

        done = forget(busy.meanwhile(lambda: None, add))
        assert (done.left, done.rows[staff.title("codes")]) == ((), 3)
        assert column(staff, "codes", "name") == ["", "Anna", "", "Boris", ""]

    @pytest.mark.parametrize(
        "failure", [StampTaken("taken"), Unanswered("503"), Rejected("no")], ids=["stamp taken", "no answer", "refused"]
    )
    def test_a_batch_that_did_not_land_is_made_again_from_a_new_read(
        self, people: Made, busy: Busy, failure: Exception
    ) -> None:
        staff = people[2]

        def fail() -> None:
            sort(staff, "codes")
            raise failure

        assert forget(busy.meanwhile(fail, fail)).left == ()
        names = {row["code"]: row.get("name", "") for row in staff.rows("codes")}
        assert names == {"A-1": "", "A-2": "", "B-1": "Anna", "C-1": "Boris"}

    def test_a_write_decided_before_it_does_not_land_after_it(self, people: Made) -> None:
        """Its rows may hold what the read showed: a rollback repeats the id of the redemption."""
        server, sheet, _ = people
        other = GoogleSheet("local", server.base_url, RealWorld())
        reading = other.read(10)
        forget(sheet)
        with pytest.raises(StampTaken):
            other.append(reading, guard.next_stamp(reading.number or 0), (), codes.fingerprint(KEY), 10)
        other.close()


class TestAfterwards:
    """The functions, on the sheet that it leaves."""

    def test_who_comes_back_has_the_same_code_and_the_same_limits(self, people: Made) -> None:
        _, sheet, staff = people
        staff.type_row("campaigns", 3, campaign="holder", holder_only="yes")
        committer = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None)
        given = committer.submit(IssueCall(BOT, "1849", "holder", name="Anna")).outcome
        forget(sheet)
        again = committer.submit(IssueCall(BOT, "1849", "holder", name="Anna")).outcome
        assert (again.word, again.code, again.name) == ("already_issued", given.code, "")
        assert committer.submit(CheckCall(TILL, given.code, "77")).outcome.word == "not_yours"
        used = RedeemCall(TILL, given.code, "1849", channel="main-street", request_id="1849-r9")
        assert committer.submit(used).outcome.word == "redeemed"
        assert [row.get("status", "") for row in staff.rows("codes")][-1] == staff.language.words["used"]
        forget(sheet)
        assert committer.submit(used).outcome.word == "redeemed"
        assert committer.submit(IssueCall(BOT, "1849", "holder")).outcome.word == "already_used"
        assert committer.submit(RollbackCall(TILL, given.code, request_id="1849-r9")).outcome.word == "rolled_back"
        assert committer.submit(IssueCall(BOT, "1849", "holder")).outcome.word == "already_issued"
        everything = json.dumps([staff.rows("codes"), staff.rows("redemptions")])
        assert "1849-" not in everything
        assert '"subscriber_id": "1849"' not in everything

    def test_a_new_code_has_the_id_again_until_it_is_forgotten_again(self, people: Made) -> None:
        _, sheet, staff = people
        forget(sheet)
        committer = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None)
        staff.type_row("campaigns", 3, campaign="autumn")
        assert committer.submit(IssueCall(BOT, "1849", "autumn", name="Anna")).outcome.word == "issued"
        assert column(staff, "codes", "subscriber_id")[-1] == "1849"
        assert forget(sheet).rows[staff.title("codes")] == 3
        assert "1849" not in column(staff, "codes", "subscriber_id")


class TestExport:
    @pytest.mark.parametrize("made", ["en", "ru"], indirect=True)
    def test_it_has_the_rows_of_one_person_under_the_titles_of_the_sheet(self, people: Made) -> None:
        server, sheet, staff = people
        committer = Committer(sheet, RealWorld(), KEY, 8.0, lambda _message, _fields: None)
        assert committer.submit(RedeemCall(TILL, "A-2", channel="counter")).outcome.word == "redeemed"
        added = {"sheetId": staff.sheet_id("codes"), "dimension": "COLUMNS", "length": 1}
        staff.edit({"appendDimension": added})
        staff.type(f"'{staff.title('codes')}'!L1:L3", [["Note"], ["likes blue"], ["of somebody else"]])
        staff.type(f"'{staff.title('codes')}'!G2", [["2026-03-31"]])
        told = run(server, "subscriber", "export", " 1849 ", **VARIABLES)
        assert told.exit_code == 0
        found = json.loads(told.output)
        titles = staff.language.columns
        assert list(found) == ["subscriber_id", staff.title("codes"), staff.title("redemptions")]
        first, second = found[staff.title("codes")]
        assert list(first) == [*titles["codes"].values(), "Note"]
        assert (first[titles["codes"]["code"]], first[titles["codes"]["name"]], first["Note"]) == (
            "A-1",
            "Anna",
            "likes blue",
        )
        assert first[titles["codes"]["expiration_date"]] == "2026-03-31"
        assert second[titles["codes"]["used_on"]].endswith("+03:00")
        of_her = [row[titles["redemptions"]["code"]] for row in found[staff.title("redemptions")]]
        assert of_her == ["A-1", "A-2"]  # the second by her code alone: the till knew no id
        assert "Boris" not in told.output
        assert "somebody" not in told.output
        assert "18490" not in told.output

    def test_it_finds_what_stands_under_the_pseudonym(self, people: Made) -> None:
        server, sheet, staff = people
        forget(sheet)
        found = json.loads(run(server, "subscriber", "export", "1849", **VARIABLES).output)
        assert [len(found[staff.title(tab)]) for tab in ("codes", "redemptions")] == [2, 1]

    def test_russian_letters_are_printed_as_they_are(self, people: Made) -> None:
        server, _, staff = people
        staff.type(f"'{staff.title('codes')}'!D2", [["Анна"]])
        assert "Анна" in run(server, "subscriber", "export", "1849", **VARIABLES).output

    def test_a_shared_code_shows_nobody_elses_redemptions(self, people: Made) -> None:
        server, _, staff = people
        staff.type_row("codes", 6, code="SALE", campaign="spring", subscriber_id="1849")
        staff.type_row("codes", 7, code="SALE", campaign="spring", subscriber_id="77")
        staff.type_row("redemptions", 4, code="SALE", claim="c3")
        found = json.loads(run(server, "subscriber", "export", "1849", **VARIABLES).output)
        assert len(found[staff.title("redemptions")]) == 1


class TestTheCommands:
    @pytest.mark.parametrize("made", ["en", "ru"], indirect=True)
    def test_forget_says_how_many_rows_and_never_who(self, people: Made) -> None:
        server, _, staff = people
        told = run(server, "subscriber", "forget", " 1849 ", **VARIABLES)
        counts = f"2 in '{staff.title('codes')}', 1 in '{staff.title('redemptions')}'"
        assert (told.exit_code, told.output) == (0, f"rows forgotten: {counts}\n")
        again = run(server, "subscriber", "forget", "1849", **VARIABLES)
        assert (again.exit_code, again.output) == (0, f"forgotten before, rows: {counts}\n")

    def test_forget_ends_with_1_and_names_the_cells_that_it_could_not_change(self, people: Made) -> None:
        server, _, staff = people
        staff.type(f"'{staff.title('codes')}'!D4", [['=CONCATENATE("An";"na")']])
        told = run(server, "subscriber", "forget", "1849", **VARIABLES)
        assert told.exit_code == 1
        assert f"these cells still tell who it was: '{staff.title('codes')}'!D4." in told.output
        assert "Anna" not in told.output

    @pytest.mark.parametrize("command", ["forget", "export"])
    @pytest.mark.parametrize(
        ("subscriber", "variables", "status", "told"),
        [
            pytest.param("nobody", VARIABLES, 1, "promosheet: no row has this Subscriber ID", id="nowhere"),
            pytest.param("1849", {"CODE_KEY": ""}, 1, "CODE_KEY is missing", id="no key"),
            pytest.param(" ", VARIABLES, 2, "the ID is empty", id="empty"),
        ],
    )
    def test_what_is_wrong_is_said_in_one_line(
        self, people: Made, command: str, subscriber: str, variables: dict[str, str], status: int, told: str
    ) -> None:
        server, _, staff = people
        before = staff.rows("codes")
        ended = run(server, "subscriber", command, subscriber, **variables)
        assert (ended.exit_code, told in ended.output) == (status, True)
        assert "nobody" not in ended.output
        assert staff.rows("codes") == before
