"""The cohort view: the report of a cohort that was judged before, to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..report.formats.html import Names, to_fragment
from .bench import Bench
from .exchange import Turn, View
from .look import filled

if TYPE_CHECKING:
    from markupsafe import Markup


def _show(bench: Bench, _turn: Turn) -> Markup:
    page = bench.cohort
    shown = to_fragment(page.front, 2, Names("g-")) if page is not None else ""
    return filled("cohort.html.j2", page=page, shown=shown)


COHORT = View("cohort", "Cohort", _show, {})
