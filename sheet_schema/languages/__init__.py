"""The languages that the sheet and the answers can speak. Each is one module with a `LANGUAGE`; to add one, add a file.

`tests/sheet_schema/test_languages.py` lists what a new one still lacks.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sheet_schema.language import Language, fill

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT", "LANGUAGES", "Language", "fill", "for_locale", "language"]

DEFAULT = "en"


def _found() -> dict[str, Language]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    languages: list[Language] = [module.LANGUAGE for module in modules]
    return {each.code: each for each in sorted(languages, key=lambda each: (each.code != DEFAULT, each.code))}


#: By code, English first.
LANGUAGES: Mapping[str, Language] = _found()


def language(code: str) -> Language:
    """Return the language of a two-letter code. Raises KeyError."""
    return LANGUAGES[code]


def for_locale(locale: str) -> Language:
    """Return the language of a spreadsheet's locale such as `ru_RU`; English for one that is not spoken here."""
    return LANGUAGES.get(locale.replace("-", "_").split("_")[0].lower(), LANGUAGES[DEFAULT])
