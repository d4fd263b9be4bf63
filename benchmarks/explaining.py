"""What explanations and reports cost, one JSON round trip of the profile = 1.

    python benchmarks/explaining.py                  the best of 3 rounds for every example

Each example's best of several rounds counts, so that what stands here is the work itself. "Slowest" is the example that
takes longest, against the round trip of its own profile.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median

from measuring import Row
from shipped_pack import Given, example_profiles

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

# What is asked: in words, and how many round trips the typical example may take.
_ASKED: list[tuple[str, float | None, Callable[[Recommendation], object]]] = [
    ("why, why not, results that settle it, how firm", None, lambda result: result.explanation.to_dict()),
    ("when, 60 months ahead", 300.0, lambda result: result.explanation.when.to_dict()),
    ("the whole report as HTML, explanation and when included", 250.0, lambda result: to_html(board(result))),
]
_SLOWEST_AGAINST_TYPICAL = 2.0
_ROUND_TRIPS = 50


@dataclass(frozen=True, slots=True)
class _Taken:
    """Seconds of processor time that an example took, and those of a round trip of its profile."""

    step: float
    unit: float

    @property
    def ratio(self) -> float:
        return self.step / self.unit


def rows(rounds: int) -> list[Row]:
    """For each question the typical and the slowest example in round trips, and how the two compare in seconds."""
    found = []
    for what, most, taken in per_example(example_profiles(), rounds):
        typical, longest = median(item.ratio for item in taken), max(taken, key=lambda item: item.step)
        times = longest.step / median(item.step for item in taken)
        seconds = f"{median(item.step for item in taken) * 1000:.0f} ms"
        found += [
            Row(
                f"{what}, typical example ({seconds})", f"{typical:,.0f}", f"{min(item.ratio for item in taken):,.0f}",
                f"at most {most:g}" if most is not None else "", typical <= most if most is not None else None,
            ),
            Row(f"{what}, slowest example ({longest.step * 1000:.0f} ms)", f"{longest.ratio:,.0f}"),
            Row(
                f"{what}, slowest example against the typical one", f"{times:.1f} x", "",
                f"at most {_SLOWEST_AGAINST_TYPICAL:g} x", times <= _SLOWEST_AGAINST_TYPICAL,
            ),
        ]  # fmt: skip
    return found


def per_example(given: list[Given], rounds: int) -> list[tuple[str, float | None, list[_Taken]]]:
    """What every example took, by what was asked of its explanation."""
    rules = mrdguide.load_rules()
    return [(what, most, [_best(item, rules, ask, rounds) for item in given]) for what, most, ask in _ASKED]


def _best(item: Given, rules: mrdguide.RuleBook, ask: Callable[[Recommendation], object], rounds: int) -> _Taken:
    steps, units = [], []
    for _ in range(rounds):
        result = mrdguide.evaluate(item.profile, rules=rules, as_of=item.as_of)
        units.append(_seconds(lambda: [json.loads(json.dumps(item.profile)) for _ in range(_ROUND_TRIPS)]))
        steps.append(_seconds(partial(ask, result)))
    return _Taken(min(steps), min(units) / _ROUND_TRIPS)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure what explanations and reports of the examples cost.")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the best of each example counts (default: 3)")
    for row in rows(max(1, parser.parse_args().rounds)):
        print(f"{row.what}: {row.value} {row.target}")
