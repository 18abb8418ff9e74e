from __future__ import annotations

import re

import pytest

from functions.promo import Role
from functions.settings import BotHelp, Key, Scheduler, Settings, SettingsError, bothelp, code_key, sheets_api_endpoint

SECRET = "bot-secret-0123456789"
SECRETS = {"API_KEYS", "CODE_KEY", "TELEGRAM_SECRET_TOKEN", "TELEGRAM_BOT_TOKEN"}
CODE_KEY = "0123456789abcdef0123456789abcdef"
TELEGRAM_BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
GOOD = {
    "SPREADSHEET_ID": "1aB_c-D",
    "API_KEYS": f"bothelp:bot:{SECRET},till-1:till:till-secret-0123456,owner:admin:admin-secret-0123456",
    "CODE_KEY": CODE_KEY,
}


def settings(**changes: str) -> Settings:
    return Settings.from_environ(GOOD | changes)


def test_three_variables_are_enough() -> None:
    assert settings() == Settings(
        spreadsheet_id="1aB_c-D",
        keys=(
            Key("bothelp", Role.BOT, SECRET.encode()),
            Key("till-1", Role.TILL, b"till-secret-0123456"),
            Key("owner", Role.ADMIN, b"admin-secret-0123456"),
        ),
        code_key=CODE_KEY.encode(),
        sheets_api_endpoint="",
        request_deadline_s=8.0,
        writes_per_minute=54,
        reads_per_minute=54,
        project="",
        telegram_secret_token=b"",
        telegram_bot_token="",
        telegram_api_endpoint="https://api.telegram.org",
    )


def test_every_variable_is_read() -> None:
    found = settings(
        SHEETS_API_ENDPOINT="http://127.0.0.1:9099/",
        REQUEST_DEADLINE_S="2.5",
        WRITES_PER_MINUTE="1",
        READS_PER_MINUTE="300",
        GOOGLE_CLOUD_PROJECT="my-shop-123",
        TELEGRAM_SECRET_TOKEN="telegram_secret-0123",
        TELEGRAM_BOT_TOKEN=TELEGRAM_BOT,
        TELEGRAM_API_ENDPOINT="http://localhost:8081/",
    )
    assert found.sheets_api_endpoint == "http://127.0.0.1:9099"
    assert (found.request_deadline_s, found.writes_per_minute, found.reads_per_minute) == (2.5, 1, 300)
    assert found.project == "my-shop-123"
    assert (found.telegram_secret_token, found.telegram_bot_token) == (b"telegram_secret-0123", TELEGRAM_BOT)
    assert found.telegram_api_endpoint == "http://localhost:8081"


def test_line_ends_that_secret_stores_add_do_not_count() -> None:
    padded = {name: f" {value}\n" for name, value in GOOD.items()}
    assert Settings.from_environ(padded) == settings()


@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "http://localhost:65535", "http://[::1]:9099"])
def test_an_endpoint_on_this_machine_is_taken(origin: str) -> None:
    assert settings(SHEETS_API_ENDPOINT=origin).sheets_api_endpoint == origin


def test_a_name_may_occur_twice_while_its_secret_is_changed() -> None:
    found = settings(API_KEYS="till:till:old-secret-0123456, till:till:new-secret-0123456,")
    assert [key.name for key in found.keys] == ["till", "till"]


def test_a_code_key_is_the_bytes_that_the_environment_holds() -> None:
    assert settings(CODE_KEY="ключ" * 4).code_key == ("ключ" * 4).encode()
    assert settings(CODE_KEY="\udcff" * 32).code_key == b"\xff" * 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SPREADSHEET_ID", "", id="no spreadsheet"),
        pytest.param("SPREADSHEET_ID", "https://docs.google.com/spreadsheets/d/x/edit", id="an address, not the id"),
        pytest.param("API_KEYS", "", id="no keys"),
        pytest.param("API_KEYS", " , ", id="only commas"),
        pytest.param("API_KEYS", "bothelp", id="a name alone"),
        pytest.param("API_KEYS", f"bothelp:boss:{SECRET}", id="unknown role"),
        pytest.param("API_KEYS", f"bothelp:BOT:{SECRET}", id="role in capitals"),
        pytest.param("API_KEYS", "bothelp:bot:0123456789abcde", id="secret of 15"),
        pytest.param("API_KEYS", "bothelp:bot:0123456789abcde!", id="secret with a sign"),
        pytest.param("API_KEYS", "bothelp:bot:ключключключключ", id="secret in Cyrillic"),
        pytest.param("API_KEYS", f"{'n' * 31}:bot:{SECRET}", id="name of 31"),
        pytest.param("API_KEYS", f":bot:{SECRET}", id="no name"),
        pytest.param("API_KEYS", f"a:bot:{SECRET},a:till:{SECRET}x", id="one name, two roles"),
        pytest.param("API_KEYS", f"a:bot:{SECRET},b:till:{SECRET}", id="one secret, two keys"),
        pytest.param("API_KEYS", f"{SECRET}:bot:short", id="secret and name mixed up"),
        pytest.param("CODE_KEY", "", id="no code key"),
        pytest.param("CODE_KEY", "0123456789abcdef0123456789abcde", id="code key of 31"),
        pytest.param("SHEETS_API_ENDPOINT", "https://127.0.0.1:9099", id="https"),
        pytest.param("SHEETS_API_ENDPOINT", "http://127.0.0.1", id="no port"),
        pytest.param("SHEETS_API_ENDPOINT", "http://127.0.0.1:0", id="port 0"),
        pytest.param("SHEETS_API_ENDPOINT", "http://127.0.0.1:65536", id="port too high"),
        pytest.param("SHEETS_API_ENDPOINT", "http://10.0.0.1:80", id="another machine"),
        pytest.param("SHEETS_API_ENDPOINT", "http://127.0.0.1:80@evil.example:80", id="another machine in disguise"),
        pytest.param("SHEETS_API_ENDPOINT", "http://localhost.evil.example:80", id="a name that begins alike"),
        pytest.param("REQUEST_DEADLINE_S", "0.5", id="deadline too short"),
        pytest.param("REQUEST_DEADLINE_S", "60.5", id="deadline too long"),
        pytest.param("REQUEST_DEADLINE_S", "nan", id="deadline no number"),
        pytest.param("REQUEST_DEADLINE_S", "٨", id="deadline in other digits"),
        pytest.param("WRITES_PER_MINUTE", "0", id="no writes"),
        pytest.param("WRITES_PER_MINUTE", "60001", id="too many writes"),
        pytest.param("READS_PER_MINUTE", "5.5", id="half a read"),
        pytest.param("READS_PER_MINUTE", "many", id="reads in words"),
        pytest.param("TELEGRAM_SECRET_TOKEN", "secret with spaces", id="a secret that Telegram cannot send"),
        pytest.param("TELEGRAM_SECRET_TOKEN", "s" * 257, id="a secret of 257"),
        pytest.param("TELEGRAM_BOT_TOKEN", TELEGRAM_BOT[10:], id="half a token"),
        pytest.param("TELEGRAM_BOT_TOKEN", f"bot{TELEGRAM_BOT}", id="a token with its path"),
        pytest.param("TELEGRAM_API_ENDPOINT", "https://api.telegram.org", id="another Bot API, not on this machine"),
        pytest.param("GOOGLE_CLOUD_PROJECT", "My Shop", id="a project's title"),
    ],
)
def test_a_missing_or_weak_value_is_one_sentence_that_repeats_no_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} ")
    assert re.fullmatch(r"[^\n]+\.", sentence)
    assert ". " not in sentence
    secrets = re.split(r"[:,]", value) if name in SECRETS else []
    assert not [secret for secret in secrets if len(secret) > 7 and secret in sentence]


@pytest.mark.parametrize("name", ["SPREADSHEET_ID", "API_KEYS", "CODE_KEY"])
def test_an_empty_environment_names_what_is_missing(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is missing: "):
        Settings.from_environ({other: value for other, value in GOOD.items() if other != name})


def test_settings_can_be_shown_without_a_secret() -> None:
    found = settings()
    shown = f"{found!r} {found} {found.keys}"
    assert "bothelp" in shown
    assert not [secret for secret in (SECRET, CODE_KEY, "till-secret", "admin-secret") if secret in shown]


def test_a_command_may_read_a_variable_alone() -> None:
    assert code_key({"CODE_KEY": CODE_KEY}) == CODE_KEY.encode()
    assert sheets_api_endpoint({}) == ""
    assert sheets_api_endpoint({"SHEETS_API_ENDPOINT": "http://localhost:9099"}) == "http://localhost:9099"
    with pytest.raises(SettingsError, match=r"^CODE_KEY is missing: "):
        code_key({})


PAIR = {"BOTHELP_CLIENT_ID": "client-1", "BOTHELP_CLIENT_SECRET": " the-secret\n"}


class TestBotHelp:
    def test_without_it_nothing_is_pushed(self) -> None:
        assert settings().bothelp is None
        assert bothelp({"BOTHELP_API_ENDPOINT": "http://127.0.0.1:1"}) is None

    def test_id_and_secret_are_enough(self) -> None:
        assert settings(**PAIR).bothelp == BotHelp("client-1", "the-secret")

    def test_its_endpoints_may_be_on_this_machine(self) -> None:
        local = {"BOTHELP_API_ENDPOINT": "http://localhost:1/", "BOTHELP_OAUTH_ENDPOINT": "http://localhost:2"}
        assert bothelp(PAIR | local) == BotHelp("client-1", "the-secret", "http://localhost:1", "http://localhost:2")

    @pytest.mark.parametrize("name", ["BOTHELP_API_ENDPOINT", "BOTHELP_OAUTH_ENDPOINT"])
    def test_and_nowhere_else(self, name: str) -> None:
        with pytest.raises(SettingsError, match=f"{name} is not an address on this machine: .* for BotHelp"):
            bothelp(PAIR | {name: "https://api.bothelp.io.evil.example"})

    @pytest.mark.parametrize("name", PAIR)
    def test_one_without_the_other_stops_the_start(self, name: str) -> None:
        with pytest.raises(SettingsError, match=f"{name} is missing"):
            settings(**{each: value for each, value in PAIR.items() if each != name})

    def test_no_repr_shows_the_secret(self) -> None:
        assert "the-secret" not in repr(settings(**PAIR))
        assert "client-1" not in repr(settings(**PAIR))


JOB = {"HOUSEKEEPING_CALLER": " job@shop.iam.gserviceaccount.com\n", "HOUSEKEEPING_AUDIENCE": "https://x.run.app/tasks"}


class TestScheduler:
    def test_without_it_nobody_calls_for_housekeeping(self) -> None:
        assert settings().scheduler is None

    def test_caller_and_audience_go_together(self) -> None:
        found = settings(**JOB).scheduler
        assert found == Scheduler("job@shop.iam.gserviceaccount.com", "https://x.run.app/tasks")

    @pytest.mark.parametrize("name", JOB)
    def test_one_without_the_other_stops_the_start(self, name: str) -> None:
        with pytest.raises(SettingsError, match=f"^{name} is missing, but HOUSEKEEPING_[A-Z]+ is there: set both"):
            settings(**{each: value for each, value in JOB.items() if each != name})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("HOUSEKEEPING_CALLER", "job"),
            ("HOUSEKEEPING_CALLER", "job@shop@shop"),
            ("HOUSEKEEPING_CALLER", "https://x.run.app"),
            ("HOUSEKEEPING_AUDIENCE", "https://x.run.app https://y.run.app"),
            ("HOUSEKEEPING_AUDIENCE", "https://x.run.app\x07"),
        ],
    )
    def test_what_they_cannot_be_stops_the_start(self, name: str, value: str) -> None:
        with pytest.raises(
            SettingsError, match=f"^{name} (is not an e-mail|cannot be an audience): set it to "
        ) as said:
            settings(**JOB | {name: value})
        assert value not in str(said.value)
