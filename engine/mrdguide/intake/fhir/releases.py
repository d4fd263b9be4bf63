"""Which release of FHIR a resource is of: elements that one release has and R4 has not, and what it names itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import FhirError
from .current import OBJECT

# Elements by release and type of resource; a type that R4 has not at all stands with no element.
_SIGNS: dict[str, dict[str, tuple[str, ...]]] = {
    "DSTU2": {
        "MedicationOrder": (), "DiagnosticOrder": (), "ProcedureRequest": ("subject",),
        "MedicationStatement": ("patient", "wasNotTaken", "reasonForUseCodeableConcept"),
        "Condition": ("patient", "dateRecorded", "notes"),
        "MedicationAdministration": ("patient", "wasNotGiven", "effectiveTimeDateTime", "effectiveTimePeriod"),
        "Procedure": ("notPerformed", "notes"), "Observation": ("comments", "reliability"),
    },
    "STU3": {
        "MedicationStatement": ("taken", "reasonNotTaken"), "MedicationAdministration": ("notGiven", "reasonNotGiven"),
        "MedicationRequest": ("definition", "context"), "Procedure": ("notDone", "notDoneReason", "context"),
        "Condition": ("assertedDate", "context"), "Observation": ("comment", "context"),
        "DiagnosticReport": ("codedDiagnosis", "context", "image"), "AdverseEvent": ("reaction", "description"),
    },
    "R5": {
        "MedicationRequest": ("medication", "effectiveDosePeriod", "reason"), "MedicationDispense": ("medication", "recorded"),
        "MedicationAdministration": ("medication", "occurencePeriod", "occurenceDateTime", "reason"),
        "MedicationStatement": ("medication", "adherence", "reason"),
        "Procedure": ("occurrenceDateTime", "occurrencePeriod", "recorded", "reason", "bodyStructure"),
        "Observation": ("triggeredBy", "instantiatesCanonical", "instantiatesReference", "bodyStructure", "organizer"),
        "Condition": ("participant",), "DiagnosticReport": ("supportingInfo",), "Specimen": ("role", "combined"),
        "AdverseEvent": ("code", "occurrenceDateTime", "resultingEffect", "supportingInfo"),
    },
}  # fmt: skip
_SIGNS_OF = {
    kind: [(release, types[kind]) for release, types in _SIGNS.items() if kind in types]
    for kind in {kind for types in _SIGNS.values() for kind in types}
}
# All of them for a type: most resources have none, which one look tells.
_ALL_SIGNS_OF = {
    kind: frozenset(name for _, elements in signs for name in elements) for kind, signs in _SIGNS_OF.items()
}
_NAMES = {"1.0": "DSTU2", "3.0": "STU3", "5.0": "R5"}
_ONLY_R4 = "only FHIR R4 (4.0.1) is read"


def refuse_other_releases(resource: Mapping[str, Any]) -> None:
    """Refuse what is of another release than R4.

    Raises:
        FhirError: an element, a type or a profile of another release stands in it; the release is named.
    """
    kind = str(resource.get("resourceType"))
    signs = _ALL_SIGNS_OF.get(kind)
    if signs is not None and not (signs and signs.isdisjoint(resource)):
        _refuse_signs(kind, resource)
    meta = resource.get("meta")
    profiles = meta.get("profile") if meta and isinstance(meta, OBJECT) else None
    for profile in profiles if isinstance(profiles, list) else ():
        _refuse_name(kind, "meta.profile", profile)
    if "fhirVersion" in resource:
        _refuse_name(kind, "fhirVersion", resource["fhirVersion"])


def _refuse_signs(kind: str, resource: Mapping[str, Any]) -> None:
    for release, elements in _SIGNS_OF[kind]:
        if not elements:
            raise FhirError(f"{kind} is a resource of FHIR {release}; {_ONLY_R4}, {release} is refused")
        found = next((name for name in elements if name in resource), None)
        if found is not None:
            where = f"{kind}/{resource.get('id', '(no id)')}: {kind}.{found}"
            raise FhirError(f"{where} is an element of FHIR {release}; {_ONLY_R4}, {release} is refused")


def _refuse_name(kind: str, element: str, text: object) -> None:
    if not isinstance(text, str):
        return
    for number, release in _NAMES.items():
        bare = element == "fhirVersion" and text.startswith(number)
        if (
            bare
            or f"fhir.org/{number[0]}." in text
            or f"hl7.org/fhir/{number[0]}." in text
            or text.endswith(f"|{number}.0")
        ):
            raise FhirError(f"{kind}.{element} names FHIR {release} ({text}); {_ONLY_R4}, {release} is refused")
