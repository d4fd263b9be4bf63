"""What became of the input, as an OperationOutcome that a FHIR server takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from mrdguide.fhir.operation_outcome import fhir_text, operation_outcome
from mrdguide.intake.fhir.import_report import Completeness, Conflict, Ignored, ImportedFact, ImportReport, Issue

SEVERITIES = {"fatal", "error", "warning", "information"}
# http://hl7.org/fhir/R4/valueset-issue-type.html
CODES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
    "exception", "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip

FACT = ImportedFact(
    "ecog", "ECOG", "Observation", "e1", "Observation.valueInteger", "http://loinc.org|89247-1", "1", "1"
)


def report(**more: Any) -> ImportReport:
    empty: dict[str, Any] = {"facts": (), "ignored": (), "conflicts": (), "issues": (), "completeness": {}}
    return ImportReport(**{"patient_id": "p", "tables": "1.0.0", **empty, **more})


FULL = report(
    facts=(FACT,),
    ignored=(Ignored("Observation", "o1", "entered in error"), Ignored("Observation", "", "about another patient")),
    conflicts=(Conflict("baseline.labs.ldh", "LDH", ("180 U/L", "300 U/L")),),
    issues=(
        Issue("error", "Observation", "o2", "no status"),
        Issue("warning", "", "", "a display that does not fit its code"),
        Issue("information", "Procedure", "bad id'", "preliminary\x00"),
    ),
    completeness={
        "patient": Completeness.COMPLETE, "conditions": Completeness.NOT_SUPPLIED, "labs": Completeness.NO_DATA,
        "mrd": Completeness.FAILED, "reports": Completeness.PAGED,
    },
)  # fmt: skip


def holes(value: Any, path: str = "") -> list[str]:
    """Where nulls, empty lists, empty mappings and empty texts stand."""
    if value is None or value in ([], {}, ""):
        return [path or "/"]
    if isinstance(value, dict):
        return [hole for key, inner in value.items() for hole in holes(inner, f"{path}/{key}")]
    if isinstance(value, list):
        return [hole for index, inner in enumerate(value) for hole in holes(inner, f"{path}/{index}")]
    return []


@pytest.mark.parametrize("given", [report(), report(facts=(FACT,)), FULL], ids=["empty", "well", "full"])
def test_it_is_r4_without_holes(given: ImportReport) -> None:
    found = operation_outcome(given)
    parsed = OperationOutcome.model_validate(found)
    assert len(parsed.issue) == len(found["issue"]) >= 1
    assert holes(found) == []
    assert {issue["severity"] for issue in found["issue"]} <= SEVERITIES
    assert {issue["code"] for issue in found["issue"]} <= CODES


def test_the_check_for_holes_finds_them() -> None:
    assert holes({"a": None, "b": [{"c": []}], "d": {}, "e": "", "f": 0, "g": False}) == ["/a", "/b/0/c", "/d", "/e"]


def test_everything_that_happened_is_said_once_with_its_severity_and_code() -> None:
    issues = operation_outcome(FULL)["issue"]
    assert [(issue["severity"], issue["code"], issue["diagnostics"], issue.get("expression")) for issue in issues] == [
        ("warning", "incomplete", "conditions was not supplied, so nothing is known about it", None),
        ("information", "informational", "labs: the client says that it has none", None),
        ("warning", "incomplete", "mrd could not be obtained: an OperationOutcome stood in its place", None),
        ("warning", "incomplete", "reports is only a part: further pages were not handed over", None),
        (
            "warning", "conflict",
            "LDH (baseline.labs.ldh): 180 U/L; 300 U/L. None was chosen: it is left unknown", None,
        ),
        ("error", "processing", "Observation/o2: no status", ["Observation.where(id='o2')"]),
        ("warning", "processing", "a display that does not fit its code", None),
        ("information", "informational", "Procedure/bad id': preliminary", ["Procedure"]),
        (
            "information", "not-supported", "Observation/o1: not used: entered in error",
            ["Observation.where(id='o1')"],
        ),
        ("information", "not-supported", "Observation: not used: about another patient", ["Observation"]),
    ]  # fmt: skip


def test_when_all_went_well_it_says_so() -> None:
    found = operation_outcome(report(facts=(FACT,), completeness={"patient": Completeness.COMPLETE}))
    assert found["issue"] == [
        {
            "severity": "information",
            "code": "informational",
            "diagnostics": "everything handed over was read: 1 facts taken, with code tables 1.0.0",
        }
    ]


@pytest.mark.parametrize("state", list(Completeness))
def test_an_incomplete_part_is_a_warning_exactly_when_the_report_calls_it_incomplete(state: Completeness) -> None:
    given = report(completeness={"mrd": state})
    codes = [issue["code"] for issue in operation_outcome(given)["issue"]]
    assert ("incomplete" in codes) is not given.complete


def test_the_same_report_gives_the_same_bytes() -> None:
    assert json.dumps(operation_outcome(FULL)) == json.dumps(operation_outcome(FULL))


@pytest.mark.parametrize(("text", "wanted"), [("", "(no text)"), (" \n", "(no text)"), ("a\x07b\tc ", "ab\tc")])
def test_text_is_what_a_fhir_string_may_hold(text: str, wanted: str) -> None:
    assert fhir_text(text) == wanted
