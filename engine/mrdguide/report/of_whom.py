"""Of whom a published figure is: what has to hold of a patient to be like those in whom it was measured, and does not."""

from __future__ import annotations

from functools import lru_cache

from ..answer.criteria import CriterionResult
from ..logic.truth import Verdict
from ..recommend.recommendation import Recommendation
from .blocks import Line
from .for_patients.figure_wording import figures_wording
from .languages.words import Words


def unlike(recommendation: Recommendation, finding: str, words: Words) -> Line | None:
    """That a figure, by its `entry#finding`, is of other patients than this one, or may be, and by what; None where nothing is
    known to stand in the way."""
    found = [
        (result, wanted)
        for name, wanted in _wanted().get(finding, {}).items()
        if (result := _result(recommendation, name))
    ]
    differs = [result for result, wanted in found if result.verdict not in (wanted, Verdict.UNKNOWN)]
    if differs:
        return words.line("board.figures.other_patients", what=_told(differs, words))
    unknown = [result for result, _ in found if result.verdict == Verdict.UNKNOWN]
    if unknown:
        return words.line("board.figures.may_be_other_patients", what=_told(unknown, words))
    return None


def _result(recommendation: Recommendation, name: str) -> CriterionResult | None:
    """A criterion of the rules; None in a rule book of somebody's own that does not have it."""
    return recommendation.criteria.get(name)


def _told(results: list[CriterionResult], words: Words) -> Line:
    return words.joined(
        [words.joined([words.verdict(item.verdict.value), ": ", words.translated(item.title)], "") for item in results]
    )


@lru_cache(maxsize=1)
def _wanted() -> dict[str, dict[str, Verdict]]:
    """By finding, criteria and what they have to be in those of whom it is."""
    wording = figures_wording()
    fits = {item.finding: item.fits for item in wording.figures} | wording.of_whom
    return {finding: {name: Verdict(wanted) for name, wanted in wanted.items()} for finding, wanted in fits.items()}
