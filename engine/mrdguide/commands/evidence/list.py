"""`mrdguide evidence list`: every study, guideline and definition."""

from __future__ import annotations

import argparse

from ..arguments import add_rules
from ..files import OK, say
from .entries import opened


def arguments(parser: argparse.ArgumentParser) -> None:
    add_rules(parser)
    parser.add_argument(
        "--unverified", action="store_true", help="list what was not seen at its source, entry by entry, instead"
    )


def run(parsed: argparse.Namespace) -> int:
    """Print a line for each entry, or for each statement that is not verified."""
    from ...report.pages.book import entry_list, unverified_list

    say((unverified_list if parsed.unverified else entry_list)(opened(parsed)))
    return OK
