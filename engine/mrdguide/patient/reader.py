"""From a dict, a file or a text to a `Patient`, or to every problem in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import PatientError, Problem
from ..reading.document import Document, read_file, read_text
from ..reading.validation import problems_of
from .profile import Patient

NAME_OF_A_DICT = "patient"
_EXPONENT = re.compile(r"[0-9]{1,3}[eE][-+]?[0-9]{1,3}")


def read_patient(source: Mapping[str, Any] | str | os.PathLike[str] | Patient) -> Patient:
    """Read a profile from a dict, or from the path of a YAML or JSON file.

    Raises:
        PatientError: with every problem found; for a file each has its line and column.
    """
    if isinstance(source, Patient):
        return source
    if isinstance(source, Mapping):
        given = _with_exponents_as_numbers(source)
        document = Document(NAME_OF_A_DICT, data=given)
        _refuse_fhir(document)
        try:
            return Patient.model_validate(given)
        except ValidationError as error:
            raise PatientError(problems_of(error, document, Patient)) from None
        except RecursionError:
            raise PatientError([Problem("nested too deeply to be a profile", NAME_OF_A_DICT)]) from None
    if isinstance(source, str | os.PathLike):
        return patient_of(read_file(Path(source)))
    raise PatientError(
        [
            Problem(
                f"cannot read a patient from {type(source).__name__}",
                NAME_OF_A_DICT,
                expected="a dict, the path of a YAML or JSON file, or a Patient",
            )
        ]
    )


def _with_exponents_as_numbers(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same profile with `1e-6` as a number in its MRD tests: `yaml.safe_load` takes it for text, having no point."""
    tests = source.get("mrd")
    if not isinstance(tests, list | tuple):
        return source
    return {**source, "mrd": [_numbers_of(test) if isinstance(test, Mapping) else test for test in tests]}


def _numbers_of(test: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {
        name: float(value) for name in ("level", "limit_of_detection")
        if isinstance(value := test.get(name), str) and _EXPONENT.fullmatch(value)
    }  # fmt: skip
    return {**test, **found} if found else test


def read_patient_text(text: str, name: str) -> Patient:
    """Read a profile from YAML or JSON text; `name` is shown in messages.

    Raises:
        PatientError: with every problem found, each with line and column.
    """
    return patient_of(read_text(text, name))


def patient_of(document: Document) -> Patient:
    """The patient of a document already read.

    Raises:
        PatientError: with every problem found.
    """
    if document.problems:
        raise PatientError(document.problems)
    _refuse_fhir(document)
    try:
        return Patient.model_validate(document.data)
    except ValidationError as error:
        raise PatientError(problems_of(error, document, Patient)) from None


def _refuse_fhir(document: Document) -> None:
    """FHIR is read by another door; told key by key, nobody would find it."""
    kind = document.data.get("resourceType") if isinstance(document.data, Mapping) else None
    if isinstance(kind, str):
        told = document.problem(
            ("resourceType",), f"this is FHIR ({kind[:40]}), not a profile", key=True, code="unknown-key",
            hint="`mrdguide fhir check FILE` reads it, `mrdguide fhir respond FILE` answers; in Python: mrdguide.fhir.read",
        )  # fmt: skip
        raise PatientError([told])
