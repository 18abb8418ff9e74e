"""Bot platforms that are more than flat JSON (facts: DESIGN.md section 5): one module each, found by its path.

A module is imported with the first request for its path, so that nobody pays for a platform that is not his.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.bots.platform import Platform

#: First part of a path below the bot's -> module.
MODULES = {"bothelp": "bothelp", "manychat": "manychat", "chatfuel": "chatfuel", "telegram": "telegram"}


def platform_at(path: str) -> Platform | None:
    """Find the platform that is served at a path below the bot's; None if flat JSON, or nothing, is."""
    name = MODULES.get(path.removeprefix("/").partition("/")[0], "")
    if not name:
        return None
    found: Platform = import_module(f"functions.bots.{name}").PLATFORM
    return found
