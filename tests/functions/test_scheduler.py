"""The door of housekeeping through the real functions-framework: real tokens, signed by keys made here."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import functions_framework
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask.testing import FlaskClient
from google.auth import crypt, jwt
from google.auth.exceptions import TransportError
from test_http import ADMIN_KEY, MAIN, settings

from functions import scheduler
from functions.housekeeping import Housekeeping, Kept
from functions.local.server import LocalSheets
from functions.scheduler import Certificates

CALLER, AUDIENCE = "promosheet-scheduler@shop.iam.gserviceaccount.com", "https://promosheet-1.run.app/tasks"


class KeyPair:
    """A key that Google could have, and its certificate."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "federated-signon")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        self.certificate = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        text = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        signer: Any = crypt.RSASigner.from_string(text, self.name)
        values = {name: value for name, value in (good() | claims).items() if value is not None}
        signed: bytes = jwt.encode(signer, values, header=header)
        return signed.decode()


def good() -> dict[str, Any]:
    """What Google says in a token of Cloud Scheduler's."""
    now = int(time.time())
    said = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "1",
        "sub": "1",
        "iat": now,
        "exp": now + 3600,
    }
    return said | {"email": CALLER, "email_verified": True}


GOOGLE, NEWER, STRANGER = KeyPair("k1"), KeyPair("k2"), KeyPair("k1")


@dataclass
class FakeGoogle:
    """Serves certificates as google-auth asks for them."""

    keys: list[KeyPair] = field(default_factory=lambda: [GOOGLE])
    asked: list[str] = field(default_factory=list)
    status: int = 200
    data: bytes = b""
    gone: bool = False

    def __call__(self, url: str, method: str = "GET", **_: Any) -> FakeGoogle:
        self.asked.append(f"{method} {url}")
        if self.gone:
            raise TransportError("no route")  # type: ignore[no-untyped-call]
        return FakeGoogle(status=self.status, data=self.data or json.dumps(self.certificates).encode())

    @property
    def certificates(self) -> dict[str, str]:
        return {each.name: each.certificate for each in self.keys}


@dataclass
class Door:
    """The functions, Google, a clock for the certificates, and what housekeeping says when it runs."""

    client: FlaskClient
    log: io.StringIO
    google: FakeGoogle = field(default_factory=FakeGoogle)
    now: float = 1_000.0
    kept: Kept = field(default_factory=Kept)
    runs: int = 0

    def post(self, token: str = "", path: str = "/tasks", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.post(path, headers=headers | more.pop("headers", {}), **more)


@pytest.fixture(scope="module")
def sheets() -> Iterator[LocalSheets]:
    with LocalSheets(data=":memory:") as server:
        yield server


def opened(patch: pytest.MonkeyPatch, sheets: LocalSheets, target: str = "promosheet", **more: str) -> Door:
    for name, value in (settings(sheets) | more).items():
        patch.setenv(name, value)
    log = io.StringIO()
    with pytest.MonkeyPatch.context() as loading:
        loading.setattr(sys, "stdout", log)
        door = Door(functions_framework.create_app(target, MAIN).test_client(), log)

    def send(url: str, **named: Any) -> FakeGoogle:
        return door.google(url, **named)

    certificates = Certificates(send, lambda: door.now)
    patch.setattr(scheduler, "_google", lambda: certificates)

    def run(_: Housekeeping) -> Kept:
        door.runs += 1
        return door.kept

    patch.setattr(Housekeeping, "run", run)
    return door


BOTH = {"HOUSEKEEPING_CALLER": CALLER, "HOUSEKEEPING_AUDIENCE": AUDIENCE}


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, sheets: LocalSheets) -> Door:
    return opened(monkeypatch, sheets, **BOTH)


def part(values: Any) -> str:
    text = values if isinstance(values, bytes) else json.dumps(values).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(header: Any, payload: Any = None, signature: bytes = b"x") -> str:
    return f"{part(header)}.{part(good() if payload is None else payload)}.{part(signature)}"


def cut(token: str) -> str:
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-8]}"


def altered(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{part(good() | {'sub': '2'})}.{signature}"


#: Each makes a token that opens nothing.
HOSTILE: list[Any] = [
    pytest.param(lambda: "", id="none"),
    pytest.param(lambda: ADMIN_KEY, id="an API key"),
    pytest.param(lambda: "a.b.c", id="three letters"),
    pytest.param(lambda: "..", id="three times nothing"),
    pytest.param(lambda: "a.b.c.d", id="four parts"),
    pytest.param(lambda: "Ж.Ж.Ж".encode().decode("latin-1"), id="letters that are no Base64"),
    pytest.param(lambda: GOOGLE.sign(aud="https://elsewhere.example"), id="another audience"),
    pytest.param(lambda: GOOGLE.sign(aud=[AUDIENCE]), id="a list of audiences"),
    pytest.param(lambda: GOOGLE.sign(aud=None), id="no audience"),
    pytest.param(lambda: GOOGLE.sign(email="evil@shop.iam.gserviceaccount.com"), id="another account"),
    pytest.param(lambda: GOOGLE.sign(email=CALLER.upper()), id="another spelling of the account"),
    pytest.param(lambda: GOOGLE.sign(email=f"{CALLER}\n"), id="the account and a line end"),
    pytest.param(lambda: GOOGLE.sign(email="\ud800"), id="an account of half a character"),
    pytest.param(lambda: GOOGLE.sign(email=["x"]), id="a list for the account"),
    pytest.param(lambda: GOOGLE.sign(email=None), id="no account"),
    pytest.param(lambda: GOOGLE.sign(email_verified=False), id="an account that was not verified"),
    pytest.param(lambda: GOOGLE.sign(email_verified="true"), id="verified in words"),
    pytest.param(lambda: GOOGLE.sign(email_verified=None), id="nothing said of that"),
    pytest.param(lambda: GOOGLE.sign(exp=int(time.time()) - 60), id="expired"),
    pytest.param(lambda: GOOGLE.sign(iat=int(time.time()) + 600), id="from the future"),
    pytest.param(lambda: GOOGLE.sign(exp=None), id="without an end"),
    pytest.param(lambda: GOOGLE.sign(exp="tomorrow"), id="an end in words"),
    pytest.param(lambda: GOOGLE.sign(iss="https://accounts.google.com.evil.example"), id="another issuer"),
    pytest.param(lambda: GOOGLE.sign(iss=None), id="no issuer"),
    pytest.param(STRANGER.sign, id="signed by somebody else with a key of that name"),
    pytest.param(NEWER.sign, id="signed with a key that is not Google's"),
    pytest.param(lambda: cut(GOOGLE.sign()), id="half a signature"),
    pytest.param(lambda: altered(GOOGLE.sign()), id="another content under the signature"),
    pytest.param(lambda: unsigned({"alg": "none"}), id="alg none"),
    pytest.param(lambda: unsigned({"alg": "HS256", "kid": "k1"}), id="a symmetric algorithm"),
    pytest.param(lambda: unsigned({"alg": "ES256", "kid": "k1"}), id="an algorithm for another kind of key"),
    pytest.param(lambda: unsigned({"alg": ["RS256"], "kid": "k1"}), id="a list of algorithms"),
    pytest.param(lambda: unsigned({"alg": "RS256", "kid": {"a": 1}}), id="an object for the name of the key"),
    pytest.param(lambda: unsigned({"alg": "RS256"}), id="no name of a key"),
    pytest.param(lambda: unsigned([]), id="a list for a header"),
    pytest.param(lambda: unsigned({"alg": "RS256"}, []), id="a list for a payload"),
    pytest.param(lambda: unsigned({"alg": "RS256"}, b"\xff"), id="a payload that is no text"),
    pytest.param(lambda: unsigned({"alg": "RS256"}, b"[" * 3000), id="a payload that is nested too deeply"),
]


@pytest.mark.parametrize("token", HOSTILE)
def test_any_other_token_is_refused_and_starts_nothing(door: Door, token: Callable[[], str]) -> None:
    shown = token()
    answer = door.post(shown)
    assert (answer.status_code, answer.json["reason"], door.runs) == (401, "unauthorized", 0)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not shown or shown not in door.log.getvalue() + answer.text
    assert CALLER not in door.log.getvalue() + answer.text


@pytest.mark.parametrize("scheme", ["Basic", "", "Bearer Bearer"])
def test_a_good_token_has_to_be_shown_as_a_bearers(door: Door, scheme: str) -> None:
    answer = door.post(headers={"Authorization": f"{scheme} {GOOGLE.sign()}".strip()})
    assert (answer.status_code, door.runs) == (401, 0)


@pytest.mark.parametrize("headers", [{"X-Api-Key": ADMIN_KEY}, {"Authorization": f"Bearer {ADMIN_KEY}"}])
def test_an_api_key_does_not_open_it(door: Door, headers: dict[str, str]) -> None:
    assert door.post(headers=headers, path=f"/tasks?key={ADMIN_KEY}").status_code == 401
    assert (door.runs, door.google.asked) == (0, [])


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
@pytest.mark.parametrize("path", ["/tasks", "/tasks/"])
def test_cloud_scheduler_is_let_in_and_told_what_was_done(door: Door, path: str, issuer: str) -> None:
    door.kept = Kept(mended=1, problems=2, low_pools=3, reminded=4, left=5)
    answer = door.post(GOOGLE.sign(iss=issuer), path, data=b"{}")
    assert answer.status_code == 200
    assert answer.json == {"status": "kept", "mended": 1, "problems": 2, "low_pools": 3, "reminded": 4, "left": 5}
    entry = json.loads(door.log.getvalue().splitlines()[-1])
    assert (entry["outcome"], entry["severity"]) == ("kept", "INFO")
    assert entry["numbers"] == {"mended": 1, "problems": 2, "low_pools": 3, "reminded": 4, "left": 5}
    assert entry["httpRequest"]["requestUrl"].rstrip("/") == "/tasks"


@pytest.mark.parametrize(("word", "severity"), [("busy", "WARNING"), ("sheet_broken", "ERROR")])
def test_what_could_not_be_done_is_answered_so_that_it_comes_again(door: Door, word: str, severity: str) -> None:
    door.kept = Kept(word, mended=1)
    answer = door.post(GOOGLE.sign())
    assert (answer.status_code, answer.json["status"], answer.json["mended"]) == (503, word, 1)
    assert json.loads(door.log.getvalue().splitlines()[-1])["severity"] == severity


def test_alone_it_is_served_at_the_root(monkeypatch: pytest.MonkeyPatch, sheets: LocalSheets) -> None:
    door = opened(monkeypatch, sheets, "housekeeping", **BOTH)
    assert door.post(GOOGLE.sign(), "/").status_code == 200
    assert door.post(GOOGLE.sign(), "/tasks").status_code == 404


def test_without_the_variables_it_is_not_there(monkeypatch: pytest.MonkeyPatch, sheets: LocalSheets) -> None:
    door = opened(monkeypatch, sheets)
    answer = door.post(GOOGLE.sign())
    assert (answer.status_code, answer.json["reason"], door.runs) == (404, "not_found_path", 0)


@pytest.mark.parametrize("path", ["/tasks/x", "/tasksx", "/tasks//x"])
def test_nothing_else_is_there(door: Door, path: str) -> None:
    assert (door.post(GOOGLE.sign(), path).status_code, door.runs) == (404, 0)


def test_it_has_to_be_a_post(door: Door) -> None:
    answer = door.client.get("/tasks", headers={"Authorization": f"Bearer {GOOGLE.sign()}"})
    assert (answer.status_code, answer.headers["Allow"], door.runs) == (405, "POST", 0)


def test_a_body_that_is_too_large_is_refused(door: Door) -> None:
    assert door.post(GOOGLE.sign(), data=b"x" * 16_385).status_code == 413
    assert door.runs == 0


class TestCertificates:
    @pytest.mark.parametrize(
        "google",
        [
            FakeGoogle(gone=True),
            FakeGoogle(status=503),
            FakeGoogle(data=b"<html>"),
            FakeGoogle(data=b"[]"),
            FakeGoogle(data=b"\xff"),
        ],
        ids=["nobody answers", "503", "no JSON", "a list", "no text"],
    )
    def test_without_them_nobody_is_let_in_for_now(self, door: Door, google: FakeGoogle) -> None:
        door.google = google
        answer = door.post(GOOGLE.sign())
        assert (answer.status_code, answer.json["reason"], door.runs) == (503, "busy", 0)
        door.google = FakeGoogle()
        assert door.post(GOOGLE.sign()).status_code == 200

    def test_they_are_googles_and_asked_for_once_an_hour(self, door: Door) -> None:
        for _ in range(3):
            door.post(GOOGLE.sign())
        assert door.google.asked == ["GET https://www.googleapis.com/oauth2/v1/certs"]
        door.now += 3600
        door.post(GOOGLE.sign())
        assert len(door.google.asked) == 2

    def test_what_is_not_even_said_to_be_from_there_asks_for_none(self, door: Door) -> None:
        door.post(STRANGER.sign(email="evil@example.com"))
        door.post(STRANGER.sign(aud="https://elsewhere.example"))
        assert door.google.asked == []

    def test_a_key_that_is_newer_than_they_are_is_looked_for_at_most_once_a_minute(self, door: Door) -> None:
        door.post(GOOGLE.sign())
        assert [door.post(NEWER.sign()).status_code for _ in range(3)] == [401] * 3
        assert len(door.google.asked) == 1
        door.google.keys = [GOOGLE, NEWER]
        door.now += 60
        assert door.post(NEWER.sign()).status_code == 200
        assert len(door.google.asked) == 2


def test_what_google_needs_is_not_loaded_for_a_refused_call() -> None:
    check = "import sys, functions.service; sys.exit(bool({'google.auth', 'googleapiclient', 'requests'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0
