"""What a profile, a rule file and an evidence file may hold, from their JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrdguide.authoring.editor import live_schema
from mrdguide.rulebook.book import RuleBook

from .markdown import code, heading, label, link, marked, page, table

_Schema = Mapping[str, Any]
_TITLES = {
    "patient": ("The profile of a patient", "profile", "What a profile may hold. Everything but `id` and the diagnosis may be left out, and "
                "is unknown then. `mrdguide schema patient` prints the JSON Schema, `mrdguide rules facts` searches it."),
    "rules": ("Rule files", "rule-files", "Every key that a file of `rules/`, or of a layer, may hold. `mrdguide schema rules` prints the "
              "JSON Schema; [the operators](operators.md) are what stands behind `when`."),
    "evidence": ("Evidence files", "evidence-files", "Every key of an entry of the evidence. `mrdguide schema evidence` prints the JSON "
                 "Schema."),
}  # fmt: skip
_RANGES = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "unknown (null)",
}


def schema_pages(rules: RuleBook) -> Mapping[str, str]:
    """A page for each schema by its path."""
    return {f"reference/{place}.md": _page(name, rules) for name, (_, place, _) in _TITLES.items()}


def _page(name: str, rules: RuleBook) -> str:
    title, place, introduction = _TITLES[name]
    schema = live_schema(name, rules)
    own = {
        key: value for key, value in schema["$defs"].items() if "properties" in value and not _is_operator(value, rules)
    }
    parts = [
        f"{heading(2, key, label(place, key))}\n\n{marked(value.get('description', ''))}\n\n{keys(value, place, own)}"
        for key, value in own.items()
    ]
    return page(heading(1, title, label("all", place)), introduction, keys(schema, place, own), *parts)


def _is_operator(schema: _Schema, rules: RuleBook) -> bool:
    """Operators have a page of their own."""
    from mrdguide.logic.operator import operators

    return schema.get("title") in {kind.__name__ for kind in operators().values()}


def keys(schema: _Schema, place: str, linked: Mapping[str, Any]) -> str:
    """The keys of a mapping as a table: what each holds, whether it must be there, what it means."""
    required = schema.get("required", ())
    rows = (
        (code(key), holds(value, place, linked), "yes" if key in required else "", marked(value.get("description", "")))
        for key, value in schema.get("properties", {}).items()
    )
    return table(("key", "holds", "must be there", "meaning"), rows)


def holds(schema: _Schema, place: str, linked: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        if name == "expression":
            return link("condition", "all-operators")
        return link(name, label(place, name)) if name in linked else name
    if "enum" in schema:
        return " or ".join(code("null" if value is None else value) for value in schema["enum"])
    if "const" in schema:
        return code(schema["const"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(holds(item, place, linked) for item in schema[several]))
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {holds(schema.get('items', {}), place, linked) or 'anything'}"
    if kind == "object":
        return (
            f"mapping to {holds(extra, place, linked)}"
            if isinstance(extra := schema.get("additionalProperties"), Mapping)
            else "mapping"
        )
    kinds = [kind] if isinstance(kind, str) else kind
    limits = [
        f"{words} {schema[limit]:g}" for limit, words in _RANGES.items() if isinstance(schema.get(limit), int | float)
    ]
    return ", ".join([" or ".join(_PLAIN.get(item, item) for item in kinds if item), *limits])
