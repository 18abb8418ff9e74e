"""`promosheet subscriber`: what is stored of one person, and forgetting it."""

from __future__ import annotations

import json
import os

import click

from functions import forgetting, subscribers
from functions.commands.common import Failed, open_sheet, spreadsheet_option, told_in_one_line
from functions.settings import code_key
from functions.world import RealWorld
from sheet_schema.layout import quote


@click.group()
def subscriber() -> None:
    """Answer one person who asks what is stored of them, or asks to be forgotten. Both need CODE_KEY."""


@subscriber.command("export")
@spreadsheet_option
@click.argument("subscriber_id", metavar="ID")
def subscriber_export(spreadsheet_id: str, subscriber_id: str) -> None:
    """Print what the sheet holds of one person, as JSON: whole rows of Promo codes and of Redemptions.

    Rows from before the person was forgotten are among them. Status 1: no row has this Subscriber ID.
    """
    with told_in_one_line():
        found = subscribers.known(open_sheet(spreadsheet_id), _subscriber_id(subscriber_id), code_key(os.environ))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@subscriber.command("forget")
@spreadsheet_option
@click.argument("subscriber_id", metavar="ID")
def subscriber_forget(spreadsheet_id: str, subscriber_id: str) -> None:
    """Remove a person's name from the sheet, and put a pseudonym in the place of the id.

    Limits and history stay right: who comes back is known again by CODE_KEY. A second run changes nothing. Status 1: no
    row has this Subscriber ID, or a cell could not be changed.
    """
    with told_in_one_line():
        opened, key = open_sheet(spreadsheet_id), code_key(os.environ)
        done = forgetting.forget(opened, _subscriber_id(subscriber_id), key, RealWorld())
    rows = ", ".join(f"{count} in {quote(title)}" for title, count in done.rows.items())
    click.echo(f"{'rows forgotten' if done.changed else 'forgotten before, rows'}: {rows}")
    if done.left:
        message = f"these cells still tell who it was: {', '.join(done.left)}. Clear them by hand, or run it again"
        raise Failed(message)


def _subscriber_id(typed: str) -> str:
    found = typed.strip()
    if not found:
        message = "the ID is empty"
        raise click.UsageError(message)
    return found
