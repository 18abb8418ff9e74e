"""The HTTP functions that Google Cloud starts, and functions-framework on any machine. Wiring only.

`promosheet` is all of them in one: /bot/…, /till/… and /tasks; the others can be deployed alone. Settings are read when
the module is loaded, so that a missing secret stops the start and not the first customer.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

import flask
import functions_framework

from functions.door import Surface
from functions.service import Service
from functions.settings import Settings, SettingsError
from functions.world import RealWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.service import Answered

try:
    _service = Service(Settings.from_environ(os.environ), RealWorld(), sys.stdout.write)
except SettingsError as _error:
    sys.exit(f"promosheet cannot start: {_error}")

# Flask keeps /static/ for a folder of its own, which is not there. The framework loads this file in the application's
# context, so that the path can be given to the function like any other: alone, `redemption` has the page's files there.
if flask.has_app_context():
    _views = cast("dict[str, Callable[[str], Answered]]", flask.current_app.view_functions)
    _views["static"] = lambda filename: _views["run"](f"static/{filename}")


@functions_framework.http
def bot_webhook(request: flask.Request) -> Answered:
    """Answer a bot: /issue, /check, /redeem."""
    return _service.answer(request, Surface.BOT)


@functions_framework.http
def redemption(request: flask.Request) -> Answered:
    """Answer a till: /check, /redeem, /rollback."""
    return _service.answer(request, Surface.TILL)


@functions_framework.http
def housekeeping(request: flask.Request) -> Answered:
    """Answer Cloud Scheduler alone."""
    return _service.keep_house(request, request.path)


@functions_framework.http
def promosheet(request: flask.Request) -> Answered:
    """Answer all of them: the bot under /bot, the till under /till, Cloud Scheduler at /tasks."""
    if request.path.rstrip("/") == "/tasks":
        return _service.keep_house(request, "/")
    return _service.answer_under(request, {"/bot": Surface.BOT, "/till": Surface.TILL})
