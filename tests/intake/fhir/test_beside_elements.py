"""What stands beside an element of a result: an extension of a text or a day, who did it, a range, more than a number."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide

from .bundles import LOINC, OWN, UCUM, concept
from .test_damage import (
    PERMISSIVE,
    SUPPORTED,
    TOLD,
    Change,
    Resource,
    answer,
    condition,
    each_image,
    each_mrd,
    observation,
    written,
)

HL7 = "http://hl7.org/fhir/StructureDefinition"
ABSENT = {"extension": [{"url": f"{HL7}/data-absent-reason", "valueCode": "unknown"}]}
XRAY = concept("http://www.ama-assn.org/go/cpt", "71046")


def added(text: str, url: str = "http://x") -> Resource:
    return {"extension": [{"url": url, "valueString": text}]}


def on_maintenance(**more: Any) -> Change:
    return lambda items: next(item for item in items if item["id"] == "r23").update(more)


def on_the_code(**more: Any) -> Change:
    def change(items: list[Resource]) -> None:
        for item in items:
            if item.get("code") == concept(OWN, "mrd"):
                item["valueCodeableConcept"]["coding"][0].update(more)

    return change


def also(*new: Resource) -> Change:
    return lambda items: items.extend(new)


def level(value: float, sign: str) -> Resource:
    quantity = {"value": value, "comparator": sign, "system": UCUM, "code": "1"}
    return observation(code=concept(OWN, "mrd"), valueQuantity=quantity, specimen={"reference": "Specimen/marrow"})


def reports(*conclusions: str) -> Change:
    return also(*(
        {"resourceType": "DiagnosticReport", "id": f"new{place}", "status": "final", **TOLD, "code": XRAY, "conclusion": text}
        for place, text in enumerate(conclusions)
    ))  # fmt: skip


NEWS: dict[str, Change] = {
    "a state that is withdrawn": each_mrd(_status=added("withdrawn, sample exchanged")),
    "a state that is absent": each_mrd(_status=ABSENT),
    "a day that is absent": each_mrd(_effectiveDateTime=ABSENT),
    "a state of therapy that is absent": on_maintenance(_status=ABSENT),
    "a code that was corrected": on_the_code(_code=added("corrected to: detected")),
    "a conclusion": each_image(_conclusion=added("New lytic lesion of L3")),
    "a remark": each_mrd(**added("superseded, see amended report: detected")),
    "who did it": each_mrd(performer=[{"display": "Research laboratory, result not validated"}]),
    "who read an image": each_image(resultsInterpreter=[{"display": "Dr. B: suspicious for progression of myeloma"}]),
    "a range that speaks of the patient": each_mrd(referenceRange=[{"text": "Not detected; this patient: detected"}]),
    "more than a number": also(level(1e-6, ">")),
    "two reports that differ in a word": reports("Unremarkable", "Plasmacytoma"),
    "positive by an answer of LOINC": also(
        observation(code=concept(OWN, "mrd"), valueCodeableConcept=concept(LOINC, "LA6576-8"))
    ),
    "relapse in Dutch": also(condition(code={"text": "Multipel myeloom, recidief"})),
    "relapse in Polish": also(condition(code={"text": "Szpiczak mnogi, nawr\u00f3t"})),
}
NONE: dict[str, Change] = {
    "a state in other words": each_mrd(_status=added("endg\u00fcltig", f"{HL7}/rendered-value")),
    "the id of a state": each_mrd(_status={"id": "s1"}),
    "a zone of a day": each_mrd(
        _effectiveDateTime={"extension": [{"url": f"{HL7}/timezone", "valueCode": "Europe/Berlin"}]}
    ),
    "a day of writing that is absent": each_mrd(_issued=ABSENT),
    "a name in another language": on_the_code(
        display="not detected", _display=added("nicht nachgewiesen", f"{HL7}/translation")
    ),
    "who did it": each_mrd(performer=[{"display": "Institute of Haematology, MRD laboratory"}]),
    "a firm that did it": each_mrd(performer=[{"display": "Example Laboratories Limited"}]),
    "who read an image": each_image(resultsInterpreter=[{"display": "Dr. B, Progress Imaging Limited"}]),
    "a range": each_mrd(referenceRange=[{"text": "Negative: no clonal sequences detected"}]),
    "two reports that say the same": reports("Unremarkable", "Normal"),
    "negative by an answer of LOINC": each_mrd(valueCodeableConcept=concept(LOINC, "LA6577-6")),
    "not detected by an answer of LOINC": each_mrd(valueCodeableConcept=concept(LOINC, "LA11883-8")),
}


@pytest.mark.parametrize("name", NEWS)
def test_what_speaks_against_a_result_opens(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    NEWS[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", NONE)
def test_what_explains_a_result_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    NONE[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"
