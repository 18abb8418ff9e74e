from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, rule, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

AREA = grid(0, 1, 0, 1)
KINDS = ("BLANK", "NOT_BLANK", "DATE_IS_VALID")


def fill(client: Client) -> None:
    adds = [{"addConditionalFormatRule": {"rule": rule(AREA, kind=kind), "index": n}} for n, kind in enumerate(KINDS)]
    client.batch(*adds)


def update(**fields: Any) -> dict[str, Any]:
    return {"updateConditionalFormatRule": fields}


def kinds(client: Client) -> list[str]:
    return [one["booleanRule"]["condition"]["type"] for one in sheet_of(client)["conditionalFormats"]]


@pytest.mark.parametrize("index", [0, 1])
def test_a_rule_is_replaced_in_its_place(client: Client, index: int) -> None:
    fill(client)
    new = rule(grid(4, 5, 0, 1), kind="TEXT_IS_EMAIL")
    reply = client.batch(update(index=index, rule=new))[0]["updateConditionalFormatRule"]
    assert reply == {"newRule": new, "oldRule": rule(AREA, kind=KINDS[index]), **({"newIndex": index} if index else {})}
    assert kinds(client) == [*KINDS[:index], "TEXT_IS_EMAIL", *KINDS[index + 1 :]]


@pytest.mark.parametrize(("index", "new", "expected"), [(0, 2, "120"), (2, 0, "201"), (1, 1, "012"), (0, 1, "102")])
def test_a_rule_is_moved_to_where_it_ends_up(client: Client, index: int, new: int, expected: str) -> None:
    fill(client)
    reply = client.batch(update(index=index, newIndex=new, sheetId=0))[0]["updateConditionalFormatRule"]
    moved = {"newRule": rule(AREA, kind=KINDS[index]), "oldIndex": index}
    assert reply == {**moved, **({"newIndex": new} if new else {})}
    assert kinds(client) == [KINDS[int(number)] for number in expected]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (update(index=3, rule=rule(AREA)), "No conditional format on sheet: 0 at index: 3"),
        (update(index=3, newIndex=0), "No conditional format on sheet: 0 at index: 3"),
        (update(index=0, newIndex=3), "Invalid newIndex: 3, the sheet has 3 conditional format rules."),
        (update(index=0), "Exactly one of rule and newIndex must be set."),
        (update(index=0, newIndex=1, rule=rule(AREA)), "Exactly one of rule and newIndex must be set."),
        (
            update(index=0, rule={"ranges": [AREA]}),
            "A conditional format rule must have either a booleanRule or a gradientRule.",
        ),
        (update(index=0, rule=rule()), "A conditional format rule must have ranges."),
    ],
)
def test_a_rule_that_cannot_be_updated_is_refused(client: Client, request_: dict[str, Any], message: str) -> None:
    fill(client)
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].updateConditionalFormatRule: {message}")


def test_the_ranges_of_a_rule_are_on_one_sheet(client: Client) -> None:
    client.batch({"addSheet": {"properties": {"sheetId": 7}}})
    message = client.batch_refused({"addConditionalFormatRule": {"rule": rule(AREA, grid(0, 1, 0, 1, 7))}})[1]
    assert message.endswith("All the ranges of a conditional format rule must be on the same sheet.")


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"addNamedRange": {"namedRange": {"name": name, "range": AREA, **more}}}


def rename(fields: str, **more: Any) -> dict[str, Any]:
    return {"updateNamedRange": {"namedRange": more, "fields": fields}}


def test_a_named_range_gets_another_name_or_place(client: Client) -> None:
    client.batch(
        named("old", namedRangeId="1"),
        rename("name", namedRangeId="1", name="new"),
        rename("range", namedRangeId="1", range=grid(3, 4, 0, 2)),
        rename("name", namedRangeId="1", name="NEW"),
    )
    assert client.get("namedRanges")["namedRanges"] == [{"namedRangeId": "1", "name": "NEW", "range": grid(3, 4, 0, 2)}]
    assert client.ok("GET", f"{client.root}/values/new")["range"] == "Sheet1!A4:B4"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (rename("name", namedRangeId="9", name="x"), "updateNamedRange: No NamedRange with id: 9"),
        (rename("name", name="x"), "updateNamedRange: No NamedRange with id:"),
        ({"deleteNamedRange": {"namedRangeId": "9"}}, "deleteNamedRange: No NamedRange with id: 9"),
        (
            rename("name", namedRangeId="1", name="Two"),
            "updateNamedRange: Cannot add named range with name: Two, a named range with that name already exists.",
        ),
        (
            rename("range", namedRangeId="1", range=grid(0, 1, 0, 1, 5)),
            "updateNamedRange: No grid with id: 5",
        ),
        (rename("*", namedRangeId="1", name="x"), "updateNamedRange: A named range must have a range."),
        (
            named("three", namedRangeId="2"),
            "addNamedRange: Cannot add named range with ID: 2, a named range with that ID already exists.",
        ),
    ],
)
def test_a_named_range_that_cannot_be_is_refused(client: Client, request_: dict[str, Any], message: str) -> None:
    client.batch(named("one", namedRangeId="1"), named("two", namedRangeId="2"))
    assert client.batch_refused(request_) == (400, f"Invalid requests[0].{message}")


BANDS = {"rowProperties": {"firstBandColor": {"red": 1}}}


def test_bands_do_not_overlap(client: Client) -> None:
    def band(place: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"addBanding": {"bandedRange": {"range": place, **BANDS, **more}}}

    client.batch(band(grid(0, 5, 0, 2), bandedRangeId=1), band(grid(5, 9, 0, 2), bandedRangeId=2))
    words = "You cannot add alternating background colors to a range that already has alternating background colors."
    assert client.batch_refused(band(grid(4, 6, 1, 3))) == (400, f"Invalid requests[0].addBanding: {words}")
    grown = {"bandedRange": {"bandedRangeId": 1, "range": grid(0, 6, 0, 2)}, "fields": "range"}
    assert client.batch_refused({"updateBanding": grown}) == (400, f"Invalid requests[0].updateBanding: {words}")
    grown["bandedRange"]["range"] = grid(0, 4, 0, 9)
    client.batch({"updateBanding": grown})
    assert sheet_of(client)["bandedRanges"][0]["range"] == grid(0, 4, 0, 9)


def test_a_protection_may_move_to_another_sheet_and_become_a_warning(client: Client) -> None:
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7}}},
        {
            "addProtectedRange": {
                "protectedRange": {"protectedRangeId": 1, "range": AREA, "editors": {"users": ["a@b"]}}
            }
        },
        {
            "updateProtectedRange": {
                "protectedRange": {"protectedRangeId": 1, "range": {"sheetId": 7}, "warningOnly": True},
                "fields": "range,warningOnly",
            }
        },
    )
    assert "protectedRanges" not in sheet_of(client)
    found = {"protectedRangeId": 1, "range": {"sheetId": 7}, "warningOnly": True, "requestingUserCanEdit": True}
    assert sheet_of(client, 1)["protectedRanges"] == [found]


def test_only_a_protected_sheet_has_unprotected_ranges(client: Client) -> None:
    def protect(place: dict[str, Any]) -> dict[str, Any]:
        return {"addProtectedRange": {"protectedRange": {"range": place, "unprotectedRanges": [AREA]}}}

    client.batch(protect({"sheetId": 0}))
    message = client.batch_refused(protect(grid(0, 5, 0, 5)))[1]
    assert message.endswith("Unprotected ranges are only supported on protected sheets.")


@pytest.mark.parametrize(
    ("kind", "field"),
    [("addProtectedRange", "protectedRange"), ("addBanding", "bandedRange"), ("addFilterView", "filter")],
)
def test_a_thing_without_a_range_answers_501(client: Client, kind: str, field: str) -> None:
    assert client.batch_refused({kind: {field: {}}})[0] == 501
