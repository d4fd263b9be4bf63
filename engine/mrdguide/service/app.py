"""The HTTP application: CDS Hooks 2.0, evaluations, reports, health and metrics.

Several processes may serve one address as long as they keep one record: used tokens and reports lie in its database.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi import Path as PathParameter
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException

from .. import cds
from ..answer.provenance import engine_version
from ..cds.authorisation import Verifier
from ..cds.errors import CdsError
from ..cds.store import Store
from ..errors import MrdguideError, RecordError
from ..fhir.capability import capability_statement, operation_definition
from ..intake.fhir.codes import load_table
from ..report.formats.ics import can_be_made
from . import models
from .access_log import Observed
from .calculators import BrokeOff, Calculators, CannotStart
from .doors import Doors, hosts_of
from .json_input import unpacked
from .limits import Limits
from .metrics import CONTENT_TYPE, Metrics
from .replies import FHIR_JSON, HEADERS, REPORT_HEADERS, failure, json_bytes, reply
from .reports import OwnShelf, Reports
from .settings import Settings
from .tasks import CALENDAR, Tasks
from .wiring import make_store, make_verifier, rules_of, shelf_of
from .worker_pool import HEAVY, TooBusy, TookTooLong, TooManyOfOne, Work

# Another id is answered with 404 and the id that there is.
ServiceId = Annotated[str, PathParameter(json_schema_extra={"enum": [cds.SERVICE_ID]})]
_UNRECORDED = "the decision record cannot be used; nothing is recommended that would not be on record; try again"
_NO_REPORT = "there is no such report, or not any more; ask for the recommendation again"
_REFUSED = {
    status: {"model": models.Failure, "description": words}
    for status, words in (
        (400, "malformed; the message names the field and the fix"), (401, "not authorised"), (404, "not found"),
        (408, "sent too slowly"), (412, "no usable patient"), (413, "too large"),
        (415, "of a kind, or compressed in a way, that is not read"), (421, "a host that this service is not"),
        (403, "a page of an origin that may not call"), (429, "too many requests of one caller"),
        (500, "no answer was reached"), (503, "too busy"), (504, "the calculation took too long and was stopped"),
    )
}  # fmt: skip


_ANYWHERE = (421, 500, 503)


@dataclass(frozen=True)
class _Service:
    """What the routes share."""

    settings: Settings
    tasks: Tasks
    work: Work
    calculators: Calculators | None
    metrics: Metrics
    verifier: Verifier | None

    async def answer(self, request: Request, task: str) -> Any:
        """The result of a task on the body of a request that is let in."""
        caller, spend = request.client.host if request.client is not None else "", None
        if self.verifier is not None:
            claims = self.verifier.proven(request.headers.get("authorization"))
            caller, spend = str(claims["iss"]), partial(self.verifier.use, claims)
        encoding = request.headers.get("content-encoding", "")
        packed = await request.body()
        body = await asyncio.to_thread(unpacked, packed, encoding, self.settings.largest_body) if encoding else packed
        return await self.calculated(task, body, caller, spend)

    async def of_report(self, token: str, task: str) -> Any:
        """What a task makes of a report that is kept; 404 where it is not, or not any more."""
        content = await self.work.run(lambda: self.tasks.report(token))
        found = None if content is None else await self.calculated(task, content, caller="")
        if found is None:
            raise HTTPException(404, _NO_REPORT)
        return found

    async def calculated(self, task: str, body: bytes, caller: str, first: Callable[[], None] | None = None) -> Any:
        """The result of a task, in its turn; `first` must not raise. What may take long is another process's work."""
        # Of a report nobody knows beforehand how long it takes.
        heavy = len(body) >= HEAVY or task in ("page", "calendar")
        deadline = time.monotonic() + self.settings.handling_seconds

        def work() -> Any:
            if first is not None:
                first()
            if heavy and self.calculators is not None:
                return self.calculators.run(task, body, deadline)
            return getattr(self.tasks, task)(body, deadline)

        return await self.work.run(work, caller=caller, heavy=heavy)


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    verifier: Verifier | None = None,
    metrics: Metrics | None = None,
    rules_hash: str = "",
) -> FastAPI:
    """The application. `store`, `verifier` and `metrics` take the place of those that would be made by the settings.

    `rules_hash` is the hash of the rules that must be found, as of other processes at the same address.

    A `store` that is given cannot be taken to another process: large requests are then calculated in this one, where
    nothing stops them.

    Raises:
        MrdguideError: rules, the site file, keys or the decision record cannot be used, or the rules are others.
    """
    settings = settings or Settings()
    metrics = metrics or Metrics()
    rules = rules_of(settings, rules_hash)
    load_table(settings.site)  # a mistake in the site file is told now, not at the first patient
    own = make_store(settings) if store is None else None
    record = own if store is None else store
    shelf = shelf_of(record) or OwnShelf()
    reports = Reports(shelf, settings.most_reports, settings.report_seconds)
    tasks = Tasks(settings, rules, reports, metrics.recommended, record)
    work = Work(settings.threads, settings.most_waiting, settings.handling_seconds)
    calculators = Calculators(settings, rules.hash, metrics.recommended, shelf) if store is None else None
    service = _Service(settings, tasks, work, calculators, metrics, verifier or make_verifier(settings, record))
    app = FastAPI(
        title="mrdguide", version=engine_version(), description=rules.pack.statement, lifespan=_lifespan(work, calculators, own),
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.rules_hash = rules.hash
    app.state.record_head = own.head if own is not None else ""
    _hooks(app, service)
    _evaluations(app, service)
    if can_be_made():
        _calendars(app, service)
    _fhir(app, service)
    _operations(app, service)
    _refusals(app, service)
    _document(app)
    app.add_middleware(
        Limits, largest=settings.largest_body, most_buffered=settings.most_buffered, seconds=settings.reading_seconds
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=list(settings.cors_origins), allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"], max_age=600,
        )  # fmt: skip
    hosts = hosts_of(settings.hosts, settings.base_url)
    app.add_middleware(Doors, hosts=hosts, origins=(*settings.cors_origins, settings.base_url))
    app.add_middleware(Observed, metrics=metrics)
    return app


def _lifespan(work: Work, calculators: Calculators | None, own: Store | None) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        work.close()
        if calculators is not None:
            calculators.close()
        if own is not None:
            own.close()

    return lifespan


def _hooks(app: FastAPI, service: _Service) -> None:
    @app.get("/cds-services", tags=["CDS Hooks"], response_model=models.Services, responses=_some())
    async def discovery() -> Response:
        """What the service offers and which data it needs."""
        return reply(json_bytes(cds.discovery()))

    @app.post(
        "/cds-services/{service_id}", tags=["CDS Hooks"], openapi_extra=models.body_of(models.HookRequest),
        response_model=models.HookAnswer, responses=_some(400, 401, 404, 408, 412, 413, 415, 504),
    )  # fmt: skip
    async def call(service_id: ServiceId, request: Request) -> Response:
        """Call the service: one card with options, reasons, what is missing and sources."""
        _known(service_id)
        return reply(await service.answer(request, "hook"))

    @app.post(
        "/cds-services/{service_id}/feedback", tags=["CDS Hooks"], response_class=Response,
        openapi_extra=models.body_of(models.FeedbackRequest), responses=_some(400, 401, 404, 408, 413, 415, 504),
    )  # fmt: skip
    async def feedback(service_id: ServiceId, request: Request) -> Response:
        """Say what was done with cards."""
        _known(service_id)
        await service.answer(request, "feedback")
        return Response(status_code=200, headers=HEADERS)


def _known(service_id: str) -> None:
    if service_id != cds.SERVICE_ID:
        raise cds.UnknownService(f"there is no such service; the only one is {cds.SERVICE_ID}")


def _evaluations(app: FastAPI, service: _Service) -> None:
    @app.post(
        "/evaluate", tags=["Evaluation"], openapi_extra=models.body_of(models.EvaluateRequest),
        response_model=models.EvaluateAnswer, responses=_some(400, 401, 408, 412, 413, 415, 504),
    )  # fmt: skip
    async def evaluate(request: Request) -> Response:
        """Evaluate a profile or a FHIR R4 Bundle: the whole recommendation, and a report that can be opened."""
        return reply(await service.answer(request, "evaluation"))

    @app.get(
        "/reports/{token}", tags=["Evaluation"], response_class=Response,
        responses={200: {"content": {"text/html": {}}, "description": "the report"}, **_some(404, 504)},
    )  # fmt: skip
    async def report(token: str) -> Response:
        """The HTML report of a recommendation, as long as it is kept."""
        html = await service.of_report(token, "page")
        return Response(html, headers=REPORT_HEADERS, media_type="text/html")


def _calendars(app: FastAPI, service: _Service) -> None:
    """Only where the library for calendars is there; else no card links to one."""

    @app.get(
        f"/reports/{{token}}/{CALENDAR}", tags=["Evaluation"], response_class=Response,
        responses={200: {"content": {"text/calendar": {}}, "description": "the days ahead"}, **_some(404, 504)},
    )  # fmt: skip
    async def calendar(token: str) -> Response:
        """Until when the tests on record count, as an iCalendar file that names neither patient nor disease."""
        days = await service.of_report(token, "calendar")
        return Response(days, headers=HEADERS, media_type="text/calendar")


def _fhir(app: FastAPI, service: _Service) -> None:
    capabilities = json_bytes(capability_statement(service.settings.base_url))
    operation = json_bytes(operation_definition())

    @app.get("/metadata", tags=["FHIR"], responses=_in_fhir())
    async def metadata() -> Response:
        """What the service can do, as a CapabilityStatement (FHIR R4)."""
        return reply(capabilities, media_type=FHIR_JSON)

    @app.get("/OperationDefinition/evaluate", tags=["FHIR"], responses=_in_fhir())
    async def definition() -> Response:
        """What `$evaluate` takes and gives, as an OperationDefinition (FHIR R4)."""
        return reply(operation, media_type=FHIR_JSON)

    @app.post(
        "/$evaluate", tags=["FHIR"], openapi_extra=models.body_of(models.FhirResource),
        responses=_in_fhir(400, 401, 403, 408, 412, 413, 415, 429, 504),
    )  # fmt: skip
    async def fhir_evaluate(request: Request) -> Response:
        """Evaluate a Bundle (in Parameters as `data`, with `asOf`): a GuidanceResponse (FHIR R4)."""
        return reply(await service.answer(request, "operation"), media_type=FHIR_JSON)


def _operations(app: FastAPI, service: _Service) -> None:
    @app.get("/health", tags=["Operation"], response_model=models.Health, responses=_some())
    async def health() -> Response:
        """Whether the service answers, and by which rules."""
        rules = service.tasks.rules
        found = models.Health(
            status="ok", engine=engine_version(), rules=rules.pack.name, rules_version=rules.version,
            rules_hash=rules.hash,
        )  # fmt: skip
        return reply(json_bytes(found.model_dump()))

    @app.get("/ready", tags=["Operation"], response_model=models.Health, responses=_some())
    async def ready() -> Response:
        """Whether the service can answer: 503 while the decision record cannot be reached."""
        await service.work.run(service.tasks.reach_record)
        return await health()

    @app.get(
        "/metrics", tags=["Operation"], response_class=Response,
        responses={200: {"content": {"text/plain": {}}, "description": "counts and times"}, **_some()},
    )  # fmt: skip
    async def metrics() -> Response:
        """Counts and times for Prometheus; nothing of any patient."""
        text = service.metrics.text(service.work.waiting)
        return Response(text, headers=HEADERS, media_type=CONTENT_TYPE)


def _some(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: _REFUSED[status] for status in (*statuses, *_ANYWHERE, *((403, 429) if statuses else ()))}


def _in_fhir(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Answer and refusals of a FHIR operation: resources, refusals as OperationOutcome."""
    words = {200: "the resource", **{status: _REFUSED[status]["description"] for status in (*statuses, *_ANYWHERE)}}
    content = {FHIR_JSON: {"schema": {"$ref": "#/components/schemas/FhirResource"}}}
    return {status: {"description": text, "content": content} for status, text in words.items()}


def _document(app: FastAPI) -> None:
    """The OpenAPI document without the answer 422, which the framework adds and this service never gives."""
    document = app.openapi()
    document["components"]["schemas"]["FhirResource"] = models.FhirResource.model_json_schema()
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _refusals(app: FastAPI, service: _Service) -> None:
    @app.exception_handler(CdsError)
    async def refused(request: Request, error: CdsError) -> Response:
        return failure(request.scope, error.status, error.message)

    @app.exception_handler(MrdguideError)
    async def withheld(request: Request, error: MrdguideError) -> Response:
        # Its text may hold verdicts or values of the patient.
        request.scope["state"]["mrdguide_failed"] = type(error).__name__
        return failure(request.scope, 500, "no answer that can be trusted was reached; nothing is recommended")

    @app.exception_handler(RecordError)
    async def unrecorded(request: Request, error: RecordError) -> Response:
        request.scope["state"]["mrdguide_failed"] = type(error).__name__
        return failure(request.scope, 503, _UNRECORDED)

    @app.exception_handler(TooBusy)
    async def busy(request: Request, _error: TooBusy) -> Response:
        return failure(request.scope, 503, "the service is busy; try again")

    @app.exception_handler(TookTooLong)
    async def too_long(request: Request, _error: TookTooLong) -> Response:
        limit = f"{service.settings.handling_seconds:g} seconds"
        text = f"no answer within {limit}; nothing is recommended, though it may be on record; send less, or ask later"
        return failure(request.scope, 504, text)

    @app.exception_handler(BrokeOff)
    async def broke_off(request: Request, _error: BrokeOff) -> Response:
        request.scope["state"]["mrdguide_failed"] = "BrokeOff"
        return failure(request.scope, 503, "the calculation broke off; nothing is recommended; send less, or try again")

    @app.exception_handler(CannotStart)
    async def cannot_start(request: Request, _error: CannotStart) -> Response:
        request.scope["state"]["mrdguide_failed"] = "CannotStart"
        text = "rules or settings have changed since this service was started; nothing is recommended until it is started again"
        return failure(request.scope, 503, text)

    @app.exception_handler(TooManyOfOne)
    async def one_caller(request: Request, error: TooManyOfOne) -> Response:
        return failure(request.scope, 429, f"{error}; wait for their answers")

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        answer = failure(request.scope, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer
