"""What a rule rests on and what rests on it; what a profile can hold."""

from __future__ import annotations

import pytest

import mrdguide
from mrdguide.authoring.profile_facts import profile_facts
from mrdguide.authoring.uses import citing, readers, users, uses_text
from mrdguide.errors import UsageError
from mrdguide.logic.operators.reference import references
from mrdguide.patient.facts import catalogue


def test_a_caution_down_to_its_facts_and_up_to_the_answers(shipped_rules: mrdguide.RuleBook) -> None:
    assert uses_text(shipped_rules, "caution.high-ldh").splitlines()[1:] == [
        "  rests on:",
        f"    risk.ldh-high: {shipped_rules.rules['risk.ldh-high'].title}",
        "      facts: baseline.labs.ldh",
        "  cites: sato2025",
        "  used by:",
        "    caution.any: At least one caution",
        "      outcome cessation-supported",
        "      invariant never.supported-with-a-caution",
    ]


def test_a_fact_leads_to_every_criterion_that_reads_it(shipped_rules: mrdguide.RuleBook) -> None:
    assert "risk.ldh-high" in readers(shipped_rules, "baseline.labs.ldh")
    assert set(readers(shipped_rules, "mrd[*].level")) == set(readers(shipped_rules, "mrd"))
    text = uses_text(shipped_rules, "baseline.labs.ldh")
    assert "read by:" in text
    assert "caution.high-ldh" in text
    assert "read by no rule" in uses_text(shipped_rules, "considered.frailty")


def test_an_entry_of_the_evidence_leads_to_all_that_cite_it(shipped_rules: mrdguide.RuleBook) -> None:
    named = {who for who, _ in citing(shipped_rules, "costa2023")}
    assert {"block.two-hrca", "caution.one-hrca", "envelope.standard-risk"} <= named
    assert "block.two-hrca" in uses_text(shipped_rules, "costa2023")


def test_users_are_those_whose_condition_names_it(shipped_rules: mrdguide.RuleBook) -> None:
    for name in shipped_rules.rules:
        for user in users(shipped_rules, name):
            assert name in references(shipped_rules.decider.derived_rules[user])


@pytest.mark.parametrize(
    "name", ["cessation-supported", "perseus", "r-iss", "never.stop-with-two-hrca", "trial-option"]
)
def test_outcomes_studies_schemes_and_invariants_have_uses_too(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert "rests on:" in uses_text(shipped_rules, name)


def test_a_word_that_is_nothing_is_refused_with_what_may_be_meant(shipped_rules: mrdguide.RuleBook) -> None:
    with pytest.raises(UsageError, match=r"did you mean 'caution.high-ldh'"):
        uses_text(shipped_rules, "caution.high-ldl")


def test_facts_are_all_that_a_rule_may_name_and_the_fields_of_lists() -> None:
    paths = {fact.path: fact for fact in profile_facts()}
    assert set(catalogue()) <= {path for path, fact in paths.items() if fact.named_by_rules}
    assert {"mrd[*].limit_of_detection", "therapy[*].phase", "imaging[*].deauville_focal", "markers[*].kappa"} <= set(
        paths
    )
    assert "NGS" in paths["mrd[*].method"].holds


def test_every_word_of_a_search_must_fit() -> None:
    assert {fact.path for fact in profile_facts() if fact.fits(["ldh"])} == {"baseline.labs.ldh"}
    assert {fact.path for fact in profile_facts() if fact.fits(["mrd", "limit"])} == {"mrd[*].limit_of_detection"}
