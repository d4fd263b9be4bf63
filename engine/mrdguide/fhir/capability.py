"""What the service can do, in FHIR R4: its CapabilityStatement, and the operation `$evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..answer.provenance import engine_version
from ..errors import FhirError
from ..intake.fhir.codes import load_table
from .terminology import Resource, canonical, head

OPERATION = "evaluate"


def capability_statement(base_url: str = "") -> Resource:
    """The CapabilityStatement of the service: one operation and nothing stored (https://hl7.org/fhir/R4/capabilitystatement.html)."""
    found: Resource = {
        **head(
            "CapabilityStatement", "service", "Service of mrdguide", engine_version(),
            "Answers one question by one operation; it keeps no resources. CDS Hooks are described at /cds-services.",
        ),
        "date": load_table().released, "kind": "instance", "fhirVersion": "4.0.1", "format": ["application/fhir+json"],
        "software": {"name": "mrdguide", "version": engine_version()},
        "rest": [
            {"mode": "server", "operation": [{"name": OPERATION, "definition": canonical("OperationDefinition", OPERATION)}]}
        ],
    }  # fmt: skip
    if base_url:
        found["implementation"] = {"description": "mrdguide", "url": base_url}
    else:
        found["implementation"] = {"description": "mrdguide"}
    return found


def operation_definition() -> Resource:
    """The OperationDefinition of `$evaluate`: a Bundle in, a GuidanceResponse out."""
    made = head(
        "OperationDefinition", OPERATION, "Evaluate a patient by the rules", engine_version(),
        "Whether maintenance therapy may be stopped by the rules of the service, of one patient whose resources are handed over.",
    )  # fmt: skip
    return {
        **made, "kind": "operation", "code": OPERATION, "affectsState": False, "system": True, "type": False, "instance": False,
        "parameter": [
            _parameter("data", "in", 1, "Bundle", "everything known of one patient: a Bundle with one Patient"),
            _parameter("asOf", "in", 0, "date", "the day to judge on; today where it is left out"),
            _attested_parameter(),
            _parameter("return", "out", 1, "GuidanceResponse", "the answer, with what became of the Bundle in it"),
        ],
    }  # fmt: skip


def _parameter(name: str, use: str, least: int, kind: str, words: str) -> dict[str, Any]:
    return {"name": name, "use": use, "min": least, "max": "1", "documentation": words, "type": kind}


def _attested_parameter() -> dict[str, Any]:
    """What a person says of texts, in the parts of a parameter that may stand there more than once."""
    words = "that a named person has read texts of the Bundle and found nothing in them; may be given more than once"
    parts = [
        _parameter("by", "in", 1, "string", "who has read them, as a role"),
        _parameter("date", "in", 1, "date", "the day on which they were read"),
        {**_parameter("text", "in", 1, "string", "a text with its version, as it is asked for: Observation/12:3f9a0c11d2e4"), "max": "*"},
        _parameter("nothingFound", "in", 1, "boolean", "true: none of them tells anything of the disease (or of 'about')"),
        {**_parameter("about", "in", 0, "code", "the domains of which nothing was found; those of the disease where it is left out"), "max": "*"},
    ]  # fmt: skip
    return {"name": "attested", "use": "in", "min": 0, "max": "*", "documentation": words, "part": parts}


@dataclass(frozen=True, slots=True)
class EvaluateParameters:
    """What `$evaluate` is given: the Bundle, the day, and what people say of texts in the Bundle (`attested` of `read`)."""

    data: Mapping[str, Any]
    as_of: str | None = None
    attested: tuple[dict[str, Any], ...] = ()


# Each part of a statement: its name in `attested`, the element that holds it, its type, and whether it may be repeated.
_PARTS: dict[str, tuple[str, str, type, bool]] = {
    "by": ("by", "valueString", str, False),
    "date": ("date", "valueDate", str, False),
    "text": ("texts", "valueString", str, True),
    "nothingFound": ("nothing_found", "valueBoolean", bool, False),
    "about": ("about", "valueCode", str, True),
}


def read_parameters(data: object) -> EvaluateParameters:
    """The Parameters of `$evaluate`; a Bundle alone is taken as it is.

    Raises:
        FhirError: it is neither, a parameter is unknown, missing or given twice, or its value is of another type.
    """
    if isinstance(data, Mapping) and data.get("resourceType") == "Bundle":
        return EvaluateParameters(data)
    if not isinstance(data, Mapping) or data.get("resourceType") != "Parameters":
        raise FhirError("send Parameters with 'data' (a Bundle) and, if wanted, 'asOf' (a date), or the Bundle alone")
    found: dict[str, Any] = {}
    attested = []
    given = data.get("parameter")
    for place, item in enumerate(given if isinstance(given, list) else []):
        name = item.get("name") if isinstance(item, Mapping) else None
        if name not in ("data", "asOf", "attested"):
            raise FhirError(f"Parameters.parameter[{place}].name: must be data, asOf or attested")
        if name == "attested":
            attested.append(_statement(item.get("part"), f"Parameters.parameter[{place}]"))
            continue
        if name in found:
            raise FhirError(f"Parameters.parameter[{place}]: '{name}' is given twice")
        value = item.get("resource") if name == "data" else item.get("valueDate")
        if not isinstance(value, Mapping if name == "data" else str):
            wanted = "resource, a Bundle" if name == "data" else "valueDate, YYYY-MM-DD"
            raise FhirError(f"Parameters.parameter[{place}]: '{name}' must hold {wanted}")
        found[name] = value
    if "data" not in found:
        raise FhirError("Parameters.parameter: 'data', the Bundle, is missing")
    return EvaluateParameters(found["data"], found.get("asOf"), tuple(attested))


def _statement(parts: object, where: str) -> dict[str, Any]:
    """One statement on texts, in the form that `read` takes; it is checked there whether it is whole."""
    found: dict[str, Any] = {}
    for place, part in enumerate(parts if isinstance(parts, list) else []):
        given = part.get("name") if isinstance(part, Mapping) else None
        if given not in _PARTS:
            raise FhirError(f"{where}.part[{place}].name: must be {', '.join(_PARTS)}")
        name, element, kind, repeats = _PARTS[given]
        value = part.get(element)
        if not isinstance(value, kind):
            raise FhirError(f"{where}.part[{place}]: '{given}' must hold {element}")
        if name in found and not repeats:
            raise FhirError(f"{where}.part[{place}]: '{given}' is given twice")
        found[name] = [*found.get(name, ()), value] if repeats else value
    return found
