"""FHIR R4 in: `read(bundle, resources or prefetch, site=None) -> (Patient, ImportReport)`."""

from .import_report import ImportReport
from .reader import read

__all__ = ["ImportReport", "read"]
