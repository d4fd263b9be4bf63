"""The evidence view: entries at the left, one of them beside it, and the figures that the patient's answer cites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import PatientError
from ...recommend.recommendation import Recommendation
from ...report.charts.evidence_plot import evidence_plot
from ...report.formats.html import Names, to_fragment
from ..bench import Bench
from ..exchange import Fields, Turn, View
from ..look import filled
from ..patient.judged import judge
from ..state import State
from .entries import entry_blocks, found
from .page_state import EvidencePage

if TYPE_CHECKING:
    from markupsafe import Markup


def _show(bench: Bench, turn: Turn) -> Markup:
    page, library = turn.state.evidence, bench.rules.evidence
    answer = _answer(bench, turn.state)
    groups = found(bench.rules, page.query)
    first = groups[0].entries[0][0] if groups else ""
    chosen = page.chosen if page.chosen in library else first
    entry = library.entry(chosen) if chosen else None
    plot = evidence_plot(answer) if answer is not None else None
    names = Names("s-")
    return filled(
        "evidence.html.j2", page=page, groups=groups, entry=entry,
        total=sum(len(group.entries) for group in groups), known=len(library.ids),
        blocks=to_fragment(entry_blocks(bench.rules, entry, answer), 3, names) if entry is not None else "",
        plot=to_fragment([plot], 3, names) if plot is not None else "", patient=answer is not None,
    )  # fmt: skip


def _answer(bench: Bench, state: State) -> Recommendation | None:
    """The answer to the patient of the page; None where there is none."""
    try:
        return judge(bench.rules, state.profile, state.as_of).answer
    except PatientError:
        return None


def _search(_bench: Bench, state: State, fields: Fields) -> Turn:
    page = EvidencePage(query=fields.get("query", "")[:200])
    return Turn(state.model_copy(update={"evidence": page}))


def _choose(_bench: Bench, state: State, fields: Fields) -> Turn:
    page = EvidencePage(query=state.evidence.query, chosen=fields.get("entry", "")[:200])
    return Turn(state.model_copy(update={"evidence": page}), focus="card")


EVIDENCE = View("evidence", "Evidence", _show, {"search": _search, "choose": _choose})
