from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import sheet_schema
from sheet_schema.languages import LANGUAGES
from sheet_schema.schema import Kind, Tab
from sheet_schema.tabs import CAMPAIGNS, CODES, GUARD, POOL, REDEMPTIONS, TABS

PACKAGE = Path(sheet_schema.__file__).parent

#: DESIGN.md section 3: tab and column titles, English and Russian, a star for optional ones.
DESIGN = [
    (
        CODES,
        (
            "Promo codes: Promo code, Campaign, Subscriber ID, Subscriber name*, Platform*, Issue date, "
            "Expiration date, Status, Usage channel*, Used on, Delivery*"
        ),
        (
            "Промокоды: Промокод, Кампания, ID подписчика, Имя подписчика*, Платформа*, Дата выдачи, Действует до, "
            "Статус, Канал использования*, Использован, Доставка*"
        ),
    ),
    (
        REDEMPTIONS,
        "Redemptions: Time, Promo code, Event, Usage channel, Subscriber ID, Reference, By, Request ID, Claim",
        "Погашения: Время, Промокод, Событие, Канал использования, ID подписчика, Номер заказа, Кто, ID запроса, Метка",
    ),
    (
        CAMPAIGNS,
        (
            "Campaigns: Campaign, Active, Discount, Code source, Prefix, Length, Shared code, Valid for (days), "
            "Starts on, Ends on, Total limit, Codes per subscriber, Uses per code, Holder only, "
            "Remind (days before), Message"
        ),
        (
            "Кампании: Кампания, Активна, Скидка, Источник кодов, Префикс, Длина, Общий код, Срок (дней), Начало, "
            "Окончание, Лимит всего, Кодов на подписчика, Использований на код, Только владельцу, "
            "Напомнить (за дней), Сообщение"
        ),
    ),
    (POOL, "Code pool: Promo code, Campaign", "Готовые коды: Промокод, Кампания"),
    (GUARD, "_promosheet: ", "_promosheet: "),
]


@pytest.mark.parametrize(
    ("tab", "code", "text"),
    [
        pytest.param(tab, code, text, id=f"{tab.key}-{code}")
        for tab, *texts in DESIGN
        for code, text in zip(("en", "ru"), texts, strict=True)
    ],
)
def test_titles_are_those_of_the_design(tab: Tab, code: str, text: str) -> None:
    language = LANGUAGES[code]
    titles = [language.columns[tab.key][column.key] + "*" * column.optional for column in tab.columns]
    assert f"{language.tabs[tab.key]}: {', '.join(titles)}" == text


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_a_title_means_one_column_of_its_tab_in_all_languages_together(tab: Tab) -> None:
    meanings = {
        (title.casefold(), key) for language in LANGUAGES.values() for key, title in language.columns[tab.key].items()
    }
    assert len({title for title, _ in meanings}) == len(meanings)


def test_only_the_claim_and_the_guard_are_hidden() -> None:
    assert [tab.key for tab in TABS if tab.hidden] == ["guard"]
    assert [column.key for tab in TABS for column in tab.columns if column.hidden] == ["claim"]


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_choices_belong_to_drop_downs_and_to_a_text_that_begins_with_a_word(tab: Tab) -> None:
    chosen = [column for column in tab.columns if column.choices]
    assert {column.kind for column in chosen} <= {Kind.CHOICE, Kind.TEXT}
    assert [column.key for column in chosen if column.kind is Kind.TEXT] == ["delivery"] * (tab.key == "codes")
    assert all(column.choices for column in tab.columns if column.kind is Kind.CHOICE)


def test_an_unknown_column_is_a_key_error() -> None:
    assert CODES.column("status").choices == ("unused", "used", "void")
    with pytest.raises(KeyError, match="colour"):
        CODES.column("colour")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_the_package_needs_the_standard_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {name.split(".")[0] for name in modules} <= {*sys.stdlib_module_names, "sheet_schema"}
