"""An OperationOutcome among the data, by severity and code: a note, or data that are not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Codes of http://hl7.org/fhir/issue-type that, as a warning, say something of the request and nothing of what is missing.
_NOTES = ("processing", "informational", "not-supported", "invalid", "value", "not-found", "code-invalid", "business-rule",
          "structure", "required", "extension", "duplicate", "multiple-matches", "deleted", "expired", "success")  # fmt: skip

# Words with which servers say, whatever the severity and the code, that not all of the data came.
_LACKING = ("withheld", "truncat", "redact", "masked", "suppress", "incomplete", "not all ", "left out", "limit reached",
            "limit exceeded", "too many", "omitted")  # fmt: skip


def leaves_a_gap(outcome: Mapping[str, Any]) -> bool:
    """Whether data may be missing: something failed, was suppressed or is not complete, or nothing is said at all."""
    issues = _issues(outcome)
    return not issues or any(_is_gap(issue) for issue in issues)


def notes(outcome: Mapping[str, Any]) -> list[str]:
    """What is no more than a note, in a few words."""
    return [
        f"OperationOutcome.issue: {issue.get('severity')}, {issue.get('code')}"
        + (f": {told[:120]}" if (told := _said(issue)) else "")
        for issue in _issues(outcome)
        if not _is_gap(issue)
    ]


def _is_gap(issue: Mapping[str, Any]) -> bool:
    severity, code = issue.get("severity"), issue.get("code")
    if any(word in _said(issue).casefold() for word in _LACKING):
        return True
    if severity in ("information", "success"):
        return code in ("incomplete", "suppressed")
    return not (severity == "warning" and code in _NOTES)


def _said(issue: Mapping[str, Any]) -> str:
    details = issue.get("details")
    texts = (details.get("text") if isinstance(details, Mapping) else None, issue.get("diagnostics"))
    return "; ".join(text for text in texts if isinstance(text, str) and text)


def _issues(outcome: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = outcome.get("issue")
    listed = found if isinstance(found, list) else []
    return [item if isinstance(item, Mapping) else {} for item in listed]
