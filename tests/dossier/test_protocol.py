"""The validation protocol: its code runs and is right, its table names every outcome, its commands are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mrdguide.cli import command_parser
from mrdguide.rulebook.book import load_rules

from .data import SAFETY

TEXT = (SAFETY / "validation-protocol.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def code() -> dict[str, Any]:
    [block] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    found: dict[str, Any] = {}
    exec(block, found)
    return found


def test_the_interval_is_wilsons(code: dict[str, Any]) -> None:
    """The interval holds the shares p for which |seen - p| is at most z standard errors at p; its ends are the roots."""
    interval: Callable[[int, int], tuple[float, float]] = code["interval"]
    for agreeing, n in ((0, 10), (3, 40), (20, 20), (57, 60)):
        low, high = interval(agreeing, n)
        seen = agreeing / n
        for end in (low, high):
            assert (seen - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / n, abs=1e-6)
        assert low - 1e-12 <= seen <= high + 1e-12


def test_none_of_so_many_is_not_never(code: dict[str, Any]) -> None:
    at_most: Callable[[int], float] = code["at_most"]
    for n in (1, 10, 59):
        assert (1 - at_most(n)) ** n == pytest.approx(0.05)
    assert at_most(59) < 0.05 < at_most(58)


def test_the_table_has_a_row_for_every_outcome() -> None:
    decision = load_rules().decision
    outcomes = {item.id for item in decision.outcomes} | {decision.insufficient.id}
    rows = "".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))
    assert set(re.findall(r"`([a-z-]+)`", rows)) == outcomes


@pytest.mark.parametrize("line", re.findall(r"^\$ mrdguide (.*)$", TEXT, re.MULTILINE))
def test_the_commands_are_taken(line: str) -> None:
    assert callable(command_parser(line.split()).parse_args(line.split()).run)
