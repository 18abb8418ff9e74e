"""One HTTP call from beginning to end: door -> committer -> reply -> log line. Knows nothing of Google.

What Google needs is imported with the first call that has a good key: a refused one never pays for it.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from functions import door, logs, replies, scheduler, till
from functions.bots import platform_at
from functions.bots.platform import Errand, Ignored, Pushing
from functions.door import Refusal, Surface
from functions.guessing import Guessing
from functions.pacing import Pacing
from functions.promo import IssueCall, Outcome, TodayCall, TypedCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import flask

    from functions.bots.platform import Platform, Pusher
    from functions.committer import Committer, Told
    from functions.housekeeping import Housekeeping, Kept
    from functions.promo import Call
    from functions.replies import Reply
    from functions.scheduler import Verify
    from functions.settings import Settings
    from functions.till.counter import Counter
    from functions.world import World

#: Body, status, headers: what a Flask view may return.
Answered = tuple[bytes, int, dict[str, str]]
#: What came ("": somebody looks at a document), what became of a call, requests and milliseconds, the answer.
_Done: TypeAlias = "tuple[Call | Ignored | Refusal | str, Outcome | None, dict[str, float], Reply]"
#: No surface has this path: what is outside all of them gets the answer of an unknown one.
_NOWHERE = "/nowhere"
_DOCUMENT = "/openapi.json"
_MAX_DETAILS = 500
#: What came without a code of its own.
_CODELESS = IssueCall | TypedCall | TodayCall | Ignored | Refusal | str


class Service:
    """Answers requests from one spreadsheet; safe to use from many threads. `write` takes log lines."""

    def __init__(
        self, settings: Settings, world: World, write: Callable[[str], object], verify: Verify = scheduler.verified
    ) -> None:
        self._settings = settings
        self._world = world
        self._write = write
        self._verify = verify
        self._lock = threading.Lock()
        self._guessing = Guessing()
        self._committer: Committer | None = None
        self._housekeeping: Housekeeping | None = None
        self._counter: Counter | None = None
        self._pushers: dict[Pushing, Pusher] = {}
        self._pacing = Pacing(settings.reads_per_minute, settings.writes_per_minute)

    def answer(self, request: flask.Request, surface: Surface) -> Answered:
        """Answer a request for one surface."""
        return self._answer(request, surface, request.path)

    def answer_under(self, request: flask.Request, surfaces: Mapping[str, Surface]) -> Answered:
        """Answer a request whose path begins with the name of its surface."""
        for prefix, surface in surfaces.items():
            if request.path == prefix or request.path.startswith(f"{prefix}/"):
                return self._answer(request, surface, request.path.removeprefix(prefix))
        return self._answer(request, Surface.BOT, _NOWHERE)

    def keep_house(self, request: flask.Request, path: str) -> Answered:
        """Answer Cloud Scheduler, *path* being what is left of the path below this function's."""
        started, asked = self._world.monotonic(), _opened(request, path)
        refusal = scheduler.refusal(asked, self._settings.scheduler, self._verify)
        if refusal is not None:
            word, counts, reply = refusal.word, {}, replies.refused(Surface.TILL, refusal, self._language(request))
        else:
            kept = self._kept()
            word, counts, reply = kept.word, dict[str, float](kept.counts), scheduler.told(kept.word, kept.counts)
        self._log(request, reply, "", word, counts, self._world.monotonic() - started)
        return reply.body, reply.status, reply.headers

    def _kept(self) -> Kept:
        with self._lock:
            if self._housekeeping is None:
                with _importing():
                    from functions.bots.telling import tellers_of  # noqa: PLC0415 - nobody pays for it who only issues
                    from functions.housekeeping import Housekeeping  # noqa: PLC0415 - imports Google's client
                    from functions.sheet import GoogleSheet  # noqa: PLC0415

                settings, world = self._settings, self._world
                sheet = GoogleSheet(settings.spreadsheet_id, settings.sheets_api_endpoint, world, self._pacing)
                tellers = tellers_of(settings, world, self._report)
                self._housekeeping = Housekeeping(sheet, world, settings.code_key, self._pacing, tellers, self._report)
            housekeeping = self._housekeeping
        return housekeeping.run()

    def _answer(self, request: flask.Request, surface: Surface, path: str) -> Answered:
        started = self._world.monotonic()
        if surface is Surface.TILL and till.serves(path):
            return self._visit(request, path, started)
        platform = platform_at(path) if surface is Surface.BOT else None
        if platform is not None:
            opened, outcome, numbers, reply = self._delivery(request, platform, path)
        elif surface is Surface.TILL and path.rstrip("/") == _DOCUMENT:
            opened, outcome, numbers, reply = self._document(request, path)
        else:
            opened, outcome, numbers, reply = self._call(request, surface, path)
        word = outcome.word if outcome else opened.word if isinstance(opened, Refusal) else "ignored"
        word = "served" if isinstance(opened, str) else word
        self._log(request, reply, opened, word, numbers, self._world.monotonic() - started)
        return reply.body, reply.status, reply.headers

    def _visit(self, request: flask.Request, path: str, started: float) -> Answered:
        """Answer a request for the till page or something of it; the sheet is not read."""
        zone = self._committer.time_zone if self._committer is not None else ""
        visit = self._till().visit(_opened(request, path), self._language(request), zone)
        self._log(request, visit.reply, visit.caller, visit.word, {}, self._world.monotonic() - started)
        return visit.reply.body, visit.reply.status, visit.reply.headers

    def _till(self) -> Counter:
        with self._lock:
            if self._counter is None:
                from functions.till.counter import Counter  # noqa: PLC0415 - a bot never pays for the page

                self._counter = Counter(self._settings, self._world)
            return self._counter

    def _call(self, request: flask.Request, surface: Surface, path: str) -> _Done:
        opened = door.open_call(
            _opened(request, path), surface, self._settings.keys, lambda asked: self._till().caller(asked)
        )
        if isinstance(opened, Refusal):
            return opened, None, {}, replies.refused(surface, opened, self._language(request))
        outcome, numbers = self._submit(opened)
        return opened, outcome, numbers, replies.told(surface, opened, outcome, self._language(request))

    def _delivery(self, request: flask.Request, platform: Platform, path: str) -> _Done:
        asked, deadline = _opened(request, path), self._world.monotonic() + self._settings.request_deadline_s
        opened = door.open_delivery(asked, platform, self._settings)
        if isinstance(opened, Refusal):
            return opened, None, {}, platform.refused(asked, opened, self._language(request))
        if isinstance(opened, Ignored):
            return opened, None, {}, platform.ignored(opened, self._language(request))
        outcome, numbers = self._submit(opened)
        if isinstance(platform, Pushing):
            numbers = numbers | self._push(platform, asked, opened, outcome, deadline)
        told = platform.told(asked, opened, outcome, self._language(request), self._settings)
        return opened, outcome, numbers, self._run(told) if isinstance(told, Errand) else told

    def _run(self, errand: Errand) -> Reply:
        failed = errand.run()
        if failed:
            self._report("an errand failed", {"severity": "WARNING", "reason": failed})
        return errand.failed if failed else errand.done

    def _document(self, request: flask.Request, path: str) -> _Done:
        """Serve the description of the till's calls, which needs no key."""
        if request.method not in {"GET", "HEAD"}:
            refusal = Refusal("method_not_allowed", 405, headers=(("Allow", "GET, HEAD"),))
            return refusal, None, {}, replies.refused(Surface.TILL, refusal, self._language(request))
        from functions import till_api  # noqa: PLC0415 - a till that only redeems does not pay for it

        return "", None, {}, replies.said(till_api.document(request.path.removesuffix(path)))

    def _submit(self, call: Call) -> tuple[Outcome, dict[str, float]]:
        """Have a call decided; who guesses too much waits, or is told less."""
        guess = self._guessing.begin(call, self._world.monotonic())
        pause_s = min(guess.pause_s, self._settings.request_deadline_s / 2)
        if pause_s:
            self._world.sleep(pause_s)
        outcome, numbers = self._decided(guess.call, pause_s)
        self._guessing.end(guess, outcome)
        return outcome, numbers

    def _decided(self, call: Call, spent_s: float) -> tuple[Outcome, dict[str, float]]:
        try:
            told: Told = self._ready().submit(call, spent_s)
        except Exception as error:  # noqa: BLE001 - nothing a caller sends makes a 500; the log has what a person needs
            self._report(f"a call failed: {type(error).__name__}", {"severity": "ERROR"})
            return Outcome("busy"), {}
        return told.outcome, {**told.requests, "waitedMs": told.waited_ms}

    def _push(
        self, platform: Pushing, request: door.Request, call: Call, outcome: Outcome, deadline: float
    ) -> dict[str, float]:
        """Push what was told; the milliseconds that it took, for the log."""
        started = self._world.monotonic()
        try:
            with self._lock:
                if platform not in self._pushers:
                    made = platform.pusher(self._settings, self._world, self._pacing, self._report)
                    self._pushers[platform] = made
                pusher = self._pushers[platform]
            pusher.push(request, call, outcome, deadline)
        except Exception as error:  # noqa: BLE001 - the code is issued, whatever becomes of the push
            self._report(f"a push failed: {type(error).__name__}", {"severity": "ERROR"})
        return {"pushMs": (self._world.monotonic() - started) * 1000}

    def _ready(self) -> Committer:
        with self._lock:
            if self._committer is None:
                with _importing():
                    from functions.committer import Committer  # noqa: PLC0415 - imports Google's client
                    from functions.sheet import GoogleSheet  # noqa: PLC0415

                settings = self._settings
                sheet = GoogleSheet(settings.spreadsheet_id, settings.sheets_api_endpoint, self._world, self._pacing)
                self._committer = Committer(
                    sheet, self._world, settings.code_key, settings.request_deadline_s, self._report, self._pacing
                )
            return self._committer

    def _language(self, request: flask.Request) -> str:
        """The sheet's language once it is known, else the one that the client asks for."""
        known = self._committer.language if self._committer is not None else ""
        asked = "Accept-Language" in request.headers and request.accept_languages.best_match(["en", "ru"])
        return known or asked or "en"

    def _log(  # noqa: PLR0913, PLR0917 - what a line consists of
        self,
        request: flask.Request,
        reply: Reply,
        opened: Call | Ignored | Refusal | str,
        word: str,
        numbers: Mapping[str, float],
        latency_s: float,
    ) -> None:
        """Write the line about a request; *opened* is a text for the name of a key where there was no call."""
        caller = opened if isinstance(opened, str) else "" if isinstance(opened, Refusal) else opened.caller.name
        line = logs.call_line(
            time=datetime.fromtimestamp(self._world.wall_ms() / 1000, UTC),
            outcome=word,
            method=request.method,
            path=request.path,
            status=reply.status,
            latency_s=latency_s,
            caller=caller,
            code="" if isinstance(opened, _CODELESS) else opened.code,
            numbers=numbers,
            project=self._settings.project,
            trace=request.headers.get("X-Cloud-Trace-Context", ""),
        )
        self._write(line)

    def _report(self, message: str, fields: Mapping[str, object]) -> None:
        """A line about the service itself; what Google or the sheet said is ours to tell, callers' data never is."""
        details = "; ".join(f"{name} {value}" for name, value in fields.items() if name != "severity")[:_MAX_DETAILS]
        severity = str(fields.get("severity", "INFO"))
        time = datetime.fromtimestamp(self._world.wall_ms() / 1000, UTC)
        self._write(logs.event_line(severity, f"{message}: {details}" if details else message, time))


@contextmanager
def _importing() -> Iterator[None]:
    """Import much at once: all of it stays, so it is not looked through for garbage again and again, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _opened(request: flask.Request, path: str) -> door.Request:
    return door.Request(
        method=request.method,
        path=path,
        query=list(request.args.items(multi=True)) if request.query_string else (),
        header=lambda name: request.headers.get(name, "").strip(),
        length=lambda: request.content_length,
        read_body=lambda limit: _read(request, limit),
        base=request.path.removesuffix(path),
        address=lambda: _address(request),
    )


def _address(request: flask.Request) -> str:
    """Who sent a request: the last entry is the nearest proxy's own, those before it anybody can send."""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.remote_addr or ""


def _read(request: flask.Request, limit: int) -> bytes:
    """At most *limit* bytes of the body, whatever pieces it comes in."""
    body = b""
    while len(body) < limit and (piece := request.stream.read(limit - len(body))):
        body += piece
    return body
