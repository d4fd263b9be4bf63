"""The front of the board's report alone, for a terminal: read in ten seconds, with a line that leads on to the rest."""

from __future__ import annotations

from collections.abc import Iterator

from ...answer.risk import RiskResult
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Line, Page, Paragraph
from ..languages.language import ENGLISH, Language
from ..languages.words import Words
from .asked_next import set_aside
from .board import banner, front, overleaf
from .board_words import board_words
from .lines import sections
from .patient_line import risk_is_told

_EVIDENCE = 12
# With gcc the second engine can be installed.
_WITH_GCC = "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install 'mrdguide[cross-check]'"


def sheet(recommendation: Recommendation, language: Language = ENGLISH) -> Page:
    """The answer in short: the board's front without the picture, then risk and what was set aside in a few lines."""
    words = board_words(language)
    blocks = (*front(recommendation, words), *overleaf(recommendation, recommendation.explanation.when, words))
    compact = sections(
        (words.text("board.sheet.risk"), _risk(recommendation, words)),
        (words.text("board.sheet.set_aside"), set_aside(recommendation, words)),
    )
    title = words.text(
        "board.sheet.title", patient=recommendation.patient_id, day=words.day(recommendation.as_of.toordinal()),
        outcome=recommendation.outcome,
    )  # fmt: skip
    blocks = (banner(recommendation, words), *blocks, *compact)
    return Page(title, "", blocks, (), tuple(_foot(recommendation, words)), frame=words.frame)


def _risk(recommendation: Recommendation, words: Words) -> list[Block]:
    told = recommendation.risk.items() if risk_is_told(recommendation) else ()
    schemes = [_scheme(name, scheme, words) for name, scheme in told]
    return [Paragraph(words.joined([words.joined(schemes), "."], ""))] if schemes else []


def _scheme(name: str, scheme: RiskResult, words: Words) -> Line:
    """`r2-iss II (1.5 points)`, `hrca 1 (list: master)`, `iss unknown (I or II)`"""
    more: list[str | Line] = []
    if scheme.points not in (None, "unknown"):
        more.append(words.text("board.sheet.points", points=str(scheme.points)))
    if scheme.list is not None:
        more.append(words.text("board.sheet.list", list=scheme.list))
    if scheme.value == "unknown":
        possible = [f"{item:g}" if isinstance(item, float) else str(item) for item in scheme.possible]
        more.append(words.either([words.named("risk", item) for item in possible]))
    value = words.named("risk", str(scheme.value))
    if not more:
        return words.joined([f"{name} ", value], "")
    return words.joined([f"{name} ", value, " (", words.joined(more, ", "), ")"], "")


def _foot(recommendation: Recommendation, words: Words) -> Iterator[str]:
    made = recommendation.provenance
    checked = (
        words.text("board.sheet.two_engines")
        if made.cross_checked
        else words.text("board.sheet.one_engine", command=_WITH_GCC)
    )
    yield words.text(
        "board.sheet.foot", rules=f"{made.rules_name} {made.rules_version}", hash=made.rules_hash[:12],
        engine=made.engine_version, input=made.input_hash[:12], checked=checked,
    )  # fmt: skip
    ids = [entry.id for entry in sorted(recommendation.evidence, key=lambda entry: not entry.findings)]
    if ids:
        yield words.text("board.sheet.evidence", ids=", ".join(words.few(ids, _EVIDENCE)))
    # Short enough to stay on one line of 80 columns: a reader looks for it at the end.
    yield words.text("board.sheet.rest")
