"""The JSON form of an answer is what its types say: nothing undocumented, nothing that Python has not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mrdguide.answer.answer import Answer
from mrdguide.answer.schema import KEYS, answer_schema, field_descriptions

from ..examples import NAMES, evaluated

every_example = pytest.mark.parametrize("name", NAMES)


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(answer_schema())


@cache
def plain(name: str) -> Any:
    return json.loads(evaluated(name).to_json())


def parts_of(answer: Answer) -> Iterator[Any]:
    """Every dataclass that an answer holds, however deep, but for the profile's own entries."""
    queue: list[Any] = [getattr(answer, key) for key in KEYS]
    while queue:
        found = queue.pop()
        if dataclasses.is_dataclass(found):
            yield found
            queue += [getattr(found, field.name) for field in dataclasses.fields(found)]
        elif isinstance(found, Mapping):
            queue += found.values()
        elif isinstance(found, tuple):
            queue += found


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(inner)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(answer_schema())
    assert answer_schema() == answer_schema()


@every_example
def test_every_example_fits_the_schema(name: str) -> None:
    assert [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(plain(name))] == []
    assert tuple(plain(name)) == KEYS


def test_an_undocumented_key_anywhere_is_a_mistake() -> None:
    """Wherever the schema names the keys; a mapping by id takes any id, but only a whole result behind it."""
    whole = json.loads(json.dumps(plain("insufficient-risk-unknown")))
    found = list(objects_in(whole))
    assert len(found) > 300
    missed = []
    for each in found[::11]:
        each["undocumented"] = 1
        missed += [each] if validator().is_valid(whole) else []
        del each["undocumented"]
    assert missed == []
    assert validator().is_valid(whole)


@every_example
def test_every_key_is_an_attribute_of_the_same_name(name: str) -> None:
    answer = evaluated(name)
    assert all(hasattr(answer, key) for key in plain(name))
    for part in parts_of(answer):
        renamed = {"class": "class_"}
        for key, value in part.to_dict().items():
            held = getattr(part, renamed.get(key, key))
            assert not isinstance(value, str | int | float) or value in (held, str(held))


def test_what_an_answer_holds_is_frozen_slotted_and_documented() -> None:
    kinds = {type(part) for name in NAMES for part in parts_of(evaluated(name))}
    assert len(kinds) == 21
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind
        assert "__slots__" in vars(kind), kind
        assert {field.name for field in dataclasses.fields(kind)} == set(field_descriptions(kind)), kind


@every_example
def test_former_names_say_the_same(name: str) -> None:
    answer, said = evaluated(name), plain(name)
    assert (answer.plans, answer.notes) == (answer.followup_in_studies, answer.ignored_entries)
    assert (said["plans"], said["notes"]) == (said["followup_in_studies"], said["ignored_entries"])


def test_every_key_of_the_schema_says_what_it_means() -> None:
    for found in objects_in(answer_schema()):
        for name, field in found.get("properties", {}).items() if isinstance(found.get("properties"), dict) else ():
            assert field.get("description"), name
