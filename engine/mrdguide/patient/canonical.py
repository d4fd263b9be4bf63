"""A profile as canonical JSON: what is hashed and kept, and from which exactly the same `Patient` can be read again."""

from __future__ import annotations

import json
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

    A value is held in its canonical unit. The answer quotes it as recorded, so both are kept; a value recorded without
    number or unit is kept as `{}`, which is read as incomplete again.
    """
    plain = patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    _keep_as_written(plain.get("baseline", {}).get("labs", {}), patient.baseline.labs)
    for recorded, panel in zip(plain.get("markers", ()), patient.markers, strict=False):
        _keep_as_written(recorded, panel)
    return canonical_json(plain)


def _keep_as_written(plain: dict[str, Any], held: Quantities) -> None:
    for key, field in type(held).model_fields.items():
        name = field.alias or key
        quantity = getattr(held, key)
        if name in plain and isinstance(quantity, Quantity):
            plain[name]["text"] = quantity.text
        elif name in held.incomplete:
            plain[name] = {}


def read_canonical(text: str) -> Patient:
    """The patient of a kept profile.

    Raises:
        PatientError: this engine does not read the profile any more.
    """
    from .reader import read_patient

    plain: dict[str, Any] = json.loads(text)
    for values in (plain.get("baseline", {}).get("labs", {}), *plain.get("markers", ())):
        for name, value in values.items():
            if value and isinstance(value, dict):
                values[name] = Quantity(**value)
    return read_patient(plain)
