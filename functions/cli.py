"""The `promosheet` command: try the product on one machine; the groups of commands that need a sheet are added."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.commands.bot import bot
from functions.commands.common import Command, Failed, told_in_one_line
from functions.commands.sheet import sheet
from functions.commands.subscriber import subscriber
from functions.commands.till import till
from functions.local import one_port
from functions.local.demo import play
from functions.local.errors import LocalSheetsError
from functions.local.faults import Planned, from_file
from functions.local.quota import Quota
from functions.local.routes import KINDS
from functions.local.server import LocalSheets
from functions.local.store import data_file

if TYPE_CHECKING:
    from collections.abc import Iterable


def _wrapped(words: Iterable[str], indent: int) -> str:
    """Words in lines of a help text."""
    return f"\n{' ' * indent}   ".join(textwrap.wrap(", ".join(sorted(words)), 100, break_on_hyphens=False))


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
        raise Failed(str(error)) from None
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
    with told_in_one_line():
        try:
            one_port.run(port, data, os.environ, click.echo, with_bothelp=with_bothelp)
        except LocalSheetsError as error:
            raise Failed(str(error)) from None


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
        raise Failed(str(error)) from None
    server.faults.plan(planned)
    if enforce_quota:
        server.api.quota = Quota()
    click.echo(f"Sheets API: {server.base_url}   spreadsheet id: local   (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.stop()


main.add_command(sheet)
main.add_command(subscriber)
main.add_command(bot)
main.add_command(till)


if __name__ == "__main__":
    main()
