"""What stands beside "nothing was found": words, interpretations, notes, the sample, a corrected twin. Bad news opens, the rest does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import LOINC, OWN, UCUM, concept
from .test_damage import (
    PERMISSIVE,
    SNOMED,
    SUPPORTED,
    Change,
    Resource,
    answer,
    each_component,
    each_image,
    each_mrd,
    observation,
    written,
)

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CONDITION = "http://terminology.hl7.org/CodeSystem/v2-0493"
OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
ABSENT = concept(OWN, "absent")


def opens(change: Change, rules: mrdguide.RuleBook) -> bool:
    items = written(SUPPORTED)
    change(items)
    return answer(items, rules).outcome not in PERMISSIVE


def noted(text: str) -> Change:
    return each_mrd(note=[{"text": text}])


def valued(text: str) -> Change:
    return each_mrd(valueCodeableConcept={**ABSENT, "text": text})


def interpreted(**told: Any) -> Change:
    return each_mrd(interpretation=[told])


def interpreted_as(code: str) -> Change:
    return each_mrd(interpretation=[concept(INTERPRETATION, code)])


def sampled(**more: Any) -> Change:
    """A change of the sample that all MRD tests are of."""
    return lambda items: [
        item.update(copy.deepcopy(more)) for item in items if item["resourceType"] == "Specimen" and item["id"] == "marrow"
    ]  # fmt: skip


def called(text: str) -> Change:
    return each_mrd(code={**concept(OWN, "mrd"), "text": text})


def cells(value: float, unit: str) -> Change:
    return each_component("cells-analysed", {"valueQuantity": {"value": value, "system": UCUM, "code": unit}})


def corrected(**more: Any) -> Change:
    """Each MRD test stands once more, corrected under another id."""

    def change(items: list[Resource]) -> None:
        tests = [
            item for item in items if any(part["code"] == "mrd" for part in item.get("code", {}).get("coding", []))
        ]
        items += [{**copy.deepcopy(item), "id": f"{item['id']}x", "status": "corrected", **more} for item in tests]

    return change


def responded(**more: Any) -> Change:
    def change(items: list[Resource]) -> None:
        for item in items:
            if item.get("valueCodeableConcept") == concept(OWN, "CR"):
                item.update(copy.deepcopy(more))

    return change


def imaged(part: Resource) -> Change:
    """A second result of each image, contained in it."""

    def change(items: list[Resource]) -> None:
        for item in items:
            if item["resourceType"] == "DiagnosticReport":
                item["contained"] = [
                    *item["contained"],
                    {"resourceType": "Observation", "id": "two", "status": "final", **part},
                ]
                item["result"] = [*item["result"], {"reference": "#two"}]

    return change


def scored(**more: Any) -> Change:
    return lambda items: [
        item["contained"][0].update(copy.deepcopy(more)) for item in items if item["resourceType"] == "DiagnosticReport"
    ]


NOTES_AGAINST = (
    "Positive.", "MRD +", "MRD (+)", "MRD pos.", "Minimal residual disease: POSITIVE", "Detected below LOD.",
    "Corrected result: previously reported as negative, is now positive.",
    "A small abnormal plasma cell population (0.0009%) was identified.",
    "Residual clonal plasma cells 0.0008 % of leukocytes.", "Low-level positive, below the limit of quantification.",
    "12 clonal copies per million cells.", "4 x 10^-6", "MRD level 0.0004%", "Very small clone persists", "Residual myeloma cells: 12",
    "Trace amounts of clonal cells.", "Dry tap; aparticulate aspirate, only peripheral blood obtained.",
    "Sampled from peripheral blood.", "Low cellularity, quantity not sufficient (QNS).",
    "Sample labelled with another patient's name.", "Sample mix-up suspected", "Target sensitivity of 10^-6 not reached",
    "Only 400,000 cells acquired; sensitivity 1 in 100,000", "Sensitivity 1 in 10,000", "Haemorrhagic aspirate.", "Poor quality",
    "Sample older than 5 days", "Result provisional.", "Amplification failed", "Third aspirate", "Please disregard this result.",
)  # fmt: skip
NOTES_USUAL = (
    "MRD negative at 10^-6.", "2.1 million cells analysed.", "No residual clonal plasma cells detected.",
    "Reported by Dr. A. Miller, haematology.", "First pull, good quality.", "No evidence of residual disease.",
    "4.2 million cells evaluated. No abnormal plasma cells.", "Sample not haemodiluted.", "Result discussed with the patient.",
    "Bone marrow aspirate, first pull, EDTA, received 11 September 2026.", "Assay: clonoSEQ, validated to 10^-6.",
    "Sequencing identified no residual clonal sequences.", "Two trackable sequences identified at diagnosis (IGH, IGK).",
    "Polyclonal plasma cells 0.8 %, no aberrant population.", "Normal plasma cells 1.2 %.", "MRD negative (<0.0002%).",
    "Abnormal plasma cells: not detected.", "Aberrant plasma cells: none.", "0 clonal cells per million.",
    "LoD 1.8 x 10^-6, LLOQ 4.5 x 10^-6.", "No MRD detected in the first pull sample at 10^-6 sensitivity.",
    "Sensitivity 1 in 1,000,000 reached.", "A negative result does not exclude disease below the limit of detection.",
    "Immunophenotype: CD38+ CD138+ CD19- CD56+", "Next MRD test in 12 months recommended.", "Sample ID 4711-22.", "Viability 95 %.",
)  # fmt: skip
VALUES_AGAINST = (
    "test failed, not evaluable", "pending", "indeterminate", "3 cells per million", "0.0004 %", "4e-6", "Positive", "abnormal",
    "not done", "unknown", "Presence of MRD",
)  # fmt: skip
VALUES_USUAL = (
    "Not detected", "MRD negative", "None detected", "Negative (<10^-6)", "0 cells per million", "No residual disease detected",
    "MRD negative at 10^-6", "No abnormal plasma cells", "Normal",
)  # fmt: skip
INTERPRETATIONS_AGAINST = (
    "POS",
    "DET",
    "A",
    "AA",
    "H",
    "HH",
    "HU",
    "WR",
    "RR",
    "IND",
    "E",
    "U",
    "W",
    "X",
    "EX",
    "LL",
    ">",
    "QCF",
)
INTERPRETATIONS_USUAL = ("N", "NEG", "ND", "NR", "B", "D", "EXP")


@pytest.mark.parametrize("text", NOTES_AGAINST)
def test_a_note_that_speaks_against_a_negative_test_opens(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert opens(noted(text), shipped_rules)


@pytest.mark.parametrize("text", NOTES_USUAL)
def test_an_ordinary_note_on_a_negative_test_changes_nothing(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    noted(text)(items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"
    assert fhir.read(items)[1].complete


def test_a_note_can_be_answered_for(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    noted("Haemorrhagic aspirate.")(items)
    texts = fhir.read(items)[1].to_be_read
    assert texts
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [text.name for text in texts], "nothing_found": True}
    assert mrdguide.evaluate(fhir.read(items, attested=[said])[0], as_of="2026-11-21").outcome == "cessation-supported"


@pytest.mark.parametrize("text", VALUES_AGAINST)
def test_words_of_a_value_that_speak_against_its_code_open(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert opens(valued(text), shipped_rules)


@pytest.mark.parametrize("text", VALUES_USUAL)
def test_words_of_a_value_that_repeat_its_code_change_nothing(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert not opens(valued(text), shipped_rules)


@pytest.mark.parametrize("code", INTERPRETATIONS_AGAINST)
def test_an_interpretation_of_hl7_that_does_not_say_negative_opens(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert opens(interpreted_as(code), shipped_rules)


@pytest.mark.parametrize("code", INTERPRETATIONS_USUAL)
def test_an_interpretation_of_hl7_that_is_no_news_changes_nothing(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert not opens(interpreted_as(code), shipped_rules)


BESIDE: dict[str, tuple[Change, bool]] = {
    "a second code, a local positive": (each_mrd(valueCodeableConcept={"coding": [*ABSENT["coding"], {"system": "urn:lab", "code": "POS"}]}), True),
    "a second code, a local negative": (each_mrd(valueCodeableConcept={"coding": [*ABSENT["coding"], {"system": "urn:lab", "code": "NEG"}]}), False),
    "a second code, a local number": (each_mrd(valueCodeableConcept={"coding": [*ABSENT["coding"], {"system": "urn:lab", "code": "4711"}]}), False),
    "a second code that nobody knows": (each_mrd(valueCodeableConcept={"coding": [*ABSENT["coding"], {"system": SNOMED, "code": "277022003"}]}), True),
    "a local interpretation": (interpreted(coding=[{"system": "urn:lab", "code": "POSITIVE"}]), True),
    "a local interpretation that is none": (interpreted(coding=[{"system": "urn:lab", "code": "NEGATIVE"}]), False),
    "an interpretation in words": (interpreted(text="Abnormal"), True),
    "an interpretation of SNOMED": (interpreted(coding=[{"system": SNOMED, "code": "263654008", "display": "Abnormal"}]), True),
    "not evaluable": (interpreted(text="Not evaluable"), True),
    "invalid": (interpreted(text="Invalid - insufficient cells"), True),
    "normal": (interpreted(text="Normal"), False),
    "why the value is missing, inside it": (
        each_mrd(valueCodeableConcept={**ABSENT, "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "error"}]}),
        True,
    ),
    "a test that was not done": (called("MRD (not performed)"), True),
    "a test of the marrow": (called("MRD by sequencing, bone marrow"), False),
    "a test of a graft": (called("MRD in apheresis product"), True),
    "no cells": (cells(0, "1"), True),
    "less than no cells": (cells(-1, "1"), True),
    "few cells": (cells(20_000, "1"), True),
    "half a million": (cells(0.02, "10*6"), True),
    "four million": (cells(4, "10*6"), False),
    "four thousand thousands": (cells(4_000, "10*3"), False),
    "four million, counted": (cells(4_000_000, "{cells}"), False),
    "four in a unit that is no number": (cells(4, "10*6/L"), True),
    "a part that is called abnormal": (
        lambda items: [part.update(interpretation=[concept(INTERPRETATION, "A")]) for item in items if item.get("method") for part in item["component"]],
        True,
    ),
}  # fmt: skip
SAMPLES: dict[str, tuple[Change, bool]] = {
    "called blood": (sampled(type={**concept(SNOMED, "119359002"), "text": "EDTA blood"}), True),
    "displayed as blood": (sampled(type={"coding": [{"system": SNOMED, "code": "119359002", "display": "Blood specimen"}]}), True),
    "a local code for blood": (
        sampled(type={"coding": [{"system": SNOMED, "code": "119359002"}, {"system": "urn:lab", "code": "EB", "display": "EDTA blood"}]}),
        True,
    ),
    "called marrow": (sampled(type={**concept(SNOMED, "119359002"), "text": "Bone marrow aspirate"}), False),
    "a reference that says blood": (each_mrd(specimen={"reference": "Specimen/marrow", "display": "Peripheral blood, EDTA"}), True),
    "a reference that says marrow": (each_mrd(specimen={"reference": "Specimen/marrow", "display": "Bone marrow, EDTA"}), False),
    "from a vein": (sampled(collection={"bodySite": concept(SNOMED, "29092000")}), True),
    "by venipuncture": (sampled(collection={"method": concept(SNOMED, "28520004")}), True),
    "from the iliac crest": (sampled(collection={"bodySite": {"text": "iliac crest"}}), False),
    "nothing of it": (sampled(collection={"quantity": {"value": 0, "unit": "mL"}}), True),
    "from a sample of blood": (sampled(parent=[{"reference": "Specimen/blood"}]), True),
    "in part": (sampled(meta={"tag": [{"system": OBSERVATION_VALUE, "code": "SUBSETTED"}]}), True),
    "arrived years before": (sampled(receivedTime="2024-01-02"), True),
    "clotted": (sampled(condition=[concept(CONDITION, "CLOT")]), True),
    "in a condition that nobody knows": (sampled(condition=[concept(CONDITION, "XYZ")]), True),
    "cooled": (sampled(condition=[concept(CONDITION, "COOL")]), False),
    "noted to be too little": (sampled(note=[{"text": "QNS"}]), True),
    "noted to be of somebody": (sampled(note=[{"text": "mislabelled, identity doubtful"}]), True),
    "noted as usual": (sampled(note=[{"text": "First pull, EDTA, received in good condition."}]), False),
}  # fmt: skip
TWINS: dict[str, tuple[Change, bool]] = {
    "corrected to failed": (corrected(valueCodeableConcept=concept(OWN, "failed")), True),
    "corrected to not tested": (corrected(valueCodeableConcept=concept(OWN, "not-tested")), True),
    "corrected, and the same": (corrected(), False),
    "failed on another day": (corrected(valueCodeableConcept=concept(OWN, "failed"), effectiveDateTime="2026-08-01"), False),
    "failed at first and repeated": (corrected(valueCodeableConcept=concept(OWN, "failed"), status="final"), False),
}  # fmt: skip
IMAGES: dict[str, tuple[Change, bool]] = {
    "a second result with a lesion": (imaged({"code": {"text": "Lesion"}, "valueString": "new lytic lesion T8, SUVmax 9"}), True),
    "a second result without one": (imaged({"code": {"text": "Lesion"}, "valueString": "no new lesion"}), False),
    "a note on the scores": (scored(note=[{"text": "new lytic lesion T8"}]), True),
    "words as value of the scores": (scored(valueString="new lytic lesion T8"), True),
    "scores that are preliminary": (scored(status="preliminary"), True),
    "scores that are abnormal": (scored(interpretation=[concept(INTERPRETATION, "A")]), True),
    "a title": (each_image(presentedForm=[{"title": "PET-CT: new lytic lesion T8"}]), True),
    "a title as usual": (each_image(presentedForm=[{"title": "PET-CT report"}]), False),
    "the words of its conclusion": (each_image(conclusionCode=[{**ABSENT, "text": "new lytic lesions"}]), True),
    "a second code that nobody knows": (each_image(conclusionCode=[{"coding": [*ABSENT["coding"], {"system": SNOMED, "code": "277022003"}]}]), True),
    **{
        text: (each_image(conclusion=text), True)
        for text in (
            "Deauville score 5", "Deauville: 4", "Extramedullary disease in liver", "New hypermetabolic focus in the sacrum, SUVmax 7.2",
            "Increased FDG uptake at T8 compared to prior", "Multiple FDG-avid lesions in the axial skeleton",
            "Lytic lesion in T8 has enlarged", "Pathologic fracture of T12", "FDG-avid lesions, stable", "Osteolysis of T8",
        )
    },
    **{
        text: (each_image(conclusion=text), False)
        for text in (
            "Stable lytic lesions without FDG uptake", "No new FDG-avid lesion", "No FDG-avid lesions", "Deauville score 1",
            "Deauville 5-point scale: 2", "Known osteolytic lesions, unchanged, without pathologic uptake.",
            "Previously FDG-avid lesion in L3 no longer avid.", "Old pathologic fracture of T12, no uptake.",
            "No extramedullary disease.", "Complete metabolic response.", "Physiologic hypermetabolic activity in the bowel.",
        )
    },
}  # fmt: skip
RESPONSES: dict[str, tuple[Change, bool]] = {
    **{f"called {text}": (responded(valueCodeableConcept={**concept(OWN, "CR"), "text": text}), True)
       for text in ("PD", "VGPR", "Progressive disease", "very good partial response", "CR, immunofixation positive")},
    **{f"called {text}": (responded(valueCodeableConcept={**concept(OWN, "CR"), "text": text}), False)
       for text in ("CR", "Complete response", "stringent complete response", "CR, no progression")},
    "interpreted as progression": (responded(interpretation=[{"text": "Progression"}]), True),
    "interpreted as normal": (responded(interpretation=[concept(INTERPRETATION, "N")]), False),
    "with progression in a part": (responded(component=[{"code": concept(OWN, "progression"), "valueBoolean": True}]), True),
    "without progression in a part": (responded(component=[{"code": concept(OWN, "progression"), "valueBoolean": False}]), False),
    "with immunofixation in a part": (
        responded(component=[{"code": concept(LOINC, "25700-6"), "valueCodeableConcept": concept(SNOMED, "10828004")}]), True,
    ),
    "without immunofixation in a part": (
        responded(component=[{"code": concept(LOINC, "25700-6"), "valueCodeableConcept": concept(SNOMED, "260385009")}]), False,
    ),
    "a note that it progressed": (responded(note=[{"text": "Now PD"}]), True),
    "a note of the responses before": (responded(note=[{"text": "CR since 2021, VGPR before"}]), False),
}  # fmt: skip
ALL = {"beside": BESIDE, "sample": SAMPLES, "twin": TWINS, "image": IMAGES, "response": RESPONSES}


@pytest.mark.parametrize(("of", "name"), [(of, name) for of, cases in ALL.items() for name in cases])
def test_what_stands_beside_a_good_result_opens_where_it_speaks_against_it(
    of: str, name: str, shipped_rules: mrdguide.RuleBook
) -> None:
    change, expected = ALL[of][name]
    assert opens(change, shipped_rules) is expected


def test_a_number_of_cells_is_read_by_its_unit() -> None:
    items = written(SUPPORTED)
    cells(4, "10*6")(items)
    assert {test.quality.cells for test in fhir.read(items)[0].mrd} == {4_000_000}


def test_a_sample_that_is_no_good_is_told_in_words() -> None:
    items = written(SUPPORTED)
    sampled(condition=[{"coding": [{"system": CONDITION, "code": "CLOT", "display": "Clotted"}]}])(items)
    assert any("not known to be in order (Clotted)" in issue.text for issue in fhir.read(items)[1].issues)


def ratio(value: float, **more: Any) -> Resource:
    usual = {"referenceRange": [{"low": {"value": 0.26}, "high": {"value": 1.65}}]}
    return observation(code=concept(LOINC, "48378-4"), valueQuantity={"value": value, "unit": "1"}, **{**usual, **more})


NORMAL, HIGH = [concept(INTERPRETATION, "N")], [concept(INTERPRETATION, "HH")]


@pytest.mark.parametrize(
    ("found", "open_"),
    [
        (ratio(1.0), False), (ratio(1.0, interpretation=NORMAL), False), (ratio(1.0, interpretation=[{"text": "Normal"}]), False),
        (ratio(1.0, interpretation=NORMAL, referenceRange=[]), False), (ratio(1.0, referenceRange=[]), True),
        (ratio(135), True), (ratio(135, interpretation=NORMAL), True), (ratio(1.5, interpretation=HIGH), True),
        (ratio(1.5, interpretation=[{"text": "above normal"}]), True),
        (ratio(1.5, interpretation=[{**NORMAL[0], "text": "above normal"}]), True),
    ],
)  # fmt: skip
def test_a_ratio_is_normal_only_where_range_and_interpretation_agree(found: Resource, open_: bool) -> None:
    assert bool(fhir.read([*written(SUPPORTED), found])[1].gaps) is open_


@pytest.mark.parametrize(
    ("value", "interpretation", "open_"),
    [(0, HIGH, True), (0, NORMAL, False), (0, [], False), (0, [{"text": "Abnormal"}], True), (0, [{"text": "Not evaluable"}], True),
     (12, HIGH, False), (12, [{"text": "Not evaluable"}], True)],
)  # fmt: skip
def test_no_m_protein_that_is_called_abnormal_opens_response(value: int, interpretation: Any, open_: bool) -> None:
    spike = observation(
        code=concept(LOINC, "33358-3"), valueQuantity={"value": value, "unit": "g/L"}, interpretation=interpretation,
    )  # fmt: skip
    _, report = fhir.read([*written(SUPPORTED), spike])
    assert ("response" in {domain for gap in report.gaps for domain in gap.domains}) is open_
