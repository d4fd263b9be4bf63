"""Words in free text, in several languages: bad news opens wherever it is written, good or harmless words change nothing."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide

from .bundles import LOINC, UCUM, concept
from .test_asides import CPT, added, first, going_on, other
from .test_damage import ICD, PERMISSIVE, SNOMED, SUPPORTED, TOLD, Change, Resource, answer, written

DAY = "2026-10-20"


def named(text: str, system: str = "", code: str = "") -> Resource:
    """A concept by its words, with a code beside them where one is given."""
    return {**concept(system, code), "text": text} if system else {"text": text}


def finding(kind: str, code: Resource, **more: Any) -> Change:
    result = other(kind, code=code, effectiveDateTime=DAY, **more)
    return added({**result, "status": "final"})


def condition(code: Resource, began: str = DAY, **more: Any) -> Change:
    return added({"resourceType": "Condition", "id": "new", **TOLD, "code": code, "onsetDateTime": began, **more})


def note(text: str) -> Change:
    return first("Condition", note=[{"text": text}])


def procedure(text: str, **more: Any) -> Change:
    return added({**other("Procedure", code=named(text), performedDateTime=DAY, **more), "status": "completed"})


def outcome(change: Change, rules: mrdguide.RuleBook) -> str:
    items = written(SUPPORTED)
    change(items)
    return answer(items, rules).outcome


BAD_NOTES = [
    "Not in remission since relapse 10/2026", "Never regained CR after relapse in 2026", "No CRAB symptoms at biochemical relapse",
    "Without treatment since relapse in 10/2026", "Patient has not been told about relapse", "Not in CR since relapse 10/2026",
    "No longer in remission", "No longer progression-free", "Relapse cannot be excluded", "No doubt about relapse",
    "No relapse until 10/2026", "Relapse-free until October 2026", "RRMM", "MM is progressing", "Relapsed MM", "Light chain escape",
    "Increasing M-protein since August 2026", "MRD came back positive", "MRD: positive", "MRD conversion from negative to positive",
    "no longer MRD negative", "No pain, MRD positive", "PD under maintenance", "Progress 10/2026", "Hypermetabolic focus in L3, SUVmax 7.2",
    "Multiple new osteolyses", "Diffuse marrow infiltration", "Immunofixation (serum): positive", "Rezidiv 10/2026",
    "Nicht mehr in Remission", "Keine Beschwerden bei Rezidiv", "Progrediente Erkrankung", "Krankheitsprogress", "Anstieg der Leichtketten",
    "Resterkrankung nachgewiesen", "Immunfixation positiv", "Neue L\u00e4sion LWK 3", "Rechute en 2026", "Maladie r\u00e9siduelle positive",
    "Nouvelle l\u00e9sion osseuse", "Reca\u00edda en 2026", "Enfermedad m\u00ednima residual: positiva", "Nuevas lesiones l\u00edticas",
    "Recidiva di malattia", "Malattia minima residua positiva",
    "Continue until progression in 10/2026", "Maintenance failed to prevent relapse", "Screening showed relapse", "Failed to achieve CR",
]  # fmt: skip

GOOD_NOTES = [
    "No relapse since 2020", "no evidence of relapse or progression after transplant", "Progression-free since transplant",
    "Relapse-free, in complete remission", "Non-progressive", "Relapse excluded", "Ruled out relapse", "Relapse has been ruled out",
    "Relapse of multiple myeloma was excluded", "Progression free survival so far 60 months", "In remission", "In CR. Risk of relapse was explained",
    "Continue until progression", "Monitor for relapse", "No concerns about relapse", "No MRD detected (NGS)", "MRD not detected",
    "MRD (NGS): not detected", "MRD negative (NGS), CMV IgG positive", "MRD undetectable", "Recurrent sinusitis", "Workup in progress",
    "Refractory hypertension", "Good progress after engraftment", "Dose increased because of better kidney function", "5 MM needle",
    "No increase in M-protein", "Chest pain with radiation to the arm", "ERM of the left eye", "Free of progression", "No hypermetabolic focus", "Immunofixation negative",
    "kein Rezidiv", "Kein Anhalt f\u00fcr Rezidiv", "Rezidivfrei", "progressionsfrei seit 2020", "Kein Rezidiv seit 2020", "Rezidiv ausgeschlossen",
    "Resterkrankung nicht nachweisbar", "Resterkrankung negativ", "Keine Resterkrankung nachgewiesen", "Keine neue L\u00e4sion",
    "ohne Progression", "Immunfixation nicht positiv", "pas de rechute", "sans rechute", "Aucune rechute", "Maladie r\u00e9siduelle n\u00e9gative",
    "Pas de nouvelle l\u00e9sion", "sin reca\u00edda", "Sin evidencia de progresi\u00f3n", "Libre de progresi\u00f3n", "Enfermedad m\u00ednima residual negativa",
    "senza recidiva", "Nessuna recidiva", "Malattia minima residua negativa",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD_NOTES)
def test_bad_news_in_a_note_opens(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(note(text), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize("text", GOOD_NOTES)
def test_good_or_harmless_words_in_a_note_change_nothing(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(note(text), shipped_rules) == "cessation-supported"


def report(text: str, code: str, system: str = CPT, name: str = "") -> Change:
    return finding("DiagnosticReport", named(name or code, system, code), conclusion=text)


BAD: dict[str, Change] = {
    "an image under an ordinary code": report("New lytic lesion L3 with soft tissue mass", "72148", name="MRI lumbar spine"),
    "several": report("Multiple new lytic lesions", "77075"),
    "by SNOMED": report("New focal lesions in L2 and L4", "241645008", SNOMED),
    "by LOINC": report("New lytic lesions of several ribs", "24627-2", LOINC),
    "in a coded conclusion": finding(
        "DiagnosticReport", named("MRI", CPT, "72148"),
        conclusionCode=[{"coding": [{"system": SNOMED, "code": "203522001", "display": "Lytic lesion of bone"}]}],
    ),
    "in a coded conclusion without words": finding(
        "DiagnosticReport", named("MRI", CPT, "72148"), conclusionCode=[concept(SNOMED, "203522001")]
    ),
    "a relapse as a coded conclusion": finding(
        "DiagnosticReport", named("MRI", CPT, "72148"), conclusionCode=[concept(ICD, "C90.02")]
    ),
    "an immunofixation": report("IgG kappa monoclonal band present", "86334"),
    "an electrophoresis": report("M-spike 0.8 g/dL", "84165"),
    "a note of progress": report("Serum M-protein up to 6 g/L", "11506-3", LOINC),
    "another malignancy": report("Acute myeloid leukemia", "88305"),
    "a plasmacytoma under a symptom": condition(named("Soft tissue plasmacytoma of chest wall", ICD, "R22.2")),
    "extramedullary myeloma under a sign": condition(named("Lung mass, extramedullary myeloma on biopsy", ICD, "R91.8")),
    "a relapse under a history": condition(named("MM relapse 10/2026", ICD, "Z85.79")),
    "progression under an anaemia": condition(named("Anemia, disease progression (MM)", ICD, "D64.9")),
    "a sign that is new": added(other("DocumentReference", description="New hypercalcaemia and bone pain")),
    "abbreviated": condition(named("RRMM")),
    "in German": condition(named("Multiples Myelom, Rezidiv 10/2026")),
    "in French": condition(named("Rechute de my\u00e9lome multiple")),
    "in Spanish": condition(named("Mieloma m\u00faltiple en reca\u00edda")),
    "an event that is mild": added(
        other("AdverseEvent", actuality="actual", event={"text": "Progression of multiple myeloma"}, severity=concept("x", "mild"))
    ),
    "an event that is moderate": added(
        other("AdverseEvent", actuality="actual", event={"text": "Disease progression"}, severity=concept("x", "moderate"))
    ),
    "a second disease as an event": added(
        other("AdverseEvent", actuality="actual", event={"text": "Myelodysplastic syndrome"}, severity=concept("x", "moderate"))
    ),
    "the detail of an issue": added(other("DetectedIssue", detail="Myeloma relapsed in October 2026")),
    "a basis": added(other("ClinicalImpression", finding=[{"basis": "Relapse proven by biopsy"}])),
    "a rationale": added(
        other("RiskAssessment", prediction=[{"outcome": {"text": "Myeloma"}, "rationale": "Relapse proven 10/2026"}])
    ),
    "a survey": finding(
        "Observation", named("MRI spine result"), valueString="New lytic lesions T8", category=[concept("x", "survey")]
    ),
    "a document": added(other("DocumentReference", description="PD under maintenance")),
    "an answer": added(
        other("QuestionnaireResponse", item=[{"text": "Has your myeloma relapsed?", "answer": [{"valueBoolean": True}]}])
    ),
    "a flag": added(other("Flag", code={"text": "RRMM"})),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_news_opens_wherever_it_is_written(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(BAD[name], shipped_rules) not in PERMISSIVE


GOOD: dict[str, Change] = {
    "an image without a lesion": report("MRI spine: degenerative changes, no lytic lesion", "72148"),
    "that a protein was looked at": procedure("Protein electrophoresis"),
    "the same by its code": added({**other("Procedure", code=concept(CPT, "86334"), performedDateTime=DAY), "status": "completed"}),
    "an ordinary conclusion": finding(
        "DiagnosticReport", named("Chest X-ray", CPT, "71046"),
        conclusionCode=[{"coding": [{"system": SNOMED, "code": "233604007", "display": "Pneumonia"}]}],
    ),
    "an ordinary conclusion by its code": finding(
        "DiagnosticReport", named("Chest X-ray", CPT, "71046"), conclusionCode=[concept(ICD, "J18.9")]
    ),
    "a benign biopsy": finding("DiagnosticReport", named("Skin biopsy"), conclusion="Benign nevus, no evidence of melanoma"),
    "a benign biopsy by its code": report("Benign nevus, no evidence of melanoma", "88305"),
    "the title of a code": going_on(
        reasonCode=[{"coding": [{"system": ICD, "code": "C90.00", "display": "Multiple myeloma not having achieved remission"}]}]
    ),
    "the title as a diagnosis": condition(named("Multiple myeloma not having achieved remission", ICD, "C90.00"), "2019-09-02"),
    "a note on the pulse": finding(
        "Observation", named("Respiratory rate", LOINC, "9279-1"), note=[{"text": "Stable disease, light chains normal"}]
    ),
    "why it was looked": added(
        {**other("Procedure", code=concept(CPT, "77067"), performedDateTime=DAY, reasonCode=[{"text": "History of breast cancer"}]), "status": "completed"}
    ),
    "screening": procedure("Screening colonoscopy for colorectal cancer"),
    "why a drug is given": going_on(reasonCode=[{"text": "Maintenance to delay progression of multiple myeloma"}]),
    "why as well": going_on(reasonCode=[{"text": "Maintenance to prevent relapse"}]),
    "how it is taken": going_on(note=[{"text": "Dizzy when rising from bed, dose unchanged"}]),
    "a goal": added(other("Goal", description={"text": "Prevent progression of multiple myeloma"})),
    "a risk": added(
        other("RiskAssessment", prediction=[{"outcome": {"text": "Progression of myeloma within 2 years"}, "probabilityDecimal": 0.1}])
    ),
    "an answer": added(
        other("QuestionnaireResponse", item=[{"text": "Has your myeloma relapsed?", "answer": [{"valueBoolean": False}]}])
    ),
    "an answer in words": added(
        other("QuestionnaireResponse", item=[{"text": "Relapse of myeloma?", "answer": [{"valueString": "No"}]}])
    ),
    "a plan that goes on": added(
        other("CarePlan", title="Multiple myeloma care plan", activity=[{"detail": {"status": "in-progress", "statusReason": {"text": "in progress"}}}])
    ),
    "a document on a knee": added(other("DocumentReference", description="Knee rehabilitation: patient progressing well")),
    "of the family": condition(named("Family history of malignant neoplasm of breast", SNOMED, "429740004")),
    "anaemia with cancer": condition(named("Anemia in neoplastic disease", SNOMED, "445538005"), "2019-09-02"),
    "tiredness": condition(named("Cancer-related fatigue")),
    "depression": condition(named("Major depressive disorder, recurrent, not in remission", ICD, "F33.9")),
    "depression in words": condition(named("Depressive disorder, not in remission")),
    "an event that is ordinary": added(
        other("AdverseEvent", actuality="actual", event={"text": "Neuropathy worsening"}, severity=concept("x", "moderate"))
    ),
    "a tired survey": finding("Observation", named("Fatigue score"), valueString="moderate", category=[concept("x", "survey")]),
    "a good letter in German": added(other("DocumentReference", description="Multiples Myelom, kein Rezidiv, keine neue L\u00e4sion")),
    "an osteoporosis": condition(named("Age-related osteoporosis with current pathological fracture, vertebra", ICD, "M80.08XA")),
    **{
        f"another disease: {text}": condition(named(text))
        for text in ("Recurrent sinusitis", "Recurrent urinary tract infection", "Recurrent herpes zoster", "Sarcoidosis", "Hyperlipidaemia")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_or_harmless_words_change_nothing_wherever_they_are_written(
    name: str, shipped_rules: mrdguide.RuleBook
) -> None:
    assert outcome(GOOD[name], shipped_rules) == "cessation-supported"


DAMAGE = {
    "high calcium": named("Hypercalcemia due to myeloma", ICD, "E83.52"),
    "kidneys": named("Acute kidney failure, myeloma cast nephropathy", ICD, "N17.9"),
    "a vertebra": named("Collapsed vertebra due to myeloma", ICD, "M48.54XA"),
    "a fracture": named("Pathological fracture of T12, lytic lesion", SNOMED, "15724005"),
    "a fracture by its name": named("Pathological fracture", SNOMED, "268029009"),
    "the cord": named("Spinal cord compression", SNOMED, "71286001"),
    "osteolysis": concept(ICD, "M89.58"),
    "a vertebra in another disease": concept(ICD, "M49.54"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_by_the_disease_is_news_only_since_therapy_began(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(DAMAGE[name]), shipped_rules) not in PERMISSIVE
    assert outcome(condition(DAMAGE[name], "2019-08-20"), shipped_rules) == "cessation-supported"
    recorded = {"resourceType": "Condition", "id": "new", **TOLD, "code": DAMAGE[name], "recordedDate": "2019-08-20"}
    assert outcome(added(recorded), shipped_rules) == "cessation-supported"


@pytest.mark.parametrize("code", ["E83.52", "N17.9", "M48.54XA"])
def test_the_same_without_the_disease_changes_nothing(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(concept(ICD, code)), shipped_rules) == "cessation-supported"


@pytest.mark.parametrize(
    "text",
    ["MDS", "t-MDS", "AML", "Adenocarcinoma of sigmoid colon", "Cholangiocarcinoma", "Osteosarcoma", "Hodgkin disease", "Non-Hodgkin lymphoma",
     "Glioblastoma", "Mesothelioma", "Akute myeloische Leuk\u00e4mie", "Mammakarzinom", "Brustkrebs"],
)  # fmt: skip
def test_another_malignancy_opens_by_any_of_its_names(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(named(text)), shipped_rules) not in PERMISSIVE
    assert outcome(condition(named(f"No {text}")), shipped_rules) == "cessation-supported"


@pytest.mark.parametrize(
    ("name", "value"),
    [("Treatment response", "PD"), ("Response", "Progress"), ("Remissionsstatus", "Progress"), ("IFE", "positive"), ("MRI spine", "New lytic lesions"),
     ("Immunfixation Serum", "positiv, IgG kappa"), ("Estado de la enfermedad", "progresi\u00f3n"), ("Minimale Resterkrankung", "siehe Text")],
)  # fmt: skip
def test_a_result_in_words_opens(name: str, value: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(finding("Observation", named(name), valueString=value), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize(
    ("name", "value"),
    [("Treatment response", "CR"), ("Response", "good"), ("PD-L1", "negative"), ("Pupillary distance PD", "62")],
)
def test_a_good_result_in_words_changes_nothing(name: str, value: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(finding("Observation", named(name), valueString=value), shipped_rules) == "cessation-supported"


@pytest.mark.parametrize(
    ("name", "value"), [("sFLC ratio", 35), ("FLC ratio", 135), ("dFLC", 435), ("Freie Leichtketten Quotient", 135)]
)
def test_a_light_chain_by_its_abbreviation_opens(name: str, value: float, shipped_rules: mrdguide.RuleBook) -> None:
    quantity = {"value": value, "unit": "1", "system": UCUM, "code": "1"}
    assert outcome(finding("Observation", named(name), valueQuantity=quantity), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize(
    "text",
    ["External beam radiation to T8", "SBRT T8", "Bestrahlung BWK 8", "Strahlentherapie", "Radioth\u00e9rapie T8", "Radioterapia T8", "HSCT", "auto-HCT",
     "second autologous SCT", "Autologe Stammzelltransplantation", "Greffe de moelle", "Trasplante", "Chimioth\u00e9rapie"],
)  # fmt: skip
def test_therapy_by_any_of_its_names_opens(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(procedure(text), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize(
    "text",
    [
        "2L therapy: D-Vd",
        "KRd cycle 3",
        "Start of KRd",
        "DKd since 2026-05",
        "Isa-Kd",
        "SBRT",
        "Zweitlinientherapie",
        "Salvage ASCT",
    ],
)
def test_a_combination_that_is_not_recorded_opens(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(added(other("CarePlan", title=text)), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize(
    "text", ["VRd, 4 cycles in 2019", "HSCT 2020", "Nach autologer Stammzelltransplantation", "Physiotherapy"]
)
def test_what_is_recorded_or_ordinary_opens_nothing(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(added(other("CarePlan", title=text)), shipped_rules) == "cessation-supported"
