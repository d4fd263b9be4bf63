"""The bodies of requests and answers, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from ..cds.errors import MalformedRequest


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
    try:
        return EvaluateRequest.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        told = [
            f"{'.'.join(map(str, item['loc'])) or 'the body'}: {item['msg'].removeprefix('Value error, ')}"
            for item in found[:5]
        ]
        raise MalformedRequest("; ".join(told)) from None
