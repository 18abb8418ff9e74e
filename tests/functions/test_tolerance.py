"""What staff may do to every column of every tab: no call is answered otherwise, and check says what there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local_sheet import problems_of
from rows import BOT, TILL
from tour import Shop, ask, shop

from functions.promo import Caller, CheckCall, IssueCall, Outcome
from sheet_schema.languages import LANGUAGES
from sheet_schema.layout import a1_column
from sheet_schema.schema import Column, Tab
from sheet_schema.tabs import TABS

EVERY = [pytest.param(tab, column, id=f"{tab.key}.{column.key}") for tab in TABS for column in tab.columns]
FILLED = [tab for tab in TABS if tab.columns]
by_column = pytest.mark.parametrize(("tab", "column"), EVERY)
by_tab = pytest.mark.parametrize("tab", FILLED, ids=lambda tab: tab.key)


@pytest.fixture(scope="module", params=LANGUAGES)
def opened(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with shop(request.param) as found:
        yield found


@pytest.fixture
def made(opened: Shop) -> Iterator[Shop]:
    yield opened
    opened.put_back()


def other_language(made: Shop) -> Any:
    return next(language for code, language in LANGUAGES.items() if code != made.staff.language.code)


def problems(made: Shop) -> list[str]:
    with made.sheet() as sheet:
        return problems_of(sheet)


def moved_and_renamed(made: Shop, tab: Tab, column: Column) -> None:
    """To the other end of the tab, with columns of staff left, right and between, that look much like ours."""
    made.retitle(tab.key, column.key, "What was that?")
    place, staff = made.place(tab.key, column.key), made.staff
    end = len(tab.columns) if place < len(tab.columns) // 2 else 0
    width = len(tab.columns)
    staff.edit(
        {"moveDimension": {"source": staff.dimension(tab.key, place, place + 1), "destinationIndex": end}},
        {"insertDimension": {"range": staff.dimension(tab.key, width, width + 1), "inheritFromBefore": True}},
        {"insertDimension": {"range": staff.dimension(tab.key, width // 2, width // 2 + 1), "inheritFromBefore": True}},
        {"insertDimension": {"range": staff.dimension(tab.key, 0, 1), "inheritFromBefore": False}},
    )
    for index in (0, width // 2 + 1, width + 2):
        note = [["Status?"], ["used"], ["void"], ["used"]]
        staff.type(f"'{staff.title(tab.key)}'!{a1_column(index)}1", note)


def retitled_in_the_other_language_without_a_mark(made: Shop, tab: Tab, column: Column) -> None:
    made.retitle(tab.key, column.key, f" {other_language(made).columns[tab.key][column.key].upper()}\u00a0 ")
    made.unmark(tab, column.key)


CHANGES: list[Callable[[Shop, Tab, Column], None]] = [
    moved_and_renamed,
    retitled_in_the_other_language_without_a_mark,
]


@by_column
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_column_may_be(made: Shop, tab: Tab, column: Column, change: Callable[[Shop, Tab, Column], None]) -> None:
    change(made, tab, column)
    assert made.tour() == made.usual
    assert problems(made) == []


@by_tab
def test_all_columns_may_be_retitled_in_the_other_language_at_once(made: Shop, tab: Tab) -> None:
    for key, title in other_language(made).columns[tab.key].items():
        made.retitle(tab.key, key, title)
    assert made.tour() == made.usual
    assert problems(made) == []


@by_column
def test_a_deleted_column(made: Shop, tab: Tab, column: Column) -> None:
    """An optional one is just not written; without any other one no call is answered, and check names it."""
    place = made.place(tab.key, column.key)
    made.staff.edit({"deleteDimension": {"range": made.staff.dimension(tab.key, place, place + 1)}})
    if column.optional:
        tour = made.tour()
        left_out = {"name": 3, "usage_channel": 4}.get(column.key)
        assert [answer[:2] for answer in tour.answers] == [answer[:2] for answer in made.usual.answers]
        usual = [tuple("" if place == left_out else cell for place, cell in enumerate(row)) for row in made.usual.codes]
        assert tour.codes == sorted(usual, key=str)
        assert problems(made) == []
        return
    with made.sheet() as sheet:
        assert ask(sheet, CheckCall(TILL, made.mine)).word == "sheet_broken"
    title = made.staff.language.columns[tab.key][column.key]
    (line,) = problems(made)
    assert line.startswith(f"'{made.staff.title(tab.key)}': ")
    assert title in line


def test_a_ready_code_is_issued_from_columns_that_were_retitled_and_moved(made: Shop) -> None:
    (pool,) = (tab for tab in TABS if tab.key == "pool")
    for column in pool.columns:
        retitled_in_the_other_language_without_a_mark(made, pool, column)
    made.staff.edit({"moveDimension": {"source": made.staff.dimension("pool", 0, 1), "destinationIndex": 2}})
    with made.sheet() as sheet:
        issued = ask(sheet, IssueCall(BOT, "s3", "gifts"))
    assert (issued.word, issued.code[:5]) == ("issued", "GIFT-")


class TestRows:
    """What is done to rows, in every tab."""

    @by_tab
    @pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
    def test_they_may_be_sorted(self, made: Shop, tab: Tab, order: str) -> None:
        area = {"sheetId": made.staff.sheet_id(tab.key), "startRowIndex": 1}
        made.staff.edit({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": order}]}})
        assert made.tour() == made.usual
        assert problems(made) == []

    @by_tab
    def test_blank_ones_may_stand_in_between(self, made: Shop, tab: Tab) -> None:
        rows = [made.staff.dimension(tab.key, place, place + 2, "ROWS") for place in (2, 1)]
        made.staff.edit(*({"insertDimension": {"range": each, "inheritFromBefore": False}} for each in rows))
        assert made.tour() == made.usual
        assert problems(made) == []

    @by_tab
    def test_they_and_columns_may_be_hidden_and_filters_may_show_none(self, made: Shop, tab: Tab) -> None:
        staff = made.staff
        area = {"sheetId": staff.sheet_id(tab.key), "startRowIndex": 0, "endRowIndex": 9}
        area |= {"startColumnIndex": 0, "endColumnIndex": len(tab.columns)}
        specs = [{"columnIndex": 0, "filterCriteria": {"condition": {"type": "BLANK"}}}]
        filtered = {"filter": {"range": area, "filterSpecs": specs}}
        lines = [staff.dimension(tab.key, 1, 3, "ROWS"), staff.dimension(tab.key, 0, len(tab.columns) - 1)]
        hidden = {"properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
        staff.edit(
            {"setBasicFilter": filtered},
            {"addFilterView": filtered},
            *({"updateDimensionProperties": {"range": each, **hidden}} for each in lines),
        )
        assert made.tour() == made.usual
        assert problems(made) == []


def test_two_rows_of_a_subscriber_that_calls_wrote_at_once_are_one_code(made: Shop) -> None:
    """With a Total limit a call does not rely on a row that was just written by another one, and writes its own."""
    made.staff.type_row("campaigns", 2, **made.cells | {"total_limit": 99})
    with made.sheet() as sheet:
        codes = {ask(sheet, IssueCall(BOT, "s9", made.campaign)).code for _ in range(2)}
    assert len(codes) == 1
    assert len([row for row in made.staff.rows("codes") if row["code"] in codes]) == 2
    assert problems(made) == []


@pytest.mark.parametrize("ids", [("", ""), ("s8", ""), ("s8", "s9")], ids=["nobody's", "one's and nobody's", "two's"])
def test_two_rows_of_one_code_that_are_not_one_subscribers_are_a_problem(made: Shop, ids: tuple[str, str]) -> None:
    for row, subscriber in enumerate(ids, 4):
        made.staff.type_row("codes", row, code="HAND-1", campaign=made.campaign, subscriber_id=subscriber)
    assert len(problems(made)) == 1


def type_code(made: Shop, **cells: Any) -> None:
    """Type a row of Promo codes below those that are there."""
    made.staff.type_row("codes", 4, **{"code": "HAND-1", "campaign": made.campaign, **cells})


def checked(made: Shop, caller: Caller = TILL, code: str = "hand 1", **more: Any) -> Outcome:
    with made.sheet() as sheet:
        return ask(sheet, CheckCall(caller, code, **more))


TYPINGS = [
    pytest.param(str.upper, id="capitals"),
    pytest.param(lambda word: f"  {word} ", id="spaces around"),
    pytest.param(lambda word: word.replace(" ", "\u00a0 ") + "\u00a0", id="non-breaking spaces"),
    pytest.param(lambda word: word.replace(" ", "").capitalize(), id="written together"),
]


@pytest.mark.parametrize("typing", TYPINGS)
@pytest.mark.parametrize("word", ["unused", "used", "void"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_status_may_be_typed_in_any_language(
    made: Shop, language: str, word: str, typing: Callable[[str], str]
) -> None:
    said = {"unused": "valid", "used": "already_used", "void": "void"}
    used_on = "2026-02-13" if word == "used" else ""
    type_code(made, status=typing(LANGUAGES[language].words[word]), used_on=used_on)
    assert checked(made).word == said[word]
    assert problems(made) == []


@pytest.mark.parametrize(
    "typing",
    [
        pytest.param(str.upper, id="capitals"),
        pytest.param(lambda word: f" {word}\u00a0", id="spaces around"),
    ],
)
@pytest.mark.parametrize("place", ["codes", "campaigns", "pool"])
def test_a_campaign_may_be_typed_with_other_spaces_and_capitals(
    made: Shop, place: str, typing: Callable[[str], str]
) -> None:
    if place == "codes":
        type_code(made, campaign=typing(made.campaign))
    elif place == "campaigns":
        made.staff.type_row("campaigns", 2, **made.cells | {"campaign": typing(made.campaign)})
        type_code(made)
    else:
        made.staff.type_row("pool", 2, code="GIFT-9", campaign=typing("gifts"))
        made.staff.type_row("pool", 3, code="GIFT-8", campaign="Gifts")
        type_code(made)
    with made.sheet() as sheet:
        assert ask(sheet, IssueCall(BOT, "s1", typing(made.campaign))).code == made.mine
        assert ask(sheet, IssueCall(BOT, "s3", "Gifts")).word == "issued"
    assert checked(made, campaign=made.campaign).word == "valid"
    assert problems(made) == []


YES_NO = [
    *(pytest.param(typed, True, id=repr(typed)) for typed in ("yes", "Yes ", "да", "ДА", "1", "TRUE", "x", "Х", "Да\u00a0")),
    *(pytest.param(typed, False, id=repr(typed)) for typed in ("no", "No", "нет", "НЕТ ", "0", "FALSE")),
    pytest.param("", None, id="empty"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "means"), YES_NO)
def test_yes_and_no_may_be_typed_in_many_ways(made: Shop, typed: str, means: bool | None) -> None:  # noqa: FBT001
    made.staff.type_row("campaigns", 2, **made.cells | {"active": typed, "holder_only": typed})
    type_code(made, subscriber_id="s7")
    with made.sheet() as sheet:
        issued = ask(sheet, IssueCall(BOT, "s9", made.campaign)).word
    assert issued == ("campaign_inactive" if means is False else "issued")
    assert checked(made, subscriber_id="s8").word == ("not_yours" if means else "valid")
    assert checked(made, subscriber_id="s7").word == "valid"
    assert problems(made) == []


DATES = [
    "2090-03-31", "2090/03/31", "2090.3.31", "31.03.2090", "31.3.2090 г.", "31/03/2090", "03/31/2090", "31-03-2090",
    "31 March 2090", "31 марта 2090 г.", "Mar 31, 2090", " 31.03.2090\u00a0",
]  # fmt: skip


@pytest.mark.parametrize("typed", DATES)
def test_a_date_may_be_typed_as_text_where_it_can_be_one_day_alone(made: Shop, typed: str) -> None:
    type_code(made, expiration_date=f"'{typed}", issue_date="'2026-02-13")
    outcome = checked(made)
    assert (outcome.word, str(outcome.expires)[:10]) == ("valid", "2090-03-31")
    assert problems(made) == []


@pytest.mark.parametrize(
    ("key", "typed", "word"),
    [
        *(
            ("expiration_date", typed, "sheet_broken")
            for typed in ("04/03/2090", "4-3-2090", "2090-31-03", "31.02.2090")
        ),
        # Nothing is decided by these: the row stays in use.
        ("issue_date", "04/03/2026", "valid"),
        ("used_on", "2026-31-03", "valid"),
    ],
)
def test_a_date_that_may_be_another_day_is_reported_and_not_guessed_at(
    made: Shop, key: str, typed: str, word: str
) -> None:
    type_code(made, **{key: f"'{typed}"})
    assert checked(made).word == word
    (line,) = problems(made)
    assert line.startswith(f"'{made.staff.title('codes')}'!{made.letter('codes', key)}4: ")
    assert typed in line


@pytest.mark.parametrize("key", ["starts_on", "ends_on"])
@pytest.mark.parametrize(("typed", "word"), [("01.02.2050", ""), ("02/01/2050", "sheet_broken")])
def test_a_campaign_with_a_date_as_text(made: Shop, key: str, typed: str, word: str) -> None:
    made.staff.type_row("campaigns", 2, **made.cells | {key: f"'{typed}"})
    with made.sheet() as sheet:
        issued = ask(sheet, IssueCall(BOT, "s9", made.campaign)).word
    assert issued == (word or {"starts_on": "campaign_not_started", "ends_on": "issued"}[key])
    assert len(problems(made)) == bool(word)
