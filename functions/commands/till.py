"""`promosheet till`: links that sign a till in."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from functions import settings
from functions.commands.common import Failed, told_in_one_line
from functions.promo import Role
from functions.till.browser import LOOPBACK
from functions.till.sessions import DAY_S, DAYS, Sessions
from functions.world import RealWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.settings import Key

#: Light on dark whatever the terminal's own colours are, since not every reader takes a picture the other way round.
_LIGHT, _DARK = "bright_white", "black"


@click.group()
def till() -> None:
    """Sign tills in."""


@till.command("link")
@click.option("--name", required=True, help="Name of the till's key in API_KEYS.")
@click.option("--url", default="http://localhost:8080", show_default=True, help="Where the functions are.")
@click.option("--days", default=1, type=click.IntRange(1, DAYS), show_default=True, help="How long the link is good.")
def till_link(name: str, url: str, days: int) -> None:
    """Print a link, and a QR code of it, that signs a phone in at the till page. It needs API_KEYS and CODE_KEY.

    Whoever opens it is signed in, so show it to nobody else. It ends sooner when the key is taken out of API_KEYS.
    """
    with told_in_one_line():
        keys, code_key = settings.api_keys(os.environ), settings.code_key(os.environ)
    key = _key(keys, name)
    place = _page(url)
    world = RealWorld()
    end = world.wall_ms() / 1000 + days * DAY_S
    link = f"{place}#link={Sessions(code_key, keys).link(key, end, world.token())}"
    click.echo(link)
    for line in _qr(link):
        click.secho(line, fg=_LIGHT, bg=_DARK)
    click.echo(
        f"Good for {days} day{'' if days == 1 else 's'}; who opens it is signed in as {key.name} for {DAYS} days."
    )


def _key(keys: tuple[Key, ...], name: str) -> Key:
    """The key of that name; of two, while a secret is changed, the first: deploy.sh puts the newer one there.

    Raises Failed.
    """
    key = next((each for each in keys if each.name == name), None)
    if key is None:
        message = f"API_KEYS has no key with the name {name}"
        raise Failed(message)
    if key.role is Role.BOT:
        message = f"the key {name} is a bot's: name one with the role till or admin"
        raise Failed(message)
    return key


def _page(url: str) -> str:
    """Address of the page; a link signs in, so it goes nowhere in plain text. Raises a usage error."""
    try:
        parts = urlsplit(url.strip())
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        secure = False
    if not secure or parts.query or parts.fragment:
        message = "--url must begin with https://, and have no ? or #"
        raise click.UsageError(message)
    return url.strip().rstrip("/").removesuffix("/till") + "/till/"


def _qr(link: str) -> Iterator[str]:
    """Lines of a QR code: two rows of modules in each, light ones drawn."""
    import segno  # noqa: PLC0415 - other commands draw nothing

    drawn = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(out=drawn, compact=True)
    return iter(drawn.getvalue().splitlines())
