"""Every text of the tabs can be read on every colour that may lie behind it: WCAG 2 level AA, 4.5 to 1."""

from __future__ import annotations

import pytest

from sheet_schema import dashboard, looks, pages

WHITE, BLACK = "#ffffff", "#000000"
BEHIND = {
    "white": WHITE, "band": looks._BAND, "header": looks._HEADER, "amber": looks._EXPIRING, "expired": looks._EXPIRED,
    "green status": looks._GREEN, "blue status": looks._BLUE, "red status": looks._RED,
}  # fmt: skip
PAIRS = {
    **{f"text on {name}": (BLACK, color) for name, color in BEHIND.items()},
    **{f"quiet on {name}": (looks._QUIET, color) for name, color in BEHIND.items()},
    "numbers at a glance": (dashboard._INK, dashboard._SHADE),
    "labels at a glance": (BLACK, dashboard._SHADE),
    "title of Start here": (BLACK, pages._TITLE),
}


def luminance(rgb: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(rgb[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, behind: str) -> float:
    darker, lighter = sorted((luminance(text), luminance(behind)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", PAIRS)
def test_text_can_be_read_on_what_lies_behind_it(name: str) -> None:
    assert contrast(*PAIRS[name]) >= 4.5
