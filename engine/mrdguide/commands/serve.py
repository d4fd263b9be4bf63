"""`mrdguide serve`: the HTTP service on this machine."""

from __future__ import annotations

import argparse
import gc
import ipaddress
import logging
import sys

from ..errors import UsageError
from .arguments import whole_number
from .files import OK

# Files, the database and the standard streams want some of the open files too.
_OTHER_FILES = 256


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1")
    parser.add_argument(
        "--port", type=whole_number(1, 65_535, "port"), default=8000, metavar="PORT", help="default: 8000"
    )
    parser.add_argument(
        "--config", metavar="FILE", help="settings in YAML; callers are authenticated only where issuers are set"
    )


def run(parsed: argparse.Namespace) -> int:
    """Serve until stopped. `parsed` has `host`, `port` and `config` (a YAML file, or None).

    Raises:
        UsageError: the extra `service` is not installed, or callers from elsewhere could not be told apart.
        MrdguideError: the settings, rules, keys or decision record cannot be used.
    """
    try:
        import uvicorn

        from ..service.app import create_app
        from ..service.protocol import with_head_limit
        from ..service.settings import read_settings
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed; pip install 'mrdguide[service]'") from None
    settings = read_settings(parsed.config)
    if _is_loopback(parsed.host) and not settings.hosts:
        settings = settings.model_copy(update={"hosts": ("localhost",)})
    app = create_app(settings)
    # Rules and evidence stay for good. Gone over by every full collection, they would hold up requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    _log_to_standard_error()
    if not settings.issuers and not _is_loopback(parsed.host):
        print(
            "mrdguide: no issuers are configured, so whoever reaches this address may ask; let nobody else reach it",
            file=sys.stderr,
        )
    where = f"recording in {settings.record.rpartition('@')[2]}" if settings.record else "nothing is recorded"
    print(f"mrdguide: serving on http://{parsed.host}:{parsed.port}, {where}", file=sys.stderr)
    _allow_open_files(settings.most_connections + _OTHER_FILES)
    uvicorn.run(
        app, host=parsed.host, port=parsed.port, http=with_head_limit(settings.reading_seconds), ws="none",
        # The requests are logged by the service itself: a path may hold the name of a report.
        access_log=False, log_config=None, server_header=False, limit_concurrency=settings.most_connections,
        timeout_keep_alive=settings.keep_alive_seconds, timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=settings.largest_head, backlog=min(2_048, settings.most_connections),
    )  # fmt: skip
    return OK


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _log_to_standard_error() -> None:
    """One line each: requests as JSON, and what the server itself has to say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name, level in (("mrdguide.service", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def _allow_open_files(wanted: int) -> None:
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
