"""The patient in a line, as one would be presented to a board: age, disease and risk, therapy, depth and how long."""

from __future__ import annotations

from collections.abc import Iterator

from ...answer.entries import TherapyPhase
from ...dates import counted, span_text
from ...patient.therapy import TherapyEntry
from ...reading.numbers import scientific
from ...recommend.recommendation import Recommendation
from .lines import both, shortened

# How many phases of therapy are named, the latest.
_PHASES = 2
_LONGEST_DRUGS = 60


def patient_line(recommendation: Recommendation) -> str:
    """What is recorded, in a sentence; what is not recorded is left out."""
    parts = [*_person(recommendation), *_disease(recommendation), *_therapy(recommendation), *_depth(recommendation)]
    return f"{'; '.join(parts)}."


def _person(recommendation: Recommendation) -> Iterator[str]:
    profile = recommendation.profile
    if profile.birth_year is not None:
        yield f"Born {profile.birth_year}"
    if profile.ecog is not None:
        yield f"ECOG {profile.ecog}"


def _disease(recommendation: Recommendation) -> Iterator[str]:
    diagnosis = recommendation.profile.diagnosis
    since = f", diagnosed {diagnosis.date}" if diagnosis.date is not None else ""
    yield f"{diagnosis.disease.replace('-', ' ')}{since}"
    scheme = next(iter(recommendation.risk.values()), None)
    if scheme is not None:
        yield f"risk {scheme.value}"


def _therapy(recommendation: Recommendation) -> Iterator[str]:
    phases = recommendation.entries.therapy
    lines = [item.entry.line for item in phases if item.entry.line is not None]
    if lines:
        yield f"line {max(lines)}"
    if len(phases) > _PHASES:
        yield f"{counted(len(phases) - _PHASES, 'earlier phase')} of therapy"
    yield from (_phase(recommendation, item) for item in phases[-_PHASES:])


def _phase(recommendation: Recommendation, phase: TherapyPhase) -> str:
    entry = phase.entry
    named = " ".join(word for word in (entry.kind, entry.phase or "therapy") if word)
    drugs = both(entry.drugs) if entry.drugs else entry.regimen
    return f"{named}{f' with {shortened(drugs, _LONGEST_DRUGS)}' if drugs else ''}{_span(entry, phase.ongoing, recommendation.as_of.toordinal())}"


def _span(entry: TherapyEntry, ongoing: bool | None, as_of: int) -> str:
    begins = entry.begins
    if begins is None:
        return ", start not recorded"
    if ongoing:
        length = f" ({span_text(begins.earliest, as_of)})" if begins.exact and begins.earliest <= as_of else ""
        return f" since {begins}{length}"
    if entry.date is not None:
        return f" {begins}"
    return f" {begins} to {entry.end}" if entry.end is not None else f" from {begins}, end not recorded"


def _depth(recommendation: Recommendation) -> Iterator[str]:
    """The run of negatives that counts today at its deepest, or the last marrow test where there is none."""
    tests = recommendation.tests
    deepest = next((run for run in reversed(tests.runs) if run.tests and run.threshold is not None), None)
    if deepest is not None and deepest.threshold is not None:
        days = (
            f"on {deepest.tests} days, {deepest.first} to {deepest.last}" if deepest.tests > 1 else f"on {deepest.last}"
        )
        yield f"marrow MRD negative at {scientific(deepest.threshold)} {days}"
    elif tests.mrd:
        yield f"last MRD test: {tests.mrd[-1].description}"
    else:
        yield "no MRD test on record"
