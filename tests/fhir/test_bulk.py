"""Bulk exports: every patient is answered as if alone, whatever the files, their order, and what is wrong in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mrdguide import fhir
from mrdguide.cli import main
from mrdguide.errors import FhirError
from mrdguide.fhir.bulk import patients
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

from ..intake.fhir.bundles import bundle

CHOSEN = [
    item
    for item in examples()
    if item.file in ("cessation-supported.yaml", "treat-relapse.yaml", "continue-near-miss.yaml")
]


def _own(number: int, resource: dict[str, Any]) -> dict[str, Any]:
    """The resources of one patient under names of their own."""
    text = json.dumps(resource)
    found: dict[str, Any] = json.loads(
        text.replace('"Patient/', f'"Patient/n{number}-').replace('"Specimen/', f'"Specimen/n{number}-')
    )
    return {**found, "id": f"n{number}-{found['id']}"} if "id" in found else found


def _export(folder: Path, *, backwards: bool = False, packed: bool = False) -> list[Path]:
    """One file for each type, patients among each other."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for number, example in enumerate(CHOSEN):
        for entry in bundle(read_file(example.path).data)["entry"]:
            resource = _own(number, entry["resource"])
            by_type.setdefault(resource["resourceType"], []).append(resource)
    files = []
    for kind, resources in by_type.items():
        lines = [json.dumps(item) for item in (reversed(resources) if backwards else resources)]
        path = folder / f"{kind}.ndjson"
        content = ("\n".join(lines) + "\n").encode()
        path.write_bytes(gzip.compress(content) if packed else content)
        files.append(path)
    return sorted(files, reverse=backwards)


def _add(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")


def _answers(files: list[Path], out: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    line = ["fhir", "evaluate", *map(str, files), "--as-of", CHOSEN[0].as_of, "--output", str(out)]
    assert main(line) == 0
    found = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    assert f"{len(found)} patients" in capsys.readouterr().err
    return found


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_each_patient_gets_the_answer_of_its_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], backwards: bool, packed: bool
) -> None:
    found = _answers(_export(tmp_path, backwards=backwards, packed=packed), tmp_path / "out.json", capsys)
    assert [item["outcome"] for item in found] == [example.expected.outcome for example in CHOSEN]
    assert all(item["record_whole"] for item in found)


def test_a_line_that_cannot_be_read_leaves_every_record_incomplete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = _export(tmp_path)
    _add(tmp_path / "Observation.ndjson", '{"resourceType": "Observation", "id": \n')
    found = _answers(files, tmp_path / "out.json", capsys)
    assert not any(item["record_whole"] for item in found)
    assert {item["outcome"] for item in found}.isdisjoint({"cessation-supported", "cessation-conditional"})


def test_a_resource_that_names_nobody_is_handed_over_with_everybody(tmp_path: Path) -> None:
    files = _export(tmp_path)
    _add(tmp_path / "Observation.ndjson", '{"resourceType": "Observation", "id": "whose", "status": "final"}\n')
    for _, resources in patients(files):
        assert [item["id"] for item in resources if item["id"] == "whose"] == ["whose"]


def test_a_patient_that_cannot_be_evaluated_is_a_line_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = _export(tmp_path)
    _add(tmp_path / "Patient.ndjson", '{"resourceType": "Patient", "id": "alone"}\n')
    found = _answers(files, tmp_path / "out.json", capsys)
    [alone] = [item for item in found if item["patient"] == "alone"]
    assert "Condition" in alone["error"]
    assert len(found) == len(CHOSEN) + 1


def test_references_in_every_form(tmp_path: Path) -> None:
    forms = ("Patient/a", "http://fhir.example/r4/Patient/a", "Patient/a/_history/3")
    lines: list[dict[str, Any]] = [{"resourceType": "Patient", "id": "a"}]
    lines += [
        {"resourceType": "Condition", "id": str(n), "subject": {"reference": form}} for n, form in enumerate(forms)
    ]
    path = tmp_path / "all.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(map(json.dumps, lines)).encode())
    [(name, resources)] = list(patients([path]))
    assert name == "a"
    assert [item["id"] for item in resources] == ["a", "0", "1", "2"]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(FhirError, match="cannot be read"):
        list(patients([tmp_path / "none.ndjson"]))
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8bnot gzip")
    with pytest.raises(FhirError, match="cannot be read"):
        list(patients([tmp_path / "broken.gz"]))
    (tmp_path / "empty.ndjson").write_bytes(b"\n")
    with pytest.raises(FhirError, match="no Patient"):
        list(patients([tmp_path / "empty.ndjson"]))


def test_the_lists_are_what_the_reader_takes(tmp_path: Path) -> None:
    for _, resources in patients(_export(tmp_path)):
        patient, _ = fhir.read(resources)
        assert patient.diagnosis.disease == "multiple-myeloma"


def test_nothing_half_is_left_under_the_name_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("of yesterday", encoding="utf-8")
    assert main(["fhir", "evaluate", str(tmp_path / "none.ndjson"), "--output", str(out)]) != 0
    assert out.read_text(encoding="utf-8") == "of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


RELAPSE = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C90.02"}
OLD, HOLDS = {"reference": "Patient/old"}, {"reference": "Patient/n0-cessation-supported"}


def _linked(kind: str, own: dict[str, str], other: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": own["reference"].partition("/")[2],
        "link": [{"type": kind, "other": other}],
    }


@pytest.mark.parametrize(
    "ties",
    [
        _linked("replaced-by", OLD, HOLDS),
        _linked("seealso", OLD, HOLDS),
        {"resourceType": "Linkage", "id": "l", "item": [{"type": "source", "resource": HOLDS}, {"resource": OLD}]},
        {"resourceType": "Person", "id": "p", "link": [{"target": OLD}, {"target": HOLDS}]},
    ],
    ids=lambda ties: str(ties["resourceType"]),
)
def test_records_of_one_person_are_one_patient(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ties: dict[str, Any]
) -> None:
    files = _export(tmp_path)
    relapse = {"resourceType": "Condition", "id": "new", "subject": OLD, "code": {"coding": [RELAPSE]}}
    _add(tmp_path / "Condition.ndjson", json.dumps({**relapse, "onsetDateTime": "2026-10-04"}) + "\n")
    _add(tmp_path / "Patient.ndjson", json.dumps(ties) + "\n")
    found = {item["patient"]: item.get("outcome") for item in _answers(files, tmp_path / "out.json", capsys)}
    assert len(found) == len(CHOSEN)
    before = dict(zip(sorted(found), (example.expected.outcome for example in CHOSEN), strict=True))
    changed = {name for name in before if found[name] != before[name]}
    assert {name: found[name] for name in changed} == {"n0-cessation-supported": "treat-relapse"}


@pytest.mark.parametrize(
    "news",
    [
        {"resourceType": "Task", "status": "requested", "intent": "order", "for": HOLDS},
        {"resourceType": "Appointment", "status": "booked", "participant": [{"actor": HOLDS}]},
        {"resourceType": "Account", "status": "active", "subject": [HOLDS]},
        {"resourceType": "Group", "type": "person", "actual": True, "member": [{"entity": HOLDS}]},
    ],
    ids=lambda news: str(news["resourceType"]),
)
def test_news_of_one_patient_leaves_the_others_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], news: dict[str, Any]
) -> None:
    files = _export(tmp_path)
    said = {**news, "id": "new", "description": "Relapse of multiple myeloma", "name": "Relapse of multiple myeloma"}
    (tmp_path / "Other.ndjson").write_text(json.dumps(said) + "\n", encoding="utf-8")
    found = _answers([*files, tmp_path / "Other.ndjson"], tmp_path / "out.json", capsys)
    expected = [example.expected.outcome for example in CHOSEN]
    changed = [item["patient"] for item, before in zip(found, expected, strict=True) if item["outcome"] != before]
    assert changed == ["n0-cessation-supported"]


@pytest.mark.parametrize(("activity", "outcome"), [("NULLIFY", "insufficient-data"), ("UPDATE", "cessation-supported")])
def test_a_provenance_reaches_the_patient_whose_result_it_is_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], activity: str, outcome: str
) -> None:
    files = _export(tmp_path)
    results = [json.loads(line) for line in (tmp_path / "Observation.ndjson").read_text(encoding="utf-8").splitlines()]
    own = [item for item in results if item["id"].startswith("n0-")]
    told = {"resourceType": "Provenance", "id": "p", "target": [{"reference": f"Observation/{i['id']}"} for i in own],
            "activity": {"coding": [{"system": "x", "code": activity}]}}  # fmt: skip
    (tmp_path / "Provenance.ndjson").write_text(json.dumps(told) + "\n", encoding="utf-8")
    found = _answers([*files, tmp_path / "Provenance.ndjson"], tmp_path / "out.json", capsys)
    expected = [example.expected.outcome for example in CHOSEN]
    changed = {
        item["patient"]: item["outcome"] for item, old in zip(found, expected, strict=True) if item["outcome"] != old
    }
    assert changed == ({} if outcome == CHOSEN[0].expected.outcome else {"n0-cessation-supported": outcome})
