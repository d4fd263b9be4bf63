"""For editors: JSON Schemas with a description for every key and with the ids, facts and studies that there are, and the
settings with which VS Code's YAML extension uses them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..patient.facts import catalogue
from ..reading.document import read_file
from ..rulebook.book import RuleBook
from ..rulebook.schema import schema
from ..teach.examples import Index
from .cases import CaseFile

SCHEMAS = ("rules", "evidence", "patient", "cases", "teaching")
# Which files of a folder are what. The YAML extension takes the first pattern that fits.
_FILES = {
    "rules": ["rules/**/*.yaml"],
    "evidence": ["evidence/studies/*.yaml", "evidence/guidelines/*.yaml", "evidence/definitions/*.yaml"],
    "patient": ["examples/[!c]*.yaml", "patients/**/*.yaml"],
    "cases": ["tests/**/*.yaml"],
    "teaching": ["**/cases.yaml"],
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files(rules: RuleBook) -> Iterator[tuple[str, str]]:
    """Every file of the settings, relative to the folder that is opened in the editor: (path, content)."""
    associated = {f"./.vscode/mrdguide/{name}.json": _FILES[name] for name in SCHEMAS}
    settings = {"yaml.schemas": associated, "yaml.validate": True, "yaml.hover": True, "yaml.completion": True}
    yield ".vscode/settings.json", _json(settings)
    yield ".vscode/extensions.json", _json({"recommendations": ["redhat.vscode-yaml"]})
    for name in SCHEMAS:
        yield f".vscode/mrdguide/{name}.json", _json(live_schema(name, rules))


def merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that are there with ours added; those that only concern us are replaced."""
    result = dict(before)
    for key, value in after.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = {**old, **value}
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = [*old, *(item for item in value if item not in old)]
        else:
            result[key] = value
    return result


def live_schema(name: str, rules: RuleBook) -> dict[str, Any]:
    """A schema that knows the ids of a rule book: `rules`, `evidence`, `patient`, `cases` or `teaching`."""
    if name in ("cases", "teaching"):
        model = CaseFile if name == "cases" else Index
        found = {"$schema": _DIALECT, **model.model_json_schema()}
    else:
        found = schema(name, rules.local_facts.values())
    _describe(found)
    if name == "rules":
        _name_rules(found["$defs"], rules)
    elif name in ("cases", "teaching"):
        _name_answers(found["$defs"], rules)
    return found


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


@cache
def _descriptions() -> dict[str, str]:
    data = read_file(Path(__file__).parent / "descriptions.yaml").data
    return {str(key): str(value) for key, value in data.items()}


def _describe(found: dict[str, Any]) -> None:
    """Put a description on every key that has none."""
    known = _descriptions()
    for model, definition in {"": found, **found.get("$defs", {})}.items():
        for key, inner in definition.get("properties", {}).items():
            text = known.get(f"{model or found.get('title', '')}.{key}") or known.get(key)
            if "description" not in inner and text:
                inner["description"] = text


def _name_rules(definitions: dict[str, Any], rules: RuleBook) -> None:
    """The ids that an expression, a citation and a fact may be. What is written anew is not known here: the check knows it."""
    patterns = [name for name in rules.decider.index_of if name.startswith(("protocol:", "match:"))]
    references = {name: rules.rules[name].title for name in rules.rules}
    references |= {name: "a study's pattern" for name in patterns if name.count(":") == 1}
    studies = {entry_id: rules.evidence.entry(entry_id).called for entry_id in rules.evidence.ids}
    definitions["citation"] = _suggested(dict(_citations(rules)))
    definitions["fact"] = _listed({path: fact.label for path, fact in {**catalogue(), **rules.local_facts}.items()})
    for choice in definitions["expression"]["oneOf"]:
        if choice.get("type") == "string":
            choice.update(_suggested(references))
    for definition in definitions.values():
        for key, inner in definition.get("properties", {}).items():
            if key == "cites" and "items" in inner:
                inner["items"] = {"$ref": "#/$defs/citation"}
            elif key == "fact" and inner.get("type") == "string":
                definition["properties"][key] = {"$ref": "#/$defs/fact", "description": inner["description"]}
            elif key == "study" and inner.get("type") == "string":
                inner.update(_suggested(studies))


def _name_answers(definitions: dict[str, Any], rules: RuleBook) -> None:
    decision = rules.decision
    outcomes = [*(item.id for item in decision.outcomes), decision.insufficient.id]
    for name in ("Expect", "Expected"):
        properties = definitions.get(name, {}).get("properties", {})
        if properties:
            properties["outcome"]["enum"] = outcomes
            properties["possible_outcomes"]["items"] = {"type": "string", "enum": outcomes[:-1]}
            values = properties["verdicts"].pop("additionalProperties", {"type": "string"})
            properties["verdicts"]["properties"] = {
                rule_id: {**values, "description": rule.title} for rule_id, rule in rules.rules.items()
            }
            properties["verdicts"]["additionalProperties"] = values


def _listed(names: Mapping[str, str]) -> dict[str, Any]:
    return {"enum": list(names), "markdownEnumDescriptions": list(names.values())}


def _suggested(names: Mapping[str, str]) -> dict[str, Any]:
    """Names to choose from, and any other text."""
    return {"anyOf": [_listed(names), {"type": "string"}]}


def _citations(rules: RuleBook) -> Iterator[tuple[str, str]]:
    for entry_id in rules.evidence.ids:
        entry = rules.evidence.entry(entry_id)
        yield entry_id, entry.name
        yield from ((f"{entry_id}#{finding.id}", f"{entry.name}: {finding.measure}") for finding in entry.findings)
