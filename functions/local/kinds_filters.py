"""Request kinds for filters: the basic filter, which hides rows, and filter views, which are only kept.

A row is judged when the filter is set, as in Google's own sheet: what is written later hides or shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.local.calculate import calculator_of
from functions.local.conditions import Place, Sources, test_of
from functions.local.errors import refuse, refuse_unbuilt
from functions.local.formats import shown
from functions.local.kinds_sheets import free_id
from functions.local.kinds_things import Thing, adder, deleter, finder, ids, updater
from functions.local.merges import refuse_vertical
from functions.local.ranges import Box, bounds_of, grid_box, grid_json, inside
from functions.local.reorder import set_filtered, sort
from functions.local.typed import as_typed

if TYPE_CHECKING:
    from functions.local.conditions import Test
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
        body = box._replace(top=box.top + 1)
        calculator = calculator_of(book)
        tests = [
            (column, _shows(spec["filterCriteria"], Sources(calculator, sheet, [body._replace(left=column)])))
            for spec in kept[0]["filterSpecs"]
            for column in (spec["columnIndex"],)
        ]
        for index, row in enumerate(calculator.rows(sheet, body.top, body.bottom), body.top):
            if not all(test(Place(index, column, row.cell(column))) for column, test in tests):
                hidden.add(index)
    for index in range(len(sheet.rows)):
        set_filtered(sheet, index, hidden=index in hidden)


def after_change(book: Spreadsheet, sheet: Sheet, before: list[Json] | None) -> None:
    """Judge the rows again when a change of the grid took the filter or some of its criteria away."""
    after = sheet.things.get("basicFilter")
    if before and len(before[0].get("filterSpecs", [])) != len((after or [{}])[0].get("filterSpecs", [])):
        hide_rows(book, sheet)


def _shows(criteria: Json, sources: Sources) -> Test:
    """Test of a cell by the criteria of its column. Raises ApiError."""
    if BY_COLOR & criteria.keys():
        refuse_unbuilt("a filter by colour")
    hidden, locale = frozenset(criteria.get("hiddenValues", [])), sources.calculator.locale

    def is_listed(place: Place) -> bool:
        return shown(place.value, place.cell.extras if place.cell else None, locale) not in hidden

    if "condition" not in criteria:
        return is_listed
    _check(criteria["condition"], locale)
    test = test_of(criteria["condition"], sources)
    return lambda place: is_listed(place) and test(place)


def _check(condition: Json, locale: str) -> None:
    """Refuse a condition that a filter cannot have."""
    kind, values = condition.get("type", ""), condition.get("values", [])
    if kind not in CONDITIONS and kind != "ONE_OF_LIST":
        refuse_unbuilt(f"the condition {kind or 'without a type'} in a filter")
    count = CONDITIONS.get(kind, len(values))
    if len(values) != count:
        refuse(f"ConditionType '{kind}' requires exactly {count} condition values, not {len(values)}.")
    for value in values if kind.startswith(("NUMBER_", "DATE_")) else ():
        text = str(value.get("userEnteredValue", ""))
        number = as_typed(text, locale)[0]
        if "relativeDate" not in value and (number is None or isinstance(number, bool | str)) and text[:1] != "=":
            refuse(f"Invalid ConditionValue.userEnteredValue: {text} for the ConditionType '{kind}'.")


_NUMBERS = ("GREATER", "GREATER_THAN_EQ", "LESS", "LESS_THAN_EQ", "EQ", "NOT_EQ")
_TEXTS = ("CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH", "EQ", "NOT_EQ")
_DATES = ("BEFORE", "AFTER", "ON_OR_BEFORE", "ON_OR_AFTER", "EQ")
CONDITIONS = {  # what a filter can ask, and of how many values
    "BLANK": 0,
    "NOT_BLANK": 0,
    "CUSTOM_FORMULA": 1,
    **{f"NUMBER_{name}": 1 for name in _NUMBERS},
    **{f"TEXT_{name}": 1 for name in _TEXTS},
    **{f"DATE_{name}": 1 for name in _DATES},
    **{f"{kind}_{name}": 2 for kind in ("NUMBER", "DATE") for name in ("BETWEEN", "NOT_BETWEEN")},
}


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
