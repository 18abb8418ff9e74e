"""As whom the functions and the commands come to Google Sheets, seen by a metadata server and a Sheets API of the tests' own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from functions import google_http

SCOPE = "https://www.googleapis.com/auth/spreadsheets"


class Metadata(ThreadingHTTPServer):
    """What a Cloud Run instance finds under metadata.google.internal, and an echo of who asks under /echo."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.host = f"127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Metadata

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = urlsplit(self.path).path
        account = {"email": "promosheet@shop-123.iam.gserviceaccount.com", "scopes": ["x"], "aliases": ["default"]}
        token = {"access_token": "ya29.metadata", "expires_in": 3600, "token_type": "Bearer"}
        answers = {
            "/echo": {"who": self.headers.get("Authorization")},
            "/computeMetadata/v1/project/project-id": "shop-123",
        }
        found = answers.get(path, token if path.endswith("/token") else account if "/service-accounts/" in path else {})
        body = (found if isinstance(found, str) else json.dumps(found)).encode()
        self.send_response(200)
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Type", "text/plain" if isinstance(found, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing on the terminal."""


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    with Metadata() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_on_cloud_run_the_token_is_asked_for_with_the_scope_of_spreadsheets(metadata: Metadata, tmp_path: Path) -> None:
    code = "import sys; from functions.google_http import session_for; print(session_for('').get(sys.argv[1]).json()['who'])"
    hidden = {"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "HTTP_PROXY", "http_proxy"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    found = {
        "HOME": str(tmp_path),
        "CLOUDSDK_CONFIG": str(tmp_path),
        "GCE_METADATA_HOST": metadata.host,
        "GCE_METADATA_IP": metadata.host,
    }
    done = subprocess.run(
        [sys.executable, "-c", code, f"http://{metadata.host}/echo"],
        cwd=Path(google_http.__file__).parents[1],
        env=kept | found | {"GCE_METADATA_ROOT": metadata.host},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "Bearer ya29.metadata", done.stderr
    tokens = [urlsplit(path) for path in metadata.asked if urlsplit(path).path.endswith("/token")]
    assert [parse_qs(each.query)["scopes"] for each in tokens] == [[SCOPE]]


def test_a_token_that_is_given_is_shown_and_no_other_is_looked_for(
    metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_http.google.auth, "default", None)
    with google_http.session_for("", "ya29.given") as session:
        assert session.get(f"http://{metadata.host}/echo").json() == {"who": "Bearer ya29.given"}


def test_a_given_token_never_goes_to_a_server_on_this_machine(metadata: Metadata) -> None:
    with google_http.session_for(f"http://{metadata.host}", "ya29.given") as session:
        assert session.get(f"http://{metadata.host}/echo").json() == {"who": None}
