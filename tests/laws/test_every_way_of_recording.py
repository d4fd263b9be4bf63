"""Every way one marrow test, image or date can be recorded, one by one: what is filled in never turns a known verdict.

The random laws look everywhere; this looks at every corner of the places where results are read. The quick suite does so
in half of the situations, chosen so that any two circumstances meet; `make laws` in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

import mrdguide
from mrdguide.case.case import Case
from mrdguide.errors import PatientError
from mrdguide.logic.truth import UNKNOWN, VERDICTS

from .effort import QUICK
from .gaps import contradicts_itself
from .judging import of_the_record, shipped
from .patients import AS_OF, Profile, inside_the_envelope

Domain = Mapping[str, Sequence[Any]]

_GOOD = {"first_pull": True, "hemodiluted": False, "trackable_clone": True}
COURSES: dict[str, Profile] = {"on therapy": {}, "off therapy": {"end": "2025-12-01"}}
QUALITIES: dict[str, Profile] = {
    "good": {},
    "diluted": {"hemodiluted": True},
    "no clone": {"trackable_clone": False},
}
AVIDITY = {"avid": True, "not avid": False, "avidity unknown": None}

MRD: Domain = {
    "specimen": [None, "marrow", "blood"],
    "method": [None, "NGS", "MFC", "ASO-qPCR"],
    "limit_of_detection": [None, 1e-7, 1e-5, 1e-4],
    "result": [None, "not-detected", "detected", "indeterminate", "failed"],
    "level": [None, 5e-7, 3e-6, 1e-4],
}
IMAGING: Domain = {
    "modality": [None, "PET-CT", "WB-DWI-MRI"],
    "deauville_focal": [None, 3, 4],
    "deauville_marrow": [None, 3, 4],
    "rac": [None, 1, 2, 4],
    "new_lesion": [None, False, True],
    "conclusion": [None, "negative", "positive", "indeterminate"],
}
DATES = [None, "2025", "2025-02", "2025-02-10", "2026", "2026-08", "2026-08-10"]


def situations(*circumstances: Sequence[str]) -> list[tuple[str, ...]]:
    """Combinations of circumstances, by their names: all of them, or half of them where any two still meet."""
    numbered = [list(enumerate(names)) for names in circumstances]
    return [
        tuple(name for _, name in chosen)
        for chosen in product(*numbered)
        if not QUICK or sum(number for number, _ in chosen) % 2 == 0
    ]


def profile_with(name: str, entry: Profile, course: Profile, *, alone: bool) -> Profile:
    """A complete patient with one more entry in a list, or with that entry alone in it."""
    profile = inside_the_envelope()
    profile["therapy"][2].update(course)
    profile[name] = [entry] if alone else [*profile[name], entry]
    return profile


def verdicts_of(profile: Profile) -> tuple[int, ...] | None:
    """The verdict of every criterion; None for a profile that cannot be."""
    try:
        patient = mrdguide.read_patient(profile)
    except PatientError:
        return None
    return shipped().judge_all(Case(patient, AS_OF.toordinal()))


def entries(domain: Domain) -> Iterator[tuple[tuple[Any, ...], Profile]]:
    """Every combination of values, each with the entry it makes."""
    for values in product(*domain.values()):
        yield values, dict(zip(domain, values, strict=True))


def turned(before: tuple[int, ...], after: tuple[int, ...]) -> dict[str, str]:
    """The criteria whose known verdict did not stay, with what became of it."""
    names = [item.rule.id for item in shipped().compiled_criteria]
    return {
        name: f"{VERDICTS[old].value} -> {VERDICTS[new].value}"
        for name, old, new in zip(names, before, after, strict=True)
        if old not in (UNKNOWN, new) and name not in of_the_record()
    }


def all_fillings_are_announced(
    found: Mapping[tuple[Any, ...], tuple[int, ...] | None], domain: Domain, *, skip: Any = lambda _entry: False
) -> None:
    """Compare every recorded entry with each that has one field less; `skip` says which entries contradict themselves."""
    failures = []
    compared = 0
    for values, after in found.items():
        entry = dict(zip(domain, values, strict=True))
        if after is None or skip(entry):
            continue
        for place, name in enumerate(domain):
            if values[place] is None:
                continue
            before = found[(*values[:place], None, *values[place + 1 :])]
            if before is None or (name == "level" and entry["result"] == "indeterminate"):
                continue
            compared += 1
            if wrong := turned(before, after):
                failures.append((f"{name} filled in", entry, wrong))
    assert compared > len(found) / 2
    assert not failures, f"{len(failures)} of {compared}, for example {failures[:3]}"


@pytest.mark.parametrize(
    ("course", "quality", "beside"), situations([*COURSES], [*QUALITIES], ["the only test", "one of three"])
)
def test_every_way_of_recording_a_marrow_test(course: str, quality: str, beside: str) -> None:
    fixed = {"date": "2026-08-20", "quality": {**_GOOD, **QUALITIES[quality]}}
    alone = beside == "the only test"
    found = {
        values: verdicts_of(profile_with("mrd", {**entry, **fixed}, COURSES[course], alone=alone))
        for values, entry in entries(MRD)
    }
    all_fillings_are_announced(found, MRD, skip=_found_below_its_limit)


def _found_below_its_limit(test: Profile) -> bool:
    """A level below the limit of detection: where no level is given, one at the limit or above is assumed."""
    return test["level"] is not None and test["level"] < (test["limit_of_detection"] or 0)


@pytest.mark.parametrize(("avidity", "beside"), situations([*AVIDITY], ["the only image", "one of two"]))
def test_every_way_of_recording_an_image(avidity: str, beside: str) -> None:
    found = {}
    for values, entry in entries(IMAGING):
        profile = profile_with("imaging", {**entry, "date": "2026-10-01"}, {}, alone=beside == "the only image")
        profile["baseline"]["fdg_avid"] = AVIDITY[avidity]
        found[values] = verdicts_of(profile)
    all_fillings_are_announced(found, IMAGING, skip=contradicts_itself)


DATED_TWICE: dict[str, Profile] = {str(entry): entry for entry in (
    {"result": "not-detected", "limit_of_detection": 1e-6},
    {"result": "not-detected", "limit_of_detection": 1e-5},
    {"result": "not-detected", "limit_of_detection": 1e-4},
    {"result": "not-detected"},
    {"result": "detected", "limit_of_detection": 1e-7, "level": 3e-7},
    {"result": "detected", "limit_of_detection": 1e-6, "level": 3e-6},
    {"result": "detected", "limit_of_detection": 1e-6, "level": 1e-3},
    {"result": "detected", "limit_of_detection": 1e-6},
    {"result": "failed"},
    {"limit_of_detection": 1e-6},
)}  # fmt: skip


@pytest.mark.parametrize(("course", "entry"), situations([*COURSES], [*DATED_TWICE]))
def test_every_way_of_dating_two_marrow_tests(course: str, entry: str) -> None:
    """Two tests like this one, or one of them beside a good negative, each dated as well as can be remembered."""
    test = {"specimen": "marrow", "method": "NGS", "quality": _GOOD, **DATED_TWICE[entry]}
    negative = {
        "specimen": "marrow",
        "method": "NGS",
        "quality": _GOOD,
        "result": "not-detected",
        "limit_of_detection": 1e-6,
    }
    for other in (test, negative):
        found = {}
        for first, second in product(DATES, DATES):
            profile = profile_with("mrd", {}, COURSES[course], alone=True)
            profile["mrd"] = [{**test, "date": first}, {**other, "date": second}]
            found[first, second] = verdicts_of(profile)
        dates_are_announced(found)


@pytest.mark.parametrize(
    "study", [{"conclusion": "negative"}, {"conclusion": "positive"}, {"conclusion": "indeterminate"}], ids=str
)
def test_every_way_of_dating_two_images(study: Profile) -> None:
    for other in ("negative", "positive"):
        found = {}
        for first, second in product(DATES, DATES):
            profile = inside_the_envelope()
            profile["imaging"] = [
                {"modality": "PET-CT", **study, "date": first}, {"modality": "PET-CT", "conclusion": other, "date": second},
            ]  # fmt: skip
            found[first, second] = verdicts_of(profile)
        dates_are_announced(found)


def dates_are_announced(found: Mapping[tuple[str | None, str | None], tuple[int, ...] | None]) -> None:
    """Compare every pair of dates with each pair that says less."""
    failures = []
    for (vague_first, vague_second), before in found.items():
        for (first, second), after in found.items():
            if not (_says_more(first, vague_first) and _says_more(second, vague_second)):
                continue
            assert before is not None
            assert after is not None
            if wrong := turned(before, after):
                failures.append(((vague_first, vague_second), (first, second), wrong))
    assert not failures, f"{len(failures)}, for example {failures[:3]}"


def _says_more(text: str | None, vague: str | None) -> bool:
    return vague is None or (text is not None and text.startswith(vague))
