"""`promosheet till link`: what it prints, read as a phone reads it, and what it refuses."""

from __future__ import annotations

import time

import pytest
import zxingcpp
from click.testing import CliRunner, Result

from functions.cli import main
from functions.promo import Role
from functions.settings import Key
from functions.till.sessions import DAY_S, Sessions

OLD = Key("main-street", Role.TILL, b"old-key-0123456789ab")
NEW = Key("main-street", Role.TILL, b"new-key-0123456789ab")
CODE_KEY = "c" * 32
SESSIONS = Sessions(CODE_KEY.encode(), (NEW, OLD))
VARIABLES = {
    "API_KEYS": "bothelp:bot:bot-key-0123456789,"
    + ",".join(f"{key.name}:{key.role}:{key.secret.decode()}" for key in (NEW, OLD))
    + ",owner:admin:admin-key-0123456789",
    "CODE_KEY": CODE_KEY,
}


def run(*words: str, color: bool = False, **variables: str) -> Result:
    return CliRunner().invoke(main, ["till", "link", *words], env=VARIABLES | variables, color=color)


def link_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[0]


def picture(lines: list[str]) -> list[list[int]]:
    """Half blocks as rows of grey: a drawn half is light. Each half is 4 dots wide and high, as on a screen."""
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    rows = [[halves[each][half] for each in line] for line in lines for half in (0, 1)]
    return [[dot for dot in row for _ in range(4)] for row in rows for _ in range(4)]


def test_it_prints_a_link_that_signs_in_for_a_day() -> None:
    place, _, sealed = link_of(run("--name", "main-street")).partition("#link=")
    assert place == "http://localhost:8080/till/"
    now = time.time()
    assert SESSIONS.key_of_link(sealed, now + DAY_S - 600) == NEW
    assert SESSIONS.key_of_link(sealed, now + DAY_S + 1) is None


def test_days_say_how_long_it_is_good() -> None:
    result = run("--name", "main-street", "--days", "7")
    sealed = link_of(result).partition("#link=")[2]
    assert SESSIONS.key_of_link(sealed, time.time() + 7 * DAY_S - 600) == NEW
    assert result.output.splitlines()[-1] == ("Good for 7 days; who opens it is signed in as main-street for 30 days.")


def test_the_qr_code_is_the_link() -> None:
    result = run("--name", "owner", "--url", "https://promosheet-123456789.europe-west1.run.app")
    lines = result.output.splitlines()
    rows = picture(lines[1:-1])
    assert len({len(row) for row in rows}) == 1
    grey = memoryview(bytes(dot for row in rows for dot in row)).cast("B", (len(rows), len(rows[0])))
    [read] = zxingcpp.read_barcodes(grey)
    assert read.text == lines[0]
    assert read.text.startswith("https://promosheet-123456789.europe-west1.run.app/till/#link=")


def test_it_is_light_on_dark_in_a_terminal_of_any_colours() -> None:
    lines = run("--name", "owner", color=True).output.splitlines()
    assert all(line.startswith("\x1b[97m\x1b[40m") for line in lines[1:-1])
    assert "\x1b" not in run("--name", "owner").output


def test_the_address_holds_no_secret_before_its_fragment() -> None:
    output = run("--name", "main-street").output
    assert NEW.secret.decode() not in output
    assert "?" not in link_of(run("--name", "main-street"))


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a.example/",
        "https://a.example/till",
        "https://a.example/till/",
        " https://a.example",
    ],
)
def test_the_page_is_below_the_functions_address_however_that_is_written(url: str) -> None:
    assert link_of(run("--name", "owner", "--url", url)).startswith("https://a.example/till/#link=")


WRONG = [
    pytest.param(["--name", "nobody"], {}, 1, "API_KEYS has no key with the name nobody", id="no such key"),
    pytest.param(["--name", "bothelp"], {}, 1, "the key bothelp is a bot's", id="a bot's key"),
    pytest.param(["--name", "owner"], {"API_KEYS": ""}, 1, "API_KEYS is missing", id="no keys"),
    pytest.param(["--name", "owner"], {"CODE_KEY": "short"}, 1, "CODE_KEY is too short", id="a short CODE_KEY"),
    pytest.param([], {}, 2, "--name", id="no name"),
    pytest.param(["--name", "owner", "--days", "0"], {}, 2, "--days", id="no day"),
    pytest.param(["--name", "owner", "--days", "31"], {}, 2, "--days", id="more than a month"),
    pytest.param(["--name", "owner", "--url", "http://a.example"], {}, 2, "--url", id="in plain text"),
    pytest.param(["--name", "owner", "--url", "a.example"], {}, 2, "--url", id="no scheme"),
    pytest.param(["--name", "owner", "--url", "https://a.example/?x"], {}, 2, "--url", id="with a query"),
    pytest.param(["--name", "owner", "--url", "http://localhost.example"], {}, 2, "--url", id="almost localhost"),
    pytest.param(["--name", "owner", "--url", "https://["], {}, 2, "--url", id="no address"),
]


@pytest.mark.parametrize(("words", "variables", "status", "said"), WRONG)
def test_what_is_wrong_is_said_in_one_line(words: list[str], variables: dict[str, str], status: int, said: str) -> None:
    result = run(*words, **variables)
    assert result.exit_code == status
    assert said in result.output
    assert "#link" not in result.output
    if status == 1:
        assert result.output.count("\n") == 1
