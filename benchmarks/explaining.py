"""What explanations and reports cost: each example's best of several rounds, so that what stands here is the work itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from shipped_pack import Given

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board


def per_example(given: list[Given], rounds: int) -> dict[str, list[float]]:
    """Seconds for every example, by what was asked of its explanation."""
    rules = mrdguide.load_rules()
    asked: dict[str, Callable[[Recommendation], object]] = {
        "explanation": lambda result: result.explanation.to_dict(),
        "when": lambda result: result.explanation.when.to_dict(),
        "report": lambda result: to_html(board(result)),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    for item in given:
        for name, ask in asked.items():
            taken = []
            for _ in range(rounds):
                result = mrdguide.evaluate(item.profile, rules=rules, as_of=item.as_of)
                started = time.perf_counter()
                ask(result)
                taken.append(time.perf_counter() - started)
            found[name].append(min(taken))
    return found
