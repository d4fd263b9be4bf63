"""A run gives every patient the answer that `evaluate` gives, whatever form the patients come in."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

import mrdguide
from mrdguide.cohort.answer_columns import verdict_columns
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked
from mrdguide.cohort.tally import Tally
from mrdguide.intake.tables.template import template_files
from mrdguide.logic.truth import VERDICTS

from ..examples import EXAMPLES, shipped
from .conftest import AS_OF, PATIENTS, Judge

FOLDER = EXAMPLES[0].path.parent


def columns(profiles: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())


def test_a_row_says_what_evaluate_says(
    lines: Path, judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    counts = judge(lines, asked=Asked("leads", windows=90))
    assert (counts.read, counts.answered, counts.rows, counts.rejected) == (PATIENTS, PATIENTS, PATIENTS, 0)
    rows = pq.read_table(tmp_path / "answers.parquet").to_pylist()
    for profile, row in zip(profiles, rows, strict=True):
        alone = mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF)
        assert (row["patient"], row["as_of"], row["outcome"]) == (alone.patient_id, AS_OF, alone.outcome)
        assert tuple(row["possible_outcomes"]) == alone.possible_outcomes
        assert (row["settled"], row["stop_possible"]) == (alone.settled, alone.stop_possible)
        wanted = {
            name: VERDICTS[verdict].value
            for name, verdict in zip(shipped().decider.index_of, alone.decided.verdicts, strict=True)
        }
        assert all(row[name] == wanted[name] for name in verdict_columns(shipped()))
        assert [item["path"] for item in row["missing"]] == [item.path for item in alone.missing]
        for told, item in zip(row["missing"], alone.missing, strict=True):
            assert {lead["result"]: tuple(lead["outcomes"]) for lead in told["leads_to"]} == item.leads_to
        assert tuple(row["protocols"]) == alone.matched_studies
        assert row["risk.ims-imwg-2025"] == alone.risk["ims-imwg-2025"].class_
        windows = [
            item for item in alone.explanation.when.expiries if item.tests and item.last_day < AS_OF.toordinal() + 90
        ]
        assert [item["last_day"].toordinal() for item in row["windows"]] == [item.last_day for item in windows]


def test_every_form_gives_the_same_bytes(
    lines: Path, judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    table, answers = columns(profiles), tmp_path / "answers.parquet"
    judge(lines)
    wanted = answers.read_bytes()
    pq.write_table(table, tmp_path / "cohort.parquet", row_group_size=5)
    with pa.OSFile(str(tmp_path / "cohort.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    with pa.OSFile(str(tmp_path / "cohort.arrows"), "wb") as out, pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    folder = tmp_path / "profiles"
    folder.mkdir()
    for number, profile in enumerate(profiles):
        (folder / f"{number:02}.json").write_text(json.dumps(profile), encoding="utf-8")
    for name in ("cohort.parquet", "cohort.arrow", "cohort.arrows", "profiles"):
        judge(tmp_path / name)
        assert answers.read_bytes() == wanted, name


def test_the_examples_stay_the_same_through_columns_and_back(judge: Judge, tmp_path: Path) -> None:
    """Every kind of entry that an example has comes through: bare words, units, `end: null`, what people attest."""
    from mrdguide.reading.document import read_file

    data = [json.loads(json.dumps(read_file(item.path).data, default=str)) for item in EXAMPLES]
    pq.write_table(columns(data), tmp_path / "examples.parquet")
    judge(tmp_path / "examples.parquet")
    for row in pq.read_table(tmp_path / "answers.parquet").to_pylist():
        example = next(item for item in EXAMPLES if item.path.stem == row["patient"])
        alone = mrdguide.evaluate(str(example.path), rules=shipped(), as_of=AS_OF)
        assert (row["outcome"], tuple(row["possible_outcomes"])) == (alone.outcome, alone.possible_outcomes)


def test_csv_tables_and_fhir(judge: Judge, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    for file, text in template_files().items():
        (tables / file).write_text(text, encoding="utf-8")
    (tables / "patients.csv").write_text("id,disease\na,multiple-myeloma\nb,mgus\n", encoding="utf-8")
    assert judge(tables).answered == 2
    assert pq.read_table(tmp_path / "answers.parquet")["outcome"].to_pylist() == ["insufficient-data", "out-of-scope"]
    myeloma = {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}
    resources = [
        {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"},
        {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": myeloma},
        {"resourceType": "Patient", "id": "p2", "birthDate": "1950-01-01"},
    ]
    export = tmp_path / "export.ndjson"
    export.write_text("\n".join(map(json.dumps, resources)), encoding="utf-8")
    counts = judge(export)
    assert (counts.read, counts.answered, counts.rejected) == (2, 1, 1)
    assert counts.rejects_file is not None
    reject = json.loads(counts.rejects_file.read_text("utf-8"))
    assert (reject["patient"], reject["code"]) == ("p2", "not-usable")


def test_a_file_of_an_export_that_cannot_be_told_is_not_left_out(judge: Judge, tmp_path: Path) -> None:
    """Its lines would be results of these patients: they leave every record open."""
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"}
    plasma = {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}
    condition = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": plasma}
    (tmp_path / "Patient.ndjson").write_text(f"{json.dumps(patient)}\n{json.dumps(condition)}\n", encoding="utf-8")
    (tmp_path / "Observation.ndjson").write_text("{broken\n", encoding="utf-8")
    counts = judge(tmp_path / "Patient.ndjson", tmp_path / "Observation.ndjson")
    assert (counts.read, counts.answered) == (1, 1)
    (tmp_path / "profiles.ndjson").write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(mrdguide.errors.UsageError, match="in a run of its own"):
        judge(tmp_path / "Patient.ndjson", tmp_path / "profiles.ndjson")


def test_a_course_is_judged_on_every_day_that_is_asked_for(
    judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    days = ["2024-05-01", "2022-03-01"]
    told = [
        {**profiles[0], "visits": days},
        {**profiles[1], "visits": "2023-01-01"},
        {**profiles[2], "visits": "2023"},
        profiles[3],
    ]
    path = tmp_path / "visits.ndjson"
    path.write_text("".join(json.dumps(item) + "\n" for item in told), encoding="utf-8")
    counts = judge(path, as_of=None, column="visits")
    assert (counts.read, counts.answered, counts.rejected, counts.rows) == (4, 2, 2, 3)
    table = pq.read_table(tmp_path / "answers.parquet", columns=["patient", "as_of", "outcome"]).to_pylist()
    assert [row["as_of"] for row in table] == [date(2022, 3, 1), date(2024, 5, 1), date(2023, 1, 1)]
    assert table[0]["outcome"] == mrdguide.evaluate(profiles[0], rules=shipped(), as_of=days[1]).outcome
    assert counts.rejects_file is not None
    assert all("visits" in json.loads(line)["reason"] for line in counts.rejects_file.read_text("utf-8").splitlines())


def test_by_column_each_patient_is_judged_as_one_by_one(
    profiles: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mrdguide.cohort import judging

    patients = [mrdguide.read_patient(profile) for profile in profiles]
    one_by_one, few = judging.judge(patients, AS_OF, shipped())
    monkeypatch.setattr(judging, "FEWEST", 1)
    by_column, many = judging.judge(patients, AS_OF, shipped())
    assert by_column == one_by_one
    assert len(one_by_one) == PATIENTS < 500
    assert few.one_by_one == {"too few together to be judged by column": PATIENTS}
    assert many.by_column + sum(many.one_by_one.values()) == PATIENTS
    assert (many.inferred or 0) > 100


def test_in_a_pool_of_processes_it_is_the_same(lines: Path, judge: Judge, tmp_path: Path) -> None:
    judge(lines)
    wanted = (tmp_path / "answers.parquet").read_bytes()
    counts = judge(lines, workers=2)
    assert (tmp_path / "answers.parquet").read_bytes() == wanted
    assert counts.read == PATIENTS


def test_a_sample_is_evaluated_again_and_a_difference_ends_the_run(
    lines: Path, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judge(lines, check=1000).checked == PATIENTS
    from dataclasses import replace

    from mrdguide.cohort import batches, judging

    def wrong(*given: Any) -> tuple[list[Any], Tally]:
        answers, tally = right(*given)
        stop = {"outcome": "cessation-supported", "possible": ("cessation-supported",)}
        return [replace(item, **stop) for item in answers], tally

    right: Any = judging.judge
    monkeypatch.setattr(batches, "judge", wrong)
    (tmp_path / "answers.parquet").unlink()
    with pytest.raises(mrdguide.errors.UsageError, match="the cohort says cessation-supported, one by one it is"):
        judge(lines, check=1000)
    assert not (tmp_path / "answers.parquet").exists()


def test_import_mrdguide_takes_no_columns_along() -> None:
    code = "import sys, mrdguide; mrdguide.evaluate; print([n for n in ('numpy', 'pyarrow', 'narwhals', 'numba') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
