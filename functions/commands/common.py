"""What the commands share: the spreadsheet's option, failures in one line, a progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from functions.failures import SheetBroken, SheetError
from functions.settings import SettingsError, sheets_access_token, sheets_api_endpoint
from functions.sheet import GoogleSheet
from functions.subscribers import UnknownSubscriber
from functions.world import RealWorld
from sheet_schema.plan import PlanRefused

Command = TypeVar("Command", bound=Callable[..., Any])


class Failed(click.ClickException):
    """Something is wrong, said in one line on stderr; exit status 1."""

    def show(self, file: object = None) -> None:
        """Say it without click's "Error:"."""
        del file
        click.echo(f"promosheet: {self.message}", err=True)


class NotFoundOut(Failed):
    """A question got no answer; exit status 2."""

    exit_code = 2


class Stopped(Failed):
    """Ended by Ctrl-C; exit status as shells have it."""

    exit_code = 130


def spreadsheet_option(command: Command) -> Command:
    """Add --spreadsheet-id."""
    return click.option(
        "--spreadsheet-id",
        envvar="SPREADSHEET_ID",
        required=True,
        help="The long id in the spreadsheet's address. Default: the variable SPREADSHEET_ID.",
    )(command)


def open_sheet(spreadsheet_id: str) -> GoogleSheet:
    """Open a spreadsheet at Google, or where SHEETS_API_ENDPOINT says; SHEETS_ACCESS_TOKEN is shown if it is there."""
    endpoint, token = sheets_api_endpoint(os.environ), sheets_access_token(os.environ)
    return GoogleSheet(spreadsheet_id, endpoint, RealWorld(), token=token)


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on stderr, if that is a terminal and there is a way to go."""
    if length == 1 or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def told_in_one_line(failed: type[Failed] = Failed) -> Iterator[None]:
    """Failures that a person can mend, as one line on stderr and the status of *failed*."""
    try:
        yield
    except SheetBroken as broken:
        raise failed("; ".join(broken.faults)) from None
    except (PlanRefused, SettingsError, UnknownSubscriber) as refused:
        raise failed(str(refused)) from None
    except SheetError as error:
        message = f"Google Sheets did not do it ({error}): try again"
        raise failed(message) from None
