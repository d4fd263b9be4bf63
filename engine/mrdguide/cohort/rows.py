"""From a patient and what was judged to a row: beside the answer what is missing, and what rows are grouped by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from ..answer.missing import NeedsOf, find_missing, needs
from ..case.case import Case
from ..decide.decision import SchemeResult
from ..errors import InconsistentVerdicts
from ..explain.when import closing_windows
from ..logic.operator import DataRequirement
from ..patient import Patient
from ..patient.therapy import TherapyEntry
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
        book = rules.on(day.toordinal())
        verdicts = tuple(judged.verdicts[item.rule.id] for item in book.compiled_criteria)
        open_ = Open(Case(patient, day.toordinal()), book.decider.implications.reconciled(verdicts)[0])
        row.update(explained(open_, settled, book, asked))
    return row


class Open(NamedTuple):
    """A patient on a day of whom more is told than the answer, with the verdicts on the criteria."""

    case: Case
    verdicts: Sequence[int]


def explained(of: Open, settled: bool, book: RuleBook, asked: Asked) -> dict[str, Any]:
    """What is missing, and the windows that close, as far as they were asked for; `book` as it is in force on the day."""
    told: dict[str, Any] = {}
    if not settled and asked.missing == "leads":
        found = find_missing(book, *of)
        told["missing"] = [fact(item.path, item.what, item.leads_to) for item in found]
    elif not settled and asked.missing == "paths":
        # Without trying their results, which takes most of the time.
        told["missing"] = [fact(need.path, need.what, {}) for need in waited_for(book, of)]
    if asked.windows:
        told["windows"] = [
            {"last_day": date.fromordinal(item.last_day), "repeat": item.tests, "criteria": item.criteria}
            for item in closing_windows(book, of.case, asked.windows)
        ]
    return told


def waited_for(book: RuleBook, of: Open) -> list[DataRequirement]:
    """The facts that the answer waits for."""
    depends_on = book.decider.depends_on(of.verdicts)
    return [need for need, _ in needs(book, of.case, depends_on, NeedsOf(book, of.case))]


def fact(path: str, what: str, leads_to: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """A missing fact as it stands in a row."""
    leads = [{"result": result, "outcomes": ends} for result, ends in leads_to.items()]
    return {"path": path, "what": what, "leads_to": leads}


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
