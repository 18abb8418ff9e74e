"""Signing in at the till page over HTTP, and what a cookie may do; on a fake sheet, with a clock of the test's own."""

from __future__ import annotations

import json
from typing import Any

import flask
import pytest
from fake_sheet import FakeSheet, FakeWorld
from flask import Flask
from rows import KEY

from functions.committer import Committer
from functions.door import Surface
from functions.guessing import OF_TILL
from functions.pacing import Pacing
from functions.promo import Role
from functions.service import Service
from functions.settings import Key, Settings
from functions.till.sessions import DAY_S, Sessions
from functions.till.slowing import EACH_S, TRIES

BOT = Key("bothelp", Role.BOT, b"bot-secret-0000000")
TILL = Key("till-1", Role.TILL, b"till-secret-000000")
OTHER = Key("till-2", Role.TILL, b"other-secret-00000")
OWNER = Key("owner", Role.ADMIN, b"owner-secret-00000")
KEYS = (BOT, TILL, OTHER, OWNER)
HOST = "shop.example"
UNDER = {"/bot": Surface.BOT, "/till": Surface.TILL}


class Answer:
    def __init__(self, body: bytes, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def word(self) -> str:
        return str(self.json.get("reason") or self.json["status"])

    @property
    def cookie(self) -> str:
        return self.headers["Set-Cookie"].partition(";")[0].partition("=")[2]


class Shop:
    """The functions in front of a fake sheet; `lines` is their log."""

    def __init__(self, keys: tuple[Key, ...] = KEYS, code_key: bytes = KEY) -> None:
        self.world = FakeWorld()
        self.sheet = FakeSheet(self.world)
        self.sheet.type_row("campaigns", campaign="spring")
        for number in range(3):
            self.sheet.type_row("codes", code=f"HAND-{number}", campaign="spring", subscriber_id="s1", status="unused")
        self.lines: list[str] = []
        self._service = Service(Settings("sheet", keys, code_key), self.world, self.lines.append)
        pacing = Pacing(60_000, 60_000)
        self._service._committer = Committer(self.sheet, self.world, code_key, 8.0, lambda _m, _f: None, pacing)
        self._app = Flask(__name__)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        cookie: str = "",
        address: str = "203.0.113.7",
        host: str = HOST,
        **headers: str,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"X-Forwarded-For": address}
        if cookie:
            sent["Cookie"] = cookie if "=" in cookie.rstrip("=") else f"promosheet_till={cookie}"
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        with self._app.test_request_context(path, method=method, data=data, headers=sent, base_url=f"https://{host}"):
            return Answer(*self._service.answer_under(flask.request, UNDER))

    def sign_in(self, secret: bytes = TILL.secret, **more: str) -> Answer:
        return self.send("POST", "/till/session", {"key": secret.decode()}, **more)

    def signed_in(self, key: Key = TILL) -> tuple[str, str]:
        """A cookie, and what changing requests have to show."""
        answer = self.sign_in(key.secret)
        return answer.cookie, answer.json["csrf"]


@pytest.fixture
def shop() -> Shop:
    return Shop()


# signing in


@pytest.mark.parametrize("key", [TILL, OWNER], ids=lambda key: key.name)
def test_a_key_signs_in(shop: Shop, key: Key) -> None:
    answer = shop.sign_in(key.secret)
    assert answer.status == 200
    assert answer.json == {"ok": True, "status": "signed_in", "till": key.name, "csrf": answer.json["csrf"]}
    assert (answer.headers["Cache-Control"], len(answer.json["csrf"])) == ("no-store", 32)


def test_a_link_signs_in_until_it_ends(shop: Shop) -> None:
    now = shop.world.wall_ms() / 1000
    link = Sessions(KEY, KEYS).link(OTHER, now + DAY_S, "n")
    answer = shop.send("POST", "/till/session", {"link": link})
    assert (answer.status, answer.json["till"]) == (200, "till-2")
    shop.world.sleep(DAY_S)
    assert shop.send("POST", "/till/session", {"link": link}).word == "unauthorized"


def test_the_cookie_is_for_this_function_alone_and_no_script_or_other_site_gets_it(shop: Shop) -> None:
    name, *attributes = shop.sign_in().headers["Set-Cookie"].split("; ")
    assert name.startswith("promosheet_till=")
    assert attributes == ["Path=/till/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict", "Secure"]


@pytest.mark.parametrize(
    ("host", "more", "secure"),
    [
        ("localhost:8080", {}, False),
        ("127.0.0.1:8080", {}, False),
        ("[::1]:8080", {}, False),
        ("localhost:8080", {"X_Forwarded_Proto": "https"}, True),
        ("localhost.example", {}, True),
        ("192.168.1.5:8080", {}, True),
        ("[::1", {}, True),
    ],
)
def test_the_cookie_is_secure_but_on_ones_own_machine(
    shop: Shop, host: str, more: dict[str, str], *, secure: bool
) -> None:
    answer = shop.send("POST", "/till/session", {"key": TILL.secret.decode()}, Host=host, **more)
    assert answer.headers["Set-Cookie"].endswith("; Secure") == secure


NOT_IN = [
    pytest.param({"key": "wrong-secret-00000"}, 401, "unauthorized", id="a wrong key"),
    pytest.param({"key": "ключ"}, 401, "unauthorized", id="a Cyrillic key"),
    pytest.param({"key": "\ud800"}, 401, "unauthorized", id="half a character"),
    pytest.param({"link": "wrong"}, 401, "unauthorized", id="a wrong link"),
    pytest.param({"link": "wrong", "key": TILL.secret.decode()}, 401, "unauthorized", id="a wrong link, a right key"),
    pytest.param({"key": BOT.secret.decode()}, 403, "forbidden", id="a bot's key"),
    pytest.param({}, 400, "invalid_request", id="nothing"),
    pytest.param({"key": " "}, 400, "invalid_request", id="an empty key"),
    pytest.param({"key": 5}, 400, "invalid_request", id="a number"),
    pytest.param({"link": ["x"]}, 400, "invalid_request", id="a list"),
    pytest.param(b"key=till-secret-000000", 400, "invalid_request", id="a form"),
    pytest.param(b'{"key": "a", "key": "b"}', 400, "invalid_request", id="a key twice"),
    pytest.param(b"\xff", 400, "invalid_request", id="no UTF-8"),
    pytest.param(b"[" * 16_000, 400, "invalid_request", id="16,000 deep"),
    pytest.param(b"x" * 16_385, 413, "too_large", id="too large"),
]


@pytest.mark.parametrize(("body", "status", "word"), NOT_IN)
def test_nobody_else_gets_in(shop: Shop, body: Any, status: int, word: str) -> None:
    answer = shop.send("POST", "/till/session", body)
    assert (answer.status, answer.word) == (status, word)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "Set-Cookie" not in answer.headers


def test_a_link_of_a_bots_key_does_not_get_in(shop: Shop) -> None:
    link = Sessions(KEY, KEYS).link(BOT, shop.world.wall_ms() / 1000 + 9, "n")
    assert shop.send("POST", "/till/session", {"link": link}).word == "forbidden"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(shop: Shop, method: str) -> None:
    answer = shop.send(method, "/till/session")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST, DELETE")


def test_the_page_says_who_is_signed_in(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    page = shop.send("GET", "/till/", cookie=cookie).body.decode()
    assert f'"{csrf}"' in page
    assert '"till": "till-1"' in page
    assert cookie not in page
    assert '"till": null' in shop.send("GET", "/till/").body.decode()


def test_a_script_may_ask_who_is_signed_in(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    answer = shop.send("GET", "/till/session", cookie=cookie)
    assert answer.json == {"ok": True, "status": "signed_in", "till": "till-1", "csrf": csrf}
    nobody = shop.send("GET", "/till/session")
    assert (nobody.status, nobody.json) == (200, {"ok": False, "status": "signed_out", "till": None, "csrf": None})


def test_signing_out_throws_the_cookie_away(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    answer = shop.send("DELETE", "/till/session", cookie=cookie, X_Csrf_Token=csrf)
    assert (answer.status, answer.json) == (200, {"ok": True, "status": "signed_out"})
    assert answer.headers["Set-Cookie"] == (
        "promosheet_till=; Path=/till/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
    )
    assert shop.send("DELETE", "/till/session", cookie=cookie).word == "forbidden"
    assert shop.send("DELETE", "/till/session", cookie="no-good").status == 200


def test_two_times_signed_in_are_two_sessions(shop: Shop) -> None:
    (one, csrf), (other, _) = shop.signed_in(), shop.signed_in()
    assert one != other
    assert shop.send("POST", "/till/check", {"code": "X"}, cookie=other, X_Csrf_Token=csrf).word == "forbidden"


# the cookie is as good as the key


@pytest.mark.parametrize("key", [TILL, OWNER], ids=lambda key: key.name)
def test_a_call_by_cookie_is_answered_as_one_by_key(key: Key) -> None:
    answers: list[list[Any]] = []
    for by_cookie in (False, True):
        shop = Shop()
        cookie, csrf = shop.signed_in(key)
        who = {"X_Csrf_Token": csrf} if by_cookie else {"X_Api_Key": key.secret.decode()}
        sent: dict[str, str] = {"cookie": cookie} if by_cookie else {}
        story = [
            ("POST", "/till/check", {"code": "hand 1"}),
            ("POST", "/till/redeem", {"code": "HAND-1", "request_id": "r1", "reference": "A-7"}),
            ("POST", "/till/redeem", {"code": "HAND-1", "request_id": "r2"}),
            ("GET", "/till/today", None),
            ("POST", "/till/rollback", {"code": "HAND-1", "request_id": "r1"}),
            ("POST", "/till/redeem", {"code": "NOTHING"}),
            ("POST", "/till/redeem", b"not JSON"),
            ("POST", "/till/nothing", {}),
        ]
        told = [shop.send(method, path, body, **sent, **who) for method, path, body in story]
        logged = [{**json.loads(line), "httpRequest": None} for line in shop.lines[1:]]
        answers.append([[(each.status, each.json) for each in told], logged])
        assert [each.status for each in told] == [200, 200, 409, 200, 200, 404, 400, 404]
        assert told[1].json["by"] == told[1].json["usage_channel"] == key.name
        assert [line.get("caller") for line in logged] == [key.name] * 6 + [None] * 2
    by_key, by_cookie_ = answers
    times = ("time", "used_on")
    assert _cut(by_key, times) == _cut(by_cookie_, times)


def _cut(found: Any, names: tuple[str, ...]) -> Any:
    """The same without what differs from run to run."""
    if isinstance(found, dict):
        return {name: _cut(value, names) for name, value in found.items() if name not in names}
    return [_cut(each, names) for each in found] if isinstance(found, list | tuple) else found


def test_guesses_by_cookie_and_by_key_slow_one_till(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    for number in range(OF_TILL):
        shop.send("POST", "/till/check", {"code": f"X-{number}"}, cookie=cookie, X_Csrf_Token=csrf)
    began = shop.world.monotonic()
    shop.send("POST", "/till/check", {"code": "X"}, X_Api_Key=TILL.secret.decode())
    assert shop.world.monotonic() - began == pytest.approx(0.5, abs=0.05)  # a read takes 0.3
    began = shop.world.monotonic()
    shop.send("POST", "/till/check", {"code": "X"}, cookie=cookie, X_Csrf_Token=csrf)
    assert shop.world.monotonic() - began == pytest.approx(0.7, abs=0.05)


def test_a_key_that_is_shown_counts_whatever_cookie_comes_along(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    body = {"code": "HAND-1"}
    both = shop.send("POST", "/till/check", body, cookie=cookie, X_Csrf_Token=csrf, X_Api_Key="wrong-wrong-wrong-0")
    assert both.word == "unauthorized"
    assert shop.send("POST", "/till/check", body, cookie="no-good", X_Api_Key=OTHER.secret.decode()).word == "valid"
    bearer = f"Bearer {OTHER.secret.decode()}"
    assert shop.send("POST", "/till/redeem", body, cookie=cookie, Authorization=bearer).json["by"] == "till-2"


def test_a_cookie_is_nothing_to_the_bots_side(shop: Shop) -> None:
    cookie, csrf = shop.signed_in(OWNER)
    answer = shop.send("POST", "/bot/issue", {"subscriber_id": "s9"}, cookie=cookie, X_Csrf_Token=csrf)
    assert answer.word == "unauthorized"


COOKIES = [
    pytest.param("promosheet_till={}", 200, id="alone"),
    pytest.param("a=b; promosheet_till={}; c=d", 200, id="among others"),
    pytest.param("promosheet_till=no-good; promosheet_till={}", 200, id="after an old one of another path"),
    pytest.param("promosheet_till={}; promosheet_till=no-good", 200, id="before one"),
    pytest.param("promosheet_till2={}", 401, id="another name"),
    pytest.param("xpromosheet_till={}", 401, id="a longer name"),
    pytest.param("promosheet_till={}x", 401, id="a letter more"),
    pytest.param("promosheet_till", 401, id="no value"),
    pytest.param("promosheet_till=", 401, id="an empty value"),
    pytest.param(";;=;promosheet_till==;", 401, id="rubbish"),
    pytest.param("", 401, id="none"),
]


@pytest.mark.parametrize(("form", "status"), COOKIES)
def test_the_cookie_is_found_by_its_name(shop: Shop, form: str, status: int) -> None:
    cookie, csrf = shop.signed_in()
    answer = shop.send("POST", "/till/check", {"code": "X"}, Cookie=form.format(cookie), X_Csrf_Token=csrf)
    assert answer.status == status


NEWER = Key("till-1", Role.TILL, b"newer-secret-00000")
#: The keys of the next deployment -> what a till that is still signed in is told.
NEXT = [
    pytest.param(KEYS, "valid", id="as before"),
    pytest.param((NEWER, *KEYS), "valid", id="a new secret beside the old one"),
    pytest.param((NEWER, BOT), "unauthorized", id="the new secret alone"),
    pytest.param((OTHER, OWNER), "unauthorized", id="removed"),
    pytest.param((Key("till-1", Role.ADMIN, TILL.secret), BOT), "unauthorized", id="with another role"),
    pytest.param((Key("till-9", Role.TILL, TILL.secret), BOT), "unauthorized", id="renamed"),
]


@pytest.mark.parametrize(("keys", "word"), NEXT)
def test_a_session_lasts_as_long_as_its_key(shop: Shop, keys: tuple[Key, ...], word: str) -> None:
    cookie, csrf = shop.signed_in()
    later = Shop(keys)
    assert later.send("POST", "/till/check", {"code": "HAND-1"}, cookie=cookie, X_Csrf_Token=csrf).word == word
    asked = later.send("GET", "/till/session", cookie=cookie).json["status"]
    assert asked == ("signed_in" if word == "valid" else "signed_out")


def test_a_session_ends_after_thirty_days(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    shop.world.sleep(30 * DAY_S - 10)
    call = {"cookie": cookie, "X_Csrf_Token": csrf}
    assert shop.send("POST", "/till/check", {"code": "HAND-1"}, **call).word == "valid"
    shop.world.sleep(10)
    answer = shop.send("POST", "/till/check", {"code": "HAND-1"}, **call)
    assert (answer.status, answer.word) == (401, "unauthorized")


def test_a_cookie_of_another_shop_is_no_good(shop: Shop) -> None:
    cookie, csrf = Shop(code_key=b"d" * 32).signed_in()
    assert shop.send("POST", "/till/check", {"code": "X"}, cookie=cookie, X_Csrf_Token=csrf).word == "unauthorized"


# another site's page


OWN = {"Sec_Fetch_Site": "same-origin", "Origin": f"https://{HOST}"}
#: What the browser says -> whether a call that may change something is done, and one that only reads.
FROM = [
    pytest.param({}, True, True, id="a browser that says nothing"),
    pytest.param(OWN, True, True, id="our page"),
    pytest.param({"Sec_Fetch_Site": "same-origin"}, True, True, id="our page, without Origin"),
    pytest.param({"Origin": f"https://{HOST}"}, True, True, id="our page in an old browser"),
    pytest.param({"Origin": f"https://{HOST.upper()}"}, True, True, id="in capitals"),
    pytest.param({"Sec_Fetch_Site": "none"}, False, True, id="typed into the address bar"),
    pytest.param({"Sec_Fetch_Site": "cross-site"}, False, False, id="another site"),
    pytest.param({"Sec_Fetch_Site": "same-site"}, False, False, id="a neighbour on run.app"),
    pytest.param({"Sec_Fetch_Site": "nonsense"}, False, False, id="a word that is none"),
    pytest.param({"Origin": "https://evil.example"}, False, False, id="another origin"),
    pytest.param({**OWN, "Origin": "https://evil.example"}, False, False, id="another origin, said to be ours"),
    pytest.param({**OWN, "Sec_Fetch_Site": "cross-site"}, False, False, id="our origin, said to be another"),
    pytest.param({"Origin": "null"}, False, False, id="a sandboxed frame"),
    pytest.param({"Origin": f"https://{HOST}.evil.example"}, False, False, id="a longer name"),
    pytest.param({"Origin": f"https://{HOST}:8443"}, False, False, id="another port"),
    pytest.param({"Origin": f"https://evil@{HOST}"}, False, False, id="with a user"),
    pytest.param({"Origin": "https://["}, False, False, id="no address"),
    pytest.param({"Origin": HOST}, False, False, id="without a scheme"),
]
CHANGING = ["/till/check", "/till/redeem", "/till/rollback"]


@pytest.mark.parametrize(("said", "changes", "reads"), FROM)
def test_a_request_by_cookie_has_to_come_from_our_page(
    shop: Shop, said: dict[str, str], *, changes: bool, reads: bool
) -> None:
    cookie, csrf = shop.signed_in()
    for path in CHANGING:
        answer = shop.send("POST", path, {"code": "X"}, cookie=cookie, X_Csrf_Token=csrf, **said)
        assert (answer.status != 403) == changes, path
    for path in ("/till/today", "/till/session"):
        assert (shop.send("GET", path, cookie=cookie, **said).status == 200) == reads, path
    signed_in = shop.send("POST", "/till/session", {"key": TILL.secret.decode()}, **said)
    assert (signed_in.status == 200) == changes
    out = shop.send("DELETE", "/till/session", cookie=cookie, X_Csrf_Token=csrf, **said)
    assert (out.status == 200) == changes


SHOWN = [
    pytest.param("{csrf}", True, id="the session's"),
    pytest.param("", False, id="nothing"),
    pytest.param("{csrf}x", False, id="a letter more"),
    pytest.param("{lower}", False, id="in small letters"),
    pytest.param("{other}", False, id="another session's"),
    pytest.param("{cookie}", False, id="the cookie itself"),
    pytest.param("null", False, id="null"),
    pytest.param("ÿ", False, id="no ASCII"),
]


@pytest.mark.parametrize(("shown", "done"), SHOWN)
@pytest.mark.parametrize("path", CHANGING)
def test_a_changing_request_by_cookie_shows_the_sessions_secret(
    shop: Shop, path: str, shown: str, *, done: bool
) -> None:
    (cookie, csrf), (_, other) = shop.signed_in(), shop.signed_in()
    values = {"csrf": csrf, "other": other, "cookie": cookie, "lower": csrf.lower()}
    reads = shop.sheet.reads
    answer = shop.send("POST", path, {"code": "X"}, cookie=cookie, X_Csrf_Token=shown.format(**values), **OWN)
    assert (answer.status, answer.word) == (
        (200 if path == CHANGING[0] else 404, "not_found") if done else (403, "forbidden")
    )
    assert (shop.sheet.reads > reads) == done


def test_a_program_with_a_key_shows_nothing_of_all_this(shop: Shop) -> None:
    far = {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}
    answer = shop.send("POST", "/till/check", {"code": "HAND-1"}, X_Api_Key=TILL.secret.decode(), **far)
    assert answer.word == "valid"


# wrong keys


def test_wrong_keys_are_slowed_down_and_a_right_one_waits_no_longer_than_for_one_try(shop: Shop) -> None:
    wrong = [shop.sign_in(b"wrong-secret-00000") for _ in range(TRIES + 5)]
    assert [each.status for each in wrong] == [401] * TRIES + [429] * 5
    held = shop.sign_in()
    assert (held.status, held.word, held.headers["Retry-After"]) == (429, "too_many", "3")
    assert "Set-Cookie" not in held.headers
    shop.world.sleep(EACH_S)
    assert shop.sign_in().status == 200


def test_wrong_keys_make_nobody_wait_inside(shop: Shop) -> None:
    began = shop.world.monotonic()
    for _ in range(100):
        shop.sign_in(b"wrong-secret-00000")
    assert shop.world.monotonic() == began


def test_wrong_links_are_wrong_keys(shop: Shop) -> None:
    for _ in range(TRIES):
        shop.send("POST", "/till/session", {"link": "wrong"})
    assert shop.sign_in(b"wrong-secret-00000").status == 429


SPOOFS = [
    pytest.param("198.51.100.1", 200, id="another address"),
    pytest.param("198.51.100.1, 203.0.113.7", 429, id="the same, after what the client made up"),
    pytest.param("203.0.113.7, 198.51.100.1", 200, id="another, after what the client made up"),
]


@pytest.mark.parametrize(("address", "status"), SPOOFS)
def test_who_is_slowed_is_who_the_nearest_proxy_saw(shop: Shop, address: str, status: int) -> None:
    for _ in range(TRIES):
        shop.sign_in(b"wrong-secret-00000")
    assert shop.sign_in(address=address).status == status


@pytest.mark.parametrize("body", [{}, {"key": BOT.secret.decode()}, b"x"], ids=["nothing", "a bot's key", "no JSON"])
def test_what_is_no_wrong_key_slows_nobody(shop: Shop, body: Any) -> None:
    for _ in range(3 * TRIES):
        shop.send("POST", "/till/session", body)
    assert shop.sign_in().status == 200


def test_who_is_signed_in_works_on_while_others_try_wrong_keys_from_there(shop: Shop) -> None:
    cookie, csrf = shop.signed_in()
    for _ in range(TRIES + 1):
        shop.sign_in(b"wrong-secret-00000")
    assert shop.send("POST", "/till/check", {"code": "HAND-1"}, cookie=cookie, X_Csrf_Token=csrf).word == "valid"


# the log


def test_the_log_says_who_signed_in_and_holds_no_secret(shop: Shop) -> None:
    link = Sessions(KEY, KEYS).link(OTHER, shop.world.wall_ms() / 1000 + 99, "n")
    cookie, csrf = shop.signed_in()
    shop.send("POST", "/till/session", {"link": link})
    shop.sign_in(b"wrong-secret-00000")
    shop.send("GET", "/till/", cookie=cookie)
    shop.send("GET", "/till/static/till.js?v=secret-person")
    shop.send("GET", "/till/static/secret-person.js")
    shop.send("GET", "/till/today", cookie=cookie)
    shop.send("DELETE", "/till/session", cookie=cookie, X_Csrf_Token=csrf)
    lines = [json.loads(line) for line in shop.lines]
    assert [(each["message"], each.get("caller")) for each in lines] == [
        ("/till/session signed_in", "till-1"),
        ("/till/session signed_in", "till-2"),
        ("/till/session unauthorized", None),
        ("/till/ served", None),
        ("/till/static/… served", None),
        ("/till/static/… not_found_path", None),
        ("/till/today listed", "till-1"),
        ("/till/session signed_out", "till-1"),
    ]
    whole = "".join(shop.lines)
    for secret in (TILL.secret.decode(), "wrong-secret", link, cookie, csrf, "secret-person", "203.0.113.7"):
        assert secret not in whole
