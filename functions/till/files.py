"""Static files of the till page, read once: what is in the folder is served by its exact name, and nothing else.

An address with the version of all files together (`static/VERSION/till.js`) is kept for a year; so is what the scripts
import from beside them. Any other address, an older version too, is asked for again and mostly answered with 304.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"[0-9a-f]{16}")
FOLDER = Path(__file__).with_name("static")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file ready to be sent: as it is, and by gzip where that is shorter, else b""."""

    type: str
    body: bytes
    zipped: bytes
    hash: str


@cache
def files() -> Mapping[str, File]:
    """Every file of the folder whose ending is known, by its path in there."""
    paths = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in _TYPES)
    return {path.relative_to(FOLDER).as_posix(): _file(_TYPES[path.suffix], path.read_bytes()) for path in paths}


@cache
def version() -> str:
    """Sixteen hex digits that are others when any file is another."""
    return _hash("\n".join(f"{name} {file.hash}" for name, file in files().items()).encode())


def address(name: str) -> str:
    """Where the page finds a file, for as long as all are the same. Raises KeyError for one that is not there."""
    if name not in files():
        raise KeyError(name)
    return f"static/{version()}/{name}"


def at(path: str) -> tuple[File | None, bool]:
    """Find the file at *path* below static/, None if there is none, and whether it can never be another there."""
    folder, _, rest = path.partition("/")
    if _VERSION.fullmatch(folder):
        return files().get(rest), folder == version()
    return files().get(path), False


def smaller(body: bytes) -> bytes:
    """A body by gzip, b"" if that is no shorter."""
    zipped = gzip.compress(body, mtime=0)
    return zipped if len(zipped) < len(body) else b""


def takes_gzip(accept_encoding: str) -> bool:
    """Tell if Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding in {"gzip", "*"}:
            return weight not in {"0", "0.0", "0.00", "0.000"}
    return False


def _file(kind: str, body: bytes) -> File:
    return File(kind, body, smaller(body), _hash(body))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
