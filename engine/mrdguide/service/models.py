"""The bodies of requests and answers, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from ..cds.errors import MalformedRequest
from ..errors import Problem
from ..patient.profile import Patient
from ..reading.document import Document
from ..reading.validation import problems_of

_MOST_TOLD = 5
# What people who write YAML are told, in the words of those who send JSON.
_IN_JSON = {"key: value lines": "an object, {...}", 'a list (each entry begins with "- ")': "a list, [...]"}


class EvaluateRequest(BaseModel):
    """One patient, as a profile of this engine or as a FHIR R4 Bundle: one of the two."""

    model_config = ConfigDict(
        extra="forbid",
        title="EvaluateRequest",
        json_schema_extra={
            "oneOf": [
                {
                    "required": ["profile"],
                    "properties": {
                        "profile": {"type": "object"},
                        "bundle": {"type": "null"},
                        "guidance_response": {"const": False},
                    },
                },
                {"required": ["bundle"], "properties": {"bundle": {"type": "object"}, "profile": {"type": "null"}}},
            ]
        },
    )

    profile: dict[str, JsonValue] | None = Field(None, description="a profile; its schema: `mrdguide schema patient`")
    bundle: dict[str, JsonValue] | None = Field(None, description="a FHIR R4 Bundle with one Patient")
    as_of: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = Field(
        None, description="the day to judge on, YYYY-MM-DD (default: today)"
    )
    attested: list[dict[str, JsonValue]] = Field(
        [], description="statements on texts of the bundle that were read: by, date, texts, nothing_found"
    )
    guidance_response: bool = Field(
        False, strict=True, description="whether to answer a bundle with a GuidanceResponse (FHIR R4) as well"
    )

    detail: Literal["full", "short"] = Field(
        "full", description="short: the answer without the reading of every criterion, study and test"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.profile is None) == (self.bundle is None):
            raise ValueError("send either profile or bundle")
        if self.guidance_response and self.bundle is None:
            raise ValueError("a guidance_response is made of a bundle only; a profile names no Patient resource")
        if self.attested and self.bundle is None:
            raise ValueError("attested speaks of texts in a bundle; a profile has its own list of that name")
        return self


class EvaluateAnswer(BaseModel):
    """The recommendation, what became of the FHIR data (null for a profile), and where the report can be opened."""

    model_config = ConfigDict(title="EvaluateAnswer")

    recommendation: dict[str, JsonValue] = Field(description="as `mrdguide evaluate --format json` gives it")
    import_report: dict[str, JsonValue] | None = Field(description="facts taken, ignored resources, conflicts, gaps")
    texts_question: dict[str, JsonValue] | None = Field(
        description="the one question on texts that nobody has read, where each answer leads, and what is asked besides; "
        "null where none leave anything open"
    )
    guidance_response: dict[str, JsonValue] | None = Field(
        description="the answer as GuidanceResponse (FHIR R4), where it was asked for"
    )
    report: str = Field(description="the HTML report: an address below the service's own, for a limited time")


class HookRequest(BaseModel):
    """A call of CDS Hooks 2.0, hook `patient-view`."""

    model_config = ConfigDict(title="HookRequest")

    hook: Literal["patient-view"]
    hookInstance: str = Field(description="a UUID")  # noqa: N815 - the names of the standard
    context: dict[str, JsonValue] = Field(description="userId and patientId")
    prefetch: dict[str, dict[str, JsonValue] | None] | None = Field(None, description="as asked for in /cds-services")
    fhirServer: str | None = Field(None, description="never called")  # noqa: N815
    fhirAuthorization: dict[str, JsonValue] | None = Field(None, description="never used")  # noqa: N815


class HookAnswer(BaseModel):
    """Cards of CDS Hooks 2.0; none where there is nothing to say."""

    model_config = ConfigDict(title="HookAnswer")

    cards: list[dict[str, JsonValue]]


class Services(BaseModel):
    """The discovery document of CDS Hooks 2.0."""

    model_config = ConfigDict(title="Services")

    services: list[dict[str, JsonValue]]


class FeedbackRequest(BaseModel):
    """What clinicians did with cards."""

    model_config = ConfigDict(title="FeedbackRequest")

    feedback: list[dict[str, JsonValue]]


class FhirResource(BaseModel):
    """A resource of FHIR R4."""

    model_config = ConfigDict(title="FhirResource", extra="allow")

    resourceType: str  # noqa: N815 - the name of the standard


class Health(BaseModel):
    """The service answers; by which rules."""

    status: Literal["ok"]
    engine: str
    rules: str
    rules_version: str
    rules_hash: str


class Fault(BaseModel):
    """What is wrong, and what to do about it."""

    status: int
    code: str
    message: str
    request_id: str


class Failure(BaseModel):
    """The one shape of every refusal."""

    error: Fault


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """The body of a request for the OpenAPI document; bodies are read by this package, off the event loop."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(model)}}}}


def _inlined(model: type[BaseModel]) -> dict[str, Any]:
    """The schema without definitions of its own; the only one it could have is that of any JSON value."""
    schema = model.model_json_schema()
    schema.pop("$defs", None)
    return dict(_without_references(schema))


def _without_references(value: Any) -> Any:
    if isinstance(value, dict):
        return {} if "$ref" in value else {name: _without_references(item) for name, item in value.items()}
    return [_without_references(item) for item in value] if isinstance(value, list) else value


def read_evaluate(data: object) -> EvaluateRequest:
    """The request for an evaluation.

    Raises:
        MalformedRequest: the message names each field and what is wrong with it.
    """
    if isinstance(data, dict) and data.get("resourceType") == "Bundle":
        data = {"bundle": data}
    if not isinstance(data, dict):
        raise MalformedRequest('the body: must be an object; send {"profile": {...}} or {"bundle": {...}}')
    _refuse_what_is_not_wrapped(data)
    try:
        return EvaluateRequest.model_validate(data)
    except ValidationError as error:
        found = problems_of(error, Document("the body", data=data), EvaluateRequest)
        raise MalformedRequest("; ".join(map(_told, found[:_MOST_TOLD]))) from None


def _refuse_what_is_not_wrapped(data: dict[str, Any]) -> None:
    """A profile, or a resource, that stands alone in the body: told key by key, nobody would find what is missing."""
    if not data.keys().isdisjoint(EvaluateRequest.model_fields):
        return
    if isinstance(data.get("resourceType"), str):
        kind = data["resourceType"][:40]
        raise MalformedRequest(
            f'the body: is a FHIR {kind} alone; put it into a Bundle, and send {{"bundle": {{...}}}}'
        )
    if not data.keys().isdisjoint(Patient.model_fields):
        raise MalformedRequest('the body: is a profile that stands alone; wrap it: send {"profile": {...}}')


def _told(problem: Problem) -> str:
    """A problem of the body in a line, in the words of JSON."""
    expected = _IN_JSON.get(problem.expected, problem.expected)
    parts = [f"{problem.path or 'the body'}: {problem.message}"]
    parts += [f"expected {expected}"] * bool(expected) + [problem.hint] * bool(problem.hint)
    return ", ".join(parts)
