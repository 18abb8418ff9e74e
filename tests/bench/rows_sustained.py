"""Issues and redemptions for three minutes, within the quota, by one instance; and what the rivals reach.

Promosheet meets an open loop: new subscribers (or codes) at random moments, 3,100 a minute, every twentieth asked for
twice at one moment, as a double click or two tills do it. Waiting counts from the moment that a call was due. The
rivals, who would drown in that, meet what suits them best: a closed loop of four callers, each with its next call after
the answer to its last, so that the quota is spent to the last request. Duplicates are counted in the sheet afterwards.
The last line is a closed loop too, of as many callers as an instance has threads: what there is beyond that rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench import bench_book as book
from tests.bench import bench_run
from tests.bench.bench_load import Call, Load, Told, percentiles
from tests.bench.bench_processes import THREADS
from tests.bench.bench_run import ISSUED, LATENCY_MS, REDEEMED, TOO_LATE_S, Run
from tests.bench.bench_table import Section

PER_MINUTE, SECONDS, SHORT_S = 3_100, 180.0, 20.0
CALLERS = 4
TWICE = 20
_GOAL, _TIMES = 3_000, 50
Units = Callable[[int], Sequence[Call]]
#: Asked once before: what a first call costs, and the sheet server's first write, are other rows' business.
FIRST = Call("/bot/issue", book.BOT_KEY, {"campaign": book.CAMPAIGN, "subscriber_id": "first"}, "first")


def issue_calls(number: int) -> Sequence[Call]:
    who = book.subscriber(number)
    body = {"campaign": book.CAMPAIGN, "subscriber_id": who, "name": "Anna Petrova", "platform": "bothelp"}
    return [Call("/bot/issue", book.BOT_KEY, body, who)] * (2 if number % TWICE == 0 else 1)


def redeem_calls(number: int) -> Sequence[Call]:
    """Each code by its holder through the bot, or at one of ten tills; every twentieth at two tills at one moment."""
    code = book.code_of(number)
    if number % 2:
        body = {"code": code, "subscriber_id": book.subscriber(number), "channel": "bot"}
        return [Call("/bot/redeem", book.BOT_KEY, body, code)]
    tills = range(number, number + (2 if number % TWICE == 0 else 1))
    keys = [book.TILL_KEYS[till // 2 % book.TILLS] if till == number else book.TILL_KEYS[-1] for till in tills]
    return [Call("/till/redeem", key, {"code": code}, code, f"{number}-{place}") for place, key in enumerate(keys)]


def for_a_rival(units: Units) -> Units:
    """The same calls with the one key that a rival knows."""
    return lambda number: [Call(each.path, book.BOT_KEY, each.body, each.ask) for each in units(number)]


def issues(short: bool) -> Section:  # noqa: FBT001 - every row's measure has it
    return _sustained("issues", ISSUED, issue_calls, 0, _seconds(short), worst_s=3.0)


def redemptions(short: bool) -> Section:  # noqa: FBT001
    seconds = _seconds(short)
    given = int(seconds / 60 * PER_MINUTE * 1.1) + 200
    return _sustained("redemptions", REDEEMED, redeem_calls, given, seconds, worst_s=5.0)


def _seconds(short: bool) -> float:  # noqa: FBT001
    return SHORT_S if short else SECONDS


def _sustained(name: str, words: frozenset[str], units: Units, given: int, seconds: float, worst_s: float) -> Section:
    def flood(load: Load) -> list[Told]:
        return load.open_loop(units, PER_MINUTE, seconds)

    def gently(load: Load) -> list[Told]:
        return load.closed_loop(for_a_rival(units), CALLERS, seconds)

    def prepare(file: Path) -> None:
        book.make(file, given)

    def prepare_rival(file: Path) -> None:
        book.make_rival(file, given)

    def densely(load: Load) -> list[Told]:
        return load.closed_loop(units, THREADS, seconds / 3)

    run, most = (bench_run.ours(prepare, driven, FIRST) for driven in (flood, densely))
    with ThreadPoolExecutor(2) as both:  # at one time: each has a sheet server of its own, and a hundredth of a core
        rivals = list(both.map(lambda lock: bench_run.rival(prepare_rival, gently, FIRST, lock=lock), (False, True)))
    section = _told(name, words, run, rivals, seconds, worst_s)
    section.add(
        f"as many as {THREADS} callers get in {seconds / 3:.0f} s",
        f"{most.right(words) / seconds * 180:,.0f} a minute, {_waited(most)}, errors {_words(most, words)}",
    )
    return section


def _told(name: str, words: frozenset[str], run: Run, rivals: Sequence[Run], seconds: float, worst_s: float) -> Section:
    section = Section(name)
    rate, *others = (each.right(words) / seconds * 60 for each in (run, *rivals))
    errors, doubled = sum(run.errors(words).values()), run.duplicates(words)
    lost = run.lost(words)
    reached = rate >= _GOAL and not errors and not doubled and not lost
    section.add(
        f"{name} a minute for {seconds:.0f} s",
        f"{rate:,.0f}",
        _both(f"{each:.0f}" for each in others),
        f"{_GOAL:,}, no error, no duplicate",
        reached=reached,
    )
    times = [rate / each if each else float("inf") for each in others]
    section.add(
        "times the rivals'", "", _both(f"{each:.0f} times" for each in times), f"{_TIMES}", reached=min(times) >= _TIMES
    )
    p95 = percentiles(run.told)[1]
    section.add(
        "waited: p50, p95, p99",
        _waited(run),
        _both(map(_waited, rivals)),
        f"p95 under {worst_s:.0f} s",
        reached=p95 < worst_s,
    )
    section.add("errors", _words(run, words), _both(_words(each, words) for each in rivals), "0", reached=not errors)
    section.add(
        "duplicates", str(doubled), _both(str(each.duplicates(words)) for each in rivals), "0", reached=not doubled
    )
    section.add(
        "a yes that the sheet lacks", str(lost), _both(str(each.lost(words)) for each in rivals), "0", reached=not lost
    )
    section.add("sheet: reads + writes (refused)", _asked(run), _both(map(_asked, rivals)))
    section.add("CPU: functions, sheet, load", _cores(run), _both(map(_cores, rivals)))
    section.notes += [
        f"Open loop: {PER_MINUTE:,} new ones a minute, every {TWICE}th twice at one moment; {len(run.told):,} calls.",
        f"{LATENCY_MS} ms a sheet request, quota enforced. An answer after {TOO_LATE_S:.0f} s is an error.",
        f"Rivals: (a) gspread, (b) the same under one lock; a closed loop of {CALLERS} callers, what suits them best.",
    ]
    return section


def _both(texts: Iterable[str]) -> str:
    return " · ".join(f"({name}) {text}" for name, text in zip("ab", texts, strict=True))


def _waited(run: Run) -> str:
    return " ".join(f"{each:.2f}" for each in percentiles(run.told)) + " s"


def _words(run: Run, words: frozenset[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in run.errors(words).items()) or "0"


def _asked(run: Run) -> str:
    return f"{run.asked.reads} + {run.asked.writes} ({run.asked.refused})"


def _cores(run: Run) -> str:
    return " ".join(f"{100 * each:.0f} %" for each in run.cores)
