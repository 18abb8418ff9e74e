"""What a start loads: somebody waits for it. Whoever adds to these lists has measured what it costs (tests/bench)."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources

from functions.local.functions_process import environment

SETTINGS = {
    "SPREADSHEET_ID": "local",
    "API_KEYS": "bot:bot:local-bot-key-0000",
    "CODE_KEY": "k" * 40,
    "SHEETS_API_ENDPOINT": "http://127.0.0.1:9",
}
#: What the framework has not loaded already and a call that reads the sheet may: Google's client and what it stands on.
PACKAGES = {
    "asyncio", "certifi", "chardet", "charset_normalizer", "cryptography", "cython_runtime", "functions",
    "google", "google_auth_httplib2", "googleapiclient", "httplib2", "idna", "pyparsing", "requests", "sheet_schema",
    "socks", "uritemplate", "urllib3", "zoneinfo", "brotli", "brotlicffi", "zstandard", "simplejson", "OpenSSL", "oauth2client", "six",
}  # fmt: skip
#: Ours that only commands, housekeeping or one bot platform need, and of Google what only a person's login needs.
NEVER = (
    "functions.bots.bothelp", "functions.bots.telegram", "functions.cli", "functions.commands", "functions.delivering", "functions.forgetting",
    "functions.housekeeping", "functions.local", "functions.problems", "functions.reminding", "functions.sheet_setup", "functions.till_api",
    "google.auth.compute_engine", "google.oauth2.credentials", "googleapiclient.discovery_cache", "googleapiclient.sample_tools", "gspread",
    "segno", "sheet_schema.dashboard", "sheet_schema.looks", "sheet_schema.pages", "sheet_schema.plan",
)  # fmt: skip


def loaded(code: str) -> set[str]:
    """Modules that *code* loads in a fresh Python which has loaded functions-framework and its server."""
    script = f"""
import json, sys
import functions_framework, functions_framework._cli, functions_framework._http.gunicorn
before = set(sys.modules)
{code}
json.dump(sorted(set(sys.modules) - before), sys.stdout)
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, check=True, env=environment(SETTINGS), timeout=120)
    return set(json.loads(done.stdout))


def test_a_refused_key_loads_nothing_of_google_and_nothing_that_reads_a_sheet() -> None:
    found = loaded("""
import functions.main
from functions_framework import create_app
sys.stdout = open("/dev/null", "w")  # log lines
app = create_app("promosheet", functions.main.__file__)
answer = app.test_client().post("/bot/issue", json={"subscriber_id": "s1"}, headers={"X-Api-Key": "wrong"})
assert answer.status_code == 401, answer.status_code
sys.stdout = sys.__stdout__
""")
    ours = {name for name in found if name.split(".")[0] in {"functions", "sheet_schema"}}
    assert not {"functions.committer", "functions.sheet", "functions.redeeming"} & ours
    others = {name.split(".")[0] for name in found - ours} - sys.stdlib_module_names
    assert others <= {"main", "flask", "click", "werkzeug", "markupsafe"}  # the test's own client


def test_a_call_loads_the_client_and_nothing_else_that_is_heavy() -> None:
    found = loaded("import functions.main, functions.committer, functions.sheet")
    assert "googleapiclient.discovery" in found
    others = {name.split(".")[0] for name in found} - sys.stdlib_module_names - PACKAGES
    assert {name for name in others if not name.startswith("_") and "__mypyc" not in name} == set()
    assert {name for name in found if any(name == each or name.startswith(f"{each}.") for each in NEVER)} == set()


def test_the_client_is_built_from_the_methods_in_use_and_no_schema() -> None:
    document = json.loads(resources.files("functions").joinpath("sheets_v4.json").read_text("utf-8"))
    assert set(document["schemas"]) == {"Body"}
    assert len(json.dumps(document)) < 5_000  # Google's own has 300,000
