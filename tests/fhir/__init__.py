"""FHIR in and out."""
