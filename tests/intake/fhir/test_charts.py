"""Law: what stands in every chart changes no answer; ordinary negative reports cost one question, and nothing once it is answered."""

from __future__ import annotations

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.fhir.texts_question import NOTHING_FOUND, SOMETHING_FOUND
from mrdguide.teach.examples import Example

from .charts import negative_reports, ordinary
from .test_damage import CASES, SUPPORTED, Resource, answer, observation, written

VISITS = ("2025-11-03", "2026-04-08", "2026-10-05")
SAID = {"by": "treating haematologist", "nothing_found": True}


def subject(items: list[Resource]) -> str:
    return f"Patient/{items[0]['id']}"


@pytest.mark.parametrize("example", CASES, ids=lambda example: str(example.file))
def test_law_two_hundred_ordinary_resources_change_nothing(example: Example, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(example)
    before = answer(items, shipped_rules, example.as_of)
    after = answer([*items, *ordinary(subject(items))], shipped_rules, example.as_of)
    assert (after.outcome, after.possible_outcomes) == (before.outcome, before.possible_outcomes)
    assert [item.path for item in after.missing] == [item.path for item in before.missing]


@pytest.mark.parametrize("example", CASES, ids=lambda example: str(example.file))
def test_law_thirty_negative_reports_cost_one_question(example: Example, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(example)
    before = answer(items, shipped_rules, example.as_of)
    both = [*items, *negative_reports(subject(items), VISITS)]
    patient, report = fhir.read(both)
    open_ = mrdguide.evaluate(patient, rules=shipped_rules, as_of=example.as_of)
    asked = fhir.texts_question(both, open_, report)
    if asked is None:
        assert (open_.outcome, open_.settled) == (before.outcome, True)
        return
    assert len(asked.texts) == 12
    assert len(asked.then.explanation.questions.asked) <= len(before.explanation.questions.asked)
    assert asked.leads_to == {
        NOTHING_FOUND: before.possible_outcomes, SOMETHING_FOUND: open_.possible_outcomes,
    }  # fmt: skip
    said = {**SAID, "date": str(example.as_of), "texts": list(asked.texts)}
    after = mrdguide.evaluate(fhir.read(both, attested=[said])[0], rules=shipped_rules, as_of=example.as_of)
    assert (after.outcome, after.possible_outcomes) == (before.outcome, before.possible_outcomes)
    assert after.attestations[-1].by == SAID["by"]


def test_no_question_on_texts_where_none_leaves_anything_open(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    patient, report = fhir.read(items)
    found = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21")
    assert fhir.texts_question(items, found, report) is None


def test_a_text_on_therapy_is_not_in_the_question_on_disease(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    transplant = {
        "resourceType": "Procedure", "id": "p", "status": "completed", "subject": {"reference": subject(items)},
        "code": {"text": "Allogeneic stem cell transplant"},
    }  # fmt: skip
    text = observation(id="marrow", code={"text": "Marrow MRD by flow"}, valueString="MRD negative")
    both = [*items, transplant, text]
    patient, report = fhir.read(both)
    found = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21")
    asked = fhir.texts_question(both, found, report)
    assert len(report.to_be_read) == 2
    assert asked is not None
    assert [name.partition(":")[0] for name in asked.texts] == ["Observation/marrow"]
    assert not asked.then.settled


def test_a_text_of_after_the_day_judged_is_not_in_it(shipped_rules: mrdguide.RuleBook) -> None:
    """Nobody can have read it on that day."""
    late = observation(
        id="late", code={"text": "Marrow MRD by flow"}, valueString="MRD negative", effectiveDateTime="2026-11-25"
    )
    both = [*written(SUPPORTED), late]
    patient, report = fhir.read(both)
    found = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21")
    assert not found.settled
    assert fhir.texts_question(both, found, report) is None
