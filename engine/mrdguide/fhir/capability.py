"""What the service can do, in FHIR R4: its CapabilityStatement, and the operation `$evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
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
            _parameter("return", "out", 1, "GuidanceResponse", "the answer, with what became of the Bundle in it"),
        ],
    }  # fmt: skip


def _parameter(name: str, use: str, least: int, kind: str, words: str) -> dict[str, Any]:
    return {"name": name, "use": use, "min": least, "max": "1", "documentation": words, "type": kind}


def read_parameters(data: object) -> tuple[Mapping[str, Any], str | None]:
    """The Bundle and the day from the Parameters of `$evaluate`; a Bundle alone is taken as it is.

    Raises:
        FhirError: it is neither, a parameter is unknown, missing or given twice, or its value is of another type.
    """
    if isinstance(data, Mapping) and data.get("resourceType") == "Bundle":
        return data, None
    if not isinstance(data, Mapping) or data.get("resourceType") != "Parameters":
        raise FhirError("send Parameters with 'data' (a Bundle) and, if wanted, 'asOf' (a date), or the Bundle alone")
    found: dict[str, Any] = {}
    given = data.get("parameter")
    for place, item in enumerate(given if isinstance(given, list) else []):
        name = item.get("name") if isinstance(item, Mapping) else None
        if name not in ("data", "asOf"):
            raise FhirError(f"Parameters.parameter[{place}].name: must be data or asOf")
        if name in found:
            raise FhirError(f"Parameters.parameter[{place}]: '{name}' is given twice")
        value = item.get("resource") if name == "data" else item.get("valueDate")
        if not isinstance(value, Mapping if name == "data" else str):
            wanted = "resource, a Bundle" if name == "data" else "valueDate, YYYY-MM-DD"
            raise FhirError(f"Parameters.parameter[{place}]: '{name}' must hold {wanted}")
        found[name] = value
    if "data" not in found:
        raise FhirError("Parameters.parameter: 'data', the Bundle, is missing")
    return found["data"], found.get("asOf")
