"""`mrdguide tables template`: empty tables with their headers, and a README. Nothing that is there already is overwritten."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_rules
from ..files import OK, say, write_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a folder without tables; it is made where there is none")
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the files."""
    from ...intake.tables.template import template_files
    from ...rulebook.book import load_rules

    facts = load_rules(*parsed.rules).local_facts.values() if parsed.rules else ()
    target, files = Path(parsed.folder), template_files(facts)
    there = [name for name in files if (target / name).exists()]
    if there:
        raise UsageError(f"{target / there[0]} exists already; name a folder without tables")
    write_folder(target, files)
    say(f"written to {target}; {target / 'README.txt'} says what each column holds")
    return OK
