"""What is blank is as good as left out, what people say is of a day that they can know, and what is set aside is told."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import PatientError, UsageError
from mrdguide.patient.canonical import canonical_text, plain_profile, read_canonical
from mrdguide.patient.change import changed
from mrdguide.patient.reader import read_patient_text
from mrdguide.reading.written_words import says_something
from mrdguide.teach.examples import examples

QUIET = {"what": "serum-quiet", "value": True, "of": "2026-10-01", "by": "tumor board"}
OUT_OF_REACH = {"what": "baseline.cytogenetics.tp53_mutation", "why": "no sample is left", "by": "tumor board"}
SUPPORTED = next(item for item in examples() if "cessation-supported" in str(item.file))
BLANK = ["", " ", "-", "?", "...", "\u200b", "\u00a0", "\u3164", "\u2800", "n/a", "unknown"]


def judged(**facts: Any) -> mrdguide.Recommendation:
    profile = deepcopy(plain_profile(mrdguide.read_patient(SUPPORTED.path)))
    return mrdguide.evaluate({**profile, **facts}, as_of=SUPPORTED.as_of)


@pytest.mark.parametrize("text", BLANK)
def test_a_blank_text_says_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize("text", ["me", "Dr. Ω", "腫瘍科", "42"])
def test_a_word_in_whatever_alphabet_says_something(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize("blank", BLANK)
def test_a_statement_that_nobody_signed_counts_for_nothing_and_is_told(blank: str) -> None:
    found = judged(markers=[], attested=[{**QUIET, "by": blank}])
    assert found.outcome == "insufficient-data"
    assert found.ignored_entries == (
        "attested[0], serum-quiet, does not say who says so ('by'); it counts for nothing",
    )
    assert found.attestations == ()
    assert judged(markers=[], attested=[QUIET]).outcome == "cessation-supported"


@pytest.mark.parametrize(("field", "words"), [("by", "who says so ('by')"), ("why", "why it cannot be had ('why')")])
@pytest.mark.parametrize("blank", BLANK)
def test_a_declaration_that_says_not_who_or_why_counts_for_nothing_and_is_told(
    field: str, words: str, blank: str
) -> None:
    baseline = judged().profile.baseline.model_dump(mode="json", exclude_unset=True)
    baseline["cytogenetics"]["tp53_mutation"] = "not-tested"
    assert judged(baseline=baseline, unobtainable=[OUT_OF_REACH]).unobtainable
    found = judged(baseline=baseline, unobtainable=[{**OUT_OF_REACH, field: blank}])
    assert found.unobtainable == ()
    assert words in found.ignored_entries[0]
    assert found.possible_outcomes == judged(baseline=baseline).possible_outcomes


def test_a_statement_is_not_made_before_the_day_of_which_it_speaks() -> None:
    found = judged(markers=[], attested=[{**QUIET, "date": "2026-01-01"}])
    assert found.outcome == "insufficient-data"
    assert "was said on 2026-01-01, before the day that it speaks of" in found.ignored_entries[0]
    for day in ("2026-10-01", "2026-10", "2026-11-20"):
        assert judged(markers=[], attested=[{**QUIET, "date": day}]).outcome == "cessation-supported"


def test_a_no_that_was_said_before_its_day_still_counts() -> None:
    assert judged(attested=[{**QUIET, "value": False, "date": "2026-01-01"}]).outcome == "insufficient-data"


@pytest.mark.parametrize("facts", [{}, {"markers": []}])
def test_the_note_of_a_statement_is_shown_whether_or_not_the_statement_is_needed(facts: dict[str, Any]) -> None:
    found = judged(**facts, attested=[{**QUIET, "note": "relapse suspected"}])
    assert "attested[0], serum-quiet, has a note, which decides nothing: relapse suspected" in found.ignored_entries
    assert "relapse suspected" in str(found.to_dict())
    assert judged(**facts, attested=[{**QUIET, "note": " "}]).ignored_entries == ()


def test_a_regimen_called_by_a_name_that_stands_for_other_drugs_is_told() -> None:
    therapy = judged().profile.model_dump(mode="json", exclude_unset=True)["therapy"]
    found = judged(therapy=[*therapy[:-1], {**therapy[-1], "regimen": "KRd", "drugs": ["lenalidomide"]}])
    assert "therapy[2] is called KRd (carfilzomib, lenalidomide, dexamethasone)" in found.ignored_entries[0]
    assert "KRd" in str(found.to_dict())
    assert judged(therapy=therapy).ignored_entries == ()


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ({"serum_m_protein": {"value": 0}}, "markers[1].serum_m_protein is recorded without its unit"),
        ({"lambda": {"unit": "mg/L"}}, "markers[1].lambda is recorded without its value"),
    ],
)
def test_a_marker_without_number_or_unit_is_told(recorded: dict[str, Any], told: str) -> None:
    markers = plain_profile(judged().profile)["markers"]
    found = judged(markers=[*markers, {"date": "2026-10-25", **recorded}])
    assert found.outcome == "cessation-supported"
    assert found.ignored_entries == (f"{told} and counts as unknown",)


def test_a_value_without_a_unit_is_kept_where_a_profile_is_kept_or_changed() -> None:
    panel = {"date": "2026-10-25", "serum_m_protein": {"value": 12.0}}
    patient = judged(markers=[panel]).profile
    assert plain_profile(patient)["markers"] == [panel]
    for again in (read_canonical(canonical_text(patient)), changed(patient, {"ecog": 0})):
        assert again.markers[0].as_written("serum_m_protein") == {"value": 12.0}


@pytest.mark.parametrize(
    "paths",
    [("mrd[-1].result", "mrd[4].result"), ("mrd[+].result", "mrd[5].result"), ("mrd[+].result", "mrd[-1].result")],
)
def test_one_place_is_not_set_twice(paths: tuple[str, str]) -> None:
    patient = mrdguide.read_patient(SUPPORTED.path)
    with pytest.raises(UsageError, match="are one place of the profile"):
        changed(patient, dict(zip(paths, ("detected", "not-detected"), strict=True)))
    assert len(changed(patient, {"mrd[+].result": "detected", "mrd[-1].date": "2026-11-01"}).mrd) == 6


MESSAGES = [
    ("markers: [{kappa: {value: 3, unit: mg/L, text: 3}}]", "expected: one of value, unit, upper_limit\n"),
    ("markers: [{serum_m_protein: 12 g/L}]", "write {value: 12, unit: g/L}\n"),
    ("markers: [{serum_m_protein: 1.2 g/dL}]", "write {value: 1.2, unit: g/dL}\n"),
    (
        "markers: [{serum_m_protein: 12}]",
        "write {value: 12, unit: g/L} with the unit that it was measured in: g/L, g/dL",
    ),
    ("markers: [{kappa: high}]", "write {value: ..., unit: mg/L} with the unit"),
    ("mrd: [null]", "mrd[0]: is empty\n"),
    ("therapy:\n  -\n", "therapy[0]: is empty\n"),
]


@pytest.mark.parametrize(("text", "words"), MESSAGES)
def test_what_is_wrong_is_told_with_what_to_write(text: str, words: str) -> None:
    with pytest.raises(PatientError) as caught:
        read_patient_text(f"id: a\ndiagnosis: {{disease: multiple-myeloma}}\n{text}", "a.yaml")
    assert words in f"{caught.value}\n"


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(PatientError, match=r"^a\.yaml: is empty"):
        read_patient_text("", "a.yaml")


def test_the_schema_names_no_key_that_is_not_read() -> None:
    quantity = mrdguide.Patient.model_json_schema()["$defs"]["Quantity"]
    assert set(quantity["properties"]) == {"value", "unit", "upper_limit"}
