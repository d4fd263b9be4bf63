"""Other forms of a patient than a profile: FHIR and tables. Knows nothing of answers."""
