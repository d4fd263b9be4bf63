"""Every kind of mistake in a table gives a message that somebody who keeps a spreadsheet can act on.

The exact messages stand in `bad/NAME.txt`. After a change of wording write them anew and read the difference:

    MRDGUIDE_GOLDEN=write pytest tests/intake/tables/test_bad_tables.py && git diff tests/intake/tables/bad
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mrdguide.errors import PatientError
from mrdguide.intake.tables import read_tables

from .written import tables_of

HERE = Path(__file__).parent
PATIENTS = "id,disease,sex,ecog\nann,multiple-myeloma,female,1\nbob,mgus,male,\n"

# name: the tables that are not as they should be (the others are empty, the patients as above)
BAD: dict[str, dict[str, str]] = {
    "unknown-column": {"patients": "id,disease,ecgo\nann,mgus,1\n"},
    "column-of-another-table": {"mrd": "patient_id,date,modality\nann,2024-01-01,PET-CT\n"},
    "column-twice": {"mrd": "patient_id,date,date\nann,2024-01-01,2024-01-02\n"},
    "column-without-a-header": {"mrd": "patient_id,,date\nann,x,2024-01-01\n"},
    "needed-column-missing": {"patients": "disease,ecog\nmgus,1\n", "mrd": "patient_id,date\nann,2024-01-01\n"},
    "needed-cell-empty": {"patients": "id,disease\nann,\n,mgus\n", "mrd": "patient_id,date\n,2024-01-01\n"},
    "unknown-patient": {"mrd": "patient_id,date\nbob,2024-01-01\nanne,2024-01-01\n"},
    "patient-twice": {"patients": "id,disease\nann,mgus\nbob,mgus\nann,multiple-myeloma\n"},
    "bad-number": {"mrd": "patient_id,limit_of_detection,level\nann,10^-6,\nbob,0.00001,1/1000\n"},
    "decimal-comma": {"patients": 'id,disease,albumin,albumin_unit\nann,mgus,"41,5",g/L\n'},
    "percent-sign": {"patients": "id,disease,del_17p,del_17p_fraction\nann,mgus,present,42 %\n"},
    "number-out-of-range": {"patients": "id,disease,ecog,birth_year\nann,mgus,9,60\n"},
    "not-a-whole-number": {"patients": "id,disease,ecog\nann,mgus,1.5\n"},
    "bad-date": {"mrd": "patient_id,date\nann,28.08.2023\nann,2023-02-30\n"},
    "bad-word": {"patients": "id,disease,del_17p\nann,multiple-mieloma,negative\n"},
    "bad-flag": {"patients": "id,disease,fdg_avid\nann,mgus,1\nbob,mgus,unknown\n"},
    "bad-end": {"therapy": "patient_id,phase,start,end\nann,maintenance,2020-01-01,ongoin\n"},
    "end-before-start": {"therapy": "patient_id,phase,start,end\nann,maintenance,2020-01-01,2019-01-01\n"},
    "bad-list": {
        "therapy": "patient_id,drugs\nann,lenalidomide;;daratumumab\n",
        "patients": "id,disease,incomplete\nann,mgus,event\n",
    },
    "unknown-unit": {"patients": "id,disease,ldh,ldh_unit\nann,mgus,180,IU/L\n"},
    "unbelievable-value": {"patients": "id,disease,creatinine,creatinine_unit\nann,mgus,80,mg/dL\n"},
    "result-and-level": {"mrd": "patient_id,result,level\nann,not-detected,1e-5\n"},
    "cells-that-contradict": {"patients": "id,disease,gain_1q,gain_1q_copies\nann,mgus,present,2\n"},
    "diagnosed-before-birth": {"patients": "id,birth_year,disease,diagnosis_date\nann,1990,mgus,1980\n"},
    "too-many-cells": {"events": "patient_id,date,note\nann,2024-01-01,fell, then well\n"},
    "too-few-cells": {"patients": "id,disease,ecog\nann,mgus\n"},
    "quotes": {"events": 'patient_id,note\nann,"fine"\nann,"never closed\nbob,x\n'},
    "quotes-in-the-middle": {"events": 'patient_id,note\nann,"a"b\n'},
    "after-a-quoted-newline": {"events": 'patient_id,note,date\nann,"two\nlines",2024-13-01\nbob,"a ""b"", c",never\n'},
    "empty-file": {"mrd": "", "imaging": "\n\n"},
    "semicolons": {"patients": "id;disease;ecog\nann;mgus;1\n", "mrd": "patient_id\tdate\nann\t2024-01-01\n"},
    "row-in-a-text": {"events": 'patient_id,date,kind,note\nann,2024-01-01,,"well\nann,2024-02-01,progression,\nbob,,,so"\n'},
    "ids-that-look-alike": {"patients": "id,disease,sex\nann,mgus,female\nAnn,mgus,\nan\u2060n,mgus,male\n"},
    "several-tables": {
        "patients": "id,disease,ecog\nann,mgus,9\n", "mrd": "patient_id,method\nzoe,PCR\n", "imaging": "patient_id;rac\n",
        "toxicities": "patient_id,grade\nann,6\n",
    },
}  # fmt: skip


def problems(tables: dict[str, str]) -> str:
    """The message about tables that are not as they should be."""
    with pytest.raises(PatientError) as caught:
        read_tables({**tables_of(), "patients.csv": PATIENTS, **{f"{name}.csv": text for name, text in tables.items()}})
    return f"{caught.value}\n"


def test_the_tables_are_good_without_the_mistakes() -> None:
    """Otherwise every case below would fail for a reason of its own."""
    assert [patient.id for patient in read_tables({**tables_of(), "patients.csv": PATIENTS})] == ["ann", "bob"]


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_said_with_its_place(name: str) -> None:
    found, golden = problems(BAD[name]), HERE / "bad" / f"{name}.txt"
    if os.environ.get("MRDGUIDE_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_no_golden_message_is_left_over() -> None:
    assert {path.stem for path in (HERE / "bad").iterdir()} == set(BAD)


@pytest.mark.parametrize("column", ["ecog", "circulating_plasma_cells_percent"])
@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5000, "-1", "1e999"])
def test_a_number_beyond_all_bounds_is_said_like_any_other(column: str, digits: str) -> None:
    found = problems({"patients": f"id,disease,{column}\nann,mgus,{digits}\n"})
    assert found.startswith(f"patients.csv:2:10: {column}: found ")


class TestFolders:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, text in {**tables_of(), "patients.csv": PATIENTS}.items():
            (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return tmp_path

    def refusal(self, source: object) -> str:
        with pytest.raises(PatientError) as caught:
            read_tables(source)  # type: ignore[arg-type]
        return str(caught.value)

    def test_a_good_folder_is_read(self, folder: Path) -> None:
        (folder / "README.txt").write_text("anything", encoding="utf-8")
        (folder / ".~lock.mrd.csv").write_text("anything", encoding="utf-8")
        assert [patient.id for patient in read_tables(str(folder))] == ["ann", "bob"]

    def test_a_table_that_is_missing_is_not_taken_for_an_empty_one(self, folder: Path) -> None:
        (folder / "events.csv").unlink()
        assert f"{folder}: the table 'events.csv' is missing\n" in self.refusal(folder)

    def test_a_table_with_another_name(self, folder: Path) -> None:
        (folder / "events.csv").rename(folder / "event.csv")
        found = self.refusal(folder)
        assert "there is no table 'event.csv'" in found
        assert "did you mean 'events.csv'?" in found
        assert "the table 'events.csv' is missing" in found

    def test_a_table_that_is_not_utf_8(self, folder: Path) -> None:
        (folder / "events.csv").write_bytes("patient_id,note\nann,gut\nann,Übelkeit\n".encode("latin-1"))
        found = self.refusal(folder)
        assert found.startswith(
            f"{folder / 'events.csv'}:3:5: the file is not UTF-8 text\n  expected: a table in UTF-8\n"
        )
        assert "CSV UTF-8" in found

    def test_a_table_in_utf_16(self, folder: Path) -> None:
        (folder / "events.csv").write_bytes("patient_id,note\n".encode("utf-16"))
        assert "events.csv:1:1: the file is not UTF-8 text" in self.refusal(folder)

    def test_a_table_that_is_a_folder(self, folder: Path) -> None:
        (folder / "events.csv").unlink()
        (folder / "events.csv").mkdir()
        assert "events.csv: cannot be read: Is a directory" in self.refusal(folder)

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        found = self.refusal(tmp_path / "nowhere")
        assert found.startswith(f"{tmp_path / 'nowhere'}: cannot be read: No such file or directory")

    def test_a_file_in_place_of_a_folder(self, folder: Path) -> None:
        assert "cannot be read: Not a directory" in self.refusal(folder / "mrd.csv")

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("no\0name", "this is not a folder name"),
            (17, "cannot read tables from int"),
            ({"mrd": 17}, "mrd.csv: found int"),
            ({"mrd": "", "mrd.csv": ""}, "the table 'mrd.csv' is given twice"),
            ({17: ""}, "there is no table '17'"),
        ],
    )
    def test_what_is_no_set_of_tables(self, source: object, words: str) -> None:
        assert words in self.refusal(source)

    def test_every_problem_has_its_file_and_place(self) -> None:
        tables = {f"{name}.csv": text for name, text in BAD["several-tables"].items()}
        with pytest.raises(PatientError) as caught:
            read_tables({**tables_of(), **tables})
        places = [(problem.source, problem.line) for problem in caught.value.problems]
        assert places == [
            ("patients.csv", 2), ("mrd.csv", 2), ("mrd.csv", 2), ("imaging.csv", 1), ("toxicities.csv", 2),
        ]  # fmt: skip
        assert all(problem.column and problem.snippet for problem in caught.value.problems)
