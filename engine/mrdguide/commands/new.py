"""`mrdguide new`: a quick start of about twelve fields, with comments, to be filled in by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import UsageError
from .arguments import add_rules
from .files import OK, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", help="write it there; without it, to standard output")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the quick start; nothing is overwritten."""
    from ..interview.writing import quick_start
    from ..rulebook.book import load_rules

    if parsed.file is not None and Path(parsed.file).exists():
        raise UsageError(f"{parsed.file} is there already; name another file")
    facts = load_rules(*parsed.rules).local_facts.values() if parsed.rules else ()
    write(quick_start(facts), parsed.file)
    return OK
