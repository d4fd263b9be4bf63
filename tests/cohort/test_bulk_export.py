"""A bulk export of a whole population: everybody is accounted for, nobody may stop by it, and what is of nobody costs nothing."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from mrdguide.fhir.bulk import patients

from .bulk_population import population, write_export
from .conftest import Judge

TYPES = 28


def test_everybody_is_accounted_for_and_nobody_may_stop(judge: Judge, tmp_path: Path) -> None:
    ids, resources = population(9, seed=2)
    files = write_export(tmp_path / "export", resources)
    assert len(files) == TYPES
    counts = judge(tmp_path / "export")
    assert (counts.read, counts.answered, counts.rejected) == (9, 9, 0)
    rows = pq.read_table(tmp_path / "answers.parquet").to_pylist()
    assert sorted(row["patient"] for row in rows) == sorted(ids)
    outcome = {row["patient"]: row["outcome"] for row in rows}
    # With myeloma and none of its tests nothing is settled; without it nothing is asked of these rules.
    assert [outcome[name] for name in ids] == [
        "insufficient-data" if place % 3 == 0 else "out-of-scope" for place in range(9)
    ]
    of_myeloma = [row for row in rows if row["outcome"] == "insufficient-data"]
    assert all(len(row["possible_outcomes"]) > 1 and row["missing"] for row in of_myeloma)
    assert not any(row["mrd.negative-now-1e-5"] == "met" or row["imaging.negative-now"] == "met" for row in rows)


def test_the_files_in_any_order_and_cut_in_pieces_give_the_same_rows(judge: Judge, tmp_path: Path) -> None:
    _, resources = population(6, seed=3)
    files = write_export(tmp_path / "export", resources)
    judge(*files)
    wanted = pq.read_table(tmp_path / "answers.parquet").to_pylist()
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    for file in files:
        lines = file.read_text("utf-8").splitlines(keepends=True)
        half = len(lines) // 2
        (pieces / f"b-{file.name}").write_text("".join(lines[:half]), encoding="utf-8")
        (pieces / f"a-{file.name}").write_text("".join(reversed(lines[half:])), encoding="utf-8")
    judge(*sorted(path for path in pieces.iterdir() if path.stat().st_size))
    assert pq.read_table(tmp_path / "answers.parquet").to_pylist() == wanted


def test_who_works_there_is_not_read_with_every_patient(tmp_path: Path) -> None:
    _, resources = population(2, seed=4, shared=50)
    found = dict(patients(write_export(tmp_path / "export", resources)))
    assert len(found) == 2
    kinds = [resource["resourceType"] for record in found.values() for resource in record]
    assert not {"Practitioner", "PractitionerRole", "Organization"} & set(kinds)
    # What may be referred to stays with everybody.
    assert kinds.count("Medication") == 2 * 50


def test_a_file_that_ends_in_the_middle_of_a_line_leaves_every_record_open(judge: Judge, tmp_path: Path) -> None:
    _, resources = population(3, seed=5)
    files = write_export(tmp_path / "export", resources)
    conditions = next(path for path in files if path.name.startswith("Condition"))
    conditions.write_bytes(conditions.read_bytes()[:-40])
    counts = judge(tmp_path / "export")
    assert counts.answered + counts.rejected == 3
    for row in pq.read_table(tmp_path / "answers.parquet").to_pylist():
        assert not row["settled"]
