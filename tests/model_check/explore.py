"""Run searches that take longer than a test may: `python tests/model_check/explore.py --all`, or `--only "two tills"`.

Prints a row for each scenario and model of Google, and the shortest trace to each fault found.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import click

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

import scenarios  # noqa: E402 - the path comes first
from explorer import Explorer, Result  # noqa: E402
from model import Google  # noqa: E402


def main() -> None:
    options = _options()
    named = [each for each in scenarios.ALL if options.all or each.name in options.only]
    models = [Google(each) for each in options.google] if options.google else list(Google)
    click.echo(
        f"{'scenario':40} {'model':14} {'crash loss':10} {'states':>9} {'complete':>8} {'ties':>6} {'s':>6}  faults"
    )
    for scenario in named:
        for google in models:
            started = time.monotonic()
            bounded = scenario.with_writes(options.writes)
            search = Explorer(bounded, google, crashes=options.crashes, losses=options.losses, cap=options.cap)
            result = search.run()
            _print(scenario.name, google, options, result, time.monotonic() - started)


def _print(name: str, google: Google, options: argparse.Namespace, result: Result, seconds: float) -> None:
    complete = "yes" if result.complete else "cut"
    budget = f"{options.crashes}     {options.losses}"
    numbers = f"{result.states:9} {complete:>8} {result.ties:6} {seconds:6.0f}"
    click.echo(f"{name:40} {google.value:14} {budget:10} {numbers}  {len(result.faults)}")
    text = "".join(
        f"\n## {name} · {google.value} · crashes {options.crashes}, losses {options.losses}: {fault}\n"
        + "".join(f"- {step}\n" for step in trace)
        for fault, trace in result.faults.items()
    )
    if options.findings and text:
        with Path(options.findings).open("a", encoding="utf-8") as file:
            file.write(text)
    elif text:
        click.echo(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", nargs="*", default=[], help="names of scenarios")
    parser.add_argument("--google", nargs="*", choices=[each.value for each in Google])
    parser.add_argument("--crashes", type=int, default=1)
    parser.add_argument("--losses", type=int, default=1)
    parser.add_argument("--writes", type=int, default=3, help="batches of one call before its deadline has passed")
    parser.add_argument("--cap", type=int, default=600_000, help="states after which a search is cut")
    parser.add_argument("--findings", help="a file to append traces to instead of printing them")
    return parser.parse_args()


if __name__ == "__main__":
    main()
