"""Whatever comes in at the door: a patient, or a message that says what is wrong. Nothing else gets past the reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Patient
from mrdguide.errors import PatientError
from mrdguide.patient.reader import read_patient_text

from .effort import law
from .judging import judged
from .patients import Profile, profiles

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
# Words and keys that mean something somewhere in a profile, so that the fuzz gets past the first door.
WORDS = st.sampled_from([
    "id", "diagnosis", "disease", "multiple-myeloma", "baseline", "labs", "ldh", "value", "unit", "U/L", "mg/dL",
    "cytogenetics", "del_17p", "status", "absent", "present", "fraction", "therapy", "phase", "maintenance", "start",
    "end", "mrd", "date", "2026-09-10", "2026", "2026-13", "result", "detected", "level", "quality", "imaging", "events",
    "kind", "progression", "birth_year", "toxicities", "responses", "surveillance", "feasible", "__proto__", "",
])  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-2, 2030), st.floats(), st.floats(0, 1), TEXT, WORDS
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(st.one_of(WORDS, TEXT), inside, max_size=5)),
    max_leaves=20,
)


def patient_or_problems(read: Callable[[], Patient]) -> Patient | None:
    """A patient, or None when the reader said what is wrong; anything else it raises goes through."""
    try:
        patient = read()
    except PatientError as refused:
        problems = refused.problems
    else:
        assert isinstance(patient, Patient)
        return patient
    assert problems
    assert all(problem.message and str(problem) for problem in problems)
    return None


def as_yaml(profile: Profile) -> str:
    """YAML without aliases: `safe_dump` writes one wherever a Python object stands in two places."""
    return yaml.safe_dump(json.loads(json.dumps(profile)))


@law(400)
@given(ANYTHING)
@example({})
@example({"id": {"id": []}, "diagnosis": "mgus"})
@example({"id": "x", "diagnosis": {"disease": "mgus"}, "mrd": {"date": "2026"}})
@example({"id": "x", "diagnosis": {"disease": "mgus"}, "baseline": {"labs": {"ldh": [1, "U/L"]}}})
def test_any_value_gives_a_patient_or_problems(value: Any) -> None:
    patient_or_problems(lambda: mrdguide.read_patient(value))


@st.composite
def mutated(draw: st.DrawFn) -> Profile:
    """A readable profile with one or two values replaced, taken away, or a key added."""
    profile = deepcopy(draw(profiles()))
    for _ in range(draw(st.integers(1, 2))):
        here: Any = profile
        while True:
            keys: list[Any] = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and draw(st.booleans()):
                here = here[key]
                continue
            change = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
            if change == "replace":
                here[key] = draw(ANYTHING)
            elif change == "remove":
                del here[key]
            elif isinstance(here, dict):
                here[draw(st.one_of(WORDS, TEXT))] = draw(ANYTHING)
            break
    return profile


@law(300)
@given(mutated())
def test_a_damaged_profile_is_refused_with_problems_or_judged_like_any_other(profile: Profile) -> None:
    patient = patient_or_problems(lambda: mrdguide.read_patient(profile))
    if patient is not None:
        assert json.loads(judged(profile).to_json())["outcome"]


@law(300)
@given(st.one_of(TEXT, st.text("-:[]{},#&*!|>'\"%@`? \n\tabc019", max_size=60)))
def test_any_text_gives_a_patient_or_problems(text: str) -> None:
    patient_or_problems(lambda: read_patient_text(text, "a text"))


@law(150)
@given(data=st.data(), profile=profiles())
def test_a_damaged_file_gives_a_patient_or_problems_with_their_place(data: st.DataObject, profile: Profile) -> None:
    text = as_yaml(profile) if data.draw(st.booleans()) else json.dumps(profile, indent=1)
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 5))
    damaged = text[:start] + data.draw(TEXT) + text[start + length :]
    patient_or_problems(lambda: read_patient_text(damaged, "a text"))


@law(100)
@given(profile=profiles())
def test_a_profile_reads_the_same_as_a_dict_as_yaml_and_as_json(profile: Profile) -> None:
    patient = mrdguide.read_patient(profile)
    assert read_patient_text(as_yaml(profile), "yaml") == patient
    assert read_patient_text(json.dumps(profile), "json") == patient
    assert mrdguide.read_patient(patient.model_dump(mode="json", exclude_unset=True)) == patient


@law(60)
@given(st.binary(max_size=60))
def test_any_file_gives_a_patient_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz", numbered=True) / "patient.yaml"
    path.write_bytes(content)
    patient_or_problems(lambda: mrdguide.read_patient(path))


@pytest.mark.parametrize("text", [
    "&a [*a, *a, *a]",
    "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 12))]),
    "[" * 3000 + "]" * 3000,
    "{a: " * 200 + "}" * 200,
    "!!python/object/apply:os.system [echo]",
    "id: x\n---\nid: y",
    "birth_year: " + "9" * 5000,
    "\ud800",
    "\0",
    "",
], ids=["cycle", "many aliases", "deep list", "deep mapping", "object tag", "two documents", "huge number", "half a sign", "null sign", "nothing"])  # fmt: skip
def test_hostile_text_is_refused(text: str) -> None:
    assert patient_or_problems(lambda: read_patient_text(text, "a text")) is None


@pytest.mark.parametrize(
    "source", [None, 3, 2.5, True, [], b"id: x", object(), Path("no/such/file.yaml"), "no/such/file.yaml", "\0"]
)
def test_what_is_no_profile_at_all_is_refused(source: Any) -> None:
    assert patient_or_problems(lambda: mrdguide.read_patient(source)) is None


def test_a_profile_nested_into_itself_is_refused() -> None:
    profile: dict[str, Any] = {"id": "x", "diagnosis": {"disease": "mgus"}}
    profile["baseline"] = profile
    assert patient_or_problems(lambda: mrdguide.read_patient(profile)) is None
