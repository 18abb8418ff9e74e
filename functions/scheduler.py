"""The door of housekeeping: only Cloud Scheduler gets in, by the OIDC token that Google signed for it.

https://cloud.google.com/scheduler/docs/http-target-auth. The function may be public, so the token is verified here: by
Google's certificates, for our audience, of the one service account. No API key opens this door.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from functions import replies
from functions.door import Refusal, body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.door import Request
    from functions.replies import Reply
    from functions.settings import Scheduler

    #: Token and audience -> what Google signed. Raises CertificatesMissing, and anything for a token that is no good.
    Verify = Callable[[str, str], Mapping[str, Any]]

#: Clocks may differ by so many seconds.
_SKEW_S = 10
#: Certificates are kept for so long; Google announces new ones a day ahead. After so long they may be asked for anew.
_KEPT_S, _AGAIN_S, _TIMEOUT_S = 3600.0, 60.0, 10.0
#: A signed JSON Web Token has three parts.
_DOTS = 2
_OK = 200
_KEPT_WORD = "kept"


class CertificatesMissing(Exception):
    """Google's certificates could not be had."""


def refusal(request: Request, scheduler: Scheduler | None, verify: Verify) -> Refusal | None:
    """Say why a request starts nothing, None if it may. Raises only what `read_body` raises."""
    if scheduler is None or request.path.rstrip("/"):
        return Refusal("not_found_path", 404)
    if request.method != "POST":
        return Refusal("method_not_allowed", 405, headers=(("Allow", "POST"),))
    scheme, _, shown = request.header("authorization").partition(" ")
    token = shown.strip()
    try:
        known = scheme.lower() == "bearer" and token.count(".") == _DOTS and _is_caller(token, scheduler, verify)
    except CertificatesMissing:
        return Refusal("busy", 503)
    if not known:
        return Refusal("unauthorized", 401, headers=(("WWW-Authenticate", "Bearer"),))
    body = body_of(request)
    return body if isinstance(body, Refusal) else None


def told(word: str, counts: Mapping[str, int]) -> Reply:
    """Answer a run: what it did; not 200 if it is to be called again."""
    status = 200 if word == _KEPT_WORD else 503
    return replies.said({"status": word, **counts}, status)


def verified(token: str, audience: str) -> Mapping[str, Any]:
    """What a token says, verified by google-auth: signature, time, audience, issuer."""
    return verified_by(_google(), token, audience)


def verified_by(certificates: Certificates, token: str, audience: str) -> Mapping[str, Any]:
    """The same by these certificates."""
    from google.auth import exceptions  # noqa: PLC0415 - who shows no token does not pay for it
    from google.oauth2 import id_token  # noqa: PLC0415

    def verify() -> Mapping[str, Any]:
        check: Any = id_token.verify_oauth2_token
        found: Mapping[str, Any] = check(token, certificates, audience, clock_skew_in_seconds=_SKEW_S)
        return found

    try:
        try:
            return verify()
        except exceptions.MalformedError:  # it may be signed with a key that is newer than the certificates
            if not certificates.renew():
                raise
            return verify()
    except exceptions.TransportError as error:
        raise CertificatesMissing from error


def _is_caller(token: str, scheduler: Scheduler, verify: Verify) -> bool:
    """True for a good token of the scheduler's. Raises CertificatesMissing."""
    from google.auth import jwt  # noqa: PLC0415 - who shows no token does not pay for it

    try:
        # What is not even said to be from there costs no request for certificates.
        read: Any = jwt.decode
        said = _says(read(token, verify=False), scheduler)
        return said and _says(verify(token, scheduler.audience), scheduler)
    except CertificatesMissing:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with a token, it is no good
        return False


def _says(claims: Mapping[str, Any], scheduler: Scheduler) -> bool:
    email, audience, expected = claims.get("email"), claims.get("aud"), scheduler.caller.encode()
    if not isinstance(email, str) or claims.get("email_verified") is not True or audience != scheduler.audience:
        return False
    return hmac.compare_digest(email.encode("utf-8", "surrogatepass"), expected)


class Certificates:
    """Google's certificates, kept: a google-auth `Request` that does not ask for the same each time.

    *send* is the real one. Safe to use from many threads.
    """

    def __init__(self, send: Callable[..., Any], monotonic: Callable[[], float] = time.monotonic) -> None:
        """Ask for nothing yet."""
        self._send = send
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._answer: Any = None
        self._asked = 0.0

    def __call__(self, url: str, method: str = "GET", **_: Any) -> Any:
        """Answer a request for them. Raises google.auth.exceptions.TransportError."""
        from google.auth.exceptions import TransportError  # noqa: PLC0415 - who shows no token does not pay for it

        with self._lock:
            if self._answer is None or self._monotonic() - self._asked >= _KEPT_S:
                answer = self._send(url, method=method, timeout=_TIMEOUT_S)
                if answer.status != _OK or not _is_object(answer.data):
                    msg = "no certificates in the answer"
                    raise TransportError(msg)  # type: ignore[no-untyped-call]
                self._answer, self._asked = answer, self._monotonic()
            return self._answer

    def renew(self) -> bool:
        """Forget them, unless they are new; true if they will be asked for again."""
        with self._lock:
            old = self._answer is not None and self._monotonic() - self._asked >= _AGAIN_S
            if old:
                self._answer = None
            return old


def _is_object(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict)
    except ValueError:
        return False


@cache
def _google() -> Certificates:
    from google.auth.transport.requests import Request as GoogleRequest  # noqa: PLC0415 - imports the HTTP client

    return Certificates(GoogleRequest())
