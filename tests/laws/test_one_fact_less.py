"""Take one recorded fact away from an example: nothing is read into the gap, and what is missing is named.

The mirror image of filling in: every example is tried at every path, in every way a profile can leave something open,
down to a date of which only the month or the year is remembered. Of two ways that say the same (left out and null, not
tested and failed, the month and the year) the quick suite tries one at each path of most examples, in turn; `make laws` and
the examples in which stopping is supported are tried in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import pytest

import mrdguide
from mrdguide import Recommendation
from mrdguide.errors import PatientError
from mrdguide.reading.document import dotted, read_file
from mrdguide.teach.examples import Example, examples

from .effort import QUICK
from .judging import most_permissive, shipped
from .patients import CYTOGENETICS, LISTS, Profile

Path = tuple[str | int, ...]
# A change to a profile: where, in words, and the profile as it then is.
Blanked = tuple[Path, str, Profile]

ALL = {example.file: example for example in examples()}
SUPPORTED = {name: example for name, example in ALL.items() if example.expected.outcome == "cessation-supported"}

_SAYS = {
    "left out": "nothing", "null": "nothing", "not tested": "no result", "failed": "no result",
    "known to the month": "a vague date", "known to the year": "a vague date",
}  # fmt: skip

# Written down when found or when it happens, so that absent means not.
_RECORDED_WHEN_IT_HAPPENS = (
    "events", "toxicities", "clonal_hematopoiesis", "functional_high_risk", "therapy_complete",
    "circulating_plasma_cells_percent",
)  # fmt: skip


def profile_of(example: Example) -> Profile:
    """The plain profile of an example."""
    data: Profile = read_file(example.path).data
    return data


def judged(profile: Profile, example: Example) -> Recommendation:
    """The recommendation on the example's day."""
    return mrdguide.evaluate(profile, rules=shipped(), as_of=example.as_of)


def blanked_at(profile: Profile, path: Path, *value: Any) -> Profile:
    """A copy with the value at a path replaced, or taken away when no value is given."""
    copy = deepcopy(profile)
    here: Any = copy
    for part in path[:-1]:
        here = here[part]
    if value:
        here[path[-1]] = value[0]
    else:
        del here[path[-1]]
    return copy


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path of a profile with what stands there, from the whole to the parts."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from paths(inside, (*path, name))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from paths(inside, (*path, index))


def facts_left_out(profile: Profile) -> Iterator[Blanked]:
    """One fact, or a group of facts, is no longer known, or not as exactly."""
    for path, value in paths(profile):
        if path[-1] in ("date", "start", "end") and isinstance(value, str) and len(value) == 10:
            yield path, "known to the month", blanked_at(profile, path, value[:7])
            yield path, "known to the year", blanked_at(profile, path, value[:4])
        if isinstance(path[-1], str) and (path[0] not in LISTS or len(path) > 2):
            yield path, "left out", blanked_at(profile, path)
            if path[0] != "therapy" or path[-1] != "end":  # null would say that it goes on
                yield path, "null", blanked_at(profile, path, None)
        if value in ("absent", "present"):
            yield path, "not tested", blanked_at(profile, path, "not-tested")
            yield path, "failed", blanked_at(profile, path, "failed")


def in_turn(changes: Iterable[Blanked], first: int) -> Iterator[Blanked]:
    """At each path one of the ways that say much the same, another one at the next."""
    ways: dict[tuple[Path, str], list[Blanked]] = {}
    for change in changes:
        path, how, _ = change
        ways.setdefault((path, _SAYS[how]), []).append(change)
    for number, some in enumerate(ways.values(), first):
        yield some[number % len(some)]


def entries_removed(profile: Profile) -> Iterator[Blanked]:
    """An entry of a list, or a whole list, is not there."""
    for path, value in paths(profile):
        if isinstance(path[-1], int) and isinstance(value, dict):
            yield path, "removed", blanked_at(profile, path)
        if isinstance(value, list) and len(path) == 1:
            yield path, "null", blanked_at(profile, path, None)
            yield path, "left out", blanked_at(profile, path)
            yield path, "emptied", blanked_at(profile, path, [])


def useless_tests(profile: Profile) -> Iterator[Blanked]:
    """A test was done and gave nothing to rely on."""
    for index in range(len(profile["mrd"])):
        for result in ("failed", "indeterminate"):
            yield ("mrd", index, "result"), result, blanked_at(profile, ("mrd", index, "result"), result)
        for flag, value in (("hemodiluted", True), ("first_pull", False), ("trackable_clone", False)):
            path: Path = ("mrd", index, "quality")
            yield path, f"{flag}: {value}", blanked_at(profile, path, {flag: value})
    for index, study in enumerate(profile["imaging"]):
        unclear = {"date": study["date"], "modality": study["modality"], "conclusion": "indeterminate"}
        yield ("imaging", index), "indeterminate", blanked_at(profile, ("imaging", index), unclear)


def readable(changes: Iterable[Blanked]) -> Iterator[Blanked]:
    """The changes that leave a profile that can be read: an id, a diagnosis and the kind of an entry must stand."""
    for path, how, profile in changes:
        try:
            mrdguide.read_patient(profile)
        except PatientError:
            continue
        yield path, how, profile


def names(recommendation: Recommendation, path: Path) -> bool:
    """Whether something missing is the fact at a path, a part of it, or the list that a new entry would stand in."""
    where = dotted(path)
    return any(
        item.path.startswith(where) or where.startswith((f"{item.path}.", f"{item.path}["))
        for item in recommendation.missing
    )


@pytest.mark.parametrize("name", ALL)
def test_with_one_fact_less_every_answer_stays_possible(name: str) -> None:
    """The answer before is still among the possible ones: filling the gap again leads back to it. Where stopping was
    supported, the support stays or it is said what is missing."""
    profile, example = profile_of(ALL[name]), ALL[name]
    before = judged(profile, example)
    tried = 0
    changes = readable(facts_left_out(profile))
    if QUICK and name not in SUPPORTED:
        changes = in_turn(changes, list(ALL).index(name))
    for path, how, changed in changes:
        recorded_when_found = not {"quality", *_RECORDED_WHEN_IT_HAPPENS}.isdisjoint(path)
        if recorded_when_found and name not in SUPPORTED:
            continue
        tried += 1
        after = judged(changed, example)
        if name in SUPPORTED:
            support_stays_or_it_is_said_what_is_missing(after, path, how)
        # Sample quality counts as good until something else is recorded, and is flagged.
        if recorded_when_found:
            continue
        assert set(before.possible_outcomes) <= set(after.possible_outcomes), f"{dotted(path)} {how}"
        assert after.outcome in (before.outcome, "insufficient-data"), f"{dotted(path)} {how}"
    assert tried > 30


def support_stays_or_it_is_said_what_is_missing(after: Recommendation, path: Path, how: str) -> None:
    assert after.outcome in ("cessation-supported", "insufficient-data"), f"{dotted(path)} {how}: {after.outcome}"
    if after.outcome == "insufficient-data":
        assert names(after, path), f"{dotted(path)} {how}: only {[item.path for item in after.missing]} named"


@pytest.mark.parametrize("name", SUPPORTED)
def test_with_an_entry_less_or_a_useless_test_the_answer_is_never_bolder(name: str) -> None:
    profile, example = profile_of(SUPPORTED[name]), SUPPORTED[name]
    before = judged(profile, example)
    changes = [*readable(entries_removed(profile)), *readable(useless_tests(profile))]
    assert len(changes) > 30
    for path, how, changed in changes:
        after = judged(changed, example)
        assert after.permissiveness <= before.permissiveness, f"{dotted(path)} {how}"
        assert most_permissive(after) <= most_permissive(before), f"{dotted(path)} {how}"
        if after.outcome == "insufficient-data":
            assert names(after, path[:1]), f"{dotted(path)} {how}"


# Facts on which support for stopping rests: where they stand, and what is put there instead (nothing: left out).
MATTERS: dict[str, tuple[Path, tuple[Any, ...]]] = {
    **{
        f"{name} {word}": (("baseline", "cytogenetics", name), value)
        for name in CYTOGENETICS
        if name != "t_14_20"  # settled: it is high risk only together with 1q gain or del(1p32), both absent
        for word, value in (("left out", ()), ("not tested", ("not-tested",)), ("failed", ("failed",)))
    },
    "all cytogenetics left out": (("baseline", "cytogenetics"), ()),
    "beta-2 microglobulin left out": (("baseline", "labs", "beta2_microglobulin"), ()),
    "LDH left out": (("baseline", "labs", "ldh"), ()),
    "upper limit of LDH left out": (("baseline", "labs", "ldh", "upper_limit"), ()),
    "all laboratory values left out": (("baseline", "labs"), ()),
    "extramedullary disease left out": (("baseline", "extramedullary_disease"), ()),
    "extramedullary disease not tested": (("baseline", "extramedullary_disease"), ("not-tested",)),
    "FDG avidity left out": (("baseline", "fdg_avid"), ()),
    "the whole baseline left out": (("baseline",), ()),
    "birth year left out": (("birth_year",), ()),
    "response history left out": (("responses",), ()),
    "latest response without category": (("responses", 1, "category"), (None,)),
    "all MRD tests left out": (("mrd",), ()),
    "no MRD test in the list": (("mrd",), ([],)),
    "all imaging left out": (("imaging",), ()),
    "all therapy left out": (("therapy",), ()),
    "kind of transplant left out": (("therapy", 1, "kind"), ()),
    "line of transplant left out": (("therapy", 1, "line"), ()),
    "line of maintenance left out": (("therapy", 2, "line"), ()),
    "start of maintenance left out": (("therapy", 2, "start"), ()),
    "whether maintenance goes on left out": (("therapy", 2, "end"), ()),
    "surveillance left out": (("surveillance",), ()),
    "whether surveillance is feasible left out": (("surveillance", "feasible"), (None,)),
}


@pytest.mark.parametrize("what", MATTERS)
@pytest.mark.parametrize("name", SUPPORTED)
def test_a_fact_that_matters_is_missed_and_named(name: str, what: str) -> None:
    path, value = MATTERS[what]
    found = judged(blanked_at(profile_of(SUPPORTED[name]), path, *value), SUPPORTED[name])
    assert found.outcome == "insufficient-data"
    assert "cessation-supported" in found.possible_outcomes
    assert names(found, path)
    for item in found.missing:
        assert item.what
        assert item.criteria


@pytest.mark.parametrize("name", SUPPORTED)
def test_what_another_fact_settles_is_not_missed(name: str) -> None:
    """t(14;20) counts only together with 1q gain or del(1p32); creatinine only beside high beta-2 microglobulin."""
    profile, example = profile_of(SUPPORTED[name]), SUPPORTED[name]
    t_14_20: Path = ("baseline", "cytogenetics", "t_14_20")
    creatinine: Path = ("baseline", "labs", "creatinine")
    for path in (t_14_20, creatinine):
        assert judged(blanked_at(profile, path), example).outcome == "cessation-supported"

    del_1p32 = {"status": "present", "zygosity": "monoallelic"}
    with_del_1p32 = blanked_at(blanked_at(profile, t_14_20), ("baseline", "cytogenetics", "del_1p32"), del_1p32)
    high = {"value": 6.0, "unit": "mg/L"}
    with_high_b2m = blanked_at(blanked_at(profile, creatinine), ("baseline", "labs", "beta2_microglobulin"), high)
    for path, changed in ((t_14_20, with_del_1p32), (creatinine, with_high_b2m)):
        found = judged(changed, example)
        assert found.outcome == "insufficient-data"
        assert names(found, path)


@pytest.mark.parametrize("which", ["method", "specimen", "result", "limit_of_detection", "date"])
@pytest.mark.parametrize("name", SUPPORTED)
def test_a_gap_in_every_recent_marrow_test_is_missed_and_named(name: str, which: str) -> None:
    profile, example = profile_of(SUPPORTED[name]), SUPPORTED[name]
    last = max(test["date"] for test in profile["mrd"])
    recent = [index for index, test in enumerate(profile["mrd"]) if test["date"] == last]
    for index in recent:
        profile = blanked_at(profile, ("mrd", index, which))
    found = judged(profile, example)
    assert found.outcome == "insufficient-data"
    assert any(names(found, ("mrd", index, which)) for index in recent)
