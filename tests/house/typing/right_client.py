"""A client as it should be written: both type checkers pass it in their strict modes."""

from __future__ import annotations

import mrdguide
from mrdguide.errors import MrdguideError


def thresholds_of(patient: mrdguide.Patient) -> list[float]:
    """The limits of detection of the tests that found nothing, and the LDH at diagnosis."""
    found = [test.limit_of_detection or 1.0 for test in patient.mrd if test.result == "not-detected"]
    ldh = patient.baseline.labs.ldh
    return [*found, ldh.value] if ldh is not None else found


def history(patient: mrdguide.Patient) -> str:
    """Sections, findings and lists of a profile have their own types."""
    first = patient.therapy[0] if patient.therapy else None
    drugs = first.drugs if first is not None else None
    stop: bool | None = patient.preference.stop
    status: str | None = patient.baseline.cytogenetics.del_17p.status
    fraction: float | None = patient.baseline.cytogenetics.del_17p.fraction
    pull: bool | None = patient.mrd[0].quality.first_pull if patient.mrd else None
    return f"{', '.join(drugs or ())} {stop} {status} {fraction} {pull} {patient.clonal_hematopoiesis.tp53.status}"


def next_steps(profile: str) -> list[str]:
    """What is missing, and where each result would lead."""
    rules = mrdguide.load_rules()
    result = mrdguide.evaluate(profile, rules=rules, as_of="2026-11-21")
    lines = [f"{result.outcome}: {', '.join(result.possible_outcomes)} ({result.provenance.engine_version})"]
    for item in result.missing:
        for answer, outcomes in item.leads_to.items():
            lines.append(f"{item.what} {answer}: {', '.join(outcomes)}")
    if result.criteria["imaging.negative-now"].verdict is mrdguide.Verdict.UNKNOWN:
        lines.append(result.to_json(indent=None))
    return lines


def changes(result: mrdguide.Recommendation) -> tuple[str, ...]:
    """What another result would change, and when the answer could be another one."""
    try:
        difference: mrdguide.Difference = mrdguide.what_if(result, {"mrd[-1].result": "detected"})
    except MrdguideError as error:
        return (str(error),)
    ahead = result.explanation.when_tested([mrdguide.Visit.on("2027-01-15", mrdguide.Workup.MARROW)], months=12)
    return (*difference.reasons_added, *ahead.assumptions)


def from_folders(patient: mrdguide.Patient) -> list[str]:
    """A folder or folders in the place of a rule book."""
    return [
        mrdguide.evaluate(patient, rules="rules").outcome,
        mrdguide.evaluate(patient, rules=["rules", "mine"]).outcome,
        mrdguide.__version__,
        mrdguide.cds.SERVICE_ID,
    ]
