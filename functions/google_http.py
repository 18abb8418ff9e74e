"""Credentials, and the transport under google-api-python-client: each request is sent once, with a time-out.

httplib2, the client's own transport, silently repeats a POST when the peer closes the connection, and mixes up answers
between threads (facts/sheets-api.md). So the client gets an object with httplib2's `request` over a requests session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import google.auth
import httplib2
import requests
from google.auth.transport.requests import AuthorizedSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)


def session_for(endpoint: str, token: str = "") -> requests.Session:
    """A session with Google's credentials of this machine, or *token*; for a loopback *endpoint* a bare one.

    Raises google.auth.exceptions.DefaultCredentialsError if this machine has no credentials.
    """
    if endpoint:
        session = requests.Session()
        session.trust_env = False  # a proxy set for the machine must not get what is meant for loopback
        return session
    if token:
        from google.oauth2.credentials import Credentials  # noqa: PLC0415 - only for a person's token, and it loads much

        return AuthorizedSession(Credentials(token))  # type: ignore[no-untyped-call]
    credentials, _project = google.auth.default(scopes=SCOPES)
    return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]


class OneShot:
    """httplib2's interface over a requests session: one request, one time-out in seconds, no repeats."""

    def __init__(self, session: requests.Session, timeout: float, seen: Callable[[Mapping[str, str]], None]) -> None:
        self._session = session
        self._timeout = timeout
        self._seen = seen

    def request(  # noqa: PLR0913, PLR0917 - httplib2's signature
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,  # noqa: ARG002
        connection_type: Any = None,  # noqa: ARG002
    ) -> tuple[httplib2.Response, bytes]:
        """Send one request and give its answer, whatever its status. Raises requests.RequestException."""
        answer = self._session.request(
            method, uri, data=body, headers=dict(headers or {}), timeout=self._timeout, allow_redirects=False
        )
        self._seen(answer.headers)
        response = httplib2.Response({name.lower(): value for name, value in answer.headers.items()})
        response.status = answer.status_code
        response.reason = answer.reason
        return response, answer.content
