"""The till page over HTTP, through the real functions-framework: the page, its files, and what they may do."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient
from test_http import MAIN
from werkzeug.test import TestResponse

from functions.till import files, page
from functions.till.files import File, takes_gzip

VARIABLES = {
    "SPREADSHEET_ID": "nobody-reads-it",
    "API_KEYS": "bothelp:bot:bot-key-0123456789,main-street:till:till-key-0123456789",
    "CODE_KEY": "c" * 32,
    "SHEETS_API_ENDPOINT": "http://127.0.0.1:9",  # nobody listens
}
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


def app(target: str = "promosheet", **more: str) -> FlaskClient:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (VARIABLES | more).items():
            patch.setenv(name, value)
        return functions_framework.create_app(target, MAIN).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return app()


def data_of(answer: TestResponse) -> dict[str, Any]:
    """What the page tells its script."""
    found = re.search(r'id="page">(.*?)</script>', answer.text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


# the page


def test_the_page_is_served_without_a_key_and_kept_nowhere(client: FlaskClient) -> None:
    answer = client.get("/till/")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    data = data_of(answer)
    assert (data["till"], data["csrf"], data["language"], data["time_zone"]) == (None, None, "en", "")
    assert data["texts"]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en-GB", "en"), ("de", "en"), ("", "en")],
    ids=["Russian", "British", "neither", "nothing"],
)
def test_the_page_speaks_the_browsers_language_until_the_sheets_is_known(
    client: FlaskClient, asked: str, spoken: str
) -> None:
    answer = client.get("/till/", headers={"Accept-Language": asked})
    assert f'<html lang="{spoken}"' in answer.text
    assert data_of(answer)["language"] == spoken


def test_what_the_script_is_told_cannot_end_its_element(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "</script><script>alert('1')</script><!--"
    made = page._environment().from_string('<script type="application/json">{{ page|tojson }}</script>{{ page.a }}')
    monkeypatch.setattr(made.environment, "get_template", lambda _name: made)
    filled = page._filled("page.html", page={"a": hostile}).decode()
    assert filled.count("<script") == 1
    assert "<!--" not in filled
    assert json.loads(re.findall(r">(.*?)</script>", filled)[0]) == {"a": hostile}


def test_a_word_that_a_template_asks_for_and_nobody_has_is_an_error() -> None:
    with pytest.raises(Exception, match="nothing"):
        page._environment().from_string("{{ texts.nothing }}").render(texts={})


def test_till_without_a_slash_leads_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/till?code=SECRET-1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "till/")


def test_alone_the_function_serves_the_page_at_its_root() -> None:
    alone = app("redemption")
    assert data_of(alone.get("/"))["till"] is None
    assert alone.get("/static/till.js").status_code == 200
    assert alone.get("/manifest.webmanifest").status_code == 200
    assert alone.get("/till/").status_code == 404


def test_bots_have_no_page(client: FlaskClient) -> None:
    for path in ("/bot/static/till.js", "/bot/session", "/bot/manifest.webmanifest", "/static/till.js", "/session"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_manifest_is_in_the_language_of_the_page(client: FlaskClient, language: str) -> None:
    answer = client.get("/till/manifest.webmanifest", headers={"Accept-Language": language})
    assert answer.content_type == "application/manifest+json; charset=utf-8"
    found = json.loads(answer.text)
    assert (found["lang"], found["start_url"], found["display"]) == (language, "./", "standalone")
    for icon in found.get("icons", ()):
        assert client.get(f"/till/{icon['src']}").content_type == icon["type"]


def test_all_that_the_page_names_is_its_own_and_there(client: FlaskClient) -> None:
    text = client.get("/till/").text
    assert "http:" not in text
    assert "https:" not in text
    named = re.findall(r'(?:src|href)="([^"#]+)"', text)
    assert files.address("till.js") in named
    for each in named:
        assert client.get(f"/till/{each}").status_code == 200, each


def test_nothing_in_the_page_runs_or_paints_but_its_files(client: FlaskClient) -> None:
    """The policy forbids it in the browser; this says so before."""
    text = client.get("/till/").text
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all(' src="static/' in each or 'type="application/json"' in each for each in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)


# its files


@pytest.mark.parametrize("name", sorted(files.files()))
def test_a_file_is_served_as_it_is_and_by_gzip(client: FlaskClient, name: str) -> None:
    body = (files.FOLDER / name).read_bytes()
    plain = client.get(f"/till/static/{name}")
    assert (plain.status_code, plain.data, "Content-Encoding" in plain.headers) == (200, body, False)
    zipped = client.get(f"/till/static/{name}", headers={"Accept-Encoding": "gzip, br"})
    if "Content-Encoding" in zipped.headers:
        assert gzip.decompress(zipped.data) == body
        assert len(zipped.data) < len(body)
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] == zipped.headers["ETag"]


def test_a_script_that_gzip_makes_shorter_is_sent_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"'use strict';" * 99
    made = File("text/javascript; charset=utf-8", body, files.smaller(body), "0" * 16)
    monkeypatch.setattr(files, "files", lambda: {"long.js": made})
    assert files.at("long.js") == (made, False)
    answer = client.get("/till/static/long.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], gzip.decompress(answer.data)) == ("gzip", body)
    assert answer.content_length == len(answer.data)


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("br, *", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("xgzip", False),
    ],
)
def test_who_takes_gzip(accepted: str, *, taken: bool) -> None:
    assert takes_gzip(accepted) == taken


def test_only_an_address_with_the_hash_is_kept_for_a_year(client: FlaskClient) -> None:
    address = files.address("till.js")
    older = address.replace(files.version(), "0" * 16)
    answers = [client.get(f"/till/{each}") for each in (address, older, "static/till.js", f"{address}?v=1")]
    forever = "public, max-age=31536000, immutable"
    assert [each.headers["Cache-Control"] for each in answers] == [forever, "no-cache", "no-cache", forever]
    assert len({each.data for each in answers}) == 1


def test_what_a_script_imports_from_beside_it_is_kept_for_as_long(client: FlaskClient) -> None:
    for name in files.files():
        assert "immutable" in client.get(f"/till/{files.address(name)}").headers["Cache-Control"]


def test_the_version_is_another_when_any_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found, before = dict(files.files()), files.version()
    for name, file in found.items():
        changed = found | {name: replace(file, hash="0" * 16)}
        monkeypatch.setattr(files, "files", lambda changed=changed: changed)
        assert files.version.__wrapped__() != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_the_browser_has_is_not_sent_again(client: FlaskClient, form: str, method: str) -> None:
    tag = client.get("/till/static/till.js").headers["ETag"]
    asked = {"If-None-Match": form.format(tag.removeprefix("W/"))}
    answer = client.open("/till/static/till.js", method=method, headers=asked)
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert client.get("/till/static/till.js", headers={"If-None-Match": '"other"'}).status_code == 200


ELSEWHERE = [
    "../counter.py",
    "..%2fcounter.py",
    "%2e%2e/counter.py",
    "%2e%2e%2fcounter.py",
    "..\\counter.py",
    "../../settings.py",
    "../templates/page.html",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "....//counter.py",
    "till.js/",
    "{version}",
    "{version}/",
    "{version}/{version}/till.js",
    "{version}/../till.js",
    "{version}x/till.js",
    "0123456789ABCDEF/till.js",
    "qr",
    "qr/",
    "qr/../till.js",
    "./till.js",
    "till.js%00",
    "till.js%00.css",
    "TILL.JS",
    "manifest.webmanifest",
    "",
    ".",
    "..",
    "till",
    "x" * 5_000,
]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_but_the_files_of_the_folder_is_served_by_their_exact_names(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/till/static/{name.replace('{version}', files.version())}")
    assert answer.status_code in {404, 308}  # 308: the framework's own, for doubled slashes
    assert b"import" not in answer.data
    if answer.status_code == 404:
        assert answer.json is not None
        assert answer.json["reason"] == "not_found_path"


# of every answer

ALL = ["/till/", "/till", "/till/manifest.webmanifest", "/till/static/till.js", "/till/static/till.css"]


@pytest.mark.parametrize("path", ALL)
def test_every_answer_has_a_strict_policy(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = [each.split() for each in headers["Content-Security-Policy"].split(";")]
    assert {name: sources for name, *sources in policy} == POLICY
    assert len(policy) == len(POLICY)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Permissions-Policy"] == "camera=(self)"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ALL)
def test_head_is_answered_as_get_without_the_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [*ALL, "/till/static/nothing.js"])
def test_the_page_is_only_read(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


# what it costs

_COLD = """
import sys
from flask import Flask, request
from functions.door import Surface
from functions.service import Service
from functions.settings import Settings
from functions.world import RealWorld
import os
service = Service(Settings.from_environ(os.environ), RealWorld(), lambda line: None)
with Flask("x").test_request_context({path!r}, method="POST", headers={{"Cookie": "promosheet_till=x"}}):
    service.answer_under(request, {{"/bot": Surface.BOT, "/till": Surface.TILL}})
print(sorted(name for name in sys.modules if name.startswith("functions.till.")))
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/bot/issue", [], id="a bot"),
        pytest.param("/nothing", [], id="an unknown path"),
        pytest.param("/till/check", ["browser", "counter", "files", "sessions", "slowing"], id="a till's cookie"),
    ],
)
def test_who_is_refused_pays_for_nothing_of_the_page(path: str, expected: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _COLD.format(path=path)], env=VARIABLES, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str([f"functions.till.{name}" for name in expected])
