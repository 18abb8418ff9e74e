"""`promosheet sheet`: set a spreadsheet up, and look what is wrong in it."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click

from functions import probe, sheet_setup
from functions.commands.common import (
    Command,
    NotFoundOut,
    Stopped,
    open_sheet,
    progress,
    spreadsheet_option,
    told_in_one_line,
)
from functions.pacing import PER_MINUTE
from functions.settings import code_key, sheets_api_endpoint
from functions.world import RealWorld
from sheet_schema import languages


@click.group()
def sheet() -> None:
    """Set a spreadsheet up, and look what is wrong in it."""


def _language_option(command: Command) -> Command:
    return click.option(
        "--language",
        type=click.Choice(sorted(languages.LANGUAGES)),
        help="Language of titles and words. Default: the sheet's own, else its locale's.",
    )(command)


@sheet.command("plan")
@spreadsheet_option
@_language_option
def sheet_plan(spreadsheet_id: str, language: str | None) -> None:
    """Say what set-up would add. Status 0: nothing is missing, 1: something is."""
    with told_in_one_line():
        lines = sheet_setup.missing(open_sheet(spreadsheet_id), language or "").lines
    for line in lines:
        click.echo(line)
    click.echo(f"missing: {_counted(lines, 'step')}" if lines else "nothing is missing")
    sys.exit(1 if lines else 0)


@sheet.command("apply")
@spreadsheet_option
@_language_option
@click.option(
    "--new-code-key", is_flag=True, help="Accept the CODE_KEY of the environment in the place of the old one."
)
def sheet_apply(spreadsheet_id: str, language: str | None, *, new_code_key: bool) -> None:
    """Add what is missing; nothing that is there is changed. A second run adds nothing.

    If CODE_KEY is in the environment, a spreadsheet that goes by another one is left as it is.
    """
    with told_in_one_line():
        opened = open_sheet(spreadsheet_id)
        if os.environ.get("CODE_KEY") and not new_code_key:
            sheet_setup.refuse_other_code_key(opened, code_key(os.environ))
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
@spreadsheet_option
@click.option("--write", is_flag=True, help="Put what is wrong into the tab Problems, too, for staff to see.")
def sheet_check(spreadsheet_id: str, *, write: bool) -> None:
    """Say what is wrong in the sheet: the cell, what it holds, what to type. Status 0: nothing, 1: something.

    Notes, such as a tab with another name, need nothing to be done: with them alone the status is 0.
    """
    with told_in_one_line():
        opened, now = open_sheet(spreadsheet_id), datetime.now(UTC)
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
@spreadsheet_option
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
    with told_in_one_line(NotFoundOut):
        endpoint, world = sheets_api_endpoint(os.environ), RealWorld()
        try:
            as_assumed = probe.probe(
                lambda pacing: probe.Client(spreadsheet_id, endpoint, world, pacing),
                world,
                tries=tries,
                per_minute=per_minute,
                tell=click.echo,
                bar=progress,
            )
        except KeyboardInterrupt:
            message = "stopped"
            raise Stopped(message) from None
    sys.exit(0 if as_assumed else 1)


def _counted(lines: list[str], noun: str) -> str:
    return _numbered(len(lines), noun)


def _numbered(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
