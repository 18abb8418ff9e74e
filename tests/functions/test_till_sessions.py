"""Cookies and links of the till page: who they are good for, how long, and what no forger can make."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import codes
from functions.promo import Role
from functions.settings import Key
from functions.till.sessions import DAY_S, DAYS, Session, Sessions

NOW = 1_790_000_000.0
CODE_KEY = b"c" * 32
TILL = Key("main-street", Role.TILL, b"till-key-0123456789")
OTHER = Key("side-street", Role.TILL, b"other-key-012345678")
OWNER = Key("owner", Role.ADMIN, b"admin-key-012345678")
KEYS = (OTHER, TILL, OWNER)
SESSIONS = Sessions(CODE_KEY, KEYS)
COOKIE = SESSIONS.cookie(TILL, NOW, "n1")
LINK = SESSIONS.link(TILL, NOW + DAY_S, "n1")


def key_of(text: str, sessions: Sessions = SESSIONS, now: float = NOW) -> Key | None:
    found = sessions.session(text, now)
    return found and found.key


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_cookie_is_its_keys(key: Key) -> None:
    assert key_of(SESSIONS.cookie(key, NOW, "n1")) == key


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_link_is_its_keys(key: Key) -> None:
    assert SESSIONS.key_of_link(SESSIONS.link(key, NOW + 1, "n1"), NOW) == key


def test_a_cookie_ends_after_thirty_days() -> None:
    assert DAYS == 30
    assert key_of(COOKIE, now=NOW + 30 * DAY_S - 1) == TILL
    assert key_of(COOKIE, now=NOW + 30 * DAY_S) is None


def test_a_link_ends_when_it_was_said_to() -> None:
    assert SESSIONS.key_of_link(LINK, NOW + DAY_S - 1) == TILL
    assert SESSIONS.key_of_link(LINK, NOW + DAY_S) is None


def test_a_link_is_no_cookie_and_a_cookie_is_no_link() -> None:
    assert key_of(LINK) is None
    assert SESSIONS.key_of_link(COOKIE, NOW) is None


#: What API_KEYS and CODE_KEY are later -> whether the session goes on.
LATER = [
    pytest.param((TILL,), CODE_KEY, True, id="other keys were removed"),
    pytest.param((replace(TILL, secret=b"new-key-0123456789"), TILL), CODE_KEY, True, id="a new one beside it"),
    pytest.param((replace(TILL, secret=b"new-key-0123456789"),), CODE_KEY, False, id="rotated"),
    pytest.param((OTHER, OWNER), CODE_KEY, False, id="removed"),
    pytest.param((), CODE_KEY, False, id="all removed"),
    pytest.param((replace(TILL, name="high-street"),), CODE_KEY, False, id="its secret under another name"),
    pytest.param((replace(TILL, role=Role.ADMIN),), CODE_KEY, False, id="another role"),
    pytest.param((replace(OTHER, name=TILL.name),), CODE_KEY, False, id="its name with another's secret"),
    pytest.param(KEYS, b"d" * 32, False, id="another CODE_KEY"),
]


@pytest.mark.parametrize(("keys", "code_key", "good"), LATER)
def test_what_a_change_of_the_keys_means_for_who_is_signed_in(
    keys: tuple[Key, ...], code_key: bytes, *, good: bool
) -> None:
    later = Sessions(code_key, keys)
    assert (key_of(COOKIE, later) is not None) == good
    assert (later.key_of_link(LINK, NOW) is not None) == good


def test_of_two_secrets_with_one_name_it_is_the_one_that_signed_in() -> None:
    newer = replace(TILL, secret=b"new-key-0123456789")
    both = Sessions(CODE_KEY, (newer, TILL))
    assert key_of(both.cookie(TILL, NOW, "n"), both) == TILL
    assert key_of(both.cookie(newer, NOW, "n"), both) == newer


def flipped(place: int) -> Callable[[str], str]:
    def flip(cookie: str) -> str:
        content = bytearray(base64.urlsafe_b64decode(cookie))
        content[place] ^= 1
        return base64.urlsafe_b64encode(content).decode()

    return flip


FORGED = [
    pytest.param(flipped(4), id="a later end"),
    pytest.param(flipped(5), id="another fingerprint"),
    pytest.param(flipped(25), id="another name"),
    pytest.param(flipped(-1), id="another proof"),
    pytest.param(lambda cookie: cookie[:-4], id="too short"),
    pytest.param(lambda cookie: cookie + "AAAA", id="too long"),
    pytest.param(lambda cookie: cookie + "=", id="padded"),
    pytest.param(lambda cookie: cookie.lower(), id="in small letters"),
    pytest.param(lambda cookie: cookie[:40], id="without a proof"),
    pytest.param(lambda _cookie: "", id="empty"),
    pytest.param(lambda _cookie: "A" * 72, id="zeros"),
    pytest.param(lambda _cookie: TILL.secret.decode(), id="the key itself"),
    pytest.param(lambda cookie: cookie[:-1] + "я", id="a Cyrillic letter"),
    pytest.param(lambda cookie: f"{cookie[:8]}\n{cookie[8:]}", id="a line end within"),
    pytest.param(lambda _cookie: Sessions(b"d" * 32, KEYS).cookie(TILL, NOW, "n1"), id="of another shop"),
]


@pytest.mark.parametrize("forge", FORGED)
def test_a_forged_cookie_or_link_is_no_good(forge: Callable[[str], str]) -> None:
    assert key_of(forge(COOKIE)) is None
    assert SESSIONS.key_of_link(forge(LINK), NOW) is None


@given(st.text() | st.binary().map(lambda content: base64.urlsafe_b64encode(content).decode()))
def test_no_text_whatever_is_an_error(text: str) -> None:
    assert key_of(text) is None
    assert SESSIONS.key_of_link(text, NOW) is None


def csrf(cookie: str) -> str:
    found = SESSIONS.session(cookie, NOW)
    assert isinstance(found, Session)
    return found.csrf


def test_each_session_has_a_secret_of_its_own_that_the_cookie_does_not_tell() -> None:
    second = SESSIONS.cookie(TILL, NOW, "n2")
    assert csrf(COOKIE) == csrf(COOKIE)
    assert csrf(COOKIE) != csrf(second)
    assert csrf(COOKIE) not in COOKIE
    assert len(base64.urlsafe_b64decode(csrf(COOKIE))) == 24


def test_a_cookie_holds_no_secret_and_no_name() -> None:
    content = base64.urlsafe_b64decode(COOKIE)
    for secret in (TILL.secret, TILL.name.encode(), CODE_KEY, CODE_KEY[:8]):
        assert secret not in content
    assert len(COOKIE) == 72


def test_the_key_of_cookies_is_none_that_codes_or_pseudonyms_are_made_with() -> None:
    assert SESSIONS._secret not in {CODE_KEY, codes._hmac(CODE_KEY, "fingerprint")}
    assert SESSIONS._proof("cookie", b"x") != SESSIONS._proof("link", b"x")


def test_an_end_beyond_all_numbers_is_the_last_one_there_is() -> None:
    assert SESSIONS.key_of_link(SESSIONS.link(TILL, 1e15, "n"), NOW) == TILL
