"""What happened on the way in, as an R4 OperationOutcome.

Nothing in an import makes the answer fail, so an incomplete or contradictory input is a warning and not an error. The
codes are those of http://hl7.org/fhir/ValueSet/issue-type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..intake.fhir.import_report import Completeness, Conflict, Ignored, ImportReport, Issue
from ..reading.arguments import instance_of

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,63}")
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")

_STATES = {
    Completeness.NOT_SUPPLIED: "was not supplied, so nothing is known about it",
    Completeness.FAILED: "could not be obtained: an OperationOutcome stood in its place",
    Completeness.BROKEN: "hold something that could not be read, so there may be more than was taken from them",
    Completeness.PAGED: "is only a part: further pages were not handed over",
}


def operation_outcome(report: ImportReport) -> dict[str, Any]:
    """An OperationOutcome with one issue for everything that was incomplete, contradictory, not used or odd.

    There is always at least one issue; when all went well it says so. The same report gives the same resource.

    Raises:
        UsageError: `report` is not the report of an import.
    """
    instance_of(ImportReport, "report", report, "the report that mrdguide.fhir.read returns")
    issues = [*_completeness(report), *map(_conflict, report.conflicts), *map(_issue, report.issues)]
    issues += map(_ignored, report.ignored)
    return {"resourceType": "OperationOutcome", "issue": issues or [_all_well(report)]}


def fhir_text(text: str) -> str:
    """Text that a FHIR string may hold: no control signs, no space around it, never empty."""
    return _CONTROL.sub("", text).strip() or "(no text)"


def _completeness(report: ImportReport) -> Iterator[dict[str, Any]]:
    for name, state in report.completeness.items():
        if state in _STATES:
            yield _made("warning", "incomplete", f"{name} {_STATES[state]}")
        elif state is Completeness.NO_DATA:
            yield _made("information", "informational", f"{name}: the client says that it has none")


def _conflict(conflict: Conflict) -> dict[str, Any]:
    values = "; ".join(conflict.values)
    text = f"{conflict.what} ({conflict.path}): {values}. None was chosen: it is left unknown"
    return _made("warning", "conflict", text)


def _issue(issue: Issue) -> dict[str, Any]:
    code = "informational" if issue.severity == "information" else "processing"
    named = issue.text.startswith(issue.element)
    text = issue.text if named else f"{issue.element}: {issue.text}"
    return _made(issue.severity, code, text, issue.resource_type, issue.resource_id)


def _ignored(ignored: Ignored) -> dict[str, Any]:
    text = f"not used: {ignored.reason}"
    return _made("information", "not-supported", text, ignored.resource_type, ignored.resource_id)


def _all_well(report: ImportReport) -> dict[str, Any]:
    text = f"everything handed over was read: {len(report.facts)} facts taken, with code tables {report.tables}"
    return _made("information", "informational", text)


def _made(severity: str, code: str, text: str, resource_type: str = "", resource_id: str = "") -> dict[str, Any]:
    about = "/".join(part for part in (resource_type, resource_id) if part)
    issue: dict[str, Any] = {
        "severity": severity,
        "code": code,
        "diagnostics": fhir_text(f"{about}: {text}" if about else text),
    }
    where = _expression(resource_type, resource_id)
    return {**issue, "expression": [where]} if where else issue


def _expression(resource_type: str, resource_id: str) -> str:
    """Which resource, as FHIRPath; an id that FHIR does not allow stands only in the diagnostics."""
    if not _TYPE.fullmatch(resource_type):
        return ""
    return f"{resource_type}.where(id='{resource_id}')" if _ID.fullmatch(resource_id) else resource_type
