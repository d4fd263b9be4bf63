"""From an entry of the input to a patient with the days to judge on, or to the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..dates import parse_date
from ..errors import FhirError, MrdguideError, Problem, SiteFileError, UsageError
from ..intake.fhir.reader import read as read_fhir
from ..patient import Patient, read_patient
from ..patient.reader import patient_of
from ..reading.document import read_file
from ..recommend.evaluation import day_of
from .arrow_rows import Row
from .entry import Entry, Reject, Resources
from .profile_columns import profile_of


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A patient who can be judged, with the days (in order, each once)."""

    place: str
    patient: Patient
    days: tuple[date, ...]


def read_entry(entry: Entry, as_of: date | None, as_of_column: str | None, site: str | None) -> ReadEntry | Reject:
    """The patient of an entry. `as_of` holds for every patient, unless the input says the days under `as_of_column`.

    Raises:
        SiteFileError: the site file cannot be used, whoever the patient is.
    """
    if isinstance(entry.content, Reject):
        return entry.content
    content, days = entry.content, entry.days
    try:
        if isinstance(content, Row):
            content = content.values()
            content = profile_of(content)
        elif isinstance(content, Path):
            content, found = _of_file(content, as_of_column)
            days = found if days is None else days
        patient = _patient(content, site)
        return ReadEntry(entry.place, patient, _days(days, as_of, as_of_column))
    except SiteFileError:
        raise
    except (MrdguideError, ValueError, RecursionError) as error:
        return rejected(_id_of(content), entry.place, error)


def rejected(patient: str, place: str, error: Exception) -> Reject:
    """What is said of a patient who cannot be answered."""
    problems = error.problems if isinstance(error, MrdguideError) else ()
    if problems:
        told = "; ".join(_in_a_line(problem) for problem in problems)
        return Reject(patient, place, told, problems[0].code)
    if isinstance(error, FhirError):
        return Reject(patient, place, str(error), "not-usable")
    if isinstance(error, UsageError | ValueError):
        return Reject(patient, place, str(error), "bad-value")
    if isinstance(error, MrdguideError):
        return Reject(patient, place, str(error), "no-answer")
    if isinstance(error, RecursionError):
        return Reject(patient, place, "nested too deeply to be a profile", "too-large")
    return Reject(patient, place, f"a fault of the program, report it: {type(error).__name__}: {error}", "fault")


def _in_a_line(problem: Problem) -> str:
    place = problem.path if problem.line is None else f"line {problem.line}"
    more = [f"expected {problem.expected}"] * bool(problem.expected) + [problem.hint] * bool(problem.hint)
    return ", ".join([": ".join(part for part in (place, problem.message) if part), *more])


def _of_file(path: Path, as_of_column: str | None) -> tuple[Mapping[str, Any] | Patient | Resources, Any]:
    """What a file of a folder holds: a profile, or FHIR of one patient."""
    document = read_file(path)
    data = document.data
    if document.problems or not isinstance(data, dict):
        return patient_of(document), None
    if isinstance(data.get("resourceType"), str):
        return Resources([data]), None
    if as_of_column is not None and as_of_column in data:
        days = data[as_of_column]
        return {name: value for name, value in data.items() if name != as_of_column}, days
    return patient_of(document), None


def _patient(content: Any, site: str | None) -> Patient:
    if isinstance(content, Patient):
        return content
    if isinstance(content, Resources):
        only = content.items[0] if len(content.items) == 1 else None
        whole = only if only is not None and only.get("resourceType") == "Bundle" else content.items
        return read_fhir(whole, site)[0]
    return read_patient(content)


def days_of(entry: Entry, as_of_column: str | None) -> tuple[date, ...] | None:
    """The days that the input says to judge an entry on; None where it does not say them as it should."""
    try:
        return _days(entry.days, None, as_of_column)
    except (UsageError, ValueError):
        return None


def _days(days: Any, as_of: date | None, as_of_column: str | None) -> tuple[date, ...]:
    if as_of_column is None:
        assert as_of is not None
        return (as_of,)
    listed = days if isinstance(days, list) else [days]
    if days is None or not listed or None in listed:
        raise UsageError(f"{as_of_column}: there is no day to judge on; give YYYY-MM-DD, or a list of days")
    return tuple(sorted({date.fromordinal(day_of(_plain(day), as_of_column)) for day in listed}))


def _plain(day: Any) -> Any:
    # A year alone, as a number, must not be taken for a day either; `day_of` says so.
    return parse_date(day).text if isinstance(day, date) else day


def _id_of(content: object) -> str:
    if isinstance(content, Patient):
        return content.id
    if isinstance(content, Resources):
        named = [item.get("id") for item in content.items if item.get("resourceType") == "Patient"]
        return str(named[0]) if named and named[0] is not None else ""
    found = content.get("id") if isinstance(content, Mapping) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
