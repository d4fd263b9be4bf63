"""From a patient and what was judged to a row: beside the answer what is missing, and what rows are grouped by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..answer.missing import NeedsOf, needs
from ..decide.decision import SchemeResult
from ..errors import InconsistentVerdicts
from ..explain.when import closing_windows
from ..patient import Patient
from ..patient.therapy import TherapyEntry
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..rulebook.book import RuleBook
from .answer_columns import RISK, verdict_columns
from .judging import Judged

Missing = Literal["leads", "paths", "none"]
KEPT_UP = ("maintenance", "continuous")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row holds besides the answer: `missing` facts with or without where each result leads, and windows that
    close within so many days (0: not looked for)."""

    missing: Missing = "leads"
    windows: int = 0


def row_of(patient: Patient, day: date, judged: Judged, rules: RuleBook, asked: Asked) -> dict[str, Any]:
    """One row, by the names of its columns; what it lacks is null."""
    settled = judged.outcome != rules.decision.insufficient.id
    row: dict[str, Any] = {
        "patient": patient.id, "as_of": day, "outcome": judged.outcome, "settled": settled,
        "stop_possible": rules.decision.stop_possible(judged.possible), "possible_outcomes": judged.possible,
        "protocols": judged.protocols, "protocols_open": judged.protocols_open, "missing": [],
        "line": _line(patient, day), "drugs": _drugs(patient, day), "diagnosed": _year(patient),
    }  # fmt: skip
    row.update(_risk(rules.on(day.toordinal()), judged))
    row.update((name, judged.verdicts.get(name)) for name in verdict_columns(rules))
    if (not settled and asked.missing != "none") or asked.windows:
        row.update(explained(evaluate(patient, rules=rules, as_of=day), asked))
    return row


def explained(found: Recommendation, asked: Asked) -> dict[str, Any]:
    """What is missing, and the windows that close, as far as they were asked for."""
    told: dict[str, Any] = {}
    if not found.settled and asked.missing == "leads":
        told["missing"] = [_fact(item.path, item.what, item.leads_to) for item in found.missing]
    elif not found.settled and asked.missing == "paths":
        told["missing"] = [_fact(path, what, {}) for path, what in _places(found)]
    if asked.windows:
        told["windows"] = [
            {"last_day": date.fromordinal(item.last_day), "repeat": item.tests, "criteria": item.criteria}
            for item in closing_windows(found.rules, found.case, asked.windows)
        ]
    return told


def _fact(path: str, what: str, leads_to: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    leads = [{"result": result, "outcomes": ends} for result, ends in leads_to.items()]
    return {"path": path, "what": what, "leads_to": leads}


def _places(found: Recommendation) -> Iterator[tuple[str, str]]:
    """The facts that the answer waits for, without trying their results, which takes most of the time."""
    book, verdicts = found.rules, found.judged_verdicts
    for need, _ in needs(book, found.case, book.decider.depends_on(verdicts), NeedsOf(book, found.case)):
        yield need.path, need.what


def _risk(book: RuleBook, judged: Judged) -> dict[str, str]:
    """The class of each scheme; none where verdicts contradict each other, which the answer says."""
    verdicts = [judged.verdicts[item.rule.id] for item in book.compiled_criteria]
    try:
        schemes = book.decider.schemes(verdicts)
    except InconsistentVerdicts:
        return {}
    return {f"{RISK}{name}": class_of(found) for name, found in schemes.items()}


def class_of(found: SchemeResult) -> str:
    """A class of a scheme, or its points, as text."""
    value = found.value if found.value is not None else found.points
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(patient: Patient, day: date) -> int | None:
    """The latest line of therapy on record that has begun by the day; None where none says its number."""
    begun = [item.line for item in patient.therapy if item.line is not None and _begun(item, day)]
    return max(begun, default=None)


def _drugs(patient: Patient, day: date) -> list[str] | None:
    """The drugs of maintenance that goes on on the day, or is not known to have ended; None where they are not recorded."""
    kept_up = [item for item in patient.therapy if item.phase in KEPT_UP and _begun(item, day) and not _over(item, day)]
    if any(item.drugs is None for item in kept_up):
        return None
    return sorted({drug.lower() for item in kept_up for drug in item.drugs or ()})


def _begun(item: TherapyEntry, day: date) -> bool:
    return item.begins is not None and item.begins.latest <= day.toordinal()


def _over(item: TherapyEntry, day: date) -> bool:
    return item.end is not None and item.end.latest <= day.toordinal()


def _year(patient: Patient) -> int | None:
    diagnosed = patient.diagnosis.date
    return int(diagnosed.text[:4]) if diagnosed is not None else None
