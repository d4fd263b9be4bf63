"""A recommendation as an R4 GuidanceResponse: an audit trail that can be filed, and what is missing as data requirements.

The module is named by a URN, `urn:mrdguide:rules:NAME:VERSION`, and not by a canonical: a canonical promises a definition
that can be fetched at its address, and none is served anywhere. The exact rules are pinned by their hash in the output
parameters. Identifiers are made from the content (UUID version 5), so the same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import UsageError
from ..intake.fhir.codes import load_table
from ..intake.fhir.import_report import ImportReport
from ..reading.arguments import instance_of, shown
from ..recommend.recommendation import Recommendation, recommendation_given
from .operation_outcome import fhir_text, operation_outcome

if TYPE_CHECKING:
    from ..answer.criteria import CriterionResult
    from ..answer.missing import Missing
    from ..patient.profile import Patient
    from ..patient.therapy import TherapyEntry
    from .texts_question import TextsQuestion

REASON = "Whether maintenance therapy in multiple myeloma may be stopped, guided by measurable residual disease"

_NAMESPACE = uuid.UUID("6c0f0a4e-0f0b-5d7b-9a53-2f6a3a8d9b61")
_SUBJECT = re.compile(r"(\S+/)?Patient/[A-Za-z0-9.\-]{1,64}(/_history/[A-Za-z0-9.\-]{1,64})?|urn:(uuid|oid):\S+")
_OUTPUT, _IMPORT = "output", "import"


@dataclass(frozen=True, slots=True)
class _Source:
    """The resource that would carry a fact: the elements read of it, and the coded element that says what it is."""

    type: str
    elements: tuple[str, ...]
    coded: str = "code"


_DRUG = _Source(
    "MedicationRequest", ("medication", "category", "status", "authoredOn", "dosageInstruction"), "category"
)
_TRANSPLANT = _Source("Procedure", ("code", "category", "status", "performed"))
_CONDITION = _Source("Condition", ("code", "clinicalStatus", "verificationStatus", "onset"))
_OBSERVED = _Source("Observation", ("code", "value", "effective"))

# The longest beginning of a profile path that stands here decides; what does not is an Observation.
_SOURCES: dict[str, _Source] = {
    "birth_year": _Source("Patient", ("birthDate",), ""),
    "sex": _Source("Patient", ("gender",), "gender"),
    "diagnosis": _CONDITION,
    "baseline.cytogenetics": _Source("Observation", ("code", "value", "effective", "component")),
    "baseline.labs": _Source("Observation", ("code", "value", "effective", "referenceRange")),
    "therapy": _DRUG,
    "mrd": _Source("Observation", ("code", "value", "method", "specimen", "effective", "component")),
    "imaging": _Source("DiagnosticReport", ("code", "effective", "conclusionCode", "result")),
    "markers": _OBSERVED,
    "events": _CONDITION,
    "toxicities": _Source("Observation", ("code", "value", "effective", "component")),
}

# What codes mean in the code table, by the beginning of the path in the profile. A drug of any kind is therapy, so
# therapy is asked for in words only.
_MEANINGS = {
    "baseline.labs.": "lab.", "baseline.cytogenetics.": "cytogenetics.", "ecog": "ecog", "mrd": "mrd", "imaging": "imaging.",
    "responses": "response", "events": "event.", "toxicities": "toxicity", "diagnosis": "condition.",
}  # fmt: skip
_SINGLE = ("finding", "percent", "flag")

# The keys of the prefetch that the CDS service asks for; under another name nothing is known of what a part should hold.
_PARTS = {
    "patient": "Patient", "conditions": "Condition", "observations": "Observation", "reports": "DiagnosticReport",
    "requests": "MedicationRequest", "statements": "MedicationStatement", "administrations": "MedicationAdministration",
    "procedures": "Procedure", "specimens": "Specimen",
}  # fmt: skip


def guidance_response(
    recommendation: Recommendation,
    *,
    subject: str,
    import_report: ImportReport | None = None,
    texts: TextsQuestion | None = None,
) -> dict[str, Any]:
    """A GuidanceResponse as a plain dict, without nulls or empty arrays; the same input gives the same bytes.

    `subject` is the reference to the patient, for example `Patient/123`; `texts` is the question on texts that nobody has
    read, told in a note. The status is `data-required` when the outcome
    is not settled or when the import was incomplete, else `success`.

    Raises:
        UsageError: `subject` is not a reference to a patient, or another argument is not what it should be.
        SiteFileError: the shipped code table cannot be read.
    """
    recommendation_given(recommendation)
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise UsageError(f"subject: {shown(subject)} is not a reference to a patient; give for example Patient/123")
    if import_report is not None:
        instance_of(ImportReport, "import_report", import_report, "the report that mrdguide.fhir.read returns, or None")
    complete = import_report is None or import_report.complete
    rules = recommendation.provenance
    body: dict[str, Any] = {
        "resourceType": "GuidanceResponse",
        "contained": _contained(recommendation, import_report),
        "requestIdentifier": _identifier("request", _request(recommendation, subject)),
        "moduleUri": f"urn:mrdguide:rules:{quote(rules.rules_name, safe='')}:{quote(rules.rules_version, safe='')}",
        "status": "success" if recommendation.settled and complete else "data-required",
        "subject": {"reference": subject},
        "occurrenceDateTime": rules.as_of,
        "reasonCode": [{"text": REASON}],
        "note": [{"text": text} for text in _notes(recommendation, texts)],
        "outputParameters": {"reference": f"#{_OUTPUT}"},
    }
    if import_report is not None:
        body["evaluationMessage"] = [{"reference": f"#{_IMPORT}"}]
    requirements = [_requirement(item, recommendation.profile) for item in recommendation.missing]
    requirements += _parts_missing(import_report)
    if requirements:
        body["dataRequirement"] = requirements
    return {**body, "identifier": [_identifier("response", json.dumps(body, sort_keys=True))]}


def _contained(recommendation: Recommendation, report: ImportReport | None) -> list[dict[str, Any]]:
    output = {"resourceType": "Parameters", "id": _OUTPUT, "parameter": list(_parameters(recommendation))}
    return [output] if report is None else [output, {**operation_outcome(report), "id": _IMPORT}]


def _request(recommendation: Recommendation, subject: str) -> str:
    asked = recommendation.provenance
    return json.dumps([subject, asked.input_hash, asked.as_of, asked.rules_name, asked.rules_version, asked.rules_hash])


def _identifier(kind: str, content: str) -> dict[str, str]:
    return {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{kind}:{content}')}"}


def _notes(recommendation: Recommendation, texts: TextsQuestion | None) -> Iterator[str]:
    yield fhir_text(recommendation.headline)
    if texts is not None:
        ends = "; ".join(f"{answer}: {' or '.join(outcomes)}" for answer, outcomes in texts.leads_to.items())
        yield f"{texts.ask} {ends}. Texts: {', '.join(texts.texts)}"
    if recommendation.rests_on:
        yield fhir_text(recommendation.rests_on)
    for text in recommendation.said_of_the_rules:
        yield fhir_text(text)
    if recommendation.options:
        yield "Options to discuss:\n\n" + "\n".join(f"- {fhir_text(option)}" for option in recommendation.options)
    yield fhir_text(recommendation.statement)


def _requirement(missing: Missing, patient: Patient) -> dict[str, Any]:
    source = _source(missing, patient)
    found: dict[str, Any] = {"type": source.type, "mustSupport": list(source.elements)}
    if source.coded:
        asked = {"display": fhir_text(missing.what)}
        codes = _meaning("transplant.") if source is _TRANSPLANT else _codes(missing.path)
        found["codeFilter"] = [{"path": source.coded, "code": [asked, *codes]}]
    return found


def _codes(path: str) -> list[dict[str, str]]:
    """The codes that are read as this fact (a site may have more), from the shipped code table."""
    begin = next((begin for begin in _MEANINGS if path.startswith(begin)), None)
    if begin is None:
        return _meaning({f"{kind}.{path}" for kind in _SINGLE})
    means = _MEANINGS[begin]
    if begin.endswith("."):
        return _meaning({means + path.removeprefix(begin).partition(".")[0]})
    return _meaning(means) if means.endswith(".") else _meaning({means})


def _meaning(wanted: str | set[str]) -> list[dict[str, str]]:
    """Codes with one of some meanings, or with a meaning that begins so."""
    table = load_table()
    return [
        {"system": table.addresses[meaning.entry.system], "code": meaning.entry.code}
        for meaning in table.codes.values()
        if (meaning.means.startswith(wanted) if isinstance(wanted, str) else meaning.means in wanted)
    ]


def _source(missing: Missing, patient: Patient) -> _Source:
    steps = missing.path.replace("[", ".[").split(".")
    if steps[0] == "therapy" and _is_transplant(missing, steps, patient):
        return _TRANSPLANT
    beginnings = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
    return next((_SOURCES[path] for path in beginnings if path in _SOURCES), _OBSERVED)


def _is_transplant(missing: Missing, steps: list[str], patient: Patient) -> bool:
    if len(steps) > 1:
        entry: TherapyEntry = patient.therapy[int(steps[1].strip("[]"))]
        return entry.phase == "transplant"
    return "transplant" in missing.what


def _parts_missing(report: ImportReport | None) -> Iterator[dict[str, Any]]:
    """A requirement for every part of the input that was not handed over whole."""
    if report is None:
        return
    for name, state in report.completeness.items():
        if not state.whole:
            yield {"type": _PARTS.get(name, "Resource")}


def _parameters(recommendation: Recommendation) -> Iterator[dict[str, Any]]:
    yield _code("outcome", recommendation.outcome)
    for outcome in recommendation.possible_outcomes:
        yield _code("possible-outcome", outcome)
    yield {"name": "stop-possible", "valueBoolean": recommendation.stop_possible}
    yield _code("certainty", recommendation.certainty)
    for item in recommendation.missing:
        yield {"name": "missing", "part": list(_missing_parts(item))}
    for result in recommendation.criteria.values():
        yield {"name": "criterion", "part": list(_criterion_parts(result))}
    made = recommendation.provenance
    yield _string("rules", made.rules_name)
    yield _string("rules-version", made.rules_version)
    yield _string("rules-hash", made.rules_hash)
    yield _string("engine-version", made.engine_version)
    yield _string("input-hash", made.input_hash)
    yield {"name": "cross-checked", "valueBoolean": made.cross_checked}


def _missing_parts(missing: Missing) -> Iterator[dict[str, Any]]:
    yield _string("what", missing.what)
    yield _string("path", missing.path)
    for answer, outcomes in missing.leads_to.items():
        reached = [_code("possible-outcome", outcome) for outcome in outcomes]
        yield {"name": "leads-to", "part": [_string("answer", answer), *reached]}


def _criterion_parts(result: CriterionResult) -> Iterator[dict[str, Any]]:
    yield _code("id", result.id)
    yield _string("title", result.title)
    yield _code("verdict", result.verdict.value)
    for text in result.observed:
        yield _string("observed", text)


def _code(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "valueCode": value}


def _string(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "valueString": fhir_text(value)}
