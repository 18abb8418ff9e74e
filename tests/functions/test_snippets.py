"""What is pasted into bots: filled in by the platform, and not; on the command line, and in the README."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from rows import NOW, sheet
from test_door import BOT, KEYS, SECRETS, request

from functions import chatting
from functions.bots import MODULES, platform_at
from functions.bots.snippets import SNIPPETS, Block, filled, markdown, plain
from functions.cli import main
from functions.door import Refusal, Surface, open_call, open_delivery
from functions.fields import PREFIXES
from functions.promo import Call, Campaign, Claim, IssueCall, Outcome, RedeemCall, TypedCall
from functions.replies import flat, message
from functions.settings import Settings

README = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
SETTINGS = Settings("sheet", KEYS, b"c" * 32)
FLAT = {"bothelp": "", "manychat": "mc", "sendpulse": "sp", "salebot": "sb", "typebot": "tb"}
#: Variables as the platforms write them: {%name%}, {{name}}, {{$['name']}}, #{name}.
VARIABLE = re.compile(r"\{%\w+%\}|\{\{[^{}]+\}\}|#\{\w+\}")
NAME = "Анна \U0001f381 \u202e"


def json_blocks(platform: str) -> list[Block]:
    return [block for block in SNIPPETS[platform].blocks if block.body]


def as_sent(body: str, subscriber: object) -> bytes:
    """The body as the platform sends it: each variable replaced by what it holds."""

    def value(variable: re.Match[str]) -> str:
        word = variable[0]
        if "name" in word:
            return NAME
        return "spring-7k2qm 4xwda" if "promo_code" in word else str(subscriber)

    return VARIABLE.sub(value, body).encode()


def ask(block: Block, body: bytes) -> Call | Refusal:
    """Ask the address that the snippet says, with its query and the key of a bot."""
    where = dict(block.settings).get("Method, URL") or dict(block.settings)["Type, URL"]
    found = re.search(r"<url>/bot(/[a-z/]+)\?([^`]*)", where)
    assert found
    query = [tuple(each.split("=", 1)) for each in filled(found[2], "", "spring", "telegram", "").split("&")]
    asked = request(found[1], body, query, {"X-Api-Key": SECRETS[Surface.BOT]})  # type: ignore[arg-type]
    platform = platform_at(found[1])
    opened = open_delivery(asked, platform, SETTINGS) if platform else open_call(asked, Surface.BOT, KEYS)
    assert isinstance(opened, Call | Refusal)
    return opened


# what is pasted makes a call


@pytest.mark.parametrize(("platform", "prefix"), FLAT.items())
@pytest.mark.parametrize("subscriber", [1849, 10**18, "1et0.2k"], ids=["int", "10^18", "text"])
def test_what_a_flat_platform_sends_is_understood(platform: str, prefix: str, subscriber: object) -> None:
    give, use = json_blocks(platform)
    assert ask(give, as_sent(give.body, subscriber)) == IssueCall(
        BOT, f"{prefix}{subscriber}", "spring", NAME.strip(), platform
    )
    assert ask(use, as_sent(use.body, subscriber)) == RedeemCall(
        BOT, "spring-7k2qm 4xwda", f"{prefix}{subscriber}", channel="telegram"
    )


def test_what_chatfuel_sends_is_understood() -> None:
    give, use = json_blocks("chatfuel")
    issued, redeemed = ask(give, as_sent(give.body, 1849)), ask(use, as_sent(use.body, 1849))
    assert isinstance(issued, IssueCall)
    assert (issued.subscriber_id, issued.campaign, issued.platform) == ("cf1849", "spring", "chatfuel")
    assert redeemed == RedeemCall(BOT, "spring-7k2qm 4xwda", "cf1849", channel="telegram")


BLOCKS = [
    pytest.param(block, id=f"{name}-{n}") for name in (*FLAT, "chatfuel") for n, block in enumerate(json_blocks(name))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_variables_that_were_not_filled_in_are_told_by_name(block: Block) -> None:
    found = ask(block, block.body.encode())
    assert isinstance(found, Refusal)
    assert (found.word, found.why) == ("invalid_request", "placeholder")
    assert f'"{found.field}":' in block.body


@pytest.mark.parametrize("block", BLOCKS)
def test_each_single_variable_that_was_not_filled_in_does_no_harm(block: Block) -> None:
    whole = json.loads(as_sent(block.body, 1849))
    for field, written in json.loads(block.body).items():
        found = ask(block, json.dumps(whole | {field: written}).encode())
        decides = VARIABLE.search(written) and "name" not in field
        assert isinstance(found, Refusal) == bool(decides)


@pytest.mark.parametrize("block", BLOCKS)
def test_empty_variables_make_no_call_for_nobody(block: Block) -> None:
    # A prefix alone would be one subscriber for everybody.
    found = ask(block, VARIABLE.sub("", block.body).encode())
    assert isinstance(found, Refusal)
    assert (found.word, found.why) in {("invalid_request", "empty"), ("invalid_request", "missing")}


def test_the_prefixes_of_the_snippets_are_known_to_the_door() -> None:
    assert {prefix for prefix in FLAT.values() if prefix} <= PREFIXES


@pytest.mark.parametrize("platform", FLAT)
def test_what_is_saved_is_what_is_told(platform: str) -> None:
    told = flat(Outcome("issued", code="A1"), "en").keys()
    settings = dict(json_blocks(platform)[0].settings)
    saved = settings.get("Save the answer") or settings.get("Save to variables") or settings.get("Save in variables")
    saved = saved or settings["Values to save"]
    names = set(re.findall(r"(?:\$\.|data\.|\b)(\w+)`? ?(?:→|->)", saved))
    assert names == {"code", "message", "status"}
    assert names <= told


# printed


def run(*words: str) -> str:
    result = CliRunner().invoke(main, ["bot", "snippet", *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("platform", SNIPPETS)
def test_a_snippet_is_printed_ready_to_paste(platform: str) -> None:
    printed = run(
        platform, "--campaign", "spring", "--url", "https://shop.example/bot/", "--channel", "vk", "--key", "K" * 16
    )
    assert "https://shop.example/bot/" in printed
    assert "/bot/bot/" not in printed
    assert not re.search(r"<(url|campaign|channel|key|url_key|link)>|`", printed)
    if platform != "telegram":
        assert f"X-Api-Key: {'K' * 16}" in printed.replace('"X-Api-Key":"', "X-Api-Key: ")
        assert "channel=vk" in printed


def test_what_goes_into_an_address_may_stand_there() -> None:
    printed = run(
        "bothelp", "--campaign", "Весна & лето", "--url", "https://x", "--channel", "a/b", "--key", "a+b&c=d" * 3
    )
    assert "?key=a%2Bb%26c%3Dda%2Bb%26c%3Dda%2Bb%26c%3Dd&campaign=" in printed
    assert "X-Api-Key: a+b&c=da+b&c=da+b&c=d\n" in printed
    assert "campaign=%D0%92%D0%B5%D1%81%D0%BD%D0%B0%20%26%20%D0%BB%D0%B5%D1%82%D0%BE&channel=a%2Fb" in printed


@pytest.mark.parametrize("campaign", ["spring", "Чёрная пятница", "Весна & лето 2026", "Été"])
def test_a_telegram_link_is_one_that_telegram_takes_and_the_bot_understands(campaign: str) -> None:
    printed = run("telegram", "--campaign", campaign, "--url", "https://x")
    found = re.search(r"t\.me/YOUR_BOT\?start=(\S*)\n", printed)
    assert found
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", found[1])
    call = TypedCall(BOT, "tg1", found[1], linked=True)
    decision = chatting.answer(sheet(campaigns=(Campaign(campaign),)), call, NOW, b"c" * 32, "t1")
    assert isinstance(decision, Claim)
    assert decision.outcome.campaign == campaign


def test_an_unknown_platform_is_a_usage_error_that_names_the_known_ones() -> None:
    result = CliRunner().invoke(main, ["bot", "snippet", "icq", "--campaign", "spring", "--url", "https://x"])
    assert result.exit_code == 2
    assert all(name in result.output for name in SNIPPETS)


def test_every_platform_with_a_path_of_its_own_has_a_snippet() -> None:
    assert MODULES.keys() <= SNIPPETS.keys()


@pytest.mark.parametrize("platform", SNIPPETS)
def test_no_body_is_broken_json_and_no_line_is_lost(platform: str) -> None:
    for block in SNIPPETS[platform].blocks:
        assert not block.body or isinstance(json.loads(block.body), dict)
    printed = "\n".join(plain(SNIPPETS[platform]))
    for block in SNIPPETS[platform].blocks:
        assert all(f"  {name}  " in printed for name, _ in block.settings if len(name) >= len("Method, URL"))
        assert block.body in printed


# in the README


def in_readme(text: str) -> bool:
    return " ".join(filled(text, "https://…", "spring", "telegram", "…").split()) in README


def test_the_readme_takes_a_bot_of_telegrams_into_use_as_the_snippet_does() -> None:
    (block,) = SNIPPETS["telegram"].blocks
    command = " ".join(dict(block.settings)["Once"].strip("`").split())
    assert filled(command, "https://…", "spring", "", "") in README.replace(" \\ ", " ")
    assert "t.me/YOUR_BOT?start=spring" in README


#: Telegram's section is written by hand.
@pytest.mark.parametrize("platform", SNIPPETS.keys() - {"telegram"})
def test_the_readme_says_what_the_snippet_says(platform: str) -> None:
    lines = [line for line in markdown(SNIPPETS[platform]) if line]
    assert [line for line in lines if not in_readme(line)] == []
    assert (
        run(platform, "--campaign", "spring", "--url", "https://…", "--key", "…", "--markdown").split()
        == " ".join(filled(line, "https://…", "spring", "telegram", "…") for line in lines).split()
    )


MOSCOW = ZoneInfo("Europe/Moscow")
EXPIRES, USED = datetime(2026, 3, 31, 23, 59, 59, tzinfo=MOSCOW), datetime(2026, 3, 10, 12, 0, tzinfo=MOSCOW)
SAID = [
    pytest.param(Outcome("issued", code="SPRING-7K2QM-4XWDA", discount="15 %", expires=EXPIRES), id="issued"),
    pytest.param(Outcome("redeemed"), id="redeemed"),
    pytest.param(Outcome("already_used", used_on=USED, channel="telegram"), id="already_used"),
    pytest.param(Outcome("not_found"), id="not_found"),
    pytest.param(Outcome("too_many"), id="too_many"),
]


@pytest.mark.parametrize("outcome", SAID)
def test_the_readme_says_what_the_subscriber_sees(outcome: Outcome) -> None:
    assert message(outcome, "en") in README
