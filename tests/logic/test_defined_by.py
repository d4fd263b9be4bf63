"""`defined_by`: what the definition of functional high risk says besides."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import judge

RELAPSE = {"defined_by": {"finding": "functional_high_risk", "says": "relapse"}}


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        ({"status": "present", "definition": "relapse within 12 months of transplant"}, "unknown"),
        ({"status": "not-tested", "definition": "Early progression"}, "unknown"),
        ({"status": "absent", "definition": "relapse within 12 months of transplant"}, "not_met"),
        ({"status": "present", "definition": "no relapse; MRD positive after transplant"}, "not_met"),
        ({"status": "present"}, "not_met"),
    ],
)
def test_a_definition_that_is_a_relapse_leaves_it_open(finding: dict[str, Any], verdict: str) -> None:
    assert judge(RELAPSE, absence="not_met", functional_high_risk=finding).verdict == verdict


def test_what_is_asked_is_whether_it_is_there_and_then_what_happened() -> None:
    said = {"definition": "early relapse"}
    assert judge(RELAPSE, absence="not_met", functional_high_risk=said).needs == ["functional_high_risk"]
    found = judge(RELAPSE, absence="not_met", functional_high_risk={**said, "status": "present"})
    assert found.needs == ["functional_high_risk.definition"]
