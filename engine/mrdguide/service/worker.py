"""The service in one process: prepared the same way whether it is the only one or one of several at one address."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from multiprocessing import parent_process
from threading import Thread

from fastapi import FastAPI
from pydantic import BaseModel

from ..errors import MrdguideError
from .app import create_app
from .metrics import Metrics
from .settings import Settings

# Files, the database and the standard streams want some of the open files too.
_OTHER_FILES = 256
# By it uvicorn knows a worker that would fail again whenever it is started.
_CANNOT_START = 3
ENVIRONMENT = "MRDGUIDE_WORKER"


class WorkerOrders(BaseModel):
    """What a worker is told by the process that started it: settings, and the rules (their hash) that all must have."""

    settings: Settings
    rules_hash: str


def prepared(settings: Settings, **options: str | Metrics) -> FastAPI:
    """The application, and this process made ready to serve it: its memory, its log, its open files. Options as `create_app`.

    Raises:
        MrdguideError: as `create_app` does.
    """
    app = create_app(settings, **options)  # type: ignore[arg-type]
    # Rules and evidence stay for good. Gone over by every full collection, they would hold up requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    _log_to_standard_error()
    allow_open_files(settings.most_connections + _OTHER_FILES)
    return app


def application() -> FastAPI:
    """The application of one worker of several, by the orders in its environment."""
    Thread(target=_end_with_the_one_that_started_it, daemon=True).start()
    orders = WorkerOrders.model_validate_json(os.environ[ENVIRONMENT])
    try:
        return prepared(orders.settings, rules_hash=orders.rules_hash, metrics=Metrics(process=str(os.getpid())))
    except MrdguideError as error:
        print(f"mrdguide: {error}", file=sys.stderr)
        sys.exit(_CANNOT_START)


def _end_with_the_one_that_started_it() -> None:
    """Nobody could stop workers whose first process was killed, and they would hold the address against the next service."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _log_to_standard_error() -> None:
    """One line each: requests as JSON, and what the server itself has to say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name, level in (("mrdguide.service", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def allow_open_files(wanted: int) -> None:
    """Each connection is an open file; the usual limit of 1,024 would end service for all at as many slow clients."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
