"""The till page: what a person at the counter sees, and how they sign in.

Everything below is imported with the first request that is for it: a bot never pays for the page.
"""

from __future__ import annotations

#: The cookie of a signed-in till.
COOKIE = "promosheet_till"
#: The page itself, its manifest, signing in and out.
PAGE, MANIFEST, SESSION = "/", "/manifest.webmanifest", "/session"
STATIC = "/static/"


def serves(path: str) -> bool:
    """Tell if the page or something of it is at *path*, below the function's; "" is `/till` without a slash."""
    return path in {"", PAGE, MANIFEST, SESSION} or path.startswith(STATIC)
