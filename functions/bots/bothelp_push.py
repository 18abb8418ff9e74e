"""Take a code to a BotHelp subscriber: the fields, then the tag, then the bot step; and say in Delivery how it went.

A step is started by whoever issued the code just now, or took a failed push up again, and by nobody else
(`delivering`). It comes last, so that a push which failed before it is certain not to have started one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import replies
from functions.bots.bothelp import Wishes
from functions.bots.bothelp_api import Api, PushFailed, address
from functions.delivering import Ledger
from functions.delivery import Word
from functions.promo import IssueCall
from functions.sheet import GoogleSheet
from sheet_schema import languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.door import Request
    from functions.pacing import Pacing
    from functions.promo import Call, Outcome
    from functions.settings import Settings
    from functions.world import World

TAG = "promo_issued"
#: A push gets this much, however little of the request's time is left; and so much more to write Delivery.
_LEAST_S, _SETTLE_S = 2.0, 4.0


@dataclass(frozen=True)
class _Right:
    """Whether this push may start a step, and the cell that says how it went, "" if none is to be written.

    Only who knows that no step was started may write that it failed.
    """

    step: bool
    text: str
    may_fail: bool = True


class BotHelpPusher:
    """Pushes what calls of one spreadsheet were told; safe to use from many threads."""

    def __init__(
        self, api: Api, ledger: Ledger, world: World, report: Callable[[str, dict[str, object]], None]
    ) -> None:
        """Take what it works with."""
        self._api = api
        self._ledger = ledger
        self._world = world
        self._report = report

    def push(self, request: Request, call: Call, outcome: Outcome, deadline: float) -> None:
        """Push the answer to a webhook; a trial pushes nothing."""
        if isinstance(call, IssueCall) and not call.dry_run:
            self.take(Wishes.of(request.query), call.subscriber_id, outcome, deadline)

    def take(self, wishes: Wishes, subscriber_id: str, outcome: Outcome, deadline: float) -> Word | None:
        """Take an outcome to its subscriber; what became of a code's push, None if there was no code to push."""
        deadline = max(deadline, self._world.monotonic() + _LEAST_S)
        subscriber = address(subscriber_id)
        if outcome.word not in replies.GIVEN:
            if wishes.message_field:
                self._try(lambda: self._api.set_fields(subscriber, _fields(wishes, outcome), deadline))
            return None
        right = self._right(wishes, subscriber_id, outcome, deadline)
        word = self._take(wishes, subscriber, outcome, deadline, step=right.step)
        if right.text and (word is Word.SENT or (word is Word.FAILED and right.may_fail)):
            self._ledger.settle(right.text, word, max(deadline, self._world.monotonic()) + _SETTLE_S)
        return word

    def _right(self, wishes: Wishes, subscriber_id: str, outcome: Outcome, deadline: float) -> _Right:
        wanted = bool(wishes.step)
        if outcome.delivery and not outcome.has_copy:
            return _Right(wanted, outcome.delivery)
        stand = self._ledger.look(outcome.code, subscriber_id, deadline)
        if outcome.delivery:
            # Another row says the same. If it was pushed, or is being, that one may start the step.
            alone = [each.text for each in stand.found] == [outcome.delivery]
            return _Right(wanted and alone, outcome.delivery if alone else "")
        if wanted and stand.word is Word.FAILED:
            text = self._ledger.take_up(outcome.code, subscriber_id, deadline)
            return _Right(bool(text), text)
        # Without a step it does no harm to say `sent` of what another process is at.
        text = "" if wanted or stand.word is Word.SENT else stand.text
        return _Right(step=False, text=text, may_fail=stand.word is Word.FAILED)

    def _take(self, wishes: Wishes, subscriber: str, outcome: Outcome, deadline: float, *, step: bool) -> Word:
        """FAILED only if the step was certainly not started; UNKNOWN if it may have been."""

        def tell() -> None:
            self._api.set_fields(subscriber, _fields(wishes, outcome), deadline)
            self._api.add_tag(subscriber, TAG, deadline)

        if self._try(tell) is not None:
            return Word.FAILED
        if not step:
            return Word.SENT
        failure = self._try(lambda: self._api.start_step(subscriber, wishes.bot, wishes.step, deadline))
        if failure is None:
            return Word.SENT
        return Word.FAILED if failure.certain else Word.UNKNOWN

    def _try(self, what: Callable[[], None]) -> PushFailed | None:
        try:
            what()
        except PushFailed as failure:
            known = "" if failure.certain else ", it may have been done"
            self._report("a push to BotHelp failed", {"severity": "WARNING", "reason": f"{failure}{known}"})
            return failure
        return None


def pusher_of(
    settings: Settings, world: World, pacing: Pacing, report: Callable[[str, dict[str, object]], None]
) -> BotHelpPusher:
    """Make the pusher of a process, with a client of the sheet of its own: the committer's is not to be shared."""
    if settings.bothelp is None:
        msg = "BotHelp is not set up"
        raise ValueError(msg)
    sheet = GoogleSheet(settings.spreadsheet_id, settings.sheets_api_endpoint, world, pacing)
    ledger = Ledger(sheet, world, pacing, settings.code_key, report)
    return BotHelpPusher(Api(settings.bothelp, world), ledger, world, report)


def _fields(wishes: Wishes, outcome: Outcome) -> dict[str, str]:
    """Custom fields and what goes into them, the same at every delivery; without a code the message alone."""
    values = {wishes.message_field: replies.message(replies.as_first(outcome), outcome.language)}
    if outcome.word in replies.GIVEN:
        spoken = languages.LANGUAGES.get(outcome.language, languages.LANGUAGES[languages.DEFAULT])
        expires = "" if outcome.expires is None else spoken.format_date(outcome.expires.date())
        values = {wishes.code_field: outcome.code, wishes.expires_field: expires} | values
    return {name: value for name, value in values.items() if name}
