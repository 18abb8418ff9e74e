"""BotHelp's Open API, as far as a code is pushed through it: https://help.bothelp.io/en/api-bothelp.

What may be done twice (a field, a tag) is tried until the deadline; what may not (a bot step) is sent again only if it
is certain that it was not done: 401 and 429, and a connection that never came about.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase

from functions.bots.never_sent import never_sent

if TYPE_CHECKING:
    from functions.settings import BotHelp
    from functions.world import World

API, OAUTH = "https://api.bothelp.io", "https://oauth.bothelp.io"
#: One request never waits longer; nor shorter, whatever is left.
_LONGEST_S, _SHORTEST_S = 5.0, 0.5
#: A token is not used in the last minute of its life. One whose life is not said has this.
_MARGIN_S, _LIFE_S = 60.0, 600.0
#: Pauses before it is tried again: full jitter, the longest doubles.
_PAUSE_S, _LONGEST_PAUSE_S = 0.4, 3.0
_JSON, _JSON_API = "application/json", "application/vnd.api+json"
_TOKEN = "token"  # noqa: S105 - what failed, for the log
_OK, _REDIRECT, _REFUSED, _UNAUTHORIZED, _TIMED_OUT, _TOO_MANY, _SERVER_ERROR = 200, 300, 400, 401, 408, 429, 500


class PushFailed(Exception):
    """It was not done, or nobody knows. `certain`: it was not. str() is what a log may have: no ids, no answer.

    `final`: it was refused for what it is, such as a subscriber that is not there; tried again it would be again.
    """

    def __init__(self, what: str, why: str, *, certain: bool, final: bool = False) -> None:
        """Keep what matters."""
        super().__init__(f"{what}: {why}")
        self.certain = certain
        self.final = final


@dataclass(frozen=True)
class _Passing:
    """A failure that may pass by itself."""

    why: str
    certain: bool
    wait_s: float = 0.0


class Api:
    """Calls one account's API; safe to use from many threads."""

    def __init__(self, settings: BotHelp, world: World) -> None:
        """Nothing is sent before it is needed."""
        self._settings = settings
        self._world = world
        self._lock = threading.Lock()
        self._token, self._ends = "", 0.0

    def set_fields(self, subscriber: str, values: dict[str, str], deadline: float) -> None:
        """Set custom fields, by name. *subscriber* as `address` gives it. Raises PushFailed."""
        changes = [{"op": "replace", "path": _pointer(name), "value": value} for name, value in values.items()]
        self._call("PATCH", subscriber, "customFields", changes, deadline)

    def add_tag(self, subscriber: str, tag: str, deadline: float) -> None:
        """Add a tag, which is made if there is none of that name. Raises PushFailed."""
        self._call("PATCH", subscriber, "", [{"op": "add", "path": "/tags", "value": [tag]}], deadline)

    def start_step(self, subscriber: str, bot: str, step: str, deadline: float) -> None:
        """Start a step of a bot, at most once. Raises PushFailed."""
        body = {"botReferral": bot, "stepReferral": step}
        self._call("POST", subscriber, "bot", body, deadline, once=True)

    def send_message(self, subscriber: str, text: str, deadline: float) -> None:
        """Send a message, at most once. Raises PushFailed."""
        self._call("POST", subscriber, "messages", [{"content": text}], deadline, once=True, media_type=_JSON_API)

    def _call(  # noqa: PLR0913 - what a call consists of
        self,
        method: str,
        subscriber: str,
        part: str,
        body: Any,
        deadline: float,
        *,
        once: bool = False,
        media_type: str = _JSON,
    ) -> None:
        what, path = part or "tags", f"{subscriber}/{part}".rstrip("/")
        url = f"{self._settings.api_endpoint or API}{path}"
        renewed, longest = False, _PAUSE_S
        while True:
            token = self._bearer(deadline)
            if once and self._world.monotonic() + _SHORTEST_S >= deadline:
                why = "no time is left"  # an answer could not be waited for
                raise PushFailed(what, why, certain=True)
            found = self._send(method, url, body, token, deadline, media_type)
            if found is None:
                return
            if isinstance(found, int) and found == _UNAUTHORIZED and not renewed:
                renewed = True
                self._drop(token)
                continue
            if isinstance(found, int):
                certain = found >= _REFUSED
                raise PushFailed(what, f"status {found}", certain=certain, final=certain and found != _UNAUTHORIZED)
            if once and not found.certain:
                raise PushFailed(what, found.why, certain=False)
            if not self._pause(longest, found.wait_s, deadline):
                raise PushFailed(what, found.why, certain=found.certain)
            longest = min(longest * 2, _LONGEST_PAUSE_S)

    def _send(  # noqa: PLR0913, PLR0917 - what a request consists of
        self, method: str, url: str, body: Any, token: str, deadline: float, media_type: str
    ) -> _Passing | int | None:
        """Send once. None: done; a status: refused (below 300: an answer that denies it); else it may pass."""
        try:
            with self._session() as session:
                answer = session.request(
                    method,
                    url,
                    json=body,
                    headers={"Content-Type": media_type},
                    auth=_Bearer(token),
                    timeout=self._timeout(deadline),
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            return _Passing(type(error).__name__, certain=never_sent(error))
        status = answer.status_code
        if status in {_TOO_MANY, _TIMED_OUT} or status >= _SERVER_ERROR:
            return _Passing(f"status {status}", certain=status == _TOO_MANY, wait_s=_seconds(answer))
        return None if _OK <= status < _REDIRECT and not _denied(answer) else status

    def _bearer(self, deadline: float) -> str:
        """The token, a new one if need be. Raises PushFailed, certain: nothing was done yet."""
        with self._lock:
            longest = _PAUSE_S
            while not self._token or self._world.monotonic() >= self._ends:
                why = self._renew(deadline)
                if why and not self._pause(longest, 0, deadline):
                    raise PushFailed(_TOKEN, why, certain=True)
                longest = min(longest * 2, _LONGEST_PAUSE_S)
            return self._token

    def _renew(self, deadline: float) -> str:
        """Fetch a token; why it failed, if that may pass. Raises PushFailed if it may not."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
        }
        url = f"{self._settings.oauth_endpoint or OAUTH}/oauth2/token"
        try:
            with self._session() as session:
                answer = session.post(url, data=form, timeout=self._timeout(deadline), allow_redirects=False)
        except requests.RequestException as error:
            return type(error).__name__
        if answer.status_code == _TOO_MANY or answer.status_code >= _SERVER_ERROR:
            return f"status {answer.status_code}"
        token, life = _token_of(answer)
        if answer.status_code != _OK or not token:
            why = f"status {answer.status_code}, check BOTHELP_CLIENT_ID and BOTHELP_CLIENT_SECRET"
            raise PushFailed(_TOKEN, why, certain=True)
        self._token = token
        self._ends = self._world.monotonic() + max(life - _MARGIN_S, life / 2)
        return ""

    def _drop(self, token: str) -> None:
        """Forget a token that is no good, unless another thread has a new one already."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def _pause(self, longest: float, asked: float, deadline: float) -> bool:
        """Wait before the next try; False if there is no time for one."""
        seconds = max(self._world.uniform(0, longest), asked)
        if self._world.monotonic() + seconds >= deadline:
            return False
        self._world.sleep(seconds)
        return True

    def _timeout(self, deadline: float) -> float:
        return min(max(deadline - self._world.monotonic(), _SHORTEST_S), _LONGEST_S)

    def _session(self) -> requests.Session:
        session = requests.Session()  # one a request: a connection that was kept may be cut after it took the request
        # What is meant for loopback goes to no proxy.
        session.trust_env = not (self._settings.api_endpoint or self._settings.oauth_endpoint)
        return session


class _Bearer(AuthBase):
    """As `auth`, so that no ~/.netrc puts another one in its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def address(subscriber_id: str) -> str:
    """Path of a subscriber: by the API's own id, which is a number, else by cuid, which never is one alone."""
    kind = "" if subscriber_id.isdecimal() else "cuid/"
    return f"/v1/subscribers/{kind}{subscriber_id}"


def _pointer(name: str) -> str:
    """Name of a field as JSON Pointer (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _denied(answer: requests.Response) -> bool:
    """True if the answer says itself that it was not done; any other body says nothing (facts: DESIGN.md section 5)."""
    try:
        found = answer.json()
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("success") is False


def _token_of(answer: requests.Response) -> tuple[str, float]:
    """The token and its life in seconds, "" if there is none."""
    try:
        found = answer.json()
    except ValueError:
        return "", 0.0
    token = found.get("access_token") if isinstance(found, dict) else None
    life = found.get("expires_in") if isinstance(found, dict) else None
    usable = isinstance(token, str) and token.isascii() and token.isprintable()
    good = isinstance(life, int) and not isinstance(life, bool) and 0 < life < 10**9
    return token if usable and token else "", float(life) if good and life else _LIFE_S


def _seconds(answer: requests.Response) -> float:
    """What Retry-After asks for in seconds, else 0."""
    asked = answer.headers.get("Retry-After", "").strip()
    return float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0.0  # noqa: PLR2004
