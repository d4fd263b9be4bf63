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
        ("functional_high_risk.anchor", {"functional_high_risk": {"anchor": "first relapse"}}, "functional_high_risk"),
        (
            "toxicities.attributed_to",
            {"toxicities": [{"attributed_to": "lenalidomide"}, {"attributed_to": "relapsed myeloma"}]},
            "toxicities[1].attributed_to",
        ),
        ("considered.therapy_wish", {"considered": {"therapy_wish": "myeloma relapsed"}}, "considered.therapy_wish"),
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


def _comorbid(text: str) -> dict[str, Any]:
    return {"considered": {"comorbidities": [text]}}


def test_a_word_that_needs_another_beside_it_says_nothing_alone() -> None:
    rule = {"said_of": {"in": ["considered.comorbidities"], "topics": ["relapse"], "beside": ["myeloma"]}}
    assert judge(rule, absence="not_met", **_comorbid("progressive kidney disease")).verdict == "not_met"
    assert judge(rule, absence="not_met", **_comorbid("myeloma (progressive)")).verdict == "unknown"
    assert judge(rule, absence="not_met", **_comorbid("myeloma, no progression")).verdict == "not_met"


def test_a_phrase_that_is_passed_over_names_nothing_and_takes_nothing_away() -> None:
    passed_over = ["due to myeloma at diagnosis"]
    rule = {
        "said_of": {"in": ["considered.comorbidities"], "topics": ["plasma-cell-disease"], "passed_over": passed_over}
    }
    fracture = "fracture due to myeloma at diagnosis"
    assert judge(rule, absence="not_met", **_comorbid(fracture)).verdict == "not_met"
    assert judge(rule, absence="not_met", **_comorbid(f"{fracture}, plasmacytoma since")).verdict == "unknown"


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2020-01-05", "not_met"),
        ("2020-05-01", "not_met"),
        ("2020-05-02", "unknown"),
        ("2020", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_certainly_was_there_when_therapy_began_says_nothing_of_a_return(day: str | None, verdict: str) -> None:
    rule = {"said_of": {"in": ["toxicities.attributed_to"], "topics": ["plasma-cell-disease"], "near": 2}}
    therapy = [{"phase": "induction", "line": 1, "start": "2020-03-01", "end": "2020-08-01"}]
    toxicities = [{"date": day, "term": "neuropathy", "attributed_to": "myeloma"}]
    assert judge(rule, absence="not_met", therapy=therapy, toxicities=toxicities).verdict == verdict


@pytest.mark.parametrize(
    ("term", "verdict"),
    [("Mammakarzinom", "unknown"), ("Basalzellkarzinom", "not_met"), ("kein Karzinom", "not_met"), ("rash", "not_met")],
)
def test_a_word_is_known_by_its_ending(term: str, verdict: str) -> None:
    rule = {"said_of": {"in": ["toxicities.term"], "topics": ["malignancy"], "passed_over": ["Basalzellkarzinom"]}}
    assert judge(rule, absence="not_met", toxicities=[{"term": term}]).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # Whoever is not sure denies nothing.
        ("unclear if relapse", "unknown"),
        ("whether the myeloma relapsed", "unknown"),
        ("relapse, if confirmed", "unknown"),
        ("fraglich Rezidiv", "unknown"),
        # A fear, a condition or another person is no news.
        ("restart if the myeloma relapses", "not_met"),
        ("fear of relapse", "not_met"),
        ("high risk of relapse", "not_met"),
        ("mother had a relapse", "not_met"),
    ],
)
def test_a_doubt_is_news_and_a_fear_is_none(text: str, verdict: str) -> None:
    rule = {"said_of": {"in": ["considered.therapy_wish"], "topics": TOPICS}}
    wish: dict[str, Any] = {"considered": {"therapy_wish": text}}
    assert judge(rule, absence="not_met", **wish).verdict == verdict
