"""Narratives, displays of references and what stands on the Patient: they open where they tell news, and repeat in peace."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide

from .bundles import LOINC, concept
from .test_asides import first, going_on
from .test_damage import PERMISSIVE, SNOMED, Change, Resource, each_image, each_mrd
from .test_words_that_open import finding, outcome


def narrative(text: str, status: str = "generated") -> dict[str, Any]:
    return {"text": {"status": status, "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{text}</div>"}}


def each_component(**more: Any) -> Change:
    def change(items: list[Resource]) -> None:
        for item in items:
            for part in item.get("component", ()) if item["resourceType"] == "Observation" else ():
                part.update(more)

    return change


NEWS: dict[str, Change] = {
    "of a test": each_mrd(**narrative("MRD <b>positive</b>, 3e-5")),
    "of a test, with extensions": each_mrd(**narrative("MRD <b>positive</b>, 3e-5", "extensions")),
    "of an image": each_image(**narrative("PET-CT. New FDG-avid lesion of L3.")),
    "of the diagnosis": first("Condition", **narrative("Multiple myeloma. Relapsed 10/2026.")),
    "of therapy": going_on(**narrative("Lenalidomide for relapse of multiple myeloma")),
    "of a status": finding(
        "Observation", concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "359746009"),
        **narrative("Cancer disease progression: stable. Progression since.")
    ),
    "a visit": each_mrd(encounter={"display": "Relapsed multiple myeloma, restaging"}),
    "a study": each_image(imagingStudy=[{"display": "PET-CT: new lytic lesions"}]),
    "a source": going_on(derivedFrom=[{"display": "Order: therapy of relapse"}]),
    "an episode": going_on(context={"display": "Relapsed multiple myeloma, cycle 4"}),
    "a whole": each_mrd(partOf=[{"display": "Biopsy of a plasmacytoma"}]),
    "a category": first("Condition", category=[{"text": "Relapsed disease"}]),
    "an end": first("Condition", abatementString="remission until relapse in 2024"),
    "a part of a test": each_component(extension=[{"url": "urn:site", "valueString": "Haemodiluted aspirate"}]),
    "the patient": first("Patient", extension=[{"url": "urn:site", "valueString": "Relapsed multiple myeloma"}]),
    "the patient's narrative": first("Patient", **narrative("Relapsed multiple myeloma", "additional")),
}  # fmt: skip

QUIET: dict[str, Change] = {
    "of a test": each_mrd(**narrative("<b>MRD</b> (NGS): not detected. Limit of detection 1e-6")),
    "of an image": each_image(**narrative("PET-CT. Conclusion: absent. No new lesion.")),
    "of the diagnosis": first("Condition", **narrative("Multiple myeloma, in remission, no relapse")),
    "of therapy": going_on(**narrative("Lenalidomide maintenance, active")),
    "of a status": finding(
        "Observation", concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "359746009"),
        **narrative("Code: Cancer Disease Progression. Value: stable")
    ),
    "a visit": each_mrd(encounter={"display": "Multiple myeloma, follow-up"}),
    "a source": each_mrd(derivedFrom=[{"display": "Raw data of the sequencer"}]),
    "a category": first("Condition", category=[{"text": "Problem list item"}]),
    "the patient": first("Patient", extension=[{"url": "urn:site", "valueString": "White"}]),
    "the patient's narrative": first("Patient", **narrative("Jane Doe, born 1960")),
}  # fmt: skip


@pytest.mark.parametrize("change", NEWS.values(), ids=NEWS)
def test_a_narrative_or_a_display_that_tells_news_opens(change: Change, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(change, shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize("change", QUIET.values(), ids=QUIET)
def test_one_that_repeats_what_is_coded_changes_nothing(change: Change, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(change, shipped_rules) == "cessation-supported"


def test_a_narrative_that_repeats_a_coded_relapse_opens_nothing_more(shipped_rules: mrdguide.RuleBook) -> None:
    coded = {"code": concept("http://hl7.org/fhir/sid/icd-10-cm", "C90.02")}
    assert outcome(first("Condition", **coded, **narrative("Multiple myeloma in relapse")), shipped_rules) == outcome(
        first("Condition", **coded), shipped_rules
    )
