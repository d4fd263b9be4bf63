"""Texts: they open what they could change, and one statement of a person who has read them closes it."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.errors import UsageError

from .bundles import LOINC, OWN, concept
from .test_damage import PERMISSIVE, SUPPORTED, TOLD, Resource, condition, observation, procedure, written

SAID = {"by": "treating haematologist", "date": "2026-11-20", "nothing_found": True}
TEXTS: dict[str, Resource] = {
    "marrow": observation(id="marrow", code={"text": "Marrow MRD by flow"}, valueString="MRD negative"),
    "electrophoresis": observation(id="spep", code={"text": "Serum protein electrophoresis, M-spike"}, valueQuantity={"value": 0, "unit": "g/dL"}),
    "immunofixation": observation(id="fix", code=concept(LOINC, "25700-6"), valueString="no monoclonal protein"),
    "computed tomography": {
        "resourceType": "DiagnosticReport", "id": "ct", "status": "final", **TOLD, "effectiveDateTime": "2026-10-01",
        "code": {"text": "CT chest"}, "conclusion": "No plasmacytoma, no progression, no sign of malignancy.",
    },
    "an MRD test of a known code": observation(id="known", code=concept(OWN, "mrd"), valueString="nothing found"),
    "a PET-CT in words": {
        "resourceType": "DiagnosticReport", "id": "pet", "status": "final", **TOLD, "effectiveDateTime": "2026-10-01",
        "code": concept(OWN, "pet-ct"), "conclusion": "No uptake above background.",
    },
}  # fmt: skip


def outcome(items: list[Resource], rules: mrdguide.RuleBook, **more: Any) -> tuple[str, mrdguide.Patient, Any]:
    patient, report = fhir.read(items, **more)
    return mrdguide.evaluate(patient, rules=rules, as_of="2026-11-21").outcome, patient, report


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_opens_and_a_statement_closes_it(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), TEXTS[name]]
    before, _, report = outcome(items, shipped_rules)
    [text] = report.texts
    assert before not in PERMISSIVE
    assert text.open
    assert text.wording
    assert text.date
    after, patient, report = outcome(items, shipped_rules, attested=[{**SAID, "texts": [text.name]}])
    assert after == "cessation-supported"
    assert not report.to_be_read
    assert report.texts[0].read_by == SAID["by"]
    [statement] = patient.attested
    assert text.name in str(statement.note)


def test_the_answer_names_the_statement_that_it_rests_on(shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), TEXTS["marrow"]]
    [text] = fhir.read(items)[1].texts
    patient, _ = fhir.read(items, attested=[{**SAID, "texts": [text.name]}])
    answer = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21")
    assert [item.what for item in answer.attestations] == ["texts-read"]
    assert not answer.ignored_entries


@pytest.mark.parametrize("how", ["changed", "newer", "denied", "not about it"])
def test_a_statement_closes_only_what_it_speaks_of(how: str, shipped_rules: mrdguide.RuleBook) -> None:
    said: dict[str, Any] = dict(SAID)
    item = copy.deepcopy(TEXTS["marrow"])
    [text] = fhir.read([*written(SUPPORTED), item])[1].texts
    if how == "changed":
        item["valueString"] = "MRD positive, 4e-5"
    elif how == "newer":
        said["date"] = "2026-10-03"  # the text is of the day after
    elif how == "denied":
        said["nothing_found"] = False
    else:
        said["about"] = ["imaging"]
    after, _, report = outcome([*written(SUPPORTED), item], shipped_rules, attested=[{**said, "texts": [text.name]}])
    assert after not in PERMISSIVE
    assert report.to_be_read


@pytest.mark.parametrize("how", ["same", "changed", "denied", "of something else"])
def test_what_a_profile_says_of_texts_holds_for_the_record_until_a_text_is_changed(
    how: str, shipped_rules: mrdguide.RuleBook
) -> None:
    """The `attested` of a profile that was imported is handed over with the next export."""
    items = [*written(SUPPORTED), copy.deepcopy(TEXTS["marrow"]), TEXTS["computed tomography"]]
    names = [text.name for text in fhir.read(items)[1].texts]
    profile = fhir.read(items, attested=[{**SAID, "texts": names}])[0].model_dump(mode="json")
    [entry] = profile["attested"]
    if how == "changed":
        items[-2]["valueString"] = "MRD positive, 4e-5"
    elif how == "denied":
        entry["value"] = False
    elif how == "of something else":
        entry["what"] = "serum-quiet"
    after, patient, report = outcome(items, shipped_rules, attested=profile["attested"])
    assert (after == "cessation-supported") is (how == "same")
    assert [text.resource_id for text in report.to_be_read] == {
        "same": [], "changed": ["marrow"], "denied": ["ct", "marrow"], "of something else": ["ct", "marrow"]
    }[how]  # fmt: skip
    if how == "same":
        assert patient.model_dump(mode="json")["attested"] == profile["attested"]


def test_what_a_profile_says_of_therapy_is_not_said_of_the_disease(shipped_rules: mrdguide.RuleBook) -> None:
    transplant = procedure(id="p", code={"text": "Allogeneic stem cell transplant"})
    items = [*written(SUPPORTED), transplant, TEXTS["marrow"]]
    names = [text.name for text in fhir.read(items)[1].texts]
    said = {**SAID, "texts": names, "about": ["therapy"]}
    attested = fhir.read(items, attested=[said])[0].model_dump(mode="json")["attested"]
    after, _, report = outcome(items, shipped_rules, attested=attested)
    assert after not in PERMISSIVE
    assert [text.resource_id for text in report.to_be_read] == ["marrow"]


def test_a_recorded_finding_wins(shipped_rules: mrdguide.RuleBook) -> None:
    """A coded finding is no text, whatever words stand beside it, and a progression on record stays one."""
    found = observation(id="found", code={"text": "Marrow MRD by flow"}, valueCodeableConcept=concept(OWN, "present"))
    flagged = observation(
        id="flagged", code={"text": "Marrow MRD by flow"}, valueString="see report",
        interpretation=[concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "POS")],
    )  # fmt: skip
    for item in (found, flagged):
        after, _, report = outcome([*written(SUPPORTED), item], shipped_rules)
        assert after not in PERMISSIVE
        assert not report.texts
    relapse = observation(id="relapse", code=concept(OWN, "progression"), valueBoolean=True)
    items = [*written(SUPPORTED), TEXTS["marrow"], relapse]
    [text] = fhir.read(items)[1].texts
    assert outcome(items, shipped_rules, attested=[{**SAID, "texts": [text.name]}])[0] == "treat-relapse"


def test_therapy_in_words_is_not_closed_by_saying_that_no_disease_was_found(shipped_rules: mrdguide.RuleBook) -> None:
    item = {
        "resourceType": "Procedure",
        "id": "p",
        "status": "completed",
        **TOLD,
        "code": {"text": "Allogeneic stem cell transplant"},
    }
    items = [*written(SUPPORTED), item]
    [text] = fhir.read(items)[1].texts
    said = {**SAID, "texts": [text.name]}
    assert outcome(items, shipped_rules, attested=[said])[0] not in PERMISSIVE
    assert outcome(items, shipped_rules, attested=[{**said, "about": ["therapy"]}])[0] == "cessation-supported"


@pytest.mark.parametrize(
    ("words", "opens"), [("no M-protein", False), ("M-protein: band detected", True), ("M-protein: see report; relapse", True)]
)  # fmt: skip
def test_a_text_of_the_report_of_a_coded_result_opens_nothing_that_the_result_tells(
    words: str, opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    coded = observation(id="coded", code=concept(LOINC, "33358-3"), valueQuantity={"value": 0, "unit": "g/dL"})
    text = observation(id="text", code={"text": "Comment"}, valueString=words)
    report = {
        "resourceType": "DiagnosticReport", "id": "panel", "status": "final", **TOLD, "code": {"text": "Laboratory panel"},
        "result": [{"reference": "Observation/coded"}, {"reference": "Observation/text"}],
    }  # fmt: skip
    after, _, found = outcome([*written(SUPPORTED), coded, text, report], shipped_rules)
    assert [item.resource_id for item in found.texts] == ["text"]
    assert (after not in PERMISSIVE) is opens


_NEGATIVE = observation(id="coded", code=concept(LOINC, "25700-6"), valueCodeableConcept=concept(OWN, "absent"))
_CLOSED: dict[str, Resource] = {
    "a number that is 0": {"valueQuantity": {"value": 0, "unit": "g/L"}},
    "words that deny": {"valueString": "No monoclonal band seen"},
}
_NOT_CLOSED: dict[str, Resource] = {
    "a number": {"valueQuantity": {"value": 8, "unit": "g/L"}},
    "a share": {"valueRatio": {"numerator": {"value": 45}, "denominator": {"value": 1000000}}},
    "words with a number": {"valueString": "45 residual clonal cells per million"},
    "words that deny nothing": {"valueString": "IgG kappa band"},
    "words of another language": {"valueString": "positiv, 4,5x10-5"},
}


@pytest.mark.parametrize("name", [*_CLOSED, *_NOT_CLOSED])
def test_another_result_of_a_report_is_not_closed_by_a_coded_negative_where_it_tells_more(
    name: str, shipped_rules: mrdguide.RuleBook
) -> None:
    value = (_CLOSED | _NOT_CLOSED)[name]
    other = observation(id="other", code={"text": "Paraprotein"}, **value)
    results = [{"reference": "Observation/coded"}, {"reference": "Observation/other"}]
    report = {"resourceType": "DiagnosticReport", "id": "all", "status": "final", **TOLD, "code": {"text": "Laboratory report"}, "result": results}  # fmt: skip
    found = outcome([*written(SUPPORTED), _NEGATIVE, other, report], shipped_rules)[0]
    assert (found in PERMISSIVE) is (name in _CLOSED)


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("MRD negative at 10^-6; 2,100,000 cells analysed.", False),
        ("No M-protein. Sensitivity 0.05 g/dL.", False),
        ("Immunofixation of 2026-09-01, no M-protein", False),
        ("M-protein: 3.2 g/L", True),
        ("No relapse. Paraprotein 6 g/L", True),
        ("MRD negative; sample haemodiluted", True),
    ],
)
def test_what_a_report_concludes_is_closed_by_a_coded_negative_only_where_it_says_no_more(
    words: str, opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    report = {
        "resourceType": "DiagnosticReport", "id": "all", "status": "final", **TOLD, "code": {"text": "Electrophoresis, MRD"},
        "result": [{"reference": "Observation/coded"}, {"reference": "Observation/mrd"}], "conclusion": words,
    }  # fmt: skip
    items = written(SUPPORTED)
    last = [item for item in items if item["resourceType"] == "Observation" and item.get("method")][-1]
    report["result"] = [{"reference": "Observation/coded"}, {"reference": f"Observation/{last['id']}"}]
    found = outcome([*items, _NEGATIVE, report], shipped_rules)[0]
    assert (found not in PERMISSIVE) is opens


def test_a_statement_on_a_text_that_is_not_there_is_said() -> None:
    report = fhir.read(written(SUPPORTED), attested=[{**SAID, "texts": ["Observation/gone:000000000000"]}])[1]
    assert any("is not among the texts here" in item.text for item in report.issues)


@pytest.mark.parametrize(
    "wrong", [{"by": None}, {"texts": []}, {"date": "soon"}, {"nothing_found": "yes"}, {"else": 1}]
)
def test_a_statement_of_the_wrong_form_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="attested"):
        fhir.read(written(SUPPORTED), attested=[{**SAID, "texts": ["Observation/1:0"], **wrong}])


@pytest.mark.parametrize(
    ("resource", "domains"),
    [
        (observation(code=concept(LOINC, "99999-5"), valueInteger=3), None),
        (observation(code=concept(LOINC, "99999-5"), valueInteger=3, category=[concept("c", "laboratory")]),
         ("genetics", "mrd", "response")),
        (observation(code=concept(LOINC, "99999-5"), valueInteger=3, category=[concept("c", "vital-signs")]), ()),
        (condition(code=concept("http://snomed.info/sct", "999999001")), ("diagnosis", "harm")),
        (observation(code=concept(LOINC, "99999-5"), hasMember=[{"reference": "Observation/1"}]), ()),
    ],
)  # fmt: skip
def test_an_unknown_code_without_words_opens_its_category(resource: Resource, domains: tuple[str, ...] | None) -> None:
    gaps = fhir.read([*written(SUPPORTED), resource])[1].gaps
    found = {domain for gap in gaps for domain in gap.domains}
    assert found == (
        set(domains) if domains is not None else {"diagnosis", "genetics", "mrd", "imaging", "response", "harm"}
    )


def thirty_negative_reports() -> list[Resource]:
    """What stands in the chart of a patient who is followed: five visits, six negative reports each."""
    found = []
    for visit in range(5):
        for name in ("marrow", "electrophoresis", "immunofixation", "computed tomography"):
            found.append({**copy.deepcopy(TEXTS[name]), "id": f"{name[:4]}-{visit}"})
        found.append(observation(id=f"ratio-{visit}", code=concept(LOINC, "48378-4"), valueQuantity={"value": 1.1},
                                 referenceRange=[{"low": {"value": 0.26}, "high": {"value": 1.65}}]))  # fmt: skip
        found.append(
            observation(id=f"note-{visit}", code={"text": "Progress note"}, valueString="Well. A fall at home.")
        )
    return found


def test_thirty_negative_reports_are_closed_by_one_statement_and_read_in_time(shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), *thirty_negative_reports()]
    report = fhir.read(items)[1]
    assert len(report.to_be_read) == 20
    names = [text.name for text in report.to_be_read]
    began = time.process_time()
    after, _, _ = outcome(items, shipped_rules, attested=[{**SAID, "texts": names}])
    assert after == "cessation-supported"
    assert time.process_time() - began < 5
