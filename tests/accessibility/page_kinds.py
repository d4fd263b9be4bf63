"""One page of every kind there is, as HTML: what is said of all of them is tried on these."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import mrdguide
from mrdguide.authoring.comparing import Compared, book_of, compare_books
from mrdguide.authoring.comparison_page import committee_page, comparison_page
from mrdguide.report.blocks import Page
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board
from mrdguide.report.pages.explained import difference_page, explanation_page, why_not_page
from mrdguide.report.pages.model_card import card_page, model_card
from mrdguide.teach.cases import lesson
from mrdguide.teach.lessons import Course

from ..examples import evaluated, shipped

# An answer that is settled with both sides shown, and one that is open with questions.
SETTLED, OPEN = "conditional-30-months", "insufficient-no-imaging"

_LAYER = """
pack: {name: shorter, version: "1.0", extends: mrdguide-core@0.2, by: the tumor board, date: 2026-11-26}
parameters: {mrd.recent: 3}
"""


@cache
def _compared() -> Compared:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "layer.yaml").write_text(_LAYER, encoding="utf-8")
        return compare_books(book_of("core"), book_of(folder))


@cache
def _equal() -> Compared:
    return compare_books(book_of("core"), book_of("core"))


def _explained() -> Page:
    found = evaluated(OPEN)
    return explanation_page(found, found.explanation.when_tested([], months=12))


def _why_not() -> Page:
    found = evaluated(OPEN)
    return why_not_page(found, found.explanation.why_not("cessation-supported"))


def _changed() -> Page:
    return difference_page(mrdguide.what_if(evaluated(SETTLED), {"preference.stop": False, "ecog": 2}))


_COURSE = Course(rules=shipped())

QUICK: dict[str, Callable[[], Page]] = {
    "board": lambda: board(evaluated(SETTLED)),
    "board-open": lambda: board(evaluated(OPEN)),
    "board-full": lambda: board(evaluated(SETTLED), "full"),
    "board-sheet": lambda: board(evaluated(OPEN), "sheet"),
    "patient": lambda: companion(evaluated(OPEN)),
    "patient-numbers": lambda: companion(evaluated(SETTLED), numbers=True),
    "explanation": _explained,
    "why-not": _why_not,
    "what-if": _changed,
    "comparison-of-equals": lambda: comparison_page(_equal()),
    "comparison-of-equals-to-sign": lambda: committee_page(_equal()),
    "handout": lambda: _COURSE.handout([lesson(1), lesson(2)]),
    "key": lambda: _COURSE.key([lesson(1), lesson(2)]),
    "model-card": lambda: card_page(model_card(shipped()), shipped()),
}
# A minute each: patients are looked for.
KINDS = QUICK | {
    "comparison": lambda: comparison_page(_compared()),
    "comparison-to-sign": lambda: committee_page(_compared()),
}


@cache
def as_html(kind: str) -> str:
    """The page of a kind as the HTML that a reader gets."""
    return to_html(KINDS[kind]())
