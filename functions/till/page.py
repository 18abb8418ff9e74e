"""The till page and its manifest, filled in by Jinja2. Reads its templates, nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from functions.till import files
from sheet_schema import languages

if TYPE_CHECKING:
    from functions.till.sessions import Session


def page(language: str, time_zone: str, session: Session | None) -> bytes:
    """Fill in the page, for who signed in or to sign in.

    *time_zone* is the spreadsheet's, "" while it is not known. `page` is what the script gets to know; it stands in the
    page as data, see page.html.
    """
    texts = dict(languages.language(language).till)
    signed_in = session and {"name": session.key.name, "csrf": session.csrf}
    data: dict[str, Any] = {
        "texts": texts,
        "language": language,
        "time_zone": time_zone,
        "till": session.key.name if session else None,
        "csrf": session.csrf if session else None,
    }
    return _filled("page.html", language=language, texts=texts, session=signed_in, page=data)


def manifest(language: str) -> bytes:
    """Fill in what a phone has to know to put the page on its home screen."""
    return _filled("manifest.webmanifest", language=language, texts=dict(languages.language(language).till))


def _filled(name: str, **values: Any) -> bytes:
    return _environment().get_template(name).render(**values).encode()


@cache
def _environment() -> Environment:
    loader = FileSystemLoader([Path(__file__).with_name("templates"), files.FOLDER])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False)
    made.globals["static"] = files.address
    return made
