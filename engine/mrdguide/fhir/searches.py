"""The searches that hand over everything the rules read of one patient; `{{context.patientId}}` stands for the id."""

from __future__ import annotations

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
