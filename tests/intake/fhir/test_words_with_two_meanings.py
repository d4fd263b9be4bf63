"""Words that mean something else beside others, names of tests, and lists that are denied: quiet, and news where they are news."""

from __future__ import annotations

import pytest

import mrdguide

from .bundles import LOINC, concept
from .test_asides import added, first, other
from .test_damage import PERMISSIVE, SNOMED, Change
from .test_words_that_open import condition, finding, named, outcome, procedure

STABLE = {"valueCodeableConcept": concept(SNOMED, "359746009")}


def letter(text: str) -> Change:
    return added(other("DocumentReference", description=text))


def plan(text: str) -> Change:
    return added(other("CarePlan", intent="plan", title=text))


def status(display: str, text: str = "") -> Change:
    code = {"coding": [{"system": LOINC, "code": "97509-4", "display": display}], **({"text": text} if text else {})}
    return finding("Observation", code, **STABLE)


QUIET_LETTERS = [
    # the everyday name of the disease
    "Arztbrief: Plasmozytom, Remission", "Nachsorge bei Plasmozytom IgG kappa", "Myélome multiple (plasmocytome) en rémission",
    # the course of other things
    "Recurrence of a tubular adenoma, removed", "Progression of myopia", "CKD progression 1.2 %", "Recurrent inguinal hernia",
    "Relapsing-remitting multiple sclerosis", "Rezidiv einer Leistenhernie", "Smoking cessation: relapse prevention",
    # of what may come
    "Multiple myeloma: relapse surveillance", "Rezidivkontrolle bei multiplem Myelom", "Rezidivprophylaxe bei Myelom",
    "Myélome: surveillance de la rechute", "Myeloma registry: time to progression",
    # denied lists
    "No evidence of relapse, progression, or extramedullary disease.", "No signs of relapse, progression or new lesions.",
    "Kein Nachweis eines Rezidivs, einer Progression oder neuer Osteolysen.", "Sans rechute, progression ou nouvelle lésion",
    "Sin recaída, progresión o nuevas lesiones", "No new lytic lesions, plasmacytoma or relapse.",
    "There is no clinical or laboratory evidence to suggest relapse",
    # short forms and word beginnings
    "OCT: ERM detected in the right eye", "MDS 3.0 section GG", "Came by car to the clinic", "PVD, left eye, DVD with images",
    "DX chest, not CR", "Modified Tardieu scale", "Hypertension, second-line drug started",
]  # fmt: skip

NEWS_LETTERS = [
    "Solitäres Plasmozytom", "Plasmozytom der 4. Rippe", "Neue Plasmozytome", "Plasmozytomherd", "Extramedulläres Plasmozytom",
    "Plasmocytome de la clavicule", "Plasmocytome solitaire", "Plasmozytom LWK 3", "Plasmacytoma", "Plasmozytom, Rezidiv",
    "Recurrence of myeloma and of a hernia", "Progression, and CKD stage 3", "Relapse; recurrence of a hernia",
    "Recurrent adenoma. Recurrent myeloma", "Rezidivkontrolle: Rezidiv", "Relapse of myeloma in a smoker",
    "No relapse, progression found", "No relapse, but progression or new lesions", "Fever, relapse or progression",
    "No relapse, progression or new lesions until 10/2026", "No change, relapse or progression confirmed",
    "ERM positiva en médula", "Mielodisplasia, MDS", "AML, renal failure", "CAR T infusion planned", "CAR-T cells", "PVd cycle 2",
    "Start of PVD", "MRD positive", "MRD-positive", "Not in CR", "second-line therapy for myeloma", "Autologous T cells",
]  # fmt: skip


@pytest.mark.parametrize("text", QUIET_LETTERS)
def test_a_letter_with_words_that_mean_something_else_changes_nothing(
    text: str, shipped_rules: mrdguide.RuleBook
) -> None:
    assert outcome(letter(text), shipped_rules) == "cessation-supported"


@pytest.mark.parametrize("text", NEWS_LETTERS)
def test_a_letter_with_news_opens_whatever_stands_beside_it(text: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(letter(text), shipped_rules) not in PERMISSIVE


QUIET: dict[str, Change] = {
    "the name of a code": status("Cancer disease progression"),
    "the name of a code, again as text": status("Cancer Disease Progression", "Cancer Disease Progression"),
    "the everyday name of the diagnosis": first(
        "Condition", code={**concept(SNOMED, "109989006"), "text": "Plasmozytom IgG kappa, ED 09/2019"}
    ),
    "a stage group": finding("Observation", named("Stage group.clinical Cancer"), valueString="II"),
    "a tumour marker": finding("Observation", named("Cancer Ag 125 [Units/volume] in Serum"), valueInteger=9),
    "amyloid A": finding("Observation", named("Serum amyloid A"), valueInteger=3),
    "an eyelid": finding("Observation", named("MRD1 right eye"), valueInteger=4),
    "a haemoglobin": finding("Observation", named("Hemoglobin F by Electrophoresis"), valueInteger=1),
    "a CT dose": finding("Observation", named("Irradiation Event"), valueInteger=3),
    "an allergy": procedure("Sublingual immunotherapy, house dust mite"),
    "a cornea": procedure("Greffe de cornée"),
    "hair": procedure("Trasplante capilar"),
    "a tendon": procedure("ACL reconstruction with autologous tendon graft"),
    "a vaccine of the new technology section": added(
        {**other("Procedure", code=concept("http://hl7.org/fhir/sid/icd-10-pcs", "XW013S6"), performedDateTime="2026-10-20"),
         "status": "completed"}
    ),
    "a vessel": condition(named("PVD of both legs")),
    "a liver": finding("DiagnosticReport", named("CT chest"), conclusion="No focal lesion of the liver."),
    "an immunofixation as a flag": finding(
        "Observation", concept(LOINC, "25700-6"), valueBoolean=False
    ),
}  # fmt: skip

NEWS: dict[str, Change] = {
    "a code that is named as something else": status("Progression of myeloma"),
    "a text beside the name of a code": status("Cancer disease progression", "Progression of disease"),
    "a tumour by the everyday name": first(
        "Condition", code={**concept(SNOMED, "109989006"), "text": "Extramedulläres Plasmozytom"}
    ),
    "therapy by blocks": procedure("Intensive Blockchemotherapie: 1 Tag, 1 Medikament"),
    "antibodies": procedure("Andere Immuntherapie: mit modifizierten Antikörpern"),
    "lymphocytes": procedure("Transfusion von Leukozyten: Lymphozyten"),
    "radionuclides": procedure("Therapie mit offenen Radionukliden"),
    "an immunofixation as a flag": finding("Observation", concept(LOINC, "25700-6"), valueBoolean=True),
    "electrophoresis of protein": finding("Observation", named("Protein electrophoresis"), valueString="band"),
    "a combination by its name alone": procedure("PVD"),
}


@pytest.mark.parametrize("change", QUIET.values(), ids=QUIET)
def test_names_of_tests_and_acts_are_no_news(change: Change, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(change, shipped_rules) == "cessation-supported"


@pytest.mark.parametrize("change", NEWS.values(), ids=NEWS)
def test_news_under_such_a_name_opens(change: Change, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(change, shipped_rules) not in PERMISSIVE
