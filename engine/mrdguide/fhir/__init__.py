"""FHIR R4 in, `read(bundle, resources or prefetch, site=None) -> (Patient, ImportReport)`, and out, `guidance_response`."""

from .guidance_response import guidance_response
from .import_report import ImportReport
from .operation_outcome import operation_outcome
from .reader import read

__all__ = ["ImportReport", "guidance_response", "operation_outcome", "read"]
