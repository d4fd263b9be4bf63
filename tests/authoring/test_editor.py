"""Schemas for editors: every key described, live ids, and everything shipped is valid by them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import mrdguide
from mrdguide.authoring.editor import SCHEMAS, files, live_schema, merged
from mrdguide.reading.document import read_file

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "rules": sorted((ROOT / "rules").rglob("*.yaml")),
    "evidence": sorted(path for path in (ROOT / "evidence").glob("*/*.yaml")),
    "patient": sorted(path for path in (ROOT / "examples").glob("*.yaml") if path.name != "cases.yaml"),
    "cases": sorted((ROOT / "tests" / "cases").glob("*.yaml")),
    "teaching": [ROOT / "examples" / "cases.yaml"],
}


@pytest.fixture(scope="module")
def schemas(shipped_rules: mrdguide.RuleBook) -> dict[str, dict[str, Any]]:
    return {name: live_schema(name, shipped_rules) for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    found = schemas[name]
    without = [
        f"{model}.{key}"
        for model, definition in {"": found, **found["$defs"]}.items()
        for key, inner in definition.get("properties", {}).items()
        if "description" not in inner
    ]
    assert without == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_shipped_is_valid(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    Draft202012Validator.check_schema(schemas[name])
    validator = Draft202012Validator(schemas[name])
    assert SHIPPED[name]
    for path in SHIPPED[name]:
        found = [f"{path.name}: {list(item.absolute_path)}" for item in validator.iter_errors(read_file(path).data)]
        assert found == []


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("enum", ())
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def test_ids_are_those_of_the_rule_book(
    schemas: dict[str, dict[str, Any]], shipped_rules: mrdguide.RuleBook, tmp_path: Path
) -> None:
    words = set(_words(schemas["rules"]))
    assert {*shipped_rules.rules, "match:terpos2025", "baseline.labs.ldh", "terpos2025#tfs-3-years"} <= words
    own = "cautions:\n  - {id: caution.own, title: Our own, when: risk.ldh-high, why: An example., cites: [sato2025]}\n"
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    assert "caution.own" not in words
    layered = mrdguide.load_rules(*shipped_rules.folders, tmp_path)
    assert "caution.own" in set(_words(live_schema("rules", layered)))


def test_a_word_that_is_no_outcome_and_a_fact_that_is_none_are_underlined(schemas: dict[str, dict[str, Any]]) -> None:
    case = {"name": "a", "why": "So.", "expect": {"outcome": "contine", "possible_outcomes": ["continue"]}}
    found = list(Draft202012Validator(schemas["cases"]).iter_errors({"cases": [case]}))
    assert [list(item.absolute_path)[-1] for item in found] == ["outcome"]
    criterion = {
        "id": "a",
        "title": "Some",
        "absence": "unknown",
        "when": {"one_of": {"fact": "fdg_avid", "values": [True]}},
    }
    assert not Draft202012Validator(schemas["rules"]).is_valid({"criteria": [criterion]})
    criterion["when"] = {"one_of": {"fact": "baseline.fdg_avid", "values": [True]}}
    assert Draft202012Validator(schemas["rules"]).is_valid({"criteria": [criterion]})


def test_settings_name_every_schema_and_keep_what_was_there(shipped_rules: mrdguide.RuleBook) -> None:
    written = dict(files(shipped_rules))
    assert {f".vscode/mrdguide/{name}.json" for name in SCHEMAS} < set(written)
    before = {"editor.tabSize": 2, "yaml.schemas": {"https://example.org/a.json": "a.yaml"}}
    after = merged(before, {"yaml.schemas": {"./b.json": ["b.yaml"]}, "yaml.hover": True})
    assert after["editor.tabSize"] == 2
    assert after["yaml.schemas"] == {"https://example.org/a.json": "a.yaml", "./b.json": ["b.yaml"]}
