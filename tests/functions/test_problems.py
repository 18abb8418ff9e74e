"""Everything that can be wrong, made as staff would make it: the word for it, the cell, and a sentence that is full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from problem_kit import SPRING, Desk, Rows, desk, said

from functions import codes
from sheet_schema.languages import LANGUAGES

NOON = "2026-03-10 12:00:00.123"
LATER = "2026-03-11 12:00:00.456"
RIGHT = "7K2QM-4XWD" + codes.check_symbol("7K2QM4XWD")
SHARED = {"campaign": "all", "shared_code": "HELLO10"}


@pytest.fixture(scope="module")
def shop() -> Iterator[Desk]:
    with desk() as made:
        yield made


def code(text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return {"code": text, "campaign": "spring"} | cells


def redeemed(text: str = "A-1", claim: str = "c1", **cells: Any) -> dict[str, Any]:
    return {"time": NOON, "code": text, "event": "redeemed", "claim": claim} | cells


def used(text: str = "A-1", **cells: Any) -> dict[str, Any]:
    return code(text, status="used", used_on=NOON) | cells


def campaign(**cells: Any) -> Rows:
    return {"campaigns": [SPRING | cells]}


#: word, tab, cell, what is typed
CASES = [
    pytest.param("not_a_date", "codes", "G2", {"codes": [code(expiration_date="soon")]}, id="text in a date"),
    pytest.param("not_a_date", "campaigns", "I2", campaign(starts_on="2026"), id="a year for a date"),
    pytest.param("date_two_ways", "codes", "G2", {"codes": [code(expiration_date="'4/3/2026")]}, id="which is the month"),
    pytest.param("date_wrong_way", "campaigns", "J2", campaign(ends_on="'2026-31-03"), id="year, day, month"),
    pytest.param("not_a_count", "campaigns", "K2", campaign(total_limit="0"), id="zero for a limit"),
    pytest.param("not_a_count", "campaigns", "O2", campaign(remind_days="soon"), id="text for days"),
    pytest.param("not_a_choice", "codes", "H2", {"codes": [code(status="gone")]}, id="unknown status"),
    pytest.param("not_a_choice", "redemptions", "C2", {"codes": [used()], "redemptions": [redeemed(event="ok")]}, id="unknown event"),
    pytest.param("not_yes_no", "campaigns", "B2", campaign(active="maybe"), id="neither yes nor no"),
    pytest.param("code_twice", "codes", "A2", {"codes": [code(subscriber_id="1"), code(subscriber_id="2")]}, id="a code of two people"),
    pytest.param("code_twice", "codes", "A2", {"codes": [code(), code()]}, id="a code typed twice for nobody"),
    pytest.param("code_twice", "pool", "A2", {"pool": [code(), code()]}, id="a ready code twice"),
    pytest.param("code_alike", "codes", "A2", {"codes": [code("LOL-10"), code("l0l 1o")]}, id="a code that reads like another"),
    pytest.param("code_alike", "codes", "A2", {"codes": [code("CAB", subscriber_id="1"), code("САВ", subscriber_id="2")]}, id="Cyrillic twins"),
    pytest.param("code_alike", "pool", "A2", {"pool": [code("GIFT 1"), code("gift-1")]}, id="ready codes alike"),
    pytest.param("campaign_twice", "campaigns", "A2", {"campaigns": [SPRING, {"campaign": "SPRING "}]}, id="a campaign twice"),
    pytest.param("unknown_campaign", "codes", "B2", {"codes": [code(campaign="winter")]}, id="unknown campaign"),
    pytest.param("unknown_campaign", "pool", "B2", {"pool": [code(campaign="winter")]}, id="unknown campaign in the pool"),
    pytest.param("campaign_renamed", "codes", "B2", {"codes": [code(campaign="winter", issue_date=NOON)]}, id="a campaign renamed, its rows not"),
    pytest.param("shared_code_missing", "campaigns", "G2", campaign(code_source="shared"), id="no shared code"),
    pytest.param("shared_code_twice", "campaigns", "G2", {"campaigns": [SHARED, SHARED | {"campaign": "b", "shared_code": "hello 10"}]}, id="a shared code of two campaigns"),
    pytest.param("shared_code_elsewhere", "codes", "B3", {"campaigns": [SHARED, SPRING], "codes": [code("HELLO10", campaign="all"), code("HELLO10")]}, id="a shared code in another campaign"),
    pytest.param("shared_code_changed", "codes", "A2", {"campaigns": [SHARED], "codes": [code("OLD10", campaign="all", subscriber_id="1"), code("OLD10", campaign="all", subscriber_id="2")]}, id="a shared code that was changed"),
    pytest.param("pool_low", "campaigns", "A2", campaign(code_source="pool"), id="an empty pool"),
    pytest.param("prefix_bad", "campaigns", "E2", campaign(prefix="%%"), id="prefix"),
    pytest.param("length_bad", "campaigns", "F2", campaign(length="4"), id="length"),
    pytest.param("too_many_days", "campaigns", "H2", campaign(valid_days="99999"), id="days without an end"),
    pytest.param("ends_before_start", "campaigns", "J2", campaign(starts_on="2026-05-02", ends_on="2026-05-01"), id="an end before the start"),
    pytest.param("unknown_placeholder", "campaigns", "P2", campaign(message="{name}: {code} {phone}"), id="a message with an unknown placeholder"),
    pytest.param("unknown_placeholder", "campaigns", "P2", campaign(message="{{code}} { expires } {}"), id="placeholders that are not quite right"),
    pytest.param("row_without_code", "codes", "A2", {"codes": [code("")]}, id="no code, but a campaign"),
    pytest.param("row_without_code", "codes", "A2", {"codes": [{"name": "Anna"}]}, id="no code, but a name"),
    pytest.param("row_without_code", "codes", "A2", {"codes": [code("--")]}, id="nothing but dashes"),
    pytest.param("row_without_code", "redemptions", "B2", {"redemptions": [redeemed("")]}, id="a redemption of nothing"),
    pytest.param("row_without_code", "pool", "A2", {"pool": [code("")]}, id="no ready code"),
    pytest.param("row_without_campaign", "pool", "B2", {"pool": [{"code": "G-1"}]}, id="a ready code of no campaign"),
    pytest.param("check_symbol", "codes", "A2", {"codes": [code(f"SPRING-8{RIGHT[1:]}")]}, id="one symbol wrong"),
    pytest.param("check_symbol", "codes", "A2", {"codes": [code(f"spring-K7{RIGHT[2:]}".lower())]}, id="two symbols swapped"),
    pytest.param("check_symbol", "codes", "A2", campaign(prefix="-") | {"codes": [code(f"8{RIGHT[1:]}", subscriber_id="1", issue_date=NOON)]}, id="without a prefix, in a row of the functions"),
    pytest.param("id_cut", "codes", "C2", {"codes": [code(subscriber_id="1.23E+15")]}, id="an id with an exponent"),
    pytest.param("id_cut", "redemptions", "E2", {"codes": [used()], "redemptions": [redeemed(subscriber_id="1,23E+15")]}, id="an exponent as in Russian"),
    pytest.param("date_swapped", "codes", "G2", {"codes": [code(issue_date=NOON, expiration_date="2026-01-04")]}, id="day and month changed places"),
    pytest.param("expires_before_issue", "codes", "G2", {"codes": [code(issue_date=NOON, expiration_date="2026-02-28")]}, id="an end before the issue"),
    pytest.param("withdrawn_row", "codes", "A2", {"codes": [code(subscriber_id="1", issue_date=NOON)], "redemptions": [redeemed(claim="", event="withdrawn", subscriber_id="1")]}, id="a row that was taken back"),
    pytest.param("used_without_redemption", "codes", "H2", {"codes": [code(status="used")]}, id="used, and nobody redeemed it"),
    pytest.param("redeemed_but_unused", "codes", "H2", {"codes": [code()], "redemptions": [redeemed()]}, id="redeemed, and the row says unused"),
    pytest.param("undone_but_used", "codes", "H2", {"codes": [used()], "redemptions": [redeemed(), redeemed(event="rolled back")]}, id="undone, and the row says used"),
    pytest.param("redeemed_unknown", "redemptions", "B2", {"redemptions": [redeemed()]}, id="a redemption of a deleted row"),
    pytest.param("used_too_often", "redemptions", "B2", {"codes": [used()], "redemptions": [redeemed(), redeemed(claim="c2", time=LATER)]}, id="redeemed twice"),
    pytest.param("used_too_often", "redemptions", "B2", {"campaigns": [SHARED], "codes": [used("HELLO10", campaign="all", subscriber_id="1")], "redemptions": [redeemed("HELLO10", subscriber_id="1"), redeemed("HELLO10", "c2", time=LATER, subscriber_id="1")]}, id="a shared code twice by one person"),
    pytest.param("stray_mark", "codes", "J3", {"codes": [used(), used("B-1")], "redemptions": [redeemed()]}, id="the mark of another code"),
    pytest.param("limit_passed", "campaigns", "K2", campaign(total_limit="1") | {"codes": [code(), code("B-1")]}, id="a limit below what is out"),
    pytest.param("limit_passed_shared", "campaigns", "K2", {"campaigns": [SHARED | {"total_limit": "1"}], "redemptions": [redeemed("HELLO10"), redeemed("HELLO10", "c2", time=LATER)]}, id="a limit below what was redeemed"),
    pytest.param("pool_code_in_use", "pool", "A2", {"campaigns": [SPRING, {"campaign": "gifts"}], "codes": [code()], "pool": [code(campaign="gifts")]}, id="a ready code of another campaign's"),
    pytest.param("pool_code_in_use", "pool", "A2", {"codes": [], "redemptions": [redeemed("G-1")], "pool": [code("G-1")]}, id="a ready code that was redeemed"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "tab", "cell", "rows"), CASES)
def test_what_staff_type_wrong_is_named_with_its_cell(shop: Desk, word: str, tab: str, cell: str, rows: Rows) -> None:
    shop.clear()
    shop.type(rows)
    besides = [("redeemed_unknown", "redemptions", "B2")] if word == "pool_code_in_use" and not rows["codes"] else []
    assert said(shop.faults()) == [*besides, (word, tab, cell)]


def test_a_renamed_campaign_is_named_where_its_old_name_stands(shop: Desk) -> None:
    shop.clear()
    old = code(campaign="winter")
    example = {"campaign": LANGUAGES["ru"].example["campaign"]}
    shop.type({"campaigns": [example, SPRING], "codes": [old | {"issue_date": NOON}], "pool": [old | {"code": "G-1"}]})
    faults = shop.faults()
    assert said(faults) == [("campaign_renamed", "codes", "B2"), ("campaign_renamed", "pool", "B2")]
    assert {fault.params["other"] for fault in faults} == {"spring"}


def cut_id(shop: Desk) -> None:
    shop.type({"codes": [code()]})
    shop.number("codes", 2, 2, 1.23e15)


def other_zone(shop: Desk) -> None:
    assert shop.say_zone("Asia/Tokyo") == "B12"


def lost_number(shop: Desk) -> None:
    shop.staff.type("'_promosheet'!A1", [["oops"]])


DEEDS = [
    pytest.param("id_cut", "codes", "C2", cut_id, id="an id that became a number"),
    pytest.param("time_zone_differs", "help", "B12", other_zone, id="another time zone in Start here"),
    pytest.param("bad_number_cell", "guard", "A1", lost_number, id="text for the guard's number"),
]


@pytest.mark.parametrize(("word", "tab", "cell", "do"), DEEDS)
def test_what_staff_do_wrong_is_named_with_its_cell(
    shop: Desk, word: str, tab: str, cell: str, do: Callable[[Desk], None]
) -> None:
    shop.clear()
    do(shop)
    assert said(shop.faults()) == [(word, tab, cell)]


def delete_tab(shop: Desk) -> None:
    shop.staff.edit({"deleteSheet": {"sheetId": shop.staff.sheet_id("pool")}})


def add_tab(shop: Desk) -> None:
    shop.staff.edit({"addSheet": {"properties": {"title": "Готовые коды"}}})


def delete_column(shop: Desk) -> None:
    shop.staff.edit({"deleteDimension": {"range": shop.staff.dimension("codes", 7, 8)}})


def add_column(shop: Desk) -> None:
    sheet_id = shop.staff.sheet_id("pool")
    shop.staff.edit({"appendDimension": {"sheetId": sheet_id, "dimension": "COLUMNS", "length": 1}})
    shop.staff.type("'Code pool'!C1", [["promo code"]])


def rename_tab(shop: Desk) -> None:
    properties = {"sheetId": shop.staff.sheet_id("pool"), "title": "Gift codes"}
    shop.staff.edit({"updateSheetProperties": {"properties": properties, "fields": "title"}})


BREAKS = [
    pytest.param("missing_tab", "pool", "", delete_tab, 1, id="a tab deleted"),
    pytest.param("doubled_tab", "pool", "", add_tab, 1, id="a tab twice"),
    pytest.param("missing_column", "codes", "", delete_column, 1, id="a column deleted"),
    pytest.param("doubled_column", "pool", "A1", add_column, 1, id="a column twice"),
    pytest.param("renamed_tab", "pool", "", rename_tab, 0, id="a tab renamed"),
]


@pytest.mark.parametrize(("word", "tab", "cell", "do", "wrong"), BREAKS)
def test_what_staff_do_to_tabs_and_columns_is_named(
    word: str, tab: str, cell: str, do: Callable[[Desk], None], wrong: int
) -> None:
    with desk() as shop:
        do(shop)
        faults = shop.faults()
    assert said(faults) == [(word, tab, cell)]
    assert [not fault.harmless for fault in faults] == [bool(wrong)]


#: Set-up says these, of a sheet that it cannot take into use: test_schema_adoption.py.
OF_SET_UP = {"several_by_hand", "header_below", "no_header"}


def test_every_word_for_a_fault_has_a_case_here() -> None:
    words = {case.values[0] for case in (*CASES, *DEEDS, *BREAKS)}
    assert words | OF_SET_UP == LANGUAGES["en"].faults.keys()
