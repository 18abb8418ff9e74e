"""Exchange requests of Google's client for answers: each is sent once, counted, and its failure told apart."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

import google.auth.exceptions
import requests
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import Error as ClientError
from googleapiclient.errors import HttpError

from functions.failures import Rejected, SheetBroken, SheetError, Throttled, Unanswered
from functions.google_http import OneShot, session_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.pacing import Pace
    from functions.world import World

_TOO_MANY, _BAD_REQUEST, _SERVER_ERROR = 429, 400, 500
#: 408 and 409 ("The operation was aborted", of writers that get into each other's way) pass by themselves.
_PASSING = frozenset({408, 409})


class Exchange:
    """A connection to Google Sheets, opened by the first request; not safe for use by two threads at once.

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
