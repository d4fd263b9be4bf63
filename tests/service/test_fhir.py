"""The service as a FHIR server knows it: /metadata and $evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.guidanceresponse import GuidanceResponse
from fhir.resources.R4B.operationdefinition import OperationDefinition
from fhir.resources.R4B.operationoutcome import OperationOutcome

from mrdguide.record import DecisionStore
from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings

from ..cds.calls import bundle, condition, patient
from .client import BASE, Client, client_of

FHIR_JSON = "application/fhir+json"


def _parameters(*given: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(given)}


BUNDLE = bundle(patient(), condition())
DATA = {"name": "data", "resource": BUNDLE}
AS_OF = {"name": "asOf", "valueDate": "2026-11-21"}


def test_the_capabilities_are_true(client: Client) -> None:
    answer = client.get("/metadata")
    assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR_JSON)
    CapabilityStatement.model_validate(answer.json())
    [rest] = answer.json()["rest"]
    [operation] = rest["operation"]
    definition = client.get("/OperationDefinition/evaluate").json()
    OperationDefinition.model_validate(definition)
    assert operation["definition"] == definition["url"]
    assert client.post(f"/${operation['name']}", json=_parameters(DATA)).status_code == 200


def test_a_bundle_is_answered_with_a_guidance_response_and_alone_it_is_taken_too(client: Client) -> None:
    answer = client.post("/$evaluate", json=_parameters(DATA, AS_OF))
    assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR_JSON)
    GuidanceResponse.model_validate(answer.json())
    whole = client.post("/evaluate", json={"bundle": BUNDLE, "as_of": "2026-11-21", "guidance_response": True})
    assert answer.json() == whole.json()["guidance_response"]
    assert client.post("/$evaluate", json=BUNDLE).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"resourceType": "Patient"}, 400, "send Parameters"),
        (_parameters(AS_OF), 400, "'data', the Bundle, is missing"),
        (_parameters(DATA, DATA), 400, "given twice"),
        (_parameters({"name": "asof", "valueDate": "2026-11-21"}), 400, "parameter[0].name"),
        (_parameters(DATA, {"name": "asOf", "valueString": "2026-11-21"}), 400, "valueDate"),
        (_parameters(DATA, {"name": "asOf", "valueDate": "2026-13-01"}), 400, "2026-13-01"),
        (_parameters({"name": "data", "resource": bundle(patient(), patient("other"))}), 412, "Patient"),
    ],
)
def test_a_refusal_is_an_operation_outcome(client: Client, body: object, status: int, words: str) -> None:
    answer = client.post("/$evaluate", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, FHIR_JSON)
    OperationOutcome.model_validate(answer.json())
    [issue] = answer.json()["issue"]
    assert issue["severity"] == "error"
    assert words in issue["diagnostics"]


def test_it_is_recorded_like_any_other_answer(tmp_path: Path) -> None:
    store = DecisionStore(tmp_path / "record.db")
    with client_of(create_app(Settings(base_url=BASE, record=""), store=store)) as client:
        assert client.post("/$evaluate", json=BUNDLE).status_code == 200
    assert [entry.kind for entry in store.entries()] == ["evaluation"]
