"""What the service says of itself: `GET {base}/cds-services`."""

from __future__ import annotations

from typing import Any

from .wording import wording

SERVICE_ID = "mrdguide-cessation"
HOOK = "patient-view"

# Reads and searches by type with token equality, _count and _sort only: what every client has to understand.
PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}&_count=500",
    "observations": "Observation?patient={{context.patientId}}&_sort=-date&_count=1000",
    "reports": "DiagnosticReport?patient={{context.patientId}}&_sort=-date&_count=500",
    "requests": "MedicationRequest?patient={{context.patientId}}&_count=500",
    "statements": "MedicationStatement?patient={{context.patientId}}&_count=500",
    "administrations": "MedicationAdministration?patient={{context.patientId}}&_count=1000",
    "procedures": "Procedure?patient={{context.patientId}}&_sort=-date&_count=500",
    "specimens": "Specimen?patient={{context.patientId}}&_count=500",
}

# Many servers have no such resources; whoever leaves these two out has not left a gap.
_OPTIONAL = ("statements", "specimens")
REQUIRED = tuple(name for name in PREFETCH if name not in _OPTIONAL)


def discovery() -> dict[str, Any]:
    """The discovery document of CDS Hooks 2.0, with one service."""
    words = wording().service
    service = {
        "hook": HOOK,
        "id": SERVICE_ID,
        "title": words.title,
        "description": words.description,
        "usageRequirements": words.usage,
        "prefetch": dict(PREFETCH),
    }
    return {"services": [service]}
