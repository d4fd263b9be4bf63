"""The profile of an MRD result as an Observation: everything that a negative needs in order to count.

A StructureDefinition over Observation (https://hl7.org/fhir/R4/profiling.html). It asks for no more than the reader reads:
what it lists as optional leaves a result open when it is missing.
"""

from __future__ import annotations

from typing import Any

from ..intake.fhir.codes import load_table
from .terminology import OWN, Resource, canonical, head, value_set_name

NAME = "mrd-observation"
_FRACTION = (
    "a fraction of nucleated cells: Quantity with UCUM unit 1 (or 10*-6 and the like), no percentage without its sign"
)
# Components: what they say, the type of their value, and what is asked for.
_COMPONENTS = (
    ("limit-of-detection", "limit of detection of this sample", "Quantity", _FRACTION),
    ("cells-analysed", "nucleated cells analysed", "Quantity", "a count: UCUM unit 1"),
    ("first-pull", "whether the first pull of the aspirate was used", "boolean", "true or false"),
    ("hemodiluted", "whether the sample is diluted with blood", "boolean", "true or false"),
    ("trackable-clone", "for NGS: whether a clone to be followed was found at diagnosis", "boolean", "true or false"),
)


def mrd_observation() -> Resource:
    """The StructureDefinition of an MRD result."""
    version = load_table().version
    return {
        **head(
            "StructureDefinition", NAME, "MRD result in multiple myeloma", version,
            "A measurable residual disease result with the method, specimen, limit of detection and sample quality that it "
            "needs to count as negative.",
        ),
        "fhirVersion": "4.0.1", "kind": "resource", "abstract": False, "type": "Observation",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Observation", "derivation": "constraint",
        "differential": {"element": [{"id": "Observation", "path": "Observation"}, *_elements()]},
    }  # fmt: skip


def _elements() -> list[dict[str, Any]]:
    values = {"strength": "required", "valueSet": canonical("ValueSet", value_set_name("value"))}
    return [
        _element("status", "final, amended or corrected; a negative of any other status counts as indeterminate", least=1),
        {
            **_element("code", "an MRD test", least=1),
            "binding": {"strength": "extensible", "valueSet": canonical("ValueSet", value_set_name("mrd"))},
        },
        _element("subject", "the patient", least=1),
        _element("effective[x]", "the day of the sample", least=1, types=("dateTime", "Period")),
        {
            **_element("value[x]", f"present or absent as a code, or the level found, {_FRACTION}", types=("CodeableConcept", "Quantity")),
        },
        {**_element("method", "NGS, NGF, MFC, ASO-qPCR or mass-spectrometry", least=1), "binding": values},
        {**_element("specimen", "a Specimen whose type is marrow or blood", least=1), "type": [_reference("Specimen")]},
        {
            **_element("component", "the limit of detection and what is known of the sample"),
            "slicing": {"discriminator": [{"type": "pattern", "path": "code"}], "rules": "open"},
        },
        *(element for component in _COMPONENTS for element in _slice(*component)),
    ]  # fmt: skip


def _element(path: str, short: str, *, least: int | None = None, types: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"Observation.{path}", "path": f"Observation.{path}", "short": short}
    if least is not None:
        made["min"] = least
    if types:
        made["type"] = [{"code": name} for name in types]
    return made


def _reference(kind: str) -> dict[str, Any]:
    return {"code": "Reference", "targetProfile": [f"http://hl7.org/fhir/StructureDefinition/{kind}"]}


def _slice(code: str, short: str, kind: str, wanted: str) -> list[dict[str, Any]]:
    name = f"Observation.component:{code}"
    return [
        {
            "id": name, "path": "Observation.component", "sliceName": code, "short": short, "min": 0, "max": "1",
        },
        {
            "id": f"{name}.code", "path": "Observation.component.code",
            "patternCodeableConcept": {"coding": [{"system": OWN, "code": code}]},
        },
        {
            "id": f"{name}.value[x]", "path": "Observation.component.value[x]", "short": wanted, "min": 1,
            "type": [{"code": kind}],
        },
    ]  # fmt: skip
