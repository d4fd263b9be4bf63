"""A patient with one thing filled in: what each possible answer to a missing fact would make of the profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import Any, Literal, get_args, get_origin

from ..case.case import Case
from ..case.doubts import plausible
from ..case.imaging import fdg_avid
from ..case.interpretation_rules import ImagingRules
from ..dates import parse_date
from ..logic.operator import DataRequirement
from ..patient.events import ResponseAssessment
from ..patient.facts import ProfileFact, catalogue
from ..patient.imaging import ImagingStudy
from ..patient.local_facts import PREFIX
from ..patient.mrd import MrdTest, SampleQuality
from ..patient.profile import Patient
from ..patient.therapy import StartReason
from ..patient.units import Quantity
from ..reading.frozen import frozen
from ..reading.numbers import scientific
from .possible_dates import date_answers
from .possible_panels import MARROW_CELLS, marker_panels, marrow_counts

_KEPT = 1024

ThresholdsByPath = Mapping[str, tuple[float, ...]]


@frozen
class Thresholds:
    """What a rule book makes of numbers: its thresholds by path, how deep a new marrow test is assumed to be, the months
    that it asks of a therapy and counts from events and images, and how images are read."""

    by_path: ThresholdsByPath
    new_test_depth: float | None
    durations: tuple[int, ...] = ()
    spans: tuple[int, ...] = ()
    imaging: ImagingRules | None = None
    local_facts: Mapping[str, ProfileFact] = field(default_factory=dict)


# A sample in which a negative result counts.
GOOD_SAMPLE = SampleQuality.model_construct(first_pull=True, hemodiluted=False, trackable_clone=True)
# A marrow test of a time that has passed: it may have been done, and cannot be done any more.
_TEST_OF_A_DAY = re.compile(r"mrd:(\d{4}-\d{2}-\d{2})$")
_ENTRY_FIELD = re.compile(r"(\w+)\[(\d+)\]\.(\w+)$")


def possible_results(
    patient: Patient, need: DataRequirement, as_of: int, book: Thresholds, *, known_until: int | None = None
) -> Iterator[tuple[str, Patient]]:
    """The possible answers to a need, each with the patient as it would then be; none where answers cannot be listed.

    `known_until` is the last day of the record where that is earlier than the as-of day.
    """
    last = as_of if known_until is None else known_until
    thresholds = book.by_path
    fact = catalogue().get(need.path) or book.local_facts.get(need.path)
    entry = _ENTRY_FIELD.match(need.path)
    then = _TEST_OF_A_DAY.match(need.path)
    if then is not None:
        day = parse_date(then.group(1)).earliest
        yield from _new_mrd_test(patient, day, thresholds.get("mrd", ()), book.new_test_depth)
    elif need.path == "mrd":
        yield from _new_mrd_test(patient, as_of, thresholds.get("mrd", ()), book.new_test_depth, need.methods)
    elif need.path == "imaging":
        yield from _new_image(patient, as_of, book.imaging)
    elif need.path == "responses":
        for category in ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD"):
            yield category, patient.model_copy(update={"responses": (*patient.responses, _response(as_of, category))})
    elif need.path == "markers":
        yield from marker_panels(patient, as_of)
    elif need.path == MARROW_CELLS:
        yield from marrow_counts(patient, as_of, thresholds.get(need.path, ()))
    elif need.path == "birth_year":
        yield from _birth_years(patient, as_of, thresholds.get("birth_year", ()))
    elif need.path.endswith(".upper_limit"):
        yield from _upper_limits(patient, need.path)
    elif fact is not None:
        for label, value in _values(fact, thresholds.get(need.path, ())):
            yield label, with_value(patient, need.path, value)
    elif entry is not None and entry.group(3) in ("date", "start"):
        yield from date_answers(
            patient, entry.group(1), int(entry.group(2)), entry.group(3), as_of, last, book.durations, book.spans
        )
    elif entry is not None:
        yield from _entry_answers(patient, entry.group(1), int(entry.group(2)), entry.group(3), last, book)


def with_value(patient: Patient, path: str, value: Any) -> Patient:
    """A copy of the patient with the fact at a dotted path set (a finding by its status)."""
    if path.startswith(PREFIX):
        return patient.model_copy(update={"local": {**patient.local, path.removeprefix(PREFIX): value}})
    changed: Patient = _set(patient, path.split("."), value)
    return changed


def _set(model: Any, parts: list[str], value: Any) -> Any:
    name, rest = parts[0], parts[1:]
    here = getattr(model, name)
    if rest:
        changed = _set(here, rest, value)
    elif hasattr(here, "status"):
        # What is absent has no fraction, copies or zygosity; details that spoke against it were the mistake.
        details = [name for name in ("fraction", "copies", "zygosity") if value == "absent" and hasattr(here, name)]
        changed = here.model_copy(update={"status": value, **dict.fromkeys(details)})
    else:
        changed = value
    return model.model_copy(update={name: changed})


def _values(fact: ProfileFact, thresholds: tuple[float, ...]) -> Iterator[tuple[str, Any]]:
    if fact.kind == "finding":
        yield from (("absent", "absent"), ("present", "present"))
    elif fact.kind == "flag":
        yield from (("yes", True), ("no", False))
    elif fact.kind == "word":
        yield from ((word, word) for word in fact.words)
    elif fact.kind == "quantity" and not thresholds:
        # Compared only with the laboratory's own range; one that cannot be would read as unknown.
        limit = _some_upper_limit(fact)
        for label, number in (("within the reference range", limit / 2), ("above the upper limit", limit * 1.5)):
            yield label, Quantity(value=number, unit=fact.unit, upper_limit=limit)
    else:
        for label, number in _between(thresholds, fact):
            yield (
                label,
                Quantity(value=number, unit=fact.unit, text=f"{number:g} {fact.unit}")
                if fact.kind == "quantity"
                else number,
            )


def _some_upper_limit(fact: ProfileFact) -> float:
    """An upper limit that a laboratory can have, in the unit of the fact."""
    bounds = plausible().upper_limits.get(fact.path.rpartition(".")[2])
    return (bounds.low * bounds.high) ** 0.5 if bounds is not None and bounds.unit == fact.unit else 2.0


def _between(thresholds: tuple[float, ...], fact: ProfileFact) -> Iterator[tuple[str, float]]:
    """A number for every stretch that the thresholds divide the values into, and for every threshold itself."""
    unit = f" {fact.unit}" if fact.unit else ""
    if not thresholds:
        return
    if fact.low is None or thresholds[0] > fact.low:
        yield f"below {thresholds[0]:g}{unit}", thresholds[0] / 2
    for index, threshold in enumerate(thresholds):
        yield f"{threshold:g}{unit}", threshold
        if index + 1 < len(thresholds):
            yield f"between {threshold:g} and {thresholds[index + 1]:g}{unit}", (threshold + thresholds[index + 1]) / 2
    highest = fact.high if fact.high is not None else thresholds[-1] * 2
    if highest > thresholds[-1]:
        yield f"above {thresholds[-1]:g}{unit}", (thresholds[-1] + highest) / 2


def _new_mrd_test(
    patient: Patient, as_of: int, thresholds: tuple[float, ...], depth: float | None, methods: tuple[str, ...] = ()
) -> Iterator[tuple[str, Patient]]:
    """A marrow test on a day: negative at the depth asked for, between there and the highest threshold, above it."""
    if not thresholds:
        return
    deepest, shallowest = min(thresholds), max(thresholds)
    depth = depth if depth is not None else shallowest
    method = methods[0] if methods else "NGS"

    def add(limit_of_detection: float, level: float | None) -> Patient:
        test = _marrow_test(as_of, method, limit_of_detection, level)
        return patient.model_copy(update={"mrd": (*patient.mrd, test)})

    yield "negative", add(depth, None)
    if depth < shallowest:
        label = f"detected between {scientific(depth)} and {scientific(shallowest)}"
        yield label, add(deepest, (depth * shallowest) ** 0.5)
    yield "positive", add(deepest, min(shallowest * 10, 1.0))


# The same few results are tried for every patient.
@lru_cache(maxsize=_KEPT)
def _marrow_test(day: int, method: str, limit_of_detection: float, level: float | None) -> MrdTest:
    """A marrow test on a day that found disease at a level, or (None) none."""
    found = {"result": "not-detected"} if level is None else {"result": "detected", "level": level}
    return MrdTest.model_validate({
        "date": parse_date(_day(day)), "specimen": "marrow", "method": method, "quality": GOOD_SAMPLE,
        "limit_of_detection": limit_of_detection, **found,
    })  # fmt: skip


@lru_cache(maxsize=_KEPT)
def _response(day: int, category: str) -> ResponseAssessment:
    return ResponseAssessment.model_validate({"date": _day(day), "category": category})


def _new_image(patient: Patient, as_of: int, rules: ImagingRules | None) -> Iterator[tuple[str, Patient]]:
    for word in ("negative", "positive"):
        image = new_image(patient, as_of, word, rules)
        # A negative PET-CT shows nothing unless the disease was FDG-avid, so the modality belongs to the answer.
        by = f" on {image.modality}" if word == "negative" and image.modality != "PET-CT" else ""
        yield f"{word}{by}", patient.model_copy(update={"imaging": (*patient.imaging, image)})


def new_image(patient: Patient, day: int, conclusion: str, rules: ImagingRules | None) -> ImagingStudy:
    """A study on a day by a modality that can show this patient's disease."""
    avid = patient.baseline.fdg_avid if rules is None else fdg_avid(Case(patient, day), rules)
    modality = "PET-CT" if avid else "WB-DWI-MRI"
    return _image(day, modality, conclusion)


@lru_cache(maxsize=_KEPT)
def _image(day: int, modality: str, conclusion: str) -> ImagingStudy:
    return ImagingStudy.model_validate({"date": _day(day), "modality": modality, "conclusion": conclusion})


def _birth_years(patient: Patient, as_of: int, thresholds: tuple[float, ...]) -> Iterator[tuple[str, Patient]]:
    """A year of birth for every stretch between the thresholds."""
    this_year = date.fromordinal(as_of).year
    ages = [int(threshold) for threshold in thresholds]
    if not ages:
        return
    stretches = [(f"under {ages[0]} years", ages[0] - 2)]
    stretches += [(f"{low} to {high} years", (low + high) // 2) for low, high in pairwise(ages)]
    stretches.append((f"over {ages[-1]} years", ages[-1] + 2))
    for label, age in stretches:
        yield label, patient.model_copy(update={"birth_year": this_year - age})


def _upper_limits(patient: Patient, path: str) -> Iterator[tuple[str, Patient]]:
    fact_path = path.rpartition(".")[0]
    quantity = catalogue()[fact_path].get(patient)
    if isinstance(quantity, Quantity):
        for label, factor in (("value within the range", 1.0), ("value above the range", 0.5)):
            limit = max(quantity.value, 1e-9) * factor
            yield label, with_value(patient, fact_path, quantity.model_copy(update={"upper_limit": limit}))


def _entry_answers(
    patient: Patient, name: str, index: int, field: str, as_of: int, book: Thresholds
) -> Iterator[tuple[str, Patient]]:
    entry, thresholds = getattr(patient, name)[index], book.by_path

    def changed(**update: Any) -> Patient:
        entries = list(getattr(patient, name))
        entries[index] = entry.model_copy(update=update)
        return patient.model_copy(update={name: tuple(entries)})

    if (name, field) == ("mrd", "limit_of_detection"):
        # Whether cells recorded beside it could reach it is not asked again.
        cells = entry.quality.model_copy(update={"cells": None})
        for threshold in thresholds.get("mrd", ()):
            yield scientific(threshold), changed(limit_of_detection=threshold, quality=cells)
        yield "worse", changed(limit_of_detection=1e-3, quality=cells)
    elif (name, field) == ("mrd", "level"):
        cells = entry.quality.model_copy(update={"cells": None})
        for label, level in _levels(sorted(thresholds.get("mrd", ())), entry.limit_of_detection or 0.0):
            yield label, changed(level=level, quality=cells)
    elif (name, field) == ("mrd", "result"):
        # What the laboratory could not call is no negative, whatever a repeat would show.
        for word in ("failed",) if entry.result == "indeterminate" else ("not-detected", "failed"):
            yield word.replace("-", " "), changed(result=word, level=None)
        yield "detected", changed(result="detected")
    elif (name, field) == ("events", "confirmed"):
        yield "confirmed", changed(confirmed=True)
        yield "found to be something benign", changed(confirmed=None, attribution="benign")
    elif (name, field) == ("events", "end"):
        yield "is over", changed(status="resolved", end=None)
        yield "goes on", changed(status="active", end=None)
    elif (name, field) == ("imaging", "attribution"):
        for word in ("myeloma", "benign"):
            yield word, changed(attribution=word)
    elif (name, field) == ("therapy", "start_reason"):
        for word in get_args(StartReason):
            # A second line that was planned from the start contradicts itself.
            if word != "planned" or (entry.line or 1) < 2:
                yield word.replace("-", " "), changed(start_reason=word)
    elif (name, field) == ("therapy", "end"):
        yield "goes on", changed(end=None)
        yield "has ended", changed(end=parse_date(_day(as_of)))
    elif (name, field) == ("therapy", "line"):
        for line in (1, 2):
            yield "first line" if line == 1 else "later line", changed(line=line)
    else:
        for word in _words_of(type(entry), field):
            label = str(word).replace("-", " ") if not isinstance(word, bool) else "yes" if word else "no"
            yield label, changed(**{field: word})


def _levels(thresholds: list[float], limit: float) -> Iterator[tuple[str, float]]:
    """A level of disease for every stretch that thresholds divide levels into, from the limit of detection on.

    Laboratories report some of what they find below it, and a profile that says so is read: that is one more.
    """
    if limit and thresholds and thresholds[0] <= limit:
        yield f"below its limit of detection of {scientific(limit)}", limit / 2
    if thresholds and limit < thresholds[0]:
        yield f"below {scientific(thresholds[0])}", max(thresholds[0] / 2, limit)
    for least, above in pairwise((*thresholds, inf)):
        if limit < above:
            begins = max(least, limit)
            more = "or more" if above == inf else "or just above"
            yield f"{scientific(begins)} {more}", begins * 1.5 if begins * 1.5 < above else begins


def _words_of(model: Any, field: str) -> list[Any]:
    info = model.model_fields.get(field)
    if info is None:
        return []
    words: list[Any] = []
    for part in (info.annotation, *get_args(info.annotation)):
        if get_origin(part) is Literal:
            words.extend(get_args(part))
        elif part is bool or bool in get_args(part):
            words.extend((True, False))
    return list(dict.fromkeys(words))


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
