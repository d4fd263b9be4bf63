"""A profile written as FHIR and read back gives the same recommendation, and less data never a more permissive one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import Example, examples

from ...examples import shipped
from .bundles import bundle

# What FHIR cannot tell: which protein a band is, and what people say in the place of a record.
CASES = [example for example in examples() if example.file not in ("benign-band.yaml", "community-panel.yaml")]
# The criteria that read panels, of which FHIR has none here.
PANELS = {
    "markers.light-chain-ratio",
    "remark.light-chain-ratio",
    "course.marker-finding",
    "remark.earlier-marker-finding",
}
every_example = pytest.mark.parametrize("example", CASES, ids=lambda example: example.file)


def profile_of(example: Example) -> dict[str, Any]:
    data: dict[str, Any] = read_file(example.path).data
    return data


@every_example
def test_the_same_recommendation(example: Example) -> None:
    before = mrdguide.evaluate(example.path, rules=shipped(), as_of=example.as_of)
    patient, report = fhir.read(bundle(profile_of(example)))
    after = mrdguide.evaluate(patient, rules=shipped(), as_of=example.as_of)
    assert after.possible_outcomes == before.possible_outcomes
    assert after.outcome == before.outcome
    differing = {
        name: (result.verdict, after.criteria[name].verdict)
        for name, result in before.criteria.items()
        if result.verdict != after.criteria[name].verdict and name not in PANELS
    }
    assert differing == {}
    assert report.complete
    assert report.conflicts == ()


def most_permissive(recommendation: mrdguide.Recommendation) -> int:
    outcomes = recommendation.rules.decision.outcomes
    return max(item.permissiveness for item in outcomes if item.id in recommendation.possible_outcomes)


@every_example
def test_with_any_resource_removed_the_answer_is_never_more_permissive(example: Example) -> None:
    whole = bundle(profile_of(example))
    before = mrdguide.evaluate(fhir.read(whole)[0], rules=shipped(), as_of=example.as_of)
    for number in range(len(whole["entry"])):
        less = deepcopy(whole)
        removed = less["entry"].pop(number)["resource"]
        try:
            patient, report = fhir.read(less)
        except mrdguide.errors.FhirError:
            continue  # without the patient or the diagnosis there is no answer at all
        assert not report.complete
        after = mrdguide.evaluate(patient, rules=shipped(), as_of=example.as_of)
        # An answer that was not settled may become any, a settled one only more open or less permissive.
        if after.settled:
            assert after.permissiveness <= most_permissive(before), removed["resourceType"]
