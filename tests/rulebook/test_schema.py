"""The exported JSON Schemas accept what mrdguide accepts in practice, and refuse what it refuses."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mrdguide.patient import read_patient
from mrdguide.reading.document import read_file, read_text
from mrdguide.rulebook.schema import NAMES, schema

ROOT = Path(__file__).parents[2]
PROFILES = sorted(path for path in (ROOT / "examples").glob("*.yaml") if path.name != "cases.yaml")
RULES = sorted((ROOT / "rules").rglob("*.yaml"))
EVIDENCE = sorted(path for path in (ROOT / "evidence").rglob("*.yaml") if path.name != "glossary.yaml")


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def complaints(name: str, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(data)]


def data_of(path: Path) -> Any:
    document = read_file(path)
    assert document.problems == []
    return document.data


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", NAMES)
def test_is_a_json_schema_of_draft_2020_12(name: str) -> None:
    found = schema(name)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(found)


@pytest.mark.parametrize("path", PROFILES, ids=relative)
def test_accepts_the_example_profiles(path: Path) -> None:
    assert complaints("patient", data_of(path)) == []


@pytest.mark.parametrize("path", RULES, ids=relative)
def test_accepts_the_shipped_rules(path: Path) -> None:
    assert complaints("rules", data_of(path)) == []


@pytest.mark.parametrize("path", EVIDENCE, ids=relative)
def test_accepts_the_shipped_evidence(path: Path) -> None:
    assert complaints("evidence", data_of(path)) == []


def changed(original: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with one value set; the value `...` removes the key."""
    copy = deepcopy(original)
    here = copy
    for part in path[:-1]:
        here = here[part]
    if value is ...:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), ...),
        (("diagnosis",), ...),
        (("diagnosis", "disease"), "myeloma"),
        (("birthyear",), 1961),
        (("birth_year",), "1961"),
        (("ecog",), 9),
        (("baseline", "labs", "ldh", "unit"), ...),
        (("baseline", "labs", "ldh", "value"), "high"),
        (("baseline", "cytogenetics", "del_17p"), "negative"),
        (("therapy", 0, "phase"), "maintainance"),
        (("mrd", 0, "level"), 2),
        (("mrd", 0, "result"), "negative"),
        (("mrd", 0, "date"), "soon"),
        (("imaging", 0, "deauville_focal"), 6),
        (("surveillance", "feasible"), "yes"),
    ],
)
def test_refuses_a_wrong_profile(path: tuple[Any, ...], value: Any) -> None:
    good = data_of(ROOT / "examples" / "cessation-supported.yaml")
    assert set(complaints("patient", changed(good, path, value))) - set(complaints("patient", good))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("baseline",), None),
        (("baseline", "labs"), None),
        (("baseline", "cytogenetics", "del_17p"), None),
        (("baseline", "cytogenetics", "del_17p"), "absent"),
        (("baseline", "extramedullary_disease"), "failed"),
        (("functional_high_risk",), "present"),
        (("mrd",), None),
        (("mrd", 0, "quality"), None),
    ],
)
def test_takes_null_for_left_out_and_a_bare_word_for_a_status(path: tuple[Any, ...], value: Any) -> None:
    """As reading does."""
    given = changed(data_of(ROOT / "examples" / "cessation-supported.yaml"), path, value)
    assert complaints("patient", given) == []
    assert read_patient(given)


GOOD_RULE = """
criteria:
  - id: risk.extra
    title: An extra criterion
    absence: unknown
    when: {all: [{mrd_now: {threshold: 1e-5, within: 6}}, {not: {present: baseline.cytogenetics.t_4_14}}]}
"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("criteria", 0, "absence"), ...),
        (("criteria", 0, "absence"), "absent"),
        (("criteria", 0, "cite"), ["derman2024"]),
        (("criteria", 0, "id"), "Risk Extra"),
        (("criteria", 0, "when"), {"mrd_run_of": {}}),
        (("criteria", 0, "when"), {"mrd_now": {"threshold": 1e-5}}),
        (("criteria", 0, "when"), {"mrd_now": {"threshold": 0.5, "within": 6}}),
        (("criteria", 0, "when"), {"mrd_now": {"threshold": 1e-5, "within": 6, "withn": 7}}),
        (("criteria", 0, "when"), {"any": []}),
        (("criteria", 0, "when"), {"not": {"nothing": 1}}),
        (("criteria", 0, "when"), {"all": ["a"], "any": ["b"]}),
        (("criterions",), []),
    ],
)
def test_refuses_wrong_rules(path: tuple[Any, ...], value: Any) -> None:
    good = read_text(GOOD_RULE, "test").data
    assert complaints("rules", good) == []
    assert complaints("rules", changed(good, path, value)) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "trial"),
        (("informs",), []),
        (("citation", "verified"), ...),
        (("citation", "DOI"), "doi:10.1000/x"),
        (("sources", "abstract", "url"), "the abstract"),
        (("findings", 0, "arm"), []),
        (("population", "n"), -1),
        (("reference",), 46),
    ],
)
def test_refuses_wrong_evidence(path: tuple[Any, ...], value: Any) -> None:
    good = data_of(ROOT / "evidence" / "studies" / "derman2024.yaml")
    assert set(complaints("evidence", changed(good, path, value))) - set(complaints("evidence", good))
