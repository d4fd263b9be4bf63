"""The JSON Schema (draft 2020-12) of an answer, made from the types that it holds and from their docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from ..reading.computed import computed
from .answer import Answer
from .attestations import AttestationUsed
from .entries import EntriesInOrder
from .evidence import CitedEntry
from .followup import StudyFollowup
from .interpreted_tests import InterpretedTests
from .layers import LayeredAnswer
from .missing import Missing
from .risk import RiskResult
from .secondary import SecondaryAnswer
from .sides import SideOfScale
from .studies import StudyPattern
from .unobtainable import UnobtainableFact

# The keys of the JSON form in their order; each is a property of `Answer`.
KEYS = (
    "patient", "outcome", "possible_outcomes", "secondary", "certainty", "permissiveness", "stop_possible", "title", "answer", "headline", "because",
    "rule", "options", "sides", "limits", "criteria", "risk", "protocols", "matched_studies", "tests", "missing", "evidence", "cautions", "blocks",
    "remarks", "followup_in_studies", "plans", "ignored_entries", "attestations", "unobtainable", "rests_on", "faults", "notes", "statement", "provenance",
)  # fmt: skip
# Keys that only an answer of rules with layers has.
_OF_LAYERS = ("core_outcome", "decided_by", "layers")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Fields of `Answer` itself, which have no docstring of their own.
_FIELDS = {
    "outcome": "The id of the outcome; insufficient-data while several are possible.",
    "possible_outcomes": "Every outcome that is still possible, by id; one when the answer is settled.",
}
# In the JSON form these are ids; the objects are in `criteria`.
_AS_IDS = {"because": tuple[str, ...]}
# What `answer.py` imports for types only.
_HELD = (
    AttestationUsed, EntriesInOrder, CitedEntry, StudyFollowup, InterpretedTests, Missing, RiskResult, SecondaryAnswer, SideOfScale, StudyPattern,
    UnobtainableFact, LayeredAnswer,
)  # fmt: skip
_NAMES: dict[str, Any] = {"RuleBook": object, **{kind.__name__: kind for kind in _HELD}}
_FIELD_LINE = re.compile(r"(\w+): (.+)")


def answer_schema() -> dict[str, Any]:
    """The JSON Schema of `Answer.to_dict()`. A key that it does not name is a mistake."""
    types = {name: _AS_IDS.get(name) or _type_of(name) for name in (*KEYS, *_OF_LAYERS)}
    keyed, shared = TypeAdapter.json_schemas(
        [(name, "serialization", TypeAdapter(kind)) for name, kind in types.items()],
        ref_template="#/$defs/{model}",
    )
    definitions = shared["$defs"]
    for kind in _dataclasses_in(*types.values()):
        _describe(definitions[kind.__name__], kind)
    return {
        "$schema": _DIALECT,
        "title": "Answer",
        "description": inspect.cleandoc(Answer.__doc__ or ""),
        "type": "object",
        "properties": {
            name: {**keyed[name, "serialization"], "description": _FIELDS.get(name) or _said_of(name)} for name in types
        },
        "required": list(KEYS),
        "additionalProperties": False,
        "$defs": definitions,
    }


def _type_of(name: str) -> Any:
    """The type of a field or property of the answer."""
    found = inspect.getattr_static(Answer, name, None)
    if isinstance(found, computed):
        return get_type_hints(found.func, localns=_NAMES)["return"]
    if isinstance(found, property):
        return get_type_hints(found.fget, localns=_NAMES)["return"]
    return get_type_hints(Answer, localns=_NAMES)[name]


def _said_of(name: str) -> str:
    found = inspect.getattr_static(Answer, name)
    return " ".join(inspect.cleandoc(found.__doc__ or "").split())


def _dataclasses_in(*types: Any) -> set[type]:
    """Every dataclass that some types are made of."""
    found: set[type] = set()
    queue = list(types)
    while queue:
        kind = queue.pop()
        queue += get_args(kind)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in found:
            found.add(kind)
            queue += get_type_hints(kind).values()
    return found


def _describe(definition: dict[str, Any], kind: type) -> None:
    """Close an object against other keys, and say what it and its keys are."""
    described = field_descriptions(kind)
    definition["additionalProperties"] = False
    definition["description"] = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    for name, field in definition["properties"].items():
        field["description"] = described[f"{name}_" if f"{name}_" in described else name]


def field_descriptions(kind: type) -> Mapping[str, str]:
    """What the docstring of a dataclass says of each field: lines `name: text`, also of the classes it extends."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        name = ""
        for text in inspect.cleandoc(base.__dict__.get("__doc__") or "").splitlines():
            match = _FIELD_LINE.fullmatch(text)
            if match is not None and match.group(1) in getattr(base, "__dataclass_fields__", ()):
                name = match.group(1)
                found[name] = match.group(2)
            elif name and text.strip():
                found[name] += f" {text.strip()}"
    return found
