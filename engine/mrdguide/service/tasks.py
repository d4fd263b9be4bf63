"""What a request asks for, done in a thread: bytes in, bytes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .. import cds, fhir
from ..answer.provenance import engine_version
from ..cds.errors import MalformedRequest, NoUsableData
from ..cds.store import Store
from ..errors import FhirError, NoUsablePatient, PatientError, UsageError
from ..explain.agenda import windows
from ..fhir.capability import read_parameters
from ..intake.fhir.import_report import ImportReport
from ..patient import Patient, read_patient
from ..patient.canonical import read_canonical
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..report.blocks import Section
from ..report.formats.html import to_html
from ..report.formats.ics import can_be_made, to_ics
from ..report.pages.board import board
from ..report.pages.imported import import_page
from ..rulebook.book import RuleBook
from .in_time import InTime
from .json_input import parsed
from .models import EvaluateRequest, read_evaluate
from .replies import json_bytes
from .reports import ReportContent, Reports, read_content
from .settings import Settings

Read = TypeVar("Read")
# Where the days ahead are, below the address of a report.
CALENDAR = "calendar.ics"


@dataclass(frozen=True)
class Tasks:
    """Everything that takes long enough to keep the event loop from answering others.

    `recommended` is told of every outcome. Each task ends with the entry in the record, so that what is recorded is an answer
    that is there; after `deadline` (of `time.monotonic`) none is made.
    """

    settings: Settings
    rules: RuleBook
    reports: Reports
    recommended: Callable[[str], None]
    store: Store | None

    def hook(self, body: bytes, deadline: float = math.inf) -> bytes:
        """The answer to a call of the hook."""
        answer = cds.handle(
            parsed(body), rules=self.rules, site=self.settings.site, store=self._record(deadline), base_url=self.settings.base_url,
            publish=self._shown, calendar=CALENDAR if can_be_made() else "", without_myeloma=self.settings.without_myeloma,
        )  # fmt: skip
        return json_bytes(answer)

    def feedback(self, body: bytes, deadline: float = math.inf) -> None:
        """Record feedback."""
        cds.feedback(parsed(body), store=self._record(deadline))

    def evaluation(self, body: bytes, deadline: float = math.inf) -> bytes:
        """The answer to a request for an evaluation."""
        request = read_evaluate(parsed(body))
        patient, report = self._patient(request)
        try:
            found = evaluate(patient, rules=self.rules, as_of=request.as_of)
        except UsageError as error:
            raise MalformedRequest(str(error)) from None
        texts = self._texts(request.bundle, found, report, request.attested)
        answer: dict[str, Any] = {
            "recommendation": found.to_dict(request.detail),
            "import_report": report.to_dict() if report is not None else None,
            "texts_question": texts.to_dict() if texts is not None else None,
            "guidance_response": (
                fhir.guidance_response(found, subject=f"Patient/{report.patient_id}", import_report=report, texts=texts)
                if report is not None and request.guidance_response
                else None
            ),
            "report": f"{self.settings.base_url}/{self.reports.publish(found, report)}",
        }
        return self._recorded(found, json_bytes(answer), deadline)

    def operation(self, body: bytes, deadline: float = math.inf) -> bytes:
        """The answer to the FHIR operation `$evaluate`: a GuidanceResponse."""
        try:
            given = read_parameters(parsed(body))
        except FhirError as error:
            raise MalformedRequest(str(error)) from None
        patient, report = self._read(lambda: fhir.read(given.data, self.settings.site, attested=given.attested), "data")
        try:
            found = evaluate(patient, rules=self.rules, as_of=given.as_of)
        except UsageError as error:
            raise MalformedRequest(str(error)) from None
        subject, texts = f"Patient/{report.patient_id}", self._texts(given.data, found, report, given.attested)
        answer = json_bytes(fhir.guidance_response(found, subject=subject, import_report=report, texts=texts))
        return self._recorded(found, answer, deadline)

    def reach_record(self) -> None:
        """See that the decision record can be reached.

        Raises:
            RecordError: it cannot.
        """
        if self.store is not None:
            _ = self.store.head

    def report(self, token: str) -> bytes | None:
        """What the report of a token is worked out of; None if there is none any more."""
        return self.reports.find(token)

    def page(self, content: bytes, _deadline: float = math.inf) -> bytes | None:
        """The HTML report of such a content; None where it was made by other rules or another engine than these."""
        kept = read_content(content)
        recommendation = self._again(kept)
        if recommendation is None:
            return None
        # Relative to the address of the page, which ends in its token.
        page = board(
            recommendation, "full", calendar=f"{kept.token}/{CALENDAR}" if kept.token and can_be_made() else ""
        )
        if kept.imported is not None:
            origin = Section("What was read from FHIR", import_page(recommendation.profile, kept.imported).front)
            page = replace(page, details=(*page.details, origin))
        return to_html(page).encode("utf-8")

    def calendar(self, content: bytes, _deadline: float = math.inf) -> bytes | None:
        """The days ahead of such a content as an iCalendar file that names neither patient nor disease; None as for `page`."""
        recommendation = self._again(read_content(content))
        if recommendation is None:
            return None
        return to_ics(
            windows(recommendation.explanation.when, self.rules), patient=recommendation.patient_id,
            as_of=recommendation.case.as_of, input_hash=recommendation.provenance.input_hash,
        )  # fmt: skip

    def _again(self, kept: ReportContent) -> Recommendation | None:
        """The answer worked out again; None where it was given by other rules or another engine."""
        if (kept.rules_hash, kept.engine_version) != (self.rules.hash, engine_version()):
            return None
        return evaluate(read_canonical(kept.profile), rules=self.rules, as_of=kept.as_of)

    def _record(self, deadline: float) -> Store | None:
        return None if self.store is None else InTime(self.store, deadline)

    def _recorded(self, found: Recommendation, answer: bytes, deadline: float) -> bytes:
        """The answer, which is on record when this returns."""
        record = self._record(deadline)
        if record is not None:
            record.append(found, "service")
        self.recommended(found.outcome)
        return answer

    def _texts(
        self,
        bundle: Mapping[str, Any] | None,
        found: Recommendation,
        report: ImportReport | None,
        attested: Sequence[Mapping[str, Any]] = (),
    ) -> fhir.TextsQuestion | None:
        """The question on texts of a bundle; a profile has none."""
        if bundle is None or report is None:
            return None
        return fhir.texts_question(bundle, found, report, site=self.settings.site, attested=attested)

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
        self.recommended(recommendation.outcome)
        return self.reports.publish(recommendation, imported) if self.settings.base_url else ""
