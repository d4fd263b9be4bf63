"""One call of the hook: data in, cards out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from .. import fhir
from ..errors import FhirError, NoUsablePatient, PatientError, UsageError
from ..intake.fhir.import_report import ImportReport
from ..intake.fhir.resources import Resources
from ..logic.truth import Verdict
from ..patient.profile import Patient
from ..reading.arguments import flag, instance_of, wrong_argument
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..rulebook.given import Rules
from .card import card_of
from .errors import MalformedRequest, NoUsableData
from .request import ATTESTED, HookCall, read_call
from .services import REQUIRED
from .store import Store, check_store
from .wording import wording

Publish = Callable[[Recommendation, ImportReport], str]
_SOURCE = "cds-hooks"
_NO_PLASMA_CELL_DISEASE = "other"


def handle(
    request: Mapping[str, Any],
    *,
    rules: Rules = None,
    as_of: str | date | None = None,
    site: str | os.PathLike[str] | None = None,
    store: Store | None = None,
    base_url: str = "",
    publish: Publish | None = None,
    calendar: str = "",
    without_myeloma: bool = False,
) -> dict[str, Any]:
    """Answer one `patient-view` call with `{"cards": [...]}`.

    `site` is a site file for the FHIR import. `publish` is told of every recommendation that becomes a card, with
    its import, and gives back the address of a report below `base_url`, or nothing; with both a card links to it. `calendar` is where beside a report the days
    ahead are served as an iCalendar file (`calendar.ics`), or nothing: then no card links to one. `without_myeloma` gives a card to
    patients without myeloma too.

    Raises:
        MalformedRequest: 400, the message names the field and the fix.
        NoUsableData: 412, there is no patient, or another one than the context names.
        UsageError: `as_of` is not a calendar day, or another argument is not what it should be.
        RuleBookError: the rule book cannot be loaded.
        InferenceDisagreement, SafetyInvariantViolated: no answer that can be trusted.
    """
    _check_arguments(base_url, publish, store)
    instance_of(str, "calendar", calendar, "the name under which a calendar is served beside a report, or nothing")
    flag("without_myeloma", without_myeloma)
    call = read_call(request)
    _check_patient(call)
    try:
        patient, report = _read(call, site)
    except NoUsableData:
        if without_myeloma or not _shows_no_myeloma(call, site):
            raise
        return {"cards": []}
    recommendation = evaluate(patient, rules=rules, as_of=as_of)
    if not without_myeloma and _not_concerned(recommendation):
        return {"cards": []}
    address = _published(publish(recommendation, report)) if publish is not None else ""
    link = f"{base_url.rstrip('/')}/{address}" if base_url and address else ""
    texts = fhir.texts_question(
        call.prefetch, recommendation, report, site=site, expected=REQUIRED, server=call.server, attested=call.attested
    )
    card = card_of(
        recommendation, report, link, _alarm(patient, recommendation, rules), texts,
        calendar=f"{link}/{calendar}" if link and calendar else "",
    )  # fmt: skip
    # Last, so that what is on record is a card that is there to be given.
    if store is not None:
        store.append(recommendation, _SOURCE)
    return {"cards": [card]}


def _alarm(patient: Patient, found: Recommendation, rules: Rules) -> Recommendation | None:
    """The answer by what was read alone, where that is an alarm and gaps leave open whether it holds."""
    if not patient.incomplete or found.settled:
        return None
    read = patient.model_copy(update={"incomplete": ()})
    alone = evaluate(read, rules=rules, as_of=found.provenance.as_of)
    return alone if alone.outcome in wording().warning_outcomes else None


def _check_arguments(base_url: object, publish: object, store: object) -> None:
    """Before anything is answered: a card that cannot be recorded or linked must not be given."""
    instance_of(str, "base_url", base_url, "the address that reports are under, such as https://cds.hospital.example")
    if publish is not None and not callable(publish):
        raise wrong_argument("publish", publish, "a function of a recommendation and its import report, or None")
    check_store(store)


def _published(address: object) -> str:
    """The address of a report below the base address; empty where there is none."""
    give = "the address of a report below base_url, or nothing"
    return instance_of(str, "publish", "" if address is None else address, give).lstrip("/")


def _read(call: HookCall, site: str | os.PathLike[str] | None) -> tuple[Patient, ImportReport]:
    try:
        patient, report = fhir.read(call.prefetch, site, expected=REQUIRED, server=call.server, attested=call.attested)
    except NoUsablePatient as error:
        raise NoUsableData(f"prefetch: {error}") from None
    except FhirError as error:
        raise MalformedRequest(f"prefetch: {error}") from None
    except UsageError as error:
        raise MalformedRequest(f"extension.{ATTESTED}: {error}") from None
    except PatientError:
        # Its text may repeat what stands in the record.
        raise MalformedRequest(
            "prefetch: the data contradict themselves and cannot be read as one patient; check dates and values"
        ) from None
    if report.patient_id != call.patient_id:
        raise _another_patient()
    return patient, report


def _check_patient(call: HookCall) -> None:
    """The key named `patient`, if it is there, must hold the patient of the context."""
    if "patient" not in call.prefetch:
        return
    found = call.prefetch["patient"]
    if found is None or found.get("resourceType") == "OperationOutcome":
        raise NoUsableData("prefetch.patient: holds no Patient; send the resource Patient/{{context.patientId}}")
    if found.get("resourceType") == "Patient" and found.get("id") != call.patient_id:
        raise _another_patient()


def _shows_no_myeloma(call: HookCall, site: str | os.PathLike[str] | None) -> bool:
    """Whether the patient and a whole list of conditions are there, and no plasma cell disease is among them.

    Gaps elsewhere do not matter then: a service that has nothing to say must not fail whenever a chart is opened.
    """
    if "patient" not in call.prefetch or "conditions" not in call.prefetch:
        return False
    part = {name: call.prefetch[name] for name in ("patient", "conditions")}
    try:
        resources = Resources(part)
        if not resources.completeness["conditions"].whole or resources.broken:
            return False
        if not any(resources.of_type("Condition")):
            return True
        patient, report = fhir.read(part, site)
    except FhirError:
        return False
    asked = any("diagnosis" in gap.domains for gap in report.gaps)
    return not asked and patient.diagnosis.disease == _NO_PLASMA_CELL_DISEASE


def _another_patient() -> NoUsableData:
    return NoUsableData("prefetch.patient: is not the patient of context.patientId; send the data of that patient only")


def _not_concerned(recommendation: Recommendation) -> bool:
    """Whether the patient has another plasma cell disease than the rules speak of."""
    name = wording().silent_when_not_met
    return name in recommendation.criteria and recommendation.criteria[name].verdict == Verdict.NOT_MET
