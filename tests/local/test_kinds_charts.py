from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asking import grid, sheet_of

if TYPE_CHECKING:
    from sheet_client import Client

SPEC = {"title": "t", "pieChart": {"series": {"sourceRange": {"sources": [grid(0, 4, 0, 1)]}}}}


def add(spec: dict[str, Any] | None = None, position: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    place = {"overlayPosition": {"anchorCell": {"rowIndex": 2}}} if position is None else position
    return {"addChart": {"chart": {"spec": SPEC if spec is None else spec, "position": place, **more}}}


def move(overlay: dict[str, Any], fields: str) -> dict[str, Any]:
    return {
        "updateEmbeddedObjectPosition": {"objectId": 5, "newPosition": {"overlayPosition": overlay}, "fields": fields}
    }


def test_a_chart_is_kept_with_googles_size_and_given_back(client: Client) -> None:
    reply = client.batch(add())[0]["addChart"]["chart"]
    overlay = {"anchorCell": {"rowIndex": 2}, "widthPixels": 600, "heightPixels": 371}
    assert reply == {"chartId": reply["chartId"], "spec": SPEC, "position": {"overlayPosition": overlay}}
    assert sheet_of(client)["charts"] == [reply]
    client.batch({"deleteEmbeddedObject": {"objectId": reply["chartId"]}})
    assert "charts" not in sheet_of(client)


def test_a_chart_gets_another_spec_and_keeps_its_place(client: Client) -> None:
    new = {"basicChart": {"chartType": "BAR"}}
    before = client.batch(add(chartId=5), {"updateChartSpec": {"chartId": 5, "spec": new}})[0]["addChart"]["chart"]
    assert sheet_of(client)["charts"] == [{**before, "spec": new}]


@pytest.mark.parametrize(
    ("overlay", "fields", "expected"),
    [
        ({"widthPixels": 10}, "widthPixels", {"anchorCell": {"rowIndex": 2}, "widthPixels": 10, "heightPixels": 371}),
        (
            {"widthPixels": 10, "anchorCell": {"columnIndex": 1}},
            "anchorCell",
            {"anchorCell": {"columnIndex": 1}, "widthPixels": 600, "heightPixels": 371},
        ),
        (
            {"offsetXPixels": 7},
            "*",
            {"anchorCell": {}, "offsetXPixels": 7, "widthPixels": 600, "heightPixels": 371},
        ),
    ],
)
def test_a_chart_is_moved_by_its_mask(
    client: Client, overlay: dict[str, Any], fields: str, expected: dict[str, Any]
) -> None:
    reply = client.batch(add(chartId=5), move(overlay, fields))[1]["updateEmbeddedObjectPosition"]
    assert reply == {"position": {"overlayPosition": expected}}
    assert sheet_of(client)["charts"][0]["position"] == reply["position"]


def test_a_chart_moves_to_the_sheet_of_its_anchor(client: Client) -> None:
    anchor = {"sheetId": 7, "rowIndex": 1}
    client.batch(
        {"addSheet": {"properties": {"sheetId": 7}}}, add(chartId=5), move({"anchorCell": anchor}, "anchorCell")
    )
    assert "charts" not in sheet_of(client)
    assert sheet_of(client, 1)["charts"][0]["position"]["overlayPosition"]["anchorCell"] == anchor


def test_a_border_has_its_colour_in_both_spellings(client: Client) -> None:
    border = {"objectId": 5, "border": {"colorStyle": {"rgbColor": {"red": 1}}}, "fields": "color"}
    client.batch(add(chartId=5), {"updateEmbeddedObjectBorder": border})
    both = {"color": {"red": 1}, "colorStyle": {"rgbColor": {"red": 1}}}
    assert sheet_of(client)["charts"][0]["border"] == both
    client.batch({"updateEmbeddedObjectBorder": {"objectId": 5, "fields": "*"}})
    assert "border" not in sheet_of(client)["charts"][0]


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (add(chartId=5), 400, "an embedded object with that ID already exists."),
        (add({"title": "none"}), 400, "Exactly one kind of chart must be set in the spec."),
        (add({**SPEC, "orgChart": {}}), 400, "Exactly one kind of chart must be set in the spec."),
        (
            add({"pieChart": {"domain": {"sourceRange": {"sources": [grid(0, 1, 0, 1, 9)]}}}}),
            400,
            "Invalid requests[0].addChart: No grid with id: 9",
        ),
        (
            add({"pieChart": {"domain": {"sourceRange": {"sources": [grid(0, 2000, 0, 1)]}}}}),
            400,
            "exceeds grid limits",
        ),
        (add(position={}), 400, "The position must have an overlayPosition, a sheetId or newSheet."),
        (add(position={"overlayPosition": {"anchorCell": {"rowIndex": 1000}}}), 400, "exceeds grid limits"),
        (add(position={"newSheet": True}), 501, "a chart on a sheet of its own"),
        (add(position={"sheetId": 0}), 501, "a chart on a sheet of its own"),
        (add({**SPEC, "dataSourceChartProperties": {}}), 501, "a chart of a data source"),
        ({"updateChartSpec": {"chartId": 5, "spec": {}}}, 400, "Exactly one kind of chart must be set in the spec."),
        ({"updateChartSpec": {"chartId": 6, "spec": SPEC}}, 400, "No embedded object with id: 6"),
        ({"deleteEmbeddedObject": {"objectId": 6}}, 400, "No embedded object with id: 6"),
        ({"updateEmbeddedObjectBorder": {"objectId": 5}}, 400, "At least one field must be listed in 'fields'."),
        (move({"widthPixels": 5}, ""), 400, "At least one field must be listed in 'fields'."),
        (
            {"updateEmbeddedObjectPosition": {"objectId": 5, "newPosition": {"newSheet": True}}},
            501,
            "a chart on a sheet of its own",
        ),
    ],
)
def test_what_no_chart_can_be_is_refused(client: Client, request_: dict[str, Any], status: int, said: str) -> None:
    client.batch(add(chartId=5))
    found, message = client.batch_refused(request_)
    assert found == status
    assert said in message
    assert len(sheet_of(client)["charts"]) == 1
