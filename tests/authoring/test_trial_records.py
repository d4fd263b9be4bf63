"""Records of ClinicalTrials.gov (invented, in the form of its API v2): what they change, and that nothing else changes."""

from __future__ import annotations

import json
import shutil
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from mrdguide.authoring.trial_records import StandingChange, changes, read_records
from mrdguide.errors import UsageError
from mrdguide.evidence import load_library
from mrdguide.reading.shipped import folder

TRIAL, READ = "NCT05192122", "2026-11-27"


def record(trial: str = TRIAL, **status: Any) -> dict[str, Any]:
    usual = {
        "overallStatus": "RECRUITING", "startDateStruct": {"date": "2021-12-14", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": "2028-01", "type": "ESTIMATED"},
        "completionDateStruct": {"date": "2029-01"}, "lastUpdatePostDateStruct": {"date": "2026-10-18", "type": "ACTUAL"},
        "statusVerifiedDate": "2026-10",
    }  # fmt: skip
    return {
        "protocolSection": {
            "identificationModule": {"nctId": trial, "briefTitle": "An invented trial"},
            "statusModule": {**usual, **status},
            "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 50, "type": "ESTIMATED"}},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}}, "hasResults": False,
    }  # fmt: skip


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    for name in ("freedmm", "giri2025", "costa2023"):
        shutil.copy(folder("evidence") / "studies" / f"{name}.yaml", tmp_path)
    return tmp_path


def applied(evidence: Path, given: dict[str, Any], *, written: bool = True) -> list[StandingChange]:
    (read,) = read_records(given, "trial.json")
    found = list(changes(load_library(evidence), read, READ))
    for change in found:
        if written and change.content is not None:
            change.path.write_bytes(change.content)
    return found


def test_the_standing_is_taken_from_the_record_with_its_place(evidence: Path) -> None:
    before = (evidence / "freedmm.yaml").read_text(encoding="utf-8")
    (change,) = applied(evidence, record())
    assert change.lines == (
        "status: not recorded -> RECRUITING",
        "start: not recorded -> 2021-12-14 (actual)",
        "primary completion: not recorded -> 2028-01 (estimated)",
        "completion: not recorded -> 2029-01 (actual or estimated: not said)",
        "enrolment: not recorded -> 50 (estimated)",
        "has results: not recorded -> no",
        "updated: not recorded -> 2026-10-18",
    )
    library = load_library(evidence)
    assert library.check() == []
    entry = library.entry("freedmm")
    standing = entry.registrations[0].standing
    assert standing is not None
    source = entry.sources[standing.source]
    assert (source.url, source.level, source.read) == (f"https://clinicaltrials.gov/study/{TRIAL}", "registry", READ)
    assert source.locator == "registry record, version of 2026-10-18"
    after = (evidence / "freedmm.yaml").read_text(encoding="utf-8")
    lost = [line[1:] for line in unified_diff(before.splitlines(), after.splitlines(), n=0) if line.startswith("-  ")]
    assert lost == [f"  - {{id: {TRIAL}, source: registry, verified: true}}"]


def test_it_is_shown_with_the_study(evidence: Path) -> None:
    applied(evidence, record(overallStatus="TERMINATED", whyStopped="slow\n accrual"))
    assert (
        load_library(evidence)
        .shown("freedmm")
        .summary.endswith(
            "NCT05192122 (record of 2026-10-18): terminated (slow accrual), 50 planned, completion 2029-01, "
            "no results at the registry"
        )
    )


def test_a_newer_record_takes_the_place_of_the_older_and_never_the_other_way_round(evidence: Path) -> None:
    applied(evidence, record())
    newer = record(overallStatus="COMPLETED", lastUpdatePostDateStruct={"date": "2026-11-20"})
    assert [change.lines for change in applied(evidence, newer)] == [
        ("status: RECRUITING -> COMPLETED", "updated: 2026-10-18 -> 2026-11-20")
    ]
    assert [change.lines for change in applied(evidence, newer)] == [()]
    content = (evidence / "freedmm.yaml").read_bytes()
    (change,) = applied(evidence, record())
    assert change.content is None
    assert "older than the one that was read, of 2026-11-20" in change.lines[0]
    assert (evidence / "freedmm.yaml").read_bytes() == content
    assert content.count(b"standing:") == 1
    assert content.count(b"https://clinicaltrials.gov/study/") == 1


def test_every_entry_that_names_the_trial_is_changed(evidence: Path) -> None:
    found = applied(evidence, record("NCT03224507"))
    assert [change.entry for change in found] == ["costa2023", "giri2025"]
    assert load_library(evidence).check() == []
    assert applied(evidence, record("NCT00000000")) == []


@pytest.mark.parametrize("form", [lambda one: one, lambda one: [one], lambda one: {"studies": [one], "totalCount": 1}])
def test_the_forms_in_which_records_are_downloaded(form: Any) -> None:
    assert [item.id for item in read_records(form(record()), "trial.json")] == [TRIAL]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no study in it"),
        ([], "no study in it"),
        ("text", "no study in it"),
        ({"studies": {}}, "study.protocolSection is missing"),
        ({"protocolSection": {}, "hasResults": False}, "identificationModule is missing"),
        ([record(), {"protocolSection": 3, "hasResults": True}], r"study\[1\].protocolSection cannot be read"),
        (record("NCT12"), "nctId cannot be read"),
        (record(overallStatus="GOING_ON"), "overallStatus cannot be read"),
        (record(startDateStruct={"date": "spring 2021"}), "startDateStruct.date cannot be read"),
        ({**record(), "hasResults": "perhaps"}, "hasResults cannot be read"),
    ],
)
def test_a_bad_file_gets_one_message(given: Any, said: str) -> None:
    with pytest.raises(UsageError, match=rf"^trial.json: .*{said}.*ClinicalTrials.gov") as caught:
        read_records(json.loads(json.dumps(given)), "trial.json")
    assert len(str(caught.value).splitlines()) == 1
