"""Words people write: the message names the word meant, and nothing is ever converted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

import mrdguide
from mrdguide.errors import PatientError
from mrdguide.patient.profile import Patient
from mrdguide.patient.reader import read_patient_text
from mrdguide.reading import written_words
from mrdguide.reading.characters import strange_characters
from mrdguide.reading.document import read_file
from mrdguide.reading.validation import annotation_parts, models_in
from mrdguide.reading.written_words import (
    closest,
    date_hint,
    drug_meant,
    flag_hint,
    key_hint,
    word_hint,
)

TABLE: dict[str, Any] = read_file(Path(written_words.__file__).with_name("what_people_write.yaml")).data
FINDING = ["absent", "present", "not-tested", "failed"]
RESULT = ["not-detected", "detected", "indeterminate", "failed"]


def refusal(text: str) -> str:
    with pytest.raises(PatientError) as caught:
        read_patient_text("id: invented\ndiagnosis: {disease: multiple-myeloma}\n" + text, "profile.yaml")
    return str(caught.value)


def parts_of(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Every field of a profile, at any depth: (key, annotation)."""
    for name, info in model.model_fields.items():
        yield name, info.annotation
        for inner in models_in(info.annotation):
            yield from parts_of(inner)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("mrd: [{result: negative}]", "'negative' is written as 'not-detected' (limit_of_detection says down to which fraction)"),
        ("mrd: [{result: neg}]", "'neg' is written as 'not-detected'"),
        ("mrd: [{result: positive}]", "'positive' is written as 'detected'"),
        ("mrd: [{result: MRD-}]", "'MRD-' is written as 'not-detected'"),
        ("mrd: [{result: MRD+}]", "'MRD+' is written as 'detected'"),
        ("mrd: [{specimen: PB}]", "'PB' is written as 'blood'"),
        ("mrd: [{specimen: BM}]", "'BM' is written as 'marrow'"),
        ("mrd: [{specimen: bone marrow}]", "'bone marrow' is written as 'marrow'"),
        ("mrd: [{specimen: Peripheral Blood}]", "'Peripheral Blood' is written as 'blood'"),
        ("mrd: [{method: clonoSEQ}]", "'clonoSEQ' is written as 'NGS'"),
        ("mrd: [{method: ngs}]", "'ngs' is written as 'NGS'"),
        ("mrd: [{method: flow}]", "'NGF' (EuroFlow, or another assay of that depth) or 'MFC' (conventional flow)"),
        ("mrd: [{LoD: 1e-6}]", "'LoD' is called 'limit_of_detection' here"),
        ("mrd: [{quality: {haemodiluted: true}}]", "did you mean 'hemodiluted'?"),
        ("mrd: [{quality: {first_pull: yes}}]", "'yes' is written as true, without quotes"),
        ("imaging: [{modality: PET/CT}]", "'PET/CT' is written as 'PET-CT'"),
        ("imaging: [{modality: PET}]", "'PET' is written as 'PET-CT'"),
        ("baseline: {cytogenetics: {17p-: present}}", "'17p-' is called 'del_17p' here"),
        ("baseline: {cytogenetics: {amp1q: present}}", "'amp1q' is called 'gain_1q' here"),
        ("baseline: {cytogenetics: {t_4_14: no}}", "'no' is written as 'absent' (looked for and not found) or 'not-tested' (not looked for)"),
        ("baseline: {cytogenetics: {t_4_14: unknown}}", "when it is not known, leave it out"),
        ("baseline: {labs: {b2m: {value: 3, unit: mg/L}}}", "'b2m' is called 'beta2_microglobulin' here"),
        ("therapy: [{phase: ASCT}]", "'ASCT' is written as 'transplant'"),
        ("therapy: [{phase: transplant, kind: ASCT}]", "'ASCT' is written as 'autologous'"),
        ("therapy: [{phase: maintenance, end: ongoing}]", "therapy that continues is written as end: null"),
        ("therapy: [{phase: Revlimid}]", "'Revlimid' is a drug; drugs are named under 'drugs'"),
        ("sex: f", "'f' is written as 'female'"),
        ("responses: [{category: scr}]", "'scr' is written as 'sCR'"),
        ("events: [{kind: relapse}]", "'relapse' is written as 'progression' or 'clinical-relapse'"),
        ("events: [{kind: SPM}]", "'SPM' is written as 'second-primary-malignancy'"),
        ("diagnosis: {disease: MM}", "'MM' is written as 'multiple-myeloma'"),
    ],
)  # fmt: skip
def test_the_message_names_the_word_meant(text: str, hint: str) -> None:
    if text.startswith("diagnosis"):
        with pytest.raises(PatientError) as caught:
            read_patient_text(f"id: invented\n{text}\n", "profile.yaml")
        assert hint in str(caught.value)
    else:
        assert hint in refusal(text + "\n")


def test_nothing_in_the_table_is_accepted_as_a_value() -> None:
    for word in TABLE["words"]["not-detected"]:
        with pytest.raises(PatientError):
            mrdguide.read_patient({"id": "a", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [{"result": word}]})


def test_a_negative_is_never_taken_for_a_positive_or_what_was_not_done() -> None:
    for meaning, opposite in (("not-detected", "detected"), ("absent", "present"), ("negative", "positive")):
        written = {written_words._plain(word) for word in TABLE["words"][meaning]}
        assert not written & {written_words._plain(word) for word in TABLE["words"][opposite]}, meaning
    assert "nd" not in {written_words._plain(word) for word in TABLE["words"]["not-detected"]}  # may be "not done"


def test_every_word_meant_is_a_word_of_a_profile_or_a_rule_file() -> None:
    known = {str(word) for _, annotation in parts_of(Patient) for part in annotation_parts(annotation)
             if "Literal" in str(get_origin(part)) for word in get_args(part)}  # fmt: skip
    assert set(TABLE["words"]) - known == {"not_met"}
    assert set(TABLE["notes"]) <= set(TABLE["words"])


def test_every_key_meant_is_a_key_of_a_profile() -> None:
    assert set(TABLE["keys"]) <= {name for name, _ in parts_of(Patient)}


def test_a_word_that_is_nowhere_near_has_no_hint() -> None:
    assert word_hint("xyzzy", RESULT) == ""
    assert key_hint("xyzzy", ["date", "result"]) == ""
    assert flag_hint("perhaps") == ""
    assert date_hint("soon", "end") == ""


def test_a_misspelt_word_is_still_pointed_at() -> None:
    assert word_hint("presnt", FINDING) == "did you mean 'present'?"
    assert key_hint("firstpull", ["first_pull"]) == "did you mean 'first_pull'?"


@pytest.mark.parametrize(
    ("written", "drug"),
    [("LEN", "lenalidomide"), ("Revlimid", "lenalidomide"), ("Darzalex", "daratumumab"), ("Velcade", "bortezomib")],
)
def test_drugs_are_known_by_their_other_names(written: str, drug: str) -> None:
    assert drug_meant(written) == drug
    assert word_hint(written, [f"drug.{drug}", "mrd"]) == f"'{written}' is written as 'drug.{drug}'"


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("therapy.maintenance-36-months", ["therapy.maintenance-24-months"]),
        ("invented2030", ["invented2020"]),
        ("mrd.sustained-12-1e-4", ["mrd.sustained-12-1e-5"]),
    ],
)
def test_another_number_is_another_thing_and_is_not_proposed(word: str, known: list[str]) -> None:
    assert closest(word, known) == ""


def test_a_misspelt_word_beside_a_number_is_still_proposed() -> None:
    assert closest("therapy.maintenence-24-months", ["therapy.maintenance-24-months"]) != ""
    assert closest("terpos205", ["terpos2025"]) == ""


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("risk.ldh-h\u0456gh", "Cyrillic Small Letter Byelorussian-Ukrainian I (U+0456)"),
        ("\u043crd.negative", "Cyrillic Small Letter Em (U+043C)"),
        ("when\u00a0", "no-break space (U+00A0)"),
        ("mrd\u200b.now", "zero width space (U+200B)"),
    ],
)
def test_letters_that_look_alike_and_spaces_that_cannot_be_seen_are_named(word: str, told: str) -> None:
    assert told in closest(word, ["mrd.negative", "risk.ldh-high"])


def test_a_unit_with_a_greek_letter_is_no_look_alike() -> None:
    assert strange_characters("\u00b5g/L") == ""
