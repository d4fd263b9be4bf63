"""`mrdguide record`: verify, show, export, replay, each as a function of its parsed arguments."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from types import ModuleType

import pytest

import mrdguide
from mrdguide import cds, fhir
from mrdguide.cli import main
from mrdguide.commands.record import export, replay, show, sign, verify
from mrdguide.errors import UsageError
from mrdguide.reading.document import read_file
from mrdguide.record import DecisionStore
from mrdguide.teach.examples import examples

from ..cds.calls import call
from ..intake.fhir.bundles import bundle
from ..record import PATIENT_ID, profile, tampering

_ACTIONS = [verify, show, export, replay, sign]


def arguments(store: Path | str, **more: object) -> Namespace:
    given = {
        "store": str(store),
        "number": None,
        "file": None,
        "output": None,
        "head": None,
        "rules": None,
        "fhir": False,
        "decision": "stop",
        "by": "x",
        "date": "2026-11-26",
        "review_on": None,
    }
    return Namespace(**{**given, **more})


@pytest.fixture
def without_input(path: Path, found: mrdguide.Recommendation) -> Path:
    with DecisionStore(path) as store:
        store.append(found, "test")
    return path


class TestVerify:
    def test_a_whole_record(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert verify.run(arguments(five)) == 0
        said = capsys.readouterr()
        with DecisionStore(five) as store:
            assert said.out == f"{five}: 5 entries, the chain is whole\nhead: {store.head}\n"
        assert said.err == ""

    def test_a_broken_record(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with tampering(five) as connection:
            connection.execute("UPDATE mrdguide_entries SET outcome = 'x' WHERE number = 2")
        assert verify.run(arguments(five)) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err == f"mrdguide: {five}: entry 2: its content was changed after it was recorded\n"

    def test_the_head_noted_earlier(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with DecisionStore(five) as store:
            head = store.head
        assert verify.run(arguments(five, head=f" {head.upper()}\n")) == 0
        with tampering(five) as connection:
            connection.execute("DELETE FROM mrdguide_entries WHERE number = 5")
        assert verify.run(arguments(five)) == 0
        assert verify.run(arguments(five, head=head)) == 2
        assert "removed or replaced" in capsys.readouterr().err

    @pytest.mark.parametrize("head", ["", "abc", "g" * 64])
    def test_a_head_that_is_none(self, five: Path, head: str) -> None:
        with pytest.raises(UsageError, match="--head"):
            verify.run(arguments(five, head=head))


class TestShow:
    def test_without_a_number_a_line_for_each(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert show.run(arguments(five)) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "5"]
        assert "feedback" in lines[2]
        assert "on entry 2" in lines[2]

    @pytest.mark.parametrize("by", ["number", "text", "hash"])
    def test_an_entry_without_the_profile(
        self, five: Path, found: mrdguide.Recommendation, capsys: pytest.CaptureFixture[str], by: str
    ) -> None:
        with DecisionStore(five) as store:
            entry = store.entry(2)
        assert show.run(arguments(five, number={"number": 2, "text": "2", "hash": entry.entry_hash}[by])) == 0
        said = capsys.readouterr().out
        labels = dict(line.split(":", 1) for line in said.splitlines())
        assert labels["number"].strip() == "2"
        assert labels["outcome"].strip() == found.outcome
        assert labels["cross checked"].strip() == ("yes" if found.provenance.cross_checked else "no")
        assert labels["entry hash"].strip() == entry.entry_hash
        assert labels["feedback"].strip().startswith("entry 3 ")
        assert labels["input"].strip().startswith("kept")
        assert "body" not in labels
        assert PATIENT_ID not in said

    def test_feedback(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert show.run(arguments(five, number=3)) == 0
        said = capsys.readouterr().out
        assert '{"outcome":"overridden"}' in said
        assert "rules" not in said

    def test_a_changed_entry_is_shown_with_a_warning(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        show.run(arguments(five, number=2))
        assert "WARNING" not in capsys.readouterr().out
        with tampering(five) as connection:
            connection.execute("UPDATE mrdguide_entries SET outcome = 'x' WHERE number = 2")
        show.run(arguments(five, number=2))
        assert "WARNING: the content was changed" in capsys.readouterr().out

    @pytest.mark.parametrize("number", [6, "6", "f" * 64, "9" * 40])
    def test_an_entry_that_is_not_there(self, five: Path, number: int | str) -> None:
        with pytest.raises(UsageError, match=f"there is no entry {number}"):
            show.run(arguments(five, number=number))


class TestSign:
    WHAT = ("--decision", "stop", "--by", "Tumor board", "--date", "2026-11-26")

    def test_a_decision_is_shown_with_its_answer_and_by_itself(
        self, five: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["record", "sign", str(five), "2", *self.WHAT, "--review-on", "2027-05-26"]) == 0
        told = "Stop maintenance (stop), by Tumor board on 2026-11-26, review on 2027-05-26"
        assert f"entry 6, on entry 2: {told}" in capsys.readouterr().out
        assert main(["record", "show", str(five)]) == 0
        assert f"decision    on entry 2  ({told}" in capsys.readouterr().out
        assert main(["record", "show", str(five), "2"]) == 0
        assert told in capsys.readouterr().out
        assert main(["record", "show", str(five), "6"]) == 0
        shown = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
        assert (shown["decision"].strip(), shown["by"].strip(), shown["review on"].strip()) == (
            "stop", "Tumor board", "2027-05-26",
        )  # fmt: skip
        assert shown["among options"].strip() == "no"
        assert main(["record", "verify", str(five)]) == 0

    def test_a_decision_that_does_not_exist(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        before = five.read_bytes()
        assert main(["record", "sign", str(five), "2", *self.WHAT, "--decision", "halt"]) == 2
        assert "there is no decision 'halt'" in capsys.readouterr().err
        assert five.read_bytes() == before


class TestExport:
    def test_to_standard_output_and_to_a_file(
        self, five: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert export.run(arguments(five)) == 0
        shown = capsys.readouterr().out
        assert [json.loads(line)["number"] for line in shown.splitlines()] == [1, 2, 3, 4, 5]
        assert export.run(arguments(five, output=str(tmp_path / "out.jsonl"))) == 0
        assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == shown
        assert capsys.readouterr().out == ""

    def test_the_record_is_not_written_over(self, five: Path) -> None:
        before = five.read_bytes()
        with pytest.raises(UsageError, match="is the record itself"):
            export.run(arguments(five, output=str(five.parent / "." / five.name)))
        assert five.read_bytes() == before

    def test_an_output_that_cannot_be_written(self, five: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="cannot write"):
            export.run(arguments(five, output=str(tmp_path / "no" / "where")))


class TestReplay:
    def test_the_same(self, five: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert replay.run(arguments(five, number=2)) == 0
        assert capsys.readouterr().out.startswith("entry 2: the same answer to the byte")

    def test_from_a_file(self, without_input: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "profile.json"
        file.write_text(json.dumps(profile()), encoding="utf-8")
        with pytest.raises(UsageError, match="its input was not kept; give the profile"):
            replay.run(arguments(without_input, number=1))
        assert replay.run(arguments(without_input, number=1, file=str(file))) == 0
        file.write_text(json.dumps(profile(ecog=3)), encoding="utf-8")
        capsys.readouterr()
        assert replay.run(arguments(without_input, number=1, file=str(file))) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "input: recorded" in said.err

    def test_from_the_fhir_data_that_were_handed_over(
        self, path: Path, tmp_path: Path, shipped_rules: mrdguide.RuleBook
    ) -> None:
        example = examples()[0]
        record_of_patient = bundle(read_file(example.path).data)
        asked = call()
        with DecisionStore(path) as store:
            patient, _ = fhir.read(record_of_patient)
            store.append(mrdguide.evaluate(patient, rules=shipped_rules, as_of=example.as_of), "test")
            cds.handle(asked, rules=shipped_rules, store=store)
        for number, given in ((1, record_of_patient), (2, asked)):
            file = tmp_path / f"{number}.json"
            file.write_text(json.dumps(given), encoding="utf-8")
            assert main(["record", "replay", str(path), str(number), str(file), "--fhir"]) == 0
            assert main(["record", "replay", str(path), str(number), "--fhir", str(file)]) == 0

    def test_by_other_rules(
        self, five: Path, tmp_path: Path, shipped_rules: mrdguide.RuleBook, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for source in shipped_rules.folders[0].rglob("*.yaml"):
            target = tmp_path / "rules" / source.relative_to(shipped_rules.folders[0])
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            target.write_text(text.replace("name: mrdguide-core", "name: other\n  standalone: true"), encoding="utf-8")
        assert replay.run(arguments(five, number=1, rules=[str(tmp_path / "rules")])) == 2
        said = capsys.readouterr().err
        assert "rules: recorded" in said
        assert "evidence: recorded" not in said


@pytest.mark.parametrize("action", _ACTIONS)
def test_no_action_makes_a_record(action: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no record at"):
        action.run(arguments(tmp_path / "nowhere.db", number=1))
    assert list(tmp_path.iterdir()) == []
