"""Whether a request that failed can have been done: what may be done only once is sent again only if it cannot."""

from __future__ import annotations

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError


def never_sent(error: Exception) -> bool:
    """True if there was no connection, so that nothing can have been done."""
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", reason)
    return isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError | ConnectTimeoutError)
