"""The cohort view: counted figures with their drawings, and beside them the patients of the count that was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ...errors import UsageError
from ...report.blocks import Page, Section
from ...report.formats.html import Names, to_fragment
from ..bench import Bench
from ..exchange import Fields, Turn, View
from ..look import filled
from ..state import State
from .access import cohort_of
from .page_state import CohortPage, CountPlace
from .sweep import sweep_section

if TYPE_CHECKING:
    from markupsafe import Markup

    from .opened import OpenedCohort

_ON_A_PAGE = 50


def _show(bench: Bench, turn: Turn) -> Markup:
    cohort, page = bench.cohort, turn.state.cohort
    if isinstance(cohort, Page):
        return filled("cohort_report.html.j2", page=cohort, shown=to_fragment(cohort.front, 2, Names("g-")))
    if cohort is None or not cohort.is_shown_to(page.key):
        return filled("cohort_none.html.j2", elsewhere=cohort is not None)
    whole = cohort.report_page()
    head = [block for block in whole.front if not isinstance(block, Section)]
    names = Names("g-")
    figures = [(figure, to_fragment(figure.above, 3, names)) for figure in cohort.figures()]
    sweep = to_fragment([sweep_section(cohort.sweep)], 2, Names("s-")) if cohort.sweep is not None else ""
    return filled(
        "cohort.html.j2", sweep=sweep, cohort=cohort, page=whole, head=to_fragment(head, 2, Names("h-")), figures=figures, opened=page.opened,
        listed=_list(cohort, page) if page.opened is not None else None, others=cohort.judged_by_others(bench.rules), rules=bench.rules,
    )  # fmt: skip


def _list(cohort: OpenedCohort, page: CohortPage) -> dict[str, Any]:
    """The patients of the count that is opened, as many as are shown at a time."""
    assert page.opened is not None
    figure, row, cell = cohort.counted(page.opened)
    places = cohort.patients(cell)
    first = min(page.first, max(len(places) - 1, 0)) // _ON_A_PAGE * _ON_A_PAGE
    return {
        "title": figure.title, "row": row.label, "column": figure.head[page.opened.column + 1], "total": len(places), "first": first,
        "patients": list(cohort.listed(places[first : first + _ON_A_PAGE])), "on_a_page": _ON_A_PAGE,
    }  # fmt: skip


def _open(bench: Bench, state: State, fields: Fields) -> Turn:
    """List the patients of a count."""
    cohort = cohort_of(bench, state)
    try:
        place = CountPlace.model_validate({name: fields.get(name) for name in ("figure", "row", "column")})
    except ValidationError:
        raise UsageError("there is no such count in this report; reload the page") from None
    cohort.patients(cohort.counted(place)[2])
    return Turn(_with(state, opened=place, first=0), focus="patients-title")


def _turn(bench: Bench, state: State, fields: Fields) -> Turn:
    """Go on in the list, or back."""
    cohort_of(bench, state)
    text = fields.get("first", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError("there is no such part of the list; reload the page")
    return Turn(_with(state, first=int(text)), focus="patients-title")


def _close(bench: Bench, state: State, _fields: Fields) -> Turn:
    """Back to the count."""
    cohort_of(bench, state)
    place = state.cohort.opened
    focus = f"n-{place.figure}-{place.row}-{place.column}" if place is not None else ""
    return Turn(_with(state, opened=None, first=0), focus=focus)


def _with(state: State, **changed: object) -> State:
    return state.model_copy(update={"cohort": state.cohort.model_copy(update=changed)})


COHORT = View("cohort", "Cohort", _show, {"open": _open, "turn": _turn, "close": _close})
