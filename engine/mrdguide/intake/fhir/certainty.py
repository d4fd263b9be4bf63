"""How certain a diagnosis is: by its verification status, and by what German billing writes beside an ICD-10-GM code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .codes import CodeTable
from .current import OBJECT, Resource
from .elements import codings

REFUTED = ("refuted", "entered-in-error")
# An extension of a coding (Deutsche Basisprofile); what its codes mean is in the table.
_CERTAINTY = "icd-10-gm-diagnosesicherheit"


def verification_of(table: CodeTable, condition: Resource) -> set[str]:
    """Every state of its verification, in HL7's codes; empty where nothing is said of it."""
    value = condition.get("verificationStatus")
    beside = certainties(table, condition.get("code"))
    if value is None:
        return beside
    return beside | ({value} if isinstance(value, str) else {code for _, code, _ in codings(value)})


def certainties(table: CodeTable, concept: object) -> set[str]:
    """What stands beside the codings of a concept on how certain they are, in HL7's codes."""
    items = concept.get("coding") if isinstance(concept, OBJECT) else None
    # Hardly any coding has an extension, and every resource is asked.
    extended = [
        item for item in (items if isinstance(items, list) else ()) if isinstance(item, OBJECT) and "extension" in item
    ]
    return {found for item in extended for found in _beside(table, item)}


def without_excluded(table: CodeTable, concept: object) -> object:
    """A concept without the codings that are said to be excluded."""
    items = concept.get("coding") if isinstance(concept, OBJECT) else None
    if not isinstance(concept, OBJECT) or not isinstance(items, list):
        return concept
    if "refuted" not in certainties(table, concept):
        return concept
    return {**concept, "coding": [item for item in items if "refuted" not in set(_beside(table, item))]}


def _beside(table: CodeTable, coding: object) -> Iterator[str]:
    extensions = coding.get("extension") if isinstance(coding, OBJECT) else None
    for item in extensions if isinstance(extensions, list) else ():
        if not isinstance(item, Mapping) or not str(item.get("url", "")).casefold().endswith(_CERTAINTY):
            continue
        code: Any = (
            item.get("valueCoding", {}).get("code")
            if isinstance(item.get("valueCoding"), OBJECT)
            else item.get("valueCode")
        )
        meant = table.reading.diagnosis_certainty.get(str(code).strip().upper())
        if meant is not None:
            yield meant
