"""The answer in short: what a card, a list of patients or a message needs, without the reading of every criterion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..answer.answer import Answer
    from ..answer.criteria import CriterionResult
    from ..explain.questions import Questions


def short_form(found: Answer, questions: Questions) -> dict[str, Any]:
    """The JSON form in short: each key means what it means in the whole form; `questions` are those of the explanation.

    Criteria have id, title and verdict alone; evidence is named by id.
    """
    return {
        "patient": found.patient,
        "outcome": found.outcome,
        "possible_outcomes": list(found.possible_outcomes),
        "stop_possible": found.stop_possible,
        "certainty": found.certainty,
        "title": found.title,
        "answer": found.answer,
        "headline": found.headline,
        "because": _named(found.because),
        "options": list(found.options),
        "limits": list(found.limits),
        "blocks": _named(found.blocks),
        "cautions": _named(found.cautions),
        "remarks": _named(found.remarks),
        "secondary": [{"id": item.id, "title": item.title} for item in found.secondary],
        "matched_studies": list(found.matched_studies),
        "questions": questions.to_dict(),
        "attestations": [item.to_dict() for item in found.attestations],
        "unobtainable": [item.to_dict() for item in found.unobtainable],
        "rests_on": found.rests_on,
        "ignored_entries": list(found.ignored_entries),
        "faults": list(found.faults),
        "cites": list(found.cited),
        "statement": found.statement,
        "provenance": found.provenance.to_dict(),
        **({"layers": found.layers.to_dict()} if found.layers is not None else {}),
    }


def _named(results: Iterable[CriterionResult]) -> list[dict[str, str]]:
    return [{"id": item.id, "title": item.title, "verdict": item.verdict.value} for item in results]
