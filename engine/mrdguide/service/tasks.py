"""What a request asks for, done in a thread: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .. import cds, fhir
from ..cds.errors import MalformedRequest, NoUsableData
from ..cds.store import Store
from ..errors import FhirError, NoUsablePatient, PatientError, UsageError
from ..fhir.capability import read_parameters
from ..intake.fhir.import_report import ImportReport
from ..patient import Patient, read_patient
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..report.blocks import Section
from ..report.formats.html import to_html
from ..report.pages.board import board
from ..report.pages.imported import import_page
from ..rulebook.book import RuleBook
from .json_input import parsed
from .metrics import Metrics
from .models import EvaluateRequest, read_evaluate
from .replies import json_bytes
from .reports import Reports
from .settings import Settings

Read = TypeVar("Read")


@dataclass(frozen=True)
class Tasks:
    """Everything that takes long enough to keep the event loop from answering others."""

    settings: Settings
    rules: RuleBook
    reports: Reports
    metrics: Metrics
    store: Store | None

    def hook(self, body: bytes) -> bytes:
        """The answer to a call of the hook."""
        answer = cds.handle(
            parsed(body), rules=self.rules, site=self.settings.site, store=self.store, base_url=self.settings.base_url,
            publish=self._shown, without_myeloma=self.settings.without_myeloma,
        )  # fmt: skip
        return json_bytes(answer)

    def feedback(self, body: bytes) -> None:
        """Record feedback."""
        cds.feedback(parsed(body), store=self.store)

    def evaluation(self, body: bytes) -> bytes:
        """The answer to a request for an evaluation."""
        request = read_evaluate(parsed(body))
        patient, report = self._patient(request)
        try:
            found = evaluate(patient, rules=self.rules, as_of=request.as_of)
        except UsageError as error:
            raise MalformedRequest(str(error)) from None
        self.metrics.recommended(found.outcome)
        if self.store is not None:
            self.store.append(found, "service")
        answer: dict[str, Any] = {
            "recommendation": found.to_dict(request.detail),
            "import_report": report.to_dict() if report is not None else None,
            "guidance_response": (
                fhir.guidance_response(found, subject=f"Patient/{report.patient_id}", import_report=report)
                if report is not None and request.guidance_response
                else None
            ),
            "report": f"{self.settings.base_url}/{self.reports.publish(found, report)}",
        }
        return json_bytes(answer)

    def operation(self, body: bytes) -> bytes:
        """The answer to the FHIR operation `$evaluate`: a GuidanceResponse."""
        try:
            bundle, as_of = read_parameters(parsed(body))
        except FhirError as error:
            raise MalformedRequest(str(error)) from None
        patient, report = self._read(lambda: fhir.read(bundle, self.settings.site), "data")
        try:
            found = evaluate(patient, rules=self.rules, as_of=as_of)
        except UsageError as error:
            raise MalformedRequest(str(error)) from None
        self.metrics.recommended(found.outcome)
        if self.store is not None:
            self.store.append(found, "service")
        subject = f"Patient/{report.patient_id}"
        return json_bytes(fhir.guidance_response(found, subject=subject, import_report=report))

    def reach_record(self) -> None:
        """See that the decision record can be reached.

        Raises:
            RecordError: it cannot.
        """
        if self.store is not None:
            _ = self.store.head

    def report(self, token: str) -> bytes | None:
        """The HTML report behind a token; None if there is none any more."""
        found = self.reports.find(token)
        if found is None:
            return None
        recommendation, imported = found
        page = board(recommendation)
        if imported is not None:
            origin = Section("What was read from FHIR", import_page(recommendation.profile, imported).front)
            page = replace(page, details=(*page.details, origin))
        return to_html(page).encode("utf-8")

    def _patient(self, request: EvaluateRequest) -> tuple[Patient, ImportReport | None]:
        profile, bundle = request.profile, request.bundle
        if profile is not None:
            return self._read(lambda: (read_patient(profile), None), "profile")
        assert bundle is not None
        return self._read(lambda: fhir.read(bundle, self.settings.site, attested=request.attested), "bundle")

    def _read(self, read: Callable[[], Read], name: str) -> Read:
        """What reading gives; what is wrong with it is said with the name of its field."""
        try:
            return read()
        except UsageError as error:
            raise MalformedRequest(str(error)) from None
        except PatientError as error:
            raise MalformedRequest(f"{name}: {error}") from None
        except NoUsablePatient as error:
            raise NoUsableData(f"{name}: {error}") from None
        except FhirError as error:
            raise MalformedRequest(f"{name}: {error}") from None

    def _shown(self, recommendation: Recommendation, imported: ImportReport) -> str:
        self.metrics.recommended(recommendation.outcome)
        return self.reports.publish(recommendation, imported) if self.settings.base_url else ""
