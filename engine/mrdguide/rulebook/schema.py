"""JSON Schemas (draft 2020-12) of what people write: patient profiles, rule files and evidence entries."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonRef, JsonSchemaValue, models_json_schema

from ..evidence.model import EvidenceEntry
from ..logic.operator import EXPRESSION_SCHEMA, Operator, operators
from ..patient.profile import Patient
from ..rulefiles.model import RuleFile

NAMES = ("patient", "rules", "evidence")
EXPRESSION = JsonRef(EXPRESSION_SCHEMA["$ref"])
_PARAMETER = {"type": "string", "pattern": r"^\$[a-z0-9]", "description": "the name of a parameter: $id"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `patient`, `rules` or `evidence`."""
    if name == "rules":
        return _rules()
    models: dict[str, type[BaseModel]] = {"patient": Patient, "evidence": EvidenceEntry}
    return {"$schema": _DIALECT, **models[name].model_json_schema()}


class _WithExpressions(GenerateJsonSchema):
    """Leaves the reference to `expression`, which no model defines, as it is."""

    def get_schema_from_definitions(self, json_ref: JsonRef) -> JsonSchemaValue | None:
        return {} if json_ref == EXPRESSION else super().get_schema_from_definitions(json_ref)


def _rules() -> dict[str, Any]:
    """The rule file's schema, with every operator of the rule language under `$defs/expression`."""
    kinds = operators()
    _, schemas = models_json_schema(
        [(RuleFile, "validation"), *((kind, "validation") for kind in kinds.values())],
        schema_generator=_WithExpressions,
    )
    definitions = schemas["$defs"]
    body = definitions.pop("RuleFile")
    choices: list[dict[str, Any]] = [{"type": "string", "description": "the id of a criterion or conclusion"}]
    for keyword, kind in kinds.items():
        choices.append(
            {
                "type": "object", "properties": {keyword: _parameters(kind)}, "required": [keyword],
                "additionalProperties": False, "description": (kind.__doc__ or "").strip().splitlines()[0],
            }
        )  # fmt: skip
    definitions["expression"] = {"oneOf": choices}
    parameter = definitions.pop("Parameter")
    found: dict[str, Any] = _or_a_parameter({**body, "$defs": definitions})
    found["$defs"]["Parameter"] = parameter
    return {"$schema": _DIALECT, **found}


def _or_a_parameter(value: Any) -> Any:
    """The schema with every number also allowed as the name of a parameter; parameters themselves hold numbers."""
    if isinstance(value, list):
        return [_or_a_parameter(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ("integer", "number"):
        return {"anyOf": [value, _PARAMETER]}
    return {key: _or_a_parameter(item) for key, item in value.items()}


def _parameters(kind: type[Operator]) -> dict[str, Any]:
    """What stands behind the keyword: a mapping, or the operator's own short form."""
    return kind.short_form or {"$ref": f"#/$defs/{kind.__name__}"}


# A number may be given by the name of a parameter.
_BY_NAME = {"type": "string", "pattern": r"^\$[a-z0-9][a-z0-9._-]*$"}


def _by_name_too(found: Any) -> Any:
    """A schema in which every number may be written as the name of a parameter."""
    if isinstance(found, list):
        return [_by_name_too(item) for item in found]
    if not isinstance(found, dict):
        return found
    if found.get("type") in ("number", "integer"):
        told = {key: found[key] for key in ("title", "description", "default") if key in found}
        return {**told, "anyOf": [{key: value for key, value in found.items() if key not in told}, _BY_NAME]}
    return {key: _by_name_too(value) for key, value in found.items()}
