"""Laws on whole profiles: vaguer facts, more bad news, other orders, duplicates and other units of the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import mrdguide
from mrdguide.case.case import Case
from mrdguide.errors import PatientError
from mrdguide.patient.units import UNITS, factor

from .adverse import AdverseValue, adverse_values, with_it
from .effort import law
from .judging import judged, most_permissive
from .patients import AS_OF, Profile, inside_the_envelope, profiles

# Therapy is left out: a later line is bad news and answers a progression at the same time.
ADDED = [
    item
    for item in adverse_values()
    if item.section in ("mrd", "imaging", "responses", "events", "toxicities", "markers")
    and not (item.news.after or item.path == "responses.category")
]
DATES = ("2019-12-01", "2021-06-01", "2023-10", "2025-06-20", "2026", "2026-11-20", "2026-12-24", None)
_BANDS = (
    "markers.serum_m_protein", "markers.urine_m_protein", "markers.serum_immunofixation", "markers.urine_immunofixation",
    "markers.original_isotype",
)  # fmt: skip
_DETAILS = ("level", "deauville_focal", "deauville_marrow", "rac", "limit_of_detection", "grade")
_LAB_UNITS = {name: tuple(known) for name, (_, known, _) in UNITS.items()}


def _readable(profile: Profile) -> bool:
    try:
        mrdguide.read_patient(profile)
    except PatientError:
        return False
    return True


def vaguer(profile: Profile) -> Iterator[Profile]:
    """The profile with a date known to the month or the year only, or without one detail of a finding."""
    for name in ("mrd", "imaging", "responses", "events", "toxicities", "therapy"):
        for index, entry in enumerate(profile.get(name, [])):
            for field, value in entry.items():
                if field in ("date", "start", "end") and isinstance(value, str):
                    yield from (
                        _with(profile, name, index, field, value[:length]) for length in (7, 4) if length < len(value)
                    )
                elif field in _DETAILS or (field == "conclusion" and value == "negative"):
                    yield _with(profile, name, index, field, None)


def _with(profile: Profile, name: str, index: int, field: str, value: Any) -> Profile:
    changed = deepcopy(profile)
    changed[name][index][field] = value
    return changed


@law(150)
@given(data=st.data(), profile=profiles())
def test_a_vaguer_fact_never_settles_a_more_permissive_answer(data: st.DataObject, profile: Profile) -> None:
    changes = [changed for changed in vaguer(profile) if _readable(changed)]
    assume(changes)
    before, after = judged(profile), judged(data.draw(st.sampled_from(changes), label="vaguer"))
    if after.settled:
        assert after.permissiveness <= most_permissive(before), (before.possible_outcomes, after.possible_outcomes)


@law(300)
@given(profile=profiles(), item=st.sampled_from(ADDED), when=st.sampled_from(DATES))
def test_one_more_adverse_finding_never_makes_more_possible(
    profile: Profile, item: AdverseValue, when: str | None
) -> None:
    changed = with_it(profile, item, when)
    assume(_readable(changed))
    before, after = judged(profile), judged(changed)
    more = most_permissive(after) > most_permissive(before)
    if _takes_back_a_response(profile, item):
        more = more and after.settled
    assert not more, (before.possible_outcomes, after.possible_outcomes)


def _takes_back_a_response(profile: Profile, item: AdverseValue) -> bool:
    """Whether a band is added to a response of which the record itself says that it was not confirmed.

    The band may show that there never was that response, and then what came lower later is no loss of it. That is a
    question, so the answer may open, but it may not settle.
    """
    unconfirmed = any(entry.get("confirmed") is False for entry in profile.get("responses", []))
    return unconfirmed and item.path in _BANDS


def test_a_band_after_an_unconfirmed_response_opens_the_answer_and_settles_nothing() -> None:
    profile = inside_the_envelope()
    profile["responses"] = [
        {"date": "2023-12-10", "category": "CR", "confirmed": False},
        {"date": "2026-08-12", "category": "SD", "confirmed": True},
    ]
    profile["markers"].append(
        {"date": "2026-02-27", "serum_immunofixation": "negative", "urine_immunofixation": "negative"}
    )
    assert judged(profile).possible_outcomes == ("act-on-resurgence",)
    profile["markers"].append({"date": "2024-05-03", "serum_immunofixation": "positive", "original_isotype": True})
    assert judged(profile).possible_outcomes == ("act-on-resurgence", "cessation-conditional")


@law(100)
@given(data=st.data(), profile=profiles())
def test_an_entry_written_down_twice_and_another_order_change_nothing(data: st.DataObject, profile: Profile) -> None:
    changed = deepcopy(profile)
    may_be_two = False
    for name in ("mrd", "imaging", "responses", "events", "toxicities", "therapy"):
        entries = changed.get(name) or []
        if entries and data.draw(st.booleans()):
            twice = deepcopy(data.draw(st.sampled_from(entries)))
            entries = [*entries, twice]
            may_be_two = may_be_two or _may_be_two(name, entries.index(twice), profile)
        changed[name] = data.draw(st.permutations(entries))
    before, after = judged(profile), judged(changed)
    if may_be_two:
        assert set(before.possible_outcomes) <= set(after.possible_outcomes)
    else:
        assert after.possible_outcomes == before.possible_outcomes


def _may_be_two(name: str, place: int, profile: Profile) -> bool:
    """Whether an entry and another one that says the same may be two findings, for its day or its result is not known.

    Two lower responses "of 2021" can lie months apart, and the second then confirms the loss; two images of one month may
    have been a negative and a positive one. It is safer to ask than to take one of them away, and neither settles anything.
    """
    if name not in ("responses", "mrd", "imaging"):
        return False
    # As it is judged: a day that cannot be (before the diagnosis) is not known either.
    patient = Case(mrdguide.read_patient(profile), AS_OF.toordinal()).patient
    entry = getattr(patient, name)[place]
    dated = entry.date is not None and entry.date.earliest == entry.date.latest
    return not dated or (name == "responses" and entry.category is None)


def test_the_same_lower_response_twice_in_a_year_may_be_a_confirmed_loss() -> None:
    profile = inside_the_envelope()
    profile["responses"] = [{"date": "2021-01-10", "category": "CR"}, {"date": "2022", "category": "VGPR"}]
    assert judged(profile).possible_outcomes == ("cessation-supported",)
    profile["responses"].append({"date": "2022", "category": "VGPR"})
    assert "act-on-resurgence" in judged(profile).possible_outcomes
    # On one day it is one assessment.
    for response in profile["responses"][1:]:
        response["date"] = "2022-03-01"
    assert judged(profile).possible_outcomes == ("cessation-supported",)


@law(100)
@given(data=st.data(), profile=profiles())
def test_the_same_laboratory_value_in_another_unit_changes_nothing(data: st.DataObject, profile: Profile) -> None:
    changed = deepcopy(profile)
    labs = (changed.get("baseline") or {}).get("labs") or {}
    for name, recorded in labs.items():
        if not recorded or recorded.get("value") is None or recorded.get("unit") is None:
            continue
        unit = data.draw(st.sampled_from(_LAB_UNITS[name]), label=name)
        ratio = (factor(name, recorded["unit"]) or Decimal(1)) / (factor(name, unit) or Decimal(1))
        for key in ("value", "upper_limit"):
            if recorded.get(key) is not None:
                recorded[key] = float(Decimal(repr(float(recorded[key]))) * ratio)
        recorded["unit"] = unit
    before, after = judged(profile), judged(changed)
    assert after.possible_outcomes == before.possible_outcomes
    assert [doubt.path for doubt in after.case.doubts] == [doubt.path for doubt in before.case.doubts]
