"""Laws for whole patients against the shipped rule book."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation, Verdict
from mrdguide.case.case import Case
from mrdguide.logic import truth
from mrdguide.rulebook.implied import implied

from .adverse import fields
from .effort import law
from .judging import judged, most_permissive, of_the_record, shipped, verdicts
from .patients import AS_OF, LEVELS, LIMITS, LISTS, METHODS, Profile, days, inside_the_envelope, profiles

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
DERIVED = [
    (implication.if_, implication.then or "")
    for implication in implied([item.rule for item in shipped().compiled_criteria])
]
# What was once written by hand; the operators' own order must go on saying it.
KNOWN = [
    ("mrd.negative-now-1e-6", "mrd.negative-now-1e-5"), ("mrd.depth-1e-6", "mrd.negative-now-1e-6"),
    ("imaging.negative-since-line", "imaging.negative-now"), ("mrd.two-consecutive-1e-5", "mrd.negative-now-1e-5"),
    ("mrd.negative-in-12-months-1e-5", "mrd.ever-negative-1e-5"), ("mrd.sustained-12-1e-5", "mrd.two-consecutive-1e-5"),
    ("mrd.sustained-36-1e-6", "mrd.sustained-36-1e-5"), ("mrd.multimodal-36-1e-6", "mrd.sustained-36-1e-6"),
    ("mrd.flow-sustained-12-1e-5", "mrd.flow-negative-now-1e-5"), ("mrd.depth-1e-6", "mrd.depth-2e-6"),
    ("response.complete", "response.vgpr-or-better"), ("population.over-65", "scope.adult"),
    ("therapy.maintenance-36-months", "therapy.maintenance-24-months"), ("therapy.lenalidomide", "therapy.on-maintenance"),
    ("therapy.on-maintenance", "scope.maintenance-given"), ("relapse.progression-open", "relapse.progression"),
    ("relapse.on-therapy", "relapse.treated"), ("risk.b2m-5.5", "risk.b2m-3.5"),
    ("risk.del-17p-over-20", "risk.del-17p"), ("risk.plasma-cell-leukemia-diagnosed", "scope.disease"),
]  # fmt: skip
STOPPING = ("cessation-supported", "cessation-conditional")


def test_the_patient_all_others_start_from_lies_inside_the_envelope() -> None:
    assert judged(inside_the_envelope()).outcome == "cessation-supported"


# Facts that no rule reads, the plain form that is drawn in place of a longer one, and facts of a layer: the shipped rules
# refuse a profile that has any, and which there are is known to the layer (tests/layers draws those).
NOT_DRAWN = {
    "baseline.extramedullary_disease.status", "clonal_hematopoiesis.tp53.status", "therapy.site", "imaging.reference_standard",
    "attested.note", "unobtainable.date", "not_known", "considered.frailty", "considered.comorbidities",
    "considered.t_11_14.status", "considered.therapy_wish", "preference.values", "local",
}  # fmt: skip


def _paths(value: object, path: str = "") -> Iterator[str]:
    """Every place in a profile, entries of a list as one."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path)


def test_invented_patients_say_everything_that_a_record_can_say() -> None:
    """A new field of the profile is drawn here too, or every law would be blind to it."""
    seen: set[str] = set()

    @settings(law(1000), derandomize=True, max_examples=1000, phases=[Phase.generate])
    @given(profile=profiles())
    def look(profile: Profile) -> None:
        seen.update(_paths(profile))

    look()
    assert {field.path for field in fields()} - seen == NOT_DRAWN


@law(150)
@given(profile=profiles())
def test_the_json_form_is_valid_json_and_always_the_same(profile: Profile) -> None:
    first, second = judged(deepcopy(profile)), judged(profile)
    text = first.to_json()
    assert second.to_json() == text

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    assert json.loads(text, parse_constant=refuse) == first.to_dict()


@law(150)
@given(data=st.data(), profile=profiles())
def test_the_order_in_which_events_are_written_down_does_not_matter(data: st.DataObject, profile: Profile) -> None:
    shuffled = {**profile, **{name: data.draw(st.permutations(profile.get(name, []))) for name in LISTS}}
    before, after = judged(profile), judged(shuffled)
    assert after.outcome == before.outcome
    assert after.possible_outcomes == before.possible_outcomes
    assert verdicts(after) == verdicts(before)
    assert after.risk.keys() == before.risk.keys()
    for name, scheme in after.risk.items():
        assert scheme.possible == before.risk[name].possible


def test_the_order_of_the_operators_says_what_follows_from_what() -> None:
    assert set(KNOWN) <= set(DERIVED)
    for wrong in (
        ("mrd.negative-now-1e-5", "mrd.negative-now-1e-6"), ("mrd.sustained-12-1e-5", "mrd.sustained-24-1e-5"),
        ("mrd.flow-negative-now-1e-5", "mrd.ngf-negative-now-1e-5"), ("mrd.ngs-two-consecutive-1e-5", "mrd.sustained-12-1e-5"),
        ("mrd.sustained-36-1e-5", "mrd.multimodal-36-1e-5"), ("imaging.negative-now", "imaging.negative-before"),
        ("mrd.detected-1e-6-or-more", "mrd.detected-1e-6-to-1e-5"), ("scope.adult", "population.over-65"),
        ("mrd.negative-now-1e-5", "mrd.negative-in-12-months-1e-5"), ("imaging.negative-now", "imaging.negative-since-line"),
    ):  # fmt: skip
        assert wrong not in DERIVED


def test_only_remarks_rest_on_what_is_merely_written_down() -> None:
    criteria = {item.rule.id for item in shipped().compiled_criteria}
    resting = of_the_record() - criteria
    assert resting
    assert resting <= set(shipped().sections["remarks"])


@law(600)
@given(profile=profiles())
def test_derived_implications_hold_among_judged_verdicts(profile: Profile) -> None:
    """On the verdicts as the criteria gave them: whenever the first is met, the second is met too."""
    case = Case(mrdguide.read_patient(profile), AS_OF.toordinal())
    found = {item.rule.id: item.judge.verdict(case) for item in shipped().compiled_criteria}
    for first, then in DERIVED:
        if found[first] == truth.MET:
            assert found[then] != truth.NOT_MET, f"{first} is met, {then} is not"


_POSITIVE_TESTS = st.fixed_dictionaries(
    {
        "date": days(AS_OF.replace(year=2015), AS_OF),
        "specimen": st.just("marrow"),
        "method": st.sampled_from(["NGS", "NGF", "MFC"]),
        "limit_of_detection": st.sampled_from([1e-6, 1e-5]),
        "result": st.just("detected"),
        "level": st.sampled_from([1e-5, 3e-5, 1e-3]),
        "quality": st.sampled_from([{}, {"first_pull": True, "hemodiluted": False, "trackable_clone": True}]),
    }
)
_POSITIVE_STUDIES: list[Profile] = [
    {"modality": "PET-CT", "deauville_focal": 4},
    {"modality": "PET-CT", "deauville_marrow": 5, "new_lesion": False},
    {"modality": "PET-CT", "new_lesion": True},
    {"modality": "PET-CT", "conclusion": "positive"},
    {"modality": "WB-DWI-MRI", "rac": 4},
    {"modality": "WB-DWI-MRI", "conclusion": "positive"},
]
_POSITIVE_IMAGES = st.builds(
    lambda study, day: {**study, "date": day}, st.sampled_from(_POSITIVE_STUDIES), days(AS_OF.replace(year=2015), AS_OF)
)
_PROGRESSIONS = st.fixed_dictionaries(
    {"date": days(AS_OF.replace(year=2015), AS_OF), "kind": st.sampled_from(["progression", "clinical-relapse"])}
)


def never_more_permissive(profile: Profile, name: str, entry: Profile) -> None:
    """One more entry in a list takes permissive answers away or leaves them as they were.

    What counts is the most permissive answer still possible: an open answer may become settled, and so its headline may
    sound more definite, but it never reaches further towards stopping than it could have before.
    """
    before = judged(profile)
    after = judged({**profile, name: [*profile.get(name, []), entry]})
    assert most_permissive(after) <= most_permissive(before), f"{before.possible_outcomes} -> {after.possible_outcomes}"
    if before.settled and after.settled:
        assert after.permissiveness <= before.permissiveness


def closes_the_way(profile: Profile, name: str, entry: Profile) -> None:
    """The same finding made today leaves no answer that speaks for stopping or for staying off therapy.

    A record that ends before today would set it aside, so how far it goes is left out.
    """
    profile = {key: value for key, value in profile.items() if key != "recorded"}
    after = judged({**profile, name: [*profile.get(name, []), {**entry, "date": AS_OF.isoformat()}]})
    assert not {*STOPPING, "surveil-off-therapy"} & {*after.possible_outcomes}


@law(300)
@given(profile=profiles(), test=_POSITIVE_TESTS)
def test_one_more_positive_marrow_test_never_opens_the_way_to_stopping(profile: Profile, test: Profile) -> None:
    never_more_permissive(profile, "mrd", test)
    closes_the_way(profile, "mrd", test)


_FINDINGS = st.fixed_dictionaries(
    {"result": st.just("detected")},
    optional={
        "date": st.one_of(days(AS_OF.replace(year=2015), AS_OF), st.none()),
        "specimen": st.sampled_from(["marrow", "marrow", "blood"]),
        "method": st.sampled_from(METHODS),
        "limit_of_detection": st.sampled_from(LIMITS),
        "level": st.sampled_from([*LEVELS, None]),
        "quality": st.sampled_from([{}, {"hemodiluted": True}, {"trackable_clone": False}]),
    },
)


@law(400)
@given(profile=profiles(), test=_FINDINGS)
def test_no_test_that_found_disease_opens_the_way_to_stopping(profile: Profile, test: Profile) -> None:
    """Whatever the level, the method, the specimen and the date, and however little of it is recorded."""
    never_more_permissive(profile, "mrd", test)


@law(200)
@given(profile=profiles(), study=_POSITIVE_IMAGES)
def test_one_more_positive_image_never_opens_the_way_to_stopping(profile: Profile, study: Profile) -> None:
    never_more_permissive(profile, "imaging", study)
    closes_the_way(profile, "imaging", study)


@law(200)
@given(profile=profiles(), event=_PROGRESSIONS)
def test_a_progression_on_record_never_opens_the_way_to_stopping(profile: Profile, event: Profile) -> None:
    never_more_permissive(profile, "events", event)
    closes_the_way(profile, "events", event)


def recorded_status(profile: Profile, name: str) -> str | None:
    """The status of a cytogenetic abnormality, written as a bare word or in a mapping."""
    entry = profile["baseline"]["cytogenetics"].get(name)
    return entry.get("status") if isinstance(entry, dict) else entry


def happened(entry: Profile) -> bool:
    """Whether an entry can have happened by the as-of day; one without a date can, and what was found benign did not."""
    day = entry.get("date")
    return entry.get("attribution") != "benign" and (day is None or day <= AS_OF.isoformat()[: len(day)])


def counts_as_negative(test: Profile) -> bool:
    """A marrow test that can show negativity at 1e-5, whatever its date."""
    return (
        test.get("specimen") == "marrow"
        and test.get("method") in ("NGS", "NGF", "MFC")
        and (test.get("limit_of_detection") or 1) <= 1e-5
        and (
            test.get("result") == "not-detected"
            or (test.get("result") == "detected" and (test.get("level") or 1) < 1e-5)
        )
    )


@law(400)
@given(profile=profiles())
def test_every_answer_is_coherent_and_support_for_stopping_rests_on_all_that_it_must_rest_on(profile: Profile) -> None:
    found = judged(profile)
    is_coherent(found)
    rests_on_all_that_it_must_rest_on(found)
    has_the_facts_on_the_profile(found, profile)


def is_coherent(found: Recommendation) -> None:
    outcomes = [outcome.id for outcome in shipped().decision.outcomes]
    assert list(found.possible_outcomes) == [item for item in outcomes if item in found.possible_outcomes]
    if len(found.possible_outcomes) == 1:
        assert found.outcome == found.possible_outcomes[0]
        assert found.missing == ()
    else:
        assert len(found.possible_outcomes) > 1
        assert found.outcome == "insufficient-data"
        assert found.missing, "an open answer names what it waits for"


def rests_on_all_that_it_must_rest_on(found: Recommendation) -> None:
    """The safety invariants, said again here: if one is dropped from the rule files, this still holds the line."""
    verdict = verdicts(found)
    if found.outcome in STOPPING:
        for known_met in (
            "mrd.negative-now-1e-5", "mrd.sustained-12-1e-5", "imaging.negative-now", "therapy.on-maintenance",
        ):  # fmt: skip
            assert verdict[known_met] == MET
        for known_absent in (
            "relapse.now", "relapse.ever", "risk.two-or-more-hrca", "harm.any", "block.any", "resurgence.now",
            "scope.outside",
        ):  # fmt: skip
            assert verdict[known_absent] == NOT_MET
        assert found.certainty in ("low", "very-low")
        assert any("randomised" in limit for limit in found.limits)
    if found.outcome == "cessation-supported":
        assert verdict["envelope.inside"] == MET
        assert all(verdict[name] == NOT_MET for name in shipped().sections["cautions"])
    if found.outcome == "surveil-off-therapy":
        for known_absent in ("relapse.now", "therapy.on-maintenance", "resurgence.now"):
            assert verdict[known_absent] == NOT_MET
    if verdict["harm.any"] == MET and verdict["therapy.on-maintenance"] == MET and found.outcome != "out-of-scope":
        shown = {found.outcome, *(item.id for item in found.secondary)}
        assert "stop-for-harm" in shown, "a reason to stop that is not MRD is never hidden"


def has_the_facts_on_the_profile(found: Recommendation, profile: Profile) -> None:
    """The same, read off the profile itself, so that a criterion that reads a test wrongly is caught as well."""
    if found.outcome not in STOPPING:
        return
    tests = [test for test in profile["mrd"] if happened(test) and counts_as_negative(test)]
    assert len(tests) >= 2
    assert any(test.get("date") and test["date"] >= "2026-05" for test in tests), "one test of the last six months"
    assert min(test["date"] for test in tests if test.get("date")) <= "2025-11-21", "one test at least a year older"
    assert any(study["date"] >= "2025-11" for study in profile["imaging"] if study.get("date") and happened(study))
    assert not any(
        event["kind"] in ("progression", "clinical-relapse") for event in profile["events"] if happened(event)
    )
    assert not any(response.get("category") == "PD" for response in profile["responses"] if happened(response))
    assert any(
        entry["phase"] == "maintenance" and (entry.get("end") or "9") >= "2026-11" for entry in profile["therapy"]
    )
    if found.outcome == "cessation-supported":
        assert {recorded_status(profile, name) for name in ("t_4_14", "t_14_16", "del_17p", "gain_1q")} == {"absent"}
        assert profile["surveillance"]["feasible"] is True
        assert profile["diagnosis"]["disease"] == "multiple-myeloma"
