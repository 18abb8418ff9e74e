"""Request kinds for filters: the basic filter, which hides rows, and filter views, which are only kept.

A row is judged when the filter is set, as in Google's own sheet: what is written later hides or shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.conditions import Seen, seen, test_of
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.kinds_sheets import free_id
from functions.local.kinds_things import Thing, adder, deleter, finder, ids, updater
from functions.local.merges import refuse_vertical
from functions.local.ranges import Box, bounds_of, grid_box, grid_json, inside
from functions.local.reorder import set_filtered, sort

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.local.model import Json, Sheet, Spreadsheet

BY_COLOR = frozenset(
    {
        "visibleBackgroundColor",
        "visibleBackgroundColorStyle",
        "visibleForegroundColor",
        "visibleForegroundColorStyle",
    }
)


def set_basic_filter(book: Spreadsheet, request: Json) -> Json:
    """Keep the sheet's one filter, sort its rows once, hide the rows that do not meet its criteria.

    The first row of the range is its header: neither sorted nor hidden.
    """
    asked = dict(request.get("filter", {}))
    if "tableId" in asked:
        refuse_unbuilt("a basic filter with a tableId")
    sheet, box = grid_box(book, asked.get("range", {}))
    refuse_vertical(sheet, box, "You can't create a filter over a range containing vertical merges.")
    asked["range"] = grid_json(sheet, box)
    body = box._replace(top=min(box.top + 1, box.bottom))
    if asked.get("sortSpecs") and body.rows:
        sort(book, sheet, body, asked["sortSpecs"])
    sheet.things["basicFilter"] = [_with_both({**asked, **_specs(asked)}, box)]
    hide_rows(book, sheet)
    return {}


def clear_basic_filter(book: Spreadsheet, request: Json) -> Json:
    """Forget the sheet's filter and show the rows it hid."""
    sheet = book.edit(request.get("sheetId", 0))
    sheet.things.pop("basicFilter", None)
    hide_rows(book, sheet)
    return {}


def hide_rows(book: Spreadsheet, sheet: Sheet) -> None:
    """Hide the rows that do not meet the criteria of the sheet's filter, if it has one, and show all others."""
    kept = sheet.things.get("basicFilter") or [{}]
    hidden: set[int] = set()
    if kept[0].get("filterSpecs"):
        box = inside(sheet, bounds_of(kept[0]["range"]))
        tests = [(spec["columnIndex"], _shows(book, spec["filterCriteria"])) for spec in kept[0]["filterSpecs"]]
        locale = str(book.properties.get("locale", ""))
        for index in range(box.top + 1, box.bottom):
            row = sheet.rows[index]
            if not all(test(seen(row.cell(column), locale)) for column, test in tests):
                hidden.add(index)
    for index in range(len(sheet.rows)):
        set_filtered(sheet, index, hidden=index in hidden)


def after_change(book: Spreadsheet, sheet: Sheet, before: list[Json] | None) -> None:
    """Judge the rows again when a change of the grid took the filter or some of its criteria away."""
    after = sheet.things.get("basicFilter")
    if before and len(before[0].get("filterSpecs", [])) != len((after or [{}])[0].get("filterSpecs", [])):
        hide_rows(book, sheet)


def _shows(book: Spreadsheet, criteria: Json) -> Callable[[Seen], bool]:
    if BY_COLOR & criteria.keys():
        refuse_unbuilt("a filter by colour")
    hidden = frozenset(criteria.get("hiddenValues", []))
    if "condition" not in criteria:
        return lambda cell: cell.text not in hidden
    test = test_of(book, criteria["condition"])
    return lambda cell: cell.text not in hidden and test(cell)


def _specs(item: Json) -> Json:
    """Specs of the columns that have criteria, from either spelling; filterSpecs, when set, count alone."""
    specs: list[Json] = item.get("filterSpecs", [])
    if not specs:
        specs = [
            {"columnIndex": _index(key), "filterCriteria": value} for key, value in item.get("criteria", {}).items()
        ]
    if any("dataSourceColumnReference" in spec for spec in specs):
        refuse_unbuilt("a filter of a data source")
    completed = [{"columnIndex": 0, "filterCriteria": {}, **spec} for spec in specs]
    return {"filterSpecs": sorted(completed, key=lambda spec: spec["columnIndex"])}


def _index(key: str) -> int:
    if not key.isdigit():
        refuse(f"Invalid criteria: {key} is not a column index.")
    return int(key)


def _with_both(item: Json, box: Box) -> Json:
    """Say the criteria in both spellings, as answers do; without any, in neither."""
    specs = item.pop("filterSpecs")
    item.pop("criteria", None)
    for spec in specs:
        if spec["columnIndex"] not in box.columns:
            refuse(f"filterSpecs.columnIndex[{spec['columnIndex']}] must be within the range.")
    if specs:
        item["criteria"] = {str(spec["columnIndex"]): spec["filterCriteria"] for spec in specs}
        item["filterSpecs"] = specs
    return item


def _view(sheet: Sheet, item: Json, written: set[str]) -> Json:
    """Complete a filter view: both spellings of the criteria, after the one that was written, and a title."""
    spellings = {"criteria", "filterSpecs"}
    stale = spellings - written if spellings & written else set()
    item = {name: value for name, value in item.items() if name not in stale}
    titles = {view.get("title") for view in sheet.things.get("filterViews", [])}
    numbered = (f"Filter {number}" for number in range(1, len(titles) + 2))
    title = item.get("title") or next(name for name in numbered if name not in titles)
    return _with_both({**item, **_specs(item), "title": title}, inside(sheet, bounds_of(item["range"])))


def duplicate_filter_view(book: Spreadsheet, request: Json) -> Json:
    """Copy a filter view under a new id."""
    sheet, index = finder(book, FILTER_VIEW, request.get("filterId", 0))
    view: dict[str, Any] = sheet.things["filterViews"][index]
    copy = {**view, "filterViewId": free_id(ids(book, FILTER_VIEW)), "title": f"Copy of {view['title']}"}
    sheet.things["filterViews"].append(copy)
    return {"filter": copy}


FILTER_VIEW = Thing("filterViews", "filter", "filterViewId", "FilterView", "filter view", _view)

KINDS = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": adder(FILTER_VIEW),
    "updateFilterView": updater(FILTER_VIEW),
    "deleteFilterView": deleter(FILTER_VIEW, "filterId"),
    "duplicateFilterView": duplicate_filter_view,
}
