"""Reading FHIR R4 into a profile."""
