"""`promosheet sheet check --write`: what the tab Problems says, and what of it is staff's and stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from problem_kit import Desk, desk

from functions import sheet_setup
from functions.cli import main
from functions.failures import SheetBroken

EMPTY = ["", "", ""]
CLEAN = [*EMPTY, "Nothing is wrong.", "Checked 26 November 2026, 10:05."]
END = [*EMPTY, "That is all.", "Checked 26 November 2026, 10:05."]
GONE = [
    "Promo codes",
    "H2",
    "gone",
    "'gone' is none of the words for this column.",
    "Choose one of: unused, used, void.",
]


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    with desk() as made:
        yield made


@pytest.fixture
def shop(shared: Desk) -> Desk:
    shared.clear()
    return shared


@pytest.fixture
def own() -> Iterator[Desk]:
    """A spreadsheet whose tabs a test may spoil."""
    with desk() as made:
        yield made


def gone(number: int = 1) -> dict[str, list[dict[str, Any]]]:
    return {"codes": [{"code": f"A-{each}", "campaign": "spring", "status": "gone"} for each in range(number)]}


def formulas(shop: Desk) -> list[list[Any]]:
    url = f"{shop.staff.url}/values/Problems!A2:E?valueRenderOption=FORMULA"
    found: list[list[Any]] = shop.staff.session.get(url, timeout=10).json()["values"]
    return found


def check(shop: Desk, *words: str) -> Result:
    settings = {"SHEETS_API_ENDPOINT": shop.staff.server.base_url, "SPREADSHEET_ID": "local"}
    return CliRunner().invoke(main, ["sheet", "check", *words], env=settings)


def test_a_fault_is_a_row_and_its_cell_a_link(shop: Desk) -> None:
    shop.type(gone())
    shop.write()
    assert shop.problems() == [GONE, END]
    sheet_id = shop.staff.sheet_id("codes")
    assert formulas(shop)[0][1] == f'=HYPERLINK("#gid={sheet_id}&range=H2";"H2")'


def test_a_clean_sheet_is_said_to_be_clean(shop: Desk) -> None:
    shop.write()
    assert shop.problems() == [CLEAN]


def test_in_a_russian_sheet_it_is_said_in_russian() -> None:
    with desk("ru") as shop:
        shop.type({"campaigns": [], "codes": [{"code": "A-1", "status": "исп", "expiration_date": "скоро"}]})
        shop.write()
        assert shop.problems() == [
            ["Промокоды", "G2", "скоро", "«скоро» — не дата.", "Впишите дату так: 31.03.2026 или 2026-03-31."],
            [
                "Промокоды",
                "H2",
                "исп",
                "«исп» — не слово для этого столбца.",
                "Выберите одно из: не использован, использован, аннулирован.",
            ],
            [*EMPTY, "Это всё.", "Проверено 26 ноября 2026 года, 10:05."],
        ]


def test_a_date_is_shown_as_it_is_typed_in_the_language() -> None:
    with desk("ru") as shop:
        shop.type({"campaigns": [{"campaign": "весна", "starts_on": "02.05.2026", "ends_on": "01.05.2026"}]})
        shop.write()
        assert shop.problems()[0][:3] == ["Кампании", "J2", "01.05.2026"]


def test_a_shorter_list_leaves_nothing_of_a_longer_one(shop: Desk) -> None:
    shop.type(gone(5))
    shop.write()
    assert len(shop.problems()) == 6
    shop.clear()
    shop.type(gone())
    shop.write()
    assert shop.problems() == [GONE, END]


def test_of_many_alike_a_hundred_are_listed_and_the_others_counted(shop: Desk) -> None:
    rows = [[f"A-{number}", "spring", "", "", "", "", "", "gone"] for number in range(300)]
    shop.type({"codes": []})
    shop.staff.type("'Promo codes'!A2", rows)
    shop.staff.type("Campaigns!B2", [["maybe"]])
    shop.write()
    listed = shop.problems()
    assert [row[1] for row in listed[:100]] == [f"H{number}" for number in range(2, 102)]
    assert listed[100:] == [
        [*EMPTY, "200 more like this."],
        ["Campaigns", "B2", "maybe", "'maybe' is neither yes nor no.", "Choose one of: yes, no."],
        END,
    ]
    shop.clear()
    shop.write()
    assert shop.problems() == [CLEAN]


def test_the_grid_grows_for_a_long_list_and_no_further() -> None:
    with desk() as shop:
        area = {"sheetId": shop.staff.sheet_id("problems"), "dimension": "ROWS", "startIndex": 2, "endIndex": 200}
        shop.staff.edit({"deleteDimension": {"range": area}})
        shop.type(gone(7))
        shop.write()
        shop.write()
        assert (len(shop.problems()), grid(shop)["rowCount"]) == (8, 9)


def grid(shop: Desk) -> dict[str, int]:
    answer = shop.staff.session.get(f"{shop.staff.url}?fields=sheets.properties(title,gridProperties)", timeout=10)
    found = {each["properties"]["title"]: each["properties"] for each in answer.json()["sheets"]}
    size: dict[str, int] = found["Problems"]["gridProperties"]
    return size


@pytest.mark.parametrize("typed", ["=1+1", "+49 170", "-1+1", "@x", '=HYPERLINK("http://x")', "'"])
def test_what_stands_in_a_cell_is_text_and_never_run(shop: Desk, typed: str) -> None:
    shop.type({"codes": [{"code": "A-1", "campaign": "spring"}]})
    start = {"sheetId": shop.staff.sheet_id("codes"), "rowIndex": 1, "columnIndex": 7}
    cell = {"userEnteredValue": {"stringValue": typed}}
    shop.staff.edit({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}})
    shop.write()
    assert shop.problems()[0][2] == typed
    place = "ranges=Problems!C2&fields=sheets.data.rowData.values.userEnteredValue"
    (sheet,) = shop.staff.session.get(f"{shop.staff.url}?{place}", timeout=10).json()["sheets"]
    assert sheet["data"][0]["rowData"][0]["values"][0]["userEnteredValue"] == {"stringValue": typed}


def test_what_would_move_the_cursor_of_a_terminal_is_not_printed(shop: Desk) -> None:
    shop.type({"codes": [{"code": "A-1", "campaign": "spring", "status": "a\x1b[2Jb\nc" + "d" * 500}]})
    (line, _) = check(shop).output.splitlines()
    assert "'a [2Jb c" in line
    assert len(line) < 250


def test_staffs_own_columns_beside_it_stay(own: Desk) -> None:
    own.staff.edit(
        {"appendDimension": {"sheetId": own.staff.sheet_id("problems"), "dimension": "COLUMNS", "length": 1}}
    )
    own.staff.type("Problems!F1", [["Done by"], ["Anna"], ["Olga"]])
    own.type(gone())
    own.write()
    own.write()
    assert own.problems() == [[*GONE, "Anna"], [*END, "Olga"]]


def move(shop: Desk) -> None:
    place = shop.staff.dimension("problems", 3, 5)
    shop.staff.edit({"moveDimension": {"source": place, "destinationIndex": 0}})


def insert(shop: Desk) -> None:
    place = shop.staff.dimension("problems", 0, 1)
    shop.staff.edit({"insertDimension": {"range": place, "inheritFromBefore": False}})
    shop.staff.type("Problems!A1", [["Done by"], ["Anna"]])


def delete(shop: Desk) -> None:
    shop.staff.edit({"deleteDimension": {"range": shop.staff.dimension("problems", 2, 3)}})
    shop.staff.type("Problems!A1", [["Where"]])


@pytest.mark.parametrize(
    ("do", "row"),
    [
        pytest.param(move, [*GONE[3:], *GONE[:3]], id="moved"),
        pytest.param(insert, ["Anna", *GONE], id="a column of staff's before them"),
        pytest.param(delete, [*GONE[:2], *GONE[3:]], id="one deleted, one with another title"),
    ],
)
def test_its_columns_are_found_where_staff_put_them(own: Desk, do: Callable[[Desk], None], row: list[str]) -> None:
    own.type(gone())
    own.write()
    do(own)
    own.write()
    assert own.problems()[0] == row


def test_a_tab_that_was_renamed_and_moved_is_found(own: Desk) -> None:
    properties = {"sheetId": own.staff.sheet_id("problems"), "title": "To do", "index": 0}
    own.staff.edit({"updateSheetProperties": {"properties": properties, "fields": "title,index"}})
    own.write()
    assert own.staff.values("'To do'!A2:E") == [CLEAN]


def test_a_tab_of_staffs_own_with_this_name_is_left_alone(own: Desk) -> None:
    own.staff.edit({"deleteSheet": {"sheetId": own.staff.sheet_id("problems")}})
    own.staff.edit({"addSheet": {"properties": {"title": "Problems"}}})
    own.staff.type("Problems!A1", [["Our problems"], ["rain"]])
    ended = check(own, "--write")
    assert (ended.exit_code, ended.output.splitlines()[-1]) == (
        1,
        "promosheet: the tab 'Problems' is not ours: give it another name, then run `promosheet sheet apply`",
    )
    assert own.staff.values("Problems!A1:E") == [["Our problems"], ["rain"]]


def test_a_tab_without_its_mark_is_known_by_its_header(own: Desk) -> None:
    lookup = {"metadataLocation": {"sheetId": own.staff.sheet_id("problems")}, "metadataKey": "promosheet_tab"}
    own.staff.edit({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}})
    own.write()
    assert own.problems() == [CLEAN]


def test_a_tab_whose_columns_staff_deleted_keeps_theirs(own: Desk) -> None:
    staff = own.staff
    staff.edit({"appendDimension": {"sheetId": staff.sheet_id("problems"), "dimension": "COLUMNS", "length": 1}})
    staff.type("Problems!F1", [["Done by"], ["Anna"]])
    staff.edit({"deleteDimension": {"range": staff.dimension("problems", 0, 5)}})
    with pytest.raises(SheetBroken, match="not ours"):
        own.write()
    assert staff.values("Problems!A1:E") == [["Done by"], ["Anna"]]


def test_start_here_without_its_last_row_says_no_time_zone(own: Desk) -> None:
    cell = own.say_zone("Asia/Tokyo")
    own.staff.type(f"'Start here'!A{cell[1:]}", [["Opening hours"]])
    assert own.faults() == ()


def test_without_the_tab_the_faults_are_printed_and_what_to_do_is_said(own: Desk) -> None:
    own.staff.edit({"deleteSheet": {"sheetId": own.staff.sheet_id("problems")}})
    own.type(gone())
    ended = check(own, "--write")
    assert ended.exit_code == 1
    assert ended.output.splitlines() == [
        f"'Promo codes'!H2: {GONE[3]} {GONE[4]}",
        "1 problem",
        "promosheet: there is no tab 'Problems': run `promosheet sheet apply`",
    ]
    with pytest.raises(SheetBroken):
        own.write()
    assert sheet_setup.apply(own.sheet)
    own.write()
    assert own.problems() == [GONE, END]


def test_a_fault_that_stops_the_calls_is_written_too(own: Desk) -> None:
    own.staff.edit({"deleteDimension": {"range": own.staff.dimension("codes", 7, 8)}})
    assert check(own, "--write").exit_code == 1
    first, last = own.problems()
    assert first[:4] == ["Promo codes", "", "", "The column 'Status' of the tab 'Promo codes' is missing."]
    assert last[3] == "That is all."


def test_notes_alone_are_written_and_end_with_0(own: Desk) -> None:
    properties = {"sheetId": own.staff.sheet_id("pool"), "title": "Gift codes"}
    own.staff.edit({"updateSheetProperties": {"properties": properties, "fields": "title"}})
    ended = check(own, "--write")
    assert (ended.exit_code, ended.output.splitlines()[-1]) == (0, "no problems, 1 note")
    assert own.problems()[0][:3] == ["Gift codes", "", "Gift codes"]
    own.type(gone())
    ended = check(own)
    assert (ended.exit_code, ended.output.splitlines()[-1]) == (1, "1 problem, 1 note")


def test_it_is_written_by_one_request(shop: Desk) -> None:
    server = shop.staff.server
    shop.type(gone(3))
    server.requests.clear()
    shop.write()
    assert server.requests["spreadsheets.batchUpdate"] == 1
