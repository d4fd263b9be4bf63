"""The front of the board's report alone, for a terminal: read in ten seconds, with a line that leads on to the rest."""

from __future__ import annotations

from collections.abc import Iterator

from ...answer.risk import RiskResult
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Page
from .board import banner, front, overleaf
from .lines import bullets, either, few, paragraph, sections

_EVIDENCE = 12


def sheet(recommendation: Recommendation) -> Page:
    """The answer in short: the board's front without the picture, then risk and what was set aside in a few lines."""
    blocks = (*front(recommendation), *overleaf(recommendation, recommendation.explanation.when))
    compact = sections(
        ("Risk at diagnosis", _risk(recommendation)),
        ("Set aside", [bullets(recommendation.ignored_entries)] if recommendation.ignored_entries else []),
    )
    return Page(
        f"{recommendation.patient_id} on {recommendation.provenance.as_of}: {recommendation.outcome}",
        "",
        (banner(recommendation), *blocks, *compact),
        (),
        tuple(_foot(recommendation)),
    )


def _risk(recommendation: Recommendation) -> list[Block]:
    texts = [_scheme(name, scheme) for name, scheme in recommendation.risk.items()]
    return [paragraph(f"{'; '.join(texts)}.")] if texts else []


def _scheme(name: str, scheme: RiskResult) -> str:
    """`r2-iss II (1.5 points)`, `hrca 1 (list: master)`, `iss unknown (I or II)`"""
    more = [f"{scheme.points} points"] if scheme.points not in (None, "unknown") else []
    more += [f"list: {scheme.list}"] if scheme.list is not None else []
    if scheme.value == "unknown":
        more.append(either([f"{item:g}" if isinstance(item, float) else str(item) for item in scheme.possible]))
    return f"{name} {scheme.value}" + (f" ({', '.join(more)})" if more else "")


def _foot(recommendation: Recommendation) -> Iterator[str]:
    made = recommendation.provenance
    checked = (
        "decided by two engines that agree"
        if made.cross_checked
        else "NOT cross-checked: the second engine is not installed here (with gcc: "
        "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install 'mrdguide[cross-check]')"
    )
    yield (
        f"Rules {made.rules_name} {made.rules_version} ({made.rules_hash[:12]}), engine {made.engine_version}, input "
        f"{made.input_hash[:12]}; {checked}."
    )
    ids = [entry.id for entry in sorted(recommendation.evidence, key=lambda entry: not entry.findings)]
    if ids:
        yield f"Evidence ('mrdguide evidence show ID'): {', '.join(few(ids, _EVIDENCE))}."
    # Short enough to stay on one line of 80 columns: a reader looks for it at the end.
    yield "Every criterion, study and source: --details, or --format markdown or html."
