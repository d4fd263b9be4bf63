"""A patient of tables as an entry of a cohort, or as a reject whose reason names the table and the row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...errors import PatientError, Problem
from ...intake.tables import Unread
from ...patient import Patient
from ..entry import Entry
from ..reading_entries import rejected


def table_entry(place: str, patient: Patient | Unread) -> Entry:
    """The entry of a patient who was read, or could not be."""
    if isinstance(patient, Patient):
        return Entry(place, patient)
    told = PatientError(map(_with_its_table, patient.error.problems))
    return Entry(place, rejected(patient.id, place, told))


def _with_its_table(problem: Problem) -> Problem:
    table = Path(problem.source).name + ("" if problem.line is None else f":{problem.line}")
    return replace(problem, path=": ".join(part for part in (table, problem.path) if part), line=None)
