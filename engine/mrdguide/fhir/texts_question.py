"""The one question on texts that nobody has read: where the answer goes once a person has read them and found nothing.

A chart with many reports in words leaves much open at once. Asking for each of these facts by itself would ask for what the texts
tell already; so the data are read again as if somebody had said it, and what is still asked for then is what else is missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..intake.fhir.import_report import ImportReport
from ..intake.fhir.reader import read
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation

NOTHING_FOUND, SOMETHING_FOUND = "none reports disease", "one reports disease, or nobody has read them"
_SUPPOSED = "supposed, nobody has said it"


@dataclass(frozen=True, slots=True)
class TextsQuestion:
    """One question for all texts that a person can close.

    ask: the question, in words
    texts: their names, as a statement (`attested`) names them
    leads_to: the outcomes that each answer leaves possible
    then: the answer as it would be once somebody has said so; nobody has, so that it is no recommendation
    """

    ask: str
    texts: tuple[str, ...]
    leads_to: Mapping[str, tuple[str, ...]]
    then: Recommendation

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, with what is asked besides. Raises nothing."""
        return {
            "ask": self.ask, "texts": list(self.texts),
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to.items()},
            "asked_then": [item.to_dict() for item in self.then.explanation.questions.asked],
        }  # fmt: skip


def texts_question(
    source: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    recommendation: Recommendation,
    report: ImportReport,
    *,
    site: str | os.PathLike[str] | None = None,
    expected: Sequence[str] = (),
    server: str = "",
    attested: Sequence[Mapping[str, Any]] = (),
) -> TextsQuestion | None:
    """The question on the texts of `report`; None where there are none, where the answer is settled, or where it changes nothing.

    All but `recommendation` and `report` as it was given to `read`, which made them.

    Raises:
        FhirError, SiteFileError, UsageError: as `read`.
    """
    if recommendation.settled or not report.to_be_read:
        return None
    day = recommendation.provenance.as_of
    names = [text.name for text in report.to_be_read]
    supposed = {"by": _SUPPOSED, "date": day, "texts": names, "nothing_found": True}
    patient, then_read = read(source, site, expected=expected, server=server, attested=[*attested, supposed])
    then = evaluate(patient, rules=recommendation.rules, as_of=day)
    if then.possible_outcomes == recommendation.possible_outcomes and len(then.missing) >= len(recommendation.missing):
        return None
    open_still = {text.name: text.open for text in then_read.texts}
    closed = tuple(text.name for text in report.to_be_read if open_still.get(text.name) != text.open)
    which, none = (
        (f"these {len(closed)} texts", "does none of them") if len(closed) > 1 else ("this text", "does it not")
    )
    leads_to = {NOTHING_FOUND: then.possible_outcomes, SOMETHING_FOUND: recommendation.possible_outcomes}
    return TextsQuestion(f"Has a person read {which}, and {none} report disease?", closed, leads_to, then)
