"""`mrdguide rules uses`: what a rule rests on, and what rests on it."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "id", metavar="ID", help="a rule, outcome, study, evidence entry, or a fact such as mrd[*].level"
    )
    add_rules(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print both ways, one line each."""
    from ...authoring.uses import uses_text
    from ...rulebook.book import load_rules

    say(uses_text(load_rules(*(parsed.rules or [])), parsed.id))
    return OK
