"""A profile as canonical JSON: what is hashed and kept, and from which exactly the same `Patient` can be read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .profile import Patient
from .units import Quantities, Quantity


def canonical_json(plain: Any) -> str:
    """JSON with sorted keys and no spaces, in ASCII: the same value gives the same bytes.

    Raises:
        TypeError, ValueError: it has no JSON form.
    """
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_text(patient: Patient) -> str:
    """What was given, keys sorted, and how its laboratory values were written.

    A value is held in its canonical unit. The answer quotes it as recorded, so both are kept.
    """
    plain = plain_profile(patient)
    for recorded, held in _with_quantities(plain, patient):
        for key, field in type(held).model_fields.items():
            name, quantity = field.alias or key, getattr(held, key)
            if name in recorded and isinstance(quantity, Quantity):
                recorded[name]["text"] = quantity.text
    return canonical_json(plain)


def plain_profile(patient: Patient) -> dict[str, Any]:
    """What was given, as plain data from which the same patient can be read: also what was recorded without number or unit."""
    plain = patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    for recorded, held in _with_quantities(plain, patient):
        recorded.update({name: held.as_written(name) for name in held.incomplete})
    return plain


def _with_quantities(plain: dict[str, Any], patient: Patient) -> Iterator[tuple[dict[str, Any], Quantities]]:
    """The parts of a profile that hold laboratory values, as plain data and as they were read."""
    if "labs" in plain.get("baseline", {}):
        yield plain["baseline"]["labs"], patient.baseline.labs
    yield from zip(plain.get("markers", ()), patient.markers, strict=False)


def read_canonical(text: str) -> Patient:
    """The patient of a kept profile.

    Raises:
        PatientError: this engine does not read the profile any more.
    """
    from .reader import read_patient

    plain: dict[str, Any] = json.loads(text)
    for values in (plain.get("baseline", {}).get("labs", {}), *plain.get("markers", ())):
        for name, value in values.items():
            # What was recorded without number or unit has no such text, and is read as it was.
            if isinstance(value, dict) and "text" in value:
                values[name] = Quantity(**value)
    return read_patient(plain)
