"""Requests generated from the OpenAPI document, as it describes them and against it: answers as it says, no 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings

from ..laws.effort import law
from .client import BASE, Client, client_of

_APP = create_app(Settings(base_url=BASE, record=""))
_SCHEMA = schemathesis.openapi.from_dict(_APP.openapi())
_CHECKS = [content_type_conformance, not_a_server_error, response_schema_conformance, status_code_conformance]
_FOUND: Any = _SCHEMA.get_all_operations()
_OPERATIONS = [found.ok() for found in _FOUND]
# What has no body cannot be asked for wrongly.
_TRIED = [(found, GenerationMode.POSITIVE) for found in _OPERATIONS] + [
    (found, GenerationMode.NEGATIVE) for found in _OPERATIONS if found.method == "post"
]


@pytest.fixture(scope="module")
def served() -> Iterator[Client]:
    with client_of(_APP) as found:
        yield found


@pytest.mark.parametrize(
    ("operation", "mode"), _TRIED, ids=[f"{operation.label} {mode.value}" for operation, mode in _TRIED]
)
def test_the_service_answers_as_the_document_says(operation: Any, mode: GenerationMode, served: Client) -> None:

    @settings(law(60), suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        sent = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        answer = served.call(sent.method or "", sent.path_url, headers=dict(sent.headers), content=sent.body)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=_CHECKS)

    check()
