"""A recommendation as a GuidanceResponse that a FHIR server takes, with everything that is missing named in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, get_args

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.guidanceresponse import GuidanceResponse
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.parameters import Parameters

import mrdguide
from mrdguide.answer.missing import Missing
from mrdguide.cds.services import PREFETCH
from mrdguide.errors import UsageError
from mrdguide.fhir import read
from mrdguide.fhir.guidance_response import _OBSERVED, _SOURCES, _TRANSPLANT, _requirement, guidance_response
from mrdguide.fhir.operation_outcome import operation_outcome
from mrdguide.intake.fhir.codes import load_table
from mrdguide.intake.fhir.import_report import Completeness, ImportReport
from mrdguide.patient.profile import ListName
from mrdguide.teach.examples import Example, examples

from .test_operation_outcome import FULL, holes, report

SUBJECT = "Patient/p1"
HL7 = "http://terminology.hl7.org/CodeSystem"
EXAMPLES = {example.file: example for example in examples()}
# http://hl7.org/fhir/R4/valueset-guidance-response-status.html
STATUSES = {"success", "data-requested", "data-required", "in-progress", "failure", "entered-in-error"}
EMPTY: dict[str, Any] = {"id": "bare", "diagnosis": {"disease": "multiple-myeloma"}}
REPORTS = {"none": None, "complete": report(completeness={"patient": Completeness.COMPLETE}), "incomplete": FULL}


def answer(example: Example, rules: mrdguide.RuleBook) -> mrdguide.Recommendation:
    return mrdguide.evaluate(example.path, rules=rules, as_of=example.as_of)


def parameters(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The contained output parameters, found by their reference."""
    wanted = resource["outputParameters"]["reference"].removeprefix("#")
    (found,) = [item for item in resource["contained"] if item["id"] == wanted]
    listed: list[dict[str, Any]] = found["parameter"]
    return listed


def values(listed: list[dict[str, Any]], name: str) -> list[Any]:
    """The values of all parameters of one name."""
    return [next(value for key, value in item.items() if key != "name") for item in listed if item["name"] == name]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("import_report", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_is_r4_without_holes(
    example: Example, import_report: ImportReport | None, shipped_rules: mrdguide.RuleBook
) -> None:
    found = guidance_response(answer(example, shipped_rules), subject=SUBJECT, import_report=import_report)
    parsed = GuidanceResponse.model_validate(found)
    assert parsed.contained is not None
    kinds: list[type] = [Parameters] if import_report is None else [Parameters, OperationOutcome]
    assert [type(item) for item in parsed.contained] == kinds
    assert holes(found) == []
    assert found["status"] in STATUSES
    # Nothing may be dropped or changed on the way through the classes.
    assert json.loads(parsed.model_dump_json()) == found


@pytest.mark.parametrize("import_report", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_data_are_required_exactly_when_the_answer_is_open_or_the_import_incomplete(
    example: Example, import_report: ImportReport | None, shipped_rules: mrdguide.RuleBook
) -> None:
    recommendation = answer(example, shipped_rules)
    found = guidance_response(recommendation, subject=SUBJECT, import_report=import_report)
    required = example.expected.outcome == "insufficient-data" or import_report is FULL
    assert found["status"] == ("data-required" if required else "success")
    assert ("dataRequirement" in found) is required


@pytest.mark.parametrize("profile", [*EXAMPLES.values(), None], ids=[*EXAMPLES, "bare"])
def test_everything_missing_is_named(profile: Example | None, shipped_rules: mrdguide.RuleBook) -> None:
    recommendation = (
        answer(profile, shipped_rules) if profile else mrdguide.evaluate(EMPTY, rules=shipped_rules, as_of="2026-11-21")
    )
    found = guidance_response(recommendation, subject=SUBJECT)
    asked = found.get("dataRequirement", [])
    assert len(asked) == len(recommendation.missing)
    for requirement, missing in zip(asked, recommendation.missing, strict=True):
        if requirement["type"] != "Patient":  # a birth date has no code to filter by; its element names it
            assert missing.what in texts(requirement["codeFilter"])
    listed = values(parameters(found), "missing")
    assert [values(item, "what") + values(item, "path") for item in listed] == [
        [missing.what, missing.path] for missing in recommendation.missing
    ]
    for item, missing in zip(listed, recommendation.missing, strict=True):
        leads_to = {
            values(part, "answer")[0]: tuple(values(part, "possible-outcome")) for part in values(item, "leads-to")
        }
        assert leads_to == dict(missing.leads_to)


def test_a_bare_patient_shows_which_resources_are_asked_for(shipped_rules: mrdguide.RuleBook) -> None:
    recommendation = mrdguide.evaluate(EMPTY, rules=shipped_rules, as_of="2026-11-21")
    asked = guidance_response(recommendation, subject=SUBJECT)["dataRequirement"]
    by_path = {missing.path: item for missing, item in zip(recommendation.missing, asked, strict=True)}
    assert by_path["birth_year"] == {"type": "Patient", "mustSupport": ["birthDate"]}
    assert {path: by_path[path]["type"] for path in ("therapy", "mrd", "imaging", "responses", "surveillance.feasible")} == {
        "therapy": "MedicationRequest", "mrd": "Observation", "imaging": "DiagnosticReport", "responses": "Observation",
        "surveillance.feasible": "Observation",
    }  # fmt: skip
    assert by_path["baseline.cytogenetics.del_17p"]["codeFilter"] == [
        {
            "path": "code",
            "code": [
                {"display": "del(17p)"},
                {"system": "http://loinc.org", "code": "72824-6"},
                {"system": "urn:mrdguide:code", "code": "del-17p"},
            ],
        }
    ]


def test_the_codes_asked_for_are_those_that_are_read(shipped_rules: mrdguide.RuleBook) -> None:
    recommendation = mrdguide.evaluate(EMPTY, rules=shipped_rules, as_of="2026-11-21")
    table = load_table()
    asked = guidance_response(recommendation, subject=SUBJECT)["dataRequirement"]
    without = set()
    for missing, requirement in zip(recommendation.missing, asked, strict=True):
        codes = [code for item in requirement.get("codeFilter", []) for code in item["code"][1:]]
        meanings = {told.means for code in codes if (told := table.meaning(code["system"], code["code"]))}
        assert all(table.meaning(code["system"], code["code"]) for code in codes)
        name = missing.path.rpartition(".")[2]
        wanted = {"mrd": "mrd", "imaging": "imaging.", "responses": "response"}.get(missing.path, name)
        assert all(wanted in means for means in meanings), missing.path
        if not meanings:
            without.add(missing.path)
    assert without == {"birth_year", "therapy", "markers"}


THERAPY = [{"phase": "transplant", "kind": "autologous", "date": "2020"}, {"phase": "maintenance"}]


@pytest.mark.parametrize(
    ("path", "what", "kind", "code"),
    [
        ("therapy[0].date", "date of the transplant", "Procedure", "58776007"),
        ("therapy", "transplant therapy with its dates", "Procedure", "allogeneic"),
        ("therapy", "maintenance therapy with its dates", "MedicationRequest", None),
        ("therapy[1].start", "start of maintenance", "MedicationRequest", None),
        ("mrd[0].limit_of_detection", "limit of detection", "Observation", "93021-4"),
        ("imaging[2].conclusion", "reading of the PET-CT", "DiagnosticReport", "44139-4"),
        ("responses[0].category", "category", "Observation", "imwg-response"),
        ("events[0].date", "date of progression", "Condition", "progression"),
        ("toxicities[0].grade", "grade", "Observation", "toxicity"),
        ("baseline.labs.ldh.upper_limit", "upper limit of LDH", "Observation", "14804-9"),
        ("baseline.cytogenetics.gain_1q.copies", "copies of 1q", "Observation", "gain-1q"),
        ("clonal_hematopoiesis.tp53", "TP53 clonal haematopoiesis", "Observation", "tp53-clonal-hematopoiesis"),
        ("preference.stop", "patient's wish to stop", "Observation", "wishes-to-stop"),
        ("ecog", "ECOG performance status", "Observation", "89247-1"),
        ("diagnosis.date", "date of diagnosis", "Condition", "C90.00"),
        ("sex", "sex", "Patient", None),
    ],
)
def test_what_is_missing_is_asked_of_the_resource_it_is_read_from(
    path: str, what: str, kind: str, code: str | None
) -> None:
    patient = mrdguide.read_patient({**EMPTY, "therapy": THERAPY})
    found = _requirement(Missing(what, path, (), {}), patient)
    (asked,) = found["codeFilter"]
    assert found["type"] == kind
    assert asked["code"][0] == {"display": what}
    codes = [item["code"] for item in asked["code"][1:]]
    assert code in codes if code is not None else codes == []


def test_every_element_asked_for_is_one_of_its_resource() -> None:
    assert set(get_args(ListName)) - {"responses"} <= {path.partition(".")[0] for path in _SOURCES}
    for source in (*_SOURCES.values(), _TRANSPLANT, _OBSERVED):
        known = {str(field.alias or name) for name, field in get_fhir_model_class(source.type).model_fields.items()}
        for element in (*source.elements, *([source.coded] if source.coded else [])):
            choices = {name for name in known if name.startswith(element) and name[len(element) :][:1].isupper()}
            assert element in known or choices, f"{source.type}.{element}"


def test_the_parts_of_the_input_that_were_not_whole_are_required(shipped_rules: mrdguide.RuleBook) -> None:
    settled = answer(EXAMPLES["treat-relapse.yaml"], shipped_rules)
    states = {
        "procedures": Completeness.PAGED, "conditions": Completeness.FAILED, "observations": Completeness.NO_DATA,
        "patient": Completeness.COMPLETE, "own-name": Completeness.NOT_SUPPLIED,
    }  # fmt: skip
    found = guidance_response(settled, subject=SUBJECT, import_report=report(completeness=states))
    assert found["dataRequirement"] == [{"type": "Procedure"}, {"type": "Condition"}, {"type": "Resource"}]


@pytest.mark.parametrize(("name", "query"), PREFETCH.items(), ids=PREFETCH)
def test_every_part_that_the_service_asks_for_is_known_by_its_type(
    name: str, query: str, shipped_rules: mrdguide.RuleBook
) -> None:
    settled = answer(EXAMPLES["treat-relapse.yaml"], shipped_rules)
    given = report(completeness={name: Completeness.NOT_SUPPLIED})
    found = guidance_response(settled, subject=SUBJECT, import_report=given)
    assert found["dataRequirement"] == [{"type": query.replace("?", "/").partition("/")[0]}]


def test_the_output_is_the_recommendation(shipped_rules: mrdguide.RuleBook) -> None:
    for example in EXAMPLES.values():
        recommendation = answer(example, shipped_rules)
        listed = parameters(guidance_response(recommendation, subject=SUBJECT))
        made = recommendation.provenance
        assert values(listed, "outcome") == [recommendation.outcome]
        assert tuple(values(listed, "possible-outcome")) == recommendation.possible_outcomes
        assert values(listed, "certainty") == [recommendation.certainty]
        assert values(listed, "rules-version") == [made.rules_version]
        assert values(listed, "rules-hash") == [made.rules_hash]
        assert values(listed, "input-hash") == [made.input_hash]
        assert values(listed, "cross-checked") == [made.cross_checked]
        verdicts = {values(part, "id")[0]: values(part, "verdict")[0] for part in values(listed, "criterion")}
        assert verdicts == {name: result.verdict.value for name, result in recommendation.criteria.items()}
        observed = {values(part, "id")[0]: values(part, "observed") for part in values(listed, "criterion")}
        assert observed == {name: list(result.observed) for name, result in recommendation.criteria.items()}


def test_the_resource_says_who_when_and_by_which_rules(shipped_rules: mrdguide.RuleBook) -> None:
    recommendation = answer(EXAMPLES["cessation-supported.yaml"], shipped_rules)
    found = guidance_response(recommendation, subject=SUBJECT, import_report=FULL)
    assert found["subject"] == {"reference": SUBJECT}
    assert found["occurrenceDateTime"] == "2026-11-21"
    assert found["moduleUri"] == f"urn:mrdguide:rules:{shipped_rules.pack.name}:{shipped_rules.version}"
    assert found["evaluationMessage"] == [{"reference": "#import"}]
    assert found["contained"][1] == {**operation_outcome(FULL), "id": "import"}
    notes = [note["text"] for note in found["note"]]
    assert (notes[0], notes[-1]) == (recommendation.headline, recommendation.statement)
    assert all(f"\n- {option}" in notes[1] for option in recommendation.options)
    assert len(recommendation.options) > 0


@pytest.mark.parametrize(
    "subject",
    ["Patient/1", "https://ehr.example/fhir/Patient/a-1.b/_history/2", "urn:uuid:6c0f0a4e-0f0b-5d7b-9a53-2f6a3a8d9b61"],
)
def test_references_to_a_patient_are_taken_as_they_are(subject: str, shipped_rules: mrdguide.RuleBook) -> None:
    found = guidance_response(answer(EXAMPLES["out-of-scope.yaml"], shipped_rules), subject=subject)
    assert found["subject"] == {"reference": subject}


@pytest.mark.parametrize(
    "subject", ["", "1", "Patient/", "Practitioner/1", "Patient/a b", "Patient/1\n", "Patient/1/x"]
)
def test_anything_else_is_no_subject(subject: str, shipped_rules: mrdguide.RuleBook) -> None:
    recommendation = answer(EXAMPLES["out-of-scope.yaml"], shipped_rules)
    with pytest.raises(UsageError, match="is not a reference to a patient; give for example Patient/123"):
        guidance_response(recommendation, subject=subject)


def test_the_report_of_a_real_import_goes_along(shipped_rules: mrdguide.RuleBook) -> None:
    subject = {"subject": {"reference": "Patient/p1"}}
    entries: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p1", "birthDate": "1961-02-03"},
        {
            "resourceType": "Condition", "id": "c1", **subject, "onsetDateTime": "2019-09-02",
            "clinicalStatus": {"coding": [{"system": f"{HL7}/condition-clinical", "code": "active"}]},
            "verificationStatus": {"coding": [{"system": f"{HL7}/condition-ver-status", "code": "confirmed"}]},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C90.00"}]},
        },
        {"resourceType": "Observation", "id": "o1", **subject, "status": "final", "code": {"text": "shoe size"}},
    ]  # fmt: skip
    bundle = {
        "resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in entries],
        "link": [{"relation": "next", "url": "https://ehr.example/next"}],
    }  # fmt: skip
    patient, import_report = read(bundle)
    recommendation = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21")
    found = guidance_response(recommendation, subject="Patient/p1", import_report=import_report)
    GuidanceResponse.model_validate(found)
    assert found["status"] == "data-required"
    assert {"type": "Resource"} in found["dataRequirement"]
    issues = found["contained"][1]["issue"]
    assert ["warning", "incomplete"] in [[issue["severity"], issue["code"]] for issue in issues]
    assert ["Observation.where(id='o1')"] in [issue.get("expression") for issue in issues]


class TestIdentifiers:
    """They follow from the content, so that filing the same answer twice can be noticed."""

    def identifiers(self, recommendation: mrdguide.Recommendation, **more: Any) -> tuple[str, str]:
        found = guidance_response(recommendation, **{"subject": SUBJECT, **more})
        (response,) = found["identifier"]
        for item in (response, found["requestIdentifier"]):
            assert item["system"] == "urn:ietf:rfc:3986"
            assert item["value"].startswith("urn:uuid:")
        return found["requestIdentifier"]["value"], response["value"]

    def test_another_subject_day_or_patient_is_another_request_and_response(
        self, shipped_rules: mrdguide.RuleBook
    ) -> None:
        example = EXAMPLES["cessation-supported.yaml"]
        asked = [
            self.identifiers(answer(example, shipped_rules)),
            self.identifiers(answer(example, shipped_rules), subject="Patient/p2"),
            self.identifiers(mrdguide.evaluate(example.path, rules=shipped_rules, as_of="2026-11-22")),
            self.identifiers(answer(EXAMPLES["out-of-scope.yaml"], shipped_rules)),
        ]
        assert len({request for request, _ in asked}) == len({response for _, response in asked}) == len(asked)

    def test_the_same_request_with_another_import_is_another_response(self, shipped_rules: mrdguide.RuleBook) -> None:
        recommendation = answer(EXAMPLES["cessation-supported.yaml"], shipped_rules)
        first, second = self.identifiers(recommendation), self.identifiers(recommendation, import_report=FULL)
        assert first[0] == second[0]
        assert first[1] != second[1]

    def test_the_same_input_gives_the_same_bytes_in_any_process(self) -> None:
        code = (
            "import json, mrdguide\n"
            "from mrdguide.fhir.guidance_response import guidance_response\n"
            f"found = mrdguide.evaluate({str(EXAMPLES['insufficient-no-imaging.yaml'].path)!r}, as_of='2026-11-21')\n"
            "print(json.dumps(guidance_response(found, subject='Patient/1')))"
        )
        runs = [
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, check=True, timeout=120,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        ]  # fmt: skip
        assert runs[0] == runs[1]
        assert json.loads(runs[0])["status"] == "data-required"
