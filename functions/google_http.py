"""Credentials, and what is under google-api-python-client: each request is sent once, with a time-out, and judged.

httplib2, the client's own transport, silently repeats a POST when the peer closes the connection, and mixes up answers
between threads (facts/sheets-api.md). So the client gets an object with httplib2's `request` over a requests session.
"""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

import google.auth
import google.auth.exceptions
import httplib2
import requests
from google.auth.transport.requests import AuthorizedSession
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import Error as ClientError
from googleapiclient.errors import HttpError

from functions.failures import Rejected, SheetBroken, SheetError, Throttled, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.pacing import Pace
    from functions.world import World

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
_TOO_MANY, _BAD_REQUEST, _SERVER_ERROR = 429, 400, 500
#: 408 and 409 ("The operation was aborted", of writers that get into each other's way) pass by themselves.
_PASSING = frozenset({408, 409})


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


class Exchange:
    """Exchanges requests of the client for answers: each is sent once, counted, and its failure told apart.

    The connection is opened by the first request; not safe for use by two threads at once.
    `service` is the client that makes requests. `server_ms` is Google's clock at the last answer, ms since 1970 UTC.
    """

    def __init__(self, endpoint: str, world: World, token: str = "") -> None:
        self._endpoint = endpoint
        self._world = world
        self._token = token
        self._session: requests.Session | None = None
        self.server_ms: int | None = None
        document = json.loads(resources.files("functions").joinpath("sheets_v4.json").read_text("utf-8"))
        options = {"api_endpoint": endpoint} if endpoint else {}
        self.service: Any = build_from_document(document, http=_Never(), client_options=options)

    def ask(self, request: Any, timeout: float, pace: Pace) -> dict[str, Any]:
        """The answer to one request as a JSON object. Raises like `send`."""
        answer = self.send(request, timeout, pace)
        if not isinstance(answer, dict):
            msg = "an answer that is not a JSON object"
            raise Unanswered(msg)
        return answer

    def send(self, request: Any, timeout: float, pace: Pace) -> Any:
        """Send one request of that *pace*. Raises Rejected, Throttled, Unanswered, SheetBroken."""
        pace.note(self._world.monotonic())
        try:
            self._session = self._session or session_for(self._endpoint, self._token)
            return request.execute(http=OneShot(self._session, timeout, self._note_date))
        except HttpError as error:
            raise _refusal(error.status_code, _message(error)) from None
        except google.auth.exceptions.TransportError as error:
            raise Unanswered(type(error).__name__) from None
        except google.auth.exceptions.GoogleAuthError as error:
            raise SheetBroken([f"Google gave no credentials ({type(error).__name__}): check the account"]) from None
        except (requests.RequestException, ClientError, ValueError) as error:
            raise Unanswered(type(error).__name__) from None

    def close(self) -> None:
        """Give connections back."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _note_date(self, headers: Mapping[str, str]) -> None:
        try:
            date = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            self.server_ms = None
        else:
            self.server_ms = int(date.timestamp() * 1000) + 500  # the header has whole seconds


class _Never:
    """Stands in until a request is sent: each has a time-out of its own."""

    def request(self, *_: object, **__: object) -> None:
        """Nothing is sent this way."""
        raise NotImplementedError


def _refusal(status: int, message: str) -> SheetError:
    if status == _TOO_MANY:
        return Throttled(message)
    if status == _BAD_REQUEST:
        return Rejected(message)
    if status >= _SERVER_ERROR or status in _PASSING:
        return Unanswered(f"{status} {message}")
    return SheetBroken(
        [f"Google answers {status} ({message}): check SPREADSHEET_ID and share it, as Editor, with the service account"]
    )


def _message(error: HttpError) -> str:
    try:
        return str(json.loads(error.content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
