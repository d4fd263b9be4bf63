"""`mrdguide serve`: the HTTP service on this machine."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .arguments import whole_number
from .files import OK

if TYPE_CHECKING:
    from ..service.settings import Settings

_MOST_WORKERS = 64


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1")
    parser.add_argument(
        "--port", type=whole_number(1, 65_535, "port"), default=8000, metavar="PORT", help="default: 8000"
    )
    parser.add_argument(
        "--config", metavar="FILE", help="settings in YAML; callers are authenticated only where issuers are set"
    )
    parser.add_argument(
        "--workers", type=whole_number(1, _MOST_WORKERS, "workers"), default=1, metavar="N",
        help="processes that serve this address together, on as many cores (default: 1); they share the record",
    )  # fmt: skip


def run(parsed: argparse.Namespace) -> int:
    """Serve until stopped. `parsed` has `host`, `port`, `config` (a YAML file, or None) and `workers`.

    Raises:
        UsageError: the extra `service` is not installed, or several workers would have no record to share.
        MrdguideError: the settings, rules, keys or decision record cannot be used.
    """
    try:
        import uvicorn

        from ..service.settings import read_settings
        from ..service.worker import prepared
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed; pip install 'mrdguide[service]'") from None
    settings = read_settings(parsed.config)
    if _is_loopback(parsed.host) and not settings.hosts:
        settings = settings.model_copy(update={"hosts": ("localhost",)})
    if parsed.workers > 1 and not settings.record:
        raise UsageError(
            "--workers: several processes need a record, in whose database they share used tokens and reports; "
            "set record (or MRDGUIDE_RECORD), or serve with one"
        )
    app = prepared(settings)
    _tell(parsed, settings, app.state.record_head)
    options = _server_options(parsed, settings)
    if parsed.workers == 1:
        uvicorn.run(app, **options)
    else:
        os.environ.update(_orders(settings, app.state.rules_hash))
        uvicorn.run("mrdguide.service.worker:application", factory=True, workers=parsed.workers, **options)
    return OK


def _orders(settings: Settings, rules_hash: str) -> dict[str, str]:
    from ..service.worker import ENVIRONMENT, WorkerOrders

    return {ENVIRONMENT: WorkerOrders(settings=settings, rules_hash=rules_hash).model_dump_json()}


def _tell(parsed: argparse.Namespace, settings: Settings, head: str) -> None:
    """Where it serves and what it keeps, and what whoever runs it should know. The head goes into the log for `record verify`."""
    if not settings.issuers and not _is_loopback(parsed.host):
        print(
            "mrdguide: no issuers are configured, so whoever reaches this address may ask; let nobody else reach it",
            file=sys.stderr,
        )
    where = (
        f"recording in {settings.record.rpartition('@')[2]}, head {head}" if settings.record else "nothing is recorded"
    )
    workers = f", {parsed.workers} workers" if parsed.workers > 1 else ""
    print(f"mrdguide: serving on http://{parsed.host}:{parsed.port}, {where}{workers}", file=sys.stderr)
    if not settings.record:
        print(
            "mrdguide: without a record used tokens and reports are in the memory of this process alone: run one process "
            "per address; after a restart a used token is good again until it expires",
            file=sys.stderr,
        )


def _server_options(parsed: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    from ..service.protocol import HeadLimit

    return {
        "host": parsed.host, "port": parsed.port, "http": HeadLimit(settings.reading_seconds), "ws": "none",
        # The requests are logged by the service itself: a path may hold the name of a report.
        "access_log": False, "log_config": None, "server_header": False, "limit_concurrency": settings.most_connections,
        "timeout_keep_alive": settings.keep_alive_seconds, "timeout_graceful_shutdown": 10,
        "h11_max_incomplete_event_size": settings.largest_head, "backlog": min(2_048, settings.most_connections),
    }  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
