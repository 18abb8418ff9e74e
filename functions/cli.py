"""The `promosheet` command: set a spreadsheet up, check it, forget a person, and try the product on one machine."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from functions import forgetting, probe, pushing, sheet_setup, subscribers
from functions.bots import snippets
from functions.bots.bothelp import CODE_FIELD, Wishes
from functions.bots.snippets import SNIPPETS
from functions.delivery import Word
from functions.failures import SheetBroken, SheetError
from functions.local import one_port
from functions.local.demo import play
from functions.local.errors import LocalSheetsError
from functions.local.faults import Planned, from_file
from functions.local.quota import Quota
from functions.local.routes import KINDS
from functions.local.server import LocalSheets
from functions.local.store import data_file
from functions.pacing import PER_MINUTE
from functions.settings import SettingsError, bothelp, code_key, request_deadline_s, sheets_api_endpoint
from functions.sheet import GoogleSheet
from functions.world import RealWorld
from sheet_schema import languages
from sheet_schema.layout import quote
from sheet_schema.plan import PlanRefused

Command = TypeVar("Command", bound=Callable[..., Any])


def _wrapped(words: Iterable[str], indent: int) -> str:
    """Words in lines of a help text."""
    return f"\n{' ' * indent}   ".join(textwrap.wrap(", ".join(sorted(words)), 100, break_on_hyphens=False))


class _Failed(click.ClickException):
    """Something is wrong, said in one line on stderr; exit status 1."""

    def show(self, file: object = None) -> None:
        """Say it without click's "Error:"."""
        del file
        click.echo(f"promosheet: {self.message}", err=True)


class _NotFoundOut(_Failed):
    """A question got no answer; exit status 2."""

    exit_code = 2


class _Stopped(_Failed):
    """Ended by Ctrl-C; exit status as shells have it."""

    exit_code = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="promosheet")
def main() -> None:
    """Promo codes for chatbots, kept in a Google Sheet."""


@main.command()
@click.option(
    "--exit", "leave", is_flag=True, help="End after the story: status 0 if every answer was as told, else 1."
)
def demo(*, leave: bool) -> None:
    """Play the whole story on this machine: a sheet, the functions, and what subscribers and tills see."""
    try:
        ok = play(click.echo, stay=not leave)
    except LocalSheetsError as error:
        raise _Failed(str(error)) from None
    sys.exit(0 if ok else 1)


def _data_option(command: Command) -> Command:
    return click.option(
        "--data", metavar="DIR", help="Folder that keeps the spreadsheets, made if needed. Default: nothing is kept."
    )(command)


@main.command()
@click.option(
    "--port",
    default=8080,
    type=click.IntRange(0, 65_535),
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@_data_option
@click.option("--with-bothelp", is_flag=True, help="Play BotHelp too, at /bothelp: what its subscribers would see.")
def local(*, port: int, data: str | None, with_bothelp: bool) -> None:
    """Run everything on one port of this machine: /sheet the page, /v4 the Sheets API, /bot /till /tasks the functions.

    Keys: local-bot-key-0000, local-till-key-000, local-admin-key-00. Ctrl-C ends it.
    """
    with _told_in_one_line():
        try:
            one_port.run(port, data, os.environ, click.echo, with_bothelp=with_bothelp)
        except LocalSheetsError as error:
            raise _Failed(str(error)) from None


@main.command(
    help=f"""Run the local stand-in for the Google Sheets API alone; the spreadsheet `local` is there from the start,
    and `not-shared` answers 403 as one that nobody shared with the caller.

    \b
    --faults FILE is JSON: a list of faults, or {{"seed": 7, "faults": [...]}} to have the same chances again.
      {{"kind": "spreadsheets.batchUpdate", "action": "503_after", "nth": 3}}    the third such call from now, once
      {{"kind": "*", "action": "reset_before", "share": 0.02}}                   one in fifty of all calls, at random
    \b
    kind    {_wrapped(KINDS, 9)}
            or * for all
    action  429, 503_before and 503_after the call took effect, reset_before and reset_after (the connection is cut
            without an answer), delay
    seconds how long the call takes before (any action; optional)
    """
)
@click.option("--port", default=9099, type=click.IntRange(0, 65_535), show_default=True, help="Port on 127.0.0.1.")
@_data_option
@click.option("--latency-ms", default=0, type=click.IntRange(0, 60_000), help="Milliseconds that a call takes longer.")
@click.option("--enforce-quota", is_flag=True, help="Answer 429 beyond 60 reads or 60 writes a minute for a caller.")
@click.option("--faults", type=click.Path(dir_okay=False, path_type=Path), help="JSON file of faults, see above.")
def emulator(*, port: int, data: str | None, latency_ms: int, enforce_quota: bool, faults: Path | None) -> None:
    """Run the local stand-in for the Google Sheets API alone."""
    try:
        planned = from_file(faults, KINDS) if faults else Planned()
        server = LocalSheets(data=data_file(data) if data else ":memory:", port=port, latency_s=latency_ms / 1000)
        server.create("local", title="Promosheet")
    except LocalSheetsError as error:
        raise _Failed(str(error)) from None
    server.faults.plan(planned)
    if enforce_quota:
        server.api.quota = Quota()
    click.echo(f"Sheets API: {server.base_url}   spreadsheet id: local   (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.stop()


@main.group()
def sheet() -> None:
    """Set a spreadsheet up, and look what is wrong in it."""


def _spreadsheet_option(command: Command) -> Command:
    return click.option(
        "--spreadsheet-id",
        envvar="SPREADSHEET_ID",
        required=True,
        help="The long id in the spreadsheet's address. Default: the variable SPREADSHEET_ID.",
    )(command)


def _language_option(command: Command) -> Command:
    return click.option(
        "--language",
        type=click.Choice(sorted(languages.LANGUAGES)),
        help="Language of titles and words. Default: the sheet's own, else its locale's.",
    )(command)


@sheet.command("plan")
@_spreadsheet_option
@_language_option
def sheet_plan(spreadsheet_id: str, language: str | None) -> None:
    """Say what set-up would add. Status 0: nothing is missing, 1: something is."""
    with _told_in_one_line():
        lines = sheet_setup.missing(_open(spreadsheet_id), language or "").lines
    for line in lines:
        click.echo(line)
    click.echo(f"missing: {_counted(lines, 'step')}" if lines else "nothing is missing")
    sys.exit(1 if lines else 0)


@sheet.command("apply")
@_spreadsheet_option
@_language_option
@click.option(
    "--new-code-key", is_flag=True, help="Accept the CODE_KEY of the environment in the place of the old one."
)
def sheet_apply(spreadsheet_id: str, language: str | None, *, new_code_key: bool) -> None:
    """Add what is missing; nothing that is there is changed. A second run adds nothing."""
    with _told_in_one_line():
        opened = _open(spreadsheet_id)
        lines = sheet_setup.apply(opened, language or "")
        advice = sheet_setup.advice(opened) if lines else []
        if new_code_key:
            sheet_setup.replace_code_key(opened, code_key(os.environ))
            lines.append("accept the new CODE_KEY")
    for line in lines:
        click.echo(line)
    click.echo(f"done: {_counted(lines, 'step')}" if lines else "nothing was missing")
    for line in advice:
        click.echo(f"note: {line}")


@sheet.command("check")
@_spreadsheet_option
@click.option("--write", is_flag=True, help="Put what is wrong into the tab Problems, too, for staff to see.")
def sheet_check(spreadsheet_id: str, *, write: bool) -> None:
    """Say what is wrong in the sheet: the cell, what it holds, what to type. Status 0: nothing, 1: something.

    Notes, such as a tab with another name, need nothing to be done: with them alone the status is 0.
    """
    with _told_in_one_line():
        opened, now = _open(spreadsheet_id), datetime.now(UTC)
        checked = sheet_setup.check(opened, now)
        for line in checked.lines:
            click.echo(line)
        wrong, notes = len(checked.faults) - checked.harmless, checked.harmless
        told = _numbered(wrong, "problem") if wrong else "no problems"
        click.echo(f"{told}, {_numbered(notes, 'note')}" if notes else told)
        if write:
            sheet_setup.write_problems(opened, checked, now)
    sys.exit(1 if wrong else 0)


@sheet.command("probe")
@_spreadsheet_option
@click.option("--tries", type=click.IntRange(1, 500), default=200, show_default=True, help="How often each is tried.")
@click.option(
    "--per-minute",
    type=click.IntRange(2, 60_000),
    default=PER_MINUTE,
    show_default=True,
    help="Reads, and writes, at most; Google allows an account 60, functions that use the same one included.",
)
def sheet_probe(spreadsheet_id: str, *, tries: int, per_minute: int) -> None:
    """Try out, on a tab of its own, whether Google Sheets does what keeps a code from being given twice.

    Status 0: it does, 1: something is otherwise, 2: it could not be found out.
    """
    with _told_in_one_line(_NotFoundOut):
        endpoint, world = sheets_api_endpoint(os.environ), RealWorld()
        try:
            as_assumed = probe.probe(
                lambda pacing: probe.Client(spreadsheet_id, endpoint, world, pacing),
                world,
                tries=tries,
                per_minute=per_minute,
                tell=click.echo,
                bar=_bar,
            )
        except KeyboardInterrupt:
            message = "stopped"
            raise _Stopped(message) from None
    sys.exit(0 if as_assumed else 1)


@main.group()
def subscriber() -> None:
    """Answer one person who asks what is stored of them, or asks to be forgotten. Both need CODE_KEY."""


@subscriber.command("export")
@_spreadsheet_option
@click.argument("subscriber_id", metavar="ID")
def subscriber_export(spreadsheet_id: str, subscriber_id: str) -> None:
    """Print what the sheet holds of one person, as JSON: whole rows of Promo codes and of Redemptions.

    Rows from before the person was forgotten are among them. Status 1: no row has this Subscriber ID.
    """
    with _told_in_one_line():
        found = subscribers.known(_open(spreadsheet_id), _subscriber_id(subscriber_id), code_key(os.environ))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@subscriber.command("forget")
@_spreadsheet_option
@click.argument("subscriber_id", metavar="ID")
def subscriber_forget(spreadsheet_id: str, subscriber_id: str) -> None:
    """Remove a person's name from the sheet, and put a pseudonym in the place of the id.

    Limits and history stay right: who comes back is known again by CODE_KEY. A second run changes nothing. Status 1: no
    row has this Subscriber ID, or a cell could not be changed.
    """
    with _told_in_one_line():
        opened, key = _open(spreadsheet_id), code_key(os.environ)
        done = forgetting.forget(opened, _subscriber_id(subscriber_id), key, RealWorld())
    rows = ", ".join(f"{count} in {quote(title)}" for title, count in done.rows.items())
    click.echo(f"{'rows forgotten' if done.changed else 'forgotten before, rows'}: {rows}")
    if done.left:
        message = f"these cells still tell who it was: {', '.join(done.left)}. Clear them by hand, or run it again"
        raise _Failed(message)


@main.group()
def bot() -> None:
    """What bots need."""


@bot.command("push")
@_spreadsheet_option
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
    with _told_in_one_line():
        account = bothelp(os.environ)
        if account is None:
            message = "BOTHELP_CLIENT_ID is missing: set it and BOTHELP_CLIENT_SECRET to push"
            raise _Failed(message)
        endpoint, deadline_s = sheets_api_endpoint(os.environ), request_deadline_s(os.environ)
        shop = pushing.Shop(spreadsheet_id, endpoint, code_key(os.environ), account, deadline_s)
        done = pushing.push_failed(shop, Wishes(**fields, bot=bot_, step=step), RealWorld(), _on_stderr, _bar)
    for word in Word:
        click.echo(f"{word.value}: {done.words[word]}")
    for why, count in sorted(done.left.items()):
        click.echo(f"left alone ({why}): {count}")
    sys.exit(1 if done.words[Word.FAILED] or done.words[Word.UNKNOWN] or done.left["busy"] else 0)


def _on_stderr(message: str, fields: dict[str, object]) -> None:
    details = "; ".join(f"{name} {value}" for name, value in fields.items() if name != "severity")
    click.echo(f"promosheet: {message}: {details}" if details else f"promosheet: {message}", err=True)


def _subscriber_id(typed: str) -> str:
    found = typed.strip()
    if not found:
        message = "the ID is empty"
        raise click.UsageError(message)
    return found


@main.group()
def bot() -> None:
    """Wire bots."""


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


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on stderr, if that is a terminal and there is a way to go."""
    if length == 1 or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def _counted(lines: list[str], noun: str) -> str:
    return _numbered(len(lines), noun)


def _numbered(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _open(spreadsheet_id: str) -> GoogleSheet:
    return GoogleSheet(spreadsheet_id, sheets_api_endpoint(os.environ), RealWorld())


@contextmanager
def _told_in_one_line(failed: type[_Failed] = _Failed) -> Iterator[None]:
    """Failures that a person can mend, as one line on stderr and the status of *failed*."""
    try:
        yield
    except SheetBroken as broken:
        raise failed("; ".join(broken.faults)) from None
    except (PlanRefused, SettingsError, subscribers.UnknownSubscriber) as refused:
        raise failed(str(refused)) from None
    except SheetError as error:
        message = f"Google Sheets did not do it ({error}): try again"
        raise failed(message) from None


if __name__ == "__main__":
    main()
