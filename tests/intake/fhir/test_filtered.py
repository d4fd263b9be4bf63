"""A search that names a filter: what did not pass it is unknown for the type that was searched."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .test_damage import PERMISSIVE, SUPPORTED, Resource, answer, written

SERVER = "https://fhir.example/r4"


def found_by(search: str, **said: Any) -> Resource:
    link = [{"relation": "self", "url": f"{SERVER}/{search}"}]
    entries = [{"resource": item} for item in written(SUPPORTED)]
    return {"resourceType": "Bundle", "type": "searchset", "link": link, **said, "entry": entries}


FILTERS = [
    "Condition?patient=p&clinical-status=active",
    "Condition?patient=p&clinical-status=http://terminology.hl7.org/CodeSystem/condition-clinical%7Cactive",
    "Condition?patient=p&verification-status=confirmed",
    "Condition?patient=p&clinical-status:not=relapse",
    "Observation?patient=p&date=ge2025-01-01",
    "Observation?patient=p&date=lt2026-10-01",
    "Observation?patient=p&date=2026",
    "Observation/_search?patient=p&status=final",
    "Observation?patient=p&code:not=1234-5",
    "Patient/p/Observation?value-concept=absent",
    "DiagnosticReport?patient=p&_lastUpdated=gt2026-01-01",
    "MedicationRequest?patient=p&status=active",
    "Patient/p/$everything?_since=2026-01-01",
    "Patient/p/$everything?start=2025-01-01",
    "Observation/$lastn?patient=p",
]
NONE = [
    "Observation?patient=p&_count=100&_sort=-date&_format=json&_total=accurate",
    "Observation?patient=p&category=laboratory&code=http://loinc.org%7C33358-3",
    "Observation?subject=Patient/p&date=ge2010-01-01",
    "Observation?patient=p&date=le2030-12-31",
    "Observation?patient.identifier=http://x%7C7",
    "Observation?patient=p&status=preliminary,final,amended,corrected",
    "Condition?patient=p&verification-status:not=entered-in-error,refuted",
    "Encounter?patient=p&date=ge2026-01-01",
    "Patient?name=Example",
    "Observation?Patient=p&_COUNT=5",
    "Patient/p/$everything?_count=500&_type=Condition,Observation",
    "MedicationRequest?patient=p&intent=order&_include=MedicationRequest:medication",
    "",
]


@pytest.mark.parametrize("search", FILTERS)
def test_what_a_filter_leaves_out_is_open(search: str, shipped_rules: mrdguide.RuleBook) -> None:
    given = found_by(search)
    assert answer(given, shipped_rules).outcome not in PERMISSIVE
    [gap] = fhir.read(given)[1].gaps
    assert "leaves out" in gap.reason


@pytest.mark.parametrize("search", NONE)
def test_an_ordinary_search_leaves_nothing_out(search: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(found_by(search), shipped_rules).outcome == "cessation-supported"


def test_a_search_up_to_its_own_day_leaves_nothing_out(shipped_rules: mrdguide.RuleBook) -> None:
    search = "Observation?patient=p&date=le2026-11-20"
    on_that_day, later = found_by(search, timestamp="2026-11-20T09:00:00Z"), found_by(search, timestamp="2026-12-20")
    assert answer(on_that_day, shipped_rules).outcome == "cessation-supported"
    assert answer(later, shipped_rules).outcome not in PERMISSIVE
    assert answer(found_by(search, meta={"lastUpdated": "2026-12-20"}), shipped_rules).outcome not in PERMISSIVE


def test_a_search_is_told_by_its_request_as_well(shipped_rules: mrdguide.RuleBook) -> None:
    for search, whole in (("Condition?patient=p&clinical-status=active", False), ("Condition?patient=p", True)):
        part = {"request": {"method": "GET", "url": search}, "response": {"status": "200"}, "resource": found_by("")}
        given = {"resourceType": "Bundle", "type": "batch-response", "entry": [part]}
        assert (answer(given, shipped_rules).outcome == "cessation-supported") is whole


def test_the_relation_of_a_link_is_known_in_any_case_of_letters(shipped_rules: mrdguide.RuleBook) -> None:
    given = found_by("Observation?patient=p&status=final")
    given["link"][0]["relation"] = "SELF"
    assert answer(given, shipped_rules).outcome not in PERMISSIVE


def test_only_the_type_that_was_searched_is_open() -> None:
    [gap] = fhir.read(found_by("Procedure?patient=p&date=gt2024"))[1].gaps
    assert gap.domains == ("therapy",)
