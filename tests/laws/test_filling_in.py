"""Unknown means that every value is still possible: whatever is filled in, the answer was announced.

Were an unknown ever read as one of its values, filling in another one would give an answer that was ruled out before.
"""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation, Verdict
from mrdguide.errors import PatientError

from .effort import law
from .gaps import Gap, contradicts_itself, filled, gaps
from .judging import judged, of_the_record, verdicts
from .patients import ENTRIES, LISTS, Profile, inside_the_envelope, profiles


def can_be_read(profile: Profile) -> bool:
    """Whether a profile is possible at all (a therapy does not end before it starts, and the like)."""
    try:
        mrdguide.read_patient(profile)
    except PatientError:
        return False
    return True


def contradicted(answer: Recommendation) -> set[str]:
    """Statements that the record contradicts, in the words of the answer."""
    return {text for text in answer.ignored_entries if "is contradicted by the record" in text}


def announced(profile: Profile, gap: Gap, data: st.DataObject) -> None:
    """Fill one gap with a value it could have, and compare."""
    path, values = gap
    value = data.draw(values, label=f"filled in at {path}")
    known = filled(profile, path, value)
    assume(can_be_read(known))
    assume(path[0] != "imaging" or not contradicts_itself(known["imaging"][int(path[1])]))

    before, after = judged(profile), judged(known)
    # What is filled in must not make another fact impossible (a date of diagnosis after the therapy for it).
    assume({doubt.path for doubt in after.case.doubts} <= {doubt.path for doubt in before.case.doubts})
    # Nor does it fill in anything where it contradicts what somebody has attested: the record counts, and the answer says so.
    assume(contradicted(after) <= contradicted(before))
    verdicts_after = verdicts(after)
    turned = {
        name: f"{verdict.value} -> {verdicts_after[name].value}"
        for name, verdict in verdicts(before).items()
        if verdict != Verdict.UNKNOWN and verdicts_after[name] != verdict and name not in of_the_record()
    }
    assert set(after.possible_outcomes) <= set(before.possible_outcomes), f"{path} = {value}: {turned}"
    # Induction of years whose end nobody recorded is read as continuous therapy; an end that shows it to have been an
    # induction takes that reading back, with the verdicts that rest on it. The answer was announced all the same.
    read_otherwise = any(
        doubt.path.endswith(".phase") for doubt in before.case.doubts if doubt not in after.case.doubts
    )
    assert read_otherwise or not turned, f"{path} = {value}"
    for name, scheme in after.risk.items():
        assert set(scheme.possible) <= set(before.risk[name].possible), f"{path} = {value}"


@law(300)
@given(data=st.data(), profile=profiles())
def test_filling_in_one_unknown_never_gives_an_answer_that_was_ruled_out(data: st.DataObject, profile: Profile) -> None:
    announced(profile, data.draw(st.sampled_from(gaps(profile))), data)


@pytest.mark.parametrize("name", LISTS)
def test_filling_in_a_gap_of_one_entry_never_gives_an_answer_that_was_ruled_out(name: str) -> None:
    """The same, looking harder at single tests, images, phases of therapy and so on."""

    @law(150)
    @given(data=st.data(), profile=profiles(), entry=ENTRIES[name], alone=st.booleans())
    def fills_its_gaps(data: st.DataObject, profile: Profile, entry: Profile, alone: bool) -> None:
        entries = [entry] if alone else [entry, *profile[name]]
        profile = {**profile, name: entries}
        of_the_entry = [gap for gap in gaps(profile) if gap[0][:2] == (name, 0)]
        assume(of_the_entry)
        announced(profile, data.draw(st.sampled_from(of_the_entry)), data)

    fills_its_gaps()


def test_a_therapy_without_its_phase_may_be_no_maintenance_at_all() -> None:
    profile = inside_the_envelope()
    profile["therapy"] = [{"line": 2, "drugs": ["daratumumab"], "start": "2025-07-28", "end": None}]
    before = judged(profile)
    after = judged({**profile, "therapy": [{**profile["therapy"][0], "phase": "consolidation"}]})
    assert before.criteria["therapy.maintenance-24-months"].verdict == Verdict.UNKNOWN
    assert after.criteria["therapy.maintenance-24-months"].verdict == Verdict.UNKNOWN


def test_light_chains_without_a_day_may_have_risen() -> None:
    profile = inside_the_envelope()
    panel = {
        "serum_immunofixation": "negative",
        "kappa": {"value": 115, "unit": "mg/L"},
        "lambda": {"value": 10, "unit": "mg/L"},
    }
    for more in ({}, {"date": "2019-09-20"}):
        found = judged({**profile, "markers": [*profile["markers"], {**panel, **more}]})
        assert found.criteria["markers.light-chain-rise"].verdict == Verdict.UNKNOWN, more
        assert found.outcome == "insufficient-data"
