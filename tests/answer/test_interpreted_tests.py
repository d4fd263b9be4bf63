"""The answer carries the tests as the rules read them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import mrdguide
from mrdguide.answer.interpreted_tests import InterpretedMrdTest, InterpretedTests
from mrdguide.case import imaging, mrd

from ..examples import NAMES, evaluated, shipped

DAY = "2026-11-21"
TEST = {
    "date": "2026-09-10", "specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "not-detected",
    "quality": {"first_pull": True, "hemodiluted": False, "trackable_clone": True},
}  # fmt: skip


def interpreted(**profile: Any) -> InterpretedTests:
    patient = {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, **profile}
    return mrdguide.evaluate(patient, rules=shipped(), as_of=DAY).tests


def one(**changed: Any) -> InterpretedMrdTest:
    (found,) = interpreted(mrd=[{**TEST, **changed}]).mrd
    return found


def readings(test: InterpretedMrdTest) -> dict[float | None, str]:
    return {item.threshold: item.reading for item in test.at}


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_every_test_as_the_criteria_do(name: str) -> None:
    answer = evaluated(name)
    rules, found = answer.rules, answer.tests
    assert found.thresholds == tuple(sorted(rules.thresholds.by_path["mrd"], reverse=True))
    for place, threshold in enumerate(found.thresholds):
        read = mrd.interpret(answer.case, threshold, rules.interpretation.marrow_mrd)
        assert [test.path for test in found.mrd] == [mrd.path_of(item.timed) for item in read]
        for test, item in zip(found.mrd, read, strict=True):
            at = test.at[place]
            bits = {"positive": 1, "not-evaluable": 2, "negative": 4, "below": 8}
            assert at.threshold == threshold
            assert sum(bits[result] for result in at.possible) == item.possible
            assert at.reading == (at.possible[0] if len(at.possible) == 1 else "unclear")
    seen = imaging.interpret(answer.case, rules.interpretation.imaging)
    assert [item.description for item in found.imaging] == [imaging.describe(item.timed) for item in seen]


def test_a_negative_test_is_negative_as_deep_as_its_assay_goes() -> None:
    test = one()
    assert (test.path, test.kind, test.date) == ("mrd[0]", "test", "2026-09-10")
    assert (test.earliest, test.latest) == (date(2026, 9, 10), date(2026, 9, 10))
    assert test.description == "NGS 2026-09-10: not detected, LoD 1e-6"
    assert readings(test) == {1e-5: "negative", 2e-6: "negative", 1e-6: "negative", 1e-7: "not-evaluable"} | {
        threshold: "not-evaluable" for threshold in readings(test) if threshold is not None and threshold < 1e-6
    }
    deepest = test.at[-1]
    assert deepest.reason == "limit of detection"
    assert deepest.why_not_evaluable.startswith("LoD 1e-6 is worse than ")


@pytest.mark.parametrize(
    ("changed", "reading", "reason", "missing"),
    [
        ({"result": "detected", "level": 1e-4}, "positive", "", ()),
        ({"result": "detected"}, "unclear", "", ("level",)),
        ({"result": "indeterminate"}, "unclear", "", ("result",)),
        ({"result": "failed"}, "not-evaluable", "the test failed", ()),
        ({"specimen": "blood"}, "not-evaluable", "not marrow", ()),
        ({"specimen": None}, "unclear", "", ("specimen",)),
        ({"limit_of_detection": None}, "unclear", "", ("limit_of_detection",)),
        ({"limit_of_detection": 1e-4}, "not-evaluable", "limit of detection", ()),
        ({"quality": {"hemodiluted": True}}, "not-evaluable", "haemodiluted sample", ()),
    ],
)  # fmt: skip
def test_it_says_why_not_and_what_is_missing(
    changed: dict[str, Any], reading: str, reason: str, missing: tuple[str, ...]
) -> None:
    highest = one(**changed).at[0]
    assert (highest.reading, highest.reason, highest.missing) == (reading, reason, missing)
    assert bool(highest.why_not_evaluable) == (reading == "not-evaluable")


def test_a_date_known_to_the_month_is_any_day_of_it_up_to_the_day_judged() -> None:
    test = one(date="2026-11")
    assert (test.date, test.earliest, test.latest) == ("2026-11", date(2026, 11, 1), date(2026, 11, 21))
    undated = one(date=None)
    assert (undated.date, undated.earliest, undated.latest) == (None, None, date(2026, 11, 21))


def test_a_resurgence_recorded_as_an_event_is_a_positive_test() -> None:
    found = interpreted(mrd=[TEST], events=[{"date": "2026-10", "kind": "mrd-resurgence"}])
    assert [(item.path, item.kind, item.date) for item in found.mrd] == [
        ("mrd[0]", "test", "2026-09-10"),
        ("events[0]", "event", "2026-10"),
    ]
    assert set(readings(found.mrd[1]).values()) == {"positive"}
    assert [run.tests for run in found.runs] == [0] * len(found.thresholds)


def test_tests_that_may_not_have_been_supplied_can_be_anything() -> None:
    found = interpreted(incomplete=["mrd", "imaging"])
    assert [(item.path, item.kind, item.date, item.earliest) for item in found.mrd] == [
        ("mrd", "not-supplied", None, None)
    ]
    assert found.mrd[0].at[0].possible == ("positive", "not-evaluable", "below", "negative")
    assert [(item.path, item.kind, item.reading) for item in found.imaging] == [("imaging", "not-supplied", "unclear")]


def test_the_current_run_at_each_threshold() -> None:
    later = {**TEST, "date": "2026-10-20", "limit_of_detection": 1e-5}
    before = {**TEST, "date": "2025-01-10", "result": "detected", "level": 1e-4}
    found = interpreted(mrd=[later, TEST, before])
    runs = {run.threshold: run for run in found.runs}
    assert [run.threshold for run in found.runs] == list(found.thresholds)
    assert (runs[1e-5].tests, runs[1e-5].first, runs[1e-5].last) == (2, date(2026, 9, 10), date(2026, 10, 20))
    assert runs[1e-5].members == ("mrd[1]", "mrd[0]")
    assert (runs[1e-6].tests, runs[1e-6].members) == (1, ("mrd[1]",))
    assert (runs[1e-7].first, runs[1e-7].last, runs[1e-7].members) == (None, None, ())


def test_positive_imaging_ends_a_run() -> None:
    scan = {"date": "2026-10-01", "modality": "PET-CT", "conclusion": "positive"}
    found = interpreted(mrd=[TEST], imaging=[scan])
    assert [(item.path, item.reading, item.date) for item in found.imaging] == [
        ("imaging[0]", "positive", "2026-10-01")
    ]
    assert {run.tests for run in found.runs} == {0}


def test_a_negative_pet_without_avid_disease_is_not_evaluable() -> None:
    scan = {"date": "2026-10-01", "modality": "PET-CT", "conclusion": "negative"}
    (found,) = interpreted(imaging=[scan], baseline={"fdg_avid": False}).imaging
    assert found.reading == "not-evaluable"
    assert found.reason == "disease was not FDG-avid, a negative PET says nothing"
    (open_,) = interpreted(imaging=[scan]).imaging
    assert (open_.reading, open_.missing) == ("unclear", ("baseline.fdg_avid",))


def test_what_is_dated_after_the_day_judged_is_not_among_them() -> None:
    answer = mrdguide.evaluate(
        {"id": "later", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [{**TEST, "date": "2026-12-01"}]},
        rules=shipped(), as_of=DAY,
    )  # fmt: skip
    assert answer.tests.mrd == ()
    assert answer.entries.mrd == ()
    assert answer.ignored_entries == ("mrd[0], dated 2026-12-01, is after the as-of date and was ignored",)


def test_entries_say_when_they_were_and_whether_therapy_is_ongoing() -> None:
    patient = {
        "id": "invented", "diagnosis": {"disease": "multiple-myeloma"},
        "therapy": [
            {"phase": "maintenance", "start": "2024-02-01", "end": None},
            {"phase": "induction", "start": "2023", "end": "2023-09-01"},
            {"phase": "maintenance", "drugs": ["lenalidomide"]},
        ],
    }  # fmt: skip
    entries = mrdguide.evaluate(patient, rules=shipped(), as_of=DAY).entries
    found = {item.path: (item.when, item.earliest, item.latest, item.ongoing) for item in entries.therapy}
    assert found == {
        "therapy[0]": ("2024-02-01", date(2024, 2, 1), date(2024, 2, 1), True),
        "therapy[1]": ("2023", date(2023, 1, 1), date(2023, 9, 1), False),
        "therapy[2]": ("date not recorded", None, date(2026, 11, 21), None),
    }
    assert entries.paths == set(found)
