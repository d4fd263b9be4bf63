"""The registry of bad news is whole, and nothing that it calls adverse is lost.

Each adverse value is added to each example, without a date and at five dates. The answer then becomes no more permissive,
and it leaves the permissive outcomes or names the finding as a caution or a remark. What may stay silent says why in the
registry. The quick suite tries two of the dates with each example, other ones with the next; over the examples every value
meets every date. `make laws` tries them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

import mrdguide
from mrdguide import Recommendation
from mrdguide.errors import PatientError
from mrdguide.patient.bad_news import Adversity, adverse, registry
from mrdguide.patient.profile import Patient
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

from .adverse import AdverseValue, adverse_values, days, fields, with_it
from .effort import QUICK
from .judging import most_permissive, shipped
from .patients import Profile

EXAMPLES = {str(example.file): example for example in examples()}
VALUES = adverse_values()
PERMISSIVE = ("cessation-supported", "cessation-conditional", "surveil-off-therapy")
MOST_SILENT = 12
# What somebody may have called due to myeloma: then a remark that says "found, and it changes nothing" is not enough.
ATTRIBUTED = ("imaging.", "events.", "markers.calcium", "markers.haemoglobin", "markers.creatinine")
GENERIC = (
    "remark.earlier-marker-finding", "remark.earlier-imaging-finding", "remark.earlier-positive-image",
    "remark.earlier-lesser-response", "remark.response-lower-once", "remark.markers-abnormal-past", "remark.light-chain-ratio",
    "remark.markers-rise-refuted",
)  # fmt: skip


@cache
def profile_of(name: str) -> Profile:
    data: Profile = read_file(EXAMPLES[name].path).data
    return data


@cache
def before_of(name: str) -> Recommendation:
    return mrdguide.evaluate(profile_of(name), rules=shipped(), as_of=EXAMPLES[name].as_of)


def named(found: Recommendation) -> set[tuple[str, str, tuple[str, ...]]]:
    """The blocks, cautions and remarks of an answer, with what was observed."""
    named_ones = (*found.cautions, *found.blocks, *found.remarks)
    return {(item.id, item.verdict.value, tuple(item.observed)) for item in named_ones}


def dates_tried(item: AdverseValue, name: str) -> dict[str, str | None]:
    """The dates at which a value is added to an example, by what they are called."""
    if not item.section:
        return {"": None}
    found = days(EXAMPLES[name].as_of, str(profile_of(name)["diagnosis"]["date"]))
    if not QUICK:
        return found
    labels = list(found)
    first = VALUES.index(item) + list(EXAMPLES).index(name)
    return {label: found[label] for label in (labels[first % 6], labels[(first + 3) % 6])}


def lost(item: AdverseValue) -> tuple[list[str], list[str]]:
    """Where the answer becomes more permissive, and where the finding goes without a word."""
    bolder, silent = [], []
    for name, example in EXAMPLES.items():
        before = before_of(name)
        if item.path == "diagnosis.disease" and profile_of(name)["diagnosis"]["disease"] != "multiple-myeloma":
            continue  # that would take another diagnosis away, not add one
        for label, when in dates_tried(item, name).items():
            try:
                after = mrdguide.evaluate(with_it(profile_of(name), item, when), rules=shipped(), as_of=example.as_of)
            except PatientError:
                continue  # the example already says something that contradicts it
            where = f"{name} {label}: {before.outcome} -> {after.outcome}"
            if most_permissive(after) > most_permissive(before):
                bolder.append(where)
            early = label == "early" and item.in_its_course
            stays = before.outcome in PERMISSIVE and after.outcome in PERMISSIVE
            if stays and not early and not named(after) - named(before):
                silent.append(where)
    return bolder, silent


def test_every_field_and_every_word_has_a_class() -> None:
    known = [field.path for field in fields()]
    assert len(known) == len(set(known)) > 120
    for field in fields():
        news = registry().field(field.path)
        assert news is not None, f"{field.path} has no class in bad_news.yaml"
        if news.values:
            assert set(news.values) == set(field.words), field.path
    patterns = [path for path in registry().fields if "*" not in path]
    assert set(patterns) <= set(known)


def test_every_value_meets_every_date() -> None:
    for item in VALUES:
        met = {label for name in EXAMPLES for label in dates_tried(item, name)}
        assert len(met) == (6 if item.section else 1), item.name


def test_numbers_that_are_adverse_are_sampled_and_samples_are_adverse() -> None:
    for path, news in registry().fields.items():
        numeric = news.from_ is not None or news.to is not None
        assert bool(news.samples) == (numeric or news.above_limit), path
        assert all(news.above_limit or news.of(number) == "adverse" for number in news.samples), path


def test_what_may_stay_silent_is_an_adverse_value_with_a_reason() -> None:
    for path, news in registry().fields.items():
        for key, reason in news.silent.items():
            assert any(item.path == path and item.said({key: reason}) for item in VALUES), f"{path}: {key}"
            assert len(reason) > 20


@pytest.mark.parametrize("item", VALUES, ids=lambda item: str(item.name))
def test_bad_news_is_never_lost(item: AdverseValue) -> None:
    bolder, silent = lost(item)
    assert not bolder, "\n".join(bolder)
    if item.said(item.news.silent) is not None:
        assert silent, "it is named now; take it out of `silent`"
        return
    assert not silent, "\n".join(silent)


def attributed(item: AdverseValue) -> bool:
    """Whether a value is one that an entry can call due to myeloma."""
    return item.path.startswith(ATTRIBUTED) and not item.path.endswith((".attribution", ".status"))


@pytest.mark.parametrize("item", [item for item in VALUES if attributed(item)], ids=lambda item: str(item.name))
def test_what_somebody_called_myeloma_is_named_by_more_than_a_generic_remark(item: AdverseValue) -> None:
    generic = []
    for name, example in EXAMPLES.items():
        before = before_of(name)
        for label, when in dates_tried(item, name).items():
            if label == "early":
                continue  # at first it is the disease that was treated
            profile = with_it(profile_of(name), item, when)
            profile[item.section][-1]["attribution"] = "myeloma"
            after = mrdguide.evaluate(profile, rules=shipped(), as_of=example.as_of)
            stays = before.outcome in PERMISSIVE and after.outcome in PERMISSIVE
            if stays and {found[0] for found in named(after) - named(before)} <= set(GENERIC):
                generic.append(f"{name} {label}: {before.outcome} -> {after.outcome}")
    assert not generic, "\n".join(generic)


def test_the_list_of_what_may_stay_silent_is_short(record_property: Callable[[str, object], None]) -> None:
    silent = {item.name: reason for item in VALUES if (reason := item.said(item.news.silent)) is not None}
    assert len(silent) <= MOST_SILENT
    for name, reason in silent.items():
        record_property("stays silent", f"{name}: {reason}")


@pytest.mark.parametrize(
    ("name", "entry", "wanted"),
    [
        ("mrd", {"result": "detected"}, Adversity.CERTAINLY),
        ("mrd", {"result": "indeterminate"}, Adversity.POSSIBLY),
        ("mrd", {"method": "NGS"}, Adversity.NO),
        ("imaging", {"conclusion": "positive"}, Adversity.CERTAINLY),
        ("imaging", {"conclusion": "positive", "attribution": "benign"}, Adversity.NO),
        ("imaging", {"modality": "PET-CT", "deauville_focal": 3}, Adversity.NO),
        ("imaging", {"modality": "PET-CT", "deauville_focal": 4}, Adversity.CERTAINLY),
        ("responses", {"category": "VGPR"}, Adversity.CERTAINLY),
        ("responses", {"category": "CR"}, Adversity.NO),
        ("markers", {"serum_m_protein": {"value": 0, "unit": "g/L"}}, Adversity.NO),
        ("markers", {"serum_m_protein": {"value": 2, "unit": "g/L"}}, Adversity.CERTAINLY),
        ("markers", {"lambda": {"value": 30, "unit": "mg/L"}}, Adversity.CERTAINLY),
        ("events", {"note": "seen"}, Adversity.POSSIBLY),
        ("toxicities", {"grade": 2}, Adversity.NO),
        ("therapy", {"phase": "maintenance", "line": 2}, Adversity.CERTAINLY),
        ("therapy", {"phase": "maintenance", "line": 1}, Adversity.NO),
        ("therapy", {"phase": "induction", "line": 1}, Adversity.CERTAINLY),
    ],
)
def test_an_entry_is_judged_by_what_it_says(name: str, entry: Profile, wanted: Adversity) -> None:
    course = {"responses": [{"category": "CR"}], "therapy": [{"phase": "maintenance"}]}
    profile = {"id": "a", "diagnosis": {"disease": "multiple-myeloma"}, **course}
    profile[name] = [*course.get(name, []), entry]
    patient: Patient = mrdguide.read_patient(profile)
    assert adverse(name, getattr(patient, name)[-1], patient) == wanted


def test_a_lesser_response_is_no_bad_news_before_a_better_one() -> None:
    profile = {"id": "a", "diagnosis": {"disease": "multiple-myeloma"}, "responses": [{"category": "PR"}]}
    patient = mrdguide.read_patient(profile)
    assert adverse("responses", patient.responses[0], patient) == Adversity.NO
