"""FHIR R4 in, `read(bundle, resources or prefetch, site=None) -> (Patient, ImportReport)`, and out, `guidance_response`."""

from ..intake.fhir.import_report import ImportReport
from ..intake.fhir.reader import read
from .artifacts import artifacts
from .guidance_response import guidance_response
from .operation_outcome import operation_outcome
from .questionnaire import questionnaire, read_questionnaire_response

__all__ = [
    "ImportReport",
    "artifacts",
    "guidance_response",
    "operation_outcome",
    "questionnaire",
    "read",
    "read_questionnaire_response",
]
