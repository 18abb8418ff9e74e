"""What this machine says of the person in front of it: the language, and the time zone in which a day ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from functions.local.locales import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCALTIME = Path("/etc/localtime")
_FALLBACK = "Etc/UTC"


def locale(environ: Mapping[str, str]) -> str:
    """Locale for a new spreadsheet: `ru_RU` on a machine that speaks Russian, else `en_US`."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "ru_RU" if spoken.lower().startswith("ru") else "en_US"


def time_zone(environ: Mapping[str, str], localtime: Path = _LOCALTIME) -> str:
    """IANA name of the machine's time zone: from TZ, else from where *localtime* points, else UTC."""
    linked = str(localtime.resolve()).partition("/zoneinfo/")[2]
    return next((name for name in (environ.get("TZ", "").removeprefix(":"), linked) if _is_zone(name)), _FALLBACK)


def _is_zone(name: str) -> bool:
    return "/" in name and zone_of(name) is not None  # not the likes of EST5EDT, which Google does not take
