"""`mrdguide workbench`: a patient, the answer and the teaching cases in a browser, on this machine alone."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .arguments import add_rules, whole_number
from .files import OK, say, write_folder

if TYPE_CHECKING:
    from ..report.blocks import Page
    from ..workbench.cohort.opened import OpenedCohort

_PORT, _HEAD_SECONDS = 8737, 15.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a patient to begin with: a profile, or a FHIR Bundle"
    )
    parser.add_argument(
        "--port", type=whole_number(1, 65_535, "port"), default=_PORT, metavar="PORT", help=f"default: {_PORT}"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    parser.add_argument(
        "--cases", type=Path, metavar="DIR", help="teaching cases of your own: profiles, and cases.yaml that lists them"
    )
    parser.add_argument("--cohort", type=Path, metavar="OUT", help="what `mrdguide cohort run` has written, to look at")
    parser.add_argument(
        "--static",
        type=Path,
        metavar="DIR",
        help="serve nothing: write the workbench as a folder that any file server can hand out",
    )
    parser.add_argument(
        "--patients",
        type=Path,
        metavar="INPUT",
        action="append",
        help="what `cohort run` has read, to open its patients; repeat for several",
    )
    parser.add_argument(
        "--as-of-column",
        metavar="NAME",
        help="the key or column of INPUT that says the days, if `cohort run` was given one",
    )
    parser.add_argument(
        "--min-cell", type=whole_number(3, 1_000, "number of patients"), default=0, metavar="N",
        help="hide counts of the cohort below N, and others from which they would follow; then no list of patients is opened",
    )  # fmt: skip
    parser.add_argument(
        "--sweep", type=Path, metavar="FILE", help="what `cohort compare --sweep ... --format json` has written, to show with the cohort"
    )  # fmt: skip
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Serve on 127.0.0.1 until stopped, and open the browser.

    Raises:
        UsageError: the extra `service` is not installed, this checkout has no htmx, or the port is taken.
        MrdguideError: the rules, the cases or the patient cannot be read.
    """
    if parsed.static is not None:
        return _write_static(parsed)
    try:
        import uvicorn

        from ..service.protocol import HeadLimit
        from ..service.workbench_app import create_workbench
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed; pip install 'mrdguide[service]'") from None
    from ..rulebook.book import load_rules
    from ..workbench.opening import open_bench, opened_file

    if parsed.file is not None:
        opened_file(parsed.file, "")  # a mistake in the file is told here, where it can be read
    bench = open_bench(load_rules(*parsed.rules or ()), parsed.cases, _cohort(parsed))
    app, path = create_workbench(bench, parsed.file)
    listening = _listening(parsed.port)
    address = f"http://127.0.0.1:{parsed.port}{path}"
    print(
        f"mrdguide: the workbench is at {address}\nNothing that is entered is stored. End it with Ctrl+C.",
        file=sys.stderr,
    )
    if not parsed.no_browser:
        import webbrowser

        webbrowser.open(address)
    options: dict[str, Any] = {
        "http": HeadLimit(_HEAD_SECONDS), "ws": "none", "access_log": False, "log_config": None, "server_header": False,
        "timeout_graceful_shutdown": 2,
    }  # fmt: skip
    uvicorn.Server(uvicorn.Config(app, **options)).run(sockets=[listening])
    return OK


def _write_static(parsed: argparse.Namespace) -> int:
    """Write the workbench as a folder.

    Raises:
        UsageError: a patient is given too, the folder may not be written to, or this checkout lacks what it is made of.
        MrdguideError: the rules or the cases cannot be read.
    """
    from ..workbench.alone.folder import check_target, left_over, site_files

    if parsed.file is not None:
        raise UsageError("--static writes no patient: leave FILE out, and open it in the page")
    if parsed.patients or parsed.as_of_column or parsed.sweep:
        raise UsageError(
            "--static writes the counts of a cohort and no patients: leave --patients, --as-of-column and --sweep out"
        )
    check_target(parsed.static)
    files = site_files([Path(item) for item in parsed.rules or ()], parsed.cases, _report(parsed))
    write_folder(parsed.static, files)
    for path in left_over(parsed.static, files):
        path.unlink()
    size = sum(map(len, files.values())) / 1e6
    say(
        f"mrdguide: the workbench is in {parsed.static} ({size:.1f} MB). Any file server can hand it out.",
        file=sys.stderr,
    )
    return OK


def _report(parsed: argparse.Namespace) -> Page | None:
    """The counts of a cohort as a page, for a folder that anybody may be handed."""
    found = _cohort(parsed)
    return found.report_page() if found is not None else None


def _cohort(parsed: argparse.Namespace) -> OpenedCohort | None:
    """The cohort that was judged before.

    Raises:
        UsageError: it cannot be read, or something was said of a cohort and none was named.
    """
    if parsed.cohort is None:
        if parsed.patients or parsed.as_of_column or parsed.min_cell or parsed.sweep:
            raise UsageError(
                "--patients, --as-of-column, --min-cell and --sweep belong to a cohort; give --cohort OUT as well"
            )
        return None
    from ..workbench.cohort.opened import open_cohort

    return open_cohort(parsed.cohort, tuple(parsed.patients or ()), parsed.as_of_column, parsed.min_cell, parsed.sweep)


def _listening(port: int) -> socket.socket:
    """A socket on this machine alone, so that a port in use is told in words and before a browser opens."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except OSError as error:
        made.close()
        raise UsageError(f"--port {port}: cannot be used: {error.strerror}; give another one") from None
    return made
