"""An answer worked out again from the record, and what explains it when it is not the same."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import mrdguide
from mrdguide.answer.provenance import input_hash
from mrdguide.errors import PatientError, RecordError, UsageError
from mrdguide.patient.canonical import canonical_text, read_canonical
from mrdguide.patient.facts import catalogue
from mrdguide.record import DecisionStore
from mrdguide.teach.examples import examples

from ..laws.effort import law
from ..laws.patients import Profile, profiles
from . import DAY, EXAMPLE, PATIENT_ID, answer, profile


class TestReplay:
    @pytest.mark.parametrize("example", examples(), ids=lambda example: example.file)
    def test_every_example_gives_the_same_bytes(
        self, store: DecisionStore, shipped_rules: mrdguide.RuleBook, example: Any
    ) -> None:
        entry = store.append(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of), "test")
        found = store.replay(entry.number, rules=shipped_rules)
        assert (found.same, found.changed) == (True, ())

    def test_values_as_they_were_written_and_incomplete_ones_come_back(
        self, store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: mrdguide.RuleBook
    ) -> None:
        store.append(found, "test")
        again = store.replay(1, rules=shipped_rules)
        assert again.same
        assert again.recommendation.case.patient == found.case.patient
        assert "80.1235 umol/L" in again.recommendation.to_json()

    def test_unverified_figures_are_shown_again(self, store: DecisionStore, shipped_rules: mrdguide.RuleBook) -> None:
        shown = mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY, include_unverified=True)
        hidden = mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY)
        assert shown.to_json() != hidden.to_json()
        assert store.replay(store.append(shown, "test").number, rules=shipped_rules).same
        assert store.replay(store.append(hidden, "test").number, rules=shipped_rules).same

    def test_from_a_profile_given(
        self, path: Path, found: mrdguide.Recommendation, shipped_rules: mrdguide.RuleBook
    ) -> None:
        with DecisionStore(path) as store:
            store.append(found, "test")
            with pytest.raises(UsageError, match="input was not kept"):
                store.replay(1)
            assert store.replay(1, profile(), shipped_rules).same
            with pytest.raises(PatientError):
                store.replay(1, {"id": "x"})

    def test_another_input_is_named(
        self, store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: Any
    ) -> None:
        store.append(found, "test")
        again = store.replay(1, profile(ecog=2), shipped_rules)
        assert (again.same, again.names()) == (False, ("input",))

    def test_other_rules_are_named(
        self, store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: Any
    ) -> None:
        store.append(found, "test")
        again = store.replay(1, rules=replace(shipped_rules, hash="0" * 64))
        assert (again.same, again.names()) == (False, ("rules",))
        assert shipped_rules.hash in str(again)

    def test_other_evidence_is_named(
        self, store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: mrdguide.RuleBook, tmp_path: Path
    ) -> None:
        store.append(found, "test")
        folder = tmp_path / "evidence"
        shutil.copytree(shipped_rules.evidence.folder, folder)
        entry = next(iter(sorted(folder.rglob("derman2024.yaml"))))
        entry.write_text(entry.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
        again = store.replay(1, rules=mrdguide.load_rules(evidence=folder))
        assert again.names() == ("evidence",)

    def test_another_engine_is_named(
        self, store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.append(found, "test")
        monkeypatch.setattr("mrdguide.answer.answer.engine_version", lambda: "99.0")
        again = store.replay(1, rules=shipped_rules)
        assert (again.same, again.names()) == (False, ("engine",))
        assert "now 99.0" in str(again)

    def test_one_engine_instead_of_two_is_named(self, store: DecisionStore, shipped_rules: mrdguide.RuleBook) -> None:
        found = answer(shipped_rules)
        unlike = replace(found.provenance, cross_checked=not found.provenance.cross_checked)
        found.__dict__["provenance"] = unlike
        store.append(found, "test")
        again = store.replay(1, rules=shipped_rules)
        assert (again.same, again.names()) == (False, ("cross-check",))

    def test_a_difference_that_nothing_explains_is_said(
        self, store: DecisionStore, shipped_rules: mrdguide.RuleBook
    ) -> None:
        found = answer(shipped_rules)
        found.__dict__["ignored_entries"] = ("a note that the rules never made",)
        store.append(found, "test")
        again = store.replay(1, rules=shipped_rules)
        assert (again.same, again.names()) == (False, ())
        assert "nothing recorded explains it" in str(again)

    def test_a_kept_input_that_is_no_longer_read_tells_nothing_of_it(
        self, store: DecisionStore, found: mrdguide.Recommendation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "mrdguide.record.store.canonical_text", lambda patient: json.dumps({"id": patient.id, "old": 1})
        )
        store.append(found, "test")
        with pytest.raises(RecordError, match="no longer reads the input") as caught:
            store.replay(1)
        assert PATIENT_ID not in str(caught.value)

    def test_feedback_is_not_replayed(self, five: Path) -> None:
        with DecisionStore(five) as store, pytest.raises(UsageError, match="is no evaluation"):
            store.replay(3)


@law(150)
@given(profiles())
def test_a_kept_input_is_the_same_patient_again(plain: Profile) -> None:
    patient = mrdguide.read_patient(plain)
    again = read_canonical(canonical_text(patient))
    assert again == patient
    facts = catalogue().values()
    assert [fact.get(again) for fact in facts] == [fact.get(patient) for fact in facts]
    assert input_hash(again) == input_hash(patient)
    assert canonical_text(again) == canonical_text(patient)
