"""What a record cannot tell: how it is said, asked and answered."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import mrdguide
from mrdguide.case.case import Case
from mrdguide.case.doubts import plausible
from mrdguide.errors import UsageError
from mrdguide.patient.canonical import canonical_text, read_canonical
from mrdguide.patient.units import UNITS
from mrdguide.reading.document import read_file
from mrdguide.reading.shipped import folder

from .judging import case

SUPPORTED: dict[str, Any] = read_file(folder("examples") / "cessation-supported.yaml").data
AS_OF = "2026-11-21"
POSITIVE = {
    "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "detected", "level": 1e-4,
}  # fmt: skip


def judged(rules: mrdguide.RuleBook, as_of: str = AS_OF, **more: Any) -> mrdguide.Recommendation:
    return mrdguide.evaluate({**deepcopy(SUPPORTED), **more}, rules=rules, as_of=as_of)


def test_a_sound_profile_is_judged_as_it_is() -> None:
    found = case(mrd=[{**POSITIVE, "date": "2026-01-01"}])
    assert found.patient is found.original
    assert (found.doubts, found.ignored(), found.planned()) == ((), [], [])


def test_the_table_has_the_units_of_the_profile_and_a_range_for_every_quantity() -> None:
    table = plausible()
    assert set(table.labs) == set(UNITS)
    for ranges in (table.labs, table.upper_limits):
        for name, allowed in ranges.items():
            assert allowed.unit == UNITS[name][0]
            assert allowed.low < allowed.high <= max(UNITS[name][2], 40_000)


@pytest.mark.parametrize(
    ("name", "value", "unit", "text"),
    [
        ("albumin", 3.5, "g/L", "3.5 g/L is outside 5 to 70 g/L: is it g/dL?"),
        ("albumin", 0.2, "g/dL", "0.2 g/dL is outside 0.5 to 7 g/dL: correct it"),
        ("albumin", 5, "g/L", ""),
        ("albumin", 4.9, "g/L", "4.9 g/L is outside 5 to 70 g/L: is it g/dL?"),
        ("albumin", 70, "g/L", ""),
        ("albumin", 71, "g/L", "71 g/L is outside 5 to 70 g/L: correct it"),
        ("creatinine", 1.2, "umol/L", "1.2 umol/L is outside 8.84 to 3536 umol/L: is it mg/dL?"),
        ("creatinine", 0.1, "mg/dL", ""),
        ("ldh", 3, "U/L", "3 U/L is outside 10 to 20000 U/L: is it ukat/L?"),
        ("beta2_microglobulin", 0.05, "mg/L", "0.05 mg/L is outside 0.1 to 200 mg/L: is it mg/dL?"),
    ],
)
def test_a_laboratory_value_that_cannot_be_says_both_values(name: str, value: float, unit: str, text: str) -> None:
    found = case(baseline={"labs": {name: {"value": value, "unit": unit}}})
    assert [doubt.text for doubt in found.doubts] == ([text] if text else [])
    held = getattr(found.patient.baseline.labs, name)
    assert (held is None) == bool(text)
    assert getattr(found.original.baseline.labs, name) is not None


def test_a_marker_that_cannot_be_is_not_measured() -> None:
    found = case(
        markers=[
            {"date": "2026-01-01", "calcium": {"value": 9.4, "unit": "mmol/L"}, "kappa": {"value": 12, "unit": "mg/L"}}
        ]
    )
    assert found.patient.markers[0].calcium is None
    assert found.patient.markers[0].kappa is not None
    assert found.doubts[0].text == "9.4 mmol/L is outside 0.5 to 7 mmol/L: is it mg/dL?"


def test_events_that_may_come_before_the_disease_are_believed() -> None:
    diagnosis = {"disease": "multiple-myeloma", "date": "2019-09-02"}
    events = [
        {"date": "2010-01-01", "kind": "second-primary-malignancy"},
        {"date": "2010-01-01", "kind": "progression"},
    ]
    found = case(diagnosis=diagnosis, events=events)
    assert [doubt.path for doubt in found.doubts] == ["events[1].date"]


def test_nothing_happens_before_birth() -> None:
    events = [
        {"date": "1960-12-31", "kind": "second-primary-malignancy"},
        {"date": "1961", "kind": "unexplained-cytopenia"},
    ]
    found = case(birth_year=1961, events=events)
    assert [doubt.text for doubt in found.doubts] == [
        "1960-12-31 lies before the birth year 1961: correct one of the two"
    ]


def test_an_event_that_is_to_be_over_is_not_over() -> None:
    events = [{"date": "2026-01-01", "kind": "unexplained-cytopenia", "status": "resolved", "end": "2026-06-16"}]
    found = case(events=events)
    assert (found.patient.events[0].status, found.patient.events[0].end) == (None, None)
    assert case("2026-06-16", events=events).patient.events[0].status == "resolved"


def test_an_event_that_ends_before_it_happens_is_not_over(shipped_rules: mrdguide.RuleBook) -> None:
    """One of the two dates is wrong; the harm counts until somebody says which."""
    for kind in ("second-primary-malignancy", "unexplained-cytopenia"):
        found = judged(shipped_rules, events=[{"date": "2026-04-14", "kind": kind, "end": "2021-05-18"}])
        assert found.outcome == "stop-for-harm"
        [doubt] = found.case.doubts
        assert doubt.path == "events[0].end"
        assert doubt.text == "2021-05-18 lies before the event itself (2026-04-14): correct one of the two"
        within_its_month = judged(shipped_rules, events=[{"date": "2026-04-14", "kind": kind, "end": "2026-04"}])
        assert within_its_month.case.doubts == ()


def test_an_attestation_of_a_later_day_counts_for_nothing() -> None:
    said = [{"what": "serum-quiet", "value": True, "of": "2026-06-16", "by": "tumor board", "date": "2026-06-16"}]
    found = case(attested=said)
    assert found.patient.attested == ()
    assert found.ignored() == [
        "attested[0]: serum-quiet of 2026-06-16 lies after the day judged (2026-06-15) (ignored)"
    ]
    assert len(case("2026-06-16", attested=said).patient.attested) == 1


def test_the_question_names_the_date_and_its_answers_lead_somewhere(shipped_rules: mrdguide.RuleBook) -> None:
    found = judged(shipped_rules, mrd=[*SUPPORTED["mrd"], {**POSITIVE, "date": "2062-01-01"}])
    (asked,) = found.missing
    assert asked.path == "mrd[5].date"
    assert asked.what == (
        "exact date of NGS 2062-01-01 (after the day judged): detected, level 1e-4, LoD 1e-6: correct the date"
    )
    assert asked.leads_to == {
        "before 2023-08-28": ("cessation-conditional",),
        "from 2023-08-28 to before 2026-09-10": ("continue",),
        "on 2026-09-10 or later": ("act-on-resurgence",),
        "after 2026-11-21 (one looks back)": ("cessation-supported",),
    }


def test_of_a_maintenance_start_that_cannot_be_every_answer_is_tried(shipped_rules: mrdguide.RuleBook) -> None:
    therapy = deepcopy(SUPPORTED["therapy"])
    therapy[2]["start"] = "2001-06-20"
    (asked,) = judged(shipped_rules, therapy=therapy).missing
    assert asked.leads_to == {
        "before 2020-03-15": ("continue",), "from 2020-03-15 to before 2023-11-22": ("cessation-supported",),
        "on 2023-11-22 or later": ("cessation-conditional",),
    }  # fmt: skip


def test_a_planned_end_is_shown(shipped_rules: mrdguide.RuleBook) -> None:
    therapy = deepcopy(SUPPORTED["therapy"])
    therapy[2]["end"] = "2026-12-20"
    found = judged(shipped_rules, therapy=therapy)
    assert found.notes == ("therapy[2], maintenance, is planned to end on 2026-12-20; until then it goes on",)
    later = mrdguide.evaluate(
        {**deepcopy(SUPPORTED), "therapy": therapy}, rules=shipped_rules, as_of="2026-12-21", recorded=AS_OF
    )
    assert [(item.path, dict(item.leads_to)) for item in later.missing] == [
        ("therapy[2].end", {"goes on": ("cessation-supported",), "has ended": ("surveil-off-therapy",)})
    ]


def test_how_far_the_record_goes_can_be_given_with_the_question(shipped_rules: mrdguide.RuleBook) -> None:
    events = [{"date": "2026-12-01", "kind": "progression"}]
    profile = {**deepcopy(SUPPORTED), "events": events}
    assert mrdguide.evaluate(profile, rules=shipped_rules, as_of=AS_OF).outcome == "treat-relapse"
    found = mrdguide.evaluate(profile, rules=shipped_rules, as_of=AS_OF, recorded="2026-12-01")
    assert found.outcome == "cessation-supported"
    said = mrdguide.evaluate({**profile, "recorded": "2026-12-01"}, rules=shipped_rules, as_of=AS_OF)
    assert said.provenance.input_hash == found.provenance.input_hash
    with pytest.raises(UsageError, match="recorded: '2026-12' is not a single day"):
        mrdguide.evaluate(profile, rules=shipped_rules, as_of=AS_OF, recorded="2026-12")


def test_a_test_found_out_today_counts_though_the_record_is_older(shipped_rules: mrdguide.RuleBook) -> None:
    mrd, imaging = SUPPORTED["mrd"][:3], SUPPORTED["imaging"]
    found = judged(shipped_rules, mrd=mrd, imaging=imaging, recorded="2026-09-30")
    (asked,) = found.missing
    assert (asked.path, asked.leads_to["negative"]) == ("mrd", ("cessation-supported",))


def test_what_if_on_an_earlier_day_looks_back(shipped_rules: mrdguide.RuleBook) -> None:
    now = judged(shipped_rules, events=[{"date": "2026-11-01", "kind": "progression"}])
    assert now.outcome == "treat-relapse"
    assert mrdguide.what_if(now, {"as_of": "2026-10-20"}).after.outcome == "cessation-supported"


def test_what_was_recorded_stays_what_is_hashed_and_kept(shipped_rules: mrdguide.RuleBook) -> None:
    profile = {**deepcopy(SUPPORTED), "events": [{"date": "2062-01-01", "kind": "progression"}]}
    found = mrdguide.evaluate(profile, rules=shipped_rules, as_of=AS_OF)
    assert found.case.original == mrdguide.read_patient(profile)
    assert found.case.patient != found.case.original


def test_markers_are_kept_as_they_were_written() -> None:
    patient = mrdguide.read_patient(
        {
            "id": "a", "diagnosis": {"disease": "mgus"},
            "markers": [{"date": "2026-01", "lambda": {"value": 3, "unit": "mg/dL"}, "kappa": {"unit": "mg/L"}}],
        }
    )  # fmt: skip
    again = read_canonical(canonical_text(patient))
    assert again == patient
    assert again.markers[0].lambda_ is not None
    assert again.markers[0].lambda_.text == "3 mg/dL"
    assert again.markers[0].incomplete == ("kappa",)


def test_a_case_made_again_from_what_is_judged_has_nothing_left_to_doubt() -> None:
    found = case(mrd=[{**POSITIVE, "date": "2062-01-01"}], baseline={"labs": {"albumin": {"value": 3, "unit": "g/L"}}})
    again = Case(found.patient, found.as_of)
    assert again.doubts == ()
    assert [(timed.earliest, timed.latest) for timed in again.mrd] == [
        (timed.earliest, timed.latest) for timed in found.mrd
    ]
