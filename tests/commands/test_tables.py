"""`mrdguide tables`: the empty tables written, and filled ones evaluated."""

from __future__ import annotations

import argparse
import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import mrdguide
import mrdguide.recommend.evaluation
from mrdguide.commands.tables import evaluate, template
from mrdguide.errors import InconsistentVerdicts, PatientError, UsageError
from mrdguide.intake.tables import read_tables
from mrdguide.intake.tables.template import README
from mrdguide.teach.examples import examples

from ..intake.tables.written import tables_of

DAY = "2026-11-21"


def parsed(folder: Path, **more: Any) -> argparse.Namespace:
    return argparse.Namespace(
        **{"folder": str(folder), "as_of": DAY, "rules": None, "format": "json", "output": None, **more}
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    patients = [mrdguide.read_patient(example.path) for example in examples()]
    for name, text in tables_of(*patients).items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    return tmp_path


class TestTemplate:
    def test_it_is_read_back_as_no_patients_without_a_problem(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert template.run(parsed(tmp_path / "new" / "tables")) == 0
        assert "README.txt says what each column holds" in capsys.readouterr().out
        assert read_tables(tmp_path / "new" / "tables") == []
        # An empty list is also what a reader that reads nothing would give.
        (tmp_path / "new" / "tables" / "patients.csv").write_text("id,disease\na,mgus\n", encoding="utf-8")
        assert [patient.id for patient in read_tables(tmp_path / "new" / "tables")] == ["a"]

    def test_nothing_is_overwritten(self, filled: Path) -> None:
        before = (filled / "patients.csv").read_bytes()
        with pytest.raises(UsageError, match=r"patients\.csv exists already"):
            template.run(parsed(filled))
        assert (filled / "patients.csv").read_bytes() == before
        assert not (filled / README).exists()

    def test_a_folder_that_cannot_be_made(self, filled: Path) -> None:
        with pytest.raises(UsageError, match="cannot write the folder"):
            template.run(parsed(filled / "patients.csv" / "below"))


class TestEvaluate:
    def test_json_has_a_record_for_every_patient(
        self, filled: Path, capsys: pytest.CaptureFixture[str], shipped_rules: mrdguide.RuleBook
    ) -> None:
        assert evaluate.run(parsed(filled)) == 0
        records = json.loads(capsys.readouterr().out)
        assert len(records) == len(examples())
        for record, example in zip(records, examples(), strict=True):
            found = mrdguide.evaluate(example.path, rules=shipped_rules, as_of=DAY)
            assert record == {
                "id": found.patient_id, "as_of": DAY, "outcome": found.outcome,
                "possible_outcomes": list(found.possible_outcomes), "headline": found.headline,
                "missing": [item.what for item in found.missing],
                "rules": f"{shipped_rules.pack.name} {shipped_rules.version} {shipped_rules.hash[:12]}",
            }  # fmt: skip

    def test_csv_has_the_same_in_a_line_each(self, filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
        evaluate.run(parsed(filled))
        records = json.loads(capsys.readouterr().out)
        target = filled / "result" / "out.txt"
        target.parent.mkdir()
        assert evaluate.run(parsed(filled, format="csv", output=str(target))) == 0
        assert capsys.readouterr().out == ""
        lines = list(csv.DictReader(StringIO(target.read_bytes().decode("utf-8"), newline="")))
        assert lines == [
            {name: "; ".join(value) if isinstance(value, list) else value for name, value in record.items()}
            for record in records
        ]

    def test_tables_with_a_problem_give_nothing(self, filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (filled / "mrd.csv").write_text("patient_id,date\nnobody,2024-01-01\n", encoding="utf-8")
        with pytest.raises(PatientError, match="there is no patient 'nobody'"):
            evaluate.run(parsed(filled))
        assert capsys.readouterr().out == ""

    def test_a_day_that_is_none(self, filled: Path) -> None:
        with pytest.raises(UsageError, match="as_of"):
            evaluate.run(parsed(filled, as_of="tomorrow"))

    def test_one_patient_without_an_answer_is_named_and_none_is_given_out(
        self, filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usual = mrdguide.recommend.evaluation.evaluate

        def failing(patient: mrdguide.Patient, **options: Any) -> mrdguide.Recommendation:
            if patient.id == "treat-relapse":
                raise InconsistentVerdicts("verdicts that cannot be")
            return usual(patient, **options)

        monkeypatch.setattr(mrdguide.recommend.evaluation, "evaluate", failing)
        assert evaluate.run(parsed(filled)) == 2
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", "mrdguide: treat-relapse: verdicts that cannot be\n")
