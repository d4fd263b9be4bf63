"""`mrdguide fhir`: what was read from a bundle, and the profile that it becomes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import mrdguide
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

from ..intake.fhir.bundles import bundle
from . import DAY, Run, refused

EXAMPLE = examples()[0]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(read_file(EXAMPLE.path).data)), encoding="utf-8")
    return path


def test_check_says_where_every_fact_came_from(run: Run, record: Path) -> None:
    found = run("fhir", "check", record, COLUMNS="160")
    assert found.status == 0
    for words in ("mrd[0]", "Observation/", "urn:mrdguide:code|mrd", "All that was given was read"):
        assert words in found.out


def test_check_as_json(run: Run, record: Path) -> None:
    found = json.loads(run("fhir", "check", record, "--format", "json").out)
    assert {fact["path"] for fact in found["facts"]} >= {"diagnosis", "mrd[0]", "imaging[1]", "baseline.labs.ldh"}


def test_the_profile_evaluates_as_the_example_does(run: Run, record: Path, tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    assert run("fhir", "profile", record, "--output", profile).status == 0
    found = json.loads(run("evaluate", profile, *DAY, "--format", "json").out)
    assert found["outcome"] == mrdguide.evaluate(EXAMPLE.path, as_of=EXAMPLE.as_of).outcome


def test_a_compressed_record_and_standard_input(run: Run, record: Path, tmp_path: Path) -> None:
    packed = tmp_path / "bundle.json.gz"
    packed.write_bytes(gzip.compress(record.read_bytes()))
    plain = run("fhir", "check", record).out
    assert run("fhir", "check", packed).out == plain
    assert run("fhir", "check", "-", stdin=record.read_bytes()).out == plain


def test_a_site_file_that_is_wrong_is_pointed_at(run: Run, record: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: ours\nversion: '1'\ncodess: []\n", encoding="utf-8")
    refused(run("fhir", "check", record, "--site", site), "site.yaml:3", "did you mean 'codes'?")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "no Patient resource"),
        ('{"a": 1}', "expected a resource"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_bad_input_gets_one_message(run: Run, content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    refused(run("fhir", "check", path), words)
    refused(run("fhir", "check", tmp_path / "nowhere.json"), "cannot be read")


def test_the_answer_as_a_guidance_response(run: Run, record: Path) -> None:
    found = json.loads(run("fhir", "respond", record, "--as-of", str(EXAMPLE.as_of)).out)
    assert (found["resourceType"], found["status"]) == ("GuidanceResponse", "success")
    assert f'"{mrdguide.evaluate(EXAMPLE.path, as_of=EXAMPLE.as_of).outcome}"' in json.dumps(found)
