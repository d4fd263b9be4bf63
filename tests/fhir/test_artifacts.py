"""What the project publishes in FHIR is valid R4 and says what the reader reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from mrdguide import fhir
from mrdguide.cli import main
from mrdguide.fhir.mrd_observation import _COMPONENTS
from mrdguide.fhir.terminology import MEANING, OWN
from mrdguide.intake.fhir.codes import load_table
from mrdguide.intake.fhir.codes.table import IRRELEVANT

ARTIFACTS = {f"{item['resourceType']}/{item['id']}": item for item in fhir.artifacts()}
TABLE = load_table()


@pytest.mark.parametrize("name", ARTIFACTS)
def test_each_is_a_valid_resource_that_says_it_is_a_draft(name: str) -> None:
    resource = ARTIFACTS[name]
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert resource["status"] == "draft"
    assert resource["experimental"] is True
    assert resource["url"].startswith("urn:mrdguide:")


def test_addresses_are_unique_and_every_reference_among_them_is_answered() -> None:
    urls = [item["url"] for item in ARTIFACTS.values()]
    assert len(set(urls)) == len(urls)
    named = set(re.findall(r"urn:mrdguide:fhir:[A-Za-z]+:[a-z-]+", str(list(ARTIFACTS.values()))))
    assert named <= set(urls)


def _coded(name: str) -> set[tuple[str, str]]:
    """The codes of a value set as the reader's table holds them."""
    include = ARTIFACTS[f"ValueSet/{name}"]["compose"]["include"]
    return {TABLE.key(part["system"], item["code"]) for part in include for item in part.get("concept", ())}


def test_value_sets_hold_the_codes_of_the_table_and_no_other() -> None:
    kinds = {meaning.kind for meaning in TABLE.codes.values()} - {IRRELEVANT}
    for kind in kinds:
        assert _coded(f"codes-of-{kind}") == {key for key, meaning in TABLE.codes.items() if meaning.kind == kind}
    assert _coded("codes-of-value") == set(TABLE.values)


def test_families_of_codes_are_filters_that_fit_with_and_without_their_dot() -> None:
    include = ARTIFACTS["ValueSet/codes-of-unread"]["compose"]["include"]
    patterns = {
        (TABLE.key(part["system"], "")[0], item["value"]) for part in include for item in part.get("filter", ())
    }
    starts = {(system, start) for system, some in TABLE.prefixes.items() for start in some}
    for system, start in starts:
        if TABLE.prefixes[system][start].kind == "unread":
            for code in (f"{start}9", f"{start[:3]}.{start[3:]}9" if len(start) >= 3 else f"{start}9"):
                assert any(name == system and re.fullmatch(pattern, code) for name, pattern in patterns)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("codes-to-meanings", {key: meaning.means for key, meaning in TABLE.codes.items()}),
        ("values-to-meanings", TABLE.values),
    ],
)
def test_concept_maps_say_what_the_reader_reads(name: str, expected: dict[tuple[str, str], str]) -> None:
    groups = ARTIFACTS[f"ConceptMap/{name}"]["group"]
    assert {group["target"] for group in groups} == {MEANING}
    assert {
        TABLE.key(group["source"], item["code"]): item["target"][0]["code"]
        for group in groups
        for item in group["element"]
    } == expected
    known = {item["code"] for item in ARTIFACTS["CodeSystem/meanings"]["concept"]}
    assert set(expected.values()) <= known


def _profiled(**parts: Any) -> dict[str, Any]:
    """A Bundle with one result as the profile asks for it."""
    own = {"coding": [{"system": OWN, "code": "mrd"}]}
    values: dict[str, dict[str, Any]] = {
        "Quantity": {"valueQuantity": {"value": 1e-6, "system": "http://unitsofmeasure.org", "code": "1"}},
        "boolean": {"valueBoolean": False},
    }
    components = [
        {"code": {"coding": [{"system": OWN, "code": code}]}, **values[kind]}
        for code, _, kind, _ in _COMPONENTS
        if code != "cells-analysed"
    ]
    result = {
        "resourceType": "Observation", "id": "o1", "status": "final", "code": own, "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-01", "method": {"coding": [{"system": OWN, "code": "NGS"}]},
        "valueCodeableConcept": {"coding": [{"system": OWN, "code": "absent"}]},
        "specimen": {"reference": "Specimen/s1"}, "component": components, **parts,
    }  # fmt: skip
    marrow = {"coding": [{"system": "http://snomed.info/sct", "code": "119359002"}]}
    condition = {
        "resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "onsetDateTime": "2019-05-01",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C90.00"}]},
    }  # fmt: skip
    specimen = {"resourceType": "Specimen", "id": "s1", "subject": {"reference": "Patient/p1"}, "type": marrow}
    resources = [{"resourceType": "Patient", "id": "p1"}, condition, specimen, result]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in resources]}


def test_a_result_as_the_profile_asks_for_it_is_read_whole() -> None:
    patient, _ = fhir.read(_profiled())
    [test] = patient.mrd
    assert (test.result, test.method, test.specimen, test.limit_of_detection) == ("not-detected", "NGS", "marrow", 1e-6)
    quality = test.quality
    assert (quality.first_pull, quality.hemodiluted, quality.trackable_clone) == (False, False, False)


def _least(path: str) -> int:
    elements = ARTIFACTS["StructureDefinition/mrd-observation"]["differential"]["element"]
    return next((item.get("min", 0) for item in elements if item["path"] == f"Observation.{path}"), 0)


@pytest.mark.parametrize("name", ["method", "specimen", "effectiveDateTime"])
def test_what_the_profile_requires_cannot_be_left_out_of_a_negative(name: str) -> None:
    assert _least({"effectiveDateTime": "effective[x]"}.get(name, name)) == 1
    patient, _ = fhir.read(_profiled(**{name: None}))
    [test] = patient.mrd
    assert None in (test.method, test.specimen, test.date)


def test_the_command_writes_one_file_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fhir", "artifacts", str(tmp_path / "new")]) == 0
    assert len(list((tmp_path / "new").iterdir())) == len(ARTIFACTS)
    (tmp_path / "file").write_text("")
    assert main(["fhir", "artifacts", str(tmp_path / "file")]) != 0
    assert "cannot write the folder" in capsys.readouterr().err
