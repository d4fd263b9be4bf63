"""JSON Schemas (draft 2020-12) of what people write: patient profiles, rule files and evidence entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonRef, JsonSchemaValue, models_json_schema

from ..evidence.model import EvidenceEntry
from ..logic.operator import EXPRESSION_SCHEMA, Operator, operators
from ..patient.facts import ProfileFact
from ..patient.fields import FindingStatus
from ..patient.profile import Patient
from ..rulefiles.model import RuleFile

NAMES = ("patient", "rules", "evidence")
EXPRESSION = JsonRef(EXPRESSION_SCHEMA["$ref"])
_PARAMETER = {"type": "string", "pattern": r"^\$[a-z0-9]", "description": "the name of a parameter: $id"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str, local_facts: Iterable[ProfileFact] = ()) -> dict[str, Any]:
    """The JSON Schema of `patient`, `rules` or `evidence`. `local_facts` are those that layers add to a patient."""
    if name == "rules":
        return _rules()
    models: dict[str, type[BaseModel]] = {"patient": Patient, "evidence": EvidenceEntry}
    found = {"$schema": _DIALECT, **models[name].model_json_schema()}
    if name == "patient" and (facts := tuple(local_facts)):
        local = found["properties"]["local"]
        found["properties"]["local"] = {
            "type": "object", "title": local["title"], "description": local["description"], "default": {},
            "properties": {fact.path.partition(".")[2]: _of_local(fact) for fact in facts}, "additionalProperties": False,
        }  # fmt: skip
    return found


def _of_local(fact: ProfileFact) -> dict[str, Any]:
    """A fact of a layer: what it may hold, or null where it is unknown."""
    told = {"title": fact.label, "description": fact.question}
    if fact.kind in ("word", "finding"):
        words = get_args(FindingStatus) if fact.kind == "finding" else fact.words
        return {**told, "enum": [*words, None]}
    limits = {key: value for key, value in (("minimum", fact.low), ("maximum", fact.high)) if value is not None}
    return {**told, "type": ["boolean" if fact.kind == "flag" else "number", "null"], **limits}


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
