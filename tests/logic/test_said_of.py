"""`said_of`: what a text says whose field is for something else."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import judge

RELAPSE = {"said_of": {"in": ["functional_high_risk.definition"], "topics": ["relapse"]}}


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


TOPICS = ["plasma-cell-disease", "relapse"]


@pytest.mark.parametrize(
    ("place", "facts", "path"),
    [
        ("toxicities.term", {"toxicities": [{"term": "nausea"}, {"term": "plasmacytoma"}]}, "toxicities[1].term"),
        (
            "considered.comorbidities",
            {"considered": {"comorbidities": ["gout", "plasmacytoma"]}},
            "considered.comorbidities[1]",
        ),
        ("attested.note", {"attested": [{"what": "serum-quiet", "value": True, "note": "since relapse"}]}, "attested[0].note"),
        (
            "unobtainable.why",
            {"unobtainable": [{"what": "events", "why": "lost when she relapsed", "by": "board"}]},
            "unobtainable[0].why",
        ),
    ],
)  # fmt: skip
def test_every_place_is_looked_at(place: str, facts: dict[str, Any], path: str) -> None:
    found = judge({"said_of": {"in": [place], "topics": TOPICS}}, absence="not_met", **facts)
    assert (found.verdict, found.needs) == ("unknown", [path])
    assert (
        judge({"said_of": {"in": [place], "topics": ["allogeneic"]}}, absence="not_met", **facts).verdict == "not_met"
    )


def test_a_text_that_is_one_of_those_passed_over_and_nothing_else_says_nothing() -> None:
    rule = {"said_of": {"in": ["considered.comorbidities"], "topics": TOPICS, "unless": ["multiple myeloma"]}}
    listed: dict[str, Any] = {"considered": {"comorbidities": ["Multiple Myeloma"]}}
    assert judge(rule, absence="not_met", **listed).verdict == "not_met"
    relapsed: dict[str, Any] = {"considered": {"comorbidities": ["multiple myeloma, relapsed"]}}
    assert judge(rule, absence="not_met", **relapsed).verdict == "unknown"
