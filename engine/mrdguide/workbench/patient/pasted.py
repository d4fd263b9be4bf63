"""A patient that was pasted or dropped: a profile in YAML or JSON, a FHIR R4 Bundle, or CSV tables of one patient."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import FhirError, UsageError
from ...intake.tables import read_tables
from ...interview.asking import as_mapping
from ...patient.reader import patient_of, read_patient
from ...reading.document import read_text
from ...reading.json_text import loads
from ...report.pages.imported import how_whole, not_settled, nothing_in_doubt, to_be_looked_at
from ..state import Imported

_NAME = "what was pasted"
# Between the name of a dropped file and its text, and between files: signs that no text file holds.
FILE, TEXT = "\x1c", "\x1d"


@dataclass(frozen=True, slots=True)
class Opened:
    """A profile as plain data, and what a reader should know of how it was read."""

    profile: dict[str, Any]
    notice: str
    imported: Imported | None = None


def open_text(text: str) -> Opened:
    """The patient of a text, or of dropped files.

    Raises:
        PatientError, FhirError, UsageError: with what is wrong and where.
    """
    files = _files(text)
    if files and all(name.lower().endswith(".csv") for name in files):
        return _tables(files)
    if len(files) > 1:
        raise UsageError("several files were dropped; drop one profile or Bundle, or the CSV tables of one patient")
    name, content = next(iter(files.items()), (_NAME, text))
    if not content.strip():
        raise UsageError("there is nothing to read; paste a profile (YAML or JSON) or a FHIR Bundle, or drop a file")
    if name == _NAME and _looks_like_a_table(content):
        raise UsageError(
            "this looks like a CSV table: drop the file itself, since its name says which table it is (mrd.csv, therapy.csv)"
        )
    return _fhir(content) if _is_fhir(content) else profile_of(content, name)


def profile_of(text: str, name: str) -> Opened:
    """A profile in YAML or JSON, as it was written.

    Raises:
        PatientError: with every problem and its line.
    """
    document = read_text(text, name)
    patient = patient_of(document)
    # As it was written, with the units of the report, and not as the engine holds it.
    written = _plain(document.data)
    read_patient(written)
    return Opened(written, f"Opened {patient.id}.")


def _files(text: str) -> dict[str, str]:
    if FILE not in text:
        return {}
    parts = [part.partition(TEXT) for part in text.split(FILE)[1:]]
    return {name.strip(): content for name, _, content in parts}


def _tables(files: Mapping[str, str]) -> Opened:
    found = read_tables(files)
    if len(found) != 1:
        ids = ", ".join(patient.id for patient in found[:5])
        raise UsageError(f"the tables hold {len(found)} patients ({ids}); the workbench takes one at a time")
    return Opened(as_mapping(found[0]), f"Opened {found[0].id} from {len(files)} tables.")


def _looks_like_a_table(text: str) -> bool:
    """A first line of names between commas or semicolons, which no profile begins with."""
    first = text.lstrip().partition("\n")[0]
    return bool(re.fullmatch(r"\s*\w+\s*([,;\t]\s*\w+\s*){2,}", first))


def _is_fhir(text: str) -> bool:
    return text.lstrip().startswith(("{", "[")) and '"resourceType"' in text


def _fhir(text: str) -> Opened:
    from ...fhir import read as read_fhir  # most pages are opened without it, and it takes a while

    try:
        data = loads(text)
    except ValueError as error:
        raise UsageError(f"this looks like FHIR and is not JSON: {error}") from None
    except RecursionError:
        raise UsageError("this looks like FHIR and is nested too deeply to be read") from None
    try:
        patient, report = read_fhir(data)
    except FhirError as error:
        raise UsageError(f"FHIR: {error}") from None
    texts = len(report.to_be_read)
    unread = f" {_number(texts, 'text')} that only a person can read." if texts else ""
    told = f"{_number(len(report.facts), 'fact')} taken, {_number(len(report.ignored), 'resource')} left out. {how_whole(patient, report)}{unread}"
    imported = Imported(
        told=told,
        found=to_be_looked_at(report),
        whole=nothing_in_doubt(patient, report) and not report.to_be_read,
        open=not_settled(report),
    )
    return Opened(as_mapping(patient), f"Opened {patient.id} from FHIR: {told}", imported)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _plain(data: Any) -> Any:
    """The data as JSON would hold it: what was written, without any type of its own."""
    return json.loads(json.dumps(data, ensure_ascii=False))
