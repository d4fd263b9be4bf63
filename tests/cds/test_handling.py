"""What a call is answered with: cards, 400 with the field and the fix, or 412."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

import mrdguide
from mrdguide import cds
from mrdguide.intake.fhir.import_report import Completeness

from .calls import AS_OF, PATIENT, bundle, call, condition, patient, prefetch, report_on, without
from .response_schema import RESPONSE

_OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
_NEXT = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}


def _card(shipped_rules: mrdguide.RuleBook, data: dict[str, Any]) -> dict[str, Any]:
    answer = cds.handle(call(data), rules=shipped_rules, as_of=AS_OF)
    jsonschema.validate(answer, RESPONSE)
    [card] = answer["cards"]
    found: dict[str, Any] = card
    return found


@pytest.mark.parametrize(("request_body", "field"), [
    ([], "the request"), ("text", "the request"), (None, "the request"), (7, "the request"),
    (without(call(), "hook"), "hook"), (call(hook="order-sign"), "hook"), (call(hook=["patient-view"]), "hook"),
    (without(call(), "hookInstance"), "hookInstance"), (call(hookInstance="1"), "hookInstance"),
    (call(hookInstance=5), "hookInstance"), (without(call(), "context"), "context"), (call(context=[]), "context"),
    (call(context={"patientId": PATIENT}), "context.userId"), (call(context={"userId": "P/1"}), "context.patientId"),
    (call(context={"userId": "P/1", "patientId": ""}), "context.patientId"),
    (call(context={"userId": "P/1", "patientId": "x" * 500}), "context.patientId"),
    (call(fhirServer="not an address"), "fhirServer"), (call(fhirServer="http://[broken"), "fhirServer"),
    (call(fhirAuthorization={}), "fhirServer"), (call(fhirAuthorization=1), "fhirAuthorization"),
    (call(prefetch=[]), "prefetch"), (call(prefetch={"patient": 5}), "prefetch.patient"),
    (call(prefetch="text"), "prefetch"),
])  # fmt: skip
def test_a_malformed_call_is_told_the_field_and_the_fix(request_body: Any, field: str) -> None:
    with pytest.raises(cds.MalformedRequest) as caught:
        cds.handle(request_body)
    assert caught.value.status == 400
    assert caught.value.message.startswith(f"{field}: ")
    assert "; " in caught.value.message or "must" in caught.value.message


def test_a_refusal_repeats_nothing_of_the_record() -> None:
    with pytest.raises(cds.MalformedRequest) as caught:
        cds.handle(call(prefetch={"Jane Doe, born 1950": "secret"}))
    assert "Jane" not in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("request_body", [
    without(call(), "prefetch"), call(prefetch=None), call(prefetch={}), call(without(prefetch(), "patient")),
    call(prefetch(patient=None)), call(prefetch(patient=_OUTCOME)), call(prefetch(patient=patient("somebody-else"))),
    call(prefetch(patient=bundle())), call(prefetch(patient={"resourceType": "Patient"})),
    call(prefetch(conditions=_OUTCOME)), call(without(prefetch(), "conditions")),
    call(prefetch(conditions=bundle(**_NEXT))),
], ids=range(12))  # fmt: skip
def test_without_a_usable_patient_the_precondition_fails(request_body: dict[str, Any]) -> None:
    with pytest.raises(cds.NoUsableData) as caught:
        cds.handle(request_body, as_of=AS_OF)
    assert caught.value.status == 412


def test_another_patient_under_another_key_is_found_out() -> None:
    data = without(prefetch(), "patient")
    data["conditions"] = bundle({**condition(), "subject": {"reference": "Patient/somebody-else"}})
    with pytest.raises(cds.NoUsableData, match="not the patient of context"):
        cds.handle(call({**data, "who": patient("somebody-else")}), as_of=AS_OF)


def test_fhir_r5_is_refused_as_malformed() -> None:
    r5 = {
        "resourceType": "MedicationRequest", "id": "m", "medication": {"concept": {"text": "lenalidomide"}},
        "subject": {"reference": f"Patient/{PATIENT}"},
    }  # fmt: skip
    with pytest.raises(cds.MalformedRequest, match="R5"):
        cds.handle(call(prefetch(requests=bundle(r5))), as_of=AS_OF)


def test_missing_clinical_data_give_a_card_that_says_so(shipped_rules: mrdguide.RuleBook) -> None:
    card = _card(shipped_rules, prefetch())
    assert card["detail"].startswith(("# Not enough is known", "# Out of scope"))


@pytest.mark.parametrize(("state", "words"), [
    ("absent", "observations was not supplied"), ("outcome", "observations could not be read"),
    ("paged", "observations is one page of several"),
])  # fmt: skip
def test_three_ways_of_being_incomplete_are_told_apart(
    state: str, words: str, shipped_rules: mrdguide.RuleBook
) -> None:
    data = {
        "absent": without(prefetch(), "observations"), "outcome": prefetch(observations=_OUTCOME),
        "paged": prefetch(observations=bundle(**_NEXT)),
    }[state]  # fmt: skip
    card = _card(shipped_rules, data)
    assert card["indicator"] == "warning"
    assert words in card["detail"]
    assert "# Not enough is known\n" in card["detail"]


def test_null_means_that_there_is_nothing(shipped_rules: mrdguide.RuleBook) -> None:
    card = _card(shipped_rules, prefetch(observations=None))
    assert "not complete" not in card["detail"]
    assert not card["summary"].startswith("Record incomplete")


def test_servers_without_specimens_and_statements_leave_no_gap(shipped_rules: mrdguide.RuleBook) -> None:
    card = _card(shipped_rules, without(without(prefetch(), "specimens"), "statements"))
    assert "not complete" not in card["detail"]


@pytest.mark.parametrize("data", [
    prefetch(conditions=bundle(condition("E11.9"))), prefetch(conditions=None), prefetch(conditions=bundle()),
    prefetch(conditions=bundle(total=0, link=[{"relation": "self", "url": "https://ehr.example"}])),
], ids=["another disease", "null", "empty", "empty with its own address"])  # fmt: skip
def test_without_myeloma_there_is_nothing_to_say(data: dict[str, Any], shipped_rules: mrdguide.RuleBook) -> None:
    assert cds.handle(call(data), rules=shipped_rules, as_of=AS_OF) == {"cards": []}


def test_gaps_elsewhere_do_not_make_the_service_fail_at_every_chart(shipped_rules: mrdguide.RuleBook) -> None:
    for conditions in (bundle(condition("E11.9")), bundle(), None):
        data = prefetch(conditions=conditions, observations=bundle(**_NEXT), procedures=_OUTCOME)
        assert cds.handle(call(data), rules=shipped_rules, as_of=AS_OF) == {"cards": []}


def test_a_list_of_conditions_with_gaps_does_not_show_that_there_is_no_myeloma() -> None:
    for more in (_NEXT, {"total": 7}):
        with pytest.raises(cds.NoUsableData):
            cds.handle(call(prefetch(conditions=bundle(condition("E11.9"), **more))), as_of=AS_OF)


def test_a_site_may_want_cards_without_myeloma_too(shipped_rules: mrdguide.RuleBook) -> None:
    data = prefetch(conditions=bundle(condition("E11.9")))
    answer = cds.handle(call(data), rules=shipped_rules, as_of=AS_OF, without_myeloma=True)
    assert "# Out of scope\n" in answer["cards"][0]["detail"]


def test_a_profile_that_is_about_another_patient_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = mrdguide.read_patient({"id": "other", "diagnosis": {"disease": "multiple-myeloma"}})
    other = report_on(profile, observations=Completeness.COMPLETE)
    object.__setattr__(other, "patient_id", "other")
    monkeypatch.setattr("mrdguide.fhir.read", lambda *_, **__: (profile, other))
    with pytest.raises(cds.NoUsableData):
        cds.handle(call(), as_of=AS_OF)
