"""Ten times as many entries take less than twenty times the work: answer, explanation and page, in every list.

Work is counted in calls of functions, never in seconds. The limits on what is tried in a long record are made smaller
here, so that records of some hundred entries are long ones; `make adversary` tries true sizes as well.
"""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Any

import pytest

import mrdguide
from mrdguide.case import case as cases
from mrdguide.case import response_course
from mrdguide.logic.operator import UniqueList
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

from .long_records import AS_OF, LISTS, WAYS, record

LONG = "MRDGUIDE_ADVERSARY" in os.environ
SMALLER, FEW, MANY = 300, 10, 100
# Those that grew with the square of their number once; the others are tried by `make adversary`.
ONCE_TOO_SLOW = [("mrd", "empty"), ("events", "undated"), ("markers", "to the month"), ("toxicities", "empty")]
ALL = [(name, way) for name in LISTS for way in WAYS]


def calls(name: str, way: str, count: int) -> int:
    """How many functions are called for the answer as JSON, the whole explanation and the page."""
    profile, seen = record(name, way, count), 0

    def see(_frame: FrameType, event: str, _: object) -> None:
        nonlocal seen
        seen += event == "call"

    sys.setprofile(see)
    try:
        found = mrdguide.evaluate(profile, as_of=AS_OF)
        found.to_json()
        found.explanation.to_dict()
        to_html(board(found))
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize(("name", "way"), ALL if LONG else ONCE_TOO_SLOW)
def test_ten_times_as_many_entries_take_less_than_twenty_times_the_work(
    name: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "_ENTRIES_READ", cases._ENTRIES_READ // SMALLER)
    monkeypatch.setattr(cases, "_ENTRIES_READ_AGAIN", cases._ENTRIES_READ_AGAIN // SMALLER)
    calls(name, way, 3)  # what is kept for the next patient is made now
    assert calls(name, way, MANY) < 20 * calls(name, way, FEW)


@pytest.mark.skipif(not LONG, reason="some minutes for each; make adversary runs it")
@pytest.mark.parametrize(("name", "way"), ALL)
def test_ten_thousand_entries_take_less_than_twenty_times_the_work_of_a_thousand(name: str, way: str) -> None:
    calls(name, way, 3)
    assert calls(name, way, 10_000) < 20 * calls(name, way, 1_000)


def test_courses_that_differ_in_one_assessment_share_the_rest_of_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    walked, through = 0, response_course._in_any_order

    def counted(*given: Any) -> Any:
        nonlocal walked
        walked += 1
        return through(*given)

    monkeypatch.setattr(response_course, "_in_any_order", counted)
    mrdguide.evaluate(record("responses", "a day alone", 30), as_of=AS_OF).to_json()
    # Each answer to each of the 30 questions makes another course of 30 assessments.
    assert 30 <= walked < 30 * 30


def test_a_list_without_repeats_does_not_compare_each_with_all() -> None:
    compared = 0

    class Item:
        def __init__(self, number: int) -> None:
            self.number = number

        def __hash__(self) -> int:
            return hash(self.number)

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return isinstance(other, Item) and other.number == self.number

    listing = UniqueList()
    for number in range(1_000):
        listing.add([Item(number), Item(number)])
    assert [item.number for item in listing.items] == list(range(1_000))
    assert compared < 10_000


def test_what_is_said_does_not_depend_on_what_was_looked_at_first() -> None:
    """Each part is charged for what it tries, whether or not another part has tried it before."""
    profile = record("mrd", "dated", 30)
    forward, back = (mrdguide.evaluate(profile, as_of=AS_OF).explanation for _ in range(2))
    names = ("questions", "settles", "tree", "short_tree")
    found = [{name: getattr(forward, name) for name in names}, {name: getattr(back, name) for name in reversed(names)}]
    assert found[0] == found[1]
