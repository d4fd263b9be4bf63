"""OMOP tables: what they hold is read by their codes, what they cannot hold is unknown, and nothing of them is permissive."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

import pyarrow.parquet as pq

import mrdguide
from mrdguide.cohort.entry import Reject
from mrdguide.cohort.reading_entries import ReadEntry, read_entry
from mrdguide.cohort.sources.found import sources_of
from mrdguide.cohort.sources.omop_resources import form, resource
from mrdguide.cohort.sources.omop_tables import OmopTables
from mrdguide.errors import UsageError
from mrdguide.patient import Patient

from ..commands import Run
from ..commands.conftest import run
from .conftest import AS_OF, Judge

__all__ = ["run"]

Row = dict[str, Any]
PERMISSIVE = {"cessation-supported", "cessation-conditional"}

MYELOMA, IN_RELAPSE, SECOND_CANCER, LENALIDOMIDE, TRANSPLANT, MRD, LDH, PET, BRUISE = range(1, 10)
MALE, GREATER, LESS, PER_LITRE, NOT_FOUND, FOUND = range(20, 26)
CONCEPTS = [
    (MYELOMA, "Multiple myeloma", "SNOMED", "109989006"), (IN_RELAPSE, "Multiple myeloma in relapse", "ICD10CM", "C90.02"),
    (SECOND_CANCER, "Second cancer", "mrdguide", "second-primary-malignancy"), (LENALIDOMIDE, "lenalidomide", "RxNorm", "342369"),
    (TRANSPLANT, "Autologous bone marrow transplant", "SNOMED", "58776007"), (MRD, "Minimal residual disease", "LOINC", "93021-4"),
    (LDH, "Lactate dehydrogenase", "LOINC", "2532-0"), (PET, "PET-CT", "LOINC", "44139-4"), (BRUISE, "Contusion", "Nebraska Lexicon", "1"),
    (MALE, "MALE", "Gender", "M"), (GREATER, ">", "SNOMED", "276139006"), (LESS, "<", "SNOMED", "276138003"),
    (PER_LITRE, "unit per liter", "UCUM", "U/L"), (NOT_FOUND, "Not detected", "SNOMED", "260415000"), (FOUND, "Detected", "SNOMED", "260373001"),
]  # fmt: skip
PERSON = {"person_id": 1, "gender_concept_id": MALE, "year_of_birth": 1961, "month_of_birth": 5, "day_of_birth": ""}


def row(table: str, concept: int, day: str = "2024-03-01", person: int = 1, **more: Any) -> Row:
    columns = form().tables[table]
    return {
        columns.key: 1,
        "person_id": person,
        columns.concept: concept,
        columns.source_concept: 0,
        columns.day: day,
        columns.text: "",
        **more,
    }


def write(folder: Path, **tables: Sequence[Row]) -> Path:
    """A folder of OMOP tables; the concepts above are in it."""
    folder.mkdir(exist_ok=True)
    concepts = [
        dict(zip(("concept_id", "concept_name", "vocabulary_id", "concept_code"), item, strict=True))
        for item in CONCEPTS
    ]
    for name, rows in {
        "person": [PERSON],
        "concept": concepts,
        "condition_occurrence": [row("condition_occurrence", MYELOMA)],
        **tables,
    }.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(
                [
                    {**item, **({} if name in ("concept", "person") else {form().tables[name].key: number})}
                    for number, item in enumerate(rows)
                ]
            )
    return folder


def read(folder: Path) -> list[ReadEntry | Reject]:
    return [read_entry(entry, AS_OF, None, None) for entry in OmopTables(folder).entries()]


def patient(folder: Path) -> Patient:
    [found] = read(folder)
    assert isinstance(found, ReadEntry), found
    return found.patient


def judged(folder: Path) -> mrdguide.Recommendation:
    return mrdguide.evaluate(patient(folder), as_of=AS_OF)


def test_what_omop_holds_is_read_by_its_codes(tmp_path: Path) -> None:
    found = patient(write(
        tmp_path / "omop",
        drug_exposure=[row("drug_exposure", LENALIDOMIDE, drug_exposure_end_date="2024-03-28")],
        procedure_occurrence=[row("procedure_occurrence", TRANSPLANT, "2024-09-15")],
        measurement=[row("measurement", LDH, "2024-02-28", value_as_number="180.5", unit_concept_id=PER_LITRE)],
    ))  # fmt: skip
    assert found.baseline.labs.ldh is not None
    assert (found.baseline.labs.ldh.value, found.baseline.labs.ldh.unit) == (180.5, "U/L")
    assert (found.id, found.birth_year, found.sex, found.diagnosis.disease) == ("1", 1961, "male", "multiple-myeloma")
    drug, transplant = sorted(found.therapy, key=lambda entry: entry.phase or "")
    assert (drug.drugs, str(drug.start), drug.phase, drug.end_recorded) == (
        ("lenalidomide",),
        "2024-03-01",
        None,
        False,
    )
    assert (transplant.kind, str(transplant.date)) == ("autologous", "2024-09-15")


def test_no_list_of_it_is_taken_as_whole(tmp_path: Path) -> None:
    assert set(patient(write(tmp_path / "omop")).incomplete) == {
        "therapy", "responses", "mrd", "imaging", "markers", "events", "toxicities", "cytogenetics",
    }  # fmt: skip


def test_an_mrd_test_without_limit_of_detection_is_no_negative(tmp_path: Path) -> None:
    results = [row("measurement", MRD, f"202{year}-09-10", value_as_concept_id=NOT_FOUND) for year in range(2, 7)]
    found = judged(write(tmp_path / "omop", measurement=results))
    assert found.criteria["mrd.negative-now-1e-5"].verdict != "met"
    assert not PERMISSIVE & {found.outcome}


@pytest.mark.parametrize("unit", [{}, {"unit_source_value": "furlongs"}, {"unit_concept_id": 999}])
def test_a_value_without_a_unit_of_the_list_is_none(tmp_path: Path, unit: Row) -> None:
    found = patient(
        write(
            tmp_path / "omop",
            measurement=[{**row("measurement", LDH, value_as_number="180"), "unit_concept_id": 0, **unit}],
        )
    )
    assert found.baseline.labs.ldh is None


class TestAdverseStaysAdverse:
    @pytest.mark.parametrize("as_recorded", [False, True])
    def test_a_relapse_by_its_code_is_a_progression(self, tmp_path: Path, as_recorded: bool) -> None:
        coded = (
            row("condition_occurrence", MYELOMA, condition_source_concept_id=IN_RELAPSE)
            if as_recorded else row("condition_occurrence", IN_RELAPSE)
        )  # fmt: skip
        found = judged(write(tmp_path / "omop", condition_occurrence=[coded]))
        assert [event.kind for event in found.case.patient.events] == ["progression"]
        assert not PERMISSIVE & set(found.possible_outcomes)
        assert found.stop_possible is False

    def test_a_second_cancer_is_an_event(self, tmp_path: Path) -> None:
        rows = [row("condition_occurrence", MYELOMA), row("condition_occurrence", SECOND_CANCER)]
        found = patient(write(tmp_path / "omop", condition_occurrence=rows))
        assert [event.kind for event in found.events] == ["second-primary-malignancy"]

    def test_mrd_that_was_found_is_kept(self, tmp_path: Path) -> None:
        found = judged(
            write(tmp_path / "omop", measurement=[row("measurement", MRD, "2026-09-10", value_as_concept_id=FOUND)])
        )
        assert [test.result for test in found.case.patient.mrd] == ["detected"]
        assert found.criteria["mrd.negative-now-1e-5"].verdict != "met"


def test_no_omop_cohort_ever_supports_stopping(tmp_path: Path) -> None:
    """As favourable as OMOP can be, in many forms: the answer is open or against, never for."""
    everything: dict[str, Sequence[Row]] = {
        "drug_exposure": [row("drug_exposure", LENALIDOMIDE, f"20{year}-06-20") for year in range(20, 27)],
        "procedure_occurrence": [row("procedure_occurrence", TRANSPLANT, "2020-03-15")],
        "measurement": [
            *(row("measurement", MRD, f"20{year}-09-10", value_as_number="0.0000001", operator_concept_id=LESS, unit_concept_id=0,
                  value_as_concept_id=NOT_FOUND, value_source_value="clonoSEQ not detected, LOD 1e-6, marrow") for year in range(22, 27)),
            row("measurement", PET, "2026-09-20", value_as_number="", operator_concept_id=0, unit_concept_id=0, value_as_concept_id=NOT_FOUND,
                value_source_value="negative, Deauville 2"),
        ],
    }  # fmt: skip
    for number in range(2 ** len(everything)):
        chosen = {name: rows for bit, (name, rows) in enumerate(everything.items()) if number >> bit & 1}
        found = judged(write(tmp_path / str(number), **chosen))
        assert found.outcome not in PERMISSIVE, chosen


def test_tables_of_a_vocabulary_are_read_with_tabs_and_capitals(tmp_path: Path) -> None:
    folder = write(tmp_path / "omop")
    for path in list(folder.iterdir()):
        path.write_text(path.read_text().replace("person_id", "PERSON_ID").replace(",", "\t"))
        path.rename(path.with_name(path.name.upper().replace(".CSV", ".csv")))
    assert patient(folder).diagnosis.disease == "multiple-myeloma"


def test_everybody_is_answered_or_rejected_with_the_reason(tmp_path: Path, judge: Judge) -> None:
    persons = [{**PERSON, "person_id": number} for number in (1, 2, 10)]
    conditions = [
        row("condition_occurrence", MYELOMA, person=10), row("condition_occurrence", MYELOMA),
        row("condition_occurrence", BRUISE, person=2), row("condition_occurrence", MYELOMA, person=77),
    ]  # fmt: skip
    folder = write(tmp_path / "omop", person=persons, condition_occurrence=conditions)
    (folder / "note.csv").write_text("note_id\n")
    counts = judge(folder)
    assert (counts.read, counts.answered, counts.rejected) == (3, 2, 1)
    assert pq.read_table(tmp_path / "answers.parquet")["patient"].to_pylist() == ["1", "10"]
    [rejected] = [json.loads(line) for line in (tmp_path / "answers.parquet.rejects.ndjson").read_text().splitlines()]
    assert rejected["place"] == "person.csv: 2"
    assert "no Condition in it names a plasma cell disease" in rejected["reason"]
    assert "not there: drug_exposure.csv, measurement.csv, observation.csv, procedure_occurrence.csv" in counts.remarks
    assert "not read: note.csv" in counts.remarks
    assert "not used: 1 rows of persons that person.csv does not have" in counts.remarks


def test_the_command_says_what_omop_cannot_say(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out.parquet"
    found = run(
        "cohort", "run", write(tmp_path / "omop"), "--as-of", AS_OF.isoformat(), "--workers", "1", "--output", out
    )
    assert found.status == 0
    for text in form().cannot_say:
        assert f"unknown: OMOP does not say {text}" in found.err.splitlines()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("person", "gender_concept_id\n1\n", "the column person_id is missing; it has gender_concept_id"),
        ("measurement", "measurement_id,person_id\n1,1,1\n", "measurement.csv, line 2: found 3 cells, expected 2"),
        ("concept", "", "the column concept_id is missing; it has none"),
        ("observation", 'person_id\n"1\n', "observation.csv, line 2: unexpected end of data"),
        ("person", b"person_id\n\xff\n", "person.csv is not UTF-8 text"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, name: str, text: str | bytes, words: str
) -> None:
    folder = write(tmp_path / "omop")
    (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        read(folder)
    assert words in str(caught.value)


def test_without_concepts_nothing_is_guessed(tmp_path: Path) -> None:
    folder = write(tmp_path / "omop")
    (folder / "concept.csv").unlink()
    with pytest.raises(UsageError, match=r"concept\.csv is missing, without which no concept has a meaning"):
        sources_of([folder], None)


def test_days_are_those_of_the_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no column for days"):
        sources_of([write(tmp_path / "omop")], "day")


@pytest.mark.parametrize("day", ["", "2024-13-01", "yesterday", "1024-01-01"])
def test_a_day_that_is_none_leaves_its_fact_undated_or_open(tmp_path: Path, day: str) -> None:
    found = patient(write(tmp_path / "omop", procedure_occurrence=[row("procedure_occurrence", TRANSPLANT, day)]))
    assert [entry.date for entry in found.therapy] == [None]


def test_an_operator_that_nobody_knows_is_no_number(tmp_path: Path) -> None:
    results = [row("measurement", LDH, value_as_number="180", unit_concept_id=PER_LITRE, operator_concept_id=999)]
    assert patient(write(tmp_path / "omop", measurement=results)).baseline.labs.ldh is None


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [
        row("condition_occurrence", MYELOMA),
        row("condition_occurrence", IN_RELAPSE),
        row("condition_occurrence", SECOND_CANCER),
    ]
    first = patient(write(tmp_path / "a", condition_occurrence=rows))
    second = patient(write(tmp_path / "b", condition_occurrence=rows[::-1]))
    assert sorted(map(str, first.events)) == sorted(map(str, second.events))
    assert first.incomplete == second.incomplete


def test_every_text_of_a_drug_is_handed_on() -> None:
    """That it was stopped for a relapse must not take away how it was given, nor the other way round."""
    given = {"person_id": "1", "drug_exposure_id": "7", "sig": "since progression", "stop_reason": "neuropathy"}
    for left_out, said in (
        (None, "since progression; neuropathy"),
        ("sig", "neuropathy"),
        ("stop_reason", "since progression"),
    ):
        found = resource("drug_exposure", {name: text for name, text in given.items() if name != left_out}, {})
        assert found["note"] == [{"text": said}]
