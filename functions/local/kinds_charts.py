"""Request kinds for charts: specification, place and border are kept and given back, and nothing is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local import masks
from functions.local.errors import invalid, refuse, refuse_unbuilt
from functions.local.kinds_sheets import free_id
from functions.local.ranges import asked_bounds, corner, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.local.model import Json, Sheet, Spreadsheet

SIZE = {"widthPixels": 600, "heightPixels": 371}
KINDS_OF_CHART = frozenset(
    {"basicChart", "pieChart", "bubbleChart", "candlestickChart", "orgChart", "histogramChart", "waterfallChart"}
    | {"treemapChart", "scorecardChart"}
)


def add_chart(book: Spreadsheet, request: Json) -> Json:
    """Keep a chart under its id, chosen or random, on the sheet of its anchor cell."""
    asked = dict(request.get("chart", {}))
    taken = {chart["chartId"] for sheet in book.sheets for chart in sheet.things.get("charts", [])}
    number = asked.pop("chartId", None) or free_id(taken)
    if number in taken:
        refuse(f"Cannot add chart with ID {number}: an embedded object with that ID already exists.")
    _check_spec(book, asked.get("spec", {}))
    overlay = _overlay(book, asked.get("position", {}))
    chart = {"chartId": number, **asked, "position": {"overlayPosition": overlay}}
    _sheet_of(book, overlay).things.setdefault("charts", []).append(chart)
    return {"chart": chart}


def _check_spec(book: Spreadsheet, spec: Json) -> None:
    if "dataSourceChartProperties" in spec:
        refuse_unbuilt("a chart of a data source")
    if len(KINDS_OF_CHART & spec.keys()) != 1:
        refuse("Exactly one kind of chart must be set in the spec.")
    for grid in _sources(spec):
        sheet = book.sheet(grid.get("sheetId", 0))
        inside(sheet, asked_bounds(grid))


def _sources(node: Any) -> Iterator[Json]:
    if isinstance(node, list):
        for item in node:
            yield from _sources(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from value if name == "sources" else _sources(value)


def _overlay(book: Spreadsheet, position: Json) -> Json:
    """Place of a chart with Google's size where none is given. Raises ApiError 400 or 501."""
    if position.get("newSheet") or "sheetId" in position:
        refuse_unbuilt("a chart on a sheet of its own")
    if "overlayPosition" not in position:
        refuse("The position must have an overlayPosition, a sheetId or newSheet.")
    overlay: Json = {**position["overlayPosition"]}
    anchor = overlay.setdefault("anchorCell", {})
    corner(book.sheet(anchor.get("sheetId", 0)), anchor)
    return {**overlay, **{name: size for name, size in SIZE.items() if name not in overlay}}


def _sheet_of(book: Spreadsheet, overlay: Json) -> Sheet:
    return book.edit(overlay["anchorCell"].get("sheetId", 0))


def _found(book: Spreadsheet, number: int) -> tuple[Sheet, int]:
    """Sheet (to change) and place in its list of the chart with an id. Raises ApiError 400."""
    for sheet in book.sheets:
        for index, chart in enumerate(sheet.things.get("charts", [])):
            if chart["chartId"] == number:
                return book.edit(sheet.id), index
    text = f"No embedded object with id: {number}"
    raise invalid(text)


def update_chart_spec(book: Spreadsheet, request: Json) -> Json:
    """Give a chart another specification."""
    sheet, index = _found(book, request.get("chartId", 0))
    spec = request.get("spec", {})
    _check_spec(book, spec)
    sheet.things["charts"][index] = {**sheet.things["charts"][index], "spec": spec}
    return {}


def delete_embedded_object(book: Spreadsheet, request: Json) -> Json:
    """Forget a chart."""
    sheet, index = _found(book, request.get("objectId", 0))
    del sheet.things["charts"][index]
    return {}


def update_embedded_object_position(book: Spreadsheet, request: Json) -> Json:
    """Move or resize a chart, to another sheet too. Answers its new position."""
    sheet, index = _found(book, request.get("objectId", 0))
    asked = request.get("newPosition", {})
    _overlay(book, asked)  # refuses what is not built before the mask is looked at
    mask = masks.check_update(request.get("fields", ""), "OverlayPosition")
    old = sheet.things["charts"][index]
    merged = masks.merge(old["position"]["overlayPosition"], asked["overlayPosition"], mask)
    position = {"overlayPosition": _overlay(book, {"overlayPosition": merged})}
    moved, target = {**old, "position": position}, _sheet_of(book, position["overlayPosition"])
    if target is sheet:
        sheet.things["charts"][index] = moved
    else:
        del sheet.things["charts"][index]
        target.things.setdefault("charts", []).append(moved)
    return {"position": position}


def update_embedded_object_border(book: Spreadsheet, request: Json) -> Json:
    """Change the border of a chart."""
    sheet, index = _found(book, request.get("objectId", 0))
    mask = masks.check_update(request.get("fields", ""), "EmbeddedObjectBorder")
    chart = dict(sheet.things["charts"][index])
    border = masks.merge(chart.pop("border", {}), request.get("border", {}), mask)
    sheet.things["charts"][index] = {**chart, **({"border": border} if border else {})}
    return {}


KINDS = {
    "addChart": add_chart,
    "updateChartSpec": update_chart_spec,
    "deleteEmbeddedObject": delete_embedded_object,
    "updateEmbeddedObjectPosition": update_embedded_object_position,
    "updateEmbeddedObjectBorder": update_embedded_object_border,
}
