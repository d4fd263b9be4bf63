"""What is said about later days is what judging on those days gives, on profiles written out anew for each day."""

from __future__ import annotations

from copy import deepcopy
from operator import attrgetter
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation
from mrdguide.case.case import Case
from mrdguide.dates import iso
from mrdguide.explain.future import Future, Visit, Workup, as_it_goes_on
from mrdguide.explain.when import Projected, project, turning_days

from .effort import law
from .judging import judged, shipped
from .patients import AS_OF, Profile, inside_the_envelope, profiles

TODAY = AS_OF.toordinal()
PATTERNS = {protocol.id for protocol in shipped().protocols}


def going_on() -> st.SearchStrategy[Profile]:
    """Patients whose record goes on: tests of later days would otherwise lie after its end."""
    return profiles().map(lambda profile: {key: value for key, value in profile.items() if key != "recorded"})


class LaterDays:
    """A patient judged on later days, written out as plain data, tests and all. What was judged once is not judged again."""

    def __init__(self, recommendation: Recommendation) -> None:
        case = recommendation.case
        self._patient, doubted = as_it_goes_on(case)
        # Values without a unit are not written back; they are unknown either way.
        self._profile: Profile = self._patient.model_dump(mode="json", exclude_unset=True)
        kept = sorted(case.timed("therapy"), key=attrgetter("place"))
        for place in [place for name, place in doubted if name == "therapy"]:
            entry = case.original.therapy[kept[place].place]
            # What cannot be is doubted on every day; what lies ahead would no longer be once its day has come.
            assume(entry.begins is not None and entry.begins.earliest <= TODAY)
            began = entry.model_dump(mode="json", include={"start", "date"}, exclude_unset=True)
            self._profile["therapy"][place].update(began)
        self._assays = assays(recommendation)
        self._judged: dict[tuple[int, tuple[Visit, ...]], Recommendation] = {}

    def on(self, day: int, visits: tuple[Visit, ...]) -> Recommendation:
        """The recommendation of a day after those visits that lie before it or on it."""
        done = tuple(visit for visit in visits if visit.day <= day)
        if (day, done) not in self._judged:
            profile = self._after(done)
            self._judged[day, done] = mrdguide.evaluate(profile, rules=shipped(), as_of=iso(day))
        return self._judged[day, done]

    def _after(self, visits: tuple[Visit, ...]) -> Profile:
        profile = deepcopy(self._profile)
        for visit in visits:
            if visit.tests & Workup.MARROW:
                for method, depth in self._assays.items():
                    profile.setdefault("mrd", []).append(negative_marrow(visit.day, method, depth))
            if visit.tests & Workup.IMAGING:
                modality = "PET-CT" if self._patient.baseline.fdg_avid else "WB-DWI-MRI"
                study = {"date": iso(visit.day), "modality": modality, "conclusion": "negative"}
                profile.setdefault("imaging", []).append(study)
            if visit.tests:
                profile.setdefault("markers", []).append(quiet_panel(visit.day))
        return profile


def assays(recommendation: Recommendation) -> dict[str, float]:
    """The marrow assays used so far, each as deep as it last was; NGS at 1e-6 where none could see 1e-5."""
    found: dict[str, float] = {}
    for timed in recommendation.case.mrd:
        test = timed.entry
        if test.specimen == "marrow" and test.method in ("NGS", "NGF", "MFC") and test.limit_of_detection:
            found[test.method] = test.limit_of_detection
    return found if any(depth <= 1e-5 for depth in found.values()) else {"NGS": 1e-6}


def quiet_panel(day: int) -> dict[str, Any]:
    nil = {"serum_m_protein": {"value": 0, "unit": "g/L"}, "urine_m_protein": {"value": 0, "unit": "mg/(24.h)"}}
    chains = {"kappa": {"value": 12, "unit": "mg/L"}, "lambda": {"value": 11, "unit": "mg/L"}}
    return {"date": iso(day), "serum_immunofixation": "negative", "urine_immunofixation": "negative", **nil, **chains}


def negative_marrow(day: int, method: str, depth: float) -> dict[str, Any]:
    good = {"first_pull": True, "hemodiluted": False, "trackable_clone": True}
    return {
        "date": iso(day), "specimen": "marrow", "method": method, "limit_of_detection": depth, "result": "not-detected",
        "quality": good,
    }  # fmt: skip


def holds(recommendation: Recommendation, item: Projected) -> bool:
    """Whether the outcome or the pattern of a projection is the answer."""
    if item.id in recommendation.protocols:
        open_ = {"cessation-supported", "cessation-conditional", "surveil-off-therapy"}
        still_open = not open_.isdisjoint(recommendation.possible_outcomes)
        return bool(recommendation.protocols[item.id].verdict == "met") and still_open
    return recommendation.possible_outcomes == (item.id,)


@law(60)
@example(profile=inside_the_envelope(), later=400, gap=100)
@given(going_on(), st.integers(1, 700), st.integers(0, 400))
def test_verdicts_change_only_on_the_days_that_are_looked_at(profile: Profile, later: int, gap: int) -> None:
    """Otherwise a first day could be missed."""
    recommendation = judged(profile)
    rules = shipped()
    day = TODAY + later
    for visits in ((), (Visit(TODAY + gap, Workup.BOTH),), None):
        case_on = on_as_case(recommendation, day, visits)
        days = [TODAY, *turning_days(rules, on_as_case(recommendation, TODAY + 800, visits), TODAY)]
        last = max(known for known in days if known <= day)
        assert rules.judge_all(case_on) == rules.judge_all(on_as_case(recommendation, last, visits))


def on_as_case(recommendation: Recommendation, day: int, visits: tuple[Visit, ...] | None) -> Case:
    """The case on a day; None as visits means tests on that very day."""
    done = visits if visits is not None else (Visit(day, Workup.BOTH),)
    return Future(shipped(), recommendation.case).case(day, done)


@law(25)
@example(profile=inside_the_envelope())
@given(going_on())
def test_every_projected_day_flips_the_answer_and_needs_all_the_tests_named_and_none_of_them_earlier(
    profile: Profile,
) -> None:
    recommendation = judged(profile)
    later = LaterDays(recommendation)
    projection = project(shipped(), recommendation.case, months=36)
    for item in (*projection.outcomes, *projection.protocols):
        assert item.today == holds(later.on(TODAY, ()), item)
        if item.day is None or item.today:
            continue
        flips_on_its_day(later, item, item.day)
        if item in projection.outcomes:
            needs_all_its_tests(later, item, item.day)


def flips_on_its_day(later: LaterDays, item: Projected, day: int) -> None:
    first = first_round(item)
    assert holds(later.on(day, (*first, Visit(day, Workup.BOTH))), item)
    if day > TODAY:
        assert not holds(later.on(day - 1, (*first, Visit(day - 1, Workup.BOTH))), item)
        # A pattern may be met all along, and wait only for the answer to be open again.
        assert item.last or item.id in PATTERNS


def needs_all_its_tests(later: LaterDays, item: Projected, day: int) -> None:
    kinds = {"marrow": Workup.MARROW, "imaging": Workup.IMAGING, "serum": Workup.SERUM}
    needed = [(kinds[test.what.split()[0]], test.earliest) for test in item.tests]
    last_minute = (*first_round(item), *(Visit(day, kind) for kind, _ in needed))
    assert holds(later.on(day, last_minute), item)
    for kind, earliest in needed:
        others = tuple(visit for visit in last_minute if visit.tests is not kind)  # the first round is of both
        assert holds(later.on(day, (*others, Visit(earliest, kind))), item)
        if earliest > TODAY:
            assert not holds(later.on(day, (*others, Visit(earliest - 1, kind))), item)


def first_round(item: Projected) -> tuple[Visit, ...]:
    """The tests of today that a projection asks for besides."""
    return (Visit(TODAY, Workup.BOTH),) if item.first_round else ()


@law(25)
@given(
    going_on(),
    st.lists(
        st.tuples(st.integers(0, 500), st.sampled_from([Workup.MARROW, Workup.IMAGING, Workup.BOTH])),
        min_size=1,
        max_size=3,
    ),
)
def test_with_given_days_for_tests_the_same(profile: Profile, planned: list[tuple[int, Workup]]) -> None:
    recommendation = judged(profile)
    later = LaterDays(recommendation)
    visits = tuple(Visit(TODAY + gap, tests) for gap, tests in planned)
    projection = project(shipped(), recommendation.case, visits, months=24)
    for item in (*projection.outcomes, *projection.protocols):
        if item.day is None or item.today:
            continue
        assert holds(later.on(item.day, visits), item)
        if item.day > TODAY:
            assert not holds(later.on(item.day - 1, visits), item)


@law(25)
@example(profile=inside_the_envelope())
@given(going_on())
def test_windows_close_when_said_and_the_schedule_keeps_them_open(profile: Profile) -> None:
    recommendation = judged(profile)
    later = LaterDays(recommendation)
    projection = project(shipped(), recommendation.case, months=24)
    for expiry in projection.expiries:
        verdicts = [later.on(day, ()).criteria for day in (expiry.last_day, expiry.last_day + 1)]
        for name in expiry.criteria:
            assert verdicts[0][name].verdict == "met"
            assert verdicts[1][name].verdict != "met"
    can_be_kept = [expiry for expiry in projection.expiries if expiry.tests]
    if not projection.schedule or len(can_be_kept) < len(projection.expiries):
        return
    # On every day of the schedule and the day after, whatever would have expired still holds.
    for visit in projection.schedule:
        for day in (visit.day, visit.day + 1):
            kept = later.on(day, projection.schedule)
            for expiry in can_be_kept:
                for name in expiry.criteria:
                    assert kept.criteria[name].verdict == "met"


@law(60)
@given(going_on())
def test_what_is_dated_after_today_is_set_aside_and_today_answers_the_same(profile: Profile) -> None:
    """So that nothing planned counts as done on a later day."""
    recommendation = judged(profile)
    patient, _ = as_it_goes_on(recommendation.case)
    for name in ("mrd", "imaging", "responses", "markers", "events", "toxicities"):
        assert all(entry.date is None or entry.date.earliest <= TODAY for entry in getattr(patient, name))
    assert all(entry.end is None or entry.end.earliest <= TODAY for entry in patient.therapy)
    today = shipped().judge_all(Future(shipped(), recommendation.case).case(TODAY))
    assert shipped().decider.decide(today).possible == recommendation.possible_outcomes


def test_a_doubt_of_today_stays_on_every_later_day() -> None:
    """Induction dated long before the diagnosis may be treatment of a relapse: no day to come makes it the first induction."""
    profile = inside_the_envelope()
    profile["therapy"][0] |= {"phase": "induction", "line": 1, "start": "2012-01-01", "end": "2012-06-01"}
    case = judged(profile).case
    assert case.doubt_at("therapy[0].start") is not None
    later = Future(shipped(), case).case(TODAY + 400)
    assert [item.doubted for item in later.therapy if item.place == 0] == [
        item.doubted for item in case.therapy if item.place == 0
    ]
    assert later.therapy[0].doubted
