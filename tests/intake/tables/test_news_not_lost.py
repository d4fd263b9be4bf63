"""Bad news that stands beside the rows, in a row that a quote swallowed, or under an id like another is said and never passed over; what
is harmless is read as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrdguide.errors import PatientError
from mrdguide.intake.tables import read_each, read_tables
from mrdguide.intake.tables.ids import as_seen

from .written import tables_of

PATIENTS = "id,disease,birth_year,comorbidities\nann,multiple-myeloma,1961,{}\nbob,multiple-myeloma,1950,\n"
PROGRESSION = "patient_id,date,kind\nann,2026-01-01,progression\n"


def tables(**changed: str) -> dict[str, str]:
    given = {"patients": PATIENTS.format(""), **changed}
    return {**tables_of(), **{f"{name}.csv": text for name, text in given.items()}}


def refused(source: object) -> str:
    with pytest.raises(PatientError) as caught:
        read_tables(source)  # type: ignore[arg-type]
    return str(caught.value)


class TestBesideTheTables:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, text in tables().items():
            (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return tmp_path

    @pytest.mark.parametrize(
        "name",
        [
            "events.tsv", "events.xlsx", "relapses.ods", "events.txt", "events.csv.txt", "events.csv.gz", "Events.dat", "EVENTS",
            "relapse.yaml", "bundle.ndjson", "events.parquet", "registry.sav", "export.zip", "MRD results.xls",
        ],
    )  # fmt: skip
    def test_what_may_hold_rows_and_is_not_read_is_refused(self, folder: Path, name: str) -> None:
        (folder / name).write_text(PROGRESSION, encoding="utf-8")
        found = refused(folder)
        assert found.startswith(f"{folder / name}: this file is not read\n  expected: tables of patients")
        assert "counts as not having happened" in found

    def test_tables_in_a_folder_beneath_are_refused(self, folder: Path) -> None:
        (folder / "2026").mkdir()
        (folder / "2026" / "events.csv").write_text(PROGRESSION, encoding="utf-8")
        assert refused(folder).startswith(f"{folder / '2026' / 'events.csv'}: this file is not read")

    @pytest.mark.parametrize(
        "name",
        [
            "README.txt", "README.md", "dictionary.pdf", "letter.docx", ".DS_Store", ".~lock.events.csv#", "~$events.xlsx", "Thumbs.db",
            "events.csv~", "events.csv.bak", "Makefile", "notes.txt",
        ],
    )  # fmt: skip
    def test_what_holds_no_rows_may_lie_there(self, folder: Path, name: str) -> None:
        (folder / name).write_text("anything", encoding="utf-8")
        (folder / "pictures").mkdir()
        (folder / "pictures" / "scan.png").write_text("anything", encoding="utf-8")
        assert len(read_tables(folder)) == 2

    def test_a_table_in_capitals_is_named(self, folder: Path) -> None:
        (folder / "events.csv").rename(folder / "EVENTS.CSV")
        assert "did you mean 'events.csv'?" in refused(folder)


class TestSwallowedRows:
    @pytest.mark.parametrize(
        "rows",
        [
            'ann,2020-01-01,,"note\nann,2026-01-01,progression,\nann,2020-01-01,,end"\n',
            'ann,2020-01-01,,"note\n""bob"",2026-01-01,progression,\nend"\n',
        ],
    )
    def test_rows_in_a_text_are_said(self, rows: str) -> None:
        found = refused(tables(events=f"patient_id,date,kind,note\n{rows}"))
        assert found.startswith(
            "events.csv:2:17: note: the text in this cell goes over lines and holds a row of the table"
        )
        assert "close the quote" in found

    def test_a_patient_in_a_text_is_said(self) -> None:
        text = 'id,disease,birth_year,sex,ecog,comorbidities\nann,mgus,1961,,,"gout\ncyd,mgus,1950,,,\nend"\n'
        assert "patients.csv:2:17: comorbidities: the text in this cell" in refused({**tables(), "patients.csv": text})

    @pytest.mark.parametrize(
        "note", ["first line\nsecond line", "fell, well after\nbob came, too", "ann\nbob", "said: a, b, c\nd, e, f"]
    )
    def test_a_text_over_lines_is_read(self, note: str) -> None:
        read = read_tables(tables(events=f'patient_id,date,kind,note\nann,2026-01-01,progression,"{note}"\n'))
        assert read[0].events[0].note == note


class TestIdsThatLookAlike:
    @pytest.mark.parametrize("other", ["p-1\u200b", "p\u20111", "\u202ap-1", "p\u00ad-1", "\uff50-1"])
    def test_what_cannot_be_told_apart_is_refused(self, other: str) -> None:
        found = refused(tables(patients=f"id,disease,birth_year\np-1,mgus,1961\n{other},mgus,1950\n"))
        assert found.startswith("patients.csv:3:1: id: the ids ")
        assert "look like one" in found

    def test_no_row_is_read_where_it_is_not_known_whose_they_are(self) -> None:
        with pytest.raises(PatientError):
            read_each(tables(patients="id,disease\np1,mgus\np1\u200b,mgus\n"))

    @pytest.mark.parametrize("years", [("1961", "1961"), ("1961", ""), ("", "")])
    def test_capitals_alone_tell_nobody_apart(self, years: tuple[str, str]) -> None:
        text = f"id,disease,birth_year\np1,mgus,{years[0]}\nq,mgus,1961\nP1,mgus,{years[1]}\n"
        assert "patients.csv:4:1: id: the ids 'p1' and 'P1' look like one" in refused(tables(patients=text))

    @pytest.mark.parametrize(
        "rows",
        ["aB,mgus,1961\nAb,mgus,1950\n", "1,mgus,1961\n01,mgus,1961\n", "p1,mgus,1961\np2,mgus,1961\n", "Γ1,mgus,1961\nΔ1,mgus,1961\n"],
    )  # fmt: skip
    def test_two_patients_are_two(self, rows: str) -> None:
        assert len(read_tables(tables(patients=f"id,disease,birth_year\n{rows}"))) == 2

    def test_an_id_alone_may_hold_anything(self) -> None:
        assert as_seen("p1\u200b") == "p1"
        assert [patient.id for patient in read_tables(tables(patients="id,disease\np\u20111,mgus\n"))] == ["p\u20111"]
