"""`mrdguide new`: a quick start of about twelve fields, with comments, to be filled in by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import UsageError
from .files import OK, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="write it there; without it, to standard output")


def run(parsed: argparse.Namespace) -> int:
    """Write the quick start; nothing is overwritten."""
    from ..interview.writing import quick_start

    if parsed.file is not None and Path(parsed.file).exists():
        raise UsageError(f"{parsed.file} is there already; name another file")
    write(quick_start(), parsed.file)
    return OK
