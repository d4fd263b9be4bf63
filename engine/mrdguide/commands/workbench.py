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
    bench = open_bench(load_rules(*parsed.rules or ()), parsed.cases, _cohort(parsed.cohort))
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
    check_target(parsed.static)
    files = site_files([Path(item) for item in parsed.rules or ()], parsed.cases, _cohort(parsed.cohort))
    write_folder(parsed.static, files)
    for path in left_over(parsed.static, files):
        path.unlink()
    size = sum(map(len, files.values())) / 1e6
    say(
        f"mrdguide: the workbench is in {parsed.static} ({size:.1f} MB). Any file server can hand it out.",
        file=sys.stderr,
    )
    return OK


def _cohort(rows: Path | None) -> Page | None:
    """The report of a cohort that was judged before."""
    if rows is None:
        return None
    from ..cohort.figures.answer_rows import read_answers
    from ..cohort.figures.report import page_of, report_of

    return page_of(report_of(read_answers(rows)))


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
