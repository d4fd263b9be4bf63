"""Genetics and values at diagnosis: what was found is never lost to a second report, a bad sample or words nobody reads."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.intake.fhir.codes.table import load_table
from mrdguide.intake.fhir.genetics import _any
from mrdguide.patient.facts import catalogue

from .bundles import LOINC, OWN, UCUM, concept
from .test_damage import PERMISSIVE, SUPPORTED, TOLD, Resource, answer, observation, written

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
RANGES = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
PRESENT, ABSENT = ({"valueCodeableConcept": concept(OWN, name)} for name in ("present", "absent"))
ABNORMALITIES = ("del-17p", "t-4-14", "t-14-16", "t-14-20", "gain-1q", "del-1p32", "tp53-mutation")
DIAGNOSED = "2019-09-02"


def reported(code: str, day: str, status: dict[str, Any], **more: Any) -> Resource:
    return observation(id=f"{code}-{day}-{len(more)}", code=concept(OWN, code), effectiveDateTime=day, **status, **more)


def changed(code: str, **more: Any) -> list[Resource]:
    """The supported patient, one result of whom says more."""
    items = written(SUPPORTED)
    for item in items:
        if any(part.get("code") == code for part in item.get("code", {}).get("coding", [])):
            item.update(more)
    return items


def test_the_patterns_name_abnormalities_that_there_are() -> None:
    words = load_table().reading.genetics
    assert all(f"baseline.cytogenetics.{name}" in catalogue() for name in words.abnormalities)
    for patterns in (*words.abnormalities.values(), words.tests, words.stages, words.denials, words.doubts):
        assert _any(patterns)


@pytest.mark.parametrize("code", [*ABNORMALITIES, "extramedullary-disease-at-diagnosis"])
@pytest.mark.parametrize("day", ["2019-08-20", "2019-09-11"])
def test_a_positive_that_its_own_day_contradicts_is_not_lost_to_another_day(
    code: str, day: str, shipped_rules: mrdguide.RuleBook
) -> None:
    items = [*written(SUPPORTED), reported(code, day, PRESENT), reported(code, day, ABSENT, note=[])]
    _, report = fhir.read(items)
    [conflict] = report.conflicts
    assert any(day in value for value in conflict.values)
    assert report.gaps
    assert answer(items, shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("code", ABNORMALITIES)
def test_a_positive_of_a_day_without_contradiction_wins(code: str) -> None:
    items = [*written(SUPPORTED), reported(code, "2019-09-11", PRESENT)]
    patient, report = fhir.read(items)
    name = code.replace("-", "_")
    assert getattr(patient.baseline.cytogenetics, name).status == "present"
    assert not report.conflicts


@pytest.mark.parametrize(("first", "later"), [(0.1, 0.6), (0.6, 0.1)])
def test_the_greater_clone_counts_whichever_day_is_nearer(first: float, later: float) -> None:
    def in_cells(share: float) -> dict[str, Any]:
        quantity = {"value": share, "unit": "1", "system": UCUM, "code": "1"}
        return {"component": [{"code": concept(OWN, "fraction"), "valueQuantity": quantity}]}

    items = changed("del-17p", **PRESENT, **in_cells(first))
    patient, _ = fhir.read([*items, reported("del-17p", "2019-09-11", {**PRESENT, **in_cells(later)})])
    assert patient.baseline.cytogenetics.del_17p.fraction == 0.6


def test_the_highest_share_of_plasma_cells_in_blood_before_therapy_counts() -> None:
    assert fhir.read([*written(SUPPORTED), percent(6, "2019-09-11")])[0].baseline.circulating_plasma_cells_percent == 6


SPECIMENS: dict[str, dict[str, Any]] = {
    "unsatisfactory": {"status": "unsatisfactory"}, "entered in error": {"status": "entered-in-error"},
    "of another patient": {"status": "available", "subject": {"reference": "Patient/another"}},
}  # fmt: skip


@pytest.mark.parametrize("name", [*SPECIMENS, "in order"])
def test_nothing_found_in_a_bad_sample_says_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    own = {"resourceType": "Specimen", "id": "own", "status": "available", **TOLD, **SPECIMENS.get(name, {})}
    items = [own, *changed("del-17p", specimen={"reference": "Specimen/own"})]
    assert (answer([*items[1:], own], shipped_rules).outcome in PERMISSIVE) is (name == "in order")


BESIDE: dict[str, dict[str, Any]] = {
    "a share of cells in the value": {"valueCodeableConcept": {**concept(OWN, "absent"), "text": "del(17p) 40 %"}},
    "a share in another language": {"valueCodeableConcept": {**concept(OWN, "absent"), "text": "nachgewiesen in 40 %"}},
    "an interpretation": {"interpretation": [{"text": "abnormal"}]},
    "both alleles": {"component": [{"code": concept(OWN, "zygosity"), "valueCodeableConcept": concept(OWN, "biallelic")}]},
    **{
        text: {"note": [{"text": text}]}
        for text in (
            "Deletion of 17p seen in 55 % of plasma cells.", "TP53 deletion 55%", "Only 12 nuclei could be scored.",
            "Hybridisation not evaluable.", "Loss of one signal in 30 % of cells", "nuc ish(TP53x1)[120/200], i.e. 60 %",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("code", ["del-17p", "tp53-mutation"])
def test_what_speaks_against_an_absence_opens_it(name: str, code: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = changed(code, **BESIDE[name])
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    assert any("genetics" in gap.domains for gap in fhir.read(items)[1].gaps)


@pytest.mark.parametrize(
    "text",
    [
        "200 nuclei, CD138 sorted. No deletion.", "No deletion of 17p in 98 % of nuclei.", "Cut-off for del(17p) 10 %",
        "Trisomy 9 in 60 %", "Deletion 13q14 in 85 % of cells", "Probes: TP53, CKS1B, IGH", "del(17p) < 10 %",
        "Purity after sorting 95 %", "TP53 loss not detected in 200 nuclei",
    ],
)  # fmt: skip
def test_what_is_usual_beside_an_absence_opens_nothing(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(changed("del-17p", note=[{"text": text}]), shipped_rules).outcome == "cessation-supported"


def told(code: str, text: str) -> Resource:
    return observation(code={"text": code}, effectiveDateTime=DIAGNOSED, valueString=text)


FOUND = [
    ("FISH", "del17p in 65 %"), ("FISH", "amp1q21 (>4 copies)"), ("FISH", "gain1q detected"), ("FISH", "monosomy 17"),
    ("FISH", "CKS1B amplification 80%"), ("FISH", "IGH::FGFR3 fusion"), ("FISH", "1q+ (3 copies)"), ("FISH", "t(4,14) pos"),
    ("FISH", "t(4; 14) positive"), ("FISH", "IGH::MAF"), ("FISH", "No del(17p). Gain of 1q in 40 %"),
    ("FISH", "no t(4;14) but amp1q"), ("FISH", "failed"), ("FISH", "not done"), ("FISH", "three abnormal signals"),
    ("FISH", "del(17p) cannot be excluded"), ("FISH", "17p: not excluded"),
    ("FISH", "Negative for t(11;14). Deletion of chromosome 17"), ("FISH", "No t(4;14). Complex, with monosomies"),
    ("FISH", "del17p 65 % / normal 35 %"), ("FISH", "No del(17p); high risk"), ("FISH", "no normal metaphases"),
    ("Chromosome analysis", "nuc ish(CKS1Bx4)[160/200]"), ("Chromosome analysis", "nuc ish(TP53x2,CKS1Bx3)[200]"),
    ("Chromosome analysis", "46,XX,dup(1)(q21q32)"), ("Chromosomenanalyse", "46,XX,-17"), ("Karyotype", "46,XY,i(17)(q10)"),
    ("SKY92", "high risk"), ("Genetic risk", "double hit"), ("Gene expression profile", "GEP70 high risk"),
    ("Marrow", "45,XX,der(1;16)(q10;p10)"), ("Tumour board", "del17p known"), ("R-ISS", "III"), ("R2-ISS", "IV"),
    ("ISS stage", "3"), ("Revised International Staging System", "stage III"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), FOUND)
def test_genetics_in_words_are_a_text_to_be_read(code: str, text: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), told(code, text)]
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    assert [item.open for item in fhir.read(items)[1].texts] == [("genetics",)]
    said = {"by": "treating haematologist", "date": "2026-11-20", "nothing_found": True, "about": ["genetics"]}
    read = fhir.read(items, attested=[{**said, "texts": [fhir.read(items)[1].texts[0].name]}])
    assert not read[1].to_be_read


@pytest.mark.parametrize("text", ["High-risk: del17p, gain1q", "FISH: del17p 55%, amp1q", "Insufficient cells"])
def test_a_report_on_genetics_is_a_text_to_be_read(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    report = {
        "resourceType": "DiagnosticReport", "id": "new", "status": "final", **TOLD, "effectiveDateTime": DIAGNOSED,
        "code": {"text": "FISH"}, "conclusion": text,
    }  # fmt: skip
    assert answer([*written(SUPPORTED), report], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("FISH", "No abnormality detected"), ("FISH", "negative"), ("FISH", "normal"), ("FISH", "unauffällig"),
        ("FISH", "nuc ish(TP53x2,CKS1Bx2)[200]"), ("FISH", "No del(17p), no gain of 1q, no t(4;14)."),
        ("FISH panel", "del(17p) not detected"), ("Karyotype", "46,XX[20]"), ("Chromosome analysis", "Normal karyotype, 46,XY[20]"),
        ("R-ISS", "I"), ("R-ISS", "II"), ("ISS stage", "I (beta-2 microglobulin 3.1 mg/L)"), ("Fish IgE", "class 3"),
        ("Durie-Salmon stage", "III"), ("Dosing", "1 tablet q4h"), ("Fall risk", "high risk"), ("Mischief scale", "3"),
        ("Therapy plan", "no missing dose, 3 mg"),
    ],
)  # fmt: skip
def test_genetics_in_words_that_found_nothing_open_nothing(
    code: str, text: str, shipped_rules: mrdguide.RuleBook
) -> None:
    assert answer([*written(SUPPORTED), told(code, text)], shipped_rules).outcome == "cessation-supported"


def test_the_head_of_a_panel_and_a_count_of_cells_open_nothing(shipped_rules: mrdguide.RuleBook) -> None:
    head = observation(code={"text": "FISH"}, effectiveDateTime=DIAGNOSED)
    cells = observation(id="cells", code={"text": "FISH"}, valueQuantity={"value": 200, "unit": "1"})
    assert answer([*written(SUPPORTED), head, cells], shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize(
    ("element", "opens"),
    [
        ({"stage": [{"summary": {"text": "R-ISS III"}}]}, True),
        ({"stage": [{"summary": {"text": "III"}, "type": {"text": "R-ISS"}}]}, True),
        ({"stage": [{"summary": {"text": "high-risk"}}]}, True),
        (
            {
                "stage": [
                    {"summary": {"text": "III"}, "type": {"text": "Durie-Salmon"}},
                    {"summary": {"text": "I"}, "type": {"text": "ISS"}},
                ]
            },
            False,
        ),
        ({"note": [{"text": "High-risk: del17p"}]}, True),
        ({"evidence": [{"code": [{"text": "del(17p) in 60%"}]}]}, True),
        ({"stage": [{"summary": {"text": "R-ISS I"}}]}, False),
        ({"stage": [{"summary": {"text": "Durie-Salmon III"}}]}, False),
        ({"note": [{"text": "No del17p, no gain1q. Standard risk."}]}, False),
    ],
)
def test_genetics_in_the_words_of_the_diagnosis(
    element: dict[str, Any], opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    items = written(SUPPORTED)
    next(item for item in items if item["resourceType"] == "Condition").update(element)
    assert (answer(items, shipped_rules).outcome not in PERMISSIVE) is opens


def test_an_abnormality_that_is_recorded_is_no_news_in_the_words_of_the_diagnosis() -> None:
    items = changed("gain-1q", **PRESENT)
    next(item for item in items if item["resourceType"] == "Condition")["note"] = [{"text": "Myeloma with gain 1q"}]
    assert not fhir.read(items)[1].gaps


def high(value: float, *kind: str) -> Resource:
    typed = {"type": concept(RANGES, *kind)} if kind else {}
    return {"high": {"value": value, "unit": "U/L", "system": UCUM, "code": "U/L"}, **typed}


@pytest.mark.parametrize(
    ("ranges", "limit"),
    [
        ([high(1000, "treatment"), high(250, "normal")], 250), ([high(250)], 250), ([high(250, "normal"), high(250)], 250),
        ([high(1000, "treatment")], None), ([high(220), high(250)], None),
    ],
)  # fmt: skip
def test_the_upper_limit_is_that_of_what_is_normal(ranges: list[Resource], limit: float | None) -> None:
    patient, report = fhir.read(changed("2532-0", referenceRange=ranges))
    assert patient.baseline.labs.ldh is not None
    assert patient.baseline.labs.ldh.upper_limit == limit
    assert any("upper limit" in issue.text for issue in report.issues) is (limit is None)


@pytest.mark.parametrize(
    "more",
    [{"interpretation": [concept(INTERPRETATION, "H")]}, {"interpretation": [concept(INTERPRETATION, "HH")]},
     {"dataAbsentReason": {"text": "hemolysed"}}],
)  # fmt: skip
def test_a_laboratory_value_that_is_contradicted_is_not_taken(more: dict[str, Any]) -> None:
    patient, report = fhir.read(changed("2532-0", **more))
    assert patient.baseline.labs.ldh is None
    assert any("ldh" in issue.text for issue in report.issues)


def test_a_normal_interpretation_changes_nothing() -> None:
    patient, _ = fhir.read(changed("2532-0", interpretation=[concept(INTERPRETATION, "N")]))
    assert patient.baseline.labs.ldh is not None


def percent(value: float, day: str, **more: Any) -> Resource:
    return observation(
        code=concept(OWN, "circulating-plasma-cells-percent"), effectiveDateTime=day,
        valueQuantity={"value": value, "unit": "%", "system": UCUM, "code": "%", **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "opens"),
    [
        (percent(35, "2026-10-20"), True), (percent(0, "2026-10-20"), False), (percent(20, "2026-10-20", comparator=">"), True),
        (percent(0.1, "2026-10-20", comparator="<"), False),
        (reported("extramedullary-disease-at-diagnosis", "2026-10-20", PRESENT), True),
        (reported("extramedullary-disease-at-diagnosis", "2026-10-20", ABSENT), False),
    ],
)  # fmt: skip
def test_a_finding_after_the_diagnosis_may_be_disease_now(
    found: Resource, opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    items = [*written(SUPPORTED), found]
    assert (answer(items, shipped_rules).outcome not in PERMISSIVE) is opens
    assert any("diagnosis" in gap.domains for gap in fhir.read(items)[1].gaps) is opens


@pytest.mark.parametrize(
    ("code", "name", "value", "unit", "flag"),
    [
        ("2160-0", "Creatinine", 600, "umol/L", "HH"),
        ("17861-6", "Calcium", 14, "mg/dL", "HH"),
        ("718-7", "Hemoglobin", 6.8, "g/dL", "LL"),
    ],
)
def test_a_value_that_is_left_out_is_named_with_its_interpretation(
    code: str, name: str, value: float, unit: str, flag: str, shipped_rules: mrdguide.RuleBook
) -> None:
    found = observation(
        code={**concept(LOINC, code), "text": name}, valueQuantity={"value": value, "unit": unit, "system": UCUM, "code": unit},
        interpretation=[concept(INTERPRETATION, flag)],
    )  # fmt: skip
    items = [*written(SUPPORTED), found]
    [left] = [item for item in fhir.read(items)[1].ignored if item.resource_id == "new"]
    assert f"{value} {unit} ({flag})" in left.reason
    assert answer(items, shipped_rules).outcome == "cessation-supported"
