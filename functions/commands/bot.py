"""`promosheet bot`: what to paste into a bot platform, and codes that BotHelp did not take."""

from __future__ import annotations

import os
import sys

import click

from functions import pushing
from functions.bots import snippets
from functions.bots.bothelp import CODE_FIELD, Wishes
from functions.bots.snippets import SNIPPETS
from functions.commands.common import Failed, progress, spreadsheet_option, told_in_one_line
from functions.delivery import Word
from functions.settings import bothelp, code_key, request_deadline_s, sheets_api_endpoint
from functions.world import RealWorld


@click.group()
def bot() -> None:
    """Wire bots, and push codes once more."""


@bot.command("push")
@spreadsheet_option
@click.option("--failed", is_flag=True, required=True, help="Those whose Delivery says failed.")
@click.option("--code-field", default=CODE_FIELD, show_default=True, help="Custom field for the code.")
@click.option("--message-field", default="", help="Custom field for the message; without it none is set.")
@click.option("--expires-field", default="", help="Custom field for the last day; without it none is set.")
@click.option("--bot", "bot_", default="", help="Bot of which a step is started, with --step.")
@click.option("--step", default="", help="The step.")
def bot_push(spreadsheet_id: str, *, failed: bool, bot_: str, step: str, **fields: str) -> None:
    """Push codes to BotHelp once more whose push failed. It needs CODE_KEY, BOTHELP_CLIENT_ID, BOTHELP_CLIENT_SECRET.

    A code that was used, voided or deleted meanwhile is left alone. Status 1: a push failed again.
    """
    del failed
    if bool(bot_) != bool(step):
        message = "--bot and --step go together"
        raise click.UsageError(message)
    with told_in_one_line():
        account = bothelp(os.environ)
        if account is None:
            message = "BOTHELP_CLIENT_ID is missing: set it and BOTHELP_CLIENT_SECRET to push"
            raise Failed(message)
        endpoint, deadline_s = sheets_api_endpoint(os.environ), request_deadline_s(os.environ)
        shop = pushing.Shop(spreadsheet_id, endpoint, code_key(os.environ), account, deadline_s)
        done = pushing.push_failed(shop, Wishes(**fields, bot=bot_, step=step), RealWorld(), _on_stderr, progress)
    for word in Word:
        click.echo(f"{word.value}: {done.words[word]}")
    for why, count in sorted(done.left.items()):
        click.echo(f"left alone ({why}): {count}")
    sys.exit(1 if done.words[Word.FAILED] or done.words[Word.UNKNOWN] or done.left["busy"] else 0)


@bot.command("snippet")
@click.argument("platform", type=click.Choice(sorted(SNIPPETS)))
@click.option("--campaign", required=True, help="The campaign whose codes the bot gives.")
@click.option("--url", required=True, help="Where the functions are, for example https://promosheet-xyz.run.app.")
@click.option("--channel", default="telegram", show_default=True, help="What Usage channel says of codes used there.")
@click.option("--key", default="KEY-OF-THE-BOT", show_default=True, help="The secret of a key with the role bot.")
@click.option("--markdown", is_flag=True, help="As the tables of the README.")
def bot_snippet(platform: str, *, campaign: str, url: str, channel: str, key: str, markdown: bool) -> None:  # noqa: PLR0913
    """Print what to paste where on a bot platform: URL, headers, body, what to save, what to branch on."""
    lines = snippets.markdown(SNIPPETS[platform]) if markdown else snippets.plain(SNIPPETS[platform])
    for line in lines:
        click.echo(snippets.filled(line, url, campaign, channel, key))


def _on_stderr(message: str, fields: dict[str, object]) -> None:
    details = "; ".join(f"{name} {value}" for name, value in fields.items() if name != "severity")
    click.echo(f"promosheet: {message}: {details}" if details else f"promosheet: {message}", err=True)
