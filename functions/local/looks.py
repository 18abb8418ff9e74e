"""What Google prints of a spreadsheet that nobody set: the default format and theme, as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.local.model import Extras

WHITE: dict[str, float] = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: dict[str, Any] = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
_THEME_COLORS: tuple[tuple[str, dict[str, float]], ...] = (
    ("TEXT", {}),
    ("BACKGROUND", WHITE),
    ("ACCENT1", {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275}),
    ("ACCENT2", {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314}),
    ("ACCENT3", {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275}),
    ("ACCENT4", {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902}),
    ("ACCENT5", {"red": 1, "green": 0.42745098, "blue": 0.003921569}),
    ("ACCENT6", {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706}),
    ("LINK", {"red": 0.06666667, "green": 0.33333334, "blue": 0.8}),
)
THEME: dict[str, Any] = {
    "primaryFontFamily": "Arial",
    "themeColors": [{"colorType": name, "color": {"rgbColor": color}} for name, color in _THEME_COLORS],
}


class Effective:
    """EffectiveFormat of many cells that look alike: each is made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Any, Any, dict[str, Any]]] = {}

    def of(self, extras: Extras | None, look: dict[str, Any] | None) -> dict[str, Any]:
        """Lay a conditional format over what was set on the cell, and that over the default."""
        key = (id(extras), id(look))
        if key not in self._known:
            own = extras.fields.get("userEnteredFormat", {}) if extras else {}
            # The two are kept with it, so that their ids stay theirs.
            self._known[key] = extras, look, over(over(DEFAULT_FORMAT, own), look or {})
        return self._known[key][2]


def over(base: dict[str, Any], look: dict[str, Any]) -> dict[str, Any]:
    """Lay one CellFormat over another: what *look* does not set shows through."""
    result = dict(base)
    for name, value in look.items():
        inner = result.get(name)
        # A colour is set whole: red alone over white is red.
        whole = "olor" in name
        result[name] = (
            over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) and not whole else value
        )
    return result
