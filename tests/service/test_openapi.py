"""The OpenAPI document says what the service does."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from mrdguide import cds
from mrdguide.service.models import EvaluateRequest, HookRequest, body_of

from ..cds.calls import call
from .client import Client


def _operations(client: Client) -> dict[str, Any]:
    document = client.get("/openapi.json").json()
    return {f"{method} {path}": found for path, item in document["paths"].items() for method, found in item.items()}


_FHIR = ("get /metadata", "get /OperationDefinition/evaluate", "post /$evaluate")


def test_every_route_is_described_with_its_refusals(client: Client) -> None:
    found = _operations(client)
    assert set(found) == {
        "get /cds-services", "post /cds-services/{service_id}", "post /cds-services/{service_id}/feedback",
        "post /evaluate", "get /reports/{token}", "get /reports/{token}/calendar.ics", "get /health", "get /ready", "get /metrics",
        "get /metadata", "get /OperationDefinition/evaluate", "post /$evaluate",
    }  # fmt: skip
    for name, operation in found.items():
        assert operation["summary"], name
        assert operation["description"], name
        refusals = {status: item for status, item in operation["responses"].items() if status != "200"}
        assert {"500", "503"} <= set(refusals), name
        assert "422" not in refusals, name
        kind, shape = ("application/fhir+json", "FhirResource") if name in _FHIR else ("application/json", "Failure")
        for item in refusals.values():
            assert item["content"][kind]["schema"] == {"$ref": f"#/components/schemas/{shape}"}
        if name.startswith("post"):
            assert {"400", "401", "408", "413"} <= set(refusals), name
            assert operation["requestBody"]["required"]


def test_the_one_service_is_named(client: Client) -> None:
    [parameter] = _operations(client)["post /cds-services/{service_id}"]["parameters"]
    assert parameter["schema"]["enum"] == [cds.SERVICE_ID]


def _schema(model: Any) -> Any:
    return body_of(model)["requestBody"]["content"]["application/json"]["schema"]


def test_the_schema_of_a_call_fits_a_call() -> None:
    jsonschema.validate(call(), _schema(HookRequest))


@pytest.mark.parametrize(("body", "fits"), [
    ({"profile": {}}, True), ({"bundle": {}, "as_of": "2026-11-21"}, True), ({"profile": {}, "bundle": None}, True), ({}, False),
    ({"profile": {}, "bundle": {}}, False), ({"profile": None}, False), ({"profile": {}, "as_of": "today"}, False),
    ({"profile": {}, "more": 1}, False),
])  # fmt: skip
def test_the_schema_of_an_evaluation_takes_one_of_two(body: Any, fits: bool) -> None:
    assert jsonschema.Draft202012Validator(_schema(EvaluateRequest)).is_valid(body) is fits
